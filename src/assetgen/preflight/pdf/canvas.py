"""Give access to the pixels of a finished file: the whole, a part, or layers with and without text.

All positions are in CSS px from the top left corner of the trim, with y downwards. A raster file has one pixel per
CSS px. A PDF page is drawn at the scale that the caller passes, but with at most ``MAX_PIXELS``.

Objects under an opaque panel are not drawn. This saves time: gradients are the slowest objects of a page, and the
code and the footer usually lie on an opaque panel.

``Layers`` holds two layers: the page without text, and the text alone. If the finished pixels equal the text on top of
the page, then the file shows the page and no letter is covered.
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

from assetgen.geometry import Box, bounding_box
from assetgen.preflight.pdf.finished_page import (
    DrawnObject,
    FinishedPage,
    are_box_corners,
    intersect_boxes,
    matrix_of,
)
from assetgen.units import MAX_PIXELS, PX_PER_PT


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """A rendered part of a finished asset: its RGB picture, the box of the page it shows, and pixels per CSS px."""

    picture: Image.Image
    box: Box
    scale: float

    @property
    def pixels_per_px(self) -> tuple[float, float]:
        """The exact number of pixels per CSS px, across and down; rounding makes it differ slightly from ``scale``."""
        return self.picture.width / self.box.width, self.picture.height / self.box.height


class Canvas(Protocol):
    """The pixels of a finished file. ``box`` is the whole file including the bleed."""

    @property
    def box(self) -> Box: ...

    def view(self, max_side_px: int) -> DrawnArea:
        """Return the whole file, reduced so that no side exceeds ``max_side_px``; only an SVG may be enlarged."""

    def region(self, box: Box, scale: float) -> DrawnArea:
        """Return the part inside a box. ``scale`` is in pixels per CSS px; a raster file always returns scale 1."""


class RasterCanvas:
    """The pixels of a raster file, decoded once."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture if picture.mode == "RGB" else picture.convert("RGB")
        self.box = Box(0.0, 0.0, float(picture.width), float(picture.height))

    def view(self, max_side_px: int) -> DrawnArea:
        # Reducing by a whole factor is five times as fast as resizing to an arbitrary size.
        factor = math.ceil(max(self._picture.size) / max_side_px)
        if factor <= 1:
            return DrawnArea(self._picture, self.box, 1.0)
        small = self._picture.reduce(factor)
        shown = Box(0.0, 0.0, float(small.width * factor), float(small.height * factor))
        return DrawnArea(small, shown, 1 / factor)

    def region(self, box: Box, scale: float) -> DrawnArea:
        left, top = max(0, math.floor(box.x)), max(0, math.floor(box.y))
        right = min(self._picture.width, math.ceil(box.right))
        bottom = min(self._picture.height, math.ceil(box.bottom))
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        cut = self._picture.crop((left, top, right, bottom))
        return DrawnArea(cut, Box(left, top, right - left, bottom - top), 1.0)


@dataclass(frozen=True, slots=True)
class Panel:
    """A box of a page that hides the objects ``beneath`` (PDFium handles)."""

    box: Box
    beneath: tuple[Any, ...]


