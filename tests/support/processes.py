"""Processes as tests look at them from outside."""

from __future__ import annotations

from pathlib import Path

# Far above what the work takes: it ends a test that would hang, and is never waited for.
GUARD_S = 60.0


def is_running(pid: int) -> bool:
    """Say whether a process is there and is no zombie, which is dead and waits only to be noticed."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
