"""Measure packs for 1,000 partners: time, memory of each process, the effect of one faulty partner, and ``list packs``.

    .venv/bin/python setup/bench_packs.py [--partners 1000] [--folder DIR]

The campaign is the starter with that many invented partners, each with two channels and its QR codes. It is really
built, which takes some minutes; ``--folder`` keeps it for further runs. Runs only on Linux: memory is read from /proc.
The script writes its table into benchmarks/RESULTS.md, and exits with 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.goals import Goal, at_most, table
from bench.processes import Run, run_watched
from bench.results import write_section
from bench.workload import write_partners

JOBS = "2"
FEW = 20
DAY = ("--date", "2026-12-01")
BAD = "partner-0007"
LIMIT_MB = 400.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The runs: packs of a few partners, of all, of all unchanged, of all with a faulty one; then the two lists."""

    count: int
    few: Run
    every: Run
    again: Run
    bad: Run
    listed: Run
    partners: Run


def assetgen(folder: Path, *arguments: str) -> Run:
    """Run a command as a user does."""
    return run_watched([sys.executable, "-m", "assetgen", "-C", str(folder), *arguments])


def measure(folder: Path, count: int) -> Measured:
    """Build the campaign if it is not built, then measure every run."""
    if not (folder / "out/manifest.json").exists():
        write_partners(folder, count, ("fb-feed-square", "poster-a5"))
        built = assetgen(folder, "build", "-j", JOBS)
        if built.exit_code:
            raise SystemExit(built.output[-2000:])
        print(f"built in {built.took_s:.0f} s", flush=True)
    shutil.rmtree(folder / "out/packs", ignore_errors=True)
    names = [f"partner-{number:04}" for number in range(FEW)]
    pack = ("pack", "-j", JOBS, *DAY, "--format", "json")
    few = assetgen(folder, *pack, *names)
    every = assetgen(folder, *pack, "--all", "--force")
    again = assetgen(folder, *pack, "--all")
    listed = assetgen(folder, "list", "packs", *DAY, "--format", "json")
    partners = assetgen(folder, "list", "partners", "--format", "json")
    file = next((folder / "out" / BAD).rglob("*.png"))
    content = file.read_bytes()
    file.write_bytes(content + b" ")
    bad = assetgen(folder, *pack, "--all", "--force")
    file.write_bytes(content)
    return Measured(count, few, every, again, bad, listed, partners)


def counts(run: Run) -> tuple[int, int, int]:
    """Return how many packs a run wrote, kept and refused."""
    totals, _ = json.JSONDecoder().raw_decode(run.output, run.output.index("{"))
    return totals["packed"], totals["kept"], totals["refused"]


def goals_of(measured: Measured) -> list[Goal]:
    """Return the goals."""
    count, every = measured.count, measured.every
    lost = abs(counts(measured.bad)[0] - (count - 1)) + abs(counts(measured.bad)[2] - 1)
    return [
        at_most("correct partners without a pack", count - counts(every)[0], 0),
        at_most("further partners affected by a faulty one", lost, 0),
        at_most("peak memory of the largest process, in MB", max(every.own_mb, *every.children_mb), LIMIT_MB),
        at_most(
            f"memory of a worker, against that of {FEW} partners",
            every.children_mb[0] / measured.few.children_mb[0],
            1.5,
        ),
        at_most("list packs, against list partners", measured.listed.took_s / measured.partners.took_s, 3.0),
    ]


def report(measured: Measured, goals: list[Goal], command: str) -> str:
    """Return the section of RESULTS.md as Markdown."""
    runs = (
        (f"pack, {FEW} partners", measured.few),
        (f"pack --all, {measured.count:,} partners", measured.every),
        ("the same, no changes", measured.again),
        ("all again, one partner with a damaged file", measured.bad),
        ("list packs", measured.listed),
        ("list partners", measured.partners),
    )
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    rows = [
        (
            what,
            f"{run.took_s:.1f} s",
            f"{run.own_mb:.0f}",
            " ".join(f"{one:.0f}" for one in run.children_mb[:2]),
        )
        for what, run in runs
    ]
    each = measured.every.took_s / measured.count * 1000
    return "\n\n".join(
        (
            f"Written by `{command}`. One run with {JOBS} jobs. Machine: {machine}.",
            f"The starter campaign with {measured.count:,} invented partners, really built: a picture, a poster and"
            f" three QR codes each. A pack took {each:.0f} ms.",
            table(("goal", "measured", "limit", "met"), [goal.row() for goal in goals]),
            table(("run", "took", "MB, main", "MB, workers"), rows),
        )
    )


def main() -> int:
    """Measure, print and save the results; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure the packs of many partners.")
    parser.add_argument(
        "--partners", type=int, default=1000, help="number of partners (default: %(default)s)"
    )
    parser.add_argument("--folder", type=Path, help="a folder for the campaign, which is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(options.folder or Path(folder) / "campaign", options.partners)
    goals = goals_of(measured)
    more = "" if options.partners == 1000 else f" --partners {options.partners}"
    section = report(measured, goals, f".venv/bin/python setup/bench_packs.py{more}")
    print(section)
    write_section("Packs at scale", section)
    return 0 if all(goal.is_met for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
