"""A manifest of any version is listed with distrust: what cannot be shown is refused, with the asset at fault."""

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


def entry(folder: Path, **changes: Any) -> ListedAsset:
    _, (found,) = read_listed_assets(write(folder, {**ASSET, **changes}))
    return found


def faults(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(CampaignError) as raised:
        read_listed_assets(folder)
    return [(finding.code, finding.text) for finding in raised.value.findings]


def test_an_entry_is_shown_with_its_size_and_its_format_in_small_letters(tmp_path: Path) -> None:
    found = entry(tmp_path)

    assert (found.width, found.height, found.unit, found.format) == (1080.0, 1350.0, "px", "png")
    assert found.ratio == pytest.approx(0.8)
    assert (found.bleed_mm, found.scale, found.stale, found.findings) == (0.0, 1.0, False, ())


def test_a_size_in_px_comes_before_one_in_mm_and_none_is_square(tmp_path: Path) -> None:
    without = {"width_px": None, "height_px": None}

    assert entry(tmp_path, width_mm=210, height_mm=297).unit == "px"
    assert entry(tmp_path, width_mm=210, height_mm=297, **without).unit == "mm"
    assert entry(tmp_path, **without).ratio == 1.0


def test_findings_come_worst_first(tmp_path: Path) -> None:
    findings = [
        {"severity": "note", "code": "n", "text": "n"},
        {"severity": "error", "code": "e", "text": "e"},
        {"severity": "warning", "code": "w", "text": "w"},
    ]

    assert [one.severity for one in entry(tmp_path, findings=findings).findings] == [
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
    ids=["up", "root", "twice", "dot", "backslash", "drive", "empty", "number", "nul"],
)
def test_a_path_that_could_leave_the_folder_is_refused(
    tmp_path: Path, path: object, wording: Wording
) -> None:
    ((code, text),) = faults(write(tmp_path, {**ASSET, "path": path}))

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
def test_a_value_that_cannot_be_shown_is_told(
    tmp_path: Path, changes: dict[str, object], named: str, wording: Wording
) -> None:
    ((code, text),) = faults(write(tmp_path, {**ASSET, **changes}))

    assert code == "bad-value"
    assert named in text
    assert wording == text


def test_every_asset_that_cannot_be_read_is_told_by_its_number(tmp_path: Path, wording: Wording) -> None:
    found = faults(write(tmp_path, "x", ASSET, {**ASSET, "id": ""}))

    assert [re.findall(r"\d+", text) for _, text in found] == [["1"], ["3"]]
    assert wording == [text for _, text in found]


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"schema": 1}', '{"schema": 2, "assets": []}', "[" * 100_000],
    ids=["cut", "list", "no assets", "other schema", "deep"],
)
def test_a_manifest_of_another_form_is_refused(tmp_path: Path, content: str, wording: Wording) -> None:
    (tmp_path / "manifest.json").write_text(content, "utf-8")

    ((code, text),) = faults(tmp_path)

    assert code == "bad-value"
    assert wording == text.partition(": ")[0]  # behind it are Python's own words


def test_a_folder_without_a_manifest_asks_for_a_build(tmp_path: Path, wording: Wording) -> None:
    ((code, text),) = faults(tmp_path)

    assert code == "missing-file"
    assert wording == text
