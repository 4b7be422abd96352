"""What setting words needs to know of a page: words by role, type, floors, and what ink keeps off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from assetgen.geometry import Box, Polygon, meet
from assetgen.loading.templates.layouts import Part
from assetgen.planning.asset import TypeFloor
from assetgen.render.lines import Typesetter, Word, typesetter, words_of
from assetgen.render.measure import Measurer
from assetgen.render.set_parts import SetColumn

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
    joins_x: tuple[float, ...] = ()
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
        return next((self.typesetter(part) for part in self.parts.values() if "number" in part.say), None)

    def floor(self, part: Part) -> TypeFloor:
        """Return the floor of a part: the strictest of what it says."""
        floors = [self.floors[role] for role in part.say if role in self.floors and role in self.words]
        return TypeFloor(
            max((f.least_px for f in floors), default=0.0), max((f.good_px for f in floors), default=0.0)
        )

    def cap_em(self, part: Part) -> float:
        """Return the height of a part's capitals over its size."""
        return self.measurer.face(self.family, part.weights[0]).cap_em

    def words_in(self, part: Part) -> tuple[Word, ...]:
        """Return the words that a part holds here."""
        return words_of(tuple(self.words[role] for role in part.say if role in self.words), part.weights)

    def is_clear(self, column: SetColumn, light: Sequence[Polygon]) -> bool:
        """Say whether the ink keeps off the obstacles, and far enough from the light's edges."""
        boxes = [
            (part.ink(line), part.part.clear * part.size_px) for part in column.parts for line in part.lines
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
