"""The paints of a page: a record of each shape, line, text, gradient and picture, with the inks that it uses."""

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
    FULL_INK,
    NO_BLENDING,
    NORMAL,
    ColourSpace,
    FontMetrics,
    GraphicsState,
    PaintColour,
    Plates,
    as_number,
    max_ink_of,
    space_of,
)
from assetgen.preflight.pdf.finished_page import Frame
from assetgen.preflight.pdf.pdf_file import ParsedInstruction
from assetgen.units import MAX_PIXELS


class PaintKind(StrEnum):
    """The kind of a paint. Its value is its name in messages."""

    FILL = "a shape"
    STROKE = "a line"
    TEXT = "text"
    SHADING = "a gradient"
    PICTURE = "a picture"


@dataclass(frozen=True, slots=True)
class Paint:
    """A shape, line, text, gradient or picture that a page paints. Sizes are those on the page, not at final size.

    Attributes:
        kind: The kind of the paint.
        space: Its colour space.
        plates: The maximum of each ink, 0 to 1; None if its colours are not ink.
        total: The maximum of total ink, 0 to 4; None if its colours are not ink.
        box: Where it may be visible, in CSS px from the top left corner of the trim.
        is_translucent: Whether the paints beneath show through.
        blend: Name of the blend mode.
        unchanged_inks: For each ink, whether overprinting leaves the ink beneath unchanged.
        overprints: Whether overprint is set.
        mcid: Its marked-content id (MCID), if any.
        in_mask: Whether it belongs to a soft mask, and so puts down no ink itself.
        fills_box: Whether it fills its box.
        size_pt: Font size of text, in pt.
        line_thickness_px: Thickness of a line, in CSS px.
        pixels: Width and height of a picture in its own pixels.
        placed_px: Width and height of a picture on the page, in CSS px.
    """

    kind: PaintKind
    space: ColourSpace
    plates: Plates | None
    total: float | None
    box: Box
    is_translucent: bool
    blend: str
    unchanged_inks: tuple[bool, bool, bool, bool]
    overprints: bool
    mcid: int | None
    in_mask: bool
    fills_box: bool = False
    size_pt: float | None = None
    line_thickness_px: float | None = None
    pixels: tuple[int, int] | None = None
    placed_px: tuple[float, float] | None = None
    picture: pikepdf.Stream | None = None
    """The picture itself; valid while its file is open."""


@dataclass(frozen=True, slots=True)
class PlacedForm:
    """A form that is drawn on the page, and whose contents were not read.

    ``box`` is its visible box in CSS px, and ``matrix`` its transformation to pt of the page. ``is_plain`` is True if
    the form is drawn opaque, unclipped and without a blend mode or mask.
    """

    box: Box
    matrix: pikepdf.Matrix
    is_plain: bool


@dataclass(frozen=True, slots=True)
class PagePaints:
    """Everything that a page paints.

    ``group_spaces`` are the colour spaces of its transparency groups; None for a group that does not name one.
    ``forms`` has one entry each time a form is drawn whose contents were not read.
    """

    paints: tuple[Paint, ...]
    group_spaces: tuple[ColourSpace | None, ...]
    forms: tuple[PlacedForm, ...] = ()


MAX_PAINTS = 50_000
Parse = Callable[[pikepdf.Object], Sequence[ParsedInstruction]]
NONE_SPARED = (False, False, False, False)


@dataclass(frozen=True, slots=True)
class StreamContext:
    """The context in which a nested content stream is drawn.

    Attributes:
        is_translucent: Whether the stream is drawn translucent.
        blend: Name of the blend mode.
        in_mask: Whether the stream belongs to a soft mask.
        pattern_box: For the cell of a pattern, the box over which the cell is repeated, in CSS px.
        depth: How deeply the stream is nested.
    """

    is_translucent: bool = False
    blend: str = NORMAL
    in_mask: bool = False
    pattern_box: Box | None = None
    depth: int = 0


