"""The pixels of a finished file: whole, in part, and in layers, the page without its words and the words alone.

Everything is named in CSS px of the page, from the trim's top left corner, y downwards: a raster file has
one pixel a CSS px; a page is drawn at the scale that is asked for, never as a whole with more than
``MAX_PIXELS``.

What lies beneath a plain panel need not be drawn. A page's gradients cost more than all else on it, and its code and
its footer stand on such panels.

If the finished pixels are the page without words with the words put on top (``Layers``), then the file is the page, and
no letter is covered.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from PIL import Image, ImageFilter
from pypdfium2 import raw

from assetgen.geometry import Box, around
from assetgen.preflight.pdf.finished_page import DrawnObject, FinishedPage, are_corners, common, matrix_of
from assetgen.units import MAX_PIXELS, PX_PER_PT


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """A part of a finished asset in pixels: RGB, the page's box that it shows, pixels per CSS px."""

    picture: Image.Image
    box: Box
    scale: float

    @property
    def pixels_per_px(self) -> tuple[float, float]:
        """Return how many pixels a CSS px has across and down: whole pixels differ a little from ``scale``."""
        return self.picture.width / self.box.width, self.picture.height / self.box.height


class Canvas(Protocol):
    """Finished pixels. ``box`` is the whole of them, with the bleed."""

    @property
    def box(self) -> Box: ...

    def view(self, most_side_px: int) -> DrawnArea:
        """Return the whole, no side longer than this, and no larger than one pixel a CSS px."""

    def region(self, box: Box, scale: float) -> DrawnArea:
        """Return the part inside a box; a raster file has it at a scale of 1 alone, whatever is asked."""


