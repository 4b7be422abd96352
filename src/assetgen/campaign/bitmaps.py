"""Decoding bitmaps that others made: whole files alone, 8 bits a channel, sRGB. What logos and pictures share."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageCms, ImageFile

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@contextmanager
def strict_decoding() -> Iterator[None]:
    """Let no file be read that is cut short: the layout engine's import allows it for the process."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            # The header's own limit below is lower than the one that warns.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def is_whole_png(content: bytes) -> bool:
    """Say whether every chunk up to the last is there, each with its right checksum."""
    position = len(PNG_SIGNATURE)
    while position + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        kind, end = content[position + 4 : position + 8], position + 8 + length
        if content[end : end + 4] != struct.pack(">I", zlib.crc32(content[position + 4 : end])):
            return False
        if kind == b"IEND":
            return True
        position = end + 4
    return False


def eight_bit(picture: Image.Image, *, sixteen_bit: bool) -> Image.Image:
    """Return the picture with 8 bits a channel and its transparent colour, if it has one, as alpha."""
    clear = picture.info.get("transparency")
    if picture.mode in ("I", "I;16"):
        values = np.asarray(picture).astype(np.uint32)
        grey = Image.fromarray((values >> 8).astype(np.uint8))
        if clear is not None:
            grey.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    elif clear is not None:
        if sixteen_bit and isinstance(clear, tuple):
            # The decoder keeps the high byte of each colour, but the whole of the transparent one.
            picture.info["transparency"] = tuple(part >> 8 for part in clear)
        grey = picture.convert("RGBA")
    else:
        grey = picture.convert("RGBA" if picture.mode in ("LA", "PA", "RGBA") else "RGB")
    if "exif" in picture.info:
        grey.info["exif"] = picture.info["exif"]
    return grey


def to_srgb(colours: Image.Image, profile: bytes, what: str, mend: str, file: str) -> Image.Image:
    """Return the colours (``L``, ``RGB`` or ``CMYK``) in sRGB, taken from the profile that the file carries.

    Raises CampaignError where the two do not fit; ``what`` the file is and how to ``mend`` it stand in its words.
    """
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        kind = source.profile.xcolor_space.strip()
        if kind == "RGB" and colours.mode == "L":
            colours = colours.convert("RGB")
        converted = ImageCms.profileToProfile(
            colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError) as fault:
        text = f"{what}'s colour profile does not fit it"
        raise CampaignError(Finding("bad-value", text, mend, Place(file))) from fault
    if converted is None:
        raise ValueError("the colour engine gave no picture")
    return converted
