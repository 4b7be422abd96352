"""Release checks: may these files go out on a given day; and approving finished files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assetgen.errors import CampaignError, MachineError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.model import Campaign
from assetgen.loading.yaml.campaign_folder import check_inside
from assetgen.manifest.entry import read_terms, to_line
from assetgen.manifest.manifest_file import MANIFEST_NAME, read_manifest
from assetgen.planning.asset import Asset, Term
from assetgen.planning.release_terms import judged
from assetgen.releases.approvals import Approval, approval_file, approval_of, changes_since, read_approvals

BUILD_AGAIN_HINT = "assetgen build makes it anew"


def refusals(
    entries: Sequence[Mapping[str, Any]],
    approvals: Mapping[str, Approval],
    *,
    required: bool,
    on: date,
    planned: Mapping[str, Asset] | None = None,
) -> list[Finding]:
    """Return why a partner's finished files may not be handed out on a day; an error each, but for ``review-due``.

    ``entries`` are the manifest's, as plain values; ``approvals`` those of ``approvals/`` by asset
    (``read_approvals``); ``required`` says that the campaign has ``approval: required``. ``planned`` are the
    partner's assets of today's plan by id, where there is one: then days and words are today's, and what is planned
    and not there is told.
    """
    findings = [finding for entry in entries for finding in _stale(entry, planned)]
    terms = [term for entry in entries for term in _terms(entry, planned)]
    findings += judged(terms, on, refusing=True)
    if required:
        findings += unapproved(entries, approvals, Severity.ERROR)
    if planned is not None:
        findings += _unproved(planned, {entry["id"] for entry in entries})
    return findings


def unapproved(
    entries: Sequence[Mapping[str, Any]], approvals: Mapping[str, Approval], severity: Severity
) -> Iterator[Finding]:
    """Yield what nobody approved, told once, and each approval that a change has voided, with what changed."""
    waiting = [str(entry["id"]) for entry in entries if entry["id"] not in approvals]
    if waiting:
        partner = waiting[0].split("/")[0]
        more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
        text = f"nobody has approved {waiting[0]}{more}"
        yield Finding(
            "unapproved",
            text,
            f"assetgen approve -p {partner} --by NAME",
            severity=severity,
            asset=waiting[0],
        )
    for entry in entries:
        approval = approvals.get(entry["id"])
        changed = changes_since(approval, entry) if approval else ()
        if approval and changed:
            text = f"{approval.approved_by} approved another version on {approval.on}: {'; '.join(changed)}"
            place = Place(approval_file(entry["id"]))
            hint = "look at it again, then assetgen approve"
            yield Finding("approval-void", text, hint, place, severity, entry["id"])


def planned_consent(campaign: Campaign, assets: Sequence[Asset], on: date) -> list[Finding]:
    """Return what holds of assets on a day as far as the plan can tell: nothing is refused, no pixel looked at."""
    findings = judged((term for asset in assets for term in asset.terms), on)
    if campaign.approval != "required":
        return findings
    approvals, faults = read_approvals(campaign.root, [asset.id for asset in assets])
    for partner in dict.fromkeys(asset.partner for asset in assets):
        own = [asset for asset in assets if asset.partner == partner]
        entries = [planned_entry(one) if one.id in approvals else {"id": one.id} for one in own]
        findings += unapproved(entries, approvals, Severity.WARNING)
    return [*faults, *findings]


def planned_entry(asset: Asset) -> dict[str, Any]:
    """Return what of a manifest's entry can be told of an asset before it is made: no bytes, no pixels."""
    spec = json.loads(to_line(asset.spec.as_dict()))
    return {"id": asset.id, "spec": spec, "inputs": dict(asset.inputs), "sha256": None, "pixel_sha256": None}


def _terms(entry: Mapping[str, Any], planned: Mapping[str, Asset] | None) -> tuple[Term, ...]:
    if planned is not None and entry["id"] in planned:
        return planned[entry["id"]].terms
    return read_terms(entry.get("terms", []))


def _stale(entry: Mapping[str, Any], planned: Mapping[str, Asset] | None) -> Iterator[Finding]:
    asset_id = entry["id"]
    if entry.get("stale") is True:
        text = "it is stale: its partner's own files could not be read when the others were built"
        yield Finding("stale", text, "mend the partner's files, build again", asset=asset_id)
    elif planned is None:
        return
    elif asset_id not in planned:
        yield Finding("stale", "it is not planned any more", BUILD_AGAIN_HINT, asset=asset_id)
    elif planned_entry(planned[asset_id])["spec"] != entry.get("spec"):
        yield Finding(
            "stale", "it was made before its words or its size were changed", BUILD_AGAIN_HINT, asset=asset_id
        )


def _unproved(planned: Mapping[str, Asset], there: set[str]) -> Iterator[Finding]:
    missing = sorted(planned.keys() - there)
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        text = f"{missing[0]}{more} is planned and not among the finished files: nobody has proved it"
        yield Finding("unproved", text, "assetgen build makes it, or says why it cannot", asset=missing[0])


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
        entry = json.loads(entries[asset.id].line) if asset.id in entries else None
        fault = _fault(asset, entry, out)
        if fault or entry is None:
            findings.append(fault or _not_there(asset))
            continue
        old = before.get(asset.id)
        if old and not changes_since(old, entry):
            standing.append(asset.id)
            continue
        file = approval_file(asset.id)
        if write:
            _write(root, file, approval_of(entry, (names[asset.partner] or "").strip(), on))
        written.append(file)
    return Approved(tuple(written), tuple(standing), tuple(findings))


def _fault(asset: Asset, entry: Mapping[str, Any] | None, out: Path) -> Finding | None:
    """Return why a finished file cannot be approved; None where it can, or is not there."""
    if entry is None:
        return _not_there(asset)
    if entry.get("stale") is True or planned_entry(asset)["spec"] != entry["spec"]:
        return Finding("stale", "it is not as it is planned today", BUILD, asset=asset.id)
    try:
        content = (out / asset.path).read_bytes()
    except OSError:
        return _not_there(asset)
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        text = "its bytes are not those of the file that was proved"
        return Finding("file-altered", text, BUILD, Place(asset.path), asset=asset.id)
    return None


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
