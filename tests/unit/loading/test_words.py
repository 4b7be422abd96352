"""Words that people write: placeholders, and what is filled in for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.findings import Place
from assetgen.loading.copy_rules.facts import check_words, fill
from assetgen.schema.fields import Text
from tests.support.tiny import real_campaign

VALUES = {"number": "0808 1000 900", "address": "www.stopitnow.org.uk", "link": "https://x/", "partner": "P"}
LIST = "one of: {address}, {link}, {number}, {partner}"


def said_of(words: str) -> list[str]:
    facts = real_campaign().brand.facts
    return [finding.as_text() for finding in check_words(Text(words, Place("a.yaml", 2, 3)), facts)]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Call {number} or see {address}.",
        "{partner}: {link}",
        "0808 1000 900",
        "Ring 999",
        "{number}",
        "Call {number}.",
        "{address}, {number}",
        "{address},{number}",
        "({link})",
        "{partner}: {number}",
        "{number}|{address}",
        "Phone:{number}",
        "24/7: {number}",
        "{number} 24 hours a day",
        "+44 {number}",
        "Have you seen {address}?",
        "https://{address}/",
        "“{address}”—or {number}…",
        "{number}\u200f",
    ],
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
        ("{{ facts.number }}", "{{ facts.number }}", "did you mean {number}?"),
        ("{{ 7*7 }}", "{{ 7*7 }}", LIST),
        ("{{number}}", "{{number}}", "did you mean {number}?"),
        ("{% if x %}", "{% if x %}", LIST),
    ],
)
def test_other_placeholders_are_named_with_the_nearest(words: str, placeholder: str, hint: str) -> None:
    assert said_of(words) == [
        f"a.yaml:2:3: error: no such placeholder: {placeholder} [bad-value]\n  hint: {hint}"
    ]


def test_foreign_number_and_address_are_both_said() -> None:
    assert said_of("Call 01785 223344 or see www.example.com") == [
        "a.yaml:2:3: error: another phone number: 01785 223344 [locked-fact]\n"
        "  hint: the helpline's number is written {number}; it is 0808 1000 900",
        "a.yaml:2:3: error: another web address: www.example.com [foreign-host]\n"
        "  hint: the helpline's address is written {address}; it is www.stopitnow.org.uk",
    ]


OWN_NUMBER, OWN_ADDRESS = "0808 1000 900", "www.stopitnow.org.uk"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Call {number}9 now", f"{OWN_NUMBER}9"),
        ("9{number}", f"9{OWN_NUMBER}"),
        ("{number}{number}", "0808 1000 9000808"),
        ("+{number}", f"+{OWN_NUMBER}"),
        ("{number}-9", f"{OWN_NUMBER}-9"),
        ("{number}\u20119", f"{OWN_NUMBER}\u20119"),
        ("{number}\u200b9", f"{OWN_NUMBER}\u200b9"),
        ("{number}\uff19", f"{OWN_NUMBER}\uff19"),
    ],
)
def test_a_number_that_digits_touch_is_another(words: str, shown: str) -> None:
    assert said_of(words) == [
        f"a.yaml:2:3: error: another phone number: {shown} [locked-fact]\n"
        "  hint: let {number} stand alone, with a blank on each side"
    ]


@pytest.mark.parametrize(
    ("words", "shown", "name"),
    [
        ("{address}.evil.com", f"{OWN_ADDRESS}.evil.com", "address"),
        ("{address}@evil.com", f"{OWN_ADDRESS}@evil.com", "address"),
        ("evil-{address}", f"evil-{OWN_ADDRESS}", "address"),
        ("See {address}/donate now", f"{OWN_ADDRESS}/donate", "address"),
        ("{address}?r=12345", f"{OWN_ADDRESS}?r=12345", "address"),
        ("{address}:8080", f"{OWN_ADDRESS}:8080", "address"),
        ("{address}{address}", f"{OWN_ADDRESS}{OWN_ADDRESS}", "address"),
        ("{link}@evil.com", f"https://{OWN_ADDRESS}/@evil.com", "link"),
        ("{link}donate", f"https://{OWN_ADDRESS}/donate", "link"),
        ("me@{address}", f"me@{OWN_ADDRESS}", "address"),
    ],
)
def test_an_address_that_goes_on_is_another(words: str, shown: str, name: str) -> None:
    assert said_of(words) == [
        f"a.yaml:2:3: error: another web address: {shown} [foreign-host]\n"
        f"  hint: let {{{name}}} stand alone, with a blank on each side"
    ]


def test_a_partner_s_name_is_judged_with_the_words_around_it() -> None:
    text, facts = Text("{partner} 223344. {partner}.com", Place("a.yaml", 2, 3)), real_campaign().brand.facts

    assert [finding.text for finding in check_words(text, facts, "Area 01785")] == [
        "another phone number: 01785 223344",
        "another web address: 01785.com",
    ]
    assert [finding.text for finding in check_words(text, facts)] == ["another web address: Somebody.com"]


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
