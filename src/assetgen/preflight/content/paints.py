"""A page's paints: one record for each shape, line, text, gradient and picture, and the inks that it puts down."""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pikepdf
from PIL import Image, ImageFile

from assetgen.geometry import Box
from assetgen.preflight.content.graphics_state import (
    CMYK,
    EVERY_INK,
    NO_BLENDING,
    NORMAL,
    GraphicsState,
    PaintColour,
    Plates,
    Space,
    Widths,
    as_number,
    most_of,
    space_of,
)
from assetgen.preflight.pdf.finished_page import Frame
from assetgen.preflight.pdf.pdf_file import Step
from assetgen.units import MAX_PIXELS


class What(StrEnum):
    """How something is painted."""

    FILL = "a shape"
    STROKE = "a line"
    TEXT = "text"
    SHADING = "a gradient"
    PICTURE = "a picture"


@dataclass(frozen=True, slots=True)
class Paint:
    """One thing that is painted. ``box`` is where it may be seen, in CSS px of the page from the trim.

    ``plates`` and ``total`` are the most that it puts on each plate and on all together, None where its colours
    are no ink; ``spared`` are the plates that an overprint leaves as they are. ``size_pt`` is text's, ``thin_px`` a
    line's width, ``pixels`` a picture's, all on the page, not at final size; ``is_whole`` where it fills its box.
    ``in_mask`` is what only says how much of something else is seen.
    """

    what: What
    space: Space
    plates: Plates | None
    total: float | None
    box: Box
    is_clear: bool
    blend: str
    spared: tuple[bool, bool, bool, bool]
    overprints: bool
    mark: int | None
    in_mask: bool
    is_whole: bool = False
    size_pt: float | None = None
    thin_px: float | None = None
    pixels: tuple[int, int] | None = None
    placed_px: tuple[float, float] | None = None
    picture: pikepdf.Stream | None = None
    """A picture itself, for as long as its file is open."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A form that was drawn and not read: the box in which it is seen, the matrix that it is drawn by; ``is_plain``
    where it is seen as it is: whole in its box, opaque, mixed with nothing."""

    box: Box
    matrix: pikepdf.Matrix
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Painted:
    """All paints of a page, and the colour spaces in which its transparency groups mix (None: not said).

    ``forms`` are those that were drawn and not read, one for each time.
    """

    paints: tuple[Paint, ...]
    group_spaces: tuple[Space | None, ...]
    forms: tuple[Placed, ...] = ()


MAX_PAINTS = 50_000
Parse = Callable[[pikepdf.Object], Sequence[Step]]
NO_PLATES = (False, False, False, False)


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around a stream: whether it shows through, how it is mixed, whether it is but a mask, the box
    over which a pattern's cell is repeated, and how deep it stands."""

    is_clear: bool = False
    blend: str = NORMAL
    in_mask: bool = False
    spread: Box | None = None
    depth: int = 0


@dataclass(slots=True)
class Walk:
    """The walk: what was painted so far, and what was read once and for all."""

    frame: Frame
    parse: Parse
    into_forms: bool = True
    forms: list[Placed] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)
    groups: list[Space | None] = field(default_factory=list)
    widths: dict[tuple[int, int], Widths] = field(default_factory=dict)
    read_once: set[tuple[int, int]] = field(default_factory=set)

    def widths_of(self, font: pikepdf.Object) -> Widths:
        """Return a font's widths, read once."""
        if font.objgen not in self.widths or font.objgen == (0, 0):
            self.widths[font.objgen] = Widths.read(font)
        return self.widths[font.objgen]

    def is_first(self, thing: pikepdf.Object) -> bool:
        """Say whether a thing is met for the first time; what has no number always is."""
        is_known = thing.objgen in self.read_once and thing.objgen != (0, 0)
        self.read_once.add(thing.objgen)
        return not is_known

    def note_group(self, group: pikepdf.Object, named: pikepdf.Object | None) -> None:
        """Note the colour space in which a transparency group is mixed."""
        if group.get("/S") == "/Transparency":
            self.groups.append(space_of(group["/CS"], named) if "/CS" in group else None)

    def note(self, paint: Paint, around: Around) -> None:
        """Note a paint; one in a pattern's cell wherever the pattern is. Raises ValueError at too many."""
        if len(self.paints) >= MAX_PAINTS:
            raise ValueError("the page is filled beyond all measure")
        self.paints.append(
            paint if around.spread is None else replace(paint, box=around.spread, is_whole=False)
        )


def of_colour(
    what: What, colour: PaintColour, seen: Box, state: GraphicsState, around: Around, *, is_fill: bool
) -> Paint:
    """Return the paint of a colour that was set, where it is seen."""
    plates, spared = colour.space.plates(colour.values), NO_PLATES
    overprints = state.overprints_fill if is_fill else state.overprints_stroke
    # Only ink that is named as such is spared, and only in this mode (ISO 32000-1, 8.6.7).
    if plates is not None and overprints and state.overprint_mode == 1 and colour.space is CMYK:
        c, m, y, k = plates
        spared = (c == 0, m == 0, y == 0, k == 0)
    return Paint(
        what=what,
        space=colour.space,
        plates=plates,
        total=None if plates is None else sum(plates),
        box=seen,
        is_clear=is_clear(state, around, is_fill=is_fill),
        blend=blend_of(state, around),
        spared=spared,
        overprints=overprints,
        mark=state.mark,
        in_mask=around.in_mask,
    )


