"""Run the command line as a user does, in a new process each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HANG_S = 300
# By default these start one worker per core. The few files of a test are faster with one.
WITH_JOBS = frozenset(("build", "verify"))


def run_assetgen(
    *words: str, folder: Path | None = None, cwd: Path | None = None, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``run_assetgen`` with these words, and one job if none are given. The timeout only guards against a hang."""
    folder_option = ("-C", str(folder)) if folder else ()
    jobs_option = (
        ("-j", "1") if WITH_JOBS.intersection(words) and not {"-j", "--help"}.intersection(words) else ()
    )
    return subprocess.run(
        [sys.executable, "-m", "assetgen", *folder_option, *words, *jobs_option],
        cwd=cwd, env={**os.environ, **environment}, input=stdin,
        capture_output=True, text=True, timeout=HANG_S, check=False,
    )  # fmt: skip
