"""Convert a page so that rendering it gives its separations: one picture per ink.

Compositing treats each ink separately, just as it treats red, green and blue. Two copies of the page therefore render
as the four separations: one paints a colour as RGB (1 - cyan, 1 - magenta, 1 - yellow), the other as grey (1 - black).
Compared with Ghostscript's ``tiffsep``, the mean difference of a separation is at most 1 %. If something overprints,
each ink needs a copy of its own.

Colours without known inks are painted as white paper. Soft masks are not converted.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pikepdf

from assetgen.preflight.content.graphics_state import (
    BLACK,
    CMYK,
    NO_INK,
    ColourKind,
    ColourSpace,
    InkState,
    PaintColour,
    Plates,
    as_number,
    space_of,
)
from assetgen.preflight.content.paints import decode_inks

MAX_PART_DEPTH = 8
INKS = {ColourKind.INK, ColourKind.PROFILED}
# Keys and default values of the end colours of an exponential function.
START_COLOUR, END_COLOUR = ("/C0", [0]), ("/C1", [1])
UNIT_RANGE = [0, 1]


class SeparationError(ValueError):
    """Something on the page cannot be converted to separations; the message names it."""


def convert_to_tones(plates: Plates, inks: Sequence[int]) -> list[float]:
    """Return the tones that represent some inks of a colour: 0 is full ink, 1 is paper.

    ``inks`` are indices: 0 cyan, 1 magenta, 2 yellow, 3 black.
    """
    return [1 - plates[ink] for ink in inks]


def tone_space(inks: Sequence[int]) -> pikepdf.Name:
    """Return the colour space in which the tones of some inks are painted: RGB for three inks, grey for one."""
    return pikepdf.Name("/DeviceRGB" if len(inks) == 3 else "/DeviceGray")


def separate_picture(picture: pikepdf.Stream, space: ColourSpace, inks: Sequence[int]) -> None:
    """Convert a picture in place to the tones of some inks.

    Raises:
        SeparationError: The picture cannot be decoded.
    """
    if isinstance(picture.get("/Mask"), pikepdf.Array):
        raise SeparationError("a picture with a colour key mask")
    if space.palette is not None:
        _convert_palette(picture, space, inks)
    elif space.kind not in INKS:
        _make_white(picture, inks)
    elif space.components == 1:
        if inks == (3,):
            picture.ColorSpace = pikepdf.Name.DeviceGray
        else:
            _make_white(picture, inks)
    else:
        decoded = decode_inks(picture)
        if decoded is None:
            raise SeparationError("a picture in an unsupported format")
        _replace_pixels(picture, (255 - decoded[:, list(inks)]).tobytes(), inks)


def _convert_palette(picture: pikepdf.Stream, space: ColourSpace, inks: Sequence[int]) -> None:
    assert space.palette is not None
    count = len(space.palette) // max(1, space.components)
    colours = [space.to_plates([float(index)]) or NO_INK for index in range(count)]
    table = bytes(round(255 * tone) for colour in colours for tone in convert_to_tones(colour, inks))
    picture.ColorSpace = pikepdf.Array(
        [pikepdf.Name.Indexed, tone_space(inks), count - 1, pikepdf.String(table)]
    )


def _make_white(picture: pikepdf.Stream, inks: Sequence[int]) -> None:
    picture.Width = picture.Height = 1
    _replace_pixels(picture, b"\xff" * len(inks), inks)


def _replace_pixels(picture: pikepdf.Stream, content: bytes, inks: Sequence[int]) -> None:
    picture.write(content)
    picture.ColorSpace, picture.BitsPerComponent = tone_space(inks), 8
    if "/Decode" in picture:
        del picture["/Decode"]


def separate_shading(
    pdf: pikepdf.Pdf, shading: pikepdf.Object, space: ColourSpace, inks: Sequence[int]
) -> None:
    """Convert a gradient in place to the tones of some inks.

    Raises:
        SeparationError: The gradient is not defined by exponential, stitching or 8-bit sampled functions.
    """
    shading["/ColorSpace"] = tone_space(inks)
    if "/Background" in shading:
        shading["/Background"] = _convert_colour(shading["/Background"], space, inks)
    function = shading.get("/Function")
    if function is None or space.palette is not None:
        raise SeparationError("a gradient of an unsupported type")
    shading["/Function"] = _convert_function(pdf, function, space, inks, 0)


def _convert_function(
    pdf: pikepdf.Pdf, function: pikepdf.Object, space: ColourSpace, inks: Sequence[int], depth: int
) -> pikepdf.Object:
    """Return a function that gives the tones of some inks instead of colours."""
    if depth > MAX_PART_DEPTH:
        raise SeparationError(f"a gradient whose functions are nested more than {MAX_PART_DEPTH} deep")
    if isinstance(function, pikepdf.Array):
        if len(function) == 1:
            return _convert_function(pdf, function[0], space, inks, depth + 1)
        return _convert_component_functions(list(function), space, inks)
    kind = int(function["/FunctionType"])
    if kind == 2:
        new = pikepdf.Dictionary(FunctionType=2, Domain=function["/Domain"], N=function["/N"])
        for key, default in (START_COLOUR, END_COLOUR):
            new[key] = _convert_colour(function.get(key, default), space, inks)
        return new
    if kind == 3:
        parts = [_convert_function(pdf, part, space, inks, depth + 1) for part in function["/Functions"]]
        kept = {key: function[key] for key in ("/FunctionType", "/Domain", "/Bounds", "/Encode")}
        return pikepdf.Dictionary({**kept, "/Functions": pikepdf.Array(parts)})
    if kind == 0 and isinstance(function, pikepdf.Stream):
        return _convert_sampled_function(pdf, function, space, inks)
    raise SeparationError("a gradient defined by a PostScript function")


def _convert_component_functions(
    functions: Sequence[pikepdf.Object], space: ColourSpace, inks: Sequence[int]
) -> pikepdf.Object:
    """Convert an array with one function per colour component: keep and invert the functions of the given inks."""
    if space.kind not in INKS or space.components != len(functions) or len(functions) != 4:
        raise SeparationError("a gradient of an unsupported type")
    inverted = []
    for ink in inks:
        function = functions[ink]
        if int(function["/FunctionType"]) != 2:
            raise SeparationError("a gradient of an unsupported type")
        ends = {
            key: [1 - as_number(function.get(key, default)[0])] for key, default in (START_COLOUR, END_COLOUR)
        }
        kept = {key: function[key] for key in ("/FunctionType", "/Domain", "/N")}
        inverted.append(
            pikepdf.Dictionary({**kept, **{key: pikepdf.Array(end) for key, end in ends.items()}})
        )
    return pikepdf.Array(inverted)


def _convert_sampled_function(
    pdf: pikepdf.Pdf, function: pikepdf.Stream, space: ColourSpace, inks: Sequence[int]
) -> pikepdf.Object:
    count = space.components
    is_plain = [
        as_number(value) for value in function.get("/Decode", function["/Range"])
    ] == UNIT_RANGE * count
    if int(function["/BitsPerSample"]) != 8 or not is_plain:
        raise SeparationError("a gradient of an unsupported type")
    content = function.read_bytes()
    rows = np.frombuffer(content, np.uint8, len(content) // count * count).reshape(-1, count)
    colours = [space.to_plates([value / 255 for value in row]) or NO_INK for row in rows.tolist()]
    table = bytes(round(255 * tone) for colour in colours for tone in convert_to_tones(colour, inks))
    new = pikepdf.Stream(pdf, table)
    for key in ("/FunctionType", "/Domain", "/Size", "/BitsPerSample", "/Encode", "/Order"):
        if key in function:
            new[key] = function[key]
    new["/Range"] = pikepdf.Array(UNIT_RANGE * len(inks))
    return new


def _convert_colour(values: object, space: ColourSpace, inks: Sequence[int]) -> pikepdf.Array:
    colour = [as_number(value) for value in values]  # type: ignore[attr-defined]
    return pikepdf.Array(convert_to_tones(space.to_plates(colour) or NO_INK, inks))


MAX_DEPTH = 16
# Path painting operators without their fill, and without their stroke.
WITHOUT_FILL = {"f": "n", "F": "n", "f*": "n", "B": "S", "B*": "S", "b": "s", "b*": "s"}
WITHOUT_STROKE = {"S": "n", "s": "n", "B": "f", "B*": "f*", "b": "f", "b*": "f*"}
TEXT_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
INVISIBLE = 3
# How far the middle of a side is moved, as a share of its length: invisible, but the path is no longer a box.
BEND = 1e-4
Instruction = tuple[list[Any], pikepdf.Operator]
"""The operands and the operator of an instruction. pikepdf accepts plain numbers as operands."""


def convert_to_separations(content: bytes, inks: tuple[int, ...]) -> bytes:
    """Return a PDF whose first page shows only some inks, as tones.

    Args:
        content: The PDF.
        inks: Indices of the inks (0 cyan, 1 magenta, 2 yellow, 3 black): three are painted as RGB, one as grey.

    Raises:
        SeparationError: Something on the page cannot be converted.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        page = pdf.pages[0]
        _drop_group_space(page.obj)
        _Converter(pdf, inks).convert_page(page)
        out = io.BytesIO()
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


