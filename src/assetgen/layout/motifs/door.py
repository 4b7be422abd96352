"""The opening: a door ajar and the light that falls from it, as polygons that follow the words.

Slit points run top left, top right, foot right, foot left. The gap's left side leans, its right side is
upright. The light (``fall``) starts at the gap's foot and runs off the page; the door (``leaf``) hangs
right of the gap. Everything runs into the bleed on its own slope. A far door is seen whole: gap and leaf
are measured by its height, so that it is the same door in every shape.
"""

from __future__ import annotations

from dataclasses import dataclass

from assetgen.geometry import Box, Point, Polygon
from assetgen.loading.templates.layouts import Opening

# The light may start no nearer to the page's head than this share of its height.
LEAST_THRESHOLD = 0.12
EDGE_SHARE, EDGE_SHARE_WIDE = 0.012, 0.007
WIDE_RATIO = 1.7
# Below this width a lit edge on the door is noise.
EDGE_FROM_PX = 400
# How far shapes that meet lie over one another, as a share of the page's short side.
SEAM = 0.002
# How far what lies under light goes on under its edge, which is drawn soft.
SEEN_UNDER_PX = 2
# How much of the clearance the call keeps at its upper corners, where only one letter comes near.
HOLD = 0.6
TALL_RATIO, TALL_REACH = 1.6, 0.44
LIGHT_REACH = {"floor": 0.62, "corner": 0.60, "bar": 0.30, "far": 0.62}
# A far door, in shares of its height: the gap's width at foot and head, the leaf's width; how much higher
# the gap's right foot stands than its left, and the leaf's far foot than its near one. The eye is above
# the door's middle, so heads lean less than feet.
FAR_FOOT, FAR_HEAD, FAR_LEAF = 0.15, 0.10, 0.34
FAR_LIFT, FAR_RISE, FAR_HEADS = 0.07, 0.115, 0.65
# How far its head keeps from the trim, as a share of the page's short side: no cut takes a piece of it.
FAR_ROOM = 0.06


@dataclass(frozen=True, slots=True)
class DrawnMotif:
    """The opening's polygons in CSS px, and where its light is brightest and how far it reaches."""

    slit: Polygon
    fall: Polygon
    leaf: Polygon
    edge: Polygon
    source: Point
    reach: float
    is_far: bool = False
    is_plain: bool = False
    """Light without a door: all of the page from a line on."""

    @property
    def light(self) -> tuple[Polygon, ...]:
        """Return what is lit, and a door that stands in the field: words in the dark keep clear of it."""
        shapes = (self.slit, self.fall, self.leaf if self.is_far else ())
        return tuple(shape for shape in shapes if shape)

    def dusk(self, sheet: Box, radius: float) -> Polygon:
        """Return the part of a sheet where a glow of this radius round the source is to be seen.

        It goes down to where the light fills all the sheet's width: what lies under light need not be drawn. On tall
        pages that is half of the costliest drawing there is.
        """
        x, y = self.source
        left, right = max(sheet.x, x - radius), min(sheet.right, x + radius)
        top, bottom = max(sheet.y, y - radius), min(sheet.bottom, y + radius)
        floor = {(sheet.x, sheet.bottom), (sheet.right, sheet.bottom)}
        if floor <= set(self.fall):
            filled_from = max(y for x, y in self.fall if (x, y) not in floor)
            bottom = min(bottom, filled_from + SEEN_UNDER_PX)
        return Box(left, top, right - left, max(0.0, bottom - top)).corners()


@dataclass(frozen=True, slots=True)
class Stage:
    """The page with its bleed, the live area above the foot, and the unit: the live area's short side."""

    page: Box
    live: Box
    trim_width: float
    trim_height: float
    head: float | None = None

    @property
    def door_head(self) -> float:
        """Return the y from which the door hangs: the lintel's lower edge, else the sheet's upper one."""
        return self.page.y if self.head is None else self.head

    @property
    def unit(self) -> float:
        return min(self.live.width, self.live.height)

    def x(self, share: float) -> float:
        """Return a share of the live area's width as an x on the page."""
        return self.live.x + share * self.live.width


def _at(p: Point, q: Point, x: float) -> float:
    """Return the y at ``x`` of the line through two points."""
    return p[1] + (q[1] - p[1]) * (x - p[0]) / (q[0] - p[0])


def _x_at(p: Point, q: Point, y: float) -> float:
    """Return the x at ``y`` of the line through two points."""
    return p[0] + (q[0] - p[0]) * (y - p[1]) / (q[1] - p[1])


