"""``manifest.json`` of ``out/`` and ``MANIFEST.json`` of a pack: the files of a build, one asset per line.

A manifest is untrusted input. There are three ways to read it: ``Manifest`` parses all of it (verify, gallery, diff,
merge); ``LastManifest`` parses it or cuts out its entries unparsed (build); ``ManifestIndex`` reads it line by line
(packs). One function writes it, and always replaces the whole file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, Protocol, TypeVar

from assetgen.errors import CampaignError, MachineError
from assetgen.findings import Finding, Place, Severity
from assetgen.manifest.entry import (
    SHA256,
    Entry,
    InvalidEntry,
    ListedAsset,
    is_plain_path,
    read_listed,
    to_line,
)
from assetgen.manifest.shards import ShardInfo

MANIFEST_NAME = "manifest.json"
PACK_MANIFEST_NAME = "MANIFEST.json"
"""Name of the manifest in a pack, next to files for people."""
_SCHEMA = 1
_BUILD_FIRST_HINT = "run assetgen build first"
_MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

Read = TypeVar("Read")
Span = tuple[int, int]
"""Position of an entry in a manifest: offset and length in bytes."""
FileStat = tuple[int, int, int, int]
"""Size in bytes, mtime and ctime in ns, and inode of a file. Every edit changes at least one of them."""


def file_stat(stat: os.stat_result) -> FileStat:
    """Return the values of a stat result that show whether a file has changed."""
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


@dataclass(frozen=True, slots=True)
class ManifestHead:
    """The head of a manifest: the values that apply to all its assets.

    ``engine`` maps each rendering library to its version. Only a shard's manifest has ``shard``. Only a pack's has
    ``pack``, which names the partner.
    """

    campaign: str
    edition: str
    engine: Mapping[str, str]
    shard: ShardInfo | None = None
    pack: Mapping[str, object] | None = None

    @classmethod
    def from_plain(cls, raw: Mapping[str, Any]) -> ManifestHead:
        """Return the head of a manifest from its plain values. Raises ValueError with a message for the user."""
        engine = raw.get("engine")
        if not isinstance(engine, dict) or not all(isinstance(one, str) for one in engine.values()):
            raise ValueError("engine is not an object of texts")
        campaign, edition = (raw.get(key) for key in ("campaign", "edition"))
        if not isinstance(campaign, str) or not isinstance(edition, str):
            raise ValueError("campaign or edition is not text")
        return cls(campaign, edition, engine, ShardInfo.from_plain(raw["shard"]) if "shard" in raw else None)


@dataclass(frozen=True, slots=True)
class PackDocument:
    """One file of a pack that is not an asset."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry that is not valid, and why. ``number`` counts from 1; ``id`` is None if the entry has none."""

    number: int
    id: str | None
    error: Exception


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole manifest whose outer structure is valid. Its entries are plain JSON values; ``read`` validates each."""

    content: bytes = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)

    @classmethod
    def parse(cls, content: bytes, *, is_strict: bool = True) -> Manifest:
        """Return the manifest in a file's bytes. ``is_strict`` also refuses NaN and duplicate keys.

        Raises InvalidEntry if the JSON is not a manifest, ValueError or RecursionError if it is not valid JSON.
        """
        strict: dict[str, Any] = {
            "parse_constant": _refuse_constant,
            "object_pairs_hook": _refuse_duplicate_keys,
        }
        values = json.loads(content, **(strict if is_strict else {}))
        if not isinstance(values, dict) or not isinstance(values.get("assets"), list):
            raise InvalidEntry("it has no list of assets")
        if values.get("schema") != _SCHEMA:
            raise InvalidEntry(f"it has schema {values.get('schema')!r}, not {_SCHEMA}")
        return cls(content, values)

    @property
    def heading(self) -> ManifestHead:
        """Return the head of the manifest. Raises ValueError with a message for the user."""
        return ManifestHead.from_plain(self.values)

    def read(
        self, reader: Callable[[object], Read], key: Callable[[Read], str] | None = None
    ) -> tuple[list[Read], list[BadEntry]]:
        """Return the result of ``reader`` for each valid entry, and the entries that are not valid.

        ``reader`` raises ValueError, TypeError or RecursionError for an entry that is not valid. If ``key`` is given,
        a second entry with the same key is not valid either.
        """
        found: dict[str, Read] = {}
        bad: list[BadEntry] = []
        for number, value in enumerate(self.values["assets"], start=1):
            try:
                one = reader(value)
                at = key(one) if key else str(number)
                if at in found:
                    raise ValueError(f"path {value['path']} is listed more than once")
                found[at] = one
            except (ValueError, TypeError, RecursionError) as error:
                entry_id = value.get("id") if isinstance(value, dict) else None
                asset_id = entry_id if isinstance(entry_id, str) else None
                bad.append(BadEntry(number, asset_id, error))
        return list(found.values()), bad

    def documents(self) -> tuple[PackDocument, ...]:
        """Return the documents that a pack's manifest names; none for other manifests. Raises ValueError."""
        items = self.values.get("files")
        return tuple(map(_read_document, items)) if isinstance(items, list) else ()

    def asset_hashes(self) -> Iterator[tuple[str, str]]:
        """Yield path and sha256 of each asset, including those of entries that are not valid."""
        for value in self.values["assets"]:
            if isinstance(value, dict) and isinstance(value.get("path"), str):
                yield value["path"], str(value.get("sha256"))

    def line_of(self, number: int) -> int | None:
        """Return the line number of an entry; None if the file is not laid out as assetgen writes it."""
        lines = self.content.split(b"\n")
        line_before = lines.index(_ASSETS_LINE) + 1 if _ASSETS_LINE in lines else len(lines)
        return line_before + number if line_before + number < len(lines) - 1 else None


