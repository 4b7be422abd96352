"""Measure one long build: whether assets take longer at its end than at its start, and whether the worker grows.

    .venv/bin/python setup/bench_long.py [--partners 1000]

The campaign is the starter with that many invented partners, each with one message in eight sizes and its QR codes.
One worker renders, encodes and checks all of them: 11,000 files in a quarter of an hour. Processor time is measured, so
that other work of the machine hardly matters. Runs only on Linux: memory and time are read from /proc.
The script writes its table into benchmarks/RESULTS.md, and exits with 1 if a goal is missed.
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
from bench.processes import PROC, process_tree
from bench.results import write_section
from bench.workload import CHANNELS, write_partners

SAMPLE_INTERVAL_S = 1.0
LIMIT_MB = 350.0
MAX_GROWTH = 1.1
# After WARM files the worker has read every picture and style sheet: comparisons start there.
WARM, WINDOW_FILES = 100, 1000
PAGE_BYTES, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of a running build: finished files, core-seconds of the worker and of all processes, memory in MB.

    ``own_mb`` is the memory of the main process.
    """

    files: int
    worker_s: float
    all_s: float
    worker_mb: float
    own_mb: float


def watch(campaign: Path) -> list[Sample]:
    """Build a campaign with one job, as a user does, and take a sample every second."""
    command = (sys.executable, "-m", "assetgen", "-q", "-C", str(campaign), "build", "-j", "1")
    looks: list[Sample] = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            # When the worker has ended, only idle helper processes are left: skip such a sample.
            looks += [
                look
                for look in _sample(process.pid, campaign / "out")
                if not looks or look.worker_s >= looks[-1].worker_s
            ]
            time.sleep(SAMPLE_INTERVAL_S)
        errors = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise SystemExit(errors[-2000:])
    return looks


def _sample(pid: int, out: Path) -> Iterator[Sample]:
    """Yield a sample, or nothing if a process has just ended or no worker has started."""
    try:
        costs = {one: _cost(one) for one in process_tree(pid)}
    except (OSError, ValueError):
        return
    files = sum(len(names) for folder, _, names in os.walk(out) if ".assetgen" not in folder)
    own_s, own_mb = costs.pop(pid)
    if files and costs:
        # The busiest child process is the worker; the other one is multiprocessing's resource tracker.
        worker_s, worker_mb = max(costs.values())
        yield Sample(files, worker_s, own_s + worker_s, worker_mb, own_mb)


def _cost(pid: int) -> tuple[float, float]:
    """Return the core-seconds and the resident memory in MB of a process. Raises OSError if it has ended."""
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    resident_pages = int((PROC / str(pid) / "statm").read_text().split()[1])
    return (int(fields[11]) + int(fields[12])) / TICKS, resident_pages * PAGE_BYTES / 1e6


def at(looks: list[Sample], files: int) -> Sample:
    """Return the first sample with at least this many files."""
    return next(look for look in looks if look.files >= files)


def cost_ms(looks: list[Sample], first: int, last: int) -> tuple[float, float]:
    """Return the core-ms per file between two file counts: of the worker, and of all processes."""
    begin, end = at(looks, first), at(looks, last)
    count = end.files - begin.files
    return 1000 * (end.worker_s - begin.worker_s) / count, 1000 * (end.all_s - begin.all_s) / count


def goals_of(looks: list[Sample]) -> list[Goal]:
    """Return the goals."""
    last = looks[-1].files
    early, late = cost_ms(looks, WARM, WARM + WINDOW_FILES), cost_ms(looks, last - WINDOW_FILES, last)
    growth = looks[-1].worker_mb / at(looks, WINDOW_FILES).worker_mb
    return [
        at_most(
            "core-seconds of a file, the last thousand against the first", late[1] / early[1], MAX_GROWTH
        ),
        at_most("the same, of the worker alone", late[0] / early[0], MAX_GROWTH),
        at_most("memory of the worker at the end, against that after a thousand", growth, MAX_GROWTH),
        at_most("peak memory of the worker, in MB", max(look.worker_mb for look in looks), LIMIT_MB),
    ]


def report(looks: list[Sample], goals: list[Goal], command: str) -> str:
    """Return the section of RESULTS.md as Markdown."""
    last = looks[-1].files
    file_counts = [count for count in (WARM, 1000, 2500, 5000, 7500, 10_000) if count < last] + [last]
    rows = []
    for previous, count in zip([0, *file_counts], file_counts, strict=False):
        look = at(looks, count)
        each = ("", "") if not previous else tuple(f"{one:.1f}" for one in cost_ms(looks, previous, count))
        rows.append((f"{look.files:,}", f"{look.worker_mb:.0f}", f"{look.own_mb:.0f}", *each))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return "\n\n".join(
        (
            f"Written by `{command}`. One run with one job. Machine: {machine}.",
            f"{last:,} files of the starter campaign with invented partners: eight sizes and the QR codes of each,"
            " rendered, encoded and checked. Times are processor times since the row above.",
            table(("goal", "measured", "limit", "met"), [goal.row() for goal in goals]),
            table(
                ("files", "MB, worker", "MB, main", "core-ms a file, worker", "core-ms a file, all"),
                rows,
            ),
        )
    )


def main() -> int:
    """Measure, print and save the results; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure one long build.")
    parser.add_argument(
        "--partners", type=int, default=1000, help="number of partners (default: %(default)s)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        looks = watch(write_partners(Path(folder) / "campaign", options.partners, CHANNELS.values()))
    goals = goals_of(looks)
    more = "" if options.partners == 1000 else f" --partners {options.partners}"
    section = report(looks, goals, f".venv/bin/python setup/bench_long.py{more}")
    print(section)
    write_section("One long build", section)
    return 0 if all(goal.is_met for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
