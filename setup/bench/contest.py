"""Contenders that draw the same work, each a process of its own on one core, asked for a round one after the other.

What a round costs differs with what else the machine does. All meet the same noise, and the best of several rounds
of each page counts.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Contender:
    """A process that answers words with JSON. Each round's ms are kept, page by page."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    rounds: list[list[float]] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start, and wait until all was drawn once. Raises RuntimeError with what it said where it cannot."""
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment},
            cwd=self.folder,
        )
        self._answer()

    def ask(self, words: str) -> Any:
        """Return what it answers."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process is not None and self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended without an answer (exit {self._process.wait()})")
        return json.loads(line)

    def stop(self) -> None:
        """End it: its input ends, so it does."""
        if self._process is not None:
            self._process.communicate()

    @property
    def pages_ms(self) -> list[float]:
        """Return the best time of each page."""
        return [min(page) for page in zip(*self.rounds, strict=True)]

    @property
    def mean_ms(self) -> float:
        """Return the mean of the pages' best times."""
        return sum(self.pages_ms) / len(self.pages_ms)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and those that it starts, on one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def hold_rounds(contenders: Sequence[Contender], rounds: int) -> None:
    """Let each draw all the work so many times, in turn."""
    for _ in range(rounds):
        for contender in contenders:
            contender.rounds.append(contender.ask("round"))
