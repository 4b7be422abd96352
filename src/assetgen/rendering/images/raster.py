"""Rasterise pages with PDFium, and encode the pixels within a channel's file size.

On a page that becomes pixels, large radial gradients are drawn as triangles (``mesh_gradients``), since that is faster.
PDFium calculates each pixel of a radial shading with a root and four divisions, in 30 ns. Across triangles it only
adds, in 3 ns (both measured). So each ring between two colour stops becomes a ring of triangles with the same linear
change of colour. PDFium's shading has 256 colour steps and is half a step early. Triangles have no steps, so they are
nearer to the exact gradient. On the campaign's files one pixel in five differs by 1 of 255, one in a thousand by 2. A
triangle's edge may be off by a pixel, so small gradients, which change much within a pixel, stay shadings. All
gradients of a PDF that is delivered stay shadings too.

A raster file contains the sRGB profile, the alt text and no other metadata; both count towards its size. A JPEG has at
least quality 80 at 4:4:4, a PNG at least 64 colours. Below that, letters get ragged edges. If the file is still too
large, the preflight checks report it.
"""

from __future__ import annotations

import hashlib
import io
import math
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from zlib_ng import zlib_ng

from assetgen.rendering.engine.weasyprint_private import radial_gradients
from assetgen.units import MAX_PIXELS, PT_PER_INCH, PX_PER_INCH

# Shape: height × width × 3 (RGB), from the top row down.
Pixels = NDArray[np.uint8]


def rasterise(pdf: bytes, width_px: int, height_px: int) -> Pixels:
    """Rasterise a page of ``width_px`` × ``height_px`` CSS px to exactly that many RGB pixels.

    Raises ValueError if the page has a different size.
    """
    document = pdfium.PdfDocument(pdf)
    try:
        page = document[0]
        # Three bytes a pixel, red first.
        bitmap = page.render(scale=PX_PER_INCH / PT_PER_INCH, rev_byteorder=True)
    finally:
        document.close()
    if (bitmap.width, bitmap.height) != (width_px, height_px):
        raise ValueError(
            f"the page has {bitmap.width} × {bitmap.height} px, expected {width_px} × {height_px}"
        )
    return np.ascontiguousarray(bitmap.to_numpy())


