"""Measure the time, memory and disk space of builds at three sizes of campaign, without the rendering.

    .venv/bin/python setup/bench_scale.py

The campaign is the starter with 68, 272 and 1,088 invented partners. Nothing is rendered: a file of 2 kB replaces each
asset. docs/explanation/scale.md uses the table that this script prints.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bench_incremental import build_unrendered, write_campaign

PARTNERS = (67, 271, 1087)
UNDRAWN = "--undrawn"
PLAN = (
    "import sys; from pathlib import Path;"
    "from assetgen.loading.campaign import load_campaign; from assetgen.planning.planner import plan_assets;"
    "print(len(plan_assets(load_campaign(Path(sys.argv[1])).campaign).assets))"
)


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """One run of a command: wall-clock seconds, peak memory in MB, and its output."""

    took_s: float
    peak_mb: float
    output: str


def run(*command: str) -> MeasuredRun:
    """MeasuredRun a command, which must succeed, and measure it."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with exit code {process.returncode}")
    return MeasuredRun(time.perf_counter() - start, usage.ru_maxrss / 1024, output)


def megabytes(path: Path) -> float:
    """Return the size of a file in MB."""
    return path.stat().st_size / 1e6


def measure(folder: Path, partners: int) -> list[str]:
    """Return the table row of one size."""
    campaign = write_campaign(folder / str(partners), partners)
    root, python = str(campaign), sys.executable
    plan = run(python, "-c", PLAN, root)
    first = run(python, __file__, UNDRAWN, root)
    idle = run(python, "-m", "assetgen", "-C", root, "build", "-j", "1")
    database_mb = (
        sum(file.stat().st_size for file in (campaign / "out/.assetgen").rglob("*") if file.is_file()) / 1e6
    )
    return [
        f"{partners + 1:,}",
        f"{int(plan.output):,}",
        *(f"{one.took_s:.1f} s, {one.peak_mb:.0f} MB" for one in (plan, first, idle)),
        f"{megabytes(campaign / 'out/manifest.json'):.1f} MB",
        f"{database_mb:.1f} MB",
    ]


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == [UNDRAWN]:
        build_unrendered(Path(sys.argv[2]))
        return
    head = ["partners", "assets", "load and plan", "first build", "no changes", "manifest", "build database"]
    print(f"| {' | '.join(head)} |\n|{'---:|' * len(head)}")
    with tempfile.TemporaryDirectory() as folder:
        for partners in PARTNERS:
            print(f"| {' | '.join(measure(Path(folder), partners))} |", flush=True)


if __name__ == "__main__":
    main()
