"""The system packages that assetgen needs, and how each package manager installs them.

requirements.lock lists the Python packages. This module has the few things that no Python package contains: Pango,
with which WeasyPrint sets text, and the tools with which the tests read finished files. Nothing here runs ``sudo``: for
root the packages are installed, all other users get the command to type.
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
    """A system's package manager: its command, and the arguments that refresh its lists and that install."""

    command: str
    refresh: tuple[str, ...]
    install: tuple[str, ...]


MANAGERS = {
    manager.command: manager
    for manager in (
        Manager("apt-get", ("update",), ("install", "--yes", "--no-install-recommends")),
        Manager("dnf", (), ("install", "--assumeyes")),
        Manager("apk", ("update",), ("add",)),
        # Arch does not support partial upgrades. Refreshing the lists without a full upgrade would cause one.
        Manager("pacman", (), ("-S", "--needed", "--noconfirm")),
        Manager("zypper", (), ("--non-interactive", "install")),
        Manager("brew", (), ("install",)),
    )
}


@dataclass(frozen=True)
class Part:
    """Something that the machine must have: shared libraries (by their Linux names), commands, Python modules, files.

    ``packages`` maps a package manager to the names of the part's packages. A manager that is missing there has no
    separate package for the part.
    """

    name: str
    packages: Mapping[str, tuple[str, ...]]
    libraries: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    modules: tuple[str, ...] = field(default=())
    files: tuple[str, ...] = ()


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
    # Debian and its derivatives package venv separately; elsewhere it is part of Python.
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
_FONTS = "/usr/share/fonts"
FONTS = Part(
    name="fonts of twelve brands",
    files=(
        f"{_FONTS}/truetype/lato/Lato-Bold.ttf",
        f"{_FONTS}/truetype/open-sans/OpenSans-Bold.ttf",
        f"{_FONTS}/truetype/roboto/unhinted/RobotoTTF/Roboto-Bold.ttf",
        f"{_FONTS}/truetype/inter-vf/Inter-roman.var.ttf",
        f"{_FONTS}/truetype/vollkorn/Vollkorn-Bold.ttf",
        f"{_FONTS}/truetype/quicksand/Quicksand-Bold.ttf",
        f"{_FONTS}/opentype/cantarell/Cantarell-Bold.otf",
        f"{_FONTS}/opentype/ebgaramond/EBGaramond12-Bold.otf",
        f"{_FONTS}/opentype/cabin/Cabin-Bold.otf",
        f"{_FONTS}/opentype/league-spartan/LeagueSpartan-Bold.otf",
        f"{_FONTS}/opentype/linux-libertine/LinLibertine_RB.otf",
        "/usr/share/texmf/fonts/opentype/public/tex-gyre/texgyreheroscn-bold.otf",
    ),
    # Debian's names and paths: the tests of other brands run on Debian and its derivatives only.
    packages={
        "apt-get": (
            *(
                "fonts-lato",
                "fonts-open-sans",
                "fonts-roboto-unhinted",
                "fonts-inter-variable",
                "fonts-vollkorn",
            ),
            *(
                "fonts-quicksand",
                "fonts-cantarell",
                "fonts-ebgaramond",
                "fonts-cabin",
                "fonts-league-spartan",
            ),
            *("fonts-linuxlibertine", "fonts-texgyre"),
        )
    },
)
READERS = (ZBAR, POPPLER, GHOSTSCRIPT, UNZIP, BSDTAR)
"""What reads finished files that did not write them."""
PARTS = {
    "build": (VENV, PANGO),
    "test": (VENV, PANGO),
    "docs": (VENV, PANGO),
    "readers": (VENV, PANGO, *READERS),
    "brands": (VENV, PANGO, FONTS),
}


class MachineGap(Exception):
    """The machine lacks something, and this run may not or cannot install it."""


def can_load(library: str) -> bool:
    """Return whether a shared library can be opened. Always True outside Linux, where its name differs.

    There, the import of WeasyPrint at the end of the set-up finds a missing library.
    """
    if not sys.platform.startswith("linux"):
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has(part: Part) -> bool:
    """Return whether the machine has every library, command, module and file of a part."""
    return (
        all(can_load(library) for library in part.libraries)
        and all(shutil.which(command) for command in part.commands)
        and all(importlib.util.find_spec(module) for module in part.modules)
        and all(os.path.exists(file) for file in part.files)
    )


def packages_for(manager: Manager, parts: Iterable[Part]) -> tuple[str, ...]:
    """Return the names of the parts' packages in a package manager, in order."""
    return tuple(name for part in parts for name in part.packages.get(manager.command, ()))


def install_command(manager: Manager, parts: Sequence[Part]) -> str:
    """Return the command line that installs the parts."""
    return " ".join((manager.command, *manager.install, *packages_for(manager, parts)))


def find_manager(which: Callable[[str], object] = shutil.which) -> Manager | None:
    """Return the machine's package manager, or None if it has no known one."""
    return next((manager for command, manager in MANAGERS.items() if which(command)), None)


def explain_gap(parts: Sequence[Part], manager: Manager | None) -> str:
    """Return a message that says what is missing and how to install it."""
    names = ", ".join(part.name for part in parts)
    if manager is None or not packages_for(manager, parts):
        return f"this machine lacks {names}; install it with your system's tools, then run make again"
    instruction = "run" if manager.command == "brew" else "run as root"
    return f"this machine lacks {names}; {instruction}, then run make again:\n\n    {install_command(manager, parts)}\n"


def is_root() -> bool:
    """Return whether this process runs as root, so that it may install system packages (never on Windows)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install(manager: Manager, parts: Sequence[Part]) -> str:
    """Install the parts with the system's package manager; return its output.

    A failed refresh of the lists is ignored: they may be there already. If not, the installation fails.
    """
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    output = []
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
        output.append(done.stdout)
    return "".join(output)


def ensure(goal: str, say: Callable[[str], None]) -> None:
    """Install every missing part for a goal (``build`` or ``test``).

    Raises MachineGap, with the command to type, if a part is missing and this process is not root, or if the package
    manager cannot install it. ``say`` prints a message.
    """
    missing = [part for part in PARTS[goal] if not has(part)]
    if not missing:
        return
    manager = find_manager()
    may_install = manager is not None and manager.command != "brew" and is_root()
    if manager is None or not may_install or not packages_for(manager, missing):
        raise MachineGap(explain_gap(missing, manager))
    say(install_command(manager, missing))
    output = install(manager, missing)
    importlib.invalidate_caches()
    still_missing = [part for part in missing if not has(part)]
    if still_missing:
        raise MachineGap(f"{output}\n{explain_gap(still_missing, manager)}")


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
