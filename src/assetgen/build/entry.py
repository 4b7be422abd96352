"""One asset's entry in the manifest: checked at the door, carried as the line that will be written.

The line is made in the worker, so that the parent neither holds nor writes each asset's values again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset, Term
    from assetgen.rendering.rendered_file import Made

SHA256 = re.compile(r"[0-9a-f]{64}")
# A part begins with no dot and holds no control character, nor what Windows reads as a folder, a drive or a stream.
_PART = r"[^\x00-\x1f\x7f\\:/.][^\x00-\x1f\x7f\\:/]*"
_PLAIN_PATH = re.compile(rf"{_PART}(?:/{_PART})+")


def is_plain_path(path: object) -> bool:
    """Say whether a path is one that a build could have written: ``folder/…/file``, nothing hidden.

    What stands directly in ``out/`` (the manifest, the gallery's page) and below a folder that begins
    with a dot is never an asset, so that no manifest and no journal can lead to its removal.
    """
    return isinstance(path, str) and len(path) <= 1000 and _PLAIN_PATH.fullmatch(path) is not None


def to_line(value: object) -> bytes:
    """Return plain values as one line of JSON in UTF-8. Raises ValueError or TypeError where JSON cannot."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


class Entry(NamedTuple):
    """What the build itself needs of an entry, and the whole of it as the manifest's line.

    A tuple, not a dataclass: ten thousand of them are made where nothing but one partner changed.
    """

    id: str
    path: str
    partner: str
    message: str | None
    template: str | None
    sha256: str
    stale: bool
    line: bytes

    @classmethod
    def of(cls, asset: Asset, made: Made, content: bytes) -> Entry:
        """Return the entry of an asset that was made. Raises ValueError, TypeError for what JSON has not."""
        said = {
            **asset.describe(),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "pixel_sha256": made.pixel_sha256,
            "spec": asset.spec.as_dict(),
            "marks": [dict(mark) for mark in made.marks],
            "measured": dict(made.measured),
            "findings": [finding.for_asset(asset.id).as_dict() for finding in made.findings],
            "terms": [term.as_dict() for term in asset.terms],
            "inputs": dict(sorted({**asset.inputs, **made.inputs}.items())),
        }
        return cls.parse(said)

    @classmethod
    def parse(cls, value: object) -> Entry:
        """Return the entry that these plain values are. Raises ValueError, in words, or TypeError."""
        if not isinstance(value, dict):
            raise ValueError("it is not an object")
        path = value.get("path")
        if not isinstance(path, str) or not is_plain_path(path):
            raise ValueError(f"path {path!r} is not a plain path below the manifest")
        sha256 = _text(value, "sha256")
        if not SHA256.fullmatch(sha256):
            raise ValueError("sha256 is not 64 hexadecimal digits")
        return cls(
            id=_text(value, "id"),
            path=path,
            partner=_text(value, "partner"),
            message=_text(value, "message") if value.get("message") is not None else None,
            template=_text(value, "template") if value.get("template") is not None else None,
            sha256=sha256,
            stale=value.get("stale") is True,
            line=to_line(value),
        )

    def with_inputs(self, inputs: Mapping[str, str], terms: Iterable[Term] = ()) -> Entry:
        """Return the entry as made from these files, and bound by these days: its own bytes are what they were."""
        said = {"terms": [term.as_dict() for term in terms], "inputs": dict(sorted(inputs.items()))}
        return Entry.parse({**json.loads(self.line), **said})

    def marked_stale(self, stale: bool) -> Entry:
        """Return the entry with ``"stale": true``, or without that key."""
        if stale == self.stale:
            return self
        value = json.loads(self.line)
        value.pop("stale", None)
        return Entry.parse({**value, "stale": True} if stale else value)


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str) or not text:
        raise ValueError(f"{key} is missing or is not text")
    return text