@dataclass(slots=True)
class _Converter:
    """Converts the streams of a PDF to the tones of some inks, each stream once."""

    pdf: pikepdf.Pdf
    inks: tuple[int, ...]
    done: set[tuple[int, int]] = field(default_factory=set)

    def convert_page(self, page: pikepdf.Page) -> None:
        """Convert a page, and everything that it draws."""
        steps = [
            *self._initial_colours(),
            *_StreamConverter(self, page.resources, InkState(), 0).convert(page.obj),
        ]
        page.obj.Contents = self.pdf.make_stream(pikepdf.unparse_content_stream(steps))
        self.convert_resources(page.resources, 0)

    def convert_resources(self, resources: pikepdf.Object, depth: int) -> None:
        """Convert the patterns, shadings and Type 3 fonts of a stream's resources."""
        if depth > MAX_DEPTH:
            raise ValueError(f"forms, patterns or fonts are nested more than {MAX_DEPTH} deep")
        spaces = resources.get("/ColorSpace")
        for pattern in _named_resources(resources, "/Pattern"):
            if int(pattern["/PatternType"]) == 2:
                self._convert_shading(pattern["/Shading"], spaces)
            elif self._is_first(pattern):
                setup = self._initial_colours() if int(pattern.get("/PaintType", 1)) == 1 else []
                self._convert_form(pattern, resources, InkState(), depth, setup)
        for shading in _named_resources(resources, "/Shading"):
            self._convert_shading(shading, spaces)
        for font in _named_resources(resources, "/Font"):
            if font.get("/Subtype") == "/Type3" and self._is_first(font):
                for glyph in font["/CharProcs"].values():
                    self._convert_form(glyph, font.get("/Resources", resources), InkState(), depth)

    def convert_xobject(
        self, drawn: pikepdf.Object, outer_resources: pikepdf.Object, state: InkState, depth: int
    ) -> None:
        """Convert a form or a picture that is drawn in the given state."""
        if not isinstance(drawn, pikepdf.Stream) or not self._is_first(drawn):
            return
        if drawn.get("/Subtype") == "/Form":
            self._convert_form(drawn, outer_resources, state.copy(), depth)
        elif not drawn.get("/ImageMask", False):
            named = drawn.get("/ColorSpace", pikepdf.Name("/None"))
            separate_picture(drawn, space_of(named, outer_resources.get("/ColorSpace")), self.inks)

    def _convert_form(
        self,
        form: pikepdf.Object,
        outer_resources: pikepdf.Object,
        state: InkState,
        depth: int,
        setup: Sequence[Instruction] = (),
    ) -> None:
        """Convert a form, the cell of a pattern or a Type 3 glyph, and everything that it draws."""
        _drop_group_space(form)
        resources = form.get("/Resources", outer_resources)
        steps = [*setup, *_StreamConverter(self, resources, state, depth + 1).convert(form)]
        form.write(pikepdf.unparse_content_stream(steps))
        if "/Resources" in form:
            self.convert_resources(resources, depth + 1)

    def _convert_shading(self, shading: pikepdf.Object, spaces: pikepdf.Object | None) -> None:
        if self._is_first(shading):
            separate_shading(self.pdf, shading, space_of(shading["/ColorSpace"], spaces), self.inks)

    def _is_first(self, thing: pikepdf.Object) -> bool:
        is_known = thing.objgen in self.done and thing.objgen != (0, 0)
        self.done.add(thing.objgen)
        return not is_known

    def _initial_colours(self) -> list[Instruction]:
        """Return the instructions that set the initial colours of a page: black."""
        return [self.colour_step(BLACK, is_fill=True), self.colour_step(BLACK, is_fill=False)]

    def colour_step(self, colour: PaintColour, *, is_fill: bool) -> Instruction:
        """Return the instruction that sets the tones of a colour."""
        values = convert_to_tones(colour.space.to_plates(colour.values) or NO_INK, self.inks)
        name = "rg" if len(self.inks) == 3 else "g"
        return [round(tone, 6) for tone in values], pikepdf.Operator(name if is_fill else name.upper())


