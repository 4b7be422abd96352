"""Mix CSS colours, and calculate relative luminance and contrast as WCAG 2.2 defines them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
# The weights of red, green and blue in relative luminance (WCAG 2.2, "relative luminance").
LUMINANCE_WEIGHTS = (0.2126, 0.7152, 0.0722)
# The contrast that text keeps on a mixture: the minimum of WCAG 2.2 (1.4.3, 4.5:1), and a margin for lossy pictures.
MIX_CONTRAST, MIX_STEPS = 5.0, 20


class CssColour(str):
    """A colour as CSS text that a template can mix; ``#RRGGBB`` for screens."""

    __slots__ = ()

    def channels(self) -> tuple[int, int, int]:
        """Return red, green and blue, 0 to 255."""
        return int(self[1:3], 16), int(self[3:5], 16), int(self[5:7], 16)


def mix(one: str, other: str, share: float) -> CssColour:
    """Mix two ``#RRGGBB`` colours channel by channel; ``share``, 0 to 1, is the part of the first."""
    pairs = zip(CssColour(one).channels(), CssColour(other).channels(), strict=True)
    return CssColour("#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs))


def mix_under_text(one: str, other: str, share: float, text: str) -> float:
    """Return the share of ``one`` in a mixture on which text is legible: ``share``, or more if contrast needs it.

    Colours are ``#RRGGBB``. ``text`` is the colour of the text. Returns 1.0, which is ``one`` alone, if no mixture has
    enough contrast.
    """
    luminance = relative_luminance(text)
    for step in range(MIX_STEPS + 1):
        larger = share + (1 - share) * step / MIX_STEPS
        if contrast(relative_luminance(mix(one, other, larger)), luminance) >= MIX_CONTRAST:
            return larger
    return 1.0


def relative_luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1, of a colour written ``#RRGGBB``."""
    return float(luminances(np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float64)))


def luminances(colours: npt.NDArray[np.number[Any]]) -> Floats:
    """Return the relative luminance, 0 to 1, of an array of sRGB colours.

    The last axis holds red, green and blue, 0 to 255. The result of a float array has the same float type.
    """
    linear = LINEAR_OF_BYTE[colours] if colours.dtype == np.uint8 else _linearise(np.asarray(colours / 255))
    return np.asarray(linear @ np.array(LUMINANCE_WEIGHTS, dtype=linear.dtype))


def _linearise(channels: Floats) -> Floats:
    """Return linear light for sRGB channel values, both 0 to 1."""
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


LINEAR_OF_BYTE = _linearise(np.arange(256) / 255)
"""Linear light for each 8-bit channel value: a lookup is faster than the formula."""


def contrast(one: float, other: float) -> float:
    """Return the contrast ratio, 1 to 21, of two relative luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def contrasts(one: Floats, other: Floats) -> Floats:
    """Return the contrast ratio, 1 to 21, of two arrays of relative luminances, element by element."""
    return np.asarray((np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05))
