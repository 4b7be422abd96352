"""Approvals and release checks: who approved which file, and whether files may be released on a given day.

An approval covers what people read and see: the spec (copy, alt texts, link, sizes) and the pixels. It becomes void
when one of these changes. It also records the inputs, but only to explain a change: an approval stays valid if an input
changes but the spec and the pixels do not.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from assetgen.errors import CampaignError, MachineError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.model import CampaignModel
from assetgen.loading.yaml.campaign_folder import check_inside, is_file, read_bounded
from assetgen.manifest.entry import (
    ALTERED_TEXT,
    SHA256,
    STALE_HINT,
    STALE_TEXT,
    Entry,
    FinishedAsset,
    is_date,
    read_finished,
    to_line,
)
from assetgen.manifest.manifest_file import MANIFEST_NAME, read_manifest
from assetgen.planning.asset import Asset, Spec, check_release_dates

_APPROVALS_FOLDER = "approvals"
_MAX_BYTES = 200_000
_MAX_LISTED_NAMES = 4
_APPROVE_AGAIN_HINT = (
    "look at the asset again and run assetgen approve, which replaces this file; or delete the file"
)


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval: the asset, the approver, the date (YYYY-MM-DD), and the approved spec, pixels and inputs."""

    asset: str
    approved_by: str
    on: str
    sha256: str
    pixel_sha256: str | None
    spec: Mapping[str, Any]
    inputs: Mapping[str, str]

    def text(self) -> str:
        """Return the text of the approval's file: one value per line, sorted by key, for readable diffs."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def approval_file(asset_id: str) -> str:
    """Return the path of an asset's approval file below the campaign folder."""
    partner, *rest = asset_id.split("/")
    return f"{_APPROVALS_FOLDER}/{partner}/{'_'.join(rest)}.json"


def approval_of(asset: FinishedAsset, by: str, on: date) -> Approval:
    """Return the approval of a finished file by a person on a day."""
    spec = _spec_to_plain(asset.spec)
    return Approval(asset.id, by, on.isoformat(), asset.sha256, asset.pixel_sha256, spec, asset.inputs)


def _spec_to_plain(spec: Spec) -> dict[str, Any]:
    """Return a spec as plain JSON values, as an approval file holds it."""
    values: dict[str, Any] = json.loads(to_line(spec.as_dict()))
    return values


def read_approvals(root: Path, asset_ids: Iterable[str]) -> tuple[dict[str, Approval], list[Finding]]:
    """Return the approvals of these assets, by id, and a warning for each file that is not a valid approval."""
    found: dict[str, Approval] = {}
    findings: list[Finding] = []
    for asset_id in asset_ids:
        file = approval_file(asset_id)
        if not is_file(root / file):
            continue
        try:
            check_inside(root / file, root, Place(file))
            content = read_bounded(root / file, Place(file), _MAX_BYTES, _APPROVE_AGAIN_HINT)
            found[asset_id] = parse_approval(content, asset_id)
        except CampaignError as error:
            findings += error.findings
        except (ValueError, RecursionError) as error:
            text = f"this file is not a valid approval: {error}"
            findings.append(Finding("bad-value", text, _APPROVE_AGAIN_HINT, Place(file), Severity.WARNING))
    return found, findings


def parse_approval(content: bytes, asset_id: str) -> Approval:
    """Parse an approval file. Raises ValueError with a clear message, or RecursionError."""
    raw = json.loads(content)
    keys = {field.name for field in fields(Approval)}
    if not isinstance(raw, dict) or raw.keys() != keys:
        raise ValueError(f"its keys must be {', '.join(sorted(keys))}")
    if raw["asset"] != asset_id:
        raise ValueError(f"it is for a different asset, not {asset_id}")
    texts = ("approved_by", "on", "sha256")
    if not all(isinstance(raw[key], str) and raw[key].strip() for key in texts):
        raise ValueError(f"{', '.join(texts)} must be text")
    if not is_date(raw["on"]):
        raise ValueError("on is not a date (expected YYYY-MM-DD)")
    if not SHA256.fullmatch(raw["sha256"]):
        raise ValueError("sha256 is not 64 hexadecimal digits")
    if raw["pixel_sha256"] is not None and not isinstance(raw["pixel_sha256"], str):
        raise ValueError("pixel_sha256 is neither text nor null")
    if not (isinstance(raw["spec"], dict) and isinstance(raw["inputs"], dict)):
        raise ValueError("spec and inputs must be objects")
    return Approval(**raw)


