"""The ``transform`` of an SVG element, in its plain spelling and within bounds."""

from __future__ import annotations

import re
from math import cos, radians, sin, tan

from assetgen.campaign.svg_values import (
    SEPARATOR_HERE,
    SPACE,
    Refused,
    Value,
    join_numbers,
    plain,
    read_numbers,
)

# A matrix beyond these could, over 32 nested elements, leave the range of a float.
MAX_SCALE = 10_000.0
MIN_DETERMINANT = 1e-8

_TRANSFORM_HERE = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
_TRANSFORM_COUNTS = {
    "matrix": (6,),
    "translate": (1, 2),
    "scale": (1, 2),
    "rotate": (1, 3),
    "skewX": (1,),
    "skewY": (1,),
}

Linear = tuple[float, float, float, float]
"""The part a, b, c, d of a transform's matrix."""


def read_transform(text: str) -> Value:
    """Read a list of transforms. One that flattens the drawing to a line is refused."""
    word = text.strip(SPACE)
    if word in ("", "none"):
        return None
    parts: list[str] = []
    linear = (1.0, 0.0, 0.0, 1.0)
    position = 0
    while position < len(word):
        found = _TRANSFORM_HERE.match(word, position)
        if not found:
            raise Refused(f"a transform was expected at character {position + 1}")
        numbers = _transform_numbers(found[1], found[2])
        linear = _multiplied(linear, _linear_part(found[1], numbers))
        parts.append(f"{found[1]}({join_numbers(numbers)})")
        after = SEPARATOR_HERE.match(word, found.end())
        position = after.end() if after else found.end()
    return " ".join(parts)


def _transform_numbers(kind: str, inside: str) -> list[float]:
    numbers = read_numbers(inside)
    if len(numbers) not in _TRANSFORM_COUNTS[kind]:
        raise Refused(f"{kind}() has {len(numbers)} numbers")
    return [float(plain(number)) for number in numbers]


def _multiplied(outer: Linear, inner: Linear) -> Linear:
    """Return both transforms in one; refuse one that no drawing needs, or that leaves a line or point."""
    a1, b1, c1, d1 = outer
    a2, b2, c2, d2 = inner
    a, b = a1 * a2 + c1 * b2, b1 * a2 + d1 * b2
    c, d = a1 * c2 + c1 * d2, b1 * c2 + d1 * d2
    if max(abs(a), abs(b), abs(c), abs(d)) > MAX_SCALE or abs(a * d - b * c) < MIN_DETERMINANT:
        raise Refused("it leaves nothing to see")
    return a, b, c, d


def _linear_part(kind: str, numbers: list[float]) -> Linear:
    first = numbers[0]
    if kind == "matrix":
        return first, numbers[1], numbers[2], numbers[3]
    if kind == "scale":
        return first, 0.0, 0.0, numbers[-1]
    if kind == "rotate":
        turn = radians(first)
        return cos(turn), sin(turn), -sin(turn), cos(turn)
    if kind == "skewX":
        return 1.0, 0.0, tan(radians(first)), 1.0
    if kind == "skewY":
        return 1.0, tan(radians(first)), 0.0, 1.0
    return 1.0, 0.0, 0.0, 1.0
