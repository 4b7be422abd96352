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

from assetgen.building.build_cache import BuildCache, prune_if_grown
from assetgen.building.build_db import BuildDatabase, BuildRow, findings_of_rows
from assetgen.building.fingerprint import Versions, index_sources, installed_versions
from assetgen.building.incremental import (
    BuildScope,
    IncrementalPlanner,
    LoadCampaign,
    PlanChanges,
    findings_of_last_plan,
    read_and_plan,
    selected_ids,
)
from assetgen.building.output_dir import (
    ASSETGEN_FOLDER,
    LockedOutDir,
    OutDir,
    lock_out_dir,
    raising_machine_error,
)
from assetgen.building.output_record import OutputRecord
from assetgen.building.pool.executor import Executor, InProcessExecutor, Task
from assetgen.building.pool.local_pool import LocalPool
from assetgen.building.rebuild_reasons import CurrentInputs, plan_inputs, rebuild_reasons
from assetgen.building.render_task import CheckedRenderer, RenderFunction, RenderOutcome, start_rendering
from assetgen.child_process import DEFAULT_LIMITS, TaskLimits
from assetgen.findings import Finding, sort_findings
from assetgen.manifest.manifest_file import ManifestHead, WrittenManifest
from assetgen.manifest.shards import Shard
from assetgen.rendering.engine.machine import engine_versions

if TYPE_CHECKING:
    from assetgen.loading.model import CampaignModel
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
    """The result of a build.

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
        rejected: the paths of files that failed a preflight check, in ``.assetgen/rejected/``.
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


def result_not_started(chosen: int) -> BuildResult:
    """Return the result of a build that was interrupted while it waited for another build.

    ``chosen`` is the number of selected assets.
    """
    return BuildResult(0, 0, 0, 0, chosen, 0, 0.0, (), (), {}, (), (), interrupted=True)


@dataclass(frozen=True, slots=True)
class FolderBuild:
    """The result of building a campaign folder.

    ``findings`` are those in the campaign's files. ``partner_and_medium`` maps the id of each asset of the plan that
    was built or failed to its partner and medium.
    """

    result: BuildResult
    findings: tuple[Finding, ...]
    partner_and_medium: Mapping[str, tuple[str, str]]


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
    bounds: TaskLimits = DEFAULT_LIMITS
    supervised: bool = True
    on_progress: Callable[[Progress], None] = field(default=lambda progress: None)
    on_wait: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The values that the steps of one build share.

    ``start_renderer`` creates the renderer, once in each worker. ``heading`` is the head of the manifest. Without
    ``current_inputs`` the inputs of an asset are unknown, so nothing counts as up to date.
    """

    locked_out: LockedOutDir
    scope: BuildScope
    options: BuildOptions
    start_renderer: Callable[[], RenderFunction]
    heading: ManifestHead
    current_inputs: CurrentInputs | None = None


class BuildSettings(TypedDict, total=False):
    """The fields of ``BuildOptions`` that ``build`` takes as keywords."""

    jobs: int | None
    force: bool
    fail_fast: bool
    on_progress: Callable[[Progress], None]
    on_wait: Callable[[], None]


def build(
    campaign: CampaignModel,
    *,
    plan: Plan | None = None,
    selection: Selection | None = None,
    out: Path | None = None,
    **settings: Unpack[BuildSettings],
) -> BuildResult:
    """Build the selected assets of a campaign and make ``out`` (default: the campaign's) match its plan.

    The settings are those of ``BuildOptions``. Raises CampaignError if the selection matches nothing, MachineError
    if a library or resource of the machine is missing.
    """
    from assetgen.planning.planner import plan_assets
    from assetgen.planning.selection import EVERYTHING, select

    options = BuildOptions(**settings)
    plan = plan or plan_assets(campaign)
    selected = frozenset(select(plan, selection or EVERYTHING, campaign))
    scope = BuildScope(plan, selected, campaign.unreadable_partners)
    versions = installed_versions(engine_versions())
    with lock_out_dir(out or campaign.root / "out", options.on_wait) as locked_out:
        if locked_out is None:
            return result_not_started(len(selected))
        with _context(locked_out, campaign, scope, options, versions) as context:
            return build_scope(context)


