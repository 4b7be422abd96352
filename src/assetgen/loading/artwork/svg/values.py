"""Readers for the attribute values of an SVG logo. Each validates a value and returns it in one normalised form.

A reader raises ``RefusedValue`` for a value that it does not know. So WeasyPrint gets only numbers, ``#rrggbb``, listed
keywords and references within the file. A reader returns a normalised value unchanged, so rebuilding a rebuilt logo
gives the same bytes. Paths are written with the commands M, L, C and Z only: WeasyPrint draws arcs of no length, lines
after ``H`` and mirrored curves differently from browsers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import radians

from fontTools.misc.transform import Identity, Transform
from PIL import ImageColor

from assetgen.units import MM_PER_INCH, PT_PER_INCH, PX_PER_INCH

MAX_NUMBER = 1_000_000.0
SIGNIFICANT_DIGITS = 8
MAX_VALUE_LENGTH = 200

SPACE = " \t\r\n\f"
NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
NUMBER_PATTERN = re.compile(NUMBER)
SEPARATOR_PATTERN = re.compile(r"[ \t\r\n\f]*(?:,[ \t\r\n\f]*)?")
PX_PER_UNIT = {
    "": 1.0,
    "px": 1.0,
    "pt": PX_PER_INCH / PT_PER_INCH,
    "pc": PX_PER_INCH / 6,
    "in": float(PX_PER_INCH),
    "mm": PX_PER_INCH / MM_PER_INCH,
    "cm": PX_PER_INCH / MM_PER_INCH * 10,
}
_LENGTH = re.compile(rf"({NUMBER})(%|[a-z]*)", re.IGNORECASE)
_URL = re.compile(r"url\(\s*(['\"]?)([^'\"()]*)\1\s*\)\s*(.*)", re.IGNORECASE | re.DOTALL)
_RGB = re.compile(r"rgba?\(([^()]*)\)", re.IGNORECASE)
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_ASPECT = re.compile(r"(none|x(?:Min|Mid|Max)Y(?:Min|Mid|Max))(?:\s+(meet|slice))?")


class RefusedValue(ValueError):
    """Raised for a value that is not valid for its attribute. The message says what is wrong."""


class RefusedReference(RefusedValue):
    """Raised for a reference to another file or address."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference within the file: the id, and whether it is written as ``url(#id)`` (else ``#id``)."""

    id: str
    is_url: bool


Value = str | Reference | None
"""A normalised value; None if it is the default, so that the attribute can be left out."""
Reader = Callable[[str], Value]


