"""``write_lockfile`` and ``build --frozen``: write ``out/`` into the lockfile, and compare ``out/`` with it.

With the renderer that wrote the lockfile, files must be equal byte by byte. A different renderer gives different bytes
for the same template. In that case names, copy, links and inputs must be equal, and pictures similar
(``fingerprints_match``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from assetgen.building.build_db import BuildRow, read_build_db
from assetgen.building.output_dir import OutDir, raising_machine_error
from assetgen.building.output_record import BuiltFolder, read_built_folder
from assetgen.errors import CampaignError, RenderError
from assetgen.findings import Finding, Severity
from assetgen.manifest.entry import STALE_HINT, ListedAsset
from assetgen.manifest.manifest_file import sync_folder, write_synced
from assetgen.releases.lockfile import (
    LOCKFILE_NAME,
    LockedAsset,
    Lockfile,
    files_of,
    fingerprints_match,
    format_lockfile,
    inputs_of,
    locked_asset,
    parse_lockfile,
    perceptual_fingerprint,
)

_HINT = "run assetgen diff to see the change; if it is intended, run assetgen accept"


class LockComparisonMode(StrEnum):
    """What ``build --frozen`` compares if the renderer has changed: the ``result``, or the ``bytes`` as usual."""

    RESULT = "result"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class LockComparison:
    """The result of comparing a build with the lockfile. ``renderer_changes`` is None if the renderers are equal."""

    compared: int
    renderer_changes: str | None
    findings: tuple[Finding, ...]


def read_lockfile(path: Path) -> Lockfile:
    """Read a lockfile. Raises CampaignError."""
    try:
        return parse_lockfile(path.read_bytes().decode("utf-8"), path.name)
    except FileNotFoundError as error:
        text = f"{path.as_posix()} does not exist: nothing has been accepted yet"
        hint = "build, look at out/, then run assetgen accept"
        raise CampaignError(Finding("missing-file", text, hint)) from error
    except OSError as error:
        text = f"{path.as_posix()} cannot be read: {error.strerror or error}"
        raise CampaignError(
            Finding("missing-file", text, "check that you have permission to read it")
        ) from error
    except UnicodeDecodeError as error:
        text = f"{path.as_posix()} is not UTF-8 text"
        raise CampaignError(Finding("bad-value", text, "restore it from git")) from error


def write_lockfile(
    root: Path,
    out: Path,
    on_progress: Callable[[int, int, str | None], None] = lambda done, total, latest: None,
) -> Lockfile:
    """Write the lockfile of a campaign from the files in ``out``; return its contents.

    Raises CampaignError, with every error, if ``out`` has no build or only a shard, if a file was edited, or if an
    asset is stale. The lockfile then stays unchanged. Raises MachineError if the lockfile cannot be written.
    """
    tree = read_built_folder(out)
    before = _previous_assets(root / LOCKFILE_NAME)
    faults = [*_shard_faults(tree)]
    assets: dict[str, LockedAsset] = {}
    listed: list[ListedAsset] = []
    for number, entry in enumerate(tree.entries.values(), start=1):
        if entry.stale:
            faults.append(_stale(entry.id))
            continue
        asset = tree.listed(entry.path)
        listed.append(asset)
        try:
            assets[entry.path] = locked_asset(asset, _fingerprint_of(tree, asset, before.get(entry.path)))
        except RenderError as error:
            faults += [finding.for_asset(entry.id) for finding in error.findings]
        on_progress(number, len(tree.entries), entry.id)
    if faults:
        raise CampaignError(faults)
    heading = tree.heading
    lock = Lockfile(heading.campaign, heading.edition, heading.engine, assets, files_of(listed))
    with raising_machine_error(f"write {LOCKFILE_NAME}"):
        _write(root / LOCKFILE_NAME, format_lockfile(lock).encode())
    return lock


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step."""
    temp = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write_synced(temp, content)
        os.replace(temp, path)
    finally:
        temp.unlink(missing_ok=True)
    sync_folder(path.parent)


def _previous_assets(path: Path) -> Mapping[str, LockedAsset]:
    """Return the assets of the existing lockfile, to reuse their fingerprints; empty if it cannot be read."""
    try:
        return read_lockfile(path).assets
    except CampaignError:
        return {}  # assetgen accept replaces a damaged lockfile


def _fingerprint_of(tree: BuiltFolder, asset: ListedAsset, before: LockedAsset | None) -> bytes | None:
    """Return the perceptual fingerprint of a file. If the file has not changed, take it from the lockfile.

    Raises RenderError if the file is missing or was changed after the build.
    """
    content = tree.content(tree.entries[asset.path])
    if before is not None and before.sha256 == asset.sha256:
        return before.perceptual_fingerprint
    return perceptual_fingerprint(content, asset.format)


def _shard_faults(tree: BuiltFolder) -> Iterator[Finding]:
    part = tree.heading.shard
    if part is not None:
        text = f"{tree.shown} holds only shard {part.shard}, not the whole campaign"
        yield Finding("bad-value", text, "merge the shards first: assetgen merge DIR… -o OUT")


