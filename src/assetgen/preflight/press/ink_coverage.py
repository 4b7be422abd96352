"""Find how much ink lies on a page where it is most.

Where a paint covers or is mixed with what lies beneath, no place has more than the heavier of the two: the
heaviest colour bounds the page. Only what is added does: an overprint leaves the other plates as they are, and
blend modes that darken put one ink on another. There every plate is reckoned with the most of all that lies under
the paint's box. So the bound may be too high, and is never too low.

A single pixel says nothing: grain of a JPEG peaks 10 to 25 % higher than what lies on the paper (proof notes 9).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2 as pdfium

from assetgen.findings import Finding
from assetgen.geometry import Box, around
from assetgen.planning.asset import Spec
from assetgen.preflight.content.graphics_state import EVERY_INK, NO_BLENDING, NO_INK, Plates
from assetgen.preflight.content.paints import Paint, Painted
from assetgen.preflight.pdf.canvas import PageCanvas
from assetgen.preflight.pdf.finished_page import common, frame_of
from assetgen.preflight.press.separations import Unseparable, recoloured
from assetgen.preflight.results import told_box
from assetgen.units import PX_PER_MM

# What these give has no more of any ink than the heavier of the two that they mix.
LIGHTENING = NO_BLENDING | {"/Lighten", "/Screen"}
ADDING = frozenset({"/Darken", "/Multiply"})


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most of each ink, and of all together, that a place can have where a paint was the last."""

    paint: Paint
    plates: Plates
    total: float


def ceilings(paints: Sequence[Paint]) -> list[Ceiling]:
    """Return the ceiling of each paint that brings ink, in the order of painting."""
    found: list[Ceiling] = []
    for paint in paints:
        if paint.in_mask or paint.plates is None or paint.total is None:
            continue
        if paint.blend in LIGHTENING and not any(paint.spared):
            found.append(Ceiling(paint, paint.plates, paint.total))
        else:
            found.append(_over(paint, paint.plates, paint.total, found))
    return found


def _over(paint: Paint, plates: Plates, total: float, earlier: Sequence[Ceiling]) -> Ceiling:
    """Return the ceiling of a paint that adds to what lies beneath it."""
    if paint.blend not in LIGHTENING | ADDING:
        return Ceiling(paint, EVERY_INK, 4.0)
    beneath = [one for one in earlier if one.paint.box.meets(paint.box)]
    under = tuple(max(inks) for inks in zip(NO_INK, *(one.plates for one in beneath), strict=True))
    most = [
        _mixed(own, below, paint, is_spared=is_spared)
        for own, below, is_spared in zip(plates, under, paint.spared, strict=True)
    ]
    heaviest = max((one.total for one in beneath), default=0.0)
    return Ceiling(paint, (most[0], most[1], most[2], most[3]), min(sum(most), total + heaviest))


def _mixed(own: float, below: float, paint: Paint, *, is_spared: bool) -> float:
    if paint.blend == "/Multiply":
        return 1 - (1 - own) * (1 - below)
    if is_spared or paint.is_clear or paint.blend == "/Darken":
        return max(own, below)
    return own


TOGETHER: tuple[tuple[int, ...], ...] = ((0, 1, 2), (3,))
APART: tuple[tuple[int, ...], ...] = ((0,), (1,), (2,), (3,))
"""An overprint leaves some plates as they are: then each is drawn alone."""
PX_PER_MM_COARSE, MAX_COARSE_PIXELS = 3.0, 2_500_000
# Where two rules meet, a square's place counts to a thirtieth of a millimetre: the heaviest spots are drawn anew,
# no two of them nearer than this, and none that is so much lighter than the first that it cannot be the heaviest.
PX_PER_MM_FINE, PX_PER_MM_CLOSE = 16.0, 32.0
MAX_SPOTS, APART_MM, FAR_LIGHTER = 6, 3.0, 0.25
WINDOW_MM = 1.0
Ink = npt.NDArray[np.uint16]
Sums = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Heaviest:
    """The most ink over a square of a millimetre, 1 for one full plate, and where, in CSS px from the trim."""

    total: float
    box: Box


