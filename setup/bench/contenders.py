"""Programs that render the same pages, each in its own process on one core. They run their rounds in turn.

Other work of the machine changes the times. Because the programs take turns, it affects all of them, and the best of
several rounds counts for each page.
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
    """A process that answers lines of text with lines of JSON. ``rounds`` holds the ms of each page, by round."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    rounds: list[list[float]] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the process, and wait until it has rendered every page once. Raises RuntimeError if it ends first."""
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment},
            cwd=self.folder,
        )
        self._answer()

    def ask(self, request: str) -> Any:
        """Send a line and return the answer."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process is not None and self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended without an answer (exit {self._process.wait()})")
        return json.loads(line)

    def stop(self) -> None:
        """Close the input of the process, which ends it."""
        if self._process is not None:
            self._process.communicate()

    @property
    def pages_ms(self) -> list[float]:
        """Return the best time of each page."""
        return [min(page) for page in zip(*self.rounds, strict=True)]

    @property
    def mean_ms(self) -> float:
        """Return the mean of the best times of all pages."""
        return sum(self.pages_ms) / len(self.pages_ms)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process and its child processes on one core, if the system supports that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def run_rounds(contenders: Sequence[Contender], rounds: int) -> None:
    """Let all contenders render every page, in turn, for a number of rounds."""
    for _ in range(rounds):
        for contender in contenders:
            contender.rounds.append(contender.ask("round"))
