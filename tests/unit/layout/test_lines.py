"""Breaking words into lines: where sense allows, no wider than asked, each word kept."""

from __future__ import annotations

import string
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.layout.line_breaking import Line, Typesetter, typesetter, words_of
from tests.support.arranged_pages import measurer as real_measurer

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
NUMBER = NO_BREAK_SPACE.join(("0808", "157", "0123"))
FAMILY = "Hanken Grotesk"
LEANING = set("a an the of to in on at by for and or but with from your you my is it no not as".split())


@cache
def setter() -> Typesetter:
    return Typesetter(real_measurer(), FAMILY, 0.0)


WORDS = st.lists(st.text(string.ascii_letters + ".,?’", min_size=1, max_size=12), min_size=1, max_size=24)


def broken(text: str, width_em: float, most_lines: int = 9, **how: object) -> list[str] | None:
    """Return the text of each line, or None where the words do not fit."""
    lines = setter().break_lines(words_of((text,), (700,)), width_em, most_lines, **how)  # type: ignore[arg-type]
    return None if lines is None else [line.text for line in lines]


def width_em(text: str) -> float:
    return setter().line(words_of((text,), (700,))).ink_em


@pytest.mark.thorough
@settings(max_examples=300, derandomize=True)
@given(words=WORDS, width=st.floats(1, 30), most=st.integers(1, 9), few=st.booleans())
def test_every_word_is_kept_in_order_and_no_line_is_wider_than_asked(
    words: list[str], width: float, most: int, few: bool
) -> None:
    lines = setter().break_lines(words_of((" ".join(words),), (500,)), width, most, few=few)

    if lines is None:
        return
    assert [word.text for line in lines for word in line.words] == words
    assert max(line.ink_em for line in lines) <= width
    assert 1 <= len(lines) <= most


@settings(max_examples=200, derandomize=True)
@given(words=WORDS, most=st.integers(1, 9))
def test_words_that_fit_are_never_refused(words: list[str], most: int) -> None:
    """One word a line always fits where there are lines enough; one line where it is wide enough."""
    widest = max(width_em(word) for word in words)

    assert broken(" ".join(words), widest + 0.001, max(most, len(words))) is not None
    assert broken(" ".join(words), width_em(" ".join(words)) + 0.001, 1) == [" ".join(words)]
    assert broken(" ".join(words), widest - 0.001, len(words)) is None


SOME_WORDS = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=2, max_size=10)


def is_lonely(line: str) -> bool:
    return " " not in line and len(line) <= 4


@pytest.mark.thorough
@settings(max_examples=300, derandomize=True)
@given(
    words=st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=2, max_size=10),
    width=st.floats(3, 30),
)
def test_a_headline_ends_in_a_short_word_only_where_no_break_into_as_many_lines_avoids_it(
    words: list[str], width: float
) -> None:
    lines = broken(" ".join(words), width)

    if lines is None or len(lines) == 1 or not is_lonely(lines[-1]):
        return
    # As many lines with another end: the last two words together. It must need more lines than there are words.
    assert len(lines) == len(words)


def test_a_paragraph_does_not_end_in_a_short_word_where_narrower_lines_avoid_it() -> None:
    words = "Nobody has to deal with it alone and help works best when you ask for it"
    ends = [lines[-1] for width in range(8, 30) if (lines := broken(words, float(width))) and len(lines) > 1]

    assert ends
    assert sum(is_lonely(end) for end in ends) <= 1


@pytest.mark.parametrize("width", [3, 4.5, 6, 8, 12])
def test_a_number_and_an_address_are_never_broken(width: float) -> None:
    for words in (f"Call {NUMBER} today", "See www.example-of-a-long-name.org.uk now"):
        lines = broken(words, width)
        whole = NUMBER if NUMBER in words else "www.example-of-a-long-name.org.uk"
        assert lines is None or any(whole in line for line in lines)


def test_words_are_not_divided_and_the_engine_is_not_asked_to() -> None:
    base = (files("assetgen.rendering.html") / "base/base.css").read_text("utf-8")

    assert "hyphens: manual" in base
    assert "white-space: nowrap" in base
    assert "\N{SOFT HYPHEN}" not in "".join(broken("Staffordshire safeguarding", 9) or [])


@pytest.mark.parametrize("width", [4.5, 5.5, 6.5, 7.5, 8.5, 10, 12, 14])
def test_a_sentence_ends_its_line(width: float) -> None:
    lines = broken("Know the line. Know the number.", width)

    assert lines is not None
    assert not any("line. Know" in line for line in lines)


@pytest.mark.parametrize(
    ("headline", "width"),
    [
        ("Worried about your own thoughts?", 9),
        ("Worried about a child online?", 8),
        ("Is somebody you love a worry to you?", 9),
        ("Talk to us before it gets worse", 8),
    ],
)
def test_no_line_ends_with_a_word_that_leans_on_the_next(headline: str, width: float) -> None:
    lines = broken(headline, width)

    assert lines is not None
    assert len(lines) > 1
    assert [line for line in lines[:-1] if line.split()[-1].lower() in LEANING] == []


@pytest.mark.parametrize("width", [5, 6, 7, 8, 9, 10])
def test_no_short_word_is_left_alone_on_the_last_line(width: float) -> None:
    lines = broken("You can always talk to us", width)

    assert lines is not None
    assert len(lines) == 1 or lines[-1] != "us"


