"""Decode bitmaps that others made: PNG logos, and the JPEG and PNG pictures of a brand.

``look_at`` says at the door whether the file can be used, and how large its picture is; ``develop`` gives the
pixels. Both take the same way, but that at the door a JPEG is decoded to an eighth of its size: every byte is
still read, so one that is cut short is found.
"""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from math import sqrt
from pathlib import Path, PurePosixPath
from typing import NoReturn

import numpy as np
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.channels import NOTHING
from assetgen.loading.model import Picture
from assetgen.loading.yaml.campaign_folder import FileKind, named_file, read_bounded
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import did_you_mean
from assetgen.schema.brand_file import PictureFile
from assetgen.units import MAX_PIXELS

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


MAX_PNG_BYTES = 10_000_000
EXPORT_AGAIN = "export the logo again as PNG"


def rebuild_png(content: bytes, file: str) -> tuple[bytes, float, float]:
    """Return the rebuilt PNG, its width and its height in pixels."""
    _check_header(content, file)
    try:
        with strict_decoding():
            picture = _decode_png(content, file)
            return encode_png(picture), float(picture.width), float(picture.height)
    except CampaignError:
        raise
    # A broken file makes the decoder and the colour engine raise nearly any kind of exception.
    except Exception as fault:
        text = f"the PNG is damaged or cut short ({type(fault).__name__})"
        raise CampaignError(Finding("bad-value", text, EXPORT_AGAIN, Place(file))) from fault


def _check_header(content: bytes, file: str) -> None:
    """Refuse by size and header what the decoder need not see."""
    if len(content) > MAX_PNG_BYTES:
        _refuse_png("too-large", f"the PNG has {len(content)} bytes; at most {MAX_PNG_BYTES} are taken", file)
    if not content.startswith(PNG_SIGNATURE):
        _refuse_png("bad-value", "the file is not a PNG picture", file)
    if len(content) < 33 or content[12:16] != b"IHDR":
        _refuse_png("bad-value", "the PNG is damaged or cut short (no header)", file)
    width, height = struct.unpack(">II", content[16:24])
    _check_size(width, height, file)
    if not is_whole_png(content):
        _refuse_png("bad-value", "the PNG is damaged or cut short (a wrong checksum, or no end)", file)


def _check_size(width: int, height: int, file: str) -> None:
    if width * height > MAX_PIXELS:
        _refuse_png("too-large", f"the PNG is {width} by {height} pixels; at most 25 million are taken", file)
    if width * height == 0:
        _refuse_png("bad-value", f"the PNG is {width} by {height} pixels", file)


def _refuse_png(code: str, text: str, file: str) -> None:
    hint = "export the logo smaller" if code == "too-large" else EXPORT_AGAIN
    raise CampaignError(Finding(code, text, hint, Place(file)))


def _decode_png(content: bytes, file: str) -> Image.Image:
    """Return the picture as RGB or RGBA in sRGB, without any of its notes."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
        # A second header may have changed what the first one said.
        _check_size(*opened.size, file)
        if (count := getattr(opened, "n_frames", 1)) > 1:
            _refuse_png("bad-value", f"the PNG is animated: {count} pictures", file)
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
        _refuse_png("bad-value", "the PNG is transparent all over", file)
    if lowest != 255:
        colours.putalpha(alpha)
    colours.info = {}
    return colours


def encode_png(picture: Image.Image) -> bytes:
    """Return a picture as PNG, without any notes."""
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", compress_level=6)
    return encoded.getvalue()


FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
MAX_PICTURE_BYTES = 25_000_000
LIGHTER = "export it smaller: 4,000 pixels are enough for any poster"
AGAIN = "open it in a picture editor and export it again, as JPEG or PNG"
TO_SRGB = "convert the picture to sRGB, then export it again"
# What is kept of a larger one (36 MB in memory): an A2 sheet at 130 ppi.
MAX_KEPT_PIXELS = 12_000_000
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
    share = min(1.0, sqrt(MAX_KEPT_PIXELS / (width * height)))
    return max(1, round(width * share)), max(1, round(height * share))


def _read(content: bytes, file: str, part: int) -> tuple[Image.Image, tuple[int, int]]:
    """Return the picture, decoded to a part of its size where its format can, and its whole size upright."""
    kind = FORMATS.get(PurePosixPath(file).suffix.lower())
    if kind is None:
        _refuse("bad-value", "a picture is a .jpg or .png file", AGAIN, file)
    if len(content) > MAX_PICTURE_BYTES:
        _refuse(
            "too-large",
            f"the picture has {len(content):,} bytes; at most {MAX_PICTURE_BYTES:,} are taken",
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
        if width * height > MAX_PIXELS:
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
        _refuse("bad-value", text, "put it on a background of its own, then export it again", file)
    if not profile:
        return colours
    own = colours.convert("L") if opened.mode in GREY_MODES else colours
    return to_srgb(own, profile, "the picture", TO_SRGB, file)


def _refuse(code: str, text: str, hint: str, file: str) -> NoReturn:
    raise CampaignError(Finding(code, text, hint, Place(file)))


FOLDER = "brand/images"


def read_pictures(
    root: Path, files: Mapping[str, PictureFile], document: YamlDocument
) -> tuple[dict[str, Picture], list[Finding]]:
    """Return the pictures by name, and every fault of their names and files."""
    pictures: dict[str, Picture] = {}
    findings: list[Finding] = []
    for name, file in files.items():
        if name == NOTHING:
            text, hint = f"a picture cannot be called {name}", "that word says: no picture here"
            findings.append(Finding("bad-id", text, hint, document.key_place("pictures", name)))
        if file.light is not None and file.light not in files:
            place = document.place("pictures", name, "light")
            nearest = did_you_mean(file.light, files)
            findings.append(Finding("unknown-id", f"no such picture: {file.light}", nearest, place))
        try:
            pictures[name] = _read_picture(root, name, file, document)
        except CampaignError as error:
            findings += error.findings
    return pictures, findings


def _read_picture(root: Path, name: str, file: PictureFile, document: YamlDocument) -> Picture:
    place = document.place("pictures", name, "file")
    kind = FileKind("picture", FOLDER, f"put the file into {FOLDER}", FORMATS)
    path = named_file(root, root / FOLDER, file.file, place, kind)
    shown = path.relative_to(root).as_posix()
    content = read_bounded(path, place, MAX_PICTURE_BYTES, LIGHTER)
    width, height = look_at(content, shown)
    return Picture(
        name=name,
        file=file,
        path=shown,
        content=content,
        width=width,
        height=height,
        source_sha256=hashlib.sha256(content).hexdigest(),
    )
