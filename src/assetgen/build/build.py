"""The build: from a plan to ``out/``. The steps, in order; each is told in the module that does it.

A build may be killed between any two lines: the manifest is replaced last, and the journal knows the rest.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.build.entry import Entry
from assetgen.build.halt import Halt
from assetgen.build.ledger import Faults, Ledger
from assetgen.build.manifest import Heading
from assetgen.build.outdir import OutDir
from assetgen.build.work import MakerFactory, Outcome
from assetgen.build.workers import make_all
from assetgen.findings import Finding, worst_first

if TYPE_CHECKING:
    from assetgen.plan.asset import Asset, Plan

TIME_LIMIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: assets done and failed of the total to be made; ``asset_id`` the latest, if any."""

    done: int
    failed: int
    total: int
    asset_id: str | None


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did. ``skipped``: planned, not selected; ``unreached``: the build ended before its turn.

    ``failed`` counts also what could not be planned for a broken message or template; ``built_ids`` are those
    that this build made; ``reasons`` says for each asset that was to be made why. ``rejected`` are the files
    that did not pass their proof, where they are kept. ``findings`` are this build's own, worst first.
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
    """What a build would do: make these (id → reason), remove these paths; what it would say of ``out/`` itself."""

    reasons: dict[str, str]
    removed: list[str]
    findings: tuple[Finding, ...]


def build_assets(
    plan: Plan,
    selected: Collection[str],
    out: Path,
    *,
    maker: MakerFactory,
    heading: Heading,
    held_partners: frozenset[str] = frozenset(),
    jobs: int = 1,
    force: bool = False,
    fail_fast: bool = False,
    time_limit_s: float = TIME_LIMIT_S,
    on_progress: Callable[[Progress], None] | None = None,
) -> BuildResult:
    """Make the ``selected`` assets (ids) of the plan and bring ``out`` in line with the whole plan.

    ``maker`` is called once in each worker; ``held_partners`` are those whose own files cannot be read.
    Ctrl-C and SIGTERM end the build within a second or two with whole files only, told in the result.
    Raises MachineError where nothing can be made or written; what stands in ``out`` is then as after a kill.
    """
    started_s = time.monotonic()
    halt = Halt()
    with halt.listening():
        tree = OutDir(out)
        tree.prepare()
        ledger = Ledger(tree)
        reasons = _to_make(plan, selected, ledger, tree, force=force)
        assets = {asset.id: asset for asset in plan.assets if asset.id in reasons}
        todo = deque(assets.values())
        stop = todo.clear if fail_fast else _go_on
        work = make_all(todo, tree.tmp, maker, jobs=jobs, time_limit_s=time_limit_s, halt=halt)
        with closing(work):
            done_ids, failed_ids = _enter_all(work, assets, ledger, on_progress or _quiet, stop)
        planned = {asset.path for asset in plan.assets}
        built_ids = tuple(one for one in done_ids if one not in set(failed_ids))
        removed = ledger.settle(planned, _faults(plan, selected, held_partners), clear=not halt.requested)
        ledger.close(heading)
    chosen = sum(asset.id in selected for asset in plan.assets)
    failed_ids += tuple(one.id for one in plan.unplanned if one.id in selected)
    return BuildResult(
        built=len(built_ids),
        cached=chosen - len(reasons),
        failed=len(failed_ids),
        skipped=len(plan.assets) - chosen,
        unreached=len(reasons) - len(done_ids),
        removed=removed,
        seconds=time.monotonic() - started_s,
        built_ids=built_ids,
        failed_ids=failed_ids,
        reasons=reasons,
        rejected=tuple(sorted(ledger.rejected)),
        findings=tuple(worst_first(ledger.findings)),
        interrupted=halt.requested,
    )


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
    held_partners: frozenset[str] = frozenset(),
    force: bool = False,
) -> Preview:
    """Return what ``build_assets`` would make and remove; touch nothing."""
    tree = OutDir(out)
    ledger = Ledger(tree)
    planned = {asset.path for asset in plan.assets}
    faults = _faults(plan, selected, held_partners)
    leaving = [path for path in ledger.unplanned(planned, faults) if tree.has(path)]
    reasons = _to_make(plan, selected, ledger, tree, force=force)
    return Preview(reasons, leaving, tuple(ledger.findings))


def must_make(asset: Asset, entry: Entry | None, tree: OutDir, *, force: bool) -> str | None:
    """Return in words why an asset must be made, or None where what stands in ``out/`` is as good.

    What an old file was made from is not compared yet: each build makes all that is selected.
    """
    if force:
        return "asked for by --force"
    if entry is None:
        return "not made before"
    if not tree.has(asset.path):
        return "its file is missing"
    return "every build makes all that is selected"


def _to_make(
    plan: Plan, selected: Collection[str], ledger: Ledger, tree: OutDir, *, force: bool
) -> dict[str, str]:
    """Return the reason of each asset that must be made, by id, in the plan's order."""
    reasons: dict[str, str] = {}
    for asset in plan.assets:
        if asset.id not in selected:
            continue
        reason = must_make(asset, ledger.entries.get(asset.path), tree, force=force)
        if reason is not None:
            reasons[asset.id] = reason
    return reasons


def _enter_all(
    work: Iterable[Sequence[Outcome]],
    assets: dict[str, Asset],
    ledger: Ledger,
    tell: Callable[[Progress], None],
    stop: Callable[[], None],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Enter each batch of outcomes in the ledger as it comes; return the ids of all, and of those that failed.

    ``stop`` is called after a batch in which one failed.
    """
    done_ids: list[str] = []
    failed_ids: list[str] = []
    tell(Progress(0, 0, len(assets), None))
    for batch in work:
        failed_now = ledger.enter([(assets[outcome.asset_id], outcome) for outcome in batch])
        failed_ids += failed_now
        for outcome in batch:
            done_ids.append(outcome.asset_id)
            tell(Progress(len(done_ids), len(failed_ids), len(assets), outcome.asset_id))
        if failed_now:
            stop()
    return tuple(done_ids), tuple(failed_ids)


def _quiet(_progress: Progress) -> None:
    """Tell nobody."""


def _go_on() -> None:
    """Stop nothing: a failed asset is no reason to leave the others unmade."""
