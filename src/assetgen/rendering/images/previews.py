"""Copies of finished files: thumbnails, and specimens with the word SPECIMEN across each page.

The word's letters are drawn as strokes, the same in pixels, PDF and SVG, so no font is needed. They run across the page
from corner to corner. They are dark with a light rim, so that they show on any background.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from itertools import pairwise

import pikepdf
import pypdfium2
from PIL import Image, ImageDraw

from assetgen.geometry import decimal
from assetgen.rendering.images.raster import srgb_profile

RASTER_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
WHITE = (255, 255, 255)


def draw_thumbnail(content: bytes, format_: str, box: tuple[int, int]) -> Image.Image:
    """Return a file's picture in RGB, no larger than ``box`` (width and height in pixels).

    A PDF is shown by its first page, cropped to the trim. Raises OSError, ValueError, SyntaxError, MemoryError or
    DecompressionBombError for a file that cannot be drawn.
    """
    return _draw_pdf(content, box) if format_ == "pdf" else _draw_raster(content, format_, box)


def _draw_raster(content: bytes, format_: str, box: tuple[int, int]) -> Image.Image:
    """Return the picture in RGB, no larger than ``box`` and never enlarged.

    Raises ValueError for a format that is not a raster format, OSError for a file that Pillow cannot read.
    """
    if format_ not in RASTER_FORMATS:
        raise ValueError(f"cannot draw a thumbnail of a {format_} file")
    with Image.open(io.BytesIO(content), formats=[RASTER_FORMATS[format_]]) as image:
        # A JPEG is decoded at a fraction of its size. Transparency needs the full depth first.
        image.draft("RGB", box)
        picture = on_white(image)
    factor = int(min(picture.width / box[0], picture.height / box[1]) / 2)
    if factor > 1:
        picture = picture.reduce(factor)
    picture.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=None)
    return picture


def on_white(image: Image.Image) -> Image.Image:
    """Convert an image to RGB; transparent areas become white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    background = Image.new("RGB", layer.size, WHITE)
    background.paste(layer, mask=layer.getchannel("A"))
    return background


def _draw_pdf(content: bytes, box: tuple[int, int]) -> Image.Image:
    """Draw the first page, cropped to its trim and as large as fits into ``box``.

    Raises ValueError if PDFium cannot read the file.
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
            raise ValueError("the page has no area inside its trim")
        scale = min(box[0] / width_pt, box[1] / height_pt)
        image: Image.Image = page.render(scale=scale, crop=crop).to_pil().convert("RGB")
        return image
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ValueError(str(error)) from error
    finally:
        document.close()


def _bleed_pt(page: pypdfium2.PdfPage) -> tuple[float, float, float, float]:
    """Return the width of the area outside the trim as (left, bottom, right, top) in points.

    All are 0 if the page is rotated (its boxes are not), or if the trim is not inside the page.
    """
    outer, trim = page.get_cropbox(), page.get_trimbox()
    edges = (trim[0] - outer[0], trim[1] - outer[1], outer[2] - trim[2], outer[3] - trim[3])
    if page.get_rotation() or min(edges) < 0:
        return (0.0, 0.0, 0.0, 0.0)
    return edges


WORD = "SPECIMEN"
Stroke = tuple[tuple[float, float], ...]
# Each letter's strokes in a box 0.6 wide and 1 high, y downwards.
LETTERS: dict[str, tuple[Stroke, ...]] = {
    "S": (((0.6, 0.14), (0.45, 0), (0.15, 0), (0, 0.14), (0, 0.36), (0.14, 0.5), (0.46, 0.5), (0.6, 0.64),
           (0.6, 0.86), (0.45, 1), (0.15, 1), (0, 0.86)),),
    "P": (((0, 1), (0, 0), (0.44, 0), (0.6, 0.15), (0.6, 0.4), (0.44, 0.55), (0, 0.55)),),
    "E": (((0.6, 0), (0, 0), (0, 1), (0.6, 1)), ((0, 0.5), (0.5, 0.5))),
    "C": (((0.6, 0.16), (0.45, 0), (0.15, 0), (0, 0.16), (0, 0.84), (0.15, 1), (0.45, 1), (0.6, 0.84)),),
    "I": (((0, 0), (0, 1)),),
    "M": (((0, 1), (0, 0), (0.3, 0.6), (0.6, 0), (0.6, 1)),),
    "N": (((0, 1), (0, 0), (0.6, 1), (0.6, 0)),),
}  # fmt: skip
WIDTHS = [max(x for stroke in LETTERS[letter] for x, _ in stroke) for letter in WORD]
GAP, PEN, RIM = 0.32, 0.15, 0.27
"""The gap between two letters and the widths of the two strokes, as shares of the letters' height."""
STARTS = [sum(WIDTHS[:place]) + GAP * place for place in range(len(WORD))]
LENGTH = STARTS[-1] + WIDTHS[-1]
SHARE = 0.92
"""The share of the page's width and height that the word with its rim may take."""
INK, PAPER = (176, 0, 32), (255, 255, 255)
JPEG_QUALITY = 90
VIEW_BOX = re.compile(rb'viewBox="([-0-9. ]+)"')


def mark_specimen(content: bytes, file_format: str) -> bytes:
    """Return a finished file with SPECIMEN across each page or picture. The same file gives the same bytes.

    ``file_format`` is that of the manifest: png, jpg, webp, pdf or svg. Raises KeyError for any other.
    """
    return {"png": _picture, "jpg": _picture, "webp": _picture, "pdf": _pdf, "svg": _svg}[file_format](
        content
    )


