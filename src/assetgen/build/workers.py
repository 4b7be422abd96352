"""The workers: processes that make or read files, watched one by one, so that a death or a hang costs one of them.

Why not ``ProcessPoolExecutor``: there the death of one worker breaks the pool and nobody knows which item
killed it, a hung one cannot be ended, and workers outlive a parent that was killed. Here each worker has a
pipe of its own and at most one item, so the parent knows who had what.

Why ``spawn``: a forked child would inherit the locks of other threads (a progress bar's), and fonts that were
set up for the parent; spawn also works the same on every system.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from assetgen.build.halt import Halt
from assetgen.build.work import MakerFactory, Making, Outcome
from assetgen.errors import MachineError
from assetgen.findings import Finding

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from assetgen.plan.asset import Asset

POLL_S = 0.2  # how long a Ctrl-C, noted by a flag, may wait to be seen
START_LIMIT_S = 120.0  # importing the engine from a cold disk takes seconds, not minutes
LIVES = 2  # a worker may die for want of memory by chance; one that dies twice dies of its item
FAILED_STARTS = 3  # in a row, before we believe that no worker can start here


class Named(Protocol):
    """What a worker gets to do: something with a name of its own."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=Named)
Result = TypeVar("Result")
Item_contra = TypeVar("Item_contra", bound=Named, contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)


class Trade(Protocol[Item_contra, Result_co]):
    """What workers do with an item; pickled to each of them. ``verb`` says it, in the past tense."""

    @property
    def verb(self) -> str: ...

    def start(self) -> Callable[[Item_contra], Result_co]:
        """Return the work itself; called once in each worker. Raises MachineError where none can be done."""

    def given_up(self, item: Item_contra, finding: Finding) -> Result_co:
        """Return what becomes of an item whose worker died or hung."""


@dataclass(frozen=True, slots=True)
class _Stop:
    """What a worker says when it can do nothing for any item."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a worker says when it can take up its first item."""


def make_all(
    todo: deque[Asset], tmp: Path, maker: MakerFactory, *, jobs: int, time_limit_s: float, halt: Halt
) -> Generator[list[Outcome]]:
    """Make the assets of ``todo``, in any order, and yield their outcomes in batches as they come.

    Who empties ``todo`` stops it: what has been begun is finished. After ``halt`` nothing more is yielded.
    With one job the work is done in this process, where a death or a hang cannot be helped.
    Raises MachineError where no worker can do anything. Close the iterator to end the workers.
    """
    if jobs == 1:
        yield from _work_here(todo, Making(maker, tmp), halt)
    else:
        yield from work_apart(todo, Making(maker, tmp), jobs=jobs, time_limit_s=time_limit_s, halt=halt)


def work_apart(
    todo: deque[Item], trade: Trade[Item, Result], *, jobs: int, time_limit_s: float, halt: Halt
) -> Generator[list[Result]]:
    """Do the same as ``make_all`` with any items, always in processes of their own: a death costs one item."""
    if todo:
        yield from _Crew(todo, trade, jobs, time_limit_s, halt).run()


def _work_here(todo: deque[Item], trade: Trade[Item, Result], halt: Halt) -> Iterator[list[Result]]:
    if not todo:
        return
    try:
        with halt.breaking():
            work = trade.start()
    except KeyboardInterrupt:
        return
    while todo:
        item = todo.popleft()
        try:
            with halt.breaking():
                result = work(item)
        except KeyboardInterrupt:
            return
        if halt.requested:
            return
        yield [result]


@dataclass(slots=True)
class _Worker(Generic[Item]):
    """One process; ``item`` is what it has in hand, ``since_s`` when it took it up (or was started)."""

    process: SpawnProcess
    pipe: Connection[Any, Any]
    since_s: float
    ready: bool = False
    item: Item | None = None


