"""Make packs: why a partner gets none, the workers, moving zips into place, and who has what.

What was not built, failed, is out of date or stale keeps any pack back (``refusals``); what depends on the day or on
somebody's word all but a specimen (``withheld``). Both are asked once for each partner, before its pack is made.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from assetgen.building.fingerprint import digest_of, versions_of
from assetgen.building.output_dir import OWN_FOLDER, OutDir, hold_out_dir, stopping_the_build
from assetgen.building.pipeline import own_folder
from assetgen.building.pool.executor import Task
from assetgen.building.pool.local_pool import LocalPool
from assetgen.building.rebuild_reasons import preview
from assetgen.child_process import Bounds
from assetgen.errors import CampaignError, RenderError
from assetgen.findings import NOWHERE, Finding, Place, Severity, worst_first
from assetgen.loading.model import Campaign, Partner
from assetgen.manifest.entry import FinishedAsset, read_finished
from assetgen.manifest.manifest_file import ManifestIndex, index_manifest
from assetgen.packs.make_pack import (
    BUILD_AGAIN,
    Packing,
    PackOrder,
    PackOutcome,
    pack_key,
    start_packing,
    zip_name,
)
from assetgen.packs.pack_archive import Record, Records
from assetgen.packs.pack_context import make_brief
from assetgen.planning.asset import Plan, Term
from assetgen.releases import approvals as consent
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


def refusals(standing: Standing, campaign: Campaign, index: ManifestIndex) -> list[Finding]:
    """Return why this partner's pack is refused; nothing where it may be made."""
    return _stale(standing, campaign) + _unproved(standing, index)


def withheld(campaign: Campaign, index: ManifestIndex, standing: Standing, on: date) -> list[Finding]:
    """Return what keeps a partner's files from being handed out on a day: embargo, an end, no approval.

    A day that was set since the build binds as well; the manifest that would go with the files does not name it yet.
    """
    try:
        assets = [read_finished(entry.values()) for entry in index.entries(standing.partner)]
    except ValueError as error:
        return [Finding("bad-value", f"no pack for {standing.partner}: {error}", BUILD_AGAIN)]
    approvals, faults = read_approvals(campaign.root, [asset.id for asset in assets])
    today = [replace(asset, terms=_days(standing, asset)) for asset in assets]
    changed = [new.id for new, old in zip(today, assets, strict=True) if new.terms != old.terms]
    if changed:
        text = f"no pack for {standing.partner}: a day that binds its files is another than at the last build"
        hint = "run assetgen build, which draws nothing anew for that, then pack again"
        faults.append(Finding("stale", text, hint, asset=changed[0]))
    required = campaign.file.approval == "required"
    return [*faults, *consent.refusals(today, approvals, required=required, on=on)]


def _days(standing: Standing, asset: FinishedAsset) -> tuple[Term, ...]:
    """Return the days that bind an asset as of today, as its entry has them; of what is not planned the entry's own."""
    days = standing.terms.get(asset.id)
    return asset.terms if days is None else tuple(replace(term, place=NOWHERE) for term in days)


def _stale(standing: Standing, campaign: Campaign) -> list[Finding]:
    if standing.partner not in campaign.unreadable_partners:
        return []
    place = Place(f"partners/{standing.partner}/partner.yaml")
    text = f"no pack for {standing.partner}: its own files cannot be read, what stands in out/ is stale"
    return [Finding("stale", text, BUILD, place)]


def _unproved(standing: Standing, index: ManifestIndex) -> list[Finding]:
    """Return a finding for each asset of which no finished file stands that was proved against today's inputs."""
    if not (standing.planned or standing.unplanned):
        text = f"no pack for {standing.partner}: nothing is planned for it"
        return [Finding("missing-file", text, "see its messages and channels: assetgen list assets")]
    text = f"no pack for {standing.partner}: not built, or it failed"
    found = [Finding("missing-file", text, BUILD, asset=one) for one in standing.unplanned]
    there = index.ids.get(standing.partner, frozenset())
    for asset_id in standing.planned:
        if asset_id not in there:
            found.append(Finding("missing-file", text, BUILD, asset=asset_id))
        elif asset_id in standing.reasons or asset_id in index.stale:
            why = standing.reasons.get(asset_id, "it is marked stale")
            old = f"no pack for {standing.partner}: out of date ({why})"
            found.append(Finding("stale", old, BUILD, asset=asset_id))
    dropped = f"no pack for {standing.partner}: it is not planned any more, and its file still stands there"
    left = sorted(there.difference(standing.planned, standing.unplanned))
    found += [Finding("stale", dropped, BUILD, asset=one) for one in left]
    return found


