"""Draw a door ajar and the light that falls from it, as polygons that follow the call to action.

``slit`` is the gap: its points are top left, top right, bottom right, bottom left. Its left side leans, its right side
is upright. ``fall`` is the light on the floor, which starts at the bottom of the gap and runs off the page. ``leaf`` is
the door to the right of the gap; ``edge`` is its lit edge. All shapes continue into the bleed at their own slope. A far
door is visible as a whole. Its gap and its leaf are shares of its height, so that it looks the same in every shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.geometry import Box, Point, Polygon
from assetgen.layout.motifs.motif import CallToAction, DrawnMotif, Stage
from assetgen.schema.template_file import MotifShape

# The roles of a door's shapes, each without points.
EMPTY_SHAPES: dict[str, Polygon] = {"slit": (), "fall": (), "leaf": (), "edge": ()}
# The shares of the light's drop that are tried in turn, to give the copy more room.
DROPS = (1.0, 0.85, 0.7, 0.55, 0.4, 0.25, 0.1, 0.0)
# The minimum distance of the threshold from the top of the page, as a share of its height.
MIN_THRESHOLD = 0.12
# The width of the lit edge, as a share of the page's width; the second one is for pages wider than the ratio.
EDGE_SHARE, EDGE_SHARE_WIDE = 0.012, 0.007
WIDE_RATIO = 1.7
# On pages narrower than this, a lit edge on the door is too thin to look good.
EDGE_FROM_PX = 400
# The overlap of adjacent shapes, as a share of the page's short side.
SEAM = 0.002
# The share of the clearance that is kept at the upper corners of the call to action. Only one letter is close there.
CORNER_CLEAR_SHARE = 0.6
# How far the light shines, as a share of the page's longer side; on tall pages, and for each kind of door.
TALL_RATIO, TALL_REACH = 1.6, 0.44
LIGHT_REACH = {"floor": 0.62, "corner": 0.60, "bar": 0.30, "far": 0.62}
# The measures of a far door, as shares of its height: the width of the gap at the bottom and at the top, the width of
# the leaf, how much higher the gap's right bottom corner is than its left one, and the leaf's far bottom corner than
# its near one. The viewer's eye is above the middle of the door, so the top edges slope less: by FAR_TOP_SHARE.
FAR_FOOT, FAR_HEAD, FAR_LEAF = 0.15, 0.10, 0.34
FAR_LIFT, FAR_RISE, FAR_TOP_SHARE = 0.07, 0.115, 0.65
# The distance of a far door's top from the trim, as a share of the page's short side, so that it is never trimmed.
FAR_ROOM = 0.06


@dataclass(frozen=True, slots=True)
class Door:
    """The door of one layout: near and partly visible (``floor``, ``corner``, ``bar``), or ``far`` and whole."""

    motif: MotifShape

    @property
    def lean(self) -> float:
        """Return how far the gap's left side leans, as a share of the live width; 0 for a far door."""
        door = self.motif.door
        return door[1] - door[0] if len(door) > 1 else 0.0

    def draw(self, stage: Stage, cta: CallToAction) -> Iterator[DrawnMotif]:
        """Yield the door with less and less light. A ``bar`` has only one drawing.

        Drawings whose light does not contain the call to action are left out.
        """
        motif_shape = self.motif
        if motif_shape.kind == "bar":
            yield _bar(motif_shape, stage)
            return
        drops = [motif_shape.min_drop + (motif_shape.drop - motif_shape.min_drop) * share for share in DROPS]
        for drop in dict.fromkeys(drops):
            door = _DoorGeometry(motif_shape, stage, cta, drop)
            drawn = door.far() if motif_shape.kind == "far" else door.near()
            if drawn:
                yield drawn


