"""``assetgen merge``: join the files and manifests of all shards. The result equals that of a single build.

All shards are read and hashed first, and all faults are reported together. Only then are files moved into the output,
with the same journal as in a build, so a merge can be killed at any moment, as a build can.
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
    """What a merge did.

    ``files`` and ``shards`` count what was joined, ``removed`` the files that left the output. ``failed_ids`` are the
    assets that failed when their shard was built.
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

    Raises AssetgenError with every reason why they cannot be joined, MachineError where ``out`` cannot be written.
    """
    trees = _read_folders(folders)
    target = Path(os.path.realpath(out))
    if any(target == tree.out_dir.root for tree in trees):
        text = f"{out.as_posix()} is one of the shards: it would be overwritten"
        raise CampaignError(Finding("bad-value", text, "use a different folder: -o OUT"))
    parts = [(tree, tree.heading.shard) for tree in trees if tree.heading.shard is not None]
    faults = [*_whole_builds(trees), *_build_mismatches(trees), *_unfinished(parts)]
    if not faults:
        faults += _missing_shards(parts)
    found: dict[str, tuple[BuiltFolder, Entry]] = {}
    faults += _clashes(trees, found)
    faults += _altered_files(found)
    if faults:
        raise AssetgenError(faults)
    heading = replace(trees[0].heading, shard=None)
    with lock_out_dir(target, on_wait) as held:
        if held is None:
            return MergeResult(0, len(trees), 0, (), (), interrupted=True)
        return _join(
            held, heading, found, [read_build_db(tree.out_dir.build_db) for tree in trees], on_progress
        )


def _read_folders(folders: Sequence[Path]) -> list[BuiltFolder]:
    """Return all trees. Raises CampaignError with every fault of every folder."""
    trees, faults = list[BuiltFolder](), list[Finding]()
    for folder in folders:
        try:
            trees.append(read_built_folder(folder))
        except CampaignError as error:
            faults += error.findings
    if faults:
        raise CampaignError(faults)
    return trees


def _whole_builds(trees: Sequence[BuiltFolder]) -> Iterator[Finding]:
    for tree in trees:
        if tree.heading.shard is None:
            text = f"{tree.shown} is a whole build, not a shard"
            yield Finding("bad-value", text, "merge joins folders that assetgen build --shard I/N wrote")


def _build_mismatches(trees: Sequence[BuiltFolder]) -> Iterator[Finding]:
    """Yield a finding for each sign that two shards come from different builds."""
    first = trees[0]
    for tree in trees[1:]:
        for what, hint in _mismatches(first.heading, tree.heading):
            yield Finding("bad-value", f"{first.shown} and {tree.shown} come from different {what}", hint)


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
    for tree, part in parts:
        if not part.is_finished or _was_killed(tree):
            text = f"{tree.shown}: the build of shard {part.shard} did not finish"
            yield Finding(
                "bad-value", text, f"build it again: assetgen build --shard {part.shard} -o {tree.shown}"
            )


def _was_killed(tree: BuiltFolder) -> bool:
    """Say whether a build was killed in this folder: its journal is not empty. A copy may lack the journal."""
    try:
        return tree.out_dir.journal.stat().st_size > 0
    except OSError:
        return False


def _missing_shards(parts: Sequence[tuple[BuiltFolder, ShardInfo]]) -> Iterator[Finding]:
    of = parts[0][1].shard.of
    present = {part.shard.index for _, part in parts}
    for index in range(1, of + 1):
        if index not in present:
            text = f"shard {index}/{of} is missing"
            yield Finding("missing-file", text, f"build it: assetgen build --shard {index}/{of} -o DIR")


def _clashes(trees: Sequence[BuiltFolder], found: dict[str, tuple[BuiltFolder, Entry]]) -> Iterator[Finding]:
    """Fill ``found`` with the entry of each path; yield a finding for a path with different entries in two shards."""
    for tree in trees:
        for path, entry in tree.entries.items():
            first, known = found.setdefault(path, (tree, entry))
            if known.line != entry.line:
                what = (
                    "different files"
                    if known.sha256 != entry.sha256
                    else "the same file, with different manifest entries,"
                )
                text = f"{first.shown} and {tree.shown} have {what} for {path}"
                hint = "leave out the folder that comes from a different build"
                yield Finding("bad-value", text, hint, asset=entry.id)


def _altered_files(found: Mapping[str, tuple[BuiltFolder, Entry]]) -> Iterator[Finding]:
    for tree, entry in found.values():
        if tree.out_dir.sha256(entry.path) != entry.sha256:
            text = f"{tree.shown}/{entry.path} is missing or has changed since it was built"
            hint = "copy that shard's folder again"
            yield Finding("file-altered", text, hint, asset=entry.id)


def _join(
    held: LockedOutDir,
    heading: ManifestHead,
    found: Mapping[str, tuple[BuiltFolder, Entry]],
    states: Sequence[BuildDatabase],
    on_progress: Callable[[int, int, str | None], None],
) -> MergeResult:
    """Make ``out`` match all shards."""
    held.out_dir.prepare()
    ledger = OutputRecord(held.out_dir, held.build_db)
    paths = sorted(found)
    failed: list[str] = []
    done = 0
    while done < len(paths) and not held.interrupt.requested:
        batch = [
            _copy_file(held, *found[path], number)
            for number, path in enumerate(paths[done : done + _BATCH_SIZE])
        ]
        failed += ledger.record_outcomes(batch)
        done += len(batch)
        on_progress(done, len(paths), batch[-1][0].id)
    stale = {path for path, (_, entry) in found.items() if entry.stale}
    faults = PlanFaults(frozenset(found[path][1].partner for path in stale))
    removed = ledger.reconcile(found.keys() - stale, faults, clear=not held.interrupt.requested)
    ledger.close(heading, lambda written: _merged_state(states, ledger, written, heading))
    return MergeResult(
        files=done - len(failed),
        shards=len(states),
        removed=removed,
        failed_ids=tuple(sorted({one for state in states for one in state.failed_ids})),
        findings=tuple(ledger.findings),
        interrupted=held.interrupt.requested,
    )


def _copy_file(
    held: LockedOutDir, tree: BuiltFolder, entry: Entry, number: int
) -> tuple[Entry, RenderOutcome]:
    """Copy a shard's file into ``tmp``, after its sha256 has been checked once more."""
    name = f"merged-{number}"
    try:
        content = tree.content(entry)
        with raising_machine_error("copy a file of a shard"):
            write_synced(held.out_dir.tmp / name, content)
    except RenderError as error:
        return entry, RenderOutcome.failure(entry.id, error.findings)
    return entry, RenderOutcome(entry.id, entry, name, ())


def _merged_state(
    states: Sequence[BuildDatabase], ledger: OutputRecord, written: WrittenManifest, heading: ManifestHead
) -> BuildDatabase:
    """Return the build database of the merged output: the rows of all shards, with the stamps of the moved files."""
    rows: dict[str, BuildRow] = {}
    for state in states:
        for path, row in state.rows.items():
            entry = ledger.entries.get(path)
            is_unchanged = entry is not None and entry.sha256 == row.sha256
            rows[path] = row._replace(
                sha256=row.sha256 if is_unchanged else None,
                file_stat=ledger.stamps.get(path),
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
