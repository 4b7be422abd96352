"""Measure whole builds, run as a user does, with one job and with two."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 3


def jobs_s(campaign: Path) -> tuple[float, float]:
    """Return the best seconds of a build with one job and with two; the builds alternate."""
    taken: dict[str, list[float]] = {"1": [], "2": []}
    for _ in range(ROUNDS):
        for jobs, seconds in taken.items():
            seconds.append(_build_s(campaign, jobs))
    return min(taken["1"]), min(taken["2"])


def _build_s(campaign: Path, jobs: str) -> float:
    """Return the seconds of one build from nothing."""
    shutil.rmtree(campaign / "out", ignore_errors=True)
    shutil.rmtree(campaign / ".assetgen" / "store", ignore_errors=True)
    command = (sys.executable, "-m", "assetgen", "-q", "-C", str(campaign), "build", "--force", "-j", jobs)
    start = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}")
    return taken
