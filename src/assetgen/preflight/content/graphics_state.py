"""Colour spaces, graphics state and text positions of a PDF page (ISO 32000-1, 8.4, 8.6, 9.4).

A plate's value is a share of ink, 0 to 1: cyan, magenta, yellow, black. Grey is black ink alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Self

import pikepdf

from assetgen.geometry import Box
from assetgen.preflight.pdf.finished_page import Frame

Plates = tuple[float, float, float, float]
NO_INK: Plates = (0.0, 0.0, 0.0, 0.0)
EVERY_INK: Plates = (1.0, 1.0, 1.0, 1.0)
MAX_DEPTH = 4


class ColourKind(Enum):
    """What a press makes of a colour space."""

    INK = auto()
    """Device's CMYK or grey: what is said is what is printed."""
    PROFILED = auto()
    """Ink by a profile: converted on the way, nobody knows to what."""
    LIGHT = auto()
    """RGB or Lab, by whatever name: no ink at all."""
    SPOT = auto()
    """An ink of its own."""
    PATTERN = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Space:
    """A colour space: its name for people, its kind, how many components a colour of it has.

    ``palette`` has the colours of an indexed space, in the base's components, 0 to 255.
    """

    name: str
    kind: ColourKind
    components: int
    palette: bytes | None = None

    def plates(self, values: Sequence[float]) -> Plates | None:
        """Return the inks of a colour, None where it is not known what they are.

        By a profile they are taken as they are written: no better is known.
        """
        if self.palette is not None:
            at = int(values[0]) * self.components if values else 0
            own = self.palette[at : at + self.components]
            return Space(self.name, self.kind, self.components).plates([value / 255 for value in own])
        if self.kind not in (ColourKind.INK, ColourKind.PROFILED) or len(values) != self.components:
            return None
        held = [min(1.0, max(0.0, value)) for value in values]
        if self.components == 1:
            return (0.0, 0.0, 0.0, 1.0 - held[0])
        return (held[0], held[1], held[2], held[3]) if self.components == 4 else None

    def heaviest(self) -> tuple[Plates, float] | None:
        """Return the most that any colour of the space puts on each plate, and on all of them together."""
        if self.palette is not None:
            many = len(self.palette) // max(1, self.components)
            return most_of([self.plates([float(at)]) for at in range(many)])
        if self.kind not in (ColourKind.INK, ColourKind.PROFILED):
            return None
        return ((0.0, 0.0, 0.0, 1.0), 1.0) if self.components == 1 else (EVERY_INK, 4.0)


GREY = Space("DeviceGray", ColourKind.INK, 1)
CMYK = Space("DeviceCMYK", ColourKind.INK, 4)
RGB = Space("DeviceRGB", ColourKind.LIGHT, 3)
PATTERN = Space("Pattern", ColourKind.PATTERN, 0)
UNKNOWN = Space("a colour space that nobody knows", ColourKind.UNKNOWN, 0)
BY_NAME = {"/DeviceGray": GREY, "/DeviceCMYK": CMYK, "/DeviceRGB": RGB, "/Pattern": PATTERN}
DEFAULTS = {"/DeviceGray": "/DefaultGray", "/DeviceCMYK": "/DefaultCMYK"}
"""Names in a page's resources that turn device's colours into a profile's. RGB is wrong by either."""
BY_PROFILE = {
    1: Space("grey by a profile", ColourKind.PROFILED, 1),
    3: Space("RGB by a profile", ColourKind.LIGHT, 3),
    4: Space("CMYK by a profile", ColourKind.PROFILED, 4),
}


def most_of(colours: Sequence[Plates | None]) -> tuple[Plates, float] | None:
    """Return the most of each ink in some colours, and the most of all inks in any one; None where one is unknown."""
    known = [colour for colour in colours if colour is not None]
    if not known or len(known) != len(colours):
        return None
    c, m, y, k = (max(inks) for inks in zip(*known, strict=True))
    return (c, m, y, k), max(map(sum, known))


def space_of(value: object, named: pikepdf.Object | None = None, depth: int = 0) -> Space:
    """Return the colour space that a name or an array stands for; ``named`` are those of the resources."""
    if depth > MAX_DEPTH:
        return UNKNOWN
    if isinstance(value, pikepdf.Array) and len(value):
        return _of_array(value, named, depth)
    name = str(value)
    own = BY_NAME.get(name)
    if own is not None:
        default = None if named is None else named.get(DEFAULTS.get(name, ""))
        return own if default is None else space_of(default, None, depth + 1)
    inner = None if named is None else named.get(name)
    return UNKNOWN if inner is None else space_of(inner, named, depth + 1)


