"""The build cache, ``.assetgen/store``: finished files shared between builds and branches.

``works/`` has one record for each recipe: what was read for it, which bytes came of that, the word of the proofs on
them. ``objects/`` has the bytes, named for their sha256, packed. Everything is written beside and moved in whole, and
looked at again when it is read: what is not what its name says counts as not there. Safe to delete at any moment.

**Trust.** A record bears a seal made with a secret of this campaign's folder (``.assetgen/seal``), which is no part
of the store. A store that comes from elsewhere, as a CI's cache does, has other seals, or none that hold: its bytes are
taken, and proved again before they enter ``out/``. So are those of a store that other users may write.

What is taken is believed only where this folder proved it with the same proofs; else it is proved again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.building.build_db import finding_from_plain, finding_to_plain
from assetgen.building.fingerprint import Drawn, Reads
from assetgen.building.output_dir import locked
from assetgen.findings import Finding

FORM = 1
FOLDER = "store"
SEAL = "seal"
MAX_WORKS = 6
"""Of one recipe, with other files each: the newest so many are kept (branches, a design that goes to and fro)."""
USUAL_LIMIT_BYTES = 5_000_000_000
_PACKING = 1  # pages shrink to a fifth at the quickest level; finished files hardly, but take no harm


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """The word of the proofs on a finished file, before its findings are given a place in today's sources."""

    proves: str
    findings: tuple[Finding, ...]
    marks: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One finished work as it was drawn. ``page`` is the PDF of a raster file; ``word`` is None unless it is ours."""

    drawn: Drawn
    content: bytes
    page: bytes | None
    pixel_sha256: str | None
    measured: Mapping[str, Any]
    word: StoredVerdict | None


class Store:
    """The store below a campaign's ``.assetgen``. Reading raises nothing; writing raises OSError."""

    def __init__(self, own: Path) -> None:
        self.root = own / FOLDER
        self._works, self._objects = self.root / "works", self.root / "objects"
        self._seal = own / SEAL
        # Beside the store, not in it: who deletes the folder by hand takes no lock from under a build.
        self.lock = own / "store.lock"
        self._secret: bytes | None = None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Keep it from being pruned meanwhile; any number may use it at once. Raises OSError."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        self.root.mkdir(mode=0o700, exist_ok=True)
        with locked(self.lock, shared=True):
            yield

    def find(self, recipe: str, draws: str, reads: Reads) -> Kept | None:
        """Return the work of a recipe whose files hold today what they held then; None where there is none."""
        path = self._work_path(recipe)
        works, is_ours = self._read_works(path, recipe)
        for work in works:
            try:
                drawn: Drawn = tuple((name, sha256) for name, sha256 in work["drawn"])
                if work["draws"] != draws or drawn != reads.now(name for name, _ in drawn):
                    continue
                kept = self._kept(work, drawn, is_ours=is_ours)
            except (KeyError, TypeError, ValueError):
                continue
            if kept is not None:
                _touch(path)
                return kept
        return None

    def _kept(self, work: Mapping[str, Any], drawn: Drawn, *, is_ours: bool) -> Kept | None:
        content = self._read_object(work["content"])
        page = self._read_object(work["page"]) if work["page"] else None
        if content is None or (work["page"] and page is None):
            return None
        word = None
        if is_ours and work["word"]:
            proves, findings, marks = work["word"]
            word = StoredVerdict(proves, tuple(finding_from_plain(one) for one in findings), tuple(marks))
        return Kept(drawn, content, page, work["pixels"], dict(work["measured"]), word)

    def keep(self, recipe: str, draws: str, kept: Kept) -> None:
        """Keep one work, in the place of an older one of the same recipe that read the same.

        Where the folder is deleted by hand at this moment, it is not kept. Raises OSError.
        """
        with suppress(FileNotFoundError):
            self._keep(recipe, draws, kept)

    def _keep(self, recipe: str, draws: str, kept: Kept) -> None:
        path = self._work_path(recipe)
        works, is_ours = self._read_works(path, recipe)
        # A record that somebody else wrote is not sealed as ours: the word in it would become ours with it.
        older = [
            work
            for work in (works if is_ours else [])
            if [work.get("draws"), work.get("drawn")] != [draws, [list(one) for one in kept.drawn]]
        ]
        new = {
            "draws": draws,
            "drawn": kept.drawn,
            "content": self._write_object(kept.content),
            "page": self._write_object(kept.page) if kept.page else None,
            "pixels": kept.pixel_sha256,
            "measured": kept.measured,
            "word": _word_to_plain(kept.word) if kept.word else None,
        }
        body = json.dumps(
            {"form": FORM, "recipe": recipe, "works": [new, *older][:MAX_WORKS]}, ensure_ascii=False
        ).encode()
        _write_whole(path, self._sealed(body).encode() + b"\n" + body)

    def _read_works(self, path: Path, recipe: str) -> tuple[list[dict[str, Any]], bool]:
        """Return the works of a record, newest first, and whether its seal is ours."""
        try:
            seal, _, body = path.read_bytes().partition(b"\n")
            raw = json.loads(body)
            if raw["form"] != FORM or raw["recipe"] != recipe:
                return [], False
            works = [work for work in raw["works"] if isinstance(work, dict)]
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            return [], False
        return works, self._is_private() and hmac.compare_digest(seal, self._sealed(body).encode())

    def _is_private(self) -> bool:
        """Say whether nobody but this user can write into the store."""
        if not hasattr(os, "geteuid"):  # Windows: a folder's rights are its parent's
            return True
        try:
            stat = self.root.stat()
        except FileNotFoundError:
            return False
        return stat.st_uid == os.geteuid() and not stat.st_mode & 0o022

    def _work_path(self, recipe: str) -> Path:
        return self._works / recipe[:2] / recipe

    def _object_path(self, name: str) -> Path:
        if len(name) != 64 or not name.isalnum():
            raise ValueError("no name of an object")
        return self._objects / name[:2] / name

    def _read_object(self, name: str) -> bytes | None:
        """Return the bytes of a name; None where they are not there, or are not those bytes any more."""
        path = self._object_path(name)
        try:
            content = zlib.decompress(path.read_bytes())
        except (OSError, zlib.error):
            return None
        return content if hashlib.sha256(content).hexdigest() == name else None

    def _write_object(self, content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        # What stands there already may be spoilt: it is replaced, not believed.
        _write_whole(self._object_path(name), zlib.compress(content, _PACKING))
        return name

    def _sealed(self, body: bytes) -> str:
        if self._secret is None:
            self._secret = _secret(self._seal)
        return hmac.new(self._secret, body, hashlib.sha256).hexdigest()

    def files(self) -> list[Path]:
        """Return every file of the store but its tally."""
        return [path for path in self.root.rglob("*") if path.is_file() and path.parent != self.root]

    def objects_of(self, record: Path) -> set[Path]:
        """Return the objects that a record names."""
        works, _ = self._read_works(record, record.name)
        names = {str(work.get(key)) for work in works for key in ("content", "page") if work.get(key)}
        return {self._object_path(name) for name in names if len(name) == 64 and name.isalnum()}

    def records(self) -> list[Path]:
        """Return the files of the records."""
        return [path for path in self._works.rglob("*") if path.is_file() and not _is_spare(path)]

    def clear(self) -> None:
        """Remove all that is kept. Waits until no build uses it. Raises OSError."""
        if not self.root.is_dir():
            return
        with locked(self.lock):
            for folder in (self._works, self._objects):
                if folder.exists():
                    shutil.rmtree(folder)


def _secret(path: Path) -> bytes:
    """Return this folder's secret, made anew where there is none; two processes that make it agree on one."""
    try:
        secret = path.read_bytes()
    except FileNotFoundError:
        spare = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(spare, path)  # fails where another was quicker: then that one counts
        except FileExistsError:
            return path.read_bytes()
        finally:
            spare.unlink()
        secret = path.read_bytes()
    return secret


def _word_to_plain(word: StoredVerdict) -> list[Any]:
    return [word.proves, [finding_to_plain(one) for one in word.findings], [dict(one) for one in word.marks]]


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    spare = path.with_name(f".{path.name}.{os.getpid()}")
    spare.write_bytes(content)
    os.replace(spare, path)


def _is_spare(path: Path) -> bool:
    return path.name.startswith(".")


def _touch(path: Path) -> None:
    """Note that a record was of use, for pruning; a store that cannot be written does without."""
    if os.access(path, os.W_OK):
        os.utime(path)


@dataclass(frozen=True, slots=True)
class CacheUse:
    """What a store holds: finished works, files, bytes on the disk."""

    works: int
    files: int
    bytes: int


def measure(store: Store) -> CacheUse:
    """Return how much a store holds."""
    files = store.files()
    return CacheUse(len(store.records()), len(files), sum(_size(file) for file in files))


def prune(store: Store, limit_bytes: int, *, wait: bool = True) -> CacheUse:
    """Remove works, the longest unused first, until the rest takes at most so many bytes; return what was removed.

    What no work names goes too. Waits until no build uses the store; without ``wait`` nothing is removed then.
    Raises OSError.
    """
    if not store.root.is_dir():
        return CacheUse(0, 0, 0)
    with locked(store.lock, give_up=lambda: not wait) as is_ours:
        if not is_ours:
            return CacheUse(0, 0, 0)
        files = {file: _size(file) for file in store.files()}
        kept: set[Path] = set()
        room, removed = limit_bytes, 0
        newest_first = sorted(store.records(), key=lambda path: (-path.stat().st_mtime_ns, path.name))
        for record in newest_first:
            own = ({record} | store.objects_of(record)) & files.keys() - kept
            cost = sum(files[file] for file in own)
            if removed or cost > room:
                removed += 1
                continue
            room -= cost
            kept |= own
        gone = files.keys() - kept
        for file in gone:
            file.unlink(missing_ok=True)
    return CacheUse(removed, len(gone), sum(files[file] for file in gone))


def prune_in_time(store: Store, added_bytes: int, limit_bytes: int = USUAL_LIMIT_BYTES) -> None:
    """Prune where, since it was last done, a tenth of the limit was added: to look through it all takes a while.

    A store that is deleted by hand meanwhile needs none. Raises OSError.
    """
    tally = store.root / "added"
    try:
        added = int(tally.read_text("ascii")) + added_bytes
    except (FileNotFoundError, ValueError):
        added = added_bytes
    with suppress(FileNotFoundError):
        if added > limit_bytes // 10:
            prune(store, limit_bytes, wait=False)
            added = 0
        tally.write_text(str(added), "ascii")


def _size(file: Path) -> int:
    return file.stat().st_size
