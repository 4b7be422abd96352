"""A tagged page's structure: which marked content belongs together, and what pictures say of themselves."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

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
