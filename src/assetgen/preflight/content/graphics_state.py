"""Colour spaces, graphics state and text positions of a PDF page (ISO 32000-1, 8.4, 8.6 and 9.4).

``Plates`` are the shares of cyan, magenta, yellow and black ink, each 0 to 1. Grey is black ink alone.
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
FULL_INK: Plates = (1.0, 1.0, 1.0, 1.0)
MAX_DEPTH = 4


class ColourKind(Enum):
    """How a press treats a colour space."""

    INK = auto()
    """DeviceCMYK or DeviceGray: the values are printed as they are."""
    PROFILED = auto()
    """CMYK or grey with a profile: converted before printing, with an unknown result."""
    NOT_INK = auto()
    """RGB or Lab, device-dependent or with a profile: not ink."""
    SPOT = auto()
    """A spot colour: an ink other than the four process inks."""
    PATTERN = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """A colour space of a PDF.

    Attributes:
        name: Name for messages.
        kind: How a press treats it.
        components: Number of components of a colour; of the base space for an indexed space.
        palette: The colours of an indexed space, one byte per component of the base space.
    """

    name: str
    kind: ColourKind
    components: int
    palette: bytes | None = None

    def to_plates(self, values: Sequence[float]) -> Plates | None:
        """Return the inks of a colour; None if they are unknown.

        In a space with a profile, the values are taken as ink without conversion, because the press's conversion is
        unknown.
        """
        if self.palette is not None:
            at = int(values[0]) * self.components if values else 0
            entry = self.palette[at : at + self.components]
            return ColourSpace(self.name, self.kind, self.components).to_plates(
                [value / 255 for value in entry]
            )
        if self.kind not in (ColourKind.INK, ColourKind.PROFILED) or len(values) != self.components:
            return None
        shares = [min(1.0, max(0.0, value)) for value in values]
        if self.components == 1:
            return (0.0, 0.0, 0.0, 1.0 - shares[0])
        return (shares[0], shares[1], shares[2], shares[3]) if self.components == 4 else None

    def max_ink(self) -> tuple[Plates, float] | None:
        """Return the maximum of each ink, and of total ink, over all colours of the space; None if they are not ink."""
        if self.palette is not None:
            count = len(self.palette) // max(1, self.components)
            return max_ink_of([self.to_plates([float(index)]) for index in range(count)])
        if self.kind not in (ColourKind.INK, ColourKind.PROFILED):
            return None
        return ((0.0, 0.0, 0.0, 1.0), 1.0) if self.components == 1 else (FULL_INK, 4.0)


GREY = ColourSpace("DeviceGray", ColourKind.INK, 1)
CMYK = ColourSpace("DeviceCMYK", ColourKind.INK, 4)
RGB = ColourSpace("DeviceRGB", ColourKind.NOT_INK, 3)
PATTERN = ColourSpace("Pattern", ColourKind.PATTERN, 0)
UNKNOWN = ColourSpace("an unknown colour space", ColourKind.UNKNOWN, 0)
BY_NAME = {"/DeviceGray": GREY, "/DeviceCMYK": CMYK, "/DeviceRGB": RGB, "/Pattern": PATTERN}
DEFAULTS = {"/DeviceGray": "/DefaultGray", "/DeviceCMYK": "/DefaultCMYK"}
"""Resources that replace a device colour space by one with a profile. RGB is not ink in either case."""
BY_PROFILE = {
    1: ColourSpace("grey with a profile", ColourKind.PROFILED, 1),
    3: ColourSpace("RGB with a profile", ColourKind.NOT_INK, 3),
    4: ColourSpace("CMYK with a profile", ColourKind.PROFILED, 4),
}


def max_ink_of(colours: Sequence[Plates | None]) -> tuple[Plates, float] | None:
    """Return the maximum of each ink over some colours, and their greatest total ink; None if a colour is unknown."""
    known = [colour for colour in colours if colour is not None]
    if not known or len(known) != len(colours):
        return None
    c, m, y, k = (max(inks) for inks in zip(*known, strict=True))
    return (c, m, y, k), max(map(sum, known))


def space_of(value: object, named: pikepdf.Object | None = None, depth: int = 0) -> ColourSpace:
    """Return the colour space that a name or an array describes. ``named`` are those in the page's resources."""
    if depth > MAX_DEPTH:
        return UNKNOWN
    if isinstance(value, pikepdf.Array) and len(value):
        return _space_of_array(value, named, depth)
    name = str(value)
    device = BY_NAME.get(name)
    if device is not None:
        default = None if named is None else named.get(DEFAULTS.get(name, ""))
        return device if default is None else space_of(default, None, depth + 1)
    inner = None if named is None else named.get(name)
    return UNKNOWN if inner is None else space_of(inner, named, depth + 1)


