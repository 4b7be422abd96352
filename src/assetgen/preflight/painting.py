"""What a page paints: one record for each shape, line, text, gradient and picture, in order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pikepdf

from assetgen.geometry import Box
from assetgen.preflight.colour_space import Plates, Space
from assetgen.preflight.objects import Matrix


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
    matrix: Matrix
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Painted:
    """All paints of a page, and the colour spaces in which its transparency groups mix (None: not said).

    ``forms`` are those that were drawn and not read, one for each time.
    """

    paints: tuple[Paint, ...]
    group_spaces: tuple[Space | None, ...]
    forms: tuple[Placed, ...] = ()
