"""Words that people write: placeholders, and what is filled in for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import real_campaign

from assetgen.campaign.model import Text
from assetgen.campaign.words import check_words, fill
from assetgen.findings import Place

VALUES = {"number": "0808 1000 900", "address": "www.stopitnow.org.uk", "link": "https://x/", "partner": "P"}
LIST = "one of: {address}, {link}, {number}, {partner}"


def said_of(words: str) -> list[str]:
    facts = real_campaign().brand.facts
    return [finding.as_text() for finding in check_words(Text(words, Place("a.yaml", 2, 3)), facts)]


@pytest.mark.parametrize(
    "words", ["", "Call {number} or see {address}.", "{partner}: {link}", "0808 1000 900", "Ring 999"]
)
def test_honest_words_are_silent(words: str) -> None:
    assert said_of(words) == []


@pytest.mark.parametrize(
    ("words", "placeholder", "hint"),
    [
        ("Call {numbr}", "{numbr}", "did you mean {number}?"),
        ("Call { number }", "{ number }", "did you mean {number}?"),
        ("See {url.host}", "{url.host}", LIST),
        ("Call {}", "{}", LIST),
        ("Call {number", "{", LIST),
        ("Call number}", "}", LIST),
        ("{{ facts.number }}", "{", LIST),
    ],
)
def test_other_placeholders_are_named_with_the_nearest(words: str, placeholder: str, hint: str) -> None:
    assert said_of(words)[0] == (
        f"a.yaml:2:3: error: no such placeholder: {placeholder} [bad-value]\n  hint: {hint}"
    )


def test_foreign_number_and_address_are_both_said() -> None:
    assert said_of("Call 01785 223344 or see www.example.com") == [
        "a.yaml:2:3: error: another phone number: 01785 223344 [locked-fact]\n"
        "  hint: the helpline's number is written {number}; it is 0808 1000 900",
        "a.yaml:2:3: error: another web address: www.example.com [foreign-host]\n"
        "  hint: the helpline's address is written {address}; it is www.stopitnow.org.uk",
    ]


def test_placeholders_are_replaced_as_text() -> None:
    assert fill("{partner}: call {number}", VALUES) == "P: call 0808 1000 900"


def test_what_is_filled_in_is_not_filled_again() -> None:
    assert (
        fill("{partner}", {**VALUES, "partner": "{number} %s {0.__class__}"}) == "{number} %s {0.__class__}"
    )


@given(st.text())
def test_words_without_braces_stay_as_they_are(words: str) -> None:
    bare = words.replace("{", "").replace("}", "")

    assert fill(bare, VALUES) == bare


@given(st.text(alphabet="{}number .link!r:[0]"))
def test_no_braces_are_ever_evaluated(words: str) -> None:
    filled = fill(words, {"number": "N", "link": "L"})

    assert filled == words.replace("{number}", "N").replace("{link}", "L")
