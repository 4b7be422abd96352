"""Visual diff: compare the visible results of two builds, and draw before and after side by side.

A file with different bytes but the same picture, copy and links counts as equal. Pictures in two folders are compared
pixel by pixel. A lockfile has only perceptual fingerprints, so a comparison with it misses small changes in a picture,
but no change in copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from assetgen.building.output_record import BuiltFolder, read_built_folder
from assetgen.errors import CampaignError, RenderError
from assetgen.findings import Finding
from assetgen.releases.lockfile import (
    LockedAsset,
    decode_picture,
    fingerprints_match,
    locked_asset,
    perceptual_fingerprint,
)
from assetgen.releases.lockfile_checks import describe_changes, read_lockfile

_PAGE_PX = 1600
"""The long side at which a PDF's page is rasterised for comparison."""
_MIN_VISIBLE_DIFFERENCE = 6
"""A pixel counts as changed if any channel differs by at least this much, of 255."""
Box = tuple[int, int, int, int]


class DifferenceKind(StrEnum):
    """How an asset differs between two builds."""

    NEW = "new"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One asset that differs between two builds.

    ``changes`` describes each change. ``changed_share`` is the share of changed pixels from 0 to 1, and ``box`` (left,
    top, right, bottom) encloses them, in px of the picture. Both are None if pixels cannot be compared: for a lockfile,
    an SVG or a different size.
    """

    kind: DifferenceKind
    id: str
    path: str
    changes: tuple[str, ...] = ()
    changed_share: float | None = None
    box: Box | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        return {
            "kind": self.kind.value,
            "id": self.id,
            "path": self.path,
            "what": list(self.changes),
            "share": self.changed_share if self.changed_share is None else round(self.changed_share, 6),
            "box": list(self.box) if self.box else None,
        }


@dataclass(frozen=True, slots=True)
class DiffSide:
    """One of the two builds: its assets by path. ``folder`` is None for a lockfile, which has no finished files."""

    shown: str
    assets: Mapping[str, LockedAsset]
    folder: BuiltFolder | None

    def picture(self, path: str) -> Image.Image | None:
        """Return an asset's picture; None for an SVG, a lockfile or an unknown path. Raises RenderError."""
        if self.folder is None or path not in self.folder.entries:
            return None
        entry = self.folder.entries[path]
        return decode_picture(self.folder.content(entry), self.folder.listed(path).format, _PAGE_PX)

    def look(self, path: str) -> bytes | None:
        """Return an asset's perceptual fingerprint; None for an SVG. Raises RenderError if its file cannot be read."""
        if self.folder is None:
            return self.assets[path].perceptual_fingerprint
        entry = self.folder.entries[path]
        return perceptual_fingerprint(self.folder.content(entry), self.folder.listed(path).format)


@dataclass(frozen=True, slots=True)
class VisualDiff:
    """The result of a visual diff.

    ``unchanged`` counts unchanged assets, ``no_visible_change`` those with different bytes but no visible difference.
    """

    differences: tuple[Difference, ...]
    unchanged: int
    no_visible_change: int
    findings: tuple[Finding, ...]


def read_side(path: Path) -> DiffSide:
    """Read an output folder or a lockfile. Raises CampaignError."""
    if path.is_file():
        return DiffSide(path.as_posix(), read_lockfile(path).assets, None)
    tree = read_built_folder(path)
    assets = {one: locked_asset(tree.listed(one)) for one in tree.entries}
    return DiffSide(path.as_posix(), assets, tree)


def read_sides(old: Path, new: Path) -> tuple[DiffSide, DiffSide]:
    """Read both builds. Raises CampaignError with the errors of both."""
    sides, faults = list[DiffSide](), list[Finding]()
    for path in (old, new):
        try:
            sides.append(read_side(path))
        except CampaignError as error:
            faults += error.findings
    if faults:
        raise CampaignError(faults)
    return sides[0], sides[1]


def diff_sides(
    old: DiffSide,
    new: DiffSide,
    on_difference: Callable[[Difference], None] = lambda difference: None,
    on_progress: Callable[[int, int, str | None], None] = lambda done, total, latest: None,
) -> VisualDiff:
    """Compare two builds, by path. A file that differs from its manifest becomes a finding and is not compared."""
    found, findings = list[Difference](), list[Finding]()
    same = alike = 0
    paths = sorted({*old.assets, *new.assets})
    for number, path in enumerate(paths, start=1):
        before, now = old.assets.get(path), new.assets.get(path)
        difference: Difference | None = None
        try:
            if before is not None and now is not None and _is_same(before, now):
                same += 1
            else:
                difference = _compare_asset(path, old, new)
                alike += difference is None
            if difference is not None:
                found.append(difference)
                on_difference(difference)
        except RenderError as error:
            findings += error.findings
        on_progress(number, len(paths), path)
    return VisualDiff(tuple(found), same, alike, tuple(findings))


