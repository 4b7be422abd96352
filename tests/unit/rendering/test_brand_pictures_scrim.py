"""The scrim behind text on a picture: it keeps the contrast over every pixel, and is drawn only if needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from assetgen.colour import contrasts, luminances, relative_luminance
from assetgen.geometry import Box
from assetgen.rendering.images.brand_pictures import (
    MIN_CONTRAST_LARGE_TEXT,
    MIN_CONTRAST_TEXT,
    TextOnPicture,
    make_scrim,
    min_strengths,
)
from assetgen.rendering.images.raster import Pixels
from tests.support.photographs import noise

INK, PAPER, APRICOT, SLATE = "#10262C", "#FBF6EE", "#FFB570", "#2C4850"
# Pairs of a text colour and the colour of the scrim behind it.
PAIRS = [(PAPER, INK), (APRICOT, INK), (INK, PAPER), (SLATE, PAPER)]


def plain(colour: tuple[int, int, int], width: int = 120, height: int = 90) -> Pixels:
    return np.asarray(Image.new("RGB", (width, height), colour))


def lowest_contrast(pixels: Pixels, box: Box, text_colour: str) -> float:
    """Return the lowest contrast of text with any pixel under a box."""
    under = pixels[int(box.y) : int(box.bottom), int(box.x) : int(box.right)].astype(np.float64)
    return float(contrasts(luminances(under), np.array(relative_luminance(text_colour))).min())


@st.composite
def pictures(draw: st.DrawFn) -> Pixels:
    """Draw pictures on which text is hard to read: noise and hard edges, in many shapes and sizes."""
    width, height = draw(st.integers(8, 260)), draw(st.integers(8, 260))
    seed = draw(st.integers(0, 2**16))
    block = draw(st.sampled_from([1, 3, 16, 64]))
    small = noise(-(-width // block), -(-height // block), seed)
    large = small.resize((small.width * block, small.height * block), Image.Resampling.NEAREST)
    return np.asarray(large)[:height, :width]


@pytest.mark.thorough
@settings(max_examples=120, derandomize=True)
@given(
    pixels=pictures(),
    pair=st.sampled_from(PAIRS),
    contrast=st.sampled_from([MIN_CONTRAST_TEXT, MIN_CONTRAST_LARGE_TEXT]),
    corners=st.tuples(*[st.floats(0, 1)] * 4),
)
def test_a_scrim_keeps_the_contrast_of_text_over_every_pixel(
    pixels: Pixels, pair: tuple[str, str], contrast: float, corners: tuple[float, float, float, float]
) -> None:
    (text_colour, scrim_colour), (height, width, _) = pair, pixels.shape
    (left, right), (top, bottom) = sorted(corners[:2]), sorted(corners[2:])
    box = Box(left * width, top * height, (right - left) * width, (bottom - top) * height)
    assume(int(box.right) > int(box.x) and int(box.bottom) > int(box.y))

    scrim = make_scrim(pixels, [TextOnPicture(box, text_colour, contrast)], scrim_colour)

    result = scrim.over(pixels) if scrim else pixels
    assert lowest_contrast(result, box, text_colour) >= contrast


@settings(max_examples=120, derandomize=True)
@given(
    colours=st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=6),
    pair=st.sampled_from(PAIRS),
    stronger=st.floats(0, 1),
)
def test_a_stronger_scrim_than_needed_also_keeps_the_contrast(
    colours: list[tuple[int, int, int]], pair: tuple[str, str], stronger: float
) -> None:
    text_colour, scrim_colour = pair
    below = np.array(colours, np.uint8)

    needed = float(
        min_strengths(
            scrim_colour, text_colour, MIN_CONTRAST_LARGE_TEXT, below.max(axis=0), below.min(axis=0)
        )
    )

    strength = needed + stronger * (1 - needed)
    over = np.array([int(scrim_colour[at : at + 2], 16) for at in (1, 3, 5)])
    result = luminances(over * strength + below * (1 - strength))
    assert (
        contrasts(result, np.array(relative_luminance(text_colour))).min() >= MIN_CONTRAST_LARGE_TEXT - 1e-3
    )


def test_a_scrim_is_no_stronger_than_needed() -> None:
    white = np.full(3, 255, np.uint8)

    needed = float(min_strengths(INK, PAPER, 4.5, white, white))

    weaker = needed - 0.02
    over = np.array([0x10, 0x26, 0x2C]) * weaker + white * (1 - weaker)
    assert 0.5 < needed < 0.7
    assert contrasts(luminances(over), np.array(relative_luminance(PAPER))) < 4.5


def test_a_dark_calm_picture_gets_no_scrim() -> None:
    assert (
        make_scrim(plain((20, 40, 48)), [TextOnPicture(Box(10, 10, 80, 40), PAPER, MIN_CONTRAST_TEXT)], INK)
        is None
    )


def test_a_picture_without_text_gets_no_scrim() -> None:
    assert make_scrim(np.asarray(noise(90, 60)), [], INK) is None


def test_text_that_cannot_reach_the_contrast_gets_a_full_scrim() -> None:
    grey = np.full(3, 128, np.uint8)

    assert min_strengths(INK, "#20363C", MIN_CONTRAST_TEXT, grey, grey) == 1


def test_a_scrim_leaves_the_picture_far_from_the_text_unchanged() -> None:
    white = plain((255, 255, 255), 400, 300)

    scrim = make_scrim(white, [TextOnPicture(Box(0, 0, 100, 60), PAPER, MIN_CONTRAST_TEXT)], INK)

    assert scrim is not None
    result = scrim.over(white)
    assert (result[-40:, -60:] == 255).all()
    assert (result[:60, :100] < 130).all()


def test_a_scrim_has_no_visible_edge() -> None:
    white = plain((255, 255, 255), 600, 400)

    scrim = make_scrim(white, [TextOnPicture(Box(0, 0, 200, 120), PAPER, MIN_CONTRAST_TEXT)], INK)

    assert scrim is not None
    result = scrim.over(white).astype(int)
    steps = max(np.abs(np.diff(result, axis=axis)).max() for axis in (0, 1))
    assert steps <= 4


@pytest.mark.parametrize("box", [Box(-50, -50, 20, 20), Box(500, 500, 10, 10), Box(-50, 10, 400, 5)])
def test_only_text_that_overlaps_the_picture_gets_a_scrim(box: Box) -> None:
    pixels = plain((255, 255, 255))

    scrim = make_scrim(pixels, [TextOnPicture(box, PAPER, MIN_CONTRAST_TEXT)], INK)

    assert (scrim is None) is not box.overlaps(Box(0, 0, 120, 90))
