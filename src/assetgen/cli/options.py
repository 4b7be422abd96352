"""Options that several commands share: selection, day and output folder."""

from __future__ import annotations

import os
import re
import stat
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.session import Format, Session
from assetgen.errors import CampaignError
from assetgen.findings import Finding

if TYPE_CHECKING:
    from assetgen.planning.selection import Selection

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _day(word: str) -> str:
    """Return an option's word where it is a day."""
    try:
        if ISO_DAY.fullmatch(word) and date.fromisoformat(word):
            return word
    except ValueError as error:
        raise typer.BadParameter(f"{word} is no day of the calendar") from error
    raise typer.BadParameter(f"{word} is no day: write year, month and day, 2026-11-26")


Day = Annotated[
    str | None,
    typer.Option(
        "--date", metavar="YYYY-MM-DD", parser=_day, help="The day on which it is asked (default: today)."
    ),
]


def day_of(word: str | None) -> date:
    """Return the day that was named, else today's."""
    return date.fromisoformat(word) if word else date.today()


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


def named_folder(word: str) -> Path:
    """Return an option's word as a folder; an empty one would be the current folder, which nobody meant."""
    if not word:
        raise typer.BadParameter("the folder has no name")
    return Path(word)


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


SOURCES = ("brand", "partners", "templates", ".assetgen", ".git")


def built_into(session: Session, out: Path | None) -> Path:
    """Return the folder to build into, which need not be there: ``out``, else the campaign's own.

    Raises CampaignError where it cannot be one, or holds what people wrote.
    """
    if out is None:
        session.require_folder()
    folder = out or session.folder / "out"
    fault = _fault(folder) or _onto_sources(folder, session.folder)
    if fault:
        hint = "name another folder, or leave -o out: then it is out/ in the campaign"
        raise CampaignError(Finding("bad-value", f"-o {folder}: {fault}", hint=hint))
    return folder


def _fault(folder: Path) -> str | None:
    try:
        return None if stat.S_ISDIR(folder.stat().st_mode) else "it is a file, not a folder"
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return "a file stands on the way"
    except (OSError, ValueError) as error:
        return str(getattr(error, "strerror", None) or error)


def _onto_sources(folder: Path, campaign: Path) -> str | None:
    target, root = (Path(os.path.realpath(path)) for path in (folder, campaign))
    own = [Path(os.path.realpath(root / name)) for name in SOURCES]
    if target == root or any(target.is_relative_to(one) for one in own):
        return "the campaign's own files are there, not what is built"
    return None