@dataclass(slots=True)
class PaintCollector:
    """Collects the paints of a page while its streams are read, and caches fonts and masks that were read."""

    frame: Frame
    parse: Parse
    into_forms: bool = True
    forms: list[PlacedForm] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)
    groups: list[ColourSpace | None] = field(default_factory=list)
    widths: dict[tuple[int, int], FontMetrics] = field(default_factory=dict)
    read_once: set[tuple[int, int]] = field(default_factory=set)

    def widths_of(self, font: pikepdf.Object) -> FontMetrics:
        """Return the metrics of a font; each font is read once."""
        if font.objgen not in self.widths or font.objgen == (0, 0):
            self.widths[font.objgen] = FontMetrics.read(font)
        return self.widths[font.objgen]

    def is_first(self, thing: pikepdf.Object) -> bool:
        """Return whether an object was not read before; always True for a direct object, which has no number."""
        is_known = thing.objgen in self.read_once and thing.objgen != (0, 0)
        self.read_once.add(thing.objgen)
        return not is_known

    def record_group(self, group: pikepdf.Object, named: pikepdf.Object | None) -> None:
        """Record the colour space of a transparency group."""
        if group.get("/S") == "/Transparency":
            self.groups.append(space_of(group["/CS"], named) if "/CS" in group else None)

    def record(self, paint: Paint, around: StreamContext) -> None:
        """Record a paint. If it is in the cell of a pattern, its box becomes that of the whole pattern.

        Raises:
            ValueError: The page has too many paints.
        """
        if len(self.paints) >= MAX_PAINTS:
            raise ValueError(f"the page paints more than {MAX_PAINTS:,} objects")
        self.paints.append(
            paint if around.pattern_box is None else replace(paint, box=around.pattern_box, fills_box=False)
        )


def make_colour_paint(
    what: PaintKind,
    colour: PaintColour,
    visible: Box,
    state: GraphicsState,
    around: StreamContext,
    *,
    is_fill: bool,
) -> Paint:
    """Return a paint in a current colour of the graphics state; ``visible`` is the visible box, in CSS px."""
    plates, spared = colour.space.to_plates(colour.values), NONE_SPARED
    overprints = state.overprints_fill if is_fill else state.overprints_stroke
    # Overprinting leaves an ink unchanged only in DeviceCMYK and in nonzero overprint mode (ISO 32000-1, 8.6.7).
    if plates is not None and overprints and state.overprint_mode == 1 and colour.space is CMYK:
        c, m, y, k = plates
        spared = (c == 0, m == 0, y == 0, k == 0)
    return Paint(
        kind=what,
        space=colour.space,
        plates=plates,
        total=None if plates is None else sum(plates),
        box=visible,
        is_translucent=is_translucent(state, around, is_fill=is_fill),
        blend=effective_blend(state, around),
        unchanged_inks=spared,
        overprints=overprints,
        mcid=state.mcid,
        in_mask=around.in_mask,
    )


def make_own_colour_paint(
    what: PaintKind,
    space: ColourSpace,
    max_ink: tuple[Plates, float] | None,
    visible: Box,
    state: GraphicsState,
    around: StreamContext,
) -> Paint:
    """Return a paint that brings its own colours, such as a picture or a gradient.

    Args:
        what: The kind of the paint.
        space: Its colour space.
        max_ink: The maximum of each ink, and of total ink; None if its colours are not ink.
        visible: Its visible box, in CSS px.
        state: The graphics state.
        around: The context of the stream.
    """
    return Paint(
        kind=what,
        space=space,
        plates=max_ink[0] if max_ink else None,
        total=max_ink[1] if max_ink else None,
        box=visible,
        is_translucent=is_translucent(state, around, is_fill=True),
        blend=effective_blend(state, around),
        unchanged_inks=NONE_SPARED,
        overprints=state.overprints_fill,
        mcid=state.mcid,
        in_mask=around.in_mask,
    )


def is_translucent(state: GraphicsState, around: StreamContext, *, is_fill: bool) -> bool:
    """Return whether the paints beneath show through the current paint."""
    alpha = state.alpha_fill if is_fill else state.alpha_stroke
    return alpha < 1 or state.is_masked or around.is_translucent


def effective_blend(state: GraphicsState, around: StreamContext) -> str:
    """Return the name of the blend mode that applies: the state's own, or that of the context."""
    return around.blend if state.blend in NO_BLENDING else state.blend


MAX_DEPTH = 8
MAX_SAMPLES = 4096
BITS_PER_SAMPLE = 8


