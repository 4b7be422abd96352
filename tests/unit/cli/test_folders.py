"""Where ``-o`` may build: never into the campaign's own files, never into what is no folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.cli.app import run
from tests.support.tiny import write_tiny
from tests.support.wording import Wording

COMMANDS = ["build", "build --dry-run", "build --watch", "qr acme", "gallery"]


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "name", ["", "brand", "partners", "templates", "templates/bare/x", ".assetgen", ".git"]
)
def test_the_campaign_s_own_folders_are_refused(
    campaign: Path, command: str, name: str, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    before = sorted(campaign.rglob("*"))

    code = run(["-C", str(campaign), *command.split(), "-o", str(campaign / name)])

    assert code == 2
    said = capsys.readouterr().err
    assert str(campaign / name) in said and "[bad-value]" in said
    assert wording == said
    assert sorted(campaign.rglob("*")) == before


def test_a_link_onto_the_campaign_is_refused(
    campaign: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    (campaign / "out").symlink_to(campaign / "brand")

    assert run(["-C", str(campaign), "build"]) == 2
    said = capsys.readouterr().err
    assert "[bad-value]" in said
    assert wording == said


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["a", "a/b"])
def test_a_file_is_no_output_folder(
    campaign: Path, command: str, name: str, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    (campaign.parent / "a").write_text("mine", "utf-8")

    assert run(["-C", str(campaign), *command.split(), "-o", str(campaign.parent / name)]) == 2
    said = capsys.readouterr().err
    assert str(campaign.parent / name) in said and "[bad-value]" in said
    assert wording == said
    assert (campaign.parent / "a").read_text("utf-8") == "mine"


@pytest.mark.parametrize("command", COMMANDS)
def test_no_name_is_no_output_folder(
    campaign: Path,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wording: Wording,
) -> None:
    monkeypatch.chdir(campaign.parent)

    assert run(["-C", str(campaign), *command.split(), "-o", ""]) == 2
    said = capsys.readouterr().err
    assert "--out" in said
    assert wording == said.splitlines()[-1]
    assert list(campaign.parent.iterdir()) == [campaign]


@pytest.mark.parametrize("name", ["made", "partners-made", "../made"])
def test_any_other_folder_may_be_built_into(campaign: Path, name: str) -> None:
    assert run(["-C", str(campaign), "build", "--dry-run", "-o", str(campaign / name)]) == 0
