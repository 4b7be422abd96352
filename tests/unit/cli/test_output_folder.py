"""Output folders (``-o``): commands refuse the campaign's own folders, files and empty names."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.cli.app import run
from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording

COMMANDS = ["build", "build --dry-run", "build --watch", "qr acme", "gallery"]


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "name",
    ["", "brand", "partners", "templates", "templates/bare/x", ".assetgen", ".git"],
    ids=lambda name: name or "campaign itself",
)
def test_a_campaign_folder_is_refused_as_output_folder(
    campaign: Path, command: str, name: str, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    before = sorted(campaign.rglob("*"))

    code = run(["-C", str(campaign), *command.split(), "-o", str(campaign / name)])

    assert code == 2
    printed = capsys.readouterr().err
    assert str(campaign / name) in printed and "[bad-value]" in printed
    assert wording == printed
    assert sorted(campaign.rglob("*")) == before


def test_an_output_folder_linked_to_a_source_folder_is_refused(
    campaign: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    (campaign / "out").symlink_to(campaign / "brand")

    assert run(["-C", str(campaign), "build"]) == 2
    printed = capsys.readouterr().err
    assert "[bad-value]" in printed
    assert wording == printed


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["a", "a/b"])
def test_a_file_is_refused_as_output_folder(
    campaign: Path, command: str, name: str, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    (campaign.parent / "a").write_text("mine", "utf-8")

    assert run(["-C", str(campaign), *command.split(), "-o", str(campaign.parent / name)]) == 2
    printed = capsys.readouterr().err
    assert str(campaign.parent / name) in printed and "[bad-value]" in printed
    assert wording == printed
    assert (campaign.parent / "a").read_text("utf-8") == "mine"


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_name_is_refused_as_output_folder(
    campaign: Path,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wording: Wording,
) -> None:
    monkeypatch.chdir(campaign.parent)

    assert run(["-C", str(campaign), *command.split(), "-o", ""]) == 2
    printed = capsys.readouterr().err
    assert "--out" in printed
    assert wording == printed.splitlines()[-1]
    assert list(campaign.parent.iterdir()) == [campaign]


@pytest.mark.parametrize("name", ["posters", "partners-posters", "../posters"])
def test_any_other_folder_is_accepted_as_output_folder(campaign: Path, name: str) -> None:
    assert run(["-C", str(campaign), "build", "--dry-run", "-o", str(campaign / name)]) == 0
