"""The veil over a picture: the field's own colour, laid on just so strongly that the words there can be read.

It is reckoned in cells. Under words a cell needs the least strength at which the veil keeps the words' contrast
over the cell's every pixel; where the picture is calm already that is none. What the cells need is then spread and
smoothed, so that no edge is seen, and never less than they need.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np
from PIL import Image

from assetgen.colour import Floats, contrasts, luminances, relative_luminance
from assetgen.geometry import Box
from assetgen.render.colours import Shade
from assetgen.render.raster import Pixels

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
