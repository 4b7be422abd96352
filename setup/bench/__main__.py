"""``make bench``: prints the tables, keeps them in ``benchmarks/RESULTS.md``; the ratios alone decide.

    make bench [ARGS="--rounds 9"]

Peers that are missing are installed where this runs as root, else it says how. It ends with 1 where a goal is missed
or could not be measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys

from bench.goals import Goal, at_most, table
from bench.proofs import proofs_ms
from bench.results import write_first
from bench.speed import ROUNDS, Speed, measure_speed
from bench.waiting import help_ms

INTRODUCTION = """\
# What was measured

Written by `{command}`. One run; times are the best of {rounds} rounds that take turns, so that all meet the same noise.
Seconds differ from machine to machine; ratios hardly do. This run: {machine}.

- The work: the shipped design `beacon` in eight sizes, PNG, four partners, one core, proofs off where no other is said.
- Chromium: headless, one warm page; fonts and styles are loaded once, each page's markup is put in and photographed.
- satori + resvg: each line of words a box where it stands; shapes as pictures, those over the whole page as one.
- Both draw what assetgen arranged: they search no size of type and no line break, and write no profile and no alt text.
- The foundation: commit `{foundation}`, the last before the four designs came, in a folder of its own.
- A saved template: all files are read, checked and planned again, the renderer is made anew, and one asset is drawn.
"""


def main() -> int:
    """Measure, print, keep; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="make bench", description="Measure how long things take, as ratios."
    )
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="rounds of each contender (default: %(default)s)"
    )
    rounds = parser.parse_args().rounds
    background_ms, shown_ms = help_ms()
    speed = measure_speed(rounds)
    proofs = proofs_ms()
    goals = [
        *speed.goals,
        at_most("assetgen --help, against import typer, rich", shown_ms / background_ms, 3.0),
    ]
    for kind, (_, plain_ms, proof_ms) in proofs.items():
        goals.append(at_most(f"proofs of {kind} files, against the plain path", proof_ms / plain_ms, 1.0))
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
        table(("goal", "measured", "asked for", "met"), [goal.row() for goal in goals]),
        *speed.tables,
        table(("ms a file", "plain path", "proofs"), proof_rows),
        *(f"Not measured: {gap}" for gap in speed.gaps),
    ]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


if __name__ == "__main__":
    sys.exit(main())
