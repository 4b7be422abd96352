"""The command as a user runs it: a process of its own, started anew each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HANG_S = 300
# These start processes that draw or prove, as many as there are cores. The few files of a test are made sooner by one.
WITH_JOBS = frozenset(("build", "verify"))


def assetgen(
    *words: str, folder: Path | None = None, cwd: Path | None = None, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, with one job where none are named; a hang guard, no assertion on time."""
    place = ("-C", str(folder)) if folder else ()
    alone = ("-j", "1") if WITH_JOBS.intersection(words) and not {"-j", "--help"}.intersection(words) else ()
    return subprocess.run(
        [sys.executable, "-m", "assetgen", *place, *words, *alone],
        cwd=cwd, env={**os.environ, **environment}, input=typed,
        capture_output=True, text=True, timeout=HANG_S, check=False,
    )  # fmt: skip
