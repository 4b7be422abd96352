"""Check a raster file: its size, weight, colour profile, alt text and metadata.

The parsers follow ISO/IEC 15948 (PNG), ISO/IEC 10918-1 (JPEG) and RFC 9649 (WebP). In a JPEG, XMP is embedded as in
part 3 of Adobe's XMP specification, and the colour profile as in annex B of ICC.1.
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
from assetgen.preflight.results import UNCHANGED_HINT, PreflightResult, check_weight
from assetgen.units import MAX_PIXELS

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_IMAGE_CHUNKS = {"IHDR", "PLTE", "IDAT", "IEND"}
XMP_KEY = b"XML:com.adobe.xmp\0\0\0\0\0"
ICC_KEY = b"ICC Profile\0\0"
MAX_PROFILE_BYTES = 4_000_000
JPEG_IMAGE_MARKERS = {0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xEE}
JFIF, XMP_START, ICC_START = b"JFIF\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
JFIF_BYTES, ICC_HEAD_BYTES = 14, 14
MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
# A scan ends at the next marker. The pattern matches only the last byte of a run of FF, so that a file full of FF
# is searched in linear time.
SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# A progressive JPEG has about ten scans. The decoder goes through the whole picture once per scan.
MAX_SCANS = 20
MAX_LISTED_PARTS = 5
WEBP_IMAGE_CHUNKS = {"VP8 ", "VP8L", "VP8X", "ALPH"}


@dataclass
class RasterParts:
    """The parts of a file other than its pixels: colour profile, XMP packets, and descriptions of all others."""

    profile: bytes = b""
    xmp: list[bytes] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def read_parts(content: bytes, file_format: str) -> RasterParts:
    """Return the parts of a file in the format ``png``, ``jpg`` or ``webp``.

    Raises:
        ValueError: The file is damaged. The message completes the sentence "the file cannot be read: …".
    """
    return READERS[file_format](content)


def _read_png(content: bytes) -> RasterParts:
    if not content.startswith(PNG_START):
        raise ValueError("it does not start with the PNG signature")
    parts, at, name = RasterParts(), len(PNG_START), ""
    while name != "IEND":
        head = content[at : at + 8]
        if len(head) < 8:
            raise ValueError("it is cut short")
        length, name = struct.unpack(">I", head[:4])[0], head[4:].decode("latin-1")
        end = at + 12 + length
        body, checksum = content[at + 8 : end - 4], content[end - 4 : end]
        if len(content) < end:
            raise ValueError("it is cut short")
        if zlib.crc32(body, zlib.crc32(head[4:])) != int.from_bytes(checksum):
            raise ValueError("a chunk has a wrong checksum, so it is damaged")
        at = end
        if name == "iTXt" and body.startswith(XMP_KEY):
            parts.xmp.append(body[len(XMP_KEY) :])
        elif name == "iCCP" and body.startswith(ICC_KEY) and not parts.profile:
            parts.profile = _decompress_profile(body[len(ICC_KEY) :])
        elif name not in PNG_IMAGE_CHUNKS:
            parts.foreign.append(f"a chunk called {ascii(name)[1:-1]}")
    return _note_trailing_bytes(parts, content, at)


def _decompress_profile(packed: bytes) -> bytes:
    decompressor = zlib.decompressobj()
    try:
        profile = decompressor.decompress(packed, MAX_PROFILE_BYTES)
    except zlib.error as error:
        raise ValueError("its colour profile is damaged") from error
    if decompressor.unconsumed_tail:
        raise ValueError(f"its colour profile is larger than {MAX_PROFILE_BYTES:,} bytes")
    return profile


def _read_jpeg(content: bytes) -> RasterParts:
    if not content.startswith(b"\xff\xd8"):
        raise ValueError("it does not start with the JPEG signature")
    parts, at, scans = RasterParts(), 2, 0
    while True:
        found = MARKER.match(content, at)
        if not found:
            raise ValueError("it is cut short or damaged")
        at, marker = found.end(), content[found.end() - 1]
        if marker == 0xD9:
            return _note_trailing_bytes(parts, content, at)
        size = int.from_bytes(content[at : at + 2])
        body = content[at + 2 : at + size]
        if size < 2 or len(content) < at + size:
            raise ValueError("it is cut short")
        at += size
        if marker == 0xDA:
            next_marker, scans = SCAN_END.search(content, at), scans + 1
            if not next_marker:
                raise ValueError("it is cut short")
            if scans > MAX_SCANS:
                raise ValueError(f"it has more than {MAX_SCANS} scans")
            at = next_marker.start()
        _add_jpeg_segment(parts, marker, body)


def _add_jpeg_segment(parts: RasterParts, marker: int, body: bytes) -> None:
    if marker == 0xE1 and body.startswith(XMP_START):
        parts.xmp.append(body[len(XMP_START) :])
    elif marker == 0xE2 and body.startswith(ICC_START):
        parts.profile += body[ICC_HEAD_BYTES:]
    elif marker == 0xE0 and body.startswith(JFIF) and len(body) == JFIF_BYTES:
        return
    elif marker == 0xFE:
        parts.foreign.append(f"a comment: {ascii(body[:60])[2:-1]}")
    elif marker == 0xE1 and body.startswith(b"Exif"):
        parts.foreign.append("EXIF data from a camera or an editor")
    elif marker not in JPEG_IMAGE_MARKERS:
        parts.foreign.append(f"a segment with the marker {marker:02X}")


def _read_webp(content: bytes) -> RasterParts:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise ValueError("it does not start with the WebP signature")
    end = 8 + int.from_bytes(content[4:8], "little")
    if len(content) < end:
        raise ValueError("it is cut short")
    parts, at = RasterParts(), 12
    while at < end:
        if end - at < 8:
            raise ValueError("it is cut short inside a chunk")
        name = content[at : at + 4].decode("latin-1")
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        if name == "XMP ":
            parts.xmp.append(body)
        elif name == "ICCP":
            parts.profile += body
        elif name not in WEBP_IMAGE_CHUNKS:
            parts.foreign.append(f"a chunk called {ascii(name)[1:-1]}")
    return _note_trailing_bytes(parts, content, end)


def _note_trailing_bytes(parts: RasterParts, content: bytes, at: int) -> RasterParts:
    if len(content) > at:
        parts.foreign.append(f"{len(content) - at:,} bytes after its end")
    return parts


READERS: dict[str, Callable[[bytes], RasterParts]] = {"png": _read_png, "jpg": _read_jpeg, "webp": _read_webp}


def describe_foreign_parts(parts: RasterParts) -> Iterator[str]:
    """Yield descriptions of the parts that a finished file must not have, each completing "the file has …"."""
    names = list(dict.fromkeys(parts.foreign))
    yield from names[:MAX_LISTED_PARTS]
    if len(names) > MAX_LISTED_PARTS:
        yield f"{len(names) - MAX_LISTED_PARTS:,} further parts that do not belong in it"
    if len(parts.xmp) > 1:
        yield f"{len(parts.xmp)} XMP packets instead of one"


PILLOW_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
MAX_XMP_BYTES = 64_000
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
LANGUAGE_ATTRIBUTE = "{http://www.w3.org/XML/1998/namespace}lang"
DEFAULT_LANGUAGE = "x-default"
"""The language of an alt text for readers of all other languages (XMP specification, part 1, 8.2.2.4)."""
ALT_ELEMENT = f"{IPTC}AltTextAccessibility"
ALLOWED_ELEMENTS = {
    "{adobe:ns:meta/}xmpmeta": set[str](),
    f"{RDF}RDF": set[str](),
    f"{RDF}Description": {f"{RDF}about"},
    ALT_ELEMENT: set[str](),
    f"{RDF}Alt": set[str](),
    f"{RDF}li": {LANGUAGE_ATTRIBUTE},
}


def read_xmp(content: bytes) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return the alt texts of an XMP packet by language, and the names of everything else in the packet.

    Raises:
        ValueError: The packet is too large, is not safe XML, or has two alt texts in one language.
    """
    if len(content) > MAX_XMP_BYTES:
        raise ValueError(f"its XMP is larger than {MAX_XMP_BYTES:,} bytes")
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ValueError("its XMP cannot be read as XML") from error
    items = [item for alt in root.iter(ALT_ELEMENT) for item in alt.iter(f"{RDF}li")]
    alts = {
        item.attrib.get(LANGUAGE_ATTRIBUTE, DEFAULT_LANGUAGE): (item.text or "").strip() for item in items
    }
    if len(alts) < len(items):
        raise ValueError("its XMP has two alt texts in one language")
    return alts, tuple(dict.fromkeys(_foreign_xmp_names(root)))


