"""Ctrl-C and SIGTERM during a build: noted, so that nothing is broken off between two steps of a move."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Halt:
    """Whether somebody asked for the end. ``requested`` stays True once it is."""

    def __init__(self) -> None:
        self.requested = False
        self._breaks = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note the signals instead of dying of them.

        A signal that is ignored stays so (a job started with ``&`` or nohup). Outside the main thread
        Python hands out no signals: there the program around the build has to listen.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in SIGNALS}
        taken = [number for number in SIGNALS if before[number] not in (signal.SIG_IGN, None)]
        for number in taken:
            signal.signal(number, self._note)
        try:
            yield
        finally:
            for number in taken:
                signal.signal(number, before[number])

    @contextmanager
    def breaking(self) -> Iterator[None]:
        """Let a signal also raise KeyboardInterrupt inside: for drawing in this process, which may take long.

        The engine may swallow that while it draws an SVG, so look at ``requested`` afterwards.
        """
        self._breaks = True
        try:
            if self.requested:
                raise KeyboardInterrupt
            yield
        finally:
            self._breaks = False

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True
        if self._breaks:
            raise KeyboardInterrupt