def _space_of_array(value: pikepdf.Array, named: pikepdf.Object | None, depth: int) -> ColourSpace:
    family = str(value[0])
    if family == "/ICCBased":
        return BY_PROFILE.get(int(value[1].get("/N", 0)), UNKNOWN)
    if family == "/CalGray":
        return BY_PROFILE[1]
    if family in ("/CalRGB", "/Lab"):
        return ColourSpace(family[1:], ColourKind.NOT_INK, 3)
    if family in ("/Separation", "/DeviceN"):
        inks = [value[1]] if family == "/Separation" else list(value[1])
        names = ", ".join(ascii(str(ink)[1:41])[1:-1] for ink in inks)
        return ColourSpace(f"the spot colour {names}", ColourKind.SPOT, len(inks))
    if family in ("/Indexed", "/I"):
        base = space_of(value[1], named, depth + 1)
        table = value[3]
        palette = table.read_bytes() if isinstance(table, pikepdf.Stream) else bytes(table)
        return ColourSpace(base.name, base.kind, base.components, palette)
    if family == "/Pattern":
        # The array of an uncoloured pattern continues with the space of the colour it is painted in.
        return PATTERN if len(value) == 1 else space_of(value[1], named, depth + 1)
    return space_of(value[0], named, depth + 1)


NORMAL = "/Normal"
IDENTITY = pikepdf.Matrix()
NUMBERS = (int, float, Decimal)
NO_BLENDING = frozenset({NORMAL, "/Compatible"})


@dataclass(frozen=True, slots=True)
class PaintColour:
    """The current colour for filling or stroking: its space, its values, and the pattern if there is one."""

    space: ColourSpace = GREY
    values: tuple[float, ...] = (0.0,)
    pattern: pikepdf.Object | None = None


BLACK = PaintColour()
DEVICE = {"g": "/DeviceGray", "rg": "/DeviceRGB", "k": "/DeviceCMYK"}
"""Operators that set a device colour space together with a colour, in lower case."""