class RasterCanvas:
    """The pixels of a raster file, decoded once."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture if picture.mode == "RGB" else picture.convert("RGB")
        self.box = Box(0.0, 0.0, float(picture.width), float(picture.height))

    def view(self, most_side_px: int) -> DrawnArea:
        # Whole pixels taken together: five times as quick as any other size.
        together = math.ceil(max(self._picture.size) / most_side_px)
        if together <= 1:
            return DrawnArea(self._picture, self.box, 1.0)
        small = self._picture.reduce(together)
        shown = Box(0.0, 0.0, float(small.width * together), float(small.height * together))
        return DrawnArea(small, shown, 1 / together)

    def region(self, box: Box, scale: float) -> DrawnArea:
        left, top = max(0, math.floor(box.x)), max(0, math.floor(box.y))
        right = min(self._picture.width, math.ceil(box.right))
        bottom = min(self._picture.height, math.ceil(box.bottom))
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        cut = self._picture.crop((left, top, right, bottom))
        return DrawnArea(cut, Box(left, top, right - left, bottom - top), 1.0)


@dataclass(frozen=True, slots=True)
class Panel:
    """A box of a page in which nothing of these objects, by their handles, can be seen."""

    box: Box
    beneath: tuple[Any, ...]


class PageCanvas:
    """The pixels of a PDF's page, drawn by PDFium as they are asked for.

    ``page`` stays the caller's to close. ``trim_left``, ``trim_top`` are the trim's corner in pt from the
    left and the top of what is drawn. What a panel covers, the topmost first, is not drawn beneath it.
    """

    def __init__(
        self, page: pdfium.PdfPage, trim_left: float, trim_top: float, panels: Sequence[Panel] = ()
    ) -> None:
        self._page, self._panels = page, panels
        self._width_pt, self._height_pt = page.get_size()
        self.box = Box(
            -trim_left * PX_PER_PT,
            -trim_top * PX_PER_PT,
            self._width_pt * PX_PER_PT,
            self._height_pt * PX_PER_PT,
        )

    def view(self, most_side_px: int) -> DrawnArea:
        scale = min(1.0, most_side_px / max(self.box.width, self.box.height))
        return self._drawn(self.box, scale)

    def region(self, box: Box, scale: float) -> DrawnArea:
        return self._drawn(part_of(box, self.box, 1 / scale), scale)

    def size(self, scale: float) -> tuple[int, int]:
        """Return how many pixels the whole page has at a scale."""
        per_pt = scale * PX_PER_PT
        return math.ceil(self._width_pt * per_pt), math.ceil(self._height_pt * per_pt)

    def _drawn(self, box: Box, scale: float) -> DrawnArea:
        most = math.sqrt(MAX_PIXELS / max(1.0, box.width * box.height))
        scale = min(scale, most)
        # PDFium stretches the page to whole pixels, and only whole pixels can be cut off: the box that is
        # told is the one that was drawn, not the one that was asked for.
        per_pt = scale * PX_PER_PT
        whole_width, whole_height = self.size(scale)
        across, down = whole_width / self.box.width, whole_height / self.box.height
        left = _pixel(box.x - self.box.x, across, whole_width - 1)
        top = _pixel(box.y - self.box.y, down, whole_height - 1)
        right = max(left + 1, whole_width - _pixel(self.box.right - box.right, across, whole_width))
        bottom = max(top + 1, whole_height - _pixel(self.box.bottom - box.bottom, down, whole_height))
        picture = self._pixels((left, top, right, bottom), (across, down), per_pt)
        drawn = Box(
            self.box.x + left / across,
            self.box.y + top / down,
            (right - left) / across,
            (bottom - top) / down,
        )
        return DrawnArea(picture, drawn, scale)

    def _pixels(
        self, pixels: tuple[int, int, int, int], scales: tuple[float, float], per_pt: float
    ) -> Image.Image:
        """Return whole pixels of the page. Where a panel has most of them, its part is drawn without what it covers."""
        left, top, right, bottom = pixels
        for panel in self._panels:
            x0 = max(left, math.ceil((panel.box.x - self.box.x) * scales[0]) + 1)
            y0 = max(top, math.ceil((panel.box.y - self.box.y) * scales[1]) + 1)
            x1 = min(right, math.floor((panel.box.right - self.box.x) * scales[0]) - 1)
            y1 = min(bottom, math.floor((panel.box.bottom - self.box.y) * scales[1]) - 1)
            if x1 <= x0 or y1 <= y0 or 2 * (x1 - x0) * (y1 - y0) < (right - left) * (bottom - top):
                continue
            whole = Image.new("RGB", (right - left, bottom - top))
            with _hidden(panel.beneath):
                whole.paste(self._rendered((x0, y0, x1, y1), per_pt), (x0 - left, y0 - top))
            for side in (
                (left, top, right, y0),
                (left, y1, right, bottom),
                (left, y0, x0, y1),
                (x1, y0, right, y1),
            ):
                if side[2] > side[0] and side[3] > side[1]:
                    whole.paste(self._rendered(side, per_pt), (side[0] - left, side[1] - top))
            return whole
        return self._rendered(pixels, per_pt)

    def _rendered(self, pixels: tuple[int, int, int, int], per_pt: float) -> Image.Image:
        left, top, right, bottom = pixels
        width, height = math.ceil(self._width_pt * per_pt), math.ceil(self._height_pt * per_pt)
        # pypdfium2 takes lengths in pt and rounds them up: half a pixel less is rounded to the pixel that is meant.
        crop = tuple(max(0.0, (off - 0.5) / per_pt) for off in (left, height - bottom, width - right, top))
        bitmap = self._page.render(scale=per_pt, crop=crop, rev_byteorder=True, prefer_bgrx=True)
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        return picture


def part_of(box: Box, whole: Box, least: float) -> Box:
    """Return what a box has in common with the whole; no side of it is less than ``least``."""
    left, top = max(box.x, whole.x), max(box.y, whole.y)
    right, bottom = min(box.right, whole.right), min(box.bottom, whole.bottom)
    return Box(left, top, max(right - left, least), max(bottom - top, least))


def _pixel(length: float, scale: float, most: int) -> int:
    """Return the whole pixels inside a length; a hair less than a pixel counts as one."""
    return min(most, max(0, math.floor(length * scale + 1e-6)))


CORNERS = 4
SOLID = 255
# A panel of a smaller share of its page spares nothing.
MIN_SHARE = 0.005
# The longest side of the picture in which a panel alone must be of its one colour: a gradient is not.
SHOWN_PX = 80


def canvas_of(page: FinishedPage) -> PageCanvas:
    """Return a page to be drawn in parts."""
    return PageCanvas(page.pdfium, -page.box.x / PX_PER_PT, -page.box.y / PX_PER_PT, panels_of(page))


def panels_of(page: FinishedPage) -> tuple[Panel, ...]:
    """Return the plain panels of a page, the topmost first; none of a page with forms, which may be translucent."""
    if raw.FPDFPage_CountObjects(page.pdfium.raw) != len(page.objects):
        return ()
    least = MIN_SHARE * page.box.width * page.box.height
    panels = []
    for at, drawn in enumerate(page.objects):
        box = common([page.box, drawn.box, *drawn.clips])
        if not at or drawn.kind != "path" or drawn.shaped or not box or box.width * box.height < least:
            continue
        colour = _fill_of(drawn)
        if colour and _is_box(drawn) and _is_seen_as(page, drawn, box, colour):
            # Words beneath cost nothing, and may be hidden for other reasons: they stay as they are.
            beneath = [one.handle for one in page.objects[:at] if one.kind != "text"]
            panels.append(Panel(box, tuple(beneath)))
    return tuple(reversed(panels))


def _fill_of(drawn: DrawnObject) -> tuple[int, ...] | None:
    """Return the colour that an opaque path without a line around it is filled with; a pattern is told as grey."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    colour = [ctypes.c_uint() for _ in range(4)]
    if raw.FPDFPageObj_HasTransparency(drawn.handle) or not raw.FPDFPath_GetDrawMode(
        drawn.handle, fill, stroke
    ):
        return None
    if not fill.value or stroke.value or not raw.FPDFPageObj_GetFillColor(drawn.handle, *colour):
        return None
    values = tuple(part.value for part in colour)
    return values if values[3] == SOLID else None


