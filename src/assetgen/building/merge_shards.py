"""``assetgen merge``: join the files and manifests of all shards. The result equals that of a single build.

All shards are read and hashed first, and all faults are reported together. Only then are files moved into the output,
with the same journal as in a build, so a merge can be killed at any moment, as a build can.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assetgen.building.build_db import BuildRow, BuildState, read_state
from assetgen.building.output_dir import HeldOutDir, hold_out_dir, stopping_the_build
from assetgen.building.output_record import Faults, Ledger, Tree, read_tree
from assetgen.building.render_task import Outcome
from assetgen.errors import AssetgenError, CampaignError, RenderError
from assetgen.findings import Finding
from assetgen.manifest.entry import Entry
from assetgen.manifest.manifest_file import Heading, WrittenManifest, write_through
from assetgen.manifest.shards import ShardPart

_BATCH_SIZE = 64
"""How many files are moved in per write of the journal, which waits for the disk."""


@dataclass(frozen=True, slots=True)
class Merged:
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


def merge(
    folders: Sequence[Path],
    out: Path,
    on_progress: Callable[[int, int, str | None], None] = lambda done, total, latest: None,
    on_wait: Callable[[], None] = lambda: None,
) -> Merged:
    """Join the shards in ``folders`` into ``out``, as if one build had written it. The folders stay unchanged.

    Raises AssetgenError with every reason why they cannot be joined, MachineError where ``out`` cannot be written.
    """
    trees = _read_folders(folders)
    target = Path(os.path.realpath(out))
    if any(target == tree.out.root for tree in trees):
        text = f"{out.as_posix()} is one of the shards: it would be overwritten"
        raise CampaignError(Finding("bad-value", text, "use a different folder: -o OUT"))
    parts = [(tree, tree.heading.part) for tree in trees if tree.heading.part is not None]
    faults = [*_whole_builds(trees), *_build_mismatches(trees), *_unfinished(parts)]
    if not faults:
        faults += _missing_shards(parts)
    found: dict[str, tuple[Tree, Entry]] = {}
    faults += _clashes(trees, found)
    faults += _altered_files(found)
    if faults:
        raise AssetgenError(faults)
    heading = replace(trees[0].heading, part=None)
    with hold_out_dir(target, on_wait) as held:
        if held is None:
            return Merged(0, len(trees), 0, (), (), interrupted=True)
        return _join(held, heading, found, [read_state(tree.out.state) for tree in trees], on_progress)


def _read_folders(folders: Sequence[Path]) -> list[Tree]:
    """Return all trees. Raises CampaignError with every fault of every folder."""
    trees, faults = list[Tree](), list[Finding]()
    for folder in folders:
        try:
            trees.append(read_tree(folder))
        except CampaignError as error:
            faults += error.findings
    if faults:
        raise CampaignError(faults)
    return trees


def _whole_builds(trees: Sequence[Tree]) -> Iterator[Finding]:
    for tree in trees:
        if tree.heading.part is None:
            text = f"{tree.shown} is a whole build, not a shard"
            yield Finding("bad-value", text, "merge joins folders that assetgen build --shard I/N wrote")


def _build_mismatches(trees: Sequence[Tree]) -> Iterator[Finding]:
    """Yield a finding for each sign that two shards come from different builds."""
    first = trees[0]
    for tree in trees[1:]:
        for what, hint in _mismatches(first.heading, tree.heading):
            yield Finding("bad-value", f"{first.shown} and {tree.shown} come from different {what}", hint)


def _mismatches(one: Heading, other: Heading) -> Iterator[tuple[str, str]]:
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
    a, b = one.part, other.part
    if a and b and a.shard.of != b.shard.of:
        yield f"splits ({a.shard}, {b.shard})", "all shards of one build have the same N"
    elif (
        a
        and b
        and a.plan != b.plan
        and not differing
        and (one.campaign, one.edition) == (other.campaign, other.edition)
    ):
        yield "plans: the campaign's files, the selection or the version of assetgen differ", hint


def _unfinished(parts: Sequence[tuple[Tree, ShardPart]]) -> Iterator[Finding]:
    for tree, part in parts:
        if not part.is_finished or _was_killed(tree):
            text = f"{tree.shown}: the build of shard {part.shard} did not finish"
            yield Finding(
                "bad-value", text, f"build it again: assetgen build --shard {part.shard} -o {tree.shown}"
            )


def _was_killed(tree: Tree) -> bool:
    """Say whether a build was killed in this folder: its journal is not empty. A copy may lack the journal."""
    try:
        return tree.out.journal.stat().st_size > 0
    except OSError:
        return False


def _missing_shards(parts: Sequence[tuple[Tree, ShardPart]]) -> Iterator[Finding]:
    of = parts[0][1].shard.of
    present = {part.shard.index for _, part in parts}
    for index in range(1, of + 1):
        if index not in present:
            text = f"shard {index}/{of} is missing"
            yield Finding("missing-file", text, f"build it: assetgen build --shard {index}/{of} -o DIR")


def _clashes(trees: Sequence[Tree], found: dict[str, tuple[Tree, Entry]]) -> Iterator[Finding]:
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


def _altered_files(found: Mapping[str, tuple[Tree, Entry]]) -> Iterator[Finding]:
    for tree, entry in found.values():
        if tree.out.sha256(entry.path) != entry.sha256:
            text = f"{tree.shown}/{entry.path} is missing or has changed since it was built"
            hint = "copy that shard's folder again"
            yield Finding("file-altered", text, hint, asset=entry.id)


def _join(
    held: HeldOutDir,
    heading: Heading,
    found: Mapping[str, tuple[Tree, Entry]],
    states: Sequence[BuildState],
    on_progress: Callable[[int, int, str | None], None],
) -> Merged:
    """Make ``out`` match all shards."""
    held.tree.prepare()
    ledger = Ledger(held.tree, held.state)
    paths = sorted(found)
    failed: list[str] = []
    done = 0
    while done < len(paths) and not held.halt.requested:
        batch = [
            _copy_file(held, *found[path], number)
            for number, path in enumerate(paths[done : done + _BATCH_SIZE])
        ]
        failed += ledger.enter(batch)
        done += len(batch)
        on_progress(done, len(paths), batch[-1][0].id)
    stale = {path for path, (_, entry) in found.items() if entry.stale}
    faults = Faults(frozenset(found[path][1].partner for path in stale))
    removed = ledger.settle(found.keys() - stale, faults, clear=not held.halt.requested)
    ledger.close(heading, lambda written: _merged_state(states, ledger, written, heading))
    return Merged(
        files=done - len(failed),
        shards=len(states),
        removed=removed,
        failed_ids=tuple(sorted({one for state in states for one in state.failed})),
        findings=tuple(ledger.findings),
        interrupted=held.halt.requested,
    )


def _copy_file(held: HeldOutDir, tree: Tree, entry: Entry, number: int) -> tuple[Entry, Outcome]:
    """Copy a shard's file into ``tmp``, after its sha256 has been checked once more."""
    name = f"merged-{number}"
    try:
        content = tree.content(entry)
        with stopping_the_build("copy a file of a shard"):
            write_through(held.tree.tmp / name, content)
    except RenderError as error:
        return entry, Outcome.failure(entry.id, error.findings)
    return entry, Outcome(entry.id, entry, name, ())


def _merged_state(
    states: Sequence[BuildState], ledger: Ledger, written: WrittenManifest, heading: Heading
) -> BuildState:
    """Return the build database of the merged output: the rows of all shards, with the stamps of the moved files."""
    rows: dict[str, BuildRow] = {}
    for state in states:
        for path, row in state.rows.items():
            entry = ledger.entries.get(path)
            is_unchanged = entry is not None and entry.sha256 == row.sha256
            rows[path] = row._replace(
                sha256=row.sha256 if is_unchanged else None,
                stamp=ledger.stamps.get(path),
                at=written.at.get(path),
                work=row.work if is_unchanged else None,
            )
    all_known = written.at.keys() == {path for path, row in rows.items() if row.at and row.sha256}
    return BuildState(
        engine=dict(heading.engine),
        manifest=written.stamp if all_known else None,
        rows=dict(sorted(rows.items())),
        failed=frozenset(one for state in states for one in state.failed),
    )
