"""``build --dry-run``: it reports what a build would do, in every format, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from defusedxml import ElementTree

from assetgen.cli.app import run
from tests.support.tiny_campaign import CARD_ID, write_tiny
from tests.support.wording import Wording


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    return write_tiny(tmp_path)


def dry_run(campaign: Path, *words: str) -> int:
    """Run the command; return its exit code."""
    return run(["-C", str(campaign), "build", "--dry-run", *words])


@pytest.mark.parametrize("form", ["sarif", "junit", "github"])
def test_dry_run_in_a_machine_format_prints_only_its_report(
    campaign: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = dry_run(campaign, "--format", form)

    printed = capsys.readouterr().out
    assert code == 0
    assert CARD_ID not in printed
    if form == "sarif":
        assert json.loads(printed)["runs"]
    elif form == "junit":
        assert ElementTree.fromstring(printed).get("failures") == "0"
    else:
        assert all(line.startswith("::") for line in printed.splitlines())


@pytest.mark.parametrize("form", ["text", "json"])
def test_dry_run_reports_an_unreadable_manifest(
    campaign: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (campaign / "out").mkdir()
    (campaign / "out/manifest.json").write_text("{", "utf-8")

    dry_run(campaign, "--format", form)

    printed = capsys.readouterr()
    findings = printed.err if form == "text" else json.dumps(json.loads(printed.out)["findings"])
    assert "manifest.json" in findings


@pytest.mark.parametrize("option", ["--watch", "--guides"])
def test_dry_run_refuses_watch_and_guides(
    campaign: Path, option: str, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    code = dry_run(campaign, option)

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert option in printed.err
    assert wording == printed.err.splitlines()[-1]
    assert not (campaign / "out").exists()
