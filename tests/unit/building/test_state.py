"""The state: what goes in comes out, and what is not whole counts as not there."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from assetgen.building.build_db import (
    BuildRow,
    BuildState,
    Outlook,
    PartnerPlan,
    Work,
    finding_to_plain,
    parse_state,
    read_state,
    state_bytes,
)
from assetgen.building.fingerprint import UNSURE, changed, take_snapshot
from assetgen.building.output_dir import locked
from assetgen.findings import Finding, Place, Severity

FINDING = Finding(
    "weight", "heavy", "less", Place("a.yaml", 1, 2), Severity.WARNING, "a/b/c/en-GB", (1.0, 2.0, 3.0, 4.0)
)
WORK = Work(
    "r" * 64, "p", "d", "v", "because", (("a", "1"),), (("b", "2"), ("c", None)), (finding_to_plain(FINDING),)
)
NAMES = ("a/b/c/en-GB", "a/en-GB/social/x.png", "a", "b", "beacon", "c", "social", "en-GB")
ROW = BuildRow(*NAMES, "f" * 64, (1, 2, 3, 4), (5, 6), WORK)
UNMADE = BuildRow("a/qr/png", "a/qr/x.png", "a", None, None, "qr", "qr", "en-GB")
STATE = BuildState(
    engine={"weasyprint": "70"},
    manifest=(9, 8, 7, 6),
    rows={row.path: row for row in (ROW, UNMADE)},
    failed=frozenset({"a/qr/png"}),
    outlook=Outlook(
        "code",
        {"a.yaml": ((1, 2, 3, 4, ""), "sum")},
        {"a": PartnerPlan(("b",), ("https://x/?r=1",), (FINDING,))},
        (FINDING,),
        frozenset({"a/qr/png"}),
    ),
)


def test_what_is_written_is_read_again() -> None:
    assert parse_state(state_bytes(STATE)) == STATE
    assert [one.as_text() for one in WORK.findings()] == [FINDING.as_text()]


def test_a_state_cut_at_any_length_is_none() -> None:
    whole = state_bytes(STATE)

    assert [length for length in range(len(whole)) if parse_state(whole[:length])] == []


def test_a_flipped_bit_anywhere_makes_it_none() -> None:
    whole = state_bytes(STATE)

    for at in range(len(whole)):
        assert parse_state(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]) is None


def test_no_state_is_an_empty_one(tmp_path: Path) -> None:
    assert read_state(tmp_path / "state") == BuildState()


def test_a_snapshot_tells_what_was_added_changed_and_taken_away(tmp_path: Path) -> None:
    (tmp_path / "brand").mkdir()
    for name in ("kept", "edited", "gone"):
        (tmp_path / "brand" / name).write_text(name)
    before = take_snapshot(tmp_path, {})
    assert before
    (tmp_path / "brand/edited").write_text("other")
    (tmp_path / "brand/gone").unlink()
    (tmp_path / "partners/new").mkdir(parents=True)

    now = take_snapshot(tmp_path, before)

    assert now
    assert changed(before, now) == {"brand/edited", "brand/gone", "partners/", "partners/new/"}


def test_a_file_that_was_written_a_moment_ago_is_not_taken_at_its_stamp(tmp_path: Path) -> None:
    (tmp_path / "campaign.yaml").write_text("name: a")

    seen = take_snapshot(tmp_path, {})

    assert seen and seen["campaign.yaml"][0] == UNSURE


def test_a_folder_that_is_a_link_cannot_be_told_so_simply(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "partners").symlink_to(tmp_path / "elsewhere")

    assert take_snapshot(tmp_path, {}) is None


def test_a_lock_is_held_by_one_and_shared_by_many(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    with locked(path) as first, locked(path, give_up=lambda: True) as second:
        assert (first, second) == (True, False)
    with locked(path, shared=True) as first, locked(path, shared=True) as second:
        assert (first, second) == (True, True)


def test_who_waits_is_told_once_and_gets_it_when_it_is_free(tmp_path: Path) -> None:
    path, told, order = tmp_path / "lock", [], []
    holding = threading.Event()

    def hold() -> None:
        with locked(path):
            holding.set()
            time.sleep(0.3)
            order.append("first")

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait()
    with locked(path, on_wait=lambda: told.append("waiting")):
        order.append("second")
    thread.join()

    assert (told, order) == (["waiting"], ["first", "second"])
