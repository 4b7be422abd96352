"""Options that several commands share: the selection, and the form of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.session import Format

if TYPE_CHECKING:
    from assetgen.plan.selection import Selection

PANEL = "Selection (repeatable, globs; narrows what is made, never what is planned)"

Partners = Annotated[
    list[str] | None, typer.Option("-p", "--partner", help="Partner id.", rich_help_panel=PANEL)
]
Channels = Annotated[
    list[str] | None,
    typer.Option(
        "-c", "--channel", help="Channel id, or medium/id: 'ig-*', 'social/*'.", rich_help_panel=PANEL
    ),
]
Mediums = Annotated[
    list[str] | None,
    typer.Option(
        "-M",
        "--medium",
        help="social, display, dooh, workplace, email, print, ooh, press, qr.",
        rich_help_panel=PANEL,
    ),
]
Messages = Annotated[
    list[str] | None, typer.Option("-m", "--message", help="Message id.", rich_help_panel=PANEL)
]
Templates = Annotated[
    list[str] | None, typer.Option("-t", "--template", help="Design.", rich_help_panel=PANEL)
]
Locales = Annotated[
    list[str] | None, typer.Option("-l", "--locale", help="Locale, such as en-GB.", rich_help_panel=PANEL)
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
    from assetgen.plan.selection import Selection

    return Selection(*(tuple(words or ()) for words in (partner, channel, medium, message, template, locale)))
