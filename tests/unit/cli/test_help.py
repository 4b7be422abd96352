"""``--help``: every command belongs to a group, and ends with an example that the command line accepts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from assetgen.cli.app import COMMAND_GROUPS, app, run

ROOT = typer.main.get_command(app)
Capture = pytest.CaptureFixture[str]


def every_command(command: Any = ROOT, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each command with its words, without ``assetgen``; groups of commands too."""
    yield path, command
    for name, sub_command in getattr(command, "commands", {}).items():
        yield from every_command(sub_command, *path, name)


COMMANDS = dict(every_command())
each_command = pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "assetgen")


def parse(words: list[str]) -> tuple[str, ...]:
    """Parse a call without running it; return the words of the command that it reaches."""
    command: Any = ROOT
    context = command.make_context("assetgen", words)
    path: tuple[str, ...] = ()
    while rest := [*context._protected_args, *context.args] if hasattr(command, "commands") else []:
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
        path = (*path, name)
    return path


def test_commands_below_commands_are_found() -> None:
    assert {("build",), ("partner",), ("partner", "new"), ("partner", "import")} < COMMANDS.keys()


@pytest.mark.parametrize("name", ROOT.commands)  # type: ignore[attr-defined]
def test_every_command_has_a_group(name: str) -> None:
    assert COMMANDS[name,].rich_help_panel in COMMAND_GROUPS


def test_the_help_lists_every_command_below_the_heading_of_its_group(capsys: Capture) -> None:
    assert run(["--help"]) == 0

    sections = re.split(r"^(\w+):$", capsys.readouterr().out, flags=re.MULTILINE)
    listed = {
        heading: re.findall(r"^  ([a-z]+) ", text, re.MULTILINE)
        for heading, text in zip(sections[1::2], sections[2::2], strict=True)
    }
    assert tuple(heading for heading in listed if heading != "Options") == COMMAND_GROUPS
    for group in COMMAND_GROUPS:
        assert listed[group] == [
            path[0] for path, one in COMMANDS.items() if len(path) == 1 and one.rich_help_panel == group
        ]


def test_the_help_shows_the_whole_first_sentence_of_every_command(capsys: Capture) -> None:
    assert run(["--help"]) == 0

    assert "..." not in capsys.readouterr().out.partition(f"{COMMAND_GROUPS[0]}:")[2]


@each_command
def test_the_help_ends_with_an_example(path: tuple[str, ...], capsys: Capture) -> None:
    assert run([*path, "--help"]) == 0

    last = capsys.readouterr().out.rstrip().splitlines()[-1]
    assert last.startswith("  Example: assetgen ")
    assert last.strip() == COMMANDS[path].epilog


@each_command
def test_the_example_is_a_call_of_that_command(path: tuple[str, ...]) -> None:
    words = shlex.split(COMMANDS[path].epilog.removeprefix("Example: assetgen "))

    assert parse(words)[: len(path)] == path


def test_an_example_with_an_unknown_option_is_refused() -> None:
    with pytest.raises(Exception, match="--nonsense"):
        parse(["build", "--nonsense"])
