"""The entry point: an interrupt before a command starts, and output and help that can be copied into a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

import assetgen.cli
from assetgen.cli.app import run
from tests.support.wording import Wording


def test_an_interrupt_during_imports_exits_with_130_and_a_short_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    def interrupted(_arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(assetgen.cli, "_run", interrupted)

    with pytest.raises(SystemExit) as left:
        assetgen.cli.main()

    assert left.value.code == 130
    assert wording == capsys.readouterr().err


def test_init_quotes_the_folder_in_the_suggested_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "my campaign")]) == 0
    assert f" assetgen -C '{tmp_path}/my campaign' build\n" in capsys.readouterr().out


@pytest.mark.parametrize(("command", "word"), [("qr", "PARTNER"), ("explain", "CODE"), ("schema", "KIND")])
def test_help_shows_the_name_of_the_argument(
    command: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, "--help"]) == 0
    assert word in capsys.readouterr().out
