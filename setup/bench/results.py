"""``benchmarks/RESULTS.md``: what ``make bench`` writes comes first, then a section for each measurement of its own."""

from __future__ import annotations

from pathlib import Path

from bench.workload import ROOT

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
HEADING = "\n## "


def write_first(words: str, path: Path = RESULTS) -> None:
    """Write what stands before the first section; the sections stay."""
    _write(path, words, _sections(path))


def write_section(title: str, words: str, path: Path = RESULTS) -> None:
    """Write a section in place of the one of the same title, or at the end."""
    first = _text(path).partition(HEADING)[0]
    _write(path, first, {**_sections(path), title: words})


def _text(path: Path) -> str:
    """Return the file's words, a line end before them: so the first heading is found as all others are."""
    return "\n" + (path.read_text("utf-8") if path.exists() else "")


def _sections(path: Path) -> dict[str, str]:
    return dict(part.split("\n", 1) for part in _text(path).split(HEADING)[1:])


def _write(path: Path, first: str, sections: dict[str, str]) -> None:
    parts = [first.strip(), *(f"## {title}\n\n{words.strip()}" for title, words in sections.items())]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join(part for part in parts if part) + "\n", "utf-8")
