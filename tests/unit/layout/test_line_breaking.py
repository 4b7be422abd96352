"""Breaking words into lines: where the sense allows, within the width, with every word kept."""

from __future__ import annotations

import string
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.layout.line_breaking import Line, Typesetter, get_typesetter, split_words
from tests.support.layout_inputs import measurer as real_measurer

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
NUMBER = NO_BREAK_SPACE.join(("0808", "157", "0123"))
FAMILY = "Hanken Grotesk"
JOINING_WORDS = set("a an the of to in on at by for and or but with from your you my is it no not as".split())


@cache
def make_typesetter() -> Typesetter:
    return Typesetter(real_measurer(), FAMILY, 0.0)


WORDS = st.lists(st.text(string.ascii_letters + ".,?’", min_size=1, max_size=12), min_size=1, max_size=24)


def break_text(text: str, width_em: float, max_lines: int = 9, **options: object) -> list[str] | None:
    """Return the text of each line, or None if the words do not fit."""
    lines = make_typesetter().break_lines(split_words((text,), (700,)), width_em, max_lines, **options)  # type: ignore[arg-type]
    return None if lines is None else [line.text for line in lines]


def width_em(text: str) -> float:
    return make_typesetter().line(split_words((text,), (700,))).ink_em


@pytest.mark.thorough
@settings(max_examples=300, derandomize=True)
@given(words=WORDS, width=st.floats(1, 30), max_lines=st.integers(1, 9), few=st.booleans())
def test_every_word_is_kept_in_order_and_within_the_width(
    words: list[str], width: float, max_lines: int, few: bool
) -> None:
    lines = make_typesetter().break_lines(
        split_words((" ".join(words),), (500,)), width, max_lines, prefer_few_lines=few
    )

    if lines is None:
        return
    assert [word.text for line in lines for word in line.words] == words
    assert max(line.ink_em for line in lines) <= width
    assert 1 <= len(lines) <= max_lines


@settings(max_examples=200, derandomize=True)
@given(words=WORDS, max_lines=st.integers(1, 9))
def test_text_that_fits_is_always_broken_into_lines(words: list[str], max_lines: int) -> None:
    """One word per line fits if there are enough lines; one line fits if it is wide enough."""
    widest = max(width_em(word) for word in words)

    assert break_text(" ".join(words), widest + 0.001, max(max_lines, len(words))) is not None
    assert break_text(" ".join(words), width_em(" ".join(words)) + 0.001, 1) == [" ".join(words)]
    assert break_text(" ".join(words), widest - 0.001, len(words)) is None


SOME_WORDS = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=2, max_size=10)


def is_one_short_word(line: str) -> bool:
    return " " not in line and len(line) <= 4


@pytest.mark.thorough
@settings(max_examples=300, derandomize=True)
@given(
    words=st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=2, max_size=10),
    width=st.floats(3, 30),
)
def test_the_last_line_is_one_short_word_only_if_unavoidable(words: list[str], width: float) -> None:
    lines = break_text(" ".join(words), width)

    if lines is None or len(lines) == 1 or not is_one_short_word(lines[-1]):
        return
    # The last two words could share a line, with as many lines as now, unless each word has its own line already.
    assert len(lines) == len(words)


def test_a_paragraph_avoids_a_last_line_of_one_short_word() -> None:
    words = "Nobody has to deal with it alone and help works best when you ask for it"
    ends = [
        lines[-1] for width in range(8, 30) if (lines := break_text(words, float(width))) and len(lines) > 1
    ]

    assert ends
    assert sum(is_one_short_word(end) for end in ends) <= 1


@pytest.mark.parametrize("width", [3, 4.5, 6, 8, 12])
def test_a_number_and_an_address_are_never_broken(width: float) -> None:
    for words in (f"Call {NUMBER} today", "See www.example-of-a-long-name.org.uk now"):
        lines = break_text(words, width)
        whole = NUMBER if NUMBER in words else "www.example-of-a-long-name.org.uk"
        assert lines is None or any(whole in line for line in lines)


