"""Words that people write: placeholders, and what is filled in for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.findings import Place
from assetgen.loading.copy_rules.facts import check_words, fill
from assetgen.schema.fields import Text
from tests.support.tiny import real_campaign
from tests.support.wording import Wording
from tests.unit.loading.marks import marks

VALUES = {"number": "0808 1000 900", "address": "www.stopitnow.org.uk", "link": "https://x/", "partner": "P"}


NEAREST = ("{number}",)
ALL_FOUR = ("{address}", "{link}", "{number}", "{partner}")


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
    ("words", "placeholder", "named"),
    [
        ("Call {numbr}", "{numbr}", NEAREST),
        ("Call { number }", "{ number }", NEAREST),
        ("See {url.host}", "{url.host}", ALL_FOUR),
        ("Call {}", "{}", ALL_FOUR),
        ("Call {number", "{", ALL_FOUR),
        ("Call number}", "}", ALL_FOUR),
        ("{{ facts.number }}", "{{ facts.number }}", NEAREST),
        ("{{ 7*7 }}", "{{ 7*7 }}", ALL_FOUR),
        ("{{number}}", "{{number}}", NEAREST),
        ("{% if x %}", "{% if x %}", ALL_FOUR),
    ],
)
def test_other_placeholders_are_named_with_the_nearest(
    words: str, placeholder: str, named: tuple[str, ...], wording: Wording
) -> None:
    said = said_of(words)

    assert marks(said) == ["a.yaml:2:3 bad-value"]
    first, _, hint = said[0].partition("\n")
    assert placeholder in first
    assert tuple(name for name in ALL_FOUR if name in hint) == named
    assert wording == said


def test_foreign_number_and_address_are_both_said(wording: Wording) -> None:
    said = said_of("Call 01785 223344 or see www.example.com")

    assert marks(said) == ["a.yaml:2:3 locked-fact", "a.yaml:2:3 foreign-host"]
    assert "01785 223344" in said[0] and "www.example.com" in said[1]
    assert wording == said


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
def test_a_number_that_digits_touch_is_another(words: str, shown: str, wording: Wording) -> None:
    said = said_of(words)

    assert marks(said) == ["a.yaml:2:3 locked-fact"]
    assert shown in said[0] and "{number}" in said[0]
    assert wording == said


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
def test_an_address_that_goes_on_is_another(words: str, shown: str, name: str, wording: Wording) -> None:
    said = said_of(words)

    assert marks(said) == ["a.yaml:2:3 foreign-host"]
    assert shown in said[0] and f"{{{name}}}" in said[0]
    assert wording == said


def test_a_partner_s_name_is_judged_with_the_words_around_it(wording: Wording) -> None:
    text, facts = Text("{partner} 223344. {partner}.com", Place("a.yaml", 2, 3)), real_campaign().brand.facts

    named, unnamed = check_words(text, facts, "Area 01785"), check_words(text, facts)

    assert [finding.code for finding in named] == ["locked-fact", "foreign-host"]
    assert [finding.code for finding in unnamed] == ["foreign-host"]
    assert wording == [finding.text for finding in (*named, *unnamed)]


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
