"""Make the packs of several partners, and report the state of each partner's packs.

Before a pack is made, two checks decide for each partner:

- ``build_findings``: an asset was not built, failed, is out of date or stale. This stops every pack.
- ``release_findings``: approval, embargo or expiry do not allow it today. This stops every pack except a specimen.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from assetgen.building.fingerprint import installed_versions, source_digest
from assetgen.building.output_dir import ASSETGEN_FOLDER, OutDir, lock_out_dir, raising_machine_error
from assetgen.building.pipeline import writable_assetgen_folder
from assetgen.building.pool.executor import Task
from assetgen.building.pool.local_pool import LocalPool
from assetgen.building.rebuild_reasons import preview_build
from assetgen.child_process import TaskLimits
from assetgen.errors import CampaignError, RenderError
from assetgen.findings import NO_PLACE, Finding, Place, Severity, sort_findings
from assetgen.loading.channels import matches
from assetgen.loading.model import CampaignModel, Partner
from assetgen.loading.yaml.file_validation import did_you_mean
from assetgen.manifest.entry import FinishedAsset, read_finished
from assetgen.manifest.manifest_file import ManifestIndex, index_manifest
from assetgen.packs.make_pack import (
    BUILD_AGAIN,
    PackOutcome,
    PackSettings,
    PackTask,
    pack_key,
    start_pack_worker,
    zip_name,
)
from assetgen.packs.pack_archive import PackRecord, PackRecords
from assetgen.packs.pack_context import SECTION_BY_ID, make_pack_context
from assetgen.planning.asset import Plan, ReleaseDate
from assetgen.releases import approvals as release_approvals
from assetgen.releases.approvals import read_approvals

BUILD = "run assetgen build, fix what it reports, then pack again"


@dataclass(frozen=True, slots=True)
class PartnerState:
    """The state of one partner's assets, by asset id.

    ``unplanned`` are assets that cannot be planned because their sources cannot be read. ``reasons`` are the rebuild
    reasons of assets that are out of date. ``release_dates`` are each asset's release dates as of today.
    """

    partner: str
    planned: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    release_dates: Mapping[str, tuple[ReleaseDate, ...]] = field(default_factory=dict)


def partner_states(plan: Plan, reasons: Mapping[str, str]) -> dict[str, PartnerState]:
    """Return the state of each partner's assets, by partner id."""
    planned: dict[str, list[str]] = {}
    unplanned: dict[str, list[str]] = {}
    release_dates: dict[str, dict[str, tuple[ReleaseDate, ...]]] = {}
    for asset in plan.assets:
        planned.setdefault(asset.partner, []).append(asset.id)
        release_dates.setdefault(asset.partner, {})[asset.id] = asset.release_dates
    for skipped in plan.unplanned:
        unplanned.setdefault(skipped.partner, []).append(skipped.id)
    return {
        name: PartnerState(
            name,
            tuple(planned.get(name, ())),
            tuple(unplanned.get(name, ())),
            {asset_id: reasons[asset_id] for asset_id in planned.get(name, ()) if asset_id in reasons},
            release_dates.get(name, {}),
        )
        for name in {*planned, *unplanned}
    }


def build_findings(
    partner_state: PartnerState, campaign: CampaignModel, index: ManifestIndex
) -> list[Finding]:
    """Return the findings that stop this partner's pack; an empty list if it may be made."""
    return _unreadable_partner(partner_state, campaign) + _unfinished_assets(partner_state, index)


def release_findings(
    campaign: CampaignModel, index: ManifestIndex, partner_state: PartnerState, on: date
) -> list[Finding]:
    """Return the findings of the release checks for a partner on a day: embargo, expiry, missing approval.

    Release dates that changed after the build count too. They are also a finding of their own, since the pack's
    manifest would have the old dates.
    """
    try:
        assets = [read_finished(entry.values()) for entry in index.entries(partner_state.partner)]
    except ValueError as error:
        return [Finding("bad-value", f"no pack for {partner_state.partner}: {error}", BUILD_AGAIN)]
    approvals, findings = read_approvals(campaign.root, [asset.id for asset in assets])
    today = [replace(asset, release_dates=_current_terms(partner_state, asset)) for asset in assets]
    changed = [
        new.id for new, old in zip(today, assets, strict=True) if new.release_dates != old.release_dates
    ]
    if changed:
        text = f"no pack for {partner_state.partner}: its release dates have changed since the last build"
        hint = "run assetgen build, which only updates the dates, then pack again"
        findings.append(Finding("stale", text, hint, asset=changed[0]))
    required = campaign.file.approval == "required"
    return [*findings, *release_approvals.release_findings(today, approvals, required=required, on=on)]