BOUNDS = Bounds(time_s=900.0)
MAIL_BYTES = 20_000_000
"""What many mailboxes take at most."""
MAKES = ("packs", "manifest", "verifying/finished_files.py")


@dataclass(frozen=True, slots=True)
class PackOptions:
    """How to pack. ``parts`` are ids of uses (none: all in one zip); ``force`` makes what is as it should be, too.

    ``on`` is the day for which it is asked whether files may be handed out. A specimen is marked on each page and is
    for looking at: days and approvals do not hold it back.
    """

    on: date
    parts: tuple[str, ...] = ()
    jobs: int | None = None
    force: bool = False
    is_specimen: bool = False
    on_progress: Callable[[int, int, str | None], None] = field(default=lambda done, total, latest: None)
    on_wait: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class PackResult:
    """What was packed: every zip that was asked for, those ``made`` by this call by name; who was refused."""

    packs: tuple[Record, ...]
    made: frozenset[str]
    refused: tuple[str, ...]
    unreached: tuple[str, ...]
    findings: tuple[Finding, ...]
    seconds: float
    interrupted: bool


@dataclass(slots=True)
class _Desk:
    """What has been done so far."""

    tree: OutDir
    records: Records
    packs: list[Record] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def pack_partners(
    campaign: Campaign, plan: Plan, out: Path, partners: Sequence[str], options: PackOptions
) -> PackResult:
    """Pack some partners from ``out`` into ``out/packs``; Ctrl-C ends it early, told in the result.

    Raises CampaignError where nothing was built, MachineError where a part of the machine is missing.
    """
    started_s = time.monotonic()
    index_manifest(out)  # a first call that is wrong leaves no folder behind
    with hold_out_dir(out, options.on_wait) as held:
        if held is None:
            return PackResult((), frozenset(), (), tuple(partners), (), 0.0, interrupted=True)
        index, tree = index_manifest(held.tree.root), held.tree
        tree.prepare()
        desk = _Desk(tree, Records(tree))
        known = standings(plan, _reasons(campaign, plan, tree.root, partners))
        todo = _orders(desk, campaign, index, known, partners, options)
        total, done = len(partners), len(partners) - len(todo)
        options.on_progress(done, total, None)
        packing = packing_of(campaign, index, tree.root, options)
        count = min(options.jobs or os.cpu_count() or 1, max(1, len(todo)))
        left = {order.partner for order in todo}
        pool = LocalPool(
            partial(start_packing, packing), verb="packed", jobs=count, bounds=BOUNDS, halt=held.halt
        )
        for order in todo:
            pool.submit(Task(order.partner, order))
        with closing(pool.results()) as batches:
            for batch in batches:
                for outcome in (one.value_or(PackOutcome.lost) for one in batch):
                    _take(desk, outcome)
                    left.discard(outcome.partner)
                    done += 1
                    options.on_progress(done, total, outcome.partner)
        with stopping_the_build("tidy up"):
            tree.sweep()
    return PackResult(
        tuple(sorted(desk.packs, key=lambda one: one.name)),
        frozenset(desk.made),
        tuple(sorted(desk.refused)),
        tuple(sorted(left)),
        tuple(worst_first(desk.findings)),
        time.monotonic() - started_s,
        held.halt.requested,
    )


def packing_of(campaign: Campaign, index: ManifestIndex, out: Path, options: PackOptions) -> Packing:
    """Return what workers need to pack from ``out``."""
    return Packing(
        campaign=campaign,
        manifest=index.path,
        engine=index.engine,
        out=out,
        own=own_folder(campaign.root) or out / OWN_FOLDER,
        parts=options.parts,
        versions=versions_of(index.engine).draws + digest_of(MAKES),
        force=options.force,
        is_specimen=options.is_specimen,
    )


