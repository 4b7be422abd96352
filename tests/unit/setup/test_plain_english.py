"""The list of words that the project does not use: found with their place, and with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from plain_english import find_words, read_rules

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("The finding is told " + "at once.", "is told"),
        ("LEAST" + "_SIZE = 3", "LEAST_"),
        ("It is no valid" + " number", "is no valid number"),
        ("see who " + "asks for it", "who asks"),
        ("DESIGN " + "section 5", "DESIGN section"),
        ("It stands" + " there.", "stands there"),
    ],
)
def test_a_word_is_found_with_its_place_and_a_replacement(line: str, found: str) -> None:
    rules = read_rules((ROOT / "pyproject.toml").read_text("utf-8"))

    ((number, column, words, instead),) = find_words(f"Fine.\n{line}", rules)

    assert (number, words) == (2, found)
    assert column == line.index(found) + 1
    assert instead


def test_plain_words_pass() -> None:
    rules = read_rules((ROOT / "pyproject.toml").read_text("utf-8"))

    assert list(find_words("The caller passes the date; MAX_SIZE is not a number of pages.", rules)) == []
