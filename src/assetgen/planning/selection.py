"""The selection on the command line: which assets of the plan are built. It does not change the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol

from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading.channels import channel_names_like, matches
from assetgen.loading.yaml.file_validation import did_you_mean, most_similar

if TYPE_CHECKING:
    from assetgen.loading.model import CampaignModel, Channel
    from assetgen.planning.asset import Asset, Plan, Unplanned

# The channel and medium of separate QR code files in the manifest.
QR = "qr"


class Selectable(Protocol):
    """An object with the names by which an asset can be selected."""

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
    """Globs by kind. A kind without globs selects everything."""

    partner: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    medium: tuple[str, ...] = ()
    message: tuple[str, ...] = ()
    template: tuple[str, ...] = ()
    locale: tuple[str, ...] = ()

    def selects(self, asset: Asset | Unplanned | Selectable) -> bool:
        """Return whether each kind has a glob that matches the asset, or has no globs."""
        if self == EVERYTHING:
            return True
        return all(
            not globs
            or any(
                matches(glob, getattr(asset, kind) or "", asset.medium if kind == "channel" else None)
                for glob in globs
            )
            for kind, globs in self.globs_by_kind()
        )

    def globs_by_kind(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return each kind with its globs."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


EVERYTHING = Selection()


def select(plan: Plan, selection: Selection, campaign: CampaignModel) -> tuple[str, ...]:
    """Return the ids of the selected assets, including assets that cannot be planned.

    The result is empty if the only match is a partner whose files cannot be read: loading has reported that. Raises
    CampaignError if a glob matches nothing, and EmptySelection if no asset matches the whole selection.
    """
    findings = [
        Finding("unknown-id", f"--{kind} {glob} matches nothing", _hint(kind, glob, known))
        for kind, globs in selection.globs_by_kind()
        for glob in globs
        if not _matches_any(kind, glob, known := _known_names(kind, glob, plan, campaign), campaign)
    ]
    if findings:
        raise CampaignError(findings)
    chosen = tuple(asset.id for asset in plan.assets if selection.selects(asset))
    unplanned = tuple(one.id for one in plan.unplanned if selection.selects(one))
    has_unreadable_partner = any(
        matches(glob, name) for glob in selection.partner for name in campaign.unreadable_partners
    )
    if not (chosen or unplanned or has_unreadable_partner) and plan.assets:
        raise EmptySelection(_why_nothing(selection, campaign))
    return chosen + unplanned


class EmptySelection(CampaignError):
    """Raised if each glob of a selection matches something, but no asset of the plan matches all of them."""


def _hint(kind: str, glob: str, known: set[str]) -> str:
    """Return a hint for a glob that matches nothing: a similar name, else the command that lists the names."""
    from assetgen.loading.model import MEDIUMS

    medium, slash, rest = glob.partition("/")
    if kind == "channel" and slash and medium not in MEDIUMS:
        near = most_similar(medium, MEDIUMS)
        return f"did you mean {near}/{rest}?" if near else f"put a medium before the /: {', '.join(MEDIUMS)}"
    containing = sorted(name for name in known if len(glob) > 1 and glob.strip("*") in name)
    if found := did_you_mean(glob, known):
        return found
    if containing:
        return f"did you mean {containing[0]}?"
    return f"to see all of them, run: assetgen list {kind}s"


def _why_nothing(selection: Selection, campaign: CampaignModel) -> Finding:
    """Return the finding for a selection that matches nothing: most often the partner does not use that channel."""
    without_size = [
        one
        for one in campaign.ask_owner
        if any(matches(glob, one.id, one.medium) for glob in selection.channel)
    ]
    if without_size and not any(
        matches(glob, one.id, one.medium) for glob in selection.channel for one in campaign.every_channel()
    ):
        channel = without_size[0]
        hint = "ask the media owner for the template, then add its size to brand/channels.yaml"
        return Finding("unknown-id", f"{channel.id} cannot be built: {channel.ask_owner}", hint)
    partners = [
        one for one in campaign.partners.values() if any(matches(glob, one.id) for glob in selection.partner)
    ]
    for key, globs in (("channels", selection.channel), ("messages", selection.message)):
        if len(partners) == 1 and globs:
            partner_id = partners[0].id
            text = f"the {key} of {partner_id} do not include {' or '.join(globs)}"
            hint = f"add it to {key}: in partners/{partner_id}/partner.yaml, or select a different partner"
            return Finding("unknown-id", text, hint)
    text = "the selection matches no asset of the plan"
    return Finding("unknown-id", text, "to see the plan, run: assetgen list assets")


def known_values(kind: str, plan: Plan, campaign: CampaignModel) -> set[str]:
    """Return the names that a glob of this kind may match."""
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


def _known_names(kind: str, glob: str, plan: Plan, campaign: CampaignModel) -> set[str]:
    """Return the names that a glob may match: channels as ``medium/id`` if the glob has a ``/``."""
    if kind == "channel":
        return {*channel_names_like(glob, campaign.every_channel()), QR}
    return known_values(kind, plan, campaign)


def _matches_any(kind: str, glob: str, known: set[str], campaign: CampaignModel) -> bool:
    if kind == "channel":
        every: tuple[Channel, ...] = (*campaign.every_channel(), *campaign.ask_owner)
        return matches(glob, QR, QR) or any(matches(glob, one.id, one.medium) for one in every)
    return any(matches(glob, value) for value in known)
