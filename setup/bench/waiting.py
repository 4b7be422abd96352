"""How long a person waits for ``assetgen --help``, against its two libraries: above 3, something heavy is imported."""

from __future__ import annotations

import subprocess
import sys
import time

ROUNDS = 9
BACKGROUND = (sys.executable, "-c", "import typer, rich")
HELP = (sys.executable, "-m", "assetgen", "--help")


def _seconds(command: tuple[str, ...]) -> float:
    """Return the wall-clock time of one run of a command, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def help_ms() -> tuple[float, float]:
    """Return the best of several rounds of the libraries and of the help, which take turns."""
    rounds = [(_seconds(BACKGROUND), _seconds(HELP)) for _ in range(ROUNDS)]
    return min(first for first, _ in rounds) * 1000, min(second for _, second in rounds) * 1000
