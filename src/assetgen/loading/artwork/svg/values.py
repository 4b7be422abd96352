"""The grammars of an SVG logo's values: each reader takes a word and gives its one plain spelling.

A reader raises ``Refused`` for what it does not know, so that nothing reaches the drawing engine but
numbers, ``#rrggbb``, keywords of a list and references within the file. What a reader gives, it gives
again unchanged when it reads it: rebuilding a rebuilt logo alters no byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from PIL import ImageColor

from assetgen.units import MM_PER_INCH, PT_PER_INCH, PX_PER_INCH

MAX_NUMBER = 1_000_000.0
SIGNIFICANT_DIGITS = 8
LONGEST_WORD = 200

SPACE = " \t\r\n\f"
NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
NUMBER_HERE = re.compile(NUMBER)
SEPARATOR_HERE = re.compile(r"[ \t\r\n\f]*(?:,[ \t\r\n\f]*)?")
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
    """A value outside its grammar; the words say how it is wrong."""


class RefusedReference(RefusedValue):
    """A reference to something that is not in the file."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference within the file: the id, and whether it is written ``url(#id)`` or ``#id``."""

    id: str
    is_url: bool


Value = str | Reference | None
"""The plain spelling of a value; None where leaving the attribute out says the same."""
Reader = Callable[[str], Value]


