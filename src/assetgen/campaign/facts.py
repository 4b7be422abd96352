"""The brand's facts: what in words is not theirs, and where they disagree with each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from assetgen.campaign.addresses import find_addresses, find_doubles, host_of
from assetgen.campaign.model import Facts
from assetgen.campaign.phone_numbers import (
    find_numbers,
    has_letters,
    number_digits,
    number_region,
    own_and_slips,
)
from assetgen.campaign.plain_words import Found
from assetgen.findings import Finding, Place

__all__ = [
    "Found",
    "Own",
    "check_facts",
    "find_addresses",
    "find_numbers",
    "foreign_addresses",
    "foreign_numbers",
    "host_of",
    "number_digits",
    "number_region",
]

E164 = re.compile(r"\+[1-9]\d{6,14}")
SERVICE = re.compile(r"[1-9]\d{2,5}")
# Of so many texts it is kept what was found: the same words are judged for every partner, and at each save.
KEPT = 4096


class Own(Protocol):
    """Numbers and hosts that may stand in words: the brand's own, and those beside them. ``Facts`` are one."""

    @property
    def number_tel(self) -> str: ...
    @property
    def also_numbers(self) -> tuple[str, ...]: ...
    @property
    def address(self) -> str: ...
    @property
    def hosts(self) -> tuple[str, ...]: ...
    @property
    def also_hosts(self) -> tuple[str, ...]: ...


def foreign_numbers(words: str, facts: Own) -> list[Found]:
    """Return the numbers in words that are neither the brand's own nor allowed beside it.

    The brand's number with one digit changed, two exchanged or letters in it is found however it is set.
    """
    return list(_foreign_numbers(words, facts.number_tel, facts.also_numbers))


@lru_cache(KEPT)
def _foreign_numbers(words: str, tel: str, also: tuple[str, ...]) -> tuple[Found, ...]:
    region = number_region(tel)
    own, slips = own_and_slips(words, tel)
    allowed = {number_digits(text, region) or re.sub(r"\D", "", text) for text in also}
    foreign = [
        found
        for found in find_numbers(words, region)
        if not any(found.lies_in(ours) for ours in own)
        and (found.value not in allowed or has_letters(found.text))
    ]
    foreign += [slip for slip in slips if not any(slip.meets(found) for found in foreign)]
    return tuple(sorted(foreign, key=lambda found: found.start))


def foreign_addresses(words: str, facts: Own) -> list[Found]:
    """Return the addresses in words whose host is not the brand's, and words that look like its name."""
    return list(_foreign_addresses(words, facts.address, facts.hosts, facts.also_hosts))


@lru_cache(KEPT)
def _foreign_addresses(
    words: str, address: str, hosts: tuple[str, ...], also: tuple[str, ...]
) -> tuple[Found, ...]:
    own = {host_of(host) for host in (*hosts, *also, address)}
    addresses = find_addresses(words)
    foreign = [found for found in addresses if found.value not in own]
    doubles = find_doubles(words, (host_of(address) or "", *hosts))
    foreign += [double for double in doubles if not any(double.meets(found) for found in foreign)]
    return tuple(sorted(foreign, key=lambda found: found.start))


def check_facts(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    """Return a finding for each fact that disagrees with another or is none.

    ``place`` gives the place of a value by its path (``place("facts", "number", "tel")``).
    """
    return [*_check_number(facts, place), *_check_address(facts, place), *_check_also(facts, place)]


def _check_number(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    tel, display = facts.number_tel, facts.number
    at_tel, at_display = place("facts", "number", "tel"), place("facts", "number", "display")
    region = number_region(tel)
    if not E164.fullmatch(tel) or number_digits(tel, region) is None:
        hint = "write a plus, the country and the number without spaces: +448081000900"
        return [Finding("bad-value", f"facts.number.tel: {tel:.60} is no phone number", hint, at_tel)]
    shown = number_digits(display, region)
    if shown is None:
        text = f"facts.number.display: {display:.60} is no phone number"
        return [Finding("bad-value", text, f"it must be {tel}, set as people read it", at_display)]
    if shown != tel:
        text = f"facts.number: {display:.60} is {shown}, but tel is {tel}"
        return [Finding("bad-value", text, "ask the number's owner which of the two is right", at_display)]
    return []


def _check_address(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    findings = []
    at_display, at_url = place("facts", "address", "display"), place("facts", "address", "url")
    shown, opened = host_of(facts.address), host_of(facts.url)
    if not facts.url.startswith("https://") or opened is None:
        text = f"facts.address.url: {facts.url:.60} is no https address"
        findings.append(Finding("bad-value", text, "it begins with https:// and a host", at_url))
    if shown is None or "." not in shown:
        text = f"facts.address.display: {facts.address:.60} is no web address"
        findings.append(Finding("bad-value", text, "write it as people type it: www.example.org", at_display))
    if findings:
        return findings
    if shown != opened:
        text = f"facts.address: people read {shown}, but the link opens {opened}"
        findings.append(Finding("bad-value", text, "both must name one host", at_display))
    own = {host_of(host) for host in facts.hosts}
    if opened not in own:
        text = f"facts.hosts: {opened} is missing"
        findings.append(Finding("bad-value", text, f"add {opened}", place("facts", "hosts")))
    return findings


def _check_also(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    """Return a finding for each host and number in the facts' lists that is none."""
    findings = []
    lists = ((("facts", "hosts"), facts.hosts), (("facts", "also", "hosts"), facts.also_hosts))
    for path, hosts in lists:
        findings += [
            Finding(
                "bad-value", f"{'.'.join(path)}: {host:.60} is no host", "www.example.org", place(*path, at)
            )
            for at, host in enumerate(hosts)
            if host_of(host) is None or "." not in host or re.search(r"[/:@?#\s]", host)
        ]
    region = number_region(facts.number_tel)
    for at, number in enumerate(facts.also_numbers):
        if number_digits(number, region) is None and not SERVICE.fullmatch(number.replace(" ", "")):
            text = f"facts.also.numbers: {number:.60} is no phone number"
            hint = "as people read it: 999, 116 123, 0808 1000 900"
            findings.append(Finding("bad-value", text, hint, place("facts", "also", "numbers", at)))
    return findings
