"""Find words that the project does not use, and print a replacement for each.

    python3 setup/plain_english.py

The patterns and their replacements are in ``[tool.plain-english]`` of pyproject.toml. The script reads every text file
that git tracks, except pyproject.toml itself and lock files. It exits with 1 if it finds something.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXCLUDED = ("pyproject.toml", "requirements.lock")


def read_rules(pyproject: str) -> dict[re.Pattern[str], str]:
    """Return the replacement for each pattern in the text of pyproject.toml."""
    table = tomllib.loads(pyproject)["tool"]["plain-english"]
    return {re.compile(pattern): replacement for pattern, replacement in table.items()}


def find_words(text: str, rules: Mapping[re.Pattern[str], str]) -> Iterator[tuple[int, int, str, str]]:
    """Yield the line, the column, the words and the replacement of each match. Lines and columns count from 1."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, replacement in rules.items():
            for found in pattern.finditer(line):
                yield number, found.start() + 1, found[0], replacement


def tracked_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the path and the content of each text file that git tracks."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if not name or name in EXCLUDED or not (root / name).is_file():
            continue
        try:
            yield name, (root / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue


def main() -> int:
    """Print each match; return the exit code."""
    rules = read_rules((ROOT / "pyproject.toml").read_text("utf-8"))
    count = 0
    for name, text in tracked_texts(ROOT):
        for line, column, found, replacement in find_words(text, rules):
            print(f'{name}:{line}:{column}: "{found}": write {replacement}')
            count += 1
    if count:
        print(f"{count} places to reword")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
