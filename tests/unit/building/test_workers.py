"""The workers: what dies, hangs or breaks off costs its own asset alone."""

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

from assetgen.building.pool.executor import Executor, Halt, InProcessExecutor, Task
from assetgen.building.pool.local_pool import LocalPool
from assetgen.building.render_task import Outcome, Render, start_rendering
from assetgen.child_process import GB, Bounds
from assetgen.errors import MachineError
from assetgen.findings import Finding
from assetgen.planning.asset import Asset
from tests.support.factories import FakeMaker, fake_content, make_plan
from tests.support.processes import GUARD_S, is_running
from tests.support.wording import Wording

FIVE = [f"acme/m{number}/ig-story/en-GB" for number in range(5)]
CULPRIT = FIVE[2]
OTHERS = {id for id in FIVE if id != CULPRIT}
PATIENT = Bounds(time_s=GUARD_S)


def executor_of(
    assets: Iterable[Asset],
    start: Callable[[], Render],
    tmp: Path,
    *,
    jobs: int = 2,
    bounds: Bounds = PATIENT,
    supervised: bool = True,
) -> Executor[Asset, Outcome]:
    """Return an executor that has these assets to render into ``tmp``."""
    initialiser, halt = partial(start_rendering, start, tmp), Halt()
    executor: Executor[Asset, Outcome] = (
        LocalPool(initialiser, verb="drew", jobs=jobs, bounds=bounds, halt=halt)
        if supervised
        else InProcessExecutor(initialiser, halt)
    )
    for asset in assets:
        executor.submit(Task(asset.id, asset))
    return executor


@dataclass(frozen=True)
class Scene:
    """Five assets and what became of them."""

    tmp: Path
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def run(
        self, start: Callable[[], Render], *, jobs: int = 2, bounds: Bounds = PATIENT, supervised: bool = True
    ) -> None:
        assets = make_plan(*FIVE).assets
        executor = executor_of(assets, start, self.tmp, jobs=jobs, bounds=bounds, supervised=supervised)
        for batch in executor.results():
            for outcome in (one.value_or(Outcome.lost) for one in batch):
                assert outcome.asset_id not in self.outcomes, "an asset has one outcome"
                self.outcomes[outcome.asset_id] = outcome

    @property
    def made(self) -> set[str]:
        return {id for id, outcome in self.outcomes.items() if outcome.entry}

    def only_finding(self, asset_id: str) -> Finding:
        (finding,) = self.outcomes[asset_id].findings
        return finding


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    (tmp_path / "tmp").mkdir()
    return Scene(tmp_path / "tmp")


class BrokenAtStart:
    def __call__(self) -> Render:
        raise MachineError(Finding("machine", "Pango is missing", hint="apt-get install libpango-1.0-0"))


class RaisesAtStart:
    def __call__(self) -> Render:
        raise LookupError("no font at all")


class DiesAtStart:
    def __call__(self) -> Render:
        os._exit(3)


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_each_asset_is_made_once_and_lies_whole_in_tmp(scene: Scene, jobs: int) -> None:
    scene.run(FakeMaker(), jobs=jobs)

    assert scene.made == set(FIVE)
    for id, outcome in scene.outcomes.items():
        assert outcome.temp
        assert (scene.tmp / outcome.temp).read_bytes() == fake_content(id)


def test_nothing_to_make_starts_nothing(tmp_path: Path) -> None:
    assert list(executor_of((), BrokenAtStart(), tmp_path).results()) == []


def test_a_worker_that_dies_twice_costs_the_asset_that_it_had(scene: Scene, wording: Wording) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "dies"}))

    assert scene.made == OTHERS
    finding = scene.only_finding(CULPRIT)
    assert (finding.code, finding.asset, finding.is_error) == ("worker", CULPRIT, True)
    assert "2 times" in finding.text and "signal 9" in finding.text and "-j 1" in (finding.hint or "")
    assert wording == finding.as_text()


def test_every_asset_may_kill_its_worker_and_the_build_still_ends(scene: Scene) -> None:
    scene.run(FakeMaker(faults=dict.fromkeys(FIVE, "dies")))

    assert scene.made == set()
    assert {scene.only_finding(id).code for id in FIVE} == {"worker"}


