"""Model of a phone that scans a code: distance, repeatable shots, and the ideal of a clean code."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageDraw

from assetgen.preflight.qr.code_finder import read_codes, to_grey
from assetgen.preflight.qr.phone_model import (
    BRIGHT,
    DIM,
    SHOTS,
    CutCode,
    ShotResults,
    idealise,
    is_read,
    min_px_per_module,
    px_per_module,
    read_with_zxing,
    take_shot,
    try_shots,
)
from tests.support.qr_pictures import LINK, draw_code, paste_on_sheet


def cut_code() -> CutCode:
    """Return a clean code, cut out of a picture."""
    picture = paste_on_sheet(draw_code())
    return CutCode.of(picture, read_codes(to_grey(picture))[0])


def test_pixels_per_module_halve_when_the_distance_doubles() -> None:
    assert px_per_module(4.0, 1.2) == pytest.approx(4.63, abs=0.01)
    assert px_per_module(4.0, 2.4) == pytest.approx(px_per_module(4.0, 1.2) / 2)
    assert px_per_module(8.0, 2.4) == pytest.approx(px_per_module(4.0, 1.2))


def test_a_code_passes_with_six_zxing_and_five_zbar_shots() -> None:
    assert ShotResults(6, 6).passed and ShotResults(6, 5).passed and ShotResults(6, None).passed
    assert not ShotResults(6, 4).passed
    assert not ShotResults(5, 6).passed and not ShotResults(5, None).passed


def test_a_clean_code_is_read_from_near_but_not_from_far() -> None:
    code = cut_code()

    assert try_shots(code, 3.0).shots == len(SHOTS)
    assert try_shots(code, 1.0).shots < len(SHOTS)


def test_a_code_is_read_at_its_minimum_pixels_per_module() -> None:
    minimum = min_px_per_module(cut_code())

    assert minimum is not None and 1.4 < minimum < 3.0
    assert all(
        is_read(cut_code(), minimum, light, seed, read_with_zxing) for light, seed in SHOTS if light is DIM
    )


def test_a_shot_is_repeatable_and_depends_on_seed_and_lighting() -> None:
    code = cut_code()

    first, repeated, different = (take_shot(code, 2.5, BRIGHT, seed) for seed in (1, 1, 2))

    assert np.array_equal(first, repeated)
    assert not np.array_equal(first, different)
    assert take_shot(code, 2.5, DIM, 1).mean() < first.mean()


def test_a_code_counts_as_read_only_with_exactly_its_text() -> None:
    assert not is_read(cut_code(), 3.0, BRIGHT, 1, lambda pixels: ["https://example.org/"])
    assert not is_read(cut_code(), 3.0, BRIGHT, 1, lambda pixels: [LINK, LINK])
    assert is_read(cut_code(), 3.0, BRIGHT, 1, lambda pixels: [LINK])


def test_a_clean_code_has_the_same_ideal_picture_at_any_position() -> None:
    def ideal_at(x: int, y: int) -> CutCode | None:
        picture = paste_on_sheet(draw_code(), at=(x, y))
        return idealise(to_grey(picture), read_codes(to_grey(picture))[0])

    assert ideal_at(60, 40) is not None
    assert ideal_at(60, 40) == ideal_at(150, 90)


def test_a_code_with_a_speck_or_small_modules_has_no_ideal_picture() -> None:
    with_speck = paste_on_sheet(draw_code())
    ImageDraw.Draw(with_speck).rectangle((220, 220, 226, 226), fill=(128, 128, 128))
    small = paste_on_sheet(draw_code(module=4))

    for picture in (with_speck, small):
        pixels = to_grey(picture)
        assert idealise(pixels, read_codes(pixels)[0]) is None


def test_a_cut_out_code_has_at_most_6_px_per_module() -> None:
    picture = paste_on_sheet(draw_code(module=24), size=(1000, 1000))
    code = CutCode.of(picture, read_codes(to_grey(picture))[0])

    assert code.size == (250, 250)
    assert code.found.module_px == pytest.approx(6.0, abs=0.1)
