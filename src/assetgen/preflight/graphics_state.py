"""The graphics state of a PDF's page, as far as it decides what is painted where (ISO 32000-1, 8.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pikepdf

from assetgen.geometry import Box
from assetgen.preflight.colour_space import GREY, Space
from assetgen.preflight.objects import IDENTITY, Frame, Matrix, moved

NORMAL = "/Normal"
NUMBERS = (int, float, Decimal)
NO_BLENDING = frozenset({NORMAL, "/Compatible"})


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour that was set: its space, its values, and the pattern where one paints."""

    space: Space = GREY
    values: tuple[float, ...] = (0.0,)
    pattern: pikepdf.Object | None = None


BLACK = Colour()


@dataclass
class State:
    """What holds while a stream is read. ``clip`` is the box, in CSS px of the page, that nothing leaves;
    ``is_clip_whole`` where all of that box is seen, and not a shape in it.

    ``is_masked`` where a soft mask is on.
    """

    matrix: Matrix
    clip: Box
    is_clip_whole: bool = True
    fill: Colour = BLACK
    stroke: Colour = BLACK
    line_width: float = 1.0
    alpha_fill: float = 1.0
    alpha_stroke: float = 1.0
    blend: str = NORMAL
    is_masked: bool = False
    overprints_fill: bool = False
    overprints_stroke: bool = False
    overprint_mode: int = 0
    font: pikepdf.Object | None = None
    font_size: float = 0.0
    letter_space: float = 0.0
    word_space: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    render_mode: int = 0
    line_start: Matrix = IDENTITY
    text: Matrix = IDENTITY
    marks: list[int | None] = field(default_factory=list)
    """Marked content that is open, the innermost last; None for what has no number."""

    def saved(self) -> State:
        """Return the state as it is, to come back to; what is open stays so across it."""
        saved = State.__new__(State)
        saved.__dict__.update(self.__dict__)
        return saved

    @property
    def mark(self) -> int | None:
        """Return the number of the innermost marked content that has one."""
        return next((mark for mark in reversed(self.marks) if mark is not None), None)

    def set_from(self, named: pikepdf.Object) -> None:
        """Take what a graphics state dictionary sets."""
        if "/ca" in named:
            self.alpha_fill = as_number(named["/ca"])
        if "/CA" in named:
            self.alpha_stroke = as_number(named["/CA"])
        if "/BM" in named:
            mode = named["/BM"]
            self.blend = str(mode[0] if isinstance(mode, pikepdf.Array) and len(mode) else mode)
        if "/SMask" in named:
            self.is_masked = isinstance(named["/SMask"], pikepdf.Dictionary)
        if "/OP" in named:
            self.overprints_stroke = self.overprints_fill = bool(named["/OP"])
        if "/op" in named:
            self.overprints_fill = bool(named["/op"])
        if "/OPM" in named:
            self.overprint_mode = int(named["/OPM"])
        if "/LW" in named:
            self.line_width = as_number(named["/LW"])
        if "/Font" in named:
            self.font, self.font_size = named["/Font"][0], as_number(named["/Font"][1])


def as_number(value: object) -> float:
    """Return a number of a PDF; raises ValueError for anything else."""
    if isinstance(value, NUMBERS):
        return float(value)
    raise ValueError(f"{value!r} is no number")


def as_matrix(values: object) -> Matrix:
    """Return six numbers as a matrix; none are the one that changes nothing."""
    if not isinstance(values, (pikepdf.Array, list)):
        return IDENTITY
    a, b, c, d, e, f = (as_number(value) for value in values)
    return (a, b, c, d, e, f)


def box_of(corners: tuple[float, float, float, float], matrix: Matrix, frame: Frame) -> Box:
    """Return the upright box around a rectangle (left, bottom, right, top), in CSS px of the page."""
    left, bottom, right, top = corners
    points = [moved(point, matrix) for point in ((left, bottom), (right, bottom), (right, top), (left, top))]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return frame.box(min(xs), min(ys), max(xs), max(ys))


def cut(box: Box, clip: Box) -> Box | None:
    """Return what is seen of a box, which may have no height or width; None where that is nothing."""
    x, y = max(box.x, clip.x), max(box.y, clip.y)
    right, bottom = min(box.right, clip.right), min(box.bottom, clip.bottom)
    return Box(x, y, right - x, bottom - y) if right >= x and bottom >= y else None
