"""The work that is measured: the template ``beacon`` in eight sizes, as PNG, for four partners."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from assetgen.loading.model import CampaignModel
    from assetgen.planning.asset import Asset

ROOT = Path(__file__).resolve().parent.parent.parent
# The channel of the catalogue for each size (width, height) in px.
CHANNELS = {
    (1080, 1080): "fb-feed-square",
    (1080, 1350): "fb-feed-portrait",
    (1080, 1920): "fb-story",
    (1200, 628): "gads-landscape",
    (300, 250): "disp-mpu",
    (728, 90): "disp-leaderboard",
    (160, 600): "disp-wide-skyscraper",
    (1920, 1080): "dooh-landscape",
}
PARTNERS = ("nspcc", "staffordshire-county-council", "staffordshire-police", "staffordshire-commissioner")
MESSAGES = ("worried",)
MORE_MESSAGES = (*MESSAGES, "online", "loved-one", "know-the-line", "workforce")
# A limit that no file reaches, so that each is encoded once, without loss, as the peers do.
NO_WEIGHT = 100_000_000
LISTS = re.compile(r"^(messages|channels|locales|template):.*\n(?:[ \t]+.*\n|\n)*", re.M)


def write_campaign_copy(source: Path, folder: Path, messages: Sequence[str] = MESSAGES) -> Path:
    """Write the campaign of ``source`` into ``folder``, with the partners' lists reduced to the work; return it."""
    for name in ("brand", "templates", "partners"):
        shutil.copytree(source / name, folder / name)
    shutil.copy(source / "campaign.yaml", folder)
    (folder / "brand" / "channels.yaml").write_text(yaml.safe_dump(_channels(), allow_unicode=True), "utf-8")
    for partner in sorted(os.listdir(folder / "partners")):
        file = folder / "partners" / partner / "partner.yaml"
        channels = ", ".join(CHANNELS.values()) if partner in PARTNERS else "fb-feed-square"
        lists = f"messages: [{', '.join(messages)}]\nchannels: [{channels}]\nlocales: [en-GB]\n"
        file.write_text(LISTS.sub("", file.read_text("utf-8")) + lists, "utf-8")
    return folder


def _channels() -> dict[str, dict[str, object]]:
    """Return the catalogue's entries of the eight sizes, with one template and format and no size limit."""
    rows: dict[str, dict[str, object]] = {}
    for file in sorted((ROOT / "src/assetgen/catalogue/channels").glob("*.yaml")):
        rows |= yaml.safe_load(file.read_text("utf-8"))
    own = {"template": "beacon", "format": "png", "max_bytes": NO_WEIGHT, "recommended_max_bytes": NO_WEIGHT}
    return {channel: rows[channel] | own for channel in CHANNELS.values()}


def write_partners(folder: Path, count: int, channels: Collection[str]) -> Path:
    """Write the example campaign with ``count`` invented partners, each with these channels and one message."""
    sys.path.append(str(ROOT))
    from tests.support.example_campaign import make_campaign

    make_campaign(folder)
    shutil.rmtree(folder / "partners")
    for number in range(count):
        file = folder / f"partners/partner-{number:04}/partner.yaml"
        file.parent.mkdir(parents=True)
        content = f"name: Council {number:04}\nchannels: [{', '.join(channels)}]\nmessages: [worried]\n"
        file.write_text(content, "utf-8")
    return folder


def function(module: str, name: str) -> Any:
    """Return a function from today's module, or from the package of the foundation commit."""
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError:
        return getattr(import_module("assetgen"), name)


def work(campaign: CampaignModel) -> list[Asset]:
    """Return the assets that are measured, in the order of their sizes."""
    plan_assets = function("assetgen.planning.planner", "plan_assets")
    assets = [one for one in plan_assets(campaign).assets if one.partner in PARTNERS and one.medium != "qr"]
    order = list(CHANNELS.values())
    return sorted(assets, key=lambda one: (order.index(one.channel), one.partner))
