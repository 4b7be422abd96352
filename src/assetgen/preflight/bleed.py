"""Bleed that is really filled: what touches the trim from inside goes on to the page's end, on four sides."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from assetgen.findings import Finding
from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.planning.variants import Press
from assetgen.preflight.canvas import PageCanvas
from assetgen.preflight.page import Page
from assetgen.preflight.painting import Paint, Painted
from assetgen.preflight.proof import told_box
from assetgen.units import MM_PER_INCH, PX_PER_INCH, PX_PER_MM, PX_PER_PT

DRAWN_PPI = 150
# Seen from the trim so much of the page's inside is looked at; of the bleed, its outermost pixels.
INSIDE_MM, OUTER_PX = 1.0, 2
# Lighter than this is bare paper; a white along so much of an edge is a knife's slip that shows.
PAPER, LEAST_GAP_MM = 250, 1.0
SLACK_PX = 0.1
LEAST_TONE = 0.05
EDGES = ("left", "top", "right", "bottom")
Filled = npt.NDArray[np.bool_]


def prove_bleed(page: Page, painted: Painted, press: Press, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each edge over which colour does not go on.

    Nothing is drawn where one box or picture of ink fills the trim and its bleed.
    """
    whole = page.trim.grown(press.bleed_mm * PX_PER_MM)
    if press.bleed_mm <= 0 or any(_fills(paint, whole) for paint in painted.paints):
        return
    canvas = PageCanvas(page.pdfium, -page.box.x / PX_PER_PT, -page.box.y / PX_PER_PT)
    for edge in EDGES:
        gap = _gap(canvas, whole, page.trim, edge)
        if gap is not None:
            text = f"the colour at the {edge} edge ends before the bleed does"
            hint = "let grounds and pictures run to the page's end: the bleed is part of the page"
            yield Finding("press", text, hint, box=told_box(gap, spec))


def _fills(paint: Paint, whole: Box) -> bool:
    has_tone = paint.total is None or paint.total >= LEAST_TONE
    return (
        paint.is_whole
        and has_tone
        and not paint.is_clear
        and not paint.in_mask
        and paint.box.x <= whole.x + SLACK_PX
        and paint.box.y <= whole.y + SLACK_PX
        and paint.box.right >= whole.right - SLACK_PX
        and paint.box.bottom >= whole.bottom - SLACK_PX
    )


def _gap(canvas: PageCanvas, whole: Box, trim: Box, edge: str) -> Box | None:
    """Return where paper shows at an edge although there is colour inside the trim; None where it does not."""
    inside = INSIDE_MM * PX_PER_MM
    strips = {
        "left": Box(whole.x, whole.y, trim.x + inside - whole.x, whole.height),
        "top": Box(whole.x, whole.y, whole.width, trim.y + inside - whole.y),
        "right": Box(trim.right - inside, whole.y, whole.right - trim.right + inside, whole.height),
        "bottom": Box(whole.x, trim.bottom - inside, whole.width, whole.bottom - trim.bottom + inside),
    }
    scale = DRAWN_PPI / PX_PER_INCH
    drawn = canvas.region(strips[edge], scale)
    filled = _from_outside(np.asarray(drawn.picture).min(axis=2) < PAPER, edge)
    deep = round(inside * scale)
    is_gap = filled[-deep:].all(axis=0) & ~filled[:OUTER_PX].all(axis=0)
    if is_gap.sum() < LEAST_GAP_MM / MM_PER_INCH * DRAWN_PPI:
        return None
    along = np.flatnonzero(is_gap) / scale
    first, last = float(along[0]), float(along[-1])
    if edge in ("left", "right"):
        return Box(drawn.box.x, drawn.box.y + first, drawn.box.width, last - first)
    return Box(drawn.box.x + first, drawn.box.y, last - first, drawn.box.height)


def _from_outside(filled: Filled, edge: str) -> Filled:
    """Return a strip turned so that its first row is the outermost."""
    if edge in ("left", "right"):
        filled = filled.T
    return filled if edge in ("left", "top") else filled[::-1]
