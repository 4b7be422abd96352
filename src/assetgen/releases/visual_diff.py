"""Compare two builds by what people see, and draw before and after side by side.

A file with other bytes whose picture, words and links are the same is no difference. Between two folders pictures are
compared pixel by pixel; a lock has looks alone (``look_of``), so that small changes do not show there, words apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from assetgen.building.output_record import Tree, read_tree
from assetgen.errors import CampaignError, RenderError
from assetgen.findings import Finding
from assetgen.releases.lockfile import Accepted, accepted_from, look_of, looks_alike, picture_of
from assetgen.releases.lockfile_checks import differing, read_lock

PAGE_PX = 1600
"""How large a PDF's page is drawn to be compared, on its long side."""
SEEN_FROM = 6
"""From how much of 255, in any channel, a pixel counts as another."""
Box = tuple[int, int, int, int]


class DifferenceKind(StrEnum):
    """What became of an asset."""

    NEW = "new"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One asset that differs. ``what`` says how, in words; ``share`` is the part of its pixels that are others, 0 to 1,
    None where that cannot be said (a lock, an SVG, another size); ``box`` where they are, in px of its picture."""

    kind: DifferenceKind
    id: str
    path: str
    what: tuple[str, ...] = ()
    share: float | None = None
    box: Box | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        return {
            "kind": self.kind.value,
            "id": self.id,
            "path": self.path,
            "what": list(self.what),
            "share": self.share if self.share is None else round(self.share, 6),
            "box": list(self.box) if self.box else None,
        }


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: all assets by path; ``tree`` is None of a lock, which has no files."""

    shown: str
    assets: Mapping[str, Accepted]
    tree: Tree | None

    def picture(self, path: str) -> Image.Image | None:
        """Return an asset's picture; None of an SVG and of a lock. Raises RenderError."""
        if self.tree is None or path not in self.tree.entries:
            return None
        entry = self.tree.entries[path]
        return picture_of(self.tree.content(entry), self.tree.listed(path).format, PAGE_PX)

    def look(self, path: str) -> bytes | None:
        """Return how an asset looks. Raises RenderError."""
        if self.tree is None:
            return self.assets[path].look
        entry = self.tree.entries[path]
        return look_of(self.tree.content(entry), self.tree.listed(path).format)


@dataclass(frozen=True, slots=True)
class ComparedSides:
    """What came of it: ``same`` are as they were, ``alike`` have other bytes and nothing that anybody would see."""

    differences: tuple[Difference, ...]
    same: int
    alike: int
    findings: tuple[Finding, ...]


def read_side(path: Path) -> Side:
    """Return a folder that was built into, or a lock. Raises CampaignError."""
    if path.is_file():
        return Side(path.as_posix(), read_lock(path).assets, None)
    tree = read_tree(path)
    assets = {one: accepted_from(tree.listed(one)) for one in tree.entries}
    return Side(path.as_posix(), assets, tree)


def read_sides(old: Path, new: Path) -> tuple[Side, Side]:
    """Return both. Raises CampaignError with the faults of both."""
    sides, faults = list[Side](), list[Finding]()
    for path in (old, new):
        try:
            sides.append(read_side(path))
        except CampaignError as error:
            faults += error.findings
    if faults:
        raise CampaignError(faults)
    return sides[0], sides[1]


def compare(
    old: Side,
    new: Side,
    on_difference: Callable[[Difference], None] = lambda difference: None,
    on_progress: Callable[[int, int, str | None], None] = lambda done, total, latest: None,
) -> ComparedSides:
    """Return what differs, by path. A file that is not as its manifest says is a finding, and compared no further."""
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
                difference = _between(path, old, new)
                alike += difference is None
            if difference is not None:
                found.append(difference)
                on_difference(difference)
        except RenderError as error:
            findings += error.findings
        on_progress(number, len(paths), path)
    return ComparedSides(tuple(found), same, alike, tuple(findings))


def _is_same(before: Accepted, now: Accepted) -> bool:
    return before.sha256 == now.sha256 and not differing(before, now)


