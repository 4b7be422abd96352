"""Read a finished page with PDFium: its drawn objects, letters, figures, fonts and structure.

All positions are in CSS px from the top left corner of the trim, with y downwards (see ``Frame``).

PDFium handles are valid only while their page is open, so the caller keeps the page open.

PDFium's order of letters is never used. In a right-to-left line it reverses the groups of digits: a page that shows
"0808 1000 900" is returned as "900 1000 0808" (measured with pypdfium2 5.15). Letters are put in order by their
positions instead.
"""

from __future__ import annotations

import ctypes
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pypdfium2 as pdfium
from pikepdf import Matrix
from pypdfium2 import raw

from assetgen.geometry import Box, bounding_box
from assetgen.units import PX_PER_PT

KINDS = {
    raw.FPDF_PAGEOBJ_TEXT: "text",
    raw.FPDF_PAGEOBJ_PATH: "path",
    raw.FPDF_PAGEOBJ_IMAGE: "image",
    raw.FPDF_PAGEOBJ_SHADING: "shading",
}
# How far a point of a path may be from a corner of its bounding box and still count as that corner.
CORNER_SLACK_PT = 0.01
CLIP_SCALE = 1000.0
"""A clip path that is scaled by this factor no longer clips anything on its page."""
MAX_FORM_DEPTH = 16
"""How deeply forms may be nested; real pages stay far below."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The coordinate system of a page: converts pt of the page to CSS px from the top left corner of the trim."""

    trim_left: float
    trim_top: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Convert a point of the page, in pt with y upwards, to CSS px."""
        return (x - self.trim_left) * PX_PER_PT, (self.trim_top - y) * PX_PER_PT

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Convert a rectangle of the page, in pt, to CSS px."""
        x, y = self.at(min(left, right), max(bottom, top))
        return Box(x, y, abs(right - left) * PX_PER_PT, abs(top - bottom) * PX_PER_PT)


@dataclass(frozen=True, slots=True)
class DrawnObject:
    """An object that the page draws.

    Attributes:
        handle: PDFium's handle.
        kind: ``text``, ``path``, ``image``, ``shading`` or ``other``.
        box: Bounding box in CSS px, before clipping.
        clips: Bounding boxes of the clip paths that apply to the object.
        mcid: Its marked-content id (MCID); None for artifacts and unmarked objects.
        shape_clipped: Handles of the object, and of the forms around it, whose clip path is not a box.
    """

    handle: Any
    kind: str
    box: Box
    clips: tuple[Box, ...]
    mcid: int | None
    shape_clipped: tuple[Any, ...] = ()


def frame_of(page: pdfium.PdfPage) -> Frame:
    """Return the coordinate system of a page, from its trim box, or its media box if it has no trim box."""
    left, _, _, top = page.get_trimbox()
    return Frame(left, top)


def list_drawn_objects(page: pdfium.PdfPage, frame: Frame) -> list[DrawnObject]:
    """Return every object that the page draws, including those inside forms, in drawing order."""
    count = raw.FPDFPage_CountObjects(page.raw)
    handles = [raw.FPDFPage_GetObject(page.raw, index) for index in range(count)]
    return list(_walk(handles, frame, Matrix(), _InheritedClips(), 0))


@dataclass(frozen=True, slots=True)
class _InheritedClips:
    """The clips and the marked-content id that an object inherits from the forms around it."""

    clips: tuple[Box, ...] = ()
    shaped: tuple[Any, ...] = ()
    mark: int | None = None


def _walk(
    handles: Sequence[Any], frame: Frame, outer: Matrix, inherited: _InheritedClips, depth: int
) -> Iterator[DrawnObject]:
    if depth > MAX_FORM_DEPTH:
        return
    for handle in handles:
        kind = raw.FPDFPageObj_GetType(handle)
        own_mcid = raw.FPDFPageObj_GetMarkedContentID(handle)
        clips = list(_clips(handle, frame, outer))
        own = _InheritedClips(
            (*inherited.clips, *(box for box, _ in clips)),
            inherited.shaped if all(is_box for _, is_box in clips) else (*inherited.shaped, handle),
            own_mcid if own_mcid >= 0 else inherited.mark,
        )
        if kind == raw.FPDF_PAGEOBJ_FORM:
            count = raw.FPDFFormObj_CountObjects(handle)
            inner = [raw.FPDFFormObj_GetObject(handle, index) for index in range(count)]
            yield from _walk(inner, frame, matrix_of(handle) @ outer, own, depth + 1)
            continue
        box = _bounds(handle, frame, outer)
        yield DrawnObject(handle, KINDS.get(kind, "other"), box, own.clips, own.mark, own.shaped)


