"""Measure what a build costs that has little or nothing to do, among 10,000 assets, against two libraries' import.

    .venv/bin/python setup/bench_incremental.py

The campaign is the starter's with 272 partners, made up; their files are not drawn (one of 2 kB stands for each), since
here only what a build does beside drawing counts. Two ratios, each of one run, in units of ``import typer, rich``:
nothing to do; and one partner's file changed, beyond what the same change takes in a campaign of that partner alone.
Writes its table into benchmarks/RESULTS.md, and ends with 1 where either is above 10.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from bench.goals import Goal, at_most, table
from bench.results import write_section

ROUNDS = 5
LIMIT = 10.0
PARTNERS = 271
CHANNELS = '["social/*"]'
BACKGROUND = (sys.executable, "-c", "import typer, rich")
CHANGED = "small"


def write_campaign(folder: Path, partners: int) -> Path:
    """Write the starter's campaign with so many large partners and one small one, which asks for two channels."""
    from assetgen.cli.commands.init import write_starter

    write_starter(folder)
    shutil.rmtree(folder / "partners")
    for number in range(partners):
        _write_partner(folder, f"partner-{number:04}", CHANNELS)
    _write_partner(folder, CHANGED, "[ig-square, disp-mpu]")
    return folder


def _write_partner(folder: Path, name: str, channels: str) -> None:
    file = folder / "partners" / name / "partner.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"name: Council {name}\nchannels: {channels}\nmessages: [worried]\n", "utf-8")


def build_undrawn(folder: Path) -> int:
    """Build a campaign with a file of 2 kB in place of each drawing; return how many assets it has."""
    from assetgen.building.pipeline import BuildOptions, build_folder
    from assetgen.building.render_task import CheckedRenderer
    from assetgen.loading.campaign import load_campaign
    from assetgen.planning.asset import Asset
    from assetgen.planning.selection import Selection
    from assetgen.rendering.rendered_file import Made

    def make(_renderer: CheckedRenderer, asset: Asset) -> Made:
        content = asset.id.encode() * (2000 // len(asset.id))
        return Made(asset.id, content, hashlib.sha256(content).hexdigest(), {}, (), {})

    with mock.patch.object(CheckedRenderer, "__call__", make):
        done = build_folder(
            folder,
            lambda some: load_campaign(folder, some),
            Selection(),
            folder / "out",
            # In this process: a worker of its own would draw.
            BuildOptions(supervised=False),
        )
    if done.result.failed:
        raise SystemExit("\n".join(finding.as_text() for finding in done.result.findings[:5]))
    return done.result.built


def seconds(*command: str) -> float:
    """Return the wall-clock time of one run of a command, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return time.perf_counter() - start


def build(folder: Path) -> float:
    """Return the seconds of one build as a user calls it."""
    return seconds(sys.executable, "-m", "assetgen", "-C", str(folder), "build", "-j", "1")


def change(folder: Path, number: int) -> None:
    """Change the words of the small partner, to others each time."""
    file = folder / "partners" / CHANGED / "partner.yaml"
    words = f"name: Council {number}\nchannels: [ig-square, disp-mpu]\nmessages: [worried]\n"
    file.write_text(words, "utf-8")


def measure(folder: Path) -> tuple[int, tuple[float, float, float, float]]:
    """Return how many assets there are, and the best seconds of: the import alone; nothing to do; one partner changed;
    the same change alone."""
    many = write_campaign(folder / "many", PARTNERS)
    alone = write_campaign(folder / "alone", 0)
    made = build_undrawn(many)
    build_undrawn(alone)
    rounds = []
    for number in range(ROUNDS):
        background, nothing = seconds(*BACKGROUND), build(many)
        change(many, number)
        change(alone, number)
        rounds.append((background, nothing, build(many), build(alone)))
    background, nothing, changed, small = (min(column) for column in zip(*rounds, strict=True))
    return made, (background, nothing, changed, small)


def goals_of(background: float, nothing: float, changed: float, alone: float) -> list[Goal]:
    """Return what is promised, in units of the import."""
    return [
        at_most("nothing to do, against import typer, rich", nothing / background, LIMIT),
        at_most("one partner changed, beyond that partner alone", (changed - alone) / background, LIMIT),
    ]


def report(made: int, seconds_taken: tuple[float, float, float, float], goals: list[Goal]) -> str:
    """Return the section of RESULTS.md."""
    runs = (
        "import typer, rich",
        "nothing to do",
        "one partner's file changed",
        "the same, that partner alone",
    )
    rows = [(what, f"{taken * 1000:.0f} ms") for what, taken in zip(runs, seconds_taken, strict=True)]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return "\n\n".join(
        (
            "Written by `.venv/bin/python setup/bench_incremental.py`."
            f" One run, the best of {ROUNDS} rounds that take turns, one job; this one: {machine}.",
            f"{made:,} assets of {PARTNERS + 1} partners, made up; a file of 2 kB stands for each drawing. The partner"
            " that changes has two, which are really drawn.",
            table(("goal", "measured", "asked for", "met"), [goal.row() for goal in goals]),
            table(("run", "took"), rows),
        )
    )


def main() -> int:
    """Measure, print, keep; the ratios alone decide."""
    with tempfile.TemporaryDirectory() as folder:
        made, taken = measure(Path(folder))
    goals = goals_of(*taken)
    words = report(made, taken, goals)
    print(words)
    write_section("Little or nothing to do", words)
    return 0 if all(goal.is_met for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