def _of_array(value: pikepdf.Array, named: pikepdf.Object | None, depth: int) -> Space:
    family = str(value[0])
    if family == "/ICCBased":
        return BY_PROFILE.get(int(value[1].get("/N", 0)), UNKNOWN)
    if family == "/CalGray":
        return BY_PROFILE[1]
    if family in ("/CalRGB", "/Lab"):
        return Space(family[1:], ColourKind.LIGHT, 3)
    if family in ("/Separation", "/DeviceN"):
        inks = [value[1]] if family == "/Separation" else list(value[1])
        told = ", ".join(ascii(str(ink)[1:41])[1:-1] for ink in inks)
        return Space(f"the spot colour {told}", ColourKind.SPOT, len(inks))
    if family in ("/Indexed", "/I"):
        base = space_of(value[1], named, depth + 1)
        table = value[3]
        palette = table.read_bytes() if isinstance(table, pikepdf.Stream) else bytes(table)
        return Space(base.name, base.kind, base.components, palette)
    if family == "/Pattern":
        # Of a pattern without colours of its own, the colour that it is painted in follows.
        return PATTERN if len(value) == 1 else space_of(value[1], named, depth + 1)
    return space_of(value[0], named, depth + 1)


NORMAL = "/Normal"
IDENTITY = pikepdf.Matrix()
NUMBERS = (int, float, Decimal)
NO_BLENDING = frozenset({NORMAL, "/Compatible"})


@dataclass(frozen=True, slots=True)
class PaintColour:
    """A colour that was set: its space, its values, and the pattern where one paints."""

    space: Space = GREY
    values: tuple[float, ...] = (0.0,)
    pattern: pikepdf.Object | None = None


BLACK = PaintColour()
DEVICE = {"g": "/DeviceGray", "rg": "/DeviceRGB", "k": "/DeviceCMYK"}
"""Operators that set a space of the device with its colour."""


@dataclass(kw_only=True)
class InkState:
    """The part of the graphics state that decides what an ink's plate shows: colours, overprint, render mode."""

    fill: PaintColour = BLACK
    stroke: PaintColour = BLACK
    overprints_fill: bool = False
    overprints_stroke: bool = False
    overprint_mode: int = 0
    render_mode: int = 0

    def saved(self) -> Self:
        """Return the state as it is, to come back to; what is open stays so across it."""
        saved = self.__class__.__new__(self.__class__)
        saved.__dict__.update(self.__dict__)
        return saved

    def set_from(self, named: pikepdf.Object) -> None:
        """Take what a graphics state dictionary sets."""
        if "/OP" in named:
            self.overprints_stroke = self.overprints_fill = bool(named["/OP"])
        if "/op" in named:
            self.overprints_fill = bool(named["/op"])
        if "/OPM" in named:
            self.overprint_mode = int(named["/OPM"])

    def set_colour(
        self,
        operator: str,
        operands: Sequence[object],
        spaces: pikepdf.Object | None,
        pattern_of: Callable[[object], pikepdf.Object],
    ) -> PaintColour | None:
        """Set the colour that an operator says, and return it; None of any other operator.

        ``spaces`` are the colour spaces of the resources, ``pattern_of`` gives a pattern of them by its name.
        """
        is_fill, kind = operator.islower(), operator.lower()
        if kind == "cs":
            space = space_of(operands[0], spaces)
            # The first colour of a space is its black, where it has one (ISO 32000-1, table 74).
            first = (0.0, 0.0, 0.0, 1.0) if space is CMYK else (0.0,) * space.components
            colour = PaintColour(space, first)
        elif kind in DEVICE or kind in ("sc", "scn"):
            before = self.fill if is_fill else self.stroke
            space = space_of(pikepdf.Name(DEVICE[kind]), spaces) if kind in DEVICE else before.space
            values = tuple(as_number(value) for value in operands if not isinstance(value, pikepdf.Name))
            has_pattern = kind not in DEVICE and operands and isinstance(operands[-1], pikepdf.Name)
            colour = PaintColour(space, values, pattern_of(operands[-1]) if has_pattern else None)
        else:
            return None
        if is_fill:
            self.fill = colour
        else:
            self.stroke = colour
        return colour