def plain(number: float) -> str:
    """Return a number with 8 significant digits, without an exponent."""
    if abs(number) < 1e-9:
        return "0"
    text = format(Decimal(f"{number:.{SIGNIFICANT_DIGITS - 1}e}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def bounded(number: float) -> float:
    """Return the number; refuse one that no drawing needs (and NaN)."""
    if not abs(number) <= MAX_NUMBER:
        raise RefusedValue("a number is larger than 1000000")
    return number


def read_numbers(text: str) -> list[float]:
    """Return the numbers of a list, parted by spaces, one comma, or nothing ("1-2", ".5.5")."""
    numbers: list[float] = []
    position = len(text) - len(text.lstrip(SPACE))
    end = len(text.rstrip(SPACE))
    while position < end:
        found = NUMBER_HERE.match(text, position, end)
        if not found:
            raise RefusedValue(f"a number was expected at character {position + 1}")
        numbers.append(bounded(float(found[0])))
        after = SEPARATOR_HERE.match(text, found.end(), end)
        position = after.end() if after else found.end()
        if position == end and "," in text[found.end() : end]:
            raise RefusedValue("a number was expected after the last comma")
    return numbers


def join_numbers(numbers: list[float]) -> str:
    """Return the numbers in their plain spelling, parted by one space."""
    return " ".join(map(plain, numbers))


def read_length_px(text: str) -> float:
    """Return a length in px (1/96 in); percentages and units that depend on type are refused."""
    word = text.strip(SPACE)
    # The pattern's time grows with the square of a long word's length.
    found = _LENGTH.fullmatch(word) if len(word) <= LONGEST_WORD else None
    if not found or found[2].lower() not in PX_PER_UNIT:
        raise RefusedValue("a number was expected, with px, pt, pc, mm, cm, in or no unit")
    return bounded(bounded(float(found[1])) * PX_PER_UNIT[found[2].lower()])


def read_number(text: str) -> str:
    """Read one number without a unit."""
    numbers = read_numbers(text)
    if len(numbers) != 1:
        raise RefusedValue("one number was expected")
    return plain(numbers[0])


def read_length(text: str) -> str:
    """Read a length, or a percentage of the view."""
    word = text.strip(SPACE)
    if word.endswith("%"):
        return read_number(word[:-1]) + "%"
    return plain(read_length_px(word))


def read_size(text: str) -> str:
    """Read a length that is not negative."""
    size = read_length(text)
    if size.startswith("-"):
        raise RefusedValue("it must not be negative")
    return size


def read_radius(text: str) -> Value:
    """Read the radius of a rectangle's corners: a size, or ``auto``, the default."""
    return None if text.strip(SPACE) == "auto" else read_size(text)


def read_share(text: str) -> str:
    """Read an opacity or a stop's offset: a number or a percentage, held between 0 and 1."""
    word = text.strip(SPACE)
    if word.endswith("%"):
        return plain(min(1.0, max(0.0, float(read_number(word[:-1])) / 100)))
    return plain(min(1.0, max(0.0, float(read_number(word)))))


def read_miter_limit(text: str) -> str:
    """Read a mitre limit: 1 or more."""
    limit = read_number(text)
    if float(limit) < 1:
        raise RefusedValue("a number of at least 1 was expected")
    return limit


def read_dashes(text: str) -> str:
    """Read ``none`` or a list of lengths; one of zeros alone is a plain line."""
    if text.strip(SPACE) == "none":
        return "none"
    lengths = [read_length_px(word) for word in re.split(r"\s*,\s*|\s+", text.strip(SPACE))]
    if min(lengths) < 0:
        raise RefusedValue("a dash must not be negative")
    words = join_numbers(lengths)
    return words if sum(map(float, words.split())) > 0 else "none"


def one_of(*words: str, default: str | None = None) -> Reader:
    """Return a reader of one of the words; the default is left out."""

    expected = f"one of {', '.join(words)}" if len(words) > 1 else words[0]

    def read_word(text: str) -> Value:
        word = text.strip(SPACE)
        if word not in words:
            raise RefusedValue(f"{expected} was expected")
        return None if word == default else word

    return read_word


def _channel(word: str) -> int:
    """Return one of the parts of ``rgb()`` as 0 to 255."""
    share = word.endswith("%")
    value = float(read_number(word.removesuffix("%")))
    return round(min(255.0, max(0.0, value * 2.55 if share else value)))


def read_colour(text: str) -> str:
    """Read ``#rgb``, ``#rrggbb``, ``rgb()``, ``rgba()`` or a name; give ``#rrggbb`` or ``#rrggbbaa``."""
    word = text.strip(SPACE).lower()
    if word in ("currentcolor", "none"):
        return {"currentcolor": "currentColor"}.get(word, word)
    if word == "transparent":
        return "#00000000"
    if _HEX.fullmatch(word):
        digits = word[1:] if len(word) > 5 else "".join(digit * 2 for digit in word[1:])
        return f"#{digits.removesuffix('ff') if len(digits) == 8 else digits}"
    if found := _RGB.fullmatch(word):
        return _rgb(found[1])
    if word in ImageColor.colormap:
        red, green, blue = ImageColor.getrgb(word)[:3]
        return f"#{red:02x}{green:02x}{blue:02x}"
    raise RefusedValue("a colour was expected: #rrggbb, rgb(), a name or none")


def _rgb(inside: str) -> str:
    """Return the colour of what stands between the brackets of ``rgb()`` or ``rgba()``."""
    parts = re.split(r"\s*[,/]\s*|\s+", inside.strip(SPACE))
    if len(parts) not in (3, 4):
        raise RefusedValue("a colour was expected: rgb() takes three numbers, rgba() four")
    digits = "".join(f"{_channel(part):02x}" for part in parts[:3])
    alpha = round(float(read_share(parts[3])) * 255) if len(parts) == 4 else 255
    return f"#{digits}" if alpha == 255 else f"#{digits}{alpha:02x}"


def read_solid_colour(text: str) -> str:
    """Read a colour where ``none`` is no answer (a gradient's stop, ``color``)."""
    colour = read_colour(text)
    if colour == "none":
        raise RefusedValue("a colour was expected: #rrggbb, rgb() or a name")
    return colour


def read_paint(text: str) -> Value:
    """Read a fill or stroke: a colour, or a gradient of this file (a colour after it falls away)."""
    word = text.strip(SPACE)
    if word == "inherit":
        return None
    if not word.lower().startswith("url("):
        return read_colour(word)
    found = _URL.fullmatch(word)
    if found and found[3]:
        read_colour(found[3])
    return _reference(found[2] if found else word, is_url=True)


def read_url(text: str) -> Value:
    """Read ``none`` or ``url(#id)``."""
    word = text.strip(SPACE)
    if word == "none":
        return None
    found = _URL.fullmatch(word)
    if not found or found[3]:
        raise RefusedValue("url(#id) was expected")
    return _reference(found[2], is_url=True)


def read_href(text: str) -> Value:
    """Read ``#id``."""
    return _reference(text, is_url=False)


def _reference(target: str, *, is_url: bool) -> Reference:
    word = target.strip(SPACE)
    if not word.startswith("#") or len(word) < 2:
        raise RefusedReference("it refers to something outside the file")
    return Reference(word[1:], is_url)


def read_points(text: str) -> str:
    """Read the corners of a polygon: an even count of numbers."""
    numbers = read_numbers(text)
    if len(numbers) % 2:
        raise RefusedValue("the last corner has no y")
    return join_numbers(numbers)


def read_box(text: str) -> str:
    """Read a ``viewBox``: x, y, width and height, the last two above zero."""
    numbers = read_numbers(text)
    if len(numbers) != 4:
        raise RefusedValue("four numbers were expected: x, y, width, height")
    words = [plain(number) for number in numbers]
    if float(words[2]) <= 0 or float(words[3]) <= 0:
        raise RefusedValue("its width and height must be larger than 0")
    return " ".join(words)


def read_aspect(text: str) -> str:
    """Read ``preserveAspectRatio``."""
    found = _ASPECT.fullmatch(text.strip(SPACE))
    if not found:
        raise RefusedValue("none or an alignment like xMidYMid meet was expected")
    return f"{found[1]} {found[2]}" if found[2] == "slice" and found[1] != "none" else found[1]
