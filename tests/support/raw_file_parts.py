"""Read the parts of a PNG, JPEG or PDF without the libraries that wrote it.

Pillow and PDFium skip parts that they do not know. Here each part is listed, so that nothing hides in a file.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
JPEG_APP0, JPEG_APP15, JPEG_COMMENT, JPEG_SCAN = 0xE0, 0xEF, 0xFE, 0xDA
JPEG_WITHOUT_LENGTH = {0xD8, 0x01, *range(0xD0, 0xD8)}
# The names of known JPEG segments, by their first bytes.
JPEG_PART_NAMES = {b"JFIF\0": "jfif", b"ICC_PROFILE\0": "icc", b"http://ns.adobe.com/xap/1.0/\0": "xmp"}
MM_PER_PT = 25.4 / 72


@dataclass(frozen=True)
class FilePart:
    """One part of a file: its name and its content."""

    name: str
    content: bytes


def png_parts(content: bytes) -> list[FilePart]:
    """Return a PNG's chunks with their checksums verified; raise ValueError for bytes after the end."""
    if not content.startswith(PNG_MAGIC):
        raise ValueError("not a PNG")
    parts, at = [], len(PNG_MAGIC)
    while at < len(content):
        length = int.from_bytes(content[at : at + 4])
        name, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if zlib.crc32(name + body) != int.from_bytes(content[at + 8 + length : at + 12 + length]):
            raise ValueError(f"chunk {name!r} is damaged")
        parts.append(FilePart(name.decode("ascii"), body))
        at += 12 + length
        if name == b"IEND" and at != len(content):
            raise ValueError(f"{len(content) - at} bytes after the end")
    return parts


def jpeg_parts(content: bytes) -> list[FilePart]:
    """Return a JPEG's segments up to its pixels: ``jfif``, ``icc``, ``xmp``, ``app…``, ``comment``, or a number."""
    if not content.startswith(b"\xff\xd8") or not content.endswith(b"\xff\xd9"):
        raise ValueError("not a complete JPEG")
    parts, at = [], 2
    while True:
        if content[at] != 0xFF:
            raise ValueError(f"no segment at {at}")
        marker = content[at + 1]
        if marker in JPEG_WITHOUT_LENGTH:
            at += 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4])
        parts.append(_segment(marker, content[at + 4 : at + 2 + length]))
        at += 2 + length
        if marker == JPEG_SCAN:
            return parts


def _segment(marker: int, body: bytes) -> FilePart:
    if marker == JPEG_COMMENT:
        return FilePart("comment", body)
    if not JPEG_APP0 <= marker <= JPEG_APP15:
        return FilePart(f"{marker:02x}", body)
    for beginning, name in JPEG_PART_NAMES.items():
        if body.startswith(beginning):
            return FilePart(name, body[len(beginning) :])
    return FilePart(f"app{marker - JPEG_APP0}", body)


def run_poppler(tool: str, *words: str) -> str:
    """Return the output of one of poppler's tools."""
    path = shutil.which(tool)
    assert path, f"{tool} is missing: setup/prepare.py test installs poppler-utils"
    process = subprocess.run([path, *words], capture_output=True, text=True, timeout=60, check=True)
    return process.stdout


def pdf_boxes_mm(output: str) -> dict[str, tuple[float, ...]]:
    """Return the page boxes in the output of ``pdfinfo -box``, in mm: left, bottom, right, top."""
    found = re.findall(r"^(\w+Box):\s+(.+)$", output, re.MULTILINE)
    return {name: tuple(float(value) * MM_PER_PT for value in values.split()) for name, values in found}


def pdfinfo_values(output: str) -> dict[str, str]:
    """Return the ``name: value`` lines in the output of ``pdfinfo``."""
    return {
        name: value.strip() for name, value in re.findall(r"^([A-Z][\w ]*):[ ]*(.*)$", output, re.MULTILINE)
    }


def pdf_fonts(path: Path) -> list[tuple[str, bool, bool]]:
    """Return (name without subset prefix, is embedded, has a Unicode map) of each font, from ``pdffonts``."""
    rows = run_poppler("pdffonts", str(path)).splitlines()[2:]
    found = [re.match(r"(\S+)\s.*\s(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+$", row) for row in rows]
    assert all(found), rows
    return [(row[1].split("+")[-1], row[2] == "yes", row[4] == "yes") for row in found if row]
