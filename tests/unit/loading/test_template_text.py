"""Extracting the text of a template: each fact is one character, and each link target is a run of its own."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from assetgen.loading.templates.template_text import FACT_SIGNS, UNKNOWN, TextRun, extract_text_runs

NUMBER, ADDRESS = FACT_SIGNS["number"], FACT_SIGNS["address"]


def text_runs(markup: str) -> list[TextRun]:
    return extract_text_runs(Environment().parse(markup))


def texts(markup: str) -> list[str]:
    return [one.words for one in text_runs(markup)]


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
def test_inline_tags_do_not_split_text(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected


@pytest.mark.parametrize("expression", ["facts.number", 'facts["number"]', "facts.number|upper"])
def test_fact_is_replaced_by_one_character_in_any_notation(expression: str) -> None:
    assert texts(f"Call {{{{ {expression} }}}}!") == [f"Call {NUMBER}!"]


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
def test_expression_is_replaced_by_its_literal_text_or_the_unknown_character(
    expression: str, expected: str
) -> None:
    assert texts(f"x{{{{ {expression} }}}}y") == [f"x{expected}y"]


def test_set_variable_is_replaced_by_its_text() -> None:
    assert texts('{% set start = "0808" %}{{ start }} 1000') == ["0808 1000"]


def test_digits_in_different_branches_do_not_form_a_number() -> None:
    assert texts("{% if a %}0808{% else %}1000{% endif %}") == [f"0808{UNKNOWN}1000"]


def test_alt_text_and_link_target_are_separate_text_runs() -> None:
    runs = text_runs('<a href="https://example.org/" class="x"><img alt="A door" src="door.png"></a>')

    assert [(one.words, one.is_link) for one in runs] == [("https://example.org/", True), ("A door", False)]


def test_attachments_and_href_of_other_tags_are_not_links() -> None:
    assert texts('<a rel="attachment" href="a.pdf">x</a><b href="https://example.org/">y</b>') == ["xy"]


def test_each_character_has_its_line_in_the_template() -> None:
    (one,) = text_runs("a\n{# two\nlines #}\nb{{ facts.number }}")

    assert [
        (character, line)
        for character, line in zip(one.words, one.lines, strict=True)
        if not character.isspace()
    ] == [
        ("a", 1),
        ("b", 4),
        (NUMBER, 4),
    ]


def test_character_that_stands_for_a_fact_is_not_accepted_from_the_source() -> None:
    assert texts(f"<p>{NUMBER}</p>{{{{ '{ADDRESS}' }}}}") == [UNKNOWN, UNKNOWN]
