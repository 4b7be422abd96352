"""A pack's files that are no assets (first page, tables, words): named in its manifest, proved by size and sha256.

``MANIFEST.json`` is the manifest of ``out/`` with the pack's own paths, and ``files``: path, bytes and sha256 of each
document. ``SHA256SUMS`` follows from it, for whoever has no assetgen: so it needs no entry, and proves the manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assetgen.build.entry import SHA256, is_plain_path
from assetgen.build.sources import PACK_MANIFEST_NAME, Refused, Source
from assetgen.findings import Finding, Place

SUMS_NAME = "SHA256SUMS"
DOCUMENTS_KEY = b'\n"files": ['
MOST_DOCUMENT_BYTES = 64 * 1024 * 1024
ASK_AGAIN = "this is not what was packed: ask for the pack again"


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a pack that is no asset."""

    path: str
    bytes: int
    sha256: str


def read_documents(manifest: bytes) -> tuple[Document, ...]:
    """Return the documents that a manifest names; none where it is not a pack's. Raises ValueError, in words."""
    if DOCUMENTS_KEY not in manifest:
        return ()
    raw = json.loads(manifest)
    items = raw.get("files") if isinstance(raw, dict) else None
    return tuple(_document(item) for item in items) if isinstance(items, list) else ()


def _document(item: object) -> Document:
    if not isinstance(item, Mapping):
        raise ValueError("one of its files is not an object")
    path, weight, sha256 = item.get("path"), item.get("bytes"), item.get("sha256")
    if not isinstance(path, str) or not is_plain_path(f"x/{path}"):
        raise ValueError(f"path {path!r} of its files is not a plain path")
    if not isinstance(weight, int) or isinstance(weight, bool) or not 0 <= weight <= MOST_DOCUMENT_BYTES:
        raise ValueError(f"bytes of {path} is no number of bytes")
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        raise ValueError(f"sha256 of {path} is not 64 hexadecimal digits")
    return Document(path, weight, sha256)


def sums_text(sums: Iterable[tuple[str, str]]) -> bytes:
    """Return ``SHA256SUMS`` of (path, sha256) pairs, as sha256sum and shasum read it: by path, one a line."""
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(sums)).encode()


def sums_document(manifest: bytes, sums: Iterable[tuple[str, str]]) -> Document:
    """Return ``SHA256SUMS`` as it must be for a manifest and the files that this names."""
    own = (PACK_MANIFEST_NAME, hashlib.sha256(manifest).hexdigest())
    text = sums_text([own, *sums])
    return Document(SUMS_NAME, len(text), hashlib.sha256(text).hexdigest())


def document_faults(source: Source, document: Document, refused: str | None) -> Iterator[Finding]:
    """Yield what is wrong with a document: it is not there, not to be read, or not the one that was packed."""
    place = Place(source.file_of(document.path))
    try:
        if refused is not None:
            raise Refused(refused)
        content = source.read(document.path, document.bytes)
    except FileNotFoundError:
        text = f"it is part of the pack and not there: {document.path}"
        yield Finding("missing-file", text, ASK_AGAIN, place)
    except (Refused, OSError) as error:
        text = f"{document.path} is not read: {getattr(error, 'strerror', None) or error}"
        yield Finding("unsafe-file", text, ASK_AGAIN, place)
    else:
        if len(content) != document.bytes or hashlib.sha256(content).hexdigest() != document.sha256:
            text = f"{document.path}: its bytes are not those that were packed"
            yield Finding("file-altered", text, ASK_AGAIN, place)
