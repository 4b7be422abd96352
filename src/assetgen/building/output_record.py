"""What ``out/`` holds: the journal of files about to be placed, and the record of those that are there.

One line of JSON per file: the whole entry that the manifest will hold; or ``{"path": …}`` alone, for a
file that is ours but that could be neither moved nor removed. After a kill the journal says which files
are ours and, by their sha256, which of them are finished work. A line counts only if it is whole: a torn
one was never acted upon, since the file it names is moved in after the journal has reached the disk.

``entries`` is what the next manifest will say; ``ours`` every path that assetgen wrote, by manifest or by
journal. Only a path of ``ours`` is ever removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assetgen.building.build_db import BuildState, write_state
from assetgen.building.output_dir import OutDir, stopping_the_build
from assetgen.building.render_task import Outcome
from assetgen.errors import CampaignError, RenderError
from assetgen.findings import Finding, Place, Severity
from assetgen.manifest.entry import Entry, ListedAsset, is_plain_path, read_listed, to_line
from assetgen.manifest.manifest_file import (
    MANIFEST_NAME,
    Heading,
    OldManifest,
    Stamp,
    WrittenManifest,
    cut_manifest,
    read_manifest,
    read_whole_manifest,
    sync_folder,
    write_manifest,
    write_through,
)


@dataclass(frozen=True, slots=True)
class Journalled:
    """What a journal says: every path that is ours; the entries of each, oldest first."""

    paths: frozenset[str]
    entries: dict[str, list[Entry]]


class Journal:
    """The journal at one path. Its methods raise OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Journalled:
        """Return all that its whole lines say; nothing where there is no journal."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return Journalled(frozenset(), {})
        paths: set[str] = set()
        entries: dict[str, list[Entry]] = {}
        for line in content.split(b"\n"):
            value = _parsed(line)
            if not isinstance(value, dict) or not is_plain_path(value.get("path")):
                continue
            paths.add(value["path"])
            if entry := _entry(value):
                entries.setdefault(entry.path, []).append(entry)
        return Journalled(frozenset(paths), entries)

    def append(self, entries: Iterable[Entry]) -> None:
        """Write the entries and wait for the disk: one wait for as many as come together.

        A line break comes first too, so that a line that was torn by a kill spoils no other.
        """
        lines = b"".join(b"\n%b\n" % entry.line for entry in entries)
        if lines:
            write_through(self._path, lines, "ab")

    def restart(self, temp: Path, left: Iterable[str]) -> None:
        """Empty the journal, but for the paths ``left``: files of ours that no manifest names."""
        temp.write_bytes(b"".join(b"%b\n" % to_line({"path": path}) for path in sorted(left)))
        os.replace(temp, self._path)
        sync_folder(self._path.parent)


def _parsed(line: bytes) -> object:
    try:
        value: object = json.loads(line) if line else None
    except (ValueError, RecursionError):
        return None
    return value


def _entry(value: dict[str, object]) -> Entry | None:
    try:
        return Entry.parse(value)
    except (ValueError, TypeError, RecursionError):
        return None


class NamedFile(Protocol):
    """What the account asks of an asset: an asset of the plan, or an entry that was made elsewhere."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Faults:
    """What a fault in a source keeps out of the plan, yet is not dropped from the campaign.

    A held partner's own files are at fault: what was made for it stays. ``broken`` are the paths of assets
    whose message or design cannot be read: these have failed. ``left_alone`` are such paths, too, but not
    selected: they keep their files.
    """

    held_partners: frozenset[str]
    broken: frozenset[str] = frozenset()
    left_alone: frozenset[str] = frozenset()

    def hold(self, path: str) -> bool:
        """Say whether this is a path of a held partner."""
        return _partner(path) in self.held_partners

    def keep(self, path: str) -> bool:
        """Say whether what stands at a path stays as it is, though it is not planned today."""
        return self.hold(path) or path in self.left_alone


