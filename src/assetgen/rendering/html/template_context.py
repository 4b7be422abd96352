"""The variables that a template's markup gets, and pictures in their place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil, floor
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from assetgen.geometry import Box, Point, number
from assetgen.layout.page_layout import Arranged
from assetgen.layout.parts import SetPart
from assetgen.loading.model import Picture
from assetgen.loading.templates.layouts import PicturePlace
from assetgen.planning.asset import Asset
from assetgen.rendering.html.markup import Light, Setter, canvas, code_svg, flat, foot_mark, foot_words
from assetgen.rendering.images.brand_pictures import (
    READ,
    READ_LARGE,
    Darkroom,
    PictureOrder,
    Read,
    cover,
    lay_veil,
    width_for,
)
from assetgen.rendering.images.raster import Pixels
from assetgen.rendering.prepress.cmyk import BLACK as ALL_BLACK
from assetgen.rendering.prepress.cmyk import InkTable, Shade, for_words, mix, mix_inks
from assetgen.units import MM_PER_INCH, PX_PER_PT

# The picture reaches this far under what is drawn beside it, or a hairline would show between the two.
SEAM_PX = 1.0
# How far round its ink a word is read from, in em.
AROUND_EM = 0.2
LARGE = "headline"


@dataclass(frozen=True, slots=True)
class Hanging:
    """A picture that covers a place of a page. ``drawn`` is where all of it would lie, ``place`` what is seen;
    ``width`` is that of the whole picture in pixels, in the size that is printed."""

    picture: Picture
    place: Box
    drawn: Box
    width: int

    @classmethod
    def of(cls, picture: Picture, place: Box, stands: PicturePlace, asset: Asset) -> Hanging:
        """Return a picture in a place, as the arrangement wants it to stand there."""
        drawn = cover(place, picture.width, picture.height, picture.focus, stands.at, stands.zoom)
        width = drawn.width / asset.page.px_per_unit
        needed_px = width if asset.spec.unit == "px" else width * asset.spec.ppi / MM_PER_INCH
        return cls(picture, place, drawn, width_for(picture, needed_px))

    @property
    def scale(self) -> float:
        """Return pixels of the picture in a CSS px."""
        return self.width / self.drawn.width

    def part(self, pixels: Pixels) -> tuple[int, int, int, int]:
        """Return the whole pixels that are seen: left, top, right, bottom."""
        seen, (height, width, _) = _in_print(self.place, self.drawn, self.scale), pixels.shape
        left, top = max(0, floor(seen.x)), max(0, floor(seen.y))
        return (
            left,
            top,
            max(left + 1, min(width, ceil(seen.right))),
            max(top + 1, min(height, ceil(seen.bottom))),
        )


def hang(
    darkroom: Darkroom, hanging: Hanging, arranged: Arranged, veil: str, colours: Mapping[str, str]
) -> Markup:
    """Return a picture as inline SVG, veiled for the words on it. Raises ValueError for words without a colour."""
    picture, scale, drawn = hanging.picture, hanging.scale, hanging.drawn
    pixels = darkroom.pixels(picture.name, hanging.width)
    left, top, right, bottom = part = hanging.part(pixels)
    shown = Box(drawn.x + left / scale, drawn.y + top / scale, (right - left) / scale, (bottom - top) / scale)
    words = [
        replace(one, box=_in_print(one.box, shown, scale)) for one in _words(hanging.place, arranged, colours)
    ]
    laid = lay_veil(pixels[top:bottom, left:right], words, veil)
    href = darkroom.order(PictureOrder(picture.name, hanging.width, part, laid))
    name = f"hung-{picture.name}"
    shape = Markup(
        '<defs><clipPath id="{name}"><rect {place}/></clipPath></defs><g clip-path="url(#{name})">'
        '<image href="{href}" {shown} preserveAspectRatio="none"/></g>'
    ).format(name=name, place=_rect(hanging.place), href=href, shown=_rect(shown))
    return canvas(arranged.stage.page, shape, "picture", picture.alt)


def _in_print(box: Box, shown: Box, scale: float) -> Box:
    """Return a box of the page in pixels of what is printed."""
    return Box((box.x - shown.x) * scale, (box.y - shown.y) * scale, box.width * scale, box.height * scale)


def _words(place: Box, arranged: Arranged, colours: Mapping[str, str]) -> list[Read]:
    """Return the lines of words that stand in a place. Raises ValueError for those without a colour."""
    parts = [part for part in arranged.parts if part.box.meets(place)]
    unsaid = [part.name for part in parts if part.name not in colours]
    if unsaid:
        raise ValueError(f"words on the picture, but no colour of them: {', '.join(unsaid)}")
    return [one for part in parts for one in _read(part, colours[part.name])]


def _read(part: SetPart, colour: str) -> Iterator[Read]:
    contrast = READ_LARGE if part.name == LARGE else READ
    for line in part.lines:
        yield Read(part.ink(line).grown(AROUND_EM * part.size_px), colour, contrast)


def field_of(arranged: Arranged) -> Box:
    """Return what of a page is field: less a band along a whole side, and less what the motif's light covers."""
    page = arranged.stage.page
    top, right, bottom = page.y, page.right, page.bottom
    band, motif = arranged.band, arranged.motif
    if band and band.is_whole and band.side == "bottom":
        bottom = min(bottom, band.shape[0][1] + SEAM_PX)
    if band and band.is_whole and band.side == "top" and band.shape[0][1] <= page.y:
        top = max(top, band.head - SEAM_PX)
    if motif and arranged.call_on == "light":
        bottom = min(bottom, motif.unlit.bottom + SEAM_PX)
        right = min(right, motif.unlit.right + SEAM_PX)
    return Box(page.x, top, right - page.x, bottom - top)


