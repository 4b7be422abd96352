"""Build a plan into ``out/``: the steps in order, and what they return.

A build may be killed between any two lines: the manifest is replaced last, and the journal knows the rest.
"""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.building.build_db import BuildRow, BuildState, Outlook, Work, read_state
from assetgen.building.incremental import (
    EDITED,
    FORCED,
    MISSING,
    UNKNOWN,
    Keys,
    is_new,
    planned_from,
    why_changed,
    why_not_there,
)
from assetgen.building.output_dir import Halt, Opened, OutDir, opened
from assetgen.building.output_record import Faults, Ledger
from assetgen.building.pool.local_pool import make_all
from assetgen.building.pool.task import MakerFactory, Outcome
from assetgen.building.pool.worker_process import USUAL, Bounds
from assetgen.findings import Finding, worst_first
from assetgen.manifest.manifest_file import Heading, Written

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset, Plan


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: assets done and failed of the total to be made; ``asset_id`` the latest, if any."""

    done: int
    failed: int
    total: int
    asset_id: str | None


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did. ``built`` were drawn or proved; ``cached`` stood there already, or were taken from the store.

    ``skipped``: planned, not selected; ``unreached``: the build ended before its turn. ``failed`` counts also what
    could not be planned for a broken message or template; ``built_ids`` are those that this build put into the
    output, from the store too; ``reasons`` says for each asset that was to be made why. ``rejected`` are the files
    that did not pass their proof, where they are kept. ``findings`` are those of all that is selected, worst first:
    what the proofs had to say of a file that was kept is said again.
    """

    built: int
    cached: int
    failed: int
    skipped: int
    unreached: int
    removed: int
    seconds: float
    built_ids: tuple[str, ...]
    failed_ids: tuple[str, ...]
    reasons: dict[str, str]
    rejected: tuple[str, ...]
    findings: tuple[Finding, ...]
    interrupted: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a build would do: make these (id → reason), remove these paths, keep these ids.

    ``new`` are the ids of those to be made that were never made; ``findings`` what it would say of ``out/`` itself.
    """

    reasons: dict[str, str]
    removed: list[str]
    findings: tuple[Finding, ...]
    new: frozenset[str] = frozenset()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rest:
    """What stands beside the plan of a build: rows of assets that need no look, since nothing of theirs changed.

    ``chosen`` are the ids of those that were selected; ``outlook`` is what the next build need not read again.
    """

    rows: tuple[BuildRow, ...] = ()
    chosen: frozenset[str] = frozenset()
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a build works: in ``jobs`` processes; with ``force`` all anew; with ``fail_fast`` up to the first failure.

    Not ``supervised``, it works in this process alone, whatever becomes of it.
    """

    jobs: int = 1
    force: bool = False
    fail_fast: bool = False
    bounds: Bounds = USUAL
    supervised: bool = True
    on_progress: Callable[[Progress], None] = field(default=lambda progress: None)


def build_assets(
    plan: Plan,
    selected: Collection[str],
    out: Path,
    *,
    maker: MakerFactory,
    heading: Heading,
    keys: Keys | None = None,
    held_partners: frozenset[str] = frozenset(),
    jobs: int = 1,
    force: bool = False,
    fail_fast: bool = False,
    bounds: Bounds = USUAL,
    supervised: bool = True,
    on_progress: Callable[[Progress], None] | None = None,
    on_wait: Callable[[], None] = lambda: None,
) -> BuildResult:
    """Make the ``selected`` assets (ids) of the plan and bring ``out`` in line with the whole plan.

    ``maker`` is called once in each worker; ``held_partners`` are those whose own files cannot be read. Without
    ``keys`` nothing says what a file was made from: then all that is selected is made. ``on_wait`` is called where
    another build is at work in ``out``. Ctrl-C and SIGTERM end the build within a second or two with whole files
    only, told in the result. Raises MachineError where nothing can be made or written; what stands in ``out`` is
    then as after a kill.
    """
    way = BuildOptions(jobs, force, fail_fast, bounds, supervised, on_progress or (lambda progress: None))
    halt = Halt()
    with halt.listening(), opened(out, halt, on_wait) as held:
        if held is None:
            return never_begun(len(selected))
        return build_held(held, plan, selected, maker, heading, way, keys, held_partners)