@dataclass(kw_only=True)
class InkState:
    """The part of the graphics state that decides about inks: colours, overprint and text rendering mode."""

    fill: PaintColour = BLACK
    stroke: PaintColour = BLACK
    overprints_fill: bool = False
    overprints_stroke: bool = False
    overprint_mode: int = 0
    render_mode: int = 0

    def copy(self) -> Self:
        """Return a shallow copy of the state, for the operator ``q``."""
        saved = self.__class__.__new__(self.__class__)
        saved.__dict__.update(self.__dict__)
        return saved

    def apply_state_dictionary(self, named: pikepdf.Object) -> None:
        """Apply the entries of a graphics state dictionary (ExtGState)."""
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
        """Apply a colour operator, and return the new colour; None if the operator does not set a colour.

        Args:
            operator: The operator's name.
            operands: Its operands.
            spaces: The colour spaces in the resources.
            pattern_of: Returns a pattern of the resources by its name.
        """
        is_fill, kind = operator.islower(), operator.lower()
        if kind == "cs":
            space = space_of(operands[0], spaces)
            # The initial colour of DeviceCMYK is black; other spaces start with zeros (ISO 32000-1, table 74).
            initial = (0.0, 0.0, 0.0, 1.0) if space is CMYK else (0.0,) * space.components
            colour = PaintColour(space, initial)
        elif kind in DEVICE or kind in ("sc", "scn"):
            current = self.fill if is_fill else self.stroke
            space = space_of(pikepdf.Name(DEVICE[kind]), spaces) if kind in DEVICE else current.space
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
    """The graphics state while a content stream is read (ISO 32000-1, 8.4).

    ``clip`` is the bounding box of the clip path in CSS px of the page, and ``is_clip_whole`` whether the clip path
    is exactly that box. ``is_masked`` is True while a soft mask is set. The remaining fields follow the standard;
    ``horizontal_scaling`` is the horizontal scaling as a factor, and ``line_start`` and ``text`` are the text line
    matrix and the text matrix.
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
    char_spacing: float = 0.0
    word_spacing: float = 0.0
    horizontal_scaling: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    line_start: pikepdf.Matrix = IDENTITY
    text: pikepdf.Matrix = IDENTITY
    open_mcids: list[int | None] = field(default_factory=list)
    """Marked-content ids (MCIDs) of the open sequences, the innermost last; None for a sequence without an id."""

    @property
    def mcid(self) -> int | None:
        """The id of the innermost marked-content sequence that has an id; None if none has one."""
        return next((mark for mark in reversed(self.open_mcids) if mark is not None), None)

    def set_from(self, named: pikepdf.Object) -> None:
        """Apply the entries of a graphics state dictionary (ExtGState)."""
        super().apply_state_dictionary(named)
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
    """Return a number of a PDF as a float. Raises ValueError for anything else."""
    if isinstance(value, NUMBERS):
        return float(value)
    raise ValueError(f"{value!r} is not a number")


def as_matrix(values: object) -> pikepdf.Matrix:
    """Return an array of six numbers as a matrix; anything other than an array gives the identity matrix."""
    if not isinstance(values, (pikepdf.Array, list)):
        return IDENTITY
    a, b, c, d, e, f = map(as_number, values)
    return pikepdf.Matrix(a, b, c, d, e, f)


def box_of(corners: tuple[float, float, float, float], matrix: pikepdf.Matrix, frame: Frame) -> Box:
    """Transform a rectangle, and return the upright box around it in CSS px of the page.

    Args:
        corners: Left, bottom, right and top of the rectangle.
        matrix: Maps the rectangle to pt of the page.
        frame: The coordinate system of the page.
    """
    left, bottom, right, top = corners
    points = [
        matrix.transform(point) for point in ((left, bottom), (right, bottom), (right, top), (left, top))
    ]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return frame.box(min(xs), min(ys), max(xs), max(ys))


def clip_box(box: Box, clip: Box) -> Box | None:
    """Return the part of a box inside a clip; None if it is outside. A box may have no width or height."""
    x, y = max(box.x, clip.x), max(box.y, clip.y)
    right, bottom = min(box.right, clip.right), min(box.bottom, clip.bottom)
    return Box(x, y, right - x, bottom - y) if right >= x and bottom >= y else None


# How far ink may reach beyond the metrics of a font, in em.
OVERHANG_EM = 0.25
# Metrics of a font that does not state them, in thousandths of an em.
DEFAULT_BELOW, DEFAULT_ABOVE = -500.0, 1200.0
DEFAULT_WIDTH = 1000.0
SPACE_CODE = 32
NUMBER_OPERATORS = ("Tc", "Tw", "TL", "Ts")


@dataclass(frozen=True, slots=True)
class FontMetrics:
    """The metrics of a font, in thousandths of an em.

    Attributes:
        width_by_code: Width by character code.
        default_width: Width of all other codes.
        bytes_per_code: Number of bytes of a character code, 1 or 2.
        lowest: Lowest point of the glyphs; negative below the baseline.
        highest: Highest point of the glyphs.
    """

    width_by_code: dict[int, float]
    default_width: float
    bytes_per_code: int
    lowest: float = DEFAULT_BELOW
    highest: float = DEFAULT_ABOVE

    @classmethod
    def read(cls, font: pikepdf.Object) -> FontMetrics:
        """Read the metrics of a font dictionary."""
        if font.get("/Subtype") == "/Type0":
            descendant = font["/DescendantFonts"][0]
            default = as_number(descendant.get("/DW", DEFAULT_WIDTH))
            return cls(
                _read_cid_widths(list(descendant.get("/W", []))), default, 2, *_read_heights(descendant)
            )
        first = int(font.get("/FirstChar", 0))
        listed = [as_number(width) for width in font.get("/Widths", [])]
        # A Type 3 font defines its own unit.
        factor = as_number(font["/FontMatrix"][0]) * 1000 if "/FontMatrix" in font else 1.0
        return cls(
            {first + at: width * factor for at, width in enumerate(listed)},
            DEFAULT_WIDTH,
            1,
            *_read_heights(font),
        )

    def codes(self, text: bytes) -> list[int]:
        """Split a string into character codes."""
        if self.bytes_per_code == 1:
            return list(text)
        # Most strings have one glyph, because kerning splits them.
        if len(text) == 2:
            return [text[0] << 8 | text[1]]
        return [text[at] << 8 | text[at + 1] for at in range(0, len(text) - 1, 2)]


def _read_heights(font: pikepdf.Object) -> tuple[float, float]:
    """Return the lowest and the highest point of a font's glyphs, from its bounding box."""
    bbox = font.get("/FontDescriptor", pikepdf.Dictionary()).get("/FontBBox")
    if bbox is None or len(bbox) != 4:
        return DEFAULT_BELOW, DEFAULT_ABOVE
    low, high = as_number(bbox[1]), as_number(bbox[3])
    return (low, high) if low < high else (DEFAULT_BELOW, DEFAULT_ABOVE)


