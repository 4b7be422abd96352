"""Where each partner's entries stand in ``out/manifest.json``, which is read line by line and never held whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.manifest.manifest_file import MANIFEST_NAME, SCHEMA

Span = tuple[int, int]
"""Where an entry stands: offset and length in bytes."""
BUILD_FIRST = "run assetgen build first"
FIRST_ASSET = b'"assets": ['


@dataclass(frozen=True, slots=True)
class Shelf:
    """The manifest of ``out/``: its engine; each partner's entries by span and by id; the ids of stale ones."""

    manifest: Path
    engine: Mapping[str, str]
    spans: Mapping[str, tuple[Span, ...]]
    ids: Mapping[str, frozenset[str]]
    stale: frozenset[str]


def read_shelf(out: Path) -> Shelf:
    """Return where the entries stand. Raises CampaignError where there is no manifest, or not as a build writes it."""
    path = out / MANIFEST_NAME
    spans: dict[str, list[Span]] = {}
    ids: dict[str, set[str]] = {}
    stale, head = set[str](), list[bytes]()
    try:
        with path.open("rb") as file:
            for line in file:
                head.append(line)
                if line.rstrip() == FIRST_ASSET:
                    break
            engine = _engine(b"".join(head))
            for at, line in _entry_lines(file):
                value = json.loads(line)
                spans.setdefault(value["partner"], []).append((at, len(line)))
                ids.setdefault(value["partner"], set()).add(value["id"])
                if value.get("stale") is True:
                    stale.add(value["id"])
    except FileNotFoundError:
        place = Place(MANIFEST_NAME)
        raise CampaignError(Finding("missing-file", "there is no manifest", BUILD_FIRST, place)) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        text = f"the manifest cannot be used: {getattr(error, 'strerror', None) or error}"
        raise CampaignError(Finding("bad-value", text, BUILD_FIRST, Place(MANIFEST_NAME))) from error
    whole = {partner: tuple(found) for partner, found in spans.items()}
    known = {partner: frozenset(found) for partner, found in ids.items()}
    return Shelf(path, engine, whole, known, frozenset(stale))


def _entry_lines(file: Any) -> Iterator[tuple[int, bytes]]:
    at = file.tell()
    for line in file:
        if line.startswith(b"]"):
            return
        entry = line.rstrip(b",\n")
        if entry:
            yield at, entry
        at += len(line)


def _engine(head: bytes) -> dict[str, str]:
    """Return the parts that built the files. Raises ValueError where the manifest's head is another's."""
    value = json.loads(head + b"]}")
    if value.get("schema") != SCHEMA or not isinstance(value.get("engine"), dict):
        raise ValueError("it is not of the form that assetgen build writes")
    return {str(name): str(version) for name, version in value["engine"].items()}


def read_lines(manifest: Path, spans: Iterable[Span]) -> list[bytes]:
    """Return the entries at some spans. Raises OSError."""
    with manifest.open("rb") as file:
        lines = []
        for at, length in spans:
            file.seek(at)
            lines.append(file.read(length))
    return lines
