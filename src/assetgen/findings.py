"""Findings: the problems that assetgen reports, each with its place and how to fix it.

Scripts read findings, so the format is fixed: one line of text (and a hint), or one JSON object, per finding.
``CODES`` lists every code; ``assetgen explain CODE`` prints the details of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How serious a finding is. Only an error keeps an asset out of ``out/``."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


# Every code that assetgen can report: for input files, templates, the build and release, and finished files.
CODES = frozenset(
    """
    yaml unknown-key bad-value missing-file unknown-id bad-id duplicate-id
    locked-fact foreign-host unsafe-file too-large fact-unconfirmed
    template css-ignored picture-missing blocked-read font-file font-missing glyph-missing text-overflow
    worker machine stale file-altered not-accepted
    embargo expired review-due unapproved approval-void unproved
    facts-missing facts-altered number-broken facts-hidden words-altered
    qr-unreadable qr-wrong qr-too-small qr-quiet-zone
    text-clipped text-overlap unsafe-area contrast type-small logo-rules image-resolution
    press ink colour
    weight size metadata alt-missing alt-too-long post-limit
    """.split()
)


LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in the campaign's files.

    ``file`` is relative to the campaign folder, with ``/`` as its separator. Lines and columns count from 1.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None

    @classmethod
    def at(cls, file: str, text: str, offset: int) -> Place:
        """Return the place of the character at an offset in a file's text, with lines as editors count them."""
        lines = LINE_END.split(text[:offset])
        return cls(file, len(lines), len(lines[-1]) + 1)

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


NO_PLACE = Place()


class PlacedString(str):
    """A string read from a file, with its place. The schema turns it into a plain string again."""

    __slots__ = ("place",)

    def __new__(cls, words: str, place: Place) -> PlacedString:
        written = super().__new__(cls, words)
        written.place = place
        return written

    place: Place


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that a check found.

    ``text`` says what is wrong, ``place`` says where it is, and ``hint`` says how to fix it. ``asset`` is an asset's
    id. ``box`` is x, y, width and height in the finished asset, in px, or in mm from the trim. ``role`` is the role of
    the faulty copy (``headline``): code that knows the sources uses it to find the place.
    """

    code: str
    text: str
    hint: str | None = None
    place: Place = NO_PLACE
    severity: Severity = Severity.ERROR
    asset: str | None = None
    box: tuple[float, float, float, float] | None = None
    role: str | None = None

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unknown finding code: {self.code}")

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def for_asset(self, asset_id: str) -> Finding:
        """Return a copy of the finding for one asset."""
        return replace(self, asset=asset_id)

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain values, as ``--format json`` prints it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "text": self.text,
            "hint": self.hint,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "asset": self.asset,
            "box": list(self.box) if self.box else None,
        }

    def as_text(self) -> str:
        """Return ``file:line:column: error: text [code]``, with the hint on a second line."""
        where = str(self.place) or self.asset or "assetgen"
        first = f"{where}: {self.severity.value}: {self.text} [{self.code}]"
        return f"{first}\n  hint: {self.hint}" if self.hint else first


SEVERITY_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def sort_findings(findings: list[Finding]) -> list[Finding]:
    """Return the findings without duplicates, sorted by severity, place, asset and code."""

    def rank(finding: Finding) -> tuple[int, str, int, int, str, str]:
        place = finding.place
        return (
            SEVERITY_ORDER.index(finding.severity),
            place.file or "",
            place.line or 0,
            place.column or 0,
            finding.asset or "",
            finding.code,
        )

    return sorted(dict.fromkeys(findings), key=rank)
