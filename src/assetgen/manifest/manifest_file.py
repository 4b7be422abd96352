"""``manifest.json`` of ``out/`` and ``MANIFEST.json`` of a pack: what a build made, one asset a line.

Read with distrust, by whoever needs how much of it: ``Manifest`` whole (verify, gallery, diff, merge), ``OldManifest``
whole or cut out unparsed (the build), ``ManifestIndex`` line by line (packs). Written in one way, replaced in whole.
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
from assetgen.manifest.entry import SHA256, Entry, ListedAsset, NotRead, is_plain_path, read_listed, to_line
from assetgen.manifest.shards import ShardPart

MANIFEST_NAME = "manifest.json"
PACK_MANIFEST_NAME = "MANIFEST.json"
"""What the manifest is called in a pack, where it stands among files for people."""
SCHEMA = 1
BUILD_FIRST = "run assetgen build first"
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

Read = TypeVar("Read")
Span = tuple[int, int]
"""Where an entry stands in a manifest: offset and length in bytes."""
Stamp = tuple[int, int, int, int]
"""How a file was written: size in bytes, mtime and ctime in ns, inode. An edit by hand changes one of them."""


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return the stamp of a file."""
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


@dataclass(frozen=True, slots=True)
class Heading:
    """What the manifest says once for all its assets. ``engine`` maps each part that draws to its version.

    ``part`` stands in the manifest of a shard alone; ``pack``, which says whose it is, in that of a pack.
    """

    campaign: str
    edition: str
    engine: Mapping[str, str]
    part: ShardPart | None = None
    pack: Mapping[str, object] | None = None

    @classmethod
    def from_plain(cls, raw: Mapping[str, Any]) -> Heading:
        """Return the heading of a manifest's plain values. Raises ValueError, in words."""
        engine = raw.get("engine")
        if not isinstance(engine, dict) or not all(isinstance(one, str) for one in engine.values()):
            raise ValueError("engine is not an object of texts")
        campaign, edition = (raw.get(key) for key in ("campaign", "edition"))
        if not isinstance(campaign, str) or not isinstance(edition, str):
            raise ValueError("campaign or edition is not text")
        return cls(campaign, edition, engine, ShardPart.from_plain(raw["shard"]) if "shard" in raw else None)


@dataclass(frozen=True, slots=True)
class PackDocument:
    """One file of a pack that is no asset."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry that cannot be used, and why, in words; ``number`` counts from 1, ``id`` is None where it names none."""

    number: int
    id: str | None
    error: Exception


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole manifest, in the form that one has; its entries are still as JSON gives them, each read on its own."""

    content: bytes = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)

    @classmethod
    def parse(cls, content: bytes, *, is_strict: bool = True) -> Manifest:
        """Return the manifest that a file holds.

        Raises NotRead, in words, where it has not the form of one; ValueError or RecursionError where it is no JSON:
        ``is_strict`` refuses NaN and a key that stands there twice as well.
        """
        strict: dict[str, Any] = {"parse_constant": _no_constant, "object_pairs_hook": _no_key_twice}
        values = json.loads(content, **(strict if is_strict else {}))
        if not isinstance(values, dict) or not isinstance(values.get("assets"), list):
            raise NotRead("it has no list of assets")
        if values.get("schema") != SCHEMA:
            raise NotRead(f"it has schema {values.get('schema')!r}, not {SCHEMA}")
        return cls(content, values)

    @property
    def heading(self) -> Heading:
        """Return what it says once for all assets. Raises ValueError, in words."""
        return Heading.from_plain(self.values)

    def read(
        self, reader: Callable[[object], Read], key: Callable[[Read], str] | None = None
    ) -> tuple[list[Read], list[BadEntry]]:
        """Return its entries as ``reader`` returns each, and those that cannot be used.

        ``key`` gives the path by which each may stand there only once. ``reader`` raises ValueError, TypeError or
        RecursionError.
        """
        found: dict[str, Read] = {}
        bad: list[BadEntry] = []
        for number, value in enumerate(self.values["assets"], start=1):
            try:
                one = reader(value)
                at = key(one) if key else str(number)
                if at in found:
                    raise ValueError(f"path {value['path']} stands there more than once")
                found[at] = one
            except (ValueError, TypeError, RecursionError) as error:
                named = value.get("id") if isinstance(value, dict) else None
                asset_id = named if isinstance(named, str) else None
                bad.append(BadEntry(number, asset_id, error))
        return list(found.values()), bad

    def documents(self) -> tuple[PackDocument, ...]:
        """Return the documents that it names; none where it is not a pack's. Raises ValueError, in words."""
        items = self.values.get("files")
        return tuple(map(_read_document, items)) if isinstance(items, list) else ()

    def sums(self) -> Iterator[tuple[str, str]]:
        """Yield path and sha256 of each asset that it names, those of entries that cannot be used too."""
        for value in self.values["assets"]:
            if isinstance(value, dict) and isinstance(value.get("path"), str):
                yield value["path"], str(value.get("sha256"))

    def line_of(self, number: int) -> int | None:
        """Return the line of an entry as the manifest is written; None where somebody wrote it anew."""
        lines = self.content.split(b"\n")
        first = lines.index(FIRST_ASSET) + 1 if FIRST_ASSET in lines else len(lines)
        return first + number if first + number < len(lines) - 1 else None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice in one object")
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number in JSON")