class Ledger:
    """The account of one ``out/``. Methods raise MachineError where it cannot be written as a whole."""

    def __init__(self, out: OutDir, state: BuildState | None = None) -> None:
        """Read manifest and journal. What a killed build had finished counts as made; see ``_recover``."""
        self._out = out
        self._journal = Journal(out.journal)
        manifest = _manifest(out.root / MANIFEST_NAME, state or BuildState())
        self.stamps: dict[str, Stamp] = {}
        self._manifest_is_ours = manifest.ours
        self.findings: list[Finding] = list(manifest.findings)
        self.entries: dict[str, Entry] = dict(manifest.entries)
        self.ours: set[str] = set(manifest.entries)
        self.rejected: list[str] = []
        self._left: set[str] = set()
        with stopping_the_build("read the journal"):
            self._recover()

    def _recover(self) -> None:
        """Find out, for each path that a killed build named, which entry is that of the file that is there.

        The newest that has the file's hash is true, whether the file was moved in or not. If none has it,
        there is no entry: the file was changed by hand, or is gone.
        """
        journalled = self._journal.read()
        self.ours |= journalled.paths
        for path in journalled.paths:
            known = [*reversed(journalled.entries.get(path, [])), self.entries.pop(path, None)]
            sha256 = self._out.sha256(path)
            true = next((entry for entry in known if entry and entry.sha256 == sha256), None)
            if true:
                self.entries[path] = true

    def enter(self, batch: Iterable[tuple[NamedFile, Outcome]]) -> list[str]:
        """Move what was made into ``out/``, journal first, and what failed out of it; return its ids."""
        failed: list[NamedFile] = []
        ready: list[tuple[NamedFile, Entry, str]] = []
        for asset, outcome in batch:
            self.findings += outcome.findings
            if outcome.entry and outcome.temp and self._clear_way(asset, outcome.entry):
                ready.append((asset, outcome.entry, outcome.temp))
            else:
                failed.append(asset)
                if outcome.entry is None:
                    self._reject(asset, outcome.temp)
        with stopping_the_build("write the journal"):
            self._journal.append(entry for _, entry, _ in ready)
        for asset, entry, temp in ready:
            self.ours.add(entry.path)
            try:
                self._put(entry, temp)
            except RenderError as error:
                self._note(error, asset.id)
                failed.append(asset)
            else:
                self.entries[entry.path] = entry
        for asset in failed:
            self._retire(asset.path, asset.id)
        return [asset.id for asset in failed]

    def _put(self, entry: Entry, temp: str) -> None:
        """Move a finished file in, unless the same bytes stand there already: then nothing is touched."""
        if self._out.has(entry.path) and self._out.sha256(entry.path) == entry.sha256:
            with stopping_the_build("tidy up"):
                self._out.discard(temp)
                self._out.drop_old(entry.path)
        else:
            self._out.place(temp, entry.path)
        stamp = self._out.stamp(entry.path)
        if stamp:
            self.stamps[entry.path] = stamp

    def has(self, path: str) -> bool:
        """Say whether a regular file is there, reached through no link."""
        return self._out.has(path)

    def is_as_written(self, path: str, stamp: Stamp | None, *, by_hash: bool) -> bool:
        """Say whether the file of an entry is the one that was written: by its stamp, else by its sha256.

        With ``by_hash`` the stamp alone is not believed.
        """
        found = self._out.stamp(path)
        if found is None:
            return False
        if found == stamp and not by_hash:
            return True
        entry = self.entries.get(path)
        if entry is None or self._out.sha256(path) != entry.sha256:
            return False
        self.stamps[path] = found
        return True

    def _reject(self, asset: NamedFile, temp: str | None) -> None:
        """Keep a file that did not pass its proof where it can be looked at, and nobody takes it for a good one."""
        if temp is None:
            return
        try:
            self.rejected.append(self._out.reject(temp, asset.path))
        except RenderError as error:
            self._note(error, asset.id)

    def _retire(self, path: str, asset_id: str | None) -> None:
        """Take a path out of the manifest, and its file, if it is ours, to ``stale/``."""
        self.entries.pop(path, None)
        if path not in self.ours:
            return
        try:
            self._out.to_stale(path)
        except RenderError as error:
            self._left.add(path)
            self._note(error, asset_id)

    def settle(
        self, planned: Collection[str], faults: Faults, *, clear: bool, seen: Collection[str] = frozenset()
    ) -> int:
        """Bring what was not made today in line with today's plan, whose paths are ``planned``.

        The files of ``seen`` were looked at already and are as they should be.

        Return how many files left ``out/`` because the campaign holds them no more.

        Without ``clear`` (an interrupted build) nothing leaves ``out/``: entries are kept, or marked, alone.
        """
        for path in sorted(self.ours - self._left - set(seen)):
            if path in planned or faults.keep(path):
                self._keep(path, stale=faults.hold(path) and path not in planned)
        self.findings += [_held(partner) for partner in sorted(self._partners_held(faults))]
        if not clear:
            return 0
        removed = sum(
            self._remove(path) for path in self.unplanned(planned, faults) if path not in self._left
        )
        for entry in [self.entries[path] for path in faults.broken & self.entries.keys()]:
            if not faults.hold(entry.path):
                self._retire(entry.path, entry.id)
        return removed

    def unplanned(self, planned: Collection[str], faults: Faults) -> list[str]:
        """Return the paths of ours that today's plan holds no more: neither planned, nor only at fault."""
        return sorted(
            path
            for path in self.ours
            if path not in planned and path not in faults.broken and not faults.keep(path)
        )

    def close(self, heading: Heading, state_of: Callable[[WrittenManifest], BuildState]) -> None:
        """Write the manifest, then the state, which says how that was written; then empty the journal.

        The last thing that a build does.
        """
        with stopping_the_build("write the manifest"):
            if not self._manifest_is_ours:
                self._out.set_aside(MANIFEST_NAME)
            manifest = self._out.root / MANIFEST_NAME
            written = write_manifest(manifest, self._out.tmp / MANIFEST_NAME, heading, self.entries.values())
            write_state(self._out.state, self._out.tmp / "state", state_of(written))
            self._journal.restart(self._out.tmp / "journal", self._left)
            self._out.sweep()

    def _keep(self, path: str, *, stale: bool) -> None:
        """Keep an entry as long as its file is there; a file of ours without one was not proved: it goes."""
        entry = self.entries.get(path)
        if entry is None or not self._out.has(path):
            self._retire(path, entry.id if entry else None)
        else:
            self.entries[path] = entry.marked_stale(stale)

    def _clear_way(self, asset: NamedFile, entry: Entry) -> bool:
        try:
            note = self._out.clear_way(asset.path, entry.sha256, ours=asset.path in self.ours)
        except RenderError as error:
            self._note(error, asset.id)
            return False
        if note:
            self.findings.append(note.for_asset(asset.id))
        return True

    def _remove(self, path: str) -> bool:
        entry = self.entries.pop(path, None)
        try:
            return self._out.remove(path)
        except RenderError as error:
            self._left.add(path)
            self._note(error, entry.id if entry else None)
            return False

    def _partners_held(self, faults: Faults) -> set[str]:
        return {_partner(path) for path in self.entries} & faults.held_partners

    def _note(self, error: RenderError, asset_id: str | None) -> None:
        self.findings += [f.for_asset(asset_id) if asset_id else f for f in error.findings]


