"""Count the calls between the ``build`` command and the renderer, and the modules that run for one asset.

    .venv/bin/python setup/call_depth.py [--list]

Builds one 1080 × 1080 asset of the starter campaign with one worker, and records every function of assetgen that is
entered, in the main process and in the worker. A module counts if one of its functions ran. The calls are assetgen's
frames on two stacks: below the command's function when the asset is sent to the worker, and in the worker when the
renderer is called.
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
TRACE_FOLDER = "ASSETGEN_HOPS_TRACE"
COMMAND = "assetgen.cli.commands.build.build"
RENDERER = "assetgen.rendering.renderer.Renderer.__call__"
SENDING = frozenset({"Connection.send", "_ConnectionBase.send"})


class Listener:
    """Profiler that records each function of assetgen that is entered, and the stacks at both ends of the path."""

    def __init__(self, output: TextIO, package: str) -> None:
        self._output, self._package = output, package
        self._seen: set[CodeType] = set()

    def __call__(self, frame: FrameType, event: str, _arg: Any) -> None:
        """Handle an event of ``sys.setprofile``."""
        if event != "call":
            return
        code = frame.f_code
        if code.co_qualname in SENDING:
            self._record_stack("sent", frame)
        if code in self._seen or not self._is_function(code):
            return
        self._seen.add(code)
        name = self._name(code)
        self._output.write(f"function {name}\n")
        if name == RENDERER:
            self._record_stack("rendered", frame)

    def _record_stack(self, where: str, frame: FrameType | None) -> None:
        names: list[str] = []
        while frame is not None:
            if self._is_function(frame.f_code):
                names.append(self._name(frame.f_code))
            frame = frame.f_back
        self._output.write(f"{where} {' '.join(reversed(names))}\n")

    def _is_function(self, code: CodeType) -> bool:
        """Return whether this is the code of a function of assetgen, not the body of a module or class."""
        return code.co_filename.startswith(self._package) and bool(code.co_flags & inspect.CO_OPTIMIZED)

    def _name(self, code: CodeType) -> str:
        path = Path(code.co_filename).relative_to(Path(self._package).parent).with_suffix("")
        return ".".join((*path.parts, code.co_qualname.replace(" ", "")))


def listen() -> None:
    """Profile this process from now on. Called when Python starts (``sitecustomize``)."""
    folder = os.environ[TRACE_FOLDER]
    # Line buffering, because a worker is killed when its work is done.
    output = open(Path(folder, f"trace-{os.getpid()}"), "w", buffering=1, encoding="utf-8")  # noqa: SIM115
    listener = Listener(output, os.environ[f"{TRACE_FOLDER}_PACKAGE"])
    threading.setprofile(listener)
    sys.setprofile(listener)


def trace(folder: Path) -> list[str]:
    """Build one asset of a new campaign in a folder; return the lines that its processes recorded."""
    import assetgen
    from bench_incremental import CHANGED, write_campaign

    campaign = write_campaign(folder / "campaign", 0)
    (folder / "sitecustomize.py").write_text("import hops\nhops.listen()\n", "utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(folder), str(SETUP))),
        TRACE_FOLDER: str(folder),
        f"{TRACE_FOLDER}_PACKAGE": str(Path(assetgen.__file__).resolve().parent),
    }
    selection = ("-p", CHANGED, "-c", "ig-square", "-m", "worried", "-j", "1")
    command = [sys.executable, "-m", "assetgen", "-q", "-C", str(campaign), "build", *selection]
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=True)
    return [line for file in folder.glob("trace-*") for line in file.read_text("utf-8").splitlines()]


def calls(lines: list[str]) -> list[str]:
    """Return the functions called between the command's own and the renderer, in their order."""
    sent = [line.split()[1:] for line in lines if line.startswith("sent ") and COMMAND in line]
    rendered = next(line.split()[1:] for line in lines if line.startswith("rendered "))
    last = sent[-1]
    return [*last[last.index(COMMAND) + 1 :], *rendered]


def main() -> None:
    """Print the counts and the calls; with ``--list`` also the modules."""
    parser = argparse.ArgumentParser(description="Count the modules and calls of one asset.")
    parser.add_argument("--list", action="store_true", help="also list the modules")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = trace(Path(folder))
    functions = {line.split()[1] for line in lines if line.startswith("function ")}
    files = {name: _module(name) for name in functions}
    modules = sorted(set(files.values()))
    path = calls(lines)
    print(f"{len(modules)} modules, {len(functions)} functions run for one asset")
    print(f"{len(path)} calls from the command to the renderer:")
    print("".join(f"  {name}\n" for name in path), end="")
    if options.list:
        print("".join(f"{module}\n" for module in modules), end="")


def _module(name: str) -> str:
    """Return the module of a function's full name: the longest prefix that is a file."""
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
