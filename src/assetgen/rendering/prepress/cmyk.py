"""Convert sRGB to inks: colours, pictures, and all that a laid-out PDF page draws.

A page is laid out in sRGB, where a colour's value is the name of its inks (``InkTable``). ``Separator`` has the inks of
one without a name, of a logo or a plain figure in a style sheet. Inks are per cent in ``Inks``, shares (0 to 1) in
arrays. Nothing that leaves the separator has more ink than the condition takes: what is too much is taken out of the
three colours alike and given to black, which is what they make together.

``Repainter`` walks once over the page's content and over what it draws from elsewhere: forms, patterns, shadings,
pictures. Words are in black, or in two inks. What has no inks is a finding, never painted in silence.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pikepdf
from pikepdf import Name, Operator
from PIL import Image, ImageCms

from assetgen.colour import Shade, mix
from assetgen.errors import RenderError
from assetgen.findings import Finding, Place
from assetgen.loading.printers import PrintCondition
from assetgen.planning.variants import X1A, Press

Inks = tuple[float, float, float, float]
Plates = npt.NDArray[np.float32]
BLACK: Inks = (0.0, 0.0, 0.0, 100.0)
# How much a dot spreads on each stock beyond coated's, as the power that thins it: a half is printed as .47, .44.
SPREADS = {"coated": 1.0, "uncoated": 1.1, "newsprint": 1.2}
# How early black comes in by hand: of a middle grey a third is black, of a dark one nearly all.
BLACK_POWER = 1.6
# Channels that differ by no more make a grey; darker than this is black to the eye.
NEUTRAL, NEAR_BLACK = 12, 0x33
# From here on a grey for words is black: a screen of dots would eat their edges.
WORDS_SOLID = 70.0
MIN_INK = 0.5
# A tint of black that is paler does not hold on newsprint: it is bare stock.
MIN_TINT = 6.0
# A profile's own rounding, and that of a picture's encoder, stay under the limit.
HEADROOM = 0.01


class Separator:
    """Separates for one condition. What it gives is always the same."""

    def __init__(self, stock: str, condition: PrintCondition, *, in_black: bool = False) -> None:
        """``stock`` is the set of inks of the palette: ``coated``, ``uncoated``, ``newsprint``; ``in_black``: alone."""
        self.stock, self.limit, self.in_black = stock, condition.ink_limit, in_black
        self._transform = _transform(condition.profile.content) if condition.profile else None
        self.colour = lru_cache(maxsize=4096)(self._colour)

    def picture(self, rgb: Image.Image) -> Plates:
        """Return a picture's plates: height × width × 4 shares."""
        if self.in_black:
            plates = np.zeros((rgb.height, rgb.width, 4), np.float32)
            plates[..., 3] = 1 - np.asarray(rgb.convert("L"), np.float32) / np.float32(255)
            return plates
        if self._transform is not None:
            separated = ImageCms.applyTransform(rgb, self._transform)
            plates = np.asarray(np.asarray(separated, np.float32) / np.float32(255), np.float32)
        else:
            plates = self._by_hand(np.asarray(np.asarray(rgb, np.float32) / np.float32(255), np.float32))
        return limited(plates, self.limit / 100 - HEADROOM)

    def _by_hand(self, rgb: Plates) -> Plates:
        """Return plates of the darkness that light of these shares has: (1 - ink) × (1 - black) is the light."""
        inks = 1 - rgb
        black = inks.min(axis=-1, keepdims=True) ** BLACK_POWER
        colours = np.clip((inks - black) / np.maximum(1 - black, 1e-3), 0, 1)
        return np.asarray(np.concatenate([colours, black], axis=-1) ** SPREADS[self.stock], np.float32)

    def _colour(self, srgb: str) -> Inks:
        """Return the inks of a flat colour (``#RRGGBB``) that nobody gave any: greys and near black in black alone."""
        channels = Shade(srgb).channels()
        if max(channels) <= NEAR_BLACK:
            return BLACK
        if self.in_black:
            black = 100 * (1 - luma(srgb))
            return 0.0, 0.0, 0.0, round(black, 1) if black >= MIN_TINT else 0.0
        if max(channels) - min(channels) <= NEUTRAL:
            return 0.0, 0.0, 0.0, round(100 * (1 - sum(channels) / 765), 1)
        plates = self.picture(Image.new("RGB", (1, 1), channels))[0, 0]
        cyan, magenta, yellow, black = (_ink(share) for share in plates)
        return cyan, magenta, yellow, black


