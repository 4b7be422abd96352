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
from factories import FakeMaker, fake_content, make_plan

from assetgen.build.halt import Halt
from assetgen.build.work import Maker, MakerFactory, Outcome
from assetgen.build.workers import make_all
from assetgen.errors import MachineError
from assetgen.findings import Finding
from assetgen.plan.asset import Asset

FIVE = [f"acme/m{number}/ig-story/en-GB" for number in range(5)]
CULPRIT = FIVE[2]
OTHERS = {id for id in FIVE if id != CULPRIT}
# Far above what the work takes: it ends a test that would hang, and is never waited for.
GUARD_S = 60.0


@dataclass(frozen=True)
class Scene:
    """Five assets and what became of them."""

    tmp: Path
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def run(self, maker: MakerFactory, *, jobs: int = 2, time_limit_s: float = GUARD_S) -> None:
        todo = deque(make_plan(*FIVE).assets)
        for batch in make_all(todo, self.tmp, maker, jobs=jobs, time_limit_s=time_limit_s, halt=Halt()):
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
    batches = make_all(deque(), tmp_path, BrokenAtStart(), jobs=2, time_limit_s=GUARD_S, halt=Halt())

    assert list(batches) == []


def test_a_worker_that_dies_twice_costs_the_asset_that_it_had(scene: Scene) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "dies"}))

    assert scene.made == OTHERS
    assert scene.only_finding(CULPRIT) == Finding(
        "worker",
        "the process that drew it died, 2 times (signal 9)",
        hint="try it alone with one job: -j 1",
        asset=CULPRIT,
    )


def test_every_asset_may_kill_its_worker_and_the_build_still_ends(scene: Scene) -> None:
    scene.run(FakeMaker(faults=dict.fromkeys(FIVE, "dies")))

    assert scene.made == set()
    assert {scene.only_finding(id).code for id in FIVE} == {"worker"}


def test_an_asset_whose_worker_died_once_is_made_by_another(scene: Scene, tmp_path: Path) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "dies_once"}, notes=tmp_path))

    assert (tmp_path / "died").exists()
    assert scene.made == set(FIVE)


def test_an_asset_that_hangs_is_stopped_and_the_others_are_made(scene: Scene) -> None:
    scene.run(FakeMaker(faults={CULPRIT: "hangs"}), time_limit_s=2.5)

    assert scene.made == OTHERS
    assert scene.only_finding(CULPRIT).text == "gave no answer in 2.5 s and was stopped"


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

    (batch,) = make_all(deque([bad]), tmp_path, maker, jobs=1, time_limit_s=GUARD_S, halt=Halt())

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


def test_who_empties_the_list_stops_it_and_what_was_begun_is_finished(tmp_path: Path) -> None:
    todo: deque[Asset] = deque(make_plan(*FIVE).assets)
    seen = []

    for batch in make_all(todo, tmp_path, FakeMaker(), jobs=1, time_limit_s=GUARD_S, halt=Halt()):
        seen += [outcome.asset_id for outcome in batch]
        todo.clear()

    assert seen == FIVE[:1]


PARENT = """
import sys
from collections import deque
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from assetgen.build.halt import Halt
from assetgen.build.workers import make_all
from factories import FakeMaker, make_plan

if __name__ == "__main__":
    notes = Path(sys.argv[1])
    ids = ["acme/a/ig-story/en-GB", "acme/b/ig-story/en-GB"]
    maker = FakeMaker(faults=dict.fromkeys(ids, "hangs"), notes=notes)
    for batch in make_all(deque(make_plan(*ids).assets), notes, maker, jobs=2, time_limit_s=600, halt=Halt()):
        print(batch)
"""


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    notes = tmp_path / "notes"
    notes.mkdir()
    with subprocess.Popen([sys.executable, script, notes, *sys.path]) as parent:
        try:
            pids = wait_for_workers(notes, 2)
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


def is_running(pid: int) -> bool:
    """Say whether a process is there and is no zombie, which is dead and waits only to be noticed."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
