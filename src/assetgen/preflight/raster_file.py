"""Check a raster file: its parts, size, weight, colour profile and metadata.

PNG: ISO/IEC 15948. JPEG: ISO/IEC 10918-1, with JFIF, XMP (Adobe's specification, part 3) and ICC (ICC.1, annex B).
WebP: RFC 9649.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import Image, ImageCms, ImageFile, UnidentifiedImageError

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.preflight.results import Proof, prove_weight
from assetgen.units import MAX_PIXELS

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_DRAWN = {"IHDR", "PLTE", "IDAT", "IEND"}
XMP_KEY = b"XML:com.adobe.xmp\0\0\0\0\0"
ICC_KEY = b"ICC Profile\0\0"
MAX_PROFILE_BYTES = 4_000_000
JPEG_DRAWN = {0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xEE}
JFIF, XMP_START, ICC_START = b"JFIF\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
JFIF_BYTES, ICC_HEAD_BYTES = 14, 14
MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
# The end of a scan: of a run of FF its last alone, so that a file of nothing else is passed in one go.
SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# A progressive JPEG has ten or so; each one is a whole decoding.
MAX_SCANS = 20
MAX_TOLD = 5
WEBP_DRAWN = {"VP8 ", "VP8L", "VP8X", "ALPH"}


@dataclass
class RasterParts:
    """What stands in a file beside its pixels: the profile, the XMP, and the names of all that is neither."""

    profile: bytes = b""
    xmp: list[bytes] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def parts_of(content: bytes, file_format: str) -> RasterParts:
    """Return the parts of a ``png``, ``jpg`` or ``webp`` file. Raises ValueError, in words, where it is broken."""
    return READERS[file_format](content)


def _png(content: bytes) -> RasterParts:
    if not content.startswith(PNG_START):
        raise ValueError("it does not begin as a PNG does")
    parts, at, name = RasterParts(), len(PNG_START), ""
    while name != "IEND":
        head = content[at : at + 8]
        if len(head) < 8:
            raise ValueError("it ends in the middle")
        length, name = struct.unpack(">I", head[:4])[0], head[4:].decode("latin-1")
        end = at + 12 + length
        body, checksum = content[at + 8 : end - 4], content[end - 4 : end]
        if len(content) < end:
            raise ValueError("it ends in the middle")
        if zlib.crc32(body, zlib.crc32(head[4:])) != int.from_bytes(checksum):
            raise ValueError("a part of it is damaged")
        at = end
        if name == "iTXt" and body.startswith(XMP_KEY):
            parts.xmp.append(body[len(XMP_KEY) :])
        elif name == "iCCP" and body.startswith(ICC_KEY) and not parts.profile:
            parts.profile = _inflated(body[len(ICC_KEY) :])
        elif name not in PNG_DRAWN:
            parts.foreign.append(f"a part called {ascii(name)[1:-1]}")
    return _ended(parts, content, at)


def _inflated(packed: bytes) -> bytes:
    inflating = zlib.decompressobj()
    try:
        profile = inflating.decompress(packed, MAX_PROFILE_BYTES)
    except zlib.error as error:
        raise ValueError("its colour profile is damaged") from error
    if inflating.unconsumed_tail:
        raise ValueError("its colour profile is out of all measure")
    return profile


def _jpeg(content: bytes) -> RasterParts:
    if not content.startswith(b"\xff\xd8"):
        raise ValueError("it does not begin as a JPEG does")
    parts, at, scans = RasterParts(), 2, 0
    while True:
        found = MARKER.match(content, at)
        if not found:
            raise ValueError("it ends in the middle, or is damaged")
        at, marker = found.end(), content[found.end() - 1]
        if marker == 0xD9:
            return _ended(parts, content, at)
        size = int.from_bytes(content[at : at + 2])
        body = content[at + 2 : at + size]
        if size < 2 or len(content) < at + size:
            raise ValueError("it ends in the middle")
        at += size
        if marker == 0xDA:
            after, scans = SCAN_END.search(content, at), scans + 1
            if not after:
                raise ValueError("it ends in the middle")
            if scans > MAX_SCANS:
                raise ValueError("it is drawn over and over again")
            at = after.start()
        _take_segment(parts, marker, body)


def _take_segment(parts: RasterParts, marker: int, body: bytes) -> None:
    if marker == 0xE1 and body.startswith(XMP_START):
        parts.xmp.append(body[len(XMP_START) :])
    elif marker == 0xE2 and body.startswith(ICC_START):
        parts.profile += body[ICC_HEAD_BYTES:]
    elif marker == 0xE0 and body.startswith(JFIF) and len(body) == JFIF_BYTES:
        return
    elif marker == 0xFE:
        parts.foreign.append(f"a comment: {ascii(body[:60])[2:-1]}")
    elif marker == 0xE1 and body.startswith(b"Exif"):
        parts.foreign.append("EXIF, as a camera or an editor writes it")
    elif marker not in JPEG_DRAWN:
        parts.foreign.append(f"a segment of the kind {marker:02X}")


def _webp(content: bytes) -> RasterParts:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise ValueError("it does not begin as a WebP does")
    end = 8 + int.from_bytes(content[4:8], "little")
    if len(content) < end:
        raise ValueError("it ends in the middle")
    parts, at = RasterParts(), 12
    while at < end:
        if end - at < 8:
            raise ValueError("it ends in the middle of a part")
        name = content[at : at + 4].decode("latin-1")
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        if name == "XMP ":
            parts.xmp.append(body)
        elif name == "ICCP":
            parts.profile += body
        elif name not in WEBP_DRAWN:
            parts.foreign.append(f"a part called {ascii(name)[1:-1]}")
    return _ended(parts, content, end)


def _ended(parts: RasterParts, content: bytes, at: int) -> RasterParts:
    if len(content) > at:
        parts.foreign.append(f"{len(content) - at:,} bytes after its end")
    return parts


READERS: dict[str, Callable[[bytes], RasterParts]] = {"png": _png, "jpg": _jpeg, "webp": _webp}


def described(parts: RasterParts) -> Iterator[str]:
    """Yield in words what stands in a file that nobody needs."""
    names = list(dict.fromkeys(parts.foreign))
    yield from names[:MAX_TOLD]
    if len(names) > MAX_TOLD:
        yield f"{len(names) - MAX_TOLD:,} other parts that nobody needs"
    if len(parts.xmp) > 1:
        yield f"{len(parts.xmp)} packets of XMP"


NAMES = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
MAX_XMP_BYTES = 64_000
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
DEFAULT = "x-default"
"""The language of an alt text for readers of any other (XMP specification, part 1, 8.2.2.4)."""
ALT = f"{IPTC}AltTextAccessibility"
WRAPPING = {
    "{adobe:ns:meta/}xmpmeta": set[str](),
    f"{RDF}RDF": set[str](),
    f"{RDF}Description": {f"{RDF}about"},
    ALT: set[str](),
    f"{RDF}Alt": set[str](),
    f"{RDF}li": {LANGUAGE},
}


def read_xmp(content: bytes) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return the alt texts of an XMP packet by their language, and the names of all else in it. Raises ValueError."""
    if len(content) > MAX_XMP_BYTES:
        raise ValueError("its XMP is out of all measure")
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ValueError("its XMP cannot be read") from error
    items = [item for alt in root.iter(ALT) for item in alt.iter(f"{RDF}li")]
    alts = {item.attrib.get(LANGUAGE, DEFAULT): (item.text or "").strip() for item in items}
    if len(alts) < len(items):
        raise ValueError("its XMP says two alt texts in one language")
    return alts, tuple(dict.fromkeys(_not_alt(root)))