def _is_box(drawn: DrawnObject) -> bool:
    count = raw.FPDFPath_CountSegments(drawn.handle)
    if count not in (CORNERS, CORNERS + 1):
        return False
    x, y = ctypes.c_float(), ctypes.c_float()
    matrix, points = matrix_of(drawn.handle), []
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(drawn.handle, index)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_BEZIERTO:
            return False
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(matrix.transform((x.value, y.value)))
    return are_corners(points)


def _is_seen_as(page: FinishedPage, drawn: DrawnObject, box: Box, colour: tuple[int, ...]) -> bool:
    """Say whether a panel, drawn alone and small, is of its colour throughout."""
    scale = SHOWN_PX / max(page.box.width, page.box.height)
    with _hidden([one.handle for one in page.objects if one is not drawn]):
        bitmap = page.pdfium.render(scale=scale * PX_PER_PT, rev_byteorder=True, fill_color=(0, 0, 0, 0))
    pixels = bitmap.to_numpy()
    left, top = (int((box.x - page.box.x) * scale) + 1, int((box.y - page.box.y) * scale) + 1)
    right, bottom = int((box.right - page.box.x) * scale), int((box.bottom - page.box.y) * scale)
    inside = pixels[top:bottom, left:right]
    return inside.size > 0 and bool((inside == colour).all())


@contextmanager
def _hidden(handles: Sequence[Any]) -> Iterator[None]:
    """Let some objects not be drawn."""
    for handle in handles:
        raw.FPDFPageObj_SetIsActive(handle, False)
    try:
        yield
    finally:
        for handle in handles:
            raw.FPDFPageObj_SetIsActive(handle, True)


Colours = npt.NDArray[np.uint8]
HAIR = 1e-6
# A background is drawn so far around its words; two parts are drawn as one where that is no more than so many pixels.
NEAR_PX, APART_PX = 4, 6000
MIN_RADIUS_PX = 0.5
"""Smoothing by less than this changes nothing."""