class _StreamConverter:
    """Converts one content stream to the tones of some inks."""

    def __init__(self, converter: _Converter, resources: pikepdf.Object, state: InkState, depth: int) -> None:
        self.converter, self.resources, self.state, self.depth = converter, resources, state, depth
        self.spaces = resources.get("/ColorSpace")
        self.stack: list[InkState] = []
        self.start: tuple[float, float] | None = None

    def convert(self, stream: pikepdf.Object) -> list[Instruction]:
        """Return the instructions of the stream, converted. Inline pictures are left out."""
        if self.depth > MAX_DEPTH:
            raise ValueError(f"forms, patterns or fonts are nested more than {MAX_DEPTH} deep")
        converted: list[Instruction] = []
        for step in pikepdf.parse_content_stream(stream):
            if isinstance(step, pikepdf.ContentStreamInlineImage):
                continue
            converted += self._convert_step(str(step.operator), list(step.operands), step.operator)
        return converted

    def _convert_step(
        self, name: str, operands: list[object], operator: pikepdf.Operator
    ) -> list[Instruction]:
        state = self.state
        if name == "q":
            self.stack.append(state.copy())
        elif name == "Q":
            self.state = self.stack.pop() if self.stack else state
        elif name == "gs":
            state.apply_state_dictionary(self.resources["/ExtGState"][str(operands[0])])
        elif name == "Do":
            drawn = self.resources["/XObject"][str(operands[0])]
            self.converter.convert_xobject(drawn, self.resources, state, self.depth)
        elif name == "Tr":
            state.render_mode = int(as_number(operands[0]))
        elif name in ("re", "m", "l"):
            return self._bend_first_side(name, [as_number(value) for value in operands])
        elif name in WITHOUT_FILL or name in WITHOUT_STROKE:
            return [(operands, pikepdf.Operator(self._visible_operator(name)))]
        elif name in TEXT_SHOWING and state.render_mode == 0 and self._is_spared(is_fill=True):
            return [
                ([INVISIBLE], pikepdf.Operator("Tr")),
                (operands, operator),
                ([state.render_mode], pikepdf.Operator("Tr")),
            ]
        else:
            converted = self._convert_colour_step(name, operands)
            if converted is not None:
                return converted
        return [(operands, operator)]

    def _bend_first_side(self, name: str, values: list[float]) -> list[Instruction]:
        """Return a path construction instruction with an additional point on the first side of its subpath.

        PDFium aligns the edges of boxes to whole pixels, which makes rules of one point a quarter thicker. A bent path
        is not a box for PDFium, so it is anti-aliased instead.
        """
        line, begin = pikepdf.Operator("l"), pikepdf.Operator("m")
        if name == "re":
            x, y, width, height = values
            corners = (
                (x + width / 2, y + BEND * width),
                (x + width, y),
                (x + width, y + height),
                (x, y + height),
            )
            self.start = None
            lines: list[Instruction] = [(list(corner), line) for corner in corners]
            return [([x, y], begin), *lines, ([], pikepdf.Operator("h"))]
        before, self.start = self.start, (values[0], values[1]) if name == "m" else None
        if name == "m" or before is None:
            return [(list(values), begin if name == "m" else line)]
        (x0, y0), (x1, y1) = before, values
        middle = [(x0 + x1) / 2 - BEND * (y1 - y0), (y0 + y1) / 2 + BEND * (x1 - x0)]
        return [(middle, line), (list(values), line)]

    def _visible_operator(self, name: str) -> str:
        """Return a path painting operator without the fill or stroke that overprinting hides in this separation."""
        if self._is_spared(is_fill=True):
            name = WITHOUT_FILL.get(name, name)
        return WITHOUT_STROKE.get(name, name) if self._is_spared(is_fill=False) else name

    def _is_spared(self, *, is_fill: bool) -> bool:
        """Return whether the current colour overprints, and leaves the ink of this separation unchanged."""
        state = self.state
        colour = state.fill if is_fill else state.stroke
        overprints = state.overprints_fill if is_fill else state.overprints_stroke
        if (
            not overprints
            or state.overprint_mode != 1
            or colour.space is not CMYK
            or len(self.converter.inks) != 1
        ):
            return False
        return colour.values[self.converter.inks[0]] == 0

    def _convert_colour_step(self, operator: str, operands: list[object]) -> list[Instruction] | None:
        """Return the instructions that set the tones of a colour; None if the operator does not set a colour."""
        colour = self.state.set_colour(operator, operands, self.spaces, self._get_pattern)
        if colour is None:
            return None
        is_fill = operator.islower()
        if colour.pattern is not None:
            return self._pattern_steps(colour, colour.pattern, operands[-1], is_fill=is_fill)
        return [self.converter.colour_step(colour, is_fill=is_fill)]

    def _get_pattern(self, name: object) -> pikepdf.Object:
        return self.resources["/Pattern"][str(name)]

    def _pattern_steps(
        self, colour: PaintColour, pattern: pikepdf.Object, name: object, *, is_fill: bool
    ) -> list[Instruction]:
        """Return the instructions that set a pattern; an uncoloured pattern is set with the tones of its colour."""
        set_space, set_colour = ("cs", "scn") if is_fill else ("CS", "SCN")
        if int(pattern["/PatternType"]) == 2 or int(pattern.get("/PaintType", 1)) == 1:
            return [
                ([pikepdf.Name.Pattern], pikepdf.Operator(set_space)),
                ([name], pikepdf.Operator(set_colour)),
            ]
        space_name = pikepdf.Name("/PlatesOfPattern")
        spaces = self.resources.get("/ColorSpace", pikepdf.Dictionary())
        spaces[str(space_name)] = pikepdf.Array([pikepdf.Name.Pattern, tone_space(self.converter.inks)])
        self.resources["/ColorSpace"] = spaces
        values = convert_to_tones(colour.space.to_plates(colour.values) or NO_INK, self.converter.inks)
        return [([space_name], pikepdf.Operator(set_space)), ([*values, name], pikepdf.Operator(set_colour))]


def _named_resources(resources: pikepdf.Object, kind: str) -> list[pikepdf.Object]:
    return [value for _, value in resources.get(kind, pikepdf.Dictionary()).items()]


def _drop_group_space(stream: pikepdf.Object) -> None:
    """Remove the colour space of a transparency group, so that it composites in the space of the tones."""
    group = stream.get("/Group")
    if group is not None and "/CS" in group:
        del group["/CS"]
