"""What stands on a page once it is set: lines, parts, columns. Lengths in CSS px, from the trim's top left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assetgen.campaign.arrangement import Part
from assetgen.geometry import Box, around
from assetgen.render.lines import Line

# How far letters reach below the baseline, in em.
DESCENDER_EM = 0.215


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
        """Return the box of a line's ink, descenders included."""
        top = line.baseline - self.cap_px
        return Box(line.x, top, line.line.ink_em * self.size_px, self.cap_px + DESCENDER_EM * self.size_px)

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
