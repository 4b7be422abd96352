"""Rewrite SVG path data and transforms in one plain spelling.

The engine that draws reads arcs of no length, lines after ``H`` and mirrored curves in ways of its own;
it reads these four letters alike everywhere.
"""

from __future__ import annotations

import re
from math import acos, ceil, cos, degrees, hypot, pi, radians, sin, sqrt, tan

from assetgen.loading.artwork.svg.values import (
    NUMBER_HERE,
    SEPARATOR_HERE,
    SPACE,
    RefusedValue,
    Value,
    bounded,
    join_numbers,
    plain,
    read_numbers,
)

NOTHING_DRAWN = "M0 0"
ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
LEAST_RADIUS = 1e-9
_SPACES_HERE = re.compile(r"[ \t\r\n\f]*")

Point = tuple[float, float]


def read_path(text: str) -> str:
    """Return the path in its plain spelling; a path that draws nothing is ``M0 0``."""
    if text.strip(SPACE) in ("", "none"):
        return NOTHING_DRAWN
    pen = _Pen()
    for letter, numbers in _commands(text):
        pen.draw(letter, numbers)
    return "".join(pen.words) or NOTHING_DRAWN


def _commands(text: str) -> list[tuple[str, list[float]]]:
    """Return each command with its numbers; a repeated one stands there each time."""
    commands: list[tuple[str, list[float]]] = []
    position = _after_spaces(text, 0)
    while position < len(text):
        letter = text[position]
        if letter.upper() not in ARGUMENTS or (not commands and letter not in "Mm"):
            raise RefusedValue(f"a path command was expected at character {position + 1}")
        count = ARGUMENTS[letter.upper()]
        position = _after_spaces(text, position + 1)
        if count == 0:
            commands.append((letter, []))
            continue
        while True:
            numbers, position, comma = _arguments(text, position, letter, count)
            commands.append((letter, numbers))
            letter = {"M": "L", "m": "l"}.get(letter, letter)
            if not comma and not NUMBER_HERE.match(text, position):
                break
    return commands


def _after_spaces(text: str, position: int) -> int:
    found = _SPACES_HERE.match(text, position)
    return found.end() if found else position


def _arguments(text: str, position: int, letter: str, count: int) -> tuple[list[float], int, bool]:
    """Return a command's numbers, where the text goes on, and whether a comma stands before that."""
    numbers: list[float] = []
    comma = False
    for index in range(count):
        # The two flags of an arc are one digit each and may stick to what follows: "a1 1 0 0150 50".
        if letter in "Aa" and index in (3, 4):
            if text[position : position + 1] not in ("0", "1"):
                raise RefusedValue(f"a flag, 0 or 1, was expected at character {position + 1}")
            numbers.append(float(text[position]))
            end = position + 1
        else:
            found = NUMBER_HERE.match(text, position)
            if not found:
                raise RefusedValue(f"a number was expected at character {position + 1}")
            numbers.append(bounded(float(found[0])))
            end = found.end()
        after = SEPARATOR_HERE.match(text, end)
        position = after.end() if after else end
        comma = "," in text[end:position]
    return numbers, position, comma


