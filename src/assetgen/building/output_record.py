"""The contents of ``out/``: the journal of files about to be moved in, and the record of the files in it.

The journal has one line of JSON per file: the whole manifest entry, or only ``{"path": …}`` for a file that assetgen
wrote but could neither move nor remove. After a kill it shows which files assetgen wrote and, by their sha256, which of
them are finished. A file is moved in only after its line has reached the disk, so an incomplete line can be ignored.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assetgen.building.build_db import BuildDatabase, write_build_db
from assetgen.building.output_dir import OutDir, raising_machine_error
from assetgen.building.render_task import RenderOutcome
from assetgen.errors import CampaignError, RenderError
from assetgen.findings import Finding, Place, Severity
from assetgen.manifest.entry import STALE_HINT, Entry, ListedAsset, is_plain_path, read_listed, to_line
from assetgen.manifest.manifest_file import (
    MANIFEST_NAME,
    FileStat,
    LastManifest,
    ManifestHead,
    WrittenManifest,
    read_manifest,
    read_manifest_by_spans,
    read_whole_manifest,
    sync_folder,
    write_manifest,
    write_synced,
)


@dataclass(frozen=True, slots=True)
class Journalled:
    """The contents of a journal: every path that it names, and the entries of each path, oldest first."""

    paths: frozenset[str]
    entries: dict[str, list[Entry]]


class Journal:
    """Reads and writes the journal at one path. The methods raise OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Journalled:
        """Return the contents of the journal's complete lines; empty if there is no journal."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return Journalled(frozenset(), {})
        paths: set[str] = set()
        entries: dict[str, list[Entry]] = {}
        for line in content.split(b"\n"):
            value = _parse_line(line)
            if not isinstance(value, dict) or not is_plain_path(value.get("path")):
                continue
            paths.add(value["path"])
            if entry := _parse_entry(value):
                entries.setdefault(entry.path, []).append(entry)
        return Journalled(frozenset(paths), entries)

    def append(self, entries: Iterable[Entry]) -> None:
        """Append the entries, then wait once until all of them are on the disk.

        Each line also starts with a line break, so an incomplete line from a killed build cannot damage the next one.
        """
        lines = b"".join(b"\n%b\n" % entry.line for entry in entries)
        if lines:
            write_synced(self._path, lines, "ab")

    def restart(self, temp: Path, left: Iterable[str]) -> None:
        """Empty the journal, except for the paths ``left``.

        These are files that assetgen wrote, but that the manifest does not list.
        """
        temp.write_bytes(b"".join(b"%b\n" % to_line({"path": path}) for path in sorted(left)))
        os.replace(temp, self._path)
        sync_folder(self._path.parent)


def _parse_line(line: bytes) -> object:
    try:
        value: object = json.loads(line) if line else None
    except (ValueError, RecursionError):
        return None
    return value


def _parse_entry(value: dict[str, object]) -> Entry | None:
    try:
        return Entry.parse(value)
    except (ValueError, TypeError, RecursionError):
        return None


class NamedFile(Protocol):
    """The id and the path of an asset of the plan, or of an entry from a shard."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PlanFaults:
    """Partners and assets that are missing from the plan only because a source file has a fault.

    Attributes:
        unreadable_partners: partners whose own files cannot be read; their existing files stay.
        broken: the paths of selected assets whose message or template cannot be read; they have failed.
        unselected_broken: the paths of such assets that are not selected; their existing files stay.
    """

    unreadable_partners: frozenset[str]
    broken: frozenset[str] = frozenset()
    unselected_broken: frozenset[str] = frozenset()

    def is_of_unreadable_partner(self, path: str) -> bool:
        """Say whether this is a path of a partner whose files cannot be read."""
        return _partner(path) in self.unreadable_partners

    def keeps_file(self, path: str) -> bool:
        """Say whether the file at a path stays although it is not planned today."""
        return self.is_of_unreadable_partner(path) or path in self.unselected_broken


