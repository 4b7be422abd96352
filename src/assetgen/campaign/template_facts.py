"""Facts that a design types out instead of taking them from the brand."""

from __future__ import annotations

import re

from assetgen.campaign.facts import find_addresses, find_numbers, number_region
from assetgen.campaign.model import Facts
from assetgen.campaign.template_words import FACT_SIGNS, Said
from assetgen.campaign.words import ONE_WORD, TOUCHES_ADDRESS, TOUCHES_NUMBER
from assetgen.findings import Finding, Place

# A link that leads somewhere: with a scheme, or to a host; any other opens a file of the design.
LEADS_OUT = re.compile(r"\s*(?:(?:[a-z][a-z0-9+.-]*:)?//|(?:mailto|tel|sms):)", re.IGNORECASE)
TYPED_HINT = "write {{ facts.number }}, {{ facts.address }}: a template holds no fact of its own"
KINDS = {"locked-fact": "phone number", "foreign-host": "web address"}
TOUCHES = {
    "number": ("locked-fact", TOUCHES_NUMBER),
    "address": ("foreign-host", TOUCHES_ADDRESS),
}


def literal_facts(words: str, place: Place, facts: Facts) -> list[Finding]:
    """Return a finding for each number or address that is typed instead of taken from the facts."""
    return facts_said(Said(words, ()), place, facts)


def facts_said(said: Said, at: str | Place, facts: Facts) -> list[Finding]:
    """Return the same of what markup says, and a finding for each fact that what stands beside it changes.

    ``at`` is the place of all the words, or the file whose lines they know.
    """
    if said.is_link and not LEADS_OUT.match(said.words):
        return []
    region = number_region(facts.number_tel)
    found = [("locked-fact", one.start, one.text, TYPED_HINT) for one in find_numbers(said.words, region)]
    found += [("foreign-host", one.start, one.text, TYPED_HINT) for one in find_addresses(said.words)]
    found = [one for one in found if not any(sign in one[2] for sign in FACT_SIGNS.values())]
    found += _changed(said.words, facts)
    return [
        Finding(
            code,
            f"a {KINDS[code]} in a template: {' '.join(text.split())}",
            hint,
            at if isinstance(at, Place) else Place(at, said.lines[start]),
        )
        for code, start, text, hint in found
    ]


def _changed(words: str, facts: Facts) -> list[tuple[str, int, str, str]]:
    """Return (code, where, the words, hint) of each fact that touches what makes another of it."""
    found = []
    for name, sign in FACT_SIGNS.items():
        code, (before, behind) = TOUCHES[name]
        for place in (match.start() for match in re.finditer(sign, words)):
            if before.search(words[:place]) or behind.match(words[place + 1 :]):
                whole = next(word for word in ONE_WORD.finditer(words) if word.start() <= place < word.end())
                text = whole.group()
                for other, fact in (("number", facts.number), ("address", facts.address)):
                    text = text.replace(FACT_SIGNS[other], fact)
                hint = f"let {{{{ facts.{name} }}}} stand alone, with a blank on each side"
                found.append((code, place, text, hint))
    return found