def _rect(box: Box) -> Markup:
    """Return a box as the attributes of a rectangle."""
    sides = (number(side) for side in (box.x, box.y, box.width, box.height))
    return Markup('x="{}" y="{}" width="{}" height="{}"').format(*sides)


RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
FIXED_GROUPS = ("facts", "words", "campaign", "brand", "partner")
# A code's colours where the palette has no ink or no paper.
BLACK, WHITE = Shade("#000000"), Shade("#FFFFFF")


class Placing:
    """Writes what was set into a page, and notes what was: a design that forgets a part is told so."""

    def __init__(
        self,
        asset: Asset,
        arranged: Arranged,
        setter: Setter,
        known: Collection[str],
        darkroom: Darkroom,
        inks: InkTable | None = None,
    ) -> None:
        self.asset, self.arranged, self.setter, self.darkroom = asset, arranged, setter, darkroom
        self.inks = inks
        """Of a page for a press: the inks that its colours stand for."""
        self.picture = darkroom.pictures[asset.picture] if asset.picture else None
        self.known = known
        self.parts = {part.name: part for part in arranged.parts}
        self.has_code = asset.code is not None and arranged.call.code is not None
        self.placed: set[str] = set()

    def text(self, name: str, tag: str = "p", classes: str = "") -> Markup:
        """Return a part's words, or nothing where it has none here. Raises ValueError for an unknown part."""
        if name not in self.known:
            raise ValueError(f"there is no part {name} here: {', '.join(sorted(self.known))}")
        self.placed.add(name)
        return self.setter.part(self.parts[name], tag, classes) if name in self.parts else Markup("")

    def code(self, dark: str, light: str) -> Markup:
        """Return the code in two colours, or nothing where the channel has none."""
        box = self.arranged.call.code
        if self.asset.code is None or box is None:
            return Markup("")
        self.placed.add("code")
        if self.inks:
            dark = self.inks.name(BLACK, ALL_BLACK)  # four plates would blur its edges
        return code_svg(self.asset.code, box, dark, light, self.asset.spec.code_alt or "")

    def partners(self, colour: str) -> Markup:
        """Return the partner foot's logos and words, or nothing where the channel has no foot."""
        foot = self.arranged.foot
        if foot is None:
            return Markup("")
        self.placed.add("partners")
        page = self.arranged.stage.page
        colour = self.in_word_inks(colour)
        marks = Markup("").join(foot_mark(mark, self.setter, colour, page) for mark in foot.marks)
        return marks + foot_words(foot, self.setter)

    def place_picture(
        self,
        veil: str,
        colours: Mapping[str, str],
        name: str | None = None,
        box: Sequence[float] | None = None,
        at: Point | None = None,
    ) -> Markup:
        """Return the picture that was chosen, or one by its name, over the field or a box, veiled for the words on it.

        ``colours`` are those of the words, by part; ``at`` is where in its place the focus is wished for. Nothing
        where no picture is chosen. Raises ValueError for a name that the brand does not have, and for words that
        stand on the picture and have no colour here.
        """
        picture = self.picture
        if name is not None:
            picture = self.darkroom.pictures.get(name)
            if picture is None:
                known = ", ".join(self.darkroom.pictures) or "it has none"
                raise ValueError(f"the brand has no picture {name}: {known}")
        if picture is None:
            return Markup("")
        if picture is self.picture:
            self.placed.add("picture")
        place = field_of(self.arranged) if box is None else Box(*box)
        stands = self.arranged.picture or PicturePlace()
        stands = replace(stands, at=at) if at else stands
        hanging = Hanging.of(picture, place, stands, self.asset)
        return hang(self.darkroom, hanging, self.arranged, veil, colours)

    def in_word_inks(self, colour: str) -> str:
        """Return a colour as words and fine lines are inked in it: in few inks, whose edges cannot blur."""
        inks, press = self.inks, self.asset.spec.press
        own = inks.of(colour) if inks else None
        if inks is None or press is None or own is None:
            return colour
        return inks.name(colour, for_words(own, colour, press.text_inks))

    def svg(self, inner: Any) -> Markup:
        """Return shapes as inline SVG over the whole page."""
        return canvas(self.arranged.stage.page, Markup(inner))

    def forgotten(self) -> list[str]:
        """Return what was set and never placed, as a design would write it."""
        calls = {name: f'text("{name}")' for name in self.parts}
        calls |= {"code": "code(dark, light)"} if self.has_code else {}
        calls |= {"partners": "partners(colour)"} if self.arranged.foot else {}
        calls |= {"picture": "place_picture(veil, colours)"} if self.picture else {}
        return [call for name, call in calls.items() if name not in self.placed]