def luma(srgb: str) -> float:
    """Return how light a colour (``#RRGGBB``) is, 0 to 1, as a black and white picture shows it."""
    red, green, blue = Shade(srgb).channels()
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def for_words(inks: Inks, srgb: str, most: int) -> Inks:
    """Return the inks that words of a colour are set in: in more than ``most`` their edges would blur, so in black."""
    is_tint = sum(inks) == inks[3] and inks[3] >= WORDS_SOLID
    if sum(ink > MIN_INK for ink in inks) <= most and not is_tint:
        return inks
    black = 100 * (1 - luma(srgb))
    return BLACK if black >= WORDS_SOLID else (0.0, 0.0, 0.0, round(black, 1))


def limited(plates: Plates, limit: float) -> Plates:
    """Return plates with no more ink in all than ``limit`` (a share: 3.0 is 300 %)."""
    over = plates.sum(axis=-1) - limit
    if not (over > 0).any():
        return plates
    kept = plates.copy()
    where = over > 0
    some, excess = kept[where], over[where]
    # Three parts of colour for one of black; what black has no room for, or colour not enough of, is scaled.
    moved = np.minimum(np.minimum(excess / 2, some[:, :3].min(axis=1)), 1 - some[:, 3])
    some[:, :3] -= moved[:, None]
    some[:, 3] += moved
    colours = some[:, :3].sum(axis=1)
    room = np.maximum(limit - some[:, 3], 0)
    some[:, :3] *= np.minimum(1, room / np.maximum(colours, 1e-6))[:, None]
    kept[where] = some
    return kept


def mixed(one: Inks, other: Inks, share: float) -> Inks:
    """Return ``share`` of one set of inks in the other."""
    cyan, magenta, yellow, black = (
        round(a * share + b * (1 - share), 2) for a, b in zip(one, other, strict=True)
    )
    return cyan, magenta, yellow, black


def _ink(share: float) -> float:
    percent = round(100 * float(share), 1)
    return percent if percent > MIN_INK else 0.0


@lru_cache(maxsize=8)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform:
    """Return the way from sRGB to a profile's inks: colorimetric, darkest to darkest."""
    return ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        "RGB",
        "CMYK",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


class InkTable:
    """Which inks each colour of one page stands for.

    A page is drawn in sRGB, as every page is; a colour's value there is the name of its inks. Two colours of one
    value and other inks would be one: the later gets a value that is off by one step. A colour of the palette that
    has no inks on this stock has a value of its own as well: then it is told where it is painted.
    """

    def __init__(self, palette: Mapping[str, str], inks: Mapping[str, Inks]) -> None:
        self._inks: dict[str, Inks | str] = {}
        inked = {name: self.name(value, inks[name]) for name, value in palette.items() if name in inks}
        self.palette = {name: inked.get(name) or self.name(value, name) for name, value in palette.items()}

    def name(self, srgb: str, inks: Inks | str) -> str:
        """Return the value (``#RRGGBB``) that stands for these inks on the page: this one, or the next that is free.

        In the place of inks may stand the name of the colour that has none.
        """
        red_green, blue = srgb[:5].upper(), int(srgb[5:7], 16)
        for step in range(256):
            value = f"{red_green}{(blue + step if blue < 128 else blue - step) % 256:02X}"
            if self._inks.setdefault(value, inks) == inks:
                return value
        raise ValueError(f"256 colours of one value: {srgb}")

    def of(self, srgb: str) -> Inks | None:
        """Return the inks that a value of the page stands for; None of one that has none yet."""
        known = self._inks.get(srgb.upper())
        return None if isinstance(known, str) else known

    def without(self, srgb: str) -> str | None:
        """Return the name of the palette's colour that a value stands for and that has no inks; None of any other."""
        known = self._inks.get(srgb.upper())
        return known if isinstance(known, str) else None


