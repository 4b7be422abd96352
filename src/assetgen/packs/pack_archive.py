"""Write a pack's zip with the same bytes on every machine, its manifest, and a record of it.

Members are stored without compression. Pictures and PDFs are compressed already, and a different zlib would compress
the rest to different bytes.
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
from assetgen.manifest.manifest_file import (
    PACK_MANIFEST_NAME,
    FileStat,
    ManifestHead,
    PackDocument,
    manifest_bytes,
)
from assetgen.verifying.finished_files import SUMS_NAME, format_sha256sums, sums_document

CHUNK_BYTES = 1024 * 1024
MAX_PATH = 199
UNIX, REGULAR_FILE_MODE = 3, (stat.S_IFREG | 0o644) << 16
# The years that a zip's timestamp can hold (MS-DOS date).
FIRST_YEAR = 1980
LAST_YEAR = 2107


CHANGED = "it has changed since it was built"


class AlteredFileError(Exception):
    """A file of ``out/`` is not the one that passed the preflight checks. ``path`` is its path below ``out/``."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


@dataclass(frozen=True, slots=True)
class ZipMember:
    """One file of a zip: either its bytes, or a file of ``out/`` with the size and sha256 that it must have."""

    name: str
    content: bytes | None = None
    root: Path | None = None
    path: str = ""
    size_bytes: int = 0
    sha256: str = ""

    @classmethod
    def of(cls, name: str, content: bytes) -> ZipMember:
        """Return a member from its bytes."""
        return cls(name, content, None, "", len(content), hashlib.sha256(content).hexdigest())


def write_zip(target: Path, members: Iterable[ZipMember], day: date) -> None:
    """Write a zip with its members sorted by name, and ``day`` as the date of each. Raises AlteredFileError, OSError.

    A file of ``out/`` is read in chunks, and hashed while it is copied.
    """
    timestamp = (min(max(day.year, FIRST_YEAR), LAST_YEAR), day.month, day.day, 0, 0, 0)
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as archive:
        for member in sorted(members, key=lambda item: (item.name.casefold(), item.name)):
            _refuse_name(member.name)
            info = zipfile.ZipInfo(member.name, timestamp)
            info.create_system, info.external_attr = UNIX, REGULAR_FILE_MODE
            info.file_size = member.size_bytes
            with archive.open(info, "w") as target_file:
                if member.content is not None:
                    target_file.write(member.content)
                else:
                    _copy(member, target_file)


def _refuse_name(name: str) -> None:
    """Raise ValueError for a name that some machines cannot unpack. Ids and locales never make such a name."""
    if not name.isascii() or len(name) > MAX_PATH:
        raise ValueError(
            f"{name!r} cannot be unpacked on every machine (ASCII, at most {MAX_PATH} characters)"
        )


def _copy(member: ZipMember, target: IO[bytes]) -> None:
    assert member.root is not None, "a member has either bytes or a file"
    digest, length = hashlib.sha256(), 0
    file = real_file(member.root, member.path)
    with file.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            length += len(chunk)
            if length > member.size_bytes:
                break
            target.write(chunk)
    if length != member.size_bytes or digest.hexdigest() != member.sha256:
        raise AlteredFileError(member.path, CHANGED)


def real_file(root: Path, path: str) -> Path:
    """Return the path of a file of ``out/``. Raises AlteredFileError if it is missing or behind a symlink."""
    target = root / path
    if Path(os.path.realpath(target)) != Path(os.path.realpath(root)) / path:
        raise AlteredFileError(path, "its path contains a symbolic link")
    if not target.is_file():
        raise AlteredFileError(path, "it is missing")
    return target


