"""``--help``: every command belongs to a group, and ends with an example that the command line accepts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import typer

from assetgen.cli.app import COMMAND_GROUPS, app, run

Capture = pytest.CaptureFixture[str]


@cache
def root() -> Any:
    """Return the command ``assetgen`` itself."""
    return typer.main.get_command(app)


def walk(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield a command and all below it, each with its words, without ``assetgen``."""
    yield path, command
    for name, sub_command in getattr(command, "commands", {}).items():
        yield from walk(sub_command, *path, name)


@cache
def every_command() -> dict[tuple[str, ...], Any]:
    """Return each command by its words; groups of commands too."""
    return dict(walk(root()))


each_command = pytest.mark.each("path", every_command, ids=lambda path: " ".join(path) or "assetgen")


def parse(words: list[str]) -> tuple[str, ...]:
    """Parse a call without running it; return the words of the command that it reaches."""
    command: Any = root()
    context = command.make_context("assetgen", words)
    path: tuple[str, ...] = ()
    while rest := [*context._protected_args, *context.args] if hasattr(command, "commands") else []:
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
        path = (*path, name)
    return path


def test_subcommands_are_included_in_the_tested_commands() -> None:
    assert {("build",), ("partner",), ("partner", "new"), ("partner", "import")} < every_command().keys()


@pytest.mark.each("name", lambda: root().commands)
def test_every_command_has_a_group(name: str) -> None:
    assert every_command()[name,].rich_help_panel in COMMAND_GROUPS


def test_the_help_lists_every_command_under_the_heading_of_its_group(capsys: Capture) -> None:
    assert run(["--help"]) == 0

    sections = re.split(r"^(\w+):$", capsys.readouterr().out, flags=re.MULTILINE)
    listed = {
        heading: re.findall(r"^  ([a-z]+) ", text, re.MULTILINE)
        for heading, text in zip(sections[1::2], sections[2::2], strict=True)
    }
    assert tuple(heading for heading in listed if heading != "Options") == COMMAND_GROUPS
    for group in COMMAND_GROUPS:
        assert listed[group] == [
            path[0]
            for path, one in every_command().items()
            if len(path) == 1 and one.rich_help_panel == group
        ]


def test_the_help_shows_the_whole_first_sentence_of_every_command(capsys: Capture) -> None:
    assert run(["--help"]) == 0

    assert "..." not in capsys.readouterr().out.partition(f"{COMMAND_GROUPS[0]}:")[2]


@each_command
def test_the_help_of_each_command_ends_with_an_example(path: tuple[str, ...], capsys: Capture) -> None:
    assert run([*path, "--help"]) == 0

    last = capsys.readouterr().out.rstrip().splitlines()[-1]
    assert last.startswith("  Example: assetgen ")
    assert last.strip() == every_command()[path].epilog


@each_command
def test_the_example_of_a_command_calls_that_command(path: tuple[str, ...]) -> None:
    words = shlex.split(every_command()[path].epilog.removeprefix("Example: assetgen "))

    assert parse(words)[: len(path)] == path


def test_the_example_parser_rejects_an_unknown_option() -> None:
    with pytest.raises(Exception, match="--nonsense"):
        parse(["build", "--nonsense"])
