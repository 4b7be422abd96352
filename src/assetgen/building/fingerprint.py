"""Fingerprints: of an asset's values, of the versions of renderer and checks, and of the campaign's files.

A field of ``Asset`` counts as recipe unless it is named here, so that one that is added later is never forgotten.

Assetgen's own part is the digest of its source files, so that no change of them can be forgotten: a changed
proof proves again, and draws nothing.

A file of the campaign whose stamp (size, mtime, ctime, inode, and where a link leads) is the one recorded is not read
again. One that was written just before it was looked at, or that seems to come from the future, is recorded as unsure:
the clock of a disk ticks in milliseconds, and a second edit in one tick would leave no trace.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.planning.asset import Asset
from assetgen.rendering.engine.machine import version_of

if TYPE_CHECKING:
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
PROVES = (*RESOLVES, "preflight", "manifest/entry.py", "building/render_task.py")
# What the proofs read with, beside what draws (``render.engine``).
READS_WITH = ("zxing-cpp", "pikepdf", "numpy", "phonenumbers", "linkify-it-py", "pypdfium2", "pillow")
NOT_SOURCE = frozenset({"__pycache__"})


@dataclass(frozen=True, slots=True)
class Versions:
    """One digest of all that draws and one of all that proves; ``engine`` in words, for the reasons."""

    draws: str
    proves: str
    engine: Mapping[str, str]


def versions_of(engine: Mapping[str, str]) -> Versions:
    """Return the versions of this installation; ``engine`` maps what draws to its version."""
    python = ".".join(str(number) for number in sys.version_info[:2])
    drawing = [("python", python), *sorted(engine.items())]
    proving = [("python", python), *((name, version_of(name)) for name in READS_WITH)]
    return Versions(
        draws=_digest([*drawing, *_sources(DRAWS)]),
        proves=_digest([*proving, *_sources(PROVES)]),
        engine=dict(engine),
    )


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
    return _digest_of_values(said)


SOURCES = ("brand", "campaign.yaml", "partners", "templates")
UNSURE_NS = 1_000_000_000
Seen = tuple[int, int, int, int, str]
"""Size, mtime and ctime in ns, inode; where a link leads ('' of a plain file). Noughts where it is unsure."""
UNSURE: Seen = (0, 0, 0, 0, "")
FOLDER = "/"
Snapshot = dict[str, tuple[Seen, str]]
"""Path below the campaign (a folder's ends with a stroke) → how it was seen, and its sha256."""


def take_snapshot(root: Path, before: Mapping[str, tuple[Seen, str]]) -> Snapshot | None:
    """Return all files and folders that a campaign is read from; those seen as ``before`` are not read again.

    None where they cannot be told so simply: a folder that is a link, a file that nobody may read.
    """
    now_ns = time.time_ns()
    found: Snapshot = {}
    try:
        for name, path in _entries(root):
            if name.endswith(FOLDER):
                found[name] = (UNSURE, "")
                continue
            seen = _seen(path)
            old = before.get(name)
            as_before = old is not None and old[0] == seen
            sha256 = old[1] if old and as_before else hashlib.sha256(path.read_bytes()).hexdigest()
            sure = max(seen[1], seen[2]) < now_ns - UNSURE_NS
            found[name] = (seen if sure or as_before else UNSURE, sha256)
    except (OSError, ValueError):
        return None
    return found


def changed(before: Mapping[str, tuple[Seen, str]], now: Mapping[str, tuple[Seen, str]]) -> set[str]:
    """Return the paths of what was added, taken away, or holds other bytes."""
    names = before.keys() | now.keys()
    return {name for name in names if _content(before, name) != _content(now, name)}


def _content(of: Mapping[str, tuple[Seen, str]], name: str) -> str | None:
    entry = of.get(name)
    return entry[1] if entry else None


def _seen(path: Path) -> Seen:
    own = path.lstat()
    leads = os.readlink(path) if stat.S_ISLNK(own.st_mode) else ""
    at = path.stat() if leads else own
    if not stat.S_ISREG(at.st_mode):
        raise ValueError("no file")
    return at.st_size, at.st_mtime_ns, at.st_ctime_ns, at.st_ino, leads


def _entries(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file and folder, in no order. Raises OSError, and ValueError where a folder is a link."""
    todo = [(name, root / name) for name in SOURCES if os.path.lexists(root / name)]
    while todo:
        name, path = todo.pop()
        if not path.is_dir():
            yield name, path
            continue
        if path.is_symlink():
            raise ValueError("a folder that is a link")
        yield name + FOLDER, path
        with os.scandir(path) as entries:
            todo += [(f"{name}/{entry.name}", Path(entry.path)) for entry in entries]


Drawn = tuple[tuple[str, str | None], ...]
"""Each file that a drawing opened, sorted, with its sha256; None for one that was looked for and is not there."""


class Reads:
    """The sha256 of files of the campaign, each found once: what was read with the campaign counts as it was read."""

    def __init__(self, root: Path, known: Mapping[str, bytes], hashes: Mapping[str, str]) -> None:
        self._root = root
        self._bytes = known
        self._hashes: dict[str, str | None] = dict(hashes)

    @classmethod
    def of(cls, campaign: Campaign) -> Reads:
        """Return the reads of a campaign: its designs, fonts and logos are those in memory, the rest is on disk."""
        sources = {
            name: content
            for template in campaign.templates.values()
            for name, content in template.sources.items()
        }
        hashes = {face.path: face.sha256 for face in campaign.brand.faces}
        for partner in campaign.partners.values():
            hashes |= partner.logo.files if partner.logo else {}
        return cls(campaign.root, sources, hashes)

    def sha256(self, name: str) -> str | None:
        """Return the sha256 of a file by its path below the campaign, None where there is none to be read."""
        if name not in self._hashes:
            self._hashes[name] = self._find(name)
        return self._hashes[name]

    def _find(self, name: str) -> str | None:
        content = self._bytes.get(name)
        try:
            return hashlib.sha256(
                (self._root / name).read_bytes() if content is None else content
            ).hexdigest()
        except (OSError, ValueError):
            return None

    def now(self, names: Iterable[str]) -> Drawn:
        """Return what these files hold today."""
        return tuple((name, self.sha256(name)) for name in sorted(names))


def drawn_from(inputs: Mapping[str, str], sought: Iterable[str]) -> Drawn:
    """Return what a drawing opened, and what it looked for in vain, as one sorted list."""
    return tuple(sorted([*inputs.items(), *((name, None) for name in sought)], key=lambda pair: pair[0]))
