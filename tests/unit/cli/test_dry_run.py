"""``build --dry-run``: what would be made, in the form that was asked for, and nothing is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from defusedxml import ElementTree

from assetgen.cli.app import run
from tests.support.tiny import CARD, write_tiny
from tests.support.wording import Wording


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    return write_tiny(tmp_path)


def dry(campaign: Path, *words: str) -> int:
    return run(["-C", str(campaign), "build", "--dry-run", *words])


@pytest.mark.parametrize("form", ["sarif", "junit", "github"])
def test_a_form_for_machines_has_stdout_to_itself(
    campaign: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = dry(campaign, "--format", form)

    said = capsys.readouterr().out
    assert code == 0
    assert CARD not in said
    if form == "sarif":
        assert json.loads(said)["runs"]
    elif form == "junit":
        assert ElementTree.fromstring(said).get("failures") == "0"
    else:
        assert all(line.startswith("::") for line in said.splitlines())


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_manifest_that_cannot_be_used_is_told(
    campaign: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (campaign / "out").mkdir()
    (campaign / "out/manifest.json").write_text("{", "utf-8")

    dry(campaign, "--format", form)

    said = capsys.readouterr()
    told = said.err if form == "text" else json.dumps(json.loads(said.out)["findings"])
    assert "manifest.json" in told


@pytest.mark.parametrize("other", ["--watch", "--guides"])
def test_what_cannot_go_with_it_is_a_wrong_call(
    campaign: Path, other: str, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    code = dry(campaign, other)

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert other in said.err
    assert wording == said.err.splitlines()[-1]
    assert not (campaign / "out").exists()