def _manifest(path: Path, state: BuildState) -> OldManifest:
    """Return the manifest: by the state's word where that still holds, else read entry by entry."""
    known = cut_manifest(path, state.manifest, state.rows.values()) if state.manifest else None
    return known or read_manifest(path)


def _partner(path: str) -> str:
    """Return the partner whose folder a path lies in."""
    return path.partition("/")[0]


def _held(partner: str) -> Finding:
    place = Place(f"partners/{partner}/partner.yaml")
    text = "cannot be read: its old files stay, marked stale"
    hint = "mend the other findings for this partner, then build again"
    return Finding("stale", text, hint=hint, place=place, severity=Severity.WARNING)


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

    def listed(self, path: str) -> ListedAsset:
        """Return how the manifest lists an asset. Raises CampaignError where its entry cannot be read as that."""
        entry = self.entries[path]
        try:
            return read_listed(entry.values())
        except ValueError as error:
            text = f"{self.shown}: the entry of {path} in the manifest cannot be used: {error}"
            hint = "build again, into an empty folder"
            raise CampaignError(Finding("bad-value", text, hint, asset=entry.id)) from error


def read_tree(folder: Path) -> Tree:
    """Return what was built into a folder. Raises CampaignError, with every fault, where that cannot be said."""
    heading, entries = read_whole_manifest(folder)
    return Tree(folder.as_posix(), OutDir(folder), heading, {entry.path: entry for entry in entries})
