"""How a finished file looks, in a few hundred bytes: what a lock keeps of a picture, and how two are compared.

A look is a grid of means: 16 × 16 of luma, 4 × 4 of each chroma (Y'CbCr of JPEG), each 0 to 255, whatever the shape
of the picture. Another engine sets an edge a fraction of a pixel elsewhere, which moves no mean by much; a logo that
is gone, a line of words that is broken elsewhere, another colour move some by more.
"""

from __future__ import annotations

import io

import pypdfium2
from PIL import Image

from assetgen.errors import RenderError
from assetgen.findings import Finding

CELLS, CHROMA_CELLS = 16, 4
LOOK_BYTES = CELLS**2 + 2 * CHROMA_CELLS**2
LONG_SIDE_PX = 640
"""How large a PDF's page is drawn for its look."""
MOST_IN_A_CELL = 8
MOST_IN_THE_MEAN = 1.0
"""The tolerance, of 255: no cell differs by more than the first, all together by no more than the second."""
RASTER_FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}


def look_of(content: bytes, format_: str) -> bytes | None:
    """Return the look of a finished file, None of an SVG, which is lines and no pixels. Raises RenderError."""
    picture = picture_of(content, format_, LONG_SIDE_PX)
    if picture is None:
        return None
    luma, *chroma = picture.convert("YCbCr").split()
    grid = [luma.resize((CELLS, CELLS), Image.Resampling.BOX)]
    grid += [band.resize((CHROMA_CELLS, CHROMA_CELLS), Image.Resampling.BOX) for band in chroma]
    return b"".join(band.tobytes() for band in grid)


def looks_alike(one: bytes | None, other: bytes | None) -> bool:
    """Say whether two looks are one picture within the tolerance."""
    if one is None or other is None:
        return one is other
    gaps = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return max(gaps) <= MOST_IN_A_CELL and sum(gaps) / len(gaps) <= MOST_IN_THE_MEAN


def picture_of(content: bytes, format_: str, page_px: int) -> Image.Image | None:
    """Return a finished file as a picture in RGB, on white; of a PDF its first page, ``page_px`` on its long side.

    None of an SVG. Raises RenderError where the file cannot be read.
    """
    if format_ == "svg":
        return None
    try:
        if format_ == "pdf":
            return _page_of(content, page_px)
        with Image.open(io.BytesIO(content), formats=[RASTER_FORMATS[format_]]) as image:
            layer = image.convert("RGBA")
            ground = Image.new("RGB", layer.size, (255, 255, 255))
            ground.paste(layer, mask=layer.getchannel("A"))
            return ground
    except (OSError, ValueError, SyntaxError, LookupError, Image.DecompressionBombError) as error:
        raise RenderError(
            Finding("file-altered", f"the file cannot be read as a {format_}: {error}")
        ) from error


def _page_of(content: bytes, page_px: int) -> Image.Image:
    """Draw the first page of a PDF. Raises ValueError."""
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            page = document[0]
            scale = page_px / max(page.get_width(), page.get_height(), 1.0)
            picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
            return picture
        finally:
            document.close()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ValueError(str(error)) from error
