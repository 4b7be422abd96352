"""The local pool: supervised worker processes, so that a crash or a hang affects one task only.

Why not ``ProcessPoolExecutor``: the crash of one worker breaks that pool without telling which task caused it, a worker
that hangs cannot be ended, and workers outlive a parent that was killed. Here each worker has its own pipe and at most
one task, so the parent knows which worker has which task.

Why ``spawn``: a forked child would inherit locks of other threads (such as a progress bar's) and the font setup of its
parent. Spawn also works the same on every system.
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

from assetgen.building.pool.executor import (
    ONE_PROCESS_HINT,
    Initialiser,
    Interrupt,
    Item,
    Result,
    Task,
    TaskResult,
)
from assetgen.child_process import (
    DEFAULT_LIMITS,
    GB,
    TaskLimits,
    block_interrupt,
    end_with_parent,
    limit_memory,
    release_memory,
)
from assetgen.errors import MachineError
from assetgen.findings import Finding
from assetgen.library_logs import keep_logs_off_terminal

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

_POLL_S = 0.2  # how often the flag that Ctrl-C sets is checked
_START_LIMIT_S = 120.0  # importing the renderer from a cold disk takes seconds, not minutes
# Attempts at a task in all, so one retry: a worker may run out of memory by chance; if two do, the task is the cause.
_MAX_ATTEMPTS = 2
_MAX_POLL_S = 1.0
"""How much of the time between two polls counts as a task's time. A suspended machine, a Ctrl-Z or a slow disk must not
look like a hang."""
_MAX_FAILED_STARTS = 3  # in a row, before the pool gives up


@dataclass(frozen=True, slots=True)
class Awake:
    """First message of a worker: it is ready to receive its initialiser, which can be large (a whole campaign).

    The initialiser is not an argument of the process. With a large one Python would wait forever for a child that
    died before it had read more than a pipe's buffer.
    """


@dataclass(frozen=True, slots=True)
class Stop:
    """Last message of a worker that cannot process any task, with the reasons."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """Message of a worker that can receive its first task."""


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Last message of a worker that ran out of memory and is in an unreliable state."""


def work(pipe: Connection[Any, Any], memory_bytes: int) -> None:
    """Run a worker: process one item at a time from the pipe until the pipe is closed."""
    # Ctrl-C reaches the whole process group; the parent handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    limit_memory(memory_bytes)
    keep_logs_off_terminal()
    try:
        pipe.send(Awake())
        initialiser: Initialiser[Any, Any] = pipe.recv()
        process_item = initialiser()
        gc.freeze()  # renderer and campaign live as long as the worker: collecting them would cost 5 % of its time
        pipe.send(Ready())
        while True:
            pipe.send(process_item(pipe.recv()))
            release_memory()
    except MachineError as error:
        pipe.send(Stop(tuple(error.findings)))
    except MemoryError:
        pipe.send(Exhausted())
    except (EOFError, OSError):
        return  # the parent has ended


@dataclass(slots=True)
class _Worker(Generic[Item]):
    """One worker process. ``took_s`` is the time spent so far on ``task``, or on starting."""

    process: SpawnProcess
    pipe: Connection[Any, Any]
    took_s: float = 0.0
    ready: bool = False
    task: Task[Item] | None = None


