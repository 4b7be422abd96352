"""A brand's pictures: decode each once per process, crop it, lay a scrim under the copy, and place it on a page.

The scrim is calculated in cells. Under words a cell needs the least strength at which the veil keeps the words'
contrast over the cell's every pixel; where the picture is calm already that is none. What the cells need is then spread
and smoothed, so that no edge is seen, and never less than they need.

A print is the part of a picture that a page shows, no larger than the page can show it, with the veil already in
it: nothing see-through goes to press. It is cut from the whole picture halved so often that it still has the pixels
that are needed. Its address is ``http://pictures.invalid/<name>/<key>``, its bytes are JPEG, without notes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, floor, sqrt

import numpy as np
from markupsafe import Markup
from PIL import Image

from assetgen.colour import Floats, Shade, contrasts, luminances, relative_luminance
from assetgen.geometry import Box, Point, number
from assetgen.layout.page_layout import Arranged
from assetgen.layout.parts import SetPart
from assetgen.loading.artwork.bitmaps import develop
from assetgen.loading.model import Picture
from assetgen.planning.asset import Asset
from assetgen.rendering.html.markup import canvas
from assetgen.rendering.images.raster import Pixels
from assetgen.schema.template_file import PicturePlace
from assetgen.units import MM_PER_INCH

MIDDLE: Point = (0.5, 0.5)


def cover(
    place: Box, width: float, height: float, focus: Point, at: Point = MIDDLE, zoom: float = 1.0
) -> Box:
    """Return the box of a whole picture of this size, enlarged to cover a place, and ``zoom`` times beyond that.

    ``focus`` is in shares of the picture. It comes as near to ``at``, in shares of the place, as the picture's
    edges allow, which must not be seen; so it is in view whatever the shapes of the two are.
    """
    scale = zoom * max(place.width / width, place.height / height)
    drawn_width, drawn_height = width * scale, height * scale
    x = place.x + at[0] * place.width - focus[0] * drawn_width
    y = place.y + at[1] * place.height - focus[1] * drawn_height
    return Box(
        min(place.x, max(place.right - drawn_width, x)),
        min(place.y, max(place.bottom - drawn_height, y)),
        drawn_width,
        drawn_height,
    )


# What a veil leaves words: 7:1, a headline 4.5:1 (the brief: seven where it can be, four and a half always),
# and a little more, since colours are rounded on their way.
READ, READ_LARGE, MARGIN = 7.0, 4.5, 1.05
STEPS = 128
"""A veil's strength is reckoned in as many steps."""
CELLS = 56
"""Cells along a print's longer side."""
# How many cells a need is smoothed over each way. Before that it is spread in a disc that holds the square of those
# cells and of one more: between the middles of two cells the veil is as strong as lies between the two.
SMOOTH = 5
SPREAD = sqrt(2) * (SMOOTH + 1)


@dataclass(frozen=True, slots=True)
class Read:
    """Words on a picture: the box round their ink, their colour, the contrast that they need."""

    box: Box
    colour: str
    contrast: float


