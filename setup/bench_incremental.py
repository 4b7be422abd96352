"""Measure builds with few or no changes among 10,000 assets, compared with the import of two libraries.

    .venv/bin/python setup/bench_incremental.py

The campaign is the starter with 272 invented partners. Rendering is not measured, so a file of 2 kB replaces each
asset. There are two ratios, in units of ``import typer, rich``: a build with nothing to do; and a build with one
changed partner file, minus the time of the same change in a campaign with only that partner.
The script writes its table into benchmarks/RESULTS.md, and exits with 1 if a ratio is above 10.
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
LIBRARIES_IMPORT = (sys.executable, "-c", "import typer, rich")
CHANGED = "small"


def write_campaign(folder: Path, partners: int) -> Path:
    """Write the example campaign with a number of large partners and one small partner with two channels."""
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    from tests.support.example_campaign import make_campaign

    make_campaign(folder)
    shutil.rmtree(folder / "partners")
    for number in range(partners):
        _write_partner(folder, f"partner-{number:04}", CHANNELS)
    _write_partner(folder, CHANGED, "[ig-square, disp-mpu]")
    return folder


def _write_partner(folder: Path, name: str, channels: str) -> None:
    file = folder / "partners" / name / "partner.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"name: Council {name}\nchannels: {channels}\nmessages: [worried]\n", "utf-8")


def build_unrendered(folder: Path) -> int:
    """Build a campaign with a file of 2 kB in place of each asset; return the number of assets."""
    from assetgen.building.pipeline import BuildOptions, build_folder
    from assetgen.building.render_task import CheckedRenderer
    from assetgen.loading.campaign import load_campaign
    from assetgen.planning.asset import Asset
    from assetgen.planning.selection import Selection
    from assetgen.rendering.rendered_file import RenderedFile

    def make(_renderer: CheckedRenderer, asset: Asset) -> RenderedFile:
        content = asset.id.encode() * (2000 // len(asset.id))
        return RenderedFile(asset.id, content, hashlib.sha256(content).hexdigest(), {}, (), {})

    with mock.patch.object(CheckedRenderer, "__call__", make):
        done = build_folder(
            folder,
            lambda some: load_campaign(folder, some),
            Selection(),
            folder / "out",
            # In this process: a worker process would not have the patched renderer.
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
    """Return the seconds of one build, run as a user runs it."""
    return seconds(sys.executable, "-m", "assetgen", "-C", str(folder), "build", "-j", "1")


def change(folder: Path, number: int) -> None:
    """Change the name of the small partner; ``number`` makes it different each time."""
    file = folder / "partners" / CHANGED / "partner.yaml"
    content = f"name: Council {number}\nchannels: [ig-square, disp-mpu]\nmessages: [worried]\n"
    file.write_text(content, "utf-8")


def measure(folder: Path) -> tuple[int, tuple[float, float, float, float]]:
    """Return the number of assets, and the best seconds of four runs.

    The runs: the import; nothing to do; one partner changed; the same change in a campaign of that partner alone.
    """
    many = write_campaign(folder / "many", PARTNERS)
    alone = write_campaign(folder / "alone", 0)
    assets = build_unrendered(many)
    build_unrendered(alone)
    rounds = []
    for number in range(ROUNDS):
        imported, nothing = seconds(*LIBRARIES_IMPORT), build(many)
        change(many, number)
        change(alone, number)
        rounds.append((imported, nothing, build(many), build(alone)))
    imported, nothing, changed, small = (min(column) for column in zip(*rounds, strict=True))
    return assets, (imported, nothing, changed, small)


def goals_of(imported: float, nothing: float, changed: float, alone: float) -> list[Goal]:
    """Return the goals, in units of the import."""
    return [
        at_most("nothing to do, against import typer, rich", nothing / imported, LIMIT),
        at_most("one partner changed, beyond that partner alone", (changed - alone) / imported, LIMIT),
    ]


def report(assets: int, seconds_taken: tuple[float, float, float, float], goals: list[Goal]) -> str:
    """Return the section of RESULTS.md as Markdown."""
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
            f" Each time is the best of {ROUNDS} rounds of all runs, with one job. Machine: {machine}.",
            f"{assets:,} assets of {PARTNERS + 1} invented partners; a file of 2 kB replaces each asset. The partner"
            " that changes has two assets, which are really rendered.",
            table(("goal", "measured", "limit", "met"), [goal.row() for goal in goals]),
            table(("run", "took"), rows),
        )
    )


def main() -> int:
    """Measure, print and save the results; return 1 if a ratio misses its goal."""
    with tempfile.TemporaryDirectory() as folder:
        assets, taken = measure(Path(folder))
    goals = goals_of(*taken)
    section = report(assets, taken, goals)
    print(section)
    write_section("Few or no changes", section)
    return 0 if all(goal.is_met for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