def build_held(
    held: Opened,
    plan: Plan,
    selected: Collection[str],
    maker: MakerFactory,
    heading: Heading,
    way: BuildOptions,
    keys: Keys | None = None,
    held_partners: frozenset[str] = frozenset(),
    rest: Rest = Rest(),
) -> BuildResult:
    """Do the same in an ``out/`` that is held already, whose other assets (``rest``) stay as they are."""
    started_s, tree = time.monotonic(), held.tree
    tree.prepare()
    ledger = Ledger(tree, held.state)
    reasons = _to_make(plan, selected, ledger, held.state, keys, force=way.force)
    assets = {asset.id: asset for asset in plan.assets if asset.id in reasons}
    todo = deque(assets.values())
    stop = todo.clear if way.fail_fast else _go_on
    gc.freeze()  # the account of ten thousand assets holds no rings: drawing need not look for any in it
    account = _Account(ledger, assets, way.on_progress)
    work = make_all(
        todo, tree.tmp, maker, jobs=way.jobs, bounds=way.bounds, supervised=way.supervised, halt=held.halt
    )
    with closing(work):
        account.enter_all(work, stop)
    planned = {asset.path for asset in plan.assets} | {row.path for row in rest.rows}
    clear = not held.halt.requested
    seen = {row.path for row in rest.rows if row.id in rest.chosen}
    removed = ledger.settle(planned, _faults(plan, selected, held_partners), clear=clear, seen=seen)
    _refresh_inputs(plan, selected, ledger, held.state, account.made)
    told = _of_kept(plan, selected, reasons, held.state, rest)
    outlook = rest.outlook if clear else None

    def state_of(written: Written) -> BuildState:
        return _next_state(
            plan, selected, held.state, ledger, account, reasons, keys, rest.rows, outlook, written
        )

    if heading.part and len(account.done_ids) < len(reasons):
        heading = replace(heading, part=replace(heading.part, is_finished=False))
    ledger.close(heading, state_of)
    chosen = sum(asset.id in selected for asset in plan.assets) + len(rest.chosen)
    failed_ids = (*account.failed_ids, *(one.id for one in plan.unplanned if one.id in selected))
    put = [outcome for outcome in account.made.values() if outcome.asset_id not in account.failed_ids]
    kept = sum(outcome.is_kept for outcome in put)
    return BuildResult(
        built=len(put) - kept,
        cached=chosen - len(reasons) + kept,
        failed=len(failed_ids),
        skipped=len(plan.assets) + len(rest.rows) - chosen,
        unreached=len(reasons) - len(account.done_ids),
        removed=removed,
        seconds=time.monotonic() - started_s,
        built_ids=tuple(outcome.asset_id for outcome in put),
        failed_ids=failed_ids,
        reasons=reasons,
        rejected=tuple(sorted(ledger.rejected)),
        findings=tuple(worst_first([*ledger.findings, *told])),
        interrupted=held.halt.requested,
    )


def _of_kept(
    plan: Plan, selected: Collection[str], reasons: Mapping[str, str], state: BuildState, rest: Rest
) -> list[Finding]:
    """Return what the proofs had to say of the selected assets that were kept: a verdict does not fade."""
    kept = [
        row
        for asset in plan.assets
        if asset.id in selected and asset.id not in reasons and (row := state.rows.get(asset.path))
    ]
    kept += [row for row in rest.rows if row.id in rest.chosen]
    return [finding for row in kept if row.work for finding in row.work.findings()]


def never_begun(chosen: int) -> BuildResult:
    """Return the result of a build that was ended while it waited for another."""
    return BuildResult(0, 0, 0, 0, chosen, 0, 0.0, (), (), {}, (), (), interrupted=True)


def _faults(plan: Plan, selected: Collection[str], held_partners: frozenset[str]) -> Faults:
    return Faults(
        held_partners,
        broken=frozenset(one.path for one in plan.unplanned if one.id in selected),
        left_alone=frozenset(one.path for one in plan.unplanned if one.id not in selected),
    )


def preview_build(
    plan: Plan,
    selected: Collection[str],
    out: Path,
    *,
    keys: Keys | None = None,
    held_partners: frozenset[str] = frozenset(),
    force: bool = False,
) -> Preview:
    """Return what ``build_assets`` would make, remove and keep; touch nothing."""
    tree = OutDir(out)
    state = read_state(tree.state)
    ledger = Ledger(tree, state)
    planned = {asset.path for asset in plan.assets}
    faults = _faults(plan, selected, held_partners)
    leaving = [path for path in ledger.unplanned(planned, faults) if tree.has(path)]
    reasons = _to_make(plan, selected, ledger, state, keys, force=force)
    return Preview(
        reasons,
        leaving,
        tuple(ledger.findings),
        new=frozenset(asset_id for asset_id, reason in reasons.items() if is_new(reason)),
        kept=tuple(asset.id for asset in plan.assets if asset.id in selected and asset.id not in reasons),
    )


def must_make(
    asset: Asset, row: BuildRow | None, ledger: Ledger, state: BuildState, keys: Keys | None, *, force: bool
) -> str | None:
    """Return in words why an asset must be made, or None where what stands in ``out/`` is as good."""
    entry = ledger.entries.get(asset.path)
    if entry is None:
        return why_not_there(None, state, asset.id)
    if force:
        return FORCED
    if not ledger.has(asset.path):
        return MISSING
    if keys is None or row is None or row.work is None or row.sha256 != entry.sha256:
        return UNKNOWN
    if reason := why_changed(asset, row.work, keys, state):
        return reason
    return None if ledger.is_as_written(asset.path, row.stamp, by_hash=False) else EDITED


