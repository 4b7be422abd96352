"""Approvals and release checks: who approved which file, and whether files may go out on a given day.

A yes is to what can be read and seen: the spec (words, alt texts, link, sizes) and the pixels. It is void once one
of these is another. The inputs are kept to say why: a file that changed, and changed nothing here, voids nothing.
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
from assetgen.loading.model import Campaign
from assetgen.loading.yaml.campaign_folder import check_inside, is_file, read_bounded
from assetgen.manifest.entry import SHA256, Entry, FinishedAsset, is_day, read_finished, to_line
from assetgen.manifest.manifest_file import MANIFEST_NAME, read_manifest
from assetgen.planning.asset import Asset, Spec, judged

APPROVALS = "approvals"
MAX_BYTES = 200_000
MAX_NAMED = 4
AGAIN = "look at it again, then assetgen approve writes the file anew; or delete it"


@dataclass(frozen=True, slots=True)
class Approval:
    """One yes: to which asset, whose, on which day (as in 2026-11-26), to which spec and pixels, made of what."""

    asset: str
    approved_by: str
    on: str
    sha256: str
    pixel_sha256: str | None
    spec: Mapping[str, Any]
    inputs: Mapping[str, str]

    def text(self) -> str:
        """Return the file's text: a value a line, in the order of keys, so that two of them differ by what changed."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def approval_file(asset_id: str) -> str:
    """Return the path of an asset's approval, below the campaign's folder."""
    partner, *rest = asset_id.split("/")
    return f"{APPROVALS}/{partner}/{'_'.join(rest)}.json"


def approval_of(asset: FinishedAsset, by: str, on: date) -> Approval:
    """Return a yes to a finished file."""
    spec = _plain(asset.spec)
    return Approval(asset.id, by, on.isoformat(), asset.sha256, asset.pixel_sha256, spec, asset.inputs)


def _plain(spec: Spec) -> dict[str, Any]:
    """Return a spec as an approval's file hands it back."""
    values: dict[str, Any] = json.loads(to_line(spec.as_dict()))
    return values


def read_approvals(root: Path, asset_ids: Iterable[str]) -> tuple[dict[str, Approval], list[Finding]]:
    """Return the approvals of these assets, by id, and a finding for each file that is none."""
    found: dict[str, Approval] = {}
    findings: list[Finding] = []
    for asset_id in asset_ids:
        file = approval_file(asset_id)
        if not is_file(root / file):
            continue
        try:
            check_inside(root / file, root, Place(file))
            content = read_bounded(root / file, Place(file), MAX_BYTES, AGAIN)
            found[asset_id] = parse_approval(content, asset_id)
        except CampaignError as error:
            findings += error.findings
        except (ValueError, RecursionError) as error:
            text = f"this is no approval: {error}"
            findings.append(Finding("bad-value", text, AGAIN, Place(file), Severity.WARNING))
    return found, findings


def parse_approval(content: bytes, asset_id: str) -> Approval:
    """Return the approval that a file says. Raises ValueError, in words, or RecursionError."""
    raw = json.loads(content)
    keys = {field.name for field in fields(Approval)}
    if not isinstance(raw, dict) or raw.keys() != keys:
        raise ValueError(f"its keys are not {', '.join(sorted(keys))}")
    if raw["asset"] != asset_id:
        raise ValueError(f"it is about another asset than {asset_id}")
    words = ("approved_by", "on", "sha256")
    if not all(isinstance(raw[key], str) and raw[key].strip() for key in words):
        raise ValueError(f"{', '.join(words)} are words")
    if not is_day(raw["on"]):
        raise ValueError("on is no day: write it as 2026-11-26")
    if not SHA256.fullmatch(raw["sha256"]):
        raise ValueError("sha256 is not 64 hexadecimal digits")
    if raw["pixel_sha256"] is not None and not isinstance(raw["pixel_sha256"], str):
        raise ValueError("pixel_sha256 is neither words nor null")
    if not (isinstance(raw["spec"], dict) and isinstance(raw["inputs"], dict)):
        raise ValueError("spec and inputs are mappings")
    return Approval(**raw)


def changes_since(approval: Approval, asset: Asset | FinishedAsset) -> tuple[str, ...]:
    """Return in words what of an asset is not what was approved, and of what files that may come; empty: it stands.

    Of an asset that is only planned the pixels, and the files that drawing opens, are not judged.
    """
    told = list(_words_changed(approval.spec, _plain(asset.spec)))
    finished = asset if isinstance(asset, FinishedAsset) else None
    if finished and not _same_pixels(approval, finished):
        told.append("the pixels")
    if not told:
        return ()
    inputs = [
        name
        for name in sorted(approval.inputs.keys() | asset.inputs.keys())
        if asset.inputs.get(name) != approval.inputs.get(name) and (finished or name in asset.inputs)
    ]
    return (*told, *([f"made of another {_few(inputs)}"] if inputs else ()))


def _same_pixels(approval: Approval, asset: FinishedAsset) -> bool:
    if approval.sha256 == asset.sha256:
        return True
    return approval.pixel_sha256 is not None and approval.pixel_sha256 == asset.pixel_sha256


def _words_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of a spec is another: of its words each role, with what it said and says; else the key."""
    told: set[str] = set()
    for old, new in _pairs(before.get("words"), now.get("words")):
        for role in sorted({*old, *new}):
            if old.get(role) == new.get(role) or role in told:
                continue
            told.add(role)
            yield f"{role}: {_quoted(old.get(role))} → {_quoted(new.get(role))}"
    for key in sorted((before.keys() | now.keys()) - {"words"}):
        if before.get(key) != now.get(key):
            yield f"{key}: {_quoted(before.get(key))} → {_quoted(now.get(key))}"


def _pairs(before: object, now: object) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the words of each set of tiers, before and now."""
    old = before if isinstance(before, Mapping) else {}
    new = now if isinstance(now, Mapping) else {}
    for name in (*old, *(one for one in new if one not in old)):
        pair = old.get(name) or {}, new.get(name) or {}
        if all(isinstance(one, Mapping) for one in pair):
            yield pair


def _quoted(value: object) -> str:
    words = "nothing" if value is None else str(value)
    return f"“{words[:60]}…”" if len(words) > 60 else f"“{words}”" if isinstance(value, str) else words


def _few(names: list[str]) -> str:
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


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
