"""Measure the peak memory of each process of a command. Reads ``/proc``, so it runs only on Linux."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_INTERVAL_S = 0.1
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: exit code, seconds, output, and the peak resident memory in MB.

    ``own_mb`` is that of the command itself, ``children_mb`` that of each child process, largest first.
    """

    exit_code: int
    took_s: float
    own_mb: float
    children_mb: tuple[float, ...]
    output: str


def run_watched(command: Sequence[str]) -> Run:
    """Run a command to its end, and sample the memory of its processes."""
    start = time.perf_counter()
    peaks: dict[int, float] = {}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        output: list[str] = []
        assert process.stdout is not None
        reader = threading.Thread(
            target=lambda: output.append(process.stdout.read() if process.stdout else "")
        )
        reader.start()
        while process.poll() is None:
            for pid in process_tree(process.pid):
                peaks[pid] = max(peaks.get(pid, 0.0), _peak_mb(pid))
            time.sleep(SAMPLE_INTERVAL_S)
        reader.join()
    took_s = time.perf_counter() - start
    own = peaks.pop(process.pid, 0.0)
    return Run(process.returncode, took_s, own, tuple(sorted(peaks.values(), reverse=True)), "".join(output))


def process_tree(pid: int) -> list[int]:
    """Return the ids of a process and of all its descendants. A process that has just ended has none."""
    found = [pid]
    for task in (PROC / str(pid) / "task").glob("*/children"):
        try:
            found += [one for child in task.read_text().split() for one in process_tree(int(child))]
        except OSError:
            continue
    return found


def _peak_mb(pid: int) -> float:
    """Return the peak resident memory of a process in MB; 0 if it has ended."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM")), 0.0)
