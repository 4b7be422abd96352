"""Relative luminance and contrast of colours, as WCAG 2.2 defines them."""

from __future__ import annotations


def relative_luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1, of a colour written ``#RRGGBB``."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def contrast(one: float, other: float) -> float:
    """Return the contrast ratio, 1 to 21, of two relative luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