class _Crew(Generic[Item, Result]):
    def __init__(
        self, todo: deque[Item], trade: Trade[Item, Result], jobs: int, time_limit_s: float, halt: Halt
    ) -> None:
        self._todo = todo
        self._trade = trade
        self._jobs = jobs
        self._time_limit_s = time_limit_s
        self._halt = halt
        self._workers: list[_Worker[Item]] = []
        self._deaths: Counter[str] = Counter()
        self._failed_starts = 0

    def run(self) -> Iterator[list[Result]]:
        try:
            while not self._halt.requested and (self._todo or self._busy()):
                self._hire()
                batch = self._gather()
                self._hand_out()  # before the parent turns to its files: a worker never waits for the disk
                if batch and not self._halt.requested:
                    yield batch
        finally:
            while self._workers:
                self._end(self._workers[-1])

    def _busy(self) -> int:
        return sum(worker.item is not None for worker in self._workers)

    def _hire(self) -> None:
        """Start as many workers as there is work for."""
        wanted = min(self._jobs, len(self._todo) + self._busy())
        while len(self._workers) < wanted:
            spawn = multiprocessing.get_context("spawn")
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=_work, args=(theirs, self._trade), daemon=True)
            with _no_interrupt_inherited():
                process.start()
            theirs.close()  # so that the worker's end is the only one: its death is then an end of file
            self._workers.append(_Worker(process, ours, time.monotonic()))

    def _hand_out(self) -> None:
        for worker in self._workers:
            if not self._todo or self._halt.requested:
                return
            if worker.ready and worker.item is None:
                worker.item, worker.since_s = self._todo.popleft(), time.monotonic()
                try:
                    worker.pipe.send(worker.item)
                except OSError:
                    continue  # it died idle: the next look at its pipe finds that, and the item goes back

    def _gather(self) -> list[Result]:
        """Wait a moment for news; return what was finished, and see to the dead and the hung."""
        handles = [handle for worker in self._workers for handle in (worker.pipe, worker.process.sentinel)]
        news = set(connection.wait(handles, timeout=POLL_S))
        batch: list[Result] = []
        for worker in list(self._workers):
            if worker.pipe in news or worker.process.sentinel in news:
                result = self._hear(worker)
            else:
                result = self._check_time(worker)
            if result is not None:
                batch.append(result)
        return batch

    def _hear(self, worker: _Worker[Item]) -> Result | None:
        try:
            message: _Ready | _Stop | Result | None = worker.pipe.recv() if worker.pipe.poll() else None
        except (EOFError, OSError):
            message = None
        if message is None:
            worker.process.join(1.0)  # its pipe closes a moment before it is known how it ended
            return self._bury(worker)
        if isinstance(message, _Stop):
            raise MachineError(message.findings)
        if isinstance(message, _Ready):
            worker.ready, self._failed_starts = True, 0
            return None
        worker.item = None
        return message

    def _bury(self, worker: _Worker[Item]) -> Result | None:
        """Take a dead worker away; its item is tried once more, then given up."""
        how = self._end(worker)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= FAILED_STARTS:
                text = f"the processes that work do not start ({how})"
                raise MachineError(Finding("machine", text, hint="try with one job: -j 1"))
            return None
        if worker.item is None:
            return None
        self._deaths[worker.item.id] += 1
        if self._deaths[worker.item.id] < LIVES:
            self._todo.appendleft(worker.item)
            return None
        text = f"the process that {self._trade.verb} it died, {LIVES} times ({how})"
        return self._give_up(worker.item, text)

    def _check_time(self, worker: _Worker[Item]) -> Result | None:
        took_s = time.monotonic() - worker.since_s
        if not worker.ready:
            return self._bury(worker) if took_s > START_LIMIT_S else None
        if worker.item is None or took_s <= self._time_limit_s:
            return None
        self._end(worker)
        return self._give_up(worker.item, f"gave no answer in {self._time_limit_s:g} s and was stopped")

    def _give_up(self, item: Item, text: str) -> Result:
        return self._trade.given_up(item, Finding("worker", text, hint="try it alone with one job: -j 1"))

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


@contextmanager
def _no_interrupt_inherited() -> Iterator[None]:
    """Hold Ctrl-C back while a process is started: the child inherits that, and cannot die of it while it
    is still importing. For the parent it is only late by a moment."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # else the first start would start it, and let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection[Any, Any], trade: Trade[Any, Any]) -> None:
    """Do what comes down the pipe, one item at a time, until it is closed: the life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work = trade.start()
        pipe.send(_Ready())
        while True:
            pipe.send(work(pipe.recv()))
    except MachineError as error:
        pipe.send(_Stop(tuple(error.findings)))
    except (EOFError, OSError):
        return  # the parent has gone


def _end_with_parent() -> None:
    """End this process when the parent dies, in the middle of an item too, be it by kill -9."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
