"""A page's paints: one record for each shape, line, text, gradient and picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import pikepdf

from assetgen.geometry import Box
from assetgen.preflight.content.graphics_state import (
    CMYK,
    NO_BLENDING,
    NORMAL,
    GraphicsState,
    PaintColour,
    Plates,
    Space,
    Widths,
    space_of,
)
from assetgen.preflight.pdf.open_pdf import Step
from assetgen.preflight.pdf.page_objects import Frame


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


MOST_PAINTS = 50_000
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
        if len(self.paints) >= MOST_PAINTS:
            raise ValueError("the page is filled beyond all measure")
        self.paints.append(
            paint if around.spread is None else replace(paint, box=around.spread, is_whole=False)
        )


def of_colour(
    what: What, colour: PaintColour, seen: Box, state: GraphicsState, around: Around, *, is_fill: bool
) -> Paint:
    """Return the paint of a colour that was set, where it is seen."""
    plates = colour.space.plates(colour.values)
    overprints = state.overprints_fill if is_fill else state.overprints_stroke
    # Only ink that is named as such is spared, and only in this mode (ISO 32000-1, 8.6.7).
    spares = plates is not None and overprints and state.overprint_mode == 1 and colour.space is CMYK
    return Paint(
        what=what,
        space=colour.space,
        plates=plates,
        total=None if plates is None else sum(plates),
        box=seen,
        is_clear=is_clear(state, around, is_fill=is_fill),
        blend=blend_of(state, around),
        spared=_unused(plates) if spares and plates is not None else NO_PLATES,
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


def _unused(plates: Plates) -> tuple[bool, bool, bool, bool]:
    c, m, y, k = plates
    return (c == 0, m == 0, y == 0, k == 0)