def reads_ill(lines: list[str]) -> bool:
    """The rule as a reader would put it: no lone short end, no leaning word alone, no article left at an end, and no
    further sentence of which the first word stands alone, where the first sentence has more words in its line."""
    if len(lines) == 1:
        return False
    alone = [line for line in lines if line.lower() in LEANING]
    torn = [line for line in lines[:-1] if line.split()[-1].lower() in {"a", "an", "the"}]
    ends = [line[-1] in ".?!" for line in lines]
    begun = [
        line
        for line, is_end, is_after_end in zip(lines[1:], ends[1:], ends, strict=False)
        if is_after_end and not is_end and " " not in line
    ]
    behind = [
        line for line in lines[:-1] if " " in line and line.split()[-2][-1] in ".?!" and line[-1] not in ".?!"
    ]
    return is_lonely(lines[-1]) or bool(alone or torn or behind) or bool(begun and " " in lines[0])


@settings(max_examples=150, derandomize=True)
@given(
    words=st.lists(
        st.sampled_from([*sorted(LEANING), "one", "help", "line.", "sharing"]), min_size=1, max_size=6
    )
)
def test_a_headline_reads_ill_only_where_no_break_of_its_words_reads_well(words: list[str]) -> None:
    lines = broken(" ".join(words), 99, len(words), fewest=min(2, len(words)), anyhow=False)
    ways = [
        [" ".join(words[start:end]) for start, end in pairwise((0, *cuts, len(words)))]
        for count in range(1, len(words))
        for cuts in combinations(range(1, len(words)), count)
    ]

    assert lines is not None
    if any(not reads_ill(way) for way in ways):
        assert not reads_ill(lines)


@pytest.mark.parametrize("width", [3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize(
    "headline",
    [
        "A number worth sharing.",
        "Worried about a loved one?",
        "Know the line.",
        "Know the line. Know the number.",
    ],
)
def test_a_headline_that_would_read_ill_gets_smaller_instead(headline: str, width: float) -> None:
    lines = broken(headline, width, anyhow=False)

    assert lines is None or not reads_ill(lines)


def test_lines_are_even_in_length() -> None:
    lines = broken("Worried about your own thoughts?", 15)

    assert lines == ["Worried about", "your own thoughts?"]


@pytest.mark.parametrize("width", [3, 5, 7, 9, 12, 20])
def test_a_number_is_never_split(width: float) -> None:
    lines = broken(f"Call {NUMBER} today", width)

    if width < width_em(NUMBER):
        assert lines is None
    else:
        assert lines is not None
        assert any(NUMBER in line for line in lines)


def test_small_type_takes_as_few_lines_as_it_can() -> None:
    text = "Stop It Now! Confidential and anonymous"
    wide = width_em(text) + 0.01

    assert broken(text, wide, few=True) == [text]
    assert len(broken(text, wide * 0.9, few=True) or ()) == 2


def test_at_least_as_many_lines_as_asked_are_made() -> None:
    assert broken("Staffordshire Police", 40, 2, fewest=2) == ["Staffordshire", "Police"]


def test_many_words_stand_in_as_many_lines_as_asked_and_are_even_in_length() -> None:
    name = "Royal Borough of East and West Harbour and of Three Rivers Local Safeguarding Children Partnership (South)"

    lines = broken(name, 60, 3, fewest=3)

    assert lines is not None
    assert len(lines) == 3
    assert max(map(width_em, lines)) < 1.25 * width_em(name) / 3


def test_a_long_text_fills_no_more_lines_than_it_needs() -> None:
    text = "If sexual thoughts about children worry you, talk it through before anything gets worse."

    lines = broken(text, 14.5, 9)

    assert lines is not None
    assert len(lines) == 4
    assert broken(text, 14.5, len(lines) - 1) is None


def test_each_text_keeps_its_own_weight() -> None:
    words = words_of(("Stop It Now!", "Confidential and anonymous"), (700, 500))

    assert setter().line(words).spans() == ((700, "Stop It Now!"), (500, "Confidential and anonymous"))


def test_more_texts_than_weights_take_the_last_weight() -> None:
    assert [word.weight for word in words_of(("one", "two", "three"), (700, 500))] == [700, 500, 500]


def test_ink_is_what_is_left_of_the_advance_without_its_bearings() -> None:
    line = Line((), 10.0, 0.25, 0.5)

    assert line.ink_em == 9.25


def test_two_texts_of_one_part_are_parted_where_one_ends() -> None:
    words = words_of(("Open Door Line", "Confidential and anonymous"), (700, 500))
    lines = setter().break_lines(words, 14.0, 2, few=True)

    assert lines is not None
    assert [line.text for line in lines] == ["Open Door Line", "Confidential and anonymous"]


@pytest.mark.parametrize(("asked", "drawn"), [(0.0, 0.0), (-0.022, -0.021264), (0.1, 0.0992)])
def test_letter_spacing_counts_as_the_engine_draws_it(asked: float, drawn: float) -> None:
    measurer = setter().measurer
    plain = typesetter(measurer, FAMILY, 0.0).line(words_of(("ABC",), (700,)))
    spaced = typesetter(measurer, FAMILY, asked).line(words_of(("ABC",), (700,)))

    assert spaced.width_em - plain.width_em == pytest.approx(3 * drawn)
    assert spaced.ink_em - plain.ink_em == pytest.approx(2 * drawn)


def test_a_process_has_one_typesetter_of_a_family_and_spacing() -> None:
    measurer = setter().measurer

    assert typesetter(measurer, FAMILY, 0.0) is typesetter(measurer, FAMILY, 0.0)
    assert typesetter(measurer, FAMILY, 0.0) is not typesetter(measurer, FAMILY, 0.1)