@dataclass(frozen=True, slots=True)
class Veil:
    """A veil over a print: its strength in each cell, 0 to 255, row by row. A cell is ``cell_px`` square."""

    colour: str
    cell_px: int
    columns: int
    strengths: bytes

    def over(self, pixels: Pixels) -> Pixels:
        """Return the print with the veil laid over it."""
        height, width, _ = pixels.shape
        grid = np.frombuffer(self.strengths, np.uint8).reshape(-1, self.columns)
        size = self.columns * self.cell_px, grid.shape[0] * self.cell_px
        grown = Image.fromarray(grid.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
        strength = np.asarray(grown)[:height, :width, None] / np.float32(255)
        colour = np.array(Shade(self.colour).channels(), np.float32)
        return np.rint(pixels + (colour - pixels) * strength).astype(np.uint8)


def lay_veil(pixels: Pixels, words: Iterable[Read], colour: str) -> Veil | None:
    """Return the veil over a print for the words on it, whose boxes are in pixels of it; None where none is needed."""
    height, width, _ = pixels.shape
    cell = max(1, -(-max(width, height) // CELLS))
    highest, lowest = (_cells(pixels, cell, ufunc) for ufunc in (np.maximum, np.minimum))
    needed = np.zeros(highest.shape[:2], np.float32)
    for one in words:
        rows, columns = _span(one.box.y, one.box.bottom, cell), _span(one.box.x, one.box.right, cell)
        under = highest[rows, columns], lowest[rows, columns]
        least = least_strengths(colour, one.colour, one.contrast * MARGIN, *under)
        needed[rows, columns] = np.maximum(needed[rows, columns], least)
    if not needed.any():
        return None
    strengths = np.ceil(_spread(needed) * 255 - 1e-3).astype(np.uint8)
    return Veil(colour, cell, len(needed[0]), strengths.tobytes())


def _cells(pixels: Pixels, cell: int, ufunc: np.ufunc) -> Pixels:
    """Return each cell's greatest or least value of every channel."""
    rows = ufunc.reduceat(pixels, np.arange(0, pixels.shape[0], cell), axis=0)
    return np.asarray(ufunc.reduceat(rows, np.arange(0, pixels.shape[1], cell), axis=1))


def _span(start: float, end: float, cell: int) -> slice:
    return slice(max(0, int(start // cell)), max(0, int(end // cell) + 1))


def least_strengths(veil: str, words: str, contrast: float, highest: Pixels, lowest: Pixels) -> Floats:
    """Return the least strengths, 0 to 1, from which on a veil keeps the contrast of words.

    ``highest`` and ``lowest`` are the colours that have the most and the least of each channel, 0 to 255: what
    is kept over both is kept over all that lie between. 1 where even the veil's own colour is too near to the words'.
    """
    over = np.array(Shade(veil).channels(), np.float32)
    steps = np.linspace(0.0, 1.0, STEPS + 1, dtype=np.float32)
    share = steps.reshape(-1, *([1] * highest.ndim))
    kept = np.ones((STEPS + 1, *highest.shape[:-1]), bool)
    own = np.array(relative_luminance(words))
    for extreme in (highest, lowest):
        kept &= contrasts(luminances(over * share + extreme * (1 - share)), own) >= contrast
    # From the strongest down, up to the first that breaks it: a weaker one that keeps it again is of no use.
    broken = np.maximum.accumulate(~kept[::-1], axis=0)
    return np.asarray(np.minimum(1.0, broken.sum(axis=0) / STEPS), np.float32)


def _spread(needed: Floats) -> Floats:
    """Return needs spread and smoothed, nowhere less than they were, nor between two cells than in either."""
    rows, columns = needed.shape
    reach = ceil(SPREAD)
    wide = np.pad(needed, reach)
    spread = needed.copy()
    for down in range(-reach, reach + 1):
        if abs(down) > SPREAD:
            continue
        across = floor(sqrt(SPREAD**2 - down**2))
        row = wide[reach + down : reach + down + rows]
        windows = np.lib.stride_tricks.sliding_window_view(row, 2 * across + 1, axis=1)
        np.maximum(spread, windows[:, reach - across : reach - across + columns].max(axis=-1), out=spread)
    return np.minimum(1.0, _smoothed(_smoothed(spread).T).T)


def _smoothed(values: Floats) -> Floats:
    """Return each row's values, each as the weighted mean of what stands round it."""
    wide = np.pad(values, ((0, 0), (SMOOTH, SMOOTH)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(wide, 2 * SMOOTH + 1, axis=1)
    weights = np.cos(np.linspace(-np.pi / 2, np.pi / 2, 2 * SMOOTH + 3)[1:-1]) ** 2
    return np.asarray(windows @ (weights / weights.sum()))


PICTURE_HOST = "pictures.invalid"
QUALITY = 92
# A size that lacks this little is taken: 1,919 pixels for 1,920.
NEAR = 0.995
# Prints that a process keeps for the next page; a page asks for its own right after ordering it.
KEPT_PRINTS = 16


@dataclass(frozen=True, slots=True)
class PictureOrder:
    """What a page wants printed: of a picture ``width`` pixels wide the part from left, top to right, bottom, under
    a veil."""

    name: str
    width: int
    part: tuple[int, int, int, int]
    veil: Veil | None

    @property
    def key(self) -> str:
        """Return a short name that no other order has."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:24]


def width_for(picture: Picture, needed_px: float) -> int:
    """Return the width of the smallest size that has the pixels needed, else the whole picture's."""
    width = picture.width
    while width % 2 == 0 and width / 2 >= needed_px * NEAR:
        width //= 2
    return width


class Darkroom:
    """Develops and prints the pictures of one brand. What it gives is always the same.

    Pixels that it keeps are bounded; of orders, a few kB each, it keeps all: a page may be laid out again.
    """

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        self.pictures = pictures
        self._orders: dict[str, PictureOrder] = {}
        self._whole = lru_cache(maxsize=2)(self._develop)
        self.pixels = lru_cache(maxsize=4)(self._pixels)
        self._printed = lru_cache(maxsize=KEPT_PRINTS)(self._make)

    def order(self, order: PictureOrder) -> str:
        """Take an order; return the address at which a page finds the print."""
        self._orders[order.key] = order
        return f"http://{PICTURE_HOST}/{order.name}/{order.key}"

    def print(self, name: str, key: str) -> bytes | None:
        """Return a print that was ordered, else None."""
        order = self._orders.get(key)
        return self._printed(order) if order and order.name == name else None

    def _develop(self, name: str) -> Image.Image:
        picture = self.pictures[name]
        return develop(picture.content, picture.path)

    def _pixels(self, name: str, width: int) -> Pixels:
        """Return a picture's pixels at a width: height × width × RGB."""
        whole, picture = self._whole(name), self.pictures[name]
        if width < whole.width:
            height = max(1, round(picture.height * width / picture.width))
            whole = whole.resize((width, height), Image.Resampling.LANCZOS)
        return np.asarray(whole)

    def _make(self, order: PictureOrder) -> bytes:
        left, top, right, bottom = order.part
        shown = self.pixels(order.name, order.width)[top:bottom, left:right]
        shown = order.veil.over(shown) if order.veil else np.ascontiguousarray(shown)
        out = io.BytesIO()
        Image.fromarray(shown).save(out, "JPEG", quality=QUALITY, subsampling=0)
        return out.getvalue()


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
        drawn = cover(place, picture.width, picture.height, picture.file.focus, stands.at, stands.zoom)
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
    return canvas(arranged.stage.page, shape, "picture", picture.file.alt)


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