@dataclass
class GraphicsState(InkState):
    """What holds while a stream is read. ``clip`` is the box, in CSS px of the page, that nothing leaves;
    ``is_clip_whole`` where all of that box is seen, and not a shape in it.

    ``is_masked`` where a soft mask is on.
    """

    matrix: pikepdf.Matrix
    clip: Box
    is_clip_whole: bool = True
    line_width: float = 1.0
    alpha_fill: float = 1.0
    alpha_stroke: float = 1.0
    blend: str = NORMAL
    is_masked: bool = False
    font: pikepdf.Object | None = None
    font_size: float = 0.0
    letter_space: float = 0.0
    word_space: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    line_start: pikepdf.Matrix = IDENTITY
    text: pikepdf.Matrix = IDENTITY
    marks: list[int | None] = field(default_factory=list)
    """Marked content that is open, the innermost last; None for what has no number."""

    @property
    def mark(self) -> int | None:
        """Return the number of the innermost marked content that has one."""
        return next((mark for mark in reversed(self.marks) if mark is not None), None)

    def set_from(self, named: pikepdf.Object) -> None:
        """Take what a graphics state dictionary sets."""
        super().set_from(named)
        if "/ca" in named:
            self.alpha_fill = as_number(named["/ca"])
        if "/CA" in named:
            self.alpha_stroke = as_number(named["/CA"])
        if "/BM" in named:
            mode = named["/BM"]
            self.blend = str(mode[0] if isinstance(mode, pikepdf.Array) and len(mode) else mode)
        if "/SMask" in named:
            self.is_masked = isinstance(named["/SMask"], pikepdf.Dictionary)
        if "/LW" in named:
            self.line_width = as_number(named["/LW"])
        if "/Font" in named:
            self.font, self.font_size = named["/Font"][0], as_number(named["/Font"][1])


def as_number(value: object) -> float:
    """Return a number of a PDF; raises ValueError for anything else."""
    if isinstance(value, NUMBERS):
        return float(value)
    raise ValueError(f"{value!r} is no number")


def as_matrix(values: object) -> pikepdf.Matrix:
    """Return six numbers as a matrix; none are the one that changes nothing."""
    if not isinstance(values, (pikepdf.Array, list)):
        return IDENTITY
    a, b, c, d, e, f = map(as_number, values)
    return pikepdf.Matrix(a, b, c, d, e, f)


def box_of(corners: tuple[float, float, float, float], matrix: pikepdf.Matrix, frame: Frame) -> Box:
    """Return the upright box around a rectangle (left, bottom, right, top), in CSS px of the page."""
    left, bottom, right, top = corners
    points = [
        matrix.transform(point) for point in ((left, bottom), (right, bottom), (right, top), (left, top))
    ]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return frame.box(min(xs), min(ys), max(xs), max(ys))


def cut(box: Box, clip: Box) -> Box | None:
    """Return what is seen of a box, which may have no height or width; None where that is nothing."""
    x, y = max(box.x, clip.x), max(box.y, clip.y)
    right, bottom = min(box.right, clip.right), min(box.bottom, clip.bottom)
    return Box(x, y, right - x, bottom - y) if right >= x and bottom >= y else None


# How far ink may stand beyond what a font says of its letters, in em, and where it says nothing.
BEYOND_EM = 0.25
USUAL_BELOW, USUAL_ABOVE = -500.0, 1200.0
USUAL_WIDTH = 1000.0
SPACE = 32
PLAIN_NUMBERS = {"Tc": "letter_space", "Tw": "word_space", "TL": "leading", "Ts": "rise"}
"""Operators that set one number of the state."""


@dataclass(frozen=True, slots=True)
class Widths:
    """How wide a font's codes are, in thousandths of an em; how many bytes a code has; how far below and above the
    baseline its letters go."""

    of: dict[int, float]
    usual: float
    bytes_a_code: int
    below: float = USUAL_BELOW
    above: float = USUAL_ABOVE

    @classmethod
    def read(cls, font: pikepdf.Object) -> Widths:
        """Return the widths of a font."""
        if font.get("/Subtype") == "/Type0":
            inner = font["/DescendantFonts"][0]
            usual = as_number(inner.get("/DW", USUAL_WIDTH))
            return cls(_of_glyphs(list(inner.get("/W", []))), usual, 2, *_heights(inner))
        first = int(font.get("/FirstChar", 0))
        own = [as_number(width) for width in font.get("/Widths", [])]
        # A font of drawn glyphs has units of its own.
        per_em = as_number(font["/FontMatrix"][0]) * 1000 if "/FontMatrix" in font else 1.0
        return cls(
            {first + at: width * per_em for at, width in enumerate(own)}, USUAL_WIDTH, 1, *_heights(font)
        )

    def codes(self, text: bytes) -> list[int]:
        """Return the codes of a string."""
        if self.bytes_a_code == 1:
            return list(text)
        # Most strings are one glyph, with a step to the next one between them.
        if len(text) == 2:
            return [text[0] << 8 | text[1]]
        return [text[at] << 8 | text[at + 1] for at in range(0, len(text) - 1, 2)]