def of_itself(
    what: What,
    space: Space,
    most: tuple[Plates, float] | None,
    seen: Box,
    state: GraphicsState,
    around: Around,
) -> Paint:
    """Return the paint of something that brings colours of its own; an overprint spares no plate of it."""
    return Paint(
        what=what,
        space=space,
        plates=most[0] if most else None,
        total=most[1] if most else None,
        box=seen,
        is_clear=is_clear(state, around, is_fill=True),
        blend=blend_of(state, around),
        spared=NO_PLATES,
        overprints=state.overprints_fill,
        mark=state.mark,
        in_mask=around.in_mask,
    )


def is_clear(state: GraphicsState, around: Around, *, is_fill: bool) -> bool:
    """Say whether what lies beneath shows through."""
    alpha = state.alpha_fill if is_fill else state.alpha_stroke
    return alpha < 1 or state.is_masked or around.is_clear


def blend_of(state: GraphicsState, around: Around) -> str:
    """Return the name of how it is mixed with what lies beneath."""
    return around.blend if state.blend in NO_BLENDING else state.blend


MAX_DEPTH = 8
MAX_SAMPLES = 4096
BYTE = 8


def shading_ink(shading: pikepdf.Object, space: Space) -> tuple[Plates, float] | None:
    """Return the most of each ink in a gradient, and of all together; None where its space has no known inks.

    Between two steps inks are mixed, so that no place has more than the heaviest step. A gradient by a program
    or a mesh may have anything.
    """
    if space.heaviest() is None:
        return None
    steps = _steps(shading.get("/Function"), 0)
    if steps is None:
        return space.heaviest()
    if "/Background" in shading:
        steps = [*steps, tuple(as_number(value) for value in shading["/Background"])]
    if space.palette is not None or any(len(step) != space.components for step in steps):
        return space.heaviest() or (EVERY_INK, 4.0)
    return most_of([space.plates(step) for step in steps])


def _steps(function: pikepdf.Object | None, depth: int) -> list[tuple[float, ...]] | None:
    """Return the colours between which a function mixes; None of one that can give anything."""
    if function is None or depth > MAX_DEPTH:
        return None
    if isinstance(function, pikepdf.Array):
        return _side_by_side(function, depth)
    kind = int(function["/FunctionType"])
    if kind == 2:
        ends = (function.get("/C0", [0]), function.get("/C1", [1]))
        return [tuple(as_number(value) for value in end) for end in ends]
    if kind == 3:
        parts = [_steps(part, depth + 1) for part in function["/Functions"]]
        known = [part for part in parts if part is not None]
        return list(itertools.chain(*known)) if len(known) == len(parts) else None
    return _samples(function) if kind == 0 else None


def _side_by_side(functions: pikepdf.Array, depth: int) -> list[tuple[float, ...]] | None:
    """Return the steps of functions that give a component each: every one's highest with every other's lowest."""
    ends: list[tuple[float, float]] = []
    for function in functions:
        steps = _steps(function, depth + 1)
        if steps is None or any(len(step) != 1 for step in steps):
            return None
        ends.append((min(steps)[0], max(steps)[0]))
    return list(itertools.product(*ends)) if len(ends) <= 4 else None


def _samples(function: pikepdf.Object) -> list[tuple[float, ...]] | None:
    """Return the samples of a table of bytes; None of any other."""
    if not isinstance(function, pikepdf.Stream) or int(function["/BitsPerSample"]) != BYTE:
        return None
    limits = [as_number(value) for value in function.get("/Decode", function["/Range"])]
    lows, highs = limits[::2], limits[1::2]
    table, many = function.read_bytes(), len(lows)
    if not many or len(table) > MAX_SAMPLES * many:
        return None
    rows = [table[at : at + many] for at in range(0, len(table) - many + 1, many)]
    return [
        tuple(low + value / 255 * (high - low) for low, high, value in zip(lows, highs, row, strict=True))
        for row in rows
    ]


Inks = npt.NDArray[np.uint8]
Told = TypeVar("Told")
BITS = 8
MAX_TOLD = 256
PIXELS_AT_ONCE, ROWS_AT_ONCE = 1 << 20, 256
# Neighbours that differ by no more are a gradient with its grain against banding; an edge is ten times that.
SOFT_STEP = 12.0


# What was reckoned of pictures, by their bytes: the same ones stand on the pages of many partners.
_heaviest: dict[tuple[bytes, str], tuple[Plates, float]] = {}
_steepest: dict[tuple[bytes, str], float] = {}


