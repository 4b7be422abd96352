"""The letters, figures, fonts and structure of a finished page, read by PDFium.

PDFium's own order of letters is never used: in a line from right to left it turns digits round (proof notes 2).
"""

from __future__ import annotations

import ctypes
import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from assetgen.geometry import Box, around
from assetgen.preflight.pdf.page_objects import DrawnObject, Frame, common, drawn_objects, frame_of

# What holds words without being a paragraph itself: the spans below it stand each for itself.
GATHERING = frozenset({"Document", "Part", "Art", "Sect", "Div", "NonStruct", "StructTreeRoot", "Figure"})
INLINE = frozenset({"Span", "Link", "Em", "Strong", "Quote", "Code"})
MOST_DEPTH = 64


@dataclass(frozen=True, slots=True)
class FigureTag:
    """A picture in the structure; without an alt text it is decoration."""

    alt: str
    marks: frozenset[int]


@dataclass(frozen=True, slots=True)
class Structure:
    """``group_of`` maps a marked content's number to its paragraph's; ``figures`` are in the order of reading."""

    group_of: Mapping[int, int]
    figures: tuple[FigureTag, ...]
    is_tagged: bool


def read_structure(page: pdfium.PdfPage) -> Structure:
    """Return the structure of a page; of one without tags an empty one."""
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return Structure({}, (), is_tagged=False)
    try:
        reader = _Reader()
        for index in range(max(0, raw.FPDF_StructTree_CountChildren(tree))):
            reader.read(raw.FPDF_StructTree_GetChildAtIndex(tree, index), None, 0)
        return Structure(reader.group_of, tuple(reader.figures), is_tagged=bool(reader.group_of))
    finally:
        raw.FPDF_StructTree_Close(tree)


class _Reader:
    """Walks the tree once. A paragraph is the nearest block above its words, or the outermost span
    where a mere box stands above it."""

    def __init__(self) -> None:
        self.group_of: dict[int, int] = {}
        self.figures: list[FigureTag] = []
        self._groups = 0

    def read(self, element: Any, group: int | None, depth: int) -> None:
        if not element or depth > MOST_DEPTH:
            return
        kind = _told(raw.FPDF_StructElement_GetType, element)
        if kind in GATHERING:
            group = None
        elif group is None or kind not in INLINE:
            self._groups += 1
            group = self._groups
        marks = list(_marks(element))
        for mark in marks:
            self.group_of[mark] = group if group is not None else -1 - mark
        if kind == "Figure":
            alt = _told(raw.FPDF_StructElement_GetAltText, element)
            self.figures.append(FigureTag(alt, frozenset(_all_marks(element, depth))))
        for index in range(max(0, raw.FPDF_StructElement_CountChildren(element))):
            self.read(raw.FPDF_StructElement_GetChildAtIndex(element, index), group, depth + 1)


def _marks(element: Any) -> Iterator[int]:
    for index in range(max(0, raw.FPDF_StructElement_GetMarkedContentIdCount(element))):
        mark = raw.FPDF_StructElement_GetMarkedContentIdAtIndex(element, index)
        if mark >= 0:
            yield mark


def _all_marks(element: Any, depth: int) -> Iterator[int]:
    yield from _marks(element)
    if depth > MOST_DEPTH:
        return
    for index in range(max(0, raw.FPDF_StructElement_CountChildren(element))):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
        if child:
            yield from _all_marks(child, depth + 1)