def _strokes(width: float, height: float) -> tuple[list[Stroke], float]:
    """Return the word's strokes on a canvas of this size (y downwards), and the height of its letters.

    The word runs from corner to corner. On a long, narrow canvas it runs along the longer side.
    """
    angle = math.atan2(height, width)
    is_narrow = min(width, height) / max(width, height) < 1 / 3
    if is_narrow:
        angle = 0.0 if width >= height else math.pi / 2
    cos, sin = math.cos(angle), math.sin(angle)
    long, high = LENGTH + RIM, 1 + RIM
    size = SHARE * min(width / (long * cos + high * sin), height / (long * sin + high * cos))
    size = min(size, min(width, height) / 2)

    def at(x: float, y: float) -> tuple[float, float]:
        along, across = (x - LENGTH / 2) * size, (y - 0.5) * size
        return width / 2 + along * cos + across * sin, height / 2 - along * sin + across * cos

    strokes = [
        tuple(at(x + STARTS[place], y) for x, y in stroke)
        for place, letter in enumerate(WORD)
        for stroke in LETTERS[letter]
    ]
    return strokes, size


def _picture(content: bytes) -> bytes:
    """Return a PNG, JPEG or WebP with the word across it. It keeps its profile and its alt text."""
    with Image.open(io.BytesIO(content)) as opened:
        kind, info = str(opened.format), dict(opened.info)
        picture = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    pen = ImageDraw.Draw(picture)
    strokes, size = _strokes(picture.width, picture.height)
    for colour, width in ((PAPER, RIM * size), (INK, PEN * size)):
        radius = width / 2
        for stroke in strokes:
            for (x, y), (to_x, to_y) in pairwise(stroke):
                pen.line((x, y, to_x, to_y), fill=colour, width=max(1, round(width)))
            for x, y in stroke:
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    out = io.BytesIO()
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    options: dict[str, object] = {"icc_profile": info.get("icc_profile") or srgb_profile()}
    if kind == "PNG":
        options["pnginfo"] = _alt_chunk(xmp)
    elif xmp:
        options["xmp"] = xmp if isinstance(xmp, bytes) else xmp.encode()
    if kind == "JPEG":
        options |= {"quality": JPEG_QUALITY, "subsampling": 0}
    picture.save(out, kind, **options)
    return out.getvalue()


def _alt_chunk(xmp: bytes | str) -> object:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if xmp:
        info.add_itxt("XML:com.adobe.xmp", xmp.decode() if isinstance(xmp, bytes) else xmp)
    return info


def _pdf(content: bytes) -> bytes:
    """Return a PDF with the word across each page: as visible strokes, and as text for search and screen readers."""
    with pikepdf.open(io.BytesIO(content)) as document:
        font = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Helvetica")
            )
        )
        for page in document.pages:
            left, bottom, right, top = (float(edge) for edge in page.trimbox)
            # A fixed name: pikepdf would choose a random one, and the bytes would differ each time.
            name = page.add_resource(font, pikepdf.Name.Font, pikepdf.Name("/Specimen"))
            drawing = _pdf_drawing(left, bottom, right - left, top - bottom, str(name))
            page.contents_add(pikepdf.Stream(document, b"q"), prepend=True)
            page.contents_add(pikepdf.Stream(document, b"Q " + drawing), prepend=False)
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
    return out.getvalue()


def _pdf_drawing(left: float, bottom: float, width: float, height: float, font: str) -> bytes:
    strokes, size = _strokes(width, height)
    lines = ["/Artifact BMC q 1 J 1 j"]
    for colour, pen in ((PAPER, RIM * size), (INK, PEN * size)):
        lines.append(" ".join(decimal(value / 255) for value in colour) + f" RG {decimal(pen)} w")
        for stroke in strokes:
            points = [f"{decimal(left + x)} {decimal(bottom + height - y)}" for x, y in stroke]
            lines.append(f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " S")
    x, y = strokes[0][0]
    lines.append("Q EMC")
    # Text rendering mode 3 is invisible (ISO 32000-1, 9.3.6): this text can be searched, the strokes are visible.
    lines.append(
        f"q BT 3 Tr {font} {decimal(size)} Tf {decimal(left + x)} {decimal(bottom + height - y)} Td ({WORD}) Tj ET Q"
    )
    return " ".join(lines).encode()


def _svg(content: bytes) -> bytes:
    """Return one of assetgen's own SVGs (a QR code) with the word across it and at the start of its title."""
    found = VIEW_BOX.search(content)
    if found is None or b"</svg>" not in content:
        raise ValueError("the SVG has no viewBox, or no closing </svg>")
    left, top, width, height = (float(edge) for edge in found[1].split())
    strokes, size = _strokes(width, height)
    path = " ".join(_svg_path(stroke, left, top) for stroke in strokes)
    drawn = "".join(
        f'<path fill="none" stroke="#{colour[0]:02X}{colour[1]:02X}{colour[2]:02X}" stroke-width="{decimal(pen)}"'
        f' stroke-linecap="round" stroke-linejoin="round" d="{path}"/>'
        for colour, pen in ((PAPER, RIM * size), (INK, PEN * size))
    )
    head, _, tail = content.rpartition(b"</svg>")
    head = head.replace(b"<title>", b"<title>" + WORD.encode() + b": ", 1)
    return head + drawn.encode() + b"</svg>" + tail


def _svg_path(stroke: Stroke, left: float, top: float) -> str:
    points: Iterator[str] = (f"{decimal(left + x)} {decimal(top + y)}" for x, y in stroke)
    return "M" + "L".join(points)
