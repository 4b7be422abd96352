"""Three pictures of one page: without its words, its words alone, and the finished file.

If the finished pixels are the page without words with the words put on top, then the file is the page, and
no letter is covered (proof notes 1).
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter
from pypdfium2 import raw

from assetgen.geometry import Box, around
from assetgen.preflight.pdf.canvas import PageCanvas
from assetgen.preflight.pdf.finished_page import FinishedPage
from assetgen.preflight.pdf.page_objects import common
from assetgen.units import PX_PER_PT

Grey = npt.NDArray[np.uint8]
Colours = npt.NDArray[np.uint8]
HAIR = 1e-6
# A ground is drawn so far around its words; two parts are drawn as one where that is no more than so many pixels.
NEAR_PX, APART_PX = 4, 6000
LEAST_RADIUS_PX = 0.5
"""Smoothing by less than this changes nothing."""


@dataclass(frozen=True)
class Layers:
    """``drawn_ground`` is the page without words (RGB), ``inks`` the words alone (RGBA, straight alpha).

    Both show the page's ``box``; the words at ``scale`` pixels a CSS px, the ground as large or coarser.
    """

    drawn_ground: Image.Image
    inks: Colours
    box: Box
    scale: float

    @classmethod
    def of(cls, page: FinishedPage, scale: float) -> Layers:
        """Return the layers of a page."""
        with only(page, text=False):
            ground = _render(page, scale)
        return cls(ground, _inks(page, scale), page.box, scale)

    @classmethod
    def bare(cls, page: FinishedPage, canvas: PageCanvas, scale: float, ground_scale: float) -> Layers:
        """Return the layers of a page whose words lie on top: the ground coarse, and drawn under the words alone."""
        with only(page, text=False):
            ground = _ground_under_words(page, canvas, ground_scale)
        return cls(ground, _inks(page, scale), page.box, scale)

    @cached_property
    def letters(self) -> Image.Image:
        """Return the words alone."""
        return Image.fromarray(self.inks)

    @cached_property
    def ground(self) -> Image.Image:
        """Return the page without words, as large as the words."""
        if self.drawn_ground.size == self.letters.size:
            return self.drawn_ground
        return self.drawn_ground.resize(self.letters.size, Image.Resampling.BILINEAR)

    def ground_under(self, cut: tuple[int, int, int, int], blur_px: float, stride: int) -> Colours:
        """Return every ``stride``-th pixel of a part of the ground, smoothed; beyond the part its edge goes on.

        Of a ground that is coarse the part alone is smoothed as it is, and no more of it enlarged than is asked for.
        """
        if self.drawn_ground.size == self.letters.size:
            return np.asarray(_smoothed(self.drawn_ground.crop(cut), blur_px))[::stride, ::stride]
        across = self.drawn_ground.width / self.letters.width
        down = self.drawn_ground.height / self.letters.height
        left, top, right, bottom = cut[0] * across, cut[1] * down, cut[2] * across, cut[3] * down
        whole = (math.floor(left), math.floor(top), math.ceil(right - HAIR), math.ceil(bottom - HAIR))
        part = self.drawn_ground.crop(whole)
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
        """Return the words put on their ground: what the finished pixels are when nothing covers a letter."""
        return Image.alpha_composite(self.ground.convert("RGBA"), self.letters).convert("RGB")

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
    with only(page, text=True):
        return _whole_clear(page, scale)


def _ground_under_words(page: FinishedPage, canvas: PageCanvas, scale: float) -> Image.Image:
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
    return part if radius_px < LEAST_RADIUS_PX else part.filter(ImageFilter.BoxBlur(radius_px))


@contextmanager
def only(page: FinishedPage, *, text: bool, among: Iterable[int] | None = None) -> Iterator[None]:
    """Let the page draw its words alone, or all but its words; of the words, those of these objects alone."""
    chosen = None if among is None else set(among)
    for index, drawn in enumerate(page.objects):
        is_text = drawn.kind == "text"
        active = is_text is text and (chosen is None or not is_text or index in chosen)
        raw.FPDFPageObj_SetIsActive(drawn.handle, active)
    try:
        yield
    finally:
        for drawn in page.objects:
            raw.FPDFPageObj_SetIsActive(drawn.handle, True)


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


def letters_alone(page: FinishedPage, objects: Iterable[int], scale: float) -> Grey:
    """Return the alpha of some text objects drawn alone, at a scale of pixels a CSS px."""
    with only(page, text=True, among=objects):
        return np.ascontiguousarray(_whole_clear(page, scale)[..., 3])


def densest_ink(page: FinishedPage, objects: Iterable[int], box: Box, scale: float) -> float:
    """Return the alpha, 0 to 1, of the densest ink that some text objects have in a box, drawn at a scale."""
    per_pt = scale * PX_PER_PT
    across, down = (math.ceil(side * per_pt) for side in page.pdfium.get_size())
    left, top = (math.floor(side * scale) for side in (box.x - page.box.x, box.y - page.box.y))
    width, height = math.ceil(box.width * scale) + 2, math.ceil(box.height * scale) + 2
    with only(page, text=True, among=objects):
        inks = _drawn_clear(page, (width, height), (-left, -top, across, down))
    return float(inks[..., 3].max(initial=0)) / 255


def page_without(page: FinishedPage, objects: Iterable[int], scale: float) -> Image.Image:
    """Return the page as it is drawn without some objects, RGB."""
    hidden = [page.objects[at].handle for at in objects]
    for handle in hidden:
        raw.FPDFPageObj_SetIsActive(handle, False)
    try:
        return _render(page, scale)
    finally:
        for handle in hidden:
            raw.FPDFPageObj_SetIsActive(handle, True)


def page_picture(page: FinishedPage, scale: float) -> Image.Image:
    """Return the page as it is drawn, RGB."""
    return _render(page, scale)


def _render(page: FinishedPage, scale: float) -> Image.Image:
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
