"""Measure how long a person waits for ``assetgen --help``, against what its two libraries cost alone.

    .venv/bin/python setup/bench.py

Machines differ; the ratio hardly does. It fails above 3: then something heavy is imported at start-up.
"""

from __future__ import annotations

import subprocess
import sys
import time

ROUNDS = 9
LIMIT = 3.0
GROUND = (sys.executable, "-c", "import typer, rich")
HELP = (sys.executable, "-m", "assetgen", "--help")


def seconds(command: tuple[str, ...]) -> float:
    """Return the wall-clock time of one run of a command, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> int:
    """Take the best of several rounds of each, one after the other, so that both meet the same noise."""
    rounds = [(seconds(GROUND), seconds(HELP)) for _ in range(ROUNDS)]
    ground = min(first for first, _ in rounds)
    shown = min(second for _, second in rounds)
    ratio = shown / ground
    print(f"import typer, rich   {ground * 1000:6.0f} ms")
    print(f"assetgen --help      {shown * 1000:6.0f} ms   {ratio:.2f} times as long (limit {LIMIT:.0f})")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
