"""Pictures as cameras, editors and attackers make them: bytes of JPEG and PNG files."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image, ImageCms

MODES = ("RGB", "L", "1", "P", "LA", "RGBA", "CMYK", "I;16", "YCbCr")
ORIENTATION = 0x0112


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """Return a picture of noise, the worst background for text."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def red_and_blue_halves(width: int, height: int) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    picture.paste((30, 30, 200), (width // 2, 0, width, height))
    return picture


def jpeg(picture: Image.Image, **options: Any) -> bytes:
    """Return a JPEG file; its ``mode`` must be one that JPEG has."""
    out = io.BytesIO()
    picture.save(out, "JPEG", **{"quality": 95, "subsampling": 0, **options})
    return out.getvalue()


def png(picture: Image.Image, **options: Any) -> bytes:
    """Return a PNG file."""
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


def jpeg_with_orientation(picture: Image.Image, orientation: int) -> bytes:
    """Return a JPEG with an EXIF orientation and its owner's name, as a rotated camera writes it."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x013B] = "A. Person"
    return jpeg(picture, exif=exif, comment=b"taken at home")


def swapped_profile() -> bytes:
    """Return an sRGB profile with red and blue swapped."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")


def png_of_claimed_size(width: int, height: int) -> bytes:
    """Return a complete PNG that claims a size in its header but holds almost no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")
