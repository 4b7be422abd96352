"""Convert a laid-out PDF page from sRGB to CMYK: its colours, gradients and pictures.

A page is laid out in sRGB. ``InkTable`` records the inks that the page's own colour values stand for. ``Separator``
calculates the inks of all other colours, such as those of a logo or in a style sheet.

``CmykConverter`` walks once over the page's content, and over the forms, patterns, shadings and pictures that it draws.
Text is printed in black or in few inks.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pikepdf
from pikepdf import Name, Operator
from PIL import Image

from assetgen.colour import CssColour, mix
from assetgen.errors import RenderError
from assetgen.findings import Finding, Place
from assetgen.loading.ink_conversion import BLACK, MIN_INK, Inks, Plates, Separator, black_ink, luma
from assetgen.planning.variants import X1A, PressSpec

# Text in a grey of at least this much black (in per cent) becomes solid black: a halftone would make its edges ragged.
SOLID_TEXT_BLACK = 70.0


def text_inks(inks: Inks, srgb: str, max_inks: int) -> Inks:
    """Return the inks for text in a colour: its own, or black ink alone if they could make its edges unsharp.

    With more than ``max_inks`` inks, small errors of register would blur the edges of letters. A halftone of dark grey
    would make them ragged. Such colours become solid black if they are dark, otherwise a tint of black.
    """
    is_dark_tint = sum(inks) == inks[3] and inks[3] >= SOLID_TEXT_BLACK
    if sum(ink > MIN_INK for ink in inks) <= max_inks and not is_dark_tint:
        return inks
    black = black_ink(255 * luma(srgb))
    return BLACK if black >= SOLID_TEXT_BLACK else (0.0, 0.0, 0.0, round(black, 1))


def mix_ink_values(one: Inks, other: Inks, share: float) -> Inks:
    """Return a mixture of two sets of inks, with ``share`` (0 to 1) of the first."""
    cyan, magenta, yellow, black = (
        round(a * share + b * (1 - share), 2) for a, b in zip(one, other, strict=True)
    )
    return cyan, magenta, yellow, black


class InkTable:
    """Maps the sRGB colour values of one page to inks.

    A page is laid out in sRGB, and each value stands for one set of inks. If two colours have the same value but
    different inks, the later one gets the next free value.

    ``palette`` maps each palette colour to its value on the page.
    """

    def __init__(self, palette: Mapping[str, str], inks: Mapping[str, Inks]) -> None:
        self._inks: dict[str, Inks] = {}
        self.palette = {name: self.value_for(value, inks[name]) for name, value in palette.items()}

    def value_for(self, srgb: str, inks: Inks) -> str:
        """Return the value (``#RRGGBB``) that stands for these inks on the page: ``srgb``, or the next free value.

        Raises ValueError if none of 256 values is free.
        """
        red_green, blue = srgb[:5].upper(), int(srgb[5:7], 16)
        for step in range(256):
            value = f"{red_green}{(blue + step if blue < 128 else blue - step) % 256:02X}"
            if self._inks.setdefault(value, inks) == inks:
                return value
        raise ValueError(f"more than 256 sets of inks for one colour: {srgb}")

    def inks_for(self, srgb: str) -> Inks | None:
        """Return the inks of a colour value on the page; None if the table does not have it."""
        return self._inks.get(srgb.upper())


def mix_inks(inks: InkTable, one: str, other: str, share: float) -> CssColour:
    """Return a mixture of two colours on a page for a press, with ``share`` of the first. Their inks are mixed too."""
    first_inks, second_inks = inks.inks_for(one), inks.inks_for(other)
    value = mix(one, other, share)
    if first_inks is None or second_inks is None:
        return value
    return CssColour(inks.value_for(value, mix_ink_values(first_inks, second_inks, share)))


JPEG_QUALITY = 93


def convert_picture(pdf: pikepdf.Pdf, image: Any, separator: Separator, background: Inks | None) -> None:
    """Convert a picture in a PDF to CMYK, in place.

    ``background`` are the inks under it, which replace its transparency. If it is None, a soft mask with any
    transparency is kept.
    """
    if image.ColorSpace != Name.DeviceRGB:
        return
    was_jpeg = image.get("/Filter") == Name.DCTDecode
    plates = separator.picture(pikepdf.PdfImage(image).as_pil_image().convert("RGB"))
    mask = image.get("/SMask")
    if mask is not None:
        alpha = np.asarray(pikepdf.PdfImage(mask).as_pil_image().convert("L"), np.float32) / np.float32(255)
        if background is not None:
            share = alpha[..., None]
            plates = np.asarray(
                plates * share + np.array(background, np.float32) / 100 * (1 - share), np.float32
            )
        if background is not None or bool((alpha == 1).all()):
            del image["/SMask"]
    _write(pdf, image, plates, as_jpeg=was_jpeg)


def delete_keys(thing: Any, *keys: str) -> None:
    """Delete these keys from a PDF dictionary. Missing keys are ignored."""
    for key in keys:
        if key in thing:
            del thing[key]


def delete_empty_keys(thing: Any, *keys: str) -> None:
    """Delete these keys from a PDF dictionary if their values are empty."""
    delete_keys(thing, *(key for key in keys if key in thing and not len(thing[key])))


def _write(pdf: pikepdf.Pdf, image: Any, plates: Plates, *, as_jpeg: bool) -> None:
    inks_8_bit = np.asarray(np.rint(plates * 255), np.uint8)
    delete_keys(image, "/DecodeParms", "/Decode")
    image.ColorSpace, image.BitsPerComponent = Name.DeviceCMYK, 8
    if not as_jpeg:
        image.write(inks_8_bit.tobytes())
        return
    # Pillow inverts the inks of a JPEG, as Photoshop does. A PDF needs them as they are, so they are inverted twice.
    out = io.BytesIO()
    Image.fromarray(255 - inks_8_bit, "CMYK").save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    image.write(out.getvalue(), filter=Name.DCTDecode)


Instruction = tuple[Sequence[Any], Operator]
TRANSPARENCY = "the page uses transparency, which PDF/X-1a does not allow"


@dataclass(frozen=True, slots=True)
class _Paint:
    """The current fill or stroke colour: the inks for shapes and those for text. Both are None for a pattern."""

    shapes: Inks | None = None
    text: Inks | None = None


@dataclass(frozen=True, slots=True)
class _GraphicsState:
    fill: _Paint = _Paint()
    stroke: _Paint = _Paint()


class CmykConverter:
    """Converts one PDF to CMYK.

    ``background`` is the colour under the logos of the footer. It replaces their transparency in PDF/X-1a.
    """

    def __init__(
        self,
        pdf: pikepdf.Pdf,
        table: InkTable,
        separator: Separator,
        press: PressSpec,
        background: str,
        place: Place,
    ) -> None:
        self.pdf, self.table, self.separator, self.press = pdf, table, separator, press
        self.background, self.place = self.inks_of(background), place
        self._done: set[tuple[int, int]] = set()

    def convert(self) -> None:
        """Convert the PDF's only page. Raises RenderError for an unknown colour space, or transparency in PDF/X-1a."""
        page = self.pdf.pages[0]
        content = self._content(pikepdf.parse_content_stream(page))
        self._resources(page.obj.Resources)
        page.obj.Contents = self.pdf.make_stream(content)

    def _fault(self, text: str, hint: str) -> RenderError:
        return RenderError(Finding("template", text, hint, self.place))

    def _content(self, instructions: Sequence[Any]) -> bytes:
        return pikepdf.unparse_content_stream(list(self._instructions(instructions)))

    def _instructions(self, instructions: Sequence[Any]) -> Iterator[Instruction]:
        """Yield a content stream's instructions with CMYK colours instead of RGB and grey."""
        state, saved, in_text = _GraphicsState(), list[_GraphicsState](), False
        for instruction in instructions:
            operands, operator = list(instruction.operands), str(instruction.operator)
            if operator == "q":
                saved.append(state)
            elif operator == "Q" and saved:
                state = saved.pop()
            if operator in ("rg", "g", "k", "RG", "G", "K"):
                paint = self._paint(operands)
                is_stroke = operator.isupper()
                state = replace(state, **{"stroke" if is_stroke else "fill": paint})
                yield _colour_instruction(paint.text if in_text else paint.shapes, is_stroke)
            elif operator in ("cs", "CS", "sc", "SC", "scn", "SCN"):
                self._check_pattern(operands, operator)
                state = replace(state, **{"stroke" if operator.isupper() else "fill": _Paint()})
                yield operands, instruction.operator
            else:
                if operator in ("BT", "ET"):
                    in_text = operator == "BT"
                yield operands, instruction.operator
                if operator in ("BT", "ET"):
                    yield from _switch_inks(state, in_text)

    def _check_pattern(self, operands: Sequence[Any], operator: str) -> None:
        """Raise RenderError for a colour in its own colour space, as the engine writes ``oklch()`` and ``lab()``."""
        if (
            not operands
            or not isinstance(operands[-1], Name)
            or (operator in ("cs", "CS") and operands[0] != Name.Pattern)
        ):
            text = "a colour in lab(), oklch() or a similar colour space cannot be converted to inks"
            raise self._fault(text, "use a colour of the palette by its name, or #rrggbb")

    def _paint(self, operands: Sequence[Any]) -> _Paint:
        values = [float(value) for value in operands]
        if len(values) == 4:
            cyan, magenta, yellow, black = (100 * value for value in values)
            return _Paint((cyan, magenta, yellow, black), (cyan, magenta, yellow, black))
        srgb = hex_colour(values if len(values) == 3 else values * 3)
        inks = self.inks_of(srgb)
        return _Paint(inks, text_inks(inks, srgb, self.press.text_inks))

    def inks_of(self, srgb: str) -> Inks:
        """Return the inks of a colour value: those in the table, or else those that the separator calculates.

        In a file for black ink alone, the separator calculates all of them.
        """
        if self.separator.in_black:
            return self.separator.colour(srgb)
        return self.table.inks_for(srgb) or self.separator.colour(srgb)

    def _resources(self, resources: Any) -> None:
        """Convert the gradients, patterns, pictures and forms in a content stream's resources."""
        delete_keys(resources, "/ColorSpace", "/Properties")
        for state in _values(resources, "/ExtGState"):
            self._state(state)
        for name, pattern in _items(resources, "/Pattern"):
            resources.Pattern[name] = self._pattern(pattern)
        for shading in _values(resources, "/Shading"):
            self._shading(shading)
        for thing in _values(resources, "/XObject"):
            if self._is_new(thing):
                self._x_object(thing)
        delete_empty_keys(resources, "/ExtGState", "/Pattern", "/Shading", "/XObject")

    def _is_new(self, thing: Any) -> bool:
        if thing.objgen in self._done:
            return False
        self._done.add(thing.objgen)
        return True

    def _x_object(self, thing: Any) -> None:
        if thing.Subtype == Name.Image:
            convert_picture(
                self.pdf, thing, self.separator, self.background if self.press.variant == X1A else None
            )
            return
        group = thing.get("/Group")
        if group is not None:
            # With a profile here the press would convert the inks again. Without transparency no group is needed.
            if self.press.variant == X1A:
                del thing["/Group"]
            else:
                group.CS = Name.DeviceCMYK
        self._stream(thing)

    def _stream(self, thing: Any) -> None:
        thing.write(self._content(pikepdf.parse_content_stream(thing)))
        self._resources(thing.Resources)

    def _state(self, state: Any) -> None:
        has_full_alpha = all(float(state.get(key, 1)) == 1 for key in ("/ca", "/CA"))
        is_opaque = has_full_alpha and "/SMask" not in state and state.get("/BM", Name.Normal) == Name.Normal
        if self.press.variant == X1A and not is_opaque:
            raise self._fault(
                TRANSPARENCY, "remove opacity and rgba() from the template and the logos for newspapers"
            )
        if is_opaque:
            delete_keys(state, "/ca", "/CA", "/BM", "/AIS")
        mask = state.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and self._is_new(mask.G):
            mask.G.Group.CS = Name.DeviceGray

    def _pattern(self, pattern: Any) -> Any:
        """Return a pattern in CMYK. A tiling pattern that only paints a shading becomes a shading pattern."""
        if pattern.get("/PatternType") == 2:
            self._shading(pattern.Shading)
            return pattern
        shading = _only_shading(pattern)
        if shading is None:
            if self._is_new(pattern):
                self._stream(pattern)
            return pattern
        self._shading(shading)
        shading_pattern = pikepdf.Dictionary(PatternType=2, Shading=shading, Matrix=pattern.Matrix)
        return self.pdf.make_indirect(shading_pattern)

    def _shading(self, shading: Any) -> None:
        if shading.ColorSpace in (Name.DeviceCMYK, Name.DeviceGray):
            return
        if shading.ColorSpace != Name.DeviceRGB or "/Function" not in shading:
            text = "a gradient cannot be converted to inks"
            raise self._fault(text, "draw it with light(…), in colours of the palette")
        self._function(shading.Function)
        shading.ColorSpace = Name.DeviceCMYK

    def _function(self, function: Any) -> None:
        for step in function.get("/Functions", []):
            self._function(step)
        for key in ("/C0", "/C1"):
            if key in function and len(function[key]) == 3:
                inks = self.inks_of(hex_colour([float(value) for value in function[key]]))
                function[key] = pikepdf.Array([round(ink / 100, 4) for ink in inks])


def hex_colour(values: Sequence[float]) -> str:
    """Return red, green and blue (0 to 1) as ``#RRGGBB``."""
    return "#" + "".join(f"{min(255, max(0, round(value * 255))):02X}" for value in values)


def _colour_instruction(inks: Inks | None, is_stroke: bool) -> Instruction:
    shares = [round(ink / 100, 4) for ink in inks or (0.0, 0.0, 0.0, 0.0)]
    return shares, Operator("K" if is_stroke else "k")


def _switch_inks(state: _GraphicsState, in_text: bool) -> Iterator[Instruction]:
    """Yield the instructions that switch to the inks for text, or back to those for shapes, if the two differ."""
    for paint, is_stroke in ((state.fill, False), (state.stroke, True)):
        if paint.shapes != paint.text:
            yield _colour_instruction(paint.text if in_text else paint.shapes, is_stroke)


def _items(resources: Any, key: str) -> list[tuple[str, Any]]:
    return list(resources[key].items()) if key in resources else []


def _values(resources: Any, key: str) -> list[Any]:
    return [value for _, value in _items(resources, key)]


def _only_shading(pattern: Any) -> Any | None:
    """Return the shading of a tiling pattern that paints nothing else, as the engine's gradients do; otherwise None."""
    outer = [step for step in pikepdf.parse_content_stream(pattern) if str(step.operator) != "gs"]
    if [str(step.operator) for step in outer] != ["Do"]:
        return None
    form = pattern.Resources.XObject[str(outer[0].operands[0])]
    inner = pikepdf.parse_content_stream(form)
    if form.get("/Subtype") != Name.Form or [str(step.operator) for step in inner] != ["sh"]:
        return None
    return form.Resources.Shading[str(inner[0].operands[0])]
