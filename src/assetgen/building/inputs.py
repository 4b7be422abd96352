"""The input files of a build: their state on disk, and what each asset was drawn from.

A file whose stamp (size, mtime, ctime, inode, and where a link leads) is the one recorded is not read again. One
that was written just before it was looked at, or that seems to come from the future, is recorded as unsure: the
clock of a disk ticks in milliseconds, and a second edit in one tick would leave no trace.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign

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


def made_key(recipe: str, draws: str, drawn: Drawn) -> str:
    """Return the key of all that can change the bytes: the values, what draws, the files that were read."""
    return hashlib.sha256(repr((recipe, draws, drawn)).encode()).hexdigest()


def proved_key(made: str, proves: str) -> str:
    """Return the key of a proof: the bytes with their spec and page (all of which ``made`` fixes), what proves."""
    return hashlib.sha256(f"{made} {proves}".encode()).hexdigest()
