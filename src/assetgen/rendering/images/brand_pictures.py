"""A brand's pictures: decode each once per process, crop it, lay a scrim under the copy, and place it on a page.

The scrim is calculated in cells. Under copy, a cell gets the smallest strength that gives the copy its contrast over
every pixel of the cell. If the picture already gives that contrast, the strength is 0. The strengths are then spread
and smoothed, so that the scrim has no visible edge. No cell ends up with less than it needs.

A crop is the part of a picture that a page shows. The scrim is part of its pixels, so no transparency goes to press.
The picture is first halved as often as the needed resolution allows. A crop has the address
``http://pictures.invalid/<name>/<key>``; its bytes are JPEG without metadata.
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

from assetgen.colour import CssColour, Floats, contrasts, luminances, relative_luminance
from assetgen.geometry import Box, Point, decimal
from assetgen.layout.page_layout import PageLayout
from assetgen.layout.parts import PlacedPart
from assetgen.loading.artwork.bitmaps import decode_picture
from assetgen.loading.model import Picture
from assetgen.planning.asset import Asset
from assetgen.rendering.html.markup import page_svg
from assetgen.rendering.images.raster import Pixels
from assetgen.schema.template_file import PicturePlace
from assetgen.units import MM_PER_INCH

MIDDLE: Point = (0.5, 0.5)


def cover(
    place: Box, width: float, height: float, focus: Point, at: Point = MIDDLE, zoom: float = 1.0
) -> Box:
    """Return the box in which to draw the whole picture so that it covers ``place``.

    The picture is drawn at ``zoom`` times the smallest size that covers the place. ``width`` and ``height`` are its
    size in any unit. ``focus`` is a point in shares of the picture. It is placed as near to ``at``, in shares of the
    place, as is possible without showing an edge of the picture. So the focus is always visible.
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


# The contrast that copy keeps on a picture: 7:1, a headline 4.5:1 (WCAG 2.2, 1.4.6: large text needs 4.5:1).
# The margin makes up for the rounding of colours.
MIN_CONTRAST_TEXT, MIN_CONTRAST_LARGE_TEXT, MARGIN = 7.0, 4.5, 1.05
STEPS = 128
"""Number of steps in which a scrim's strength is calculated."""
CELLS = 56
"""Cells along a crop's longer side."""
# Strengths are smoothed over this many cells in each direction. Before that they are spread over a disc that contains
# the smoothing square and one more cell: between the centres of two cells the scrim's strength is interpolated.
SMOOTHING_CELLS = 5
SPREAD_CELLS = sqrt(2) * (SMOOTHING_CELLS + 1)


@dataclass(frozen=True, slots=True)
class TextOnPicture:
    """Text on a picture: the box around its ink, its colour, and the contrast that it needs."""

    box: Box
    colour: str
    contrast: float