def build_folder(
    root: Path, load: LoadCampaign, selection: Selection, out: Path, options: BuildOptions
) -> FolderBuild:
    """Build the selected assets of the campaign in a folder and make ``out`` match its plan.

    If nothing has changed since the last build, the campaign is not read. If only partners have changed, they and the
    partners shown with them are read and planned. In all other cases the whole campaign is read and planned. ``load``
    is called with the names of the partners to read, or None for all.

    Raises CampaignError if nothing can be planned, the selection matches nothing, or a shard would be built over a
    different build; MachineError if a library or resource of the machine is missing.
    """
    started_s = time.monotonic()
    if not OutDir(out).build_db.exists():
        selected_ids(selection, *read_and_plan(load))  # report faults before out/ is created
    with lock_out_dir(out, options.on_wait) as locked_out:
        if locked_out is None:
            return FolderBuild(result_not_started(0), (), {})
        versions, known = installed_versions(engine_versions()), locked_out.build_db.last_plan
        sources = index_sources(root, known.sources if known else {})
        planner = IncrementalPlanner(locked_out, load, selection, versions, sources)
        if options.shard:
            campaign, scope = planner.plan_shard(options.shard)
        else:
            changes = None if options.force else planner.find_changes()
            if changes and not changes.partners:
                planner.record_new_stats(changes)
                return _unchanged_result(locked_out, changes, time.monotonic() - started_s)
            campaign, scope = (changes and planner.plan_changed(changes)) or planner.plan_all()
        with _context(locked_out, campaign, scope, options, versions) as context:
            result = build_scope(context)
        _prune_cache(campaign, locked_out.out_dir, scope.plan, result)
    result = replace(result, seconds=time.monotonic() - started_s)
    return FolderBuild(result, scope.findings, _partner_and_medium(scope.plan, result))


@contextmanager
def _context(
    locked_out: LockedOutDir,
    campaign: CampaignModel,
    scope: BuildScope,
    options: BuildOptions,
    versions: Versions,
) -> Iterator[BuildContext]:
    """Yield the context of a campaign's build. Inside the block the build cache cannot be pruned."""
    cache_folder = writable_assetgen_folder(campaign.root)
    cache = BuildCache(cache_folder) if cache_folder else None
    folder = cache_folder or locked_out.out_dir.assetgen_folder
    start = partial(CheckedRenderer, campaign, versions, folder, cache, force=options.force)
    heading = ManifestHead(campaign.file.name, campaign.file.edition, versions.engine, scope.shard_info)
    with ExitStack() as stack:
        if cache:
            with raising_machine_error("use the build cache"):
                stack.enter_context(cache.locked_for_use())
        yield BuildContext(locked_out, scope, options, start, heading, CurrentInputs.of(campaign, versions))


def writable_assetgen_folder(root: Path) -> Path | None:
    """Return the campaign's ``.assetgen``, created if missing; None if it is not writable.

    A read-only campaign (on a network disk, in a container image) can still be built into a folder elsewhere.
    """
    cache_folder = root / ASSETGEN_FOLDER
    try:
        cache_folder.mkdir(exist_ok=True)
    except OSError:
        return None
    return cache_folder if os.access(cache_folder, os.W_OK) else None


def build_scope(context: BuildContext) -> BuildResult:
    """Build what is missing or out of date, and make the locked ``out/`` match the plan.

    Ctrl-C and SIGTERM end the build within a second or two. All files in ``out/`` are then complete, and the result is
    marked ``interrupted``. Raises MachineError if nothing can be built or written; ``out`` is then in the same state as
    after a kill.
    """
    started_s = time.monotonic()
    locked_out, scope, options = context.locked_out, context.scope, context.options
    locked_out.out_dir.prepare()
    output_record = OutputRecord(locked_out.out_dir, locked_out.build_db)
    reasons = rebuild_reasons(
        scope, output_record, locked_out.build_db, context.current_inputs, force=options.force
    )
    outcomes = _Outcomes(context, output_record, reasons)
    executor = _executor(context, outcomes.assets.values())
    with closing(executor.results()) as batches:
        for batch in batches:
            has_failed = outcomes.record([one.value_or(RenderOutcome.from_failure) for one in batch])
            if has_failed and options.fail_fast:
                executor.cancel()
    clear = not locked_out.interrupt.requested
    kept_paths = {row.path for row in scope.unchanged_selected_rows()}
    removed = output_record.reconcile(scope.paths(), scope.faults(), clear=clear, seen=kept_paths)
    outcomes.refresh_inputs()
    output_record.close(outcomes.heading(), outcomes.next_state)
    return outcomes.result(removed, time.monotonic() - started_s)


