"""The build cache, ``.assetgen/store``: finished files shared between builds and branches.

``works/`` has one record per fingerprint: which files were read, which bytes were rendered from them, and the result of
the preflight checks. ``objects/`` has the compressed bytes, named by their sha256. Each file is written under a
temporary name and then renamed, so it is never incomplete. Each file is verified when it is read; an object whose bytes
do not match its name counts as missing. The cache can be deleted at any time.

**Trust.** Each record starts with a seal: an HMAC made with a secret of this campaign folder (``.assetgen/seal``). The
secret is not part of the cache. A cache from elsewhere, such as a CI cache, has seals that do not match. Its files are
used, but they are checked again before they enter ``out/``. Files from a cache that other users can write are checked
again too.

A cached check result is used only if its seal matches and the checks have not changed since.
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
from assetgen.building.fingerprint import CampaignHashes, FileHashes
from assetgen.building.output_dir import locked
from assetgen.findings import Finding

FORMAT_VERSION = 1
CACHE_FOLDER = "store"
SECRET_FILE = "seal"
MAX_RESULTS_PER_RECORD = 6
"""How many results of one fingerprint are kept, the newest first. They differ in the files that rendering opened, as
on two branches, or after a template was changed and changed back."""
DEFAULT_LIMIT_BYTES = 5_000_000_000
_COMPRESSION_LEVEL = 1  # the fastest: PDF pages shrink to a fifth; finished files hardly shrink


@dataclass(frozen=True, slots=True)
class CheckVerdict:
    """The result of the preflight checks on a finished file.

    ``checks_version`` is the version of the checks. The findings have no place in the sources yet.
    """

    checks_version: str
    findings: tuple[Finding, ...]
    regions: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class CachedFile:
    """One cached file, and the results of rendering and checking it.

    ``dependencies`` are the files that rendering opened. ``page`` is the PDF page of a raster file. ``verdict`` is the
    result of the preflight checks; None if this campaign folder did not check the file.
    """

    dependencies: FileHashes
    content: bytes
    page: bytes | None
    pixel_sha256: str | None
    measured: Mapping[str, Any]
    verdict: CheckVerdict | None


class BuildCache:
    """The build cache below a campaign's ``.assetgen``. Damaged files count as missing; writing raises OSError."""

    def __init__(self, assetgen_folder: Path) -> None:
        self.root = assetgen_folder / CACHE_FOLDER
        self._records_folder, self._objects = self.root / "works", self.root / "objects"
        self._secret_path = assetgen_folder / SECRET_FILE
        # Outside the cache folder: deleting that folder by hand must not remove the lock of a running build.
        self.lock = assetgen_folder / "store.lock"
        self._secret: bytes | None = None

    @contextmanager
    def locked_for_use(self) -> Iterator[None]:
        """Hold a shared lock, so that no process prunes the cache meanwhile. Raises OSError."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        self.root.mkdir(mode=0o700, exist_ok=True)
        with locked(self.lock, shared=True):
            yield

    def find(
        self, fingerprint: str, renderer_version: str, campaign_hashes: CampaignHashes
    ) -> CachedFile | None:
        """Return the cached file of a fingerprint whose dependencies have not changed; None if there is none.

        ``renderer_version`` is the version of the renderer, ``campaign_hashes`` has the current hashes of the
        campaign's files.
        """
        record = self._record_path(fingerprint)
        results, has_our_seal = self._read_record(record, fingerprint)
        for result in results:
            try:
                drawn: FileHashes = tuple((name, sha256) for name, sha256 in result["drawn"])
                if result["draws"] != renderer_version or drawn != campaign_hashes.hashes_of(
                    name for name, _ in drawn
                ):
                    continue
                cached = self._load_result(result, drawn, has_our_seal=has_our_seal)
            except (KeyError, TypeError, ValueError):
                continue
            if cached is not None:
                _mark_used(record)
                return cached
        return None

    def _load_result(
        self, result: Mapping[str, Any], drawn: FileHashes, *, has_our_seal: bool
    ) -> CachedFile | None:
        content = self._read_object(result["content"])
        page = self._read_object(result["page"]) if result["page"] else None
        if content is None or (result["page"] and page is None):
            return None
        verdict = None
        if has_our_seal and result["word"]:
            checks_version, findings, regions = result["word"]
            verdict = CheckVerdict(
                checks_version, tuple(finding_from_plain(one) for one in findings), tuple(regions)
            )
        return CachedFile(drawn, content, page, result["pixels"], dict(result["measured"]), verdict)

    def add(self, fingerprint: str, renderer_version: str, cached: CachedFile) -> None:
        """Store a file. It replaces one with the same fingerprint, renderer version and dependencies.

        If the cache folder is deleted at the same moment, nothing is stored. Raises OSError.
        """
        with suppress(FileNotFoundError):
            self._add_result(fingerprint, renderer_version, cached)

    def _add_result(self, fingerprint: str, renderer_version: str, cached: CachedFile) -> None:
        record = self._record_path(fingerprint)
        results, has_our_seal = self._read_record(record, fingerprint)
        # Do not take over results from a record with a foreign seal: the new seal would make us trust them.
        older = [
            result
            for result in (results if has_our_seal else [])
            if [result.get("draws"), result.get("drawn")]
            != [renderer_version, [list(pair) for pair in cached.dependencies]]
        ]
        new = {
            "draws": renderer_version,
            "drawn": cached.dependencies,
            "content": self._write_object(cached.content),
            "page": self._write_object(cached.page) if cached.page else None,
            "pixels": cached.pixel_sha256,
            "measured": cached.measured,
            "word": _verdict_to_plain(cached.verdict) if cached.verdict else None,
        }
        body = json.dumps(
            {"form": FORMAT_VERSION, "recipe": fingerprint, "works": [new, *older][:MAX_RESULTS_PER_RECORD]},
            ensure_ascii=False,
        ).encode()
        _write_atomically(record, self._seal_of(body).encode() + b"\n" + body)

    def _read_record(self, record: Path, fingerprint: str) -> tuple[list[dict[str, Any]], bool]:
        """Return the results in a record, newest first, and whether their check results can be trusted.

        They can if the seal matches and only this user can write to the cache. A missing or damaged record has no
        results.
        """
        try:
            seal, _, body = record.read_bytes().partition(b"\n")
            raw = json.loads(body)
            if raw["form"] != FORMAT_VERSION or raw["recipe"] != fingerprint:
                return [], False
            results = [result for result in raw["works"] if isinstance(result, dict)]
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            return [], False
        return results, self._is_private() and hmac.compare_digest(seal, self._seal_of(body).encode())

    def _is_private(self) -> bool:
        """Say whether only this user can write into the cache."""
        if not hasattr(os, "geteuid"):  # Windows: a folder inherits the permissions of its parent
            return True
        try:
            stat = self.root.stat()
        except FileNotFoundError:
            return False
        return stat.st_uid == os.geteuid() and not stat.st_mode & 0o022

    def _record_path(self, fingerprint: str) -> Path:
        return self._records_folder / fingerprint[:2] / fingerprint

    def _object_path(self, name: str) -> Path:
        if len(name) != 64 or not name.isalnum():
            raise ValueError("not an object name")
        return self._objects / name[:2] / name

    def _read_object(self, name: str) -> bytes | None:
        """Return an object's bytes; None if it is missing or damaged."""
        path = self._object_path(name)
        try:
            content = zlib.decompress(path.read_bytes())
        except (OSError, zlib.error):
            return None
        return content if hashlib.sha256(content).hexdigest() == name else None

    def _write_object(self, content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        # An existing object may be damaged: replace it.
        _write_atomically(self._object_path(name), zlib.compress(content, _COMPRESSION_LEVEL))
        return name

    def _seal_of(self, body: bytes) -> str:
        if self._secret is None:
            self._secret = _secret(self._secret_path)
        return hmac.new(self._secret, body, hashlib.sha256).hexdigest()

    def files(self) -> list[Path]:
        """Return every file in the subfolders of the cache. This leaves out ``added``, the count of added bytes."""
        return [path for path in self.root.rglob("*") if path.is_file() and path.parent != self.root]

    def objects_of(self, record: Path) -> set[Path]:
        """Return the paths of the objects that a record names."""
        results, _ = self._read_record(record, record.name)
        names = {str(result.get(key)) for result in results for key in ("content", "page") if result.get(key)}
        return {self._object_path(name) for name in names if len(name) == 64 and name.isalnum()}

    def records(self) -> list[Path]:
        """Return the paths of all records."""
        return [path for path in self._records_folder.rglob("*") if path.is_file() and not _is_temp(path)]

    def clear(self) -> None:
        """Remove all records and objects. Waits until no build uses the cache. Raises OSError."""
        if not self.root.is_dir():
            return
        with locked(self.lock):
            for folder in (self._records_folder, self._objects):
                if folder.exists():
                    shutil.rmtree(folder)


def _secret(path: Path) -> bytes:
    """Return this folder's secret; create it if it is missing. Processes that race to create it get the same one."""
    try:
        secret = path.read_bytes()
    except FileNotFoundError:
        temp = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(temp, path)  # fails if another process was faster: use its secret
        except FileExistsError:
            return path.read_bytes()
        finally:
            temp.unlink()
        secret = path.read_bytes()
    return secret


def _verdict_to_plain(verdict: CheckVerdict) -> list[Any]:
    return [
        verdict.checks_version,
        [finding_to_plain(one) for one in verdict.findings],
        [dict(one) for one in verdict.regions],
    ]


def _write_atomically(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temp = path.with_name(f".{path.name}.{os.getpid()}")
    temp.write_bytes(content)
    os.replace(temp, path)


def _is_temp(path: Path) -> bool:
    return path.name.startswith(".")


def _mark_used(path: Path) -> None:
    """Set the mtime of a record to now, for pruning; do nothing if the record is read-only."""
    if os.access(path, os.W_OK):
        os.utime(path)


@dataclass(frozen=True, slots=True)
class CacheSize:
    """The size of a build cache: records, files and bytes on the disk."""

    records: int
    files: int
    bytes: int


def measure_cache(cache: BuildCache) -> CacheSize:
    """Return the size of a build cache."""
    files = cache.files()
    return CacheSize(len(cache.records()), len(files), sum(_size(file) for file in files))


def prune_cache(cache: BuildCache, limit_bytes: int, *, wait: bool = True) -> CacheSize:
    """Remove the least recently used records until the cache fits the limit; return the size of the removed part.

    Objects that no record names are removed too. If a build uses the cache, the function waits until it ends; without
    ``wait`` it removes nothing. Raises OSError.
    """
    if not cache.root.is_dir():
        return CacheSize(0, 0, 0)
    with locked(cache.lock, give_up=lambda: not wait) as is_locked:
        if not is_locked:
            return CacheSize(0, 0, 0)
        files = {file: _size(file) for file in cache.files()}
        kept_files: set[Path] = set()
        remaining_bytes, removed_records = limit_bytes, 0
        newest_first = sorted(cache.records(), key=lambda path: (-path.stat().st_mtime_ns, path.name))
        for record in newest_first:
            record_files = ({record} | cache.objects_of(record)) & files.keys() - kept_files
            size_bytes = sum(files[file] for file in record_files)
            if removed_records or size_bytes > remaining_bytes:
                removed_records += 1
                continue
            remaining_bytes -= size_bytes
            kept_files |= record_files
        removed_files = files.keys() - kept_files
        for file in removed_files:
            file.unlink(missing_ok=True)
    return CacheSize(removed_records, len(removed_files), sum(files[file] for file in removed_files))


def prune_if_grown(cache: BuildCache, added_bytes: int, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
    """Prune the cache if builds have added more than a tenth of the limit since it was last pruned.

    Pruning reads the whole cache, so it does not run after every build. Does nothing if the cache is deleted meanwhile.
    Raises OSError.
    """
    count_file = cache.root / "added"
    try:
        total_added_bytes = int(count_file.read_text("ascii")) + added_bytes
    except (FileNotFoundError, ValueError):
        total_added_bytes = added_bytes
    with suppress(FileNotFoundError):
        if total_added_bytes > limit_bytes // 10:
            prune_cache(cache, limit_bytes, wait=False)
            total_added_bytes = 0
        count_file.write_text(str(total_added_bytes), "ascii")


def _size(file: Path) -> int:
    return file.stat().st_size