def _current_terms(partner_state: PartnerState, asset: FinishedAsset) -> tuple[ReleaseDate, ...]:
    """Return an asset's release dates as of today. An asset that is not planned keeps those of its manifest entry."""
    release_dates = partner_state.release_dates.get(asset.id)
    return (
        asset.release_dates
        if release_dates is None
        else tuple(replace(release_date, place=NO_PLACE) for release_date in release_dates)
    )


def _unreadable_partner(partner_state: PartnerState, campaign: CampaignModel) -> list[Finding]:
    if partner_state.partner not in campaign.unreadable_partners:
        return []
    place = Place(f"partners/{partner_state.partner}/partner.yaml")
    text = f"no pack for {partner_state.partner}: the partner's files cannot be read, so its files in out/ are stale"
    return [Finding("stale", text, BUILD, place)]


def _unfinished_assets(partner_state: PartnerState, index: ManifestIndex) -> list[Finding]:
    """Return a finding for each asset that was not built, failed, is out of date or is no longer planned."""
    if not (partner_state.planned or partner_state.unplanned):
        text = f"no pack for {partner_state.partner}: no assets are planned for it"
        return [Finding("missing-file", text, "check its messages and channels with assetgen list assets")]
    text = f"no pack for {partner_state.partner}: the asset was not built, or it failed"
    found = [Finding("missing-file", text, BUILD, asset=asset_id) for asset_id in partner_state.unplanned]
    finished = index.ids.get(partner_state.partner, frozenset())
    for asset_id in partner_state.planned:
        if asset_id not in finished:
            found.append(Finding("missing-file", text, BUILD, asset=asset_id))
        elif asset_id in partner_state.reasons or asset_id in index.stale:
            reason = partner_state.reasons.get(asset_id, "it is marked stale")
            old = f"no pack for {partner_state.partner}: the asset is out of date ({reason})"
            found.append(Finding("stale", old, BUILD, asset=asset_id))
    dropped = (
        f"no pack for {partner_state.partner}: the asset is no longer planned, but out/ still has its file"
    )
    left = sorted(finished.difference(partner_state.planned, partner_state.unplanned))
    found += [Finding("stale", dropped, BUILD, asset=asset_id) for asset_id in left]
    return found


BOUNDS = TaskLimits(time_s=900.0)
MAX_EMAIL_BYTES = 20_000_000
"""The largest message that many mailboxes accept."""
PACK_SOURCES = ("packs", "manifest", "verifying/finished_files.py")


