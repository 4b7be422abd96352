"""The way in and out: an interrupt before a command has begun, and words that a shell can take as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

import assetgen.cli
from assetgen.cli.app import run
from tests.support.wording import Wording


def test_an_interrupt_while_the_commands_are_loaded_is_130_and_one_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    def interrupted(_arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(assetgen.cli, "_run", interrupted)

    with pytest.raises(SystemExit) as left:
        assetgen.cli.main()

    assert left.value.code == 130
    assert wording == capsys.readouterr().err


def test_the_next_command_after_init_can_be_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "my campaign")]) == 0
    assert f" assetgen -C '{tmp_path}/my campaign' build\n" in capsys.readouterr().out


@pytest.mark.parametrize(("command", "word"), [("qr", "PARTNER"), ("explain", "CODE"), ("schema", "KIND")])
def test_arguments_are_named_as_in_the_readme(
    command: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, "--help"]) == 0
    assert word in capsys.readouterr().out