def test_words_are_never_hyphenated() -> None:
    base = (files("assetgen.rendering.html") / "base/base.css").read_text("utf-8")

    assert "hyphens: manual" in base
    assert "white-space: nowrap" in base
    assert "\N{SOFT HYPHEN}" not in "".join(break_text("Staffordshire safeguarding", 9) or [])


@pytest.mark.parametrize("width", [4.5, 5.5, 6.5, 7.5, 8.5, 10, 12, 14])
def test_a_line_ends_where_a_sentence_ends(width: float) -> None:
    lines = break_text("Know the line. Know the number.", width)

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
def test_no_line_ends_with_a_joining_word(headline: str, width: float) -> None:
    lines = break_text(headline, width)

    assert lines is not None
    assert len(lines) > 1
    assert [line for line in lines[:-1] if line.split()[-1].lower() in JOINING_WORDS] == []


@pytest.mark.parametrize("width", [5, 6, 7, 8, 9, 10])
def test_no_short_word_is_left_alone_on_the_last_line(width: float) -> None:
    lines = break_text("You can always talk to us", width)

    assert lines is not None
    assert len(lines) == 1 or lines[-1] != "us"


def reads_badly(lines: list[str]) -> bool:
    """Say whether a break reads badly, by rules that are independent of the source: a short word as the last line, a
    joining word alone on a line, an article at the end of a line, or a sentence torn after its first word."""
    if len(lines) == 1:
        return False
    lone_joiners = [line for line in lines if line.lower() in JOINING_WORDS]
    article_ends = [line for line in lines[:-1] if line.split()[-1].lower() in {"a", "an", "the"}]
    ends = [line[-1] in ".?!" for line in lines]
    lone_first_words = [
        line
        for line, is_end, is_after_end in zip(lines[1:], ends[1:], ends, strict=False)
        if is_after_end and not is_end and " " not in line
    ]
    sentences_torn = [
        line for line in lines[:-1] if " " in line and line.split()[-2][-1] in ".?!" and line[-1] not in ".?!"
    ]
    return (
        is_one_short_word(lines[-1])
        or bool(lone_joiners or article_ends or sentences_torn)
        or bool(lone_first_words and " " in lines[0])
    )


@settings(max_examples=150, derandomize=True)
@given(
    words=st.lists(
        st.sampled_from([*sorted(JOINING_WORDS), "one", "help", "line.", "sharing"]), min_size=1, max_size=6
    )
)
def test_a_headline_has_awkward_breaks_only_if_every_possible_break_is_awkward(words: list[str]) -> None:
    lines = break_text(" ".join(words), 99, len(words), min_lines=min(2, len(words)), allow_bad_breaks=False)
    ways = [
        [" ".join(words[start:end]) for start, end in pairwise((0, *cuts, len(words)))]
        for count in range(1, len(words))
        for cuts in combinations(range(1, len(words)), count)
    ]

    assert lines is not None
    if any(not reads_badly(way) for way in ways):
        assert not reads_badly(lines)


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
def test_a_headline_with_only_awkward_breaks_does_not_fit(headline: str, width: float) -> None:
    lines = break_text(headline, width, allow_bad_breaks=False)

    assert lines is None or not reads_badly(lines)


def test_lines_have_similar_lengths() -> None:
    lines = break_text("Worried about your own thoughts?", 15)

    assert lines == ["Worried about", "your own thoughts?"]


@pytest.mark.parametrize("width", [3, 5, 7, 9, 12, 20])
def test_a_number_is_never_split(width: float) -> None:
    lines = break_text(f"Call {NUMBER} today", width)

    if width < width_em(NUMBER):
        assert lines is None
    else:
        assert lines is not None
        assert any(NUMBER in line for line in lines)


def test_small_type_uses_as_few_lines_as_possible() -> None:
    text = "Stop It Now! Confidential and anonymous"
    wide = width_em(text) + 0.01

    assert break_text(text, wide, prefer_few_lines=True) == [text]
    assert len(break_text(text, wide * 0.9, prefer_few_lines=True) or ()) == 2


