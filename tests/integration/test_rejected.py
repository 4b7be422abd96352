"""What a build does with an asset that is drawn, but not as it was promised: kept back, named, nothing else stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assetgen.cli.commands.init import write_starter
from tests.support.campaigns import PARTNER, append
from tests.support.command import assetgen
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

HOUSE = "templates/house/style.css"
STYLES = {
    "a number in the colour of its background": (".number { color: var(--light) }", "contrast", None),
    "a number that is not drawn": (".number { visibility: hidden }", "facts-missing", "number"),
    "a promise that is half off the page": (
        ".promise { transform: translateX(600px) }",
        "text-clipped",
        "promise",
    ),
    "a headline with a letter less": (".headline::first-letter { display: none }", "words-altered", None),
}


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    write_starter(folder)
    return folder


def build(folder: Path, *words: str) -> tuple[int, dict[str, Any], str]:
    said = assetgen("build", "-c", "ig-square", "-m", "worried", "--format", "json", *words, folder=folder)
    return said.returncode, json.loads(said.stdout), said.stderr


def kept(folder: Path) -> list[str]:
    rejected = folder / "out/.assetgen/rejected"
    return sorted(path.name for path in rejected.rglob("*") if path.is_file())


@pytest.mark.parametrize("fault", STYLES)
def test_a_design_that_spoils_the_words_gets_no_file_into_the_output(campaign: Path, fault: str) -> None:
    rule, code, role = STYLES[fault]
    append(campaign, HOUSE, rule)

    exit_code, report, _ = build(campaign)

    findings = [one for one in report["findings"] if one["severity"] == "error"]
    assert exit_code == 1
    assert code in {one["code"] for one in findings}, findings
    assert all(one["asset"] == f"{PARTNER}/worried/ig-square/en-GB" for one in findings)
    assert all(one["file"].startswith("templates/") for one in findings if one["code"] == code)
    assert role is None or any(role in one["text"] for one in findings)
    assert len(kept(campaign)) == 1
    assert not list((campaign / "out").glob(f"{PARTNER}/**/*ig-square*"))


def test_what_is_kept_back_is_named_and_goes_when_the_design_is_mended(
    campaign: Path, wording: Wording
) -> None:
    sound = (campaign / HOUSE).read_text("utf-8")
    append(campaign, HOUSE, STYLES["a number that is not drawn"][0])

    said = assetgen("build", "-c", "ig-square", "-m", "worried", folder=campaign)
    (name,) = kept(campaign)

    (told,) = [line for line in said.stderr.splitlines() if "out/.assetgen/rejected/" in line]
    assert name in told
    assert wording == told
    (campaign / HOUSE).write_text(sound, "utf-8")
    assert build(campaign)[0] == 0
    assert kept(campaign) == []


def test_the_manifest_says_where_each_role_stands(campaign: Path) -> None:
    build(campaign)

    (entry,) = [
        one for one in json.loads((campaign / "out/manifest.json").read_text())["assets"] if one["message"]
    ]
    marks = {mark["role"]: mark for mark in entry["regions"]}
    assert {"headline", "number", "address", "promise"} <= marks.keys()
    assert all(len(mark["box"]) == 4 for mark in marks.values())
    assert marks["number"]["mask"] and marks["address"]["mask"] and marks["headline"]["mask"] is None
