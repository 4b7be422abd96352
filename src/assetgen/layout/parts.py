"""What typesetting works with: a page's roles and minimum sizes, and the lines, parts, columns and footer it places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot

from assetgen.geometry import Box, Polygon, around, meet
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.line_breaking import Line, Typesetter, Word, typesetter, words_of
from assetgen.planning.asset import FootMark, TypeFloor
from assetgen.planning.logo_placement import keep_clear
from assetgen.schema.template_file import Part

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


@dataclass(frozen=True, slots=True)
class SetWords:
    """One line in the foot: its ink's left, its baseline, size and weight; role for the proofs."""

    line: Line
    x: float
    baseline: float
    size_px: float
    role: str

    def moved(self, dx: float, dy: float) -> SetWords:
        """Return the line somewhere else."""
        return replace(self, x=self.x + dx, baseline=self.baseline + dy)


@dataclass(frozen=True, slots=True)
class SetMark:
    """One partner in the foot: its box, and either a name's lines and bar or a logo, which may have a panel.

    ``name`` is the name as it stands: in full or short, or the logo's alt text.
    """

    mark: FootMark
    name: str
    box: Box
    lines: tuple[SetWords, ...]
    bar: Polygon
    panel: Box | None = None

    @property
    def extent(self) -> Box:
        """Return the box of all that is drawn of it, its panel included."""
        return self.panel or self.box

    @property
    def clear(self) -> float:
        """Return the space in CSS px round its extent that nothing enters."""
        return 0.0 if self.panel else keep_clear(self.mark, self.box.height)

    def moved(self, dx: float, dy: float) -> SetMark:
        """Return the partner somewhere else."""
        lines = tuple(line.moved(dx, dy) for line in self.lines)
        bar = tuple((x + dx, y + dy) for x, y in self.bar)
        panel = self.panel.moved(dx, dy) if self.panel else None
        return replace(self, box=self.box.moved(dx, dy), lines=lines, bar=bar, panel=panel)


@dataclass(frozen=True, slots=True)
class SetFoot:
    """The foot on the page: the band's top, its marks, its other lines; ``is_whole`` with all that it should say."""

    top: float
    marks: tuple[SetMark, ...]
    words: tuple[SetWords, ...]
    is_whole: bool

    @property
    def bottom(self) -> float:
        """Return where its lowest ink ends."""
        lines = [line.baseline + DESCENDER_EM * line.size_px for line in self.words]
        return max([mark.extent.bottom for mark in self.marks] + lines, default=self.top)

    def moved(self, dx: float, dy: float) -> SetFoot:
        """Return the foot, with all that stands in it, somewhere else."""
        marks = tuple(mark.moved(dx, dy) for mark in self.marks)
        words = tuple(line.moved(dx, dy) for line in self.words)
        return replace(self, top=self.top + dy, marks=marks, words=words)


# Rounding must not push a line that just fits out of its box.
SLACK = 0.1


@dataclass(frozen=True, slots=True)
class Setting:
    """All that setting a column needs beside its box: the words by role, type, floors, obstacles."""

    parts: Mapping[str, Part]
    words: Mapping[str, str]
    required: frozenset[str]
    floors: Mapping[str, TypeFloor]
    measurer: Measurer
    family: str
    short_side_px: float
    code_side_px: float | None
    code_module_px: float
    panel_joins_x: tuple[float, ...] = ()
    obstacles: tuple[Polygon, ...] = ()
    """What the ink keeps off altogether: what covers the page, and where sheets meet."""
    circle: tuple[float, float, float] | None = None
    """Centre and radius of a round channel's safe area, which holds all ink."""
    anyhow: bool = False
    """Whether lines may read ill: only where no others fit at a legible size."""

    def typesetter(self, part: Part) -> Typesetter:
        """Return the typesetter of a part."""
        return typesetter(self.measurer, self.family, part.tracking)

    @property
    def number_setter(self) -> Typesetter | None:
        """Return the typesetter of the part that says the number."""
        return next((self.typesetter(part) for part in self.parts.values() if "number" in part.roles), None)

    def floor(self, part: Part) -> TypeFloor:
        """Return the floor of a part: the strictest of what it says."""
        floors = [self.floors[role] for role in part.roles if role in self.floors and role in self.words]
        return TypeFloor(
            max((f.least_px for f in floors), default=0.0), max((f.good_px for f in floors), default=0.0)
        )

    def cap_em(self, part: Part) -> float:
        """Return the height of a part's capitals over its size."""
        return self.measurer.face(self.family, part.weights[0]).cap_em

    def words_in(self, part: Part) -> tuple[Word, ...]:
        """Return the words that a part holds here."""
        return words_of(tuple(self.words[role] for role in part.roles if role in self.words), part.weights)

    def is_clear(self, column: SetColumn, light: Sequence[Polygon]) -> bool:
        """Say whether the ink keeps off the obstacles, and far enough from the light's edges."""
        boxes = [
            (part.ink(line), part.part.clearance * part.size_px)
            for part in column.parts
            for line in part.lines
        ]
        if column.code:
            boxes.append((column.code, 0.0))
        if self.circle and not all(_inside(box, self.circle) for box, _ in boxes):
            return False
        return not any(
            any(meet(box.corners(), shape) for shape in self.obstacles)
            or any(meet(box.grown(clear).corners(), shape) for shape in light)
            for box, clear in boxes
        )


def _inside(box: Box, circle: tuple[float, float, float]) -> bool:
    """Say whether a circle (centre and radius) holds a box."""
    x, y, radius = circle
    return all(hypot(cx - x, cy - y) <= radius + SLACK for cx, cy in box.corners())
