"""A day that somebody wrote, and where. Nothing here asks what day it is: that is for whoever is told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assetgen.campaign.reading import Document
from assetgen.findings import NOWHERE, Finding, Place


@dataclass(frozen=True, slots=True)
class Dated:
    """A day, and its place in the campaign's files."""

    day: date
    place: Place = NOWHERE


def dated(day: date | None, document: Document, *path: str | int) -> Dated | None:
    """Return a day of a document with its place; None where none is set."""
    return Dated(day, document.place(*path)) if day else None


def no_day_left(embargo: Dated | None, valid_until: Dated | None) -> list[Finding]:
    """Return a finding where a time is over before it begins."""
    if embargo and valid_until and valid_until.day < embargo.day:
        text = f"valid_until {valid_until.day} is before embargo {embargo.day}: there is no day between them"
        return [Finding("bad-value", text, "change one of the two", valid_until.place)]
    return []
