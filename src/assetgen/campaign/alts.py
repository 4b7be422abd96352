"""How long an alt text is once everything is filled in: the number, the address, a partner's link and its name."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.campaign.model import Brand, MessageWords
from assetgen.campaign.words import fill
from assetgen.findings import Finding

# What every platform takes (channel facts 9); the long form has room for the rest.
ALT_SHORT_MAX = 120
ALT_LONG_MAX = 1000


def check_alt(words: MessageWords, brand: Brand) -> list[Finding]:
    """Return a finding for each alt text of a message that is too long for any partner."""
    facts = brand.facts
    filled = {"number": facts.number, "address": facts.address, "link": facts.url, "partner": ""}
    return alts_too_long(words, filled, "with the number and the address filled in")


def alts_too_long(words: MessageWords, values: Mapping[str, str], filled_in: str) -> list[Finding]:
    """Return a finding for each alt text of a message that is too long with these values in its placeholders."""
    limits = ((words.alt_short, ALT_SHORT_MAX), (words.alt_long, ALT_LONG_MAX))
    return [
        Finding(
            "alt-too-long",
            f"alt text of {length} characters",
            f"at most {most} characters, {filled_in}",
            text.place,
        )
        for text, most in limits
        if (length := len(fill(text.text, values))) > most
    ]
