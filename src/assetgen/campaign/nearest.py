"""The nearest known word, for the hints of findings."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

LEAST_LIKENESS = 0.6
MOST_LISTED = 12


def nearest(word: str, known: Iterable[str], least: float = LEAST_LIKENESS) -> str | None:
    """Return the known word most like ``word``, case aside; None when nothing is near.

    ``least`` is how like it must be: 2 × the letters in common, in order, over the letters of both.

    Of two that are equally near the first in alphabetical order is returned, whatever the order given.
    """
    given = word.casefold()
    if not given:
        return None
    best, best_likeness = None, least
    for candidate in sorted(set(known)):
        # No junk heuristics: they would make the answer hang on how long a word is.
        matcher = SequenceMatcher(None, given, candidate.casefold(), autojunk=False)
        if matcher.real_quick_ratio() < best_likeness or matcher.quick_ratio() < best_likeness:
            continue
        likeness = matcher.ratio()
        if likeness > best_likeness or (best is None and likeness == best_likeness):
            best, best_likeness = candidate, likeness
    return best


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a hint: the nearest known word, else all of them when they are few, else None."""
    words = sorted(set(known))
    near = nearest(word, words)
    if near is not None:
        return f"did you mean {near}?"
    if words and len(words) <= MOST_LISTED:
        return f"one of: {', '.join(words)}"
    return None
