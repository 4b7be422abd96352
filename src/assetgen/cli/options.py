"""Options that several commands share: the selection, and the form of the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.folders import named_folder
from assetgen.cli.session import Format

if TYPE_CHECKING:
    from assetgen.planning.selection import Selection

Partners = Annotated[
    list[str] | None,
    typer.Option("-p", "--partner", metavar="GLOB", help="Partner id. Repeatable, like every selection."),
]
Channels = Annotated[
    list[str] | None,
    typer.Option("-c", "--channel", metavar="GLOB", help="Channel id, or medium/id: 'ig-*', 'social/*'."),
]
Mediums = Annotated[
    list[str] | None,
    typer.Option(
        "-M",
        "--medium",
        metavar="GLOB",
        help="social, display, dooh, workplace, email, print, ooh, press, qr.",
    ),
]
Messages = Annotated[list[str] | None, typer.Option("-m", "--message", metavar="GLOB", help="Message id.")]
Templates = Annotated[list[str] | None, typer.Option("-t", "--template", metavar="GLOB", help="Design.")]
Locales = Annotated[
    list[str] | None, typer.Option("-l", "--locale", metavar="GLOB", help="Locale, such as en-GB.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="DIR",
        parser=named_folder,
        help="The folder that is built into (default: out/ in the campaign).",
    ),
]
Form = Annotated[Format, typer.Option("--format", help="The form of the report.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")]


def selection(
    partner: list[str] | None,
    channel: list[str] | None,
    medium: list[str] | None,
    message: list[str] | None,
    template: list[str] | None,
    locale: list[str] | None,
) -> Selection:
    """Return the options as a selection."""
    from assetgen.planning.selection import Selection

    return Selection(*(tuple(words or ()) for words in (partner, channel, medium, message, template, locale)))
