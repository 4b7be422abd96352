"""The veil keeps the contrast of words over every pixel under them, is absent where none needs it, and has no edge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from assetgen.colour import contrasts, luminances, relative_luminance
from assetgen.geometry import Box
from assetgen.rendering.images.brand_pictures import READ, READ_LARGE, Read, lay_veil, least_strengths
from assetgen.rendering.images.raster import Pixels
from tests.support.photographs import noise

INK, PAPER, APRICOT, SLATE = "#10262C", "#FBF6EE", "#FFB570", "#2C4850"
# What may be written on what: words, and the colour of the veil under them.
PAIRS = [(PAPER, INK), (APRICOT, INK), (INK, PAPER), (SLATE, PAPER)]


def plain(colour: tuple[int, int, int], width: int = 120, height: int = 90) -> Pixels:
    return np.asarray(Image.new("RGB", (width, height), colour))


def worst(pixels: Pixels, box: Box, words: str) -> float:
    """Return the least contrast of words with any pixel under a box."""
    under = pixels[int(box.y) : int(box.bottom), int(box.x) : int(box.right)].astype(np.float64)
    return float(contrasts(luminances(under), np.array(relative_luminance(words))).min())


@st.composite
def pictures(draw: st.DrawFn) -> Pixels:
    """Return pictures that are hard to write on: noise, hard edges, wide and narrow, of few and many pixels."""
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
    contrast=st.sampled_from([READ, READ_LARGE]),
    corners=st.tuples(*[st.floats(0, 1)] * 4),
)
def test_words_keep_their_contrast_over_every_pixel_of_any_picture(
    pixels: Pixels, pair: tuple[str, str], contrast: float, corners: tuple[float, float, float, float]
) -> None:
    (words, veil), (height, width, _) = pair, pixels.shape
    (left, right), (top, bottom) = sorted(corners[:2]), sorted(corners[2:])
    box = Box(left * width, top * height, (right - left) * width, (bottom - top) * height)
    assume(int(box.right) > int(box.x) and int(box.bottom) > int(box.y))

    laid = lay_veil(pixels, [Read(box, words, contrast)], veil)

    shown = laid.over(pixels) if laid else pixels
    assert worst(shown, box, words) >= contrast


@settings(max_examples=120, derandomize=True)
@given(
    colours=st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=6),
    pair=st.sampled_from(PAIRS),
    stronger=st.floats(0, 1),
)
def test_a_stronger_veil_than_is_needed_keeps_the_contrast_too(
    colours: list[tuple[int, int, int]], pair: tuple[str, str], stronger: float
) -> None:
    words, veil = pair
    below = np.array(colours, np.uint8)

    least = float(least_strengths(veil, words, READ_LARGE, below.max(axis=0), below.min(axis=0)))

    strength = least + stronger * (1 - least)
    over = np.array([int(veil[at : at + 2], 16) for at in (1, 3, 5)])
    seen = luminances(over * strength + below * (1 - strength))
    assert contrasts(seen, np.array(relative_luminance(words))).min() >= READ_LARGE - 1e-3


def test_the_strength_is_the_least_that_will_do() -> None:
    white = np.full(3, 255, np.uint8)

    least = float(least_strengths(INK, PAPER, 4.5, white, white))

    weaker = least - 0.02
    over = np.array([0x10, 0x26, 0x2C]) * weaker + white * (1 - weaker)
    assert 0.5 < least < 0.7
    assert contrasts(luminances(over), np.array(relative_luminance(PAPER))) < 4.5


def test_where_the_picture_is_calm_already_there_is_no_veil() -> None:
    assert lay_veil(plain((20, 40, 48)), [Read(Box(10, 10, 80, 40), PAPER, READ)], INK) is None


def test_without_words_there_is_no_veil() -> None:
    assert lay_veil(np.asarray(noise(90, 60)), [], INK) is None


def test_words_that_no_veil_can_help_get_all_of_it() -> None:
    grey = np.full(3, 128, np.uint8)

    assert least_strengths(INK, "#20363C", READ, grey, grey) == 1


def test_far_from_the_words_the_picture_is_as_it_was() -> None:
    white = plain((255, 255, 255), 400, 300)

    laid = lay_veil(white, [Read(Box(0, 0, 100, 60), PAPER, READ)], INK)

    assert laid is not None
    shown = laid.over(white)
    assert (shown[-40:, -60:] == 255).all()
    assert (shown[:60, :100] < 130).all()


def test_the_veil_has_no_edge() -> None:
    white = plain((255, 255, 255), 600, 400)

    laid = lay_veil(white, [Read(Box(0, 0, 200, 120), PAPER, READ)], INK)

    assert laid is not None
    shown = laid.over(white).astype(int)
    steps = max(np.abs(np.diff(shown, axis=axis)).max() for axis in (0, 1))
    assert steps <= 4


@pytest.mark.parametrize("box", [Box(-50, -50, 20, 20), Box(500, 500, 10, 10), Box(-50, 10, 400, 5)])
def test_words_that_reach_beyond_the_picture_are_no_matter(box: Box) -> None:
    pixels = plain((255, 255, 255))

    laid = lay_veil(pixels, [Read(box, PAPER, READ)], INK)

    assert (laid is None) is not box.meets(Box(0, 0, 120, 90))
