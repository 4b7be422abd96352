"""The engine's own style sheet without what it says of every element and no poster has.

WeasyPrint's sheet has five rules for footnotes and notes that fit each element of a page (``::footnote-call``, …). So
five styles are worked out beside each one that is drawn: of a page of 50 elements 250 in vain, an eighth of the making
of a small asset (measured). A page without footnotes is the same without them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import Any

NOTES = frozenset({"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"})
# What makes a note of an element: ``float: footnote``, ``float: note``. A word more often than needed does no harm.
NOTED = re.compile(rb"\bnote\b|footnote", re.I)


def page_class(weasyprint: Any, sources: Iterable[bytes]) -> Any:
    """Return the class of the engine's pages for designs of these sources: the slim one, unless one has notes."""
    if any(NOTED.search(source) for source in sources):
        return weasyprint.HTML

    class Page(weasyprint.HTML):  # type: ignore[misc]
        """A page that has no notes."""

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [_without_notes(sheet) for sheet in super()._ua_stylesheets(forms)]

    return Page


def _without_notes(sheet: Any) -> Any:
    """Return a style sheet without its rules for the notes of any element.

    The matcher's entries are (test, specificity, order, pseudo-element, declarations).
    """
    slim = copy.copy(sheet)
    slim.matcher = copy.copy(sheet.matcher)
    slim.matcher.other_selectors = [entry for entry in sheet.matcher.other_selectors if entry[3] not in NOTES]
    return slim
