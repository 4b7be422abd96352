"""Cropping a picture to its place: the place is filled at the smallest scale, with the picture's focus in view."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.geometry import Box
from assetgen.rendering.images.brand_pictures import cover

SIDE, SHARE = st.floats(1, 20_000), st.floats(0, 1)
PLACES = st.builds(Box, st.floats(-5000, 5000), st.floats(-5000, 5000), SIDE, SIDE)
POINTS = st.tuples(SHARE, SHARE)


@settings(max_examples=300, derandomize=True)
@given(place=PLACES, width=SIDE, height=SIDE, focus=POINTS, at=POINTS, zoom=st.floats(1, 4))
def test_a_cropped_picture_fills_its_place_and_shows_its_focus(
    place: Box, width: float, height: float, focus: tuple[float, float], at: tuple[float, float], zoom: float
) -> None:
    drawn = cover(place, width, height, focus, at, zoom)

    slack = 1e-9 * (abs(place.x) + abs(place.y) + drawn.width + drawn.height)
    assert drawn.x <= place.x + slack
    assert drawn.y <= place.y + slack
    assert drawn.right >= place.right - slack
    assert drawn.bottom >= place.bottom - slack
    x, y = drawn.x + focus[0] * drawn.width, drawn.y + focus[1] * drawn.height
    assert place.x - slack <= x <= place.right + slack
    assert place.y - slack <= y <= place.bottom + slack
    assert drawn.width / drawn.height == pytest.approx(width / height)
    assert min(drawn.width / place.width, drawn.height / place.height) == pytest.approx(zoom)


@pytest.mark.parametrize(
    ("place", "focus", "at", "expected"),
    [
        # As wide as its place: the picture can move only up or down.
        (Box(0, 0, 100, 50), (0.5, 0.5), (0.5, 0.5), Box(0, -25, 100, 100)),
        (Box(0, 0, 100, 50), (0.5, 0.1), (0.5, 0.5), Box(0, 0, 100, 100)),
        (Box(0, 0, 100, 50), (0.5, 0.9), (0.5, 0.5), Box(0, -50, 100, 100)),
        # The focus is at the requested point, as far as the edges of the picture allow.
        (Box(0, 0, 50, 100), (0.6, 0.2), (0.8, 0.3), Box(-20, 0, 100, 100)),
        (Box(10, 20, 50, 100), (0.0, 0.0), (1.0, 1.0), Box(10, 20, 100, 100)),
    ],
    ids=[
        "focus in the middle",
        "focus near the top",
        "focus near the bottom",
        "focus at the requested point",
        "focus in the corner",
    ],
)
def test_a_square_picture_is_cropped_around_its_focus(
    place: Box, focus: tuple[float, float], at: tuple[float, float], expected: Box
) -> None:
    assert cover(place, 300, 300, focus, at) == expected


def test_a_zoomed_picture_also_moves_sideways_to_its_focus() -> None:
    place = Box(0, 0, 100, 100)

    assert cover(place, 10, 10, (0.5, 0.5), (0.8, 0.5)) == place
    assert cover(place, 10, 10, (0.5, 0.5), (0.8, 0.5), zoom=2) == Box(-20, -50, 200, 200)