class PageCanvas:
    """The pixels of a PDF page, rendered by PDFium on demand.

    Args:
        page: The open page; the caller closes it.
        trim_left: Distance of the trim from the left edge of the page, in pt.
        trim_top: Distance of the trim from the top edge of the page, in pt.
        panels: Opaque panels, topmost first; the objects under a panel are not drawn where it covers them.
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

    def view(self, max_side_px: int) -> DrawnArea:
        scale = min(1.0, max_side_px / max(self.box.width, self.box.height))
        return self._render_box(self.box, scale)

    def region(self, box: Box, scale: float) -> DrawnArea:
        return self._render_box(clip_to(box, self.box, 1 / scale), scale)

    def size(self, scale: float) -> tuple[int, int]:
        """Return the width and height of the whole page in pixels at a scale."""
        per_pt = scale * PX_PER_PT
        return math.ceil(self._width_pt * per_pt), math.ceil(self._height_pt * per_pt)

    def _render_box(self, box: Box, scale: float) -> DrawnArea:
        max_scale = math.sqrt(MAX_PIXELS / max(1.0, box.width * box.height))
        scale = min(scale, max_scale)
        # PDFium stretches the page to whole pixels and crops by whole pixels. The result therefore has the box that
        # was really drawn, which may differ slightly from ``box``.
        per_pt = scale * PX_PER_PT
        whole_width, whole_height = self.size(scale)
        across, down = whole_width / self.box.width, whole_height / self.box.height
        left = _whole_pixels(box.x - self.box.x, across, whole_width - 1)
        top = _whole_pixels(box.y - self.box.y, down, whole_height - 1)
        right = max(left + 1, whole_width - _whole_pixels(self.box.right - box.right, across, whole_width))
        bottom = max(top + 1, whole_height - _whole_pixels(self.box.bottom - box.bottom, down, whole_height))
        picture = self._render_pixels((left, top, right, bottom), (across, down), per_pt)
        drawn = Box(
            self.box.x + left / across,
            self.box.y + top / down,
            (right - left) / across,
            (bottom - top) / down,
        )
        return DrawnArea(picture, drawn, scale)

    def _render_pixels(
        self, pixels: tuple[int, int, int, int], scales: tuple[float, float], per_pt: float
    ) -> Image.Image:
        """Render a rectangle of pixels. If a panel covers at least half of it, the objects beneath are not drawn."""
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
                whole.paste(self._render_crop((x0, y0, x1, y1), per_pt), (x0 - left, y0 - top))
            for side in (
                (left, top, right, y0),
                (left, y1, right, bottom),
                (left, y0, x0, y1),
                (x1, y0, right, y1),
            ):
                if side[2] > side[0] and side[3] > side[1]:
                    whole.paste(self._render_crop(side, per_pt), (side[0] - left, side[1] - top))
            return whole
        return self._render_crop(pixels, per_pt)

    def _render_crop(self, pixels: tuple[int, int, int, int], per_pt: float) -> Image.Image:
        left, top, right, bottom = pixels
        width, height = math.ceil(self._width_pt * per_pt), math.ceil(self._height_pt * per_pt)
        # pypdfium2 takes the crop in pt and rounds it up to pixels. Half a pixel less gives the intended pixel.
        crop = tuple(max(0.0, (off - 0.5) / per_pt) for off in (left, height - bottom, width - right, top))
        bitmap = self._page.render(scale=per_pt, crop=crop, rev_byteorder=True, prefer_bgrx=True)
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        return picture


def clip_to(box: Box, whole: Box, min_side: float) -> Box:
    """Return the part of ``box`` inside ``whole``; each side is at least ``min_side``."""
    left, top = max(box.x, whole.x), max(box.y, whole.y)
    right, bottom = min(box.right, whole.right), min(box.bottom, whole.bottom)
    return Box(left, top, max(right - left, min_side), max(bottom - top, min_side))


def _whole_pixels(length: float, scale: float, max_px: int) -> int:
    """Return how many whole pixels fit into a length, with a small tolerance for rounding errors."""
    return min(max_px, max(0, math.floor(length * scale + 1e-6)))


CORNER_COUNT = 4
OPAQUE = 255
# A panel with a smaller share of the page saves no time.
MIN_PANEL_SHARE = 0.005
# Longest side of the test picture in which a panel, drawn alone, must have one colour. A gradient does not.
TEST_RENDER_PX = 80


def open_page_canvas(page: FinishedPage) -> PageCanvas:
    """Return a canvas of a page that skips the objects under its panels."""
    return PageCanvas(page.pdfium, -page.box.x / PX_PER_PT, -page.box.y / PX_PER_PT, find_panels(page))


def find_panels(page: FinishedPage) -> tuple[Panel, ...]:
    """Return the opaque, single-colour panels of a page, topmost first.

    A page with forms has none, because forms may be translucent.
    """
    if raw.FPDFPage_CountObjects(page.pdfium.raw) != len(page.objects):
        return ()
    min_area = MIN_PANEL_SHARE * page.box.width * page.box.height
    panels = []
    for at, drawn in enumerate(page.objects):
        box = intersect_boxes([page.box, drawn.box, *drawn.clips])
        if (
            not at
            or drawn.kind != "path"
            or drawn.shape_clipped
            or not box
            or box.width * box.height < min_area
        ):
            continue
        colour = _fill_colour(drawn)
        if colour and _is_box(drawn) and _is_drawn_as(page, drawn, box, colour):
            # Text is cheap to draw, and other code switches it on and off, so it is not listed here.
            beneath = [one.handle for one in page.objects[:at] if one.kind != "text"]
            panels.append(Panel(box, tuple(beneath)))
    return tuple(reversed(panels))


def _fill_colour(drawn: DrawnObject) -> tuple[int, ...] | None:
    """Return the RGBA fill colour of a path; None if it is translucent or has a stroke.

    PDFium returns grey for a pattern.
    """
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    colour = [ctypes.c_uint() for _ in range(4)]
    if raw.FPDFPageObj_HasTransparency(drawn.handle) or not raw.FPDFPath_GetDrawMode(
        drawn.handle, fill, stroke
    ):
        return None
    if not fill.value or stroke.value or not raw.FPDFPageObj_GetFillColor(drawn.handle, *colour):
        return None
    rgba = tuple(channel.value for channel in colour)
    return rgba if rgba[3] == OPAQUE else None


def _is_box(drawn: DrawnObject) -> bool:
    count = raw.FPDFPath_CountSegments(drawn.handle)
    if count not in (CORNER_COUNT, CORNER_COUNT + 1):
        return False
    x, y = ctypes.c_float(), ctypes.c_float()
    matrix, points = matrix_of(drawn.handle), []
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(drawn.handle, index)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_BEZIERTO:
            return False
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(matrix.transform((x.value, y.value)))
    return are_box_corners(points)


def _is_drawn_as(page: FinishedPage, drawn: DrawnObject, box: Box, colour: tuple[int, ...]) -> bool:
    """Return whether an object, rendered alone at a small size, has this colour everywhere in the box."""
    scale = TEST_RENDER_PX / max(page.box.width, page.box.height)
    with _hidden([one.handle for one in page.objects if one is not drawn]):
        bitmap = page.pdfium.render(scale=scale * PX_PER_PT, rev_byteorder=True, fill_color=(0, 0, 0, 0))
    pixels = bitmap.to_numpy()
    left, top = (int((box.x - page.box.x) * scale) + 1, int((box.y - page.box.y) * scale) + 1)
    right, bottom = int((box.right - page.box.x) * scale), int((box.bottom - page.box.y) * scale)
    inside = pixels[top:bottom, left:right]
    return inside.size > 0 and bool((inside == colour).all())


@contextmanager
def _hidden(handles: Sequence[Any]) -> Iterator[None]:
    """Switch objects off while the context is open."""
    for handle in handles:
        raw.FPDFPageObj_SetIsActive(handle, False)
    try:
        yield
    finally:
        for handle in handles:
            raw.FPDFPageObj_SetIsActive(handle, True)


PixelArray = npt.NDArray[np.uint8]
ROUNDING_ERROR = 1e-6
# The background is rendered with this margin around the text. Two parts are rendered together if that adds at most
# this many pixels, since each rendering has a fixed cost.
TEXT_MARGIN_PX, MAX_EXTRA_PIXELS = 4, 6000
MIN_RADIUS_PX = 0.5
"""A smaller blur radius has no effect."""


@dataclass(frozen=True)
class Layers:
    """A page rendered as two layers: the page without text, and the text alone.

    Attributes:
        drawn_background: The page without text, RGB; its resolution may be lower than that of the text.
        text_rgba: The text alone, RGBA with straight alpha, shaped (height, width, 4).
        box: The box of the page that both layers show.
        scale: Pixels per CSS px of ``text_rgba``.
    """

    drawn_background: Image.Image
    text_rgba: PixelArray
    box: Box
    scale: float

    @classmethod
    def of(cls, page: FinishedPage, scale: float) -> Layers:
        """Render both layers of a page at the same scale, in pixels per CSS px."""
        with _without_text(page):
            background = render_page_picture(page, scale)
        return cls(background, _render_text(page, scale), page.box, scale)

    @classmethod
    def with_coarse_background(
        cls, page: FinishedPage, canvas: PageCanvas, scale: float, background_scale: float
    ) -> Layers:
        """Render the layers of a page whose text is drawn last.

        The background is rendered at its own, lower scale and only around the text; elsewhere it is white.
        """
        with _without_text(page):
            background = _background_under_text(page, canvas, background_scale)
        return cls(background, _render_text(page, scale), page.box, scale)

    @cached_property
    def text_picture(self) -> Image.Image:
        """The text alone, RGBA."""
        return Image.fromarray(self.text_rgba)

    @cached_property
    def background(self) -> Image.Image:
        """The page without text, RGB, enlarged to the size of the text layer if needed."""
        if self.drawn_background.size == self.text_picture.size:
            return self.drawn_background
        return self.drawn_background.resize(self.text_picture.size, Image.Resampling.BILINEAR)

    def background_under(self, cut: tuple[int, int, int, int], blur_px: float, stride: int) -> PixelArray:
        """Return every ``stride``-th pixel of a part of the background, blurred.

        The blur uses only pixels of the part. If the background has a lower resolution, the part is blurred before it
        is enlarged.

        Args:
            cut: Left, top, right and bottom in pixels of the text layer.
            blur_px: Radius of the box blur, in pixels of the text layer.
            stride: Distance between the returned pixels.
        """
        if self.drawn_background.size == self.text_picture.size:
            return np.asarray(_blur(self.drawn_background.crop(cut), blur_px))[::stride, ::stride]
        across = self.drawn_background.width / self.text_picture.width
        down = self.drawn_background.height / self.text_picture.height
        left, top, right, bottom = cut[0] * across, cut[1] * down, cut[2] * across, cut[3] * down
        whole = (
            math.floor(left),
            math.floor(top),
            math.ceil(right - ROUNDING_ERROR),
            math.ceil(bottom - ROUNDING_ERROR),
        )
        part = self.drawn_background.crop(whole)
        size = (-(-(cut[2] - cut[0]) // stride), -(-(cut[3] - cut[1]) // stride))
        if part.getcolors(1):
            return np.broadcast_to(np.asarray(part)[0, 0], (size[1], size[0], 3))
        part = _blur(part, blur_px * across)
        box = (
            left - whole[0],
            top - whole[1],
            min(right - whole[0], part.width),
            min(bottom - whole[1], part.height),
        )
        return np.asarray(part.resize(size, Image.Resampling.BILINEAR, box=box))

    @cached_property
    def composite(self) -> Image.Image:
        """The text on its background, RGB: equal to the finished pixels if no letter is covered."""
        return Image.alpha_composite(self.background.convert("RGBA"), self.text_picture).convert("RGB")

    def to_pixels(self, box: Box, margin_px: int = 0) -> tuple[int, int, int, int] | None:
        """Convert a box of the page to left, top, right, bottom in pixels of the text layer; None if it is outside."""
        left = int((box.x - self.box.x) * self.scale) - margin_px
        top = int((box.y - self.box.y) * self.scale) - margin_px
        right = int(-(-(box.right - self.box.x) * self.scale // 1)) + margin_px
        bottom = int(-(-(box.bottom - self.box.y) * self.scale // 1)) + margin_px
        left, top = max(0, left), max(0, top)
        right, bottom = min(self.text_rgba.shape[1], right), min(self.text_rgba.shape[0], bottom)
        return (left, top, right, bottom) if right > left and bottom > top else None


def _render_text(page: FinishedPage, scale: float) -> PixelArray:
    with _only_text(page):
        return _render_transparent(page, scale)


def _background_under_text(page: FinishedPage, canvas: PageCanvas, scale: float) -> Image.Image:
    """Return the page without text, rendered only around the text and white elsewhere."""
    margin = TEXT_MARGIN_PX / scale
    parts = [box.enlarged(margin) for box in page.text_boxes.values()]
    whole = Image.new("RGB", canvas.size(scale), "white")
    for box in _merge_boxes(parts, MAX_EXTRA_PIXELS / scale**2):
        if shown := intersect_boxes([box, canvas.box]):
            drawn = canvas.region(shown, scale)
            per_px = whole.width / canvas.box.width, whole.height / canvas.box.height
            at = (
                round((drawn.box.x - canvas.box.x) * per_px[0]),
                round((drawn.box.y - canvas.box.y) * per_px[1]),
            )
            whole.paste(drawn.picture, at)
    return whole


def _merge_boxes(boxes: Sequence[Box], max_extra_area: float) -> list[Box]:
    """Merge two boxes if the box around both is at most ``max_extra_area`` larger than their areas together."""
    merged: list[Box] = []
    for box in sorted(boxes, key=lambda one: one.y):
        current = box
        for other in reversed(merged):
            both = bounding_box([current, other])
            separate_area = current.width * current.height + other.width * other.height
            if both.width * both.height <= separate_area + max_extra_area:
                merged.remove(other)
                current = both
        merged.append(current)
    return merged


def _blur(part: Image.Image, radius_px: float) -> Image.Image:
    return part if radius_px < MIN_RADIUS_PX else part.filter(ImageFilter.BoxBlur(radius_px))


def _only_text(page: FinishedPage, among: Collection[int] | None = None) -> AbstractContextManager[None]:
    """While the context is open, draw only the text of the page, or only the text objects in ``among``."""
    return _hidden(
        [
            drawn.handle
            for at, drawn in enumerate(page.objects)
            if drawn.kind != "text" or (among is not None and at not in among)
        ]
    )


def _without_text(page: FinishedPage) -> AbstractContextManager[None]:
    """While the context is open, draw everything except text."""
    return _hidden([drawn.handle for drawn in page.objects if drawn.kind == "text"])


def is_text_drawn_last(page: FinishedPage) -> bool:
    """Return whether nothing except text is drawn over a letter, judged by drawing order and bounding boxes.

    If True, no letter is covered. If False, a letter may be covered: only a comparison of pixels can show it.
    """
    if not page.letters:
        return True
    first = min(letter.object_index for letter in page.letters)
    later = [(at, drawn.box) for at, drawn in enumerate(page.objects) if drawn.kind != "text" and at > first]
    texts = page.text_boxes.items()
    overlapped = {text for at, box in later for text, whole in texts if at > text and box.overlaps(whole)}
    return not any(
        at > letter.object_index and box.overlaps(letter.box)
        for letter in page.letters
        if letter.object_index in overlapped
        for at, box in later
    )


def render_text_alpha(page: FinishedPage, objects: Collection[int], scale: float) -> PixelArray:
    """Render only some text objects, and return their alpha. ``scale`` is in pixels per CSS px."""
    with _only_text(page, objects):
        return np.ascontiguousarray(_render_transparent(page, scale)[..., 3])


def max_text_alpha(page: FinishedPage, objects: Collection[int], box: Box, scale: float) -> float:
    """Render only some text objects, and return the greatest alpha inside a box, 0 to 1."""
    per_pt = scale * PX_PER_PT
    across, down = (math.ceil(side * per_pt) for side in page.pdfium.get_size())
    left, top = (math.floor(side * scale) for side in (box.x - page.box.x, box.y - page.box.y))
    width, height = math.ceil(box.width * scale) + 2, math.ceil(box.height * scale) + 2
    with _only_text(page, objects):
        rgba = _render_transparent_part(page, (width, height), (-left, -top, across, down))
    return float(rgba[..., 3].max(initial=0)) / 255


def render_without(page: FinishedPage, objects: Iterable[int], scale: float) -> Image.Image:
    """Render the page without some objects, as RGB."""
    with _hidden([page.objects[at].handle for at in objects]):
        return render_page_picture(page, scale)


def render_page_picture(page: FinishedPage, scale: float) -> Image.Image:
    """Render the page as RGB, at a scale in pixels per CSS px."""
    bitmap = page.pdfium.render(scale=scale * PX_PER_PT, rev_byteorder=True, prefer_bgrx=True)
    picture: Image.Image = bitmap.to_pil()
    return picture.convert("RGB")


def _render_transparent(page: FinishedPage, scale: float) -> PixelArray:
    width, height = (math.ceil(side * scale * PX_PER_PT) for side in page.pdfium.get_size())
    return _render_transparent_part(page, (width, height), (0, 0, width, height))


def _render_transparent_part(
    page: FinishedPage, size: tuple[int, int], page_rect: tuple[int, int, int, int]
) -> PixelArray:
    """Render the page on a transparent background, as RGBA.

    PDFium draws into memory that is already zero. Clearing it would take time, although few pixels are drawn.

    Args:
        page: The page.
        size: Width and height of the bitmap, in pixels.
        page_rect: x, y, width and height of the whole page in the bitmap, in pixels.
    """
    width, height = size
    rgba: PixelArray = np.zeros((height, width, 4), np.uint8)
    memory = rgba.ctypes.data_as(ctypes.c_void_p)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGRA, memory, width * 4)
    flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
    try:
        raw.FPDF_RenderPageBitmap(bitmap, page.pdfium.raw, *page_rect, 0, flags)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return rgba