def plain(number: float) -> str:
    """Return a number with 8 significant digits, without an exponent."""
    if abs(number) < 1e-9:
        return "0"
    text = format(Decimal(f"{number:.{SIGNIFICANT_DIGITS - 1}e}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def bounded(number: float) -> float:
    """Return the number. Raises RefusedValue if it is NaN, or its absolute value is over ``MAX_NUMBER``."""
    if not abs(number) <= MAX_NUMBER:
        raise RefusedValue("a number is larger than 1000000")
    return number


def read_numbers(text: str) -> list[float]:
    """Return the numbers in a text. Spaces, one comma or nothing ("1-2", ".5.5") may separate them."""
    numbers: list[float] = []
    position = len(text) - len(text.lstrip(SPACE))
    end = len(text.rstrip(SPACE))
    while position < end:
        found = NUMBER_PATTERN.match(text, position, end)
        if not found:
            raise RefusedValue(f"expected a number at character {position + 1}")
        numbers.append(bounded(float(found[0])))
        after = SEPARATOR_PATTERN.match(text, found.end(), end)
        position = after.end() if after else found.end()
        if position == end and "," in text[found.end() : end]:
            raise RefusedValue("expected a number after the last comma")
    return numbers


def join_numbers(numbers: list[float]) -> str:
    """Return the normalised numbers, separated by spaces."""
    return " ".join(map(plain, numbers))


def read_length_px(text: str) -> float:
    """Return a length in px (1/96 in). Percentages and font-relative units are refused."""
    value = text.strip(SPACE)
    # The time of the pattern grows with the square of the length of the text.
    found = _LENGTH.fullmatch(value) if len(value) <= MAX_VALUE_LENGTH else None
    if not found or found[2].lower() not in PX_PER_UNIT:
        raise RefusedValue("expected a number with px, pt, pc, mm, cm, in or no unit")
    return bounded(bounded(float(found[1])) * PX_PER_UNIT[found[2].lower()])


def read_number(text: str) -> str:
    """Read one number without a unit."""
    numbers = read_numbers(text)
    if len(numbers) != 1:
        raise RefusedValue("expected one number")
    return plain(numbers[0])


def read_length(text: str) -> str:
    """Read a length, or a percentage of the view."""
    value = text.strip(SPACE)
    if value.endswith("%"):
        return read_number(value[:-1]) + "%"
    return plain(read_length_px(value))


def read_size(text: str) -> str:
    """Read a length that is not negative."""
    size = read_length(text)
    if size.startswith("-"):
        raise RefusedValue("it must not be negative")
    return size


def read_radius(text: str) -> Value:
    """Return a radius, which must not be negative; None for ``auto``, the default."""
    return None if text.strip(SPACE) == "auto" else read_size(text)


def read_share(text: str) -> str:
    """Read an opacity or the offset of a stop: a number or a percentage, clamped to 0 to 1."""
    value = text.strip(SPACE)
    if value.endswith("%"):
        return plain(min(1.0, max(0.0, float(read_number(value[:-1])) / 100)))
    return plain(min(1.0, max(0.0, float(read_number(value)))))


def read_miter_limit(text: str) -> str:
    """Read a mitre limit: a number of at least 1."""
    limit = read_number(text)
    if float(limit) < 1:
        raise RefusedValue("expected a number of at least 1")
    return limit


def read_dashes(text: str) -> str:
    """Return a dash pattern: lengths, or ``none`` for a solid line. Lengths that are all zero give ``none``."""
    if text.strip(SPACE) == "none":
        return "none"
    lengths = [read_length_px(value) for value in re.split(r"\s*,\s*|\s+", text.strip(SPACE))]
    if min(lengths) < 0:
        raise RefusedValue("a dash must not be negative")
    dashes = join_numbers(lengths)
    return dashes if sum(map(float, dashes.split())) > 0 else "none"


def one_of(*keywords: str, default: str | None = None) -> Reader:
    """Return a reader that accepts one of the keywords, and returns None for the default."""

    expected = f"one of {', '.join(keywords)}" if len(keywords) > 1 else keywords[0]

    def read_word(text: str) -> Value:
        value = text.strip(SPACE)
        if value not in keywords:
            raise RefusedValue(f"expected {expected}")
        return None if value == default else value

    return read_word


def _channel(value: str) -> int:
    """Return one channel of ``rgb()`` as 0 to 255."""
    share = value.endswith("%")
    number = float(read_number(value.removesuffix("%")))
    return round(min(255.0, max(0.0, number * 2.55 if share else number)))


def read_colour(text: str) -> str:
    """Read a colour: ``#rgb``, ``#rrggbb``, ``rgb()``, ``rgba()`` or a name.

    Return ``#rrggbb``, ``#rrggbbaa``, ``none`` or ``currentColor``.
    """
    value = text.strip(SPACE).lower()
    if value in ("currentcolor", "none"):
        return {"currentcolor": "currentColor"}.get(value, value)
    if value == "transparent":
        return "#00000000"
    if _HEX.fullmatch(value):
        digits = value[1:] if len(value) > 5 else "".join(digit * 2 for digit in value[1:])
        return f"#{digits.removesuffix('ff') if len(digits) == 8 else digits}"
    if found := _RGB.fullmatch(value):
        return _rgb(found[1])
    if value in ImageColor.colormap:
        red, green, blue = ImageColor.getrgb(value)[:3]
        return f"#{red:02x}{green:02x}{blue:02x}"
    raise RefusedValue("expected a colour: #rrggbb, rgb(), a name or none")


def _rgb(inside: str) -> str:
    """Return the colour for the arguments of ``rgb()`` or ``rgba()``."""
    parts = re.split(r"\s*[,/]\s*|\s+", inside.strip(SPACE))
    if len(parts) not in (3, 4):
        raise RefusedValue("expected a colour: rgb() has three numbers, rgba() four")
    digits = "".join(f"{_channel(part):02x}" for part in parts[:3])
    alpha = round(float(read_share(parts[3])) * 255) if len(parts) == 4 else 255
    return f"#{digits}" if alpha == 255 else f"#{digits}{alpha:02x}"


def read_solid_colour(text: str) -> str:
    """Read a colour that may not be ``none`` (for a gradient stop or ``color``)."""
    colour = read_colour(text)
    if colour == "none":
        raise RefusedValue("expected a colour: #rrggbb, rgb() or a name")
    return colour


def read_paint(text: str) -> Value:
    """Return a fill or stroke: a colour, a reference to a gradient without its fallback, or None for ``inherit``."""
    value = text.strip(SPACE)
    if value == "inherit":
        return None
    if not value.lower().startswith("url("):
        return read_colour(value)
    found = _URL.fullmatch(value)
    if found and found[3]:
        read_colour(found[3])
    return _reference(found[2] if found else value, is_url=True)


def read_url(text: str) -> Value:
    """Return the reference in ``url(#id)``; None for ``none``."""
    value = text.strip(SPACE)
    if value == "none":
        return None
    found = _URL.fullmatch(value)
    if not found or found[3]:
        raise RefusedValue("expected url(#id)")
    return _reference(found[2], is_url=True)


def read_href(text: str) -> Value:
    """Return the reference in ``#id``."""
    return _reference(text, is_url=False)


def _reference(target: str, *, is_url: bool) -> Reference:
    value = target.strip(SPACE)
    if not value.startswith("#") or len(value) < 2:
        raise RefusedReference("it refers to something outside the file")
    return Reference(value[1:], is_url)


def read_points(text: str) -> str:
    """Read the points of a polygon: an even number of coordinates."""
    numbers = read_numbers(text)
    if len(numbers) % 2:
        raise RefusedValue("the last point has no y coordinate")
    return join_numbers(numbers)


def read_box(text: str) -> str:
    """Read a ``viewBox``: x, y, width and height, the last two above zero."""
    numbers = read_numbers(text)
    if len(numbers) != 4:
        raise RefusedValue("expected four numbers: x, y, width, height")
    values = [plain(number) for number in numbers]
    if float(values[2]) <= 0 or float(values[3]) <= 0:
        raise RefusedValue("width and height must be larger than 0")
    return " ".join(values)


def read_aspect(text: str) -> str:
    """Read ``preserveAspectRatio``."""
    found = _ASPECT.fullmatch(text.strip(SPACE))
    if not found:
        raise RefusedValue("expected none, or an alignment such as xMidYMid meet")
    return f"{found[1]} {found[2]}" if found[2] == "slice" and found[1] != "none" else found[1]


EMPTY_PATH = "M0 0"
ARGUMENT_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
MIN_RADIUS = 1e-9
# fontTools divides by the square of the distance between the ends of an arc.
MIN_CHORD = 1e-100
_SPACES = re.compile(r"[ \t\r\n\f]*")

Point = tuple[float, float]


def read_path(text: str) -> str:
    """Return a path in its normalised form. A path that draws nothing becomes ``M0 0``."""
    if text.strip(SPACE) in ("", "none"):
        return EMPTY_PATH
    writer = _PathWriter()
    for letter, numbers in _commands(text):
        writer.draw(letter, numbers)
    return "".join(writer.commands) or EMPTY_PATH


def _commands(text: str) -> list[tuple[str, list[float]]]:
    """Return each path command with its numbers. Implicitly repeated commands are written out."""
    commands: list[tuple[str, list[float]]] = []
    position = _skip_spaces(text, 0)
    while position < len(text):
        letter = text[position]
        if letter.upper() not in ARGUMENT_COUNTS or (not commands and letter not in "Mm"):
            raise RefusedValue(f"expected a path command at character {position + 1}")
        count = ARGUMENT_COUNTS[letter.upper()]
        position = _skip_spaces(text, position + 1)
        if count == 0:
            commands.append((letter, []))
            continue
        while True:
            numbers, position, comma = _arguments(text, position, letter, count)
            commands.append((letter, numbers))
            letter = {"M": "L", "m": "l"}.get(letter, letter)
            if not comma and not NUMBER_PATTERN.match(text, position):
                break
    return commands


def _skip_spaces(text: str, position: int) -> int:
    found = _SPACES.match(text, position)
    return found.end() if found else position


def _arguments(text: str, position: int, letter: str, count: int) -> tuple[list[float], int, bool]:
    """Return a command's numbers, the position after them, and whether a comma precedes that position."""
    numbers: list[float] = []
    comma = False
    for index in range(count):
        # The two flags of an arc are one digit each. The next number may follow without a space: "a1 1 0 0150 50".
        if letter in "Aa" and index in (3, 4):
            if text[position : position + 1] not in ("0", "1"):
                raise RefusedValue(f"expected a flag, 0 or 1, at character {position + 1}")
            numbers.append(float(text[position]))
            end = position + 1
        else:
            found = NUMBER_PATTERN.match(text, position)
            if not found:
                raise RefusedValue(f"expected a number at character {position + 1}")
            numbers.append(bounded(float(found[0])))
            end = found.end()
        after = SEPARATOR_PATTERN.match(text, end)
        position = after.end() if after else end
        comma = "," in text[end:position]
    return numbers, position, comma


class _PathWriter:
    """Writes a path with M, L, C and Z.

    ``at`` is the current point and ``began`` the start of the current subpath. ``cubic_control`` and
    ``quadratic_control`` are the last control points, which S and T mirror.
    """

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.at: Point = (0.0, 0.0)
        self.began: Point = (0.0, 0.0)
        self.is_down = False
        self.cubic_control: Point | None = None
        self.quadratic_control: Point | None = None

    def draw(self, letter: str, numbers: list[float]) -> None:
        """Write one command."""
        command, numbers = letter.upper(), self._absolute(letter, numbers)
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
            self._line((numbers[0], numbers[1]))

    def _absolute(self, letter: str, numbers: list[float]) -> list[float]:
        """Return a command's numbers as absolute coordinates. ``H`` and ``V`` give both coordinates of a point."""
        x, y = self.at if letter.islower() else (0.0, 0.0)
        if letter in "Hh":
            return [numbers[0] + x, self.at[1]]
        if letter in "Vv":
            return [self.at[0], numbers[0] + y]
        if letter in "Aa":
            return [*numbers[:5], numbers[5] + x, numbers[6] + y]
        return [number + (y if index % 2 else x) for index, number in enumerate(numbers)]

    def _mirrored(self, control: Point | None) -> Point:
        x, y = self.at
        return (2 * x - control[0], 2 * y - control[1]) if control else self.at

    def _write(self, letter: str, numbers: list[float]) -> None:
        if not self.is_down:
            self.commands.append("M" + join_numbers(list(self.at)))
            self.is_down = True
        self.commands.append(letter + join_numbers([bounded(number) for number in numbers]))

    def _close(self) -> None:
        if self.is_down:
            self.commands.append("Z")
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
        """Write a quadratic curve as a cubic one."""
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
        """Write an elliptical arc as cubic curves of at most a quarter turn each."""
        from fontTools.pens.recordingPen import RecordingPen
        from fontTools.svgLib.path.arc import EllipticalArc

        (left, top), (rx, ry, turn, large, sweep, x, y) = self.at, numbers
        chord = complex(x - left, y - top)
        if abs(chord) < MIN_CHORD:
            return
        pen = RecordingPen()
        if min(abs(rx), abs(ry)) >= MIN_RADIUS:
            # Start at (0, 0), so that two ends close to each other stay distinct, however far from the origin.
            EllipticalArc(0j, abs(rx), abs(ry), turn % 360, large, sweep, chord).draw(pen)
        if not pen.value:
            self._line((x, y))
            return
        curves = [part for _, points in pen.value for dx, dy in points for part in (left + dx, top + dy)]
        curves[-2:] = x, y
        for first in range(0, len(curves), 6):
            self._curve(curves[first : first + 6])
        self.cubic_control = None


# Without these limits, the product of 32 nested matrices could exceed the range of a float.
MAX_SCALE = 10_000.0
MIN_DETERMINANT = 1e-8

_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")


def _rotate_about(turn: float, x: float = 0.0, y: float = 0.0) -> Transform:
    return Identity.translate(x, y).rotate(radians(turn)).translate(-x, -y)


# Transform name → the numbers of arguments that it may have, and a function that returns its matrix.
_TRANSFORMS: Mapping[str, tuple[tuple[int, ...], Callable[..., Transform]]] = {
    "matrix": ((6,), Transform),
    "translate": ((1, 2), Identity.translate),
    "scale": ((1, 2), Identity.scale),
    "rotate": ((1, 3), _rotate_about),
    "skewX": ((1,), lambda angle: Identity.skew(x=radians(angle))),
    "skewY": ((1,), lambda angle: Identity.skew(y=radians(angle))),
}


def read_transform(text: str) -> Value:
    """Return a list of transforms; None if it is empty. Raises RefusedValue if the drawing becomes huge or flat."""
    value = text.strip(SPACE)
    if value in ("", "none"):
        return None
    parts: list[str] = []
    matrix = Identity
    position = 0
    while position < len(value):
        found = _TRANSFORM.match(value, position)
        if not found:
            raise RefusedValue(f"expected a transform at character {position + 1}")
        numbers = _transform_numbers(found[1], found[2])
        matrix = matrix.transform(transform_of(found[1], numbers))
        a, b, c, d, *_ = matrix
        if max(map(abs, (a, b, c, d))) > MAX_SCALE or abs(a * d - b * c) < MIN_DETERMINANT:
            raise RefusedValue("it makes the drawing flat or extremely large, so it is invisible")
        parts.append(f"{found[1]}({join_numbers(numbers)})")
        after = SEPARATOR_PATTERN.match(value, found.end())
        position = after.end() if after else found.end()
    return " ".join(parts)


def _transform_numbers(kind: str, inside: str) -> list[float]:
    numbers = read_numbers(inside)
    if len(numbers) not in _TRANSFORMS[kind][0]:
        raise RefusedValue(f"{kind}() cannot have {len(numbers)} numbers")
    return [float(plain(number)) for number in numbers]


def transform_of(kind: str, numbers: list[float]) -> Transform:
    """Return the matrix of one transform, from its SVG name and its numbers."""
    return _TRANSFORMS[kind][1](*numbers)
