"""A picture's file, ingested: upright, 8-bit sRGB, without notes, of bounded size. A JPEG or PNG that anybody made.

``look_at`` says at the door whether the file can be used, and how large its picture is; ``develop`` gives the
pixels. Both take the same way, but that at the door a JPEG is decoded to an eighth of its size: every byte is
still read, so one that is cut short is found.
"""

from __future__ import annotations

import io
from functools import lru_cache
from math import sqrt
from pathlib import PurePosixPath
from typing import NoReturn

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from assetgen.campaign.bitmaps import PNG_SIGNATURE, eight_bit, is_whole_png, strict_decoding, to_srgb
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.units import MOST_PIXELS

FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
MOST_BYTES = 25_000_000
LIGHTER = "export it smaller: 4,000 pixels are enough for any poster"
AGAIN = "open it in a picture editor and export it again, as JPEG or PNG"
TO_SRGB = "convert the picture to sRGB, then export it again"
# What is kept of a larger one (36 MB in memory): an A2 sheet at 130 ppi.
MOST_KEPT_PIXELS = 12_000_000
AT_THE_DOOR = 8
"""The part of its size to which a JPEG is decoded at the door."""
ORIENTATION = 0x0112
# EXIF orientations 5 to 8 lie on their side.
LYING = range(5, 9)
GREY_MODES = ("1", "L", "LA", "I", "I;16")


@lru_cache(maxsize=64)
def look_at(content: bytes, file: str) -> tuple[int, int]:
    """Return a picture's width and height in pixels as it will be drawn: upright, and bounded.

    Raises CampaignError (``bad-value``, ``too-large``) for what cannot be used; ``file`` is its path.
    """
    return _kept_size(*_read(content, file, AT_THE_DOOR)[1])


def develop(content: bytes, file: str) -> Image.Image:
    """Return the picture itself, RGB, of the size that ``look_at`` says; raises as that does."""
    picture, size = _read(content, file, 1)
    kept = _kept_size(*size)
    return picture if picture.size == kept else picture.resize(kept, Image.Resampling.LANCZOS)


def _kept_size(width: int, height: int) -> tuple[int, int]:
    share = min(1.0, sqrt(MOST_KEPT_PIXELS / (width * height)))
    return max(1, round(width * share)), max(1, round(height * share))


def _read(content: bytes, file: str, part: int) -> tuple[Image.Image, tuple[int, int]]:
    """Return the picture, decoded to a part of its size where its format can, and its whole size upright."""
    kind = FORMATS.get(PurePosixPath(file).suffix.lower())
    if kind is None:
        _refuse("bad-value", "a picture is a .jpg or .png file", AGAIN, file)
    if len(content) > MOST_BYTES:
        _refuse(
            "too-large",
            f"the picture has {len(content):,} bytes; at most {MOST_BYTES:,} are taken",
            LIGHTER,
            file,
        )
    if kind == "PNG" and content.startswith(PNG_SIGNATURE) and not is_whole_png(content):
        _refuse("bad-value", "the picture is damaged or cut short (a wrong checksum, or no end)", AGAIN, file)
    try:
        with strict_decoding():
            return _decode(content, kind, file, part)
    except CampaignError:
        raise
    except Image.DecompressionBombError as fault:
        text = "the picture has over 178 million pixels; at most 25 million are taken"
        raise CampaignError(Finding("too-large", text, LIGHTER, Place(file))) from fault
    except UnidentifiedImageError as fault:
        text = f"the file is no {kind} picture, whatever its name says"
        raise CampaignError(Finding("bad-value", text, AGAIN, Place(file))) from fault
    # A broken file makes the decoder and the colour engine raise nearly any kind of exception.
    except Exception as fault:
        text = f"the picture is damaged or cut short ({type(fault).__name__})"
        raise CampaignError(Finding("bad-value", text, AGAIN, Place(file))) from fault


def _decode(content: bytes, kind: str, file: str, part: int) -> tuple[Image.Image, tuple[int, int]]:
    with Image.open(io.BytesIO(content), formats=(kind,)) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            text = f"the picture is {width} by {height} pixels; at most 25 million are taken"
            _refuse("too-large", text, LIGHTER, file)
        # A telephone's JPEG may hold a depth map or a preview after the picture itself (MPO): that is no film.
        if opened.format != "MPO" and (count := getattr(opened, "n_frames", 1)) > 1:
            _refuse("bad-value", f"the picture is animated: {count} pictures", "export one of them", file)
        lies = opened.getexif().get(ORIENTATION) in LYING
        if part > 1:
            opened.draft(opened.mode, (-(-width // part), -(-height // part)))
        opened.load()
        profile = opened.info.get("icc_profile")
        colours = _in_srgb(opened, profile, is_deep=kind == "PNG" and content[24] == 16, file=file)
        colours.info = {"exif": opened.info["exif"]} if "exif" in opened.info else {}
    upright = ImageOps.exif_transpose(colours)
    # Made anew of its pixels alone: an image remembers what its file said.
    return Image.fromarray(np.asarray(upright)), (height, width) if lies else (width, height)


def _in_srgb(opened: Image.Image, profile: bytes | None, *, is_deep: bool, file: str) -> Image.Image:
    """Return a picture's colours, RGB in sRGB: by its profile; without one they are taken to be sRGB."""
    if opened.mode == "CMYK":
        if not profile:
            _refuse("bad-value", "the picture is in inks (CMYK) and does not say in which", TO_SRGB, file)
        return to_srgb(opened, profile, "the picture", TO_SRGB, file)
    picture = eight_bit(opened, sixteen_bit=is_deep)
    colours = picture.convert("RGB")
    if "A" in picture.getbands() and picture.getchannel("A").getextrema()[0] != 255:
        text = "the picture is see-through in places: what shows there would be anybody's guess"
        _refuse("bad-value", text, "put it on a ground of its own, then export it again", file)
    if not profile:
        return colours
    own = colours.convert("L") if opened.mode in GREY_MODES else colours
    return to_srgb(own, profile, "the picture", TO_SRGB, file)


def _refuse(code: str, text: str, hint: str, file: str) -> NoReturn:
    raise CampaignError(Finding(code, text, hint, Place(file)))
