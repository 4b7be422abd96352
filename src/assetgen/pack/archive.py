"""A zip that every machine opens, and that is the same wherever it is made: plain names, fixed dates, nothing squeezed.

Members are stored as they are: pictures and PDFs are compressed already, and another zlib would squeeze the rest
to other bytes.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

CHUNK_BYTES = 1024 * 1024
MOST_PATH = 199
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
    if not name.isascii() or len(name) > MOST_PATH:
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
