"""Decode untrusted bitmaps: PNG logos, and the JPEG and PNG pictures of a brand.

When a campaign is read, ``validate_picture`` checks a picture file and returns the size of its picture.
``decode_picture`` decodes the pixels later, when they are drawn. Both use the same code, but validation decodes a
JPEG at an eighth of its size. It still reads every byte, so it finds a truncated file.
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
from assetgen.loading.channels import NO_CHOICE
from assetgen.loading.model import Picture
from assetgen.loading.yaml.brand_folder import brand_folder
from assetgen.loading.yaml.campaign_folder import FileKind, find_named_file, read_bounded
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import did_you_mean
from assetgen.schema.brand_file import PictureFile
from assetgen.units import MAX_PIXELS

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@contextmanager
def strict_decoding() -> Iterator[None]:
    """Refuse truncated files while the context is open.

    Importing WeasyPrint sets ``LOAD_TRUNCATED_IMAGES`` for the whole process, so that Pillow accepts them.
    """
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            # Our own limit on the pixels in the header is lower than Pillow's warning threshold.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def is_complete_png(content: bytes) -> bool:
    """Return whether a PNG has every chunk up to the last one, each with the correct checksum."""
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


def to_eight_bit(picture: Image.Image, *, sixteen_bit: bool) -> Image.Image:
    """Return the picture with 8 bits a channel. A transparent colour, if it has one, becomes an alpha channel."""
    clear = picture.info.get("transparency")
    if picture.mode in ("I", "I;16"):
        values = np.asarray(picture).astype(np.uint32)
        result = Image.fromarray((values >> 8).astype(np.uint8))
        if clear is not None:
            result.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    elif clear is not None:
        if sixteen_bit and isinstance(clear, tuple):
            # Pillow reduces the pixels to their high bytes, but keeps all 16 bits of the transparent colour.
            picture.info["transparency"] = tuple(part >> 8 for part in clear)
        result = picture.convert("RGBA")
    else:
        result = picture.convert("RGBA" if picture.mode in ("LA", "PA", "RGBA") else "RGB")
    if "exif" in picture.info:
        result.info["exif"] = picture.info["exif"]
    return result


def to_srgb(colours: Image.Image, profile: bytes, what: str, hint: str, file: str) -> Image.Image:
    """Convert a picture (``L``, ``RGB`` or ``CMYK``) to sRGB.

    Args:
        colours: The picture.
        profile: The ICC profile in its file.
        what: What the file is, for the message: "the PNG".
        hint: How to fix a file whose profile does not fit.
        file: The path of the file, for the finding.

    Raises:
        CampaignError: The profile is invalid or is for a different colour space.
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
        text = f"{what} has a colour profile that cannot be applied to its colours"
        raise CampaignError(Finding("bad-value", text, hint, Place(file))) from fault
    if converted is None:
        raise ValueError("the colour conversion returned no picture")
    return converted


MAX_PNG_BYTES = 10_000_000
EXPORT_PNG_AGAIN_HINT = "export the logo again as PNG"


def rebuild_png(content: bytes, file: str) -> tuple[bytes, float, float]:
    """Decode a PNG logo and encode it again. Return the new PNG, its width and its height in pixels.

    Raises CampaignError if the file cannot be used.
    """
    _check_header(content, file)
    try:
        with strict_decoding():
            picture = _decode_png(content, file)
            return encode_png(picture), float(picture.width), float(picture.height)
    except CampaignError:
        raise
    # Pillow and the colour conversion raise nearly any kind of exception on a damaged file.
    except Exception as fault:
        text = f"the PNG is damaged or truncated ({type(fault).__name__})"
        raise CampaignError(Finding("bad-value", text, EXPORT_PNG_AGAIN_HINT, Place(file))) from fault


def _check_header(content: bytes, file: str) -> None:
    """Raise CampaignError if a file is too large or not a complete PNG, before it is decoded."""
    if len(content) > MAX_PNG_BYTES:
        _refuse_png("too-large", f"the file has {len(content):,} bytes; the limit is {MAX_PNG_BYTES:,}", file)
    if not content.startswith(PNG_SIGNATURE):
        _refuse_png("bad-value", "the file is not a PNG picture", file)
    if len(content) < 33 or content[12:16] != b"IHDR":
        _refuse_png("bad-value", "the PNG is damaged or truncated (no header)", file)
    width, height = struct.unpack(">II", content[16:24])
    _check_size(width, height, file)
    if not is_complete_png(content):
        _refuse_png("bad-value", "the PNG is damaged or truncated (a wrong checksum, or no end)", file)


