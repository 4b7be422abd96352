"""Prepare what ``make`` needs: system packages, ``.venv`` with the locked Python packages, the project itself.

    python3 setup/prepare.py build|test|readers|brands|docs [LOCK]

A stamp in ``.venv`` records what it was made from, so a second run does nothing. All packages are installed again when
the lock, the Python or the folder changed; missing groups are added; the project alone is installed again when
``pyproject.toml`` or its build hook changed. This script runs before anything is installed: it uses the standard
library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

if sys.version_info < (3, 11):
    sys.exit(
        "setup: assetgen needs Python 3.11 or newer, and %s is %d.%d;"
        " name another one: make build PYTHON=python3.12" % (sys.executable, *sys.version_info[:2])
    )

import system_packages

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "assetgen-setup.json"
# An editable install holds the version, the script and the path. These files decide them.
PROJECT_FILES = (
    ROOT / "pyproject.toml",
    ROOT / "hatch_build.py",
    ROOT / "src" / "assetgen" / "__init__.py",
)
# The groups of requirements.lock that each goal needs. A group may need packages of the groups before it.
GROUPS = {
    "build": ("run", "build"),
    "test": ("run", "build", "test"),
    "readers": ("run", "build", "test"),
    "brands": ("run", "build", "test"),
    "docs": ("run", "build", "test", "docs"),
}
GROUP_LINE = re.compile(r"^# group: (\w+)\n", re.MULTILINE)

Stamp = dict[str, Any]


class SetupFailed(Exception):
    """A step of the set-up failed; the text is its output."""


def digest(*parts: bytes) -> str:
    """Return one hash over parts, each kept apart from the next."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def read_groups(lock: str) -> dict[str, str]:
    """Return the text of each group in a lock, in the order of the lock."""
    _, *parts = GROUP_LINE.split(lock)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def needed_stamp(
    lock: bytes, project_files: list[bytes], groups: Collection[str], python: str = "", folder: str = ""
) -> Stamp:
    """Return the stamp of a ``.venv`` that has these groups: keys of its packages and of the project."""
    packages = digest(lock, python.encode(), folder.encode())
    return {
        "packages": packages,
        "groups": sorted(groups),
        "project": digest(packages.encode(), *project_files),
    }


def steps_needed(needed: Stamp, found: Stamp) -> list[str]:
    """Return the steps that a ``.venv`` with the stamp ``found`` still needs.

    The steps are ``packages`` (all again), ``groups`` (add the missing ones) and ``project``.
    """
    if found.get("packages") != needed["packages"]:
        return ["packages", "project"]
    steps = [] if set(needed["groups"]) <= set(found.get("groups", ())) else ["groups"]
    if found.get("project") != needed["project"]:
        steps.append("project")
    return steps


def read_stamp(stamp: Path) -> Stamp:
    """Return the stamp, or an empty one if the file is missing or incomplete."""
    try:
        found = json.loads(stamp.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def venv_python() -> Path:
    """Return the path of the Python in ``.venv``."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str | Path) -> None:
    """Run a step without output; raise SetupFailed with its output if it fails."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    # pip must not ask, since nobody may be there to answer, and must install into .venv only.
    env.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_USER="0")
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupFailed(f"{done.stdout}\nthis step failed: {' '.join(str(part) for part in command)}")


def create_venv() -> None:
    """Create an empty ``.venv``."""
    # If make runs inside .venv, continue with the Python that .venv was made from.
    python = getattr(sys, "_base_executable", None) or sys.executable
    run(python, "-m", "venv", "--clear", VENV)


def install_packages(lock: str, groups: Collection[str]) -> None:
    """Install groups of the lock; pip compares each file with its hash."""
    texts = read_groups(lock)
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        # pip resolves again: give it the earlier groups too, whose packages it finds installed.
        requirements.write_text("".join(texts[group] for group in texts if group in groups), "utf-8")
        run(venv_python(), "-m", "pip", "install", "--require-hashes", "--requirement", requirements)


def install_project() -> None:
    """Install the project as editable. Its packages and its build back end are installed already."""
    run(
        venv_python(), "-m", "pip", "install",
        "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT,
    )  # fmt: skip


def check_engine() -> None:
    """Import WeasyPrint once, so that a missing system library is reported here."""
    try:
        run(venv_python(), "-c", "import weasyprint")
    except SetupFailed as failed:
        gap = system_packages.explain_gap([system_packages.PANGO], system_packages.find_manager())
        raise system_packages.MachineGap(f"{failed}\n{gap}") from failed


def prepare(goal: str, lock: Path = LOCK) -> None:
    """Prepare the machine and ``.venv`` for a goal (``build``, ``test``, ``readers``, ``brands`` or ``docs``)."""
    system_packages.ensure(goal, say)
    needed = needed_stamp(
        lock.read_bytes(),
        [path.read_bytes() for path in PROJECT_FILES],
        GROUPS[goal],
        python=f"{sys.version} {sys.base_prefix}",
        folder=str(ROOT),
    )
    found = read_stamp(STAMP) if venv_python().exists() else {}
    steps = steps_needed(needed, found)
    if not steps:
        return
    # An interrupted set-up must not look finished: the stamp is removed first and written last.
    STAMP.unlink(missing_ok=True)
    groups = set(GROUPS[goal])
    if "packages" in steps:
        create_venv()
    else:
        groups |= set(found.get("groups", ()))
    if "packages" in steps or "groups" in steps:
        say(f"installing the locked packages into .venv ({', '.join(sorted(groups))})")
        install_packages(lock.read_text("utf-8"), groups)
    if "project" in steps:
        install_project()
    check_engine()
    STAMP.write_text(json.dumps({**needed, "groups": sorted(groups)}), "utf-8")
    say("done")


def say(text: str) -> None:
    """Print what happens, for the person at the terminal."""
    print(f"setup: {text}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Run the set-up for a goal; return the exit code (3: a system package is missing)."""
    if len(arguments) not in (1, 2) or arguments[0] not in GROUPS:
        say(f"name one goal: {', '.join(GROUPS)}")
        return 2
    try:
        prepare(arguments[0], *(ROOT / name for name in arguments[1:]))
    except system_packages.MachineGap as gap:
        say(str(gap))
        return 3
    except SetupFailed as failed:
        say(str(failed))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
