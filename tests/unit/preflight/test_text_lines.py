"""Text lines: letters become lines and paragraphs by their place, whatever their order in the file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assetgen.geometry import Box
from assetgen.preflight.text.text_lines import (
    END_OF_LINE_EM,
    SPACE_GAP_EM,
    join_lines,
    join_paragraphs,
    logical_order,
    normalise,
    plain_char,
    without_repeats,
)
from tests.support.page_letters import ADVANCE_EM, INK_EM, letters_of_line, reading_of


def text_of(*letters: object) -> list[str]:
    return [line.text for line in join_lines(letters)]  # type: ignore[arg-type]


def test_letters_are_read_from_left_to_right_in_any_file_order() -> None:
    letters = letters_of_line("Talk to us")

    assert text_of(*reversed(letters)) == ["Talk to us"]


def test_a_wide_gap_between_letters_is_read_as_a_space() -> None:
    gap_em = ADVANCE_EM + SPACE_GAP_EM - (ADVANCE_EM - INK_EM) + 0.01
    first, second = letters_of_line("a")[0], letters_of_line("b", x=100 + gap_em * 20)[0]
    nearer = letters_of_line("b", x=100 + (gap_em - 0.05) * 20)[0]

    assert text_of(first, second) == ["a b"]
    assert text_of(first, nearer) == ["ab"]


def test_a_gap_wider_than_between_words_ends_the_line() -> None:
    column = letters_of_line("right", x=100 + 20 * (4 * ADVANCE_EM + END_OF_LINE_EM + 0.5))

    assert text_of(*letters_of_line("left"), *column) == ["left", "right"]


def test_letters_of_a_different_size_or_baseline_form_a_separate_line() -> None:
    small = letters_of_line("small", x=170, size=12)
    lower = letters_of_line("lower", x=240, y=510)

    assert sorted(text_of(*letters_of_line("large"), *small, *lower)) == ["large", "lower", "small"]


def test_lines_are_ordered_from_the_top_and_rotated_text_is_read() -> None:
    down = [
        replace(letter, x=300.0, y=100.0 + 12 * at, rotation_deg=90.0, box=Box(300, 100 + 12 * at, 14, 10))
        for at, letter in enumerate(letters_of_line("down"))
    ]

    assert text_of(*letters_of_line("second", y=600), *letters_of_line("first", y=400), *down) == [
        "first",
        "second",
        "down",
    ]


def test_letters_between_returns_the_letters_of_a_text_range() -> None:
    (line,) = join_lines(letters_of_line("Talk to us"))

    assert line.text[5:7] == "to"
    assert [letter.char for letter in line.letters_between(5, 7)] == ["t", "o"]
    assert [letter.char for letter in line.letters_between(3, 6)] == ["k", "t"]  # the space is not a letter


def test_a_ligature_is_read_as_its_letters_but_remains_one_glyph() -> None:
    (line,) = join_lines(letters_of_line("oﬃce"))

    assert line.text == "office"
    assert len(line.letters) == 4
    assert [letter.char for letter in without_repeats(line.letters_between(1, 4))] == ["ﬃ"]


@pytest.mark.parametrize(
    ("sign", "plain"), [("ﬁ", "fi"), ("\u00a0", " "), ("²", "²"), ("①", "①"), ("½", "½"), ("é", "é")]
)
def test_ligatures_become_plain_letters_but_superscripts_are_kept(sign: str, plain: str) -> None:
    assert plain_char(sign) == plain


def test_text_is_compared_without_spaces_and_invisible_characters() -> None:
    assert normalise("0808\u00a01000 900") == "08081000900"
    assert normalise("con\u00adfi\u200bdential ﬁle") == "confidentialfile"


def test_a_right_to_left_line_keeps_its_digits_in_order() -> None:
    left_to_right = "900 0808 " + "אבג"[::-1]
    (line,) = join_lines(letters_of_line(left_to_right))

    text, places = logical_order(line)

    assert text.startswith("אבג")
    assert "0808" in text and "900" in text
    assert len(text) == len(places) == len(left_to_right)


def test_a_latin_line_with_a_hebrew_word_keeps_its_order() -> None:
    (line,) = join_lines(letters_of_line("call us: אב"))

    assert logical_order(line)[0] == line.text


def test_paragraphs_follow_the_structure_with_untagged_text_last() -> None:
    every = [
        *letters_of_line("loose", y=50, group=-3),
        *letters_of_line("two", y=100, group=2),
        *letters_of_line("one", y=900, group=1),
    ]

    assert [paragraph.text for paragraph in join_paragraphs(every, [])] == ["one", "two", "loose"]


def test_words_are_found_across_lines_and_case_matters_if_exact() -> None:
    page = reading_of([*letters_of_line("Confidential and", y=100), *letters_of_line("anonymous", y=130)])

    (found,) = page.find("confidential and anonymous", exact=False)

    assert len(found) == len("Confidentialandanonymous")
    assert list(page.find("confidential", exact=True)) == []
    assert len(list(page.find("Confidential", exact=True))) == 1
    assert list(page.find(" \u00ad", exact=False)) == []
