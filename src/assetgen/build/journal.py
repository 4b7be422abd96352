"""``out/.assetgen/journal``: what a build is about to put into ``out/``, written before it does.

One line of JSON per file: the whole entry that the manifest will hold; or ``{"path": …}`` alone, for a
file that is ours but that could be neither moved nor removed. After a kill the journal says which files
are ours and, by their sha256, which of them are finished work. A line counts only if it is whole: a torn
one was never acted upon, since the file it names is moved in after the journal has reached the disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assetgen.build.entry import Entry, is_plain_path, to_line
from assetgen.build.manifest import sync_folder


@dataclass(frozen=True, slots=True)
class Journalled:
    """What a journal says: every path that is ours; the entries of each, oldest first."""

    paths: frozenset[str]
    entries: dict[str, list[Entry]]


class Journal:
    """The journal at one path. Its methods raise OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Journalled:
        """Return all that its whole lines say; nothing where there is no journal."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return Journalled(frozenset(), {})
        paths: set[str] = set()
        entries: dict[str, list[Entry]] = {}
        for line in content.split(b"\n"):
            value = _parsed(line)
            if not isinstance(value, dict) or not is_plain_path(value.get("path")):
                continue
            paths.add(value["path"])
            if entry := _entry(value):
                entries.setdefault(entry.path, []).append(entry)
        return Journalled(frozenset(paths), entries)

    def append(self, entries: Iterable[Entry]) -> None:
        """Write the entries and wait for the disk: one wait for as many as come together.

        A line break comes first too, so that a line that was torn by a kill spoils no other.
        """
        lines = b"".join(b"\n%b\n" % entry.line for entry in entries)
        if not lines:
            return
        with self._path.open("ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())

    def restart(self, temp: Path, left: Iterable[str]) -> None:
        """Empty the journal, but for the paths ``left``: files of ours that no manifest names."""
        temp.write_bytes(b"".join(b"%b\n" % to_line({"path": path}) for path in sorted(left)))
        os.replace(temp, self._path)
        sync_folder(self._path.parent)


def _parsed(line: bytes) -> object:
    try:
        value: object = json.loads(line) if line else None
    except (ValueError, RecursionError):
        return None
    return value


def _entry(value: dict[str, object]) -> Entry | None:
    try:
        return Entry.parse(value)
    except (ValueError, TypeError, RecursionError):
        return None
