"""Placeholders in copy: which are valid, what replaces them, and what the text around them may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.findings import Place
from assetgen.loading.copy_rules.facts import check_copy, fill_placeholders
from assetgen.schema.fields import PlacedText
from tests.support.tiny_campaign import real_campaign
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

VALUES = {"number": "0808 1000 900", "address": "www.stopitnow.org.uk", "link": "https://x/", "partner": "P"}
NEAREST = ("{number}",)
ALL_FOUR = ("{address}", "{link}", "{number}", "{partner}")


def copy_errors(copy: str) -> list[str]:
    facts = real_campaign().brand.facts
    return [finding.as_text() for finding in check_copy(PlacedText(copy, Place("a.yaml", 2, 3)), facts)]


@pytest.mark.parametrize(
    "copy",
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
def test_correct_copy_has_no_findings(copy: str) -> None:
    assert copy_errors(copy) == []


@pytest.mark.parametrize(
    ("copy", "placeholder", "named"),
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
def test_hint_for_an_unknown_placeholder_names_the_valid_ones(
    copy: str, placeholder: str, named: tuple[str, ...], wording: Wording
) -> None:
    errors = copy_errors(copy)

    assert places_and_codes(errors) == ["a.yaml:2:3 bad-value"]
    first, _, hint = errors[0].partition("\n")
    assert placeholder in first
    assert tuple(name for name in ALL_FOUR if name in hint) == named
    assert wording == errors


def test_wrong_number_and_wrong_address_are_both_reported(wording: Wording) -> None:
    errors = copy_errors("Call 01785 223344 or see www.example.com")

    assert places_and_codes(errors) == ["a.yaml:2:3 locked-fact", "a.yaml:2:3 foreign-host"]
    assert "01785 223344" in errors[0] and "www.example.com" in errors[1]
    assert wording == errors


OWN_NUMBER, OWN_ADDRESS = "0808 1000 900", "www.stopitnow.org.uk"


@pytest.mark.parametrize(
    ("copy", "shown"),
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
def test_number_placeholder_next_to_digits_is_rejected(copy: str, shown: str, wording: Wording) -> None:
    errors = copy_errors(copy)

    assert places_and_codes(errors) == ["a.yaml:2:3 locked-fact"]
    assert shown in errors[0] and "{number}" in errors[0]
    assert wording == errors


@pytest.mark.parametrize(
    ("copy", "shown", "name"),
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
def test_address_placeholder_joined_to_other_text_is_rejected(
    copy: str, shown: str, name: str, wording: Wording
) -> None:
    errors = copy_errors(copy)

    assert places_and_codes(errors) == ["a.yaml:2:3 foreign-host"]
    assert shown in errors[0] and f"{{{name}}}" in errors[0]
    assert wording == errors


def test_partner_name_is_checked_together_with_the_text_around_it(wording: Wording) -> None:
    text, facts = (
        PlacedText("{partner} 223344. {partner}.com", Place("a.yaml", 2, 3)),
        real_campaign().brand.facts,
    )

    named, unnamed = check_copy(text, facts, "Area 01785"), check_copy(text, facts)

    assert [finding.code for finding in named] == ["locked-fact", "foreign-host"]
    assert [finding.code for finding in unnamed] == ["foreign-host"]
    assert wording == [finding.text for finding in (*named, *unnamed)]


def test_placeholders_are_replaced_as_text() -> None:
    assert fill_placeholders("{partner}: call {number}", VALUES) == "P: call 0808 1000 900"


def test_inserted_values_are_not_expanded_again() -> None:
    assert (
        fill_placeholders("{partner}", {**VALUES, "partner": "{number} %s {0.__class__}"})
        == "{number} %s {0.__class__}"
    )


@given(st.text())
def test_text_without_braces_is_unchanged(copy: str) -> None:
    bare = copy.replace("{", "").replace("}", "")

    assert fill_placeholders(bare, VALUES) == bare


@given(st.text(alphabet="{}number .link!r:[0]"))
def test_braces_are_never_evaluated(copy: str) -> None:
    filled = fill_placeholders(copy, {"number": "N", "link": "L"})

    assert filled == copy.replace("{number}", "N").replace("{link}", "L")
