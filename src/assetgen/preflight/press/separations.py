"""Repaint a page so that its colours become separations.

Inks are mixed each for itself, as red, green and blue are: a page whose cyan, magenta and yellow are painted as
lack of red, green and blue, and another whose black is painted as grey, show the four plates (proof notes 9).
What has no known inks is painted as bare paper; what only says how much of something is seen stays as it is.
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
    InkState,
    PaintColour,
    Plates,
    Space,
    as_number,
    space_of,
)
from assetgen.preflight.content.paints import picture_inks

MAX_PART_DEPTH = 8
INKS = {ColourKind.INK, ColourKind.PROFILED}
FIRST, LAST = ("/C0", [0]), ("/C1", [1])
UNITS = [0, 1]


class Unseparable(ValueError):
    """Something whose plates cannot be made here."""


def tones(plates: Plates, inks: Sequence[int]) -> list[float]:
    """Return what is left of the light where these inks of a colour lie: 1 is bare paper."""
    return [1 - plates[ink] for ink in inks]


def tone_space(inks: Sequence[int]) -> pikepdf.Name:
    """Return the colour space in which so many inks are painted as light."""
    return pikepdf.Name("/DeviceRGB" if len(inks) == 3 else "/DeviceGray")


def recolour_picture(picture: pikepdf.Stream, space: Space, inks: Sequence[int]) -> None:
    """Turn a picture into its plates. Raises Unseparable where it cannot be decoded here."""
    if isinstance(picture.get("/Mask"), pikepdf.Array):
        raise Unseparable("a picture with a colour that is left out")
    if space.palette is not None:
        _recolour_palette(picture, space, inks)
    elif space.kind not in INKS:
        _whiten(picture, inks)
    elif space.components == 1:
        if inks == (3,):
            picture.ColorSpace = pikepdf.Name.DeviceGray
        else:
            _whiten(picture, inks)
    else:
        own = picture_inks(picture)
        if own is None:
            raise Unseparable("a picture of a kind that is not read here")
        _rewrite(picture, (255 - own[:, list(inks)]).tobytes(), inks)


def _recolour_palette(picture: pikepdf.Stream, space: Space, inks: Sequence[int]) -> None:
    assert space.palette is not None
    many = len(space.palette) // max(1, space.components)
    colours = [space.plates([float(at)]) or NO_INK for at in range(many)]
    table = bytes(round(255 * tone) for colour in colours for tone in tones(colour, inks))
    picture.ColorSpace = pikepdf.Array(
        [pikepdf.Name.Indexed, tone_space(inks), many - 1, pikepdf.String(table)]
    )


def _whiten(picture: pikepdf.Stream, inks: Sequence[int]) -> None:
    picture.Width = picture.Height = 1
    _rewrite(picture, b"\xff" * len(inks), inks)


def _rewrite(picture: pikepdf.Stream, content: bytes, inks: Sequence[int]) -> None:
    picture.write(content)
    picture.ColorSpace, picture.BitsPerComponent = tone_space(inks), 8
    if "/Decode" in picture:
        del picture["/Decode"]


def recolour_shading(pdf: pikepdf.Pdf, shading: pikepdf.Object, space: Space, inks: Sequence[int]) -> None:
    """Turn a gradient into its plates. Raises Unseparable where its colours are no steps."""
    shading["/ColorSpace"] = tone_space(inks)
    if "/Background" in shading:
        shading["/Background"] = _toned(shading["/Background"], space, inks)
    function = shading.get("/Function")
    if function is None or space.palette is not None:
        raise Unseparable("a gradient of a kind that is not read here")
    shading["/Function"] = _recoloured(pdf, function, space, inks, 0)


def _recoloured(
    pdf: pikepdf.Pdf, function: pikepdf.Object, space: Space, inks: Sequence[int], depth: int
) -> pikepdf.Object:
    """Return a function whose colours are plates."""
    if depth > MAX_PART_DEPTH:
        raise Unseparable("a gradient nested beyond all measure")
    if isinstance(function, pikepdf.Array):
        if len(function) == 1:
            return _recoloured(pdf, function[0], space, inks, depth + 1)
        return _side_by_side(list(function), space, inks)
    kind = int(function["/FunctionType"])
    if kind == 2:
        new = pikepdf.Dictionary(FunctionType=2, Domain=function["/Domain"], N=function["/N"])
        for key, usual in (FIRST, LAST):
            new[key] = _toned(function.get(key, usual), space, inks)
        return new
    if kind == 3:
        parts = [_recoloured(pdf, part, space, inks, depth + 1) for part in function["/Functions"]]
        kept = {key: function[key] for key in ("/FunctionType", "/Domain", "/Bounds", "/Encode")}
        return pikepdf.Dictionary({**kept, "/Functions": pikepdf.Array(parts)})
    if kind == 0 and isinstance(function, pikepdf.Stream):
        return _recoloured_table(pdf, function, space, inks)
    raise Unseparable("a gradient by a program")


def _side_by_side(functions: Sequence[pikepdf.Object], space: Space, inks: Sequence[int]) -> pikepdf.Object:
    """Return functions of one component each, for the inks alone, each turned round."""
    if space.kind not in INKS or space.components != len(functions) or len(functions) != 4:
        raise Unseparable("a gradient of a kind that is not read here")
    turned = []
    for ink in inks:
        own = functions[ink]
        if int(own["/FunctionType"]) != 2:
            raise Unseparable("a gradient of a kind that is not read here")
        ends = {key: [1 - as_number(own.get(key, usual)[0])] for key, usual in (FIRST, LAST)}
        kept = {key: own[key] for key in ("/FunctionType", "/Domain", "/N")}
        turned.append(pikepdf.Dictionary({**kept, **{key: pikepdf.Array(end) for key, end in ends.items()}}))
    return pikepdf.Array(turned)


def _recoloured_table(
    pdf: pikepdf.Pdf, function: pikepdf.Stream, space: Space, inks: Sequence[int]
) -> pikepdf.Object:
    many = space.components
    is_plain = [as_number(value) for value in function.get("/Decode", function["/Range"])] == UNITS * many
    if int(function["/BitsPerSample"]) != 8 or not is_plain:
        raise Unseparable("a gradient of a kind that is not read here")
    content = function.read_bytes()
    rows = np.frombuffer(content, np.uint8, len(content) // many * many).reshape(-1, many)
    colours = [space.plates([value / 255 for value in row]) or NO_INK for row in rows.tolist()]
    table = bytes(round(255 * tone) for colour in colours for tone in tones(colour, inks))
    new = pikepdf.Stream(pdf, table)
    for key in ("/FunctionType", "/Domain", "/Size", "/BitsPerSample", "/Encode", "/Order"):
        if key in function:
            new[key] = function[key]
    new["/Range"] = pikepdf.Array(UNITS * len(inks))
    return new


def _toned(values: object, space: Space, inks: Sequence[int]) -> pikepdf.Array:
    colour = [as_number(value) for value in values]  # type: ignore[attr-defined]
    return pikepdf.Array(tones(space.plates(colour) or NO_INK, inks))


MAX_DEPTH = 16
UNFILLED = {"f": "n", "F": "n", "f*": "n", "B": "S", "B*": "S", "b": "s", "b*": "s"}
UNSTROKED = {"S": "n", "s": "n", "B": "f", "B*": "f*", "b": "f", "b*": "f*"}
SHOWING = frozenset({"Tj", "TJ", "'", '"'})
INVISIBLE = 3
# So far, as a share of its length, a side's middle is laid off it: too little to be seen, enough to be no box.
OFF = 1e-4
Step = tuple[list[Any], pikepdf.Operator]
"""Operands, an operator; pikepdf takes plain numbers for objects of its own."""


def recoloured(content: bytes, inks: tuple[int, ...]) -> bytes:
    """Return a PDF whose page shows some inks (0 cyan, 1 magenta, 2 yellow, 3 black): three as RGB, one as grey.

    Raises Unseparable where something on the page has no plates that can be made here.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        page = pdf.pages[0]
        _drop_group(page.obj)
        _Painter(pdf, inks).page(page)
        out = io.BytesIO()
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