def matrix_of(handle: Any) -> Matrix:
    """Return an object's own transformation matrix."""
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(handle, ctypes.byref(matrix)):
        return Matrix()
    return Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _bounds(handle: Any, frame: Frame, outer: Matrix) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return Box(0.0, 0.0, 0.0, 0.0)
    corners = [(x.value, y.value) for x in (left, right) for y in (bottom, top)]
    return _box_around([outer.transform(corner) for corner in corners], frame)


def _box_around(points: Sequence[tuple[float, float]], frame: Frame) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return frame.box(min(xs), min(ys), max(xs), max(ys))


def _clips(handle: Any, frame: Frame, outer: Matrix) -> Iterator[tuple[Box, bool]]:
    """Yield the bounding box of each clip path of an object, and whether the path is exactly that box."""
    clip = raw.FPDFPageObj_GetClipPath(handle)
    count = raw.FPDFClipPath_CountPaths(clip) if clip else 0
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(max(0, count)):
        points, is_straight = [], True
        for index in range(max(0, raw.FPDFClipPath_CountPathSegments(clip, path))):
            segment = raw.FPDFClipPath_GetPathSegment(clip, path, index)
            if raw.FPDFPathSegment_GetPoint(segment, x, y):
                points.append(outer.transform((x.value, y.value)))
                is_straight &= raw.FPDFPathSegment_GetType(segment) != raw.FPDF_SEGMENT_BEZIERTO
        if points:
            yield _box_around(points, frame), is_straight and are_box_corners(points)


def are_box_corners(points: Sequence[tuple[float, float]]) -> bool:
    """Return whether the points, in pt, are exactly the four corners of an upright box."""
    ranges = [(min(values), max(values)) for values in zip(*points, strict=True)]
    corners = set()
    for point in points:
        distances = [(value - low, high - value) for value, (low, high) in zip(point, ranges, strict=True)]
        if any(min(pair) > CORNER_SLACK_PT for pair in distances):
            return False
        corners.add(tuple(to_low < to_high for to_low, to_high in distances))
    return len(corners) == 4


@contextmanager
def without_shape_clips(drawn: Iterable[DrawnObject]) -> Iterator[None]:
    """While the context is open, draw objects as if no shape clipped them.

    PDFium cannot remove a clip path. The clip paths of all ``shape_clipped`` objects are scaled beyond the page
    instead, and scaled back afterwards.
    """
    handles = list(
        {ctypes.addressof(one.contents): one for each in drawn for one in each.shape_clipped}.values()
    )
    for handle in handles:
        _scale_clips(handle, CLIP_SCALE)
    try:
        yield
    finally:
        for handle in handles:
            _scale_clips(handle, 1 / CLIP_SCALE)


