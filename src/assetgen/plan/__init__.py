"""The plan: from a campaign to assets whose every value is resolved. Touches no disk.

The names are looked up when they are used: whoever asks for a ``Selection`` alone does not wait for the planning.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assetgen.plan.asset import Asset, Code, FootMark, LogoRule, Page, Plan, Spec, TypeFloor, WordSet
    from assetgen.plan.assets import plan_assets
    from assetgen.plan.selection import Selection, select

_HOMES = {"plan_assets": "assetgen.plan.assets"} | dict.fromkeys(
    ("Selection", "select"), "assetgen.plan.selection"
)
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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "assetgen.plan.asset")), name)
