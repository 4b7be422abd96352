"""Where on a page a code may be drawn: pictures, paths of very many corners, and crowds of small shapes.

A code in a view of the whole is found by its look. One that is too small for that view still has to be drawn,
and its squares leave their trace in the page's objects.
"""

from __future__ import annotations

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
# together: its bars alone have over two hundred. Nor do words, in fewer rows than it has.
MOST_CORNERS, LEAST_ROWS = 150, 21


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
    rows = {(round(letter.x if letter.turn_deg else letter.y, 1)) for letter in page.letters}
    return corners <= MOST_CORNERS and len(rows) < LEAST_ROWS


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
