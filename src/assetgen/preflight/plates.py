"""The plates of a part of a page, drawn by PDFium, and the most ink over a square of a millimetre.

A single pixel says nothing: grain of a JPEG peaks 10 to 25 % higher than what lies on the paper (proof notes 9).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

from assetgen.geometry import Box
from assetgen.preflight.canvas import PageCanvas
from assetgen.preflight.objects import common, frame_of
from assetgen.preflight.recolour import recoloured
from assetgen.units import PX_PER_MM

TOGETHER: tuple[tuple[int, ...], ...] = ((0, 1, 2), (3,))
APART: tuple[tuple[int, ...], ...] = ((0,), (1,), (2,), (3,))
"""An overprint leaves some plates as they are: then each is drawn alone."""
PX_PER_MM_COARSE, MOST_PIXELS = 3.0, 2_500_000
# Where two rules meet, a square's place counts to a thirtieth of a millimetre: the heaviest spots are drawn anew,
# no two of them nearer than this, and none that is so much lighter than the first that it cannot be the heaviest.
PX_PER_MM_FINE, PX_PER_MM_CLOSE = 16.0, 32.0
MOST_SPOTS, APART_MM, FAR_LIGHTER = 6, 3.0, 0.25
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
        most_per_mm = math.sqrt(MOST_PIXELS * PX_PER_MM**2 / max(1.0, box.width * box.height))
        coarse = _spots(sheets, box, min(PX_PER_MM_COARSE, most_per_mm), 1)[0]
        if coarse.total < light_enough:
            return coarse
        spots = _spots(sheets, box, min(PX_PER_MM_FINE, most_per_mm), MOST_SPOTS)
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
