"""How the campaign's files stand on the disk: which of them are as they were at the last build, read or unread.

A file whose stamp (size, mtime, ctime, inode, and where a link leads) is the one recorded is not read again. One
that was written just before it was looked at, or that seems to come from the future, is recorded as unsure: the
clock of a disk ticks in milliseconds, and a second edit in one tick would leave no trace.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

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