@dataclass(slots=True)
class _Painter:
    """Paints the streams of a file anew, each once."""

    pdf: pikepdf.Pdf
    inks: tuple[int, ...]
    done: set[tuple[int, int]] = field(default_factory=set)

    def page(self, page: pikepdf.Page) -> None:
        """Paint a page anew, and all that it draws."""
        steps = [*self._started(), *_Stream(self, page.resources, InkState(), 0).steps(page.obj)]
        page.obj.Contents = self.pdf.make_stream(pikepdf.unparse_content_stream(steps))
        self.resources(page.resources, 0)

    def resources(self, resources: pikepdf.Object, depth: int) -> None:
        """Paint anew what a stream's resources have."""
        if depth > MAX_DEPTH:
            raise ValueError("the page is nested beyond all measure")
        spaces = resources.get("/ColorSpace")
        for pattern in _named(resources, "/Pattern"):
            if int(pattern["/PatternType"]) == 2:
                self._shading(pattern["/Shading"], spaces)
            elif self._is_first(pattern):
                starts = self._started() if int(pattern.get("/PaintType", 1)) == 1 else []
                self.form(pattern, resources, InkState(), depth, starts)
        for shading in _named(resources, "/Shading"):
            self._shading(shading, spaces)
        for font in _named(resources, "/Font"):
            if font.get("/Subtype") == "/Type3" and self._is_first(font):
                for glyph in font["/CharProcs"].values():
                    self.form(glyph, font.get("/Resources", resources), InkState(), depth)

    def draw(self, drawn: pikepdf.Object, around: pikepdf.Object, held: InkState, depth: int) -> None:
        """Paint anew a form or a picture that is drawn where this holds."""
        if not isinstance(drawn, pikepdf.Stream) or not self._is_first(drawn):
            return
        if drawn.get("/Subtype") == "/Form":
            self.form(drawn, around, held.saved(), depth)
        elif not drawn.get("/ImageMask", False):
            named = drawn.get("/ColorSpace", pikepdf.Name("/None"))
            recolour_picture(drawn, space_of(named, around.get("/ColorSpace")), self.inks)

    def form(
        self,
        form: pikepdf.Object,
        around: pikepdf.Object,
        held: InkState,
        depth: int,
        starts: Sequence[Step] = (),
    ) -> None:
        """Paint a form, a pattern's cell or a glyph anew, and all that it draws."""
        _drop_group(form)
        own = form.get("/Resources", around)
        steps = [*starts, *_Stream(self, own, held, depth + 1).steps(form)]
        form.write(pikepdf.unparse_content_stream(steps))
        if "/Resources" in form:
            self.resources(own, depth + 1)

    def _shading(self, shading: pikepdf.Object, spaces: pikepdf.Object | None) -> None:
        if self._is_first(shading):
            recolour_shading(self.pdf, shading, space_of(shading["/ColorSpace"], spaces), self.inks)

    def _is_first(self, thing: pikepdf.Object) -> bool:
        is_known = thing.objgen in self.done and thing.objgen != (0, 0)
        self.done.add(thing.objgen)
        return not is_known

    def _started(self) -> list[Step]:
        """Return what sets the colours that hold where none has been set: black."""
        return [self.colour(BLACK, is_fill=True), self.colour(BLACK, is_fill=False)]

    def colour(self, colour: PaintColour, *, is_fill: bool) -> Step:
        """Return what sets a colour's plates."""
        told = tones(colour.space.plates(colour.values) or NO_INK, self.inks)
        name = "rg" if len(self.inks) == 3 else "g"
        return [round(tone, 6) for tone in told], pikepdf.Operator(name if is_fill else name.upper())


