"""A contender that is assetgen: a process that renders the pages on request, with the code on PYTHONPATH.

    python -m bench.assetgen_contender CAMPAIGN FOUNDATION|PLAIN|PROVEN

It answers lines of text with lines of JSON, like ``peers/contender.mjs``. It uses only functions that the foundation
commit also has.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.workload import function, work

TEMPLATE = Path("templates/beacon/template.html")


def _renderer(campaign: Any) -> Any:
    """Return the renderer, from today's module or from that of the foundation commit."""
    try:
        module = import_module("assetgen.rendering.renderer")
    except ModuleNotFoundError:
        module = import_module("assetgen.render.renderer")
    return module.Renderer(campaign)


def main(folder: Path, kind: str) -> None:
    """Render every page once, then answer requests until the input ends."""
    load_campaign = function("assetgen.loading.campaign", "load_campaign")
    campaign = load_campaign(folder).campaign
    assets = work(campaign)
    draw = _renderer(campaign)
    make: Callable[[Any], Any] = draw
    if kind == "PROVEN":
        from bench.checks_time import run_checks

        make = lambda asset: run_checks(asset, draw(asset))  # noqa: E731
    for asset in assets:
        _finished(make, asset)
    gc.freeze()  # as a worker does
    _answer("ready")
    for line in sys.stdin:
        request, _, target = line.strip().partition(" ")
        if request == "scenes":
            from bench.scenes import scenes

            Path(target).write_text(json.dumps(scenes(draw, assets)), "utf-8")
            _answer([asset.channel for asset in assets])
        elif request == "saved":
            _answer([_after_saving_ms(folder, asset.id) for asset in assets])
        else:
            _answer(
                [
                    _rendering_ms(make, asset, target and Path(target) / f"{n}.png")
                    for n, asset in enumerate(assets)
                ]
            )


def _answer(answer: object) -> None:
    print(json.dumps(answer), flush=True)


def _finished(make: Callable[[Any], Any], asset: Any) -> bytes:
    """Return the bytes of a rendered asset; exit with its findings if it fails."""
    made = make(asset)
    if made.content is None:
        raise SystemExit("\n".join(finding.as_text() for finding in made.findings))
    return bytes(made.content)


def _rendering_ms(make: Callable[[Any], Any], asset: Any, file: Path | str) -> float:
    """Return the ms of rendering an asset; save it if ``file`` is a path."""
    start = time.perf_counter()
    content = _finished(make, asset)
    taken_ms = (time.perf_counter() - start) * 1000
    if isinstance(file, Path):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return taken_ms


def _after_saving_ms(folder: Path, asset_id: str) -> float:
    """Return the ms from saving a template to one asset's finished pixels; all files are read and planned again."""
    from assetgen.loading.campaign import load_campaign
    from assetgen.planning.planner import plan_assets
    from assetgen.rendering.renderer import Renderer

    template = folder / TEMPLATE
    template.write_bytes(
        template.read_bytes() + b"\n"
    )  # a different text each time, so that caches by content do not help
    start = time.perf_counter()
    campaign = load_campaign(folder).campaign
    asset = next(one for one in plan_assets(campaign).assets if one.id == asset_id)
    _finished(Renderer(campaign), asset)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