def test_a_text_is_broken_into_at_least_min_lines() -> None:
    assert break_text("Staffordshire Police", 40, 2, min_lines=2) == ["Staffordshire", "Police"]


def test_many_words_fill_the_requested_lines_evenly() -> None:
    name = "Royal Borough of East and West Harbour and of Three Rivers Local Safeguarding Children Partnership (South)"

    lines = break_text(name, 60, 3, min_lines=3)

    assert lines is not None
    assert len(lines) == 3
    assert max(map(width_em, lines)) < 1.25 * width_em(name) / 3


def test_a_long_text_uses_no_more_lines_than_it_needs() -> None:
    text = "If sexual thoughts about children worry you, talk it through before anything gets worse."

    lines = break_text(text, 14.5, 9)

    assert lines is not None
    assert len(lines) == 4
    assert break_text(text, 14.5, len(lines) - 1) is None


def test_each_text_keeps_its_own_weight() -> None:
    words = split_words(("Stop It Now!", "Confidential and anonymous"), (700, 500))

    assert make_typesetter().line(words).spans() == (
        (700, "Stop It Now!"),
        (500, "Confidential and anonymous"),
    )


def test_texts_beyond_the_last_weight_use_the_last_weight() -> None:
    assert [word.weight for word in split_words(("one", "two", "three"), (700, 500))] == [700, 500, 500]


def test_ink_width_is_the_advance_without_the_bearings() -> None:
    line = Line((), 10.0, 0.25, 0.5)

    assert line.ink_em == 9.25


def test_a_line_breaks_between_two_texts_of_one_part() -> None:
    words = split_words(("Open Door Line", "Confidential and anonymous"), (700, 500))
    lines = make_typesetter().break_lines(words, 14.0, 2, prefer_few_lines=True)

    assert lines is not None
    assert [line.text for line in lines] == ["Open Door Line", "Confidential and anonymous"]


@pytest.mark.parametrize(("spacing", "drawn"), [(0.0, 0.0), (-0.022, -0.021264), (0.1, 0.0992)])
def test_letter_spacing_is_measured_as_the_engine_draws_it(spacing: float, drawn: float) -> None:
    measurer = make_typesetter().measurer
    plain = get_typesetter(measurer, FAMILY, 0.0).line(split_words(("ABC",), (700,)))
    spaced = get_typesetter(measurer, FAMILY, spacing).line(split_words(("ABC",), (700,)))

    assert spaced.width_em - plain.width_em == pytest.approx(3 * drawn)
    assert spaced.ink_em - plain.ink_em == pytest.approx(2 * drawn)


def test_each_font_family_and_letter_spacing_has_its_own_cached_typesetter() -> None:
    measurer = make_typesetter().measurer

    assert get_typesetter(measurer, FAMILY, 0.0) is get_typesetter(measurer, FAMILY, 0.0)
    assert get_typesetter(measurer, FAMILY, 0.0) is not get_typesetter(measurer, FAMILY, 0.1)


def lines_with_breaks(text: str, width_em: float, max_lines: int, *breaks: int) -> list[str]:
    words = split_words((text,), (700,), (breaks,))
    lines = make_typesetter().break_lines(words, width_em, max_lines)
    assert lines is not None
    return [line.text for line in lines]


def test_a_line_ends_at_a_mark_of_the_author() -> None:
    text = "Caring for somebody at home and awake at three?"
    width = width_em("Caring for somebody at home")

    assert lines_with_breaks(text, width, 3, 5)[0] == "Caring for somebody at home"
    assert lines_with_breaks(text, width, 3, 3)[0] == "Caring for somebody"


def test_a_marked_break_may_leave_one_short_word() -> None:
    assert lines_with_breaks("Who could you ask?", width_em("Who could you"), 2, 3) == [
        "Who could you",
        "ask?",
    ]


def test_a_mark_is_ignored_where_the_line_would_be_too_wide() -> None:
    text = "Not sure where you could start?"

    assert lines_with_breaks(text, width_em("Not sure where"), 3, 5)[0] != "Not sure where you could"
