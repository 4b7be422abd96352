"""The usual shapes of a page, by width ÷ height: DESIGN's table, once."""

from __future__ import annotations

# The ratio below which a page has this shape, from narrow to wide; what reaches the last one is a strip.
SHAPE_BELOW_RATIO = {
    "skyscraper": 0.34,
    "tall": 0.62,
    "portrait": 0.9,
    "square": 1.12,
    "landscape": 1.95,
    "wide": 4.5,
}
WIDEST = "strip"
SHAPE_NAMES = (*SHAPE_BELOW_RATIO, WIDEST)


def shape_of(ratio: float) -> str:
    """Return the usual shape of a page from its width ÷ height."""
    return next((shape for shape, bound in SHAPE_BELOW_RATIO.items() if ratio < bound), WIDEST)