def add_manifest(
    heading: ManifestHead, entries: Sequence[Entry], members: Sequence[ZipMember]
) -> list[ZipMember]:
    """Return a pack's members plus its manifest and its checksums. ``entries`` are those of its assets."""
    assets = {entry.path for entry in entries}
    documents = [
        PackDocument(member.name, member.size_bytes, member.sha256)
        for member in members
        if member.name not in assets
    ]
    content = manifest_bytes(heading, entries, documents)
    manifest = ZipMember.of(PACK_MANIFEST_NAME, content)
    checksums = format_sha256sums((member.name, member.sha256) for member in (*members, manifest))
    sums = ZipMember.of(SUMS_NAME, checksums)
    expected = sums_document(content, ((member.name, member.sha256) for member in members))
    assert sums.sha256 == expected.sha256, "verify expects the checksums that the pack contains"
    return [*members, manifest, sums]


FOLDER = "packs"
RECORD_FORMAT = 1


@dataclass(frozen=True, slots=True)
class PackRecord:
    """The record of one zip.

    ``key`` is the fingerprint of everything that the zip was made from. ``file_stat`` identifies the file on disk
    without reading it.
    """

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
    file_stat: FileStat | None = None

    @property
    def path(self) -> str:
        """Return the zip's path below ``out/``."""
        return f"{FOLDER}/{self.name}"


class PackRecords:
    """The records of the zips in one ``out/``. An unreadable record counts as missing, so its zip is made again.

    ``of_partner`` reads the folder once, for all partners. A caller that writes must hold the lock of ``out/``.
    """

    def __init__(self, tree: OutDir) -> None:
        self._out_dir = tree
        self._folder = tree.assetgen_folder / FOLDER
        self._by_partner: dict[str, dict[str, PackRecord]] | None = None

    def of_partner(self, partner: str) -> list[PackRecord]:
        """Return the records of a partner's zips, sorted by name."""
        return [record for _, record in sorted(self._read_all().get(partner, {}).items())]

    def _read_all(self) -> dict[str, dict[str, PackRecord]]:
        if self._by_partner is None:
            self._by_partner = {}
            files = [] if self._folder.is_symlink() else sorted(self._folder.glob("*.json"))
            for file in files:
                if record := self.of(file.name.removesuffix(".json")):
                    self._by_partner.setdefault(record.partner, {})[record.name] = record
        return self._by_partner

    def of(self, name: str) -> PackRecord | None:
        """Return the record of a zip by its name; None if it does not exist or cannot be read."""
        try:
            value: Any = json.loads((self._folder / f"{name}.json").read_bytes())
            if value.pop("form") != RECORD_FORMAT or value["name"] != name:
                return None
            file_stat = value.pop("file_stat")
            value["locales"] = tuple(value["locales"])
            return PackRecord(
                **value,
                file_stat=(file_stat[0], file_stat[1], file_stat[2], file_stat[3]) if file_stat else None,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None

    def is_current(self, record: PackRecord, key: str) -> bool:
        """Say whether a zip was made from the inputs that ``key`` stands for, and is unchanged on disk."""
        if record.key != key:
            return False
        file_stat = self._out_dir.file_stat(record.path)
        if file_stat is None:
            return False
        return file_stat == record.file_stat or self._out_dir.sha256(record.path) == record.sha256

    def write(self, record: PackRecord) -> None:
        """Write a record in one step. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        temp = self._out_dir.tmp / f"record-{record.name}"
        temp.write_text(json.dumps({"form": RECORD_FORMAT, **asdict(record)}), "utf-8")
        os.replace(temp, self._file(record))
        self._read_all().setdefault(record.partner, {})[record.name] = record

    def place(self, record: PackRecord, temp: str) -> None:
        """Move a finished zip to its place. Raises RenderError, MachineError, OSError.

        The record is written first, so that the zip is recognised as assetgen's own even after a crash.
        """
        self.write(record)
        file_stat = self._out_dir.move_in(temp, record.path)
        self.write(replace(record, file_stat=file_stat))

    def retire(self, record: PackRecord) -> None:
        """Move an outdated or refused zip out of ``packs/``. Raises RenderError, MachineError, OSError."""
        self._out_dir.move_to_stale(record.path)
        self._file(record).unlink(missing_ok=True)
        self._read_all().get(record.partner, {}).pop(record.name, None)

    def _file(self, record: PackRecord) -> Path:
        return self._folder / f"{record.name}.json"