def changes_since(approval: Approval, asset: Asset | FinishedAsset) -> tuple[str, ...]:
    """Return what has changed in an asset since its approval; empty if the approval is still valid.

    If anything has changed, the last entry lists any changed inputs. For an asset that is only planned, pixels and the
    files that rendering opens are not compared.
    """
    changes = list(_spec_changes(approval.spec, _spec_to_plain(asset.spec)))
    finished = asset if isinstance(asset, FinishedAsset) else None
    if finished and not _same_pixels(approval, finished):
        changes.append("the pixels changed")
    if not changes:
        return ()
    inputs = [
        name
        for name in sorted(approval.inputs.keys() | asset.inputs.keys())
        if asset.inputs.get(name) != approval.inputs.get(name) and (finished or name in asset.inputs)
    ]
    return (*changes, *([f"changed inputs: {_list_names(inputs)}"] if inputs else ()))


def _same_pixels(approval: Approval, asset: FinishedAsset) -> bool:
    if approval.sha256 == asset.sha256:
        return True
    return approval.pixel_sha256 is not None and approval.pixel_sha256 == asset.pixel_sha256


def _spec_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield each change in a spec, with its old and new value. The copy is compared by role, the rest by key."""
    reported_roles: set[str] = set()
    for old, new in _copy_pairs(before.get("words"), now.get("words")):
        for role in sorted({*old, *new}):
            if old.get(role) == new.get(role) or role in reported_roles:
                continue
            reported_roles.add(role)
            yield f"{role}: {_quoted(old.get(role))} → {_quoted(new.get(role))}"
    for key in sorted((before.keys() | now.keys()) - {"words"}):
        if before.get(key) != now.get(key):
            yield f"{key}: {_quoted(before.get(key))} → {_quoted(now.get(key))}"


def _copy_pairs(before: object, now: object) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the old and the new copy of each copy length, by role."""
    old = before if isinstance(before, Mapping) else {}
    new = now if isinstance(now, Mapping) else {}
    for name in (*old, *(one for one in new if one not in old)):
        pair = old.get(name) or {}, new.get(name) or {}
        if all(isinstance(one, Mapping) for one in pair):
            yield pair


