"""A campaign small enough to break on purpose: one message, one partner, one template, two channels.

``write_tiny`` writes it with the files that a test changes or adds; ``make`` renders one asset. The fonts are those
of the real campaign, which include their licence.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from assetgen.loading.campaign import load_campaign
from assetgen.loading.model import CampaignModel
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets
from assetgen.rendering.rendered_file import RenderedFile
from assetgen.rendering.renderer import Renderer

REPO = Path(__file__).parents[2]
CARD_ID, SHEET_ID = "acme/hello/tiny-card/en-GB", "acme/hello/tiny-sheet/en-GB"

TEMPLATE_HTML = """\
{% extends "assetgen/page.html" %}
{% block page %}
{{ text("headline", "h1") }}
{{ text("number") }}
{% include "bare/extra.html" %}
{% endblock %}
"""
STYLE_CSS = """\
/* Bare */
.headline { color: var(--ink); }
.number { color: var(--ink); }
"""
FILES: Mapping[str, str] = {
    "campaign.yaml": """\
name: Open Door Line
slug: open-door
edition: "1"
released: 2026-11-01
messages: [hello]
locales: [en-GB]
channels: [tiny-card, tiny-sheet]
template: bare
""",
    "brand/brand.yaml": """\
led_by: the Example Foundation
palette:
  ink: {srgb: "#10262C", coated: [60, 20, 0, 90], uncoated: [55, 15, 0, 85], newsprint: [50, 10, 0, 85]}
  paper: {srgb: "#FBF6EE", coated: [0, 2, 6, 0], uncoated: [0, 0, 4, 0], newsprint: [0, 0, 0, 0]}
fonts: {text: Hanken Grotesk}
labels:
  en-GB: {call: Call, scan: Scan or call, partnership: With, edition: Edition, led_by: Led by}
facts:
  name: Open Door Line
  number: {display: "0808 157 0123", tel: "+448081570123"}
  address: {display: www.example.org, url: "https://www.example.org/"}
  promise: {en-GB: Confidential and anonymous}
  hosts: [www.example.org]
""",
    "brand/channels.yaml": """\
tiny-card:
  name: Card
  medium: social
  size: [320, 180]
  safe: [10, 10, 10, 10]
  shape: landscape
  format: png
  px_mm: 0.26
  requires: [number]
  copy: {headline: [short], body: [], action: []}
  source: a test
  checked_on: 2026-11-01
tiny-sheet:
  name: Sheet
  medium: print
  size: [80, 45]
  safe: [3, 3, 3, 3]
  bleed_mm: 3
  shape: landscape
  format: pdf
  requires: [number]
  qr: off
  copy: {headline: [short], body: [], action: []}
  source: a test
  checked_on: 2026-11-01
""",
    "brand/messages/hello.yaml": """\
accent: ink
en-GB:
  headline: {short: Talk to us}
  alt: {short: Talk to us}
""",
    "partners/acme/partner.yaml": "name: Acme\n",
    "templates/bare/template.yaml": """\
name: Bare
about: Words on nothing.
backgrounds: [light]
parts:
  headline: {weights: [700], max_size: 0.2}
  number: {weights: [700], max_size: 0.2}
shapes:
  landscape:
    copy: {box: [0, 0, 1, 0.5], column: [headline]}
    cta: {box: [0, 0.5, 1, 0.5], column: [number], anchor: bottom}
    cta_on: field
""",
    "templates/bare/template.html": TEMPLATE_HTML,
    "templates/bare/extra.html": "",
    "templates/bare/style.css": STYLE_CSS,
}


def write_tiny(root: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write the campaign into a folder, with some files changed or added, and return the folder."""
    for name, text in {**FILES, **(changes or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    if not (root / "brand/fonts").exists():
        shutil.copytree(REPO / "brand/fonts", root / "brand/fonts")
    return root


def load_tiny(root: Path, changes: Mapping[str, str] | None = None) -> tuple[CampaignModel, dict[str, Asset]]:
    """Write and load the campaign; return it and its assets by id."""
    campaign = load_campaign(write_tiny(root, changes)).campaign
    return campaign, plan_assets(campaign).by_id()


def render_tiny(
    root: Path, changes: Mapping[str, str] | None = None, asset_id: str = CARD_ID
) -> RenderedFile:
    """Render one asset of the campaign with some files changed."""
    campaign, assets = load_tiny(root, changes)
    return Renderer(campaign)(assets[asset_id])


def finding_texts(made: RenderedFile) -> list[str]:
    """Return the texts of a rendered file's findings."""
    return [finding.as_text() for finding in made.findings]


@cache
def real_campaign() -> CampaignModel:
    """Return the campaign of this repository, loaded once per process."""
    return load_campaign(REPO).campaign


@cache
def real_assets() -> tuple[Asset, ...]:
    """Return all planned assets of the campaign of this repository."""
    return plan_assets(real_campaign()).assets


@cache
def one_asset_per_channel() -> tuple[Asset, ...]:
    """Return one asset of each channel of the real campaign that has a template, sorted by channel."""
    assets = [asset for asset in real_assets() if asset.template is not None]
    return tuple({asset.channel: asset for asset in sorted(assets, key=lambda a: (a.channel, a.id))}.values())
