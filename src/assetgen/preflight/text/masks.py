"""Compare the letters of a fact in finished pixels with the one-bit mask made at build time.

A pixel of the mask is set where more than half of it is ink. So the finished pixels, reduced to the mask's
grid, must have more than half ink where it is set and less where it is not: there is nothing to tell by
likeness, and small type, noise and a background that changes cost nothing but a few hundredths.

A mask says where letters were. What stands there and what is around it give the ink's colour and the
background's, light on dark or dark on light; each pixel is then a share of ink between the two.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetgen.colour import contrast, luminances

MASK_HEIGHT_PX = 16
MAX_WIDTH_PX = 4096
_UPRIGHT, _TURNED = 0, 1
_HEAD_BYTES = 3

Bits = NDArray[np.bool_]
Shares = NDArray[np.float32]


def whole_pixels(box: Sequence[float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the whole pixels that a box [x, y, width, height] touches.

    At least one pixel, inside a picture of this size: what ``mask_of`` takes and what is compared with it.
    """
    x, y, width, height = box
    left, top = (max(0, math.floor(at + 0.05)) for at in (x, y))
    right, bottom = math.ceil(x + width - 0.05), math.ceil(y + height - 0.05)
    left, top = min(left, size[0] - 1), min(top, size[1] - 1)
    return left, top, max(left + 1, min(right, size[0])), max(top + 1, min(bottom, size[1]))


def mask_of(alpha: NDArray[np.uint8]) -> str:
    """Return the mask of letters that are drawn alone: ``alpha`` is their opacity, cut to ``whole_pixels``.

    The shorter side becomes 16 px; letters that are not fully opaque count by their strongest.
    """
    is_turned = alpha.shape[0] > alpha.shape[1]
    upright = np.ascontiguousarray(alpha.T if is_turned else alpha)
    height, width = upright.shape
    mask_width = min(MAX_WIDTH_PX, max(1, round(width * MASK_HEIGHT_PX / height)))
    shares = reduced(upright.astype(np.float32), mask_width)
    bits = shares >= max(1, int(alpha.max(initial=0))) / 2
    head = bytes([_TURNED if is_turned else _UPRIGHT, *mask_width.to_bytes(2)])
    return base64.b64encode(head + np.packbits(bits).tobytes()).decode("ascii")


