"""``assetgen merge``: join the files and manifests of all shards. The result equals that of a single build.

All shards are read and hashed first, and all faults are reported together. Only then are files moved into the output.
They are written into the journal first, as in a build, so a merge can be killed at any moment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assetgen.building.build_db import BuildDatabase, BuildRow, read_build_db
from assetgen.building.output_dir import LockedOutDir, lock_out_dir, raising_machine_error
from assetgen.building.output_record import BuiltFolder, OutputRecord, PlanFaults, read_built_folder
from assetgen.building.render_task import RenderOutcome
from assetgen.errors import AssetgenError, CampaignError, RenderError
from assetgen.findings import Finding
from assetgen.manifest.entry import Entry
from assetgen.manifest.manifest_file import ManifestHead, WrittenManifest, write_synced
from assetgen.manifest.shards import ShardInfo

_BATCH_SIZE = 64
"""How many files are moved in per write of the journal, which waits for the disk."""


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The result of a merge.

    ``files`` and ``shards`` count the joined files and shards; ``removed`` counts the files removed from the output.
    ``failed_ids`` are the assets that failed when their shard was built.
    """

    files: int
    shards: int
    removed: int
    failed_ids: tuple[str, ...]
    findings: tuple[Finding, ...]
    interrupted: bool


def merge_shards(
    folders: Sequence[Path],
    out: Path,
    on_progress: Callable[[int, int, str | None], None] = lambda done, total, latest: None,
    on_wait: Callable[[], None] = lambda: None,
) -> MergeResult:
    """Join the shards in ``folders`` into ``out``, as if one build had written it. The folders stay unchanged.

    Raises AssetgenError with every reason why they cannot be joined, MachineError if ``out`` cannot be written.
    """
    built_folders = _read_folders(folders)
    target = Path(os.path.realpath(out))
    if any(target == folder.out_dir.root for folder in built_folders):
        text = f"the output folder {out.as_posix()} is one of the shards, and merge would overwrite it"
        raise CampaignError(Finding("bad-value", text, "use a different folder: -o OUT"))
    parts = [(folder, folder.heading.shard) for folder in built_folders if folder.heading.shard is not None]
    faults = [*_whole_builds(built_folders), *_build_mismatches(built_folders), *_unfinished(parts)]
    if not faults:
        faults += _missing_shards(parts)
    found: dict[str, tuple[BuiltFolder, Entry]] = {}
    faults += _clashes(built_folders, found)
    faults += _altered_files(found)
    if faults:
        raise AssetgenError(faults)
    heading = replace(built_folders[0].heading, shard=None)
    with lock_out_dir(target, on_wait) as locked_out:
        if locked_out is None:
            return MergeResult(0, len(built_folders), 0, (), (), interrupted=True)
        return _join(
            locked_out,
            heading,
            found,
            [read_build_db(folder.out_dir.build_db) for folder in built_folders],
            on_progress,
        )


def _read_folders(folders: Sequence[Path]) -> list[BuiltFolder]:
    """Return all built folders. Raises CampaignError with every fault of every folder."""
    built_folders, faults = list[BuiltFolder](), list[Finding]()
    for folder in folders:
        try:
            built_folders.append(read_built_folder(folder))
        except CampaignError as error:
            faults += error.findings
    if faults:
        raise CampaignError(faults)
    return built_folders


def _whole_builds(folders: Sequence[BuiltFolder]) -> Iterator[Finding]:
    for folder in folders:
        if folder.heading.shard is None:
            text = f"{folder.shown} is a whole build, not a shard"
            yield Finding("bad-value", text, "pass only folders that assetgen build --shard I/N wrote")


def _build_mismatches(folders: Sequence[BuiltFolder]) -> Iterator[Finding]:
    """Yield a finding for each sign that two shards come from different builds."""
    first = folders[0]
    for folder in folders[1:]:
        for what, hint in _mismatches(first.heading, folder.heading):
            yield Finding("bad-value", f"{first.shown} and {folder.shown} come from different {what}", hint)


def _mismatches(one: ManifestHead, other: ManifestHead) -> Iterator[tuple[str, str]]:
    hint = "build both from the same commit"
    if one.campaign != other.campaign:
        yield f"campaigns ({one.campaign}, {other.campaign})", hint
    if one.edition != other.edition:
        yield f"editions ({one.edition}, {other.edition})", hint
    names = sorted({*one.engine, *other.engine})
    differing = [name for name in names if one.engine.get(name) != other.engine.get(name)]
    if differing:
        versions = ", ".join(
            f"{n} {one.engine.get(n, 'none')} and {other.engine.get(n, 'none')}" for n in differing
        )
        yield f"renderers ({versions})", "build all shards with the same requirements.lock"
    a, b = one.shard, other.shard
    if a and b and a.shard.of != b.shard.of:
        yield f"splits ({a.shard}, {b.shard})", "all shards of one build have the same N"
    elif (
        a
        and b
        and a.plan_digest != b.plan_digest
        and not differing
        and (one.campaign, one.edition) == (other.campaign, other.edition)
    ):
        yield "plans: the campaign's files, the selection or the version of assetgen differ", hint


