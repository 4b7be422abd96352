"""Fingerprints: of an asset's values, of the versions of renderer and checks, and of the campaign's files.

Every field of ``Asset`` is part of the fingerprint unless ``PROVENANCE`` lists it, so a new field cannot be forgotten.

The version of assetgen itself is a digest of its source files, so no change of them can be missed. There are two such
digests, one for rendering and one for the preflight checks: after a change to a check, files are checked again but not
rendered again.

A campaign file is not read again if its size, mtime, ctime, inode and link target are those on record. A file that was
written less than a second before the scan, or has a time in the future, is recorded as unsure, so the next build reads
it again. File systems count time in steps of milliseconds, so a second edit within one step would go unnoticed.
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

from assetgen.loading.yaml.brand_folder import brand_folder
from assetgen.planning.asset import Asset
from assetgen.rendering.engine.machine import version_of

if TYPE_CHECKING:
    from assetgen.loading.model import CampaignModel
    from assetgen.planning.asset import Plan
    from assetgen.planning.selection import Selection

PROVENANCE = frozenset({"inputs", "places", "faults", "release_dates"})
"""Fields that change no pixel: source files and places, faults, and the days between which an asset may be shown."""
_FINGERPRINT_FIELDS = tuple(
    field.name for field in fields(Asset) if field.name not in PROVENANCE and field.name != "copy_sets"
)


def value_fingerprint(asset: Asset, drawn_with: tuple[str, ...]) -> str:
    """Return the sha256 of all values that an asset is rendered from, without the contents of files.

    ``drawn_with`` are the values from the campaign that rendering also uses: the result of ``campaign_values``.
    """
    words = [(words.name, tuple(words.copy_by_role.items())) for words in asset.copy_sets]
    values: list[Any] = [getattr(asset, name) for name in _FINGERPRINT_FIELDS]
    return _digest_of_values((drawn_with, words, values))


def places_digest(asset: Asset) -> str:
    """Return the sha256 of all source places that a finding of an asset can point at, including those of its copy."""
    return _digest_of_values(
        (_sorted_items(asset.places), [_sorted_items(words.places) for words in asset.copy_sets])
    )


def campaign_values(asset: Asset, campaign: CampaignModel) -> tuple[str, ...]:
    """Return the campaign's values that rendering an asset depends on, apart from the asset and the contents of files.

    These are the font families of its locale and the names of its template's files. The names matter because an added
    file may be used in place of an existing one.
    """
    template = campaign.templates.get(asset.template or "")
    families = campaign.brand.families(asset.locale).by_role
    return (
        *(f"{role}: {family}" for role, family in sorted(families.items())),
        *sorted(template.sources if template else ()),
    )


def _sorted_items(places: Mapping[str, object]) -> list[tuple[str, object]]:
    return sorted(places.items())


def _digest_of_values(value: object) -> str:
    """Return the sha256 of the ``repr`` of frozen values. The ``repr`` must show every part of them."""
    return hashlib.sha256(repr(value).encode("utf-8", "backslashreplace")).hexdigest()


PACKAGE = Path(__file__).resolve().parent.parent
# Paths below assetgen/ whose code can change a file's bytes, and those that can change its preflight findings.
_PLANNING_SOURCES = (
    *("catalogue", "colour.py", "errors.py", "findings.py", "geometry.py"),
    *("loading", "planning", "schema", "units.py"),
)
RENDERER_SOURCES = (*_PLANNING_SOURCES, "layout", "rendering")
CHECK_SOURCES = (*_PLANNING_SOURCES, "preflight", "manifest/entry.py", "building/render_task.py")
# Libraries that the preflight checks use, in addition to those of the renderer (``rendering.engine``).
_CHECK_LIBRARIES = ("zxing-cpp", "pikepdf", "numpy", "phonenumbers", "linkify-it-py", "pypdfium2", "pillow")
_NOT_SOURCE = frozenset({"__pycache__"})


@dataclass(frozen=True, slots=True)
class Versions:
    """Digests of the code and libraries that render (``renderer``) and that check (``checks``).

    ``engine`` maps each rendering library to its version, for the rebuild reasons.
    """

    renderer: str
    checks: str
    engine: Mapping[str, str]


def installed_versions(engine: Mapping[str, str]) -> Versions:
    """Return the versions of this installation; ``engine`` maps each rendering library to its version."""
    python = ".".join(str(number) for number in sys.version_info[:2])
    renderer = [("python", python), *sorted(engine.items())]
    checks = [("python", python), *((name, version_of(name)) for name in _CHECK_LIBRARIES)]
    return Versions(
        renderer=_digest([*renderer, *_source_hashes(RENDERER_SOURCES)]),
        checks=_digest([*checks, *_source_hashes(CHECK_SOURCES)]),
        engine=dict(engine),
    )


def _digest(pairs: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256("\n".join(f"{name} {value}" for name, value in pairs).encode()).hexdigest()


def _source_hashes(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the name and sha256 of each of these files. A name may be a folder: all files in it are included."""
    found: list[tuple[str, str]] = []
    for name in names:
        path = PACKAGE / name
        if not path.exists():
            raise FileNotFoundError(f"{path}: the fingerprint lists a source file that does not exist")
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if _NOT_SOURCE.isdisjoint(file.parts) and file.is_file():
                found.append((file.relative_to(PACKAGE).as_posix(), _sha256(file)))
    return found