def _executor(context: BuildContext, assets: Iterable[Asset]) -> Executor[Asset, RenderOutcome]:
    """Return the executor that renders the assets."""
    gc.freeze()  # the data of thousands of assets has no reference cycles: exempt it from garbage collection
    options, interrupt = context.options, context.locked_out.interrupt
    jobs = options.jobs or os.cpu_count() or 1
    initialiser = partial(start_rendering, context.start_renderer, context.locked_out.out_dir.tmp)
    executor: Executor[Asset, RenderOutcome] = (
        LocalPool(initialiser, past_verb="rendered", jobs=jobs, interrupt=interrupt, bounds=options.bounds)
        if options.supervised
        else InProcessExecutor(initialiser, interrupt)
    )
    for asset in assets:
        executor.submit(Task(asset.id, asset))
    return executor


class _Outcomes:
    """Collects the outcomes of the assets to rebuild, for the manifest, the build database and the result."""

    def __init__(
        self, context: BuildContext, output_record: OutputRecord, reasons: Mapping[str, str]
    ) -> None:
        """Start with no outcomes, and report that as progress.

        ``reasons`` has the rebuild reason of each asset, by id.
        """
        self._scope, self._before, self._interrupt = (
            context.scope,
            context.locked_out.build_db,
            context.locked_out.interrupt,
        )
        self._heading, self._current_inputs, self._on_progress = (
            context.heading,
            context.current_inputs,
            context.options.on_progress,
        )
        self._output_record, self._reasons = output_record, reasons
        self.assets = {asset.id: asset for asset in context.scope.plan.assets if asset.id in reasons}
        self._outcomes: dict[str, RenderOutcome] = {}
        self._failed_ids: list[str] = []
        self._on_progress(Progress(0, 0, len(self.assets), None))

    def record(self, batch: Sequence[RenderOutcome]) -> bool:
        """Record a batch of outcomes; return whether an asset failed."""
        failed_now = self._output_record.record_outcomes([(self.assets[one.asset_id], one) for one in batch])
        self._failed_ids += failed_now
        for outcome in batch:
            self._outcomes[outcome.asset_id] = outcome
            done, failed = len(self._outcomes), len(self._failed_ids)
            self._on_progress(Progress(done, failed, len(self.assets), outcome.asset_id))
        return bool(failed_now)

    def refresh_inputs(self) -> None:
        """Update the inputs in the entries of unchanged assets: an input may have changed without changing the file."""
        for asset in self._scope.selected_assets():
            entry, row = self._output_record.entries.get(asset.path), self._before.rows.get(asset.path)
            if asset.id in self._outcomes or entry is None or row is None or row.record is None:
                continue
            if row.sha256 == entry.sha256 and row.record.plan_inputs != plan_inputs(asset):
                drawn = {name: sha256 for name, sha256 in row.record.render_inputs if sha256 is not None}
                inputs = {**asset.inputs, **drawn}
                self._output_record.entries[asset.path] = entry.with_inputs(inputs, asset.release_dates)

    def heading(self) -> ManifestHead:
        """Return the head of the manifest. For a shard it says whether the build finished."""
        part = self._heading.shard
        if part is None or len(self._outcomes) == len(self._reasons):
            return self._heading
        return replace(self._heading, shard=replace(part, is_finished=False))

    def next_state(self, written: WrittenManifest) -> BuildDatabase:
        """Return the build database for the next build."""
        plan, selected = self._scope.plan, self._scope.selected
        rows = {row.path: row for row in (*self._scope.unchanged_rows, *map(self._row, plan.assets))}
        rows = {path: row.with_span(written.spans.get(path)) for path, row in rows.items()}
        all_known = written.spans.keys() == {path for path, row in rows.items() if row.span and row.sha256}
        failed = {one for one in self._before.failed_ids if one not in selected} | set(self._failed_ids)
        last_plan = self._scope.last_plan if all_known and not self._interrupt.requested else None
        if last_plan:
            unverified_ids = {asset.id for asset in plan.assets if asset.id not in selected}
            last_plan = replace(last_plan, unverified_ids=last_plan.unverified_ids | unverified_ids)
        return BuildDatabase(
            engine=dict(self._current_inputs.versions.engine) if self._current_inputs else {},
            manifest_stat=written.file_stat if all_known else None,
            rows=rows,
            failed_ids=frozenset(failed & {row.id for row in rows.values()}),
            last_plan=last_plan,
        )

    def _row(self, asset: Asset) -> BuildRow:
        """Return the row of an asset of the plan, whether it was built now, is unchanged or was not built."""
        entry, before = self._output_record.entries.get(asset.path), self._before.rows.get(asset.path)
        outcome, record = self._outcomes.get(asset.id), None
        if entry and outcome and outcome.entry == entry and self._current_inputs:
            record = self._current_inputs.record(
                asset, outcome.render_inputs, self._reasons[asset.id], outcome.findings
            )
        elif entry and before and before.record and before.sha256 == entry.sha256:
            is_kept = asset.id in self._scope.selected and asset.id not in self._reasons
            record = before.record._replace(plan_inputs=plan_inputs(asset)) if is_kept else before.record
        return BuildRow.of(asset)._replace(
            sha256=entry.sha256 if record and entry else None,
            file_stat=self._output_record.file_stats.get(asset.path)
            or (before.file_stat if before else None),
            record=record,
        )

    def result(self, removed: int, seconds: float) -> BuildResult:
        """Return the result of the build."""
        scope = self._scope
        chosen = len(scope.selected_assets()) + len(scope.unchanged_selected)
        unplanned = [one.id for one in scope.plan.unplanned if one.id in scope.selected]
        failed_ids = (*self._failed_ids, *unplanned)
        placed = [outcome for outcome in self._outcomes.values() if outcome.asset_id not in self._failed_ids]
        from_cache = sum(outcome.is_from_cache for outcome in placed)
        return BuildResult(
            built=len(placed) - from_cache,
            cached=chosen - len(self._reasons) + from_cache,
            failed=len(failed_ids),
            skipped=len(scope.plan.assets) + len(scope.unchanged_rows) - chosen,
            unreached=len(self._reasons) - len(self._outcomes),
            removed=removed,
            seconds=seconds,
            built_ids=tuple(outcome.asset_id for outcome in placed),
            failed_ids=failed_ids,
            reasons=dict(self._reasons),
            rejected=tuple(sorted(self._output_record.rejected)),
            findings=tuple(sort_findings([*self._output_record.findings, *self._recorded_findings()])),
            interrupted=self._interrupt.requested,
        )

    def _recorded_findings(self) -> list[Finding]:
        """Return the recorded preflight findings of unchanged selected assets, so that every build reports them."""
        unchanged_rows = [
            row
            for asset in self._scope.selected_assets()
            if asset.id not in self._reasons and (row := self._before.rows.get(asset.path))
        ]
        return findings_of_rows([*unchanged_rows, *self._scope.unchanged_selected_rows()])


