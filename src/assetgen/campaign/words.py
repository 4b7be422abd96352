"""The words that people write: placeholders, and the facts that no words may contradict."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assetgen.campaign.facts import foreign_addresses, foreign_numbers
from assetgen.campaign.model import Facts, Text
from assetgen.campaign.nearest import did_you_mean
from assetgen.findings import Finding

PLACEHOLDERS = ("number", "address", "link", "partner")
BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


def check_words(text: Text, facts: Facts) -> list[Finding]:
    """Return a finding for each unknown placeholder, foreign number and foreign address in some words."""
    findings = []
    for found in BRACES.finditer(text.text):
        name = found.group(1)
        if name not in PLACEHOLDERS:
            hint = did_you_mean(found.group(), [f"{{{known}}}" for known in PLACEHOLDERS])
            findings.append(Finding("bad-value", f"no such placeholder: {found.group()}", hint, text.place))
    return findings + _foreign_facts(text, facts)


def check_name(text: Text, facts: Facts) -> list[Finding]:
    """Return the same of a name, which is drawn as it is: any placeholder in it is a finding."""
    hint = "write the words out; braces stand in messages and local lines only"
    return [
        Finding("bad-value", f"no placeholder is filled in here: {found.group()}", hint, text.place)
        for found in BRACES.finditer(text.text)
    ] + _foreign_facts(text, facts)


def _foreign_facts(text: Text, facts: Facts) -> list[Finding]:
    findings = []
    plain = BRACES.sub(" ", text.text)
    for number in foreign_numbers(plain, facts):
        hint = f"the helpline's number is written {{number}}; it is {facts.number}"
        findings.append(Finding("locked-fact", f"another phone number: {number.text}", hint, text.place))
    for address in foreign_addresses(plain, facts):
        hint = f"the helpline's address is written {{address}}; it is {facts.address}"
        findings.append(Finding("foreign-host", f"another web address: {address.text}", hint, text.place))
    return findings


def fill(words: str, values: Mapping[str, str]) -> str:
    """Return words with their placeholders replaced by plain text; nothing is evaluated."""
    return BRACES.sub(lambda found: values.get(found.group(1) or "", found.group()), words)