def _told(ask: Callable[..., int], element: Any) -> str:
    """Return a text of an element: PDFium says its length in bytes of UTF-16, with an end mark."""
    length = ask(element, None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    ask(element, buffer, length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")


UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""What a glyph is read as that has no character, or no true one: never a digit."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter that is drawn: its sign, its origin on the baseline, the box of its ink, its size.

    ``turn_deg`` is clockwise from upright; ``object`` is the index of the text object that draws it;
    ``group`` its paragraph. Places in CSS px from the trim's top left.
    """

    sign: str
    x: float
    y: float
    box: Box
    size_px: float
    turn_deg: float
    mirrored: bool
    object: int
    group: int

    def __hash__(self) -> int:
        """Return the hash of where it stands, which is told a dozen times for each letter: hardly two are equal."""
        return hash((self.x, self.y, self.object))


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its alt text, '' for decoration, where it may be seen, and the objects that draw it."""

    alt: str
    box: Box
    objects: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PageFont:
    """A font of the page: the name under which it is used, and its file, empty where it is not embedded."""

    name: str
    file: bytes = field(repr=False)


class FinishedPage:
    """A page that is open: its letters, spaces, figures and fonts. Close it, or use it as a context."""

    def __init__(self, pdf: bytes) -> None:
        self._document = pdfium.PdfDocument(pdf)
        self.count = len(self._document)
        self.pdfium: pdfium.PdfPage = self._document[0]
        self.frame: Frame = frame_of(self.pdfium)
        width, height = self.pdfium.get_size()
        left, bottom, _, _ = self.pdfium.get_mediabox()
        self.box = self.frame.box(left, bottom, left + width, bottom + height)
        trim = self.pdfium.get_trimbox()
        self.trim = self.frame.box(*trim)
        self.objects: list[DrawnObject] = drawn_objects(self.pdfium, self.frame)
        self.structure: Structure = read_structure(self.pdfium)
        self.letters, self.spaces = self._read_letters()

    def __enter__(self) -> FinishedPage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the page and its document."""
        self.pdfium.close()
        self._document.close()

    def _read_letters(self) -> tuple[tuple[Letter, ...], tuple[Letter, ...]]:
        """Return the letters, and the spaces that are really in the page."""
        address_of = {
            ctypes.addressof(one.handle.contents): index
            for index, one in enumerate(self.objects)
            if one.kind == "text"
        }
        text_page = raw.FPDFText_LoadPage(self.pdfium.raw)
        try:
            letters = list(_letters(text_page, address_of, self.objects, self.structure, self.frame))
        finally:
            raw.FPDFText_ClosePage(text_page)
        return (
            tuple(letter for letter in letters if not letter.sign.isspace()),
            tuple(letter for letter in letters if letter.sign.isspace()),
        )

    @cached_property
    def text_boxes(self) -> Mapping[int, Box]:
        """Return the box around the letters of each text object, by the object's index."""
        boxes: dict[int, list[Box]] = {}
        for letter in self.letters:
            boxes.setdefault(letter.object, []).append(letter.box)
        return {index: around(found) for index, found in boxes.items()}

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Return the pictures of the page's structure, where they may be seen."""
        figures = []
        for tag in self.structure.figures:
            drawn = [
                at for at, one in enumerate(self.objects) if one.mark in tag.marks and one.kind != "text"
            ]
            parts = [self.objects[at] for at in drawn]
            seen = [box for one in parts if (box := common([one.box, *one.clips]))]
            if not parts:
                continue
            box = _viewport(parts) or (around(seen) if seen else parts[0].box)
            figures.append(Figure(tag.alt, box, frozenset(drawn)))
        return tuple(figures)

    @cached_property
    def fonts(self) -> Mapping[int, PageFont]:
        """Return the font of each text object, by the object's index."""
        fonts: dict[int, PageFont] = {}
        seen: dict[int, PageFont] = {}
        for index in sorted({letter.object for letter in self.letters}):
            handle = raw.FPDFTextObj_GetFont(self.objects[index].handle)
            key = ctypes.addressof(handle.contents)
            if key not in seen:
                seen[key] = PageFont(_font_name(handle), _font_file(handle))
            fonts[index] = seen[key]
        return fonts


def _viewport(parts: list[DrawnObject]) -> Box | None:
    """Return the innermost box that all parts of a figure are cut by: an SVG's viewport; None where there is none."""
    shared = set(parts[0].clips)
    for part in parts[1:]:
        shared &= set(part.clips)
    return common(sorted(shared, key=lambda box: box.width * box.height)) if shared else None


def _letters(
    text_page: Any,
    index_of: Mapping[int, int],
    objects: list[DrawnObject],
    structure: Structure,
    frame: Frame,
) -> Iterator[Letter]:
    x, y = ctypes.c_double(), ctypes.c_double()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    matrix = raw.FS_MATRIX()
    last, size_px, turn_deg, mirrored = -1, 0.0, 0.0, False
    for index in range(raw.FPDFText_CountChars(text_page)):
        if raw.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        handle = raw.FPDFText_GetTextObject(text_page, index)
        if not handle:
            continue
        at = index_of.get(ctypes.addressof(handle.contents))
        if at is None:
            continue
        sign = chr(raw.FPDFText_GetUnicode(text_page, index) or 0xFFFD)
        if raw.FPDFText_HasUnicodeMapError(text_page, index) == 1:
            sign = UNKNOWN
        raw.FPDFText_GetCharOrigin(text_page, index, x, y)
        raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
        if at != last:
            # One text object has one matrix and one size for all its letters.
            raw.FPDFText_GetMatrix(text_page, index, matrix)
            size_pt = raw.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
            last, size_px = at, size_pt * 96 / 72
            turn_deg = math.degrees(math.atan2(-matrix.b, matrix.a))
            mirrored = matrix.a * matrix.d - matrix.b * matrix.c < 0
        px, py = frame.at(x.value, y.value)
        mark = objects[at].mark
        yield Letter(
            sign=sign,
            x=px,
            y=py,
            box=frame.box(left.value, bottom.value, right.value, top.value),
            size_px=size_px,
            turn_deg=turn_deg,
            mirrored=mirrored,
            object=at,
            group=structure.group_of.get(mark, -1) if mark is not None else -1,
        )


def _font_name(handle: Any) -> str:
    length = raw.FPDFFont_GetBaseFontName(handle, None, 0)
    buffer = ctypes.create_string_buffer(max(1, length))
    raw.FPDFFont_GetBaseFontName(handle, buffer, length)
    return buffer.value.decode("utf-8", "replace")


def _font_file(handle: Any) -> bytes:
    """Return the file that is embedded for a font; empty where PDFium had to take one of its own."""
    if raw.FPDFFont_GetIsEmbedded(handle) != 1:
        return b""
    length = ctypes.c_size_t()
    raw.FPDFFont_GetFontData(handle, None, 0, length)
    buffer = (ctypes.c_uint8 * length.value)()
    raw.FPDFFont_GetFontData(handle, buffer, length.value, length)
    return io.BytesIO(buffer).getvalue()