class _Pen:
    """Follows a path: where it is, where its part began, and what a mirrored curve mirrors."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.at: Point = (0.0, 0.0)
        self.began: Point = (0.0, 0.0)
        self.is_down = False
        self.cubic_control: Point | None = None
        self.quadratic_control: Point | None = None

    def draw(self, letter: str, numbers: list[float]) -> None:
        """Draw one command."""
        command = letter.upper()
        if letter.islower():
            numbers = self._absolute(command, numbers)
        cubic, quadratic = self.cubic_control, self.quadratic_control
        self.cubic_control = self.quadratic_control = None
        if command == "M":
            self.at = self.began = (bounded(numbers[0]), bounded(numbers[1]))
            self.is_down = False
        elif command == "Z":
            self._close()
        elif command == "A":
            self._arc(numbers)
        elif command in "CS":
            self._curve(numbers if command == "C" else [*self._mirrored(cubic), *numbers])
        elif command in "QT":
            self._quadratic(numbers if command == "Q" else [*self._mirrored(quadratic), *numbers])
        else:
            self._line(self._line_end(command, numbers))

    def _absolute(self, command: str, numbers: list[float]) -> list[float]:
        x, y = self.at
        if command == "H":
            return [numbers[0] + x]
        if command == "V":
            return [numbers[0] + y]
        if command == "A":
            return [*numbers[:5], numbers[5] + x, numbers[6] + y]
        return [number + (y if index % 2 else x) for index, number in enumerate(numbers)]

    def _mirrored(self, control: Point | None) -> Point:
        x, y = self.at
        return (2 * x - control[0], 2 * y - control[1]) if control else self.at

    def _line_end(self, command: str, numbers: list[float]) -> Point:
        if command == "H":
            return numbers[0], self.at[1]
        if command == "V":
            return self.at[0], numbers[0]
        return numbers[0], numbers[1]

    def _write(self, letter: str, numbers: list[float]) -> None:
        if not self.is_down:
            self.words.append("M" + join_numbers(list(self.at)))
            self.is_down = True
        self.words.append(letter + join_numbers([bounded(number) for number in numbers]))

    def _close(self) -> None:
        if self.is_down:
            self.words.append("Z")
        self.is_down = False
        self.at = self.began

    def _line(self, end: Point) -> None:
        self._write("L", list(end))
        self.at = end

    def _curve(self, numbers: list[float]) -> None:
        self._write("C", numbers)
        self.cubic_control = (numbers[2], numbers[3])
        self.at = (numbers[4], numbers[5])

    def _quadratic(self, numbers: list[float]) -> None:
        """Draw a curve of one control point as the same curve of two."""
        (x0, y0), (x1, y1, x2, y2) = self.at, numbers
        third = 1 / 3
        self._curve(
            [
                x0 + 2 * third * (x1 - x0),
                y0 + 2 * third * (y1 - y0),
                x2 + 2 * third * (x1 - x2),
                y2 + 2 * third * (y1 - y2),
                x2,
                y2,
            ]
        )
        self.cubic_control = None
        self.quadratic_control = (x1, y1)

    def _arc(self, numbers: list[float]) -> None:
        """Draw an elliptical arc as curves of at most a quarter turn each."""
        rx, ry, turn, large, sweep, x, y = numbers
        if self.at == (x, y):
            return
        if min(abs(rx), abs(ry)) < LEAST_RADIUS:
            self._line((x, y))
            return
        for curve in arc_curves(self.at, (abs(rx), abs(ry)), turn % 360, large != sweep, sweep > 0, (x, y)):
            self._curve(curve)
        self.cubic_control = None


def arc_curves(
    start: Point, radii: Point, turn_deg: float, is_positive: bool, is_sweep: bool, end: Point
) -> list[list[float]]:
    """Return an arc's Bézier curves: its ellipse is found from both ends (SVG 2, appendix B.2.4).

    ``is_positive`` says on which side the centre lies: large arc and sweep differ.
    """
    turn_cos, turn_sin = cos(radians(turn_deg)), sin(radians(turn_deg))
    half_x, half_y = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    along = turn_cos * half_x + turn_sin * half_y
    across = -turn_sin * half_x + turn_cos * half_y
    # Radii too small to reach from end to end grow until they do.
    grown = max(1.0, hypot(along / radii[0], across / radii[1]))
    rx, ry = radii[0] * grown, radii[1] * grown
    reach = (along / rx) ** 2 + (across / ry) ** 2
    side = sqrt(max(0.0, 1 - reach) / reach) if reach else 0.0
    side = side if is_positive else -side
    centre_along, centre_across = side * rx * across / ry, -side * ry * along / rx
    first = _angle(1.0, 0.0, (along - centre_along) / rx, (across - centre_across) / ry)
    swept = _angle(
        (along - centre_along) / rx,
        (across - centre_across) / ry,
        (-along - centre_along) / rx,
        (-across - centre_across) / ry,
    )
    if is_sweep and swept < 0:
        swept += 2 * pi
    elif not is_sweep and swept > 0:
        swept -= 2 * pi

    def placed(x: float, y: float) -> Point:
        """Return a point of the unit circle where it lies on the ellipse."""
        ex, ey = rx * x + centre_along, ry * y + centre_across
        return (
            turn_cos * ex - turn_sin * ey + (start[0] + end[0]) / 2,
            turn_sin * ex + turn_cos * ey + (start[1] + end[1]) / 2,
        )

    # The allowance keeps a half turn, which rounding may lengthen by a hair, at two curves.
    pieces = max(1, ceil(degrees(abs(swept)) / 90 - 1e-6))
    step = swept / pieces
    pull = 4 / 3 * tan(step / 4)
    curves: list[list[float]] = []
    for index in range(pieces):
        one, two = first + index * step, first + (index + 1) * step
        control_1 = placed(cos(one) - pull * sin(one), sin(one) + pull * cos(one))
        control_2 = placed(cos(two) + pull * sin(two), sin(two) - pull * cos(two))
        stop = end if index == pieces - 1 else placed(cos(two), sin(two))
        curves.append([*control_1, *control_2, *stop])
    return curves


def _angle(ux: float, uy: float, vx: float, vy: float) -> float:
    """Return the angle from one vector to another, in radians, half a turn at most either way."""
    lengths = hypot(ux, uy) * hypot(vx, vy)
    if not lengths:
        return 0.0
    angle = acos(min(1.0, max(-1.0, (ux * vx + uy * vy) / lengths)))
    return -angle if ux * vy - uy * vx < 0 else angle


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
            raise RefusedValue(f"a transform was expected at character {position + 1}")
        numbers = _transform_numbers(found[1], found[2])
        linear = _multiplied(linear, _linear_part(found[1], numbers))
        parts.append(f"{found[1]}({join_numbers(numbers)})")
        after = SEPARATOR_HERE.match(word, found.end())
        position = after.end() if after else found.end()
    return " ".join(parts)


def _transform_numbers(kind: str, inside: str) -> list[float]:
    numbers = read_numbers(inside)
    if len(numbers) not in _TRANSFORM_COUNTS[kind]:
        raise RefusedValue(f"{kind}() has {len(numbers)} numbers")
    return [float(plain(number)) for number in numbers]


def _multiplied(outer: Linear, inner: Linear) -> Linear:
    """Return both transforms in one; refuse one that no drawing needs, or that leaves a line or point."""
    a1, b1, c1, d1 = outer
    a2, b2, c2, d2 = inner
    a, b = a1 * a2 + c1 * b2, b1 * a2 + d1 * b2
    c, d = a1 * c2 + c1 * d2, b1 * c2 + d1 * d2
    if max(abs(a), abs(b), abs(c), abs(d)) > MAX_SCALE or abs(a * d - b * c) < MIN_DETERMINANT:
        raise RefusedValue("it leaves nothing to see")
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
