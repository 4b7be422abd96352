"""``assetgen.build``: a campaign's plan, or a part of it, into ``out/``. What the command line calls."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from assetgen.build.build import BuildResult, Progress, build_assets
from assetgen.build.manifest import Heading
from assetgen.build.proven import ProvingFactory
from assetgen.campaign.model import Campaign
from assetgen.plan.asset import Plan
from assetgen.plan.assets import plan_assets
from assetgen.plan.selection import Selection, select
from assetgen.render.engine import engine_versions
from assetgen.render.factory import RendererFactory


def build(
    campaign: Campaign,
    *,
    plan: Plan | None = None,
    selection: Selection | None = None,
    out: Path | None = None,
    jobs: int | None = None,
    force: bool = False,
    fail_fast: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> BuildResult:
    """Make the selected assets of a campaign and bring ``out`` (default: the campaign's) in line with its plan.

    ``jobs`` is how many processes draw (default: the cores). Raises CampaignError where the selection
    matches nothing, MachineError where a part of the machine is missing.
    """
    plan = plan or plan_assets(campaign)
    return build_assets(
        plan,
        frozenset(select(plan, selection or Selection(), campaign)),
        out or campaign.root / "out",
        maker=ProvingFactory(RendererFactory(campaign)),
        heading=Heading(campaign.name, campaign.edition, engine_versions()),
        held_partners=campaign.unreadable_partners,
        jobs=jobs or os.cpu_count() or 1,
        force=force,
        fail_fast=fail_fast,
        on_progress=on_progress,
    )