def mix_inks(inks: InkTable, one: str, other: str, share: float) -> Shade:
    """Return ``share`` of one colour in the other on a page for a press: a mixture of their inks, ink by ink."""
    both = inks.of(one), inks.of(other)
    value = mix(one, other, share)
    if lacking := inks.without(one) or inks.without(other):
        return Shade(inks.name(value, lacking))
    if both[0] is None or both[1] is None:
        return value
    return Shade(inks.name(value, mixed(both[0], both[1], share)))


QUALITY = 93


def repaint_picture(pdf: pikepdf.Pdf, image: Any, separator: Separator, background: Inks | None) -> None:
    """Write a picture in inks. ``background``: the inks that lie under it, mixed in where it is see-through; None keeps
    its soft edge as a mask."""
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


def drop(thing: Any, *keys: str) -> None:
    """Take these keys out of a dictionary of a PDF, where they are there."""
    for key in keys:
        if key in thing:
            del thing[key]


def drop_empty(thing: Any, *keys: str) -> None:
    """Take those of these keys out of a dictionary of a PDF under which nothing stands."""
    drop(thing, *(key for key in keys if key in thing and not len(thing[key])))


def _write(pdf: pikepdf.Pdf, image: Any, plates: Plates, *, as_jpeg: bool) -> None:
    whole = np.asarray(np.rint(plates * 255), np.uint8)
    drop(image, "/DecodeParms", "/Decode")
    image.ColorSpace, image.BitsPerComponent = Name.DeviceCMYK, 8
    if not as_jpeg:
        image.write(whole.tobytes())
        return
    # Pillow turns the inks of a JPEG round, as Photoshop does; a PDF takes them as they stand: so turned once more.
    out = io.BytesIO()
    Image.fromarray(255 - whole, "CMYK").save(out, "JPEG", quality=QUALITY, subsampling=0)
    image.write(out.getvalue(), filter=Name.DCTDecode)


Instruction = tuple[Sequence[Any], Operator]
SEE_THROUGH = "something on the page is see-through, which PDF/X-1a does not know"


@dataclass(frozen=True, slots=True)
class _Paint:
    """What fills or strokes now: the inks of shapes and those of words; both None of a pattern."""

    shapes: Inks | None = None
    words: Inks | None = None


@dataclass(frozen=True, slots=True)
class _State:
    fill: _Paint = _Paint()
    stroke: _Paint = _Paint()


