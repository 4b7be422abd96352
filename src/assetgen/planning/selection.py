"""The command line's selection: which assets of the plan are made, never what the plan holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol

from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading.channels import known_channel_words, matches
from assetgen.loading.yaml.file_validation import did_you_mean, nearest

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign, Channel
    from assetgen.planning.asset import Asset, Plan, Unplanned

# A partner's QR codes alone stand in the manifest under this channel and medium.
QR = "qr"


class Selectable(Protocol):
    """What stands for an asset where only its names are known."""

    @property
    def partner(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def medium(self) -> str: ...
    @property
    def message(self) -> str | None: ...
    @property
    def template(self) -> str | None: ...
    @property
    def locale(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Selection:
    """Globs by kind; an empty kind chooses everything."""

    partner: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    medium: tuple[str, ...] = ()
    message: tuple[str, ...] = ()
    template: tuple[str, ...] = ()
    locale: tuple[str, ...] = ()

    def chooses(self, asset: Asset | Unplanned | Selectable) -> bool:
        """Say whether every kind that is given has a word that matches the asset."""
        if self == EVERYTHING:
            return True
        return all(
            not words
            or any(
                matches(word, getattr(asset, kind) or "", asset.medium if kind == "channel" else None)
                for word in words
            )
            for kind, words in self.given()
        )

    def given(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return each kind and its words."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


EVERYTHING = Selection()


def select(plan: Plan, selection: Selection, campaign: Campaign) -> tuple[str, ...]:
    """Return the ids of the chosen assets, those that could not be planned too.

    What is chosen may be nothing but a partner whose files cannot be read: that is told by other findings.
    Raises CampaignError where a word, or all together, match nothing.
    """
    findings = [
        Finding("unknown-id", f"--{kind} {word} matches nothing", _hint(kind, word, known))
        for kind, words in selection.given()
        for word in words
        if not _matches_any(kind, word, known := _known_words(kind, word, plan, campaign), campaign)
    ]
    if findings:
        raise CampaignError(findings)
    chosen = tuple(asset.id for asset in plan.assets if selection.chooses(asset))
    unplanned = tuple(one.id for one in plan.unplanned if selection.chooses(one))
    held = any(matches(word, name) for word in selection.partner for name in campaign.unreadable_partners)
    if not (chosen or unplanned or held) and plan.assets:
        raise NothingChosen(_why_nothing(selection, campaign))
    return chosen + unplanned


class NothingChosen(CampaignError):
    """Each word of a selection names something, but no asset of the plan is all of it."""


def _hint(kind: str, word: str, known: set[str]) -> str:
    """Return what a word that matches nothing may have meant, else where to see what there is."""
    from assetgen.loading.model import MEDIUMS

    medium, stroke, rest = word.partition("/")
    if kind == "channel" and stroke and medium not in MEDIUMS:
        near = nearest(medium, MEDIUMS)
        return (
            f"did you mean {near}/{rest}?" if near else f"a medium stands before the /: {', '.join(MEDIUMS)}"
        )
    holding = sorted(name for name in known if len(word) > 1 and word.strip("*") in name)
    if found := did_you_mean(word, known):
        return found
    if holding:
        return f"did you mean {holding[0]}?"
    return f"assetgen list {kind}s shows what there is"


def _why_nothing(selection: Selection, campaign: Campaign) -> Finding:
    """Return why a selection matches nothing: mostly a partner does not ask for what was named beside it."""
    asked = [
        one for one in campaign.ask_owner if any(matches(w, one.id, one.medium) for w in selection.channel)
    ]
    if asked and not any(
        matches(w, one.id, one.medium) for w in selection.channel for one in campaign.every_channel()
    ):
        hint = "ask the media owner for the template, then add its size to brand/channels.yaml"
        return Finding("unknown-id", f"{asked[0].id} cannot be built: {asked[0].ask_owner}", hint)
    named = [one for one in campaign.partners.values() if any(matches(w, one.id) for w in selection.partner)]
    for key, words in (("channels", selection.channel), ("messages", selection.message)):
        if len(named) == 1 and words:
            place = f"partners/{named[0].id}/partner.yaml"
            text = f"{named[0].id} does not ask for {' or '.join(words)}: its {key} are others"
            return Finding("unknown-id", text, f"add it to {key}: in {place}, or choose another partner")
    text = "the selection matches no asset of the plan"
    return Finding("unknown-id", text, "assetgen list assets shows the plan")


def known_values(kind: str, plan: Plan, campaign: Campaign) -> set[str]:
    """Return what a word of this kind may name."""
    from assetgen.loading.model import MEDIUMS

    known: dict[str, Iterable[str]] = {
        "partner": [*campaign.partners, *campaign.unreadable_partners],
        "channel": [*(one.id for one in campaign.every_channel()), QR],
        "medium": MEDIUMS,
        "message": [*campaign.messages, *campaign.broken_messages, "all"],
        "template": [*campaign.templates, *campaign.broken_templates],
        "locale": {asset.locale for asset in plan.assets},
    }
    return set(known[kind])


def _known_words(kind: str, word: str, plan: Plan, campaign: Campaign) -> set[str]:
    """Return what a word may name, in the word's own form: a channel also as ``medium/id``."""
    if kind == "channel":
        return {*known_channel_words(word, campaign.every_channel()), QR}
    return known_values(kind, plan, campaign)


def _matches_any(kind: str, word: str, known: set[str], campaign: Campaign) -> bool:
    if kind == "channel":
        every: tuple[Channel, ...] = (*campaign.every_channel(), *campaign.ask_owner)
        return matches(word, QR, QR) or any(matches(word, one.id, one.medium) for one in every)
    return any(matches(word, value) for value in known)