def _unfinished(parts: Sequence[tuple[BuiltFolder, ShardInfo]]) -> Iterator[Finding]:
    for folder, part in parts:
        if not part.is_finished or _was_killed(folder):
            text = f"{folder.shown} is incomplete: the build of shard {part.shard} did not finish"
            yield Finding(
                "bad-value", text, f"build it again: assetgen build --shard {part.shard} -o {folder.shown}"
            )


def _was_killed(folder: BuiltFolder) -> bool:
    """Say whether a build was killed in this folder: its journal is not empty. A copied folder may have no journal."""
    try:
        return folder.out_dir.journal.stat().st_size > 0
    except OSError:
        return False


def _missing_shards(parts: Sequence[tuple[BuiltFolder, ShardInfo]]) -> Iterator[Finding]:
    of = parts[0][1].shard.of
    present = {part.shard.index for _, part in parts}
    for index in range(1, of + 1):
        if index not in present:
            text = f"shard {index}/{of} is missing"
            yield Finding("missing-file", text, f"build it: assetgen build --shard {index}/{of} -o DIR")


def _clashes(
    folders: Sequence[BuiltFolder], found: dict[str, tuple[BuiltFolder, Entry]]
) -> Iterator[Finding]:
    """Fill ``found`` with the entry of each path; yield a finding for a path with different entries in two shards."""
    for folder in folders:
        for path, entry in folder.entries.items():
            first, known = found.setdefault(path, (folder, entry))
            if known.line != entry.line:
                what = "different files" if known.sha256 != entry.sha256 else "different manifest entries"
                text = f"{first.shown} and {folder.shown} have {what} for {path}"
                hint = "leave out the folder that comes from a different build"
                yield Finding("bad-value", text, hint, asset=entry.id)


def _altered_files(found: Mapping[str, tuple[BuiltFolder, Entry]]) -> Iterator[Finding]:
    for folder, entry in found.values():
        if folder.out_dir.sha256(entry.path) != entry.sha256:
            text = f"{folder.shown}/{entry.path} is missing or has changed since it was built"
            hint = "copy the folder of this shard again from the machine that built it"
            yield Finding("file-altered", text, hint, asset=entry.id)


def _join(
    locked_out: LockedOutDir,
    heading: ManifestHead,
    found: Mapping[str, tuple[BuiltFolder, Entry]],
    states: Sequence[BuildDatabase],
    on_progress: Callable[[int, int, str | None], None],
) -> MergeResult:
    """Copy the files of all shards into ``out``, remove old files and write the manifest; return the result."""
    locked_out.out_dir.prepare()
    output_record = OutputRecord(locked_out.out_dir, locked_out.build_db)
    paths = sorted(found)
    failed: list[str] = []
    done = 0
    while done < len(paths) and not locked_out.interrupt.requested:
        batch = [
            _copy_file(locked_out, *found[path], number)
            for number, path in enumerate(paths[done : done + _BATCH_SIZE])
        ]
        failed += output_record.record_outcomes(batch)
        done += len(batch)
        on_progress(done, len(paths), batch[-1][0].id)
    stale = {path for path, (_, entry) in found.items() if entry.stale}
    faults = PlanFaults(frozenset(found[path][1].partner for path in stale))
    removed = output_record.reconcile(found.keys() - stale, faults, clear=not locked_out.interrupt.requested)
    output_record.close(heading, lambda written: _merged_state(states, output_record, written, heading))
    return MergeResult(
        files=done - len(failed),
        shards=len(states),
        removed=removed,
        failed_ids=tuple(sorted({one for state in states for one in state.failed_ids})),
        findings=tuple(output_record.findings),
        interrupted=locked_out.interrupt.requested,
    )


def _copy_file(
    locked_out: LockedOutDir, folder: BuiltFolder, entry: Entry, number: int
) -> tuple[Entry, RenderOutcome]:
    """Copy a shard's file into ``tmp``, after its sha256 has been checked once more."""
    name = f"merged-{number}"
    try:
        content = folder.content(entry)
        with raising_machine_error("copy a file of a shard"):
            write_synced(locked_out.out_dir.tmp / name, content)
    except RenderError as error:
        return entry, RenderOutcome.failure(entry.id, error.findings)
    return entry, RenderOutcome(entry.id, entry, name, ())


def _merged_state(
    states: Sequence[BuildDatabase],
    output_record: OutputRecord,
    written: WrittenManifest,
    heading: ManifestHead,
) -> BuildDatabase:
    """Return the build database of the merged output: the rows of all shards, with the stats of the moved files."""
    rows: dict[str, BuildRow] = {}
    for state in states:
        for path, row in state.rows.items():
            entry = output_record.entries.get(path)
            is_unchanged = entry is not None and entry.sha256 == row.sha256
            rows[path] = row._replace(
                sha256=row.sha256 if is_unchanged else None,
                file_stat=output_record.file_stats.get(path),
                span=written.spans.get(path),
                record=row.record if is_unchanged else None,
            )
    all_known = written.spans.keys() == {path for path, row in rows.items() if row.span and row.sha256}
    return BuildDatabase(
        engine=dict(heading.engine),
        manifest_stat=written.file_stat if all_known else None,
        rows=dict(sorted(rows.items())),
        failed_ids=frozenset(one for state in states for one in state.failed_ids),
    )
