"""Rebuild reasons: compare the recorded inputs of each asset with its current inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.building.build_db import BuildDatabase, BuildRecord, finding_to_plain, read_build_db
from assetgen.building.fingerprint import (
    CampaignHashes,
    FileHashes,
    Versions,
    campaign_values,
    installed_versions,
    places_digest,
    value_fingerprint,
)
from assetgen.building.incremental import BuildScope
from assetgen.building.output_dir import OutDir
from assetgen.building.output_record import OutputRecord
from assetgen.findings import Finding
from assetgen.rendering.engine.machine import engine_versions

if TYPE_CHECKING:
    from assetgen.loading.model import CampaignModel
    from assetgen.planning.asset import Asset, Plan

NEW = "not built before"
_FAILED = "it failed in the last build"
_MISSING = "its file is missing"
_EDITED = "its file was changed after it was built"
_FORCED = "--force was given"
_UNKNOWN = "there is no record of what it was built from"
_MAX_LISTED_NAMES = 3


@dataclass(frozen=True, slots=True)
class CurrentInputs:
    """The current inputs of all assets: the campaign's values and files, and the versions."""

    campaign: CampaignModel
    versions: Versions
    hashes: CampaignHashes

    @classmethod
    def of(cls, campaign: CampaignModel, versions: Versions) -> CurrentInputs:
        """Return the current inputs of a campaign, with the hashes of its files."""
        return cls(campaign, versions, CampaignHashes.of(campaign))

    def fingerprint(self, asset: Asset) -> str:
        """Return the fingerprint of all values that an asset is rendered from."""
        return value_fingerprint(asset, campaign_values(asset, self.campaign))

    def record(
        self, asset: Asset, drawn: FileHashes, reason: str, findings: Iterable[Finding]
    ) -> BuildRecord:
        """Return the record of an asset's inputs and findings in this build."""
        plain_findings = tuple(finding_to_plain(finding) for finding in findings)
        return BuildRecord(
            fingerprint=self.fingerprint(asset),
            places_digest=places_digest(asset) if plain_findings else "",
            renderer_version=self.versions.renderer,
            checks_version=self.versions.checks,
            reason=reason,
            plan_inputs=plan_inputs(asset),
            render_inputs=drawn,
            plain_findings=plain_findings,
        )


def plan_inputs(asset: Asset) -> FileHashes:
    """Return the files that an asset's plan depends on, with their sha256."""
    return tuple(sorted(asset.inputs.items()))


def _changed_input(
    asset: Asset, record: BuildRecord, current_inputs: CurrentInputs, state: BuildDatabase
) -> str | None:
    """Return a text that says which input of an asset has changed since it was built; None if none has."""
    now = current_inputs.hashes.hashes_of(name for name, _ in record.render_inputs)
    if now != record.render_inputs:
        return _list_names(_changed_names(record.render_inputs, now), "changed")
    if record.renderer_version != current_inputs.versions.renderer:
        return _changed_engine(state.engine, current_inputs.versions.engine)
    planned = plan_inputs(asset)
    if record.fingerprint != current_inputs.fingerprint(asset):
        changed_names = _changed_names(record.plan_inputs, planned)
        return (
            _list_names(changed_names, "changed")
            if changed_names
            else "its values or its template's files changed"
        )
    if record.checks_version != current_inputs.versions.checks:
        return "the preflight checks changed"
    if record.places_digest and record.places_digest != places_digest(asset):
        changed = _list_names(_changed_names(record.plan_inputs, planned), "changed")
        return f"the lines that its findings point at moved: {changed}"
    return None


def _changed_names(before: FileHashes, now: FileHashes) -> list[str]:
    old, new = dict(before), dict(now)
    return sorted(
        name
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name) or (name in old) != (name in new)
    )


def _list_names(names: Sequence[str], what: str) -> str:
    shown = list(names[:_MAX_LISTED_NAMES])
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more {what}"
    return f"{' and '.join((', '.join(shown[:-1]), shown[-1]) if len(shown) > 1 else shown)} {what}"


def _changed_engine(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    names = [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
    versions = [f"{name} {before.get(name, 'missing')} → {now.get(name, 'missing')}" for name in names]
    return f"the renderer changed: {', '.join(versions)}" if versions else "assetgen's own code changed"


def rebuild_reasons(
    scope: BuildScope,
    output_record: OutputRecord,
    state: BuildDatabase,
    current_inputs: CurrentInputs | None,
    *,
    force: bool,
) -> dict[str, str]:
    """Return the reason of each selected asset that must be rebuilt, by id, in the plan's order.

    Without ``current_inputs`` today's inputs are unknown, so every selected asset is rebuilt.
    """
    reasons: dict[str, str] = {}
    for asset in scope.selected_assets():
        is_forced = force and asset.path in output_record.entries
        reason = _FORCED if is_forced else _rebuild_reason(asset, output_record, state, current_inputs)
        if reason is not None:
            reasons[asset.id] = reason
    return reasons


def _rebuild_reason(
    asset: Asset, output_record: OutputRecord, state: BuildDatabase, current_inputs: CurrentInputs | None
) -> str | None:
    """Return why an asset must be rebuilt; None if the file in ``out/`` is up to date."""
    entry, row = output_record.entries.get(asset.path), state.rows.get(asset.path)
    if entry is None:
        return _FAILED if asset.id in state.failed_ids else NEW
    if not output_record.has(asset.path):
        return _MISSING
    if current_inputs is None or row is None or row.record is None or row.sha256 != entry.sha256:
        return _UNKNOWN
    if reason := _changed_input(asset, row.record, current_inputs, state):
        return reason
    return None if output_record.is_as_written(asset.path, row.file_stat, by_hash=False) else _EDITED


@dataclass(frozen=True, slots=True)
class BuildPreview:
    """The changes that a build would make.

    Attributes:
        reasons: the rebuild reason of each asset that would be built, by id.
        removed: the paths that would be removed.
        findings: the findings about ``out/`` itself.
        new: the ids among ``reasons`` that were never built.
        up_to_date: the ids of assets that are up to date.
    """

    reasons: dict[str, str]
    removed: list[str]
    findings: tuple[Finding, ...]
    new: frozenset[str] = frozenset()
    up_to_date: tuple[str, ...] = ()


def preview_build(
    campaign: CampaignModel, plan: Plan, selected: frozenset[str], out: Path, *, force: bool = False
) -> BuildPreview:
    """Return the changes that a build of these assets would make, without making them."""
    current_inputs = CurrentInputs.of(campaign, installed_versions(engine_versions()))
    return preview_scope(
        BuildScope(plan, selected, campaign.unreadable_partners), out, current_inputs, force=force
    )


def preview_scope(
    scope: BuildScope, out: Path, current_inputs: CurrentInputs | None = None, *, force: bool = False
) -> BuildPreview:
    """Return the changes that a build of a scope would make, without making them."""
    out_dir = OutDir(out)
    state = read_build_db(out_dir.build_db)
    output_record = OutputRecord(out_dir, state)
    removed = [path for path in output_record.unplanned(scope.paths(), scope.faults()) if out_dir.has(path)]
    reasons = rebuild_reasons(scope, output_record, state, current_inputs, force=force)
    return BuildPreview(
        reasons,
        removed,
        tuple(output_record.findings),
        new=frozenset(asset_id for asset_id, reason in reasons.items() if reason == NEW),
        up_to_date=tuple(asset.id for asset in scope.selected_assets() if asset.id not in reasons),
    )
