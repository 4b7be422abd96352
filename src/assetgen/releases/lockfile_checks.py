"""``accept`` and ``build --frozen``: what is in ``out/`` taken into the lock, and held against it.

With the engine that the lock was written with, files must be the same, byte by byte. Another engine draws other bytes
of the same design: then names, words, links and inputs must be the same, and pictures alike (``looks_alike``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from assetgen.building.build_db import BuildRow, read_state
from assetgen.building.output_dir import OutDir, stopping_the_build
from assetgen.building.output_record import Tree, read_tree
from assetgen.errors import CampaignError, RenderError
from assetgen.findings import Finding, Severity
from assetgen.manifest.entry import ListedAsset
from assetgen.manifest.manifest_file import sync_folder, write_through
from assetgen.releases.lockfile import (
    LOCK_NAME,
    Accepted,
    Lock,
    accepted_from,
    files_of,
    inputs_of,
    lock_text,
    look_of,
    looks_alike,
    parse_lock,
)

HINT = "see assetgen diff; where the change is meant: assetgen accept"


class Frozen(StrEnum):
    """How much ``build --frozen`` asks: with another engine the same ``result``, or the same ``bytes`` all the same."""

    RESULT = "result"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of holding a build against the lock. ``engine`` says in words how the engines differ, if they do."""

    compared: int
    engine: str | None
    findings: tuple[Finding, ...]


def read_lock(path: Path) -> Lock:
    """Return the lock in a file. Raises CampaignError."""
    try:
        return parse_lock(path.read_bytes().decode("utf-8"), path.name)
    except FileNotFoundError as error:
        text = f"there is no {path.as_posix()}: nothing was accepted yet"
        hint = "build, look at out/, then: assetgen accept"
        raise CampaignError(Finding("missing-file", text, hint)) from error
    except OSError as error:
        text = f"{path.as_posix()} cannot be read: {error.strerror or error}"
        raise CampaignError(Finding("missing-file", text, "see that it can be read")) from error
    except UnicodeDecodeError as error:
        text = f"{path.as_posix()} is not text in UTF-8"
        raise CampaignError(Finding("bad-value", text, "take it from git again")) from error


def accept(
    root: Path,
    out: Path,
    on_progress: Callable[[int, int, str | None], None] = lambda done, total, latest: None,
) -> Lock:
    """Write the lock of a campaign from what was built into ``out``; return it.

    Raises CampaignError where nothing was built, a shard alone, or something that cannot be accepted (a file that was
    edited, an asset that is stale): then all of that is told, and the lock stays as it is. MachineError where it cannot
    be written.
    """
    tree = read_tree(out)
    before = _lock_before(root / LOCK_NAME)
    faults = [*_of_a_part(tree)]
    assets: dict[str, Accepted] = {}
    listed: list[ListedAsset] = []
    for number, entry in enumerate(tree.entries.values(), start=1):
        if entry.stale:
            faults.append(_stale(entry.id))
            continue
        asset = tree.listed(entry.path)
        listed.append(asset)
        try:
            assets[entry.path] = accepted_from(asset, _look(tree, asset, before.get(entry.path)))
        except RenderError as error:
            faults += [finding.for_asset(entry.id) for finding in error.findings]
        on_progress(number, len(tree.entries), entry.id)
    if faults:
        raise CampaignError(faults)
    heading = tree.heading
    lock = Lock(heading.campaign, heading.edition, heading.engine, assets, files_of(listed))
    with stopping_the_build(f"write {LOCK_NAME}"):
        _write(root / LOCK_NAME, lock_text(lock).encode())
    return lock


def _write(path: Path, content: bytes) -> None:
    """Replace a file in whole."""
    temp = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write_through(temp, content)
        os.replace(temp, path)
    finally:
        temp.unlink(missing_ok=True)
    sync_folder(path.parent)


def _lock_before(path: Path) -> Mapping[str, Accepted]:
    """Return what was accepted before, for the looks in it; nothing where there is no lock that can be read."""
    try:
        return read_lock(path).assets
    except CampaignError:
        return {}  # accepting is how such a lock is mended


def _look(tree: Tree, asset: ListedAsset, before: Accepted | None) -> bytes | None:
    """Return the look of a file, drawn unless it was accepted before. Raises RenderError where it was altered."""
    content = tree.content(tree.entries[asset.path])
    if before is not None and before.sha256 == asset.sha256:
        return before.look
    return look_of(content, asset.format)


def _of_a_part(tree: Tree) -> Iterator[Finding]:
    part = tree.heading.part
    if part is not None:
        text = f"{tree.shown} holds shard {part.shard} alone, not the campaign"
        yield Finding("bad-value", text, "join the shards first: assetgen merge DIR… -o OUT")


