"""A PNG logo, decoded with care and encoded anew: 8-bit sRGB, transparency kept, nothing else."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageOps

from assetgen.campaign.bitmaps import PNG_SIGNATURE, eight_bit, is_whole_png, strict_decoding, to_srgb
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.units import MOST_PIXELS

MAX_BYTES = 10_000_000
EXPORT_AGAIN = "export the logo again as PNG"


def rebuild_png(content: bytes, file: str) -> tuple[bytes, float, float]:
    """Return the rebuilt PNG, its width and its height in pixels."""
    _check_header(content, file)
    try:
        with strict_decoding():
            picture = _decode(content, file)
            return encode_png(picture), float(picture.width), float(picture.height)
    except CampaignError:
        raise
    # A broken file makes the decoder and the colour engine raise nearly any kind of exception.
    except Exception as fault:
        text = f"the PNG is damaged or cut short ({type(fault).__name__})"
        raise CampaignError(Finding("bad-value", text, EXPORT_AGAIN, Place(file))) from fault


def _check_header(content: bytes, file: str) -> None:
    """Refuse by size and header what the decoder need not see."""
    if len(content) > MAX_BYTES:
        _refuse("too-large", f"the PNG has {len(content)} bytes; at most {MAX_BYTES} are taken", file)
    if not content.startswith(PNG_SIGNATURE):
        _refuse("bad-value", "the file is not a PNG picture", file)
    if len(content) < 33 or content[12:16] != b"IHDR":
        _refuse("bad-value", "the PNG is damaged or cut short (no header)", file)
    width, height = struct.unpack(">II", content[16:24])
    _check_size(width, height, file)
    if not is_whole_png(content):
        _refuse("bad-value", "the PNG is damaged or cut short (a wrong checksum, or no end)", file)


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
        picture = ImageOps.exif_transpose(eight_bit(opened, sixteen_bit=content[24] == 16))
    colours, alpha = picture.convert("RGB"), picture.convert("RGBA").getchannel("A")
    if profile:
        own = colours.convert("L") if is_grey else colours
        colours = to_srgb(own, profile, "the PNG", "convert the logo to sRGB, then export it again", file)
    lowest, highest = alpha.getextrema()
    if highest == 0:
        _refuse("bad-value", "the PNG is transparent all over", file)
    if lowest != 255:
        colours.putalpha(alpha)
    colours.info = {}
    return colours


def encode_png(picture: Image.Image) -> bytes:
    """Return a picture as PNG, without any notes."""
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", compress_level=6)
    return encoded.getvalue()
