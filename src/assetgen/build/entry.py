"""One asset's entry in the manifest: checked at the door, carried as the line that will be written.

The line is made in the worker, so that the parent neither holds nor writes each asset's values again.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assetgen.plan.asset import Asset
    from assetgen.render.made import Made

SHA256 = re.compile(r"[0-9a-f]{64}")
# What no path of ours holds: control characters, and what Windows reads as a folder, a drive or a stream.
_FOREIGN_IN_PATH = re.compile(r"[\x00-\x1f\x7f\\:]")


def is_plain_path(path: object) -> bool:
    """Say whether a path is one that a build could have written: ``folder/…/file``, nothing hidden.

    What stands directly in ``out/`` (the manifest, the gallery's page) and below a folder that begins
    with a dot is never an asset, so that no manifest and no journal can lead to its removal.
    """
    if not isinstance(path, str) or len(path) > 1000 or _FOREIGN_IN_PATH.search(path):
        return False
    parts = path.split("/")
    return len(parts) > 1 and all(part and not part.startswith(".") for part in parts)


def to_line(value: object) -> str:
    """Return plain values as one line of JSON in UTF-8. Raises ValueError or TypeError where JSON cannot."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    line.encode()  # half a surrogate pair is a str, but no UTF-8
    return line


@dataclass(frozen=True, slots=True)
class Entry:
    """What the build itself needs of an entry, and the whole of it as the manifest's line."""

    id: str
    path: str
    partner: str
    message: str | None
    template: str | None
    sha256: str
    stale: bool
    line: str

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
