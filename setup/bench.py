"""Measure how long a person waits for ``assetgen --help``, against its two libraries alone, and for one asset.

    .venv/bin/python setup/bench.py

Machines differ; the ratio hardly does. It fails above 3: then something heavy is imported at start-up.
The seconds an asset takes, in eight sizes, are for information: one process, warm, best of three.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetgen.plan import Asset
    from assetgen.render.renderer import Renderer

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 9
LIMIT = 3.0
GROUND = (sys.executable, "-c", "import typer, rich")
HELP = (sys.executable, "-m", "assetgen", "--help")
SIZES = (
    (1080, 1080),
    (1080, 1350),
    (1080, 1920),
    (1200, 628),
    (300, 250),
    (728, 90),
    (160, 600),
    (1920, 1080),
)
DRAWINGS = 3


def seconds(command: tuple[str, ...]) -> float:
    """Return the wall-clock time of one run of a command, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def compare_help() -> float:
    """Print the times of both and return their ratio: the best of several rounds of each, one after the
    other, so that both meet the same noise."""
    rounds = [(seconds(GROUND), seconds(HELP)) for _ in range(ROUNDS)]
    ground = min(first for first, _ in rounds)
    shown = min(second for _, second in rounds)
    ratio = shown / ground
    print(f"import typer, rich   {ground * 1000:6.0f} ms")
    print(f"assetgen --help      {shown * 1000:6.0f} ms   {ratio:.2f} times as long (limit {LIMIT:.0f})")
    return ratio


def assets_by_size() -> dict[tuple[int, int], Asset]:
    """Return the campaign's first screen asset of each size that has one."""
    from assetgen import load_campaign, plan_assets

    found: dict[tuple[int, int], Asset] = {}
    for asset in plan_assets(load_campaign(ROOT).campaign).assets:
        if asset.spec.unit == "px" and asset.medium != "qr":
            found.setdefault((int(asset.spec.width), int(asset.spec.height)), asset)
    return {size: found[size] for size in SIZES if size in found}


def draw_assets() -> None:
    """Print how long one asset of each size takes."""
    from assetgen import load_campaign
    from assetgen.render.renderer import Renderer

    draw = Renderer(load_campaign(ROOT).campaign)
    for (width, height), asset in assets_by_size().items():
        best = min(_drawing_s(draw, asset) for _ in range(DRAWINGS))
        print(f"{width:>5} × {height:<5} {asset.format:<4} {best * 1000:6.0f} ms   {asset.channel}")


def _drawing_s(draw: Renderer, asset: Asset) -> float:
    start = time.perf_counter()
    made = draw(asset)
    if made.content is None:
        raise SystemExit("\n".join(finding.as_text() for finding in made.findings))
    return time.perf_counter() - start


def main() -> int:
    """Print both tables; the ratio alone decides."""
    ratio = compare_help()
    draw_assets()
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
