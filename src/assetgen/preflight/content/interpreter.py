"""Interpret the operators of a page in order, and list what it paints.

A colour counts only when something is painted with it. A colour that is set and never used is not a fault, and if no
colour is set, DeviceGray black is used (ISO 32000-1, table 52). The operators are parsed by pikepdf, independently
of PDFium, which renders the page for the other checks.
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
    advance_text,
    apply_text_operator,
    as_matrix,
    as_number,
    box_of,
    clip_box,
    space_of,
)
from assetgen.preflight.content.paints import (
    PagePaints,
    Paint,
    PaintCollector,
    PaintKind,
    Parse,
    PlacedForm,
    StreamContext,
    effective_blend,
    is_translucent,
    make_colour_paint,
    make_own_colour_paint,
    max_picture_ink,
    max_shading_ink,
)
from assetgen.preflight.pdf.finished_page import Frame, are_box_corners
from assetgen.preflight.pdf.pdf_file import parse_content
from assetgen.units import PX_PER_PT

# The indices of the operands at which a point starts, by operator.
POINT_OPERANDS = {"l": (0,), "c": (0, 2, 4), "v": (0, 2), "y": (0, 2)}
# A filled box that is this many times longer than it is wide counts as a line.
LINE_RATIO = 8.0


@dataclass(slots=True)
class Path:
    """A path that is being built, in pt of the page.

    ``figures`` is the number of its subpaths, and ``is_straight`` is True as long as it has only straight lines.
    """

    points: list[tuple[float, float]] = field(default_factory=list)
    figures: int = 0
    is_straight: bool = True
    start: tuple[float, float] | None = None
    """The start of a subpath that has no segment yet. A subpath without a segment paints nothing."""

    def apply(self, operator: str, operands: Sequence[Any], matrix: pikepdf.Matrix) -> bool:
        """Apply an operator to the path, and return whether it is a path construction operator.

        This is the most expensive part of reading a page: its QR code alone has hundreds of lines.

        Raises:
            TypeError: An operand is not a number.
        """
        indices = POINT_OPERANDS.get(operator)
        if indices is not None:
            if self.start is not None:
                self.points.append(self.start)
                self.start, self.figures = None, self.figures + 1
            for index in indices:
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
        """Return the bounding box of the path in CSS px of the page; None if it has no points."""
        if not self.points:
            return None
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return frame.box(min(xs), min(ys), max(xs), max(ys))

    @property
    def is_box(self) -> bool:
        """Whether the path is one upright box."""
        return (
            self.figures == 1 and self.is_straight and len(self.points) < 8 and are_box_corners(self.points)
        )

    def line_thickness_px(self, box: Box) -> float | None:
        """Return the thickness of the path if it is a line drawn as a thin box; otherwise None."""
        thickness, length = sorted((box.width, box.height))
        is_line = self.figures == 1 and self.is_straight and length > 0 and length >= LINE_RATIO * thickness
        return thickness if is_line else None


MAX_DEPTH = 16
UNBOUNDED = (-1e6, -1e6, 1e6, 1e6)
INLINE_SPACE_NAMES = {"/G": "/DeviceGray", "/RGB": "/DeviceRGB", "/CMYK": "/DeviceCMYK"}
FILLING, STROKING = frozenset("f F f* B B* b b*".split()), frozenset("S s B B* b b*".split())
PAINTING = FILLING | STROKING | {"n"}


def read_paints(
    page: pikepdf.Page, frame: Frame, *, into_forms: bool = True, parse: Parse = parse_content
) -> PagePaints:
    """List everything that a page paints.

    Args:
        page: The page.
        frame: Its coordinate system.
        into_forms: Whether to read the contents of forms. If not, only the places of forms are listed.
        parse: Parses the operators of a stream.

    Raises:
        ValueError: The page cannot be interpreted. pikepdf's own errors are raised as well.
    """
    left, bottom, right, top = (as_number(value) for value in page.mediabox)
    clip = box_of((left, bottom, right, top), IDENTITY, frame)
    collector = PaintCollector(frame, parse, into_forms=into_forms)
    if "/Group" in page.obj:
        collector.record_group(page.obj["/Group"], None)
    _Reader(collector, page.resources, GraphicsState(IDENTITY, clip), StreamContext()).run(page.obj)
    return PagePaints(tuple(collector.paints), tuple(collector.groups), tuple(collector.forms))


class _Reader:
    """Interprets one content stream, and records what it paints in ``collector``."""

    def __init__(
        self,
        collector: PaintCollector,
        resources: pikepdf.Object,
        state: GraphicsState,
        around: StreamContext,
    ) -> None:
        self.collector, self.resources, self.state, self.around = collector, resources, state, around
        self.base, self.spaces = state.matrix, resources.get("/ColorSpace")
        self.stack: list[GraphicsState] = []
        self.path = Path()
        # Whether the current path becomes a clip path once it is painted (operators W and W*).
        self.is_clip_pending = False

    def run(self, stream: pikepdf.Object) -> None:
        """Interpret the operators of the stream in order."""
        for operator, instruction in self.collector.parse(stream):
            operands = list(instruction.operands)
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self._draw_inline_image(instruction.iimage)
            elif operator in PAINTING:
                self._paint_path(operator)
            elif not self.path.apply(operator, operands, self.state.matrix):
                self._apply_operator(operator, operands)

    def _apply_operator(self, operator: str, operands: Sequence[object]) -> None:
        if operator == "q":
            self.stack.append(self.state.copy())
        elif operator == "Q":
            self.state = self.stack.pop() if self.stack else self.state
        elif operator == "cm":
            self.state.matrix = as_matrix(list(operands)) @ self.state.matrix
        elif operator in ("W", "W*"):
            self.is_clip_pending = True
        elif operator == "w":
            self.state.line_width = as_number(operands[0])
        elif operator == "gs":
            self._apply_state_dictionary(self._get_resource("/ExtGState", operands[0]))
        elif operator == "Do":
            self._draw_xobject(self._get_resource("/XObject", operands[0]))
        elif operator == "sh":
            self._paint_shading(self._get_resource("/Shading", operands[0]), self.state.clip)
        elif operator in ("BDC", "BMC"):
            self._begin_marked_content(operands)
        elif operator == "EMC":
            self.state.open_mcids = self.state.open_mcids[:-1]
        elif (
            self.state.set_colour(operator, operands, self.spaces, partial(self._get_resource, "/Pattern"))
            is None
        ):
            parts = apply_text_operator(self.state, operator, operands, partial(self._get_resource, "/Font"))
            if parts is not None:
                self._show_text(parts)

    def _get_resource(self, kind: str, name: object) -> pikepdf.Object:
        found = self.resources.get(kind, pikepdf.Dictionary()).get(str(name))
        if found is None:
            raise ValueError(f"the page's resources have no {name}")
        return found

    def _begin_marked_content(self, operands: Sequence[object]) -> None:
        properties = operands[1] if len(operands) > 1 else None
        if isinstance(properties, pikepdf.Name):
            properties = self.resources.get("/Properties", pikepdf.Dictionary()).get(str(properties))
        mcid = properties.get("/MCID") if isinstance(properties, pikepdf.Dictionary) else None
        self.state.open_mcids = [*self.state.open_mcids, None if mcid is None else int(mcid)]

    def _apply_state_dictionary(self, named: pikepdf.Object) -> None:
        self.state.set_from(named)
        mask = named.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and self.collector.is_first(mask["/G"]):
            self._draw_form(mask["/G"], replace(self.around, in_mask=True, depth=self.around.depth + 1))

    # Paths.

    def _paint_path(self, operator: str) -> None:
        state, path = self.state, self.path
        box = path.box(self.collector.frame)
        if box is not None and operator in FILLING:
            self._record_paint(
                PaintKind.FILL, box, is_fill=True, is_box=path.is_box, thin_px=path.line_thickness_px(box)
            )
        if box is not None and operator in STROKING:
            a, b, c, d, _, _ = state.matrix.shorthand
            width = state.line_width * math.sqrt(abs(a * d - b * c)) * PX_PER_PT
            self._record_paint(PaintKind.STROKE, box.enlarged(width / 2), is_fill=False, thin_px=width)
        if self.is_clip_pending and box is not None:
            empty = Box(state.clip.x, state.clip.y, 0.0, 0.0)
            state.clip = clip_box(box, state.clip) or empty
            state.is_clip_whole = state.is_clip_whole and path.is_box
        self.path, self.is_clip_pending = Path(), False

    def _record_paint(
        self,
        what: PaintKind,
        box: Box,
        *,
        is_fill: bool,
        is_box: bool = False,
        thin_px: float | None = None,
        size_pt: float | None = None,
    ) -> None:
        """Record that the current colour, or the contents of the current pattern, is painted over a box."""
        visible = clip_box(box, self.state.clip)
        if visible is None:
            return
        colour = self.state.fill if is_fill else self.state.stroke
        if colour.pattern is not None:
            self._paint_pattern(colour, visible)
            return
        paint = make_colour_paint(what, colour, visible, self.state, self.around, is_fill=is_fill)
        is_whole = is_box and self.state.is_clip_whole
        self.collector.record(
            replace(paint, fills_box=is_whole, size_pt=size_pt, line_thickness_px=thin_px), self.around
        )

    # Patterns and gradients.

    def _paint_pattern(self, colour: PaintColour, visible: Box) -> None:
        pattern = colour.pattern
        assert pattern is not None
        matrix = as_matrix(pattern.get("/Matrix")) @ self.base
        if int(pattern["/PatternType"]) == 2:
            saved = self.state.copy()
            if "/ExtGState" in pattern:
                self._apply_state_dictionary(pattern["/ExtGState"])
            self._paint_shading(pattern["/Shading"], visible)
            self.state = saved
            return
        inner = GraphicsState(
            matrix, box_of(UNBOUNDED, matrix, self.collector.frame), open_mcids=list(self.state.open_mcids)
        )
        if int(pattern.get("/PaintType", 1)) == 2:
            inner.fill = inner.stroke = PaintColour(colour.space, colour.values)
        resources = pattern.get("/Resources", self.resources)
        self._read_stream(pattern, resources, inner, self._child_context(spread=visible))

    def _child_context(self, spread: Box | None = None) -> StreamContext:
        """Return the context of a stream that is drawn at this point."""
        return StreamContext(
            is_translucent=is_translucent(self.state, self.around, is_fill=True),
            blend=effective_blend(self.state, self.around),
            in_mask=self.around.in_mask,
            pattern_box=self.around.pattern_box or spread,
            depth=self.around.depth + 1,
        )

    def _paint_shading(self, shading: pikepdf.Object, visible: Box) -> None:
        space = space_of(shading["/ColorSpace"], self.spaces)
        max_ink = max_shading_ink(shading, space)
        self.collector.record(
            make_own_colour_paint(PaintKind.SHADING, space, max_ink, visible, self.state, self.around),
            self.around,
        )

    def _read_stream(
        self, stream: pikepdf.Object, resources: pikepdf.Object, state: GraphicsState, around: StreamContext
    ) -> None:
        """Interpret a stream inside this one."""
        if around.depth > MAX_DEPTH:
            raise ValueError(f"forms, patterns or masks are nested more than {MAX_DEPTH} deep")
        _Reader(self.collector, resources, state, around).run(stream)

    # Forms and pictures.

    def _draw_xobject(self, drawn: pikepdf.Object) -> None:
        if drawn.get("/Subtype") == "/Form":
            self._draw_form(drawn, self._child_context())
        elif drawn.get("/Subtype") == "/Image":
            self._draw_picture(drawn)

    def _draw_form(self, form: pikepdf.Object, around: StreamContext) -> None:
        state = self.state.copy()
        state.matrix = as_matrix(form.get("/Matrix")) @ state.matrix
        left, bottom, right, top = (as_number(value) for value in form["/BBox"])
        box = box_of((left, bottom, right, top), state.matrix, self.collector.frame)
        visible = clip_box(box, state.clip)
        if visible is None:
            return
        if not self.collector.into_forms:
            is_opaque = not any(
                is_translucent(state, self.around, is_fill=is_fill) for is_fill in (True, False)
            )
            is_plain = is_opaque and state.blend == NORMAL and state.is_clip_whole and not around.in_mask
            self.collector.forms.append(PlacedForm(visible, state.matrix, is_plain))
            return
        state.clip = visible
        if "/Group" in form:
            self.collector.record_group(form["/Group"], self.spaces)
            # Opacity, blend mode and mask apply to the group as a whole. They are already in ``around``.
            state.alpha_fill = state.alpha_stroke = 1.0
            state.blend, state.is_masked = NORMAL, False
        self._read_stream(form, form.get("/Resources", self.resources), state, around)

    def _draw_picture(self, picture: pikepdf.Object) -> None:
        visible = clip_box(box_of((0, 0, 1, 1), self.state.matrix, self.collector.frame), self.state.clip)
        if visible is None or not isinstance(picture, pikepdf.Stream):
            return
        if picture.get("/ImageMask", False):
            self._record_paint(PaintKind.FILL, visible, is_fill=True)
            return
        space = space_of(picture.get("/ColorSpace", pikepdf.Name("/None")), self.spaces)
        paint = make_own_colour_paint(
            PaintKind.PICTURE, space, max_picture_ink(picture, space), visible, self.state, self.around
        )
        has_holes = "/SMask" in picture or "/Mask" in picture
        a, b, c, d, _, _ = self.state.matrix.shorthand
        is_upright = (b == 0 and c == 0) or (a == 0 and d == 0)
        paint = replace(
            paint,
            picture=picture,
            is_translucent=paint.is_translucent or has_holes,
            fills_box=is_upright and not has_holes and self.state.is_clip_whole,
        )
        self._record_picture(paint, (int(picture["/Width"]), int(picture["/Height"])))

    def _draw_inline_image(self, picture: pikepdf.PdfInlineImage) -> None:
        visible = clip_box(box_of((0, 0, 1, 1), self.state.matrix, self.collector.frame), self.state.clip)
        if visible is None:
            return
        if picture.image_mask:
            self._record_paint(PaintKind.FILL, visible, is_fill=True)
            return
        named = picture.obj.get("/ColorSpace", picture.obj.get("/CS", pikepdf.Name("/None")))
        full = INLINE_SPACE_NAMES.get(str(named))
        space = space_of(pikepdf.Name(full) if full else named, self.spaces)
        paint = make_own_colour_paint(
            PaintKind.PICTURE, space, space.max_ink(), visible, self.state, self.around
        )
        self._record_picture(paint, (picture.width, picture.height))

    def _record_picture(self, paint: Paint, pixels: tuple[int, int]) -> None:
        a, b, c, d, _, _ = self.state.matrix.shorthand
        placed_px = (math.hypot(a, b) * PX_PER_PT, math.hypot(c, d) * PX_PER_PT)
        self.collector.record(replace(paint, pixels=pixels, placed_px=placed_px), self.around)

    # Text.

    def _show_text(self, parts: Sequence[bytes | float]) -> None:
        state = self.state
        if state.font is None:
            raise ValueError("text is shown before a font is set")
        box, size_pt = advance_text(state, self.collector.widths_of(state.font), parts, self.collector.frame)
        if not any(isinstance(part, bytes) and part for part in parts):
            return
        mode = state.render_mode % 4
        if mode in (0, 2):
            self._record_paint(PaintKind.TEXT, box, is_fill=True, size_pt=size_pt)
        if mode in (1, 2):
            self._record_paint(PaintKind.TEXT, box, is_fill=False, size_pt=size_pt)
        if state.font.get("/Subtype") == "/Type3":
            self._read_glyphs(state.font, box)

    def _read_glyphs(self, font: pikepdf.Object, box: Box) -> None:
        """Interpret the glyphs of a Type 3 font: content streams that may set their own colours."""
        visible = clip_box(box, self.state.clip)
        if visible is None or not self.collector.is_first(font):
            return
        resources = font.get("/Resources", self.resources)
        for glyph in font["/CharProcs"].values():
            self._read_stream(glyph, resources, self.state.copy(), self._child_context(spread=visible))
