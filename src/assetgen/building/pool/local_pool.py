"""The local pool: worker processes, watched one by one, so that a death or a hang costs one task.

Why not ``ProcessPoolExecutor``: there the death of one worker breaks the pool and nobody knows which task
killed it, a hung one cannot be ended, and workers outlive a parent that was killed. Here each worker has a
pipe of its own and at most one task, so the parent knows who had what.

Why ``spawn``: a forked child would inherit the locks of other threads (a progress bar's), and fonts that were
set up for the parent; spawn also works the same on every system.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
import time
from collections import defaultdict, deque
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Generic

from assetgen.building.pool.executor import ALONE, Halt, Initialiser, Item, Result, Task, TaskResult
from assetgen.child_process import (
    GB,
    USUAL,
    Bounds,
    end_with_parent,
    give_back_memory,
    hold_interrupt_back,
    limit_memory,
)
from assetgen.errors import MachineError
from assetgen.findings import Finding

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

POLL_S = 0.2  # how long a Ctrl-C, noted by a flag, may wait to be seen
START_LIMIT_S = 120.0  # importing the engine from a cold disk takes seconds, not minutes
LIVES = 2  # a worker may die for want of memory by chance; where two are lost, it is the task that they had
MAX_LOOK_S = 1.0
"""How much of the time between two looks counts: a machine that slept, a Ctrl-Z, a slow disk is no hang."""
FAILED_STARTS = 3  # in a row, before we believe that no worker can start here


@dataclass(frozen=True, slots=True)
class Awake:
    """What a worker says first: it waits for its initialiser, which may be long (a whole campaign).

    It does not come with the start of the process: there Python would wait for ever for one that died before it
    had read more than a pipe holds.
    """


@dataclass(frozen=True, slots=True)
class Stop:
    """What a worker says when it can do nothing for any task."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """What a worker says when it can take up its first task."""


@dataclass(frozen=True, slots=True)
class Exhausted:
    """The last word of a worker that ran out of memory: what it holds then is not to be trusted."""


def work(pipe: Connection[Any, Any], memory_bytes: int) -> None:
    """Work on what comes down the pipe, one item at a time, until it is closed: the life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    end_with_parent()
    limit_memory(memory_bytes)
    try:
        pipe.send(Awake())
        initialiser: Initialiser[Any, Any] = pipe.recv()
        do = initialiser()
        gc.freeze()  # engine and campaign stay to the end: looking for rings in them would be a twentieth of the work
        pipe.send(Ready())
        while True:
            pipe.send(do(pipe.recv()))
            give_back_memory()
    except MachineError as error:
        pipe.send(Stop(tuple(error.findings)))
    except MemoryError:
        pipe.send(Exhausted())
    except (EOFError, OSError):
        return  # the parent has gone


@dataclass(slots=True)
class _Worker(Generic[Item]):
    """One process; ``task`` is what it has in hand, ``took_s`` for how long (or to start)."""

    process: SpawnProcess
    pipe: Connection[Any, Any]
    took_s: float = 0.0
    ready: bool = False
    task: Task[Item] | None = None


