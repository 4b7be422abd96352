"""From a page to pixels, by PDFium."""

from __future__ import annotations

import hashlib

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image

from assetgen.units import MOST_PIXELS, PT_PER_INCH, PX_PER_INCH

# Rows of pixels from the top, each of RGB.
Pixels = NDArray[np.uint8]


def rasterise(pdf: bytes, width_px: int, height_px: int) -> Pixels:
    """Return a page of ``width_px`` × ``height_px`` CSS px as exactly that many pixels, RGB."""
    document = pdfium.PdfDocument(pdf)
    try:
        page = document[0]
        # Three bytes a pixel, red first.
        bitmap = page.render(scale=PX_PER_INCH / PT_PER_INCH, rev_byteorder=True)
    finally:
        document.close()
    if (bitmap.width, bitmap.height) != (width_px, height_px):
        raise ValueError(f"page of {(bitmap.width, bitmap.height)} px, not {width_px} × {height_px}")
    return np.ascontiguousarray(bitmap.to_numpy())


def page_sha256(pdf: bytes) -> str:
    """Return the sha256 of a page's RGB pixels at 72 dpi: what the eye would compare, whatever the bytes."""
    document = pdfium.PdfDocument(pdf)
    try:
        page = document[0]
        width, height = page.get_size()
        scale = min(1.0, (MOST_PIXELS / (width * height)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
        return hashlib.sha256(bitmap.to_pil().convert("RGB").tobytes()).hexdigest()
    finally:
        document.close()


def pixels_sha256(pixels: Pixels) -> str:
    """Return the sha256 of pixels."""
    return hashlib.sha256(pixels.data).hexdigest()


def picture_sha256(picture: Image.Image) -> str:
    """Return the sha256 of a picture's RGB(A) pixels, however they are kept."""
    mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
    plain = picture if picture.mode == mode else picture.convert(mode)
    return hashlib.sha256(plain.tobytes()).hexdigest()
