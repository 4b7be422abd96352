"""Write requirements.lock: the exact version and hashes of every package, in groups.

    python3 setup/lock.py [--upgrade]
    python3 setup/lock.py --lowest FILE

The packages come from ``[project]`` and ``[dependency-groups]`` in pyproject.toml. Locked versions are kept, unless
pyproject.toml excludes them or ``--upgrade`` is given. ``--lowest FILE`` writes another lock with the lowest versions
that pyproject.toml allows, for a test of those bounds; requirements.lock stays as it is.

uv resolves for all systems and for Python 3.11 and newer at once. It is installed into a temporary folder. No other
script of the project looks for newer packages.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"
RUN = "run"
HEADER = """\
# Written by `make lock` from pyproject.toml; do not edit it by hand.
# A package stands in the first group that needs it. setup/prepare.py installs the groups that a goal needs.

"""
ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==.*(?:\n .*)*\n?", re.MULTILINE)


def group_line(group: str) -> str:
    """Return the comment line that starts a group in the lock."""
    return f"# group: {group}\n"


def arrange(lock: str, names: dict[str, set[str]]) -> str:
    """Return the text of a lock arranged in groups.

    ``lock`` is what uv wrote; ``names`` maps each group, in order, to the packages that it needs. A package comes in
    the first group that needs it, so a later group also needs the earlier ones.
    """
    entries: dict[str, str] = {}
    for found in ENTRY.finditer(lock):  # a package has several entries if its version depends on the system
        name = found["name"].lower()
        entries[name] = entries.get(name, "") + found[0]
    parts = []
    for group, needed in names.items():
        mine = sorted(name for name in needed if name in entries)
        parts.append(group_line(group) + "".join(entries.pop(name) for name in mine))
    if entries:
        raise ValueError(f"in no group: {', '.join(entries)}")
    return HEADER + "\n".join(parts)


def compile_lock(uv: Path, folder: Path, *, upgrade: bool, lowest: bool) -> str:
    """Return the text of the lock; it names no folder of this machine and no package index."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = list(pyproject["dependency-groups"])
    before = ROOT / "requirements.lock"
    whole = folder / "whole.txt"
    if not (upgrade or lowest) and before.exists():
        whole.write_text(before.read_text("utf-8"), "utf-8")
    options: list[str | Path] = ["--upgrade"] if upgrade else []
    if lowest:  # tools have no lowest versions, and those of the docs need newer packages
        groups.remove("docs")
        bounds = folder / "lowest.txt"
        _compile(uv, bounds, [], ["--resolution", "lowest-direct"])
        options = ["--constraint", bounds]
    _compile(uv, whole, groups, ["--generate-hashes", *options])
    # uv is asked again for each group, within the versions that it chose: what does this group alone need?
    names = {}
    for group in (RUN, *groups):
        own = folder / f"{group}.txt"
        _compile(uv, own, [] if group == RUN else [group], ["--constraint", whole])
        names[group] = {found["name"].lower() for found in ENTRY.finditer(own.read_text("utf-8"))}
    return arrange(whole.read_text("utf-8"), names)


def _compile(uv: Path, output: Path, groups: list[str], options: list[str | Path]) -> None:
    subprocess.run(
        [
            uv, "pip", "compile", "--quiet", "pyproject.toml",
            "--universal", "--python-version", "3.11",
            "--no-header", "--no-annotate", "--no-strip-extras", "--no-emit-index-url", "--no-emit-find-links",
            *(word for group in groups for word in ("--group", group)),
            *options,
            "--output-file", output,
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Install uv into a temporary folder and write the lock."""
    lowest = Path(arguments[1]) if arguments[:1] == ["--lowest"] else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", UV], check=True)
        text = compile_lock(
            python.with_name("uv"), folder, upgrade="--upgrade" in arguments, lowest=lowest is not None
        )
    (lowest or ROOT / "requirements.lock").write_text(text, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
