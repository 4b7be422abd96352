"""A small picture of a finished file, for whoever looks at many of them: the gallery, a pack's first page."""

from __future__ import annotations

import io

import pypdfium2
from PIL import Image

RASTER_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
WHITE = (255, 255, 255)


def draw_thumbnail(content: bytes, format_: str, box: tuple[int, int]) -> Image.Image:
    """Return a file's picture in RGB within ``box`` (pixels): a PDF's first page, cut to its trim.

    Raises OSError, ValueError, SyntaxError, MemoryError or DecompressionBombError for what cannot be drawn.
    """
    return _draw_pdf(content, box) if format_ == "pdf" else _draw_raster(content, format_, box)


def _draw_raster(content: bytes, format_: str, box: tuple[int, int]) -> Image.Image:
    """Return the picture in RGB within ``box``, never enlarged.

    Raises ValueError for a format that is no raster, OSError for a file that Pillow cannot read.
    """
    if format_ not in RASTER_FORMATS:
        raise ValueError(f"no thumbnail is drawn of a {format_} file")
    with Image.open(io.BytesIO(content), formats=[RASTER_FORMATS[format_]]) as image:
        # JPEG is decoded at a fraction of its size already; transparency needs full depth first.
        image.draft("RGB", box)
        picture = _on_white(image)
    factor = int(min(picture.width / box[0], picture.height / box[1]) / 2)
    if factor > 1:
        picture = picture.reduce(factor)
    picture.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=None)
    return picture


def _on_white(image: Image.Image) -> Image.Image:
    """Return the image in RGB, laid on white where it is transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGB", layer.size, WHITE)
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _draw_pdf(content: bytes, box: tuple[int, int]) -> Image.Image:
    """Return the first page, cut to its trim, within ``box``: drawn at that size, never larger.

    Raises PdfiumError (a RuntimeError) turned into ValueError for a file that PDFium cannot read.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise ValueError(str(error)) from error
    try:
        page = document[0]
        crop = _bleed_pt(page)
        width_pt = page.get_width() - crop[0] - crop[2]
        height_pt = page.get_height() - crop[1] - crop[3]
        if min(width_pt, height_pt) <= 0:
            raise ValueError("the page has no size")
        scale = min(box[0] / width_pt, box[1] / height_pt)
        image: Image.Image = page.render(scale=scale, crop=crop).to_pil().convert("RGB")
        return image
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ValueError(str(error)) from error
    finally:
        document.close()


def _bleed_pt(page: pypdfium2.PdfPage) -> tuple[float, float, float, float]:
    """Return what lies outside the trim as (left, bottom, right, top) in points.

    Nothing where the page is turned (its boxes are not) or the trim does not lie within the page.
    """
    outer, trim = page.get_cropbox(), page.get_trimbox()
    edges = (trim[0] - outer[0], trim[1] - outer[1], outer[2] - trim[2], outer[3] - trim[3])
    if page.get_rotation() or min(edges) < 0:
        return (0.0, 0.0, 0.0, 0.0)
    return edges
