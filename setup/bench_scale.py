"""Measure what grows with a campaign beside the drawing: time, memory and disk, at three sizes.

    .venv/bin/python setup/bench_scale.py

The starter's campaign with 68, 272 and 1,088 partners, made up; their files are not drawn: one of 2 kB stands for each.
docs/scale.md reckons with the table that this prints.
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

from bench_incremental import build_undrawn, write_campaign

PARTNERS = (67, 271, 1087)
UNDRAWN = "--undrawn"
PLAN = (
    "import sys; from pathlib import Path; from assetgen import load_campaign, plan_assets;"
    "print(len(plan_assets(load_campaign(Path(sys.argv[1])).campaign).assets))"
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: seconds on the wall, and its largest memory in MB."""

    took_s: float
    peak_mb: float
    said: str


def run(*command: str) -> Run:
    """Return what a command took, which must succeed."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(time.perf_counter() - start, usage.ru_maxrss / 1024, said)


def megabytes(path: Path) -> float:
    """Return how large a file is."""
    return path.stat().st_size / 1e6


def measure(folder: Path, partners: int) -> list[str]:
    """Return one size's row of the table."""
    campaign = write_campaign(folder / str(partners), partners)
    root, python = str(campaign), sys.executable
    plan = run(python, "-c", PLAN, root)
    first = run(python, __file__, UNDRAWN, root)
    idle = run(python, "-m", "assetgen", "-C", root, "build", "-j", "1")
    state = (
        sum(file.stat().st_size for file in (campaign / "out/.assetgen").rglob("*") if file.is_file()) / 1e6
    )
    return [
        f"{partners + 1:,}",
        f"{int(plan.said):,}",
        *(f"{one.took_s:.1f} s, {one.peak_mb:.0f} MB" for one in (plan, first, idle)),
        f"{megabytes(campaign / 'out/manifest.json'):.1f} MB",
        f"{state:.1f} MB",
    ]


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == [UNDRAWN]:
        build_undrawn(Path(sys.argv[2]))
        return
    head = ["partners", "assets", "read and planned", "built, undrawn", "nothing to do", "manifest", "state"]
    print(f"| {' | '.join(head)} |\n|{'---:|' * len(head)}")
    with tempfile.TemporaryDirectory() as folder:
        for partners in PARTNERS:
            print(f"| {' | '.join(measure(Path(folder), partners))} |", flush=True)


if __name__ == "__main__":
    main()
