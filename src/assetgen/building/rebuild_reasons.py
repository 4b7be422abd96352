"""Why an asset is rebuilt: what it was made from, against what it would be made from today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.building.build_db import BuildState, Work, finding_to_plain, read_state
from assetgen.building.fingerprint import (
    Drawn,
    Reads,
    Versions,
    drawn_with,
    places_digest,
    recipe_digest,
    versions_of,
)
from assetgen.building.incremental import BuildScope
from assetgen.building.output_dir import OutDir
from assetgen.building.output_record import Ledger
from assetgen.findings import Finding
from assetgen.rendering.engine.machine import engine_versions

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Asset, Plan

NEW = "not made before"
FAILED = "it failed the last time"
MISSING = "its file is missing"
EDITED = "its file is not as it was written"
FORCED = "asked for by --force"
UNKNOWN = "nothing says what it was made from"
MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class Keys:
    """What an asset would be made from today: the campaign's values and files, and the versions."""

    campaign: Campaign
    versions: Versions
    reads: Reads

    @classmethod
    def of(cls, campaign: Campaign, versions: Versions) -> Keys:
        """Return the keys of a campaign."""
        return cls(campaign, versions, Reads.of(campaign))

    def recipe(self, asset: Asset) -> str:
        """Return the digest of all values that an asset is drawn from."""
        return recipe_digest(asset, drawn_with(asset, self.campaign))

    def work(self, asset: Asset, drawn: Drawn, reason: str, findings: Iterable[Finding]) -> Work:
        """Return what an asset that is made today was made from."""
        told = tuple(finding_to_plain(finding) for finding in findings)
        return Work(
            recipe=self.recipe(asset),
            places=places_digest(asset) if told else "",
            draws=self.versions.draws,
            proves=self.versions.proves,
            reason=reason,
            planned=planned_from(asset),
            drawn=drawn,
            told=told,
        )


def planned_from(asset: Asset) -> Drawn:
    """Return the files that an asset's plan rests on."""
    return tuple(sorted(asset.inputs.items()))


def _why_changed(asset: Asset, work: Work, keys: Keys, state: BuildState) -> str | None:
    """Return why what an asset was made from is not what it would be made from today; None where it is."""
    now = keys.reads.now(name for name, _ in work.drawn)
    if now != work.drawn:
        return _named(_differing(work.drawn, now), "changed")
    if work.draws != keys.versions.draws:
        return _engine_changed(state.engine, keys.versions.engine)
    planned = planned_from(asset)
    if work.recipe != keys.recipe(asset):
        differing = _differing(work.planned, planned)
        return _named(differing, "changed") if differing else "its values or its design's files are others"
    if work.proves != keys.versions.proves:
        return "the proofs are others: it is proved again"
    if work.places and work.places != places_digest(asset):
        return f"what its findings point at moved: {_named(_differing(work.planned, planned), 'changed')}"
    return None


def _differing(before: Drawn, now: Drawn) -> list[str]:
    old, new = dict(before), dict(now)
    return sorted(
        name
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name) or (name in old) != (name in new)
    )


def _named(names: Sequence[str], what: str) -> str:
    shown = list(names[:MAX_NAMED])
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more {what}"
    return f"{' and '.join((', '.join(shown[:-1]), shown[-1]) if len(shown) > 1 else shown)} {what}"


def _engine_changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    names = [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
    said = [f"{name} {before.get(name, 'missing')} → {now.get(name, 'missing')}" for name in names]
    return f"the engine changed: {', '.join(said)}" if said else "assetgen's own code changed"


def rebuild_reasons(
    scope: BuildScope, ledger: Ledger, state: BuildState, keys: Keys | None, *, force: bool
) -> dict[str, str]:
    """Return the reason of each selected asset that must be made, by id, in the plan's order.

    Without ``keys`` nothing says what a file was made from: then all that is selected is made.
    """
    reasons: dict[str, str] = {}
    for asset in scope.selected_assets():
        is_forced = force and asset.path in ledger.entries
        reason = FORCED if is_forced else _why(asset, ledger, state, keys)
        if reason is not None:
            reasons[asset.id] = reason
    return reasons


def _why(asset: Asset, ledger: Ledger, state: BuildState, keys: Keys | None) -> str | None:
    """Return in words why an asset must be made, or None where what stands in ``out/`` is as good."""
    entry, row = ledger.entries.get(asset.path), state.rows.get(asset.path)
    if entry is None:
        return FAILED if asset.id in state.failed else NEW
    if not ledger.has(asset.path):
        return MISSING
    if keys is None or row is None or row.work is None or row.sha256 != entry.sha256:
        return UNKNOWN
    if reason := _why_changed(asset, row.work, keys, state):
        return reason
    return None if ledger.is_as_written(asset.path, row.stamp, by_hash=False) else EDITED


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


def preview(
    campaign: Campaign, plan: Plan, selected: frozenset[str], out: Path, *, force: bool = False
) -> Preview:
    """Return what a build would do with these assets; touch nothing."""
    keys = Keys.of(campaign, versions_of(engine_versions()))
    return preview_scope(BuildScope(plan, selected, campaign.unreadable_partners), out, keys, force=force)


def preview_scope(scope: BuildScope, out: Path, keys: Keys | None = None, *, force: bool = False) -> Preview:
    """Return what a build of a scope would make, remove and keep; touch nothing."""
    tree = OutDir(out)
    state = read_state(tree.state)
    ledger = Ledger(tree, state)
    leaving = [path for path in ledger.unplanned(scope.paths(), scope.faults()) if tree.has(path)]
    reasons = rebuild_reasons(scope, ledger, state, keys, force=force)
    return Preview(
        reasons,
        leaving,
        tuple(ledger.findings),
        new=frozenset(asset_id for asset_id, reason in reasons.items() if reason == NEW),
        kept=tuple(asset.id for asset in scope.selected_assets() if asset.id not in reasons),
    )
