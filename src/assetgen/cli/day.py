"""The day on which something is asked: the only place where assetgen looks at the calendar."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

import typer

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