class _Stream:
    """One content stream while it is painted anew."""

    def __init__(self, painter: _Painter, resources: pikepdf.Object, held: InkState, depth: int) -> None:
        self.painter, self.resources, self.held, self.depth = painter, resources, held, depth
        self.spaces = resources.get("/ColorSpace")
        self.stack: list[InkState] = []
        self.start: tuple[float, float] | None = None

    def steps(self, stream: pikepdf.Object) -> list[Step]:
        """Return the stream's operators, painting plates."""
        if self.depth > MAX_DEPTH:
            raise ValueError("the page is nested beyond all measure")
        found: list[Step] = []
        for step in pikepdf.parse_content_stream(stream):
            if isinstance(step, pikepdf.ContentStreamInlineImage):
                continue
            found += self._step(str(step.operator), list(step.operands), step.operator)
        return found

    def _step(self, name: str, operands: list[object], operator: pikepdf.Operator) -> list[Step]:
        held = self.held
        if name == "q":
            self.stack.append(held.saved())
        elif name == "Q":
            self.held = self.stack.pop() if self.stack else held
        elif name == "gs":
            held.set_from(self.resources["/ExtGState"][str(operands[0])])
        elif name == "Do":
            drawn = self.resources["/XObject"][str(operands[0])]
            self.painter.draw(drawn, self.resources, held, self.depth)
        elif name == "Tr":
            held.render_mode = int(as_number(operands[0]))
        elif name in ("re", "m", "l"):
            return self._never_a_box(name, [as_number(value) for value in operands])
        elif name in UNFILLED or name in UNSTROKED:
            return [(operands, pikepdf.Operator(self._spared(name)))]
        elif name in SHOWING and held.render_mode == 0 and self._spares(is_fill=True):
            return [
                ([INVISIBLE], pikepdf.Operator("Tr")),
                (operands, operator),
                ([held.render_mode], pikepdf.Operator("Tr")),
            ]
        else:
            painted = self._colour(name, operands)
            if painted is not None:
                return painted
        return [(operands, operator)]

    def _never_a_box(self, name: str, values: list[float]) -> list[Step]:
        """Return a path's step with a point more on its first side.

        PDFium puts the edges of what it takes for a box on whole pixels: rules of a point would come out a quarter
        thicker. Of any other path it reckons how much of a pixel is covered.
        """
        line, begin = pikepdf.Operator("l"), pikepdf.Operator("m")
        if name == "re":
            x, y, width, height = values
            corners = (
                (x + width / 2, y + OFF * width),
                (x + width, y),
                (x + width, y + height),
                (x, y + height),
            )
            self.start = None
            lines: list[Step] = [(list(corner), line) for corner in corners]
            return [([x, y], begin), *lines, ([], pikepdf.Operator("h"))]
        before, self.start = self.start, (values[0], values[1]) if name == "m" else None
        if name == "m" or before is None:
            return [(list(values), begin if name == "m" else line)]
        (x0, y0), (x1, y1) = before, values
        middle = [(x0 + x1) / 2 - OFF * (y1 - y0), (y0 + y1) / 2 + OFF * (x1 - x0)]
        return [(middle, line), (list(values), line)]

    def _spared(self, name: str) -> str:
        """Return the operator that paints a path, less what an overprint leaves out on these plates."""
        if self._spares(is_fill=True):
            name = UNFILLED.get(name, name)
        return UNSTROKED.get(name, name) if self._spares(is_fill=False) else name

    def _spares(self, *, is_fill: bool) -> bool:
        held = self.held
        colour = held.fill if is_fill else held.stroke
        is_on = held.overprints_fill if is_fill else held.overprints_stroke
        if not is_on or held.overprint_mode != 1 or colour.space is not CMYK or len(self.painter.inks) != 1:
            return False
        return colour.values[self.painter.inks[0]] == 0

    def _colour(self, operator: str, operands: list[object]) -> list[Step] | None:
        """Return what sets the plates of a colour instead of the colour; None of any other operator."""
        colour = self.held.set_colour(operator, operands, self.spaces, self._pattern)
        if colour is None:
            return None
        is_fill = operator.islower()
        if colour.pattern is not None:
            return self._by_pattern(colour, colour.pattern, operands[-1], is_fill=is_fill)
        return [self.painter.colour(colour, is_fill=is_fill)]

    def _pattern(self, name: object) -> pikepdf.Object:
        return self.resources["/Pattern"][str(name)]

    def _by_pattern(
        self, colour: PaintColour, pattern: pikepdf.Object, name: object, *, is_fill: bool
    ) -> list[Step]:
        """Return what sets a pattern, in the plates of a colour where it has none of its own."""
        sets, paints = ("cs", "scn") if is_fill else ("CS", "SCN")
        if int(pattern["/PatternType"]) == 2 or int(pattern.get("/PaintType", 1)) == 1:
            return [([pikepdf.Name.Pattern], pikepdf.Operator(sets)), ([name], pikepdf.Operator(paints))]
        named = pikepdf.Name("/PlatesOfPattern")
        spaces = self.resources.get("/ColorSpace", pikepdf.Dictionary())
        spaces[str(named)] = pikepdf.Array([pikepdf.Name.Pattern, tone_space(self.painter.inks)])
        self.resources["/ColorSpace"] = spaces
        told = tones(colour.space.plates(colour.values) or NO_INK, self.painter.inks)
        return [([named], pikepdf.Operator(sets)), ([*told, name], pikepdf.Operator(paints))]


def _named(resources: pikepdf.Object, kind: str) -> list[pikepdf.Object]:
    return [value for _, value in resources.get(kind, pikepdf.Dictionary()).items()]


def _drop_group(holder: pikepdf.Object) -> None:
    """Let a transparency group mix in whatever space the plates are drawn in."""
    group = holder.get("/Group")
    if group is not None and "/CS" in group:
        del group["/CS"]
