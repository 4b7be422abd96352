"""What the machine itself must have, and how each system's package manager is asked for it.

Python's packages are the lock's affair. Here are the few things that no Python package brings: Pango, which
WeasyPrint sets type with, and what the tests read finished files with. Nothing here runs ``sudo``: root gets
the parts installed, anybody else gets the one line to type.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Manager:
    """A system's package manager: how it refreshes its lists, how it installs, what each part is called."""

    command: str
    refresh: tuple[str, ...]
    install: tuple[str, ...]


MANAGERS = {
    manager.command: manager
    for manager in (
        Manager("apt-get", ("update",), ("install", "--yes", "--no-install-recommends")),
        Manager("dnf", (), ("install", "--assumeyes")),
        Manager("apk", ("update",), ("add",)),
        # Arch knows no partial upgrade: a refresh without one would be, so the lists stay as they are.
        Manager("pacman", (), ("-S", "--needed", "--noconfirm")),
        Manager("zypper", (), ("--non-interactive", "install")),
        Manager("brew", (), ("install",)),
    )
}


@dataclass(frozen=True)
class Part:
    """Something that the machine must have: shared libraries (by Linux name), commands, Python modules.

    ``packages`` maps a package manager to what it calls the part; a manager that is not in it has no
    package of its own for it.
    """

    name: str
    packages: Mapping[str, tuple[str, ...]]
    libraries: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    modules: tuple[str, ...] = field(default=())


PANGO = Part(
    name="Pango",
    libraries=(
        "libpango-1.0.so.0",
        "libpangoft2-1.0.so.0",
        "libharfbuzz.so.0",
        "libharfbuzz-subset.so.0",
        "libfontconfig.so.1",
        "libgobject-2.0.so.0",
    ),
    packages={
        "apt-get": ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
        "dnf": ("pango",),
        "apk": ("pango", "harfbuzz-subset"),
        "pacman": ("pango",),
        "zypper": ("libpango-1_0-0", "libharfbuzz-subset0"),
        "brew": ("pango",),
    },
)
VENV = Part(
    name="Python's venv",
    modules=("venv", "ensurepip"),
    # Debian and its children cut venv out of Python; everywhere else it comes with it.
    packages={"apt-get": (f"python3.{sys.version_info.minor}-venv",)},
)
ZBAR = Part(
    name="zbar",
    libraries=("libzbar.so.0",),
    packages={
        "apt-get": ("libzbar0",),
        "dnf": ("zbar",),
        "apk": ("zbar",),
        "pacman": ("zbar",),
        "zypper": ("libzbar0",),
        "brew": ("zbar",),
    },
)
POPPLER = Part(
    name="poppler-utils",
    commands=("pdfinfo", "pdffonts", "pdftotext"),
    packages={
        "apt-get": ("poppler-utils",),
        "dnf": ("poppler-utils",),
        "apk": ("poppler-utils",),
        "pacman": ("poppler",),
        "zypper": ("poppler-tools",),
        "brew": ("poppler",),
    },
)
UNZIP = Part(name="unzip", commands=("unzip",), packages=dict.fromkeys(MANAGERS, ("unzip",)))
BSDTAR = Part(
    name="bsdtar",
    commands=("bsdtar",),
    packages={
        "apt-get": ("libarchive-tools",),
        "dnf": ("bsdtar",),
        "apk": ("libarchive-tools",),
        "pacman": ("libarchive",),
        "zypper": ("bsdtar",),
        "brew": ("libarchive",),
    },
)
GHOSTSCRIPT = Part(name="Ghostscript", commands=("gs",), packages=dict.fromkeys(MANAGERS, ("ghostscript",)))
READERS = (ZBAR, POPPLER, GHOSTSCRIPT, UNZIP, BSDTAR)
"""What reads finished files that did not write them."""
PARTS = {
    "build": (VENV, PANGO),
    "test": (VENV, PANGO),
    "docs": (VENV, PANGO),
    "readers": (VENV, PANGO, *READERS),
}


class MachineGap(Exception):
    """The machine lacks something that this run may not or cannot install."""


def loads(library: str) -> bool:
    """Say whether a shared library can be opened; outside Linux, where names differ, say yes.

    There the import of WeasyPrint at the end of the set-up is the proof.
    """
    if not sys.platform.startswith("linux"):
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has(part: Part) -> bool:
    """Say whether the machine has every library, command and module of a part."""
    return (
        all(loads(library) for library in part.libraries)
        and all(shutil.which(command) for command in part.commands)
        and all(importlib.util.find_spec(module) for module in part.modules)
    )


def packages_for(manager: Manager, parts: Iterable[Part]) -> tuple[str, ...]:
    """Return what a package manager calls the parts, in order."""
    return tuple(name for part in parts for name in part.packages.get(manager.command, ()))


def line_to_type(manager: Manager, parts: Sequence[Part]) -> str:
    """Return the one line that installs the parts, as a person would type it."""
    return " ".join((manager.command, *manager.install, *packages_for(manager, parts)))


def find_manager(which: Callable[[str], object] = shutil.which) -> Manager | None:
    """Return the machine's package manager, or None where we know none."""
    return next((manager for command, manager in MANAGERS.items() if which(command)), None)


def explain_gap(parts: Sequence[Part], manager: Manager | None) -> str:
    """Say what is missing and what to do about it."""
    names = ", ".join(part.name for part in parts)
    if manager is None or not packages_for(manager, parts):
        return f"this machine lacks {names}; install it as your system does, then type make again"
    who = "type" if manager.command == "brew" else "type as root"
    return f"this machine lacks {names}; {who}, then make again:\n\n    {line_to_type(manager, parts)}\n"


def is_root() -> bool:
    """Say whether this run may install system packages (never true on Windows)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install(manager: Manager, parts: Sequence[Part]) -> str:
    """Install the parts with the system's package manager; return what it said.

    A refresh that fails is no reason to stop: the lists may be there already, and the install tells.
    """
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    said = []
    steps = [manager.refresh] if manager.refresh else []
    for step in [*steps, (*manager.install, *packages_for(manager, parts))]:
        done = subprocess.run(
            [manager.command, *step],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=env,
            check=False,
        )
        said.append(done.stdout)
    return "".join(said)


def ensure(goal: str, say: Callable[[str], None]) -> None:
    """See to it that the machine has every part for a goal (``build`` or ``test``).

    Raises MachineGap, with the line to type, where a part is missing and this run is not root's, or where
    the package manager could not help.
    """
    missing = [part for part in PARTS[goal] if not has(part)]
    if not missing:
        return
    manager = find_manager()
    may_install = manager is not None and manager.command != "brew" and is_root()
    if manager is None or not may_install or not packages_for(manager, missing):
        raise MachineGap(explain_gap(missing, manager))
    say(line_to_type(manager, missing))
    said = install(manager, missing)
    importlib.invalidate_caches()
    still = [part for part in missing if not has(part)]
    if still:
        raise MachineGap(f"{said}\n{explain_gap(still, manager)}")


def main(arguments: list[str]) -> int:
    """Install what a goal needs, without preparing ``.venv``; return the exit code (3: a part is missing)."""
    try:
        ensure(arguments[0] if arguments else "build", lambda text: print(f"setup: {text}", file=sys.stderr))
    except MachineGap as gap:
        print(f"setup: {gap}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
