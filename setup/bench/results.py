"""Write ``benchmarks/RESULTS.md``: first the results of ``make bench``, then a section for each other script."""

from __future__ import annotations

from pathlib import Path

from bench.workload import ROOT

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
HEADING = "\n## "


def write_first(text: str, path: Path = RESULTS) -> None:
    """Replace the text before the first section; keep the sections."""
    _write(path, text, _sections(path))


def write_section(title: str, text: str, path: Path = RESULTS) -> None:
    """Replace the section of this title, or add it at the end."""
    first = _text(path).partition(HEADING)[0]
    _write(path, first, {**_sections(path), title: text})


def _text(path: Path) -> str:
    """Return the file's text after a line break, so that the first heading is found like all others."""
    return "\n" + (path.read_text("utf-8") if path.exists() else "")


def _sections(path: Path) -> dict[str, str]:
    return dict(part.split("\n", 1) for part in _text(path).split(HEADING)[1:])


def _write(path: Path, first: str, sections: dict[str, str]) -> None:
    parts = [first.strip(), *(f"## {title}\n\n{text.strip()}" for title, text in sections.items())]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join(part for part in parts if part) + "\n", "utf-8")