def test_an_asset_whose_worker_died_once_is_made_by_another(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "dies_once"}, notes=tmp_path))

    assert (tmp_path / "once").exists()
    assert scene.made == set(FIVE)


def test_an_asset_that_hangs_is_stopped_and_the_others_are_made(scene: Scene, wording: Wording) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "hangs"}), bounds=Bounds(time_s=2.5))

    assert scene.made == OTHERS
    text = scene.only_finding(CULPRIT).text
    assert "2.5 s" in text
    assert wording == text


def test_an_asset_that_hung_once_is_made_by_another_worker(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "hangs_once"}, notes=tmp_path), bounds=Bounds(time_s=2.5))

    assert (tmp_path / "once").exists()
    assert scene.made == set(FIVE)


@pytest.mark.skipif(sys.platform != "linux", reason="no other system holds such a bound")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_asset_that_eats_memory_is_stopped_at_its_bound_and_the_others_are_made(
    scene: Scene, jobs: int, wording: Wording
) -> None:
    scene.run(
        FakeMaker(faults={CULPRIT: "eats_memory"}), jobs=jobs, bounds=Bounds(GUARD_S, memory_bytes=GB // 2)
    )

    assert scene.made == OTHERS
    text = scene.only_finding(CULPRIT).text
    assert "0.5 GB" in text
    assert wording == text


def test_a_worker_that_ran_out_of_memory_gets_no_other_asset(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "runs_out_once"}, notes=tmp_path), jobs=1)

    assert scene.made == set(FIVE)
    assert len(list(tmp_path.glob("worker-*"))) == 2


def test_one_job_has_a_worker_of_its_own(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "dies_once"}, notes=tmp_path), jobs=1)

    assert scene.made == set(FIVE)
    assert f"worker-{os.getpid()}" not in {note.name for note in tmp_path.glob("worker-*")}


def test_without_supervision_all_is_made_in_this_process(
    scene: Scene, tmp_path: Path, wording: Wording
) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "runs_out_once"}, notes=tmp_path), jobs=1, supervised=False)

    assert scene.made == OTHERS
    assert wording == scene.only_finding(CULPRIT).text
    assert [note.name for note in tmp_path.glob("worker-*")] == [f"worker-{os.getpid()}"]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("raises", "worker", ": KeyError: 'accent'"),
        ("exits", "worker", ": SystemExit: gone"),
        ("says_nothing", "worker", ""),
        ("measures_nonsense", "worker", ": ValueError: Out of range float values"),
        ("overflows", "text-overflow", "headline does not fit"),
        ("cannot_be_drawn", "picture-missing", "no such picture: door.png"),
    ],
)
def test_what_goes_wrong_with_an_asset_is_its_finding(
    scene: Scene, jobs: int, fault: str, code: str, told: str, wording: Wording
) -> None:
    scene.run(FakeMaker(faults={CULPRIT: fault}), jobs=jobs)

    assert scene.made == OTHERS
    finding = scene.only_finding(CULPRIT)
    assert (finding.code, finding.asset) == (code, CULPRIT)
    assert told in finding.text
    if code == "worker":  # what Python says of an exception differs from one Python to the next
        assert wording == (finding.text.partition(told)[0] if told else finding.text)


def test_an_unforeseen_exception_says_where_it_came_from_without_a_path_of_the_machine(
    scene: Scene, wording: Wording
) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "raises"}), jobs=1)

    hint = scene.only_finding(CULPRIT).hint
    assert hint
    assert re.search(r"\bfactories\.py, line \d+", hint)
    assert "/" not in hint
    assert wording == re.sub(r"\d+", "N", hint)


