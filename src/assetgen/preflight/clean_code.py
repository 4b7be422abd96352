"""Codes that are drawn as they should be: the same squares in the same two colours are the same code to a phone.

A campaign has one code on hundreds of pages, each time on other fractions of a pixel. Where a cut-out is, pixel for
pixel, its own squares on a clear margin with whatever around it, that ideal is what a phone is shown: it is
tried once. A neighbourhood of many greys becomes a chequer of its
extremes, which is harder than any. A speck, a dent, a shade, and the code is tried as it was found.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from assetgen.preflight.code_finder import QUIET_MODULES, FoundCode, Grey
from assetgen.preflight.phone import AROUND_MODULES, MOST_PX, CutCode

# A module must have so many pixels to be looked at: fewer are mostly edge.
LEAST_MODULE_PX = 8.0
# The corners of an upright code lie no further off its sides than this; pixels so near to a module's edge are soft.
SLACK_PX, SOFT_PX = 1.5, 1.6
# How far a pixel may be from its module's colour, in grey levels; and from the mean of what lies around the margin.
MOST_LEVELS, MOST_AROUND_LEVELS = 8, 40
# What lies around is told in steps of so many grey levels.
AROUND_STEP = 32
IDEAL_MODULE_PX = round(2 * MOST_PX)
# The ideal is drawn so much softer than a page is, that it is no easier to read than a code between two pixels:
# of twenty pages' codes the ideal needs 2.58 pixels a module on average, they themselves 2.55.
SOFTENED_PX = 0.5
Bits = npt.NDArray[np.bool_]
Places = npt.NDArray[np.floating[Any]]


def ideal_of(pixels: Grey, code: FoundCode) -> CutCode | None:
    """Return a code that was found in grey pixels as it was meant; None where it is drawn in any way otherwise."""
    left, top, right, bottom = _sides(code)
    upright = ((left, top), (right, top), (right, bottom), (left, bottom))
    off = max(
        abs(a - b)
        for one, other in zip(code.corners, upright, strict=True)
        for a, b in zip(one, other, strict=True)
    )
    if off > SLACK_PX or code.module_px < LEAST_MODULE_PX:
        return None
    across = (np.arange(pixels.shape[1]) + 0.5 - left) * code.modules / (right - left)
    down = (np.arange(pixels.shape[0]) + 0.5 - top) * code.modules / (bottom - top)
    middles = np.arange(code.modules) + 0.5
    if any(along[0] > middles[0] or along[-1] < middles[-1] for along in (across, down)):
        return None
    values = pixels[np.ix_(np.searchsorted(down, middles), np.searchsorted(across, middles))]
    middle = (int(values.min()) + int(values.max())) / 2
    bits = np.pad(values > middle, QUIET_MODULES, constant_values=True)
    light, dark = int(np.median(values[values > middle])), int(np.median(values[values <= middle]))
    if not _is_drawn(pixels, bits, (light, dark), (down, across), code.module_px):
        return None
    around = _around(pixels, code.modules, (down, across))
    return None if around is None else _ideal(code, bits, (light, dark), around)


def _sides(code: FoundCode) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = code.corners
    return (x0 + x3) / 2, (y0 + y1) / 2, (x1 + x2) / 2, (y2 + y3) / 2


def _is_drawn(
    pixels: Grey, bits: Bits, colours: tuple[int, int], places: tuple[Places, Places], module_px: float
) -> bool:
    """Say whether every pixel inside a module, of the code or of its margin, has the module's colour."""
    inside, modules = [], []
    for along in places:
        module = np.floor(along).astype(int) + QUIET_MODULES
        soft = np.abs(along - np.round(along)) * module_px < SOFT_PX
        inside.append(np.flatnonzero((module >= 0) & (module < len(bits)) & ~soft))
        modules.append(module[inside[-1]])
    light, dark = colours
    due = np.where(bits, light, dark).astype(np.int16)[np.ix_(*modules)]
    return bool((np.abs(pixels[np.ix_(*inside)] - due) <= MOST_LEVELS).all())


def _around(pixels: Grey, modules: int, places: tuple[Places, Places]) -> tuple[int, int] | None:
    """Return the two greys of what lies beyond the margin, in steps: its mean, twice, or its extremes where it has
    many; None where nothing is left to be seen of it."""
    outside = [(along < -QUIET_MODULES - 0.25) | (along > modules + QUIET_MODULES + 0.25) for along in places]
    ring = pixels[outside[0][:, None] | outside[1][None, :]].astype(np.float32)
    if not ring.size:
        return None
    mean, low, high = float(ring.mean()), float(ring.min()), float(ring.max())
    if max(high - mean, mean - low) <= MOST_AROUND_LEVELS:
        low = high = round(mean / AROUND_STEP) * AROUND_STEP
    else:
        low, high = low // AROUND_STEP * AROUND_STEP, -(-high // AROUND_STEP) * AROUND_STEP
    return min(255, int(low)), min(255, int(high))


def _ideal(code: FoundCode, bits: Bits, colours: tuple[int, int], around: tuple[int, int]) -> CutCode:
    values = np.where(bits, *colours).astype(np.uint8)
    beyond = AROUND_MODULES - QUIET_MODULES
    whole = np.array(around, np.uint8)[np.indices((len(bits) + 2 * beyond,) * 2).sum(axis=0) % 2]
    whole[beyond:-beyond, beyond:-beyond] = values
    picture = Image.fromarray(np.kron(whole, np.ones((IDEAL_MODULE_PX, IDEAL_MODULE_PX), np.uint8)))
    picture = picture.filter(ImageFilter.BoxBlur(SOFTENED_PX))
    near, far = AROUND_MODULES * IDEAL_MODULE_PX, (AROUND_MODULES + code.modules) * IDEAL_MODULE_PX
    corners = tuple((float(x), float(y)) for x, y in ((near, near), (far, near), (far, far), (near, far)))
    return CutCode(picture.tobytes(), picture.size, corners, code.modules, code.text or "")
