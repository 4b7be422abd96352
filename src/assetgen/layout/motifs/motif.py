"""The interface of a motif: its input, and the polygons and regions that it returns.

A motif is the drawn idea of a template, such as a door and its light. It is drawn after the call to action is placed
and before the copy is laid out: the motif follows the call to action, and the copy follows the motif. A motif has
only shapes. Colours come from the template, and words from the copy.

Lengths are CSS px from the trim's top left corner, x to the right and y downwards. Polygons are convex, and their
points run clockwise on the page. Shapes that reach the trim continue beyond it, to the edge of ``Stage.page``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from assetgen.geometry import Box, Point, Polygon

# How far a glow continues under the edge of the light, which is anti-aliased.
GLOW_OVERLAP_PX = 2


@dataclass(frozen=True, slots=True)
class Stage:
    """The page that a motif is drawn on, in CSS px.

    page           the sheet with its bleed, and 1 px more on every side
    live           the area for copy: the safe area without the partners' footer
    trim_width     the page's width, without bleed
    trim_height    the page's height, without bleed
    footer_bottom  the lower edge of a footer at the top of the page, from which a motif may hang; else None
    """

    page: Box
    live: Box
    trim_width: float
    trim_height: float
    footer_bottom: float | None = None

    @property
    def hang_y(self) -> float:
        """Return the y from which a motif hangs: the lower edge of a footer above it, or else the sheet's top edge."""
        return self.page.y if self.footer_bottom is None else self.footer_bottom

    @property
    def unit(self) -> float:
        """Return the live area's short side. The measures of a motif are shares of it."""
        return min(self.live.width, self.live.height)

    @property
    def short_side(self) -> float:
        """Return the short side of the trimmed page."""
        return min(self.trim_width, self.trim_height)

    def x(self, share: float) -> float:
        """Convert a share of the live area's width to an x on the page."""
        return self.live.x + share * self.live.width


@dataclass(frozen=True, slots=True)
class CallToAction:
    """The properties of the call to action that a motif needs.

    ink       the box of all its ink, in CSS px
    type_px   its largest type size, in CSS px, which is the unit of the space around it
    is_lit    whether the motif's light must contain it
    """

    ink: Box
    type_px: float
    is_lit: bool = True


@dataclass(frozen=True, slots=True)
class DrawnMotif:
    """A motif on one page, in CSS px. A template's markup reads each shape by its role: ``motif.fall``.

    shapes      the shapes by role, for the template to paint; a shape that is not drawn has no points
    lit         the region of light that contains the call to action, one of the shapes
    kept_clear  the shapes that copy must avoid: every line keeps at least its own clearance from them
    unlit       the part of the page that a picture may fill: all of it, or the part without a plain field of light
    source      the point where the light is brightest
    reach       how far the light shines from its source
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
        """Return the part of a sheet where a glow of this radius around the source is visible.

        It ends where the light fills the whole width of the sheet and covers the glow. On tall pages, this saves half
        of the most expensive drawing.
        """
        x, y = self.source
        left, right = max(sheet.x, x - radius), min(sheet.right, x + radius)
        top, bottom = max(sheet.y, y - radius), min(sheet.bottom, y + radius)
        bottom_corners = {(sheet.x, sheet.bottom), (sheet.right, sheet.bottom)}
        if bottom_corners <= set(self.lit):
            filled_from = max(y for x, y in self.lit if (x, y) not in bottom_corners)
            bottom = min(bottom, filled_from + GLOW_OVERLAP_PX)
        return Box(left, top, right - left, max(0.0, bottom - top)).corners()


class Motif(Protocol):
    """The interface of a motif: the drawn idea of a template, with the measures of one layout."""

    @property
    def lean(self) -> float:
        """Return how far its upright edges lean to the right from bottom to top, as a share of the live width.

        The edge of a footer at the page's side leans as much.
        """

    def draw(self, stage: Stage, cta: CallToAction) -> Iterator[DrawnMotif]:
        """Yield the drawings to try, beginning with the template's own.

        Each later drawing leaves more room for the copy. The layout uses the first one in which the copy reads well. If
        the call to action ``is_lit``, drawings whose light does not contain it are left out. If none is left, the
        layout tries a smaller call to action.
        """