class Repainter:
    """Repaints one PDF. ``background`` is the colour under the logos of the foot, for a press without transparency."""

    def __init__(
        self,
        pdf: pikepdf.Pdf,
        table: InkTable,
        separator: Separator,
        press: Press,
        background: str,
        place: Place,
    ) -> None:
        self.pdf, self.table, self.separator, self.press = pdf, table, separator, press
        self.background, self.place = self.inks_of(background), place
        self._done: set[tuple[int, int]] = set()

    def repaint(self) -> None:
        """Repaint the PDF's one page. Raises RenderError for what has no inks."""
        page = self.pdf.pages[0]
        content = self._content(pikepdf.parse_content_stream(page))
        self._resources(page.obj.Resources)
        page.obj.Contents = self.pdf.make_stream(content)

    def _fault(self, text: str, hint: str) -> RenderError:
        return RenderError(Finding("template", text, hint, self.place))

    def _content(self, instructions: Sequence[Any]) -> bytes:
        return pikepdf.unparse_content_stream(list(self._instructions(instructions)))

    def _instructions(self, instructions: Sequence[Any]) -> Iterator[Instruction]:
        """Yield a content stream's instructions with inks in the place of colours."""
        state, kept, in_words = _State(), list[_State](), False
        for one in instructions:
            operands, operator = list(one.operands), str(one.operator)
            if operator == "q":
                kept.append(state)
            elif operator == "Q" and kept:
                state = kept.pop()
            if operator in ("rg", "g", "k", "RG", "G", "K"):
                paint = self._paint(operands)
                is_stroke = operator.isupper()
                state = replace(state, **{"stroke" if is_stroke else "fill": paint})
                yield _set(paint.words if in_words else paint.shapes, is_stroke)
            elif operator in ("cs", "CS", "sc", "SC", "scn", "SCN"):
                self._check_pattern(operands, operator)
                state = replace(state, **{"stroke" if operator.isupper() else "fill": _Paint()})
                yield operands, one.operator
            else:
                if operator in ("BT", "ET"):
                    in_words = operator == "BT"
                yield operands, one.operator
                if operator in ("BT", "ET"):
                    yield from _exchanged(state, in_words)

    def _check_pattern(self, operands: Sequence[Any], operator: str) -> None:
        """Refuse a colour in a space of its own, as ``oklch()`` and ``lab()`` are written."""
        if (
            not operands
            or not isinstance(operands[-1], Name)
            or (operator in ("cs", "CS") and operands[0] != Name.Pattern)
        ):
            text = "a colour is written in a way that has no inks (lab, oklch, a space of its own)"
            raise self._fault(text, "write a colour of the palette by its name, or #rrggbb")

    def _paint(self, operands: Sequence[Any]) -> _Paint:
        values = [float(value) for value in operands]
        if len(values) == 4:
            cyan, magenta, yellow, black = (100 * value for value in values)
            return _Paint((cyan, magenta, yellow, black), (cyan, magenta, yellow, black))
        srgb = hexadecimal(values if len(values) == 3 else values * 3)
        inks = self.inks_of(srgb)
        return _Paint(inks, for_words(inks, srgb, self.press.text_inks))

    def inks_of(self, srgb: str) -> Inks:
        """Return the inks of a value of the page: those that it stands for, else its separation."""
        if self.separator.in_black:
            return self.separator.colour(srgb)
        if lacking := self.table.without(srgb):
            text = f"{lacking} is painted here and has no inks for {self.press.condition} stock"
            hint = f"add {self.press.condition}: [c, m, y, k], in per cent, to palette.{lacking} in brand/brand.yaml"
            raise RenderError(Finding("bad-value", text, hint, self.place))
        return self.table.of(srgb) or self.separator.colour(srgb)

    def _resources(self, resources: Any) -> None:
        """Repaint what a content stream draws from its resources."""
        drop(resources, "/ColorSpace", "/Properties")
        for state in _values(resources, "/ExtGState"):
            self._state(state)
        for name, pattern in _items(resources, "/Pattern"):
            resources.Pattern[name] = self._pattern(pattern)
        for shading in _values(resources, "/Shading"):
            self._shading(shading)
        for thing in _values(resources, "/XObject"):
            if self._is_new(thing):
                self._x_object(thing)
        drop_empty(resources, "/ExtGState", "/Pattern", "/Shading", "/XObject")

    def _is_new(self, thing: Any) -> bool:
        if thing.objgen in self._done:
            return False
        self._done.add(thing.objgen)
        return True

    def _x_object(self, thing: Any) -> None:
        if thing.Subtype == Name.Image:
            repaint_picture(
                self.pdf, thing, self.separator, self.background if self.press.variant == X1A else None
            )
            return
        group = thing.get("/Group")
        if group is not None:
            # A profile there would have the press convert the inks; without transparency the group is of no use.
            if self.press.variant == X1A:
                del thing["/Group"]
            else:
                group.CS = Name.DeviceCMYK
        self._stream(thing)

    def _stream(self, thing: Any) -> None:
        thing.write(self._content(pikepdf.parse_content_stream(thing)))
        self._resources(thing.Resources)

    def _state(self, state: Any) -> None:
        opaque = all(float(state.get(key, 1)) == 1 for key in ("/ca", "/CA"))
        is_plain = opaque and "/SMask" not in state and state.get("/BM", Name.Normal) == Name.Normal
        if self.press.variant == X1A and not is_plain:
            raise self._fault(SEE_THROUGH, "no opacity and no rgba() in a design or a logo for newspapers")
        if is_plain:
            drop(state, "/ca", "/CA", "/BM", "/AIS")
        mask = state.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and self._is_new(mask.G):
            mask.G.Group.CS = Name.DeviceGray

    def _pattern(self, pattern: Any) -> Any:
        """Return a pattern in ink; one that is nothing but a shading as just that: no group, no tiles."""
        if pattern.get("/PatternType") == 2:
            self._shading(pattern.Shading)
            return pattern
        shading = _only_shading(pattern)
        if shading is None:
            if self._is_new(pattern):
                self._stream(pattern)
            return pattern
        self._shading(shading)
        plain = pikepdf.Dictionary(PatternType=2, Shading=shading, Matrix=pattern.Matrix)
        return self.pdf.make_indirect(plain)

    def _shading(self, shading: Any) -> None:
        if shading.ColorSpace in (Name.DeviceCMYK, Name.DeviceGray):
            return
        if shading.ColorSpace != Name.DeviceRGB or "/Function" not in shading:
            text = "light is written in a way that has no inks"
            raise self._fault(text, "draw light with light(…), in colours of the palette")
        self._function(shading.Function)
        shading.ColorSpace = Name.DeviceCMYK

    def _function(self, function: Any) -> None:
        for step in function.get("/Functions", []):
            self._function(step)
        for key in ("/C0", "/C1"):
            if key in function and len(function[key]) == 3:
                inks = self.inks_of(hexadecimal([float(value) for value in function[key]]))
                function[key] = pikepdf.Array([round(ink / 100, 4) for ink in inks])


