"""Record what the modules below ``tests`` do at import: files they read, processes they start, calls they make.

``python -m tests.support.import_watch`` prints it as JSON, by module.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import sys
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
# Events of sys.addaudithook that read the disk or start a process.
WATCHED_EVENTS = (
    "open",
    "os.listdir",
    "os.scandir",
    "subprocess.Popen",
    "os.posix_spawn",
    "os.fork",
    "os.exec",
)


class ImportWatch:
    """Records what top-level code does. Create it once per process: an audit hook cannot be removed."""

    def __init__(self) -> None:
        self.is_on = False
        self.events: list[str] = []
        self.calls = 0
        sys.addaudithook(self._on_event)

    def run(self, code: CodeType, name: str) -> dict[str, Any]:
        """Execute a module's code in a new module, and return its events and its number of Python calls."""
        module = ModuleType(name)
        module.__file__ = code.co_filename
        previous, sys.modules[name] = sys.modules.get(name), module  # dataclasses look their module up
        self.events, self.calls, self.is_on = [], 0, True
        sys.setprofile(self._on_call)
        try:
            exec(code, module.__dict__)
        finally:
            sys.setprofile(None)
            self.is_on = False
            if previous is not None:
                sys.modules[name] = previous
        return {"calls": self.calls, "events": self.events}

    def _on_event(self, event: str, args: tuple[Any, ...]) -> None:
        # A package that imports its parts lazily reads its own files.
        if self.is_on and event in WATCHED_EVENTS:
            what = str(args[0]) if args else ""
            if not what.endswith((".py", ".pyc")) and "site-packages" not in what:
                self.events.append(f"{event} {what}")

    def _on_call(self, frame: FrameType, event: str, _: Any) -> None:
        self.calls += event == "call"


def imported_by(tree: ast.Module) -> set[str]:
    """Return the names of modules that a module's imports may load, without test modules."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if not re.search(r"^tests\.(.+\.)?test_", name)}


def clear_function_caches() -> None:
    """Clear every function cache of the project and the test helpers, so that no module profits from an earlier one."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("assetgen", "tests"):
            for value in list(vars(module).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


def watch_all() -> dict[str, dict[str, Any]]:
    """Return what each module below ``tests`` does at import, after the modules that it imports were loaded."""
    sources = {path: path.read_text("utf-8") for path in sorted(TESTS.rglob("*.py"))}
    trees = {path: ast.parse(text) for path, text in sources.items()}
    for name in sorted(set().union(*map(imported_by, trees.values()))):
        try:
            importlib.import_module(name)
        except ImportError:  # a name in a module, not a module
            continue
    watch, found = ImportWatch(), {}
    for path, text in sources.items():
        place = path.relative_to(ROOT)
        clear_function_caches()
        code = compile(text, str(path), "exec", dont_inherit=True)
        found[place.as_posix()] = watch.run(code, ".".join(place.with_suffix("").parts))
    return found


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "setup")]
    print(json.dumps(watch_all(), indent=1))
