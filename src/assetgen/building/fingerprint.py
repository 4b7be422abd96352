"""Fingerprints: the values of an asset that change its bytes, and the versions of renderer and checks.

A field of ``Asset`` counts as recipe unless it is named here, so that one that is added later is never forgotten.

Assetgen's own part is the digest of its source files, so that no change of them can be forgotten: a changed
proof proves again, and draws nothing.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.planning.asset import Asset

if TYPE_CHECKING:
    from assetgen.building.inputs import Snapshot
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Plan
    from assetgen.planning.selection import Selection

PROVENANCE = frozenset({"inputs", "places", "faults", "terms"})
"""Where the values were written, why an asset cannot be made, when it may be shown: no pixel rests on these."""
_RECIPE = tuple(
    field.name for field in fields(Asset) if field.name not in PROVENANCE and field.name != "word_sets"
)


def recipe_digest(asset: Asset, drawn_with: tuple[str, ...]) -> str:
    """Return the sha256 of all values that an asset is drawn from, but for what is in files.

    ``drawn_with`` is what drawing takes from the campaign beside them (``drawn_with``).
    """
    words = [(words.name, tuple(words.words.items())) for words in asset.word_sets]
    values: list[Any] = [getattr(asset, name) for name in _RECIPE]
    return _digest_of_values((drawn_with, words, values))


def places_digest(asset: Asset) -> str:
    """Return the sha256 of all places that a finding of an asset could point at, the words' own included."""
    return _digest_of_values((_sorted(asset.places), [_sorted(words.places) for words in asset.word_sets]))


def drawn_with(asset: Asset, campaign: Campaign) -> tuple[str, ...]:
    """Return what the drawing of an asset takes from the campaign that is in no file's bytes.

    The family of its locale; and the names of its design's sources, since one more file may take another's place.
    """
    design = campaign.templates.get(asset.template or "")
    return (campaign.brand.family(asset.locale), *sorted(design.sources if design else ()))


def _sorted(places: Mapping[str, object]) -> list[tuple[str, object]]:
    return sorted(places.items())


def _digest_of_values(value: object) -> str:
    """Return the sha256 of frozen values by what they say: every one of them has a repr that says it all."""
    return hashlib.sha256(repr(value).encode("utf-8", "backslashreplace")).hexdigest()


PACKAGE = Path(__file__).resolve().parent.parent
# Below assetgen/: what can change a file's bytes, and what can change the word of the proofs on it.
RESOLVES = (
    *("catalogue", "colour.py", "errors.py", "findings.py", "geometry.py"),
    *("loading", "planning", "schema", "units.py"),
)
DRAWS = (*RESOLVES, "layout", "rendering")
PROVES = (*RESOLVES, "preflight", "manifest/entry.py", "building/pool/task.py")
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
        if not path.exists():
            raise FileNotFoundError(f"{path}: a fingerprint names a source file that was moved")
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


def plan_digest(plan: Plan, selection: Selection, sources: Snapshot | None, versions: Versions) -> str:
    """Return what tells one plan from another: its names, what was selected, every source file, the versions."""
    named = [(one.path, one.id) for one in plan.assets] + [(one.path, one.id) for one in plan.unplanned]
    files = sorted((name, sha256) for name, (_, sha256) in (sources or {}).items())
    said = (named, selection.given(), files, versions.draws, versions.proves)
    return hashlib.sha256(repr(said).encode("utf-8", "backslashreplace")).hexdigest()
