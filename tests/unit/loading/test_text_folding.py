"""Words made plain for searching, each character with its place in the words as written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.loading.copy_rules.phone_numbers import INVISIBLE_AND_ACCENTS, Found, fold


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("Call 0808", "Call 0808"),
        ("a\u00a0b\u2009c", "a b c"),
        ("a–b—c‑d−e", "a-b-c-d-e"),
        ("www。evil｡com︒", "www.evil.com."),
        ("٠٨٠٨", "0808"),
        ("０８", "08"),
        ("ｗｗｗ", "www"),
        ("900¹", "900 "),
        ("CO₂", "CO "),
        ("sto\u200bp", "stop"),
        ("ﬁ", "ﬁ"),
        ("é", "é"),
        ("о", "о"),
    ],
)
def test_a_sign_becomes_the_one_that_a_reader_takes_it_for(words: str, plain: str) -> None:
    assert fold(words).plain == plain


def test_accents_that_stand_alone_are_dropped_only_where_that_is_asked() -> None:
    assert fold("e\u0301").plain == "e\u0301"
    assert fold("e\u0301", INVISIBLE_AND_ACCENTS).plain == "e"


def test_what_is_found_is_told_as_it_was_written_with_what_was_dropped_inside() -> None:
    folded = fold("x 0\u200b8 y")

    found = folded.found(2, 4, "08")

    assert found == Found("0\u200b8", 2, 5, "08")


@given(st.text(max_size=30))
def test_each_plain_character_has_one_place_and_they_stand_in_order(words: str) -> None:
    folded = fold(words)

    assert len(folded.plain) == len(folded.places) <= len(words)
    assert list(folded.places) == sorted(set(folded.places))
    assert fold(folded.plain).plain == folded.plain


@given(st.text(st.characters(max_codepoint=127), max_size=30))
def test_plain_ascii_stays_as_it_is(words: str) -> None:
    assert fold(words).plain == words and fold(words).places == tuple(range(len(words)))


def test_two_that_have_a_character_in_common_meet_and_neighbours_do_not() -> None:
    whole, part, next_one = Found("abcd", 0, 4, ""), Found("bc", 1, 3, ""), Found("ef", 4, 6, "")

    assert whole.meets(part) and part.meets(whole) and not whole.meets(next_one)
    assert part.lies_in(whole) and whole.lies_in(whole) and not whole.lies_in(part)