def _scale_clips(handle: Any, by: float) -> None:
    """Scale the clip paths of an object around the object's centre."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
    raw.FPDFPageObj_TransformClipPath(handle, by, 0, 0, by, x * (1 - by), y * (1 - by))


# How far ink may reach over an edge without a finding: rendering rounds to pixels, and so little is not visible.
SLACK_PX = 0.6


def is_inside(box: Box, outer: Box, slack: float) -> bool:
    """Return whether a box reaches at most ``slack`` beyond each side of the outer box."""
    return (
        box.x >= outer.x - slack
        and box.y >= outer.y - slack
        and box.right <= outer.right + slack
        and box.bottom <= outer.bottom + slack
    )


def intersect_boxes(boxes: Sequence[Box]) -> Box | None:
    """Return the intersection of the boxes; None if it is empty."""
    x, y = max(box.x for box in boxes), max(box.y for box in boxes)
    right, bottom = min(box.right for box in boxes), min(box.bottom for box in boxes)
    return Box(x, y, right - x, bottom - y) if right > x and bottom > y else None


# Structure types that contain text without being a paragraph. Each span directly below one is a group of its own.
CONTAINER_TYPES = frozenset(
    {"Document", "Part", "Art", "Sect", "Div", "NonStruct", "StructTreeRoot", "Figure"}
)
INLINE_TYPES = frozenset({"Span", "Link", "Em", "Strong", "Quote", "Code"})
MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class FigureTag:
    """A Figure element of the structure tree. If it has no alt text, it is decoration."""

    alt: str
    mcids: frozenset[int]


@dataclass(slots=True)
class Structure:
    """The structure tree of a page: its paragraphs and figures.

    A paragraph is a block element, or an inline element directly below a container (``CONTAINER_TYPES``). ``group_of``
    maps a marked-content id to the number of its paragraph, which is negative if it is in none. ``figures`` are in
    reading order. ``groups`` is the number of paragraphs.
    """

    group_of: dict[int, int] = field(default_factory=dict)
    figures: list[FigureTag] = field(default_factory=list)
    groups: int = 0

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> Structure:
        """Read the structure tree of a page; the result is empty if the page has no tags."""
        structure, tree = cls(), raw.FPDF_StructTree_GetForPage(page.raw)
        if not tree:
            return structure
        try:
            for index in range(max(0, raw.FPDF_StructTree_CountChildren(tree))):
                structure._read(raw.FPDF_StructTree_GetChildAtIndex(tree, index), None, 0)
        finally:
            raw.FPDF_StructTree_Close(tree)
        return structure

    def _read(self, element: Any, group: int | None, depth: int) -> None:
        if not element or depth > MAX_DEPTH:
            return
        kind = _read_string(raw.FPDF_StructElement_GetType, element)
        if kind in CONTAINER_TYPES:
            group = None
        elif group is None or kind not in INLINE_TYPES:
            self.groups += 1
            group = self.groups
        for mcid in _mcids(element):
            self.group_of[mcid] = group if group is not None else -1 - mcid
        if kind == "Figure":
            alt = _read_string(raw.FPDF_StructElement_GetAltText, element)
            self.figures.append(FigureTag(alt, frozenset(_all_mcids(element, depth))))
        for index in range(max(0, raw.FPDF_StructElement_CountChildren(element))):
            self._read(raw.FPDF_StructElement_GetChildAtIndex(element, index), group, depth + 1)


def _mcids(element: Any) -> Iterator[int]:
    for index in range(max(0, raw.FPDF_StructElement_GetMarkedContentIdCount(element))):
        mcid = raw.FPDF_StructElement_GetMarkedContentIdAtIndex(element, index)
        if mcid >= 0:
            yield mcid


def _all_mcids(element: Any, depth: int) -> Iterator[int]:
    yield from _mcids(element)
    if depth > MAX_DEPTH:
        return
    for index in range(max(0, raw.FPDF_StructElement_CountChildren(element))):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
        if child:
            yield from _all_mcids(child, depth + 1)


def _read_string(getter: Callable[..., int], element: Any) -> str:
    """Return a string property of an element. PDFium returns UTF-16 with a terminator, and its length in bytes."""
    length = getter(element, None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    getter(element, buffer, length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")


UNKNOWN_CHAR = "\N{REPLACEMENT CHARACTER}"
"""The character of a glyph without a Unicode mapping. PDFium returns such a glyph's code, which may be a digit."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A drawn letter.

    Attributes:
        char: The character, or ``UNKNOWN_CHAR``.
        x: Origin on the baseline, in CSS px from the left of the trim.
        y: Origin on the baseline, in CSS px from the top of the trim.
        box: Tight box around the ink, in CSS px.
        size_px: Font size in CSS px.
        rotation_deg: Rotation, clockwise from upright.
        is_mirrored: Whether the text is mirrored.
        object_index: Index of the text object that draws the letter.
        group: Number of its paragraph in the structure tree; negative if it has none.
    """

    char: str
    x: float
    y: float
    box: Box
    size_px: float
    rotation_deg: float
    is_mirrored: bool
    object_index: int
    group: int

    def __hash__(self) -> int:
        """Return a cheap hash of the position: a letter is hashed about a dozen times, and positions rarely repeat."""
        return hash((self.x, self.y, self.object_index))


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of the page: its alt text ("" for decoration), its visible box and the indices of its objects."""

    alt: str
    box: Box
    objects: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PageFont:
    """A font of the page: its BaseFont name and the embedded file, empty if the font is not embedded."""

    name: str
    file: bytes = field(repr=False)