def test_a_path_that_leads_out_is_refused_before_anything_is_drawn(tmp_path: Path, wording: Wording) -> None:
    bad = replace(make_plan(CULPRIT).assets[0], path="../x.png")
    maker = FakeMaker(faults={CULPRIT: "dies"})

    ((result,),) = executor_of([bad], maker, tmp_path, jobs=1).results()

    assert result.value
    finding = result.value.findings[0]
    assert (finding.code, finding.asset, "'../x.png'" in finding.text) == ("unsafe-file", CULPRIT, True)
    assert wording == finding.as_text()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_missing_part_of_the_machine_stops_the_build_in_its_own_words(scene: Scene, jobs: int) -> None:
    with pytest.raises(MachineError) as caught:
        scene.run(BrokenAtStart(), jobs=jobs)

    assert caught.value.findings == [
        Finding("machine", "Pango is missing", hint="apt-get install libpango-1.0-0")
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_maker_that_cannot_be_set_up_stops_the_build(scene: Scene, jobs: int, wording: Wording) -> None:
    with pytest.raises(MachineError) as caught:
        scene.run(RaisesAtStart(), jobs=jobs)

    (finding,) = caught.value.findings
    assert "LookupError: no font at all" in finding.text
    assert wording == finding.text


def test_workers_that_die_at_once_are_not_started_for_ever(scene: Scene, wording: Wording) -> None:
    with pytest.raises(MachineError) as caught:
        scene.run(DiesAtStart())

    (finding,) = caught.value.findings
    assert "(exit code 3)" in finding.text
    assert wording == finding.text


@dataclass(frozen=True)
class DiesOnceAtStart:
    """Starts a renderer, but for the first time."""

    notes: Path

    def __call__(self) -> Render:
        try:
            (self.notes / "once").touch(exist_ok=False)
        except FileExistsError:
            return FakeMaker()()
        os._exit(3)


def test_a_worker_that_dies_once_as_it_starts_is_replaced(scene: Scene, tmp_path: Path) -> None:
    scene.run(DiesOnceAtStart(tmp_path), jobs=1)

    assert (tmp_path / "once").exists()
    assert scene.made == set(FIVE)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_that_cannot_take_files_stops_the_build(scene: Scene, jobs: int, wording: Wording) -> None:
    scene.tmp.rmdir()

    with pytest.raises(MachineError) as caught:
        scene.run(FakeMaker(), jobs=jobs)

    (finding,) = caught.value.findings
    assert "No such file or directory" in finding.text
    assert wording == finding.text


class DiesAsItIsTold:
    """Ends the process that unpickles it: what it says is more than a pipe holds."""

    def __init__(self) -> None:
        self.more, self.dies = b"x" * 5_000_000, Fatal()

    def __call__(self) -> Render:
        raise AssertionError("nobody comes so far")


class Fatal:
    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)


def test_workers_that_die_while_they_are_being_told_what_to_do_stop_the_build(
    scene: Scene, wording: Wording
) -> None:
    with pytest.raises(MachineError) as caught:
        scene.run(DiesAsItIsTold())

    (finding,) = caught.value.findings
    assert finding.code == "machine"
    assert wording == finding.text.partition(" (")[0]


def test_where_no_process_can_be_started_the_build_stops_in_words(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    def refuse(_process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)

    with pytest.raises(MachineError) as caught:
        scene.run(FakeMaker())

    (finding,) = caught.value.findings
    assert "(Resource temporarily unavailable)" in finding.text
    assert wording == finding.text


@pytest.mark.parametrize(("supervised", "begun"), [(False, 1), (True, 2)])
def test_cancelling_drops_what_is_not_begun_and_finishes_what_is(
    tmp_path: Path, supervised: bool, begun: int
) -> None:
    executor = executor_of(make_plan(*FIVE).assets, FakeMaker(), tmp_path, jobs=1, supervised=supervised)
    seen = []

    for batch in executor.results():
        seen += [result.task.id for result in batch]
        executor.cancel()

    assert seen == FIVE[:begun]


PARENT = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[4:]
from tests.support.factories import FakeMaker, make_plan
from tests.unit.building.test_workers import executor_of

if __name__ == "__main__":
    notes = Path(sys.argv[1])
    ids = ["acme/a/ig-story/en-GB", "acme/b/ig-story/en-GB"]
    jobs, fault = int(sys.argv[2]), sys.argv[3]
    maker = FakeMaker(faults=dict.fromkeys(ids, fault), notes=notes)
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
    """Wait until as many workers have taken up an asset, and return their process ids."""
    assert wait_until(lambda: len(list(notes.glob("worker-*"))) == count)
    return [int(file.name.removeprefix("worker-")) for file in notes.glob("worker-*")]


def wait_until(true: object) -> bool:
    assert callable(true)
    give_up_s = time.monotonic() + GUARD_S
    while time.monotonic() < give_up_s:
        if true():
            return True
        time.sleep(0.05)
    return False