def max_shading_ink(shading: pikepdf.Object, space: ColourSpace) -> tuple[Plates, float] | None:
    """Return the maximum of each ink in a gradient, and of total ink; None if its colours are not ink.

    Between two stops the inks are interpolated, so no point has more ink than the heavier stop. A program or a mesh
    can give any colour, so the maximum of the colour space applies to them.
    """
    if space.max_ink() is None:
        return None
    stops = _colour_stops(shading.get("/Function"), 0)
    if stops is None:
        return space.max_ink()
    if "/Background" in shading:
        stops = [*stops, tuple(as_number(value) for value in shading["/Background"])]
    if space.palette is not None or any(len(stop) != space.components for stop in stops):
        return space.max_ink() or (FULL_INK, 4.0)
    return max_ink_of([space.to_plates(stop) for stop in stops])


def _colour_stops(function: pikepdf.Object | None, depth: int) -> list[tuple[float, ...]] | None:
    """Return the colours between which a function interpolates; None if it can give any colour."""
    if function is None or depth > MAX_DEPTH:
        return None
    if isinstance(function, pikepdf.Array):
        return _combined_stops(function, depth)
    kind = int(function["/FunctionType"])
    if kind == 2:
        ends = (function.get("/C0", [0]), function.get("/C1", [1]))
        return [tuple(as_number(value) for value in end) for end in ends]
    if kind == 3:
        parts = [_colour_stops(part, depth + 1) for part in function["/Functions"]]
        known = [part for part in parts if part is not None]
        return list(itertools.chain(*known)) if len(known) == len(parts) else None
    return _read_samples(function) if kind == 0 else None


def _combined_stops(functions: pikepdf.Array, depth: int) -> list[tuple[float, ...]] | None:
    """Return all combinations of the lowest and highest values of functions with one component each.

    Return None if a function can give any value or has several components, or if there are over four functions.
    """
    ends: list[tuple[float, float]] = []
    for function in functions:
        stops = _colour_stops(function, depth + 1)
        if stops is None or any(len(stop) != 1 for stop in stops):
            return None
        ends.append((min(stops)[0], max(stops)[0]))
    return list(itertools.product(*ends)) if len(ends) <= 4 else None


def _read_samples(function: pikepdf.Object) -> list[tuple[float, ...]] | None:
    """Return the colours of a sampled function with 8 bits per sample; None for any other."""
    if not isinstance(function, pikepdf.Stream) or int(function["/BitsPerSample"]) != BITS_PER_SAMPLE:
        return None
    limits = [as_number(value) for value in function.get("/Decode", function["/Range"])]
    lows, highs = limits[::2], limits[1::2]
    table, count = function.read_bytes(), len(lows)
    if not count or len(table) > MAX_SAMPLES * count:
        return None
    rows = [table[at : at + count] for at in range(0, len(table) - count + 1, count)]
    return [
        tuple(low + value / 255 * (high - low) for low, high, value in zip(lows, highs, row, strict=True))
        for row in rows
    ]


Inks = npt.NDArray[np.uint8]
Value = TypeVar("Value")
BITS_PER_COMPONENT = 8
MAX_CACHED = 256
PIXELS_AT_ONCE, ROWS_AT_ONCE = 1 << 20, 256
# Largest difference between neighbouring pixels, of 255, in a gradient with dithering. An edge has ten times as much.
MAX_SOFT_STEP = 12.0


# Results by the bytes of a picture and its /Decode array: the same pictures are on the pages of many partners.
_max_ink_cache: dict[tuple[bytes, str], tuple[Plates, float]] = {}
_max_step_cache: dict[tuple[bytes, str], float] = {}


def _cached(
    cache: dict[tuple[bytes, str], Value],
    stream: pikepdf.Stream,
    compute: Callable[[Inks], Value],
    fallback: Value,
) -> Value:
    """Return a value computed from the inks of a picture, cached; ``fallback`` if it cannot be decoded."""
    key = (hashlib.sha256(stream.read_raw_bytes()).digest(), str(stream.get("/Decode")))
    if key not in cache:
        inks = decode_inks(stream)
        cache[key] = fallback if inks is None else compute(inks)
        if len(cache) > MAX_CACHED:
            del cache[next(iter(cache))]
    return cache[key]


