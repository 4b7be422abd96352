"""What the gallery reads of ``out/manifest.json``: plain values, checked once at the door.

The manifest is the build's, but the ids and words in it are a partner's. A path that would leave
``out/`` is refused here; words are escaped where they land, in the page.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.errors import CampaignError
from assetgen.findings import SEVERITY_ORDER, Finding, Place, Severity

MANIFEST_NAME = "manifest.json"
SCHEMA = 1
BUILD_FIRST = "run assetgen build first"
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding of an asset, as the page shows it."""

    severity: Severity
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One asset of the manifest.

    ``width`` and ``height`` are the final size in ``unit`` (``px`` or ``mm``); all three are None where
    the manifest gives no size. ``weight_bytes`` is the file's size as it was built.
    """

    id: str
    path: str
    partner: str
    message: str | None
    channel: str | None
    deliverable: str | None
    medium: str
    locale: str | None
    format: str
    width: float | None
    height: float | None
    unit: str | None
    bleed_mm: float
    scale: float
    weight_bytes: int
    sha256: str
    alt: str
    link: str | None
    click: str | None
    stale: bool
    remarks: tuple[Remark, ...]

    @property
    def ratio(self) -> float:
        """Return width ÷ height; 1 where the manifest gives no size."""
        return self.width / self.height if self.width and self.height else 1.0


@dataclass(frozen=True, slots=True)
class ShownManifest:
    """What the page shows: the campaign, the parts that built it, its assets in the manifest's order."""

    campaign: str
    edition: str
    engine: tuple[tuple[str, str], ...]
    entries: tuple[ShownEntry, ...]


class _Fault(Exception):
    """A value of the manifest that cannot be shown; turned into a finding by ``read_manifest``."""


def read_manifest(out: Path) -> ShownManifest:
    """Return what the manifest in ``out`` holds.

    Raises CampaignError: ``missing-file`` where there is none, ``bad-value`` with one finding for each
    asset that cannot be read.
    """
    raw = _load(out / MANIFEST_NAME)
    entries: list[ShownEntry] = []
    faults: list[Finding] = []
    for number, asset in enumerate(raw["assets"], start=1):
        try:
            entries.append(_entry(asset))
        except _Fault as fault:
            faults.append(_bad(f"asset {number} of the manifest: {fault}"))
    if faults:
        raise CampaignError(faults)
    return ShownManifest(
        campaign=clean(str(raw.get("campaign") or "")),
        edition=clean(str(raw.get("edition") or "")),
        engine=_engine(raw.get("engine")),
        entries=tuple(entries),
    )


def clean(text: str) -> str:
    """Return the text with control characters and lone surrogates replaced: neither can be in a page."""
    return "".join("\ufffd" if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)


def _bad(text: str) -> Finding:
    return Finding("bad-value", clean(text), hint=BUILD_FIRST, place=Place(MANIFEST_NAME))


def _load(path: Path) -> dict[str, Any]:
    """Return the manifest as JSON values, its outermost form checked."""
    if not path.is_file():
        place = Place(MANIFEST_NAME)
        raise CampaignError(Finding("missing-file", "there is no manifest", hint=BUILD_FIRST, place=place))
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise CampaignError(_bad(f"the manifest cannot be read: {error}")) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("assets"), list):
        raise CampaignError(_bad("the manifest has no list of assets"))
    if raw.get("schema") != SCHEMA:
        raise CampaignError(_bad(f"the manifest has schema {raw.get('schema')!r}, not {SCHEMA}"))
    return raw


def _engine(value: object) -> tuple[tuple[str, str], ...]:
    """Return the parts that built the assets as (name, version), assetgen first."""
    if not isinstance(value, Mapping):
        return ()
    parts = [(clean(str(name)), clean(str(version))) for name, version in value.items()]
    return tuple(sorted(parts, key=lambda part: (part[0] != "assetgen", part[0].lower())))


def _entry(asset: object) -> ShownEntry:
    if not isinstance(asset, dict):
        raise _Fault("it is not an object")
    width, height, unit = _size(asset)
    sha256 = _text(asset, "sha256")
    if not SHA256.fullmatch(sha256):
        raise _Fault("sha256 is not 64 hexadecimal digits")
    return ShownEntry(
        id=_text(asset, "id"),
        path=_path(asset),
        partner=_text(asset, "partner"),
        message=_optional(asset, "message"),
        channel=_optional(asset, "channel"),
        deliverable=_optional(asset, "deliverable"),
        medium=_text(asset, "medium"),
        locale=_optional(asset, "locale"),
        format=_text(asset, "format").lower(),
        width=width,
        height=height,
        unit=unit,
        bleed_mm=_number(asset, "bleed_mm") or 0.0,
        scale=_number(asset, "scale") or 1.0,
        weight_bytes=int(_number(asset, "bytes") or 0),
        sha256=sha256,
        alt=_optional(asset, "alt") or "",
        link=_optional(asset, "link"),
        click=_optional(asset, "click"),
        stale=asset.get("stale") is True,
        remarks=_remarks(asset.get("findings")),
    )


def _text(asset: Mapping[str, Any], key: str) -> str:
    text = _optional(asset, key)
    if text is None:
        raise _Fault(f"{key} is missing")
    return text


def _optional(asset: Mapping[str, Any], key: str) -> str | None:
    value = asset.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _Fault(f"{key} is not text")
    return clean(value)


def _number(asset: Mapping[str, Any], key: str) -> float | None:
    """Return a number of 0 or more; None where the key is not there."""
    value = asset.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Fault(f"{key} is not a number")
    if not math.isfinite(value) or value < 0:
        raise _Fault(f"{key} is {value}")
    return float(value)


def _size(asset: Mapping[str, Any]) -> tuple[float | None, float | None, str | None]:
    """Return width, height and their unit; px before mm, since a screen asset has px alone."""
    for unit in ("px", "mm"):
        width, height = _number(asset, f"width_{unit}"), _number(asset, f"height_{unit}")
        if width is None and height is None:
            continue
        if not width or not height:
            raise _Fault(f"width_{unit} × height_{unit} is no size")
        return width, height, unit
    return None, None, None


def _path(asset: Mapping[str, Any]) -> str:
    """Return the asset's path, with ``/``; one that could lead out of ``out/`` is a fault."""
    path = asset.get("path")
    if not isinstance(path, str) or clean(path) != path:
        raise _Fault("path is not text")
    parts = path.split("/")
    if "\\" in path or any(part in ("", ".", "..") for part in parts) or re.match(r"[A-Za-z]:", path):
        raise _Fault(f"path {path!r} is not a plain path below the manifest")
    return path


def _remarks(value: object) -> tuple[Remark, ...]:
    """Return an asset's findings, worst first."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _Fault("findings is not a list")
    return tuple(sorted((_remark(finding) for finding in value), key=_rank))


def _rank(remark: Remark) -> tuple[int, str, str]:
    return SEVERITY_ORDER.index(remark.severity), remark.code, remark.text


def _remark(finding: object) -> Remark:
    if not isinstance(finding, dict):
        raise _Fault("a finding is not an object")
    severity = finding.get("severity")
    if severity not in [known.value for known in Severity]:
        raise _Fault(f"a finding has the severity {severity!r}")
    return Remark(Severity(severity), _optional(finding, "text") or "", _optional(finding, "code") or "")