def _not_alt(root: Element) -> Iterator[str]:
    """Yield the names of elements and attributes that no alt text needs."""
    for element in root.iter():
        name = str(element.tag)
        allowed = WRAPPING.get(name)
        if allowed is None:
            yield name.rpartition("}")[2]
            continue
        yield from (key.rpartition("}")[2] for key in element.attrib if key not in allowed)
        if element.attrib.get(f"{RDF}about"):
            yield "about"


AGAIN = "take the file from the build as it is; do not save it again"
# sRGB colours that a profile must lead to themselves, to this many of 255 levels.
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (128, 128, 128), (40, 90, 160))
MAX_LEVELS = 3
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

    A file whose picture has another size than the channel's is decoded as long as no more than ``MAX_PIXELS``
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
    picture = None
    try:
        with warnings.catch_warnings():
            # What Pillow only warns of (another kind of animation, far too many pixels) is a fault here.
            warnings.simplefilter("error")
            picture = _decoded(content, spec, findings)
    except UnidentifiedImageError:
        findings.append(Finding("size", "the file holds no picture", AGAIN))
    except UNREADABLE as error:
        findings.append(Finding("size", f"the file's picture cannot be read: {error}", AGAIN))
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
    if width * height > MAX_PIXELS:
        text = f"{width * height:,} pixels are too many to be looked at; {MAX_PIXELS:,} are the most"
        findings.append(Finding("size", text, AGAIN))
        return None
    picture.load()
    return picture


def _inside(parts: RasterParts, spec: Spec) -> Iterator[Finding]:
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
    off = np.abs(np.asarray(seen, np.int16) - np.array(COLOURS))
    return bool((off <= MAX_LEVELS).all())
