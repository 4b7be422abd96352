"""A picture in its place on an arranged page, veiled where words stand on it: from numbers to markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, floor

from markupsafe import Markup

from assetgen.geometry import Box, number
from assetgen.loading.model import Picture
from assetgen.loading.templates.layouts import PicturePlace
from assetgen.planning.asset import Asset
from assetgen.render.arrange import Arranged
from assetgen.render.cover import cover
from assetgen.render.darkroom import Darkroom, Order, width_for
from assetgen.render.markup import canvas
from assetgen.render.raster import Pixels
from assetgen.render.set_parts import SetPart
from assetgen.render.veil import READ, READ_LARGE, Read, lay_veil
from assetgen.units import MM_PER_INCH

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
    href = darkroom.order(Order(picture.name, hanging.width, part, laid))
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
    """Return what of a page is field: less a band along a whole side, and less light that has no door."""
    page = arranged.stage.page
    top, right, bottom = page.y, page.right, page.bottom
    band, opening = arranged.band, arranged.opening
    if band and band.is_whole and band.side == "bottom":
        bottom = min(bottom, band.shape[0][1] + SEAM_PX)
    if band and band.is_whole and band.side == "top" and band.shape[0][1] <= page.y:
        top = max(top, band.head - SEAM_PX)
    if opening and opening.is_plain and arranged.call_on == "light":
        x, y = opening.fall[0]
        if y > page.y:
            bottom = min(bottom, y + SEAM_PX)
        else:
            right = min(right, x + SEAM_PX)
    return Box(page.x, top, right - page.x, bottom - top)


def _rect(box: Box) -> Markup:
    """Return a box as the attributes of a rectangle."""
    sides = (number(side) for side in (box.x, box.y, box.width, box.height))
    return Markup('x="{}" y="{}" width="{}" height="{}"').format(*sides)
