"""Before and after, side by side: the pictures that ``assetgen diff -o`` draws for people."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from assetgen.build.differing import Difference, Side

GROUND, FRAME = (214, 214, 214), (208, 0, 111)
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
    sheet = Image.new("RGB", (width, max(one.height for one in pair) + 2 * GAP_PX), GROUND)
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