def read_mask(mask: str) -> tuple[Bits, bool]:
    """Return a mask's bits, 16 px high, and whether its letters run down the page. Raises ValueError."""
    try:
        content = base64.b64decode(mask, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("it is no base64") from error
    width = int.from_bytes(content[1:_HEAD_BYTES])
    if len(content) < _HEAD_BYTES or content[0] not in (_UPRIGHT, _TURNED) or not 0 < width <= MAX_WIDTH_PX:
        raise ValueError("it does not begin as a mask does")
    packed = np.frombuffer(content[_HEAD_BYTES:], np.uint8)
    if len(packed) != MASK_HEIGHT_PX * width // 8:
        raise ValueError("it is not as long as its width says")
    bits = np.unpackbits(packed).astype(np.bool_).reshape(MASK_HEIGHT_PX, width)
    return bits, content[0] == _TURNED


def reduced(shares: Shares, mask_width: int, box: tuple[float, float, float, float] | None = None) -> Shares:
    """Return a picture of shares of ink on a mask's grid: each pixel the mean of what it covers.

    ``box`` is the part that is meant: left, top, right, bottom, which need not be whole pixels.
    """
    high = shares.shape[0] if box is None else box[3] - box[1]
    how = Image.Resampling.BOX if high >= MASK_HEIGHT_PX else Image.Resampling.BILINEAR
    picture = Image.fromarray(np.ascontiguousarray(shares, dtype=np.float32))
    return np.asarray(picture.resize((mask_width, MASK_HEIGHT_PX), how, box=box), dtype=np.float32)


Pixels = NDArray[np.float32]

# Letters are read at this height or up to twice it: the mask has sixteen lines, so that more would tell nothing.
ENOUGH_HEIGHT_PX = 3 * MASK_HEIGHT_PX
# So much of their height is cut out with the letters, all round: the background is told by it.
MARGIN, MIN_MARGIN_PX = 0.35, 2
# How far the letters may lie from where the mark has them, in px of the file: marks are told to a tenth.
SHIFTS_PX = (0.0, -0.5, 0.5, -1.0, 1.0)
# Shares of ink are relative to the strongest strokes, which thin type hardly has: tried up and down.
STRENGTHS = (1.0, 0.9, 1.1, 0.8, 1.2, 0.7, 1.35, 1.5)
# Colours nearer to each other than this, of 441 from black to white, are one: nothing stands there.
MIN_DISTANCE = 24.0
# A further figure would stand nearer than this to a number, as a share of its height; a word never does. A full
# stop may, but not in the upper part of the line.
BESIDE, UPPER, MIN_BESIDE_PX = 0.2, 0.6, 3


@dataclass(frozen=True, slots=True)
class Match:
    """How letters agree with their mask: the largest part of nine neighbouring pixels that is missing, and
    that is too much. 0 for a perfect match, 1 where all nine are wrong."""

    missing: float
    extra: float


@dataclass(frozen=True, slots=True)
class Letters:
    """A part of a picture that is to hold letters: its pixels with a margin, and where in them the mark's box is
    (left, top, right, bottom). ``px`` is how many of them are one px of the file."""

    pixels: Pixels
    box: tuple[float, float, float, float]
    px: float

    @property
    def whole_box(self) -> tuple[int, int, int, int]:
        """Return the box in whole pixels."""
        left, top, right, bottom = (round(at) for at in self.box)
        return left, top, max(left + 1, right), max(top + 1, bottom)

    @classmethod
    def cut(cls, picture: Image.Image, box: tuple[int, int, int, int], *, is_turned: bool) -> Letters:
        """Cut whole pixels out of an RGB picture, upright."""
        left, top, right, bottom = box
        high = right - left if is_turned else bottom - top
        margin = max(MIN_MARGIN_PX, round(high * MARGIN))
        around = (
            max(0, left - margin),
            max(0, top - margin),
            min(picture.width, right + margin),
            min(picture.height, bottom + margin),
        )
        # Whole pixels taken together: any other size would smear thin strokes.
        together = max(1, high // ENOUGH_HEIGHT_PX)
        part = picture.crop(around).reduce(together)
        x0, x1 = (left - around[0]) / together, (right - around[0]) / together
        y0, y1 = (top - around[1]) / together, (bottom - around[1]) / together
        pixels = np.asarray(part, dtype=np.float32)
        if is_turned:
            return cls(pixels.transpose(1, 0, 2), (y0, x0, y1, x1), 1 / together)
        return cls(pixels, (x0, y0, x1, y1), 1 / together)


@dataclass(frozen=True, slots=True)
class Separated:
    """Letters apart from their background: ``shares`` of ink (1 is full), the background behind each pixel, the ink's
    colour; ``distance`` is how far the two are from each other, from 0 to 441."""

    letters: Letters
    shares: Shares
    background: Pixels
    ink: Pixels
    distance: float

    @property
    def is_empty(self) -> bool:
        """Say whether nothing stands there."""
        return self.distance < MIN_DISTANCE

    @property
    def has_more_beside(self) -> bool:
        """Say whether ink stands right before or behind the letters, where a further figure would."""
        left, top, right, bottom = self.letters.whole_box
        reach = max(2, round((bottom - top) * BESIDE))
        rows = self.shares[top : top + round((bottom - top) * UPPER)] > 0.5
        strips = (
            rows[:, max(0, left - 1 - reach) : max(0, left - 1)],
            rows[:, right + 1 : right + 1 + reach],
        )
        return any(strip.sum() >= MIN_BESIDE_PX for strip in strips)

    def match(self, mask: Bits) -> Match:
        """Return how the letters agree with their mask, at the place where they agree best."""
        left, top, right, bottom = self.letters.box
        high, wide = self.shares.shape
        found: list[tuple[float, Shares]] = []
        for dy, dx in product(SHIFTS_PX, SHIFTS_PX):
            x, y = dx * self.letters.px, dy * self.letters.px
            part = (max(0, left + x), max(0, top + y), min(wide, right + x), min(high, bottom + y))
            shares = reduced(self.shares, mask.shape[1], part)
            found.append((float(_wrong(shares, mask).sum()), shares))
        shares = min(found, key=lambda one: one[0])[1]
        tried = [_wrong(shares / strength, mask) for strength in STRENGTHS]
        wrong = min(tried, key=lambda one: float(one.sum()))
        return Match(_largest_patch(np.where(mask, wrong, 0)), _largest_patch(np.where(mask, 0, wrong)))

    @property
    def contrast(self) -> float:
        """Return WCAG's contrast of the ink where the background is least favourable to it, leaving out 5 %."""
        left, top, right, bottom = self.letters.whole_box
        background = luminances(self.background[top:bottom, left:right])
        ink = float(luminances(self.ink))
        nearest = np.quantile(background, 0.95 if ink > float(np.median(background)) else 0.05)
        return contrast(ink, float(nearest))


def separate(letters: Letters, mask: Bits) -> Separated:
    """Part the letters from their background, told by the mask where to look for each."""
    soft = _over(letters, mask)
    background = _background(letters, soft)
    difference = letters.pixels - background
    strong = soft >= min(0.75, float(soft.max(initial=0)))
    mean = difference[strong].mean(axis=0) if strong.any() else np.zeros(3, np.float32)
    length = float(np.linalg.norm(mean))
    if length < 1e-3:
        return Separated(letters, np.zeros(soft.shape, np.float32), background, mean, 0.0)
    along = difference @ (mean / length)
    distance = float(np.quantile(along[strong], 0.8))
    shares = np.clip(along / max(distance, 1e-3), -1, 2).astype(np.float32)
    full = strong & (along >= distance)
    return Separated(letters, shares, background, letters.pixels[full].mean(axis=0), distance)


def spread(picture: Image.Image) -> float:
    """Return the contrast between the lightest and the darkest that a part of a picture has, but for 2 % each:
    what letters in it can have at most."""
    light = luminances(np.asarray(picture, dtype=np.float32))
    return contrast(float(np.quantile(light, 0.98)), float(np.quantile(light, 0.02)))


def _over(letters: Letters, mask: Bits) -> Shares:
    """Return the mask as it lies over the letters, from 0 to 1."""
    left, top, right, bottom = letters.whole_box
    scaled = Image.fromarray(mask.astype(np.uint8) * 255).resize(
        (right - left, bottom - top), Image.Resampling.BILINEAR
    )
    high, wide = letters.pixels.shape[:2]
    soft = np.zeros((high, wide), np.float32)
    inner = np.asarray(scaled, dtype=np.float32)[: high - top, : wide - left] / 255
    soft[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return soft


def _background(letters: Letters, soft: Shares) -> Pixels:
    """Return the background behind each pixel: the mean of what is bare around it."""
    bare = (soft < 0.02).astype(np.float64)
    radius = max(3, round(letters.box[3] - letters.box[1]) // 2)
    weight = _sums(bare, radius)
    sums = [_sums(letters.pixels[..., channel] * bare, radius) for channel in range(3)]
    background = np.stack([one / np.maximum(weight, 1) for one in sums], axis=-1)
    if bare.any():
        background[weight < 1] = letters.pixels[bare > 0].mean(axis=0)
    return background.astype(np.float32)


def _sums(values: NDArray[np.float64], radius: int) -> NDArray[np.float64]:
    """Return for each pixel the sum over the square around it."""
    total = np.pad(values, ((radius + 1, radius), (radius + 1, radius))).cumsum(0).cumsum(1)
    side = 2 * radius + 1
    sums: NDArray[np.float64] = (
        total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    )
    return sums


def _wrong(shares: Shares, mask: Bits) -> Shares:
    """Return by how much each pixel is on the wrong side of one half, from 0 to 1."""
    return np.clip(np.where(mask, 0.5 - shares, shares - 0.5), 0, 0.5) * 2


def _largest_patch(wrong: Shares) -> float:
    return float(_sums(wrong.astype(np.float64), 1).max(initial=0)) / 9
