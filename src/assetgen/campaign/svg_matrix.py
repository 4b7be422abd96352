"""The matrices of a rebuilt drawing: its transforms, and how a view box comes to fill a box.

A matrix is (a, b, c, d, e, f), as SVG and PDF both write it: x' = a x + c y + e, y' = b x + d y + f.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import cos, radians, sin, tan

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_ONE = re.compile(r"([a-zA-Z]+)\(([^()]*)\)")
_ALIGNED = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}


def multiplied(outer: Matrix, inner: Matrix) -> Matrix:
    """Return both in one: the inner first, then the outer."""
    a1, b1, c1, d1, e1, f1 = outer
    a2, b2, c2, d2, e2, f2 = inner
    return (
        a1 * a2 + c1 * b2,
        b1 * a2 + d1 * b2,
        a1 * c2 + c1 * d2,
        b1 * c2 + d1 * d2,
        a1 * e2 + c1 * f2 + e1,
        b1 * e2 + d1 * f2 + f1,
    )


def moved(x: float, y: float) -> Matrix:
    """Return the matrix that moves."""
    return 1.0, 0.0, 0.0, 1.0, x, y


def read_matrix(transform: str) -> Matrix:
    """Return the matrix of a ``transform`` in its plain spelling (svg_transform.py); of none, the identity."""
    matrix = IDENTITY
    for kind, inside in _ONE.findall(transform):
        matrix = multiplied(matrix, _matrix(kind, [float(word) for word in inside.split()]))
    return matrix


def _matrix(kind: str, numbers: list[float]) -> Matrix:
    first, last = numbers[0], numbers[-1]
    if kind == "matrix":
        a, b, c, d, e, f = numbers
        return a, b, c, d, e, f
    if kind == "translate":
        return moved(first, last if len(numbers) > 1 else 0.0)
    if kind == "scale":
        return first, 0.0, 0.0, last, 0.0, 0.0
    if kind == "skewX":
        return 1.0, 0.0, tan(radians(first)), 1.0, 0.0, 0.0
    if kind == "skewY":
        return 1.0, tan(radians(first)), 0.0, 1.0, 0.0, 0.0
    turn = radians(first)
    turned: Matrix = (cos(turn), sin(turn), -sin(turn), cos(turn), 0.0, 0.0)
    if len(numbers) == 1:
        return turned
    x, y = numbers[1:]
    return multiplied(multiplied(moved(x, y), turned), moved(-x, -y))


def view_matrix(view: Sequence[float], box: Sequence[float], aspect: str) -> Matrix:
    """Return how a view box (x, y, width, height) comes to stand in a box, by ``preserveAspectRatio``."""
    across, down = box[2] / view[2], box[3] / view[3]
    word, _, how = aspect.partition(" ")
    if word != "none":
        across = down = max(across, down) if how == "slice" else min(across, down)
    x = box[0] + (box[2] - view[2] * across) * _ALIGNED.get(word[1:4], 0.0)
    y = box[1] + (box[3] - view[3] * down) * _ALIGNED.get(word[5:8], 0.0)
    return across, 0.0, 0.0, down, x - view[0] * across, y - view[1] * down