def _unchanged_result(locked_out: LockedOutDir, changes: PlanChanges, seconds: float) -> FolderBuild:
    """Return the result of a build for which everything was up to date."""
    rows, last_plan = locked_out.build_db.rows.values(), locked_out.build_db.last_plan
    recorded = sort_findings(findings_of_rows(row for row in rows if row.id in changes.selected))
    cached, skipped = len(changes.selected), len(rows) - len(changes.selected)
    interrupted = locked_out.interrupt.requested
    result = BuildResult(0, cached, 0, skipped, 0, 0, seconds, (), (), {}, (), tuple(recorded), interrupted)
    return FolderBuild(result, findings_of_last_plan(last_plan) if last_plan else (), {})


def _prune_cache(campaign: CampaignModel, out_dir: OutDir, plan: Plan, result: BuildResult) -> None:
    """Prune the build cache if this build added enough to it."""
    if result.built and (cache_folder := writable_assetgen_folder(campaign.root)):
        assets = plan.by_id()
        with raising_machine_error("prune the build cache"):
            # The cache stores the file and its compressed page: about twice the size of the file.
            prune_if_grown(
                BuildCache(cache_folder), 2 * out_dir.bytes_of(assets[one].path for one in result.built_ids)
            )


def _partner_and_medium(plan: Plan, result: BuildResult) -> dict[str, tuple[str, str]]:
    reported_ids = {*result.built_ids, *result.failed_ids}
    return {asset.id: (asset.partner, asset.medium) for asset in plan.assets if asset.id in reported_ids}
