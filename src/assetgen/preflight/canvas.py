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
from assetgen.units import MOST_PIXELS, PX_PER_PT


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
        # Whole pixels taken together: five times as quick as any other size.
        together = math.ceil(max(self._picture.size) / most_side_px)
        if together <= 1:
            return Drawn(self._picture, self.box, 1.0)
        small = self._picture.reduce(together)
        shown = Box(0.0, 0.0, float(small.width * together), float(small.height * together))
        return Drawn(small, shown, 1 / together)

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
        self._width_pt, self._height_pt = page.get_size()
        self.box = Box(
            -trim_left * PX_PER_PT,
            -trim_top * PX_PER_PT,
            self._width_pt * PX_PER_PT,
            self._height_pt * PX_PER_PT,
        )

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
        # PDFium stretches the page to whole pixels, and only whole pixels can be cut off: the box that is
        # told is the one that was drawn, not the one that was asked for.
        per_pt = scale * PX_PER_PT
        whole_width = math.ceil(self._width_pt * per_pt)
        whole_height = math.ceil(self._height_pt * per_pt)
        across, down = whole_width / self.box.width, whole_height / self.box.height
        left = _pixel(box.x - self.box.x, across, whole_width - 1)
        top = _pixel(box.y - self.box.y, down, whole_height - 1)
        right = max(left + 1, whole_width - _pixel(self.box.right - box.right, across, whole_width))
        bottom = max(top + 1, whole_height - _pixel(self.box.bottom - box.bottom, down, whole_height))
        cut_off = (left, whole_height - bottom, whole_width - right, top)
        # pypdfium2 takes lengths in pt and rounds them up: half a pixel less is rounded to the pixel that is meant.
        crop = tuple(max(0.0, (pixels - 0.5) / per_pt) for pixels in cut_off)
        bitmap = self._page.render(scale=per_pt, crop=crop, rev_byteorder=True, prefer_bgrx=True)
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        drawn = Box(
            self.box.x + left / across,
            self.box.y + top / down,
            (right - left) / across,
            (bottom - top) / down,
        )
        return Drawn(picture, drawn, scale)


def _pixel(length: float, scale: float, most: int) -> int:
    """Return the whole pixels inside a length; a hair less than a pixel counts as one."""
    return min(most, max(0, math.floor(length * scale + 1e-6)))
