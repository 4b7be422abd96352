"""How much memory a command takes at most, in each of its processes. Reads ``/proc``: Linux alone."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_S = 0.1
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: its exit code, its time in s, the peaks of resident memory in MB of itself and of each
    process below it, largest first."""

    exit_code: int
    took_s: float
    own_mb: float
    below_mb: tuple[float, ...]
    said: str


def run_watched(command: Sequence[str]) -> Run:
    """Run a command to its end, and look at its processes all the while."""
    start = time.perf_counter()
    peaks: dict[int, float] = {}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        said: list[str] = []
        assert process.stdout is not None
        reader = threading.Thread(target=lambda: said.append(process.stdout.read() if process.stdout else ""))
        reader.start()
        while process.poll() is None:
            for pid in family(process.pid):
                peaks[pid] = max(peaks.get(pid, 0.0), _peak_mb(pid))
            time.sleep(LOOK_S)
        reader.join()
    took_s = time.perf_counter() - start
    own = peaks.pop(process.pid, 0.0)
    return Run(process.returncode, took_s, own, tuple(sorted(peaks.values(), reverse=True)), "".join(said))


def family(pid: int) -> list[int]:
    """Return a process and all below it; one that has just ended has nobody."""
    found = [pid]
    for task in (PROC / str(pid) / "task").glob("*/children"):
        try:
            found += [one for child in task.read_text().split() for one in family(int(child))]
        except OSError:
            continue
    return found


def _peak_mb(pid: int) -> float:
    """Return the most resident memory that a process has had, in MB; 0 for one that has ended."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM")), 0.0)
