"""Build hook of the wheel: add the campaign's fonts, pictures and templates to ``assetgen/starter/``.

The repository holds these files only once. An editable install needs no copies: there ``init`` reads the originals.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The same list as in assetgen/creating/new_campaign.py, which cannot be imported while the wheel is built.
SHARED = ("brand/fonts", "brand/images", "templates")


class StarterHook(BuildHookInterface[Any]):
    """Hatch build hook that adds the starter's shared files to a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Include each folder that the starter shares with the repository's own campaign."""
        if self.target_name == "wheel" and version != "editable":
            for folder in SHARED:
                build_data["force_include"][str(Path(self.root, folder))] = f"assetgen/starter/{folder}"