class OutputRecord:
    """The record of the files in one ``out/``. Its methods also move and remove these files.

    ``entries`` will be the entries of the next manifest. ``ours`` has every path that assetgen wrote, from the manifest
    or the journal; no other path is ever removed. Methods raise MachineError if ``out/`` cannot be written.
    """

    def __init__(self, out: OutDir, state: BuildDatabase | None = None) -> None:
        """Read the manifest and the journal. Files that a killed build had finished are kept; see ``_recover``."""
        self._out = out
        self._journal = Journal(out.journal)
        manifest = _read_last_manifest(out.root / MANIFEST_NAME, state or BuildDatabase())
        self.file_stats: dict[str, FileStat] = {}
        self._manifest_is_ours = manifest.is_ours
        self.findings: list[Finding] = list(manifest.findings)
        self.entries: dict[str, Entry] = dict(manifest.entries)
        self.ours: set[str] = set(manifest.entries)
        self.rejected: list[str] = []
        self._unmovable: set[str] = set()
        with raising_machine_error("read the journal"):
            self._recover()

    def _recover(self) -> None:
        """For each path that a killed build wrote into the journal, find the entry that matches the file.

        That is the newest entry with the file's hash. If there is none, the file was changed by hand or is missing, and
        the path gets no entry.
        """
        journalled = self._journal.read()
        self.ours |= journalled.paths
        for path in journalled.paths:
            candidates = [*reversed(journalled.entries.get(path, [])), self.entries.pop(path, None)]
            sha256 = self._out.sha256(path)
            match = next((entry for entry in candidates if entry and entry.sha256 == sha256), None)
            if match:
                self.entries[path] = match

    def record_outcomes(self, batch: Iterable[tuple[NamedFile, RenderOutcome]]) -> list[str]:
        """Write the journal, move finished files into ``out/`` and old files of failed assets out of it.

        Returns the ids of the failed assets.
        """
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
        with raising_machine_error("write the journal"):
            self._journal.append(entry for _, entry, _ in ready)
        for asset, entry, temp in ready:
            self.ours.add(entry.path)
            try:
                self._move_in(entry, temp)
            except RenderError as error:
                self._note(error, asset.id)
                failed.append(asset)
            else:
                self.entries[entry.path] = entry
        for asset in failed:
            self._retire(asset.path, asset.id)
        return [asset.id for asset in failed]

    def _move_in(self, entry: Entry, temp: str) -> None:
        """Move a finished file in. If the file there has the same bytes already, leave it untouched."""
        if self._out.has(entry.path) and self._out.sha256(entry.path) == entry.sha256:
            with raising_machine_error("delete temporary files"):
                self._out.discard(temp)
                self._out.drop_old_copies(entry.path)
        else:
            self._out.move_in(temp, entry.path)
        file_stat = self._out.file_stat(entry.path)
        if file_stat:
            self.file_stats[entry.path] = file_stat

    def has(self, path: str) -> bool:
        """Say whether ``path`` is a regular file in ``out/`` and none of its folders is a link."""
        return self._out.has(path)

    def is_as_written(self, path: str, file_stat: FileStat | None, *, by_hash: bool) -> bool:
        """Say whether the file of an entry has not been changed since it was built.

        If its file stat is different, or with ``by_hash`` in any case, the sha256 decides.
        """
        current = self._out.file_stat(path)
        if current is None:
            return False
        if current == file_stat and not by_hash:
            return True
        entry = self.entries.get(path)
        if entry is None or self._out.sha256(path) != entry.sha256:
            return False
        self.file_stats[path] = current
        return True

    def _reject(self, asset: NamedFile, temp: str | None) -> None:
        """Move a file that failed a preflight check to ``rejected/``, for people to look at."""
        if temp is None:
            return
        try:
            self.rejected.append(self._out.reject(temp, asset.path))
        except RenderError as error:
            self._note(error, asset.id)

    def _retire(self, path: str, asset_id: str | None) -> None:
        """Remove a path from the manifest; move its file to ``stale/`` if assetgen wrote it."""
        self.entries.pop(path, None)
        if path not in self.ours:
            return
        try:
            self._out.move_to_stale(path)
        except RenderError as error:
            self._unmovable.add(path)
            self._note(error, asset_id)

    def reconcile(
        self,
        planned: Collection[str],
        faults: PlanFaults,
        *,
        clear: bool,
        seen: Collection[str] = frozenset(),
    ) -> int:
        """Make the files that this build did not write match the current plan.

        Args:
            planned: The paths in the current plan.
            faults: The partners and assets missing from the plan because a source file has a fault.
            clear: Whether to remove files from ``out/``. An interrupted build passes False and only updates entries.
            seen: The paths of files known to be up to date.

        Returns:
            How many files were removed because the campaign no longer has them.
        """
        for path in sorted(self.ours - self._unmovable - set(seen)):
            if path in planned or faults.keeps_file(path):
                self._keep(path, stale=faults.is_of_unreadable_partner(path) and path not in planned)
        self.findings += [_unreadable_partner(partner) for partner in sorted(self._partners_held(faults))]
        if not clear:
            return 0
        removed = sum(
            self._remove(path) for path in self.unplanned(planned, faults) if path not in self._unmovable
        )
        for entry in [self.entries[path] for path in faults.broken & self.entries.keys()]:
            if not faults.is_of_unreadable_partner(entry.path):
                self._retire(entry.path, entry.id)
        return removed

    def unplanned(self, planned: Collection[str], faults: PlanFaults) -> list[str]:
        """Return the paths in ``ours`` that are neither planned nor missing from the plan because of a fault."""
        return sorted(
            path
            for path in self.ours
            if path not in planned and path not in faults.broken and not faults.keeps_file(path)
        )

    def close(self, heading: ManifestHead, state_of: Callable[[WrittenManifest], BuildDatabase]) -> None:
        """Write the manifest, then the build database, which records the manifest's file stat; then empty the journal.

        This is the last step of a build.
        """
        with raising_machine_error("write the manifest"):
            if not self._manifest_is_ours:
                self._out.move_to_replaced(MANIFEST_NAME)
            manifest = self._out.root / MANIFEST_NAME
            written = write_manifest(manifest, self._out.tmp / MANIFEST_NAME, heading, self.entries.values())
            write_build_db(self._out.build_db, self._out.tmp / "state", state_of(written))
            self._journal.restart(self._out.tmp / "journal", self._unmovable)
            self._out.remove_tmp()

    def _keep(self, path: str, *, stale: bool) -> None:
        """Keep the entry of a path if its file exists; else retire the path.

        A file without an entry is retired too, because it was never checked.
        """
        entry = self.entries.get(path)
        if entry is None or not self._out.has(path):
            self._retire(path, entry.id if entry else None)
        else:
            self.entries[path] = entry.marked_stale(stale)

    def _clear_way(self, asset: NamedFile, entry: Entry) -> bool:
        try:
            note = self._out.make_way(asset.path, entry.sha256, ours=asset.path in self.ours)
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
            self._unmovable.add(path)
            self._note(error, entry.id if entry else None)
            return False

    def _partners_held(self, faults: PlanFaults) -> set[str]:
        return {_partner(path) for path in self.entries} & faults.unreadable_partners

    def _note(self, error: RenderError, asset_id: str | None) -> None:
        self.findings += [f.for_asset(asset_id) if asset_id else f for f in error.findings]