class LocalPool(Generic[Item, Result]):
    """Runs tasks in worker processes of this machine. Each worker has at most one task at a time."""

    def __init__(
        self,
        initialiser: Initialiser[Item, Result],
        *,
        past_verb: str,
        jobs: int,
        interrupt: Interrupt,
        bounds: TaskLimits = DEFAULT_LIMITS,
    ) -> None:
        """Prepare the pool; ``results`` starts the workers.

        ``past_verb`` says in messages what they do ("rendered").
        """
        self._initialiser, self._verb = initialiser, past_verb
        self._jobs, self._interrupt, self._bounds = jobs, interrupt, bounds
        self._initialiser_bytes = memoryview(b"")
        self._waiting: deque[Task[Item]] = deque()
        self._workers: list[_Worker[Item]] = []
        self._failures: defaultdict[str, list[str]] = defaultdict(list)
        self._polled_at_s = time.monotonic()
        self._failed_starts = 0

    def submit(self, task: Task[Item]) -> None:
        """Add a task."""
        self._waiting.append(task)

    def cancel(self) -> None:
        """Drop tasks that have not started."""
        self._waiting.clear()

    def results(self) -> Generator[list[TaskResult[Item, Result]]]:
        """Yield the results of all tasks, in batches as they arrive; end the workers at the end."""
        if self._waiting:
            self._initialiser_bytes = ForkingPickler.dumps(self._initialiser)
            self._polled_at_s = time.monotonic()
        try:
            while not self._interrupt.requested and (self._waiting or self._busy_count()):
                self._start_workers()
                batch = self._collect()
                # Send new tasks before yielding, so that no worker waits while the caller writes files.
                for worker in self._workers:
                    if not self._waiting or self._interrupt.requested:
                        break
                    if worker.ready and worker.task is None:
                        worker.task, worker.took_s = self._waiting.popleft(), 0.0
                        with suppress(OSError):  # it died while idle: the next poll notices
                            worker.pipe.send(worker.task.item)
                if batch and not self._interrupt.requested:
                    yield batch
        finally:
            while self._workers:
                self._kill(self._workers[-1])

    def _busy_count(self) -> int:
        return sum(worker.task is not None for worker in self._workers)

    def _start_workers(self) -> None:
        """Start as many workers as there are tasks, up to ``jobs``."""
        target_count = min(self._jobs, len(self._waiting) + self._busy_count())
        while len(self._workers) < target_count:
            spawn = multiprocessing.get_context("spawn")
            own_end, worker_end = spawn.Pipe()
            process = spawn.Process(target=work, args=(worker_end, self._bounds.memory_bytes), daemon=True)
            try:
                with block_interrupt():
                    process.start()
            except OSError as error:  # the system allows no further process
                own_end.close()
                self._count_failed_start(error.strerror or str(error))
                return
            finally:
                worker_end.close()  # only the worker keeps its end open, so its death shows as end of file
            self._workers.append(_Worker(process, own_end))

    def _count_failed_start(self, cause: str) -> None:
        self._failed_starts += 1
        if self._failed_starts >= _MAX_FAILED_STARTS:
            text = f"worker processes cannot start ({cause})"
            hint = (
                "free memory, raise the limit on the number of processes, or try again with one process: -j 1"
            )
            raise MachineError(Finding("machine", text, hint=hint))

    def _collect(self) -> list[TaskResult[Item, Result]]:
        """Wait briefly for messages; return finished tasks, and remove workers that died or hang."""
        handles = [handle for worker in self._workers for handle in (worker.pipe, worker.process.sentinel)]
        readable = set(connection.wait(handles, timeout=_POLL_S) if handles else ())
        last_poll_s, self._polled_at_s = self._polled_at_s, time.monotonic()
        for worker in self._workers:
            worker.took_s += min(self._polled_at_s - last_poll_s, _MAX_POLL_S)
        batch: list[TaskResult[Item, Result]] = []
        for worker in list(self._workers):
            if worker.pipe in readable or worker.process.sentinel in readable:
                result = self._receive(worker)
            else:
                result = self._check_time(worker)
            if result is not None:
                batch.append(result)
        return batch

    def _receive(self, worker: _Worker[Item]) -> TaskResult[Item, Result] | None:
        try:
            message: Awake | Ready | Stop | Exhausted | Result | None = (
                worker.pipe.recv() if worker.pipe.poll() else None
            )
        except (EOFError, OSError):
            message = None
        if message is None:
            worker.process.join(1.0)  # the pipe closes a moment before the exit code is known
            return self._drop_worker(worker)
        if isinstance(message, Stop):
            raise MachineError(message.findings)
        if isinstance(message, Awake):
            with suppress(OSError):  # it died: the next poll notices
                worker.pipe.send_bytes(self._initialiser_bytes)
            return None
        if isinstance(message, Exhausted):
            return self._drop_worker(
                worker, f"it used more than {self._bounds.memory_bytes / GB:g} GB of memory"
            )
        if isinstance(message, Ready):
            worker.ready, self._failed_starts = True, 0
            return None
        task, worker.task = worker.task, None
        return None if task is None else TaskResult(task, message)

    def _drop_worker(
        self, worker: _Worker[Item], known_cause: str | None = None
    ) -> TaskResult[Item, Result] | None:
        """Remove a failed worker. Retry its task with another one; after ``_MAX_ATTEMPTS`` report it as lost."""
        ended = self._kill(worker)
        cause = known_cause or ended
        if not worker.ready:
            self._count_failed_start(cause)
            return None
        if worker.task is None:
            return None
        failures = self._failures[worker.task.id]
        failures.append(cause)
        if len(failures) < _MAX_ATTEMPTS:
            self._waiting.appendleft(worker.task)
            return None
        causes = "; ".join(dict.fromkeys(failures))
        text = f"the process that {self._verb} this file failed {_MAX_ATTEMPTS} times ({causes})"
        return TaskResult(worker.task, None, Finding("worker", text, hint=ONE_PROCESS_HINT))

    def _check_time(self, worker: _Worker[Item]) -> TaskResult[Item, Result] | None:
        limit_s = self._bounds.time_s if worker.ready else _START_LIMIT_S
        if (worker.ready and worker.task is None) or worker.took_s <= limit_s:
            return None
        return self._drop_worker(worker, f"it did not answer within {limit_s:g} s")

    def _kill(self, worker: _Worker[Item]) -> str:
        """Kill a worker, whatever it is doing. It holds no data to save.

        Returns a text about how it ended by itself, or "it gave no answer" if it was still running.
        """
        self._workers.remove(worker)
        worker.process.join(0)
        exit_code = worker.process.exitcode
        worker.process.kill()
        worker.process.join()
        worker.process.close()
        worker.pipe.close()
        return _describe_exit(exit_code)


def _describe_exit(exit_code: int | None) -> str:
    if exit_code is None:
        return "it gave no answer"
    return f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