class FinishedPage:
    """The first page of a PDF, opened with PDFium; a context manager that closes it.

    ``pdfium`` is the page, ``box`` its media box and ``trim`` its trim box in CSS px. ``objects`` are the drawn
    objects in drawing order; letters and figures refer to them by index. ``spaces`` are the spaces that are
    characters in the PDF, not those that PDFium adds between words.
    """

    def __init__(self, pdf: bytes) -> None:
        self._document = pdfium.PdfDocument(pdf)
        self.pdfium: pdfium.PdfPage = self._document[0]
        self.frame: Frame = frame_of(self.pdfium)
        width, height = self.pdfium.get_size()
        left, bottom, _, _ = self.pdfium.get_mediabox()
        self.box = self.frame.box(left, bottom, left + width, bottom + height)
        self.trim = self.frame.box(*self.pdfium.get_trimbox())
        self.objects: list[DrawnObject] = list_drawn_objects(self.pdfium, self.frame)
        self.structure = Structure.of(self.pdfium)
        self.letters, self.spaces = self._read_letters()

    def __enter__(self) -> FinishedPage:
        return self

    def __exit__(self, *_: object) -> None:
        self.pdfium.close()
        self._document.close()

    def _read_letters(self) -> tuple[tuple[Letter, ...], tuple[Letter, ...]]:
        """Return the letters, and the spaces that are characters in the PDF."""
        index_of = {
            ctypes.addressof(one.handle.contents): index
            for index, one in enumerate(self.objects)
            if one.kind == "text"
        }
        text_page = raw.FPDFText_LoadPage(self.pdfium.raw)
        try:
            letters = list(_letters(text_page, index_of, self.objects, self.structure, self.frame))
        finally:
            raw.FPDFText_ClosePage(text_page)
        return (
            tuple(letter for letter in letters if not letter.char.isspace()),
            tuple(letter for letter in letters if letter.char.isspace()),
        )

    @cached_property
    def text_boxes(self) -> Mapping[int, Box]:
        """The box around the letters of each text object, by the object's index."""
        boxes: dict[int, list[Box]] = {}
        for letter in self.letters:
            boxes.setdefault(letter.object_index, []).append(letter.box)
        return {index: bounding_box(found) for index, found in boxes.items()}

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The pictures in the page's structure tree that draw something, with their visible boxes."""
        figures = []
        for tag in self.structure.figures:
            drawn = {
                at: one for at, one in enumerate(self.objects) if one.mcid in tag.mcids and one.kind != "text"
            }
            parts = list(drawn.values())
            seen = [box for one in parts if (box := intersect_boxes([one.box, *one.clips]))]
            if parts:
                box = _viewport(parts) or (bounding_box(seen) if seen else parts[0].box)
                figures.append(Figure(tag.alt, box, frozenset(drawn)))
        return tuple(figures)

    @cached_property
    def fonts(self) -> Mapping[int, PageFont]:
        """The font of each text object, by the object's index."""
        fonts: dict[int, PageFont] = {}
        seen: dict[int, PageFont] = {}
        for index in sorted({letter.object_index for letter in self.letters}):
            handle = raw.FPDFTextObj_GetFont(self.objects[index].handle)
            key = ctypes.addressof(handle.contents)
            if key not in seen:
                seen[key] = PageFont(_font_name(handle), _font_file(handle))
            fonts[index] = seen[key]
        return fonts


def _viewport(parts: list[DrawnObject]) -> Box | None:
    """Return the clip that all parts of a figure share, such as an SVG's viewport; None if they share none."""
    shared = set.intersection(*(set(part.clips) for part in parts))
    return intersect_boxes(sorted(shared, key=lambda box: box.width * box.height)) if shared else None


def _letters(
    text_page: Any,
    index_of: Mapping[int, int],
    objects: list[DrawnObject],
    structure: Structure,
    frame: Frame,
) -> Iterator[Letter]:
    """Yield the letters and spaces of a text page. Spaces that PDFium adds itself are left out."""
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
            sign = UNKNOWN_CHAR
        raw.FPDFText_GetCharOrigin(text_page, index, x, y)
        raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
        if at != last:
            # All letters of a text object share its matrix and size.
            raw.FPDFText_GetMatrix(text_page, index, matrix)
            size_pt = raw.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
            last, size_px = at, size_pt * 96 / 72
            turn_deg = math.degrees(math.atan2(-matrix.b, matrix.a))
            mirrored = matrix.a * matrix.d - matrix.b * matrix.c < 0
        px, py = frame.at(x.value, y.value)
        mark = objects[at].mcid
        yield Letter(
            char=sign,
            x=px,
            y=py,
            box=frame.box(left.value, bottom.value, right.value, top.value),
            size_px=size_px,
            rotation_deg=turn_deg,
            is_mirrored=mirrored,
            object_index=at,
            group=structure.group_of.get(mark, -1) if mark is not None else -1,
        )


def _font_name(handle: Any) -> str:
    length = raw.FPDFFont_GetBaseFontName(handle, None, 0)
    buffer = ctypes.create_string_buffer(max(1, length))
    raw.FPDFFont_GetBaseFontName(handle, buffer, length)
    return buffer.value.decode("utf-8", "replace")


def _font_file(handle: Any) -> bytes:
    """Return the embedded file of a font; empty if PDFium substitutes a font of its own."""
    if raw.FPDFFont_GetIsEmbedded(handle) != 1:
        return b""
    length = ctypes.c_size_t()
    raw.FPDFFont_GetFontData(handle, None, 0, length)
    buffer = (ctypes.c_uint8 * length.value)()
    raw.FPDFFont_GetFontData(handle, buffer, length.value, length)
    return io.BytesIO(buffer).getvalue()