def _read_last_manifest(path: Path, state: BuildDatabase) -> LastManifest:
    """Return the last manifest: split at the positions in the build database if they still apply, else parsed."""
    known = (
        read_manifest_by_spans(path, state.manifest_stat, state.rows.values())
        if state.manifest_stat
        else None
    )
    return known or read_manifest(path)


def _partner(path: str) -> str:
    """Return the partner whose folder a path is in."""
    return path.partition("/")[0]


def _unreadable_partner(partner: str) -> Finding:
    place = Place(f"partners/{partner}/partner.yaml")
    text = "the partner's files cannot be read; its finished files are kept and marked stale"
    return Finding("stale", text, hint=STALE_HINT, place=place, severity=Severity.WARNING)


@dataclass(frozen=True, slots=True)
class BuiltFolder:
    """The output folder of a build. ``shown`` is its name in messages; ``entries`` maps each path to its entry."""

    shown: str
    out_dir: OutDir
    heading: ManifestHead
    entries: Mapping[str, Entry]

    def content(self, entry: Entry) -> bytes:
        """Return the bytes of an asset's file. Raises RenderError if it is missing or has changed."""
        where = f"{self.shown}/{entry.path}"
        if self.out_dir.sha256(entry.path) is None:
            text, hint = f"{where} is in the manifest but cannot be read", "run assetgen build to restore it"
            raise RenderError(Finding("file-altered", text, hint, asset=entry.id))
        if self.out_dir.sha256(entry.path) != entry.sha256:
            text = f"{where} has changed since it was built"
            raise RenderError(
                Finding("file-altered", text, "run assetgen build to restore it", asset=entry.id)
            )
        return (self.out_dir.root / entry.path).read_bytes()

    def listed(self, path: str) -> ListedAsset:
        """Return an asset as the manifest describes it. Raises CampaignError if its entry is not valid."""
        entry = self.entries[path]
        try:
            return read_listed(entry.values())
        except ValueError as error:
            text = f"{self.shown}: the manifest entry of {path} is not valid: {error}"
            hint = "build again into an empty folder"
            raise CampaignError(Finding("bad-value", text, hint, asset=entry.id)) from error


def read_built_folder(folder: Path) -> BuiltFolder:
    """Read the manifest of an output folder. Raises CampaignError with every fault in it."""
    heading, entries = read_whole_manifest(folder)
    return BuiltFolder(folder.as_posix(), OutDir(folder), heading, {entry.path: entry for entry in entries})
