"""Measure ``assetgen --help`` against the import of its two libraries. A ratio above 3 means a heavy import."""

from __future__ import annotations

import subprocess
import sys
import time

ROUNDS = 9
LIBRARIES_IMPORT = (sys.executable, "-c", "import typer, rich")
HELP = (sys.executable, "-m", "assetgen", "--help")


def _seconds(command: tuple[str, ...]) -> float:
    """Return the wall-clock time of one run of a command, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def help_ms() -> tuple[float, float]:
    """Return the best ms of the libraries' import and of the help. The two alternate for several rounds."""
    rounds = [(_seconds(LIBRARIES_IMPORT), _seconds(HELP)) for _ in range(ROUNDS)]
    return min(first for first, _ in rounds) * 1000, min(second for _, second in rounds) * 1000
