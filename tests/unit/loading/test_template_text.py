"""What a template says is read off its markup: words as they would be drawn, facts as one sign, links by themselves."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from assetgen.loading.templates.template_text import FACT_SIGNS, UNKNOWN, TextRun, extract_text_runs

NUMBER, ADDRESS = FACT_SIGNS["number"], FACT_SIGNS["address"]


def said(markup: str) -> list[TextRun]:
    return extract_text_runs(Environment().parse(markup))


def words(markup: str) -> list[str]:
    return [one.words for one in said(markup)]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Call <b>us</b> now</p>", ["Call us now"]),
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("0808<br>1000", ["0808 1000"]),
        ("<style>p { color: red }</style>Seen", ["Seen"]),
        ("a &amp; b", ["a & b"]),
        ("{# 0808 #}Seen", ["Seen"]),
    ],
)
def test_words_that_inline_tags_divide_are_read_in_one_go(markup: str, expected: list[str]) -> None:
    assert words(markup) == expected


@pytest.mark.parametrize("expression", ["facts.number", 'facts["number"]', "facts.number|upper"])
def test_a_fact_is_one_sign_however_it_is_written(expression: str) -> None:
    assert words(f"Call {{{{ {expression} }}}}!") == [f"Call {NUMBER}!"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"08" ~ "08"', "0808"),
        ('"08" + "08"', "0808"),
        ('["08", "08"]|join', "0808"),
        ("808", "808"),
        ("true", UNKNOWN),
        ("partner.name", UNKNOWN),
        ('"a" if x else "b"', f"a{UNKNOWN}b"),
        ("facts.address", ADDRESS),
        ("facts.promise", UNKNOWN),
    ],
)
def test_an_expression_says_its_own_strings_and_parts_words_where_nobody_knows(
    expression: str, expected: str
) -> None:
    assert words(f"x{{{{ {expression} }}}}y") == [f"x{expected}y"]


def test_a_name_that_was_set_stands_for_its_words() -> None:
    assert words('{% set start = "0808" %}{{ start }} 1000') == ["0808 1000"]


def test_branches_are_parted_so_that_they_make_no_number_together() -> None:
    assert words("{% if a %}0808{% else %}1000{% endif %}") == [f"0808{UNKNOWN}1000"]


def test_what_is_heard_stands_alone_and_a_link_is_told_as_one() -> None:
    found = said('<a href="https://example.org/" class="x"><img alt="A door" src="door.png"></a>')

    assert [(one.words, one.is_link) for one in found] == [("https://example.org/", True), ("A door", False)]


def test_an_attachment_is_no_link_and_other_tags_have_none() -> None:
    assert words('<a rel="attachment" href="a.pdf">x</a><b href="https://example.org/">y</b>') == ["xy"]


def test_each_character_has_its_line_in_the_template() -> None:
    (one,) = said("a\n{# two\nlines #}\nb{{ facts.number }}")

    assert [(sign, line) for sign, line in zip(one.words, one.lines, strict=True) if not sign.isspace()] == [
        ("a", 1),
        ("b", 4),
        (NUMBER, 4),
    ]


def test_a_sign_that_stands_for_a_fact_cannot_be_smuggled_in() -> None:
    assert words(f"<p>{NUMBER}</p>{{{{ '{ADDRESS}' }}}}") == [UNKNOWN, UNKNOWN]
