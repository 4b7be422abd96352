"""Sheets: one piece several up on a paper; and the marks by which pieces, and pages that stand alone, are cut.

Round pieces are punched out by a die: marks on their middle lines, half as long, say where its centre goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.catalogue.page_sizes import MARK_GAP_MM, MARK_LENGTH_MM, PAPERS, SHEETS, Grid, grid_on
from assetgen.loading.model import Channel

Line = tuple[float, float, float, float]
"""From x, y to x, y, in mm from the sheet's top left corner."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper and what stands on it, in mm from its top left corner.

    ``cells`` are the trims' top left corners, each trim ``cell_mm`` wide and high on the sheet; the piece is
    turned a quarter clockwise where ``turned``. ``marks`` are the lines by which it is cut.
    """

    paper: str
    width_mm: float
    height_mm: float
    turned: bool
    cell_mm: tuple[float, float]
    cells: tuple[tuple[float, float], ...]
    marks: tuple[Line, ...]


def sheet_for(channel: Channel) -> Sheet | None:
    """Return the sheet of a form that is printed several up; None of any other, or where two do not fit."""
    paper = SHEETS.get(channel.deliverable or "")
    grid = grid_on(paper, channel.width, channel.height, channel.bleed_mm) if paper else None
    if paper is None or grid is None:
        return None
    width_mm, height_mm = PAPERS[paper]
    return Sheet(
        paper=paper,
        width_mm=width_mm,
        height_mm=height_mm,
        turned=grid.turned,
        cell_mm=grid.cell_mm,
        cells=grid.cells,
        marks=tuple(_marks(grid, channel.bleed_mm, is_round=channel.safe_circle is not None)),
    )


def trim_marks(trim_mm: tuple[float, float], bleed_mm: float) -> tuple[Line, ...]:
    """Return the marks of a page that stands alone, in mm from its trim's top left corner."""
    alone = Grid(1, 1, turned=False, cell_mm=trim_mm, cells=((0.0, 0.0),))
    return tuple(_marks(alone, bleed_mm, is_round=False))


def _marks(grid: Grid, bleed_mm: float, *, is_round: bool) -> Iterator[Line]:
    """Yield the marks: at both ends of each cut, outside the bleed of all pieces, where no piece is printed."""
    width, height = grid.cell_mm
    lefts, tops = sorted({x for x, _ in grid.cells}), sorted({y for _, y in grid.cells})
    top, bottom = tops[0] - bleed_mm, tops[-1] + height + bleed_mm
    left, right = lefts[0] - bleed_mm, lefts[-1] + width + bleed_mm
    for length, shares in ((MARK_LENGTH_MM, (0.0, 1.0)), (MARK_LENGTH_MM / 2, (0.5,) if is_round else ())):
        far = MARK_GAP_MM + length
        for x in (start + share * width for start in lefts for share in shares):
            yield _line(x, top - far, x, top - MARK_GAP_MM)
            yield _line(x, bottom + MARK_GAP_MM, x, bottom + far)
        for y in (start + share * height for start in tops for share in shares):
            yield _line(left - far, y, left - MARK_GAP_MM, y)
            yield _line(right + MARK_GAP_MM, y, right + far, y)


def _line(x1: float, y1: float, x2: float, y2: float) -> Line:
    return (round(x1, 4), round(y1, 4), round(x2, 4), round(y2, 4))
