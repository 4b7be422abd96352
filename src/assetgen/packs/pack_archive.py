"""Write a pack's zip with the same bytes on every machine, its manifest, and a record of it.

Members are stored as they are: pictures and PDFs are compressed already, and another zlib would squeeze the rest
to other bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from assetgen.building.output_dir import OutDir
from assetgen.manifest.entry import Entry
from assetgen.manifest.manifest_file import PACK_MANIFEST_NAME, Heading, PackDocument, Stamp, manifest_bytes
from assetgen.verifying.finished_files import SUMS_NAME, sums_document, sums_text

CHUNK_BYTES = 1024 * 1024
MAX_PATH = 199
UNIX, PLAIN_FILE = 3, (stat.S_IFREG | 0o644) << 16
EARLIEST = 1980  # no zip knows an earlier year, nor one after 2107
LATEST = 2107


class Altered(Exception):
    """A file of ``out/`` is not the one that was proved; ``path`` is below ``out/``."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a zip: its bytes, or a file of ``out/`` with the size and sha256 that it must have."""

    name: str
    content: bytes | None = None
    root: Path | None = None
    path: str = ""
    size_bytes: int = 0
    sha256: str = ""

    @classmethod
    def of(cls, name: str, content: bytes) -> Member:
        """Return a member from its bytes."""
        return cls(name, content, None, "", len(content), hashlib.sha256(content).hexdigest())


def write_zip(target: Path, members: Iterable[Member], day: date) -> None:
    """Write a zip; its members stand in it by name, the first page first. Raises Altered, OSError.

    A file of ``out/`` is read a piece at a time, and hashed as it is copied.
    """
    stamp = (min(max(day.year, EARLIEST), LATEST), day.month, day.day, 0, 0, 0)
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as archive:
        for member in sorted(members, key=lambda one: (one.name.casefold(), one.name)):
            _refuse_name(member.name)
            info = zipfile.ZipInfo(member.name, stamp)
            info.create_system, info.external_attr = UNIX, PLAIN_FILE
            info.file_size = member.size_bytes
            with archive.open(info, "w") as into:
                if member.content is not None:
                    into.write(member.content)
                else:
                    _copy(member, into)


def _refuse_name(name: str) -> None:
    """Raise ValueError for a name that some machine could not unpack: ids and locales hold no such thing."""
    if not name.isascii() or len(name) > MAX_PATH:
        raise ValueError(f"{name!r} is no name that every machine can unpack")


def _copy(member: Member, into: IO[bytes]) -> None:
    assert member.root is not None, "a member has bytes, or a file"
    digest, length = hashlib.sha256(), 0
    file = plain_file(member.root, member.path)
    with file.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            length += len(chunk)
            if length > member.size_bytes:
                break
            into.write(chunk)
    if length != member.size_bytes or digest.hexdigest() != member.sha256:
        raise Altered(member.path, "it is not the file that was proved")


def plain_file(root: Path, path: str) -> Path:
    """Return a file of ``out/`` that is reached through no link. Raises Altered."""
    target = root / path
    if Path(os.path.realpath(target)) != Path(os.path.realpath(root)) / path:
        raise Altered(path, "a link stands on the way to it")
    if not target.is_file():
        raise Altered(path, "it is not there")
    return target


def with_contents(heading: Heading, entries: Sequence[Entry], members: Sequence[Member]) -> list[Member]:
    """Return the members of a pack with its manifest and its sums. ``entries`` are those of its assets."""
    assets = {entry.path for entry in entries}
    documents = [
        PackDocument(one.name, one.size_bytes, one.sha256) for one in members if one.name not in assets
    ]
    content = manifest_bytes(heading, entries, documents)
    manifest = Member.of(PACK_MANIFEST_NAME, content)
    sums = sums_text((one.name, one.sha256) for one in (*members, manifest))
    own = Member.of(SUMS_NAME, sums)
    promised = sums_document(content, ((one.name, one.sha256) for one in members))
    assert own.sha256 == promised.sha256, "what verify asks of the sums is what they are"
    return [*members, manifest, own]


FOLDER = "packs"
FORM = 1


@dataclass(frozen=True, slots=True)
class Record:
    """One zip. ``key`` stands for all that it was made from; ``stamp`` is how it lies on the disk."""

    name: str
    key: str
    bytes: int
    sha256: str
    files: int
    partner: str
    part: str | None
    edition: str
    locales: tuple[str, ...]
    is_specimen: bool = False
    stamp: Stamp | None = None

    @property
    def path(self) -> str:
        """Return where the zip stands below ``out/``."""
        return f"{FOLDER}/{self.name}"


class Records:
    """The records of one ``out/``. A file that cannot be read as one counts as none: its zip is made again.

    ``of_partner`` reads the folder once: whoever asks it of a thousand partners holds ``out/`` as its own meanwhile.
    """

    def __init__(self, tree: OutDir) -> None:
        self._tree = tree
        self._folder = tree.own / FOLDER
        self._by_partner: dict[str, dict[str, Record]] | None = None

    def of_partner(self, partner: str) -> list[Record]:
        """Return the records of a partner's zips, by name."""
        return [record for _, record in sorted(self._known().get(partner, {}).items())]

    def _known(self) -> dict[str, dict[str, Record]]:
        if self._by_partner is None:
            self._by_partner = {}
            files = [] if self._folder.is_symlink() else sorted(self._folder.glob("*.json"))
            for file in files:
                if record := self.of(file.name.removesuffix(".json")):
                    self._by_partner.setdefault(record.partner, {})[record.name] = record
        return self._by_partner

    def of(self, name: str) -> Record | None:
        """Return the record of a zip by its name."""
        try:
            value: Any = json.loads((self._folder / f"{name}.json").read_bytes())
            if value.pop("form") != FORM or value["name"] != name:
                return None
            stamp = value.pop("stamp")
            value["locales"] = tuple(value["locales"])
            return Record(**value, stamp=(stamp[0], stamp[1], stamp[2], stamp[3]) if stamp else None)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None

    def is_current(self, record: Record, key: str) -> bool:
        """Say whether a zip was made from just this, and is the one that was made."""
        if record.key != key:
            return False
        found = self._tree.stamp(record.path)
        if found is None:
            return False
        return found == record.stamp or self._tree.sha256(record.path) == record.sha256

    def write(self, record: Record) -> None:
        """Write a record in whole. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        temp = self._tree.tmp / f"record-{record.name}"
        temp.write_text(json.dumps({"form": FORM, **asdict(record)}), "utf-8")
        os.replace(temp, self._file(record))
        self._known().setdefault(record.partner, {})[record.name] = record

    def place(self, record: Record, temp: str) -> None:
        """Move a finished zip to its place; its record is there first, so that it is never nobody's.

        Raises RenderError, MachineError, OSError.
        """
        self.write(record)
        stamp = self._tree.place(temp, record.path)
        self.write(replace(record, stamp=stamp))

    def retire(self, record: Record) -> None:
        """Move a zip that must not be sent any more out of ``packs/``. Raises RenderError, MachineError, OSError."""
        self._tree.to_stale(record.path)
        self._file(record).unlink(missing_ok=True)
        self._known().get(record.partner, {}).pop(record.name, None)

    def _file(self, record: Record) -> Path:
        return self._folder / f"{record.name}.json"