@dataclass(frozen=True, slots=True)
class PackOptions:
    """The options for making packs.

    ``on`` is the day for the release checks. ``parts`` are ids of sections, each of which gets its own zip; if it is
    empty, one zip has all sections. ``force`` also remakes zips that are up to date. A specimen is marked on each page
    and only for viewing, so the release checks do not stop it.
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
    """The result of a run: every zip of the chosen partners, and partners without one.

    ``made`` are the names of the zips that this run made. ``refused`` are partners without a pack
    because of errors, ``unreached`` partners that were not packed before the run was interrupted.
    """

    packs: tuple[PackRecord, ...]
    made: frozenset[str]
    refused: tuple[str, ...]
    unreached: tuple[str, ...]
    findings: tuple[Finding, ...]
    seconds: float
    interrupted: bool

    @property
    def ok(self) -> bool:
        """Return whether every chosen partner has its packs and no finding is an error."""
        return not self.interrupted and not any(finding.is_error for finding in self.findings)


@dataclass(slots=True)
class _RunState:
    """The results of a run so far."""

    out_dir: OutDir
    records: PackRecords
    packs: list[PackRecord] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def pack_partners(
    campaign: CampaignModel, plan: Plan, out: Path, partners: Sequence[str], options: PackOptions
) -> PackResult:
    """Pack partners from ``out`` into ``out/packs``. On Ctrl-C, stop early and set ``interrupted`` in the result.

    Raises CampaignError if nothing was built, and MachineError if this machine lacks something that packing needs.
    """
    started_s = time.monotonic()
    index_manifest(out)  # raises if nothing was built, before any folder is created
    with lock_out_dir(out, options.on_wait) as locked_out:
        if locked_out is None:
            return PackResult((), frozenset(), (), tuple(partners), (), 0.0, interrupted=True)
        index, out_dir = index_manifest(locked_out.out_dir.root), locked_out.out_dir
        out_dir.prepare()
        state = _RunState(out_dir, PackRecords(out_dir))
        known = partner_states(plan, _rebuild_reasons(campaign, plan, out_dir.root, partners))
        todo = _accepted_orders(state, campaign, index, known, partners, options)
        total, done = len(partners), len(partners) - len(todo)
        options.on_progress(done, total, None)
        settings = pack_settings(campaign, index, out_dir.root, options)
        count = min(options.jobs or os.cpu_count() or 1, max(1, len(todo)))
        left = {order.partner for order in todo}
        pool = LocalPool(
            partial(start_pack_worker, settings),
            past_verb="wrote",
            jobs=count,
            bounds=BOUNDS,
            interrupt=locked_out.interrupt,
        )
        for order in todo:
            pool.submit(Task(order.partner, order))
        with closing(pool.results()) as batches:
            for batch in batches:
                for outcome in (result.value_or(PackOutcome.from_failure) for result in batch):
                    _record_outcome(state, outcome)
                    left.discard(outcome.partner)
                    done += 1
                    options.on_progress(done, total, outcome.partner)
        with raising_machine_error("tidy up"):
            out_dir.remove_tmp()
    return PackResult(
        tuple(sorted(state.packs, key=lambda record: record.name)),
        frozenset(state.made),
        tuple(sorted(state.refused)),
        tuple(sorted(left)),
        tuple(sort_findings(state.findings)),
        time.monotonic() - started_s,
        locked_out.interrupt.requested,
    )


def choose_parts(names: Sequence[str]) -> tuple[str, ...]:
    """Return the named parts without duplicates, in the order of sections. Raises CampaignError if one is unknown."""
    named = [name.strip() for name in names if name.strip()]
    unknown = [name for name in named if name not in SECTION_BY_ID]
    if unknown:
        hint = did_you_mean(unknown[0], SECTION_BY_ID) or f"use one of: {', '.join(SECTION_BY_ID)}"
        raise CampaignError(Finding("unknown-id", f"unknown part of a pack: {unknown[0]}", hint))
    return tuple(part for part in SECTION_BY_ID if part in named)


def choose_partners(campaign: CampaignModel, globs: Iterable[str] | None) -> list[str]:
    """Return the ids of the partners that match a glob, or of all partners if ``globs`` is None.

    Includes partners whose files cannot be read: their packs are refused with the reason. Raises CampaignError if a
    glob matches no partner.
    """
    known = campaign.partner_ids
    if globs is None:
        return known
    globs = list(globs)
    faults = [
        Finding(
            "unknown-id",
            f"unknown partner: {glob}",
            did_you_mean(glob, known) or "to see all partners, run: assetgen list partners",
        )
        for glob in globs
        if not any(matches(glob, name) for name in known)
    ]
    if faults:
        raise CampaignError(faults)
    return [name for name in known if any(matches(glob, name) for glob in globs)]


def pack_settings(
    campaign: CampaignModel, index: ManifestIndex, out: Path, options: PackOptions
) -> PackSettings:
    """Return the settings that workers need to pack from ``out``."""
    return PackSettings(
        campaign=campaign,
        manifest=index.path,
        engine=index.engine,
        out=out,
        font_folder=writable_assetgen_folder(campaign.root) or out / ASSETGEN_FOLDER,
        parts=options.parts,
        code_fingerprint=installed_versions(index.engine).renderer + source_digest(PACK_SOURCES),
        force=options.force,
        is_specimen=options.is_specimen,
    )


def _rebuild_reasons(
    campaign: CampaignModel, plan: Plan, out: Path, partners: Collection[str]
) -> Mapping[str, str]:
    """Return the rebuild reasons of these partners' assets, by asset id."""
    chosen = set(partners)
    selected = frozenset(asset.id for asset in plan.assets if asset.partner in chosen)
    return preview_build(campaign, plan, selected, out).reasons


