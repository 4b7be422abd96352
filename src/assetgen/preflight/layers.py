"""Three pictures of one page: without its words, its words alone, and the finished file.

If the finished pixels are the page without words with the words put on top, then the file is the page, and
no letter is covered (proof notes 1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image
from pypdfium2 import raw

from assetgen.geometry import Box
from assetgen.preflight.page import Page
from assetgen.units import PX_PER_PT

Grey = npt.NDArray[np.uint8]
Colours = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Layers:
    """``ground`` is the page without words (RGB), ``letters`` the words alone (RGBA, straight alpha).

    Both show the page's ``box`` at ``scale`` pixels a CSS px.
    """

    ground: Image.Image
    letters: Image.Image
    box: Box
    scale: float

    @classmethod
    def of(cls, page: Page, scale: float, ground_scale: float | None = None) -> Layers:
        """Return the layers of a page; the ground drawn at a coarser scale, if one is given, and enlarged."""
        with only(page, text=False):
            ground = _render(page, ground_scale or scale, clear=False)
        with only(page, text=True):
            letters = _render(page, scale, clear=True)
        if ground.size != letters.size:
            ground = ground.resize(letters.size, Image.Resampling.BILINEAR)
        return cls(ground, letters, page.box, scale)

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
        right, bottom = min(self.ground.width, right), min(self.ground.height, bottom)
        return (left, top, right, bottom) if right > left and bottom > top else None


@contextmanager
def only(page: Page, *, text: bool, among: Iterable[int] | None = None) -> Iterator[None]:
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


def is_words_last(page: Page) -> bool:
    """Say whether nothing but words is drawn over any letter: then none can be covered.

    By the order of drawing and the boxes of what is drawn; where they meet, only pixels can tell.
    """
    if not page.letters:
        return True
    first = min(letter.object for letter in page.letters)
    over = [(at, drawn.box) for at, drawn in enumerate(page.objects) if drawn.kind != "text" and at > first]
    return not any(
        at > letter.object and box.meets(letter.box) for at, box in over for letter in page.letters
    )


def letters_alone(page: Page, objects: Iterable[int], scale: float) -> Grey:
    """Return the alpha of some text objects drawn alone, at a scale of pixels a CSS px."""
    with only(page, text=True, among=objects):
        return np.asarray(_render(page, scale, clear=True).getchannel("A"))


def page_picture(page: Page, scale: float) -> Image.Image:
    """Return the page as it is drawn, RGB."""
    return _render(page, scale, clear=False)


def _render(page: Page, scale: float, *, clear: bool) -> Image.Image:
    if clear:
        bitmap = page.pdfium.render(scale=scale * PX_PER_PT, rev_byteorder=True, fill_color=(0, 0, 0, 0))
    else:
        bitmap = page.pdfium.render(scale=scale * PX_PER_PT, rev_byteorder=True, prefer_bgrx=True)
    picture: Image.Image = bitmap.to_pil()
    return picture.convert("RGBA" if clear else "RGB")