def _read_document(item: object) -> PackDocument:
    if not isinstance(item, Mapping):
        raise ValueError("one of its files is not an object")
    path, weight, sha256 = item.get("path"), item.get("bytes"), item.get("sha256")
    if not isinstance(path, str) or not is_plain_path(f"x/{path}"):
        raise ValueError(f"path {path!r} of its files is not a plain path")
    if not isinstance(weight, int) or isinstance(weight, bool) or not 0 <= weight <= MAX_DOCUMENT_BYTES:
        raise ValueError(f"bytes of {path} is no number of bytes")
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        raise ValueError(f"sha256 of {path} is not 64 hexadecimal digits")
    return PackDocument(path, weight, sha256)


def read_whole_manifest(folder: Path) -> tuple[Heading, list[Entry]]:
    """Return the manifest of a folder that was built into. Raises CampaignError, with every fault."""
    path, shown = folder / MANIFEST_NAME, folder.as_posix()
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        text = f"{shown}: there is no {MANIFEST_NAME} in it"
        hint = "name a folder that was built into; assetgen build makes out/"
        raise CampaignError(Finding("missing-file", text, hint)) from error
    except OSError as error:
        text = f"{path.as_posix()} cannot be read: {error.strerror or error}"
        raise CampaignError(Finding("missing-file", text, "see that it can be read")) from error
    try:
        manifest = Manifest.parse(content)
        heading = manifest.heading
    except (ValueError, RecursionError) as error:
        raise CampaignError(_unusable(shown, f"the manifest cannot be used: {error}")) from error
    entries, bad = manifest.read(Entry.parse, lambda entry: entry.path)
    if bad:
        said = (f"asset {one.number} of the manifest cannot be used: {one.error}" for one in bad)
        raise CampaignError([_unusable(shown, text) for text in said])
    return heading, entries


def _unusable(shown: str, text: str) -> Finding:
    return Finding("bad-value", f"{shown}: {text}", "build again, into an empty folder")


