"""Phone numbers in words: what is one, what only looks like one, and slips of the campaign's own."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.loading.copy_rules.phone_numbers import (
    find_numbers,
    has_letters,
    number_digits,
    number_region,
    own_and_slips,
)

OWN = "+448081000900"


def values(words: str, region: str = "GB") -> list[str]:
    return [found.value for found in find_numbers(words, region)]


def own(words: str, number: str = OWN) -> list[str]:
    return [found.text for found in own_and_slips(words, number)[0]]


def slips(words: str, number: str = OWN) -> list[str]:
    return [found.text for found in own_and_slips(words, number)[1]]


@pytest.mark.parametrize(
    "words",
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
def test_a_number_has_one_value_however_it_is_set(words: str) -> None:
    assert values(words) == [OWN]


def test_a_number_is_found_where_it_stands_as_it_was_written() -> None:
    words = "Ring  0808\u20091000 900, or (0800) 1111."

    first, second = find_numbers(words, "GB")

    assert (first.text, first.start, first.end) == ("0808\u20091000 900", 6, 19)
    assert words[second.start : second.end] == second.text
    assert first.end < second.start


def test_the_region_decides_what_a_number_without_a_plus_is() -> None:
    assert values("202 555 0143", "US") == ["+12025550143"]
    assert values("01 42 68 53 00", "FR") == ["+33142685300"]
    assert values("+33 1 42 68 53 00", "GB") == ["+33142685300"]


def test_two_numbers_that_only_a_blank_keeps_apart_are_two() -> None:
    assert values("0808 1000 900 0800 1111") == [OWN, "+448001111"]


def test_a_run_as_long_as_a_number_is_one_though_no_plan_knows_it() -> None:
    assert values("123456789") == ["123456789"]
    assert values("12345678") == []


@pytest.mark.parametrize(
    "words",
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
def test_what_has_many_digits_and_is_no_number_is_not_found(words: str) -> None:
    assert values(words) == []


@pytest.mark.parametrize(
    ("words", "numbers"),
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
def test_a_short_number_is_one_only_after_call_ring_dial_or_text(words: str, numbers: list[str]) -> None:
    assert values(words) == numbers


def test_a_short_number_within_a_longer_one_is_not_told_twice() -> None:
    assert values("Call 116 123 4567 89") != []
    found = find_numbers("Call 0808 1000 900", "GB")
    assert [one.value for one in found] == [OWN]


@given(st.text(alphabet="0123456789OIl|+() -./,_aé\u200b", max_size=40), st.sampled_from(["GB", "FR", "US"]))
def test_any_words_give_numbers_in_order_that_do_not_meet(words: str, region: str) -> None:
    found = find_numbers(words, region)

    assert all(words[one.start : one.end] == one.text for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(st.lists(st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2009"]), min_size=10, max_size=10))
def test_separators_between_digits_never_hide_the_number(gaps: list[str]) -> None:
    words = "0" + "".join(gap + digit for gap, digit in zip(gaps, "8081000900", strict=True))

    assert values(words) == [OWN]
    assert own(words) == [words]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0808 1000 900", OWN),
        ("+44 (0)808 1000 900", OWN),
        ("٠٨٠٨ ١٠٠٠ ٩٠٠", OWN),
        (" 0808-1000-900 ", OWN),
        ("0808 1000 90", None),
        ("O808 1000 900", None),
        ("0808 1000 900 free", None),
        ("", None),
        ("+", None),
    ],
)
def test_the_digits_of_a_written_number_are_those_of_a_valid_one_alone(text: str, value: str | None) -> None:
    assert number_digits(text, "GB") == value


@pytest.mark.parametrize(
    ("number", "region"),
    [(OWN, "GB"), ("+33142685300", "FR"), ("+12025550143", "US"), ("+999123", "GB"), ("nonsense", "GB")],
)
def test_the_region_of_a_number_is_its_country_and_else_the_brands(number: str, region: str) -> None:
    assert number_region(number) == region


@pytest.mark.parametrize(
    "words",
    [
        "0808 1000 900",
        "+44 808 1000 900",
        "+44 (0)808 1000 900",
        "0044 808 1000 900",
        "0808: 1000: 900",
        "08.08.1000.900",
    ],
)
def test_the_own_number_in_real_digits_is_its_own_and_no_slip(words: str) -> None:
    first, *parts = own(f"Call {words} now")

    assert first == words and all(part in words for part in parts)
    assert slips(f"Call {words} now") == []


@pytest.mark.parametrize(
    "words",
    ["0808 1000 901", "0880 1000 900", "8008 1000 900", "0808 1O00 900", "0808 1|00 900", "+44 808 1000 909"],
)
def test_one_changed_digit_two_exchanged_ones_or_a_letter_is_a_slip(words: str) -> None:
    assert slips(words) == [words]
    assert own(words) == []


@pytest.mark.parametrize(
    "words", ["0809 1000 901", "0808 1000", "0800 1111", "9080 1000 080", "words alone", ""]
)
def test_what_differs_in_more_than_that_is_another_number(words: str) -> None:
    assert own_and_slips(words, OWN) == ([], [])


def test_a_slip_that_overlaps_the_own_number_is_not_told() -> None:
    assert own("1 0808 1000 900") == ["0808 1000 900"]
    assert slips("1 0808 1000 900") == []


@given(st.integers(0, 10), st.integers(1, 9))
def test_any_one_digit_changed_is_a_slip(place: int, step: int) -> None:
    digits = "08081000900"
    changed = f"{digits[:place]}{(int(digits[place]) + step) % 10}{digits[place + 1 :]}"

    assert (own(changed), slips(changed)) == ([], [changed])


def test_an_own_number_that_no_plan_knows_is_looked_for_by_its_digits() -> None:
    assert own("dial 999", "999") == ["999"]
    assert slips("dial 998", "999") == [], "of three digits, another is another number"


def test_letters_and_bars_in_the_place_of_digits_are_seen() -> None:
    assert has_letters("O808") and has_letters("08|8")
    assert not has_letters("+44 (0)808-1000.900")
