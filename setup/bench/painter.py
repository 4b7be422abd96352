"""One contender that is assetgen: a process that makes the work when asked, in the code that PYTHONPATH names.

    python -m bench.painter CAMPAIGN FOUNDATION|PLAIN|PROVEN

It answers lines of words with lines of JSON, as ``peers/contender.mjs`` does. It uses what the foundation has too.
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

from bench.workload import work

TEMPLATE = Path("templates/beacon/template.html")


def _renderer(campaign: Any) -> Any:
    """Return the renderer, from where the foundation's source has it or from where it is now."""
    try:
        module = import_module("assetgen.rendering.renderer")
    except ModuleNotFoundError:
        module = import_module("assetgen.render.renderer")
    return module.Renderer(campaign)


def main(folder: Path, kind: str) -> None:
    """Make all once, then answer until the input ends."""
    from assetgen import load_campaign

    campaign = load_campaign(folder).campaign
    assets = work(campaign)
    draw = _renderer(campaign)
    make: Callable[[Any], Any] = draw
    if kind == "PROVEN":
        from bench.proofs import proven

        make = lambda asset: proven(asset, draw(asset))  # noqa: E731
    for asset in assets:
        _finished(make, asset)
    gc.freeze()  # as a worker does
    _say("ready")
    for line in sys.stdin:
        word, _, where = line.strip().partition(" ")
        if word == "scenes":
            from bench.scenes import scenes

            Path(where).write_text(json.dumps(scenes(draw, assets)), "utf-8")
            _say([asset.channel for asset in assets])
        elif word == "saved":
            _say([_after_saving_ms(folder, asset.id) for asset in assets])
        else:
            _say(
                [
                    _making_ms(make, asset, where and Path(where) / f"{n}.png")
                    for n, asset in enumerate(assets)
                ]
            )


def _say(answer: object) -> None:
    print(json.dumps(answer), flush=True)


def _finished(make: Callable[[Any], Any], asset: Any) -> bytes:
    made = make(asset)
    if made.content is None:
        raise SystemExit("\n".join(finding.as_text() for finding in made.findings))
    return bytes(made.content)


def _making_ms(make: Callable[[Any], Any], asset: Any, file: Path | str) -> float:
    start = time.perf_counter()
    content = _finished(make, asset)
    taken_ms = (time.perf_counter() - start) * 1000
    if isinstance(file, Path):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return taken_ms


def _after_saving_ms(folder: Path, asset_id: str) -> float:
    """Return the time from a template's saving to one asset's finished pixels: all is read and planned anew."""
    from assetgen import load_campaign, plan_assets
    from assetgen.rendering.renderer import Renderer

    template = folder / TEMPLATE
    template.write_bytes(
        template.read_bytes() + b"\n"
    )  # another text each time: what is kept by the text is no help
    start = time.perf_counter()
    campaign = load_campaign(folder).campaign
    asset = next(one for one in plan_assets(campaign).assets if one.id == asset_id)
    _finished(Renderer(campaign), asset)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