@dataclass(frozen=True, slots=True)
class _DoorGeometry:
    """Computes a door above one call to action.

    ``drop`` is how far the light's edge drops, as a share of the live area's short side.
    """

    motif_shape: MotifShape
    stage: Stage
    cta: CallToAction
    drop: float

    @property
    def clear(self) -> float:
        """Return the minimum space between the call to action and the light's edge, in CSS px."""
        return self.motif_shape.clear * self.cta.type_px

    def near(self) -> DrawnMotif | None:
        """Return a door that runs off the page.

        Returns None if its light starts too high on the page or does not contain the call to action.
        """
        motif_shape, stage, page = self.motif_shape, self.stage, self.stage.page
        foot_x, head_x, right_x = (stage.x(share) for share in motif_shape.door)
        threshold = self._threshold(self.cta.ink, foot_x)
        left: Point = (foot_x, threshold)
        right: Point = (right_x, threshold - self._lift(left, right_x))
        if threshold < stage.hang_y + MIN_THRESHOLD * stage.trim_height:
            return None
        floor_right = _y_at(right, (page.right, right[1] + motif_shape.spread * stage.unit), page.right)
        if motif_shape.kind == "floor":
            far_edge: Polygon = ((page.x, page.bottom), (page.x, threshold + self.drop * stage.unit))
        else:
            far_edge = ((self._corner_foot(left), page.bottom),)
        fall = (left, right, (page.right, floor_right), (page.right, page.bottom), *far_edge)
        if not self._contains_cta(fall):
            return None
        head = (
            stage.hang_y if motif_shape.head is None else stage.live.y + motif_shape.head * stage.live.height
        )
        top_left = _x_at(left, (head_x, max(head, 0.0)), head) if head < threshold else head_x
        slit: Polygon = ((top_left, head), (right_x, head), right, left)
        rise = motif_shape.leaf * stage.unit
        leaf: Polygon = ((right_x, head), (page.right, head), (page.right, right[1] - rise), right)
        edge = _edge(stage, slit, leaf)
        return self._drawn(slit, fall, leaf, edge)

    def far(self) -> DrawnMotif | None:
        """Return a small door in the background. It is smaller still if the light starts high on the page.

        Returns None if its light starts too high or does not contain the call to action.
        """
        stage, page, right_x = self.stage, self.stage.page, self.stage.x(self.motif_shape.door[0])
        height = self.motif_shape.height * stage.unit
        # The light's edge passes above this corner at any slope.
        corner = self.cta.ink.moved(-CORNER_CLEAR_SHARE * self.clear, 0.0)
        threshold = self._threshold(corner, right_x - FAR_FOOT * height)
        height = min(height, threshold - FAR_ROOM * stage.short_side)
        if threshold < page.y + MIN_THRESHOLD * stage.trim_height or height <= 0:
            return None
        left: Point = (right_x - FAR_FOOT * height, threshold)
        floor_left = threshold + self.drop * stage.unit
        slope = (floor_left - threshold) / (left[0] - page.x)
        right: Point = (right_x, threshold - FAR_FOOT * height * min(FAR_LIFT / FAR_FOOT, slope))
        lower = ((page.right, self._far_right(right)), (page.right, page.bottom))
        if floor_left > page.bottom:
            far_edge: Polygon = ((_x_at(left, (page.x, floor_left), page.bottom), page.bottom),)
        else:
            far_edge = ((page.x, page.bottom), (page.x, floor_left))
        fall = (left, right, *lower, *far_edge)
        if not self._contains_cta(fall):
            return None
        slit, leaf = _far_door(left, right, height)
        return self._drawn(slit, fall, leaf, ())

    def _drawn(self, slit: Polygon, fall: Polygon, leaf: Polygon, edge: Polygon) -> DrawnMotif:
        """Return the drawn motif. Its light is brightest in the middle of the threshold."""
        stage, left, right = self.stage, slit[3], slit[2]
        source = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
        tall = stage.trim_height > TALL_RATIO * stage.trim_width
        share = TALL_REACH if tall else LIGHT_REACH[self.motif_shape.kind]
        slit, fall = _with_overlap(slit, fall, stage)
        shapes = {"slit": slit, "fall": fall, "leaf": leaf, "edge": edge}
        # A near door is at the page's side. A far one is in the background, where copy could cover it.
        kept_clear = (slit, fall, leaf) if self.motif_shape.kind == "far" else (slit, fall)
        reach = share * max(stage.trim_width, stage.trim_height)
        return DrawnMotif(shapes, fall, kept_clear, stage.page, source, reach)

    def _threshold(self, cta: Box, foot_x: float) -> float:
        """Return the y of the gap's left bottom corner.

        Unless the template sets it, the light's edge passes above the call to action.
        """
        motif_shape, stage = self.motif_shape, self.stage
        if motif_shape.threshold is not None:
            return stage.live.y + motif_shape.threshold * stage.live.height
        edge_y = cta.y - self.clear
        if motif_shape.kind == "corner":
            return edge_y - self.drop * stage.unit
        share = (cta.x - stage.page.x) / (foot_x - stage.page.x)
        return edge_y - self.drop * stage.unit * (1 - share)

    def _lift(self, left: Point, right_x: float) -> float:
        """Return how much higher the gap's right bottom corner is than its left one, in CSS px.

        For a ``floor``, the slope between them is at most that of the light's edge. Otherwise the light would not be
        convex.
        """
        lift = self.motif_shape.lift * self.stage.unit
        if self.motif_shape.kind == "floor":
            slope = self.drop * self.stage.unit / (left[0] - self.stage.page.x)
            lift = min(lift, slope * (right_x - left[0]))
        return lift

    def _corner_foot(self, left: Point) -> float:
        """Return the x at which the left edge of a corner's light meets the sheet's bottom.

        It is further left than the template's value if the call to action needs it.
        """
        stage, ink = self.stage, self.cta.ink
        template_x = _x_at(left, (stage.x(self.motif_shape.foot_x), stage.trim_height), stage.page.bottom)
        corner: Point = (ink.x - CORNER_CLEAR_SHARE * self.clear, ink.y - CORNER_CLEAR_SHARE * self.clear)
        if left[0] <= corner[0]:
            return template_x
        return min(template_x, _x_at(left, corner, stage.page.bottom))

    def _far_right(self, right: Point) -> float:
        """Return the y at which the right edge of a far door's light meets the page's right side.

        It is higher than the template's value if the call to action needs it.
        """
        template_y = right[1] + self.motif_shape.spread * self.stage.unit
        corner: Point = (self.cta.ink.right, self.cta.ink.y - CORNER_CLEAR_SHARE * self.clear)
        if corner[0] <= right[0]:
            return template_y
        return max(min(template_y, _y_at(right, corner, self.stage.page.right)), right[1])

    def _contains_cta(self, fall: Polygon) -> bool:
        """Say whether the light contains the call to action, with some space at its upper corners."""
        if not self.cta.is_lit:
            return True
        ink, room = self.cta.ink, CORNER_CLEAR_SHARE * self.clear
        grown = Box(ink.x - room, ink.y - room, ink.width + room, ink.height)
        corners = (*grown.corners()[:2], (grown.x, ink.bottom))
        edges = zip(fall, fall[1:] + fall[:1], strict=True)
        return all(
            (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= -0.5
            for (ax, ay), (bx, by) in edges
            for x, y in corners
            if ax != bx  # the upright edges are the page's sides, and the live area is always inside them
        )


def _y_at(p: Point, q: Point, x: float) -> float:
    """Return the y at ``x`` of the line through two points."""
    return p[1] + (q[1] - p[1]) * (x - p[0]) / (q[0] - p[0])


def _x_at(p: Point, q: Point, y: float) -> float:
    """Return the x at ``y`` of the line through two points."""
    return p[0] + (q[0] - p[0]) * (y - p[1]) / (q[1] - p[1])


def _far_door(left: Point, right: Point, height: float) -> tuple[Polygon, Polygon]:
    """Return the gap and the leaf of a far door of this height."""
    (x, foot), lift, rise = right, left[1] - right[1], FAR_RISE * height
    head = left[1] - height
    slit = ((x - FAR_HEAD * height, head + FAR_TOP_SHARE * lift), (x, head), right, left)
    far_x = x + FAR_LEAF * height
    return slit, ((x, head), (far_x, head + FAR_TOP_SHARE * rise), (far_x, foot - rise), right)


def _with_overlap(slit: Polygon, fall: Polygon, stage: Stage) -> tuple[Polygon, Polygon]:
    """Return the gap and the light, extended under adjacent shapes to avoid a dark hairline between them.

    The light is extended up under the gap, and the gap to the right under the door.
    """
    seam = max(1.0, SEAM * stage.short_side)
    (lx, ly), (rx, ry), *rest = fall
    top_left, (hx, hy), (fx, fy), foot_left = slit
    lean = (top_left[0] - foot_left[0]) / (foot_left[1] - top_left[1])
    return (
        (top_left, (hx + seam / 2, hy), (fx + seam / 2, fy), foot_left),
        ((lx + lean * seam, ly - seam), (rx, ry - seam), (rx, ry), *rest),
    )


def _edge(stage: Stage, slit: Polygon, leaf: Polygon) -> Polygon:
    """Return the door's lit edge: a thin upright band with the door's slope at its bottom; empty on narrow pages."""
    if stage.trim_width < EDGE_FROM_PX:
        return ()
    share = EDGE_SHARE_WIDE if stage.trim_width > WIDE_RATIO * stage.trim_height else EDGE_SHARE
    width = share * stage.trim_width
    (x, top), foot = slit[1], slit[2]
    return (x, top), (x + width, top), (x + width, _y_at(leaf[3], leaf[2], x + width)), foot


def _bar(motif_shape: MotifShape, stage: Stage) -> DrawnMotif:
    """Return the motif of a strip: a gap from top to bottom, with light to its right."""
    foot_x, head_x, right_x = (stage.x(share) for share in motif_shape.door)
    page = stage.page
    lean = (head_x - foot_x) / stage.trim_height
    width = right_x - head_x

    def x_at(y: float) -> float:
        return head_x - lean * y

    top, bottom = page.y, page.bottom
    narrow = width * 0.45
    slit: Polygon = (
        (x_at(top), top),
        (x_at(top) + narrow, top),
        (x_at(bottom) + width, bottom),
        (x_at(bottom), bottom),
    )
    # The light is extended under the gap, which is drawn over it.
    seam = max(1.0, SEAM * stage.trim_height)
    fall: Polygon = (
        (x_at(top) + narrow - seam, top),
        (page.right, top),
        (page.right, bottom),
        (x_at(bottom) + width - seam, bottom),
    )
    source = (x_at(stage.trim_height / 2) + width, stage.trim_height / 2)
    shapes = {**EMPTY_SHAPES, "slit": slit, "fall": fall}
    return DrawnMotif(shapes, fall, (slit, fall), page, source, LIGHT_REACH["bar"] * stage.trim_width)
