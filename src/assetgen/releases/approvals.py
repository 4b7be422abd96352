"""``approvals/``: what somebody said yes to. One small file an asset, so that each yes is a change of its own in git.

A yes is to what can be read and seen: the spec (words, alt texts, link, sizes) and the pixels. It is void once one
of these is another. The inputs are kept to say why: a file that changed, and changed nothing here, voids nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.yaml.campaign_folder import check_inside, is_file, read_bounded
from assetgen.manifest.entry import SHA256, FinishedAsset, is_day, to_line
from assetgen.planning.asset import Asset, Spec

APPROVALS = "approvals"
MOST_BYTES = 200_000
MOST_NAMED = 4
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
            content = read_bounded(root / file, Place(file), MOST_BYTES, AGAIN)
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
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