def page_sha256(pdf: bytes) -> str:
    """Return the sha256 of a page's RGB pixels at 72 dpi, or at less for a very large page."""
    document = pdfium.PdfDocument(pdf)
    try:
        page = document[0]
        width, height = page.get_size()
        scale = min(1.0, (MAX_PIXELS / (width * height)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
        return hashlib.sha256(bitmap.to_pil().convert("RGB").tobytes()).hexdigest()
    finally:
        document.close()


def pixels_sha256(pixels: Pixels) -> str:
    """Return the sha256 of an array of pixels."""
    return hashlib.sha256(pixels.data).hexdigest()


def picture_sha256(picture: Image.Image) -> str:
    """Return the sha256 of a picture's RGB(A) pixels, whatever its mode."""
    mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
    plain = picture if picture.mode == mode else picture.convert(mode)
    return hashlib.sha256(plain.tobytes()).hexdigest()


# Smaller gradients change by more than 1 of 255 within a pixel. On smaller pages triangles save little time.
MIN_RADIUS_PX = 240
MIN_PAGE_PX = 200_000
# Sectors of a ring. With 40, no chord is farther from the circle than a 600th of the radius.
SECTORS = 40
# PDFium omits a triangle from a row of pixels that passes exactly through one of its corners. Positions on a page are
# written to two decimals; this offset and this rotation keep all corners off the rows.
OFF_ROWS_PX = 0.0037
ROTATION_SECTORS = 0.377
# PDFium rounds a mesh's colours down to whole steps of 255. With half a step more they are rounded to the nearest.
HALF_STEP = 0.5 / 255
VERTEX = np.dtype([("flag", "u1"), ("xy", ">u4", 2), ("rgb", ">u2", 3)])
COORDINATE_MAX, COLOUR_MAX = 2**32 - 1, 2**16 - 1


def mesh_gradients(document: Any, pdf: Any) -> None:
    """Replace each large radial gradient that the engine wrote into a PDF by a triangle mesh.

    This is a ``finisher`` for WeasyPrint's ``write_pdf``: ``document`` is the laid-out document, ``pdf`` a pydyf PDF.
    """
    import pydyf

    page = document.pages[0]
    if page.width * page.height < MIN_PAGE_PX:
        return
    beyond = max(page.bleed.values()) + 1
    seen = (-beyond, -beyond, page.width + beyond, page.height + beyond)
    corners = [(x, y) for x in seen[::2] for y in seen[1::2]]
    for number, thing, stops in radial_gradients(pdf):
        x, y, _, _, _, radius = thing["Coords"]
        if radius < MIN_RADIUS_PX:
            continue
        reach = max(math.dist((x, y), corner) for corner in corners)
        rings = [(offset * radius, colour) for offset, colour in stops]
        # The last stop's colour extends to the farthest visible corner. The last ring is so large that its chords
        # do not cut that corner off.
        rings.append((max(reach, radius) / math.cos(math.pi / SECTORS), stops[-1][1]))
        low, high, vertices = _triangles(x, y + OFF_ROWS_PX, rings, seen)
        head = {
            "ShadingType": 4,
            "ColorSpace": thing["ColorSpace"],
            "BitsPerCoordinate": 32,
            "BitsPerComponent": 16,
            "BitsPerFlag": 8,
            "Decode": pydyf.Array([low, high, low, high, 0, 1, 0, 1, 0, 1]),
        }
        mesh = pydyf.Stream([vertices], extra=head)
        mesh.number = number
        pdf.objects[number] = mesh


def _triangles(
    x: float,
    y: float,
    rings: Sequence[tuple[float, Sequence[float]]],
    seen: tuple[float, float, float, float],
) -> tuple[float, float, bytes]:
    """Return the smallest and the largest coordinate, and the triangles between neighbouring rings as a PDF stream.

    ``rings`` are pairs of a radius and a colour. Triangles outside ``seen`` (left, top, right, bottom) are left out.
    """
    angles = 2 * math.pi * (np.arange(SECTORS + 1) + ROTATION_SECTORS) / SECTORS
    # The corners are a little outside the circle and the chords a little inside.
    radii = np.array([radius for radius, _ in rings]) / math.sqrt(math.cos(math.pi / SECTORS))
    points = np.array([x, y]) + radii[:, None, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    low, high = float(points.min()), float(points.max())
    colours = np.minimum(np.array([colour for _, colour in rings]) + HALF_STEP, 1.0) * COLOUR_MAX
    places = np.empty((len(rings) - 1, SECTORS, 6, 2))
    vertices = np.zeros(places.shape[:3], VERTEX)
    # Two triangles a sector: outer, next outer, inner; next outer, next inner, inner.
    for corner, (ring, step) in enumerate(((1, 0), (1, 1), (0, 0), (1, 1), (0, 1), (0, 0))):
        places[:, :, corner] = points[ring : len(rings) - 1 + ring, step : SECTORS + step]
        vertices["rgb"][:, :, corner] = colours[ring : len(rings) - 1 + ring, None]
    vertices["xy"] = (places - low) / (high - low) * COORDINATE_MAX
    triangles = places.reshape(-1, 3, 2)
    is_seen = (triangles.max(1) > seen[:2]).all(1) & (triangles.min(1) < seen[2:]).all(1)
    return low, high, vertices.reshape(-1, 3)[is_seen].tobytes()


JPEG_BEST, JPEG_MIN = 92, 80
WEBP_BEST, WEBP_MIN = 92, 80
NO_LIMIT = 1 << 62
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_RGB = 2  # the colour type of IHDR
# Flat colour, letters and gradients take less than half a byte a pixel; photographs more than one.
DRAWING_BYTES_PER_PX = 1.0
# zlib levels for drawings: level 9 takes four times as long as 4 and saves a sixth.
PNG_LEVEL, PNG_SMALLEST_LEVEL = 4, 9
PNG_COLOURS = (256, 192, 128, 96, 64)
# Bytes 24 to 35 of an ICC profile are its date (ICC.1, 7.2.8), which would change the file from day to day.
ICC_DATE = slice(24, 36)
ICC_DATE_BYTES = b"\x07\xea\x00\x01\x00\x01" + bytes(6)


@dataclass(frozen=True, slots=True)
class EncodedRaster:
    """An encoded raster file. ``quality`` says how it was encoded; it is empty if no pixel was changed."""

    content: bytes
    quality: dict[str, Any]

    @property
    def is_lossless(self) -> bool:
        """Return whether the file contains exactly the pixels that it was encoded from."""
        return not self.quality


@cache
def srgb_profile() -> bytes:
    """Return the sRGB profile (IEC 61966-2.1) with a fixed date."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[ICC_DATE] = ICC_DATE_BYTES
    return bytes(profile)


def xmp_packet(alt: str, locale: str) -> bytes:
    """Return an XMP packet with the alt text (IPTC Photo Metadata 2021.1, ``AltTextAccessibility``)."""
    languages = "".join(
        f"<rdf:li xml:lang={quoteattr(language)}>{escape(alt)}</rdf:li>" for language in ("x-default", locale)
    )
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">'
        f"<Iptc4xmpCore:AltTextAccessibility><rdf:Alt>{languages}</rdf:Alt></Iptc4xmpCore:AltTextAccessibility>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def encode(
    pixels: Pixels,
    file_format: str,
    alt: str,
    locale: str,
    max_bytes: int | None,
    recommended_max_bytes: int | None,
) -> EncodedRaster:
    """Encode RGB pixels in the best quality that fits the recommended size or, if none does, the hard limit.

    If no attempt fits the hard limit either, return the smallest file; the caller must compare its size with the limit.
    Raises KeyError for an unknown format.
    """
    limit = max_bytes if max_bytes is not None else NO_LIMIT
    recommended = min(limit, recommended_max_bytes if recommended_max_bytes is not None else NO_LIMIT)
    best_allowed: EncodedRaster | None = None
    smallest: EncodedRaster | None = None
    for attempt in ATTEMPTS[file_format](pixels, xmp_packet(alt, locale)):
        size_bytes = len(attempt.content)
        if size_bytes <= recommended:
            return attempt
        if size_bytes <= limit and best_allowed is None:
            best_allowed = attempt
        if smallest is None or size_bytes < len(smallest.content):
            smallest = attempt
    assert smallest is not None
    return best_allowed or smallest


def _png_attempts(pixels: Pixels, xmp: bytes) -> Iterator[EncodedRaster]:
    unfiltered = unfiltered_png(pixels, xmp)
    height, width, _ = pixels.shape
    is_drawing = len(unfiltered) < DRAWING_BYTES_PER_PX * width * height
    if is_drawing:
        yield EncodedRaster(unfiltered, {})
        yield EncodedRaster(unfiltered_png(pixels, xmp, PNG_SMALLEST_LEVEL), {})
    picture = Image.fromarray(pixels)
    if not is_drawing:
        # Row filters make photographs smaller.
        yield EncodedRaster(min(unfiltered, _save_png(picture, xmp), key=len), {})
    for colours in PNG_COLOURS:
        reduced = picture.quantize(
            colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG
        )
        yield EncodedRaster(_save_png(reduced, xmp, optimize=True), {"colours": colours})


def _jpeg_attempts(pixels: Pixels, xmp: bytes) -> Iterator[EncodedRaster]:
    picture = Image.fromarray(pixels)
    for quality in range(JPEG_BEST, JPEG_MIN - 1, -3):
        yield _lossy(picture, "JPEG", xmp, quality, {"subsampling": 0, "optimize": True})


def _webp_attempts(pixels: Pixels, xmp: bytes) -> Iterator[EncodedRaster]:
    picture = Image.fromarray(pixels)
    for quality in range(WEBP_BEST, WEBP_MIN - 1, -3):
        yield _lossy(picture, "WEBP", xmp, quality, {"method": 4})


# The attempts to encode each format, from the best quality to the smallest file.
ATTEMPTS: dict[str, Callable[[Pixels, bytes], Iterator[EncodedRaster]]] = {
    "png": _png_attempts,
    "jpg": _jpeg_attempts,
    "webp": _webp_attempts,
}


def _save_png(picture: Image.Image, xmp: bytes, **options: int) -> bytes:
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode())
    out = io.BytesIO()
    picture.save(out, "PNG", icc_profile=srgb_profile(), pnginfo=info, **options)
    return out.getvalue()


def unfiltered_png(pixels: Pixels, xmp: bytes, level: int = PNG_LEVEL) -> bytes:
    """Return RGB pixels as a PNG whose rows are not filtered.

    Pillow tries five filters on each row of an RGB picture. On flat colour, letters and gradients that takes three
    times as long, and the file is a third larger. So Pillow writes a file with one pixel, and this function replaces
    the size and the rows in it. Each row begins with the number of its filter: 0 for none (PNG, third edition, 9.2).
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = pixels.reshape(height, 3 * width)
    bodies = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, PNG_RGB, 0, 0, 0),
        b"IDAT": zlib_ng.compress(rows, level),
    }
    one_pixel = _save_png(Image.new("RGB", (1, 1)), xmp)
    return PNG_SIGNATURE + b"".join(_chunk(name, bodies.get(name, body)) for name, body in _chunks(one_pixel))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the body of each chunk of a PNG file."""
    at = len(PNG_SIGNATURE)
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += size + 12


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _lossy(
    picture: Image.Image, name: str, xmp: bytes, quality: int, options: Mapping[str, Any]
) -> EncodedRaster:
    out = io.BytesIO()
    picture.save(out, name, quality=quality, icc_profile=srgb_profile(), xmp=xmp, **options)
    return EncodedRaster(out.getvalue(), {"quality": quality})