@dataclass(frozen=True)
class Layers:
    """``drawn_background`` is the page without words (RGB), ``inks`` the words alone (RGBA, straight alpha).

    Both show the page's ``box``; the words at ``scale`` pixels a CSS px, the background as large or coarser.
    """

    drawn_background: Image.Image
    inks: Colours
    box: Box
    scale: float

    @classmethod
    def of(cls, page: FinishedPage, scale: float) -> Layers:
        """Return the layers of a page."""
        with _without_words(page):
            background = page_picture(page, scale)
        return cls(background, _inks(page, scale), page.box, scale)

    @classmethod
    def bare(cls, page: FinishedPage, canvas: PageCanvas, scale: float, background_scale: float) -> Layers:
        """Return the layers of a page whose words lie on top: the background coarse, drawn under the words alone."""
        with _without_words(page):
            background = _background_under_words(page, canvas, background_scale)
        return cls(background, _inks(page, scale), page.box, scale)

    @cached_property
    def letters(self) -> Image.Image:
        """Return the words alone."""
        return Image.fromarray(self.inks)

    @cached_property
    def background(self) -> Image.Image:
        """Return the page without words, as large as the words."""
        if self.drawn_background.size == self.letters.size:
            return self.drawn_background
        return self.drawn_background.resize(self.letters.size, Image.Resampling.BILINEAR)

    def background_under(self, cut: tuple[int, int, int, int], blur_px: float, stride: int) -> Colours:
        """Return every ``stride``-th pixel of a part of the background, smoothed; beyond the part its edge goes on.

        Of a coarse background the part alone is smoothed as it is, and no more of it enlarged than is asked for.
        """
        if self.drawn_background.size == self.letters.size:
            return np.asarray(_smoothed(self.drawn_background.crop(cut), blur_px))[::stride, ::stride]
        across = self.drawn_background.width / self.letters.width
        down = self.drawn_background.height / self.letters.height
        left, top, right, bottom = cut[0] * across, cut[1] * down, cut[2] * across, cut[3] * down
        whole = (math.floor(left), math.floor(top), math.ceil(right - HAIR), math.ceil(bottom - HAIR))
        part = self.drawn_background.crop(whole)
        size = (-(-(cut[2] - cut[0]) // stride), -(-(cut[3] - cut[1]) // stride))
        if part.getcolors(1):
            return np.broadcast_to(np.asarray(part)[0, 0], (size[1], size[0], 3))
        part = _smoothed(part, blur_px * across)
        box = (
            left - whole[0],
            top - whole[1],
            min(right - whole[0], part.width),
            min(bottom - whole[1], part.height),
        )
        return np.asarray(part.resize(size, Image.Resampling.BILINEAR, box=box))

    @cached_property
    def whole(self) -> Image.Image:
        """Return the words put on their background: what the finished pixels are when nothing covers a letter."""
        return Image.alpha_composite(self.background.convert("RGBA"), self.letters).convert("RGB")

    def cut(self, box: Box, margin_px: int = 0) -> tuple[int, int, int, int] | None:
        """Return a box of the page in pixels of the layers: left, top, right, bottom; None where it is outside."""
        left = int((box.x - self.box.x) * self.scale) - margin_px
        top = int((box.y - self.box.y) * self.scale) - margin_px
        right = int(-(-(box.right - self.box.x) * self.scale // 1)) + margin_px
        bottom = int(-(-(box.bottom - self.box.y) * self.scale // 1)) + margin_px
        left, top = max(0, left), max(0, top)
        right, bottom = min(self.inks.shape[1], right), min(self.inks.shape[0], bottom)
        return (left, top, right, bottom) if right > left and bottom > top else None


def _inks(page: FinishedPage, scale: float) -> Colours:
    with _words_alone(page):
        return _whole_clear(page, scale)


def _background_under_words(page: FinishedPage, canvas: PageCanvas, scale: float) -> Image.Image:
    """Return the page without words, white where none stand near."""
    margin = NEAR_PX / scale
    parts = [box.grown(margin) for box in page.text_boxes.values()]
    whole = Image.new("RGB", canvas.size(scale), "white")
    for box in _gathered(parts, APART_PX / scale**2):
        if shown := common([box, canvas.box]):
            drawn = canvas.region(shown, scale)
            per = whole.width / canvas.box.width, whole.height / canvas.box.height
            at = round((drawn.box.x - canvas.box.x) * per[0]), round((drawn.box.y - canvas.box.y) * per[1])
            whole.paste(drawn.picture, at)
    return whole


def _gathered(boxes: Sequence[Box], spare: float) -> list[Box]:
    """Return boxes joined where that adds no more area than ``spare``: each drawing costs something of its own."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda one: one.y):
        joined = box
        for other in reversed(kept):
            both = around([joined, other])
            if both.width * both.height <= joined.width * joined.height + other.width * other.height + spare:
                kept.remove(other)
                joined = both
        kept.append(joined)
    return kept


def _smoothed(part: Image.Image, radius_px: float) -> Image.Image:
    return part if radius_px < MIN_RADIUS_PX else part.filter(ImageFilter.BoxBlur(radius_px))


def _words_alone(page: FinishedPage, among: Collection[int] | None = None) -> AbstractContextManager[None]:
    """Let the page draw its words alone, or those of these objects alone."""
    return _hidden(
        [
            drawn.handle
            for at, drawn in enumerate(page.objects)
            if drawn.kind != "text" or (among is not None and at not in among)
        ]
    )


def _without_words(page: FinishedPage) -> AbstractContextManager[None]:
    """Let the page draw all but its words."""
    return _hidden([drawn.handle for drawn in page.objects if drawn.kind == "text"])


def is_words_last(page: FinishedPage) -> bool:
    """Say whether nothing but words is drawn over any letter: then none can be covered.

    By the order of drawing and the boxes of what is drawn; where they meet, only pixels can tell.
    """
    if not page.letters:
        return True
    first = min(letter.object for letter in page.letters)
    over = [(at, drawn.box) for at, drawn in enumerate(page.objects) if drawn.kind != "text" and at > first]
    beneath = page.text_boxes.items()
    met = {text for at, box in over for text, whole in beneath if at > text and box.meets(whole)}
    return not any(
        at > letter.object and box.meets(letter.box)
        for letter in page.letters
        if letter.object in met
        for at, box in over
    )


def letters_alone(page: FinishedPage, objects: Collection[int], scale: float) -> Colours:
    """Return the alpha of some text objects drawn alone, at a scale of pixels a CSS px."""
    with _words_alone(page, objects):
        return np.ascontiguousarray(_whole_clear(page, scale)[..., 3])


def densest_ink(page: FinishedPage, objects: Collection[int], box: Box, scale: float) -> float:
    """Return the alpha, 0 to 1, of the densest ink that some text objects have in a box, drawn at a scale."""
    per_pt = scale * PX_PER_PT
    across, down = (math.ceil(side * per_pt) for side in page.pdfium.get_size())
    left, top = (math.floor(side * scale) for side in (box.x - page.box.x, box.y - page.box.y))
    width, height = math.ceil(box.width * scale) + 2, math.ceil(box.height * scale) + 2
    with _words_alone(page, objects):
        inks = _drawn_clear(page, (width, height), (-left, -top, across, down))
    return float(inks[..., 3].max(initial=0)) / 255


def page_without(page: FinishedPage, objects: Iterable[int], scale: float) -> Image.Image:
    """Return the page as it is drawn without some objects, RGB."""
    with _hidden([page.objects[at].handle for at in objects]):
        return page_picture(page, scale)


def page_picture(page: FinishedPage, scale: float) -> Image.Image:
    """Return the page as it is drawn, RGB."""
    bitmap = page.pdfium.render(scale=scale * PX_PER_PT, rev_byteorder=True, prefer_bgrx=True)
    picture: Image.Image = bitmap.to_pil()
    return picture.convert("RGB")


def _whole_clear(page: FinishedPage, scale: float) -> Colours:
    width, height = (math.ceil(side * scale * PX_PER_PT) for side in page.pdfium.get_size())
    return _drawn_clear(page, (width, height), (0, 0, width, height))


def _drawn_clear(page: FinishedPage, size: tuple[int, int], placed: tuple[int, int, int, int]) -> Colours:
    """Return what the page draws on nothing: RGBA, of a size. ``placed`` is x, y, width, height of the page in it.

    It is drawn into memory that is clear already: of millions of pixels hardly any are ever touched.
    """
    width, height = size
    inks: Colours = np.zeros((height, width, 4), np.uint8)
    memory = inks.ctypes.data_as(ctypes.c_void_p)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGRA, memory, width * 4)
    flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
    try:
        raw.FPDF_RenderPageBitmap(bitmap, page.pdfium.raw, *placed, 0, flags)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return inks
