"""The outlines of a rebuilt drawing's shapes, as PDF writes them: ``m``, ``l``, ``c`` and ``h``, in user units."""

from __future__ import annotations

import re
from math import hypot, sqrt

from assetgen.campaign.svg import Node
from assetgen.campaign.svg_matrix import Matrix

Outline = list[tuple[str, tuple[float, ...]]]
# How far the controls of a quarter circle's curve stand from its ends, in radii.
ROUND = 0.5522847498
_STEP = re.compile(r"([MLCZ])([^MLCZ]*)")


def length(word: str, view: float) -> float:
    """Return a length, a percentage being one of the view."""
    return float(word[:-1]) * view / 100 if word.endswith("%") else float(word)


def outline_of(node: Node, view: tuple[float, float]) -> Outline:
    """Return a shape's outline; nothing for what is no shape. ``view`` is what percentages refer to."""
    if node.tag == "path":
        return _path(node.attributes.get("d", ""))
    if node.tag in ("polyline", "polygon"):
        return _corners(node.attributes.get("points", ""), closed=node.tag == "polygon")
    wide, high = view
    both = hypot(wide, high) / sqrt(2)

    def get(name: str, side: float) -> float:
        return length(node.attributes.get(name, "0"), side)

    if node.tag == "line":
        return [("m", (get("x1", wide), get("y1", high))), ("l", (get("x2", wide), get("y2", high)))]
    if node.tag == "circle":
        r = get("r", both)
        return _ellipse(get("cx", wide), get("cy", high), r, r)
    across = _radius(node, "rx", "ry", wide)
    down = _radius(node, "ry", "rx", high)
    if node.tag == "ellipse":
        return _ellipse(get("cx", wide), get("cy", high), across, down)
    if node.tag == "rect":
        box = (get("x", wide), get("y", high), get("width", wide), get("height", high))
        return rectangle(*box, min(across, box[2] / 2), min(down, box[3] / 2)) if min(box[2:]) > 0 else []
    return []


def _radius(node: Node, name: str, other: str, side: float) -> float:
    """Return a radius; one that is not written is as long as the other."""
    return length(node.attributes.get(name, node.attributes.get(other, "0")), side)


def _path(words: str) -> Outline:
    outline: Outline = []
    for letter, inside in _STEP.findall(words):
        outline.append((letter.lower().replace("z", "h"), tuple(map(float, inside.split()))))
    return outline if len(outline) > 1 else []


def _corners(words: str, *, closed: bool) -> Outline:
    numbers = [float(word) for word in words.split()]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    outline: Outline = [("l" if index else "m", point) for index, point in enumerate(points)]
    return [*outline, ("h", ())] if closed and outline else outline


def _ellipse(x: float, y: float, rx: float, ry: float) -> Outline:
    return rectangle(x - rx, y - ry, 2 * rx, 2 * ry, rx, ry) if min(rx, ry) > 0 else []


def rectangle(x: float, y: float, width: float, height: float, rx: float = 0.0, ry: float = 0.0) -> Outline:
    """Return a rectangle; with radii above zero its corners are round."""
    right, bottom = x + width, y + height
    if min(rx, ry) <= 0:
        corners = ((x, y), (right, y), (right, bottom), (x, bottom))
        return [*(("l" if index else "m", corner) for index, corner in enumerate(corners)), ("h", ())]
    dx, dy = rx * (1 - ROUND), ry * (1 - ROUND)
    return [
        ("m", (x + rx, y)),
        ("l", (right - rx, y)),
        ("c", (right - dx, y, right, y + dy, right, y + ry)),
        ("l", (right, bottom - ry)),
        ("c", (right, bottom - dy, right - dx, bottom, right - rx, bottom)),
        ("l", (x + rx, bottom)),
        ("c", (x + dx, bottom, x, bottom - dy, x, bottom - ry)),
        ("l", (x, y + ry)),
        ("c", (x, y + dy, x + dx, y, x + rx, y)),
        ("h", ()),
    ]


def through(matrix: Matrix, outline: Outline) -> Outline:
    """Return an outline moved by a matrix."""
    a, b, c, d, e, f = matrix
    moved: Outline = []
    for letter, numbers in outline:
        points = zip(numbers[::2], numbers[1::2], strict=True)
        moved.append(
            (letter, tuple(part for x, y in points for part in (a * x + c * y + e, b * x + d * y + f)))
        )
    return moved
