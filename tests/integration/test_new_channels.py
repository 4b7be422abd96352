"""Every template lays out a new channel of a usual shape without preflight errors, whatever its size.

One row of YAML is all that a new channel needs: templates have a layout for each shape, not for each channel.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.rendering.renderer import Renderer
from tests.support.built_files import with_check_result
from tests.support.template_campaign import ALL_TEMPLATES, template_campaign_files
from tests.support.tiny_campaign import load_tiny

pytestmark = pytest.mark.campaign

# Medium, size in px or mm, safe area, format and viewing distance in m: no existing channel has these sizes.
ROWS = {
    "skyscraper": ("display", (180, 700), "[8, 8, 8, 8]", "png", 0.6),
    "tall": ("social", (900, 1500), "[200, 60, 260, 60]", "png", 0.3),
    "portrait": ("print", (330, 460), "[12, 12, 12, 12]", "pdf", 1.5),
    "square": ("social", (900, 940), "[50, 50, 50, 50]", "png", 0.3),
    "landscape": ("workplace", (1500, 860), "[60, 60, 60, 60]", "png", 1.5),
    "wide": ("print", (2400, 900), "[60, 60, 60, 60]", "pdf", 6),
    "strip": ("display", (820, 100), "[6, 6, 6, 6]", "png", 0.5),
    "round": ("print", (110, 110), "{circle: 100}", "pdf", 0.5),
}
ROW = """\
new-{shape}:
  name: A new {shape}
  medium: {medium}
  size: [{width}, {height}]
  safe: {safe}
  {further_keys}
  format: {format}
  view_m: {view_m}
  copy: {{headline: [long, short, tiny], body: [short], action: []}}
  source: a test
  checked_on: 2026-11-01
"""
MESSAGE = """\
accent: cyan
en-GB:
  headline: {long: Is there something on your mind?, short: Something on your mind?, tiny: On your mind?}
  body: {short: Say it to somebody who will listen.}
  alt: {short: "Something on your mind? Call 0808 157 0123. www.example.org.", long: Something on your mind?}
"""
PARTNERS = {
    "partners/acme/partner.yaml": "name: Harbour Borough Council\nalongside: [other]\n",
    "partners/other/partner.yaml": "name: Example Police\nrole: lead\n",
}


def channel_row(shape: str) -> str:
    medium, (width, height), safe, file_format, view_m = ROWS[shape]
    further_keys = {
        "round": "shape: round\n  requires: [number, address, promise]\n  qr: off",
        "portrait": "scan_m: 0.8",
        "wide": "scan_m: 1.5",
    }.get(shape, "qr: off")
    return ROW.format(
        shape=shape, medium=medium, width=width, height=height, safe=safe, format=file_format, view_m=view_m,
        further_keys=further_keys,
    )  # fmt: skip


def test_each_new_channel_has_the_shape_in_its_name(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path, campaign_files("beacon"))

    assert {
        asset.channel.removeprefix("new-"): campaign.channels[asset.channel].shape
        for asset in assets.values()
        if asset.template
    } == {shape: shape for shape in ROWS}


def campaign_files(template: str) -> dict[str, str]:
    files = template_campaign_files(template, "".join(map(channel_row, ROWS)), MESSAGE, PARTNERS)
    campaign = files["campaign.yaml"].replace('["tiny-*"]', '["new-*"]')
    return {**files, "campaign.yaml": campaign}


@pytest.mark.parametrize("background", ["dark", "light"])
@pytest.mark.parametrize("template", ALL_TEMPLATES)
def test_template_renders_a_new_channel_of_each_shape_without_errors(
    template: str, background: str, tmp_path: Path
) -> None:
    files = campaign_files(template)
    files["campaign.yaml"] += f"background: {background}\n"
    campaign, assets = load_tiny(tmp_path, files)
    render = Renderer(campaign)

    rendered = [(asset, render(asset)) for asset in assets.values() if asset.template]
    errors = [
        finding.as_text()
        for asset, file in rendered
        for finding in with_check_result(asset, file).findings
        if finding.is_error
    ]

    assert len(rendered) == len(ROWS) * len(PARTNERS)
    assert errors == [], "\n".join(errors)
