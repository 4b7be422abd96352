"""Words made plain for searching: what a reader takes a sign for, and the place that it came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A number or an address in words: as it stands there, where, and its normal form.

    ``value`` is the host of an address; of a number ``+`` and digits where it is valid, else its digits.
    """

    text: str
    start: int
    end: int
    value: str

    def meets(self, other: Found) -> bool:
        """Say whether the two have a character in common."""
        return self.start < other.end and other.start < self.end

    def lies_in(self, other: Found) -> bool:
        """Say whether all of this is part of the other."""
        return other.start <= self.start and self.end <= other.end


@dataclass(frozen=True, slots=True)
class Folded:
    """Plain words, and for each of their characters its place in the words as they were written."""

    plain: str
    places: tuple[int, ...]
    words: str

    def found(self, start: int, end: int, value: str) -> Found:
        """Return what stands from ``start`` to ``end`` of the plain words, as it was written."""
        first, last = self.places[start], self.places[end - 1] + 1
        return Found(self.words[first:last], first, last, value)


# Categories of marks that a reader does not see, or sees through.
INVISIBLE = frozenset({"Cf"})
INVISIBLE_AND_ACCENTS = frozenset({"Cf", "Mn", "Me"})


def fold(words: str, dropped: Collection[str] = INVISIBLE) -> Folded:
    """Return words with plain digits, letters, spaces and hyphens, without the categories ``dropped``."""
    if words.isascii():
        return Folded(words, tuple(range(len(words))), words)
    kept = [place for place, sign in enumerate(words) if unicodedata.category(sign) not in dropped]
    return Folded("".join(_plain(words[place]) for place in kept), tuple(kept), words)


def _plain(sign: str) -> str:
    """Return the one plain character that a reader takes a sign for."""
    if sign.isascii():
        return sign
    if sign.isspace():
        return " "
    category = unicodedata.category(sign)
    if category == "Pd" or sign == "−":
        return "-"
    if sign in "。｡︒":
        return "."
    if unicodedata.decomposition(sign).startswith(("<super>", "<sub>")):
        return " "  # the figure of a footnote is no part of what stands before it
    if sign.isdigit():
        return str(unicodedata.digit(sign))
    compatible = unicodedata.normalize("NFKC", sign)
    return compatible if len(compatible) == 1 else sign
