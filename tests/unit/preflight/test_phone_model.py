"""What a phone sees of a code: sharper when nearer, the same each time, and the ideal of a code alone on its field."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageDraw

from assetgen.preflight.qr.code_finder import codes_in, grey
from assetgen.preflight.qr.phone_model import (
    BRIGHT,
    DIM,
    SHOTS,
    CutCode,
    Trial,
    by_zxing,
    ideal_of,
    is_read,
    least_px,
    px_per_module,
    shot,
    tried,
)
from tests.support.code_pictures import LINK, drawn_code, on_sheet


def cut_code() -> CutCode:
    picture = on_sheet(drawn_code())
    return CutCode.of(picture, codes_in(grey(picture))[0])


def test_a_module_has_fewer_pixels_the_further_away_the_phone_is() -> None:
    assert px_per_module(4.0, 1.2) == pytest.approx(4.63, abs=0.01)
    assert px_per_module(4.0, 2.4) == pytest.approx(px_per_module(4.0, 1.2) / 2)
    assert px_per_module(8.0, 2.4) == pytest.approx(px_per_module(4.0, 1.2))


def test_a_code_passes_by_six_shots_and_five_of_the_other_reader() -> None:
    assert Trial(6, 6).passed and Trial(6, 5).passed and Trial(6, None).passed
    assert not Trial(6, 4).passed
    assert not Trial(5, 6).passed and not Trial(5, None).passed


def test_a_sound_code_is_read_near_and_not_from_far_away() -> None:
    code = cut_code()

    assert tried(code, 3.0).shots == len(SHOTS)
    assert tried(code, 1.0).shots < len(SHOTS)


def test_the_least_that_is_read_lies_between_what_is_read_and_what_is_not() -> None:
    least = least_px(cut_code())

    assert least is not None and 1.4 < least < 3.0
    assert all(is_read(cut_code(), least, light, seed, by_zxing) for light, seed in SHOTS if light is DIM)


def test_a_shot_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    code = cut_code()

    first, again, other = (shot(code, 2.5, BRIGHT, seed) for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert shot(code, 2.5, DIM, 1).mean() < first.mean()


def test_another_text_than_the_code_s_is_not_read() -> None:
    assert not is_read(cut_code(), 3.0, BRIGHT, 1, lambda pixels: ["https://example.org/"])
    assert not is_read(cut_code(), 3.0, BRIGHT, 1, lambda pixels: [LINK, LINK])
    assert is_read(cut_code(), 3.0, BRIGHT, 1, lambda pixels: [LINK])


def test_a_code_that_is_drawn_as_it_was_meant_has_an_ideal_that_is_the_same_wherever_it_stands() -> None:
    def ideal_at(x: int, y: int) -> CutCode | None:
        picture = on_sheet(drawn_code(), at=(x, y))
        return ideal_of(grey(picture), codes_in(grey(picture))[0])

    assert ideal_at(60, 40) is not None
    assert ideal_at(60, 40) == ideal_at(150, 90)


def test_a_speck_or_small_modules_leave_a_code_without_an_ideal() -> None:
    specked = on_sheet(drawn_code())
    ImageDraw.Draw(specked).rectangle((220, 220, 226, 226), fill=(128, 128, 128))
    small = on_sheet(drawn_code(module=4))

    for picture in (specked, small):
        pixels = grey(picture)
        assert ideal_of(pixels, codes_in(pixels)[0]) is None


def test_a_code_is_kept_no_finer_than_a_phone_sees_it() -> None:
    picture = on_sheet(drawn_code(module=24), size=(1000, 1000))
    code = CutCode.of(picture, codes_in(grey(picture))[0])

    assert code.size == (250, 250)
    assert code.found.module_px == pytest.approx(6.0, abs=0.1)