def draw_opening(
    opening: Opening, stage: Stage, call: Box, clear: float, drop: float, *, holds_call: bool
) -> DrawnMotif | None:
    """Return the opening above a call, or None where it does not hold the call in its light as it should.

    ``call`` is the box of the call's ink, ``clear`` the least space to the light's edge in px, ``drop``
    the arrangement's, shrunk where words need room.
    """
    if opening.kind == "bar":
        return _bar(opening, stage)
    if opening.kind in ("band", "side"):
        return _plain_light(opening.kind, stage, call, clear)
    if opening.kind == "far":
        return _far(opening, stage, call, clear, drop, holds_call=holds_call)
    foot_x, head_x, right_x = (stage.x(share) for share in opening.door)
    threshold = _threshold(opening, stage, call, clear, drop, foot_x)
    left: Point = (foot_x, threshold)
    page = stage.page
    right: Point = (right_x, threshold - _lift(opening, stage, left, right_x, drop))
    if threshold < stage.door_head + LEAST_THRESHOLD * stage.trim_height:
        return None
    floor_right = _at(right, (page.right, right[1] + opening.spread * stage.unit), page.right)
    if opening.kind == "floor":
        floor_left = _floor_left(opening, stage, left, drop)
        fall: Polygon = (
            left,
            right,
            (page.right, floor_right),
            (page.right, page.bottom),
            (page.x, page.bottom),
            (page.x, floor_left),
        )
    else:
        bottom_x = _corner_foot(opening, stage, left, call, clear)
        fall = (left, right, (page.right, floor_right), (page.right, page.bottom), (bottom_x, page.bottom))
    if holds_call and not _holds(fall, call, clear):
        return None
    head = stage.door_head if opening.head is None else stage.live.y + opening.head * stage.live.height
    top_left = _x_at(left, (head_x, max(head, 0.0)), head) if head < threshold else head_x
    slit: Polygon = ((top_left, head), (right_x, head), right, left)
    rise = opening.leaf * stage.unit
    leaf: Polygon = ((right_x, head), (page.right, head), (page.right, right[1] - rise), right)
    edge = _edge(stage, slit, leaf)
    slit, fall = _sewn(slit, fall, stage)
    return DrawnMotif(slit, fall, leaf, edge, *_source(opening, stage, left, right))


def _source(opening: Opening, stage: Stage, left: Point, right: Point) -> tuple[Point, float]:
    """Return where the light is brightest, on the threshold, and how far it reaches."""
    source = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    tall = stage.trim_height > TALL_RATIO * stage.trim_width
    share = TALL_REACH if tall else LIGHT_REACH[opening.kind]
    return source, share * max(stage.trim_width, stage.trim_height)


def _far(
    opening: Opening, stage: Stage, call: Box, clear: float, drop: float, *, holds_call: bool
) -> DrawnMotif | None:
    """Return a small door in the field; where the light starts high on the page, the door gets smaller."""
    page, right_x = stage.page, stage.x(opening.door[0])
    height = opening.height * stage.unit
    # However steep the edge is, it passes over the corner that the light has to hold.
    corner = call.moved(-HOLD * clear, 0.0)
    threshold = _threshold(opening, stage, corner, clear, drop, right_x - FAR_FOOT * height)
    height = min(height, threshold - FAR_ROOM * min(stage.trim_width, stage.trim_height))
    if threshold < page.y + LEAST_THRESHOLD * stage.trim_height or height <= 0:
        return None
    left: Point = (right_x - FAR_FOOT * height, threshold)
    floor_left = threshold + drop * stage.unit
    slope = (floor_left - threshold) / (left[0] - page.x)
    right: Point = (right_x, threshold - FAR_FOOT * height * min(FAR_LIFT / FAR_FOOT, slope))
    lower = ((page.right, _far_right(opening, stage, right, call, clear)), (page.right, page.bottom))
    if floor_left > page.bottom:
        fall: Polygon = (left, right, *lower, (_x_at(left, (page.x, floor_left), page.bottom), page.bottom))
    else:
        fall = (left, right, *lower, (page.x, page.bottom), (page.x, floor_left))
    if holds_call and not _holds(fall, call, clear):
        return None
    slit, leaf = _far_door(left, right, height)
    slit, fall = _sewn(slit, fall, stage)
    return DrawnMotif(slit, fall, leaf, (), *_source(opening, stage, left, right), is_far=True)


def _far_right(opening: Opening, stage: Stage, right: Point, call: Box, clear: float) -> float:
    """Return where the light's right edge meets the page's right side: higher where the call needs it."""
    wanted = right[1] + opening.spread * stage.unit
    corner: Point = (call.right, call.y - HOLD * clear)
    if corner[0] <= right[0]:
        return wanted
    return max(min(wanted, _at(right, corner, stage.page.right)), right[1])


def _far_door(left: Point, right: Point, height: float) -> tuple[Polygon, Polygon]:
    """Return the gap and the leaf of a door of this height."""
    (x, foot), lift, rise = right, left[1] - right[1], FAR_RISE * height
    head = left[1] - height
    slit = ((x - FAR_HEAD * height, head + FAR_HEADS * lift), (x, head), right, left)
    far_x = x + FAR_LEAF * height
    return slit, ((x, head), (far_x, head + FAR_HEADS * rise), (far_x, foot - rise), right)