def _between(path: str, old: Side, new: Side) -> Difference | None:
    """Return how one asset differs, None where nobody would see it. Raises RenderError."""
    before, now = old.assets.get(path), new.assets.get(path)
    if before is None or now is None:
        one = before or now
        assert one is not None, "the path is of one of them"
        return Difference(DifferenceKind.NEW if before is None else DifferenceKind.REMOVED, one.id, path)
    said, share, box = differing(before, now), None, None
    if before.sha256 != now.sha256 and (now.pixel_sha256 is None or before.pixel_sha256 != now.pixel_sha256):
        seen, share, box = _pictures(path, old, new)
        said += seen
    return Difference(DifferenceKind.CHANGED, now.id, path, tuple(said), share, box) if said else None


def _pictures(path: str, old: Side, new: Side) -> tuple[list[str], float | None, Box | None]:
    """Return how two pictures differ: in words, the share of pixels, where. Raises RenderError."""
    if old.tree is None or new.tree is None:
        return ([] if looks_alike(old.look(path), new.look(path)) else ["another picture"]), None, None
    before, now = old.picture(path), new.picture(path)
    if before is None or now is None:
        return ["another drawing (SVG)"], None, None
    if before.size != now.size:
        sizes = [f"{picture.width} × {picture.height}" for picture in (before, now)]
        return [f"another size ({sizes[1]} px, was {sizes[0]})"], None, None
    red, green, blue = ImageChops.difference(before, now).split()
    gap = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(
        lambda value: 255 * (value >= SEEN_FROM)
    )
    share = gap.histogram()[255] / (gap.width * gap.height)
    return (["another picture"], share, gap.getbbox()) if share else ([], None, None)


BACKGROUND, FRAME = (214, 214, 214), (208, 0, 111)
GAP_PX, FRAME_PX, LONG_SIDE_PX = 24, 3, 900
"""Around and between the two; how thick the frame around what changed; how large each is at most."""
EMPTY = (238, 238, 238)


def draw_pair(difference: Difference, old: Side, new: Side, folder: Path) -> Path | None:
    """Draw the asset as it was, left, and as it is, right, what changed in a frame; return the picture's path.

    Where there is none (a new asset, a lock) an empty place stands. None where neither has a picture. Raises
    RenderError, OSError.
    """
    before, now = old.picture(difference.path), new.picture(difference.path)
    known = before or now
    if known is None:
        return None
    pair = [
        _fitted(one, difference) if one else Image.new("RGB", _size(known), EMPTY) for one in (before, now)
    ]
    width = sum(one.width for one in pair) + 3 * GAP_PX
    sheet = Image.new("RGB", (width, max(one.height for one in pair) + 2 * GAP_PX), BACKGROUND)
    sheet.paste(pair[0], (GAP_PX, GAP_PX))
    sheet.paste(pair[1], (2 * GAP_PX + pair[0].width, GAP_PX))
    target = (folder / difference.path).with_name(f"{Path(difference.path).name}.png")
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target, "PNG")
    return target


def _factor(picture: Image.Image) -> float:
    return min(1.0, LONG_SIDE_PX / max(picture.size))


def _size(picture: Image.Image) -> tuple[int, int]:
    factor = _factor(picture)
    return max(1, round(picture.width * factor)), max(1, round(picture.height * factor))


def _fitted(picture: Image.Image, difference: Difference) -> Image.Image:
    """Return the picture at its size on the sheet, with the frame."""
    fitted = (
        picture.resize(_size(picture), Image.Resampling.LANCZOS) if _factor(picture) < 1 else picture.copy()
    )
    if difference.box is not None:
        left, top, right, bottom = (edge * _factor(picture) for edge in difference.box)
        grown = (left - FRAME_PX, top - FRAME_PX, right + FRAME_PX, bottom + FRAME_PX)
        ImageDraw.Draw(fitted).rectangle(grown, outline=FRAME, width=FRAME_PX)
    return fitted
