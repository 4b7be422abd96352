"""Locks between processes: one build at a time in an ``out/``; no pruning while a build uses the store.

A lock belongs to the open file, so the system frees it however its holder ends; the file itself stays.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_S = 0.05

if sys.platform == "win32":
    import msvcrt

    def _try(handle: int, *, shared: bool) -> bool:
        """Take the first byte of the file; Windows has no shared kind here, so a sharer holds it alone."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(handle: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def locked(
    path: Path,
    *,
    shared: bool = False,
    give_up: Callable[[], bool] = lambda: False,
    on_wait: Callable[[], None] = lambda: None,
) -> Iterator[bool]:
    """Hold the lock file at ``path``; say whether it is held: False where ``give_up`` was True while waiting.

    ``on_wait`` is called once where somebody else holds it. Raises OSError where the file cannot be opened.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        held = _try(handle, shared=shared)
        if not held and not give_up():
            on_wait()
        while not held and not give_up():
            time.sleep(WAIT_S)
            held = _try(handle, shared=shared)
        yield held
    finally:
        os.close(handle)
