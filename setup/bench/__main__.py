"""``make bench``: measure the speed, print the tables and save them in ``benchmarks/RESULTS.md``.

    make bench [ARGS="--rounds 9"]

Missing programs to compare with are installed if this runs as root; otherwise it prints how to install them. It exits
with 1 if a goal, which is always a ratio, is missed or cannot be measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys

from bench.checks_time import measure_checks_ms
from bench.goals import Goal, at_most, table
from bench.help_time import help_ms
from bench.results import write_first
from bench.speed import ROUNDS, Speed, measure_speed

INTRODUCTION = """\
# Benchmark results

Written by `{command}`. One run; each time is the best of {rounds} rounds. The programs take turns in every round, so
that other work of the machine affects all of them. Seconds differ between machines, ratios hardly do. Machine:
{machine}.

- The work: the template `beacon` in eight sizes, as PNG, for four partners, on one core. Preflight checks are off
  unless a row includes them.
- Chromium: headless, one warm page. Fonts and styles are loaded once; each page's markup is inserted and captured.
- satori + resvg: each line of text is a box at its place. Shapes are pictures; those over the whole page are one.
- Both render assetgen's finished layout. They choose no type size and no line break, and write no colour profile and
  no alt text.
- The foundation: commit `{foundation}`, the last one before the four templates were added, in a separate folder.
- A saved template: all files are read, checked and planned again, a new renderer is created, and one asset is rendered.
"""


def main() -> int:
    """Measure, print and save the results; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure the speed, as ratios.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="number of rounds (default: %(default)s)")
    rounds = parser.parse_args().rounds
    import_ms, shown_ms = help_ms()
    speed = measure_speed(rounds)
    proofs = measure_checks_ms()
    goals = [
        *speed.goals,
        at_most("assetgen --help, against import typer, rich", shown_ms / import_ms, 3.0),
    ]
    for kind, (_, plain_ms, proof_ms) in proofs.items():
        goals.append(at_most(f"checks of {kind} files, against plain rendering", proof_ms / plain_ms, 1.0))
    report = _report(rounds, speed, goals, proofs)
    print(report)
    write_first(report)
    return 0 if all(goal.is_met for goal in goals) else 1


def _report(rounds: int, speed: Speed, goals: list[Goal], proofs: dict[str, tuple[int, float, float]]) -> str:
    from bench.sources import FOUNDATION

    command = "make bench" if rounds == ROUNDS else f'make bench ARGS="--rounds {rounds}"'
    versions = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    head = INTRODUCTION.format(command=command, rounds=rounds, machine=versions, foundation=FOUNDATION)
    proof_rows = [
        (f"{count} {kind} files of the campaign", f"{plain:.0f}", f"{proof:.0f}")
        for kind, (count, plain, proof) in proofs.items()
    ]
    parts = [
        head,
        table(("goal", "measured", "limit", "met"), [goal.row() for goal in goals]),
        *speed.tables,
        table(("ms a file", "plain rendering", "preflight checks"), proof_rows),
        *(f"Not measured: {gap}" for gap in speed.gaps),
    ]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


if __name__ == "__main__":
    sys.exit(main())
