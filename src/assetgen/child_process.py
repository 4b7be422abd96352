"""A child process with limits on its time and memory, which ends with its parent.

The child calls these functions itself, when it starts and after each piece of work.
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
TIDY_ABOVE_BYTES = 250_000_000
FIRST_TO_GO = (
    "500"  # of 1000: where the machine runs out of memory, a worker is ended, not what else is at work
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one item may take: seconds of the parent's looking on, bytes of the worker's own memory.

    Measured on two cores over all channels of a real campaign: the dearest asset takes 1.2 s, with the start of the
    engine (a 96-sheet PDF less than one); most memory a wallpaper of 3840 × 2160 px, 650 MB.
    """

    time_s: float = 120.0
    memory_bytes: int = 3 * GB


USUAL = Bounds()


def end_with_parent() -> None:
    """See that this process ends when the parent dies, in the middle of an item too, be it by kill -9.

    On Linux by the kernel, which stops for nothing; elsewhere by a thread, which waits for the drawing to let it in.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent.pid:  # it died before it could be asked for
            os._exit(1)

    def wait() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def limit_memory(memory_bytes: int) -> None:
    """Bound the memory that this process may take for itself, where the system holds such a bound (Linux).

    ``RLIMIT_DATA`` counts what is written to, not what is mapped: fonts and libraries are not in it. A process that
    the engine ends for want of memory leaves no core file behind: it would lie among the campaign's own.
    """
    if sys.platform != "linux":
        return
    import resource

    _lower(resource.RLIMIT_DATA, memory_bytes)
    _lower(resource.RLIMIT_CORE, 0)
    score = Path("/proc/self/oom_score_adj")
    if os.access(score, os.W_OK):
        score.write_text(FIRST_TO_GO)


def give_back_memory() -> None:
    """Give the system back what the last item left free: else one wallpaper keeps 200 MB from all that follow."""
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
    if trim is not None and pages * os.sysconf("SC_PAGESIZE") > TIDY_ABOVE_BYTES:
        trim(0)


def _lower(kind: int, to: int) -> None:
    import resource

    soft, hard = resource.getrlimit(kind)
    known = [one for one in (soft, hard, to) if one != resource.RLIM_INFINITY]
    resource.setrlimit(kind, (min(known), hard))


@contextmanager
def hold_interrupt_back() -> Iterator[None]:
    """Hold Ctrl-C back while a process is started: the child inherits that, and cannot die of it while it
    is still importing. For the parent it is only late by a moment."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # else the first start would start it, and let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
