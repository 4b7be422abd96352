"""Where finished files are read from: a folder, or a zip whose members never touch the disk. Both are distrusted."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assetgen.build.entry import is_plain_path
from assetgen.build.manifest import MANIFEST_NAME

MOST_MANIFEST_BYTES = 64 * 1024 * 1024
MOST_MEMBERS = 100_000
PACK_MANIFEST_NAME = "MANIFEST.json"
"""What the manifest is called in a pack, where it stands among files for people."""
MANIFEST_NAMES = (MANIFEST_NAME, PACK_MANIFEST_NAME)
# What assetgen itself keeps in out/ beside the assets of its manifest.
OWN_NAMES = frozenset({*MANIFEST_NAMES, "index.html", "index", "packs"})
ENCRYPTED = 0x1
# All that reading a damaged or a malicious archive may raise.
_OF_A_ZIP = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


class Refused(Exception):
    """A file that is not read, and why, in words."""


class Source(Protocol):
    """Finished files by their paths; ``shown`` is how its user names it. Pickled to workers."""

    @property
    def shown(self) -> str: ...

    def file_of(self, path: str) -> str:
        """Return the file to point at for a path, as its user would name it."""

    def read(self, path: str, most_bytes: int) -> bytes:
        """Return a file. Raises FileNotFoundError where there is none, Refused where it must not be read."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands in a source: the bytes of its manifest, the paths beside it, and what is refused (path → why)."""

    source: Source
    manifest: bytes
    paths: frozenset[str]
    refused: dict[str, str]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with a manifest, such as ``out/``, or a pack that was unpacked."""

    root: Path
    shown: str

    def file_of(self, path: str) -> str:
        """Return the file to point at for a path."""
        return f"{self.shown}/{path}" if self.shown != "." else path

    def read(self, path: str, most_bytes: int) -> bytes:
        """Return a file that is reached through no link and has no more bytes than that."""
        target = self.root / path
        if Path(os.path.realpath(target)) != Path(os.path.realpath(self.root)) / path:
            raise Refused("a link stands on the way to it")
        if not stat.S_ISREG(target.stat().st_mode):
            raise Refused("it is no regular file")
        with target.open("rb") as file:
            return _no_more(file.read(most_bytes + 1), most_bytes)

    def survey(self) -> Survey:
        """Return what stands in the folder. Raises FileNotFoundError without a manifest, Refused, OSError."""
        try:
            manifest = self.read(MANIFEST_NAME, MOST_MANIFEST_BYTES)
        except FileNotFoundError:
            manifest = self.read(PACK_MANIFEST_NAME, MOST_MANIFEST_BYTES)
        paths = {path.relative_to(self.root).as_posix() for path in self._files()}
        return Survey(self, manifest, frozenset(paths), {})

    def _files(self) -> Iterator[Path]:
        for here, folders, files in os.walk(self.root):
            own = OWN_NAMES if Path(here) == self.root else frozenset()
            folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in own)
            links = [one for one in folders if (Path(here) / one).is_symlink()]
            kept = [one for one in (*files, *links) if not one.startswith(".") and one not in own]
            yield from (Path(here) / one for one in kept)


@dataclass(frozen=True, slots=True)
class Pack:
    """A zip with a manifest at its top, or in its only folder: ``prefix`` is that folder with its ``/``, or ''."""

    archive: Path
    shown: str
    prefix: str = ""

    def file_of(self, path: str) -> str:
        """Return the archive itself: nobody can open a file that is inside it."""
        return self.shown

    def read(self, path: str, most_bytes: int) -> bytes:
        """Return a member with no more bytes than that, read in memory."""
        try:
            with zipfile.ZipFile(self.archive) as archive:
                try:
                    info = archive.getinfo(self.prefix + path)
                except KeyError:
                    raise FileNotFoundError(path) from None
                if info.file_size > most_bytes:
                    raise Refused(f"it unpacks to {info.file_size:,} bytes, {most_bytes:,} were declared")
                with archive.open(info) as member:
                    return _no_more(member.read(most_bytes + 1), most_bytes)
        except FileNotFoundError:
            raise
        except _OF_A_ZIP as error:
            raise Refused(f"it cannot be unpacked: {error}") from error

    def survey(self) -> Survey:
        """Return what stands in the zip. Raises FileNotFoundError without a manifest, Refused."""
        try:
            with zipfile.ZipFile(self.archive) as archive:
                members = archive.infolist()
        except _OF_A_ZIP as error:
            raise Refused(f"it is no zip that can be read: {error}") from error
        if len(members) > MOST_MEMBERS:
            raise Refused(f"it has {len(members):,} members")
        prefix, manifest_name = _manifest_of(members)
        pack = Pack(self.archive, self.shown, prefix)
        counts = Counter(info.orig_filename.casefold() for info in members)
        refused: dict[str, str] = {}
        paths: set[str] = set()
        for info in members:
            path = info.orig_filename.removeprefix(prefix)
            fault = _fault(info, prefix, counts)
            if fault:
                refused[path] = fault
            elif not path.endswith("/") and path not in ("", manifest_name):
                paths.add(path)
        if fault := refused.get(manifest_name):
            raise Refused(f"its manifest is refused: {fault}")
        return Survey(
            pack, pack.read(manifest_name, MOST_MANIFEST_BYTES), frozenset(paths - refused.keys()), refused
        )


def _manifest_of(members: list[zipfile.ZipInfo]) -> tuple[str, str]:
    """Return the folder of a zip's manifest, and its name there.

    Raises FileNotFoundError where there is none, or no single one.
    """
    names = {info.orig_filename for info in members}
    for known in MANIFEST_NAMES:
        if known in names:
            return "", known
    found = [name for name in names if name.count("/") == 1 and name.partition("/")[2] in MANIFEST_NAMES]
    if len(found) != 1:
        raise FileNotFoundError(MANIFEST_NAME)
    folder, _, name = found[0].partition("/")
    return f"{folder}/", name


def _fault(info: zipfile.ZipInfo, prefix: str, counts: Counter[str]) -> str | None:
    """Return why a member of a zip is refused, None where it is not."""
    name = info.orig_filename
    path = name.removeprefix(prefix)
    if counts[name.casefold()] > 1:
        return "its name stands there more than once"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is a link, or something else that is no file"
    is_folder = name.endswith("/")
    if is_folder and name == prefix:
        return None
    if not name.startswith(prefix):
        return "it stands outside the manifest's folder"
    if not is_plain_path(f"x/{path}x" if is_folder else f"x/{path}"):
        return "its name leads elsewhere, or is none of an asset"
    if info.flag_bits & ENCRYPTED:
        return "it is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in an unusual way"
    return None


def _no_more(content: bytes, most_bytes: int) -> bytes:
    if len(content) > most_bytes:
        raise Refused(f"it has more than the {most_bytes:,} bytes that were declared")
    return content