def _read_cid_widths(table: list[object]) -> dict[int, float]:
    """Return the widths in the ``/W`` table of a Type 0 font: ``first [w …]`` and ``first last w``."""
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


def advance_text(
    state: GraphicsState, widths: FontMetrics, parts: Iterable[bytes | float], frame: Frame
) -> tuple[Box, float]:
    """Advance the text position over a shown string, and return the box around it and its font size.

    Args:
        state: The graphics state; its text matrix is moved to the end of the string.
        widths: The metrics of the font.
        parts: Strings, and numbers that are distances to move back, in thousandths of an em.
        frame: The coordinate system of the page.

    Returns:
        The box in CSS px of the page, and the font size in pt of the page.
    """
    size, stretch = state.font_size, state.horizontal_scaling
    matrix = pikepdf.Matrix(size * stretch, 0.0, 0.0, size, 0.0, state.rise) @ (state.text @ state.matrix)
    width_of, default = widths.width_by_code.get, widths.default_width
    word_space = state.word_spacing if widths.bytes_per_code == 1 else 0.0
    advance, positions = 0.0, [0.0]
    for part in parts:
        if isinstance(part, bytes):
            codes = widths.codes(part)
            width = (
                sum([width_of(code, default) for code in codes]) / 1000 * size
                + len(codes) * state.char_spacing
            )
            advance += (width + (codes.count(SPACE_CODE) * word_space if word_space else 0.0)) * stretch
        else:
            advance -= part / 1000 * size * stretch
        positions.append(advance)
    state.text = pikepdf.Matrix(1.0, 0.0, 0.0, 1.0, advance, 0.0) @ state.text
    em = size * stretch or 1.0
    corners = (
        min(positions) / em - OVERHANG_EM,
        widths.lowest / 1000 - OVERHANG_EM,
        max(positions) / em + OVERHANG_EM,
        widths.highest / 1000 + OVERHANG_EM,
    )
    return box_of(corners, matrix, frame), math.hypot(matrix.c, matrix.d)


def _set_number(state: GraphicsState, operator: str, number: float) -> None:
    """Set the number of the graphics state that an operator of NUMBER_OPERATORS sets."""
    match operator:
        case "Tc":
            state.char_spacing = number
        case "Tw":
            state.word_spacing = number
        case "TL":
            state.leading = number
        case _:
            state.rise = number


def apply_text_operator(
    state: GraphicsState, operator: str, operands: Sequence[Any], font_of: Callable[[object], pikepdf.Object]
) -> list[bytes | float] | None:
    """Apply a text operator to the state.

    Returns:
        The strings that the operator shows, and between them the distances to move back, in thousandths of an em.
        None if the operator shows no text.
    """
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
    elif operator in NUMBER_OPERATORS:
        _set_number(state, operator, as_number(operands[0]))
    elif operator == "Tz":
        state.horizontal_scaling = as_number(operands[0]) / 100
    elif operator == "Tr":
        state.render_mode = int(as_number(operands[0]))
    if operator == '"':
        state.word_spacing, state.char_spacing = as_number(operands[0]), as_number(operands[1])
    if operator in ("Tj", "'", '"'):
        return [bytes(operands[-1])]
    if operator != "TJ" or not isinstance(operands[0], pikepdf.Array):
        return None
    parts: list[Any] = list(operands[0])
    return [float(part) if isinstance(part, NUMBERS) else bytes(part) for part in parts]


def _next_line(state: GraphicsState, x: float, y: float) -> None:
    state.line_start = pikepdf.Matrix(1.0, 0.0, 0.0, 1.0, x, y) @ state.line_start
    state.text = state.line_start
