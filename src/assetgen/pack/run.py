"""Packing: who may be packed, the workers, moving in whole. One partner's fault costs that partner alone."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from assetgen.building.build_campaign import own_folder, preview
from assetgen.building.fingerprint import digest_of, versions_of
from assetgen.building.output_dir import OWN_FOLDER, Halt, OutDir, opened, stopping_the_build
from assetgen.building.pool.local_pool import work_apart
from assetgen.building.pool.worker_process import Bounds
from assetgen.errors import RenderError
from assetgen.findings import Finding, Place, Severity, worst_first
from assetgen.loading.model import Campaign
from assetgen.pack.make import Order, Outcome, Packing
from assetgen.pack.record import Record, Records
from assetgen.pack.refusals import Standing, refusals, standings, withheld
from assetgen.pack.shelf import Shelf, read_shelf
from assetgen.planning.asset import Plan

BOUNDS = Bounds(time_s=900.0)
MAIL_BYTES = 20_000_000
"""What many mailboxes take at most."""
MAKES = ("pack", "build/documents.py", "build/entry.py")


@dataclass(frozen=True, slots=True)
class Way:
    """How to pack. ``parts`` are ids of uses (none: all in one zip); ``force`` makes what is as it should be, too.

    ``on`` is the day for which it is asked whether files may be handed out. A specimen is marked on each page and is
    for looking at: days and approvals do not hold it back.
    """

    on: date
    parts: tuple[str, ...] = ()
    jobs: int | None = None
    force: bool = False
    is_specimen: bool = False


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
    campaign: Campaign,
    plan: Plan,
    out: Path,
    partners: Sequence[str],
    way: Way,
    *,
    on_progress: Callable[[int, int, str | None], None] = lambda done, total, latest: None,
    on_wait: Callable[[], None] = lambda: None,
) -> PackResult:
    """Pack some partners from ``out`` into ``out/packs``; Ctrl-C ends it early, told in the result.

    Raises CampaignError where nothing was built, MachineError where a part of the machine is missing.
    """
    started_s, halt = time.monotonic(), Halt()
    read_shelf(out)  # a first call that is wrong leaves no folder behind
    with halt.listening(), opened(out, halt, on_wait) as held:
        if held is None:
            return PackResult((), frozenset(), (), tuple(partners), (), 0.0, interrupted=True)
        shelf, tree = read_shelf(held.tree.root), held.tree
        tree.prepare()
        desk = _Desk(tree, Records(tree))
        known = standings(plan, _reasons(campaign, plan, tree.root, partners))
        todo = _orders(desk, campaign, shelf, known, partners, way)
        total, done = len(partners), len(partners) - len(todo)
        on_progress(done, total, None)
        packing = packing_of(campaign, shelf, tree.root, way)
        count = min(way.jobs or os.cpu_count() or 1, max(1, len(todo)))
        left = {order.partner for order in todo}
        with closing(work_apart(todo, packing, jobs=count, bounds=BOUNDS, halt=halt)) as work:
            for batch in work:
                for outcome in batch:
                    _take(desk, outcome)
                    left.discard(outcome.partner)
                    done += 1
                    on_progress(done, total, outcome.partner)
        with stopping_the_build("tidy up"):
            tree.sweep()
    return PackResult(
        tuple(sorted(desk.packs, key=lambda one: one.name)),
        frozenset(desk.made),
        tuple(sorted(desk.refused)),
        tuple(sorted(left)),
        tuple(worst_first(desk.findings)),
        time.monotonic() - started_s,
        halt.requested,
    )


def packing_of(campaign: Campaign, shelf: Shelf, out: Path, way: Way) -> Packing:
    """Return what workers need to pack from ``out``."""
    return Packing(
        campaign=campaign,
        manifest=shelf.manifest,
        engine=shelf.engine,
        out=out,
        own=own_folder(campaign.root) or out / OWN_FOLDER,
        parts=way.parts,
        versions=versions_of(shelf.engine).draws + digest_of(MAKES),
        force=way.force,
        is_specimen=way.is_specimen,
    )


def _reasons(campaign: Campaign, plan: Plan, out: Path, partners: Collection[str]) -> Mapping[str, str]:
    """Return why a build would make assets of these partners anew, by id."""
    wanted = set(partners)
    selected = frozenset(asset.id for asset in plan.assets if asset.partner in wanted)
    return preview(campaign, plan, selected, out).reasons


def _orders(
    desk: _Desk,
    campaign: Campaign,
    shelf: Shelf,
    known: Mapping[str, Standing],
    partners: Sequence[str],
    way: Way,
) -> deque[Order]:
    """Return the partners that may be packed; of the others say why, and take their old packs out of the way."""
    todo: deque[Order] = deque()
    for name in partners:
        standing = known.get(name, Standing(name))
        found = refusals(standing, campaign, shelf)
        if not way.is_specimen:
            found += withheld(campaign, shelf, standing, way.on)
        desk.findings += found
        if any(finding.is_error for finding in found):
            _refuse(desk, name)
        else:
            todo.append(Order(name, shelf.spans.get(name, ())))
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


def _take(desk: _Desk, outcome: Outcome) -> None:
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
