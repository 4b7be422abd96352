"""Saying yes to finished files: what is approved is what stands in ``out/``, and only where that is of today's plan."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assetgen.build.approvals import Approval, approval_file, approval_of, changes_since, read_approvals
from assetgen.build.consent import planned_entry
from assetgen.build.manifest import MANIFEST_NAME, read_manifest
from assetgen.errors import CampaignError, MachineError
from assetgen.findings import Finding, Place
from assetgen.loading.yaml.campaign_folder import check_inside
from assetgen.planning.asset import Asset

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
