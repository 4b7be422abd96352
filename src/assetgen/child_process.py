"""Limit the memory of a worker process, and end it when its parent dies.

The worker calls these functions itself, when it starts and after each task.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path

GB = 1_000_000_000
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
TRIM_ABOVE_BYTES = 250_000_000
# Of 1000. When the machine runs out of memory, the kernel ends a worker before other programs.
OOM_SCORE_ADJUSTMENT = "500"


@dataclass(frozen=True, slots=True)
class TaskLimits:
    """The limits of one task: how long the parent waits, and how many bytes the worker may allocate.

    Measured on two cores over all channels of a real campaign: the slowest asset takes 1.2 s including the start of
    the renderer. A 96-sheet PDF takes less than 1 s. A 3840 × 2160 px wallpaper needs the most memory, 650 MB.
    """

    time_s: float = 120.0
    memory_bytes: int = 3 * GB


DEFAULT_LIMITS = TaskLimits()


def end_with_parent() -> None:
    """End this process as soon as its parent dies, even by ``kill -9`` and in the middle of a task.

    On Linux the kernel does this at once. On other systems a thread does it, but only when the renderer releases the
    interpreter lock.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent.pid:  # the parent died before the call to prctl
            os._exit(1)

    def wait() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def limit_memory(memory_bytes: int) -> None:
    """Limit the memory that this process may allocate. Does nothing except on Linux.

    ``RLIMIT_DATA`` counts writable memory only, so mapped fonts and libraries are not counted. Core files are
    switched off: a process that aborts for lack of memory would write one into the campaign folder.
    """
    if sys.platform != "linux":
        return
    import resource

    _lower_limit(resource.RLIMIT_DATA, memory_bytes)
    _lower_limit(resource.RLIMIT_CORE, 0)
    score = Path("/proc/self/oom_score_adj")
    if os.access(score, os.W_OK):
        score.write_text(OOM_SCORE_ADJUSTMENT)


def release_memory() -> None:
    """Return freed memory to the system. Without this, one wallpaper keeps 200 MB for the rest of the build."""
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # only glibc has it
    if trim is not None and pages * os.sysconf("SC_PAGESIZE") > TRIM_ABOVE_BYTES:
        trim(0)


def _lower_limit(resource_kind: int, limit: int) -> None:
    """Lower the soft limit of a resource; never raise it."""
    import resource

    soft, hard = resource.getrlimit(resource_kind)
    finite = [value for value in (soft, hard, limit) if value != resource.RLIM_INFINITY]
    resource.setrlimit(resource_kind, (min(finite), hard))


@contextmanager
def block_interrupt() -> Iterator[None]:
    """Block Ctrl-C while a child process starts.

    The child inherits the block, so Ctrl-C cannot end it while it is still importing. The parent receives the signal
    a moment later.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # otherwise the first child starts it, which unblocks Ctrl-C
    previous_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous_mask)