@dataclass(frozen=True, slots=True)
class Scrim:
    """A scrim over a crop. ``strengths`` has one byte (0 to 255) a cell, row by row; a cell is ``cell_px`` square."""

    colour: str
    cell_px: int
    columns: int
    strengths: bytes

    def over(self, pixels: Pixels) -> Pixels:
        """Return the crop's pixels with the scrim over them."""
        height, width, _ = pixels.shape
        grid = np.frombuffer(self.strengths, np.uint8).reshape(-1, self.columns)
        size = self.columns * self.cell_px, grid.shape[0] * self.cell_px
        per_pixel = Image.fromarray(grid.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
        strength = np.asarray(per_pixel)[:height, :width, None] / np.float32(255)
        colour = np.array(CssColour(self.colour).channels(), np.float32)
        return np.rint(pixels + (colour - pixels) * strength).astype(np.uint8)


def make_scrim(pixels: Pixels, texts: Iterable[TextOnPicture], colour: str) -> Scrim | None:
    """Return the scrim over a crop for the text on it; None if none is needed.

    ``colour`` is the scrim's colour. The boxes of ``texts`` are in pixels of the crop.
    """
    height, width, _ = pixels.shape
    cell_px = max(1, -(-max(width, height) // CELLS))
    highest, lowest = (_reduce_cells(pixels, cell_px, ufunc) for ufunc in (np.maximum, np.minimum))
    needed = np.zeros(highest.shape[:2], np.float32)
    for text in texts:
        rows = _cell_span(text.box.y, text.box.bottom, cell_px)
        columns = _cell_span(text.box.x, text.box.right, cell_px)
        under = highest[rows, columns], lowest[rows, columns]
        strengths = min_strengths(colour, text.colour, text.contrast * MARGIN, *under)
        needed[rows, columns] = np.maximum(needed[rows, columns], strengths)
    if not needed.any():
        return None
    rounded = np.ceil(_spread(needed) * 255 - 1e-3).astype(np.uint8)
    return Scrim(colour, cell_px, len(needed[0]), rounded.tobytes())


def _reduce_cells(pixels: Pixels, cell_px: int, ufunc: np.ufunc) -> Pixels:
    """Return each cell's maximum or minimum of every channel."""
    rows = ufunc.reduceat(pixels, np.arange(0, pixels.shape[0], cell_px), axis=0)
    return np.asarray(ufunc.reduceat(rows, np.arange(0, pixels.shape[1], cell_px), axis=1))


def _cell_span(start_px: float, end_px: float, cell_px: int) -> slice:
    return slice(max(0, int(start_px // cell_px)), max(0, int(end_px // cell_px) + 1))


def min_strengths(
    scrim_colour: str, text_colour: str, contrast: float, highest: Pixels, lowest: Pixels
) -> Floats:
    """Return the smallest scrim strength (0 to 1) of each cell at which, and above which, text keeps its contrast.

    ``highest`` and ``lowest`` hold the maximum and the minimum of each channel (0 to 255): a contrast that holds over
    both holds over every colour between them. The result is 1 if even the scrim's own colour is too near to the text's.
    """
    scrim = np.array(CssColour(scrim_colour).channels(), np.float32)
    steps = np.linspace(0.0, 1.0, STEPS + 1, dtype=np.float32)
    share = steps.reshape(-1, *([1] * highest.ndim))
    holds = np.ones((STEPS + 1, *highest.shape[:-1]), bool)
    text_luminance = np.array(relative_luminance(text_colour))
    for extreme in (highest, lowest):
        holds &= contrasts(luminances(scrim * share + extreme * (1 - share)), text_luminance) >= contrast
    # Start from the strongest and stop at the first that fails. A weaker one that holds again is of no use.
    failed = np.maximum.accumulate(~holds[::-1], axis=0)
    return np.asarray(np.minimum(1.0, failed.sum(axis=0) / STEPS), np.float32)


def _spread(needed: Floats) -> Floats:
    """Spread and smooth the strengths of a scrim.

    No cell gets less than it needs, and no point between two cells gets less than either of them needs.
    """
    rows, columns = needed.shape
    reach = ceil(SPREAD_CELLS)
    padded = np.pad(needed, reach)
    spread = needed.copy()
    for down in range(-reach, reach + 1):
        if abs(down) > SPREAD_CELLS:
            continue
        across = floor(sqrt(SPREAD_CELLS**2 - down**2))
        row = padded[reach + down : reach + down + rows]
        windows = np.lib.stride_tricks.sliding_window_view(row, 2 * across + 1, axis=1)
        np.maximum(spread, windows[:, reach - across : reach - across + columns].max(axis=-1), out=spread)
    return np.minimum(1.0, _smooth_rows(_smooth_rows(spread).T).T)


def _smooth_rows(values: Floats) -> Floats:
    """Replace each value by the weighted mean of its neighbours in the row."""
    padded = np.pad(values, ((0, 0), (SMOOTHING_CELLS, SMOOTHING_CELLS)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * SMOOTHING_CELLS + 1, axis=1)
    weights = np.cos(np.linspace(-np.pi / 2, np.pi / 2, 2 * SMOOTHING_CELLS + 3)[1:-1]) ** 2
    return np.asarray(windows @ (weights / weights.sum()))


PICTURE_HOST = "pictures.invalid"
CROP_JPEG_QUALITY = 92
# A size that is this near to the needed one is large enough: 1,919 pixels for 1,920.
ENOUGH_SHARE = 0.995
# Encoded crops that a process caches. A page fetches its own crop soon after it was registered.
MAX_CACHED_CROPS = 16


@dataclass(frozen=True, slots=True)
class PictureCrop:
    """A crop of a picture as a page shows it.

    ``name`` is the picture's name, ``width`` the width in pixels to which the whole picture is scaled. ``crop_px`` is
    the part that is shown (left, top, right, bottom in pixels), ``scrim`` the scrim over that part, if any.
    """

    name: str
    width: int
    crop_px: tuple[int, int, int, int]
    scrim: Scrim | None

    @property
    def key(self) -> str:
        """Return a short name that no other crop has."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:24]


def width_for(picture: Picture, needed_px: float) -> int:
    """Halve the picture's width as often as possible while it stays at least ``needed_px``; return it in pixels."""
    width = picture.width
    while width % 2 == 0 and width / 2 >= needed_px * ENOUGH_SHARE:
        width //= 2
    return width


class PictureCache:
    """Image cache: decodes and crops the pictures of one brand, each once per process.

    The cached pixels are bounded. All registered crops are kept (a few kB each), since a page may be laid out twice.
    """

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        self.pictures = pictures
        self._crops: dict[str, PictureCrop] = {}
        self._whole = lru_cache(maxsize=2)(self._decode)
        self.pixels = lru_cache(maxsize=4)(self._pixels)
        self._encoded = lru_cache(maxsize=MAX_CACHED_CROPS)(self._encode)

    def register_crop(self, crop: PictureCrop) -> str:
        """Register a crop; return the address at which the page fetches it."""
        self._crops[crop.key] = crop
        return f"http://{PICTURE_HOST}/{crop.name}/{crop.key}"

    def crop_jpeg(self, name: str, key: str) -> bytes | None:
        """Return a registered crop as JPEG; None for an unknown one."""
        crop = self._crops.get(key)
        return self._encoded(crop) if crop and crop.name == name else None

    def _decode(self, name: str) -> Image.Image:
        picture = self.pictures[name]
        return decode_picture(picture.content, picture.path)

    def _pixels(self, name: str, width: int) -> Pixels:
        """Return a picture's pixels, scaled to a width in pixels: height × width × RGB."""
        whole, picture = self._whole(name), self.pictures[name]
        if width < whole.width:
            height = max(1, round(picture.height * width / picture.width))
            whole = whole.resize((width, height), Image.Resampling.LANCZOS)
        return np.asarray(whole)

    def _encode(self, crop: PictureCrop) -> bytes:
        left, top, right, bottom = crop.crop_px
        pixels = self.pixels(crop.name, crop.width)[top:bottom, left:right]
        pixels = crop.scrim.over(pixels) if crop.scrim else np.ascontiguousarray(pixels)
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", quality=CROP_JPEG_QUALITY, subsampling=0)
        return out.getvalue()


# The picture extends this far under the shapes beside it. Without that a hairline would show between the two.
SEAM_PX = 1.0
# The scrim extends this far around the ink of the text, in em.
AROUND_EM = 0.2
LARGE_TEXT_PART = "headline"


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture that covers an area of a page.

    ``place`` is the visible box, ``drawn`` the box of the whole picture, and ``width`` the width in pixels to which the
    whole picture is scaled.
    """

    picture: Picture
    place: Box
    drawn: Box
    width: int

    @classmethod
    def of(cls, picture: Picture, place: Box, placement: PicturePlace, asset: Asset) -> PlacedPicture:
        """Place a picture in a box of the page; ``placement`` is the layout's choice of focus point and zoom."""
        drawn = cover(place, picture.width, picture.height, picture.file.focus, placement.at, placement.zoom)
        width = drawn.width / asset.page.px_per_unit
        needed_px = width if asset.spec.unit == "px" else width * asset.spec.ppi / MM_PER_INCH
        return cls(picture, place, drawn, width_for(picture, needed_px))

    @property
    def scale(self) -> float:
        """Return the number of pixels of the picture per CSS px."""
        return self.width / self.drawn.width

    def part(self, pixels: Pixels) -> tuple[int, int, int, int]:
        """Return the visible part in whole pixels: left, top, right, bottom."""
        visible, (height, width, _) = _to_pixels(self.place, self.drawn, self.scale), pixels.shape
        left, top = max(0, floor(visible.x)), max(0, floor(visible.y))
        return (
            left,
            top,
            max(left + 1, min(width, ceil(visible.right))),
            max(top + 1, min(height, ceil(visible.bottom))),
        )


def picture_svg(
    pictures: PictureCache,
    crop: PlacedPicture,
    arranged: PageLayout,
    scrim_colour: str,
    colours: Mapping[str, str],
) -> Markup:
    """Return a picture as inline SVG, with a scrim under the copy.

    ``colours`` maps each part to the colour of its copy. Raises ValueError if a part on the picture has no colour in
    it.
    """
    picture, scale, drawn = crop.picture, crop.scale, crop.drawn
    pixels = pictures.pixels(picture.name, crop.width)
    left, top, right, bottom = part = crop.part(pixels)
    shown = Box(drawn.x + left / scale, drawn.y + top / scale, (right - left) / scale, (bottom - top) / scale)
    texts = [
        replace(text, box=_to_pixels(text.box, shown, scale))
        for text in _texts_on(crop.place, arranged, colours)
    ]
    scrim = make_scrim(pixels[top:bottom, left:right], texts, scrim_colour)
    href = pictures.register_crop(PictureCrop(picture.name, crop.width, part, scrim))
    name = f"hung-{picture.name}"
    shape = Markup(
        '<defs><clipPath id="{name}"><rect {place}/></clipPath></defs><g clip-path="url(#{name})">'
        '<image href="{href}" {shown} preserveAspectRatio="none"/></g>'
    ).format(name=name, place=_rect(crop.place), href=href, shown=_rect(shown))
    return page_svg(arranged.stage.page, shape, "picture", picture.file.alt)


def _to_pixels(box: Box, shown: Box, scale: float) -> Box:
    """Convert a box of the page to pixels of a picture that is drawn in the box ``shown``."""
    return Box((box.x - shown.x) * scale, (box.y - shown.y) * scale, box.width * scale, box.height * scale)


def _texts_on(place: Box, arranged: PageLayout, colours: Mapping[str, str]) -> list[TextOnPicture]:
    """Return the lines of text in a place. Raises ValueError for a part without a colour."""
    parts = [part for part in arranged.parts if part.box.overlaps(place)]
    without_colour = [part.name for part in parts if part.name not in colours]
    if without_colour:
        names = ", ".join(without_colour)
        raise ValueError(
            f"copy on the picture has no colour in place_picture(scrim_colour, colours): {names}"
        )
    return [text for part in parts for text in _texts_of(part, colours[part.name])]


def _texts_of(part: PlacedPart, colour: str) -> Iterator[TextOnPicture]:
    contrast = MIN_CONTRAST_LARGE_TEXT if part.name == LARGE_TEXT_PART else MIN_CONTRAST_TEXT
    for line in part.lines:
        yield TextOnPicture(part.ink(line).enlarged(AROUND_EM * part.size_px), colour, contrast)


def field_box(arranged: PageLayout) -> Box:
    """Return the page's field: all of the page except the motif's light and a footer along its whole top or bottom."""
    page = arranged.stage.page
    top, right, bottom = page.y, page.right, page.bottom
    band, motif = arranged.band, arranged.motif
    if band and band.is_full_side and band.side == "bottom":
        bottom = min(bottom, band.shape[0][1] + SEAM_PX)
    if band and band.is_full_side and band.side == "top" and band.shape[0][1] <= page.y:
        top = max(top, band.hang_y - SEAM_PX)
    if motif and arranged.cta_on == "light":
        bottom = min(bottom, motif.unlit.bottom + SEAM_PX)
        right = min(right, motif.unlit.right + SEAM_PX)
    return Box(page.x, top, right - page.x, bottom - top)


def _rect(box: Box) -> Markup:
    """Return a box as the attributes of an SVG rectangle."""
    sides = (decimal(side) for side in (box.x, box.y, box.width, box.height))
    return Markup('x="{}" y="{}" width="{}" height="{}"').format(*sides)