def _accepted_orders(
    state: _RunState,
    campaign: CampaignModel,
    index: ManifestIndex,
    known: Mapping[str, PartnerState],
    partners: Sequence[str],
    options: PackOptions,
) -> list[PackTask]:
    """Return a task for each partner that may be packed. For others, record the findings and retire old packs."""
    todo: list[PackTask] = []
    for name in partners:
        partner_state = known.get(name, PartnerState(name))
        found = build_findings(partner_state, campaign, index)
        if not options.is_specimen:
            found += release_findings(campaign, index, partner_state, options.on)
        state.findings += found
        if any(finding.is_error for finding in found):
            _refuse(state, name)
        else:
            todo.append(PackTask(name, index.spans.get(name, ())))
    return todo


def _refuse(state: _RunState, partner: str) -> None:
    state.refused.append(partner)
    for record in state.records.of_partner(partner):
        _retire(state, record, "do not send it until the partner's errors are fixed")


def _retire(state: _RunState, record: PackRecord, why: str) -> None:
    try:
        with raising_machine_error("move an old pack"):
            state.records.retire(record)
    except RenderError as error:
        state.findings += error.findings
        return
    text = f"{record.name} was moved to {state.out_dir.root.name}/{ASSETGEN_FOLDER}/stale/packs: {why}"
    state.findings.append(Finding("stale", text, severity=Severity.NOTE))


def _record_outcome(state: _RunState, outcome: PackOutcome) -> None:
    """Move a partner's zips into place, record its findings, and retire its packs of an earlier edition."""
    state.findings += outcome.findings
    if any(finding.is_error for finding in outcome.findings):
        _refuse(state, outcome.partner)
        return
    for packed in outcome.packed:
        record = packed.record
        if packed.temp is not None:
            try:
                _place(state, record, packed.temp)
            except RenderError as error:
                state.findings += error.findings
                state.refused.append(outcome.partner)
                return
            state.made.add(record.name)
        state.packs.append(record)
        if record.bytes > MAX_EMAIL_BYTES:
            state.findings.append(_too_large(state, record))
    names = {packed.record.name for packed in outcome.packed}
    edition = {packed.record.edition for packed in outcome.packed}
    for old in state.records.of_partner(outcome.partner):
        if old.name not in names and old.edition not in edition:
            _retire(state, old, f"the edition is now {next(iter(edition), 'a different one')}")


def _place(state: _RunState, record: PackRecord, temp: str) -> None:
    pack_manifests = state.records.of(record.name) is not None
    note = state.out_dir.make_way(record.path, record.sha256, ours=pack_manifests)
    if note:
        state.findings.append(note)
    with raising_machine_error("write a pack"):
        state.records.place(record, temp)


def _too_large(state: _RunState, record: PackRecord) -> Finding:
    size_mb, limit_mb = record.bytes / 1e6, MAX_EMAIL_BYTES / 1e6
    text = f"the pack has {size_mb:.1f} MB, and many mailboxes accept at most {limit_mb:.0f} MB"
    hint = "send a link to it, or make smaller packs: --part social,print"
    place = Place(f"{state.out_dir.root.name}/{record.path}")
    return Finding("too-large", text, hint, place, Severity.WARNING)


READY, OUT_OF_DATE, NOT_PACKED, HELD_BACK, NOT_BUILT = (
    "ready",
    "out of date",
    "not packed",
    "held back",
    "not built",
)
# What ends on a release date, by the date's kind.
ENDS = {
    "valid_until": "{of} ends",
    "permission_until": "permission for the logo of {of} ends",
    "review_by": "{of} must be confirmed again",
}


