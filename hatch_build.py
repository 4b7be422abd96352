"""The wheel's build hook: completes ``assetgen/starter/`` with the campaign's fonts, pictures and templates.

Git holds each of them once. An editable install needs no copy: there ``init`` reads them where they lie.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# As in assetgen/cli/commands/init.py, which cannot be imported before anything is installed.
SHARED = ("brand/fonts", "brand/images", "templates")


class StarterHook(BuildHookInterface[Any]):
    """Adds the starter's shared files to a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name each folder that the starter shares with the repository's own campaign."""
        if self.target_name == "wheel" and version != "editable":
            for folder in SHARED:
                build_data["force_include"][str(Path(self.root, folder))] = f"assetgen/starter/{folder}"
