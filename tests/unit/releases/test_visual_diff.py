"""Visual diff: two builds are compared by what people see, which is ids, copy, links and pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from assetgen.errors import CampaignError
from assetgen.releases.lockfile import FINGERPRINT_BYTES, LockedAsset, Lockfile, format_lockfile
from assetgen.releases.visual_diff import (
    Difference,
    DifferenceKind,
    DiffSide,
    diff_sides,
    draw_pair,
    read_side,
    read_sides,
)
from tests.support.wording import Wording

ONE = LockedAsset(
    path="acme/door.png",
    id="acme/worried/ig-square/en-GB",
    sha256="a" * 64,
    pixel_sha256="b" * 64,
    words={"headline": "1" * 12},
    link="https://example.org/",
    click=None,
    inputs="0" * 16,
    perceptual_fingerprint=bytes(FINGERPRINT_BYTES),
)
REDRAWN = replace(ONE, sha256="c" * 64, pixel_sha256="d" * 64)


def side(*assets: LockedAsset) -> DiffSide:
    return DiffSide("a lock", {one.path: one for one in assets}, None)


def only_difference(old: DiffSide, new: DiffSide) -> Difference:
    (difference,) = diff_sides(old, new).differences
    return difference


def test_equal_files_are_counted_and_are_not_a_difference() -> None:
    found = diff_sides(side(ONE), side(ONE))

    assert (found.differences, found.unchanged, found.no_visible_change, found.findings) == ((), 1, 0, ())


def test_asset_on_only_one_side_is_new_or_removed() -> None:
    assert only_difference(side(), side(ONE)).kind is DifferenceKind.NEW
    assert only_difference(side(ONE), side()).kind is DifferenceKind.REMOVED


def test_different_bytes_of_a_picture_that_looks_alike_are_not_a_difference() -> None:
    found = diff_sides(
        side(ONE), side(replace(REDRAWN, perceptual_fingerprint=bytes([3]) + bytes(FINGERPRINT_BYTES - 1)))
    )

    assert (found.differences, found.unchanged, found.no_visible_change) == ((), 0, 1)


def test_different_perceptual_fingerprint_is_a_changed_picture(wording: Wording) -> None:
    difference = only_difference(
        side(ONE), side(replace(REDRAWN, perceptual_fingerprint=bytes([200]) * FINGERPRINT_BYTES))
    )

    (change,) = difference.changes
    assert difference.kind == DifferenceKind.CHANGED
    assert wording == change
    assert (difference.changed_share, difference.box) == (None, None)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"words": {"headline": "2" * 12}}, "headline"),
        ({"words": {"headline": "1" * 12, "body": "3" * 12}}, "body"),
        ({"link": None}, "https://example.org/"),
        ({"click": "https://e.org/"}, "https://e.org/"),
        ({"id": "acme/other/ig-square/en-GB"}, "acme/worried/ig-square/en-GB"),
    ],
    ids=["headline", "body", "link", "click", "id"],
)
def test_changed_copy_link_or_id_is_a_difference_even_with_equal_pixels(
    changes: dict[str, object], named: str, wording: Wording
) -> None:
    now = replace(ONE, sha256="c" * 64, **changes)  # type: ignore[arg-type]

    (change,) = only_difference(side(ONE), side(now)).changes
    assert named in change
    assert wording == change


def test_each_path_is_reported_while_comparing() -> None:
    steps: list[tuple[int, int, str | None]] = []
    differences: list[Difference] = []

    diff_sides(side(ONE), side(), differences.append, lambda *progress: steps.append(progress))

    assert steps == [(1, 1, ONE.path)]
    assert [one.path for one in differences] == [ONE.path]


def test_difference_as_plain_values_has_rounded_numbers() -> None:
    plain = Difference(
        DifferenceKind.CHANGED, "a", "b", ("its picture changed",), 1 / 3, (1, 2, 3, 4)
    ).as_dict()

    assert plain == {
        "kind": "changed", "id": "a", "path": "b", "what": ["its picture changed"],
        "share": 0.333333, "box": [1, 2, 3, 4],
    }  # fmt: skip


def test_lockfile_as_one_side_of_a_diff_has_fingerprints_but_no_pictures(tmp_path: Path) -> None:
    lock = tmp_path / "assetgen.lock"
    lock.write_text(format_lockfile(Lockfile("Door", "1", {}, {ONE.path: ONE})), "utf-8")

    found = read_side(lock)

    assert dict(found.assets) == {ONE.path: ONE}
    assert found.picture(ONE.path) is None
    assert found.look(ONE.path) == ONE.perceptual_fingerprint
    assert draw_pair(only_difference(found, side()), found, side(), tmp_path) is None


def test_errors_of_both_sides_are_reported_together(tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        read_sides(tmp_path / "one", tmp_path / "two")

    assert [finding.code for finding in raised.value.findings] == ["missing-file", "missing-file"]


def test_before_and_after_are_drawn_side_by_side_with_the_change_framed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = {
        "old": Image.new("RGB", (2000, 1000), "black"),
        "new": Image.new("RGB", (2000, 1000), "white"),
    }
    monkeypatch.setattr(DiffSide, "picture", lambda self, path: pictures[self.shown])
    changed = Difference(DifferenceKind.CHANGED, ONE.id, ONE.path, (), 1.0, (400, 200, 800, 600))

    path = draw_pair(changed, DiffSide("old", {}, None), DiffSide("new", {}, None), tmp_path)

    assert path == tmp_path / "acme/door.png.png"
    sheet = Image.open(path).convert("RGB")
    assert sheet.size == (2 * 900 + 3 * 24, 450 + 2 * 24)
    # The change begins at 400 of 2000 px, which is 180 of 900 px; its frame begins 3 px before.
    assert sheet.getpixel((24 + 178, 24 + 180)) == (208, 0, 111)
    assert sheet.getpixel((24 + 450, 24 + 400)) == (0, 0, 0)
