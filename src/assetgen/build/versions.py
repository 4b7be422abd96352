"""The versions that stand in the keys: of all that draws, and of all that proves.

Assetgen's own part is the digest of its source files, so that no change of them can be forgotten: a changed
proof proves again, and draws nothing.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
# Below assetgen/: what can change a file's bytes, and what can change the word of the proofs on it.
RESOLVES = (
    "catalogue",
    "colour.py",
    "errors.py",
    "findings.py",
    "geometry.py",
    "loading",
    "planning",
    "schema",
    "units.py",
)
DRAWS = (*RESOLVES, "layout", "rendering")
PROVES = (*RESOLVES, "preflight", "build/entry.py", "build/proven.py")
# What the proofs read with, beside what draws (``render.engine``).
READS_WITH = ("zxing-cpp", "pikepdf", "numpy", "phonenumbers", "linkify-it-py", "pypdfium2", "pillow")
NOT_SOURCE = frozenset({"__pycache__"})


@dataclass(frozen=True, slots=True)
class Versions:
    """One digest of all that draws and one of all that proves; ``engine`` in words, for the reasons."""

    draws: str
    proves: str
    engine: Mapping[str, str]

    def as_dict(self) -> dict[str, object]:
        """Return the versions as plain values."""
        return {**asdict(self), "engine": dict(sorted(self.engine.items()))}


def versions_of(engine: Mapping[str, str]) -> Versions:
    """Return the versions of this installation; ``engine`` maps what draws to its version."""
    python = ".".join(str(number) for number in sys.version_info[:2])
    drawing = [("python", python), *sorted(engine.items())]
    proving = [("python", python), *((name, _version(name)) for name in READS_WITH)]
    return Versions(
        draws=_digest([*drawing, *_sources(DRAWS)]),
        proves=_digest([*proving, *_sources(PROVES)]),
        engine=dict(engine),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _digest(pairs: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256("\n".join(f"{name} {value}" for name, value in pairs).encode()).hexdigest()


def _sources(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return each file of these names, folders with all that is in them, and the sha256 of its bytes."""
    found: list[tuple[str, str]] = []
    for name in names:
        path = PACKAGE / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if NOT_SOURCE.isdisjoint(file.parts) and file.is_file():
                found.append((file.relative_to(PACKAGE).as_posix(), _sha256(file)))
    return found


@cache
def _sha256(file: Path) -> str:
    """Return the sha256 of a source file. Kept for the process's life, whose code does not change either."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def digest_of(names: Iterable[str]) -> str:
    """Return one digest of some of assetgen's own source files, folders with all that is in them."""
    return _digest(_sources(names))