class _Code:
    """The code as a value of a design (``qr``): it counts as placed when it is written."""

    def __init__(self, placing: Placing, dark: str, light: str) -> None:
        self.placing, self.dark, self.light = placing, dark, light

    def __html__(self) -> str:
        return self.placing.code(self.dark, self.light)

    def __str__(self) -> str:
        return self.__html__()


def context_of(asset: Asset, arranged: Arranged, placing: Placing) -> dict[str, Any]:
    """Return every name that a design's markup may use for one asset."""
    inks = placing.inks
    palette = {name: Shade(value) for name, value in (inks.palette if inks else asset.palette).items()}
    ink, paper = palette.get("ink", BLACK), palette.get("paper", WHITE)
    return {
        **{group: _group(asset.texts, group) for group in FIXED_GROUPS},
        "message": _message(asset, arranged.words.words),
        "channel": SimpleNamespace(
            id=asset.channel, medium=asset.medium, width=asset.spec.width, height=asset.spec.height
        ),
        "locale": SimpleNamespace(tag=asset.locale, dir=_direction(asset.locale)),
        "palette": SimpleNamespace(**{name.replace("-", "_"): value for name, value in palette.items()}),
        "accent": palette[asset.accent],
        "ground": asset.ground,
        "shape": asset.shape,
        "page": _page(asset, arranged, palette),
        "placed": {part.name: part for part in arranged.parts},
        "call_on": arranged.call_on,
        "opening": arranged.motif,
        "foot": arranged.foot,
        "band": arranged.band,
        "code_box": arranged.call.code,
        "text": placing.text,
        "code": placing.code,
        "qr": _Code(placing, ink, paper) if placing.has_code else "",
        "partners": placing.partners,
        "picture": _picture(placing.picture),
        "place_picture": placing.place_picture,
        "svg": placing.svg,
        "flat": flat,
        "light": Light(),
        "fine": placing.in_word_inks,
        "mix": partial(mix_inks, inks) if inks else mix,
    }


