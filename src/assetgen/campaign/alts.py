"""How long alt texts are once everything is filled in: the number, the address, a partner's link and its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assetgen.campaign.links import link_for
from assetgen.campaign.model import Brand, Campaign, Message, MessageWords, Partner, Text
from assetgen.campaign.words import fill
from assetgen.findings import Finding

# What every platform takes (channel facts 9); the long form has room for the rest.
ALT_SHORT_MAX = 120
ALT_LONG_MAX = 1000
OF_A_PARTNER = ("{partner}", "{link}")


def check_alt(words: MessageWords, brand: Brand) -> list[Finding]:
    """Return a finding for each alt text of a message that is too long for any partner."""
    filled = {**_facts(brand), "link": brand.facts.url, "partner": ""}
    return [
        Finding(
            "alt-too-long",
            f"alt text of {length} characters",
            f"at most {most} characters, with the number and the address filled in",
            text.place,
        )
        for text, most in _limits(words)
        if (length := len(fill(text.text, filled))) > most
    ]


def check_alts_of_partners(campaign: Campaign) -> dict[str, list[Finding]]:
    """Return, by message, a finding for each partner for whom an alt text is too long."""
    found: dict[str, list[Finding]] = {}
    for partner in campaign.partners.values():
        filled = {
            **_facts(campaign.brand),
            "link": _longest_link(campaign, partner),
            "partner": partner.name.text,
        }
        for message_id in partner.messages:
            message = campaign.messages.get(message_id)
            faults = _too_long_for(partner, message, filled) if message else []
            if faults:
                found.setdefault(message_id, []).extend(faults)
    return found


def _too_long_for(partner: Partner, message: Message, filled: Mapping[str, str]) -> list[Finding]:
    spoken = [message.locales[locale] for locale in partner.locales if locale in message.locales]
    return [
        Finding(
            "alt-too-long",
            f"alt text of {length} characters for {partner.id}",
            f"at most {most} characters, with the partner's name and link filled in",
            text.place,
        )
        for words in spoken
        for text, most in _limits(words)
        if any(placeholder in text.text for placeholder in OF_A_PARTNER)
        if (length := len(fill(text.text, filled))) > most
    ]


def _limits(words: MessageWords) -> Iterator[tuple[Text, int]]:
    yield words.alt_short, ALT_SHORT_MAX
    yield words.alt_long, ALT_LONG_MAX


def _facts(brand: Brand) -> dict[str, str]:
    return {"number": brand.facts.number, "address": brand.facts.address}


def _longest_link(campaign: Campaign, partner: Partner) -> str:
    return max((link_for(campaign, partner.id, channel) for channel in (None, *partner.channels)), key=len)
