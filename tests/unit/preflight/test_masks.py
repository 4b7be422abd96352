"""Masks: the letters of a fact as a one-bit picture, which the manifest stores."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from assetgen.preflight.text.masks import (
    MASK_HEIGHT_PX,
    MAX_WIDTH_PX,
    decode_mask,
    encode_mask,
    resample_to_mask,
    whole_pixels,
)
from tests.support.tiny_campaign import REPO
from tests.support.wording import Wording

FONT = REPO / "brand/fonts/HankenGrotesk_700Bold.ttf"
lengths = st.floats(-50, 500, allow_nan=False)


def letters(text: str, size_px: int, opacity: int = 255) -> NDArray[np.uint8]:
    """Return the opacity of text that is drawn alone, cropped to its ink."""
    font = ImageFont.truetype(FONT, size_px)
    left, top, right, bottom = (round(at) for at in font.getbbox(text))
    picture = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(picture).text((-left, -top), text, fill=opacity, font=font)
    return np.asarray(picture)


def difference(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the share of pixels in which two masks differ."""
    return float((one != other).mean())


# ── the box in whole pixels


def test_whole_pixels_include_every_pixel_that_a_box_touches() -> None:
    assert whole_pixels((10.2, 20.0, 5.5, 4.3), (100, 100)) == (10, 20, 16, 25)


def test_whole_pixels_ignore_less_than_a_tenth_of_a_pixel() -> None:
    assert whole_pixels((9.96, 20.0, 5.08, 4.0), (100, 100)) == (10, 20, 15, 24)


@given(lengths, lengths, lengths, lengths, st.integers(1, 400), st.integers(1, 400))
def test_whole_pixels_are_at_least_one_and_inside_the_picture(
    x: float, y: float, width: float, height: float, across: int, down: int
) -> None:
    left, top, right, bottom = whole_pixels((x, y, width, height), (across, down))

    assert 0 <= left < right <= across
    assert 0 <= top < bottom <= down


# ── making and reading a mask


def test_a_mask_is_16_px_high_with_the_ratio_of_its_letters() -> None:
    alpha = letters("0808 157 0123", 64)

    bits, is_turned = decode_mask(encode_mask(alpha))

    assert bits.shape == (MASK_HEIGHT_PX, round(alpha.shape[1] * MASK_HEIGHT_PX / alpha.shape[0]))
    assert not is_turned


def test_a_mask_pixel_is_set_if_more_than_half_is_ink() -> None:
    alpha = np.zeros((32, 64), np.uint8)
    alpha[:, 1:4] = 255  # half of the first pair of columns, and all of the second pair

    bits, _ = decode_mask(encode_mask(alpha))

    assert bits[:, 1].all()
    assert not bits[:, 2:].any()


def test_translucent_letters_have_the_same_mask() -> None:
    assert (
        difference(*(decode_mask(encode_mask(letters("0808 157 0123", 40, a)))[0] for a in (255, 90))) < 0.01
    )


def test_the_mask_of_rotated_letters_is_upright() -> None:
    alpha = letters("0808 157 0123", 40)

    down, is_turned = decode_mask(encode_mask(np.ascontiguousarray(alpha.T)))

    assert is_turned
    assert (down == decode_mask(encode_mask(alpha))[0]).all()


def test_a_mask_without_ink_is_empty() -> None:
    bits, _ = decode_mask(encode_mask(np.zeros((20, 60), np.uint8)))

    assert not bits.any()


@given(st.integers(1, 60), st.integers(1, 900))
def test_the_mask_of_any_picture_can_be_read(height: int, width: int) -> None:
    alpha = np.random.default_rng(height * width).integers(0, 256, (height, width), np.uint8)

    bits, is_turned = decode_mask(encode_mask(alpha))

    assert bits.shape[0] == MASK_HEIGHT_PX
    assert 1 <= bits.shape[1] <= MAX_WIDTH_PX
    assert is_turned is (height > width)


def test_a_mask_is_short_ascii_text() -> None:
    mask = encode_mask(letters("0808 157 0123", 64))

    assert mask.isascii()
    assert len(mask) < 500


@pytest.mark.parametrize(
    "mask",
    [
        "no mask!",
        "ä",
        "",
        base64.b64encode(bytes([2, 0, 8, *range(16)])).decode(),
        base64.b64encode(bytes([0, 0, 0])).decode(),
        base64.b64encode(bytes([0, 255, 255])).decode(),
        base64.b64encode(bytes([0, 0, 8, *range(15)])).decode(),
        base64.b64encode(bytes([0, 0, 8, *range(17)])).decode(),
    ],
    ids=[
        "not base64",
        "not ASCII",
        "empty",
        "wrong first byte",
        "zero width",
        "too wide",
        "too short",
        "too long",
    ],
)
def test_an_invalid_mask_is_rejected_with_a_reason(mask: str, wording: Wording) -> None:
    with pytest.raises(ValueError, match=r".") as rejected:
        decode_mask(mask)

    assert wording == str(rejected.value)


# ── shares of ink, reduced to the grid of a mask


def test_each_pixel_of_the_grid_is_the_mean_of_its_area() -> None:
    shares = np.zeros((32, 32), np.float32)
    shares[:, :3] = 1.0

    grid = resample_to_mask(shares, 16)

    assert grid.shape == (16, 16)
    assert grid[5, :3] == pytest.approx([1.0, 0.5, 0.0])


def test_a_part_with_fractional_edges_can_be_reduced() -> None:
    shares = np.zeros((40, 40), np.float32)
    shares[:, 4:6] = 1.0

    grid = resample_to_mask(shares, 16, (5.0, 4.0, 37.0, 36.0))

    assert math.isclose(float(grid[3, 0]), 0.5, abs_tol=0.01)
