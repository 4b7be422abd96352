"""How work is given to other processes: tasks in, results out, in any order.

Builds, verification and packs use the same three calls. ``local_pool`` runs the tasks in processes of this machine;
``InProcessExecutor`` runs them in this one.
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Generic, Protocol, TypeVar

from assetgen.findings import Finding

Item = TypeVar("Item")
Result = TypeVar("Result")
SIGNALS = (signal.SIGINT, signal.SIGTERM)
ALONE = "try it alone, with one process: -j 1"

Initialiser = Callable[[], Callable[[Item], Result]]
"""Called once in each worker, to which it is pickled; returns the work on one item. Raises MachineError where no item
can be worked on."""


@dataclass(frozen=True, slots=True)
class Task(Generic[Item]):
    """One piece of work: the item, and the name by which its loss is reported."""

    id: str
    item: Item


@dataclass(frozen=True, slots=True)
class TaskResult(Generic[Item, Result]):
    """What became of a task: its value, or the finding that says how the process that had it was lost."""

    task: Task[Item]
    value: Result | None
    lost: Finding | None = None

    def value_or(self, of_lost: Callable[[Item, Finding], Result]) -> Result:
        """Return the value; of a lost task what ``of_lost`` makes of its item and the finding."""
        if self.lost is not None:
            return of_lost(self.task.item, self.lost)
        assert self.value is not None, "a task has a value, or was lost"
        return self.value


class Halt:
    """Whether somebody asked for the end. ``requested`` stays True once it is."""

    def __init__(self) -> None:
        self.requested = False
        self._breaks = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note the signals instead of dying of them.

        A signal that is ignored stays so (a job started with ``&`` or nohup). Outside the main thread
        Python hands out no signals: there the program around the build has to listen.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in SIGNALS}
        taken = [number for number in SIGNALS if before[number] not in (signal.SIG_IGN, None)]
        for number in taken:
            signal.signal(number, self._note)
        try:
            yield
        finally:
            for number in taken:
                signal.signal(number, before[number])

    @contextmanager
    def breaking(self) -> Iterator[None]:
        """Let a signal also raise KeyboardInterrupt inside: for drawing in this process, which may take long.

        The engine may swallow that while it draws an SVG, so look at ``requested`` afterwards.
        """
        self._breaks = True
        try:
            if self.requested:
                raise KeyboardInterrupt
            yield
        finally:
            self._breaks = False

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True
        if self._breaks:
            raise KeyboardInterrupt


class Executor(Protocol[Item, Result]):
    """Runs tasks. Whoever asks for the end (``Halt``) gets no more results."""

    def submit(self, task: Task[Item]) -> None:
        """Take a task; those submitted first are begun first."""

    def results(self) -> Generator[list[TaskResult[Item, Result]]]:
        """Yield what became of the tasks, in batches as they come, up to the last.

        Close the generator to end the workers. Raises MachineError where no worker can do anything.
        """

    def cancel(self) -> None:
        """Drop the tasks that are not begun; those that are will be finished."""


class InProcessExecutor(Generic[Item, Result]):
    """Runs tasks one by one in this process, to look into it: there a death or a hang cannot be helped."""

    def __init__(self, initialiser: Initialiser[Item, Result], halt: Halt) -> None:
        self._initialiser, self._halt = initialiser, halt
        self._todo: deque[Task[Item]] = deque()

    def submit(self, task: Task[Item]) -> None:
        """Take a task."""
        self._todo.append(task)

    def cancel(self) -> None:
        """Drop the tasks that are not begun."""
        self._todo.clear()

    def results(self) -> Generator[list[TaskResult[Item, Result]]]:
        """Yield what became of each task."""
        if not self._todo:
            return
        try:
            with self._halt.breaking():
                work = self._initialiser()
            while self._todo:
                task = self._todo.popleft()
                result: TaskResult[Item, Result]
                try:
                    with self._halt.breaking():
                        result = TaskResult(task, work(task.item))
                except MemoryError:
                    result = TaskResult(task, None, Finding("worker", "ran out of memory", hint=ALONE))
                if self._halt.requested:
                    return
                yield [result]
        except KeyboardInterrupt:
            return
