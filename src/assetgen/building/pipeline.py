"""Build a campaign into ``out/``: the steps in order, and their result.

A build can be killed at any moment. The manifest is replaced last, and the next build recovers from the journal.
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
    """Progress of a build: assets done (including failed), failed, and in total; ``asset_id`` is the latest, if any."""

    done: int
    failed: int
    total: int
    asset_id: str | None


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did.

    Attributes:
        built: how many assets were rendered.
        cached: how many were up to date, or came from the build cache.
        failed: how many failed, including assets whose message or template cannot be read.
        skipped: how many are planned but not selected.
        unreached: how many were not started because the build ended early.
        removed: how many files were removed because the campaign no longer has them.
        seconds: the duration.
        built_ids: the assets that this build put into the output, including those from the build cache.
        failed_ids: the assets that failed.
        reasons: the rebuild reason of each asset that had to be rebuilt, by id.
        rejected: where the files are that failed a preflight check.
        findings: the findings for all selected assets, worst first, including those recorded for unchanged files.
        interrupted: whether Ctrl-C or SIGTERM ended the build.
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

    @property
    def ok(self) -> bool:
        """Return whether the build ran to its end without an error."""
        return not self.interrupted and not any(finding.is_error for finding in self.findings)


def never_begun(chosen: int) -> BuildResult:
    """Return the result of a build that was interrupted while it waited for another build."""
    return BuildResult(0, 0, 0, 0, chosen, 0, 0.0, (), (), {}, (), (), interrupted=True)


@dataclass(frozen=True, slots=True)
class FolderBuild:
    """What a build of a campaign folder did.

    ``findings`` are those in the campaign's files. ``kinds`` maps the id of each built or failed asset
    to its partner and medium.
    """

    result: BuildResult
    findings: tuple[Finding, ...]
    kinds: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """Options of a build.

    ``jobs`` is the number of worker processes (default: the number of cores). ``force`` rebuilds everything selected;
    ``fail_fast`` ends the build at the first failure.

    With a ``shard`` only that part of the plan is built. Without ``supervised`` the build renders in this process,
    so a crash or a hang affects all of it. ``on_wait`` is called if another build is running in ``out``.
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
    """The values that the steps of one build share.

    ``start`` creates the renderer, once in each worker. ``heading`` is the head of the manifest. Without ``keys`` the
    inputs of an asset are unknown, so nothing counts as up to date.
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
    """Build the selected assets of a campaign and make ``out`` (default: the campaign's) match its plan.

    The settings are those of ``BuildOptions``. Raises CampaignError where the selection matches nothing, MachineError
    where a library or resource of the machine is missing.
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
    """Build the selected assets of the campaign in a folder and make ``out`` match its plan.

    If nothing has changed since the last build, nothing is read. If only partners have changed, they and the partners
    shown with them are read and planned. In all other cases the whole campaign is. ``load`` is called with the names of
    the partners to read, or None for all.

    Raises CampaignError where nothing can be planned, the selection matches nothing, or a shard would be built over a
    different build; MachineError where a library or resource of the machine is missing.
    """
    started_s = time.monotonic()
    if not OutDir(out).state.exists():
        selected_ids(selection, *read_and_plan(load))  # report faults before out/ is created
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
                return _unchanged_result(held, changes, time.monotonic() - started_s)
            campaign, scope = (changes and planner.plan_changed(changes)) or planner.plan_all()
        with _context(held, campaign, scope, options, versions) as context:
            result = build_scope(context)
        _prune_cache(campaign, held.tree, scope.plan, result)
    result = replace(result, seconds=time.monotonic() - started_s)
    return FolderBuild(result, scope.findings, _partner_and_medium(scope.plan, result))


@contextmanager
def _context(
    held: HeldOutDir, campaign: Campaign, scope: BuildScope, options: BuildOptions, versions: Versions
) -> Iterator[BuildContext]:
    """Yield the context of a campaign's build and hold its build cache meanwhile."""
    own = own_folder(campaign.root)
    store = Store(own) if own else None
    folder = own or held.tree.own
    start = partial(CheckedRenderer, campaign, versions, folder, store, force=options.force)
    heading = Heading(campaign.file.name, campaign.file.edition, versions.engine, scope.part)
    with ExitStack() as stack:
        if store:
            with stopping_the_build("use the build cache"):
                stack.enter_context(store.in_use())
        yield BuildContext(held, scope, options, start, heading, Keys.of(campaign, versions))


def own_folder(root: Path) -> Path | None:
    """Return the campaign's ``.assetgen``, created if missing; None where it is not writable.

    A read-only campaign (on a network disk, in a container image) can still be built into a folder elsewhere.
    """
    own = root / OWN_FOLDER
    try:
        own.mkdir(exist_ok=True)
    except OSError:
        return None
    return own if os.access(own, os.W_OK) else None


def build_scope(context: BuildContext) -> BuildResult:
    """Build what is missing or out of date, and make the locked ``out/`` match the plan.

    Ctrl-C and SIGTERM end the build within a second or two. It then leaves complete files only, and the result says so.
    Raises MachineError where nothing can be built or written; ``out`` is then in the same state as after a kill.
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
    """Return the executor that renders the assets."""
    gc.freeze()  # the data of thousands of assets has no reference cycles: exempt it from garbage collection
    options, halt = context.options, context.held.halt
    jobs = options.jobs or os.cpu_count() or 1
    initialiser = partial(start_rendering, context.start, context.held.tree.tmp)
    executor: Executor[Asset, Outcome] = (
        LocalPool(initialiser, verb="rendered", jobs=jobs, halt=halt, bounds=options.bounds)
        if options.supervised
        else InProcessExecutor(initialiser, halt)
    )
    for asset in assets:
        executor.submit(Task(asset.id, asset))
    return executor


class _Outcomes:
    """The outcomes of the assets to rebuild, and what the manifest and the build database record of them."""

    def __init__(self, context: BuildContext, ledger: Ledger, reasons: Mapping[str, str]) -> None:
        """Take the rebuild reason of each asset to rebuild, by id."""
        self._scope, self._before, self._halt = context.scope, context.held.state, context.held.halt
        self._heading, self._keys, self._on_progress = (
            context.heading,
            context.keys,
            context.options.on_progress,
        )
        self._ledger, self._reasons = ledger, reasons
        self.assets = {asset.id: asset for asset in context.scope.plan.assets if asset.id in reasons}
        self._outcomes: dict[str, Outcome] = {}
        self._failed_ids: list[str] = []
        self._on_progress(Progress(0, 0, len(self.assets), None))

    def enter(self, batch: Sequence[Outcome]) -> bool:
        """Record a batch of outcomes; say whether an asset failed."""
        failed_now = self._ledger.enter([(self.assets[one.asset_id], one) for one in batch])
        self._failed_ids += failed_now
        for outcome in batch:
            self._outcomes[outcome.asset_id] = outcome
            done, failed = len(self._outcomes), len(self._failed_ids)
            self._on_progress(Progress(done, failed, len(self.assets), outcome.asset_id))
        return bool(failed_now)

    def refresh_inputs(self) -> None:
        """Update the inputs in the entries of unchanged assets: an input may have changed without changing the file."""
        for asset in self._scope.selected_assets():
            entry, row = self._ledger.entries.get(asset.path), self._before.rows.get(asset.path)
            if asset.id in self._outcomes or entry is None or row is None or row.work is None:
                continue
            if row.sha256 == entry.sha256 and row.work.planned != planned_from(asset):
                drawn = {name: sha256 for name, sha256 in row.work.drawn if sha256 is not None}
                inputs = {**asset.inputs, **drawn}
                self._ledger.entries[asset.path] = entry.with_inputs(inputs, asset.terms)

    def heading(self) -> Heading:
        """Return the head of the manifest; for a shard with whether its build finished."""
        part = self._heading.part
        if part is None or len(self._outcomes) == len(self._reasons):
            return self._heading
        return replace(self._heading, part=replace(part, is_finished=False))

    def next_state(self, written: WrittenManifest) -> BuildState:
        """Return the build database for the next build."""
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
        """Return the row of an asset of the plan, whether it was built now, is unchanged or was not built."""
        entry, before = self._ledger.entries.get(asset.path), self._before.rows.get(asset.path)
        outcome, work = self._outcomes.get(asset.id), None
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
        """Return the result of the build."""
        scope = self._scope
        chosen = len(scope.selected_assets()) + len(scope.kept)
        unplanned = [one.id for one in scope.plan.unplanned if one.id in scope.selected]
        failed_ids = (*self._failed_ids, *unplanned)
        placed = [outcome for outcome in self._outcomes.values() if outcome.asset_id not in self._failed_ids]
        from_cache = sum(outcome.is_kept for outcome in placed)
        return BuildResult(
            built=len(placed) - from_cache,
            cached=chosen - len(self._reasons) + from_cache,
            failed=len(failed_ids),
            skipped=len(scope.plan.assets) + len(scope.rows) - chosen,
            unreached=len(self._reasons) - len(self._outcomes),
            removed=removed,
            seconds=seconds,
            built_ids=tuple(outcome.asset_id for outcome in placed),
            failed_ids=failed_ids,
            reasons=dict(self._reasons),
            rejected=tuple(sorted(self._ledger.rejected)),
            findings=tuple(worst_first([*self._ledger.findings, *self._recorded_findings()])),
            interrupted=self._halt.requested,
        )

    def _recorded_findings(self) -> list[Finding]:
        """Return the recorded preflight findings of unchanged selected assets, so that every build reports them."""
        unchanged_rows = [
            row
            for asset in self._scope.selected_assets()
            if asset.id not in self._reasons and (row := self._before.rows.get(asset.path))
        ]
        return findings_of_rows([*unchanged_rows, *self._scope.kept_rows()])


def _unchanged_result(held: HeldOutDir, changes: PlanChanges, seconds: float) -> FolderBuild:
    """Return the result of a build for which everything was up to date."""
    rows, outlook = held.state.rows.values(), held.state.outlook
    recorded = worst_first(findings_of_rows(row for row in rows if row.id in changes.chosen))
    cached, skipped = len(changes.chosen), len(rows) - len(changes.chosen)
    interrupted = held.halt.requested
    result = BuildResult(0, cached, 0, skipped, 0, 0, seconds, (), (), {}, (), tuple(recorded), interrupted)
    return FolderBuild(result, findings_of(outlook) if outlook else (), {})


def _prune_cache(campaign: Campaign, tree: OutDir, plan: Plan, result: BuildResult) -> None:
    """Prune the build cache if this build added enough to it."""
    if result.built and (own := own_folder(campaign.root)):
        assets = plan.by_id()
        with stopping_the_build("prune the build cache"):
            # The cache stores the file and its compressed page: about twice the size of the file.
            prune_in_time(Store(own), 2 * tree.bytes_of(assets[one].path for one in result.built_ids))


def _partner_and_medium(plan: Plan, result: BuildResult) -> dict[str, tuple[str, str]]:
    reported_ids = {*result.built_ids, *result.failed_ids}
    return {asset.id: (asset.partner, asset.medium) for asset in plan.assets if asset.id in reported_ids}