def report_packs(
    campaign: CampaignModel, plan: Plan, out: Path, partners: Collection[str], on: date
) -> list[dict[str, Any]]:
    """Return a row for each partner: its name, contact, languages and messages, and the state of its packs.

    ``state`` is ``ready``, ``out of date`` (pack again), ``not packed``, ``held back`` (see ``why``) or ``not built``.
    ``expires`` is the first date on which the campaign, the partner, a permission or the facts expire; ``because`` says
    which of them.
    """
    try:
        index = index_manifest(out)
    except CampaignError:
        return [_row(campaign, name, [], (), NOT_BUILT, "run assetgen build") for name in partners]
    inputs = _ReportInputs(
        campaign,
        index,
        PackRecords(OutDir(out)),
        pack_settings(campaign, index, out, PackOptions(on)),
        partner_states(plan, _rebuild_reasons(campaign, plan, out, partners)),
        on,
    )
    release_dates: dict[str, set[ReleaseDate]] = {}
    for asset in plan.assets:
        release_dates.setdefault(asset.partner, set()).update(asset.release_dates)
    rows = []
    for name in partners:
        records = [record for record in inputs.records.of_partner(name) if not record.is_specimen]
        rows.append(
            _row(campaign, name, records, release_dates.get(name, ()), *_pack_state(inputs, name, records))
        )
    return rows


@dataclass(frozen=True, slots=True)
class _ReportInputs:
    """The data of a report that is read once for all partners."""

    campaign: CampaignModel
    index: ManifestIndex
    records: PackRecords
    settings: PackSettings
    known: dict[str, PartnerState]
    on: date


def _row(
    campaign: CampaignModel,
    name: str,
    records: list[PackRecord],
    release_dates: Collection[ReleaseDate],
    state: str,
    why: str,
) -> dict[str, Any]:
    partner = campaign.partners.get(name)
    expires, because = _first_end(campaign, release_dates)
    return {
        "id": name,
        "name": partner.file.name.text if partner else "",
        "contact": _contact(partner) if partner else "",
        "languages": list(partner.locales) if partner else [],
        "messages": list(partner.messages) if partner else [],
        "edition": records[0].edition if records else "",
        "packs": [record.name for record in records],
        "files": max((record.files for record in records), default=0),
        "bytes": sum(record.bytes for record in records),
        "state": state,
        "expires": expires,
        "because": because,
        "why": why,
    }


def _contact(partner: Partner) -> str:
    return ", ".join(value for value in (partner.file.contact.name, partner.file.contact.email) if value)


def _first_end(campaign: CampaignModel, release_dates: Collection[ReleaseDate]) -> tuple[str, str]:
    """Return the first date on which something expires, and what expires; '' for both if no date is set."""
    ends = [release_date for release_date in release_dates if release_date.kind in ENDS]
    if not ends:
        return "", ""
    first = min(ends, key=lambda release_date: (release_date.day, release_date.kind, release_date.of))
    owner = campaign.partners.get(first.of)
    return first.day, ENDS[first.kind].format(of=owner.file.name.text if owner else first.of)


def _pack_state(inputs: _ReportInputs, name: str, records: list[PackRecord]) -> tuple[str, str]:
    """Return the state of a partner's packs, and the reason or the command to run; '' if they are ready."""
    partner_state = inputs.known.get(name, PartnerState(name))
    found = build_findings(partner_state, inputs.campaign, inputs.index)
    found += release_findings(inputs.campaign, inputs.index, partner_state, inputs.on)
    errors = [finding for finding in found if finding.is_error]
    if errors:
        return HELD_BACK, _summarise(errors)
    if not records:
        return NOT_PACKED, f"assetgen pack {name}"
    try:
        context = make_pack_context(inputs.campaign, name, inputs.index.entries(name))
    except ValueError as error:
        return HELD_BACK, str(error)
    is_current = all(
        zip_name(context, record.part) == record.name
        and inputs.records.is_current(record, pack_key(context, record.part, inputs.settings))
        for record in records
    )
    return (READY, "") if is_current else (OUT_OF_DATE, f"assetgen pack {name}")


def _summarise(errors: list[Finding]) -> str:
    """Return the text of the first error, with the number of errors if there are several."""
    first = errors[0].text.partition(": ")[2] or errors[0].text
    return first if len(errors) == 1 else f"{first} ({len(errors)} files)"
