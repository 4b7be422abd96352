"""The most ink that any place of a page can have, told from what is painted, without drawing anything.

Where a paint covers or is mixed with what lies beneath, no place has more than the heavier of the two: the
heaviest colour bounds the page. Only what is added does: an overprint leaves the other plates as they are, and
blend modes that darken put one ink on another. There every plate is reckoned with the most of all that lies under
the paint's box. So the bound may be too high, and is never too low.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetgen.preflight.colour_space import EVERY_INK, NO_INK, Plates
from assetgen.preflight.graphics_state import NO_BLENDING
from assetgen.preflight.painting import Paint

# What these give has no more of any ink than the heavier of the two that they mix.
LIGHTENING = NO_BLENDING | {"/Lighten", "/Screen"}
ADDING = frozenset({"/Darken", "/Multiply"})


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most of each ink, and of all together, that a place can have where a paint was the last."""

    paint: Paint
    plates: Plates
    total: float


def ceilings(paints: Sequence[Paint]) -> list[Ceiling]:
    """Return the ceiling of each paint that brings ink, in the order of painting."""
    found: list[Ceiling] = []
    for paint in paints:
        if paint.in_mask or paint.plates is None or paint.total is None:
            continue
        if paint.blend in LIGHTENING and not any(paint.spared):
            found.append(Ceiling(paint, paint.plates, paint.total))
        else:
            found.append(_over(paint, paint.plates, paint.total, found))
    return found


def _over(paint: Paint, plates: Plates, total: float, earlier: Sequence[Ceiling]) -> Ceiling:
    """Return the ceiling of a paint that adds to what lies beneath it."""
    if paint.blend not in LIGHTENING | ADDING:
        return Ceiling(paint, EVERY_INK, 4.0)
    beneath = [one for one in earlier if one.paint.box.meets(paint.box)]
    under = tuple(max(inks) for inks in zip(NO_INK, *(one.plates for one in beneath), strict=True))
    most = [
        _mixed(own, below, paint, is_spared=is_spared)
        for own, below, is_spared in zip(plates, under, paint.spared, strict=True)
    ]
    heaviest = max((one.total for one in beneath), default=0.0)
    return Ceiling(paint, (most[0], most[1], most[2], most[3]), min(sum(most), total + heaviest))


def _mixed(own: float, below: float, paint: Paint, *, is_spared: bool) -> float:
    if paint.blend == "/Multiply":
        return 1 - (1 - own) * (1 - below)
    if is_spared or paint.is_clear or paint.blend == "/Darken":
        return max(own, below)
    return own
