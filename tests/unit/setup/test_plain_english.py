"""The check for words that the project does not use: it reports the place and a replacement of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from plain_english import find_words, read_rules

ROOT = Path(__file__).resolve().parents[3]


# Each match is in two halves, so that this file passes the check itself.
@pytest.mark.parametrize(
    ("before", "halves", "after"),
    [
        ("The finding ", ("is", " told"), " at once."),
        ("", ("LEAST", "_"), "SIZE = 3"),
        ("It ", ("is no", " valid number"), ""),
        ("see ", ("who", " asks"), " for it"),
        ("", ("DESIGN", " section"), " 5"),
        ("It ", ("stands", " there"), "."),
    ],
)
def test_a_match_is_reported_with_its_place_and_a_replacement(
    before: str, halves: tuple[str, str], after: str
) -> None:
    match = "".join(halves)
    rules = read_rules((ROOT / "pyproject.toml").read_text("utf-8"))

    ((number, column, words, replacement),) = find_words(f"Fine.\n{before}{match}{after}", rules)

    assert (number, column, words) == (2, len(before) + 1, match)
    assert replacement


def test_plain_english_has_no_match() -> None:
    rules = read_rules((ROOT / "pyproject.toml").read_text("utf-8"))

    assert list(find_words("The caller passes the date; MAX_SIZE is not a number of pages.", rules)) == []
