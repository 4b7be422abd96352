"""The build database: it is read back as written, and a damaged one counts as absent.

Also what it relies on: snapshots of the sources, and the lock of ``out/``.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from assetgen.building.build_db import (
    BuildDatabase,
    BuildRecord,
    BuildRow,
    LastPlan,
    PartnerPlan,
    encode_build_db,
    finding_to_plain,
    parse_build_db,
    read_build_db,
)
from assetgen.building.fingerprint import UNSURE_STAT, changed_paths, index_sources
from assetgen.building.output_dir import locked
from assetgen.findings import Finding, Place, Severity

FINDING = Finding(
    "weight", "heavy", "less", Place("a.yaml", 1, 2), Severity.WARNING, "a/b/c/en-GB", (1.0, 2.0, 3.0, 4.0)
)
WORK = BuildRecord(
    "r" * 64, "p", "d", "v", "because", (("a", "1"),), (("b", "2"), ("c", None)), (finding_to_plain(FINDING),)
)
NAMES = ("a/b/c/en-GB", "a/en-GB/social/x.png", "a", "b", "beacon", "c", "social", "en-GB")
ROW = BuildRow(*NAMES, "f" * 64, (1, 2, 3, 4), (5, 6), WORK)
NOT_BUILT = BuildRow("a/qr/png", "a/qr/x.png", "a", None, None, "qr", "qr", "en-GB")
STATE = BuildDatabase(
    engine={"weasyprint": "70"},
    manifest_stat=(9, 8, 7, 6),
    rows={row.path: row for row in (ROW, NOT_BUILT)},
    failed_ids=frozenset({"a/qr/png"}),
    last_plan=LastPlan(
        "code",
        {"a.yaml": ((1, 2, 3, 4, ""), "sum")},
        {"a": PartnerPlan(("b",), ("https://x/?r=1",), (FINDING,))},
        (FINDING,),
        frozenset({"a/qr/png"}),
    ),
)


def test_build_database_is_read_back_as_written() -> None:
    assert parse_build_db(encode_build_db(STATE)) == STATE
    assert [one.as_text() for one in WORK.findings()] == [FINDING.as_text()]


def test_build_database_truncated_at_any_length_is_not_read() -> None:
    complete = encode_build_db(STATE)

    assert [length for length in range(len(complete)) if parse_build_db(complete[:length])] == []


def test_build_database_with_a_flipped_bit_is_not_read() -> None:
    complete = encode_build_db(STATE)

    for at in range(len(complete)):
        assert parse_build_db(complete[:at] + bytes([complete[at] ^ 1]) + complete[at + 1 :]) is None


def test_missing_build_database_is_read_as_empty(tmp_path: Path) -> None:
    assert read_build_db(tmp_path / "state") == BuildDatabase()


def test_snapshots_show_which_sources_were_added_changed_or_removed(tmp_path: Path) -> None:
    (tmp_path / "brand").mkdir()
    for name in ("kept", "edited", "gone"):
        (tmp_path / "brand" / name).write_text(name)
    before = index_sources(tmp_path, {})
    assert before
    (tmp_path / "brand/edited").write_text("other")
    (tmp_path / "brand/gone").unlink()
    (tmp_path / "partners/new").mkdir(parents=True)

    after = index_sources(tmp_path, before)

    assert after
    assert changed_paths(before, after) == {"brand/edited", "brand/gone", "partners/", "partners/new/"}


def test_snapshot_does_not_trust_the_stat_of_a_file_that_was_just_written(tmp_path: Path) -> None:
    (tmp_path / "campaign.yaml").write_text("name: a")

    snapshot = index_sources(tmp_path, {})

    assert snapshot and snapshot["campaign.yaml"][0] == UNSURE_STAT


def test_no_snapshot_is_taken_if_a_folder_is_a_symlink(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "partners").symlink_to(tmp_path / "elsewhere")

    assert index_sources(tmp_path, {}) is None


def test_exclusive_lock_has_one_holder_and_shared_lock_many(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    with locked(path) as first, locked(path, give_up=lambda: True) as second:
        assert (first, second) == (True, False)
    with locked(path, shared=True) as first, locked(path, shared=True) as second:
        assert (first, second) == (True, True)


def test_waiting_for_a_lock_is_announced_once_and_ends_when_the_lock_is_free(tmp_path: Path) -> None:
    path, waits, order = tmp_path / "lock", [], []
    is_held = threading.Event()

    def hold() -> None:
        with locked(path):
            is_held.set()
            time.sleep(0.3)
            order.append("first")

    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait()
    with locked(path, on_wait=lambda: waits.append("waiting")):
        order.append("second")
    thread.join()

    assert (waits, order) == (["waiting"], ["first", "second"])
