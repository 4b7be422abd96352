"""Find the greatest total ink of a page, and check it against the limit of the press.

First an upper bound is calculated from the list of paints. If a paint covers what lies beneath, or is translucent, no
point has more ink than the heavier of the two. Only overprinting and blend modes that darken add ink to ink. For
these, each ink is combined with the maximum of everything under the paint's box. The bound may be too high, but is
never too low.

If the bound is over the limit, the page is rendered as separations and measured. The mean over a square millimetre
counts, not a single pixel: noise in a JPEG peaks 10 to 25 % above that mean (measured).
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
from assetgen.geometry import Box, bounding_box
from assetgen.planning.asset import Spec
from assetgen.preflight.content.graphics_state import FULL_INK, NO_BLENDING, NO_INK, Plates
from assetgen.preflight.content.paints import PagePaints, Paint
from assetgen.preflight.pdf.canvas import PageCanvas
from assetgen.preflight.pdf.finished_page import frame_of, intersect_boxes
from assetgen.preflight.press.separations import SeparationError, convert_to_separations
from assetgen.preflight.results import convert_box
from assetgen.units import PX_PER_MM

# With these blend modes the result has no more of an ink than the heavier of the two colours.
LIGHTENING_MODES = NO_BLENDING | {"/Lighten", "/Screen"}
DARKENING_MODES = frozenset({"/Darken", "/Multiply"})


@dataclass(frozen=True, slots=True)
class InkBound:
    """An upper bound of each ink, and of total ink, at the points where ``paint`` is the topmost paint."""

    paint: Paint
    plates: Plates
    total: float


def ink_bounds(paints: Sequence[Paint]) -> list[InkBound]:
    """Return the upper bound for each paint that has ink, in painting order."""
    found: list[InkBound] = []
    for paint in paints:
        if paint.in_mask or paint.plates is None or paint.total is None:
            continue
        if paint.blend in LIGHTENING_MODES and not any(paint.unchanged_inks):
            found.append(InkBound(paint, paint.plates, paint.total))
        else:
            found.append(_bound_over(paint, paint.plates, paint.total, found))
    return found


def _bound_over(paint: Paint, plates: Plates, total: float, earlier: Sequence[InkBound]) -> InkBound:
    """Return the upper bound for a paint that adds ink to what lies beneath it."""
    if paint.blend not in LIGHTENING_MODES | DARKENING_MODES:
        return InkBound(paint, FULL_INK, 4.0)
    beneath = [one for one in earlier if one.paint.box.overlaps(paint.box)]
    max_beneath = tuple(max(inks) for inks in zip(NO_INK, *(one.plates for one in beneath), strict=True))
    combined = [
        _combine(own, below, paint, is_spared=is_spared)
        for own, below, is_spared in zip(plates, max_beneath, paint.unchanged_inks, strict=True)
    ]
    total_beneath = max((one.total for one in beneath), default=0.0)
    return InkBound(
        paint, (combined[0], combined[1], combined[2], combined[3]), min(sum(combined), total + total_beneath)
    )


def _combine(own: float, below: float, paint: Paint, *, is_spared: bool) -> float:
    if paint.blend == "/Multiply":
        return 1 - (1 - own) * (1 - below)
    if is_spared or paint.is_translucent or paint.blend == "/Darken":
        return max(own, below)
    return own


TWO_RENDERINGS: tuple[tuple[int, ...], ...] = ((0, 1, 2), (3,))
"""Cyan, magenta and yellow in one rendering, black in a second one."""
FOUR_RENDERINGS: tuple[tuple[int, ...], ...] = ((0,), (1,), (2,), (3,))
"""One rendering per ink: needed if an overprint leaves some inks unchanged."""
# Resolutions in px per mm. The coarse and the fine one are reduced where the area is large.
COARSE_PX_PER_MM, FINE_PX_PER_MM, CLOSE_PX_PER_MM = 3.0, 16.0, 32.0
MAX_RENDERED_PIXELS = 2_500_000
# Where two rules cross, the total depends on the place of the square to 1/30 mm. The heaviest spots are therefore
# rendered again at the close resolution. Spots are at least this far apart, and a spot is skipped if its total ink is
# this much below the heaviest one.
MAX_SPOTS, MIN_SPOT_DISTANCE_MM, MAX_TOTAL_DIFFERENCE = 6, 3.0, 0.25
WINDOW_MM = 1.0
Ink = npt.NDArray[np.uint16]
Sums = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class InkSpot:
    """The square millimetre with the most ink: its mean total ink (1 is one full ink), and its box in CSS px."""

    total: float
    box: Box


def find_heaviest_ink(content: bytes, box: Box, *, separate_inks: bool, light_enough: float = 0.0) -> InkSpot:
    """Find the square millimetre with the most ink in a part of the first page.

    Args:
        content: The PDF.
        box: The part of the page, in CSS px from the trim.
        separate_inks: Whether to render each ink separately, which overprinting needs.
        light_enough: A total ink below which a coarse rendering is good enough, because it shows anything that is a
            millimetre wide.

    Raises:
        SeparationError: The page cannot be converted to separations.
        pikepdf.PdfError, pdfium.PdfiumError: The PDF is damaged.
    """
    with ExitStack() as stack:
        separations = [
            stack.enter_context(_Separation(content, inks))
            for inks in (FOUR_RENDERINGS if separate_inks else TWO_RENDERINGS)
        ]
        max_px_per_mm = math.sqrt(MAX_RENDERED_PIXELS * PX_PER_MM**2 / max(1.0, box.width * box.height))
        coarse = _find_spots(separations, box, min(COARSE_PX_PER_MM, max_px_per_mm), 1)[0]
        if coarse.total < light_enough:
            return coarse
        spots = _find_spots(separations, box, min(FINE_PX_PER_MM, max_px_per_mm), MAX_SPOTS)
        candidates = [spot.box for spot in spots if spot.total > spots[0].total - MAX_TOTAL_DIFFERENCE]
        close = [_measure_closely(separations, spot, box) for spot in candidates]
    return max(close, key=lambda spot: spot.total)


def _measure_closely(separations: Sequence[_Separation], spot: Box, whole: Box) -> InkSpot:
    area = intersect_boxes([spot.enlarged(MIN_SPOT_DISTANCE_MM * PX_PER_MM), whole]) or spot
    return _find_spots(separations, area, CLOSE_PX_PER_MM, 1)[0]


def _find_spots(
    separations: Sequence[_Separation], box: Box, px_per_mm: float, max_count: int
) -> list[InkSpot]:
    """Return the squares with the most ink in a box, heaviest first and not close to each other; at least one."""
    rendered = [separation.render(box, px_per_mm / PX_PER_MM) for separation in separations]
    shown = rendered[0][1]
    total = sum((ink for ink, _ in rendered[1:]), rendered[0][0])
    scale = total.shape[1] / shown.width
    sums, height, width = _window_sums(total, max(1, round(WINDOW_MM * PX_PER_MM * scale)))
    distance = max(1, round(MIN_SPOT_DISTANCE_MM * PX_PER_MM * scale))
    found: list[InkSpot] = []
    while len(found) < max_count and (not found or sums.any()):
        top, left = (int(at) for at in np.unravel_index(int(sums.argmax()), sums.shape))
        place = Box(shown.x + left / scale, shown.y + top / scale, width / scale, height / scale)
        found.append(InkSpot(float(sums[top, left]) / (255 * height * width), place))
        sums[max(0, top - distance) : top + distance + 1, max(0, left - distance) : left + distance + 1] = 0
    return found


class _Separation:
    """A rendering of a page that shows only some of its inks; a context manager that closes the page."""

    def __init__(self, content: bytes, inks: tuple[int, ...]) -> None:
        self.inks = len(inks)
        self._document = pdfium.PdfDocument(convert_to_separations(content, inks))
        self._page = self._document[0]
        frame, (_, height_pt) = frame_of(self._page), self._page.get_size()
        left, bottom, _, _ = self._page.get_mediabox()
        trim_left, trim_top = frame.trim_left - left, bottom + height_pt - frame.trim_top
        self._canvas = PageCanvas(self._page, trim_left, trim_top)

    def __enter__(self) -> _Separation:
        return self

    def __exit__(self, *_: object) -> None:
        self._page.close()
        self._document.close()

    def render(self, box: Box, scale: float) -> tuple[Ink, Box]:
        """Render a box, and return the sum of the inks per pixel (255 for one full ink), and the box rendered."""
        drawn = self._canvas.region(box, scale)
        tones = np.asarray(drawn.picture)[..., : self.inks]
        return (255 * self.inks - tones.sum(axis=2, dtype=np.uint16)).astype(np.uint16), drawn.box


def _window_sums(total: Ink, window_px: int) -> tuple[Sums, int, int]:
    """Return the sum over each window, and the height and width of a window in pixels.

    A window is a square with sides of ``window_px``, or smaller if the picture is smaller.
    """
    height, width = min(window_px, total.shape[0]), min(window_px, total.shape[1])
    # The running sums may overflow, but their differences are correct modulo 2**32.
    sums = np.zeros((total.shape[0] + 1, total.shape[1] + 1), np.uint32)
    np.cumsum(total, axis=0, dtype=np.uint32, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    inside: Sums = (
        sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    )
    return inside, height, width


# Rounding four inks to 255 levels adds less than one percentage point to their total.
ROUNDING = 0.01
# If a coarse rendering stays below this share of the limit, the page is not rendered again.
LIGHT_ENOUGH = 0.9
HINT = "use lighter ink values in brand.yaml (palette), or convert the picture to CMYK with a lower ink limit"


def check_ink(content: bytes, painted: PagePaints, limit_percent: float, spec: Spec) -> Iterator[Finding]:
    """Yield a finding if a square millimetre of the page has more ink than the press can dry.

    The page is rendered only if the upper bound from its paints is over the limit.
    """
    limit = limit_percent / 100 + ROUNDING
    heavy = [one for one in ink_bounds(painted.paints) if one.total > limit]
    if not heavy:
        return
    box = bounding_box([one.paint.box for one in heavy]).enlarged(PX_PER_MM / 2)
    is_apart = any(any(paint.unchanged_inks) for paint in painted.paints)
    try:
        found = find_heaviest_ink(content, box, separate_inks=is_apart, light_enough=LIGHT_ENOUGH * limit)
    except (SeparationError, pikepdf.PdfError, pdfium.PdfiumError) as error:
        worst = max(heavy, key=lambda one: one.total)
        bound = f"total ink may be up to {100 * worst.total:.0f} %; the limit is {limit_percent:g} %"
        text = f"{bound} (it could not be measured: {error})"
        yield Finding("ink", text, HINT, box=convert_box(worst.paint.box, spec))
        return
    if found.total > limit:
        text = f"total ink is {100 * found.total:.0f} % over a square millimetre; the limit is {limit_percent:g} %"
        yield Finding("ink", text, HINT, box=convert_box(found.box, spec))
