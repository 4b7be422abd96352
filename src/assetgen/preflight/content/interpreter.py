"""Interpret a page's operators in order, with the graphics state, into paints.

A colour counts where it is painted with: one that is set and never used is no fault, and where none is set, black
is (proof notes 9). The page is read by pikepdf, as a press reads it, not by what draws it here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pikepdf

from assetgen.geometry import Box
from assetgen.preflight.content.graphics_state import (
    IDENTITY,
    NORMAL,
    GraphicsState,
    PaintColour,
    as_matrix,
    as_number,
    box_of,
    cut,
    show,
    space_of,
    text_step,
)
from assetgen.preflight.content.paints import (
    Around,
    Paint,
    Painted,
    Parse,
    Placed,
    Walk,
    What,
    blend_of,
    heaviest_in,
    is_clear,
    of_colour,
    of_itself,
    shading_ink,
)
from assetgen.preflight.pdf.finished_page import Frame, are_corners
from assetgen.preflight.pdf.pdf_file import parsed
from assetgen.units import PX_PER_PT

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

    def take(self, operator: str, operands: Sequence[Any], matrix: pikepdf.Matrix) -> bool:
        """Add what an operator adds, and say whether it adds to paths at all. Raises TypeError at what is no number.

        A page's code alone has hundreds of lines: this is where a page's reading takes its time.
        """
        at = POINTS_OF.get(operator)
        if at is not None:
            if self.start is not None:
                self.points.append(self.start)
                self.start, self.figures = None, self.figures + 1
            for index in at:
                self.points.append(matrix.transform((float(operands[index]), float(operands[index + 1]))))
            self.is_straight = self.is_straight and operator == "l"
        elif operator == "m":
            self.start = matrix.transform((float(operands[0]), float(operands[1])))
        elif operator == "re":
            x, y, width, height = map(float, operands)
            corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
            self.points += [matrix.transform(corner) for corner in corners]
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


MAX_DEPTH = 16
EVERYWHERE = (-1e6, -1e6, 1e6, 1e6)
INLINE_SPACES = {"/G": "/DeviceGray", "/RGB": "/DeviceRGB", "/CMYK": "/DeviceCMYK"}
FILLING, STROKING = frozenset("f F f* B B* b b*".split()), frozenset("S s B B* b b*".split())
PAINTING = FILLING | STROKING | {"n"}


def read_paints(
    page: pikepdf.Page, frame: Frame, *, into_forms: bool = True, parse: Parse = parsed
) -> Painted:
    """Return all that a page paints, or all but what its forms do; ``parse`` reads a stream's operators.

    Raises ValueError, or pikepdf's own errors, where it cannot be read.
    """
    left, bottom, right, top = (as_number(value) for value in page.mediabox)
    clip = box_of((left, bottom, right, top), IDENTITY, frame)
    walk = Walk(frame, parse, into_forms=into_forms)
    if "/Group" in page.obj:
        walk.note_group(page.obj["/Group"], None)
    _Reader(walk, page.resources, GraphicsState(IDENTITY, clip), Around()).run(page.obj)
    return Painted(tuple(walk.paints), tuple(walk.groups), tuple(walk.forms))


class _Reader:
    """One content stream while it is read."""

    def __init__(self, walk: Walk, resources: pikepdf.Object, state: GraphicsState, around: Around) -> None:
        self.walk, self.resources, self.state, self.around = walk, resources, state, around
        self.base, self.spaces = state.matrix, resources.get("/ColorSpace")
        self.stack: list[GraphicsState] = []
        self.path = Path()
        self.clips = False

    def run(self, stream: pikepdf.Object) -> None:
        """Read the stream's operators one after the other."""
        for operator, step in self.walk.parse(stream):
            operands = list(step.operands)
            if isinstance(step, pikepdf.ContentStreamInlineImage):
                self._inline(step.iimage)
            elif operator in PAINTING:
                self._paint_path(operator)
            elif not self.path.take(operator, operands, self.state.matrix):
                self._obey(operator, operands)

    def _obey(self, operator: str, operands: Sequence[object]) -> None:
        if operator == "q":
            self.stack.append(self.state.saved())
        elif operator == "Q":
            self.state = self.stack.pop() if self.stack else self.state
        elif operator == "cm":
            self.state.matrix = as_matrix(list(operands)) @ self.state.matrix
        elif operator in ("W", "W*"):
            self.clips = True
        elif operator == "w":
            self.state.line_width = as_number(operands[0])
        elif operator == "gs":
            self._set(self._named("/ExtGState", operands[0]))
        elif operator == "Do":
            self._draw(self._named("/XObject", operands[0]))
        elif operator == "sh":
            self._shade(self._named("/Shading", operands[0]), self.state.clip)
        elif operator in ("BDC", "BMC"):
            self._open(operands)
        elif operator == "EMC":
            self.state.marks = self.state.marks[:-1]
        elif self.state.set_colour(operator, operands, self.spaces, partial(self._named, "/Pattern")) is None:
            shown = text_step(self.state, operator, operands, partial(self._named, "/Font"))
            if shown is not None:
                self._show(shown)

    def _named(self, kind: str, name: object) -> pikepdf.Object:
        found = self.resources.get(kind, pikepdf.Dictionary()).get(str(name))
        if found is None:
            raise ValueError(f"{name} is not in the page's resources")
        return found

    def _open(self, operands: Sequence[object]) -> None:
        said = operands[1] if len(operands) > 1 else None
        if isinstance(said, pikepdf.Name):
            said = self.resources.get("/Properties", pikepdf.Dictionary()).get(str(said))
        number = said.get("/MCID") if isinstance(said, pikepdf.Dictionary) else None
        self.state.marks = [*self.state.marks, None if number is None else int(number)]

    def _set(self, named: pikepdf.Object) -> None:
        self.state.set_from(named)
        mask = named.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and self.walk.is_first(mask["/G"]):
            self._form(mask["/G"], replace(self.around, in_mask=True, depth=self.around.depth + 1))

    # Paths.

    def _paint_path(self, operator: str) -> None:
        state, path = self.state, self.path
        box = path.box(self.walk.frame)
        if box is not None and operator in FILLING:
            self._paint(What.FILL, box, is_fill=True, is_box=path.is_box, thin_px=path.thin_px(box))
        if box is not None and operator in STROKING:
            a, b, c, d, _, _ = state.matrix.shorthand
            width = state.line_width * math.sqrt(abs(a * d - b * c)) * PX_PER_PT
            self._paint(What.STROKE, box.grown(width / 2), is_fill=False, thin_px=width)
        if self.clips and box is not None:
            nowhere = Box(state.clip.x, state.clip.y, 0.0, 0.0)
            state.clip = cut(box, state.clip) or nowhere
            state.is_clip_whole = state.is_clip_whole and path.is_box
        self.path, self.clips = Path(), False

    def _paint(
        self,
        what: What,
        box: Box,
        *,
        is_fill: bool,
        is_box: bool = False,
        thin_px: float | None = None,
        size_pt: float | None = None,
    ) -> None:
        """Note that the colour set, or what its pattern is made of, is painted over a box."""
        seen = cut(box, self.state.clip)
        if seen is None:
            return
        colour = self.state.fill if is_fill else self.state.stroke
        if colour.pattern is not None:
            self._pattern(colour, seen)
            return
        paint = of_colour(what, colour, seen, self.state, self.around, is_fill=is_fill)
        whole = is_box and self.state.is_clip_whole
        self.walk.note(replace(paint, is_whole=whole, size_pt=size_pt, thin_px=thin_px), self.around)

    # Patterns, gradients.

    def _pattern(self, colour: PaintColour, seen: Box) -> None:
        pattern = colour.pattern
        assert pattern is not None
        matrix = as_matrix(pattern.get("/Matrix")) @ self.base
        if int(pattern["/PatternType"]) == 2:
            kept = self.state.saved()
            if "/ExtGState" in pattern:
                self._set(pattern["/ExtGState"])
            self._shade(pattern["/Shading"], seen)
            self.state = kept
            return
        inner = GraphicsState(
            matrix, box_of(EVERYWHERE, matrix, self.walk.frame), marks=list(self.state.marks)
        )
        if int(pattern.get("/PaintType", 1)) == 2:
            inner.fill = inner.stroke = PaintColour(colour.space, colour.values)
        resources = pattern.get("/Resources", self.resources)
        self._read(pattern, resources, inner, self._inside(spread=seen))

    def _inside(self, spread: Box | None = None) -> Around:
        """Return what lies around a stream that is drawn here."""
        return Around(
            is_clear=is_clear(self.state, self.around, is_fill=True),
            blend=blend_of(self.state, self.around),
            in_mask=self.around.in_mask,
            spread=self.around.spread or spread,
            depth=self.around.depth + 1,
        )

    def _shade(self, shading: pikepdf.Object, seen: Box) -> None:
        space = space_of(shading["/ColorSpace"], self.spaces)
        most = shading_ink(shading, space)
        self.walk.note(of_itself(What.SHADING, space, most, seen, self.state, self.around), self.around)

    def _read(
        self, stream: pikepdf.Object, resources: pikepdf.Object, state: GraphicsState, around: Around
    ) -> None:
        """Read a stream inside this one."""
        if around.depth > MAX_DEPTH:
            raise ValueError("the page is nested beyond all measure")
        _Reader(self.walk, resources, state, around).run(stream)

    # Forms, pictures.

    def _draw(self, drawn: pikepdf.Object) -> None:
        if drawn.get("/Subtype") == "/Form":
            self._form(drawn, self._inside())
        elif drawn.get("/Subtype") == "/Image":
            self._picture(drawn)

    def _form(self, form: pikepdf.Object, around: Around) -> None:
        state = self.state.saved()
        state.matrix = as_matrix(form.get("/Matrix")) @ state.matrix
        left, bottom, right, top = (as_number(value) for value in form["/BBox"])
        box = box_of((left, bottom, right, top), state.matrix, self.walk.frame)
        seen = cut(box, state.clip)
        if seen is None:
            return
        if not self.walk.into_forms:
            is_opaque = not any(is_clear(state, self.around, is_fill=is_fill) for is_fill in (True, False))
            is_plain = is_opaque and state.blend == NORMAL and state.is_clip_whole and not around.in_mask
            self.walk.forms.append(Placed(seen, state.matrix, is_plain))
            return
        state.clip = seen
        if "/Group" in form:
            self.walk.note_group(form["/Group"], self.spaces)
            # What the group is mixed with has been told of it as a whole.
            state.alpha_fill = state.alpha_stroke = 1.0
            state.blend, state.is_masked = NORMAL, False
        self._read(form, form.get("/Resources", self.resources), state, around)

    def _picture(self, picture: pikepdf.Object) -> None:
        seen = cut(box_of((0, 0, 1, 1), self.state.matrix, self.walk.frame), self.state.clip)
        if seen is None or not isinstance(picture, pikepdf.Stream):
            return
        if picture.get("/ImageMask", False):
            self._paint(What.FILL, seen, is_fill=True)
            return
        space = space_of(picture.get("/ColorSpace", pikepdf.Name("/None")), self.spaces)
        paint = of_itself(What.PICTURE, space, heaviest_in(picture, space), seen, self.state, self.around)
        has_holes = "/SMask" in picture or "/Mask" in picture
        a, b, c, d, _, _ = self.state.matrix.shorthand
        is_upright = (b == 0 and c == 0) or (a == 0 and d == 0)
        paint = replace(
            paint,
            picture=picture,
            is_clear=paint.is_clear or has_holes,
            is_whole=is_upright and not has_holes and self.state.is_clip_whole,
        )
        self._note_picture(paint, (int(picture["/Width"]), int(picture["/Height"])))

    def _inline(self, picture: pikepdf.PdfInlineImage) -> None:
        seen = cut(box_of((0, 0, 1, 1), self.state.matrix, self.walk.frame), self.state.clip)
        if seen is None:
            return
        if picture.image_mask:
            self._paint(What.FILL, seen, is_fill=True)
            return
        named = picture.obj.get("/ColorSpace", picture.obj.get("/CS", pikepdf.Name("/None")))
        full = INLINE_SPACES.get(str(named))
        space = space_of(pikepdf.Name(full) if full else named, self.spaces)
        paint = of_itself(What.PICTURE, space, space.heaviest(), seen, self.state, self.around)
        self._note_picture(paint, (picture.width, picture.height))

    def _note_picture(self, paint: Paint, pixels: tuple[int, int]) -> None:
        a, b, c, d, _, _ = self.state.matrix.shorthand
        placed_px = (math.hypot(a, b) * PX_PER_PT, math.hypot(c, d) * PX_PER_PT)
        self.walk.note(replace(paint, pixels=pixels, placed_px=placed_px), self.around)

    # Text.

    def _show(self, parts: Sequence[bytes | float]) -> None:
        state = self.state
        if state.font is None:
            raise ValueError("text is shown in no font")
        box, size_pt = show(state, self.walk.widths_of(state.font), parts, self.walk.frame)
        if not any(isinstance(part, bytes) and part for part in parts):
            return
        mode = state.render_mode % 4
        if mode in (0, 2):
            self._paint(What.TEXT, box, is_fill=True, size_pt=size_pt)
        if mode in (1, 2):
            self._paint(What.TEXT, box, is_fill=False, size_pt=size_pt)
        if state.font.get("/Subtype") == "/Type3":
            self._drawn_glyphs(state.font, box)

    def _drawn_glyphs(self, font: pikepdf.Object, box: Box) -> None:
        """Read the glyphs of a font that draws them by operators, which may bring colours of their own."""
        seen = cut(box, self.state.clip)
        if seen is None or not self.walk.is_first(font):
            return
        resources = font.get("/Resources", self.resources)
        for glyph in font["/CharProcs"].values():
            self._read(glyph, resources, self.state.saved(), self._inside(spread=seen))
