"""Compare two output folders file by file: print how many are equal, and which differ, are missing or were added.

    python tests/support/compare_builds.py OLD_OUT NEW_OUT

Ends with 1 if the folders differ. The manifest, the gallery and ``.assetgen`` are left out: they hold versions and
times, and have their own tests.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

LEFT_OUT = ("manifest.json", "index.html", "index/", ".assetgen/")


@dataclass(frozen=True)
class Comparison:
    """The paths of both folders, sorted: equal, different, missing in the new one, added in the new one."""

    equal: list[str]
    different: list[str]
    missing: list[str]
    added: list[str]


def file_hashes(out: Path) -> dict[str, str]:
    """Return the sha256 of every file below a folder, by its path with ``/``."""
    paths = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in sorted(paths.items())
        if not name.startswith(LEFT_OUT)
    }


def compare(old: Path, new: Path) -> Comparison:
    """Compare the files of two output folders by their sha256."""
    before, after = file_hashes(old), file_hashes(new)
    in_both = before.keys() & after.keys()
    return Comparison(
        equal=sorted(name for name in in_both if before[name] == after[name]),
        different=sorted(name for name in in_both if before[name] != after[name]),
        missing=sorted(before.keys() - after.keys()),
        added=sorted(after.keys() - before.keys()),
    )


def main(arguments: list[str]) -> int:
    """Print the comparison of two folders; return the exit code."""
    if len(arguments) != 2:
        sys.exit(__doc__)
    found = compare(Path(arguments[0]), Path(arguments[1]))
    for word in ("different", "missing", "added"):
        for name in getattr(found, word):
            print(f"{word}: {name}")
    print(
        ", ".join(
            f"{len(getattr(found, word))} {word}" for word in ("equal", "different", "missing", "added")
        )
    )
    return 1 if found.different or found.missing or found.added else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
