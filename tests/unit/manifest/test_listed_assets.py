"""Listing a manifest of any version as untrusted input: invalid entries are refused, naming the asset."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assetgen.errors import CampaignError
from assetgen.findings import Severity
from assetgen.manifest.entry import ListedAsset
from assetgen.manifest.manifest_file import read_listed_assets
from tests.support.wording import Wording

ASSET: dict[str, Any] = {
    "id": "acme/worried/ig-square/en-GB", "path": "acme/en-GB/social/door.png", "partner": "acme",
    "message": "worried", "channel": "ig-square", "variant": None, "medium": "social", "locale": "en-GB",
    "format": "PNG", "width_px": 1080, "height_px": 1350, "bytes": 1000, "sha256": "a" * 64, "alt": "A door.",
}  # fmt: skip


def write(folder: Path, *assets: object, **heading: Any) -> Path:
    content = {
        "schema": 1,
        "campaign": "Door",
        "edition": "1",
        "engine": {},
        "assets": list(assets),
        **heading,
    }
    (folder / "manifest.json").write_text(json.dumps(content), "utf-8")
    return folder


def list_asset(folder: Path, **changes: Any) -> ListedAsset:
    _, (listed,) = read_listed_assets(write(folder, {**ASSET, **changes}))
    return listed


def errors(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(CampaignError) as raised:
        read_listed_assets(folder)
    return [(finding.code, finding.text) for finding in raised.value.findings]


def test_listed_asset_has_its_size_and_its_format_in_lower_case(tmp_path: Path) -> None:
    listed = list_asset(tmp_path)

    assert (listed.width, listed.height, listed.unit, listed.format) == (1080.0, 1350.0, "px", "png")
    assert listed.ratio == pytest.approx(0.8)
    assert (listed.bleed_mm, listed.scale, listed.stale, listed.findings) == (0.0, 1.0, False, ())


def test_size_in_px_takes_precedence_and_a_missing_size_counts_as_square(tmp_path: Path) -> None:
    no_px = {"width_px": None, "height_px": None}

    assert list_asset(tmp_path, width_mm=210, height_mm=297).unit == "px"
    assert list_asset(tmp_path, width_mm=210, height_mm=297, **no_px).unit == "mm"
    assert list_asset(tmp_path, **no_px).ratio == 1.0


def test_findings_of_a_listed_asset_are_sorted_worst_first(tmp_path: Path) -> None:
    findings = [
        {"severity": "note", "code": "n", "text": "n"},
        {"severity": "error", "code": "e", "text": "e"},
        {"severity": "warning", "code": "w", "text": "w"},
    ]

    assert [one.severity for one in list_asset(tmp_path, findings=findings).findings] == [
        Severity.ERROR,
        Severity.WARNING,
        Severity.NOTE,
    ]


@pytest.mark.parametrize(
    "path",
    [
        "../door.png",
        "/door.png",
        "a//door.png",
        "a/./door.png",
        "a\\door.png",
        "C:/door.png",
        "",
        5,
        "a\x00b",
    ],
    ids=[
        "parent folder",
        "absolute",
        "double slash",
        "dot",
        "backslash",
        "drive letter",
        "empty",
        "number",
        "nul",
    ],
)
def test_path_that_could_leave_the_folder_is_refused(tmp_path: Path, path: object, wording: Wording) -> None:
    ((code, text),) = errors(write(tmp_path, {**ASSET, "path": path}))

    assert code == "bad-value"
    assert "path" in text
    assert wording == text


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"id": None}, "id"),
        ({"partner": 3}, "partner"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"width_px": 0}, "width_px"),
        ({"width_px": True}, "width_px"),
        ({"bytes": -1}, "bytes"),
        ({"findings": {}}, "findings"),
        ({"findings": ["x"]}, "finding"),
        ({"findings": [{"severity": "bad"}]}, "'bad'"),
    ],
    ids=lambda value: "-".join(map(repr, value.values())) if isinstance(value, dict) else value,
)
def test_listed_asset_with_an_invalid_value_is_refused(
    tmp_path: Path, changes: dict[str, object], named: str, wording: Wording
) -> None:
    ((code, text),) = errors(write(tmp_path, {**ASSET, **changes}))

    assert code == "bad-value"
    assert named in text
    assert wording == text


def test_every_unreadable_asset_is_reported_with_its_number(tmp_path: Path, wording: Wording) -> None:
    found = errors(write(tmp_path, "x", ASSET, {**ASSET, "id": ""}))

    assert [re.findall(r"\d+", text) for _, text in found] == [["1"], ["3"]]
    assert wording == [text for _, text in found]


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"schema": 1}', '{"schema": 2, "assets": []}', "[" * 100_000],
    ids=["truncated", "list", "no assets", "different schema", "deeply nested"],
)
def test_listing_refuses_a_manifest_with_a_wrong_structure(
    tmp_path: Path, content: str, wording: Wording
) -> None:
    (tmp_path / "manifest.json").write_text(content, "utf-8")

    ((code, text),) = errors(tmp_path)

    assert code == "bad-value"
    assert wording == text.partition(": ")[0]  # after the colon follows a message of Python


def test_listing_a_folder_without_a_manifest_is_an_error(tmp_path: Path, wording: Wording) -> None:
    ((code, text),) = errors(tmp_path)

    assert code == "missing-file"
    assert wording == text
