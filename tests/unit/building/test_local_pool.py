"""The local pool: a task that crashes, hangs or raises fails only its own asset."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from assetgen.building.pool.executor import Executor, InProcessExecutor, Interrupt, Task
from assetgen.building.pool.local_pool import LocalPool
from assetgen.building.render_task import RenderFunction, RenderOutcome, start_rendering
from assetgen.child_process import GB, TaskLimits
from assetgen.errors import MachineError
from assetgen.findings import Finding
from assetgen.planning.asset import Asset
from tests.support.factories import FakeRenderer, fake_content, make_plan
from tests.support.processes import GUARD_S, is_running
from tests.support.wording import Wording

FIVE = [f"acme/m{number}/ig-story/en-GB" for number in range(5)]
CULPRIT = FIVE[2]
OTHERS = {id for id in FIVE if id != CULPRIT}
LONG_LIMIT = TaskLimits(time_s=GUARD_S)


def executor_of(
    assets: Iterable[Asset],
    start: Callable[[], RenderFunction],
    tmp: Path,
    *,
    jobs: int = 2,
    bounds: TaskLimits = LONG_LIMIT,
    supervised: bool = True,
) -> Executor[Asset, RenderOutcome]:
    """Return an executor with a task for each asset, which renders into ``tmp``."""
    initialiser, halt = partial(start_rendering, start, tmp), Interrupt()
    executor: Executor[Asset, RenderOutcome] = (
        LocalPool(initialiser, past_verb="drew", jobs=jobs, bounds=bounds, interrupt=halt)
        if supervised
        else InProcessExecutor(initialiser, halt)
    )
    for asset in assets:
        executor.submit(Task(asset.id, asset))
    return executor


@dataclass(frozen=True)
class PoolRun:
    """A run of five assets, and the outcome of each."""

    tmp: Path
    outcomes: dict[str, RenderOutcome] = field(default_factory=dict)

    def run(
        self,
        start: Callable[[], RenderFunction],
        *,
        jobs: int = 2,
        bounds: TaskLimits = LONG_LIMIT,
        supervised: bool = True,
    ) -> None:
        assets = make_plan(*FIVE).assets
        executor = executor_of(assets, start, self.tmp, jobs=jobs, bounds=bounds, supervised=supervised)
        for batch in executor.results():
            for outcome in (one.value_or(RenderOutcome.from_failure) for one in batch):
                assert outcome.asset_id not in self.outcomes, "an asset has only one outcome"
                self.outcomes[outcome.asset_id] = outcome

    @property
    def rendered(self) -> set[str]:
        return {id for id, outcome in self.outcomes.items() if outcome.entry}

    def only_finding(self, asset_id: str) -> Finding:
        (finding,) = self.outcomes[asset_id].findings
        return finding


@pytest.fixture
def pool_run(tmp_path: Path) -> PoolRun:
    (tmp_path / "tmp").mkdir()
    return PoolRun(tmp_path / "tmp")


class LacksLibraryAtStart:
    def __call__(self) -> RenderFunction:
        raise MachineError(Finding("machine", "Pango is missing", hint="apt-get install libpango-1.0-0"))


class RaisesAtStart:
    def __call__(self) -> RenderFunction:
        raise LookupError("no font at all")


class DiesAtStart:
    def __call__(self) -> RenderFunction:
        os._exit(3)


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_each_asset_is_rendered_once_into_a_complete_temporary_file(pool_run: PoolRun, jobs: int) -> None:
    pool_run.run(FakeRenderer(), jobs=jobs)

    assert pool_run.rendered == set(FIVE)
    for id, outcome in pool_run.outcomes.items():
        assert outcome.temp
        assert (pool_run.tmp / outcome.temp).read_bytes() == fake_content(id)


def test_no_worker_is_started_without_tasks(tmp_path: Path) -> None:
    assert list(executor_of((), LacksLibraryAtStart(), tmp_path).results()) == []


def test_asset_fails_if_its_worker_dies_twice(pool_run: PoolRun, wording: Wording) -> None:
    pool_run.run(FakeRenderer(faults={CULPRIT: "dies"}))

    assert pool_run.rendered == OTHERS
    finding = pool_run.only_finding(CULPRIT)
    assert (finding.code, finding.asset, finding.is_error) == ("worker", CULPRIT, True)
    assert "2 times" in finding.text and "signal 9" in finding.text and "-j 1" in (finding.hint or "")
    assert wording == finding.as_text()


def test_run_ends_even_if_every_asset_kills_its_worker(pool_run: PoolRun) -> None:
    pool_run.run(FakeRenderer(faults=dict.fromkeys(FIVE, "dies")))

    assert pool_run.rendered == set()
    assert {pool_run.only_finding(id).code for id in FIVE} == {"worker"}


def test_asset_whose_worker_died_once_is_retried(pool_run: PoolRun, tmp_path: Path) -> None:
    pool_run.run(FakeRenderer(faults={CULPRIT: "dies_once"}, marker_dir=tmp_path))

    assert (tmp_path / "once").exists()
    assert pool_run.rendered == set(FIVE)


def test_hanging_asset_is_stopped_and_the_others_are_rendered(pool_run: PoolRun, wording: Wording) -> None:
    pool_run.run(FakeRenderer(faults={CULPRIT: "hangs"}), bounds=TaskLimits(time_s=2.5))

    assert pool_run.rendered == OTHERS
    text = pool_run.only_finding(CULPRIT).text
    assert "2.5 s" in text
    assert wording == text


def test_asset_that_hung_once_is_retried(pool_run: PoolRun, tmp_path: Path) -> None:
    pool_run.run(
        FakeRenderer(faults={CULPRIT: "hangs_once"}, marker_dir=tmp_path), bounds=TaskLimits(time_s=2.5)
    )

    assert (tmp_path / "once").exists()
    assert pool_run.rendered == set(FIVE)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces a memory limit for each process")
@pytest.mark.parametrize("jobs", [1, 2])
def test_asset_is_stopped_at_the_memory_limit_and_the_others_are_rendered(
    pool_run: PoolRun, jobs: int, wording: Wording
) -> None:
    pool_run.run(
        FakeRenderer(faults={CULPRIT: "eats_memory"}),
        jobs=jobs,
        bounds=TaskLimits(GUARD_S, memory_bytes=GB // 2),
    )

    assert pool_run.rendered == OTHERS
    text = pool_run.only_finding(CULPRIT).text
    assert "0.5 GB" in text
    assert wording == text


def test_worker_that_ran_out_of_memory_gets_no_further_asset(pool_run: PoolRun, tmp_path: Path) -> None:
    pool_run.run(FakeRenderer(faults={CULPRIT: "runs_out_once"}, marker_dir=tmp_path), jobs=1)

    assert pool_run.rendered == set(FIVE)
    assert len(list(tmp_path.glob("worker-*"))) == 2


def test_one_job_runs_in_a_worker_process(pool_run: PoolRun, tmp_path: Path) -> None:
    pool_run.run(FakeRenderer(faults={CULPRIT: "dies_once"}, marker_dir=tmp_path), jobs=1)

    assert pool_run.rendered == set(FIVE)
    assert f"worker-{os.getpid()}" not in {note.name for note in tmp_path.glob("worker-*")}


def test_unsupervised_run_renders_in_the_calling_process(
    pool_run: PoolRun, tmp_path: Path, wording: Wording
) -> None:
    pool_run.run(
        FakeRenderer(faults={CULPRIT: "runs_out_once"}, marker_dir=tmp_path), jobs=1, supervised=False
    )

    assert pool_run.rendered == OTHERS
    assert wording == pool_run.only_finding(CULPRIT).text
    assert [note.name for note in tmp_path.glob("worker-*")] == [f"worker-{os.getpid()}"]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("fault", "code", "message"),
    [
        ("raises", "worker", ": KeyError: 'accent'"),
        ("exits", "worker", ": SystemExit: gone"),
        ("says_nothing", "worker", ""),
        ("measures_nonsense", "worker", ": ValueError: Out of range float values"),
        ("overflows", "text-overflow", "headline does not fit"),
        ("cannot_be_drawn", "picture-missing", "no such picture: door.png"),
    ],
)
def test_failure_of_an_asset_is_reported_as_its_finding(
    pool_run: PoolRun, jobs: int, fault: str, code: str, message: str, wording: Wording
) -> None:
    pool_run.run(FakeRenderer(faults={CULPRIT: fault}), jobs=jobs)

    assert pool_run.rendered == OTHERS
    finding = pool_run.only_finding(CULPRIT)
    assert (finding.code, finding.asset) == (code, CULPRIT)
    assert message in finding.text
    if code == "worker":  # the text of an exception depends on the Python version
        assert wording == (finding.text.partition(message)[0] if message else finding.text)


def test_unexpected_exception_names_its_source_line_without_a_machine_path(
    pool_run: PoolRun, wording: Wording
) -> None:
    pool_run.run(FakeRenderer(faults={CULPRIT: "raises"}), jobs=1)

    hint = pool_run.only_finding(CULPRIT).hint
    assert hint
    assert re.search(r"\bfactories\.py, line \d+", hint)
    assert "/" not in hint
    assert wording == re.sub(r"\d+", "N", hint)


def test_path_outside_the_output_folder_is_refused_before_rendering(tmp_path: Path, wording: Wording) -> None:
    bad = replace(make_plan(CULPRIT).assets[0], path="../x.png")
    maker = FakeRenderer(faults={CULPRIT: "dies"})

    ((result,),) = executor_of([bad], maker, tmp_path, jobs=1).results()

    assert result.value
    finding = result.value.findings[0]
    assert (finding.code, finding.asset, "'../x.png'" in finding.text) == ("unsafe-file", CULPRIT, True)
    assert wording == finding.as_text()


@pytest.mark.parametrize("jobs", [1, 2])
def test_missing_system_library_stops_the_build_with_the_message_of_the_worker(
    pool_run: PoolRun, jobs: int
) -> None:
    with pytest.raises(MachineError) as caught:
        pool_run.run(LacksLibraryAtStart(), jobs=jobs)

    assert caught.value.findings == [
        Finding("machine", "Pango is missing", hint="apt-get install libpango-1.0-0")
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_renderer_that_cannot_start_stops_the_build(pool_run: PoolRun, jobs: int, wording: Wording) -> None:
    with pytest.raises(MachineError) as caught:
        pool_run.run(RaisesAtStart(), jobs=jobs)

    (finding,) = caught.value.findings
    assert "LookupError: no font at all" in finding.text
    assert wording == finding.text


def test_workers_that_die_at_start_are_not_restarted_forever(pool_run: PoolRun, wording: Wording) -> None:
    with pytest.raises(MachineError) as caught:
        pool_run.run(DiesAtStart())

    (finding,) = caught.value.findings
    assert "(exit code 3)" in finding.text
    assert wording == finding.text


@dataclass(frozen=True)
class DiesOnceAtStart:
    """Start a renderer, except the first time."""

    notes: Path

    def __call__(self) -> RenderFunction:
        try:
            (self.notes / "once").touch(exist_ok=False)
        except FileExistsError:
            return FakeRenderer()()
        os._exit(3)


def test_worker_that_dies_once_at_start_is_replaced(pool_run: PoolRun, tmp_path: Path) -> None:
    pool_run.run(DiesOnceAtStart(tmp_path), jobs=1)

    assert (tmp_path / "once").exists()
    assert pool_run.rendered == set(FIVE)


@pytest.mark.parametrize("jobs", [1, 2])
def test_missing_temporary_folder_stops_the_build(pool_run: PoolRun, jobs: int, wording: Wording) -> None:
    pool_run.tmp.rmdir()

    with pytest.raises(MachineError) as caught:
        pool_run.run(FakeRenderer(), jobs=jobs)

    (finding,) = caught.value.findings
    assert "No such file or directory" in finding.text
    assert wording == finding.text


class DiesWhileUnpickled:
    """End the process that unpickles it.

    It is larger than a pipe's buffer, so the parent is still writing when the worker dies.
    """

    def __init__(self) -> None:
        self.padding, self.exits = b"x" * 5_000_000, ExitsWhenUnpickled()

    def __call__(self) -> RenderFunction:
        raise AssertionError("never reached: unpickling ends the process")


class ExitsWhenUnpickled:
    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)


def test_workers_that_die_while_receiving_the_initialiser_stop_the_build(
    pool_run: PoolRun, wording: Wording
) -> None:
    with pytest.raises(MachineError) as caught:
        pool_run.run(DiesWhileUnpickled())

    (finding,) = caught.value.findings
    assert finding.code == "machine"
    assert wording == finding.text.partition(" (")[0]


def test_build_stops_if_no_process_can_be_started(
    pool_run: PoolRun, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    def refuse(_process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)

    with pytest.raises(MachineError) as caught:
        pool_run.run(FakeRenderer())

    (finding,) = caught.value.findings
    assert "(Resource temporarily unavailable)" in finding.text
    assert wording == finding.text


@pytest.mark.parametrize(("supervised", "started"), [(False, 1), (True, 2)], ids=["in process", "pool"])
def test_cancel_drops_queued_tasks_and_finishes_running_ones(
    tmp_path: Path, supervised: bool, started: int
) -> None:
    executor = executor_of(make_plan(*FIVE).assets, FakeRenderer(), tmp_path, jobs=1, supervised=supervised)
    finished = []

    for batch in executor.results():
        finished += [result.task.id for result in batch]
        executor.cancel()

    assert finished == FIVE[:started]


PARENT = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[4:]
from tests.support.factories import FakeRenderer, make_plan
from tests.unit.building.test_local_pool import executor_of

if __name__ == "__main__":
    notes = Path(sys.argv[1])
    ids = ["acme/a/ig-story/en-GB", "acme/b/ig-story/en-GB"]
    jobs, fault = int(sys.argv[2]), sys.argv[3]
    maker = FakeRenderer(faults=dict.fromkeys(ids, fault), marker_dir=notes)
    for batch in executor_of(make_plan(*ids).assets, maker, notes, jobs=jobs).results():
        print(batch)
"""


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("fault", ["hangs", "hangs_and_lets_no_other_thread_in", "is_stopped"])
def test_workers_end_when_their_parent_is_killed(tmp_path: Path, jobs: int, fault: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    notes = tmp_path / "notes"
    notes.mkdir()
    with subprocess.Popen([sys.executable, script, notes, str(jobs), fault, *sys.path]) as parent:
        try:
            pids = wait_for_workers(notes, jobs)
        finally:
            parent.kill()

    assert wait_until(lambda: not any(is_running(pid) for pid in pids))


def wait_for_workers(notes: Path, count: int) -> list[int]:
    """Wait until this many workers have started an asset, and return their process ids."""
    assert wait_until(lambda: len(list(notes.glob("worker-*"))) == count)
    return [int(file.name.removeprefix("worker-")) for file in notes.glob("worker-*")]


def wait_until(condition: object) -> bool:
    assert callable(condition)
    give_up_s = time.monotonic() + GUARD_S
    while time.monotonic() < give_up_s:
        if condition():
            return True
        time.sleep(0.05)
    return False
