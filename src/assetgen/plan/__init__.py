"""The plan: from a campaign to assets whose every value is resolved. Touches no disk."""

from assetgen.plan.asset import Asset, Code, FootMark, LogoRule, Page, Plan, Spec, TypeFloor, WordSet
from assetgen.plan.assets import plan_assets
from assetgen.plan.selection import Selection, select

__all__ = [
    "Asset",
    "Code",
    "FootMark",
    "LogoRule",
    "Page",
    "Plan",
    "Selection",
    "Spec",
    "TypeFloor",
    "WordSet",
    "plan_assets",
    "select",
]
