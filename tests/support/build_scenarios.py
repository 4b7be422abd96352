"""Run builds of three small assets with a fake renderer, and read what they leave in the output folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetgen.building.incremental import BuildScope
from assetgen.building.output_dir import lock_out_dir
from assetgen.building.pipeline import (
    BuildContext,
    BuildOptions,
    BuildResult,
    Progress,
    build_scope,
    result_not_started,
)
from assetgen.building.render_task import RenderFunction
from assetgen.manifest.manifest_file import ManifestHead
from assetgen.planning.asset import Plan
from tests.support.factories import FakeRenderer, make_plan

WORRIED = "acme/worried/ig-story/en-GB"
ONLINE = "acme/online/ig-story/en-GB"
BETA = "beta/worried/ig-story/en-GB"
PLAN = make_plan(WORRIED, ONLINE, BETA)
PATH_BY_ID = {asset.id: asset.path for asset in PLAN.assets}
HEADING = ManifestHead("Stop It Now!", "2026.1", {"assetgen": "0.1.0"})


def read_out_folder(folder: Path) -> dict[str, bytes | None]:
    """Return every file (its bytes) and every folder (None) in ``out/``, without ``.assetgen``."""
    content: dict[str, bytes | None] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name != ".assetgen" and not name.startswith(".assetgen/"):
            content[name] = path.read_bytes() if path.is_file() else None
    return content


@dataclass
class BuildFolder:
    """One ``out/``. Each call of ``run`` is one build into it, in this process unless ``jobs`` is given."""

    out: Path
    progress: list[Progress] = field(default_factory=list)

    def run(
        self,
        make_renderer: Callable[[], RenderFunction] | None = None,
        plan: Plan = PLAN,
        select: Collection[str] | None = None,
        held_partners: frozenset[str] = frozenset(),
        **options: Any,
    ) -> BuildResult:
        """Build the selected assets, by default all; ``options`` are those of ``BuildOptions``."""
        all_ids = {one.id for one in plan.assets} | {one.id for one in plan.unplanned}
        scope = BuildScope(plan, all_ids if select is None else select, held_partners)
        build_options = BuildOptions(**{"supervised": "jobs" in options, **options})
        with lock_out_dir(self.out, build_options.on_wait) as out_dir:
            if out_dir is None:
                return result_not_started(len(scope.selected))
            return build_scope(
                BuildContext(out_dir, scope, build_options, make_renderer or FakeRenderer(), HEADING)
            )

    def run_with_overflows(self, *ids: str) -> BuildResult:
        """Build all assets; those with these ids overflow."""
        return self.run(FakeRenderer(faults=dict.fromkeys(ids, "overflows")))

    def entries(self) -> dict[str, dict[str, Any]]:
        """Return the manifest's entries by id."""
        manifest = json.loads((self.out / "manifest.json").read_text())
        return {entry["id"]: entry for entry in manifest["assets"]}

    def output_path(self, asset_id: str) -> Path:
        return self.out / PATH_BY_ID[asset_id]

    def stale_path(self, asset_id: str) -> Path:
        return self.out / ".assetgen/stale" / PATH_BY_ID[asset_id]

    def rejected_path(self, asset_id: str) -> Path:
        return self.out / ".assetgen/rejected" / PATH_BY_ID[asset_id]

    def journal_path(self) -> Path:
        return self.out / ".assetgen/journal"

    def paths_in_journal(self) -> list[str]:
        """Return the paths in the journal."""
        return [json.loads(line)["path"] for line in self.journal_path().read_text().split("\n") if line]


def clean_build_tree(
    tmp_path: Path, plan: Plan = PLAN, make_renderer: Callable[[], RenderFunction] | None = None
) -> dict[str, Any]:
    """Return what one build leaves in an empty folder."""
    fresh = BuildFolder(tmp_path / "fresh/out")
    fresh.run(make_renderer, plan)
    return read_out_folder(fresh.out)


def plan_without(*ids: str) -> Plan:
    """Return the plan without these assets."""
    return Plan(tuple(asset for asset in PLAN.assets if asset.id not in ids))
