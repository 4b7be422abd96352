"""``assetgen.build``: a campaign's plan, or a part of it, into ``out/``. What the command line calls."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from assetgen.building.build_cache import KeepingFactory, Store
from assetgen.building.fingerprint import Versions, versions_of
from assetgen.building.incremental import Keys
from assetgen.building.output_dir import OWN_FOLDER, stopping_the_build
from assetgen.building.pipeline import BuildResult, Preview, Progress, build_assets, preview_build
from assetgen.building.pool.task import MakerFactory
from assetgen.loading.model import Campaign
from assetgen.manifest.manifest_file import Heading
from assetgen.planning.asset import Plan
from assetgen.planning.planner import plan_assets
from assetgen.planning.selection import Selection, select
from assetgen.rendering.engine.machine import engine_versions
from assetgen.rendering.rendered_file import RendererFactory


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
    on_wait: Callable[[], None] = lambda: None,
) -> BuildResult:
    """Make the selected assets of a campaign and bring ``out`` (default: the campaign's) in line with its plan.

    ``jobs`` is how many processes draw (default: the cores). Raises CampaignError where the selection
    matches nothing, MachineError where a part of the machine is missing.
    """
    plan = plan or plan_assets(campaign)
    folder = Path(os.path.realpath(out or campaign.root / "out"))
    selected = frozenset(select(plan, selection or Selection(), campaign))
    with ExitStack() as stack:
        parts = parts_of(campaign, folder, versions_of(engine_versions()), force=force, stack=stack)
        return build_assets(
            plan,
            selected,
            folder,
            maker=parts.maker,
            heading=parts.heading,
            keys=parts.keys,
            held_partners=campaign.unreadable_partners,
            jobs=jobs or os.cpu_count() or 1,
            force=force,
            fail_fast=fail_fast,
            on_progress=on_progress,
            on_wait=on_wait,
        )


@dataclass(frozen=True, slots=True)
class BuildParts:
    """What the build of a campaign is given: who makes, what the manifest says first, what the keys are made of."""

    maker: MakerFactory
    heading: Heading
    keys: Keys


def parts_of(
    campaign: Campaign, out: Path, versions: Versions, *, force: bool, stack: ExitStack
) -> BuildParts:
    """Return the parts of a campaign's build into ``out``; its store is in use until ``stack`` is closed."""
    own = own_folder(campaign.root)
    if own:
        with stopping_the_build("use the store of finished work"):
            stack.enter_context(Store(own).in_use())
    drawing = RendererFactory(campaign, own or out / OWN_FOLDER)
    return BuildParts(
        maker=KeepingFactory(drawing, campaign, own, versions, anew=force),
        heading=Heading(campaign.file.name, campaign.file.edition, versions.engine),
        keys=Keys.of(campaign, versions),
    )


def preview(
    campaign: Campaign, plan: Plan, selected: frozenset[str], out: Path, *, force: bool = False
) -> Preview:
    """Return what ``build`` would do with these assets; touch nothing."""
    return preview_build(
        plan,
        selected,
        out,
        keys=Keys.of(campaign, versions_of(engine_versions())),
        held_partners=campaign.unreadable_partners,
        force=force,
    )


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
