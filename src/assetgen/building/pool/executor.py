"""Executors: submit tasks, receive their results in any order.

Builds, verification and packs use the same three methods. ``LocalPool`` runs tasks in worker processes of this machine,
``InProcessExecutor`` in the current process.
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
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
ONE_PROCESS_HINT = "try again with one process: -j 1"

Initialiser = Callable[[], Callable[[Item], Result]]
"""Called once in each worker, to which it is pickled. Returns the function that processes one item. Raises MachineError
where no item can be processed."""


@dataclass(frozen=True, slots=True)
class Task(Generic[Item]):
    """One piece of work: the item, and an id that is unique among the tasks."""

    id: str
    item: Item


@dataclass(frozen=True, slots=True)
class TaskResult(Generic[Item, Result]):
    """The result of a task: its value, or the finding that says how its worker process failed."""

    task: Task[Item]
    value: Result | None
    failure: Finding | None = None

    def value_or(self, on_failure: Callable[[Item, Finding], Result]) -> Result:
        """Return the value; for a task that failed, call ``on_failure`` with its item and the finding."""
        if self.failure is not None:
            return on_failure(self.task.item, self.failure)
        assert self.value is not None, "a task has a value or was lost"
        return self.value


class Interrupt:
    """Tells whether Ctrl-C or SIGTERM was received. ``requested`` stays True once it is."""

    def __init__(self) -> None:
        self.requested = False
        self._raises = False

    @contextmanager
    def catching_signals(self) -> Iterator[None]:
        """Set ``requested`` on Ctrl-C or SIGTERM inside the block, instead of ending the process.

        A signal that is already ignored stays ignored, as in a job started with ``&`` or nohup. Python delivers signals
        only to the main thread. In any other thread this does nothing, and the calling program must handle them.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        old_handlers = {number: signal.getsignal(number) for number in _SIGNALS}
        handled = [number for number in _SIGNALS if old_handlers[number] not in (signal.SIG_IGN, None)]
        for number in handled:
            signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number in handled:
                signal.signal(number, old_handlers[number])

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Let a signal also raise KeyboardInterrupt inside the block, because rendering in this process can take long.

        WeasyPrint can catch that exception while it draws an SVG, so check ``requested`` afterwards.
        """
        self._raises = True
        try:
            if self.requested:
                raise KeyboardInterrupt
            yield
        finally:
            self._raises = False

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True
        if self._raises:
            raise KeyboardInterrupt


class Executor(Protocol[Item, Result]):
    """Runs tasks. Once an interrupt is requested (``Interrupt``) it yields no more results."""

    def submit(self, task: Task[Item]) -> None:
        """Add a task. Tasks start in the order in which they were submitted."""

    def results(self) -> Generator[list[TaskResult[Item, Result]]]:
        """Yield the results of all tasks, in batches as they arrive.

        Close the generator to end the workers. Raises MachineError if no worker can process anything.
        """

    def cancel(self) -> None:
        """Drop tasks that have not started; running tasks are finished."""


class InProcessExecutor(Generic[Item, Result]):
    """Runs tasks one by one in this process, for debugging. A crash or a hang of a task affects the whole process."""

    def __init__(self, initialiser: Initialiser[Item, Result], interrupt: Interrupt) -> None:
        self._initialiser, self._interrupt = initialiser, interrupt
        self._waiting: deque[Task[Item]] = deque()

    def submit(self, task: Task[Item]) -> None:
        """Add a task."""
        self._waiting.append(task)

    def cancel(self) -> None:
        """Drop tasks that have not started."""
        self._waiting.clear()

    def results(self) -> Generator[list[TaskResult[Item, Result]]]:
        """Yield the result of each task."""
        if not self._waiting:
            return
        try:
            with self._interrupt.raising():
                work = self._initialiser()
            while self._waiting:
                task = self._waiting.popleft()
                result: TaskResult[Item, Result]
                try:
                    with self._interrupt.raising():
                        result = TaskResult(task, work(task.item))
                except MemoryError:
                    result = TaskResult(
                        task, None, Finding("worker", "the process ran out of memory", hint=ONE_PROCESS_HINT)
                    )
                if self._interrupt.requested:
                    return
                yield [result]
        except KeyboardInterrupt:
            return