def _to_make(
    plan: Plan,
    selected: Collection[str],
    ledger: Ledger,
    state: BuildState,
    keys: Keys | None,
    *,
    force: bool,
) -> dict[str, str]:
    """Return the reason of each asset that must be made, by id, in the plan's order."""
    reasons: dict[str, str] = {}
    for asset in plan.assets:
        if asset.id not in selected:
            continue
        reason = must_make(asset, state.rows.get(asset.path), ledger, state, keys, force=force)
        if reason is not None:
            reasons[asset.id] = reason
    return reasons


class _Account:
    """What came of the assets that were to be made."""

    def __init__(self, ledger: Ledger, assets: Mapping[str, Asset], tell: Callable[[Progress], None]) -> None:
        self._ledger, self._assets, self._tell = ledger, assets, tell
        self.made: dict[str, Outcome] = {}
        self.done_ids: list[str] = []
        self.failed_ids: list[str] = []

    def enter_all(self, work: Iterable[Sequence[Outcome]], stop: Callable[[], None]) -> None:
        """Enter each batch of outcomes in the ledger as it comes; ``stop`` after one in which an asset failed."""
        self._tell(Progress(0, 0, len(self._assets), None))
        for batch in work:
            failed_now = self._ledger.enter([(self._assets[one.asset_id], one) for one in batch])
            self.failed_ids += failed_now
            for outcome in batch:
                self.made[outcome.asset_id] = outcome
                self.done_ids.append(outcome.asset_id)
                done = len(self.done_ids)
                self._tell(Progress(done, len(self.failed_ids), len(self._assets), outcome.asset_id))
            if failed_now:
                stop()


def _refresh_inputs(
    plan: Plan, selected: Collection[str], ledger: Ledger, state: BuildState, made: Mapping[str, Outcome]
) -> None:
    """Name in the entries of what was kept the files as they are today, where that changed nothing in them."""
    for asset in plan.assets:
        entry, row = ledger.entries.get(asset.path), state.rows.get(asset.path)
        if asset.id not in selected or asset.id in made or entry is None or row is None or row.work is None:
            continue
        if row.sha256 == entry.sha256 and row.work.planned != planned_from(asset):
            drawn = {name: sha256 for name, sha256 in row.work.drawn if sha256 is not None}
            ledger.entries[asset.path] = entry.with_inputs({**asset.inputs, **drawn}, asset.terms)


def _next_state(
    plan: Plan,
    selected: Collection[str],
    before: BuildState,
    ledger: Ledger,
    account: _Account,
    reasons: Mapping[str, str],
    keys: Keys | None,
    others: Iterable[BuildRow],
    outlook: Outlook | None,
    written: Written,
) -> BuildState:
    """Return what the next build asks of this one."""
    rows: dict[str, BuildRow] = {row.path: row for row in others}
    for asset in plan.assets:
        names = _names(asset)
        entry, row = ledger.entries.get(asset.path), before.rows.get(asset.path)
        outcome = account.made.get(asset.id)
        work: Work | None = None
        if entry and outcome and outcome.entry == entry and keys:
            work = keys.work(asset, outcome.drawn, reasons[asset.id], outcome.findings)
        elif entry and row and row.work and row.sha256 == entry.sha256:
            is_kept = asset.id in selected and asset.id not in reasons
            work = row.work._replace(planned=planned_from(asset)) if is_kept else row.work
        rows[asset.path] = names._replace(
            sha256=entry.sha256 if work and entry else None,
            stamp=ledger.stamps.get(asset.path) or (row.stamp if row else None),
            work=work,
        )
    rows = {path: row.standing_at(written.at.get(path)) for path, row in rows.items()}
    doubtful = {asset.id for asset in plan.assets if asset.id not in selected}
    all_known = written.at.keys() == {path for path, row in rows.items() if row.at and row.sha256}
    failed = {one for one in before.failed if one not in selected} | set(account.failed_ids)
    return BuildState(
        engine=dict(keys.versions.engine) if keys else {},
        manifest=written.stamp if all_known else None,
        rows=rows,
        failed=frozenset(failed & {row.id for row in rows.values()}),
        outlook=replace(outlook, doubtful=outlook.doubtful | doubtful) if outlook and all_known else None,
    )


def _names(asset: Asset) -> BuildRow:
    return BuildRow(
        asset.id,
        asset.path,
        asset.partner,
        asset.message,
        asset.template,
        asset.channel,
        asset.medium,
        asset.locale,
    )


def _go_on() -> None:
    """Stop nothing: a failed asset is no reason to leave the others unmade."""