def _picture(one: Picture | None) -> SimpleNamespace | None:
    """Return what a design may ask of the picture that was chosen."""
    if one is None:
        return None
    return SimpleNamespace(name=one.name, alt=one.alt, focus=one.focus, width=one.width, height=one.height)


def _group(texts: Mapping[str, str], group: str) -> SimpleNamespace:
    """Return the fixed words of one group: ``facts.name`` as ``name`` of ``facts``."""
    prefix = f"{group}."
    return SimpleNamespace(
        **{name.removeprefix(prefix): text for name, text in texts.items() if name.startswith(prefix)}
    )


def _message(asset: Asset, said: Mapping[str, str]) -> SimpleNamespace:
    """Return the message in the tier that was chosen; a role that is not said here is empty."""
    return SimpleNamespace(
        id=asset.message,
        headline=said.get("headline", ""),
        body=said.get("body", ""),
        action=said.get("action", ""),
        alt=asset.spec.alt,
        source=asset.texts["message.source"],
    )


def _page(asset: Asset, arranged: Arranged, palette: Mapping[str, Shade]) -> SimpleNamespace:
    """Return the page: its box with bleed, its live area, its classes and custom properties. Lengths in CSS px."""
    classes = (
        f"medium-{asset.medium}",
        f"shape-{asset.shape}",
        f"channel-{asset.channel}",
        f"ground-{asset.ground}",
        f"call-on-{arranged.call_on}",
    )
    return SimpleNamespace(
        box=arranged.stage.page,
        width=asset.page.width_px,
        height=asset.page.height_px,
        bleed=asset.page.bleed_px,
        live=arranged.stage.live,
        unit=arranged.stage.unit,
        is_screen=asset.spec.unit == "px",
        least_line=_least_line(asset),
        properties=_properties(asset, palette),
        classes=" ".join(classes),
        released=asset.released,
    )


def _least_line(asset: Asset) -> float:
    """Return the thinnest line that a press holds in several inks, in CSS px of the page; 0 on screens."""
    press = asset.spec.press
    return press.type_rules.fine_line_pt * PX_PER_PT * press.scale if press else 0.0


def _direction(locale: str) -> str:
    return "rtl" if locale.split("-", maxsplit=1)[0] in RTL_LANGUAGES else "ltr"


def _properties(asset: Asset, palette: Mapping[str, str]) -> str:
    """Return the custom properties of a page: palette, canvas, safe area, bleed, code."""
    page = asset.page
    x, y, width, height = page.live
    lengths = {
        "page-w": page.width_px,
        "page-h": page.height_px,
        "u": min(page.width_px, page.height_px) / 100,
        "bleed": page.bleed_px,
        "safe-top": y,
        "safe-left": x,
        "safe-right": page.width_px - x - width,
        "safe-bottom": page.height_px - y - height,
        "qr": asset.code.side_px if asset.code else 0.0,
    }
    declared = [f"--{name}:{value}" for name, value in palette.items()]
    declared += [f"--accent:{palette[asset.accent]}"]
    declared += [f"--{name}:{value:.3f}px" for name, value in lengths.items()]
    return ";".join(declared)
