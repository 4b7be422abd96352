"""Folding text for searching: each character becomes a plain one and keeps its position in the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.loading.copy_rules.phone_numbers import INVISIBLE_AND_ACCENTS, TextMatch, fold_text


@pytest.mark.parametrize(
    ("text", "plain"),
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
def test_character_is_folded_to_the_plain_one_it_looks_like(text: str, plain: str) -> None:
    assert fold_text(text).plain == plain


def test_combining_accents_are_dropped_only_on_request() -> None:
    assert fold_text("e\u0301").plain == "e\u0301"
    assert fold_text("e\u0301", INVISIBLE_AND_ACCENTS).plain == "e"


def test_match_is_returned_as_written_with_its_dropped_characters() -> None:
    folded = fold_text("x 0\u200b8 y")

    found = folded.found(2, 4, "08")

    assert found == TextMatch("0\u200b8", 2, 5, "08")


@given(st.text(max_size=30))
def test_each_folded_character_keeps_its_position_in_order(text: str) -> None:
    folded = fold_text(text)

    assert len(folded.plain) == len(folded.places) <= len(text)
    assert list(folded.places) == sorted(set(folded.places))
    assert fold_text(folded.plain).plain == folded.plain


@given(st.text(st.characters(max_codepoint=127), max_size=30))
def test_ascii_text_is_unchanged(text: str) -> None:
    assert fold_text(text).plain == text and fold_text(text).places == tuple(range(len(text)))


def test_matches_overlap_only_if_they_share_a_character() -> None:
    whole, part, next_one = TextMatch("abcd", 0, 4, ""), TextMatch("bc", 1, 3, ""), TextMatch("ef", 4, 6, "")

    assert whole.overlaps(part) and part.overlaps(whole) and not whole.overlaps(next_one)
    assert part.is_inside(whole) and whole.is_inside(whole) and not whole.is_inside(part)
