"""Look at processes from outside."""

from __future__ import annotations

from pathlib import Path

# A timeout that ends a test that hangs. It is far above what the work takes.
GUARD_S = 60.0


def is_running(pid: int) -> bool:
    """Say whether a process exists and is not a zombie, which has ended but was not waited for."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
