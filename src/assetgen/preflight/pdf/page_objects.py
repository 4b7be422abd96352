"""A page's drawn objects as PDFium has them: what each is, where it may be seen, what it belongs to.

Handles live as long as the page that they came from: whoever calls keeps it open. All places are in CSS px
from the trim's top left corner, y downwards (``Frame``).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
from pikepdf import Matrix
from pypdfium2 import raw

from assetgen.geometry import Box
from assetgen.units import PX_PER_PT

KINDS = {
    raw.FPDF_PAGEOBJ_TEXT: "text",
    raw.FPDF_PAGEOBJ_PATH: "path",
    raw.FPDF_PAGEOBJ_IMAGE: "image",
    raw.FPDF_PAGEOBJ_SHADING: "shading",
}
# A corner of a path lies on a corner of its box when it is no further off than this.
CORNER_SLACK_PT = 0.01
FAR = 1000.0
"""So much larger a clip cuts nothing on its page."""
MOST_DEPTH = 16
"""Forms within forms; nobody draws deeper."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page's points become CSS px from the trim's top left corner."""

    trim_left: float
    trim_top: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the page, in pt with y upwards, in CSS px."""
        return (x - self.trim_left) * PX_PER_PT, (self.trim_top - y) * PX_PER_PT

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return a rectangle of the page, in pt, in CSS px."""
        x, y = self.at(min(left, right), max(bottom, top))
        return Box(x, y, abs(right - left) * PX_PER_PT, abs(top - bottom) * PX_PER_PT)


@dataclass(frozen=True, slots=True)
class DrawnObject:
    """One drawn object. ``clips`` are the boxes that it is cut by; ``shaped`` are the handles, its own or those
    of forms around it, that are cut by something other than a box; ``mark`` is its marked content's number, None
    for what is an artifact or not marked."""

    handle: Any
    kind: str
    box: Box
    clips: tuple[Box, ...]
    mark: int | None
    shaped: tuple[Any, ...] = ()


def frame_of(page: pdfium.PdfPage) -> Frame:
    """Return the frame of a page: its trim box, else its media box."""
    left, _, _, top = page.get_trimbox()
    return Frame(left, top)


def drawn_objects(page: pdfium.PdfPage, frame: Frame) -> list[DrawnObject]:
    """Return every object that the page draws, also those inside forms, in the order of drawing."""
    handles = [
        raw.FPDFPage_GetObject(page.raw, index) for index in range(raw.FPDFPage_CountObjects(page.raw))
    ]
    return list(_walk(handles, frame, Matrix(), _Held(), 0))


@dataclass(frozen=True, slots=True)
class _Held:
    """What an object has from the forms around it."""

    clips: tuple[Box, ...] = ()
    shaped: tuple[Any, ...] = ()
    mark: int | None = None


def _walk(
    handles: Sequence[Any],
    frame: Frame,
    outer: Matrix,
    held: _Held,
    depth: int,
) -> Iterator[DrawnObject]:
    if depth > MOST_DEPTH:
        return
    for handle in handles:
        kind = raw.FPDFPageObj_GetType(handle)
        own_mark = raw.FPDFPageObj_GetMarkedContentID(handle)
        clips = list(_clips(handle, frame, outer))
        own = _Held(
            (*held.clips, *(box for box, _ in clips)),
            held.shaped if all(is_box for _, is_box in clips) else (*held.shaped, handle),
            own_mark if own_mark >= 0 else held.mark,
        )
        if kind == raw.FPDF_PAGEOBJ_FORM:
            inner = [
                raw.FPDFFormObj_GetObject(handle, index)
                for index in range(raw.FPDFFormObj_CountObjects(handle))
            ]
            matrix = matrix_of(handle) @ outer
            yield from _walk(inner, frame, matrix, own, depth + 1)
            continue
        box = _bounds(handle, frame, outer)
        yield DrawnObject(handle, KINDS.get(kind, "other"), box, own.clips, own.mark, own.shaped)


def matrix_of(handle: Any) -> Matrix:
    """Return an object's own matrix."""
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
    """Yield the box around each path that an object is cut by, and whether the path is no more than that."""
    clip = raw.FPDFPageObj_GetClipPath(handle)
    count = raw.FPDFClipPath_CountPaths(clip) if clip else 0
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(max(0, count)):
        points, is_straight = [], True
        for index in range(max(0, raw.FPDFClipPath_CountPathSegments(clip, path))):
            segment = raw.FPDFClipPath_GetPathSegment(clip, path, index)
            if raw.FPDFPathSegment_GetPoint(segment, x, y):
                points.append(outer.transform((x.value, y.value)))
                is_straight = (
                    is_straight and raw.FPDFPathSegment_GetType(segment) != raw.FPDF_SEGMENT_BEZIERTO
                )
        if points:
            yield _box_around(points, frame), is_straight and are_corners(points)


def are_corners(points: Sequence[tuple[float, float]]) -> bool:
    """Say whether points are the four corners of an upright box, and nothing else."""
    sides = [(min(along), max(along)) for along in zip(*points, strict=True)]
    corners = set()
    for point in points:
        from_ends = [(value - low, high - value) for value, (low, high) in zip(point, sides, strict=True)]
        if any(min(ends) > CORNER_SLACK_PT for ends in from_ends):
            return False
        corners.add(tuple(near < far for near, far in from_ends))
    return len(corners) == 4


@contextmanager
def unclipped(drawn: Iterable[DrawnObject]) -> Iterator[None]:
    """Let objects be drawn as if no shape cut them: what cuts them is made larger than any page, and small again."""
    handles = list({ctypes.addressof(one.contents): one for each in drawn for one in each.shaped}.values())
    for handle in handles:
        _scale_clips(handle, FAR)
    try:
        yield
    finally:
        for handle in handles:
            _scale_clips(handle, 1 / FAR)


def _scale_clips(handle: Any, by: float) -> None:
    """Scale the paths that an object is cut by, from the object's own middle."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
    raw.FPDFPageObj_TransformClipPath(handle, by, 0, 0, by, x * (1 - by), y * (1 - by))


# How far ink may stand over an edge before it counts: drawing rounds, and a hair is not seen.
SLACK_PX = 0.6


def is_inside(box: Box, outer: Box, slack: float) -> bool:
    """Say whether a box stands no further out of another than ``slack``."""
    return (
        box.x >= outer.x - slack
        and box.y >= outer.y - slack
        and box.right <= outer.right + slack
        and box.bottom <= outer.bottom + slack
    )


def common(boxes: Sequence[Box]) -> Box | None:
    """Return what all boxes have in common; None where that is nothing."""
    x, y = max(box.x for box in boxes), max(box.y for box in boxes)
    right, bottom = min(box.right for box in boxes), min(box.bottom for box in boxes)
    return Box(x, y, right - x, bottom - y) if right > x and bottom > y else None
