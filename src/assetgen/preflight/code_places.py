"""Where on a page a code may be drawn: pictures, paths of very many corners, and crowds of small shapes.

A code in a view of the whole is found by its look. One that is too small for that view still has to be drawn,
and its squares leave their trace in the page's objects.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from pypdfium2 import raw

from assetgen.geometry import Box, around
from assetgen.preflight.objects import Drawn, common
from assetgen.preflight.page import Page

# The smallest code has 21 modules a side. Its dark ones, joined to bars, are well over a hundred shapes.
LEAST_CORNERS, LEAST_SHAPES = 400, 100
# A module's share of the page's longer side, at the most: a larger one is seen in any view.
MOST_MODULE = 1 / 200
# The shapes outside those places draw no code, even joined, as long as they have no more corners than this
# together: its bars alone have over two hundred.
MOST_CORNERS = 150
# Nor do words, but in as many rows as the smallest code has, each as far from the next, up to a share of a step.
EVEN_ROWS, ROW_OFF = range(2, 21), 0.2


def code_places(page: Page) -> list[Box]:
    """Return the boxes in which a code might be drawn that a view of the whole page does not show."""
    most_px = MOST_MODULE * max(page.box.width, page.box.height)
    places, small = [], []
    for drawn in page.objects:
        if drawn.kind == "image" or (drawn.kind == "path" and _corners(drawn) >= LEAST_CORNERS):
            places.append(drawn)
        elif drawn.kind == "path" and max(drawn.box.width, drawn.box.height) <= most_px * 21:
            small.append(drawn)
    boxes = [box for one in places if (box := common([page.box, one.box, *one.clips]))]
    if len(small) >= LEAST_SHAPES:
        boxes.append(around([one.box for one in small]))
    return _apart(boxes)


def codes_are_nowhere_else(page: Page, places: Sequence[Box]) -> bool:
    """Say whether a page's objects can draw a code in those places alone, and not between them."""
    corners = 0
    for drawn in page.objects:
        if drawn.kind == "text" or any(_holds(place, page, drawn) for place in places):
            continue
        if drawn.kind != "path" or raw.FPDFPageObj_GetDashCount(drawn.handle) > 0:
            return False
        corners += _corners(drawn)
    return corners <= MOST_CORNERS and not have_even_rows(
        letter.x if letter.turn_deg else letter.y for letter in page.letters
    )


def have_even_rows(rows: Iterable[float]) -> bool:
    """Say whether among these rows of words there are so many even ones that together they could draw a code."""
    sorted_rows = sorted(set(rows))
    for at, first in enumerate(sorted_rows):
        for second in sorted_rows[at + 1 :]:
            step = second - first
            if first + EVEN_ROWS[-1] * step > sorted_rows[-1] + ROW_OFF * step:
                break
            if all(_has_near(sorted_rows, first + count * step, ROW_OFF * step) for count in EVEN_ROWS):
                return True
    return False


def _has_near(sorted_values: Sequence[float], value: float, by: float) -> bool:
    at = bisect_left(sorted_values, value - by)
    return at < len(sorted_values) and sorted_values[at] <= value + by


def _holds(place: Box, page: Page, drawn: Drawn) -> bool:
    """Say whether all that may be seen of an object lies in a place."""
    box = common([page.box, drawn.box, *drawn.clips])
    return box is None or common([place, box]) == box


def _corners(drawn: Drawn) -> int:
    return int(raw.FPDFPath_CountSegments(drawn.handle))


def _apart(boxes: Iterable[Box]) -> list[Box]:
    """Return boxes without those that lie in another."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda one: -one.width * one.height):
        if not any(common([box, other]) == box for other in kept):
            kept.append(box)
    return kept