def _remembered(
    known: dict[tuple[bytes, str], Told],
    stream: pikepdf.Stream,
    reckon: Callable[[Inks], Told],
    unread: Told,
) -> Told:
    """Return what is reckoned of a picture's inks; ``unread`` where it cannot be decoded here."""
    key = (hashlib.sha256(stream.read_raw_bytes()).digest(), str(stream.get("/Decode")))
    if key not in known:
        inks = picture_inks(stream)
        known[key] = unread if inks is None else reckon(inks)
        if len(known) > MAX_TOLD:
            del known[next(iter(known))]
    return known[key]


def picture_inks(stream: pikepdf.Stream) -> Inks | None:
    """Return the plates of a picture in device's CMYK, one row a pixel, 255 for full ink; None of any other.

    Pillow turns a JPEG of Adobe's round by itself; ``/Decode`` says whether the raw values mean paper or ink.
    """
    size = (int(stream["/Width"]), int(stream["/Height"]))
    if size[0] * size[1] > MAX_PIXELS or int(stream.get("/BitsPerComponent", BITS)) != BITS:
        return None
    filters = _filters(stream)
    if filters == ["/DCTDecode"]:
        inks = _jpeg_inks(stream.read_raw_bytes(), size)
        if inks is None:
            return None
    elif set(filters) <= {
        "/FlateDecode",
        "/LZWDecode",
        "/ASCII85Decode",
        "/ASCIIHexDecode",
        "/RunLengthDecode",
    }:
        content = stream.read_bytes()
        if len(content) < size[0] * size[1] * 4:
            return None
        inks = np.frombuffer(content, np.uint8, size[0] * size[1] * 4).reshape(-1, 4)
    else:
        return None
    decode = [as_number(value) for value in stream.get("/Decode", [0, 1] * 4)]
    if decode == [1, 0] * 4:
        return 255 - inks
    return inks if decode == [0, 1] * 4 else None


def _jpeg_inks(content: bytes, size: tuple[int, int]) -> Inks | None:
    # The layout engine lets Pillow take broken files for whole ones, in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            if picture.mode != "CMYK" or picture.size != size:
                return None
            inks: Inks = np.asarray(picture).reshape(-1, 4)
            return 255 - inks if "adobe" in picture.info else inks
    except (OSError, SyntaxError, Image.DecompressionBombError):
        return None


def heaviest_in(stream: pikepdf.Stream, space: Space) -> tuple[Plates, float] | None:
    """Return the most that a picture has on each plate, and in any pixel on all together; None where it has no inks.

    Of what cannot be decoded here it is all that its colour space allows.
    """
    most = space.heaviest()
    if most is None or space.components != 4 or space.palette is not None:
        return most
    return _remembered(
        _heaviest, stream, lambda inks: (used_plates(inks), heaviest_pixel(inks)), (EVERY_INK, 4.0)
    )


def is_soft(stream: pikepdf.Stream, space: Space) -> bool:
    """Say whether a picture has no edge anywhere, so that more pixels would show no more: a light, a haze.

    Only pictures in device's CMYK are looked at.
    """
    if space.components != 4 or space.palette is not None:
        return False
    width = int(stream["/Width"])
    return _remembered(_steepest, stream, lambda inks: _steepest_step(inks, width), 255.0) <= SOFT_STEP


def _steepest_step(inks: Inks, width: int) -> float:
    """Return the largest difference between a pixel and the next, across and down, on any plate; 255 is all."""
    rows = inks.reshape(-1, width, 4)
    most = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE + 1].astype(np.int16)
        for axis in (0, 1):
            most = max(most, int(np.abs(np.diff(part, axis=axis)).max(initial=0)))
    return float(most)


def used_plates(inks: Inks) -> Plates:
    """Return 1 for each plate that has ink anywhere, 0 for one that has none."""
    used = int(np.bitwise_or.reduce(np.ascontiguousarray(inks).view(np.uint32), axis=None))
    cyan, magenta, yellow, black = (float(plate > 0) for plate in np.array([used], np.uint32).view(np.uint8))
    return cyan, magenta, yellow, black


def heaviest_pixel(inks: Inks) -> float:
    """Return the most ink that any pixel has, 1 for one full plate.

    Four bytes are added as two pairs in one word: in a tenth of the time that adding columns takes.
    """
    words = np.ascontiguousarray(inks).view(np.uint32).reshape(-1)
    most = 0
    for start in range(0, len(words), PIXELS_AT_ONCE):
        part = words[start : start + PIXELS_AT_ONCE]
        pairs = (part & 0x00FF00FF) + ((part >> 8) & 0x00FF00FF)
        most = max(most, int(((pairs & 0xFFFF) + (pairs >> 16)).max(initial=0)))
    return most / 255


def _filters(stream: pikepdf.Stream) -> list[str]:
    named = stream.get("/Filter")
    if named is None:
        return []
    return [str(one) for one in named] if isinstance(named, pikepdf.Array) else [str(named)]