class LocalPool(Generic[Item, Result]):
    """Runs tasks in processes of this machine, of which each has at most one at a time."""

    def __init__(
        self,
        initialiser: Initialiser[Item, Result],
        *,
        verb: str,
        jobs: int,
        halt: Halt,
        bounds: Bounds = USUAL,
    ) -> None:
        """Start nothing yet. ``verb`` says in the past tense what is done with an item."""
        self._initialiser, self._verb = initialiser, verb
        self._jobs, self._halt, self._bounds = jobs, halt, bounds
        self._initialiser_bytes = memoryview(b"")
        self._todo: deque[Task[Item]] = deque()
        self._workers: list[_Worker[Item]] = []
        self._losses: defaultdict[str, list[str]] = defaultdict(list)
        self._looked_s = time.monotonic()
        self._failed_starts = 0

    def submit(self, task: Task[Item]) -> None:
        """Take a task."""
        self._todo.append(task)

    def cancel(self) -> None:
        """Drop the tasks that are not begun."""
        self._todo.clear()

    def results(self) -> Generator[list[TaskResult[Item, Result]]]:
        """Yield what became of the tasks, in batches as they come; end the workers at the end."""
        if self._todo:
            self._initialiser_bytes = ForkingPickler.dumps(self._initialiser)
            self._looked_s = time.monotonic()
        try:
            while not self._halt.requested and (self._todo or self._busy()):
                self._start_workers()
                batch = self._gather()
                # Before the caller turns to its files: a worker never waits for the disk.
                for worker in self._workers:
                    if not self._todo or self._halt.requested:
                        break
                    if worker.ready and worker.task is None:
                        worker.task, worker.took_s = self._todo.popleft(), 0.0
                        with suppress(OSError):  # it died idle: the next look at its pipe finds that
                            worker.pipe.send(worker.task.item)
                if batch and not self._halt.requested:
                    yield batch
        finally:
            while self._workers:
                self._end(self._workers[-1])

    def _busy(self) -> int:
        return sum(worker.task is not None for worker in self._workers)

    def _start_workers(self) -> None:
        """Start as many workers as there is work for."""
        wanted = min(self._jobs, len(self._todo) + self._busy())
        while len(self._workers) < wanted:
            spawn = multiprocessing.get_context("spawn")
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=work, args=(theirs, self._bounds.memory_bytes), daemon=True)
            try:
                with hold_interrupt_back():
                    process.start()
            except OSError as error:  # no room for one more process
                ours.close()
                self._not_started(error.strerror or str(error))
                return
            finally:
                theirs.close()  # so that the worker's end is the only one: its death is then an end of file
            self._workers.append(_Worker(process, ours))

    def _not_started(self, how: str) -> None:
        self._failed_starts += 1
        if self._failed_starts >= FAILED_STARTS:
            text = f"the processes that work do not start ({how})"
            hint = "see that memory and the number of processes allow for one more, or use fewer: -j 1"
            raise MachineError(Finding("machine", text, hint=hint))

    def _gather(self) -> list[TaskResult[Item, Result]]:
        """Wait a moment for news; return what was finished, and see to the dead and the hung."""
        handles = [handle for worker in self._workers for handle in (worker.pipe, worker.process.sentinel)]
        news = set(connection.wait(handles, timeout=POLL_S) if handles else ())
        before_s, self._looked_s = self._looked_s, time.monotonic()
        for worker in self._workers:
            worker.took_s += min(self._looked_s - before_s, MAX_LOOK_S)
        batch: list[TaskResult[Item, Result]] = []
        for worker in list(self._workers):
            if worker.pipe in news or worker.process.sentinel in news:
                result = self._hear(worker)
            else:
                result = self._check_time(worker)
            if result is not None:
                batch.append(result)
        return batch

    def _hear(self, worker: _Worker[Item]) -> TaskResult[Item, Result] | None:
        try:
            message: Awake | Ready | Stop | Exhausted | Result | None = (
                worker.pipe.recv() if worker.pipe.poll() else None
            )
        except (EOFError, OSError):
            message = None
        if message is None:
            worker.process.join(1.0)  # its pipe closes a moment before it is known how it ended
            return self._lose(worker)
        if isinstance(message, Stop):
            raise MachineError(message.findings)
        if isinstance(message, Awake):
            with suppress(OSError):  # it died: the next look at its pipe finds that
                worker.pipe.send_bytes(self._initialiser_bytes)
            return None
        if isinstance(message, Exhausted):
            return self._lose(worker, f"more than {self._bounds.memory_bytes / GB:g} GB of memory")
        if isinstance(message, Ready):
            worker.ready, self._failed_starts = True, 0
            return None
        task, worker.task = worker.task, None
        return None if task is None else TaskResult(task, message)

    def _lose(self, worker: _Worker[Item], why: str | None = None) -> TaskResult[Item, Result] | None:
        """Take a lost worker away; its task is tried once more, by a new one, then given up."""
        ended = self._end(worker)
        how = why or ended
        if not worker.ready:
            self._not_started(how)
            return None
        if worker.task is None:
            return None
        losses = self._losses[worker.task.id]
        losses.append(how)
        if len(losses) < LIVES:
            self._todo.appendleft(worker.task)
            return None
        said = "; ".join(dict.fromkeys(losses))
        text = f"the process that {self._verb} it was lost, {LIVES} times ({said})"
        return TaskResult(worker.task, None, Finding("worker", text, hint=ALONE))

    def _check_time(self, worker: _Worker[Item]) -> TaskResult[Item, Result] | None:
        limit_s = self._bounds.time_s if worker.ready else START_LIMIT_S
        if (worker.ready and worker.task is None) or worker.took_s <= limit_s:
            return None
        return self._lose(worker, f"no answer in {limit_s:g} s")

    def _end(self, worker: _Worker[Item]) -> str:
        """End a worker at once, whatever it is doing, and say how it had ended. It holds nothing of worth."""
        self._workers.remove(worker)
        worker.process.join(0)
        died_alone = worker.process.exitcode
        worker.process.kill()
        worker.process.join()
        worker.process.close()
        worker.pipe.close()
        return _how(died_alone)


def _how(exit_code: int | None) -> str:
    if exit_code is None:
        return "it gave no answer"
    return f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
