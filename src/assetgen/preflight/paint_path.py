"""A path while it is built: where it lies, and whether it is a box, or as thin as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assetgen.geometry import Box
from assetgen.preflight.objects import Frame, Matrix, are_corners, moved

# Which operands of each operator are points.
POINTS_OF = {"l": (0,), "c": (0, 2, 4), "v": (0, 2), "y": (0, 2)}
# Longer than wide by so much is a line, whatever painted it.
LINE_RATIO = 8.0


@dataclass(slots=True)
class Path:
    """Points in pt of the page. ``figures`` is how many figures it has, ``is_straight`` whether it has no curves."""

    points: list[tuple[float, float]] = field(default_factory=list)
    figures: int = 0
    is_straight: bool = True
    start: tuple[float, float] | None = None
    """Where a figure was begun of which nothing is drawn yet: by itself that paints nothing."""

    def take(self, operator: str, operands: Sequence[Any], matrix: Matrix) -> bool:
        """Add what an operator adds, and say whether it adds to paths at all. Raises TypeError at what is no number.

        A page's code alone has hundreds of lines: this is where a page's reading takes its time.
        """
        at = POINTS_OF.get(operator)
        if at is not None:
            if self.start is not None:
                self.points.append(self.start)
                self.start, self.figures = None, self.figures + 1
            for index in at:
                self.points.append(moved((float(operands[index]), float(operands[index + 1])), matrix))
            self.is_straight = self.is_straight and operator == "l"
        elif operator == "m":
            self.start = moved((float(operands[0]), float(operands[1])), matrix)
        elif operator == "re":
            x, y, width, height = map(float, operands)
            corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
            self.points += [moved(corner, matrix) for corner in corners]
            self.figures, self.start = self.figures + 1, None
        else:
            return operator == "h"
        return True

    def box(self, frame: Frame) -> Box | None:
        """Return the box around the path, in CSS px of the page; None where it has no points."""
        if not self.points:
            return None
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return frame.box(min(xs), min(ys), max(xs), max(ys))

    @property
    def is_box(self) -> bool:
        """Say whether the path is one upright box."""
        return self.figures == 1 and self.is_straight and len(self.points) < 8 and are_corners(self.points)

    def thin_px(self, box: Box) -> float | None:
        """Return how thick the path is where it is but a line in the shape of a box; else None."""
        thin, long = sorted((box.width, box.height))
        is_line = self.figures == 1 and self.is_straight and long > 0 and long >= LINE_RATIO * thin
        return thin if is_line else None
