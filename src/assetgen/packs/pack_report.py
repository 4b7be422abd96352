"""Who has what: one row a partner, for the campaign's owner."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assetgen.building.output_dir import OutDir
from assetgen.building.rebuild_reasons import preview
from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading.model import Campaign, Partner
from assetgen.manifest.manifest_file import ManifestIndex, index_manifest
from assetgen.packs.make_pack import Packing, pack_key, zip_name
from assetgen.packs.pack_archive import Record, Records
from assetgen.packs.pack_context import Brief, make_brief
from assetgen.packs.pack_run import PackOptions, Standing, packing_of, refusals, standings, withheld
from assetgen.planning.asset import Plan, Term

READY, OLD, NONE, HELD, NOT_BUILT = "ready", "out of date", "not packed", "held back", "not built"
ENDS = {
    "valid_until": "{of} ends",
    "permission_until": "the logo of {of}",
    "review_by": "{of} are asked again",
}


def pack_rows(
    campaign: Campaign, plan: Plan, out: Path, partners: Collection[str], on: date
) -> list[dict[str, Any]]:
    """Return a row for each partner: who it is, its languages and messages, its packs, how they stand, until when.

    ``state`` is ``ready``, ``out of date`` (pack again), ``not packed``, ``held back`` (see ``why``) or ``not built``;
    ``expires`` is the first day that ends something of it, ``because`` what.
    """
    try:
        index = index_manifest(out)
    except CampaignError:
        return [_row(campaign, name, [], (), NOT_BUILT, "run assetgen build") for name in partners]
    selected = frozenset(asset.id for asset in plan.assets if asset.partner in partners)
    desk = _Desk(
        campaign,
        index,
        Records(OutDir(out)),
        packing_of(campaign, index, out, PackOptions(on)),
        standings(plan, preview(campaign, plan, selected, out).reasons),
        on,
    )
    terms: dict[str, set[Term]] = {}
    for asset in plan.assets:
        terms.setdefault(asset.partner, set()).update(asset.terms)
    rows = []
    for name in partners:
        mine = [one for one in desk.records.of_partner(name) if not one.is_specimen]
        rows.append(_row(campaign, name, mine, terms.get(name, ()), *_state(desk, name, mine)))
    return rows


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is looked up once for all partners."""

    campaign: Campaign
    index: ManifestIndex
    records: Records
    packing: Packing
    known: dict[str, Standing]
    on: date


def _row(
    campaign: Campaign, name: str, mine: list[Record], terms: Collection[Term], state: str, why: str
) -> dict[str, Any]:
    partner = campaign.partners.get(name)
    expires, because = _first_end(campaign, terms)
    return {
        "id": name,
        "name": partner.file.name.text if partner else "",
        "contact": _contact(partner) if partner else "",
        "languages": list(partner.locales) if partner else [],
        "messages": list(partner.messages) if partner else [],
        "edition": mine[0].edition if mine else "",
        "packs": [record.name for record in mine],
        "files": max((record.files for record in mine), default=0),
        "bytes": sum(record.bytes for record in mine),
        "state": state,
        "expires": expires,
        "because": because,
        "why": why,
    }


def _contact(partner: Partner) -> str:
    return ", ".join(one for one in (partner.file.contact.name, partner.file.contact.email) if one)


def _first_end(campaign: Campaign, terms: Collection[Term]) -> tuple[str, str]:
    """Return the first day that ends something, and what; '' where no end is set."""
    ends = [term for term in terms if term.kind in ENDS]
    if not ends:
        return "", ""
    first = min(ends, key=lambda term: (term.day, term.kind, term.of))
    owner = campaign.partners.get(first.of)
    return first.day, ENDS[first.kind].format(of=owner.file.name.text if owner else first.of)


def _state(desk: _Desk, name: str, mine: list[Record]) -> tuple[str, str]:
    """Return how a partner's packs stand, and why, where something is to be done."""
    standing = desk.known.get(name, Standing(name))
    found = refusals(standing, desk.campaign, desk.index)
    found += withheld(desk.campaign, desk.index, standing, desk.on)
    errors = [finding for finding in found if finding.is_error]
    if errors:
        return HELD, _summed(errors)
    if not mine:
        return NONE, f"assetgen pack {name}"
    try:
        brief = make_brief(desk.campaign, name, desk.index.entries(name))
    except ValueError as error:
        return HELD, str(error)
    if all(_is_current(desk, brief, record) for record in mine):
        return READY, ""
    return OLD, f"assetgen pack {name}"


def _is_current(desk: _Desk, brief: Brief, record: Record) -> bool:
    key = pack_key(brief, record.part, desk.packing)
    return zip_name(brief, record.part) == record.name and desk.records.is_current(record, key)


def _summed(errors: list[Finding]) -> str:
    """Return the first reason, and how many more there are."""
    first = errors[0].text.partition(": ")[2] or errors[0].text
    return first if len(errors) == 1 else f"{first} ({len(errors)} files)"
