"""A rendered file that fails its preflight checks does not reach ``out/``; it is kept aside and reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import run_assetgen
from tests.support.example_campaign import PARTNER, append_line, make_campaign
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

HOUSE = "templates/house/style.css"
FAULTY_STYLES = {
    "a number in the colour of its background": (".number { color: var(--light) }", "contrast", None),
    "a number that is not drawn": (".number { visibility: hidden }", "facts-missing", "number"),
    "a promise that is half off the page": (
        ".promise { transform: translateX(600px) }",
        "text-clipped",
        "promise",
    ),
    "a headline without its first letter": (
        ".headline::first-letter { display: none }",
        "words-altered",
        None,
    ),
}


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    make_campaign(folder)
    return folder


def build(folder: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    result = run_assetgen(
        "build", "-c", "ig-square", "-m", "worried", "--format", "json", *arguments, folder=folder
    )
    return result.returncode, json.loads(result.stdout), result.stderr


def rejected_files(folder: Path) -> list[str]:
    rejected = folder / "out/.assetgen/rejected"
    return sorted(path.name for path in rejected.rglob("*") if path.is_file())


@pytest.mark.parametrize("fault", FAULTY_STYLES)
def test_a_template_that_hides_or_alters_copy_produces_no_output_file(campaign: Path, fault: str) -> None:
    rule, code, role = FAULTY_STYLES[fault]
    append_line(campaign, HOUSE, rule)

    exit_code, report, _ = build(campaign)

    findings = [one for one in report["findings"] if one["severity"] == "error"]
    assert exit_code == 1
    assert code in {one["code"] for one in findings}, findings
    assert all(one["asset"] == f"{PARTNER}/worried/ig-square/en-GB" for one in findings)
    assert all(one["file"].startswith("templates/") for one in findings if one["code"] == code)
    assert role is None or any(role in one["text"] for one in findings)
    assert len(rejected_files(campaign)) == 1
    assert not list((campaign / "out").glob(f"{PARTNER}/**/*ig-square*"))


def test_build_names_a_rejected_file_and_removes_it_after_a_correction(
    campaign: Path, wording: Wording
) -> None:
    original = (campaign / HOUSE).read_text("utf-8")
    append_line(campaign, HOUSE, FAULTY_STYLES["a number that is not drawn"][0])

    result = run_assetgen("build", "-c", "ig-square", "-m", "worried", folder=campaign)
    (name,) = rejected_files(campaign)

    (message,) = [line for line in result.stderr.splitlines() if "out/.assetgen/rejected/" in line]
    assert name in message
    assert wording == message
    (campaign / HOUSE).write_text(original, "utf-8")
    assert build(campaign)[0] == 0
    assert rejected_files(campaign) == []


def test_the_manifest_records_the_region_of_each_role(campaign: Path) -> None:
    build(campaign)

    (entry,) = [
        one for one in json.loads((campaign / "out/manifest.json").read_text())["assets"] if one["message"]
    ]
    regions = {region["role"]: region for region in entry["regions"]}
    assert {"headline", "number", "address", "promise"} <= regions.keys()
    assert all(len(region["box"]) == 4 for region in regions.values())
    assert regions["number"]["mask"] and regions["address"]["mask"] and regions["headline"]["mask"] is None
