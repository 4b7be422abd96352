"""Build the assets of a campaign from a brand, its messages and a short file for each partner.

    from assetgen import load_campaign, plan_assets, build, verify

Each name is imported on first use, so ``import assetgen`` is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "load_campaign": "assetgen.loading.campaign",
    "plan_assets": "assetgen.planning.planner",
    "build": "assetgen.building.pipeline",
    "verify": "assetgen.verifying.verification",
}
__all__ = ["__version__", "build", "load_campaign", "plan_assets", "verify"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)
