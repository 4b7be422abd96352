"""``out/manifest.json``: what the build made, one asset a line, read with distrust and replaced in whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.errors import MachineError
from assetgen.findings import Finding, Place, Severity
from assetgen.manifest.entry import Entry, to_line
from assetgen.manifest.shards import ShardPart

MANIFEST_NAME = "manifest.json"
SCHEMA = 1

Stamp = tuple[int, int, int, int]
"""How a file was written: size in bytes, mtime and ctime in ns, inode. An edit by hand changes one of them."""


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return the stamp of a file."""
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


@dataclass(frozen=True, slots=True)
class Heading:
    """What the manifest says once for all its assets. ``engine`` maps each part that draws to its version.

    ``part`` stands in the manifest of a shard alone.
    """

    campaign: str
    edition: str
    engine: Mapping[str, str]
    part: ShardPart | None = None

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
class OldManifest:
    """What was read: entries by path; ``ours`` is False where a manifest is there that cannot be used."""

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
        items = manifest_assets(path.read_bytes())
    except FileNotFoundError:
        return OldManifest({}, (), ours=True)
    except (OSError, ValueError, RecursionError) as error:
        fault = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        text = f"the manifest of the last build cannot be used: {fault}"
        hint = (
            "everything selected is made anew; files of assets that are no longer planned stay: delete them"
        )
        return OldManifest({}, (_warning(path, text, hint),), ours=False)
    entries: dict[str, Entry] = {}
    findings: list[Finding] = []
    for number, item in enumerate(items, start=1):
        try:
            entry = Entry.parse(item)
        except (ValueError, TypeError, RecursionError) as error:
            hint = "the entry is left out; nothing is removed on its word"
            findings.append(_warning(path, f"asset {number} of the manifest cannot be used: {error}", hint))
        else:
            entries[entry.path] = entry
    return OldManifest(entries, tuple(findings), ours=True)


@dataclass(frozen=True, slots=True)
class Written:
    """A manifest as it was written: its stamp; where each path's entry stands (offset and length in bytes)."""

    stamp: Stamp
    at: Mapping[str, tuple[int, int]]


def write_manifest(path: Path, temp: Path, heading: Heading, entries: Iterable[Entry]) -> Written:
    """Replace the manifest at ``path`` in whole, by way of ``temp`` on the same disk. Raises OSError."""
    ordered = sorted(entries, key=lambda entry: entry.path)
    head = _head(heading)
    content = head + _BETWEEN.join(entry.line for entry in ordered) + _TAIL
    with temp.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temp, path)
    sync_folder(path.parent)
    at: dict[str, tuple[int, int]] = {}
    offset = len(head)
    for entry in ordered:
        at[entry.path] = (offset, len(entry.line))
        offset += len(entry.line) + len(_BETWEEN)
    return Written(stamp_of(path.stat()), at)


_BETWEEN, _TAIL = b",\n", b"\n]\n}\n"


def _head(heading: Heading) -> bytes:
    said = {
        "schema": SCHEMA,
        "campaign": heading.campaign,
        "edition": heading.edition,
        "engine": dict(sorted(heading.engine.items())),
        **({"shard": heading.part.as_dict()} if heading.part else {}),
    }
    lines = b"".join(b'"%b": %b,\n' % (key.encode(), to_line(value)) for key, value in said.items())
    return b'{\n%b"assets": [\n' % lines


def manifest_text(heading: Heading, entries: Iterable[Entry]) -> str:
    """Return the manifest: JSON with each asset on a line of its own, sorted by path."""
    lines = _BETWEEN.join(entry.line for entry in sorted(entries, key=lambda entry: entry.path))
    return (_head(heading) + lines + _TAIL).decode()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut, where the system can do that for folders."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows opens no folder as a file
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def manifest_assets(content: bytes) -> list[Any]:
    """Return the assets of a manifest as plain values. Raises ValueError, in words, or RecursionError."""
    return list(manifest_values(content)["assets"])


def manifest_values(content: bytes) -> dict[str, Any]:
    """Return a manifest as plain values, with a list of ``assets``. Raises ValueError, in words, or RecursionError."""
    raw = json.loads(content, parse_constant=_no_constant, object_pairs_hook=_no_key_twice)
    if not isinstance(raw, dict) or not isinstance(raw.get("assets"), list):
        raise ValueError("it has no list of assets")
    if raw.get("schema") != SCHEMA:
        raise ValueError(f"it has schema {raw.get('schema')!r}, not {SCHEMA}")
    return raw


def line_of_asset(content: bytes, number: int) -> int | None:
    """Return the line of an asset, both counted as the manifest is written; None where somebody wrote it anew."""
    lines = content.split(b"\n")
    first = lines.index(b'"assets": [') + 1 if b'"assets": [' in lines else len(lines)
    return first + number + 1 if first + number < len(lines) - 2 else None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice in one object")
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number in JSON")


def _warning(path: Path, text: str, hint: str) -> Finding:
    place = Place(f"{path.parent.name}/{path.name}")
    return Finding("bad-value", text, hint=hint, place=place, severity=Severity.WARNING)
