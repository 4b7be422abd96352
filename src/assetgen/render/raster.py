"""From a page to pixels, by PDFium."""

from __future__ import annotations

import hashlib

import pypdfium2 as pdfium
from PIL import Image

from assetgen.units import MOST_PIXELS, PT_PER_INCH, PX_PER_INCH


def rasterise(pdf: bytes, width_px: int, height_px: int) -> Image.Image:
    """Return a page of ``width_px`` × ``height_px`` CSS px as exactly that many pixels, RGB."""
    document = pdfium.PdfDocument(pdf)
    try:
        page = document[0]
        # Three bytes a pixel, red first: what Pillow takes as it is.
        picture: Image.Image = page.render(scale=PX_PER_INCH / PT_PER_INCH, rev_byteorder=True).to_pil()
    finally:
        document.close()
    if picture.size != (width_px, height_px):
        raise ValueError(f"page of {picture.size} px, not {width_px} × {height_px}")
    return picture


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


def pixels_sha256(picture: Image.Image) -> str:
    """Return the sha256 of a picture's RGB(A) pixels."""
    mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
    plain = picture if picture.mode == mode else picture.convert(mode)
    return hashlib.sha256(plain.tobytes()).hexdigest()
