"""Run builds of three small assets with a fake renderer, and read what they leave in the output folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetgen.building.incremental import BuildScope
from assetgen.building.output_dir import hold_out_dir
from assetgen.building.pipeline import (
    BuildContext,
    BuildOptions,
    BuildResult,
    Progress,
    build_scope,
    never_begun,
)
from assetgen.building.render_task import Render
from assetgen.manifest.manifest_file import Heading
from assetgen.planning.asset import Plan
from tests.support.factories import FakeMaker, make_plan

WORRIED = "acme/worried/ig-story/en-GB"
ONLINE = "acme/online/ig-story/en-GB"
BETA = "beta/worried/ig-story/en-GB"
PLAN = make_plan(WORRIED, ONLINE, BETA)
PATH = {asset.id: asset.path for asset in PLAN.assets}
HEADING = Heading("Stop It Now!", "2026.1", {"assetgen": "0.1.0"})


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Return every file (its bytes) and every folder (None) in ``out/``, without ``.assetgen``."""
    content: dict[str, bytes | None] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name != ".assetgen" and not name.startswith(".assetgen/"):
            content[name] = path.read_bytes() if path.is_file() else None
    return content


@dataclass
class Build:
    """One ``out/``. Each call of ``run`` is one build into it, in this process unless ``jobs`` is given."""

    out: Path
    progress: list[Progress] = field(default_factory=list)

    def run(
        self,
        maker: Callable[[], Render] | None = None,
        plan: Plan = PLAN,
        select: Collection[str] | None = None,
        held_partners: frozenset[str] = frozenset(),
        **options: Any,
    ) -> BuildResult:
        """Build the selected assets, by default all; ``options`` are those of ``BuildOptions``."""
        all_ids = {one.id for one in plan.assets} | {one.id for one in plan.unplanned}
        scope = BuildScope(plan, all_ids if select is None else select, held_partners)
        build_options = BuildOptions(**{"supervised": "jobs" in options, **options})
        with hold_out_dir(self.out, build_options.on_wait) as out_dir:
            if out_dir is None:
                return never_begun(len(scope.selected))
            return build_scope(BuildContext(out_dir, scope, build_options, maker or FakeMaker(), HEADING))

    def fails(self, *ids: str) -> BuildResult:
        """Build all assets; those with these ids overflow."""
        return self.run(FakeMaker(faults=dict.fromkeys(ids, "overflows")))

    def entries(self) -> dict[str, dict[str, Any]]:
        """Return the manifest's entries by id."""
        manifest = json.loads((self.out / "manifest.json").read_text())
        return {entry["id"]: entry for entry in manifest["assets"]}

    def file(self, asset_id: str) -> Path:
        return self.out / PATH[asset_id]

    def stale(self, asset_id: str) -> Path:
        return self.out / ".assetgen/stale" / PATH[asset_id]

    def rejected(self, asset_id: str) -> Path:
        return self.out / ".assetgen/rejected" / PATH[asset_id]

    def journal(self) -> Path:
        return self.out / ".assetgen/journal"

    def journalled(self) -> list[str]:
        """Return the paths in the journal."""
        return [json.loads(line)["path"] for line in self.journal().read_text().split("\n") if line]


def clean_tree(
    tmp_path: Path, plan: Plan = PLAN, maker: Callable[[], Render] | None = None
) -> dict[str, Any]:
    """Return what one build leaves in an empty folder."""
    fresh = Build(tmp_path / "fresh/out")
    fresh.run(maker, plan)
    return snapshot(fresh.out)


def without(*ids: str) -> Plan:
    """Return the plan without these assets."""
    return Plan(tuple(asset for asset in PLAN.assets if asset.id not in ids))