def heaviest_ink(content: bytes, box: Box, *, is_apart: bool, light_enough: float = 0.0) -> Heaviest:
    """Return the heaviest square millimetre in a part of a PDF's page. Raises Unseparable, PdfError, PdfiumError.

    A coarse drawing will do where it shows less than ``light_enough``: what is a millimetre wide is seen in it.
    """
    with ExitStack() as held:
        sheets = [held.enter_context(_Sheet(content, inks)) for inks in (APART if is_apart else TOGETHER)]
        most_per_mm = math.sqrt(MAX_COARSE_PIXELS * PX_PER_MM**2 / max(1.0, box.width * box.height))
        coarse = _spots(sheets, box, min(PX_PER_MM_COARSE, most_per_mm), 1)[0]
        if coarse.total < light_enough:
            return coarse
        spots = _spots(sheets, box, min(PX_PER_MM_FINE, most_per_mm), MAX_SPOTS)
        near = [spot.box for spot in spots if spot.total > spots[0].total - FAR_LIGHTER]
        close = [_close(sheets, spot, box) for spot in near]
    return max(close, key=lambda spot: spot.total)


def _close(sheets: Sequence[_Sheet], spot: Box, whole: Box) -> Heaviest:
    around = common([spot.grown(APART_MM * PX_PER_MM), whole]) or spot
    return _spots(sheets, around, PX_PER_MM_CLOSE, 1)[0]


def _spots(sheets: Sequence[_Sheet], box: Box, per_mm: float, most: int) -> list[Heaviest]:
    """Return the heaviest squares in a box, apart from each other, the heaviest first; there is always one."""
    drawn = [sheet.drawn(box, per_mm / PX_PER_MM) for sheet in sheets]
    shown = drawn[0][1]
    total = sum((plate for plate, _ in drawn[1:]), drawn[0][0])
    across = total.shape[1] / shown.width
    sums, high, wide = _window_sums(total, max(1, round(WINDOW_MM * PX_PER_MM * across)))
    reach = max(1, round(APART_MM * PX_PER_MM * across))
    found: list[Heaviest] = []
    while len(found) < most and (not found or sums.any()):
        top, left = (int(at) for at in np.unravel_index(int(sums.argmax()), sums.shape))
        place = Box(shown.x + left / across, shown.y + top / across, wide / across, high / across)
        found.append(Heaviest(float(sums[top, left]) / (255 * high * wide), place))
        sums[max(0, top - reach) : top + reach + 1, max(0, left - reach) : left + reach + 1] = 0
    return found


class _Sheet:
    """A page that shows some of its inks, open to be drawn."""

    def __init__(self, content: bytes, inks: tuple[int, ...]) -> None:
        self.inks = len(inks)
        self._document = pdfium.PdfDocument(recoloured(content, inks))
        self._page = self._document[0]
        frame, (_, height_pt) = frame_of(self._page), self._page.get_size()
        left, bottom, _, _ = self._page.get_mediabox()
        trim_left, trim_top = frame.trim_left - left, bottom + height_pt - frame.trim_top
        self._canvas = PageCanvas(self._page, trim_left, trim_top)

    def __enter__(self) -> _Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        self._page.close()
        self._document.close()

    def drawn(self, box: Box, scale: float) -> tuple[Ink, Box]:
        """Return the sum of the plates in a box, 255 for one full ink, and the box that was drawn."""
        drawn = self._canvas.region(box, scale)
        light = np.asarray(drawn.picture)[..., : self.inks]
        return (255 * self.inks - light.sum(axis=2, dtype=np.uint16)).astype(np.uint16), drawn.box


def _window_sums(total: Ink, window_px: int) -> tuple[Sums, int, int]:
    """Return the sum over each square of so many pixels, or over the whole side where that is shorter."""
    high, wide = min(window_px, total.shape[0]), min(window_px, total.shape[1])
    # Sums may run over; their differences, each less than a square's, are right all the same.
    sums = np.zeros((total.shape[0] + 1, total.shape[1] + 1), np.uint32)
    np.cumsum(total, axis=0, dtype=np.uint32, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    inside: Sums = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    return inside, high, wide


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
        worst = max(heavy, key=lambda one: one.total)
        bound = f"total ink may be {100 * worst.total:.0f} %, {limit_percent:g} % is the most"
        yield Finding("ink", f"{bound}; not drawn: {error}", HINT, box=told_box(worst.paint.box, spec))
        return
    if found.total > most:
        text = f"total ink is {100 * found.total:.0f} % over a millimetre; {limit_percent:g} % is the most"
        yield Finding("ink", text, HINT, box=told_box(found.box, spec))
