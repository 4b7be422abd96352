"""The workers: processes that make or read files, watched one by one, so that a death or a hang costs one of them.

Why not ``ProcessPoolExecutor``: there the death of one worker breaks the pool and nobody knows which item
killed it, a hung one cannot be ended, and workers outlive a parent that was killed. Here each worker has a
pipe of its own and at most one item, so the parent knows who had what.

Why ``spawn``: a forked child would inherit the locks of other threads (a progress bar's), and fonts that were
set up for the parent; spawn also works the same on every system.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from assetgen.building.output_dir import Halt
from assetgen.building.pool.task import MakerFactory, Making, Outcome
from assetgen.building.pool.worker_process import GB, USUAL, Awake, Bounds, Exhausted, Ready, Stop, work
from assetgen.errors import MachineError
from assetgen.findings import Finding

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from assetgen.planning.asset import Asset

POLL_S = 0.2  # how long a Ctrl-C, noted by a flag, may wait to be seen
ALONE = "try it alone, with one process: -j 1"
START_LIMIT_S = 120.0  # importing the engine from a cold disk takes seconds, not minutes
LIVES = 2  # a worker may die for want of memory by chance; where two are lost, it is the item that they had
MOST_LOOK_S = 1.0
"""How much of the time between two looks counts: a machine that slept, a Ctrl-Z, a slow disk is no hang."""
FAILED_STARTS = 3  # in a row, before we believe that no worker can start here


class NamedItem(Protocol):
    """What a worker gets to do: something with a name of its own."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=NamedItem)
Result = TypeVar("Result")
Item_contra = TypeVar("Item_contra", bound=NamedItem, contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)


class Trade(Protocol[Item_contra, Result_co]):
    """What workers do with an item; pickled to each of them. ``verb`` says it, in the past tense."""

    @property
    def verb(self) -> str: ...

    def start(self) -> Callable[[Item_contra], Result_co]:
        """Return the work itself; called once in each worker. Raises MachineError where none can be done."""

    def given_up(self, item: Item_contra, finding: Finding) -> Result_co:
        """Return what becomes of an item whose worker died or hung."""


def make_all(
    todo: deque[Asset],
    tmp: Path,
    maker: MakerFactory,
    *,
    jobs: int,
    halt: Halt,
    bounds: Bounds = USUAL,
    supervised: bool = True,
) -> Generator[list[Outcome]]:
    """Make the assets of ``todo``, in any order, and yield their outcomes in batches as they come.

    Who empties ``todo`` stops it: what has been begun is finished. After ``halt`` nothing more is yielded.
    Not ``supervised``, all is made in this process, for who wants to look into it: there a death or a hang cannot
    be helped. Raises MachineError where no worker can do anything. Close the iterator to end the workers.
    """
    making = Making(maker, tmp)
    return (
        work_apart(todo, making, jobs=jobs, bounds=bounds, halt=halt)
        if supervised
        else _work_here(todo, making, halt)
    )


def work_apart(
    todo: deque[Item], trade: Trade[Item, Result], *, jobs: int, halt: Halt, bounds: Bounds = USUAL
) -> Generator[list[Result]]:
    """Do the same as ``make_all`` with any items, always in processes of their own: a death costs one item."""
    if todo:
        yield from _Crew(todo, trade, jobs, bounds, halt).run()


def _work_here(todo: deque[Item], trade: Trade[Item, Result], halt: Halt) -> Generator[list[Result]]:
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
        except MemoryError:
            result = trade.given_up(item, Finding("worker", "ran out of memory", hint=ALONE))
        if halt.requested:
            return
        yield [result]


@dataclass(slots=True)
class _Worker(Generic[Item]):
    """One process; ``item`` is what it has in hand, ``took_s`` for how long (or to start)."""

    process: SpawnProcess
    pipe: Connection[Any, Any]
    took_s: float = 0.0
    ready: bool = False
    item: Item | None = None


class _Crew(Generic[Item, Result]):
    def __init__(
        self, todo: deque[Item], trade: Trade[Item, Result], jobs: int, bounds: Bounds, halt: Halt
    ) -> None:
        self._todo = todo
        self._trade = trade
        self._jobs = jobs
        self._bounds = bounds
        self._halt = halt
        self._workers: list[_Worker[Item]] = []
        self._losses: defaultdict[str, list[str]] = defaultdict(list)
        self._trade_bytes = ForkingPickler.dumps(trade)
        self._looked_s = time.monotonic()
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
            process = spawn.Process(target=work, args=(theirs, self._bounds.memory_bytes), daemon=True)
            try:
                with _no_interrupt_inherited():
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

    def _hand_out(self) -> None:
        for worker in self._workers:
            if not self._todo or self._halt.requested:
                return
            if worker.ready and worker.item is None:
                worker.item, worker.took_s = self._todo.popleft(), 0.0
                try:
                    worker.pipe.send(worker.item)
                except OSError:
                    continue  # it died idle: the next look at its pipe finds that, and the item goes back

    def _gather(self) -> list[Result]:
        """Wait a moment for news; return what was finished, and see to the dead and the hung."""
        handles = [handle for worker in self._workers for handle in (worker.pipe, worker.process.sentinel)]
        news = set(connection.wait(handles, timeout=POLL_S) if handles else ())
        before_s, self._looked_s = self._looked_s, time.monotonic()
        for worker in self._workers:
            worker.took_s += min(self._looked_s - before_s, MOST_LOOK_S)
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
            message: Awake | Ready | Stop | Exhausted | Result | None = (
                worker.pipe.recv() if worker.pipe.poll() else None
            )
        except (EOFError, OSError):
            message = None
        if message is None:
            worker.process.join(1.0)  # its pipe closes a moment before it is known how it ended
            return self._bury(worker)
        if isinstance(message, Stop):
            raise MachineError(message.findings)
        if isinstance(message, Awake):
            with suppress(OSError):  # it died: the next look at its pipe finds that
                worker.pipe.send_bytes(self._trade_bytes)
            return None
        if isinstance(message, Exhausted):
            return self._bury(worker, f"more than {self._bounds.memory_bytes / GB:g} GB of memory")
        if isinstance(message, Ready):
            worker.ready, self._failed_starts = True, 0
            return None
        worker.item = None
        return message

    def _bury(self, worker: _Worker[Item], why: str | None = None) -> Result | None:
        """Take a lost worker away; its item is tried once more, by a new one, then given up."""
        ended = self._end(worker)
        how = why or ended
        if not worker.ready:
            self._not_started(how)
            return None
        if worker.item is None:
            return None
        losses = self._losses[worker.item.id]
        losses.append(how)
        if len(losses) < LIVES:
            self._todo.appendleft(worker.item)
            return None
        said = "; ".join(dict.fromkeys(losses))
        text = f"the process that {self._trade.verb} it was lost, {LIVES} times ({said})"
        return self._trade.given_up(worker.item, Finding("worker", text, hint=ALONE))

    def _check_time(self, worker: _Worker[Item]) -> Result | None:
        limit_s = self._bounds.time_s if worker.ready else START_LIMIT_S
        if (worker.ready and worker.item is None) or worker.took_s <= limit_s:
            return None
        return self._bury(worker, f"no answer in {limit_s:g} s")

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
