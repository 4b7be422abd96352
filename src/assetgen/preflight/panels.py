"""Plain panels: boxes of one solid colour, beneath which nothing on a page can be seen.

What lies beneath need not be drawn. A page's gradients cost more than all else on it, and its code and its foot
stand on such panels.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pypdfium2 import raw

from assetgen.geometry import Box
from assetgen.preflight.canvas import PageCanvas, Panel
from assetgen.preflight.objects import Drawn, are_corners, common, matrix_of, moved
from assetgen.preflight.page import Page
from assetgen.units import PX_PER_PT

CORNERS = 4
SOLID = 255
# A panel of a smaller share of its page spares nothing.
LEAST_SHARE = 0.005
# The longest side of the picture in which a panel alone must be of its one colour: a gradient is not.
SHOWN_PX = 80


def canvas_of(page: Page) -> PageCanvas:
    """Return a page to be drawn in parts."""
    return PageCanvas(page.pdfium, -page.box.x / PX_PER_PT, -page.box.y / PX_PER_PT, panels_of(page))


def panels_of(page: Page) -> tuple[Panel, ...]:
    """Return the plain panels of a page, the topmost first; none of a page with forms, which may be translucent."""
    if raw.FPDFPage_CountObjects(page.pdfium.raw) != len(page.objects):
        return ()
    least = LEAST_SHARE * page.box.width * page.box.height
    panels = []
    for at, drawn in enumerate(page.objects):
        box = common([page.box, drawn.box, *drawn.clips])
        if not at or drawn.kind != "path" or drawn.shaped or not box or box.width * box.height < least:
            continue
        colour = _fill_of(drawn)
        if colour and _is_box(drawn) and _is_seen_as(page, drawn, box, colour):
            # Words beneath cost nothing, and may be hidden for other reasons: they stay as they are.
            beneath = [one.handle for one in page.objects[:at] if one.kind != "text"]
            panels.append(Panel(box, tuple(beneath)))
    return tuple(reversed(panels))


def _fill_of(drawn: Drawn) -> tuple[int, ...] | None:
    """Return the colour that an opaque path without a line around it is filled with; a pattern is told as grey."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    colour = [ctypes.c_uint() for _ in range(4)]
    if raw.FPDFPageObj_HasTransparency(drawn.handle) or not raw.FPDFPath_GetDrawMode(
        drawn.handle, fill, stroke
    ):
        return None
    if not fill.value or stroke.value or not raw.FPDFPageObj_GetFillColor(drawn.handle, *colour):
        return None
    values = tuple(part.value for part in colour)
    return values if values[3] == SOLID else None


def _is_box(drawn: Drawn) -> bool:
    count = raw.FPDFPath_CountSegments(drawn.handle)
    if count not in (CORNERS, CORNERS + 1):
        return False
    x, y = ctypes.c_float(), ctypes.c_float()
    matrix, points = matrix_of(drawn.handle), []
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(drawn.handle, index)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_BEZIERTO:
            return False
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(moved((x.value, y.value), matrix))
    return are_corners(points)


def _is_seen_as(page: Page, drawn: Drawn, box: Box, colour: tuple[int, ...]) -> bool:
    """Say whether a panel, drawn alone and small, is of its colour throughout."""
    scale = SHOWN_PX / max(page.box.width, page.box.height)
    with _alone(page, drawn.handle):
        bitmap = page.pdfium.render(scale=scale * PX_PER_PT, rev_byteorder=True, fill_color=(0, 0, 0, 0))
    pixels = bitmap.to_numpy()
    left, top = (int((box.x - page.box.x) * scale) + 1, int((box.y - page.box.y) * scale) + 1)
    right, bottom = int((box.right - page.box.x) * scale), int((box.bottom - page.box.y) * scale)
    inside = pixels[top:bottom, left:right]
    return inside.size > 0 and bool((inside == colour).all())


@contextmanager
def _alone(page: Page, handle: Any) -> Iterator[None]:
    for one in page.objects:
        raw.FPDFPageObj_SetIsActive(one.handle, False)
    raw.FPDFPageObj_SetIsActive(handle, True)
    try:
        yield
    finally:
        for one in page.objects:
            raw.FPDFPageObj_SetIsActive(one.handle, True)
