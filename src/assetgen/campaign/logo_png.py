"""A PNG logo, decoded with care and encoded anew: 8-bit sRGB, transparency kept, nothing else."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageCms, ImageFile, ImageOps

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.units import MOST_PIXELS

MAX_BYTES = 10_000_000
SIGNATURE = b"\x89PNG\r\n\x1a\n"
EXPORT_AGAIN = "export the logo again as PNG"


def rebuild_png(content: bytes, file: str) -> tuple[bytes, float, float]:
    """Return the rebuilt PNG, its width and its height in pixels."""
    _check_header(content, file)
    try:
        with _strict_decoding():
            picture = _decode(content, file)
            return encode_png(picture), float(picture.width), float(picture.height)
    except CampaignError:
        raise
    # A broken file makes the decoder and the colour engine raise nearly any kind of exception.
    except Exception as fault:
        text = f"the PNG is damaged or cut short ({type(fault).__name__})"
        raise CampaignError(Finding("bad-value", text, EXPORT_AGAIN, Place(file))) from fault


@contextmanager
def _strict_decoding() -> Iterator[None]:
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


def _check_header(content: bytes, file: str) -> None:
    """Refuse by size and header what the decoder need not see."""
    if len(content) > MAX_BYTES:
        _refuse("too-large", f"the PNG has {len(content)} bytes; at most {MAX_BYTES} are taken", file)
    if not content.startswith(SIGNATURE):
        _refuse("bad-value", "the file is not a PNG picture", file)
    if len(content) < 33 or content[12:16] != b"IHDR":
        _refuse("bad-value", "the PNG is damaged or cut short (no header)", file)
    width, height = struct.unpack(">II", content[16:24])
    _check_size(width, height, file)
    if not _is_whole(content):
        _refuse("bad-value", "the PNG is damaged or cut short (a wrong checksum, or no end)", file)


def _is_whole(content: bytes) -> bool:
    """Say whether every chunk up to the last is there, each with its right checksum."""
    position = len(SIGNATURE)
    while position + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        kind, end = content[position + 4 : position + 8], position + 8 + length
        if content[end : end + 4] != struct.pack(">I", zlib.crc32(content[position + 4 : end])):
            return False
        if kind == b"IEND":
            return True
        position = end + 4
    return False


def _check_size(width: int, height: int, file: str) -> None:
    if width * height > MOST_PIXELS:
        _refuse("too-large", f"the PNG is {width} by {height} pixels; at most 25 million are taken", file)
    if width * height == 0:
        _refuse("bad-value", f"the PNG is {width} by {height} pixels", file)


def _refuse(code: str, text: str, file: str) -> None:
    hint = "export the logo smaller" if code == "too-large" else EXPORT_AGAIN
    raise CampaignError(Finding(code, text, hint, Place(file)))


def _decode(content: bytes, file: str) -> Image.Image:
    """Return the picture as RGB or RGBA in sRGB, without any of its notes."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
        # A second header may have changed what the first one said.
        _check_size(*opened.size, file)
        if (count := getattr(opened, "n_frames", 1)) > 1:
            _refuse("bad-value", f"the PNG is animated: {count} pictures", file)
        opened.load()
        profile = opened.info.get("icc_profile")
        is_grey = opened.mode in ("1", "L", "LA", "I", "I;16")
        picture = ImageOps.exif_transpose(_eight_bit(opened, sixteen_bit=content[24] == 16))
    colours, alpha = picture.convert("RGB"), picture.convert("RGBA").getchannel("A")
    if profile:
        colours = _to_srgb(colours.convert("L") if is_grey else colours, profile, file)
    lowest, highest = alpha.getextrema()
    if highest == 0:
        _refuse("bad-value", "the PNG is transparent all over", file)
    if lowest != 255:
        colours.putalpha(alpha)
    colours.info = {}
    return colours


def _eight_bit(picture: Image.Image, *, sixteen_bit: bool) -> Image.Image:
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


def _to_srgb(colours: Image.Image, profile: bytes, file: str) -> Image.Image:
    """Return the colours in sRGB, taken from the profile that the file carries."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        kind = source.profile.xcolor_space.strip()
        if kind == "RGB" and colours.mode == "L":
            colours = colours.convert("RGB")
        converted = ImageCms.profileToProfile(
            colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError) as fault:
        text = "the PNG's colour profile does not fit it"
        hint = "convert the logo to sRGB, then export it again"
        raise CampaignError(Finding("bad-value", text, hint, Place(file))) from fault
    if converted is None:
        raise ValueError("the colour engine gave no picture")
    return converted


def encode_png(picture: Image.Image) -> bytes:
    """Return a picture as PNG, without any notes."""
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", compress_level=6)
    return encoded.getvalue()
