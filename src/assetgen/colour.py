"""Colours as CSS text, mixed; their relative luminance and contrast, as WCAG 2.2 defines them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
SHARES = (0.2126, 0.7152, 0.0722)


class Shade(str):
    """A colour as CSS text that can be mixed. In screen mediums ``#RRGGBB``."""

    __slots__ = ()

    def channels(self) -> tuple[int, int, int]:
        """Return red, green and blue, 0 to 255."""
        return int(self[1:3], 16), int(self[3:5], 16), int(self[5:7], 16)


def mix(one: str, other: str, share: float) -> Shade:
    """Return ``share`` of one colour in the other, channel by channel."""
    pairs = zip(Shade(one).channels(), Shade(other).channels(), strict=True)
    return Shade("#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs))


def relative_luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1, of a colour written ``#RRGGBB``."""
    return float(luminances(np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float64)))


def luminances(colours: npt.NDArray[np.number[Any]]) -> Floats:
    """Return the relative luminance, 0 to 1, of sRGB colours, 0 to 255 along the last axis; floats keep their size."""
    linear = LEVELS[colours] if colours.dtype == np.uint8 else _linear(np.asarray(colours / 255))
    return np.asarray(linear @ np.array(SHARES, dtype=linear.dtype))


def _linear(parts: Floats) -> Floats:
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


LEVELS = _linear(np.arange(256) / 255)
"""The light of each of a channel's levels: whole pixels are looked up."""


def contrast(one: float, other: float) -> float:
    """Return the contrast ratio, 1 to 21, of two relative luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def contrasts(one: Floats, other: Floats) -> Floats:
    """Return the contrast ratio of each two relative luminances."""
    return np.asarray((np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05))
