"""A campaign's folder into ``out/``: reads of it what has to be read, which mostly is little, and builds that.

First the stamps of all files are looked at (``outlook``). Where nothing changed, nothing is read; where partners
changed, they alone are read and planned, with those that stand beside them; else the campaign is, as a whole.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.building.build_db import BuildRow, Outlook, write_state
from assetgen.building.fingerprint import Versions, plan_digest, versions_of
from assetgen.building.incremental import (
    PARTNERS,
    Sight,
    any_of_each,
    clashes,
    is_sound,
    look,
    of_nobody,
    partner_plans,
    together,
)
from assetgen.building.inputs import Snapshot, take_snapshot
from assetgen.building.output_dir import Halt, Opened, OutDir, opened, stopping_the_build
from assetgen.building.output_record import read_tree
from assetgen.building.pipeline import BuildOptions, BuildResult, Rest, build_held, never_begun
from assetgen.errors import CampaignError
from assetgen.findings import Finding, worst_first
from assetgen.manifest.manifest_file import MANIFEST_NAME
from assetgen.manifest.shards import Shard, ShardPart
from assetgen.rendering.engine.machine import engine_versions

if TYPE_CHECKING:
    from assetgen.loading.campaign import Loaded
    from assetgen.planning.asset import Plan
    from assetgen.planning.selection import Selection

Load = Callable[[Collection[str] | None], "Loaded"]
"""Reads the campaign, of its partners only those named, or all."""


@dataclass(frozen=True, slots=True)
class FolderBuild:
    """What a build did. ``findings`` are those of the input; ``kinds`` has partner and medium of what was made or
    failed, by id."""

    result: BuildResult
    findings: tuple[Finding, ...]
    kinds: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Task:
    """One call: what is built, from where, how."""

    root: Path
    load: Load
    selection: Selection
    way: BuildOptions
    versions: Versions
    shard: Shard | None = None

    def chooses(self, row: BuildRow) -> bool:
        """Say whether a row is selected; with ``force`` what is selected is never as good as new."""
        return self.selection.chooses(row)


def build_folder(
    root: Path,
    load: Load,
    selection: Selection,
    out: Path,
    way: BuildOptions,
    on_wait: Callable[[], None] = lambda: None,
    shard: Shard | None = None,
) -> FolderBuild:
    """Build the selected assets of the campaign in a folder and bring ``out`` in line with its plan.

    ``load`` is called with the partners that must be read, or None for all. With a ``shard`` the plan is that part
    of it. Raises CampaignError where nothing can be planned, the selection matches nothing, or a shard would be
    built over something else; MachineError where a part of the machine is missing.
    """
    halt = Halt()
    started_s = time.monotonic()
    if not OutDir(out).state.exists():
        _selected(selection, *_planned(load))  # a first call that is wrong leaves no folder behind
    with halt.listening(), opened(out, halt, on_wait) as held:
        if held is None:
            return FolderBuild(never_begun(0), (), {})
        if shard is not None:
            _refuse_another_build(shard, held.tree)
        task = _Task(root, load, selection, way, versions_of(engine_versions()), shard)
        outlook = held.state.outlook
        snapshot = take_snapshot(root, outlook.sources if outlook else {})
        done = None
        if (
            shard is None
            and outlook
            and snapshot
            and not way.force
            and any_of_each(selection, held.state.rows.values())
        ):
            sight = look(held, snapshot, task.versions, task.chooses)
            if sight is not None:
                done = _partly(held, task, outlook, snapshot, sight)
        done = done or _wholly(held, task, snapshot)
    seconds = time.monotonic() - started_s
    return replace(done, result=replace(done.result, seconds=seconds))


def _partly(
    held: Opened, task: _Task, outlook: Outlook, snapshot: Snapshot, sight: Sight
) -> FolderBuild | None:
    """Build the partners that must be planned again; None where that turns out not to be enough."""
    if not sight.partners:
        return _nothing(held, outlook, snapshot, sight)
    partners, loaded = sight.partners, None
    while loaded is None or not _named_by(loaded) <= partners:
        if loaded is not None:
            partners = together(outlook.partners, partners | _named_by(loaded))
        loaded = task.load([name for name in sorted(partners) if f"{PARTNERS}{name}/" in snapshot])
    from assetgen.planning.planner import plan_assets

    plan = plan_assets(loaded.campaign)
    others = {name: one for name, one in outlook.partners.items() if name not in partners}
    plans = partner_plans(loaded, plan)
    if not is_sound(loaded, plan) or clashes(plans, others):
        return None
    rows = tuple(
        row._replace(stamp=sight.stamps[row.path]) if row.path in sight.stamps else row
        for row in sight.rows
        if row.partner not in partners
    )
    chosen = sight.chosen if partners == sight.partners else sight.chosen & {row.id for row in rows}
    next_outlook = Outlook(
        task.versions.draws,
        snapshot,
        {**others, **plans},
        of_nobody(loaded, plan),
        outlook.doubtful & {row.id for row in rows},
    )
    result = _build(held, task, loaded, plan, Rest(rows, chosen, next_outlook))
    return FolderBuild(result, _findings(next_outlook), _kinds(plan, result))


def _wholly(held: Opened, task: _Task, snapshot: Snapshot | None) -> FolderBuild:
    """Read and plan all; build what is selected."""
    loaded, plan = _planned(task.load)
    if task.shard is not None:
        return _shard(held, task, task.shard, loaded, plan, snapshot)
    outlook = None
    if snapshot is not None and is_sound(loaded, plan):
        outlook = Outlook(task.versions.draws, snapshot, partner_plans(loaded, plan), of_nobody(loaded, plan))
    result = _build(held, task, loaded, plan, Rest(outlook=outlook))
    return FolderBuild(result, (*loaded.findings, *plan.warnings), _kinds(plan, result))


def _shard(
    held: Opened, task: _Task, shard: Shard, loaded: Loaded, plan: Plan, snapshot: Snapshot | None
) -> FolderBuild:
    """Build one shard of the plan; what is wrong with the input is told as a whole by each of them."""
    _selected(task.selection, loaded, plan)
    part = ShardPart(shard, plan_digest(plan, task.selection, snapshot, task.versions))
    result = _build(held, task, loaded, shard.part_of(plan), Rest(), part)
    return FolderBuild(result, (*loaded.findings, *plan.warnings), _kinds(plan, result))


def _refuse_another_build(shard: Shard, tree: OutDir) -> None:
    """Raise CampaignError where a folder holds another shard, or a whole build, whose files would be removed."""
    if not os.path.lexists(tree.root / MANIFEST_NAME):
        return
    part = read_tree(tree.root).heading.part
    if part is None or part.shard != shard:
        what = f"shard {part.shard}" if part else "a whole build"
        text = f"--shard {shard}: {tree.root.name} holds {what}, most of which would be removed"
        raise CampaignError(
            Finding("bad-value", text, "name a folder of its own: -o out/shard-… or any other")
        )


def _build(
    held: Opened, task: _Task, loaded: Loaded, plan: Plan, rest: Rest, part: ShardPart | None = None
) -> BuildResult:
    from assetgen.building.build_cache import Store, prune_in_time
    from assetgen.building.build_campaign import own_folder, parts_of

    selected = _chosen(task.selection, plan) if rest.rows or part else _selected(task.selection, loaded, plan)
    with ExitStack() as stack:
        parts = parts_of(loaded.campaign, held.tree.root, task.versions, force=task.way.force, stack=stack)
        result = build_held(
            held,
            plan,
            selected,
            parts.maker,
            replace(parts.heading, part=part),
            task.way,
            parts.keys,
            loaded.campaign.unreadable_partners,
            rest,
        )
    if result.built and (own := own_folder(loaded.campaign.root)):
        assets = plan.by_id()
        with stopping_the_build("prune the store of finished work"):
            # A file and its page, which is packed: about twice the file.
            prune_in_time(Store(own), 2 * held.tree.bytes_of(assets[one].path for one in result.built_ids))
    return result


def _planned(load: Load) -> tuple[Loaded, Plan]:
    from assetgen.planning.planner import plan_assets

    loaded = load(None)
    return loaded, plan_assets(loaded.campaign)


def _chosen(selection: Selection, plan: Plan) -> frozenset[str]:
    """Return the ids that are selected, if any: it was seen already that the words match something."""
    ids = {one.id for one in plan.assets if selection.chooses(one)}
    return frozenset(ids | {one.id for one in plan.unplanned if selection.chooses(one)})


def _selected(selection: Selection, loaded: Loaded, plan: Plan) -> frozenset[str]:
    """Return the ids that are selected. Raises CampaignError, with the faults of the input, where none is."""
    from assetgen.planning.selection import select

    try:
        return frozenset(select(plan, selection, loaded.campaign))
    except CampaignError as error:
        faults = [finding for finding in loaded.findings if finding.is_error]
        raise CampaignError([*faults, *error.findings]) from error


def _nothing(held: Opened, outlook: Outlook, snapshot: Snapshot, sight: Sight) -> FolderBuild:
    """Say that all is as it should be; note what was found out on the way, so that it need not be found again."""
    if sight.stamps or snapshot != outlook.sources:
        rows = {
            path: row._replace(stamp=sight.stamps.get(path, row.stamp))
            for path, row in held.state.rows.items()
        }
        state = replace(held.state, rows=rows, outlook=replace(outlook, sources=snapshot))
        with stopping_the_build("write the state"):
            held.tree.prepare()
            write_state(held.tree.state, held.tree.tmp / "state", state)
            held.tree.sweep()
    works = [
        row.work for row in held.state.rows.values() if row.work and row.work.told and row.id in sight.chosen
    ]
    told = worst_first([finding for work in works for finding in work.findings()])
    skipped, interrupted = len(held.state.rows) - len(sight.chosen), held.halt.requested
    result = BuildResult(
        0, len(sight.chosen), 0, skipped, 0, 0, 0.0, (), (), {}, (), tuple(told), interrupted
    )
    return FolderBuild(result, _findings(outlook), {})


def _named_by(loaded: Loaded) -> frozenset[str]:
    """Return all partners that were read, and those that they stand beside."""
    partners = loaded.campaign.partners
    return frozenset(partners) | {name for one in partners.values() for name in one.with_}


def _findings(outlook: Outlook) -> tuple[Finding, ...]:
    return (*outlook.findings, *(one for plan in outlook.partners.values() for one in plan.findings))


def _kinds(plan: Plan, result: BuildResult) -> dict[str, tuple[str, str]]:
    told = {*result.built_ids, *result.failed_ids}
    return {asset.id: (asset.partner, asset.medium) for asset in plan.assets if asset.id in told}
