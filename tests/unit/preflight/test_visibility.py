"""Finished pixels are compared with the page: exactly in a lossless file, by small squares in a lossy one."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from assetgen.preflight.text.visibility import BLOCK_PX, EXACT_LIMIT, LOSSY_LIMIT, compare_pixels

PAGE = Image.new("RGB", (60, 60), (100, 100, 100))


def with_dot(side: int, grey: int, at: int = 12) -> Image.Image:
    picture = PAGE.copy()
    ImageDraw.Draw(picture).rectangle((at, at, at + side - 1, at + side - 1), fill=(grey, grey, grey))
    return picture


def test_a_lossless_file_may_differ_only_by_rounding() -> None:
    assert compare_pixels(with_dot(1, 100 + EXACT_LIMIT), PAGE, lossy=False).agrees
    assert not compare_pixels(with_dot(1, 101 + EXACT_LIMIT), PAGE, lossy=False).agrees


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_difference_in_any_colour_channel_is_found(channel: int) -> None:
    pixels = np.array(PAGE)
    pixels[5, 5, channel] = 200

    assert not compare_pixels(Image.fromarray(pixels), PAGE, lossy=False).agrees


def test_a_lossy_file_may_differ_in_pixels_but_not_in_a_square() -> None:
    assert compare_pixels(with_dot(2, 255), PAGE, lossy=True).agrees
    assert not compare_pixels(with_dot(BLOCK_PX, 255), PAGE, lossy=True).agrees
    assert compare_pixels(with_dot(BLOCK_PX, 100 + LOSSY_LIMIT), PAGE, lossy=True).agrees


def test_dithering_away_from_the_letters_is_accepted() -> None:
    on_letters, elsewhere = Image.new("L", PAGE.size, 255), Image.new("L", PAGE.size, 0)

    assert not compare_pixels(with_dot(BLOCK_PX, 255), PAGE, lossy=True, ink=on_letters).agrees
    assert compare_pixels(with_dot(BLOCK_PX, 255), PAGE, lossy=True, ink=elsewhere).agrees


def test_the_place_of_a_difference_is_in_pixels_of_the_file() -> None:
    for lossy in (False, True):
        compared = compare_pixels(with_dot(BLOCK_PX, 255), PAGE, lossy=lossy)

        assert compared.exceeds_in((10, 10, 20, 20))
        assert not compared.exceeds_in((30, 30, 60, 60))
