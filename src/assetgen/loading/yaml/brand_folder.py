"""Find the brand's folder: ``brand`` in the campaign, or one that several campaigns share.

This module imports little, because a build with nothing to do needs it.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from pathlib import Path

MAX_BYTES = 1_000_000
BRAND = "brand"
BRAND_KEY = re.compile(r"""^brand:[ \t]+(["']?)([^"'#\n]+?)\1[ \t]*(?:#.*)?$""", re.MULTILINE)


def brand_folder(root: Path) -> str:
    """Return the path of the brand's folder relative to the campaign, with ``/``: ``brand``, or a shared folder.

    It is read from the text of campaign.yaml, since faults in that file must not hide those of the brand.
    """
    path = root / "campaign.yaml"
    try:
        seen = path.stat()
    except OSError:
        return BRAND
    return _brand_folder(path, seen.st_mtime_ns, seen.st_size) if seen.st_size <= MAX_BYTES else BRAND


@lru_cache(maxsize=64)
def _brand_folder(path: Path, mtime_ns: int, size: int) -> str:
    try:
        found = BRAND_KEY.search(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return BRAND
    folder = posixpath.normpath(found.group(2).strip()) if found else BRAND
    return BRAND if posixpath.isabs(folder) or folder.startswith("~") else folder
