"""Imposition sheets: outside the pieces there must be the cut marks, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from assetgen.geometry import Box
from assetgen.planning.variants import ImpositionSheet
from assetgen.preflight.content.graphics_state import CMYK, NORMAL
from assetgen.preflight.content.paints import Paint
from assetgen.preflight.press.imposition_checks import check_cut_marks, sheet_spec
from assetgen.units import PX_PER_MM
from tests.support.factories import make_spec
from tests.support.wording import Wording

PIECE = Box(10 * PX_PER_MM, 10 * PX_PER_MM, 85 * PX_PER_MM, 55 * PX_PER_MM)
CUT_MARK = (5.0, 10.0, 8.0, 10.0)


def paint(x: float, y: float, width: float, height: float, **changes: object) -> Paint:
    """Return a thin black line. The box is in mm."""
    box = Box(*(side * PX_PER_MM for side in (x, y, width, height)))
    line = Paint(
        kind="a line",  # type: ignore[arg-type]
        space=CMYK,
        plates=(0.0, 0.0, 0.0, 1.0),
        total=1.0,
        box=box,
        is_translucent=False,
        blend=NORMAL,
        unchanged_inks=(False, False, False, False),
        overprints=False,
        mcid=None,
        in_mask=False,
        line_thickness_px=0.25 * 96 / 72,
    )
    return replace(line, **changes)  # type: ignore[arg-type]


def findings_of(*paints: Paint) -> list[str]:
    """Return the texts of the findings for a sheet with one piece and one cut mark."""
    return [finding.text for finding in check_cut_marks(paints, [PIECE], [CUT_MARK])]


def test_a_piece_with_its_cut_mark_is_accepted() -> None:
    inside = paint(20, 20, 30, 10, line_thickness_px=None, plates=None)

    assert findings_of(paint(5, 10, 3, 0), inside) == []


def test_a_missing_or_misplaced_cut_mark_is_reported(wording: Wording) -> None:
    (missing,), (misplaced,) = findings_of(), findings_of(paint(5, 12, 3, 0))
    assert "5.0 mm" in misplaced and "12.0 mm" in misplaced
    assert wording == [missing, misplaced]


def test_a_thick_or_coloured_line_is_not_a_cut_mark() -> None:
    assert len(findings_of(paint(5, 10, 3, 0, line_thickness_px=2.0))) == 1
    assert len(findings_of(paint(5, 10, 3, 0, plates=(1.0, 0.0, 0.0, 1.0)))) == 1


def test_a_shape_that_extends_beyond_its_piece_is_reported() -> None:
    assert len(findings_of(paint(5, 10, 3, 0), paint(90, 20, 30, 10))) == 1


def test_the_spec_of_a_sheet_has_the_paper_size_and_no_bleed() -> None:
    sheet = ImpositionSheet("SRA3", 320.0, 450.0, False, (85.0, 55.0), ((10.0, 10.0),), (CUT_MARK,))

    spec = sheet_spec(
        make_spec(unit="mm", width=85.0, height=55.0, bleed_mm=3.0, scale=0.5, sheet=sheet), sheet
    )

    assert (spec.width, spec.height, spec.bleed_mm, spec.scale, spec.sheet) == (320.0, 450.0, 0.0, 1.0, None)