def _refuse_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is not a valid number in JSON")


def _read_document(item: object) -> PackDocument:
    if not isinstance(item, Mapping):
        raise ValueError("one of its files is not an object")
    path, size_bytes, sha256 = item.get("path"), item.get("bytes"), item.get("sha256")
    if not isinstance(path, str) or not is_plain_path(f"x/{path}"):
        raise ValueError(f"path {path!r} of its files is not a plain path")
    if (
        not isinstance(size_bytes, int)
        or isinstance(size_bytes, bool)
        or not 0 <= size_bytes <= _MAX_DOCUMENT_BYTES
    ):
        raise ValueError(f"bytes of {path} is not a whole number from 0 to {_MAX_DOCUMENT_BYTES:,}")
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        raise ValueError(f"sha256 of {path} is not 64 hexadecimal digits")
    return PackDocument(path, size_bytes, sha256)


def read_whole_manifest(folder: Path) -> tuple[ManifestHead, list[Entry]]:
    """Return head and entries of the manifest in a build's output folder. Raises CampaignError with every fault."""
    path, shown = folder / MANIFEST_NAME, folder.as_posix()
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        text = f"{shown} contains no {MANIFEST_NAME}"
        hint = "name a folder that assetgen build wrote, such as out/"
        raise CampaignError(Finding("missing-file", text, hint)) from error
    except OSError as error:
        text = f"{path.as_posix()} cannot be read: {error.strerror or error}"
        raise CampaignError(
            Finding("missing-file", text, "check that you have permission to read it")
        ) from error
    try:
        manifest = Manifest.parse(content)
        heading = manifest.heading
    except (ValueError, RecursionError) as error:
        raise CampaignError(_bad_manifest(shown, f"the manifest cannot be used: {error}")) from error
    entries, bad = manifest.read(Entry.parse, lambda entry: entry.path)
    if bad:
        texts = (f"asset {one.number} of the manifest cannot be used: {one.error}" for one in bad)
        raise CampaignError([_bad_manifest(shown, text) for text in texts])
    return heading, entries


def _bad_manifest(shown: str, text: str) -> Finding:
    return Finding("bad-value", f"{shown}: {text}", "build again into an empty folder")


