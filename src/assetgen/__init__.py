"""Build every asset of a campaign from a brand, its messages and a few lines for each partner.

    from assetgen import Campaign

    campaign = Campaign.load("my-campaign")
    result = campaign.build()

``docs/how-to/use-from-python.md`` has a whole program. The names are imported when they are first used, so that
``import assetgen`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetgen.api import Campaign, pack, verify
    from assetgen.building.pipeline import BuildResult, Progress
    from assetgen.errors import AssetgenError, CampaignError, MachineError, RenderError, TemplateError
    from assetgen.findings import Finding, Place, Severity
    from assetgen.packs.pack_run import PackResult
    from assetgen.planning.asset import Asset, Plan
    from assetgen.planning.selection import Selection
    from assetgen.verifying.verification import VerifiedFile, VerifyResult

__version__ = "0.1.0"

__all__ = [
    "Asset",
    "AssetgenError",
    "BuildResult",
    "Campaign",
    "CampaignError",
    "Finding",
    "MachineError",
    "PackResult",
    "Place",
    "Plan",
    "Progress",
    "RenderError",
    "Selection",
    "Severity",
    "TemplateError",
    "VerifiedFile",
    "VerifyResult",
    "__version__",
    "pack",
    "verify",
]

_MODULES = {
    "assetgen.api": ("Campaign", "pack", "verify"),
    "assetgen.building.pipeline": ("BuildResult", "Progress"),
    "assetgen.errors": ("AssetgenError", "CampaignError", "MachineError", "RenderError", "TemplateError"),
    "assetgen.findings": ("Finding", "Place", "Severity"),
    "assetgen.packs.pack_run": ("PackResult",),
    "assetgen.planning.asset": ("Asset", "Plan"),
    "assetgen.planning.selection": ("Selection",),
    "assetgen.verifying.verification": ("VerifiedFile", "VerifyResult"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

if not TYPE_CHECKING:  # a type checker reads the imports above, and so reports a name that does not exist

    def __getattr__(name: str) -> object:
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULE_OF[name]), name)
