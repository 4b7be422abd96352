"""A raster file as such, before anybody looks at its picture: whole, of its size, no heavier than its channel takes,
sRGB by its profile, with its alt text and with nothing in it that tells of a machine or a person.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache

from PIL import Image, ImageCms, ImageFile, UnidentifiedImageError

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.preflight.proof import Proof
from assetgen.preflight.raster_parts import Parts, described, parts_of
from assetgen.preflight.weight import prove_weight
from assetgen.preflight.xmp import DEFAULT, read_xmp
from assetgen.units import MOST_PIXELS

NAMES = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
AGAIN = "take the file from the build as it is; do not save it again"
# sRGB colours that a profile must lead to themselves, to this many of 255 levels.
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (128, 128, 128), (40, 90, 160))
MOST_LEVELS = 3
# What Pillow raises for files that are not what they say.
UNREADABLE = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    IndexError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Warning,
)


def prove_raster_file(content: bytes, spec: Spec) -> tuple[Proof, Image.Image | None]:
    """Return what is wrong with a raster file, and its picture where that can be looked at.

    A file whose picture has another size than the channel's is decoded as long as no more than ``MOST_PIXELS``
    have to be held; nothing is decoded before its size is known. A JPEG or WebP has no sums of its pixels: damage
    that leaves it whole shows in its picture alone.
    """
    findings = [*prove_weight(content, spec)]
    try:
        parts = parts_of(content, spec.format)
    except ValueError as error:
        text = f"the file cannot be read as {NAMES[spec.format]}: {error}"
        return Proof((*findings, Finding("size", text, AGAIN))), None
    findings += _inside(parts, spec)
    try:
        with warnings.catch_warnings():
            # What Pillow only warns of (another kind of animation, far too many pixels) is a fault here.
            warnings.simplefilter("error")
            picture = _decoded(content, spec, findings)
    except UnidentifiedImageError:
        findings.append(Finding("size", "the file holds no picture", AGAIN))
        picture = None
    except UNREADABLE as error:
        findings.append(Finding("size", f"the file's picture cannot be read: {error}", AGAIN))
        picture = None
    return Proof(tuple(findings)), picture


def _decoded(content: bytes, spec: Spec, findings: list[Finding]) -> Image.Image | None:
    """Return the picture, and add what is wrong with its size and mode. Raises what Pillow raises."""
    # The layout engine lets Pillow take broken files for whole ones, in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    picture = Image.open(io.BytesIO(content), formats=(NAMES[spec.format],))
    width, height = picture.size
    if (width, height) != (spec.width, spec.height):
        text = f"{width:,} × {height:,} px instead of {spec.width:,.0f} × {spec.height:,.0f} px"
        findings.append(Finding("size", text, AGAIN))
    if getattr(picture, "n_frames", 1) != 1:
        findings.append(Finding("size", "the file has more than one picture", AGAIN))
    if picture.mode not in ("RGB", "P") or "transparency" in picture.info:
        text = f"the picture's colours are {picture.mode}, not RGB without transparency"
        findings.append(Finding("size", text, AGAIN))
    if width * height > MOST_PIXELS:
        text = f"{width * height:,} pixels are too many to be looked at; {MOST_PIXELS:,} are the most"
        findings.append(Finding("size", text, AGAIN))
        return None
    picture.load()
    return picture


def _inside(parts: Parts, spec: Spec) -> Iterator[Finding]:
    """Yield what is wrong with the parts beside the picture."""
    for words in described(parts):
        yield Finding("metadata", f"the file has {words}", AGAIN)
    if not parts.profile:
        yield Finding("metadata", "the file has no colour profile; sRGB is due", AGAIN)
    elif not is_srgb(parts.profile):
        yield Finding("metadata", "the file's colour profile is not sRGB", AGAIN)
    alts: Mapping[str, str] = {}
    if parts.xmp:
        try:
            alts, others = read_xmp(parts.xmp[0])
        except ValueError as error:
            yield Finding("metadata", f"the file is not as it was made: {error}", AGAIN)
            return
        for name in others:
            yield Finding("metadata", f"the file's XMP has {name}", AGAIN)
    if set(alts.values()) != {spec.alt}:
        text = (
            "the file's alt text is another one" if any(alts.values()) else "the file has lost its alt text"
        )
        yield Finding("alt-missing", text, AGAIN, role="alt")
    elif strange := set(alts) - {DEFAULT, spec.locale}:
        text = f"the file's alt text says that its language is {min(strange)}; it is {spec.locale}"
        yield Finding("alt-missing", text, AGAIN, role="alt")


@lru_cache(maxsize=8)
def is_srgb(profile: bytes) -> bool:
    """Say whether a profile leads colours to where sRGB has them, whatever it calls itself."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        to_srgb = ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), "RGB", "RGB")
        sample = Image.new("RGB", (len(COLOURS), 1))
        sample.putdata(COLOURS)
        seen = ImageCms.applyTransform(sample, to_srgb)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return False
    if seen is None:
        return False
    found = [seen.getpixel((at, 0)) for at in range(len(COLOURS))]
    return all(
        isinstance(one, tuple) and max(abs(a - b) for a, b in zip(one, due, strict=True)) <= MOST_LEVELS
        for one, due in zip(found, COLOURS, strict=True)
    )
