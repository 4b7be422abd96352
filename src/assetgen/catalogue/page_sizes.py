"""Paper sizes in millimetres, how many pieces fit on a sheet, and the names of page shapes.

A4 and SRA3 are those of ISO 216 and ISO 217: what a desk printer, and what a digital press, takes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

PAPERS = {"A4": (210.0, 297.0), "SRA3": (320.0, 450.0)}
"""A paper's name → its width and height, upright."""
SHEETS = {"sheet-a4": "A4", "sheet-sra3": "SRA3"}
"""The further form of a channel's asset that is printed several up → its paper."""
# A desk printer leaves so much white along each edge; on a press it is where grippers hold the sheet.
UNPRINTABLE_MM = 5.0
# Cut marks begin this far outside the bleed, so that a knife that is a little off leaves no line, and are so long.
MARK_GAP_MM, MARK_LENGTH_MM = 1.0, 4.0
MIN_PIECES = 2
# A hair too long for a paper is long enough: sizes are sums of decimal fractions.
SLACK_MM = 1e-6
# The block of pieces stands in the middle, to half a millimetre: whole figures are measured more easily.
STEP_MM = 0.5


@dataclass(frozen=True, slots=True)
class Grid:
    """How pieces stand on a paper: ``columns`` × ``rows``, each turned a quarter clockwise where ``turned``.

    ``cells`` are the trims' top left corners from the sheet's, row by row; ``cell_mm`` a trim's width and height on
    the sheet, as it is turned.
    """

    columns: int
    rows: int
    turned: bool
    cell_mm: tuple[float, float]
    cells: tuple[tuple[float, float], ...]


def grid_on(paper: str, width_mm: float, height_mm: float, bleed_mm: float) -> Grid | None:
    """Return how the most pieces of a trim stand on a paper, each with its own bleed; None for fewer than two.

    A piece is turned only where that makes more of them.
    """
    grids = [
        _grid(PAPERS[paper], (width_mm, height_mm), bleed_mm, turned=False),
        _grid(PAPERS[paper], (height_mm, width_mm), bleed_mm, turned=True),
    ]
    best = max(grids, key=lambda grid: len(grid.cells))
    return best if len(best.cells) >= MIN_PIECES else None


def _grid(
    paper_mm: tuple[float, float], cell_mm: tuple[float, float], bleed_mm: float, *, turned: bool
) -> Grid:
    edge = UNPRINTABLE_MM + MARK_LENGTH_MM + MARK_GAP_MM
    across, down = (side + 2 * bleed_mm for side in cell_mm)
    columns = math.floor((paper_mm[0] - 2 * edge + SLACK_MM) / across)
    rows = math.floor((paper_mm[1] - 2 * edge + SLACK_MM) / down)
    left, top = _begin(paper_mm[0], columns * across), _begin(paper_mm[1], rows * down)
    cells = tuple(
        (round(left + bleed_mm + column * across, 4), round(top + bleed_mm + row * down, 4))
        for row in range(rows)
        for column in range(columns)
    )
    return Grid(max(columns, 0), max(rows, 0), turned, cell_mm, cells)


def _begin(paper_mm: float, block_mm: float) -> float:
    """Return where a block begins that stands in the middle of a paper."""
    return math.floor((paper_mm - block_mm) / 2 / STEP_MM) * STEP_MM


# The ratio below which a page has this shape, from narrow to wide; what reaches the last one is a strip.
SHAPE_BELOW_RATIO = {
    "skyscraper": 0.34,
    "tall": 0.62,
    "portrait": 0.9,
    "square": 1.12,
    "landscape": 1.95,
    "wide": 4.5,
}
WIDEST = "strip"
SHAPE_NAMES = (*SHAPE_BELOW_RATIO, WIDEST)


def shape_of(ratio: float) -> str:
    """Return the usual shape of a page from its width ÷ height."""
    return next((shape for shape, bound in SHAPE_BELOW_RATIO.items() if ratio < bound), WIDEST)
