"""The parts that a raster file is made of, by its format's own rules: what an image library passes over in silence.

PNG: ISO/IEC 15948. JPEG: ISO/IEC 10918-1, with JFIF, XMP (Adobe's specification, part 3) and ICC (ICC.1, annex B).
WebP: RFC 9649.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_DRAWN = {"IHDR", "PLTE", "IDAT", "IEND"}
XMP_KEY = b"XML:com.adobe.xmp\0\0\0\0\0"
ICC_KEY = b"ICC Profile\0\0"
MOST_PROFILE_BYTES = 4_000_000
JPEG_DRAWN = {0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xEE}
JFIF, XMP_START, ICC_START = b"JFIF\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
JFIF_BYTES, ICC_HEAD_BYTES = 14, 14
MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
# The end of a scan: of a run of FF its last alone, so that a file of nothing else is passed in one go.
SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# A progressive JPEG has ten or so; each one is a whole decoding.
MOST_SCANS = 20
MOST_TOLD = 5
WEBP_DRAWN = {"VP8 ", "VP8L", "VP8X", "ALPH"}


@dataclass
class Parts:
    """What stands in a file beside its pixels: the profile, the XMP, and the names of all that is neither."""

    profile: bytes = b""
    xmp: list[bytes] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def parts_of(content: bytes, file_format: str) -> Parts:
    """Return the parts of a ``png``, ``jpg`` or ``webp`` file. Raises ValueError, in words, where it is broken."""
    return READERS[file_format](content)


def _png(content: bytes) -> Parts:
    if not content.startswith(PNG_START):
        raise ValueError("it does not begin as a PNG does")
    parts, at, name = Parts(), len(PNG_START), ""
    while name != "IEND":
        head = content[at : at + 8]
        if len(head) < 8:
            raise ValueError("it ends in the middle")
        length, name = struct.unpack(">I", head[:4])[0], head[4:].decode("latin-1")
        body = content[at + 8 : at + 8 + length]
        if len(content) < at + 12 + length:
            raise ValueError("it ends in the middle")
        if zlib.crc32(body, zlib.crc32(head[4:])) != int.from_bytes(
            content[at + 8 + length : at + 12 + length]
        ):
            raise ValueError("a part of it is damaged")
        at += 12 + length
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
        profile = inflating.decompress(packed, MOST_PROFILE_BYTES)
    except zlib.error as error:
        raise ValueError("its colour profile is damaged") from error
    if inflating.unconsumed_tail:
        raise ValueError("its colour profile is out of all measure")
    return profile


def _jpeg(content: bytes) -> Parts:
    if not content.startswith(b"\xff\xd8"):
        raise ValueError("it does not begin as a JPEG does")
    parts, at, scans = Parts(), 2, 0
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
            if scans > MOST_SCANS:
                raise ValueError("it is drawn over and over again")
            at = after.start()
        _take_segment(parts, marker, body)


def _take_segment(parts: Parts, marker: int, body: bytes) -> None:
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


def _webp(content: bytes) -> Parts:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise ValueError("it does not begin as a WebP does")
    end = 8 + int.from_bytes(content[4:8], "little")
    if len(content) < end:
        raise ValueError("it ends in the middle")
    parts, at = Parts(), 12
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


def _ended(parts: Parts, content: bytes, at: int) -> Parts:
    if len(content) > at:
        parts.foreign.append(f"{len(content) - at:,} bytes after its end")
    return parts


READERS: dict[str, Callable[[bytes], Parts]] = {"png": _png, "jpg": _jpeg, "webp": _webp}


def described(parts: Parts) -> Iterator[str]:
    """Yield in words what stands in a file that nobody needs."""
    names = list(dict.fromkeys(parts.foreign))
    yield from names[:MOST_TOLD]
    if len(names) > MOST_TOLD:
        yield f"{len(names) - MOST_TOLD:,} other parts that nobody needs"
    if len(parts.xmp) > 1:
        yield f"{len(parts.xmp)} packets of XMP"
