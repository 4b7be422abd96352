"""The interface of a motif: what it is given, and which polygons and regions it returns.

A motif is the drawn idea of a template, such as a door and its light. It is drawn when the call to action is placed
and before the copy is set: it follows the one, and the other follows it. It knows nothing of colours, which are the
template's, nor of words.

Lengths are CSS px from the trim's top left corner, x to the right and y downwards. Polygons are convex, and their
points run clockwise on the page. What is cut off is drawn beyond the trim, to the edge of ``Stage.page``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from assetgen.geometry import Box, Point, Polygon

# How far what lies under light goes on under its edge, which is drawn soft.
SEEN_UNDER_PX = 2


@dataclass(frozen=True, slots=True)
class Stage:
    """The page that a motif is drawn on, in CSS px.

    page         the sheet with its bleed, and one px more
    live         the area for copy: the safe area less the partners' footer
    trim_width   the page's width, without bleed
    trim_height  its height
    head         the lower edge of the partners' names where those stand above, from which a motif may hang
    """

    page: Box
    live: Box
    trim_width: float
    trim_height: float
    head: float | None = None

    @property
    def hang_y(self) -> float:
        """Return the y from which a motif hangs: that of the names above it, else of the sheet's upper edge."""
        return self.page.y if self.head is None else self.head

    @property
    def unit(self) -> float:
        """Return the live area's short side: what a motif's measures are shares of."""
        return min(self.live.width, self.live.height)

    @property
    def short_side(self) -> float:
        """Return the short side of the trimmed page."""
        return min(self.trim_width, self.trim_height)

    def x(self, share: float) -> float:
        """Return a share of the live area's width as an x on the page."""
        return self.live.x + share * self.live.width


@dataclass(frozen=True, slots=True)
class CallToAction:
    """The call to action as a motif sees it.

    ink       the box of all its ink, in CSS px
    type_px   its largest size of type, in CSS px, in which a motif measures the space around it
    is_lit    whether it stands in the motif's light, which then has to hold it
    """

    ink: Box
    type_px: float
    is_lit: bool = True


@dataclass(frozen=True, slots=True)
class DrawnMotif:
    """A motif on one page, in CSS px. A template's markup reads each shape by its role: ``opening.fall``.

    shapes      each part by its role, for the template to paint; one that is not drawn here has no points
    lit         the region of light that holds the call to action, one of the shapes
    kept_clear  what copy keeps clear of: no line of it stands there, or nearer than its own clearance
    unlit       what of the page a picture may fill: all of it, or what light without a source leaves
    source      where the light is brightest
    reach       how far from there it shines
    """

    shapes: Mapping[str, Polygon]
    lit: Polygon
    kept_clear: tuple[Polygon, ...]
    unlit: Box
    source: Point
    reach: float

    def __getitem__(self, role: str) -> Polygon:
        """Return the shape of a role. Raises KeyError for a role that this motif does not have."""
        return self.shapes[role]

    def dusk(self, sheet: Box, radius: float) -> Polygon:
        """Return the part of a sheet where a glow of this radius round the source is to be seen.

        It goes down to where the light fills all the sheet's width: what lies under light need not be drawn. On tall
        pages that is half of the costliest drawing there is.
        """
        x, y = self.source
        left, right = max(sheet.x, x - radius), min(sheet.right, x + radius)
        top, bottom = max(sheet.y, y - radius), min(sheet.bottom, y + radius)
        floor = {(sheet.x, sheet.bottom), (sheet.right, sheet.bottom)}
        if floor <= set(self.lit):
            filled_from = max(y for x, y in self.lit if (x, y) not in floor)
            bottom = min(bottom, filled_from + SEEN_UNDER_PX)
        return Box(left, top, right - left, max(0.0, bottom - top)).corners()


class Motif(Protocol):
    """A drawn idea, as a template measures it for one shape of page."""

    @property
    def lean(self) -> float:
        """Return how far its upright edges lean to the right, from foot to head, as a share of the live width.

        A footer at the page's side leans as far.
        """

    def draw(self, stage: Stage, call: CallToAction) -> Iterator[DrawnMotif]:
        """Yield the drawings to try, the one that the template asks for first.

        Each later one leaves the copy more room. The first in which the copy reads well is taken. Nothing is yielded
        where none holds a call that ``is_lit``: the call is then tried smaller, or elsewhere.
        """
