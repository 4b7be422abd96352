"""Make ready what ``make`` needs: the machine's parts, ``.venv`` with the locked packages, the project.

    python3 setup/prepare.py build|test

Nothing is done twice: a stamp inside ``.venv`` says what it was made from. Packages are installed anew when
the lock, the Python or the folder changed; the project alone when ``pyproject.toml`` or its build hook did.
Only the standard library is used here: this is what runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(
        "setup: assetgen needs Python 3.11 or newer, and %s is %d.%d;"
        " name another one: make build PYTHON=python3.12" % (sys.executable, *sys.version_info[:2])
    )

import machine

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "assetgen-setup.json"
# An editable install holds the version, the script and the path, all of which these two decide.
PROJECT_FILES = (ROOT / "pyproject.toml", ROOT / "hatch_build.py")


class SetupFailed(Exception):
    """A step of the set-up did not succeed; the text is what it printed."""


def digest(*parts: bytes) -> str:
    """Return one hash over parts, each kept apart from the next."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def wanted_stamp(
    lock: bytes, project_files: list[bytes], python: str = "", folder: str = ""
) -> dict[str, str]:
    """Return what ``.venv`` must have been made from: the key of its packages, the key of the project."""
    packages = digest(lock, python.encode(), folder.encode())
    return {"packages": packages, "project": digest(packages.encode(), *project_files)}


def steps_needed(wanted: dict[str, str], found: dict[str, str]) -> list[str]:
    """Return the steps that lead from the stamp found to the one wanted: ``packages``, ``project``."""
    return [step for step in ("packages", "project") if found.get(step) != wanted[step]]


def read_stamp(stamp: Path) -> dict[str, str]:
    """Return the stamp's keys, or nothing where there is no whole stamp."""
    try:
        found = json.loads(stamp.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def venv_python() -> Path:
    """Return the path of the Python in ``.venv``."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str | Path) -> None:
    """Run a step of the set-up in silence; raise SetupFailed with all that it printed if it fails."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    # No question is asked where there is nobody to answer it, and nothing goes past .venv.
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


def install_packages() -> None:
    """Make ``.venv`` from scratch and install the lock, each file by its hash."""
    # Where make runs inside .venv itself, the Python that goes on is the one that .venv was made from.
    python = getattr(sys, "_base_executable", None) or sys.executable
    run(python, "-m", "venv", "--clear", VENV)
    run(venv_python(), "-m", "pip", "install", "--require-hashes", "--requirement", LOCK)


def install_project() -> None:
    """Install the project itself, editable: packages and build back end are there already."""
    run(
        venv_python(), "-m", "pip", "install",
        "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT,
    )  # fmt: skip


def prove_engine() -> None:
    """Import WeasyPrint once, so that a machine that it cannot work on is told so here."""
    try:
        run(venv_python(), "-c", "import weasyprint")
    except SetupFailed as failed:
        gap = machine.explain_gap([machine.PANGO], machine.find_manager())
        raise machine.MachineGap(f"{failed}\n{gap}") from failed


def prepare(goal: str) -> None:
    """Make the machine and ``.venv`` ready for a goal (``build`` or ``test``)."""
    machine.ensure(goal, say)
    wanted = wanted_stamp(
        LOCK.read_bytes(),
        [path.read_bytes() for path in PROJECT_FILES],
        python=f"{sys.version} {sys.base_prefix}",
        folder=str(ROOT),
    )
    steps = steps_needed(wanted, read_stamp(STAMP) if venv_python().exists() else {})
    if not steps:
        return
    # What is left of an interrupted set-up must not look finished: the stamp goes first and comes back last.
    STAMP.unlink(missing_ok=True)
    if "packages" in steps:
        say("installing the locked packages into .venv (once)")
        install_packages()
    install_project()
    prove_engine()
    STAMP.write_text(json.dumps(wanted), "utf-8")
    say("done")


def say(text: str) -> None:
    """Tell the person at the terminal what goes on."""
    print(f"setup: {text}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Run the set-up for the goal named; return an exit code (3: a part of the machine is missing)."""
    if len(arguments) != 1 or arguments[0] not in machine.PARTS:
        say(f"which goal? one of {', '.join(machine.PARTS)}")
        return 2
    try:
        prepare(arguments[0])
    except machine.MachineGap as gap:
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
