"""The workers: what dies, hangs or breaks off costs its own asset alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from assetgen.building.output_dir import Halt
from assetgen.building.pool.local_pool import make_all
from assetgen.building.pool.task import Maker, MakerFactory, Outcome
from assetgen.building.pool.worker_process import GB, Bounds
from assetgen.errors import MachineError
from assetgen.findings import Finding
from assetgen.planning.asset import Asset
from tests.support.factories import FakeMaker, fake_content, make_plan
from tests.support.processes import GUARD_S, is_running

FIVE = [f"acme/m{number}/ig-story/en-GB" for number in range(5)]
CULPRIT = FIVE[2]
OTHERS = {id for id in FIVE if id != CULPRIT}
PATIENT = Bounds(time_s=GUARD_S)


@dataclass(frozen=True)
class Scene:
    """Five assets and what became of them."""

    tmp: Path
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def run(
        self, maker: MakerFactory, *, jobs: int = 2, bounds: Bounds = PATIENT, supervised: bool = True
    ) -> None:
        todo = deque(make_plan(*FIVE).assets)
        work = make_all(todo, self.tmp, maker, jobs=jobs, bounds=bounds, supervised=supervised, halt=Halt())
        for batch in work:
            for outcome in batch:
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
    def __call__(self) -> Maker:
        raise MachineError(Finding("machine", "Pango is missing", hint="apt-get install libpango-1.0-0"))


class RaisesAtStart:
    def __call__(self) -> Maker:
        raise LookupError("no font at all")


class DiesAtStart:
    def __call__(self) -> Maker:
        os._exit(3)


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_each_asset_is_made_once_and_lies_whole_in_tmp(scene: Scene, jobs: int) -> None:
    scene.run(FakeMaker(), jobs=jobs)

    assert scene.made == set(FIVE)
    for id, outcome in scene.outcomes.items():
        assert outcome.temp
        assert (scene.tmp / outcome.temp).read_bytes() == fake_content(id)


def test_nothing_to_make_starts_nothing(tmp_path: Path) -> None:
    batches = make_all(deque(), tmp_path, BrokenAtStart(), jobs=2, bounds=PATIENT, halt=Halt())

    assert list(batches) == []


def test_a_worker_that_dies_twice_costs_the_asset_that_it_had(scene: Scene) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "dies"}))

    assert scene.made == OTHERS
    assert scene.only_finding(CULPRIT) == Finding(
        "worker",
        "the process that drew it was lost, 2 times (signal 9)",
        hint="try it alone, with one process: -j 1",
        asset=CULPRIT,
    )


def test_every_asset_may_kill_its_worker_and_the_build_still_ends(scene: Scene) -> None:
    scene.run(FakeMaker(faults=dict.fromkeys(FIVE, "dies")))

    assert scene.made == set()
    assert {scene.only_finding(id).code for id in FIVE} == {"worker"}


def test_an_asset_whose_worker_died_once_is_made_by_another(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "dies_once"}, notes=tmp_path))

    assert (tmp_path / "once").exists()
    assert scene.made == set(FIVE)


def test_an_asset_that_hangs_is_stopped_and_the_others_are_made(scene: Scene) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "hangs"}), bounds=Bounds(time_s=2.5))

    assert scene.made == OTHERS
    text = "the process that drew it was lost, 2 times (no answer in 2.5 s)"
    assert scene.only_finding(CULPRIT).text == text


def test_an_asset_that_hung_once_is_made_by_another_worker(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "hangs_once"}, notes=tmp_path), bounds=Bounds(time_s=2.5))

    assert (tmp_path / "once").exists()
    assert scene.made == set(FIVE)


@pytest.mark.skipif(sys.platform != "linux", reason="no other system holds such a bound")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_asset_that_eats_memory_is_stopped_at_its_bound_and_the_others_are_made(
    scene: Scene, jobs: int
) -> None:
    scene.run(
        FakeMaker(faults={CULPRIT: "eats_memory"}), jobs=jobs, bounds=Bounds(GUARD_S, memory_bytes=GB // 2)
    )

    assert scene.made == OTHERS
    text = "the process that drew it was lost, 2 times (more than 0.5 GB of memory)"
    assert scene.only_finding(CULPRIT).text == text


def test_a_worker_that_ran_out_of_memory_gets_no_other_asset(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "runs_out_once"}, notes=tmp_path), jobs=1)

    assert scene.made == set(FIVE)
    assert len(list(tmp_path.glob("worker-*"))) == 2


def test_one_job_has_a_worker_of_its_own(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "dies_once"}, notes=tmp_path), jobs=1)

    assert scene.made == set(FIVE)
    assert f"worker-{os.getpid()}" not in {note.name for note in tmp_path.glob("worker-*")}


def test_without_supervision_all_is_made_in_this_process(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "runs_out_once"}, notes=tmp_path), jobs=1, supervised=False)

    assert scene.made == OTHERS
    assert scene.only_finding(CULPRIT).text == "ran out of memory"
    assert [note.name for note in tmp_path.glob("worker-*")] == [f"worker-{os.getpid()}"]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("fault", "code", "text"),
    [
        ("raises", "worker", "the drawing broke off: KeyError: 'accent'"),
        ("exits", "worker", "the drawing broke off: SystemExit: gone"),
        ("says_nothing", "worker", "the drawing gave no file and no reason"),
        ("measures_nonsense", "worker", "the drawing broke off: ValueError: Out of range float values"),
        ("overflows", "text-overflow", "headline does not fit"),
        ("cannot_be_drawn", "picture-missing", "no such picture: door.png"),
    ],
)
def test_what_goes_wrong_with_an_asset_is_its_finding(
    scene: Scene, jobs: int, fault: str, code: str, text: str
) -> None:
    scene.run(FakeMaker(faults={CULPRIT: fault}), jobs=jobs)

    assert scene.made == OTHERS
    finding = scene.only_finding(CULPRIT)
    assert (finding.code, finding.asset) == (code, CULPRIT)
    assert finding.text.startswith(text)


def test_an_unforeseen_exception_says_where_it_came_from_without_a_path_of_the_machine(scene: Scene) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "raises"}), jobs=1)

    hint = scene.only_finding(CULPRIT).hint
    assert hint
    assert hint.startswith("this is a fault in assetgen: please report it (it came from factories.py, line ")


def test_a_path_that_leads_out_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    bad = replace(make_plan(CULPRIT).assets[0], path="../x.png")
    maker = FakeMaker(faults={CULPRIT: "dies"})

    (batch,) = make_all(deque([bad]), tmp_path, maker, jobs=1, bounds=PATIENT, halt=Halt())

    assert batch[0].findings[0].as_text() == (
        f"{CULPRIT}: error: no path below the output folder: '../x.png' [unsafe-file]\n"
        "  hint: please report this"
    )


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_missing_part_of_the_machine_stops_the_build_in_its_own_words(scene: Scene, jobs: int) -> None:
    with pytest.raises(MachineError) as caught:
        scene.run(BrokenAtStart(), jobs=jobs)

    assert caught.value.findings == [
        Finding("machine", "Pango is missing", hint="apt-get install libpango-1.0-0")
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_maker_that_cannot_be_set_up_stops_the_build(scene: Scene, jobs: int) -> None:
    with pytest.raises(MachineError, match="the drawing could not be set up: LookupError: no font at all"):
        scene.run(RaisesAtStart(), jobs=jobs)


def test_workers_that_die_at_once_are_not_started_for_ever(scene: Scene) -> None:
    with pytest.raises(MachineError, match=r"the processes that work do not start \(exit code 3\)"):
        scene.run(DiesAtStart())


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_that_cannot_take_files_stops_the_build(scene: Scene, jobs: int) -> None:
    scene.tmp.rmdir()

    with pytest.raises(MachineError, match="cannot write a finished file: No such file or directory"):
        scene.run(FakeMaker(), jobs=jobs)


class DiesAsItIsTold:
    """Ends the process that unpickles it: what it says is more than a pipe holds."""

    def __init__(self) -> None:
        self.more, self.dies = b"x" * 5_000_000, Fatal()

    def __call__(self) -> Maker:
        raise AssertionError("nobody comes so far")


class Fatal:
    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)


def test_workers_that_die_while_they_are_being_told_what_to_do_stop_the_build(scene: Scene) -> None:
    with pytest.raises(MachineError, match="the processes that work do not start"):
        scene.run(DiesAsItIsTold())


def test_where_no_process_can_be_started_the_build_stops_in_words(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)

    with pytest.raises(MachineError, match=r"do not start \(Resource temporarily unavailable\)"):
        scene.run(FakeMaker())


@pytest.mark.parametrize(("supervised", "begun"), [(False, 1), (True, 2)])
def test_who_empties_the_list_stops_it_and_what_was_begun_is_finished(
    tmp_path: Path, supervised: bool, begun: int
) -> None:
    todo: deque[Asset] = deque(make_plan(*FIVE).assets)
    seen = []

    work = make_all(todo, tmp_path, FakeMaker(), jobs=1, bounds=PATIENT, supervised=supervised, halt=Halt())
    for batch in work:
        seen += [outcome.asset_id for outcome in batch]
        todo.clear()

    assert seen == FIVE[:begun]


PARENT = """
import sys
from collections import deque
from pathlib import Path
sys.path[:0] = sys.argv[4:]
from assetgen.building.output_dir import Halt
from assetgen.building.pool.local_pool import make_all
from tests.support.factories import FakeMaker, make_plan

if __name__ == "__main__":
    notes = Path(sys.argv[1])
    ids = ["acme/a/ig-story/en-GB", "acme/b/ig-story/en-GB"]
    jobs, fault = int(sys.argv[2]), sys.argv[3]
    maker = FakeMaker(faults=dict.fromkeys(ids, fault), notes=notes)
    for batch in make_all(deque(make_plan(*ids).assets), notes, maker, jobs=jobs, halt=Halt()):
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