def compare_with_lockfile(
    lock: Lockfile,
    out: Path,
    is_selected: Callable[[BuildRow], bool],
    *,
    is_partial: bool,
    mode: LockComparisonMode,
) -> LockComparison:
    """Compare the files that a build has just left in ``out`` with the lockfile.

    Args:
        lock: The lockfile.
        out: The output folder.
        is_selected: Returns whether to compare a planned asset.
        is_partial: Whether only some assets are compared. If so, accepted assets that are no longer planned are not
            reported.
        mode: Whether to compare results or bytes if the renderers differ.

    Raises:
        CampaignError: ``out`` cannot be read.
    """
    tree = read_built_folder(out)
    rows = read_build_db(OutDir(out).build_db).rows
    engine = _engine_changes(lock.engine, tree.heading.engine)
    by_bytes = engine is None or mode is LockComparisonMode.BYTES
    chosen = [row for row in rows.values() if is_selected(row)]
    findings = [one for row in chosen for one in _compare_row(row, lock, tree, by_bytes=by_bytes)]
    if not is_partial:
        findings += _unplanned(lock, tree, rows)
        if lock.campaign != tree.heading.campaign:
            findings.append(_not_accepted(None, "the campaign's name differs from the one in the lockfile"))
        if lock.edition != tree.heading.edition:
            findings.append(_not_accepted(None, "the edition differs from the one in the lockfile"))
    if engine is not None:
        findings.insert(0, _different_renderer(engine, mode))
    return LockComparison(len(chosen), engine, tuple(findings))


def _different_renderer(engine: str, how: LockComparisonMode) -> Finding:
    results = "names, copy, links, inputs and the appearance of pictures"
    compared = "the bytes of all files" if how is LockComparisonMode.BYTES else results
    text = (
        f"{LOCKFILE_NAME} was written with a different renderer ({engine}), so the build compares {compared}"
    )
    hint = "to require equal bytes, use --frozen=bytes; to accept this renderer's files, run assetgen accept"
    return Finding("not-accepted", text, hint, severity=Severity.NOTE)


def _compare_row(row: BuildRow, lock: Lockfile, tree: BuiltFolder, *, by_bytes: bool) -> Iterator[Finding]:
    """Yield the findings for one planned asset."""
    accepted, entry = lock.assets.get(row.path), tree.entries.get(row.path)
    if entry is None:
        if accepted is not None:
            yield _not_accepted(row.id, "was accepted, but this build has no such file")
        return
    if entry.stale:
        yield _stale(row.id)
    elif accepted is None:
        yield _not_accepted(row.id, "is new and has not been accepted yet")
    elif by_bytes and accepted.sha256 == entry.sha256 and accepted.id == entry.id:
        return
    else:
        asset = tree.listed(row.path)
        now = locked_asset(asset)
        changes = describe_changes(accepted, now)
        if accepted.inputs != now.inputs and (by_bytes is False or not changes):
            changes.append(f"its inputs changed ({_changed_inputs(asset, lock)})")
        try:
            changes += _picture_changes(accepted, now, tree, asset.format, by_bytes=by_bytes)
        except RenderError as error:
            yield from (finding.for_asset(row.id) for finding in error.findings)
        if changes:
            yield _not_accepted(row.id, f"differs from the accepted version: {'; '.join(changes)}")


def describe_changes(before: LockedAsset, now: LockedAsset) -> list[str]:
    """Describe the differences between two versions of an asset, except those in pictures and inputs."""
    changes = []
    if before.id != now.id:
        changes.append(f"its id was {before.id}")
    roles = sorted(
        role for role in {*before.words, *now.words} if before.words.get(role) != now.words.get(role)
    )
    if roles:
        changes.append(f"its copy changed ({', '.join(roles)})")
    for kind in ("link", "click"):
        old, new = getattr(before, kind), getattr(now, kind)
        if old != new:
            changes.append(f"its {kind} changed ({new or 'none'}, was {old or 'none'})")
    return changes


def _picture_changes(
    accepted: LockedAsset, now: LockedAsset, tree: BuiltFolder, format_: str, *, by_bytes: bool
) -> list[str]:
    """Describe how a picture differs; empty if it does not. Raises RenderError if its file cannot be read."""
    same_pixels = accepted.pixel_sha256 == now.pixel_sha256 and now.pixel_sha256 is not None
    if by_bytes and accepted.sha256 != now.sha256:
        return ["its bytes changed, but not its pixels" if same_pixels else "its bytes changed"]
    if by_bytes or same_pixels or accepted.sha256 == now.sha256:
        return []
    with_look = replace(
        now, perceptual_fingerprint=perceptual_fingerprint(tree.content(tree.entries[now.path]), format_)
    )
    return (
        []
        if fingerprints_match(accepted.perceptual_fingerprint, with_look.perceptual_fingerprint)
        else ["its picture changed"]
    )


def _unplanned(lock: Lockfile, tree: BuiltFolder, rows: Mapping[str, BuildRow]) -> Iterator[Finding]:
    """Yield the findings for assets that are not planned but are in the lockfile or the output."""
    for path in sorted({*lock.assets, *tree.entries} - rows.keys()):
        entry = tree.entries.get(path)
        if entry is not None and entry.stale:
            yield _stale(entry.id)
        elif entry is None:
            yield _not_accepted(lock.assets[path].id, "was accepted, but is no longer planned")
        elif path not in lock.assets:
            yield _not_accepted(entry.id, "is new and has not been accepted yet")


def _changed_inputs(asset: ListedAsset, lock: Lockfile) -> str:
    other = [
        name for name, sha256 in inputs_of(asset).items() if sha256 not in lock.files.get(name, frozenset())
    ]
    return ", ".join(sorted(other)) or "a file was added or removed"


def _engine_changes(before: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    changes = ", ".join(f"{name} {before.get(name, 'none')} → {now.get(name, 'none')}" for name in names)
    return changes or None


def _not_accepted(asset_id: str | None, words: str) -> Finding:
    return Finding("not-accepted", words, _HINT, asset=asset_id)


def _stale(asset_id: str) -> Finding:
    text = "is stale: its partner's files cannot be read, so it cannot be compared"
    return Finding("stale", text, STALE_HINT, asset=asset_id)
