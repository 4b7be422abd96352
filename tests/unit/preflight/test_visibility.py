"""Finished pixels are compared with the page: exactly where every pixel is kept, by small squares where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from assetgen.preflight.text.visibility import BLOCK_PX, EXACT_LIMIT, LOSSY_LIMIT, compare

PAGE = Image.new("RGB", (60, 60), (100, 100, 100))


def with_dot(side: int, grey: int, at: int = 12) -> Image.Image:
    picture = PAGE.copy()
    ImageDraw.Draw(picture).rectangle((at, at, at + side - 1, at + side - 1), fill=(grey, grey, grey))
    return picture


def test_a_file_that_keeps_its_pixels_may_differ_by_rounding_alone() -> None:
    assert compare(with_dot(1, 100 + EXACT_LIMIT), PAGE, lossy=False).agrees
    assert not compare(with_dot(1, 101 + EXACT_LIMIT), PAGE, lossy=False).agrees


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_difference_in_any_channel_counts(channel: int) -> None:
    pixels = np.array(PAGE)
    pixels[5, 5, channel] = 200

    assert not compare(Image.fromarray(pixels), PAGE, lossy=False).agrees


def test_a_lossy_file_may_differ_in_single_pixels_and_not_over_a_square() -> None:
    assert compare(with_dot(2, 255), PAGE, lossy=True).agrees
    assert not compare(with_dot(BLOCK_PX, 255), PAGE, lossy=True).agrees
    assert compare(with_dot(BLOCK_PX, 100 + LOSSY_LIMIT), PAGE, lossy=True).agrees


def test_a_palette_s_dither_beside_the_letters_is_no_fault() -> None:
    here, away = Image.new("L", PAGE.size, 255), Image.new("L", PAGE.size, 0)

    assert not compare(with_dot(BLOCK_PX, 255), PAGE, lossy=True, ink=here).agrees
    assert compare(with_dot(BLOCK_PX, 255), PAGE, lossy=True, ink=away).agrees


def test_the_place_of_a_difference_is_told_by_pixels_of_the_file() -> None:
    for lossy in (False, True):
        compared = compare(with_dot(BLOCK_PX, 255), PAGE, lossy=lossy)

        assert compared.meets((10, 10, 20, 20))
        assert not compared.meets((30, 30, 60, 60))