def hexadecimal(values: Sequence[float]) -> str:
    """Return red, green and blue (0 to 1) as ``#RRGGBB``."""
    return "#" + "".join(f"{min(255, max(0, round(value * 255))):02X}" for value in values)


def _set(inks: Inks | None, is_stroke: bool) -> Instruction:
    plates = [round(ink / 100, 4) for ink in inks or (0.0, 0.0, 0.0, 0.0)]
    return plates, Operator("K" if is_stroke else "k")


def _exchanged(state: _State, in_words: bool) -> Iterator[Instruction]:
    """Yield what exchanges the inks of shapes for those of words, or back, where the two are not the same."""
    for paint, is_stroke in ((state.fill, False), (state.stroke, True)):
        if paint.shapes != paint.words:
            yield _set(paint.words if in_words else paint.shapes, is_stroke)


def _items(resources: Any, key: str) -> list[tuple[str, Any]]:
    return list(resources[key].items()) if key in resources else []


def _values(resources: Any, key: str) -> list[Any]:
    return [value for _, value in _items(resources, key)]


def _only_shading(pattern: Any) -> Any | None:
    """Return the shading that a tiling pattern consists of, as the engine writes a gradient; None of any other."""
    drawn = [one for one in pikepdf.parse_content_stream(pattern) if str(one.operator) != "gs"]
    if [str(one.operator) for one in drawn] != ["Do"]:
        return None
    form = pattern.Resources.XObject[str(drawn[0].operands[0])]
    inner = pikepdf.parse_content_stream(form)
    if form.get("/Subtype") != Name.Form or [str(one.operator) for one in inner] != ["sh"]:
        return None
    return form.Resources.Shading[str(inner[0].operands[0])]
