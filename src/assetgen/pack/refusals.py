"""Why a partner gets no pack today: every reason comes together here, as findings.

What was not built, failed, is out of date or stale keeps any pack back (``refusals``); what depends on the day or on
somebody's word all but a specimen (``withheld``). Both are asked once for each partner, before its pack is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assetgen.findings import Finding, Place
from assetgen.loading.model import Campaign
from assetgen.pack.shelf import Shelf, read_lines
from assetgen.planning.asset import Plan, Term
from assetgen.releases import release_checks as consent
from assetgen.releases.approvals import read_approvals

BUILD = "run assetgen build, mend what it reports, then pack again"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one partner. ``planned`` and ``unplanned`` (for want of readable sources) are ids of its assets;
    ``reasons`` says for each that a build would make anew why; ``terms`` are the days that bind each, as of today."""

    partner: str
    planned: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)


def standings(plan: Plan, reasons: Mapping[str, str]) -> dict[str, Standing]:
    """Return how each partner stands."""
    planned: dict[str, list[str]] = {}
    unplanned: dict[str, list[str]] = {}
    terms: dict[str, dict[str, tuple[Term, ...]]] = {}
    for asset in plan.assets:
        planned.setdefault(asset.partner, []).append(asset.id)
        terms.setdefault(asset.partner, {})[asset.id] = asset.terms
    for one in plan.unplanned:
        unplanned.setdefault(one.partner, []).append(one.id)
    return {
        name: Standing(
            name,
            tuple(planned.get(name, ())),
            tuple(unplanned.get(name, ())),
            {one: reasons[one] for one in planned.get(name, ()) if one in reasons},
            terms.get(name, {}),
        )
        for name in {*planned, *unplanned}
    }


def refusals(standing: Standing, campaign: Campaign, shelf: Shelf) -> list[Finding]:
    """Return why this partner's pack is refused; nothing where it may be made."""
    return _stale(standing, campaign) + _unproved(standing, shelf)


def withheld(campaign: Campaign, shelf: Shelf, standing: Standing, on: date) -> list[Finding]:
    """Return what keeps a partner's files from being handed out on a day: embargo, an end, no approval.

    A day that was set since the build binds as well; the manifest that would go with the files does not name it yet.
    """
    spans = shelf.spans.get(standing.partner, ())
    entries = [json.loads(line) for line in read_lines(shelf.manifest, spans)]
    approvals, faults = read_approvals(campaign.root, [entry["id"] for entry in entries])
    today = [{**entry, "terms": _days(standing, entry)} for entry in entries]
    changed = [new["id"] for new, old in zip(today, entries, strict=True) if new["terms"] != old.get("terms")]
    if changed:
        text = f"no pack for {standing.partner}: a day that binds its files is another than at the last build"
        hint = "run assetgen build, which draws nothing anew for that, then pack again"
        faults.append(Finding("stale", text, hint, asset=changed[0]))
    required = campaign.approval == "required"
    return [*faults, *consent.refusals(today, approvals, required=required, on=on)]


def _days(standing: Standing, entry: Mapping[str, Any]) -> object:
    """Return the days that bind an asset as of today, as its entry has them; of what is not planned the entry's own."""
    if entry["id"] not in standing.terms:
        return entry.get("terms", [])
    return [term.as_dict() for term in standing.terms[entry["id"]]]


def _stale(standing: Standing, campaign: Campaign) -> list[Finding]:
    if standing.partner not in campaign.unreadable_partners:
        return []
    place = Place(f"partners/{standing.partner}/partner.yaml")
    text = f"no pack for {standing.partner}: its own files cannot be read, what stands in out/ is stale"
    return [Finding("stale", text, BUILD, place)]


def _unproved(standing: Standing, shelf: Shelf) -> list[Finding]:
    """Return a finding for each asset of which no finished file stands that was proved against today's inputs."""
    if not (standing.planned or standing.unplanned):
        text = f"no pack for {standing.partner}: nothing is planned for it"
        return [Finding("missing-file", text, "see its messages and channels: assetgen list assets")]
    text = f"no pack for {standing.partner}: not built, or it failed"
    found = [Finding("missing-file", text, BUILD, asset=one) for one in standing.unplanned]
    there = shelf.ids.get(standing.partner, frozenset())
    for asset_id in standing.planned:
        if asset_id not in there:
            found.append(Finding("missing-file", text, BUILD, asset=asset_id))
        elif asset_id in standing.reasons or asset_id in shelf.stale:
            why = standing.reasons.get(asset_id, "it is marked stale")
            old = f"no pack for {standing.partner}: out of date ({why})"
            found.append(Finding("stale", old, BUILD, asset=asset_id))
    dropped = f"no pack for {standing.partner}: it is not planned any more, and its file still stands there"
    left = sorted(there.difference(standing.planned, standing.unplanned))
    found += [Finding("stale", dropped, BUILD, asset=one) for one in left]
    return found
