"""Inputs for tests of layout: real assets, the text measurer and a font. Nothing is rendered."""

from __future__ import annotations

from functools import cache

from fontTools.ttLib import TTFont

from assetgen.layout.engine_metrics import Measurer
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets
from tests.support.example_campaign import with_values
from tests.support.tiny_campaign import REPO, real_campaign

FAMILY = "Hanken Grotesk"


@cache
def assets_in_together() -> dict[str, Asset]:
    """Return one asset of each channel with a template, all in the template "together"."""
    campaign = real_campaign()
    partners = {
        name: with_values(partner, template={"*": "together"}) for name, partner in campaign.partners.items()
    }
    assets = [one for one in plan_assets(with_values(campaign, partners=partners)).assets if one.template]
    return {one.channel: one for one in sorted(assets, key=lambda one: one.id)}


@cache
def measurer() -> Measurer:
    """Return the measurer of the brand's fonts."""
    campaign = real_campaign()
    return Measurer(campaign.brand.faces)


@cache
def bold_font() -> TTFont:
    """Return the brand's bold font."""
    return TTFont(REPO / "brand/fonts/HankenGrotesk_700Bold.ttf")
