"""Phone numbers in text: which digits are one, which are not, and misprints of the campaign's own number."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.loading.copy_rules.phone_numbers import (
    find_numbers,
    find_own_number,
    has_letters,
    region_of_number,
    to_e164,
)

OWN = "+448081000900"


def values(text: str, region: str = "GB") -> list[str]:
    return [found.value for found in find_numbers(text, region)]


def own_numbers(text: str, number: str = OWN) -> list[str]:
    return [found.text for found in find_own_number(text, number)[0]]


def misprints(text: str, number: str = OWN) -> list[str]:
    return [found.text for found in find_own_number(text, number)[1]]


@pytest.mark.parametrize(
    "text",
    [
        "0808 1000 900",
        "08081000900",
        "(0808) 1000-900",
        "0808.1000.900",
        "+44 808 1000 900",
        "+44 (0)808 1000 900",
        "0044 808 1000 900",
        "0808\u00a01000\u2009900",
        "O8O8 1OOO 9OO",
        "0808 l000 900",
        "٠٨٠٨ ١٠٠٠ ٩٠٠",
        "0808_1000_900",
        "Call0808 1000 900",
        "0\u200b808 1000 900",
    ],
)
def test_number_has_the_same_value_in_any_notation(text: str) -> None:
    assert values(text) == [OWN]


def test_number_is_returned_as_written_with_its_position() -> None:
    text = "Ring  0808\u20091000 900, or (0800) 1111."

    first, second = find_numbers(text, "GB")

    assert (first.text, first.start, first.end) == ("0808\u20091000 900", 6, 19)
    assert text[second.start : second.end] == second.text
    assert first.end < second.start


def test_number_without_a_plus_is_read_by_the_rules_of_the_region() -> None:
    assert values("202 555 0143", "US") == ["+12025550143"]
    assert values("01 42 68 53 00", "FR") == ["+33142685300"]
    assert values("+33 1 42 68 53 00", "GB") == ["+33142685300"]


def test_two_numbers_separated_only_by_a_space_are_both_found() -> None:
    assert values("0808 1000 900 0800 1111") == [OWN, "+448001111"]


def test_nine_digits_in_a_row_count_as_a_number() -> None:
    assert values("123456789") == ["123456789"]
    assert values("12345678") == []


@pytest.mark.parametrize(
    "text",
    [
        "9:00-17:00, 9.30 am",
        "01.05.2026 and 2026-11-01",
        "2019/2020 2021/22",
        "£1,850,000 and 12,345,678 people",
        "98.5% of 1850, 1234567890 per cent",
        "ISBN 978-0-306-40615-7",
        "Registered charity number 1013025",
        "270/65/384/65",
        "open 24/7/365",
        "H²O, note¹² and CO₂",
    ],
)
def test_digits_that_are_not_a_phone_number_are_ignored(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Call 999", ["999"]),
        ("call 999, 112 or 101", ["999", "112", "101"]),
        ("Ring us on 116 123.", ["116123"]),
        ("Text SHOUT to 85258", ["85258"]),
        ("Dial 1-1-2", ["112"]),
        ("call 200 people", []),
        ("text 300 words", []),
        ("call 100%", []),
        ("999", []),
        ("Room 101", []),
        ("call 12345", []),
    ],
)
def test_short_number_counts_only_after_call_ring_dial_or_text(text: str, numbers: list[str]) -> None:
    assert values(text) == numbers


def test_short_number_inside_a_longer_one_is_not_found_again() -> None:
    assert values("Call 116 123 4567 89") != []
    found = find_numbers("Call 0808 1000 900", "GB")
    assert [one.value for one in found] == [OWN]


@given(st.text(alphabet="0123456789OIl|+() -./,_aé\u200b", max_size=40), st.sampled_from(["GB", "FR", "US"]))
def test_numbers_found_in_any_text_are_ordered_and_do_not_overlap(text: str, region: str) -> None:
    found = find_numbers(text, region)

    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(st.lists(st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2009"]), min_size=10, max_size=10))
def test_separators_between_digits_never_hide_the_number(gaps: list[str]) -> None:
    text = "0" + "".join(gap + digit for gap, digit in zip(gaps, "8081000900", strict=True))

    assert values(text) == [OWN]
    assert own_numbers(text) == [text]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0808 1000 900", OWN),
        ("+44 (0)808 1000 900", OWN),
        ("+44 (0)808\u00a01000\u2009900", OWN),
        ("٠٨٠٨ ١٠٠٠ ٩٠٠", OWN),
        (" 0808-1000-900 ", OWN),
        ("0808 1000 90", None),
        ("9808 1000 900", None),
        ("999", None),
        ("O808 1000 900", None),
        ("0800 REVERSE", None),
        ("tel 0808 1000 900", None),
        ("0808 1000 900 free", None),
        ("", None),
        ("+", None),
    ],
)
def test_text_is_converted_to_e164_only_if_it_is_a_valid_number(text: str, value: str | None) -> None:
    assert to_e164(text, "GB") == value


@pytest.mark.parametrize(
    ("number", "region"),
    [(OWN, "GB"), ("+33142685300", "FR"), ("+12025550143", "US"), ("+999123", "GB"), ("nonsense", "GB")],
)
def test_region_of_a_number_is_its_country_or_else_britain(number: str, region: str) -> None:
    assert region_of_number(number) == region


@pytest.mark.parametrize(
    "text",
    [
        "0808 1000 900",
        "+44 808 1000 900",
        "+44 (0)808 1000 900",
        "0044 808 1000 900",
        "0808: 1000: 900",
        "08.08.1000.900",
    ],
)
def test_own_number_in_any_notation_is_not_a_misprint(text: str) -> None:
    first, *parts = own_numbers(f"Call {text} now")

    assert first == text and all(part in text for part in parts)
    assert misprints(f"Call {text} now") == []


@pytest.mark.parametrize(
    "text",
    ["0808 1000 901", "0880 1000 900", "8008 1000 900", "0808 1O00 900", "0808 1|00 900", "+44 808 1000 909"],
)
def test_changed_digit_swapped_digits_or_a_letter_is_a_misprint(text: str) -> None:
    assert misprints(text) == [text]
    assert own_numbers(text) == []


@pytest.mark.parametrize(
    "text", ["0809 1000 901", "0808 1000", "0800 1111", "9080 1000 080", "words alone", ""]
)
def test_number_with_more_differences_is_not_a_misprint(text: str) -> None:
    assert find_own_number(text, OWN) == ([], [])


def test_misprint_that_overlaps_the_own_number_is_ignored() -> None:
    assert own_numbers("1 0808 1000 900") == ["0808 1000 900"]
    assert misprints("1 0808 1000 900") == []


@given(st.integers(0, 10), st.integers(1, 9))
def test_any_single_changed_digit_is_a_misprint(place: int, step: int) -> None:
    digits = "08081000900"
    changed = f"{digits[:place]}{(int(digits[place]) + step) % 10}{digits[place + 1 :]}"

    assert (own_numbers(changed), misprints(changed)) == ([], [changed])


def test_own_short_number_is_found_by_its_digits() -> None:
    assert own_numbers("dial 999", "999") == ["999"]
    assert misprints("dial 998", "999") == [], "a changed digit makes a short number a different one"


def test_letters_and_bars_used_as_digits_are_detected() -> None:
    assert has_letters("O808") and has_letters("08|8")
    assert not has_letters("+44 (0)808-1000.900")
