"""Write docs/reference/commands.md: every command with its arguments, options and help, from the command line itself.

Run by ``make docs``.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from assetgen.cli.app import COMMAND_GROUPS, app
from assetgen.cli.session import SELECTION_OPTIONS

SELECTING = frozenset(f"--{kind}" for kind in SELECTION_OPTIONS)
"""The options that choose assets: a command takes all of them or is not about a selection."""

HEAD = """\
# Commands

Written by `make docs` from the command line in `src/assetgen/cli/`: change it there.
`assetgen COMMAND --help` prints the same in a terminal.

Options are written in three places: [global options](#global-options) before the command,
[selection options](#selection-options) and the command's own options behind it.
[Exit codes](exit-codes.md) say how a command ended.
"""
SELECTION = """\
## Selection options

They choose assets by partner, channel and so on.
Each is a glob (`*`, `?` and `[…]` as in a shell), and each can be repeated.
A word of `-c` with a slash matches medium and id: `-c 'social/*'`.
A selection narrows what a command works on; the whole campaign is still read and planned.
"""


def pages() -> dict[str, str]:
    """Return the page by its path below docs/reference/."""
    root = typer.main.get_command(app)
    context = root.make_context("assetgen", [], resilient_parsing=True)
    commands = list(_commands(root, context))
    lines = [HEAD, "| to | command | what it does |", "|---|---|---|"]
    lines += [
        f"| {_group(one, own).lower()} | [`{name}`](#{name.replace(' ', '-')}) | {_summary(one)} |"
        for name, one, own in sorted(commands, key=lambda row: COMMAND_GROUPS.index(_group(row[1], row[2])))
    ]
    lines += ["", "## Global options", "", *_table("option", _options(root, context)), ""]
    selecting = next(one for _, one, _ in commands if _takes_selection(one))
    chosen = [one for one in selecting.params if _selects(one)]
    lines += [SELECTION, *_table("option", [one.get_help_record(context) for one in chosen]), ""]
    for name, command, own in commands:
        lines += _section(name, command, own)
    return {"commands.md": "\n".join(lines).rstrip() + "\n"}


def _commands(group: Any, context: Any, before: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield each command with its name and context, in the order of the help; of a group its commands instead."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        own = command.make_context(name, [], parent=context, resilient_parsing=True)
        if hasattr(command, "commands"):
            yield from _commands(command, own, f"{before}{name} ")
        else:
            yield f"{before}{name}", command, own


def _group(command: Any, context: Any) -> str:
    """Return the heading under which the help lists a command; of a subcommand, its parent's."""
    panel = getattr(command, "rich_help_panel", None)
    if isinstance(panel, str):
        return panel
    return _group(context.parent.command, context.parent) if context.parent else ""


def _section(name: str, command: Any, context: Any) -> Iterator[str]:
    """Yield one command's section."""
    usage = " ".join(command.get_usage(context).removeprefix("Usage:").split())
    yield from (f"## {name}", "", "```text", usage, "```", "")
    yield from _prose(command.help or "")
    yield from _prose(command.epilog or "")
    arguments = [one.get_help_record(context) for one in command.params if one.param_type_name == "argument"]
    if any(arguments):
        yield from (*_table("argument", arguments), "")
    if _takes_selection(command):
        yield from ("Takes the [selection options](#selection-options).", "")
    if options := _options(command, context):
        yield from (*_table("option", options), "")


def _selects(option: Any) -> bool:
    return not SELECTING.isdisjoint(option.opts)


def _takes_selection(command: Any) -> bool:
    return len([one for one in command.params if _selects(one)]) == len(SELECTING)


def _options(command: Any, context: Any) -> list[tuple[str, str]]:
    """Return a command's own options with their help: without --help and the selection."""
    is_selecting = _takes_selection(command)
    records = [
        one.get_help_record(context)
        for one in command.params
        if one.param_type_name == "option" and not (is_selecting and _selects(one))
    ]
    return [one for one in records if one]


def _table(title: str, rows: list[Any]) -> Iterator[str]:
    yield from (f"| {title} | what it does |", "|---|---|")
    for name, words in (row for row in rows if row):
        yield f"| `{_cell(name)}` | {_plain(_cell(words))} |"


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


def _plain(words: str) -> str:
    """Return help as Markdown: what Markdown would take for markup is written out."""
    return words.replace("*", "\\*").replace("<", "&lt;").replace("[", "\\[")


def _summary(command: Any) -> str:
    """Return the first sentence of a command's help."""
    first = " ".join((command.help or "").partition("\n\n")[0].split())
    return _plain(_cell(first))


def _prose(words: str) -> Iterator[str]:
    """Yield help as paragraphs; lines that call assetgen become a block of code."""
    for paragraph in inspect.cleandoc(words).replace("\b\n", "").split("\n\n"):
        lines = [line for line in paragraph.splitlines() if line.strip()]
        calls = [_call_of(line) for line in lines if _is_call(line)]
        said = " ".join(line.strip() for line in lines if not _is_call(line))
        if said:
            yield from (_plain(said), "")
        if calls:
            yield from ("```console", *calls, "```", "")


def _is_call(line: str) -> bool:
    return _call_of(line).startswith("assetgen ")


def _call_of(line: str) -> str:
    """Return a line of help without what leads to an example."""
    return line.strip().removeprefix("Example: ").removeprefix("$ ")
