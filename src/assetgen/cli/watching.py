"""``build --watch``: which saved files are a reason to build again."""

from __future__ import annotations

import os
from pathlib import Path

SOURCES = frozenset({"campaign.yaml", "brand", "partners", "templates"})
# What editors write beside a file while it is open; 4913 is Vim's trial of whether it may write here.
EDITORS_ENDS = ("~", "#", ".swp", ".swx", ".tmp", ".bak")
EDITORS_NAMES = frozenset({"4913", "__pycache__"})


class SourceFilter:
    """Says whether a saved file can change what is built; the form of watchfiles' ``watch_filter``."""

    def __init__(self, root: Path, out: Path) -> None:
        """Take the campaign's folder, and the folder that is built into, which may lie in it."""
        self.root = Path(os.path.realpath(root))
        self._out = Path(os.path.realpath(out))

    def __call__(self, change: object, path: str) -> bool:
        """Judge a path by what stands below the campaign's folder: what lies above may be called anything."""
        saved = Path(path)
        if not saved.is_relative_to(self.root) or saved.is_relative_to(self._out):
            return False
        parts = saved.relative_to(self.root).parts
        return bool(parts) and parts[0] in SOURCES and not any(map(_is_nobodys_source, parts))


def _is_nobodys_source(part: str) -> bool:
    """Say whether a file or folder of this name is hidden, or an editor's own."""
    return part.startswith(".") or part.endswith(EDITORS_ENDS) or part in EDITORS_NAMES