def _is_same(before: LockedAsset, now: LockedAsset) -> bool:
    return before.sha256 == now.sha256 and not describe_changes(before, now)


def _compare_asset(path: str, old: DiffSide, new: DiffSide) -> Difference | None:
    """Return how one asset differs; None if no difference is visible. Raises RenderError if a file cannot be read."""
    before, now = old.assets.get(path), new.assets.get(path)
    if before is None or now is None:
        one = before or now
        assert one is not None, "the path is in one of the builds"
        return Difference(DifferenceKind.NEW if before is None else DifferenceKind.REMOVED, one.id, path)
    changes, share, box = describe_changes(before, now), None, None
    if before.sha256 != now.sha256 and (now.pixel_sha256 is None or before.pixel_sha256 != now.pixel_sha256):
        picture_changes, share, box = _compare_pictures(path, old, new)
        changes += picture_changes
    return Difference(DifferenceKind.CHANGED, now.id, path, tuple(changes), share, box) if changes else None


def _compare_pictures(path: str, old: DiffSide, new: DiffSide) -> tuple[list[str], float | None, Box | None]:
    """Return how two pictures differ: descriptions (empty if they look equal), share of changed pixels, and their box.

    Share and box are None if pixels cannot be compared. Raises RenderError if a file cannot be read.
    """
    if old.folder is None or new.folder is None:
        return (
            ([] if fingerprints_match(old.look(path), new.look(path)) else ["its picture changed"]),
            None,
            None,
        )
    before, now = old.picture(path), new.picture(path)
    if before is None or now is None:
        return ["its drawing changed (SVG)"], None, None
    if before.size != now.size:
        sizes = [f"{picture.width} × {picture.height}" for picture in (before, now)]
        return [f"its size changed ({sizes[1]} px, was {sizes[0]})"], None, None
    red, green, blue = ImageChops.difference(before, now).split()
    difference = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(
        lambda value: 255 * (value >= _MIN_VISIBLE_DIFFERENCE)
    )
    share = difference.histogram()[255] / (difference.width * difference.height)
    return (["its picture changed"], share, difference.getbbox()) if share else ([], None, None)


_BACKGROUND, _FRAME = (214, 214, 214), (208, 0, 111)
_GAP_PX, _FRAME_PX, _LONG_SIDE_PX = 24, 3, 900
"""The gap around the pictures, the width of the frame around a change, and the largest long side of a picture."""
_EMPTY = (238, 238, 238)


def draw_pair(difference: Difference, old: DiffSide, new: DiffSide, folder: Path) -> Path | None:
    """Write a picture of the asset before (left) and after (right), with a frame around the change; return its path.

    A missing picture (a new asset, a lockfile) is shown as an empty area. If both are missing, nothing is written and
    None is returned. Raises RenderError or OSError.
    """
    before, now = old.picture(difference.path), new.picture(difference.path)
    known = before or now
    if known is None:
        return None
    pair = [
        _scale_and_frame(one, difference) if one else Image.new("RGB", _scaled_size(known), _EMPTY)
        for one in (before, now)
    ]
    width = sum(one.width for one in pair) + 3 * _GAP_PX
    sheet = Image.new("RGB", (width, max(one.height for one in pair) + 2 * _GAP_PX), _BACKGROUND)
    sheet.paste(pair[0], (_GAP_PX, _GAP_PX))
    sheet.paste(pair[1], (2 * _GAP_PX + pair[0].width, _GAP_PX))
    target = (folder / difference.path).with_name(f"{Path(difference.path).name}.png")
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target, "PNG")
    return target


def _scale_of(picture: Image.Image) -> float:
    return min(1.0, _LONG_SIDE_PX / max(picture.size))


def _scaled_size(picture: Image.Image) -> tuple[int, int]:
    scale = _scale_of(picture)
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def _scale_and_frame(picture: Image.Image, difference: Difference) -> Image.Image:
    """Return the picture scaled for the sheet, with a frame around the change."""
    fitted = (
        picture.resize(_scaled_size(picture), Image.Resampling.LANCZOS)
        if _scale_of(picture) < 1
        else picture.copy()
    )
    if difference.box is not None:
        left, top, right, bottom = (edge * _scale_of(picture) for edge in difference.box)
        grown = (left - _FRAME_PX, top - _FRAME_PX, right + _FRAME_PX, bottom + _FRAME_PX)
        ImageDraw.Draw(fitted).rectangle(grown, outline=_FRAME, width=_FRAME_PX)
    return fitted
