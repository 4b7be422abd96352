"""The finished pixels of an asset, whole or in part, of a raster file or of a PDF's page.

Everything is named in CSS px of the page, from the trim's top left corner, y downwards: a raster file has
one pixel a CSS px; a page is drawn at the scale that is asked for, never as a whole with more than
``MOST_PIXELS``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import pypdfium2 as pdfium
from PIL import Image

from assetgen.geometry import Box
from assetgen.units import MOST_PIXELS, PT_PER_INCH, PX_PER_INCH

PX_PER_PT = PX_PER_INCH / PT_PER_INCH


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part of a finished asset in pixels: RGB, the page's box that it shows, pixels per CSS px."""

    picture: Image.Image
    box: Box
    scale: float


class Canvas(Protocol):
    """Finished pixels. ``box`` is the whole of them, with the bleed."""

    @property
    def box(self) -> Box: ...

    def view(self, most_side_px: int) -> Drawn:
        """Return the whole, no side longer than this, and no larger than one pixel a CSS px."""

    def region(self, box: Box, scale: float) -> Drawn:
        """Return the part inside a box; a raster file has it at a scale of 1 alone, whatever is asked."""


class RasterCanvas:
    """The pixels of a raster file, decoded once."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture if picture.mode == "RGB" else picture.convert("RGB")
        self.box = Box(0.0, 0.0, float(picture.width), float(picture.height))

    def view(self, most_side_px: int) -> Drawn:
        scale = min(1.0, most_side_px / max(self._picture.size))
        if scale == 1.0:
            return Drawn(self._picture, self.box, 1.0)
        size = (
            max(1, round(self._picture.width * scale)),
            max(1, round(self._picture.height * scale)),
        )
        return Drawn(self._picture.resize(size, Image.Resampling.BOX), self.box, scale)

    def region(self, box: Box, scale: float) -> Drawn:
        left, top = max(0, math.floor(box.x)), max(0, math.floor(box.y))
        right = min(self._picture.width, math.ceil(box.right))
        bottom = min(self._picture.height, math.ceil(box.bottom))
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        cut = self._picture.crop((left, top, right, bottom))
        return Drawn(cut, Box(left, top, right - left, bottom - top), 1.0)


class PageCanvas:
    """The pixels of a PDF's page, drawn by PDFium as they are asked for.

    ``page`` stays the caller's to close. ``trim_left``, ``trim_top`` are the trim's corner in pt from the
    left and the top of what is drawn.
    """

    def __init__(self, page: pdfium.PdfPage, trim_left: float, trim_top: float) -> None:
        self._page = page
        width, height = page.get_size()
        self.box = Box(-trim_left * PX_PER_PT, -trim_top * PX_PER_PT, width * PX_PER_PT, height * PX_PER_PT)

    def view(self, most_side_px: int) -> Drawn:
        scale = min(1.0, most_side_px / max(self.box.width, self.box.height))
        return self._drawn(self.box, scale)

    def region(self, box: Box, scale: float) -> Drawn:
        left, top = max(box.x, self.box.x), max(box.y, self.box.y)
        right, bottom = min(box.right, self.box.right), min(box.bottom, self.box.bottom)
        inside = Box(left, top, max(right - left, 1 / scale), max(bottom - top, 1 / scale))
        return self._drawn(inside, scale)

    def _drawn(self, box: Box, scale: float) -> Drawn:
        most = math.sqrt(MOST_PIXELS / max(1.0, box.width * box.height))
        scale = min(scale, most)
        crop = (
            (box.x - self.box.x) / PX_PER_PT,
            (self.box.bottom - box.bottom) / PX_PER_PT,
            (self.box.right - box.right) / PX_PER_PT,
            (box.y - self.box.y) / PX_PER_PT,
        )
        bitmap = self._page.render(scale=scale * PX_PER_PT, crop=crop, rev_byteorder=True, prefer_bgrx=True)
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        return Drawn(picture, box, scale)
