"""Cut marks: outside of what is cut out stand hairlines in black, each where it is due, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assetgen.findings import Finding
from assetgen.geometry import Box
from assetgen.planning.variants import Line
from assetgen.preflight.painting import Paint
from assetgen.preflight.press_file import AGAIN
from assetgen.units import MM_PER_PT, PX_PER_MM, PX_PER_PT

# A mark stands within this of its place, and is a hairline of black.
SLACK_MM, MOST_PT = 0.1, 0.5


def prove_marks(paints: Iterable[Paint], areas: Sequence[Box], marks: Sequence[Line]) -> Iterator[Finding]:
    """Yield what stands outside the ``areas`` (CSS px) and is no cut mark, and how many marks are not there.

    ``marks`` are in mm from the corner from which the areas are told.
    """
    wholes = [area.grown(SLACK_MM * PX_PER_MM) for area in areas]
    missing = [_box_of(line) for line in marks]
    for paint in paints:
        if any(_holds(whole, paint.box) for whole in wholes):
            continue
        near = next((box for box in missing if _is_mark(paint, box)), None)
        if near is None:
            at = f"{paint.box.x / PX_PER_MM:.1f} mm from the left and {paint.box.y / PX_PER_MM:.1f} mm from the top"
            yield Finding("press", f"{paint.what} stands {at}, where only cut marks are due", AGAIN)
            return
        missing.remove(near)
    if missing:
        yield Finding("press", f"{len(missing)} of {len(marks)} cut marks are not where they are due", AGAIN)


def _holds(cell: Box, box: Box) -> bool:
    return box.x >= cell.x and box.y >= cell.y and box.right <= cell.right and box.bottom <= cell.bottom


def _box_of(line: Line) -> Box:
    x1, y1, x2, y2 = (value * PX_PER_MM for value in line)
    return Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))


def _is_mark(paint: Paint, due: Box) -> bool:
    """Say whether a paint is a hairline in black alone that runs where a mark is due."""
    slack = (SLACK_MM + MOST_PT * MM_PER_PT) * PX_PER_MM
    is_black = paint.plates is not None and paint.plates[:3] == (0.0, 0.0, 0.0) and paint.plates[3] == 1.0
    is_fine = paint.thin_px is not None and paint.thin_px <= MOST_PT * PX_PER_PT
    return is_black and is_fine and paint.box.is_near(due, slack)