def read_listed_assets(out: Path) -> tuple[ManifestHead, list[ListedAsset]]:
    """Return head and assets of the manifest in ``out``, which any version of assetgen may have written.

    Raises CampaignError: ``missing-file`` if there is no manifest, ``bad-value`` if it cannot be used, with one finding
    for each invalid entry.
    """
    path = out / MANIFEST_NAME
    if not path.is_file():
        raise CampaignError(_missing_build("missing-file", "there is no manifest"))
    try:
        manifest = Manifest.parse(path.read_bytes(), is_strict=False)
        heading = manifest.heading
    except InvalidEntry as error:
        text = f"the manifest {str(error).removeprefix('it ')}"
        raise CampaignError(_missing_build("bad-value", text)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise CampaignError(_missing_build("bad-value", f"the manifest cannot be read: {error}")) from error
    assets, bad = manifest.read(read_listed)
    if bad:
        texts = (f"asset {one.number} of the manifest: {one.error}" for one in bad)
        raise CampaignError([_missing_build("bad-value", text) for text in texts])
    return heading, assets


def _missing_build(code: str, text: str) -> Finding:
    return Finding(code, text, _BUILD_FIRST_HINT, Place(MANIFEST_NAME))


@dataclass(frozen=True, slots=True)
class LastManifest:
    """The entries of the last build's manifest, by path. ``is_ours`` is False if the manifest cannot be used."""

    entries: Mapping[str, Entry]
    findings: tuple[Finding, ...]
    is_ours: bool


def read_manifest(path: Path) -> LastManifest:
    """Return the entries of the manifest at ``path``; none if there is no manifest.

    A manifest or an entry that cannot be used is ignored, with a warning. Raises MachineError if ``path`` is a folder,
    because then no manifest can be written.
    """
    if path.is_dir() and not path.is_symlink():
        text = f"{path.parent.name}/{path.name} is a folder; assetgen must write the manifest there"
        raise MachineError(Finding("machine", text, hint="move the folder elsewhere, then build again"))
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise ValueError("it is not a regular file")
        manifest = Manifest.parse(path.read_bytes())
    except FileNotFoundError:
        return LastManifest({}, (), is_ours=True)
    except (OSError, ValueError, RecursionError) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        text = f"the manifest of the last build cannot be used: {cause}"
        hint = "everything selected is rebuilt; delete the files of assets that are no longer planned by hand"
        return LastManifest({}, (_warning(path, text, hint),), is_ours=False)
    entries, bad = manifest.read(Entry.parse)
    hint = "the build ignores the entry; if its asset is no longer planned, delete its file by hand"
    texts = [f"asset {one.number} of the manifest cannot be used: {one.error}" for one in bad]
    findings = tuple(_warning(path, text, hint) for text in texts)
    return LastManifest({entry.path: entry for entry in entries}, findings, is_ours=True)


def _warning(path: Path, text: str, hint: str) -> Finding:
    place = Place(f"{path.parent.name}/{path.name}")
    return Finding("bad-value", text, hint=hint, place=place, severity=Severity.WARNING)


class EntryRow(Protocol):
    """The fields of an entry that the build database records; ``span`` is its position in the manifest."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def partner(self) -> str: ...
    @property
    def message(self) -> str | None: ...
    @property
    def template(self) -> str | None: ...
    @property
    def sha256(self) -> str | None: ...
    @property
    def span(self) -> Span | None: ...


def read_manifest_by_spans(
    path: Path, expected_stat: FileStat, rows: Iterable[EntryRow]
) -> LastManifest | None:
    """Return the entries of a manifest by their positions in the build database; None if the file has changed.

    Nothing is parsed, which saves a second for 10,000 assets.
    """
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as file:
            content = file.read()
            if file_stat(os.fstat(file.fileno())) != expected_stat:
                return None
    except OSError:
        return None
    entries: dict[str, Entry] = {}
    for row in rows:
        if row.span is None or row.sha256 is None:
            continue
        line = content[row.span[0] : row.span[0] + row.span[1]]
        entries[row.path] = Entry(
            row.id, row.path, row.partner, row.message, row.template, row.sha256, stale=False, line=line
        )
    return LastManifest(entries, (), is_ours=True)


@dataclass(frozen=True, slots=True)
class ManifestIndex:
    """The positions of each partner's entries in the manifest at ``path``, so that only one partner's are loaded.

    ``spans`` and ``ids`` are by partner; ``stale`` are the ids of entries that are marked stale.
    """

    path: Path
    engine: Mapping[str, str]
    spans: Mapping[str, tuple[Span, ...]]
    ids: Mapping[str, frozenset[str]]
    stale: frozenset[str]

    def entries(self, partner: str) -> list[Entry]:
        """Return the entries of a partner. Raises OSError, ValueError."""
        return read_entries(self.path, self.spans.get(partner, ()))


def read_entries(manifest: Path, spans: Iterable[Span]) -> list[Entry]:
    """Return the entries at these positions. Raises OSError, ValueError."""
    with manifest.open("rb") as file:
        entries = []
        for at, length in spans:
            file.seek(at)
            entries.append(Entry.parse(json.loads(file.read(length))))
    return entries


def index_manifest(out: Path) -> ManifestIndex:
    """Return the positions of all entries. Raises CampaignError if there is no manifest that assetgen wrote."""
    path = out / MANIFEST_NAME
    spans: dict[str, list[Span]] = {}
    ids: dict[str, set[str]] = {}
    stale = set[str]()
    try:
        with path.open("rb") as file:
            engine = _read_engine(file)
            for at, line in _entry_lines(file):
                value = json.loads(line)
                spans.setdefault(value["partner"], []).append((at, len(line)))
                ids.setdefault(value["partner"], set()).add(value["id"])
                if value.get("stale") is True:
                    stale.add(value["id"])
    except FileNotFoundError:
        raise CampaignError(_missing_build("missing-file", "there is no manifest")) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        text = f"the manifest cannot be used: {getattr(error, 'strerror', None) or error}"
        raise CampaignError(_missing_build("bad-value", text)) from error
    spans_by_partner = {partner: tuple(found) for partner, found in spans.items()}
    ids_by_partner = {partner: frozenset(found) for partner, found in ids.items()}
    return ManifestIndex(path, engine, spans_by_partner, ids_by_partner, frozenset(stale))


def _read_engine(file: IO[bytes]) -> Mapping[str, str]:
    """Return ``engine`` from the lines before the first asset. Raises ValueError if assetgen did not write them."""
    head = list[bytes]()
    for line in file:
        head.append(line)
        if line.rstrip() == _ASSETS_LINE:
            break
    values = json.loads(b"".join(head) + b"]}")
    if values.get("schema") != _SCHEMA or not isinstance(values.get("engine"), dict):
        raise ValueError("it was not written by assetgen build")
    return {str(name): str(version) for name, version in values["engine"].items()}


def _entry_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    at = file.tell()
    for line in file:
        if line.startswith(b"]"):
            return
        entry = line.rstrip(b",\n")
        if entry:
            yield at, entry
        at += len(line)


@dataclass(frozen=True, slots=True)
class WrittenManifest:
    """A manifest that was just written: its file stat, and the position of each path's entry."""

    file_stat: FileStat
    spans: Mapping[str, Span]


def write_manifest(
    path: Path, temp: Path, heading: ManifestHead, entries: Iterable[Entry]
) -> WrittenManifest:
    """Write the manifest to ``temp``, on the same disk, and move it to ``path``. Raises OSError."""
    ordered = _sorted_by_path(entries)
    write_synced(temp, manifest_bytes(heading, ordered))
    os.replace(temp, path)
    sync_folder(path.parent)
    at: dict[str, Span] = {}
    offset = len(_head(heading, ()))
    for entry in ordered:
        at[entry.path] = (offset, len(entry.line))
        offset += len(entry.line) + len(_SEPARATOR)
    return WrittenManifest(file_stat(path.stat()), at)


def manifest_bytes(
    heading: ManifestHead, entries: Iterable[Entry], documents: Iterable[PackDocument] = ()
) -> bytes:
    """Return the bytes of a manifest: JSON with one asset per line, sorted by path, after a pack's documents."""
    lines = _SEPARATOR.join(entry.line for entry in _sorted_by_path(entries))
    return _head(heading, documents) + lines + b"\n]\n}\n"


_ASSETS_LINE = b'"assets": ['
_SEPARATOR = b",\n"


def _sorted_by_path(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.path)


def _head(heading: ManifestHead, documents: Iterable[PackDocument]) -> bytes:
    """Return the lines before the first entry."""
    head = {
        "schema": _SCHEMA,
        "campaign": heading.campaign,
        "edition": heading.edition,
        "engine": dict(sorted(heading.engine.items())),
        **({"shard": heading.shard.as_dict()} if heading.shard else {}),
        **({"pack": heading.pack} if heading.pack else {}),
    }
    lines = b"".join(b'"%b": %b,\n' % (key.encode(), to_line(value)) for key, value in head.items())
    document_lines = [to_line(asdict(one)) for one in sorted(documents, key=lambda one: one.path)]
    files = b'"files": [\n%b\n],\n' % _SEPARATOR.join(document_lines) if heading.pack else b""
    return b"{\n%b%b%b\n" % (lines, files, _ASSETS_LINE)


def write_synced(path: Path, content: bytes, mode: Literal["wb", "xb", "ab"] = "wb") -> None:
    """Write or append bytes to a file and wait for the disk. Raises OSError."""
    with path.open(mode) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush a folder's file names to the disk, so that they survive a power cut. Does nothing on Windows."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows cannot open a folder as a file
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
