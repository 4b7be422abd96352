"""Measure how long a person waits for ``assetgen --help``, against its two libraries alone, and for one asset.

    .venv/bin/python setup/bench.py

Machines differ; the ratio hardly does. It fails above 3: then something heavy is imported at start-up.
The seconds an asset takes, in eight sizes, are for information: one process, warm, best of three.
What the proofs take is measured beside the plain path on the same pages: laid out, written as PDF, for a
raster file drawn by PDFium and saved as Pillow saves a PNG by default. It fails above 1.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

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
# Every so manieth asset of the campaign is proved: all partners, messages and channels have their turn.
EVERY = 9
PROOF_LIMIT = 1.0


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


def compare_proofs() -> float:
    """Print what proofs take against the plain path, for raster files and PDFs; return the larger ratio."""
    from assetgen import load_campaign, plan_assets
    from assetgen.render.renderer import Renderer

    campaign = load_campaign(ROOT).campaign
    draw = Renderer(campaign)
    taken: dict[str, list[tuple[float, float]]] = {"raster": [], "pdf": []}
    for asset in [one for one in plan_assets(campaign).assets if one.medium != "qr"][::EVERY]:
        kind = "pdf" if asset.format == "pdf" else "raster"
        taken[kind].append(_plain_and_proof_s(draw, asset))
    ratios: list[float] = []
    for kind, rounds in taken.items():
        plain, proof = (sum(column) / len(rounds) * 1000 for column in zip(*rounds, strict=True))
        ratios.append(proof / plain)
        words = f"plain path {plain:5.0f} ms   proofs {proof:5.0f} ms   {proof / plain:.2f} (limit {PROOF_LIMIT:g})"
        print(f"{len(rounds):>5} {kind:<7} {words}")
    return max(ratios)


def _plain_and_proof_s(draw: Renderer, asset: Asset) -> tuple[float, float]:
    """Return the seconds of the plain path and of the proof of one asset; making it warms both."""
    from assetgen.build.proven import proven
    from assetgen.render.raster import rasterise

    with mock.patch.object(draw.engine, "lay_out", wraps=draw.engine.lay_out) as lay_out:
        made = draw(asset)
        asked = lay_out.call_args
    if made.content is None:
        raise SystemExit("\n".join(finding.as_text() for finding in made.findings))
    start = time.perf_counter()
    page = draw.engine.lay_out(*asked.args, **asked.kwargs)
    if asset.format != "pdf":
        rasterise(page, int(asset.spec.width), int(asset.spec.height)).save(io.BytesIO(), "PNG")
    between = time.perf_counter()
    proven(asset, made)
    return between - start, time.perf_counter() - between


def main() -> int:
    """Print the tables; the ratios alone decide."""
    ratio = compare_help()
    draw_assets()
    proofs = compare_proofs()
    return 0 if ratio <= LIMIT and proofs <= PROOF_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
