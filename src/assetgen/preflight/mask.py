"""Masks: the letters of a fact as a one-bit picture, made when a file is built and compared when it is verified.

A pixel of the mask is set where more than half of it is ink. So the finished pixels, reduced to the mask's
grid, must have more than half ink where it is set and less where it is not: there is nothing to tell by
likeness, and small type, noise and a ground that changes cost nothing but a few hundredths.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MASK_HEIGHT_PX = 16
MOST_WIDTH_PX = 4096
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
    mask_width = min(MOST_WIDTH_PX, max(1, round(width * MASK_HEIGHT_PX / height)))
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
    if len(content) < _HEAD_BYTES or content[0] not in (_UPRIGHT, _TURNED) or not 0 < width <= MOST_WIDTH_PX:
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