def compare_with_lock(
    lock: Lock, out: Path, chooses: Callable[[BuildRow], bool], *, is_narrowed: bool, how: Frozen
) -> Comparison:
    """Hold what a build has just left in ``out`` against the lock.

    ``chooses`` says which assets of the plan are looked at; ``is_narrowed`` that these are not all: then what was
    accepted and is no longer planned is not told. Raises CampaignError where ``out`` cannot be read.
    """
    tree = read_tree(out)
    rows = read_state(OutDir(out).state).rows
    engine = _engines(lock.engine, tree.heading.engine)
    by_bytes = engine is None or how is Frozen.BYTES
    chosen = [row for row in rows.values() if chooses(row)]
    findings = [one for row in chosen for one in _of_row(row, lock, tree, by_bytes=by_bytes)]
    if not is_narrowed:
        findings += _not_planned(lock, tree, rows)
        if lock.campaign != tree.heading.campaign:
            findings.append(_differs(None, "the campaign's name is another"))
        if lock.edition != tree.heading.edition:
            findings.append(_differs(None, "the edition is another"))
    if engine is not None:
        findings.insert(0, _said_of(engine, how))
    return Comparison(len(chosen), engine, tuple(findings))


def _said_of(engine: str, how: Frozen) -> Finding:
    by_eye = "names, words, links, inputs, and pictures by eye"
    compared = "all files by their bytes" if how is Frozen.BYTES else by_eye
    text = f"{LOCK_NAME} was written with another engine ({engine}): compared are {compared}"
    hint = "--frozen=bytes insists on the same bytes; assetgen accept takes this engine's files"
    return Finding("not-accepted", text, hint, severity=Severity.NOTE)


def _of_row(row: BuildRow, lock: Lock, tree: Tree, *, by_bytes: bool) -> Iterator[Finding]:
    """Yield what is to be said of one asset that is planned."""
    accepted, entry = lock.assets.get(row.path), tree.entries.get(row.path)
    if entry is None:
        if accepted is not None:
            yield _differs(row.id, "was accepted, and this build has no such file")
        return
    if entry.stale:
        yield _stale(row.id)
    elif accepted is None:
        yield _differs(row.id, "is new: it was not accepted yet")
    elif by_bytes and accepted.sha256 == entry.sha256 and accepted.id == entry.id:
        return
    else:
        asset = tree.listed(row.path)
        now = accepted_from(asset)
        said = differing(accepted, now)
        if accepted.inputs != now.inputs and (by_bytes is False or not said):
            said.append(f"made from other files ({_other_files(asset, lock)})")
        try:
            said += _picture(accepted, now, tree, asset.format, by_bytes=by_bytes)
        except RenderError as error:
            yield from (finding.for_asset(row.id) for finding in error.findings)
        if said:
            yield _differs(row.id, f"is not as accepted: {'; '.join(said)}")


def differing(before: Accepted, now: Accepted) -> list[str]:
    """Return in words what differs between two versions of an asset, but for pictures and inputs."""
    said = []
    if before.id != now.id:
        said.append(f"its id was {before.id}")
    roles = sorted(
        role for role in {*before.words, *now.words} if before.words.get(role) != now.words.get(role)
    )
    if roles:
        said.append(f"other words ({', '.join(roles)})")
    for kind in ("link", "click"):
        old, new = getattr(before, kind), getattr(now, kind)
        if old != new:
            said.append(f"another {kind} ({new or 'none'}, was {old or 'none'})")
    return said


def _picture(accepted: Accepted, now: Accepted, tree: Tree, format_: str, *, by_bytes: bool) -> list[str]:
    """Return in words how a picture differs. Raises RenderError where its file cannot be read."""
    same_pixels = accepted.pixel_sha256 == now.pixel_sha256 and now.pixel_sha256 is not None
    if by_bytes and accepted.sha256 != now.sha256:
        return ["other bytes, the same pixels" if same_pixels else "other bytes"]
    if by_bytes or same_pixels or accepted.sha256 == now.sha256:
        return []
    seen = replace(now, look=look_of(tree.content(tree.entries[now.path]), format_))
    return [] if looks_alike(accepted.look, seen.look) else ["another picture"]


def _not_planned(lock: Lock, tree: Tree, rows: Mapping[str, BuildRow]) -> Iterator[Finding]:
    """Yield what is to be said of what was accepted or stands in the output, and is not planned."""
    for path in sorted({*lock.assets, *tree.entries} - rows.keys()):
        entry = tree.entries.get(path)
        if entry is not None and entry.stale:
            yield _stale(entry.id)
        elif entry is None:
            yield _differs(lock.assets[path].id, "was accepted, and is not planned any more")
        elif path not in lock.assets:
            yield _differs(entry.id, "is new: it was not accepted yet")


def _other_files(asset: ListedAsset, lock: Lock) -> str:
    other = [
        name for name, sha256 in inputs_of(asset).items() if sha256 not in lock.files.get(name, frozenset())
    ]
    return ", ".join(sorted(other)) or "one was added or taken away"


def _engines(before: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    said = ", ".join(f"{name} {before.get(name, 'none')} → {now.get(name, 'none')}" for name in names)
    return said or None


def _differs(asset_id: str | None, words: str) -> Finding:
    return Finding("not-accepted", words, HINT, asset=asset_id)


def _stale(asset_id: str) -> Finding:
    text = "is stale: its partner's files cannot be read, so nobody knows whether it is as it should be"
    hint = "mend the other findings for this partner, then build again"
    return Finding("stale", text, hint, asset=asset_id)
