"""Compare the letters of a fact in finished pixels with the one-bit mask made at build time.

A mask pixel is set where more than half of it is ink. The finished pixels, reduced to the mask's grid, must therefore
have more than half ink in set pixels and less in the others. So no measure of similarity is needed: small type, noise
and an uneven background change the result only by a few hundredths.

The mask shows where the letters were. The pixels there give the colour of the ink, and the pixels around them the
colour of the background, light on dark or dark on light. Each pixel then has a share of ink between the two.
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

    ``size`` is the width and height of the picture. The result is inside the picture and has at least one pixel. Both
    ``encode_mask`` and the later comparison use these pixels.
    """
    x, y, width, height = box
    left, top = (max(0, math.floor(at + 0.05)) for at in (x, y))
    right, bottom = math.ceil(x + width - 0.05), math.ceil(y + height - 0.05)
    left, top = min(left, size[0] - 1), min(top, size[1] - 1)
    return left, top, max(left + 1, min(right, size[0])), max(top + 1, min(bottom, size[1]))


def encode_mask(alpha: NDArray[np.uint8]) -> str:
    """Return the mask, as base64, of letters that are rendered alone.

    ``alpha`` is their opacity, cropped to ``whole_pixels``. The shorter side is scaled to 16 px. Half of the greatest
    alpha is the threshold, so that translucent letters count too.
    """
    is_turned = alpha.shape[0] > alpha.shape[1]
    upright = np.ascontiguousarray(alpha.T if is_turned else alpha)
    height, width = upright.shape
    mask_width = min(MAX_WIDTH_PX, max(1, round(width * MASK_HEIGHT_PX / height)))
    shares = resample_to_mask(upright.astype(np.float32), mask_width)
    bits = shares >= max(1, int(alpha.max(initial=0))) / 2
    head = bytes([_TURNED if is_turned else _UPRIGHT, *mask_width.to_bytes(2)])
    return base64.b64encode(head + np.packbits(bits).tobytes()).decode("ascii")


