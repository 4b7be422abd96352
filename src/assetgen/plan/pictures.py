"""Pictures that are chosen for a channel by its name, and that no design shows there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from assetgen.findings import Finding, Place, Severity
from assetgen.loading.choices import NOTHING
from assetgen.loading.model import Campaign
from assetgen.plan.asset import Asset


def picture_warnings(campaign: Campaign, assets: Iterable[Asset]) -> Iterator[Finding]:
    """Yield a warning for each channel whose picture is chosen by name, in one file, while its design has no place.

    A glob is taken as it is meant: wherever there is a place.
    """
    shown = list(assets)
    by_partner, by_message = defaultdict[str, list[Asset]](list), defaultdict[str, list[Asset]](list)
    for one in shown:
        by_partner[one.partner].append(one)
        by_message[one.message or ""].append(one)
    yield from _unseen(campaign.picture, Place("campaign.yaml"), shown)
    for partner in campaign.partners.values():
        yield from _unseen(partner.picture, partner.place, by_partner[partner.id])
    for message in campaign.messages.values():
        yield from _unseen(message.picture, message.place, by_message[message.id])


def _unseen(choice: Mapping[str, str], place: Place, assets: list[Asset]) -> Iterator[Finding]:
    for word, name in choice.items():
        there = [one for one in assets if one.channel == word]
        if name == NOTHING or not there or any(one.picture for one in there):
            continue
        text = f"{word} shows no picture, though {name} is chosen: {there[0].template} has no place for one there"
        hint = f'choose a design that has: template: {{"{word}": window}}'
        yield Finding("template", text, hint, place, Severity.WARNING)
