"""Find words that the project does not use, each with what to write instead.

    python3 setup/plain_english.py

The list is ``[tool.plain-english]`` in pyproject.toml: a pattern, and its replacement. Every text file that git
tracks is read, but for pyproject.toml itself and lock files. Ends with 1 where something was found.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_READ = ("pyproject.toml", "requirements.lock")


def read_rules(pyproject: str) -> dict[re.Pattern[str], str]:
    """Return each pattern of pyproject.toml with the words to write instead."""
    said = tomllib.loads(pyproject)["tool"]["plain-english"]
    return {re.compile(pattern): instead for pattern, instead in said.items()}


def find_words(text: str, rules: Mapping[re.Pattern[str], str]) -> Iterator[tuple[int, int, str, str]]:
    """Yield line, column, the words that were found and what to write instead, line by line."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, instead in rules.items():
            for found in pattern.finditer(line):
                yield number, found.start() + 1, found[0], instead


def tracked_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file that git tracks and that is text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if not name or name in NOT_READ or not (root / name).is_file():
            continue
        try:
            yield name, (root / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue


def main() -> int:
    """Print each place, and return the exit code."""
    rules = read_rules((ROOT / "pyproject.toml").read_text("utf-8"))
    count = 0
    for name, text in tracked_texts(ROOT):
        for line, column, found, instead in find_words(text, rules):
            print(f'{name}:{line}:{column}: "{found}": write {instead}')
            count += 1
    if count:
        print(f"{count} places to reword")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
