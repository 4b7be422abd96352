"""What stands on a page once it is set: lines, parts, columns. Lengths in CSS px, from the trim's top left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assetgen.geometry import Box, around
from assetgen.loading.templates.layouts import Part
from assetgen.render.lines import Line

# How far letters reach below the baseline, in em.
DESCENDER_EM = 0.215
# Round letters stand over the capitals' height by design; what rises further is an accent and takes room, in em.
OVERSHOOT_EM = 0.03


def ascent_px(line: Line, size_px: float, cap_px: float) -> float:
    """Return how far a line's ink counts above its baseline: its capitals' height, or its accents' where they rise."""
    top = line.top_em * size_px
    return top if top > cap_px + OVERSHOOT_EM * size_px else cap_px


def descent_px(line: Line, size_px: float) -> float:
    """Return how far a line's ink counts below its baseline: the usual descenders' depth, or what hangs deeper."""
    return max(DESCENDER_EM, line.bottom_em) * size_px


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line on the page: where its ink starts and its baseline."""

    line: Line
    x: float
    baseline: float


@dataclass(frozen=True, slots=True)
class SetPart:
    """One part on the page."""

    name: str
    part: Part
    size_px: float
    cap_px: float
    lines: tuple[SetLine, ...]

    def ink(self, line: SetLine) -> Box:
        """Return the box of a line's ink, accents and descenders included."""
        above, below = ascent_px(line.line, self.size_px, self.cap_px), descent_px(line.line, self.size_px)
        return Box(line.x, line.baseline - above, line.line.ink_em * self.size_px, above + below)

    @property
    def box(self) -> Box:
        """Return the box of all its ink."""
        return around([self.ink(line) for line in self.lines])

    def moved(self, dx: float, dy: float) -> SetPart:
        """Return the part somewhere else."""
        lines = tuple(replace(line, x=line.x + dx, baseline=line.baseline + dy) for line in self.lines)
        return replace(self, lines=lines)


@dataclass(frozen=True, slots=True)
class SetColumn:
    """A column on the page; ``scale`` is its share of the greatest sizes, ``good`` whether it reads well."""

    parts: tuple[SetPart, ...]
    code: Box | None
    scale: float
    good: bool

    @property
    def box(self) -> Box:
        """Return the box of all that stands in it."""
        return around([part.box for part in self.parts] + ([self.code] if self.code else []))

    def moved(self, dx: float, dy: float) -> SetColumn:
        """Return the column somewhere else."""
        code = self.code.moved(dx, dy) if self.code else None
        return replace(self, parts=tuple(part.moved(dx, dy) for part in self.parts), code=code)
