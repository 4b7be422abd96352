"""Paper sizes in mm, the imposition of pieces on a sheet, and the names of page shapes.

A4 (ISO 216) is for desktop printers, SRA3 (ISO 217) for digital presses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

PAPERS = {"A4": (210.0, 297.0), "SRA3": (320.0, 450.0)}
"""Paper name → width and height of the upright sheet, in mm."""
SHEETS = {"sheet-a4": "A4", "sheet-sra3": "SRA3"}
"""Variant that is imposed several times on one sheet → paper name."""
# Desktop printers cannot print this close to an edge. On a press, the grippers hold the sheet there.
UNPRINTABLE_MM = 5.0
# Distance of the cut marks from the bleed, so that a slightly misplaced cut leaves no line. Then their length.
MARK_GAP_MM, MARK_LENGTH_MM = 1.0, 4.0
MIN_PIECES = 2
# Tolerance for rounding errors: sizes are sums of decimal fractions.
SLACK_MM = 1e-6
# The block of pieces is centred to the nearest half millimetre below, so that it is easy to measure.
STEP_MM = 0.5


@dataclass(frozen=True, slots=True)
class Imposition:
    """The imposition of ``columns`` × ``rows`` pieces on a sheet.

    ``turned`` says whether each piece is rotated by 90° clockwise. ``cells`` has the top left corner of each trim, row
    by row, in mm from the sheet's top left corner. ``cell_mm`` is the width and height of a trim on the sheet, after
    turning.
    """

    columns: int
    rows: int
    turned: bool
    cell_mm: tuple[float, float]
    cells: tuple[tuple[float, float], ...]


def find_imposition(paper: str, width_mm: float, height_mm: float, bleed_mm: float) -> Imposition | None:
    """Return the imposition with the most pieces on a paper, or None if fewer than two pieces fit.

    Pieces are turned only if more of them fit that way. ``width_mm`` and ``height_mm`` are the trim. Each piece has its
    own bleed of ``bleed_mm`` on every side.
    """
    grids = [
        _grid(PAPERS[paper], (width_mm, height_mm), bleed_mm, turned=False),
        _grid(PAPERS[paper], (height_mm, width_mm), bleed_mm, turned=True),
    ]
    best = max(grids, key=lambda grid: len(grid.cells))
    return best if len(best.cells) >= MIN_PIECES else None


def _grid(
    paper_mm: tuple[float, float], cell_mm: tuple[float, float], bleed_mm: float, *, turned: bool
) -> Imposition:
    edge = UNPRINTABLE_MM + MARK_LENGTH_MM + MARK_GAP_MM
    across, down = (side + 2 * bleed_mm for side in cell_mm)
    columns = math.floor((paper_mm[0] - 2 * edge + SLACK_MM) / across)
    rows = math.floor((paper_mm[1] - 2 * edge + SLACK_MM) / down)
    left, top = _centred_offset(paper_mm[0], columns * across), _centred_offset(paper_mm[1], rows * down)
    cells = tuple(
        (round(left + bleed_mm + column * across, 4), round(top + bleed_mm + row * down, 4))
        for row in range(rows)
        for column in range(columns)
    )
    return Imposition(max(columns, 0), max(rows, 0), turned, cell_mm, cells)


def _centred_offset(paper_mm: float, block_mm: float) -> float:
    """Return the offset in mm of a block that is centred on a paper, rounded down to ``STEP_MM``."""
    return math.floor((paper_mm - block_mm) / 2 / STEP_MM) * STEP_MM


# Shape → the ratio (width ÷ height) below which a page has it, from narrow to wide. Wider pages are strips.
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
    """Return the default shape of a page. ``ratio`` is width ÷ height."""
    return next((shape for shape, bound in SHAPE_BELOW_RATIO.items() if ratio < bound), WIDEST)