def _reasons(campaign: Campaign, plan: Plan, out: Path, partners: Collection[str]) -> Mapping[str, str]:
    """Return why a build would make assets of these partners anew, by id."""
    wanted = set(partners)
    selected = frozenset(asset.id for asset in plan.assets if asset.partner in wanted)
    return preview(campaign, plan, selected, out).reasons


def _orders(
    desk: _Desk,
    campaign: Campaign,
    index: ManifestIndex,
    known: Mapping[str, Standing],
    partners: Sequence[str],
    options: PackOptions,
) -> list[PackOrder]:
    """Return the partners that may be packed; of the others say why, and take their old packs out of the way."""
    todo: list[PackOrder] = []
    for name in partners:
        standing = known.get(name, Standing(name))
        found = refusals(standing, campaign, index)
        if not options.is_specimen:
            found += withheld(campaign, index, standing, options.on)
        desk.findings += found
        if any(finding.is_error for finding in found):
            _refuse(desk, name)
        else:
            todo.append(PackOrder(name, index.spans.get(name, ())))
    return todo


def _refuse(desk: _Desk, partner: str) -> None:
    desk.refused.append(partner)
    for record in desk.records.of_partner(partner):
        _retire(desk, record, "it must not be sent out as it is")


def _retire(desk: _Desk, record: Record, why: str) -> None:
    try:
        with stopping_the_build("move an old pack"):
            desk.records.retire(record)
    except RenderError as error:
        desk.findings += error.findings
        return
    text = f"{record.name} was moved to {desk.tree.root.name}/{OWN_FOLDER}/stale/packs: {why}"
    desk.findings.append(Finding("stale", text, severity=Severity.NOTE))


def _take(desk: _Desk, outcome: PackOutcome) -> None:
    """Move a partner's zips in; what went wrong with them is told."""
    desk.findings += outcome.findings
    if any(finding.is_error for finding in outcome.findings):
        _refuse(desk, outcome.partner)
        return
    for packed in outcome.packed:
        record = packed.record
        if packed.temp is not None:
            try:
                _place(desk, record, packed.temp)
            except RenderError as error:
                desk.findings += error.findings
                desk.refused.append(outcome.partner)
                return
            desk.made.add(record.name)
        desk.packs.append(record)
        if record.bytes > MAIL_BYTES:
            desk.findings.append(_too_large(desk, record))
    names = {packed.record.name for packed in outcome.packed}
    edition = {packed.record.edition for packed in outcome.packed}
    for old in desk.records.of_partner(outcome.partner):
        if old.name not in names and old.edition not in edition:
            _retire(desk, old, f"the edition is {next(iter(edition), 'another')} now")


def _place(desk: _Desk, record: Record, temp: str) -> None:
    ours = desk.records.of(record.name) is not None
    note = desk.tree.clear_way(record.path, record.sha256, ours=ours)
    if note:
        desk.findings.append(note)
    with stopping_the_build("write a pack"):
        desk.records.place(record, temp)


def _too_large(desk: _Desk, record: Record) -> Finding:
    text = f"{record.bytes / 1e6:.1f} MB: many mailboxes take no more than {MAIL_BYTES / 1e6:.0f} MB"
    hint = "send a link to it, or parts: --part social,print"
    place = Place(f"{desk.tree.root.name}/{record.path}")
    return Finding("too-large", text, hint, place, Severity.WARNING)


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
    desk = _ReportInputs(
        campaign,
        index,
        Records(OutDir(out)),
        packing_of(campaign, index, out, PackOptions(on)),
        standings(plan, _reasons(campaign, plan, out, partners)),
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
class _ReportInputs:
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


def _state(desk: _ReportInputs, name: str, mine: list[Record]) -> tuple[str, str]:
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
    is_current = all(
        zip_name(brief, record.part) == record.name
        and desk.records.is_current(record, pack_key(brief, record.part, desk.packing))
        for record in mine
    )
    return (READY, "") if is_current else (OLD, f"assetgen pack {name}")


def _summed(errors: list[Finding]) -> str:
    """Return the first reason, and how many more there are."""
    first = errors[0].text.partition(": ")[2] or errors[0].text
    return first if len(errors) == 1 else f"{first} ({len(errors)} files)"
