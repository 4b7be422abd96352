"""Facts in copy: which phone numbers and web addresses are the campaign's, which are wrong, and which are neither."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.findings import Place
from assetgen.loading.copy_rules.facts import (
    check_facts,
    find_addresses,
    find_foreign_addresses,
    find_foreign_numbers,
    host_of,
)
from assetgen.loading.copy_rules.phone_numbers import find_numbers
from assetgen.schema.brand_file import Facts
from tests.support.example_campaign import with_values
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

FACTS = Facts.model_validate(
    {
        "name": "Stop It Now!",
        "number": {"display": "0808 1000 900", "tel": "+448081000900"},
        "address": {"display": "www.stopitnow.org.uk", "url": "https://www.stopitnow.org.uk/"},
        "promise": {"en-GB": "Confidential and anonymous"},
        "hosts": ["www.stopitnow.org.uk"],
        "also_allowed": {"numbers": ["999", "101"], "hosts": ["www.nspcc.org.uk"]},
    }
)
NUMBERS = FACTS.tel, FACTS.also_allowed.numbers
ADDRESSES = FACTS.address_text, FACTS.hosts, FACTS.also_allowed.hosts
KEYS = {
    "number": ("number", "display"), "number_tel": ("number", "tel"), "address": ("address", "display"),
    "url": ("address", "url"), "also_numbers": ("also_allowed", "numbers"), "also_hosts": ("also_allowed", "hosts"),
}  # fmt: skip

CORRECT_LINES = """
Call 0808 1000 900, free and in confidence.
Call 0808 1000 900.
0808 1000 900 | www.stopitnow.org.uk
0808 1000 900|www.stopitnow.org.uk
0808\u00a01000\u00a0900
0808\u20091000\u2009900
08081000900
0808-1000-900
0808\u20111000\u2011900
(0808) 1000 900
+44 808 1000 900
+44 (0)808 1000 900
0044 808 1000 900
tel:+448081000900
0808.1000.900
٠٨٠٨ ١٠٠٠ ٩٠٠
0808 1000 900¹
Call 0808 1000 900 9am to 5pm.
Call 0808 1000 900 24 hours a day.
24/7: 0808 1000 900
Open 24/7, 365 days a year.
Edition 2026.1, 0808 1000 900
2026.1 0808 1000 900
On 0808 1000 900 I felt heard.
In an emergency call 999, or ring 101.
Dial 999 or 101.
00-12:00 10.05.2026
Monday 9:00-17:00, Friday 10:30-12:45
10/05/2026 to 12/05/2026, 18:30-20:00
2026-11-01 2026-11-30
01.05.2026 - 31.05.2026
From 2019 to 2026.
2024/25 and 2025/26
2019 2020 2021 2022
2019-2026
More than 1,850 people got in touch.
In 2025, 12,345,678 people and 1,850,000 more.
£1,850,000 over 3 years, £2.50 a call.
98.5% of 1,850 people, 3 in 10, 1 in 6.
Registered charity 1013025. Charity no. 216401 and SC037717.
Registered charity number 1013025, company number 02729957.
ISBN 978-0-306-40615-7
Posters of 210 × 297 mm, images of 1080 x 1350 px.
Staffordshire, ST16 2DH
Get 3 to 5 posters, 100 cards and 250 beer mats.
www.stopitnow.org.uk
WWW.StopItNow.org.uk
Go to www.stopitnow.org.uk.
(www.stopitnow.org.uk)
https://www.stopitnow.org.uk/get-help/?r=12345
//www.stopitnow.org.uk/
https://www.stopitnow.org.uk:443/
Visit:www.stopitnow.org.uk
Follow #StopItNow, #Staffordshire, @stopitnow
STOP IT NOW! Stop it now. Stopitnow
See www.nspcc.org.uk for more.
Are you worried, e.g. about a friend, i.e. somebody you know?
At 7 p.m. or 7-10 a.m. and/or his/her home, etc./else
Open template.html and style.css, logo.svg or photo.jpg.
Worried about your own thoughts? Talk it through...
Reviewed by the U.K./Ireland team, No. 5, St. Mary
Oil, Ill, lol, loo: O, I, l and 10 O's.
Wednesday 1 November 2026, 10am-4pm, Room 1.01
Figures: ONS, year ending March 2025, table 3.14
Call costs: free from 150 networks.
Ring 200 people, text 300 words.
Keep 270/65/384/65 clear; widths 1080 (13.333) and 49 / 103 / 157 / 211 / 265.
Text up to 125 characters, or text to 125 characters.
0808_1000_900
0808 1000 900¹²
At 20 m² or 30 m³, 5 × 10⁶ and CO₂
001, 002, 003, 004
Rooms 101,102,103,104, sizes 0.125,0.250,0.375
0,0 1080,0 1080,1350
Version 1.2.3, sections 4.1.2.3.1, paragraph 2.1.
A4S, 5S of 2B, ST16 2DH, B12 8QX
""".strip().splitlines()

# A line of copy, and the wrong number or address found in it.
WRONG_NUMBERS = {
    "Call 0808 1000 901.": "0808 1000 901",
    "Call 0809 1000 900.": "0809 1000 900",
    "Call 9808 1000 900.": "9808 1000 900",
    "Call 0808 1000 90.": "0808 1000 90",
    "Call 0808 1000 9000.": "0808 1000 9000",
    "Call 0808 1001 900, or 0808 1000 900.": "0808 1001 900",
    "0808 1000 900 / 0808 1000 901": "0808 1000 901",
    "0808 1000 900 0800 1111": "0800 1111",
    "0800 1111 0808 1000 900": "0800 1111",
    "Childline: 0800 1111": "0800 1111",
    "01785 257 717": "01785 257 717",
    "(01785) 257717": "01785) 257717",
    "01632.960.001": "01632.960.001",
    "9808.1000.900": "9808.1000.900",
    "0300.123.4455": "0300.123.4455",
    "020 7946 0018": "020 7946 0018",
    "07700 900123": "07700 900123",
    "07700900123": "07700900123",
    "+44 7911 123456": "+44 7911 123456",
    "+1 202 555 0143": "+1 202 555 0143",
    "+33 1 42 68 53 00": "+33 1 42 68 53 00",
    "0044 808 1000 901": "0044 808 1000 901",
    "+44 (0)808 1000 901": "+44 (0)808 1000 901",
    "O8O8 1OOO 9OO": "O8O8 1OOO 9OO",
    "0808 I000 900": "0808 I000 900",
    "0808 l000 900": "0808 l000 900",
    "0808 1|00 900": "0808 1|00 900",
    "О808 1000 900": "О808 1000 900",
    "08O8 1000 9O1": "08O8 1000 9O1",
    "٠٨٠٨ ١٠٠٠ ٩٠١": "٠٨٠٨ ١٠٠٠ ٩٠١",
    "０８０８ １０００ ９０１": "０８０８ １０００ ９０１",
    "0\u200b808 1000 901": "0\u200b808 1000 901",
    "0808\u00a01000\u00a0901": "0808\u00a01000\u00a0901",
    "0808 – 1000 – 901": "0808 – 1000 – 901",
    "0808: 1000: 901": "0808: 1000: 901",
    "08:08 1000 901": "08:08 1000 901",
    "08-08-2000 900": "08-08-2000 900",
    "0808 1009 000": "0808 1009 000",
    "808 1000 900": "808 1000 900",
    "+33 808 1000 900": "808 1000 900",
    "8080 1000 900": "8080 1000 900",
    "call0808 1000 901": "0808 1000 901",
    "123456789": "123456789",
    "In 2026, 0808 157 0123": "0808 157 0123",
    "O8OO I23 4S67": "O8OO I23 4S67",
    "0800 ¹²³ ⁴⁵⁶⁷": "0800 ¹²³ ⁴⁵⁶⁷",
    "0800,123,4567": "0800,123,4567",
    "0800_123_4567": "0800_123_4567",
    "0808_1000_901": "0808_1000_901",
    "Call 111 now": "111",
    "Call 999 or 112.": "112",
    "Ring the helpline on 116 123.": "116 123",
    "Dial 1-1-2": "1-1-2",
    "Text SHOUT to 85258": "85258",
    "Call us on 119": "119",
}
WRONG_ADDRESSES = {
    "stopitnow.org": "stopitnow.org",
    "stopitnow.org.uk": "stopitnow.org.uk",
    "www.stopitnow.org": "www.stopitnow.org",
    "www.stopitnow.co.uk": "www.stopitnow.co.uk",
    "www.stopitnow.org.uk.evil.com": "www.stopitnow.org.uk.evil.com",
    "https://www.stopitnow.org.uk@evil.com/": "https://www.stopitnow.org.uk@evil.com/",
    "https://evil.com/www.stopitnow.org.uk": "https://evil.com/www.stopitnow.org.uk",
    "www.stopltnow.org.uk": "www.stopltnow.org.uk",
    "www.stоpitnow.org.uk": "www.stоpitnow.org.uk",
    "www.st0pitnow.org.uk": "www.st0pitnow.org.uk",
    "stopltnow": "stopltnow",
    "stоpitnow": "stоpitnow",
    "st0pitnow": "st0pitnow",
    "Stop1tNow": "Stop1tNow",
    "stopitnovv": "stopitnovv",
    "stòpitnow": "stòpitnow",
    "stоpitnow.оrg": "stоpitnow",
    "bit.ly/abc": "bit.ly/abc",
    "See bit.ly/abc.": "bit.ly/abc",
    "t.co/xyz": "t.co/xyz",
    "wa.me/448081000900": "wa.me/448081000900",
    "example.museums/map": "example.museums/",
    "www.anything.nonsense": "www.anything.nonsense",
    "www.stopitnow.org.ukCall": "www.stopitnow.org.ukCall",
    "Web:evil.com": "evil.com",
    "*evil.com*": "evil.com",
    "help@evil.com": "help@evil.com",
    "mailto:help@evil.com": "mailto:help@evil.com",
    "comms@staffordshire.police.uk": "comms@staffordshire.police.uk",
    "facebook.com/stopitnow": "facebook.com/stopitnow",
    "http://localhost/x": "http://localhost/x",
    "localhost/x": "localhost/x",
    "localhost:8000": "localhost:8000",
    "192.168.1.1": "192.168.1.1",
    "See 192.168.1.1/x.": "192.168.1.1/x",
    "http://127.0.0.1/": "http://127.0.0.1/",
    "ftp://files.example.org": "ftp://files.example.org",
    "nspcc.org.uk": "nspcc.org.uk",
    "safer.support": "safer.support",
    "get-help.app": "get-help.app",
    "www.stop\u200bitnow.org": "www.stop\u200bitnow.org",
    "ｗｗｗ.evil.com": "ｗｗｗ.evil.com",
    "www。evil。com": "www。evil。com",
    "www︒evil︒com": "www︒evil︒com",
    "пример.рф": "пример.рф",
    "xn--e1afmkfd.com": "xn--e1afmkfd.com",
    "www.stopitnow.org.uk and evil.org": "evil.org",
}


@pytest.mark.parametrize("line", CORRECT_LINES)
def test_copy_with_only_allowed_numbers_and_addresses_is_accepted(line: str) -> None:
    assert find_foreign_numbers(line, *NUMBERS) == ()
    assert find_foreign_addresses(line, *ADDRESSES) == ()


@pytest.mark.parametrize(("line", "text"), WRONG_NUMBERS.items(), ids=WRONG_NUMBERS)
def test_wrong_number_in_copy_is_found(line: str, text: str) -> None:
    found = find_foreign_numbers(line, *NUMBERS)

    assert [number.text for number in found] == [text]
    assert line[found[0].start : found[0].end] == text


@pytest.mark.parametrize(("line", "text"), WRONG_ADDRESSES.items(), ids=WRONG_ADDRESSES)
def test_wrong_address_in_copy_is_found(line: str, text: str) -> None:
    found = find_foreign_addresses(line, *ADDRESSES)

    assert [address.text for address in found] == [text]
    assert line[found[0].start : found[0].end] == text


def test_importing_facts_does_not_import_phonenumbers_or_linkify() -> None:
    code = "import sys, assetgen.loading.copy_rules.facts; print({'phonenumbers', 'linkify_it'} & set(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert loaded == "set()\n"


class TestNormalForms:
    def test_numbers_are_returned_as_written_and_normalised(self) -> None:
        line = "Call 0808 1000 900, text SHOUT to 85258, or +33 1 42 68 53 00. Ref 123 456 789."

        assert [(found.text, found.value) for found in find_numbers(line, "GB")] == [
            ("0808 1000 900", "+448081000900"),
            ("85258", "85258"),
            ("+33 1 42 68 53 00", "+33142685300"),
            ("123 456 789", "123456789"),
        ]

    def test_number_is_read_by_the_rules_of_its_country(self) -> None:
        assert [found.value for found in find_numbers("01 42 68 53 00", "FR")] == ["+33142685300"]
        assert [found.value for found in find_numbers("01 42 68 53 00", "GB")] == ["0142685300"]

    def test_addresses_are_returned_as_written_and_with_their_host(self) -> None:
        line = "WWW.Example.ORG/a?b, help@Example.co.uk. bücher.de!"

        assert [(found.text, found.value) for found in find_addresses(line)] == [
            ("WWW.Example.ORG/a?b", "www.example.org"),
            ("help@Example.co.uk", "example.co.uk"),
            ("bücher.de", "xn--bcher-kva.de"),
        ]

    @pytest.mark.parametrize(
        ("address", "host"),
        [
            ("https://www.StopItNow.org.uk/", "www.stopitnow.org.uk"),
            ("www.stopitnow.org.uk", "www.stopitnow.org.uk"),
            ("www.stopitnow.org.uk/get-help?r=1#x", "www.stopitnow.org.uk"),
            ("www.stopitnow.org.uk:8443", "www.stopitnow.org.uk"),
            ("www.stopitnow.org.uk.", "www.stopitnow.org.uk"),
            ("//www.stopitnow.org.uk", "www.stopitnow.org.uk"),
            ("https://www.stopitnow.org.uk@evil.com/", "evil.com"),
            ("evil.com/https://www.stopitnow.org.uk", "evil.com"),
            ("help@evil.com", "evil.com"),
            ("mailto:help@evil.com", "evil.com"),
            ("bücher.de", "xn--bcher-kva.de"),
            ("https://", None),
            ("https://[::1", None),
            ("a..b", None),
            ("two words.org", None),
            ("x" * 64 + ".org", None),
            ("a." * 200 + "org", None),
            ("", None),
        ],
    )
    def test_host_is_the_one_that_a_browser_opens(self, address: str, host: str | None) -> None:
        assert host_of(address) == host


def facts_errors(**changes: object) -> list[str]:
    """Return the errors of facts with some values changed. The key path is shown in place of the file name."""
    facts = FACTS
    for name, value in changes.items():
        group, key = KEYS.get(name, (name, ""))
        facts = with_values(
            facts, **{group: with_values(getattr(facts, group), **{key: value}) if key else value}
        )
    findings = check_facts(
        facts,
        lambda *path: Place(".".join(str(step) for step in path)),
    )
    return [finding.as_text() for finding in findings]


class TestCheckFacts:
    def test_consistent_facts_have_no_findings(self) -> None:
        assert facts_errors() == []
        assert facts_errors(number="+44 (0)808 1000 900", url="https://www.stopitnow.org.uk/help") == []
        assert facts_errors(number="08081 570123", number_tel="+448081570123") == []

    @pytest.mark.parametrize("tel", ["0808 1000 900", "+44 808 1000 900", "+4480", "+449081000900x", "tel"])
    def test_tel_must_be_in_international_format(self, tel: str, wording: Wording) -> None:
        errors = facts_errors(number_tel=tel)

        assert places_and_codes(errors) == ["facts.number.tel bad-value"]
        assert tel in errors[0]
        assert wording == errors

    def test_displayed_number_must_match_tel(self, wording: Wording) -> None:
        errors = facts_errors(number="0808 1000 901")

        assert places_and_codes(errors) == ["facts.number.display bad-value"]
        assert "+448081000901" in errors[0] and "+448081000900" in errors[0]
        assert wording == errors

    @pytest.mark.parametrize("display", ["0808 1000", "O808 1000 900", "call us"])
    def test_displayed_number_must_be_a_phone_number(self, display: str, wording: Wording) -> None:
        errors = facts_errors(number=display)

        assert places_and_codes(errors) == ["facts.number.display bad-value"]
        assert display in errors[0]
        assert wording == errors

    def test_url_must_use_https(self, wording: Wording) -> None:
        errors = facts_errors(url="http://www.stopitnow.org.uk/")

        assert places_and_codes(errors) == ["facts.address.url bad-value"]
        assert wording == errors

    def test_displayed_address_must_be_a_web_address(self, wording: Wording) -> None:
        errors = facts_errors(address="our site")

        assert places_and_codes(errors) == ["facts.address.display bad-value"]
        assert wording == errors

    def test_displayed_address_must_match_the_host_of_the_url(self, wording: Wording) -> None:
        errors = facts_errors(address="stopitnow.org.uk")

        assert places_and_codes(errors) == ["facts.address.display bad-value"]
        assert "www.stopitnow.org.uk" in errors[0]
        assert wording == errors

    def test_host_of_the_url_must_be_listed_in_hosts(self, wording: Wording) -> None:
        errors = facts_errors(hosts=("stopitnow.org.uk",))

        assert places_and_codes(errors) == ["facts.hosts bad-value"]
        assert "www.stopitnow.org.uk" in errors[0]
        assert wording == errors

    def test_also_allowed_accepts_only_hosts_and_phone_numbers(self, wording: Wording) -> None:
        errors = facts_errors(also_hosts=("nspcc.org.uk", "https://x.org/"), also_numbers=("999", "0800 11"))

        assert places_and_codes(errors) == [
            "facts.also_allowed.hosts.1 bad-value",
            "facts.also_allowed.numbers.1 bad-value",
        ]
        assert wording == errors


class TestProperties:
    SPACES = st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2009", "\u2011", " - ", "\n", "/", "\u200b"])
    AROUND = st.sampled_from(
        ["", "Call ", "Call: ", "(", "In 2026, ", "24/7: ", "9am-5pm ", "12 ", "I ", "| "]
    )
    AFTER = st.sampled_from(
        ["", ".", ", free", " 24 hours", " 9am", ")", " | www.stopitnow.org.uk", " I", " 7"]
    )

    @staticmethod
    def spaced(digits: str, spaces: list[str]) -> str:
        return "".join(digit + space for digit, space in zip(digits, [*spaces, ""], strict=True))

    @pytest.mark.thorough
    @settings(max_examples=500)
    @given(before=AROUND, spaces=st.lists(SPACES, min_size=10, max_size=10), after=AFTER)
    def test_campaign_number_is_accepted_with_any_separators(
        self, before: str, spaces: list[str], after: str
    ) -> None:
        line = before + self.spaced("08081000900", spaces) + after

        assert find_foreign_numbers(line, *NUMBERS) == ()

    @pytest.mark.thorough
    @settings(max_examples=500)
    @given(
        before=AROUND,
        spaces=st.lists(SPACES, min_size=10, max_size=10),
        after=AFTER,
        position=st.integers(0, 10),
        digit=st.sampled_from("0123456789OIl"),
    )
    def test_one_changed_digit_is_always_found(
        self, before: str, spaces: list[str], after: str, position: int, digit: str
    ) -> None:
        digits = "08081000900"
        changed = digits[:position] + digit + digits[position + 1 :]

        found = find_foreign_numbers(before + self.spaced(changed, spaces) + after, *NUMBERS)

        assert bool(found) is (changed != digits)

    @settings(max_examples=300)
    @given(st.text(max_size=60) | st.text("0189 +-./|OIl:,aw@#£%\u200b\n", max_size=60))
    def test_position_of_found_text_is_correct_in_any_text(self, line: str) -> None:
        found = find_numbers(line, "GB") + find_addresses(line)
        found += find_foreign_numbers(line, *NUMBERS) + find_foreign_addresses(line, *ADDRESSES)

        assert all(line[one.start : one.end] == one.text and one.text for one in found)

    def test_wrong_number_is_found_at_the_end_of_a_long_list(self) -> None:
        line = " ".join(["0808 1000 900"] * 500 + ["0808 1000 901"])

        assert [found.text for found in find_foreign_numbers(line, *NUMBERS)] == ["0808 1000 901"]

    @pytest.mark.parametrize("part", ["l", "1-", "-a", "a.b-", "*a.", "/a", "www.", "call to "])
    def test_searching_the_longest_copy_takes_under_three_seconds(self, part: str) -> None:
        line = part * (5000 // len(part))
        start = time.process_time()

        find_foreign_numbers(line, *NUMBERS)
        find_foreign_addresses(line, *ADDRESSES)

        assert time.process_time() - start < 3
