"""A folder that was built into, read as a whole: its heading, its entries, its files as they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.build.entry import Entry
from assetgen.build.manifest import MANIFEST_NAME, Heading, manifest_values
from assetgen.build.outdir import OutDir
from assetgen.errors import CampaignError, RenderError
from assetgen.findings import Finding


@dataclass(frozen=True, slots=True)
class Tree:
    """``shown`` is the folder as it was named; ``entries`` are by path."""

    shown: str
    out: OutDir
    heading: Heading
    entries: Mapping[str, Entry]

    def content(self, entry: Entry) -> bytes:
        """Return the bytes of an asset's file. Raises RenderError where they are not those that were written."""
        where = f"{self.shown}/{entry.path}"
        if self.out.sha256(entry.path) is None:
            text, hint = f"{where} is in the manifest and cannot be read", "build again: it is made anew"
            raise RenderError(Finding("file-altered", text, hint, asset=entry.id))
        if self.out.sha256(entry.path) != entry.sha256:
            text = f"{where} is not the file that was built"
            raise RenderError(Finding("file-altered", text, "build again: it is made anew", asset=entry.id))
        return (self.out.root / entry.path).read_bytes()


def values_of(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain values."""
    values: dict[str, Any] = json.loads(entry.line)
    return values


def read_tree(folder: Path) -> Tree:
    """Return what was built into a folder. Raises CampaignError, with every fault, where that cannot be said."""
    path = folder / MANIFEST_NAME
    shown = folder.as_posix()
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        text = f"{shown}: there is no {MANIFEST_NAME} in it"
        hint = "name a folder that was built into; assetgen build makes out/"
        raise CampaignError(Finding("missing-file", text, hint)) from error
    except OSError as error:
        text = f"{path.as_posix()} cannot be read: {error.strerror or error}"
        raise CampaignError(Finding("missing-file", text, "see that it can be read")) from error
    entries: dict[str, Entry] = {}
    faults: list[Finding] = []
    try:
        raw = manifest_values(content)
        heading = Heading.from_plain(raw)
    except (ValueError, RecursionError) as error:
        raise CampaignError(_unusable(shown, f"the manifest cannot be used: {error}")) from error
    for number, value in enumerate(raw["assets"], start=1):
        try:
            entry = Entry.parse(value)
            if entry.path in entries:
                raise ValueError(f"path {entry.path} stands there more than once")
            entries[entry.path] = entry
        except (ValueError, TypeError, RecursionError) as error:
            faults.append(_unusable(shown, f"asset {number} of the manifest cannot be used: {error}"))
    if faults:
        raise CampaignError(faults)
    return Tree(shown, OutDir(folder), heading, entries)


def _unusable(shown: str, text: str) -> Finding:
    return Finding("bad-value", f"{shown}: {text}", "build again, into an empty folder")
