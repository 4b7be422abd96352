"""Release checks: may these files go out on a given day; and approving finished files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assetgen.errors import CampaignError, MachineError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.model import Campaign
from assetgen.loading.yaml.campaign_folder import check_inside
from assetgen.manifest.entry import Entry, FinishedAsset, read_finished
from assetgen.manifest.manifest_file import MANIFEST_NAME, read_manifest
from assetgen.planning.asset import Asset
from assetgen.planning.release_terms import judged
from assetgen.releases.approvals import Approval, approval_file, approval_of, changes_since, read_approvals


def refusals(
    assets: Sequence[FinishedAsset], approvals: Mapping[str, Approval], *, required: bool, on: date
) -> list[Finding]:
    """Return why a partner's finished files may not be handed out on a day; an error each, but for ``review-due``.

    ``approvals`` are those of ``approvals/`` by asset (``read_approvals``); ``required`` says that the campaign has
    ``approval: required``.
    """
    findings = [_stale(asset.id) for asset in assets if asset.stale]
    findings += judged((term for asset in assets for term in asset.terms), on, refusing=True)
    if required:
        findings += unapproved(assets, approvals, Severity.ERROR)
    return findings


def unapproved(
    assets: Sequence[Asset | FinishedAsset], approvals: Mapping[str, Approval], severity: Severity
) -> Iterator[Finding]:
    """Yield what nobody approved, told once, and each approval that a change has voided, with what changed."""
    waiting = [asset.id for asset in assets if asset.id not in approvals]
    if waiting:
        partner = waiting[0].split("/")[0]
        more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
        text = f"nobody has approved {waiting[0]}{more}"
        hint = f"assetgen approve -p {partner} --by NAME"
        yield Finding("unapproved", text, hint, severity=severity, asset=waiting[0])
    for asset in assets:
        approval = approvals.get(asset.id)
        changed = changes_since(approval, asset) if approval else ()
        if approval and changed:
            text = f"{approval.approved_by} approved another version on {approval.on}: {'; '.join(changed)}"
            place = Place(approval_file(asset.id))
            hint = "look at it again, then assetgen approve"
            yield Finding("approval-void", text, hint, place, severity, asset.id)


def planned_consent(campaign: Campaign, assets: Sequence[Asset], on: date) -> list[Finding]:
    """Return what holds of assets on a day as far as the plan can tell: nothing is refused, no pixel looked at."""
    findings = judged((term for asset in assets for term in asset.terms), on)
    if campaign.file.approval != "required":
        return findings
    approvals, faults = read_approvals(campaign.root, [asset.id for asset in assets])
    for partner in dict.fromkeys(asset.partner for asset in assets):
        own = [asset for asset in assets if asset.partner == partner]
        findings += unapproved(own, approvals, Severity.WARNING)
    return [*faults, *findings]


def _stale(asset_id: str) -> Finding:
    text = "it is stale: its partner's own files could not be read when the others were built"
    return Finding("stale", text, "mend the partner's files, build again", asset=asset_id)


BUILD = "assetgen build, look at it, then approve it"
WHO = "add --by NAME, or approved_by: to the partner's file"


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of a call: the files written, the ids of assets whose approval stands, why others were refused."""

    written: tuple[str, ...]
    standing: tuple[str, ...]
    findings: tuple[Finding, ...]


def approve_files(
    root: Path, out: Path, assets: Sequence[Asset], names: Mapping[str, str | None], on: date, *, write: bool
) -> Approved:
    """Approve the finished files of these assets by name of each partner's approver.

    Raises CampaignError where nobody is named, MachineError where the disk refuses.
    """
    nobody = sorted({asset.partner for asset in assets if not (names.get(asset.partner) or "").strip()})
    if nobody:
        raise CampaignError(
            Finding("bad-value", f"nobody is named who approves for {', '.join(nobody)}", WHO)
        )
    entries = {entry.id: entry for entry in read_manifest(out / MANIFEST_NAME).entries.values()}
    before, findings = read_approvals(root, [asset.id for asset in assets])
    written, standing = list[str](), list[str]()
    for asset in assets:
        finished = _finished(asset, entries.get(asset.id), out)
        if isinstance(finished, Finding):
            findings.append(finished)
            continue
        old = before.get(asset.id)
        if old and not changes_since(old, finished):
            standing.append(asset.id)
            continue
        file = approval_file(asset.id)
        if write:
            _write(root, file, approval_of(finished, (names[asset.partner] or "").strip(), on))
        written.append(file)
    return Approved(tuple(written), tuple(standing), tuple(findings))


def _finished(asset: Asset, entry: Entry | None, out: Path) -> FinishedAsset | Finding:
    """Return the finished file of a planned asset, or why it cannot be approved."""
    if entry is None:
        return _not_there(asset)
    try:
        finished = read_finished(entry.values())
    except ValueError:  # of another version
        finished = None
    if finished is None or finished.stale or finished.spec != asset.spec:
        return Finding("stale", "it is not as it is planned today", BUILD, asset=asset.id)
    try:
        content = (out / asset.path).read_bytes()
    except OSError:
        return _not_there(asset)
    if hashlib.sha256(content).hexdigest() != finished.sha256:
        text = "its bytes are not those of the file that was proved"
        return Finding("file-altered", text, BUILD, Place(asset.path), asset=asset.id)
    return finished


def _not_there(asset: Asset) -> Finding:
    return Finding("unproved", "it is not among the finished files", BUILD, asset=asset.id)


def _write(root: Path, file: str, approval: Approval) -> None:
    """Write an approval in one step; what stood there is replaced."""
    path = root / file
    try:
        check_inside(path.parent, root, Place(file))
        path.parent.mkdir(parents=True, exist_ok=True)
        temp = path.with_suffix(".json.new")
        temp.write_text(approval.text(), "utf-8", newline="\n")
        os.replace(temp, path)
    except OSError as error:
        text = f"the approval cannot be written: {error.strerror or error}"
        raise MachineError(Finding("machine", text, "mend that, then approve again", Place(file))) from error
