"""How much ink lies on a page where it is most: told by what is painted, drawn where that is not enough."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
import pypdfium2 as pdfium

from assetgen.findings import Finding
from assetgen.geometry import around
from assetgen.planning.asset import Spec
from assetgen.preflight.ink_bound import Ceiling, ceilings
from assetgen.preflight.painting import Painted
from assetgen.preflight.plates import heaviest_ink
from assetgen.preflight.proof import told_box
from assetgen.preflight.recolour_parts import Unseparable
from assetgen.units import PX_PER_MM

# Four plates of 255 steps round by less than a point together; a point more dries no slower.
ROUNDING = 0.01
# A coarse drawing that shows so much less than the limit need not be drawn anew.
LIGHT_ENOUGH = 0.9
HINT = "lighter ink values for the colours (palette), or the picture separated under the limit"


def prove_ink(content: bytes, painted: Painted, limit_percent: float, spec: Spec) -> Iterator[Finding]:
    """Yield a finding where a square millimetre of the page has more ink than the press can dry.

    Where no place can have so much, by what is painted, nothing is drawn.
    """
    most = limit_percent / 100 + ROUNDING
    heavy = [one for one in ceilings(painted.paints) if one.total > most]
    if not heavy:
        return
    box = around([one.paint.box for one in heavy]).grown(PX_PER_MM / 2)
    is_apart = any(any(paint.spared) for paint in painted.paints)
    try:
        found = heaviest_ink(content, box, is_apart=is_apart, light_enough=LIGHT_ENOUGH * most)
    except (Unseparable, pikepdf.PdfError, pdfium.PdfiumError) as error:
        yield _unknown(heavy, str(error), limit_percent, spec)
        return
    if found.total > most:
        text = f"total ink is {100 * found.total:.0f} % over a millimetre; {limit_percent:g} % is the most"
        yield Finding("ink", text, HINT, box=told_box(found.box, spec))


def _unknown(heavy: list[Ceiling], why: str, limit_percent: float, spec: Spec) -> Finding:
    """Return the finding for ink that is bounded over the limit, and whose plates cannot be made here."""
    worst = max(heavy, key=lambda one: one.total)
    text = f"total ink may be {100 * worst.total:.0f} %, {limit_percent:g} % is the most; not drawn: {why}"
    return Finding("ink", text, HINT, box=told_box(worst.paint.box, spec))