def read_listed_assets(out: Path) -> tuple[Heading, list[ListedAsset]]:
    """Return what the manifest in ``out`` lists, of whatever version it is.

    Raises CampaignError: ``missing-file`` where there is none, ``bad-value`` with one finding for each asset that
    cannot be read.
    """
    path = out / MANIFEST_NAME
    if not path.is_file():
        raise CampaignError(_build_first("missing-file", "there is no manifest"))
    try:
        manifest = Manifest.parse(path.read_bytes(), is_strict=False)
        heading = manifest.heading
    except NotRead as error:
        text = f"the manifest {str(error).removeprefix('it ')}"
        raise CampaignError(_build_first("bad-value", text)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise CampaignError(_build_first("bad-value", f"the manifest cannot be read: {error}")) from error
    assets, bad = manifest.read(read_listed)
    if bad:
        said = (f"asset {one.number} of the manifest: {one.error}" for one in bad)
        raise CampaignError([_build_first("bad-value", text) for text in said])
    return heading, assets


def _build_first(code: str, text: str) -> Finding:
    return Finding(code, text, BUILD_FIRST, Place(MANIFEST_NAME))


@dataclass(frozen=True, slots=True)
class OldManifest:
    """What the build reads of the last one: entries by path; ``ours`` is False where a manifest is there that cannot
    be used."""

    entries: Mapping[str, Entry]
    findings: tuple[Finding, ...]
    ours: bool


def read_manifest(path: Path) -> OldManifest:
    """Return the entries of the manifest at ``path``; none where there is no manifest.

    A manifest that cannot be used is a warning and counts as none; so does a single entry.
    Raises MachineError where a folder stands in its place, since then none could be written.
    """
    if path.is_dir() and not path.is_symlink():
        text = f"a folder stands where the manifest belongs: {path.parent.name}/{path.name}"
        raise MachineError(Finding("machine", text, hint="move the folder elsewhere, then build again"))
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise ValueError("it is not a regular file")
        manifest = Manifest.parse(path.read_bytes())
    except FileNotFoundError:
        return OldManifest({}, (), ours=True)
    except (OSError, ValueError, RecursionError) as error:
        fault = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        text = f"the manifest of the last build cannot be used: {fault}"
        hint = (
            "everything selected is made anew; files of assets that are no longer planned stay: delete them"
        )
        return OldManifest({}, (_warning(path, text, hint),), ours=False)
    entries, bad = manifest.read(Entry.parse)
    hint = "the entry is left out; nothing is removed on its word"
    said = [f"asset {one.number} of the manifest cannot be used: {one.error}" for one in bad]
    findings = tuple(_warning(path, text, hint) for text in said)
    return OldManifest({entry.path: entry for entry in entries}, findings, ours=True)


def _warning(path: Path, text: str, hint: str) -> Finding:
    place = Place(f"{path.parent.name}/{path.name}")
    return Finding("bad-value", text, hint=hint, place=place, severity=Severity.WARNING)


class EntryRow(Protocol):
    """What the build database knows of an entry; ``at`` is where it stands in the manifest."""

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
    def at(self) -> Span | None: ...


def cut_manifest(path: Path, stamp: Stamp, rows: Iterable[EntryRow]) -> OldManifest | None:
    """Return the entries of a manifest by what the state says of it; None where it is not that file any more.

    Each entry is cut out as it stands there, and nothing is parsed: of 10,000 assets that would take a second.
    """
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as file:
            content = file.read()
            if stamp_of(os.fstat(file.fileno())) != stamp:
                return None
    except OSError:
        return None
    entries: dict[str, Entry] = {}
    for row in rows:
        if row.at is None or row.sha256 is None:
            continue
        line = content[row.at[0] : row.at[0] + row.at[1]]
        entries[row.path] = Entry(
            row.id, row.path, row.partner, row.message, row.template, row.sha256, stale=False, line=line
        )
    return OldManifest(entries, (), ours=True)


@dataclass(frozen=True, slots=True)
class ManifestIndex:
    """Where each partner's entries stand in the manifest at ``path``: nobody holds those of all partners at once.

    ``ids`` are each partner's, ``stale`` those of entries that are marked so.
    """

    path: Path
    engine: Mapping[str, str]
    spans: Mapping[str, tuple[Span, ...]]
    ids: Mapping[str, frozenset[str]]
    stale: frozenset[str]

    def entries(self, partner: str) -> list[Entry]:
        """Return a partner's entries. Raises OSError, ValueError."""
        return read_entries(self.path, self.spans.get(partner, ()))


def read_entries(manifest: Path, spans: Iterable[Span]) -> list[Entry]:
    """Return the entries at some spans. Raises OSError, ValueError."""
    with manifest.open("rb") as file:
        entries = []
        for at, length in spans:
            file.seek(at)
            entries.append(Entry.parse(json.loads(file.read(length))))
    return entries


def index_manifest(out: Path) -> ManifestIndex:
    """Return where the entries stand. Raises CampaignError where there is no manifest, or not as a build writes it."""
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
        raise CampaignError(_build_first("missing-file", "there is no manifest")) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        text = f"the manifest cannot be used: {getattr(error, 'strerror', None) or error}"
        raise CampaignError(_build_first("bad-value", text)) from error
    whole = {partner: tuple(found) for partner, found in spans.items()}
    known = {partner: frozenset(found) for partner, found in ids.items()}
    return ManifestIndex(path, engine, whole, known, frozenset(stale))


def _read_engine(file: IO[bytes]) -> Mapping[str, str]:
    """Return the parts that built the files, read up to the first asset. Raises ValueError for another's manifest."""
    head = list[bytes]()
    for line in file:
        head.append(line)
        if line.rstrip() == FIRST_ASSET:
            break
    values = json.loads(b"".join(head) + b"]}")
    if values.get("schema") != SCHEMA or not isinstance(values.get("engine"), dict):
        raise ValueError("it is not of the form that assetgen build writes")
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
    """A manifest as it was written: its stamp; where each path's entry stands."""

    stamp: Stamp
    at: Mapping[str, Span]


def write_manifest(path: Path, temp: Path, heading: Heading, entries: Iterable[Entry]) -> WrittenManifest:
    """Replace the manifest at ``path`` in whole, by way of ``temp`` on the same disk. Raises OSError."""
    ordered = _ordered(entries)
    write_through(temp, manifest_bytes(heading, ordered))
    os.replace(temp, path)
    sync_folder(path.parent)
    at: dict[str, Span] = {}
    offset = len(_head(heading, ()))
    for entry in ordered:
        at[entry.path] = (offset, len(entry.line))
        offset += len(entry.line) + len(_BETWEEN)
    return WrittenManifest(stamp_of(path.stat()), at)


def manifest_bytes(
    heading: Heading, entries: Iterable[Entry], documents: Iterable[PackDocument] = ()
) -> bytes:
    """Return a manifest: JSON with each asset on a line of its own, sorted by path; before them a pack's documents."""
    lines = _BETWEEN.join(entry.line for entry in _ordered(entries))
    return _head(heading, documents) + lines + b"\n]\n}\n"


FIRST_ASSET = b'"assets": ['
_BETWEEN = b",\n"


def _ordered(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.path)


def _head(heading: Heading, documents: Iterable[PackDocument]) -> bytes:
    """Return all that stands before the first entry."""
    said = {
        "schema": SCHEMA,
        "campaign": heading.campaign,
        "edition": heading.edition,
        "engine": dict(sorted(heading.engine.items())),
        **({"shard": heading.part.as_dict()} if heading.part else {}),
        **({"pack": heading.pack} if heading.pack else {}),
    }
    lines = b"".join(b'"%b": %b,\n' % (key.encode(), to_line(value)) for key, value in said.items())
    named = [to_line(asdict(one)) for one in sorted(documents, key=lambda one: one.path)]
    files = b'"files": [\n%b\n],\n' % _BETWEEN.join(named) if heading.pack else b""
    return b"{\n%b%b%b\n" % (lines, files, FIRST_ASSET)


def write_through(path: Path, content: bytes, mode: Literal["wb", "xb", "ab"] = "wb") -> None:
    """Write or append bytes to a file and wait for the disk. Raises OSError."""
    with path.open(mode) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut, where the system can do that for folders."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows opens no folder as a file
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