def _quoted(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”" if isinstance(value, str) else text


def _list_names(names: list[str]) -> str:
    more = f" and {len(names) - _MAX_LISTED_NAMES} more" if len(names) > _MAX_LISTED_NAMES else ""
    return ", ".join(names[:_MAX_LISTED_NAMES]) + more


def release_findings(
    assets: Sequence[FinishedAsset], approvals: Mapping[str, Approval], *, required: bool, on: date
) -> list[Finding]:
    """Return why a partner's files may not be released on the day ``on``. All are errors except ``review-due``.

    ``approvals`` are the results of ``read_approvals``. ``required`` is True if the campaign has
    ``approval: required``.
    """
    findings = [_stale(asset.id) for asset in assets if asset.stale]
    findings += check_release_dates(
        (release_date for asset in assets for release_date in asset.release_dates), on, as_errors=True
    )
    if required:
        findings += approval_findings(assets, approvals, Severity.ERROR)
    return findings


def approval_findings(
    assets: Sequence[Asset | FinishedAsset], approvals: Mapping[str, Approval], severity: Severity
) -> Iterator[Finding]:
    """Yield one finding for all assets without an approval, and one for each void approval, which lists the changes."""
    waiting = [asset.id for asset in assets if asset.id not in approvals]
    if waiting:
        partner = waiting[0].split("/")[0]
        more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
        text = f"nobody has approved {waiting[0]}{more}"
        hint = f"look at the files, then run assetgen approve -p {partner} --by NAME"
        yield Finding("unapproved", text, hint, severity=severity, asset=waiting[0])
    for asset in assets:
        approval = approvals.get(asset.id)
        changed = changes_since(approval, asset) if approval else ()
        if approval and changed:
            text = f"the asset changed after {approval.approved_by} approved it on {approval.on}: {'; '.join(changed)}"
            place = Place(approval_file(asset.id))
            hint = "look at the new file, then run assetgen approve"
            yield Finding("approval-void", text, hint, place, severity, asset.id)


def planned_release_findings(campaign: CampaignModel, assets: Sequence[Asset], on: date) -> list[Finding]:
    """Return the release findings for planned assets on the day ``on``.

    Missing and void approvals and expired dates are warnings, not errors. Pixels are not compared.
    """
    findings = check_release_dates(
        (release_date for asset in assets for release_date in asset.release_dates), on
    )
    if campaign.file.approval != "required":
        return findings
    approvals, faults = read_approvals(campaign.root, [asset.id for asset in assets])
    for partner in dict.fromkeys(asset.partner for asset in assets):
        own = [asset for asset in assets if asset.partner == partner]
        findings += approval_findings(own, approvals, Severity.WARNING)
    return [*faults, *findings]


def _stale(asset_id: str) -> Finding:
    return Finding("stale", STALE_TEXT, STALE_HINT, asset=asset_id)


_BUILD_HINT = "run assetgen build, look at the file, then approve it"
_APPROVER_HINT = "pass --by NAME, or add approved_by: to the partner's file"


@dataclass(frozen=True, slots=True)
class ApproveResult:
    """The result of ``assetgen approve``.

    ``written`` are the paths of the new approval files, also if nothing was written to disk. ``still_valid`` are the
    ids of assets that were approved before and have not changed. ``findings`` say why other assets cannot be approved.
    """

    written: tuple[str, ...]
    still_valid: tuple[str, ...]
    findings: tuple[Finding, ...]


def approve_files(
    root: Path, out: Path, assets: Sequence[Asset], names: Mapping[str, str | None], on: date, *, write: bool
) -> ApproveResult:
    """Approve the finished files of these assets. ``names`` maps each partner to its approver.

    If ``write`` is False, no file is written. Raises CampaignError if a partner has no approver, MachineError if a file
    cannot be written.
    """
    without_approver = sorted(
        {asset.partner for asset in assets if not (names.get(asset.partner) or "").strip()}
    )
    if without_approver:
        raise CampaignError(
            Finding("bad-value", f"no approver is named for {', '.join(without_approver)}", _APPROVER_HINT)
        )
    entries = {entry.id: entry for entry in read_manifest(out / MANIFEST_NAME).entries.values()}
    before, findings = read_approvals(root, [asset.id for asset in assets])
    written, state = list[str](), list[str]()
    for asset in assets:
        finished = _read_finished_file(asset, entries.get(asset.id), out)
        if isinstance(finished, Finding):
            findings.append(finished)
            continue
        old = before.get(asset.id)
        if old and not changes_since(old, finished):
            state.append(asset.id)
            continue
        file = approval_file(asset.id)
        if write:
            _write(root, file, approval_of(finished, (names[asset.partner] or "").strip(), on))
        written.append(file)
    return ApproveResult(tuple(written), tuple(state), tuple(findings))


def _read_finished_file(asset: Asset, entry: Entry | None, out: Path) -> FinishedAsset | Finding:
    """Return the finished file of a planned asset, or a finding that says why it cannot be approved."""
    if entry is None:
        return _unbuilt(asset)
    try:
        finished = read_finished(entry.values())
    except ValueError:  # written by a different version of assetgen
        finished = None
    if finished is None or finished.stale or finished.spec != asset.spec:
        return Finding(
            "stale", "the finished file differs from the current plan", _BUILD_HINT, asset=asset.id
        )
    try:
        content = (out / asset.path).read_bytes()
    except OSError:
        return _unbuilt(asset)
    if hashlib.sha256(content).hexdigest() != finished.sha256:
        return Finding("file-altered", ALTERED_TEXT, _BUILD_HINT, Place(asset.path), asset=asset.id)
    return finished


def _unbuilt(asset: Asset) -> Finding:
    return Finding("unproved", "the asset has no finished file", _BUILD_HINT, asset=asset.id)


def _write(root: Path, file: str, approval: Approval) -> None:
    """Write an approval file; replace an existing one in one step."""
    path = root / file
    try:
        check_inside(path.parent, root, Place(file))
        path.parent.mkdir(parents=True, exist_ok=True)
        temp = path.with_suffix(".json.new")
        temp.write_text(approval.text(), "utf-8", newline="\n")
        os.replace(temp, path)
    except OSError as error:
        text = f"the approval cannot be written: {error.strerror or error}"
        raise MachineError(
            Finding("machine", text, "make the folder approvals/ writable, then approve again", Place(file))
        ) from error
