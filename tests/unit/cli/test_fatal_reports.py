"""Reports in machine formats if a campaign cannot be planned: the command, its counts and the path of the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from defusedxml import ElementTree

from assetgen.cli.app import run
from assetgen.cli.session import Session
from tests.support.tiny_campaign import write_tiny


@pytest.fixture
def invalid_campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a campaign with an invalid campaign.yaml below the current folder; return its path."""
    campaign = write_tiny(tmp_path / "parts" / "campaign")
    (campaign / "campaign.yaml").write_text("name: [\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return "parts/campaign"


@pytest.mark.parametrize(
    "place", ["parts/campaign", "./parts/campaign/", "parts/../parts/campaign", "{cwd}/parts/campaign"]
)
def test_github_and_sarif_paths_are_relative_to_the_current_folder(
    invalid_campaign: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place.format(cwd=tmp_path)

    assert run(["-C", folder, "build", "--format", "github"]) == 2
    github = capsys.readouterr().out
    assert run(["-C", folder, "build", "--format=sarif"]) == 2
    (log,) = json.loads(capsys.readouterr().out)["runs"]

    assert github.startswith("::error file=parts/campaign/campaign.yaml,line=")
    (location,) = log["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "parts/campaign/campaign.yaml"
    assert log["automationDetails"]["id"] == "assetgen/build/"


def test_paths_are_relative_to_the_campaign_if_it_is_outside_the_current_folder(
    invalid_campaign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    for folder in ("../parts/campaign", str(tmp_path / "parts/campaign")):
        run(["-C", folder, "check", "--format", "github"])
        assert capsys.readouterr().out.startswith("::error file=campaign.yaml,line=")


def test_paths_have_no_prefix_if_the_campaign_is_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert [Session(Path(word)).folder_prefix for word in (".", "", str(tmp_path), "a/..")] == [""] * 4


@pytest.mark.parametrize("command", ["build", "check"])
def test_junit_report_names_the_command(
    invalid_campaign: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["-C", invalid_campaign, command, "--format", "junit"])

    (suite,) = ElementTree.fromstring(capsys.readouterr().out)
    assert suite.get("name") == f"assetgen {command}"
    assert {case.get("classname") for case in suite} == {f"assetgen.{command}"}


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        (("build",), {"built": 0, "cached": 0, "failed": 0, "skipped": 0, "removed": 0, "unreached": 0, "seconds": 0}),
        (("build", "--dry-run"), {"make": {}, "new": [], "remove": [], "kept": []}),
        (("check",), {"partners": 0, "messages": 0, "channels": 0, "assets": 0}),
        (("qr", "acme"), {"built": 0, "failed": 0, "unreached": 0}),
    ],
    ids=" ".join,
)  # fmt: skip
def test_json_report_of_a_failed_command_has_all_its_counts_at_zero(
    invalid_campaign: str,
    words: tuple[str, ...],
    counts: dict[str, object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(["-C", invalid_campaign, *words, "--format", "json"])

    report = json.loads(capsys.readouterr().out)
    assert report.pop("findings")[0]["file"] == "campaign.yaml"
    assert report == counts
