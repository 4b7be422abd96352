"""Facts that a design types out instead of taking them from the brand."""

from __future__ import annotations

from assetgen.campaign.facts import find_addresses, find_numbers, number_region
from assetgen.campaign.model import Facts
from assetgen.findings import Finding, Place


def literal_facts(words: str, place: Place, facts: Facts) -> list[Finding]:
    """Return a finding for each number or address that is typed instead of taken from the facts."""
    region = number_region(facts.number_tel)
    hint = "write {{ facts.number }}, {{ facts.address }}: a template holds no fact of its own"
    return [
        Finding("locked-fact", f"a phone number in a template: {_on_one_line(found.text)}", hint, place)
        for found in find_numbers(words, region)
    ] + [
        Finding("foreign-host", f"a web address in a template: {_on_one_line(found.text)}", hint, place)
        for found in find_addresses(words)
    ]


def _on_one_line(words: str) -> str:
    return " ".join(words.split())
