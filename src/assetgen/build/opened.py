"""An ``out/`` that is held by one build: nobody else builds into it meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assetgen.build.halt import Halt
from assetgen.build.lock import locked
from assetgen.build.outdir import OutDir, stopping_the_build
from assetgen.build.state import State, read_state


@dataclass(frozen=True, slots=True)
class Opened:
    """The folder, what the last build left as its state, and whether somebody asks for the end."""

    tree: OutDir
    state: State
    halt: Halt


@contextmanager
def opened(out: Path, halt: Halt, on_wait: Callable[[], None] = lambda: None) -> Iterator[Opened | None]:
    """Hold an ``out/``, waiting for another build to end; None where ``halt`` came first. Raises MachineError."""
    tree = OutDir(out)
    with ExitStack() as stack:
        with stopping_the_build(f"prepare {tree.root.name}"):
            tree.own.mkdir(parents=True, exist_ok=True)
            lock = locked(tree.lock, give_up=lambda: halt.requested, on_wait=on_wait)
            held = stack.enter_context(lock)
        yield Opened(tree, read_state(tree.state), halt) if held else None
