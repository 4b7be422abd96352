"""Points, boxes and convex polygons on the page, in CSS px, with y downwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Polygon = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle parallel to the page's edges, given by its top left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def enlarged(self, by: float) -> Box:
        """Return the box enlarged by ``by`` on every side."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: Box) -> bool:
        """Say whether the boxes overlap. Boxes that only touch do not overlap."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def is_near(self, other: Box, by: float) -> bool:
        """Say whether each edge is at most ``by`` away from the same edge of the other box."""
        offsets = self.x - other.x, self.y - other.y, self.right - other.right, self.bottom - other.bottom
        return max(map(abs, offsets)) <= by

    def moved(self, dx: float, dy: float) -> Box:
        """Return the box moved by ``dx`` to the right and ``dy`` down."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def corners(self) -> Polygon:
        """Return the corners, clockwise from the top left."""
        return ((self.x, self.y), (self.right, self.y), (self.right, self.bottom), (self.x, self.bottom))

    def sub_box(self, x: float, y: float, width: float, height: float) -> Box:
        """Return a box inside this one, given in shares of its width and height."""
        return Box(
            self.x + x * self.width, self.y + y * self.height, width * self.width, height * self.height
        )


def bounding_box(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that contains all the boxes; ``boxes`` must not be empty."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.right for box in boxes) - x, max(box.bottom for box in boxes) - y)


def polygons_overlap(one: Polygon, other: Polygon) -> bool:
    """Say whether two convex polygons overlap, by the separating axis theorem.

    Polygons that only touch do not overlap. The x and y axes are tested first, because most pairs are far apart.
    """
    for axis in (0, 1):
        a, b = [point[axis] for point in one], [point[axis] for point in other]
        if max(a) <= min(b) or max(b) <= min(a):
            return False
    return not any(_separates(axis, one, other) for polygon in (one, other) for axis in _axes(polygon))


def _axes(polygon: Polygon) -> Iterator[Point]:
    """Yield a vector at a right angle to each edge."""
    x1, y1 = polygon[-1]
    for x2, y2 in polygon:
        if (x1, y1) != (x2, y2):
            yield y1 - y2, x2 - x1
        x1, y1 = x2, y2


def _separates(axis: Point, one: Polygon, other: Polygon) -> bool:
    """Say whether the projections of two polygons on an axis do not overlap."""
    a = [x * axis[0] + y * axis[1] for x, y in one]
    b = [x * axis[0] + y * axis[1] for x, y in other]
    return max(a) <= min(b) or max(b) <= min(a)


def path_data(polygon: Sequence[Point]) -> str:
    """Return a closed polygon as the ``d`` attribute of an SVG path, rounded to 0.01 px."""
    steps = " ".join(
        f"{'L' if index else 'M'}{decimal(x)} {decimal(y)}" for index, (x, y) in enumerate(polygon)
    )
    return f"{steps}Z"


def decimal(value: float) -> str:
    """Return a number with at most two decimals and no trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
