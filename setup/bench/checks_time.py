"""Measure the preflight checks of the whole campaign, compared with plain rendering of the same pages.

Plain rendering: lay out the page and write a PDF. For a raster file also draw it with PDFium, and save it as PNG with
Pillow's defaults.
"""

from __future__ import annotations

import gc
import io
import time
from typing import TYPE_CHECKING
from unittest import mock

from PIL import Image

from bench.workload import ROOT

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset
    from assetgen.rendering.rendered_file import RenderedFile
    from assetgen.rendering.renderer import Renderer


def measure_checks_ms() -> dict[str, tuple[int, float, float]]:
    """Return, for raster files and PDFs, their number and the mean ms of plain rendering and of the checks."""
    from assetgen.loading.campaign import load_campaign
    from assetgen.planning.planner import plan_assets
    from assetgen.rendering.renderer import Renderer

    campaign = load_campaign(ROOT).campaign
    draw = Renderer(campaign)
    taken: dict[str, list[tuple[float, float]]] = {"raster": [], "pdf": []}
    assets = [one for one in plan_assets(campaign).assets if one.medium != "qr"]
    gc.freeze()  # as a worker does
    for asset in assets:
        kind = "pdf" if asset.format == "pdf" else "raster"
        taken[kind].append(_plain_and_checks_s(draw, asset))
    means: dict[str, tuple[int, float, float]] = {}
    for kind, rounds in taken.items():
        plain, proof = (sum(column) / len(rounds) * 1000 for column in zip(*rounds, strict=True))
        means[kind] = (len(rounds), plain, proof)
    return means


def run_checks(asset: Asset, made: RenderedFile) -> RenderedFile:
    """Run the preflight checks on a rendered asset; return it with their results, or unchanged if rendering failed."""
    from assetgen.building.render_task import check_rendered, with_verdict

    return made if made.content is None else with_verdict(asset, made, *check_rendered(asset, made))


def _plain_and_checks_s(draw: Renderer, asset: Asset) -> tuple[float, float]:
    """Return the seconds of plain rendering and of the checks of one asset, after a first, unmeasured rendering."""
    from assetgen.rendering.images.raster import rasterise

    with mock.patch.object(draw.engine, "lay_out", wraps=draw.engine.lay_out) as lay_out:
        made = draw(asset)
        call = lay_out.call_args
    if made.content is None:
        raise SystemExit("\n".join(finding.as_text() for finding in made.findings))
    start = time.perf_counter()
    page = draw.engine.lay_out(*call.args, **call.kwargs)
    if asset.format != "pdf":
        Image.fromarray(rasterise(page, int(asset.spec.width), int(asset.spec.height))).save(
            io.BytesIO(), "PNG"
        )
    between = time.perf_counter()
    run_checks(asset, made)
    return between - start, time.perf_counter() - between