def decode_mask(mask: str) -> tuple[Bits, bool]:
    """Return a mask's bits, 16 px high, and whether its letters run down the page.

    Raises ValueError for an invalid mask.
    """
    try:
        content = base64.b64decode(mask, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("it is not valid base64") from error
    width = int.from_bytes(content[1:_HEAD_BYTES])
    if len(content) < _HEAD_BYTES or content[0] not in (_UPRIGHT, _TURNED) or not 0 < width <= MAX_WIDTH_PX:
        raise ValueError("its header is invalid")
    packed = np.frombuffer(content[_HEAD_BYTES:], np.uint8)
    if len(packed) != MASK_HEIGHT_PX * width // 8:
        raise ValueError("its length does not match its width")
    bits = np.unpackbits(packed).astype(np.bool_).reshape(MASK_HEIGHT_PX, width)
    return bits, content[0] == _TURNED


def resample_to_mask(
    shares: Shares, mask_width: int, box: tuple[float, float, float, float] | None = None
) -> Shares:
    """Resample shares of ink to a mask's grid, by mean values, or by interpolation if the letters are smaller.

    ``box`` is the part to resample: left, top, right, bottom. These need not be whole pixels.
    """
    height = shares.shape[0] if box is None else box[3] - box[1]
    resampling = Image.Resampling.BOX if height >= MASK_HEIGHT_PX else Image.Resampling.BILINEAR
    picture = Image.fromarray(np.ascontiguousarray(shares, dtype=np.float32))
    return np.asarray(picture.resize((mask_width, MASK_HEIGHT_PX), resampling, box=box), dtype=np.float32)


Pixels = NDArray[np.float32]

# Letters taller than this are reduced by a whole factor, to between this height and twice it. A mask is sixteen
# pixels high, so more detail would not help.
ENOUGH_HEIGHT_PX = 3 * MASK_HEIGHT_PX
# The margin that is cropped with the letters, as a share of their height: it shows the background.
MARGIN_SHARE, MIN_MARGIN_PX = 0.35, 2
# The offsets from the region's box that are tried, in px of the file: boxes are rounded to tenths.
SHIFTS_PX = (0.0, -0.5, 0.5, -1.0, 1.0)
# Shares of ink are relative to the strongest strokes, which thin type hardly has. These factors are tried.
STRENGTHS = (1.0, 0.9, 1.1, 0.8, 1.2, 0.7, 1.35, 1.5)
# Ink and background closer to each other than this count as one colour (black and white are 441 apart).
MIN_DISTANCE = 24.0
# A further digit would be closer to a number than this share of its height; a separate word never is. A full stop can
# be as close, so only this upper share of the line is examined.
BESIDE_SHARE, UPPER_SHARE, MIN_BESIDE_PX = 0.2, 0.6, 3


@dataclass(frozen=True, slots=True)
class MaskMatch:
    """How well letters agree with their mask.

    ``missing`` is the share of ink that is missing, ``extra`` the share that should not be there, each in the worst
    square of nine pixels: 0 for a perfect match, 1 if all nine pixels are wrong.
    """

    missing: float
    extra: float


@dataclass(frozen=True, slots=True)
class LetterPixels:
    """The part of a picture where letters are expected, with a margin around them.

    ``box`` is the region's box inside ``pixels`` (left, top, right, bottom). ``px`` is how many of these pixels make
    one px of the file.
    """

    pixels: Pixels
    box: tuple[float, float, float, float]
    px: float

    @property
    def whole_box(self) -> tuple[int, int, int, int]:
        """Return the box in whole pixels."""
        left, top, right, bottom = (round(at) for at in self.box)
        return left, top, max(left + 1, right), max(top + 1, bottom)

    @classmethod
    def cut(cls, picture: Image.Image, box: tuple[int, int, int, int], *, is_turned: bool) -> LetterPixels:
        """Crop a box of whole pixels out of an RGB picture, with a margin, and turn it upright."""
        left, top, right, bottom = box
        height = right - left if is_turned else bottom - top
        margin = max(MIN_MARGIN_PX, round(height * MARGIN_SHARE))
        around = (
            max(0, left - margin),
            max(0, top - margin),
            min(picture.width, right + margin),
            min(picture.height, bottom + margin),
        )
        # Reduced by a whole factor: any other would blur thin strokes.
        factor = max(1, height // ENOUGH_HEIGHT_PX)
        part = picture.crop(around).reduce(factor)
        x0, x1 = (left - around[0]) / factor, (right - around[0]) / factor
        y0, y1 = (top - around[1]) / factor, (bottom - around[1]) / factor
        pixels = np.asarray(part, dtype=np.float32)
        if is_turned:
            return cls(pixels.transpose(1, 0, 2), (y0, x0, y1, x1), 1 / factor)
        return cls(pixels, (x0, y0, x1, y1), 1 / factor)


@dataclass(frozen=True, slots=True)
class SeparatedInk:
    """Letters separated from their background.

    ``shares`` has the share of ink of each pixel (1 is full ink), ``background`` the colour behind each pixel, ``ink``
    the colour of the ink. ``distance`` is the distance between the two colours, from 0 to 441.
    """

    letters: LetterPixels
    shares: Shares
    background: Pixels
    ink: Pixels
    distance: float

    @property
    def is_empty(self) -> bool:
        """Return whether the letters have no ink that differs from their background."""
        return self.distance < MIN_DISTANCE

    @property
    def has_more_beside(self) -> bool:
        """Return whether there is ink directly before or after the letters, where a further digit would be."""
        left, top, right, bottom = self.letters.whole_box
        reach = max(2, round((bottom - top) * BESIDE_SHARE))
        rows = self.shares[top : top + round((bottom - top) * UPPER_SHARE)] > 0.5
        strips = (
            rows[:, max(0, left - 1 - reach) : max(0, left - 1)],
            rows[:, right + 1 : right + 1 + reach],
        )
        return any(strip.sum() >= MIN_BESIDE_PX for strip in strips)

    def match(self, mask: Bits) -> MaskMatch:
        """Compare the letters with their mask, at the offset and strength that agree best."""
        left, top, right, bottom = self.letters.box
        height, width = self.shares.shape
        candidates: list[tuple[float, Shares]] = []
        for dy, dx in product(SHIFTS_PX, SHIFTS_PX):
            x, y = dx * self.letters.px, dy * self.letters.px
            part = (max(0, left + x), max(0, top + y), min(width, right + x), min(height, bottom + y))
            shares = resample_to_mask(self.shares, mask.shape[1], part)
            candidates.append((float(_errors(shares, mask).sum()), shares))
        shares = min(candidates, key=lambda candidate: candidate[0])[1]
        tried = [_errors(shares / strength, mask) for strength in STRENGTHS]
        errors = min(tried, key=lambda one: float(one.sum()))
        return MaskMatch(_worst_square(np.where(mask, errors, 0)), _worst_square(np.where(mask, 0, errors)))

    @property
    def contrast(self) -> float:
        """Return the WCAG contrast ratio of the ink with the least favourable background, ignoring the worst 5 %."""
        left, top, right, bottom = self.letters.whole_box
        background = luminances(self.background[top:bottom, left:right])
        ink = float(luminances(self.ink))
        nearest = np.quantile(background, 0.95 if ink > float(np.median(background)) else 0.05)
        return contrast(ink, float(nearest))


def separate_ink(letters: LetterPixels, mask: Bits) -> SeparatedInk:
    """Separate letters from their background. The mask shows which pixels are ink and which are background."""
    soft = _mask_over(letters, mask)
    background = _background(letters, soft)
    difference = letters.pixels - background
    strong = soft >= min(0.75, float(soft.max(initial=0)))
    mean = difference[strong].mean(axis=0) if strong.any() else np.zeros(3, np.float32)
    length = float(np.linalg.norm(mean))
    if length < 1e-3:
        return SeparatedInk(letters, np.zeros(soft.shape, np.float32), background, mean, 0.0)
    along = difference @ (mean / length)
    distance = float(np.quantile(along[strong], 0.8))
    shares = np.clip(along / max(distance, 1e-3), -1, 2).astype(np.float32)
    full = strong & (along >= distance)
    return SeparatedInk(letters, shares, background, letters.pixels[full].mean(axis=0), distance)


def contrast_range(picture: Image.Image) -> float:
    """Return the contrast ratio of the lightest and the darkest pixels of an RGB picture, ignoring 2 % at each end.

    Letters in the picture cannot have a higher contrast.
    """
    light = luminances(np.asarray(picture, dtype=np.float32))
    return contrast(float(np.quantile(light, 0.98)), float(np.quantile(light, 0.02)))


def _mask_over(letters: LetterPixels, mask: Bits) -> Shares:
    """Return the mask scaled to the box of the letters, from 0 to 1, on an array as large as their pixels."""
    left, top, right, bottom = letters.whole_box
    scaled = Image.fromarray(mask.astype(np.uint8) * 255).resize(
        (right - left, bottom - top), Image.Resampling.BILINEAR
    )
    height, width = letters.pixels.shape[:2]
    soft = np.zeros((height, width), np.float32)
    inner = np.asarray(scaled, dtype=np.float32)[: height - top, : width - left] / 255
    soft[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return soft


def _background(letters: LetterPixels, soft: Shares) -> Pixels:
    """Return the background behind each pixel: the mean of the pixels without ink around it."""
    without_ink = (soft < 0.02).astype(np.float64)
    radius = max(3, round(letters.box[3] - letters.box[1]) // 2)
    weight = _sums(without_ink, radius)
    sums = [_sums(letters.pixels[..., channel] * without_ink, radius) for channel in range(3)]
    background = np.stack([channel / np.maximum(weight, 1) for channel in sums], axis=-1)
    if without_ink.any():
        background[weight < 1] = letters.pixels[without_ink > 0].mean(axis=0)
    return background.astype(np.float32)


def _sums(values: NDArray[np.float64], radius: int) -> NDArray[np.float64]:
    """Return, for each pixel, the sum over the square around it, which reaches ``radius`` pixels to each side."""
    total = np.pad(values, ((radius + 1, radius), (radius + 1, radius))).cumsum(0).cumsum(1)
    side = 2 * radius + 1
    sums: NDArray[np.float64] = (
        total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    )
    return sums


def _errors(shares: Shares, mask: Bits) -> Shares:
    """Return the error of each pixel, 0 to 1: how far its share of ink is on the wrong side of one half."""
    return np.clip(np.where(mask, 0.5 - shares, shares - 0.5), 0, 0.5) * 2


def _worst_square(errors: Shares) -> float:
    """Return the highest mean error of any square of nine pixels."""
    return float(_sums(errors.astype(np.float64), 1).max(initial=0)) / 9
