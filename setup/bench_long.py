"""Measure one long build: does an asset cost at the end what it cost at the beginning, and does its worker grow?

    .venv/bin/python setup/bench_long.py [--partners 1000]

The campaign is the starter's with as many partners, made up, each with eight sizes of one message and its codes, really
drawn, encoded and proved by one worker: 11,000 files, a quarter of an hour. Time is that of the processor, so
what else the machine does hardly counts. Linux alone: memory and time are read from /proc.
Writes its table into benchmarks/RESULTS.md, and ends with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.goals import Goal, at_most, table
from bench.processes import PROC, family
from bench.results import write_section
from bench.workload import CHANNELS, write_partners

LOOK_S = 1.0
LIMIT_MB = 350.0
EVEN = 1.1
# A worker is warm, with every picture and style sheet read, after the first; it is held against that.
WARM, STRETCH = 100, 1000
PAGE_BYTES, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a build: files that are finished; of the worker and of all processes, core-seconds and MB."""

    files: int
    worker_s: float
    all_s: float
    worker_mb: float
    own_mb: float


def watch(campaign: Path) -> list[Look]:
    """Build a campaign with one job, as a user calls it, and look at it once a second."""
    command = (sys.executable, "-m", "assetgen", "-q", "-C", str(campaign), "build", "-j", "1")
    looks: list[Look] = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            # When the worker has ended, only what never worked is left: that is no look at it.
            looks += [
                look
                for look in _look(process.pid, campaign / "out")
                if not looks or look.worker_s >= looks[-1].worker_s
            ]
            time.sleep(LOOK_S)
        said = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise SystemExit(said[-2000:])
    return looks


def _look(pid: int, out: Path) -> Iterator[Look]:
    """Yield a look; none where a process has just ended, or none draws yet."""
    try:
        costs = {one: _cost(one) for one in family(pid)}
    except (OSError, ValueError):
        return
    files = sum(len(names) for folder, _, names in os.walk(out) if ".assetgen" not in folder)
    own_s, own_mb = costs.pop(pid)
    if files and costs:
        # The worker is the one that works: beside it there is but the one that sees to what is left behind.
        worker_s, worker_mb = max(costs.values())
        yield Look(files, worker_s, own_s + worker_s, worker_mb, own_mb)


def _cost(pid: int) -> tuple[float, float]:
    """Return a process's core-seconds and its MB. Raises OSError for one that has ended."""
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    resident_pages = int((PROC / str(pid) / "statm").read_text().split()[1])
    return (int(fields[11]) + int(fields[12])) / TICKS, resident_pages * PAGE_BYTES / 1e6


def at(looks: list[Look], files: int) -> Look:
    """Return the first look that saw so many files."""
    return next(look for look in looks if look.files >= files)


def cost_ms(looks: list[Look], first: int, last: int) -> tuple[float, float]:
    """Return the core-ms of an asset between two numbers of them: of the worker, and of all processes."""
    begin, end = at(looks, first), at(looks, last)
    count = end.files - begin.files
    return 1000 * (end.worker_s - begin.worker_s) / count, 1000 * (end.all_s - begin.all_s) / count


def goals_of(looks: list[Look]) -> list[Goal]:
    """Return what is promised."""
    last = looks[-1].files
    early, late = cost_ms(looks, WARM, WARM + STRETCH), cost_ms(looks, last - STRETCH, last)
    grown = looks[-1].worker_mb / at(looks, STRETCH).worker_mb
    return [
        at_most("core-seconds of an asset, the last thousand against the first", late[1] / early[1], EVEN),
        at_most("the same, of the worker alone", late[0] / early[0], EVEN),
        at_most("memory of the worker at the end, against that after a thousand", grown, EVEN),
        at_most("MB, the worker at its largest", max(look.worker_mb for look in looks), LIMIT_MB),
    ]


def report(looks: list[Look], goals: list[Goal], command: str) -> str:
    """Return the section of RESULTS.md."""
    last = looks[-1].files
    marks = [mark for mark in (WARM, 1000, 2500, 5000, 7500, 10_000) if mark < last] + [last]
    rows = []
    for before, mark in zip([0, *marks], marks, strict=False):
        look = at(looks, mark)
        each = ("", "") if not before else tuple(f"{one:.1f}" for one in cost_ms(looks, before, mark))
        rows.append((f"{look.files:,}", f"{look.worker_mb:.0f}", f"{look.own_mb:.0f}", *each))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return "\n\n".join(
        (
            f"Written by `{command}`. One run, one job; this one: {machine}.",
            f"{last:,} files of the starter's campaign with made-up partners: eight sizes and the codes of each, drawn,"
            " encoded and proved. Time is the processor's, since the mark before.",
            table(("goal", "measured", "asked for", "met"), [goal.row() for goal in goals]),
            table(
                ("files", "MB, worker", "MB, main", "core-ms a file, worker", "core-ms a file, all"),
                rows,
            ),
        )
    )


def main() -> int:
    """Measure, print, keep; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure one long build.")
    parser.add_argument("--partners", type=int, default=1000, help="how many (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        looks = watch(write_partners(Path(folder) / "campaign", options.partners, CHANNELS.values()))
    goals = goals_of(looks)
    more = "" if options.partners == 1000 else f" --partners {options.partners}"
    words = report(looks, goals, f".venv/bin/python setup/bench_long.py{more}")
    print(words)
    write_section("One long build", words)
    return 0 if all(goal.is_met for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
