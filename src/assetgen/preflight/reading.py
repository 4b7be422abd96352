"""A whole page's words without their spaces, and where each promised text stands in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assetgen.preflight.lines import EyeLine, Paragraph, eye_lines, logical, paragraphs, plain_sign
from assetgen.preflight.page import Letter, Page

IGNORED = frozenset({"Cf", "Cc"})
"""Categories of signs that nobody sees: joiners, marks of direction, soft hyphens."""


@dataclass(frozen=True)
class Reading:
    """What a page says: as lines across the whole page, and by paragraphs."""

    lines: tuple[EyeLine, ...]
    paragraphs: tuple[Paragraph, ...]

    @classmethod
    def of(cls, page: Page) -> Reading:
        """Return the reading of a page."""
        return cls(tuple(eye_lines(page.letters, page.spaces)), tuple(paragraphs(page.letters, page.spaces)))

    @cached_property
    def _signs(self) -> tuple[str, tuple[Letter, ...]]:
        """Return the signs of all paragraphs without spaces, and the letter that each belongs to."""
        signs: list[str] = []
        letters: list[Letter] = []
        for paragraph in self.paragraphs:
            for line in paragraph.lines:
                text, places = logical(line)
                for sign, place in zip(text, places, strict=True):
                    if place is not None and unicodedata.category(sign) not in IGNORED:
                        signs.append(sign)
                        letters.append(line.letters[place])
        return "".join(signs), tuple(letters)

    @cached_property
    def _folded(self) -> str:
        return "".join(_fold_one(sign) for sign in self._signs[0])

    def find(self, words: str, *, exact: bool) -> Iterator[tuple[Letter, ...]]:
        """Yield the letters of each place where these words stand; spaces and line ends do not count.

        ``exact`` tells capitals from small letters.
        """
        wanted = squeezed(words)
        text, letters = self._signs
        if not exact:
            text, wanted = self._folded, "".join(_fold_one(sign) for sign in wanted)
        if not wanted:
            return
        for match in re.finditer(re.escape(wanted), text):
            yield letters[match.start() : match.end()]


def squeezed(words: str) -> str:
    """Return words as they are compared: ligatures undone, without spaces and unseen signs."""
    plain = unicodedata.normalize("NFC", "".join(map(plain_sign, words)))
    return "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) not in IGNORED)


def _fold_one(sign: str) -> str:
    """Return one sign in small letters, still one sign."""
    small = sign.casefold()
    return small if len(small) == 1 else sign


def distinct(found: Sequence[Letter]) -> tuple[Letter, ...]:
    """Return letters without repeats: a ligature stands for two signs."""
    return tuple(dict.fromkeys(found))