def _foreign_xmp_names(root: Element) -> Iterator[str]:
    """Yield the names of elements and attributes that do not belong to an alt text."""
    for element in root.iter():
        name = str(element.tag)
        allowed = ALLOWED_ELEMENTS.get(name)
        if allowed is None:
            yield name.rpartition("}")[2]
            continue
        yield from (key.rpartition("}")[2] for key in element.attrib if key not in allowed)
        if element.attrib.get(f"{RDF}about"):
            yield "about"


# An sRGB profile maps each of these colours to itself. Rounding may change a channel by the levels below, of 255.
SAMPLE_COLOURS = (
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 255),
    (0, 0, 0),
    (128, 128, 128),
    (40, 90, 160),
)
MAX_LEVEL_DIFFERENCE = 3
# What Pillow raises for damaged files and for files of a different format.
DECODE_ERRORS = (
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


def check_raster_file(content: bytes, spec: Spec) -> tuple[PreflightResult, Image.Image | None]:
    """Check a raster file, and decode its picture for further checks.

    A picture of the wrong size is decoded as well, unless it has more than ``MAX_PIXELS``. Its size is read before any
    pixel is decoded. JPEG and WebP have no checksums of their pixels. Damage that leaves their structure intact is
    therefore only found by the checks of the picture.

    Returns:
        The findings, and the picture, which is None if it cannot be decoded or is too large.
    """
    findings = [*check_weight(content, spec)]
    try:
        parts = read_parts(content, spec.format)
    except ValueError as error:
        text = f"the file cannot be read as {PILLOW_FORMATS[spec.format]}: {error}"
        return PreflightResult((*findings, Finding("size", text, UNCHANGED_HINT))), None
    findings += _check_parts(parts, spec)
    picture = None
    try:
        with warnings.catch_warnings():
            # Pillow only warns about some faults, such as a damaged animation or far too many pixels.
            warnings.simplefilter("error")
            picture = _decode_picture(content, spec, findings)
    except UnidentifiedImageError:
        findings.append(Finding("size", "the file does not contain a picture", UNCHANGED_HINT))
    except DECODE_ERRORS as error:
        findings.append(Finding("size", f"the file's picture cannot be read: {error}", UNCHANGED_HINT))
    return PreflightResult(tuple(findings)), picture


def _decode_picture(content: bytes, spec: Spec, findings: list[Finding]) -> Image.Image | None:
    """Return the picture, or None if it is too large. Append findings about its size and colour mode.

    Raises:
        Exception: One of ``DECODE_ERRORS``, from Pillow.
    """
    # WeasyPrint makes Pillow accept truncated files in the whole process. That must be off here.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    picture = Image.open(io.BytesIO(content), formats=(PILLOW_FORMATS[spec.format],))
    width, height = picture.size
    if (width, height) != (spec.width, spec.height):
        text = (
            f"the picture is {width:,} × {height:,} px instead of {spec.width:,.0f} × {spec.height:,.0f} px"
        )
        findings.append(Finding("size", text, UNCHANGED_HINT))
    if getattr(picture, "n_frames", 1) != 1:
        findings.append(Finding("size", "the file is an animation or has several pictures", UNCHANGED_HINT))
    if picture.mode not in ("RGB", "P") or "transparency" in picture.info:
        text = f"the picture has the colour mode {picture.mode}; it must be RGB without transparency"
        findings.append(Finding("size", text, UNCHANGED_HINT))
    if width * height > MAX_PIXELS:
        text = f"the picture has {width * height:,} pixels; the limit is {MAX_PIXELS:,}"
        findings.append(Finding("size", text, UNCHANGED_HINT))
        return None
    picture.load()
    return picture


def _check_parts(parts: RasterParts, spec: Spec) -> Iterator[Finding]:
    """Yield findings about the parts other than the picture."""
    for description in describe_foreign_parts(parts):
        yield Finding("metadata", f"the file has {description}", UNCHANGED_HINT)
    if not parts.profile:
        yield Finding("metadata", "the file has no colour profile; it needs an sRGB profile", UNCHANGED_HINT)
    elif not is_srgb(parts.profile):
        yield Finding("metadata", "the file's colour profile is not sRGB", UNCHANGED_HINT)
    alts: Mapping[str, str] = {}
    if parts.xmp:
        try:
            alts, others = read_xmp(parts.xmp[0])
        except ValueError as error:
            yield Finding("metadata", f"the file was changed after the build: {error}", UNCHANGED_HINT)
            return
        for name in others:
            yield Finding("metadata", f"the file's XMP has {name}", UNCHANGED_HINT)
    if set(alts.values()) != {spec.alt}:
        text = "the file has the wrong alt text" if any(alts.values()) else "the file has no alt text"
        yield Finding("alt-missing", text, UNCHANGED_HINT, role="alt")
    elif wrong := set(alts) - {DEFAULT_LANGUAGE, spec.locale}:
        text = f"the file's alt text is marked as {min(wrong)}; its language is {spec.locale}"
        yield Finding("alt-missing", text, UNCHANGED_HINT, role="alt")


@lru_cache(maxsize=8)
def is_srgb(profile: bytes) -> bool:
    """Return whether a colour profile behaves like sRGB. Its name is ignored: sample colours are converted."""
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        to_srgb = ImageCms.buildTransform(embedded, ImageCms.createProfile("sRGB"), "RGB", "RGB")
        sample = Image.new("RGB", (len(SAMPLE_COLOURS), 1))
        sample.putdata(SAMPLE_COLOURS)
        converted = ImageCms.applyTransform(sample, to_srgb)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return False
    if converted is None:
        return False
    differences = np.abs(np.asarray(converted, np.int16) - np.array(SAMPLE_COLOURS))
    return bool((differences <= MAX_LEVEL_DIFFERENCE).all())