@cache
def _sha256(file: Path) -> str:
    """Return the sha256 of a source file. Cached, since a running process does not reload its code."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def source_digest(names: Iterable[str]) -> str:
    """Return one digest of these source files of assetgen. A name may be a folder: all files in it are included."""
    return _digest(_source_hashes(names))


def plan_digest(plan: Plan, selection: Selection, sources: SourceIndex | None, versions: Versions) -> str:
    """Return the digest of a plan: its paths and ids, the selection, every source file, and the versions."""
    names = [(one.path, one.id) for one in plan.assets] + [(one.path, one.id) for one in plan.unplanned]
    files = sorted((name, sha256) for name, (_, sha256) in (sources or {}).items())
    values = (names, selection.globs_by_kind(), files, versions.renderer, versions.checks)
    return _digest_of_values(values)


# The sources of a campaign besides the brand's folder.
SOURCES = ("campaign.yaml", "partners", "templates")
_UNSURE_NS = 1_000_000_000
SourceStat = tuple[int, int, int, int, str]
"""Size in bytes, mtime and ctime in ns, inode, and link target ('' if not a link). ``UNSURE_STAT`` matches no file."""
UNSURE_STAT: SourceStat = (0, 0, 0, 0, "")
FOLDER = "/"
SourceIndex = dict[str, tuple[SourceStat, str]]
"""Path below the campaign (that of a folder ends with ``/``) → its ``SourceStat`` and sha256."""


def index_sources(root: Path, before: Mapping[str, tuple[SourceStat, str]]) -> SourceIndex | None:
    """Return all files and folders that a campaign is read from.

    A file is not read again if its stat is the same as in ``before``. Returns None if a folder is a link or a file
    cannot be read, because changes cannot be detected then.
    """
    now_ns = time.time_ns()
    found: SourceIndex = {}
    try:
        for name, path in _entries(root):
            if name.endswith(FOLDER):
                found[name] = (UNSURE_STAT, "")
                continue
            seen = _seen(path)
            known = before.get(name)
            is_unchanged = known is not None and known[0] == seen
            sha256 = known[1] if known and is_unchanged else hashlib.sha256(path.read_bytes()).hexdigest()
            is_sure = max(seen[1], seen[2]) < now_ns - _UNSURE_NS
            found[name] = (seen if is_sure or is_unchanged else UNSURE_STAT, sha256)
    except (OSError, ValueError):
        return None
    return found


def changed_paths(
    before: Mapping[str, tuple[SourceStat, str]], now: Mapping[str, tuple[SourceStat, str]]
) -> set[str]:
    """Return the paths of files that were added, removed or changed."""
    names = before.keys() | now.keys()
    return {name for name in names if _sha256_in(before, name) != _sha256_in(now, name)}


def _sha256_in(of: Mapping[str, tuple[SourceStat, str]], name: str) -> str | None:
    entry = of.get(name)
    return entry[1] if entry else None


def _seen(path: Path) -> SourceStat:
    link_stat = path.lstat()
    target = os.readlink(path) if stat.S_ISLNK(link_stat.st_mode) else ""
    file_stat = path.stat() if target else link_stat
    if not stat.S_ISREG(file_stat.st_mode):
        raise ValueError("not a regular file")
    return file_stat.st_size, file_stat.st_mtime_ns, file_stat.st_ctime_ns, file_stat.st_ino, target


def _entries(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file and folder, in no particular order. Raises OSError, and ValueError if a folder is a link."""
    names = (brand_folder(root), *SOURCES)
    todo = [(name, root / name) for name in names if os.path.lexists(root / name)]
    while todo:
        name, path = todo.pop()
        if not path.is_dir():
            yield name, path
            continue
        if path.is_symlink():
            raise ValueError("the folder is a link")
        yield name + FOLDER, path
        with os.scandir(path) as entries:
            todo += [(f"{name}/{entry.name}", Path(entry.path)) for entry in entries]


FileHashes = tuple[tuple[str, str | None], ...]
"""Each file that rendering opened, sorted, with its sha256; None for a file that it looked for and did not find."""


class CampaignHashes:
    """The sha256 of the campaign's files, each calculated once. A file in memory is hashed as it was read."""

    def __init__(self, root: Path, known: Mapping[str, bytes], hashes: Mapping[str, str]) -> None:
        self._root = root
        self._bytes = known
        self._hashes: dict[str, str | None] = dict(hashes)

    @classmethod
    def of(cls, campaign: CampaignModel) -> CampaignHashes:
        """Return the file hashes of a campaign: templates, fonts and logos from memory, other files from the disk."""
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
        """Return the sha256 of a file by its path below the campaign; None if it cannot be read."""
        if name not in self._hashes:
            self._hashes[name] = self._hash_file(name)
        return self._hashes[name]

    def _hash_file(self, name: str) -> str | None:
        content = self._bytes.get(name)
        try:
            return hashlib.sha256(
                (self._root / name).read_bytes() if content is None else content
            ).hexdigest()
        except (OSError, ValueError):
            return None

    def hashes_of(self, names: Iterable[str]) -> FileHashes:
        """Return the current sha256 of each of these files, sorted by name; None for a file that cannot be read."""
        return tuple((name, self.sha256(name)) for name in sorted(names))


def render_inputs(inputs: Mapping[str, str], not_found: Iterable[str]) -> FileHashes:
    """Return the files that rendering opened and those that it did not find, as one sorted list.

    ``inputs`` has the sha256 of each opened file. A file in ``not_found`` has None instead.
    """
    return tuple(sorted([*inputs.items(), *((name, None) for name in not_found)], key=lambda pair: pair[0]))
