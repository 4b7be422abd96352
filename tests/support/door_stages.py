"""Motifs drawn on a stage, and the geometry to check them with."""

from __future__ import annotations

from assetgen.geometry import Box, Point, Polygon
from assetgen.layout.motifs import CallToAction, DrawnMotif, Stage, motif_of
from assetgen.schema.template_file import Opening

FLOOR = Opening(
    kind="floor", door=(0.8, 0.84, 0.89), drop=0.3, min_drop=0.1, lift=0.04, spread=0.18, leaf=0.07
)
CALL = Box(60.0, 800.0, 700.0, 200.0)
CLEAR = 40.0


def stage(width: float = 1080.0, height: float = 1350.0, bleed: float = 1.0) -> Stage:
    """Return a stage whose margin is 6 % of its shorter side; lengths in px."""
    margin = 0.06 * min(width, height)
    live = Box(margin, margin, width - 2 * margin, height - 2 * margin)
    return Stage(Box(0, 0, width, height).grown(bleed), live, width, height)


def try_to_draw(
    opening: Opening, on: Stage, call: Box, clear: float, drop: float, *, holds_call: bool = True
) -> DrawnMotif | None:
    """Return the motif with one drop of light and a clearance around the CTA in px, or None if it does not fit."""
    motif = motif_of(opening.model_copy(update={"drop": drop, "min_drop": drop}))
    return next(motif.draw(on, CallToAction(call, clear / opening.clear, is_lit=holds_call)), None)


def drawn(
    opening: Opening = FLOOR, on: Stage | None = None, call: Box = CALL, drop: float | None = None
) -> DrawnMotif:
    """Return a motif that must fit, with the usual clearance."""
    motif = try_to_draw(opening, on or stage(), call, CLEAR, opening.drop if drop is None else drop)
    assert motif is not None
    return motif


def is_inside(point: Point, polygon: Polygon) -> bool:
    """Say whether a point is inside a polygon: a ray to the right crosses an odd number of sides."""
    x, y = point
    sides = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    crossed = [
        (bx - ax) * (y - ay) / (by - ay) + ax > x for (ax, ay), (bx, by) in sides if (ay > y) != (by > y)
    ]
    return sum(crossed) % 2 == 1


def area(polygon: Polygon) -> float:
    """Return twice the area of a polygon, positive if its points run clockwise on the page."""
    return sum(
        ax * by - bx * ay for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True)
    )