def _check_size(width: int, height: int, file: str) -> None:
    if width * height > MAX_PIXELS:
        _refuse_png("too-large", f"the PNG has {width} × {height} pixels; the limit is 25 million", file)
    if width * height == 0:
        _refuse_png("bad-value", f"the PNG has no pixels ({width} × {height})", file)


def _refuse_png(code: str, text: str, file: str) -> None:
    hint = "export the logo smaller" if code == "too-large" else EXPORT_PNG_AGAIN_HINT
    raise CampaignError(Finding(code, text, hint, Place(file)))


def _decode_png(content: bytes, file: str) -> Image.Image:
    """Return the picture as RGB or RGBA in sRGB, without metadata."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
        # A second header in the file may have changed the size.
        _check_size(*opened.size, file)
        if (count := getattr(opened, "n_frames", 1)) > 1:
            _refuse_png("bad-value", f"the PNG is animated: it has {count} frames", file)
        opened.load()
        profile = opened.info.get("icc_profile")
        is_grey = opened.mode in ("1", "L", "LA", "I", "I;16")
        picture = ImageOps.exif_transpose(to_eight_bit(opened, sixteen_bit=content[24] == 16))
    colours, alpha = picture.convert("RGB"), picture.convert("RGBA").getchannel("A")
    if profile:
        source = colours.convert("L") if is_grey else colours
        colours = to_srgb(source, profile, "the PNG", "convert the logo to sRGB, then export it again", file)
    lowest, highest = alpha.getextrema()
    if highest == 0:
        _refuse_png("bad-value", "the PNG is completely transparent", file)
    if lowest != 255:
        colours.putalpha(alpha)
    colours.info = {}
    return colours


def encode_png(picture: Image.Image) -> bytes:
    """Return a picture encoded as PNG, without metadata."""
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", compress_level=6)
    return encoded.getvalue()


FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
MAX_PICTURE_BYTES = 25_000_000
SMALLER_HINT = "export it smaller: 4,000 pixels on the long side are enough for any poster"
REEXPORT_HINT = "open it in a picture editor and export it again, as JPEG or PNG"
TO_SRGB_HINT = "convert the picture to sRGB, then export it again"
# A larger picture is scaled down to this (36 MB in memory): about 175 ppi on an A2 sheet.
MAX_KEPT_PIXELS = 12_000_000
VALIDATION_SHRINK = 8
"""Validation decodes a JPEG at 1/8 of its size."""
# The EXIF tag Orientation. Its values 5 to 8 swap width and height.
ORIENTATION = 0x0112
SIDEWAYS_ORIENTATIONS = range(5, 9)
GREY_MODES = ("1", "L", "LA", "I", "I;16")


@lru_cache(maxsize=64)
def validate_picture(content: bytes, file: str) -> tuple[int, int]:
    """Validate a picture file. Return the width and height in pixels at which it is drawn.

    This is the size of the upright picture, scaled down to at most ``MAX_KEPT_PIXELS``. ``file`` is its path. Raises
    CampaignError (``bad-value`` or ``too-large``) if the file cannot be used.
    """
    return _kept_size(*_read(content, file, VALIDATION_SHRINK)[1])


def decode_picture(content: bytes, file: str) -> Image.Image:
    """Decode a picture file to RGB, at the size that ``validate_picture`` returns. Raises the same errors."""
    picture, size = _read(content, file, 1)
    kept = _kept_size(*size)
    return picture if picture.size == kept else picture.resize(kept, Image.Resampling.LANCZOS)


def _kept_size(width: int, height: int) -> tuple[int, int]:
    share = min(1.0, sqrt(MAX_KEPT_PIXELS / (width * height)))
    return max(1, round(width * share)), max(1, round(height * share))


def _read(content: bytes, file: str, shrink: int) -> tuple[Image.Image, tuple[int, int]]:
    """Return the upright picture, and its upright width and height in the file.

    A JPEG is decoded at about 1/``shrink`` of its size.
    """
    kind = FORMATS.get(PurePosixPath(file).suffix.lower())
    if kind is None:
        _refuse("bad-value", "a picture must be a .jpg or .png file", REEXPORT_HINT, file)
    if len(content) > MAX_PICTURE_BYTES:
        _refuse(
            "too-large",
            f"the file has {len(content):,} bytes; the limit is {MAX_PICTURE_BYTES:,}",
            SMALLER_HINT,
            file,
        )
    if kind == "PNG" and content.startswith(PNG_SIGNATURE) and not is_complete_png(content):
        _refuse(
            "bad-value",
            "the picture is damaged or truncated (a wrong checksum, or no end)",
            REEXPORT_HINT,
            file,
        )
    try:
        with strict_decoding():
            return _decode(content, kind, file, shrink)
    except CampaignError:
        raise
    except Image.DecompressionBombError as fault:
        text = "the picture has over 178 million pixels; the limit is 25 million"
        raise CampaignError(Finding("too-large", text, SMALLER_HINT, Place(file))) from fault
    except UnidentifiedImageError as fault:
        text = f"the file is not a {kind} picture, although its name says so"
        raise CampaignError(Finding("bad-value", text, REEXPORT_HINT, Place(file))) from fault
    # Pillow and the colour conversion raise nearly any kind of exception on a damaged file.
    except Exception as fault:
        text = f"the picture is damaged or truncated ({type(fault).__name__})"
        raise CampaignError(Finding("bad-value", text, REEXPORT_HINT, Place(file))) from fault


def _decode(content: bytes, kind: str, file: str, shrink: int) -> tuple[Image.Image, tuple[int, int]]:
    with Image.open(io.BytesIO(content), formats=(kind,)) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            text = f"the picture has {width} × {height} pixels; the limit is 25 million"
            _refuse("too-large", text, SMALLER_HINT, file)
        # A phone's JPEG may hold a depth map or a preview after the picture (MPO). That is not an animation.
        if opened.format != "MPO" and (count := getattr(opened, "n_frames", 1)) > 1:
            _refuse(
                "bad-value", f"the picture is animated: it has {count} frames", "export a single frame", file
            )
        is_sideways = opened.getexif().get(ORIENTATION) in SIDEWAYS_ORIENTATIONS
        if shrink > 1:
            opened.draft(opened.mode, (-(-width // shrink), -(-height // shrink)))
        opened.load()
        profile = opened.info.get("icc_profile")
        colours = _in_srgb(opened, profile, is_deep=kind == "PNG" and content[24] == 16, file=file)
        colours.info = {"exif": opened.info["exif"]} if "exif" in opened.info else {}
    upright = ImageOps.exif_transpose(colours)
    # Copy only the pixels: a Pillow image keeps metadata of its file.
    return Image.fromarray(np.asarray(upright)), (height, width) if is_sideways else (width, height)


def _in_srgb(opened: Image.Image, profile: bytes | None, *, is_deep: bool, file: str) -> Image.Image:
    """Return a picture as RGB in sRGB, converted by its profile. Without a profile it counts as sRGB."""
    if opened.mode == "CMYK":
        if not profile:
            _refuse("bad-value", "the picture is in CMYK, but has no ICC profile", TO_SRGB_HINT, file)
        return to_srgb(opened, profile, "the picture", TO_SRGB_HINT, file)
    picture = to_eight_bit(opened, sixteen_bit=is_deep)
    colours = picture.convert("RGB")
    if "A" in picture.getbands() and picture.getchannel("A").getextrema()[0] != 255:
        text = "the picture has transparent parts"
        _refuse("bad-value", text, "put it on an opaque background, then export it again", file)
    if not profile:
        return colours
    source = colours.convert("L") if opened.mode in GREY_MODES else colours
    return to_srgb(source, profile, "the picture", TO_SRGB_HINT, file)


def _refuse(code: str, text: str, hint: str, file: str) -> NoReturn:
    raise CampaignError(Finding(code, text, hint, Place(file)))


def read_pictures(
    root: Path, files: Mapping[str, PictureFile], document: YamlDocument
) -> tuple[dict[str, Picture], list[Finding]]:
    """Return the brand's pictures by name, and a finding for each fault of their names and files."""
    pictures: dict[str, Picture] = {}
    findings: list[Finding] = []
    for name, file in files.items():
        if name == NO_CHOICE:
            text = f"{name} is not allowed as the name of a picture"
            hint = f"choose a different name, since `picture: {name}` means that no picture is used"
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
    folder = f"{brand_folder(root)}/images"
    kind = FileKind("picture", folder, f"put the file into {folder}", FORMATS)
    path = find_named_file(root, root / folder, file.file, place, kind)
    relative_path = f"{folder}/{file.file}"
    content = read_bounded(path, place, MAX_PICTURE_BYTES, SMALLER_HINT)
    width, height = validate_picture(content, relative_path)
    return Picture(
        name=name,
        file=file,
        path=relative_path,
        content=content,
        width=width,
        height=height,
        source_sha256=hashlib.sha256(content).hexdigest(),
    )