def _threshold(opening: Opening, stage: Stage, call: Box, clear: float, drop: float, foot_x: float) -> float:
    """Return the y of the gap's left foot, such that the light's edge passes over the call's first line."""
    if opening.threshold is not None:
        return stage.live.y + opening.threshold * stage.live.height
    edge_y = call.y - clear
    if opening.kind == "corner":
        return edge_y - drop * stage.unit
    share = (call.x - stage.page.x) / (foot_x - stage.page.x)
    return edge_y - drop * stage.unit * (1 - share)


def _corner_foot(opening: Opening, stage: Stage, left: Point, call: Box, clear: float) -> float:
    """Return where a corner's light meets the sheet's foot on the left: further left where the call needs it."""
    wanted = _x_at(left, (stage.x(opening.foot_x), stage.trim_height), stage.page.bottom)
    corner: Point = (call.x - HOLD * clear, call.y - HOLD * clear)
    if left[0] <= corner[0]:
        return wanted
    return min(wanted, _x_at(left, corner, stage.page.bottom))


def _lift(opening: Opening, stage: Stage, left: Point, right_x: float, drop: float) -> float:
    """Return how much higher the gap's right foot stands: never steeper than the floor, or the light is dented."""
    lift = opening.lift * stage.unit
    if opening.kind == "floor":
        slope = drop * stage.unit / (left[0] - stage.page.x)
        lift = min(lift, slope * (right_x - left[0]))
    return lift


def _floor_left(opening: Opening, stage: Stage, left: Point, drop: float) -> float:
    """Return where the light's edge meets the page's left side."""
    return left[1] + drop * stage.unit


def _holds(fall: Polygon, call: Box, clear: float) -> bool:
    """Say whether a convex, clockwise polygon holds the call with some space at its upper corners."""
    grown = Box(call.x - HOLD * clear, call.y - HOLD * clear, call.width + HOLD * clear, call.height)
    corners = (*grown.corners()[:2], (grown.x, call.bottom))
    edges = zip(fall, fall[1:] + fall[:1], strict=True)
    return all(
        (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= -0.5
        for (ax, ay), (bx, by) in edges
        for x, y in corners
        if ax != bx  # the page's own sides hold everything that is inside the live area
    )


def _sewn(slit: Polygon, fall: Polygon, stage: Stage) -> tuple[Polygon, Polygon]:
    """Return gap and light overlapping what is drawn over them: side by side, a dark hairline would show.

    The light goes up under the gap, the gap to the right under the door.
    """
    seam = max(1.0, SEAM * min(stage.trim_width, stage.trim_height))
    (lx, ly), (rx, ry), *rest = fall
    top_left, (hx, hy), (fx, fy), foot_left = slit
    lean = (top_left[0] - foot_left[0]) / (foot_left[1] - top_left[1])
    return (
        (top_left, (hx + seam / 2, hy), (fx + seam / 2, fy), foot_left),
        ((lx + lean * seam, ly - seam), (rx, ry - seam), (rx, ry), *rest),
    )


def _edge(stage: Stage, slit: Polygon, leaf: Polygon) -> Polygon:
    """Return the door's lit edge: a thin upright band whose foot follows the door's slope."""
    if stage.trim_width < EDGE_FROM_PX:
        return ()
    share = EDGE_SHARE_WIDE if stage.trim_width > WIDE_RATIO * stage.trim_height else EDGE_SHARE
    width = share * stage.trim_width
    (x, top), foot = slit[1], slit[2]
    return (x, top), (x + width, top), (x + width, _at(leaf[3], leaf[2], x + width)), foot


def _plain_light(kind: str, stage: Stage, call: Box, clear: float) -> DrawnMotif:
    """Return light without a door: all of the page below the call's head, or right of the call's left side."""
    page = stage.page
    x, y = (page.x, call.y - clear) if kind == "band" else (call.x - clear, page.y)
    fall = Box(x, y, page.right - x, page.bottom - y).corners()
    return DrawnMotif((), fall, (), (), (x, y), max(stage.trim_width, stage.trim_height), is_plain=True)


def _bar(opening: Opening, stage: Stage) -> DrawnMotif:
    """Return the sliver across a strip: the gap from head to foot, all light right of it."""
    foot_x, head_x, right_x = (stage.x(share) for share in opening.door)
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
    # The light reaches a little under the gap, which is drawn over it.
    seam = max(1.0, SEAM * stage.trim_height)
    fall: Polygon = (
        (x_at(top) + narrow - seam, top),
        (page.right, top),
        (page.right, bottom),
        (x_at(bottom) + width - seam, bottom),
    )
    source = (x_at(stage.trim_height / 2) + width, stage.trim_height / 2)
    return DrawnMotif(slit, fall, (), (), source, LIGHT_REACH["bar"] * stage.trim_width)
