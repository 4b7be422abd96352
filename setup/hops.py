"""Measure how far it is from the command to the renderer: the modules that run, and the calls in between.

    .venv/bin/python setup/hops.py [--list]

Builds one 1080 × 1080 asset of the starter campaign with one worker. Every function of assetgen that is entered is
noted, in the command's process and in the worker's; a module counts as run where one of its functions was. The calls
are those of assetgen on the stack where the asset is sent to the worker, below the command's own function, and those
on the worker's stack where the renderer is called.
"""

from __future__ import annotations

import argparse
import inspect
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TextIO

SETUP = Path(__file__).resolve().parent
NOTES = "ASSETGEN_HOPS_NOTES"
COMMAND = "assetgen.cli.commands.build.build"
RENDERER = "assetgen.rendering.renderer.Renderer.__call__"
SENDING = frozenset({"Connection.send", "_ConnectionBase.send"})


class Listener:
    """Notes each function of assetgen that this process enters, and the stacks at both ends of the way."""

    def __init__(self, notes: TextIO, package: str) -> None:
        self._notes, self._package = notes, package
        self._seen: set[CodeType] = set()

    def __call__(self, frame: FrameType, event: str, _arg: Any) -> None:
        """Take an event of ``sys.setprofile``."""
        if event != "call":
            return
        code = frame.f_code
        if code.co_qualname in SENDING:
            self._note_stack("sent", frame)
        if code in self._seen or not self._is_function(code):
            return
        self._seen.add(code)
        name = self._name(code)
        self._notes.write(f"function {name}\n")
        if name == RENDERER:
            self._note_stack("rendered", frame)

    def _note_stack(self, where: str, frame: FrameType | None) -> None:
        names: list[str] = []
        while frame is not None:
            if self._is_function(frame.f_code):
                names.append(self._name(frame.f_code))
            frame = frame.f_back
        self._notes.write(f"{where} {' '.join(reversed(names))}\n")

    def _is_function(self, code: CodeType) -> bool:
        """Say whether this is the code of a function of assetgen, not the body of a module or of a class."""
        return code.co_filename.startswith(self._package) and bool(code.co_flags & inspect.CO_OPTIMIZED)

    def _name(self, code: CodeType) -> str:
        path = Path(code.co_filename).relative_to(Path(self._package).parent).with_suffix("")
        return ".".join((*path.parts, code.co_qualname.replace(" ", "")))


def listen() -> None:
    """Listen to this process from now on. Called by Python as it starts (``sitecustomize``)."""
    folder = os.environ[NOTES]
    # Written line by line: a worker is killed when its work is done.
    notes = open(Path(folder, f"notes-{os.getpid()}"), "w", buffering=1, encoding="utf-8")  # noqa: SIM115
    listener = Listener(notes, os.environ[f"{NOTES}_PACKAGE"])
    threading.setprofile(listener)
    sys.setprofile(listener)


def trace(folder: Path) -> list[str]:
    """Build one asset of a new campaign in a folder; return the lines that its processes noted."""
    import assetgen
    from bench_incremental import CHANGED, write_campaign

    campaign = write_campaign(folder / "campaign", 0)
    (folder / "sitecustomize.py").write_text("import hops\nhops.listen()\n", "utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(folder), str(SETUP))),
        NOTES: str(folder),
        f"{NOTES}_PACKAGE": str(Path(assetgen.__file__).resolve().parent),
    }
    one = ("-p", CHANGED, "-c", "ig-square", "-m", "worried", "-j", "1")
    command = [sys.executable, "-m", "assetgen", "-q", "-C", str(campaign), "build", *one]
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=True)
    return [line for file in folder.glob("notes-*") for line in file.read_text("utf-8").splitlines()]


def calls(lines: list[str]) -> list[str]:
    """Return the functions from below the command's to the renderer, in the order in which they are called."""
    sent = [line.split()[1:] for line in lines if line.startswith("sent ") and COMMAND in line]
    rendered = next(line.split()[1:] for line in lines if line.startswith("rendered "))
    ours = sent[-1]
    return [*ours[ours.index(COMMAND) + 1 :], *rendered]


def main() -> None:
    """Print what was measured; with --list also its parts."""
    parser = argparse.ArgumentParser(description="Count the modules and calls of one asset.")
    parser.add_argument("--list", action="store_true", help="name the modules too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = trace(Path(folder))
    functions = {line.split()[1] for line in lines if line.startswith("function ")}
    files = {name: _module(name) for name in functions}
    modules = sorted(set(files.values()))
    way = calls(lines)
    print(f"{len(modules)} modules, {len(functions)} functions run for one asset")
    print(f"{len(way)} calls from the command to the renderer:")
    print("".join(f"  {name}\n" for name in way), end="")
    if asked.list:
        print("".join(f"{module}\n" for module in modules), end="")


def _module(name: str) -> str:
    """Return the module of a function's full name: the longest part of it that is a file."""
    import assetgen

    parts = name.split(".")
    root = Path(assetgen.__file__).resolve().parent.parent
    for length in range(len(parts), 0, -1):
        path = root.joinpath(*parts[:length])
        if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file():
            return ".".join(parts[:length])
    raise ValueError(name)


if __name__ == "__main__":
    main()
