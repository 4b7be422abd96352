"""Real assets and the shaper for tests of layout; nothing is drawn."""

from __future__ import annotations

from functools import cache

from fontTools.ttLib import TTFont

from assetgen.layout.engine_metrics import Measurer
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets
from tests.support.campaigns import altered
from tests.support.tiny import REPO, real_campaign

FAMILY = "Hanken Grotesk"


@cache
def together_assets() -> dict[str, Asset]:
    """Return one asset of each channel that partners choose, as together makes it."""
    campaign = real_campaign()
    partners = {
        name: altered(partner, template={"*": "together"}) for name, partner in campaign.partners.items()
    }
    drawn = [one for one in plan_assets(altered(campaign, partners=partners)).assets if one.template]
    return {one.channel: one for one in sorted(drawn, key=lambda one: one.id)}


@cache
def measurer() -> Measurer:
    campaign = real_campaign()
    return Measurer(campaign.brand.faces)


@cache
def font() -> TTFont:
    return TTFont(REPO / "brand/fonts/HankenGrotesk_700Bold.ttf")
