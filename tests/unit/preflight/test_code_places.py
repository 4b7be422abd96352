"""Rows of words that could draw a code together, and those that are but words."""

from __future__ import annotations

import pytest

from assetgen.preflight.qr.code_checks import have_even_rows

POSTER = [
    30.0,
    61.5,
    93.0,
    124.5,
    180.2,
    198.7,
    217.2,
    235.7,
    254.2,
    272.7,
    300.0,
    316.1,
    332.2,
    348.3,
    381.0,
    401.5,
]
CODE = [40.0 + 3.2 * row for row in range(21)]


def test_rows_as_even_as_a_code_s_could_draw_one() -> None:
    assert have_even_rows(CODE)


def test_other_words_between_them_hide_nothing() -> None:
    assert have_even_rows([*CODE, *POSTER])


@pytest.mark.parametrize(
    "rows", [[], [10.0], CODE[:-1], POSTER, [*POSTER, 440.0, 455.0, 470.0, 485.0, 500.0, 520.0]]
)
def test_fewer_rows_or_a_poster_s_uneven_ones_do_not(rows: list[float]) -> None:
    assert not have_even_rows(rows)
