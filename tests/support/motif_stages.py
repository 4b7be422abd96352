"""Motifs drawn on a stage, and the geometry to check them with."""

from __future__ import annotations

from assetgen.geometry import Box, Point, Polygon
from assetgen.layout.motifs import CallToAction, DrawnMotif, Stage, make_motif
from assetgen.schema.template_file import MotifShape

FLOOR_MOTIF = MotifShape(
    kind="floor", door=(0.8, 0.84, 0.89), drop=0.3, min_drop=0.1, lift=0.04, spread=0.18, leaf=0.07
)
CTA_BOX = Box(60.0, 800.0, 700.0, 200.0)
CLEARANCE_PX = 40.0


def make_stage(width: float = 1080.0, height: float = 1350.0, bleed: float = 1.0) -> Stage:
    """Return a stage whose margin is 6 % of its shorter side; lengths in px."""
    margin = 0.06 * min(width, height)
    live = Box(margin, margin, width - 2 * margin, height - 2 * margin)
    return Stage(Box(0, 0, width, height).enlarged(bleed), live, width, height)


def try_to_draw_motif(
    motif: MotifShape, on: Stage, cta_box: Box, clearance_px: float, drop: float, *, has_cta: bool = True
) -> DrawnMotif | None:
    """Return the motif with one drop of light and a clearance around the CTA in px, or None if it does not fit."""
    exact = make_motif(motif.model_copy(update={"drop": drop, "min_drop": drop}))
    return next(exact.draw(on, CallToAction(cta_box, clearance_px / motif.clear, is_lit=has_cta)), None)


def draw_motif(
    motif: MotifShape = FLOOR_MOTIF,
    on: Stage | None = None,
    cta_box: Box = CTA_BOX,
    drop: float | None = None,
) -> DrawnMotif:
    """Return a motif that must fit, with the usual clearance."""
    drawn = try_to_draw_motif(
        motif, on or make_stage(), cta_box, CLEARANCE_PX, motif.drop if drop is None else drop
    )
    assert drawn is not None
    return drawn


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
