"""Build a campaign into ``out/``: the steps in order, and what they return.

A build may be killed between any two lines: the manifest is replaced last, and the journal knows the rest.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from assetgen.building.build_cache import Store, prune_in_time
from assetgen.building.build_db import BuildRow, BuildState, findings_of_rows
from assetgen.building.fingerprint import Versions, take_snapshot, versions_of
from assetgen.building.incremental import (
    BuildScope,
    IncrementalPlanner,
    Load,
    PlanChanges,
    findings_of,
    read_and_plan,
    selected_ids,
)
from assetgen.building.output_dir import (
    OWN_FOLDER,
    HeldOutDir,
    OutDir,
    hold_out_dir,
    stopping_the_build,
)
from assetgen.building.output_record import Ledger
from assetgen.building.pool.executor import Executor, InProcessExecutor, Task
from assetgen.building.pool.local_pool import LocalPool
from assetgen.building.rebuild_reasons import Keys, planned_from, rebuild_reasons
from assetgen.building.render_task import CheckedRenderer, Outcome, Render, start_rendering
from assetgen.child_process import USUAL, Bounds
from assetgen.findings import Finding, worst_first
from assetgen.manifest.manifest_file import Heading, WrittenManifest
from assetgen.manifest.shards import Shard
from assetgen.rendering.engine.machine import engine_versions

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Asset, Plan
    from assetgen.planning.selection import Selection


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


def never_begun(chosen: int) -> BuildResult:
    """Return the result of a build that was ended while it waited for another."""
    return BuildResult(0, 0, 0, 0, chosen, 0, 0.0, (), (), {}, (), (), interrupted=True)


@dataclass(frozen=True, slots=True)
class FolderBuild:
    """What a build did. ``findings`` are those of the input; ``kinds`` has partner and medium of what was made or
    failed, by id."""

    result: BuildResult
    findings: tuple[Finding, ...]
    kinds: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a build works: in ``jobs`` processes (default: the number of cores).

    With ``force`` everything is rebuilt; with ``fail_fast`` the first failure ends the build.

    With a ``shard`` that part of the plan alone is built. Not ``supervised``, it works in this process alone, whatever
    becomes of it. ``on_wait`` is called where another build is at work in ``out``.
    """

    jobs: int | None = None
    force: bool = False
    fail_fast: bool = False
    shard: Shard | None = None
    bounds: Bounds = USUAL
    supervised: bool = True
    on_progress: Callable[[Progress], None] = field(default=lambda progress: None)
    on_wait: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What the steps of one build share.

    ``start`` makes the renderer, once in each worker; ``heading`` is what the manifest says first. Without ``keys``
    nothing says what a file was made from.
    """

    held: HeldOutDir
    scope: BuildScope
    options: BuildOptions
    start: Callable[[], Render]
    heading: Heading
    keys: Keys | None = None


class BuildSettings(TypedDict, total=False):
    """The fields of ``BuildOptions`` that ``build`` takes as keywords."""

    jobs: int | None
    force: bool
    fail_fast: bool
    on_progress: Callable[[Progress], None]
    on_wait: Callable[[], None]


def build(
    campaign: Campaign,
    *,
    plan: Plan | None = None,
    selection: Selection | None = None,
    out: Path | None = None,
    **settings: Unpack[BuildSettings],
) -> BuildResult:
    """Make the selected assets of a campaign and bring ``out`` (default: the campaign's) in line with its plan.

    The settings are those of ``BuildOptions``. Raises CampaignError where the selection matches nothing, MachineError
    where a part of the machine is missing.
    """
    from assetgen.planning.planner import plan_assets
    from assetgen.planning.selection import EVERYTHING, select

    options = BuildOptions(**settings)
    plan = plan or plan_assets(campaign)
    selected = frozenset(select(plan, selection or EVERYTHING, campaign))
    scope = BuildScope(plan, selected, campaign.unreadable_partners)
    versions = versions_of(engine_versions())
    with hold_out_dir(out or campaign.root / "out", options.on_wait) as held:
        if held is None:
            return never_begun(len(selected))
        with _context(held, campaign, scope, options, versions) as context:
            return build_scope(context)


def build_folder(
    root: Path, load: Load, selection: Selection, out: Path, options: BuildOptions
) -> FolderBuild:
    """Build the selected assets of the campaign in a folder and bring ``out`` in line with its plan.

    Where nothing changed since the last build, nothing is read; where partners changed, they alone are read and
    planned, with those that stand beside them; else the campaign is, as a whole. ``load`` is called with the partners
    that must be read, or None for all. Raises CampaignError where nothing can be planned, the selection matches
    nothing, or a shard would be built over something else; MachineError where a part of the machine is missing.
    """
    started_s = time.monotonic()
    if not OutDir(out).state.exists():
        selected_ids(selection, *read_and_plan(load))  # a first call that is wrong leaves no folder behind
    with hold_out_dir(out, options.on_wait) as held:
        if held is None:
            return FolderBuild(never_begun(0), (), {})
        versions, known = versions_of(engine_versions()), held.state.outlook
        snapshot = take_snapshot(root, known.sources if known else {})
        planner = IncrementalPlanner(held, load, selection, versions, snapshot)
        if options.shard:
            campaign, scope = planner.plan_shard(options.shard)
        else:
            changes = None if options.force else planner.find_changes()
            if changes and not changes.partners:
                planner.note_unchanged(changes)
                return _nothing_to_do(held, changes, time.monotonic() - started_s)
            campaign, scope = (changes and planner.plan_changed(changes)) or planner.plan_all()
        with _context(held, campaign, scope, options, versions) as context:
            result = build_scope(context)
        _prune_cache(campaign, held.tree, scope.plan, result)
    result = replace(result, seconds=time.monotonic() - started_s)
    return FolderBuild(result, scope.findings, _kinds(scope.plan, result))


@contextmanager
def _context(
    held: HeldOutDir, campaign: Campaign, scope: BuildScope, options: BuildOptions, versions: Versions
) -> Iterator[BuildContext]:
    """Give the context of a campaign's build, in which its build cache is in use."""
    own = own_folder(campaign.root)
    store = Store(own) if own else None
    folder = own or held.tree.own
    start = partial(CheckedRenderer, campaign, versions, folder, store, force=options.force)
    heading = Heading(campaign.file.name, campaign.file.edition, versions.engine, scope.part)
    with ExitStack() as stack:
        if store:
            with stopping_the_build("use the store of finished work"):
                stack.enter_context(store.in_use())
        yield BuildContext(held, scope, options, start, heading, Keys.of(campaign, versions))


def own_folder(root: Path) -> Path | None:
    """Return the campaign's ``.assetgen``, made where it is missing; None where it cannot be written to.

    A campaign that is only read (on another's disk, in an image) is built all the same, into a folder elsewhere.
    """
    own = root / OWN_FOLDER
    try:
        own.mkdir(exist_ok=True)
    except OSError:
        return None
    return own if os.access(own, os.W_OK) else None


def build_scope(context: BuildContext) -> BuildResult:
    """Make what is missing or out of date, and bring the held ``out/`` in line with the plan.

    Ctrl-C and SIGTERM end the build within a second or two with whole files only, told in the result. Raises
    MachineError where nothing can be made or written; what stands in ``out`` is then as after a kill.
    """
    started_s = time.monotonic()
    held, scope, options = context.held, context.scope, context.options
    held.tree.prepare()
    ledger = Ledger(held.tree, held.state)
    reasons = rebuild_reasons(scope, ledger, held.state, context.keys, force=options.force)
    outcomes = _Outcomes(context, ledger, reasons)
    executor = _executor(context, outcomes.assets.values())
    with closing(executor.results()) as batches:
        for batch in batches:
            has_failed = outcomes.enter([one.value_or(Outcome.lost) for one in batch])
            if has_failed and options.fail_fast:
                executor.cancel()
    clear = not held.halt.requested
    kept_paths = {row.path for row in scope.kept_rows()}
    removed = ledger.settle(scope.paths(), scope.faults(), clear=clear, seen=kept_paths)
    outcomes.refresh_inputs()
    ledger.close(outcomes.heading(), outcomes.next_state)
    return outcomes.result(removed, time.monotonic() - started_s)


def _executor(context: BuildContext, assets: Iterable[Asset]) -> Executor[Asset, Outcome]:
    """Return what renders the assets."""
    gc.freeze()  # the account of ten thousand assets holds no rings: drawing need not look for any in it
    options, halt = context.options, context.held.halt
    jobs = options.jobs or os.cpu_count() or 1
    initialiser = partial(start_rendering, context.start, context.held.tree.tmp)
    executor: Executor[Asset, Outcome] = (
        LocalPool(initialiser, verb="drew", jobs=jobs, halt=halt, bounds=options.bounds)
        if options.supervised
        else InProcessExecutor(initialiser, halt)
    )
    for asset in assets:
        executor.submit(Task(asset.id, asset))
    return executor


class _Outcomes:
    """What came of the assets that were to be made, and what is written down of them."""

    def __init__(self, context: BuildContext, ledger: Ledger, reasons: Mapping[str, str]) -> None:
        """Take the reason of each asset that is to be made, by id."""
        self._scope, self._before, self._halt = context.scope, context.held.state, context.held.halt
        self._heading, self._keys, self._tell = context.heading, context.keys, context.options.on_progress
        self._ledger, self._reasons = ledger, reasons
        self.assets = {asset.id: asset for asset in context.scope.plan.assets if asset.id in reasons}
        self._made: dict[str, Outcome] = {}
        self._failed_ids: list[str] = []
        self._tell(Progress(0, 0, len(self.assets), None))

    def enter(self, batch: Sequence[Outcome]) -> bool:
        """Enter a batch of outcomes in the ledger; say whether an asset failed."""
        failed_now = self._ledger.enter([(self.assets[one.asset_id], one) for one in batch])
        self._failed_ids += failed_now
        for outcome in batch:
            self._made[outcome.asset_id] = outcome
            done, failed = len(self._made), len(self._failed_ids)
            self._tell(Progress(done, failed, len(self.assets), outcome.asset_id))
        return bool(failed_now)

    def refresh_inputs(self) -> None:
        """Name in the entries of what was kept the files as they are today, where that changed nothing in them."""
        for asset in self._scope.selected_assets():
            entry, row = self._ledger.entries.get(asset.path), self._before.rows.get(asset.path)
            if asset.id in self._made or entry is None or row is None or row.work is None:
                continue
            if row.sha256 == entry.sha256 and row.work.planned != planned_from(asset):
                drawn = {name: sha256 for name, sha256 in row.work.drawn if sha256 is not None}
                inputs = {**asset.inputs, **drawn}
                self._ledger.entries[asset.path] = entry.with_inputs(inputs, asset.terms)

    def heading(self) -> Heading:
        """Return what the manifest says first: of a shard also whether its build came to its end."""
        part = self._heading.part
        if part is None or len(self._made) == len(self._reasons):
            return self._heading
        return replace(self._heading, part=replace(part, is_finished=False))

    def next_state(self, written: WrittenManifest) -> BuildState:
        """Return what the next build asks of this one."""
        plan, selected = self._scope.plan, self._scope.selected
        rows = {row.path: row for row in (*self._scope.rows, *map(self._row, plan.assets))}
        rows = {path: row.standing_at(written.at.get(path)) for path, row in rows.items()}
        all_known = written.at.keys() == {path for path, row in rows.items() if row.at and row.sha256}
        failed = {one for one in self._before.failed if one not in selected} | set(self._failed_ids)
        outlook = self._scope.outlook if all_known and not self._halt.requested else None
        if outlook:
            doubtful = {asset.id for asset in plan.assets if asset.id not in selected}
            outlook = replace(outlook, doubtful=outlook.doubtful | doubtful)
        return BuildState(
            engine=dict(self._keys.versions.engine) if self._keys else {},
            manifest=written.stamp if all_known else None,
            rows=rows,
            failed=frozenset(failed & {row.id for row in rows.values()}),
            outlook=outlook,
        )

    def _row(self, asset: Asset) -> BuildRow:
        """Return the row of an asset of the plan: made now, kept, or not made."""
        entry, before = self._ledger.entries.get(asset.path), self._before.rows.get(asset.path)
        outcome, work = self._made.get(asset.id), None
        if entry and outcome and outcome.entry == entry and self._keys:
            work = self._keys.work(asset, outcome.drawn, self._reasons[asset.id], outcome.findings)
        elif entry and before and before.work and before.sha256 == entry.sha256:
            is_kept = asset.id in self._scope.selected and asset.id not in self._reasons
            work = before.work._replace(planned=planned_from(asset)) if is_kept else before.work
        return BuildRow.of(asset)._replace(
            sha256=entry.sha256 if work and entry else None,
            stamp=self._ledger.stamps.get(asset.path) or (before.stamp if before else None),
            work=work,
        )

    def result(self, removed: int, seconds: float) -> BuildResult:
        """Return what the build did."""
        scope = self._scope
        chosen = len(scope.selected_assets()) + len(scope.kept)
        unplanned = [one.id for one in scope.plan.unplanned if one.id in scope.selected]
        failed_ids = (*self._failed_ids, *unplanned)
        put = [outcome for outcome in self._made.values() if outcome.asset_id not in self._failed_ids]
        kept = sum(outcome.is_kept for outcome in put)
        return BuildResult(
            built=len(put) - kept,
            cached=chosen - len(self._reasons) + kept,
            failed=len(failed_ids),
            skipped=len(scope.plan.assets) + len(scope.rows) - chosen,
            unreached=len(self._reasons) - len(self._made),
            removed=removed,
            seconds=seconds,
            built_ids=tuple(outcome.asset_id for outcome in put),
            failed_ids=failed_ids,
            reasons=dict(self._reasons),
            rejected=tuple(sorted(self._ledger.rejected)),
            findings=tuple(worst_first([*self._ledger.findings, *self._findings_of_kept()])),
            interrupted=self._halt.requested,
        )

    def _findings_of_kept(self) -> list[Finding]:
        """Return what the proofs had to say of the selected assets that were kept: a verdict does not fade."""
        kept = [
            row
            for asset in self._scope.selected_assets()
            if asset.id not in self._reasons and (row := self._before.rows.get(asset.path))
        ]
        return findings_of_rows([*kept, *self._scope.kept_rows()])


def _nothing_to_do(held: HeldOutDir, changes: PlanChanges, seconds: float) -> FolderBuild:
    """Return what a build did that found all as it should be."""
    rows, outlook = held.state.rows.values(), held.state.outlook
    told = worst_first(findings_of_rows(row for row in rows if row.id in changes.chosen))
    cached, skipped = len(changes.chosen), len(rows) - len(changes.chosen)
    interrupted = held.halt.requested
    result = BuildResult(0, cached, 0, skipped, 0, 0, seconds, (), (), {}, (), tuple(told), interrupted)
    return FolderBuild(result, findings_of(outlook) if outlook else (), {})


def _prune_cache(campaign: Campaign, tree: OutDir, plan: Plan, result: BuildResult) -> None:
    """Prune the build cache where this build added enough to it."""
    if result.built and (own := own_folder(campaign.root)):
        assets = plan.by_id()
        with stopping_the_build("prune the store of finished work"):
            # A file and its page, which is packed: about twice the file.
            prune_in_time(Store(own), 2 * tree.bytes_of(assets[one].path for one in result.built_ids))


def _kinds(plan: Plan, result: BuildResult) -> dict[str, tuple[str, str]]:
    told = {*result.built_ids, *result.failed_ids}
    return {asset.id: (asset.partner, asset.medium) for asset in plan.assets if asset.id in told}