def _heights(font: pikepdf.Object) -> tuple[float, float]:
    """Return how far a font's letters go below and above the baseline, as it says itself."""
    said = font.get("/FontDescriptor", pikepdf.Dictionary()).get("/FontBBox")
    if said is None or len(said) != 4:
        return USUAL_BELOW, USUAL_ABOVE
    low, high = as_number(said[1]), as_number(said[3])
    return (low, high) if low < high else (USUAL_BELOW, USUAL_ABOVE)


def _of_glyphs(table: list[object]) -> dict[int, float]:
    """Return the widths of a Type 0 font's table: ``first [w …]`` and ``first last w``."""
    widths: dict[int, float] = {}
    at = 0
    while at + 1 < len(table):
        first, second = int(as_number(table[at])), table[at + 1]
        if isinstance(second, pikepdf.Array):
            widths |= {first + step: as_number(width) for step, width in enumerate(second)}
            at += 2
            continue
        if at + 2 >= len(table):
            break
        last = min(int(as_number(second)), first + 0xFFFF)
        widths |= dict.fromkeys(range(first, last + 1), as_number(table[at + 2]))
        at += 3
    return widths


def show(
    state: GraphicsState, widths: Widths, parts: Iterable[bytes | float], frame: Frame
) -> tuple[Box, float]:
    """Return the box around a shown string and its size in pt of the page; move the state behind it.

    ``parts`` are strings, and thousandths of an em to go back.
    """
    size, stretch = state.font_size, state.stretch
    matrix = pikepdf.Matrix(size * stretch, 0.0, 0.0, size, 0.0, state.rise) @ (state.text @ state.matrix)
    of, usual = widths.of.get, widths.usual
    word_space = state.word_space if widths.bytes_a_code == 1 else 0.0
    advance, ends_at = 0.0, [0.0]
    for part in parts:
        if isinstance(part, bytes):
            codes = widths.codes(part)
            wide = sum([of(code, usual) for code in codes]) / 1000 * size + len(codes) * state.letter_space
            advance += (wide + (codes.count(SPACE) * word_space if word_space else 0.0)) * stretch
        else:
            advance -= part / 1000 * size * stretch
        ends_at.append(advance)
    state.text = pikepdf.Matrix(1.0, 0.0, 0.0, 1.0, advance, 0.0) @ state.text
    em = size * stretch or 1.0
    ends = (
        min(ends_at) / em - BEYOND_EM,
        widths.below / 1000 - BEYOND_EM,
        max(ends_at) / em + BEYOND_EM,
        widths.above / 1000 + BEYOND_EM,
    )
    return box_of(ends, matrix, frame), math.hypot(matrix.c, matrix.d)


def text_step(
    state: GraphicsState, operator: str, operands: Sequence[Any], font_of: Callable[[object], pikepdf.Object]
) -> list[bytes | float] | None:
    """Obey a text operator, and return what it shows: strings, and thousandths of an em to go back; or None."""
    if operator == "BT":
        state.text = state.line_start = IDENTITY
    elif operator == "Tf":
        state.font, state.font_size = font_of(operands[0]), as_number(operands[1])
    elif operator == "Tm":
        state.text = state.line_start = as_matrix(list(operands))
    elif operator in ("Td", "TD"):
        x, y = (as_number(value) for value in operands)
        state.leading = -y if operator == "TD" else state.leading
        _next_line(state, x, y)
    elif operator in ("T*", "'", '"'):
        _next_line(state, 0.0, -state.leading)
    elif operator in PLAIN_NUMBERS:
        setattr(state, PLAIN_NUMBERS[operator], as_number(operands[0]))
    elif operator == "Tz":
        state.stretch = as_number(operands[0]) / 100
    elif operator == "Tr":
        state.render_mode = int(as_number(operands[0]))
    if operator == '"':
        state.word_space, state.letter_space = as_number(operands[0]), as_number(operands[1])
    if operator in ("Tj", "'", '"'):
        return [bytes(operands[-1])]
    if operator != "TJ" or not isinstance(operands[0], pikepdf.Array):
        return None
    parts: list[Any] = list(operands[0])
    return [float(part) if isinstance(part, NUMBERS) else bytes(part) for part in parts]


def _next_line(state: GraphicsState, x: float, y: float) -> None:
    state.line_start = pikepdf.Matrix(1.0, 0.0, 0.0, 1.0, x, y) @ state.line_start
    state.text = state.line_start
