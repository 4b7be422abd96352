"""Measure the rendering of assets against other programs, an older commit, and variants of assetgen itself."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from bench import sources
from bench.contenders import Contender, one_core, run_rounds
from bench.goals import Goal, at_least, at_most, table
from bench.jobs import jobs_s
from bench.workload import CHANNELS, MORE_MESSAGES, PARTNERS, ROOT, write_campaign_copy

ROUNDS = 5
PLAIN, PROVEN, FOUNDATION = "assetgen", "assetgen, with checks", "assetgen, foundation"
CHROMIUM, SATORI = "Chromium", "satori + resvg"


@dataclass(frozen=True, slots=True)
class Speed:
    """The tables and goals of one run. ``gaps`` lists what was missing, and how to install it."""

    tables: tuple[str, ...]
    goals: tuple[Goal, ...]
    gaps: tuple[str, ...]


def measure_speed(rounds: int = ROUNDS) -> Speed:
    """Let all contenders render in turn on one core; then measure builds with one job and with two."""
    with tempfile.TemporaryDirectory(prefix="assetgen-bench-") as name:
        folder = Path(name)
        chromium, gap = sources.set_up_peers()
        gaps = [gap] if gap else []
        with one_core(), _started(folder, chromium, gaps) as contenders:
            run_rounds(list(contenders.values()), rounds)
            saved_ms = _best_saved_ms(contenders[PLAIN], rounds)
            differences = _differences(contenders, folder)
        one_s, two_s = jobs_s(write_campaign_copy(ROOT, _new(folder, "jobs"), MORE_MESSAGES))
    means = {name: one.mean_ms for name, one in contenders.items()}
    tables = (
        _means_table(means, differences),
        _sizes_table(contenders),
        _others_table(saved_ms, means, one_s, two_s),
    )
    return Speed(tables, _goals(means, saved_ms, one_s / two_s), tuple(gaps))


def _goals(means: dict[str, float], saved_ms: float, jobs: float) -> tuple[Goal, ...]:
    own = means[PLAIN]

    def over_own(name: str) -> float | None:
        return means[name] / own if name in means else None

    foundation = over_own(FOUNDATION)
    return (
        at_least("assets a second, against headless Chromium", over_own(CHROMIUM), 3.0),
        at_least("assets a second, against satori + resvg", over_own(SATORI), 1.0),
        at_most("ms an asset, against the foundation", 1 / foundation if foundation else None, 1.0),
        at_most("a saved template to one asset's pixels, against rendering it", saved_ms / own, 3.0),
        at_least("builds with two jobs, against one", jobs, 1.6),
    )


def _new(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


@contextmanager
def _started(folder: Path, chromium: Path | None, gaps: list[str]) -> Iterator[dict[str, Contender]]:
    """Start every contender that can start; add to ``gaps`` why another one cannot."""
    with ExitStack() as stack:
        started: dict[str, Contender] = {}

        def start(contender: Contender) -> None:
            stack.callback(contender.stop)
            try:
                contender.start()
            except (OSError, RuntimeError) as error:
                gaps.append(f"{contender.name}: {error}")
            else:
                started[contender.name] = contender

        campaign = write_campaign_copy(ROOT, _new(folder, "campaign"))
        start(_painter(PLAIN, ROOT, campaign, "PLAIN"))
        if PLAIN not in started:
            raise SystemExit("\n".join(gaps))
        scenes = folder / "scenes.json"
        started[PLAIN].ask(f"scenes {scenes}")
        start(_painter(PROVEN, ROOT, campaign, "PROVEN"))
        if source := sources.foundation(_new(folder, "foundation")):
            own = write_campaign_copy(source, _new(folder, "foundation-campaign"))
            start(_painter(FOUNDATION, source, own, "FOUNDATION"))
        else:
            gaps.append(f"the foundation: git has no commit {sources.FOUNDATION}")
        start(Contender(SATORI, ("node", "satori.mjs", str(scenes)), folder=sources.PEERS))
        if chromium:
            start(
                Contender(
                    CHROMIUM, ("node", "chromium.mjs", str(scenes), str(chromium)), folder=sources.PEERS
                )
            )
        yield started


def _painter(name: str, source: Path, campaign: Path, kind: str) -> Contender:
    path = os.pathsep.join((str(source / "src"), str(ROOT / "setup")))
    command = (sys.executable, "-m", "bench.assetgen_contender", str(campaign), kind)
    return Contender(name, command, {"PYTHONPATH": path})


def _best_saved_ms(painter: Contender, rounds: int) -> float:
    """Return the mean over all pages of the best ms from a saved template to finished pixels."""
    answers = [painter.ask("saved") for _ in range(min(rounds, 3))]
    best: list[float] = [min(page) for page in zip(*answers, strict=True)]
    return sum(best) / len(best)


def _differences(contenders: dict[str, Contender], folder: Path) -> dict[str, float]:
    """Return the mean difference of all pixels between each contender's pictures and assetgen's, 0 to 255."""
    for name, contender in contenders.items():
        contender.ask(f"save {folder / 'pictures' / name}")
    own = folder / "pictures" / PLAIN
    return {
        name: float(
            np.mean([_distance(file, folder / "pictures" / name / file.name) for file in own.iterdir()])
        )
        for name in contenders
    }


def _distance(one: Path, other: Path) -> float:
    pictures = [Image.open(io.BytesIO(file.read_bytes())).convert("RGB") for file in (one, other)]
    if pictures[0].size != pictures[1].size:
        raise SystemExit(f"{other.parent.name} drew {pictures[1].size} px, not {pictures[0].size}")
    first, second = (np.asarray(picture, dtype=np.float64) for picture in pictures)
    return float(np.abs(first - second).mean())


def _means_table(means: dict[str, float], differences: dict[str, float]) -> str:
    rows = [
        (name, f"{mean:.1f}", f"{mean / means[PLAIN]:.2f}", f"{differences[name]:.1f}")
        for name, mean in means.items()
    ]
    return table(
        ("eight sizes, four partners, PNG", "ms an asset", "times assetgen", "difference, of 255"), rows
    )


def _sizes_table(contenders: dict[str, Contender]) -> str:
    rows = []
    for index, (width, height) in enumerate(CHANNELS):
        pages = slice(index * len(PARTNERS), (index + 1) * len(PARTNERS))
        rows.append((f"{width} × {height}", *(_mean(one.pages_ms[pages]) for one in contenders.values())))
    return table(("ms an asset, by size", *contenders), rows)


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.1f}"


def _others_table(saved_ms: float, means: dict[str, float], one_s: float, two_s: float) -> str:
    rows = [
        ("preflight checks of an asset", f"{means[PROVEN] - means[PLAIN]:.1f} ms"),
        ("a saved template to one asset's pixels", f"{saved_ms:.1f} ms"),
        ("a build of all five messages, one job", f"{one_s:.1f} s"),
        ("the same, two jobs", f"{two_s:.1f} s"),
    ]
    return table(("other measurements", "took"), rows)
