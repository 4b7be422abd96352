"""A campaign whose one partner has print channels; its assets and rendered files."""

from __future__ import annotations

from pathlib import Path

from assetgen.loading.campaign import load_campaign
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets
from assetgen.rendering.rendered_file import RenderedFile
from assetgen.rendering.renderer import Renderer
from tests.support.example_campaign import PARTNER, PARTNER_FILE, make_campaign, write_campaign_file


def write_press_campaign(root: Path, channels: str, keys: str = "", **files: bytes) -> Path:
    """Write the starter's campaign; its one partner has these channels, more keys and more files."""
    make_campaign(root)
    (root / PARTNER_FILE).write_text(
        f"name: Example County Council\nrole: joint\nmessages: [worried]\nchannels: [{channels}]\n{keys}\n",
        "utf-8",
    )
    for name, content in files.items():
        write_campaign_file(root, f"partners/{PARTNER}/{name.replace('_', '.')}", content)
    return root


def asset_of(root: Path, channel: str) -> Asset:
    """Return the first asset of a channel."""
    assets = plan_assets(load_campaign(root).campaign).assets
    return next(one for one in assets if one.channel == channel and one.medium != "qr")


def render_press_asset(root: Path, channel: str) -> RenderedFile:
    """Render the first asset of a channel."""
    return Renderer(load_campaign(root).campaign)(asset_of(root, channel))


def variant_of(root: Path, channel: str, variant: str) -> Asset:
    """Return a variant of a channel's asset."""
    assets = plan_assets(load_campaign(root).campaign).assets
    return next(one for one in assets if (one.channel, one.variant) == (channel, variant))
