"""The parts of the machine that drawing needs, and how each is got."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from assetgen.render.engine import PACKAGES, engine_versions

PANGO_REMEDY = {
    "linux": (
        "apt-get install libpango-1.0-0 libpangoft2-1.0-0 (Debian, Ubuntu); "
        "dnf install pango (Fedora); apk add pango (Alpine)"
    ),
    "darwin": "brew install pango",
    "win32": "install MSYS2, then: pacman -S mingw-w64-ucrt-x86_64-pango",
}
LEAST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class MachinePart:
    """One part: whether it is there, and how to get it. ``needed`` is False for what only makes things nicer."""

    name: str
    found: bool
    version: str
    remedy: str
    needed: bool = True


def inspect_machine(root: Path) -> list[MachinePart]:
    """Return every part that a build of the campaign in ``root`` needs."""
    versions = engine_versions()
    python = ".".join(str(number) for number in sys.version_info[:3])
    parts = [MachinePart("python", sys.version_info >= LEAST_PYTHON, python, "Python 3.11 or newer")]
    parts += [
        MachinePart(name, versions[name] != "missing", versions[name], f"pip install {package}")
        for name, package in PACKAGES.items()
    ]
    remedy = PANGO_REMEDY.get(sys.platform, PANGO_REMEDY["linux"])
    parts += [
        MachinePart(name, versions[name] != "missing", versions[name], remedy)
        for name in ("pango", "harfbuzz")
    ]
    parts.append(
        MachinePart("freetype", versions["freetype"] != "missing", versions["freetype"], remedy, needed=False)
    )
    parts.append(_layout(remedy))
    fonts = root / "brand" / "fonts"
    count = len([*fonts.rglob("*.ttf"), *fonts.rglob("*.otf")]) if fonts.is_dir() else 0
    in_campaign = (root / "campaign.yaml").is_file()
    parts.append(
        MachinePart(
            "brand fonts",
            bool(count),
            f"{count} files",
            "put .ttf files into brand/fonts",
            needed=in_campaign,
        )
    )
    writable = os.access(root, os.W_OK)
    parts.append(
        MachinePart(
            "campaign folder", writable, "writable" if writable else "", "give yourself the right to write"
        )
    )
    return parts


def _layout(remedy: str) -> MachinePart:
    """Return whether the layout engine starts: the libraries may be there and yet not be loaded."""
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        return MachinePart("layout engine", False, "", f"{error}; {remedy}")
    return MachinePart("layout engine", True, f"starts ({weasyprint.__version__})", "")