def decode_inks(stream: pikepdf.Stream) -> Inks | None:
    """Return the inks of a picture in DeviceCMYK, shaped (pixels, 4), 255 for full ink; None for any other picture.

    Adobe's CMYK JPEGs are inverted, and Pillow undoes that by itself. The raw values are restored here, because
    ``/Decode`` says whether they mean paper or ink.
    """
    size = (int(stream["/Width"]), int(stream["/Height"]))
    if (
        size[0] * size[1] > MAX_PIXELS
        or int(stream.get("/BitsPerComponent", BITS_PER_COMPONENT)) != BITS_PER_COMPONENT
    ):
        return None
    filters = _filter_names(stream)
    if filters == ["/DCTDecode"]:
        inks = _read_jpeg_inks(stream.read_raw_bytes(), size)
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


def _read_jpeg_inks(content: bytes, size: tuple[int, int]) -> Inks | None:
    # WeasyPrint makes Pillow accept truncated files in the whole process. That must be off here.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            if picture.mode != "CMYK" or picture.size != size:
                return None
            inks: Inks = np.asarray(picture).reshape(-1, 4)
            return 255 - inks if "adobe" in picture.info else inks
    except (OSError, SyntaxError, Image.DecompressionBombError):
        return None


def max_picture_ink(stream: pikepdf.Stream, space: ColourSpace) -> tuple[Plates, float] | None:
    """Return the maximum of each ink in a picture, and the greatest total ink of a pixel; None if it is not ink.

    A used ink counts as full ink. For a picture that cannot be decoded, the result is the maximum of its colour
    space.
    """
    max_ink = space.max_ink()
    if max_ink is None or space.components != 4 or space.palette is not None:
        return max_ink
    return _cached(
        _max_ink_cache, stream, lambda inks: (find_used_inks(inks), max_pixel_ink(inks)), (FULL_INK, 4.0)
    )


def has_no_edges(stream: pikepdf.Stream, space: ColourSpace) -> bool:
    """Return whether a picture has no edges, such as a glow or a haze, so that more pixels would show no more detail.

    The result is False for pictures that are not in DeviceCMYK.
    """
    if space.components != 4 or space.palette is not None:
        return False
    width = int(stream["/Width"])
    return _cached(_max_step_cache, stream, lambda inks: _max_step(inks, width), 255.0) <= MAX_SOFT_STEP


def _max_step(inks: Inks, width: int) -> float:
    """Return the largest difference between neighbouring pixels in any ink, horizontal or vertical, 0 to 255."""
    rows = inks.reshape(-1, width, 4)
    max_step = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE + 1].astype(np.int16)
        for axis in (0, 1):
            max_step = max(max_step, int(np.abs(np.diff(part, axis=axis)).max(initial=0)))
    return float(max_step)


def find_used_inks(inks: Inks) -> Plates:
    """Return 1 for each ink that any pixel uses, and 0 for the others."""
    used = int(np.bitwise_or.reduce(np.ascontiguousarray(inks).view(np.uint32), axis=None))
    cyan, magenta, yellow, black = (float(plate > 0) for plate in np.array([used], np.uint32).view(np.uint8))
    return cyan, magenta, yellow, black


def max_pixel_ink(inks: Inks) -> float:
    """Return the greatest total ink of a pixel; 1 is one full ink.

    The four bytes of a pixel are added as two pairs in one 32-bit word, ten times as fast as adding columns.
    """
    words = np.ascontiguousarray(inks).view(np.uint32).reshape(-1)
    max_sum = 0
    for start in range(0, len(words), PIXELS_AT_ONCE):
        part = words[start : start + PIXELS_AT_ONCE]
        pairs = (part & 0x00FF00FF) + ((part >> 8) & 0x00FF00FF)
        max_sum = max(max_sum, int(((pairs & 0xFFFF) + (pairs >> 16)).max(initial=0)))
    return max_sum / 255


def _filter_names(stream: pikepdf.Stream) -> list[str]:
    names = stream.get("/Filter")
    if names is None:
        return []
    return [str(name) for name in names] if isinstance(names, pikepdf.Array) else [str(names)]
