"""Join the letters of a page into lines and paragraphs, and search its words.

The order of letters comes from their positions alone. Their order in PDFium's text or in the file can differ from the
order in which they are read.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assetgen.geometry import Box, bounding_box
from assetgen.preflight.pdf.finished_page import UNKNOWN_CHAR, FinishedPage, Letter

# Letters of one line have baselines that differ by less than this, in em, and sizes that differ by less than a factor.
SAME_BASELINE_EM = 0.25
SAME_SIZE_FACTOR = 1.2
# A wider gap ends a line, so that two columns are not joined.
END_OF_LINE_EM = 2.2
# A gap in the ink that reads as a space, even without a space in the file. Tabular figures have gaps of up to 0.3.
SPACE_GAP_EM = 0.38
# The kinds of Unicode compatibility forms that are read as their plain letters.
PLAIN_FORMS = frozenset({"<compat>", "<initial>", "<medial>", "<final>", "<isolated>", "<noBreak>"})
STRONG_RTL = frozenset({"R", "AL"})
STRONG_LTR = frozenset({"L", "EN", "AN"})


@dataclass(frozen=True, slots=True)
class VisualLine:
    """A line in visual order, left to right.

    ``letter_indexes`` has, for each character of ``text``, the index of its letter in ``letters``, or None for a space.
    """

    letters: tuple[Letter, ...]
    text: str
    letter_indexes: tuple[int | None, ...]

    @property
    def box(self) -> Box:
        """Return the box of the line's ink."""
        return bounding_box([letter.box for letter in self.letters])

    @property
    def size_px(self) -> float:
        """Return the largest type size of the line."""
        return max(letter.size_px for letter in self.letters)

    def letters_between(self, start: int, end: int) -> tuple[Letter, ...]:
        """Return the letters of ``text[start:end]``."""
        return tuple(self.letters[place] for place in self.letter_indexes[start:end] if place is not None)


def join_lines(letters: Iterable[Letter], spaces: Iterable[Letter] = ()) -> list[VisualLine]:
    """Join letters into lines, from the top of the page down. ``spaces`` separate words."""
    rows: list[_Row] = []
    for letter in sorted((*letters, *spaces), key=lambda each: (round(each.rotation_deg), _down(each))):
        row = next((row for row in reversed(rows[-24:]) if row.accepts(letter)), None)
        if row is None:
            rows.append(_Row(letter))
        else:
            row.letters.append(letter)
    lines = [line for row in rows for line in row.lines()]
    return sorted(lines, key=lambda line: (round(line.letters[0].rotation_deg), _down(line.letters[0])))


def _down(letter: Letter) -> float:
    """Return the y of a letter's baseline after the page is turned so that the letter is upright."""
    if not letter.rotation_deg:
        return letter.y
    turn = math.radians(letter.rotation_deg)
    return letter.y * math.cos(turn) - letter.x * math.sin(turn)


def _along(letter: Letter) -> float:
    """Return the x of a letter's origin after the page is turned so that the letter is upright."""
    if not letter.rotation_deg:
        return letter.x
    turn = math.radians(letter.rotation_deg)
    return letter.x * math.cos(turn) + letter.y * math.sin(turn)


def _span(letter: Letter) -> tuple[float, float]:
    """Return the start and the end of a letter's ink along its line."""
    if not letter.rotation_deg:
        return letter.box.x, letter.box.right
    turn = math.radians(letter.rotation_deg)
    along = [x * math.cos(turn) + y * math.sin(turn) for x, y in letter.box.corners()]
    if abs(round(letter.rotation_deg)) % 90 == 0:
        return min(along), max(along)
    # At other angles the box is larger than the ink, so its width along the line is estimated.
    middle = sum(along) / 4
    half = letter.size_px * 0.3
    return middle - half, middle + half


class _Row:
    """The letters of one baseline and one size, while they are collected."""

    def __init__(self, first: Letter) -> None:
        self.letters = [first]
        self.turn, self.down, self.size = round(first.rotation_deg), _down(first), first.size_px

    def accepts(self, letter: Letter) -> bool:
        if round(letter.rotation_deg) != self.turn or not letter.size_px or not self.size:
            return False
        if not 1 / SAME_SIZE_FACTOR < letter.size_px / self.size < SAME_SIZE_FACTOR:
            return False
        return abs(_down(letter) - self.down) < SAME_BASELINE_EM * min(self.size, letter.size_px)

    def lines(self) -> Iterator[VisualLine]:
        """Yield the lines of the row, split at wide gaps."""
        line: list[Letter] = []
        line_end = -math.inf
        for letter in sorted(self.letters, key=_along):
            if letter.char.isspace():
                line.append(letter)
                continue
            start, end = _span(letter)
            if line and start - line_end > END_OF_LINE_EM * self.size:
                yield from _join(line)
                line = []
            line.append(letter)
            line_end = max(line_end, end)
        yield from _join(line)


def _join(row: Sequence[Letter]) -> Iterator[VisualLine]:
    """Join letters and spaces into a line, and yield it if it has any letters."""
    letters: list[Letter] = []
    signs: list[str] = []
    places: list[int | None] = []
    previous_end, after_space = math.inf, False
    for letter in row:
        if letter.char.isspace():
            after_space = True
            continue
        start, end = _span(letter)
        if letters and (after_space or start - previous_end > SPACE_GAP_EM * letter.size_px):
            signs.append(" ")
            places.append(None)
        for sign in plain_char(letter.char):
            signs.append(sign)
            places.append(len(letters))
        letters.append(letter)
        previous_end, after_space = end, False
    if letters:
        yield VisualLine(tuple(letters), "".join(signs), tuple(places))


@lru_cache(maxsize=4096)
def plain_char(sign: str) -> str:
    """Convert a typographic form to plain letters: a ligature to its letters, a final form to its basic letter.

    Superscript and circled digits and fractions stay as they are, because nobody dials them.
    """
    kind = unicodedata.decomposition(sign).partition(" ")[0] if len(sign) == 1 else ""
    if kind.startswith("<") and kind not in PLAIN_FORMS:
        return sign
    plain = unicodedata.normalize("NFKC", sign) or UNKNOWN_CHAR
    return sign if any(part.isdigit() for part in plain) else plain


def logical_order(line: VisualLine) -> tuple[str, tuple[int | None, ...]]:
    """Return the text of a line and its ``letter_indexes``, both in reading order.

    A line with more right-to-left than left-to-right letters is reversed. Latin words and numbers inside it keep their
    order.
    """
    kinds = [unicodedata.bidirectional(sign) for sign in line.text]
    rtl_count = sum(kind in STRONG_RTL for kind in kinds)
    if rtl_count <= sum(kind == "L" for kind in kinds):
        return line.text, line.letter_indexes
    order: list[int] = []
    ltr_run: list[int] = []
    for index in range(len(kinds) - 1, -1, -1):
        if kinds[index] in STRONG_LTR or (ltr_run and kinds[index] in ("ES", "CS", "ET", "ON")):
            ltr_run.append(index)
            continue
        order += (*reversed(ltr_run), index)
        ltr_run = []
    order += reversed(ltr_run)
    return "".join(line.text[index] for index in order), tuple(line.letter_indexes[index] for index in order)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The lines of one paragraph, from the top."""

    lines: tuple[VisualLine, ...]

    @property
    def text(self) -> str:
        """Return the paragraph's words, with a space between lines."""
        return " ".join(logical_order(line)[0] for line in self.lines)


def join_paragraphs(letters: Sequence[Letter], spaces: Sequence[Letter]) -> list[Paragraph]:
    """Return the paragraphs of a page in the order of its tags."""
    groups: dict[int, tuple[list[Letter], list[Letter]]] = {}
    for letter in letters:
        groups.setdefault(letter.group, ([], []))[0].append(letter)
    for space in spaces:
        if space.group in groups:
            groups[space.group][1].append(space)
    ordered = sorted(groups.items(), key=lambda item: (item[0] < 0, abs(item[0])))
    return [Paragraph(tuple(join_lines(*group))) for _, group in ordered]


IGNORED = frozenset({"Cf", "Cc"})
"""The Unicode categories of invisible characters: joiners, direction marks, soft hyphens."""


@dataclass(frozen=True)
class PageText:
    """The text of a page, both as lines across the whole page and as paragraphs."""

    lines: tuple[VisualLine, ...]
    paragraphs: tuple[Paragraph, ...]

    @classmethod
    def of(cls, page: FinishedPage) -> PageText:
        """Read the text of a page."""
        return cls(
            tuple(join_lines(page.letters, page.spaces)), tuple(join_paragraphs(page.letters, page.spaces))
        )

    @cached_property
    def _signs(self) -> tuple[str, tuple[Letter, ...]]:
        """Return the characters of all paragraphs without spaces, and the letter of each character."""
        signs: list[str] = []
        letters: list[Letter] = []
        for paragraph in self.paragraphs:
            for line in paragraph.lines:
                text, places = logical_order(line)
                for sign, place in zip(text, places, strict=True):
                    if place is not None and unicodedata.category(sign) not in IGNORED:
                        signs.append(sign)
                        letters.append(line.letters[place])
        return "".join(signs), tuple(letters)

    @cached_property
    def _folded(self) -> str:
        return "".join(_fold_one(sign) for sign in self._signs[0])

    def find(self, words: str, *, exact: bool) -> Iterator[tuple[Letter, ...]]:
        """Yield the letters of each occurrence of words, ignoring spaces and line ends.

        ``exact`` makes the search case-sensitive.
        """
        pattern = normalise(words)
        text, letters = self._signs
        if not exact:
            text, pattern = self._folded, "".join(_fold_one(sign) for sign in pattern)
        if not pattern:
            return
        for match in re.finditer(re.escape(pattern), text):
            yield letters[match.start() : match.end()]


def normalise(words: str) -> str:
    """Normalise words for comparison: plain letters, no spaces, no invisible characters."""
    plain = unicodedata.normalize("NFC", "".join(map(plain_char, words)))
    return "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) not in IGNORED)


def _fold_one(sign: str) -> str:
    """Return a character in lower case; unchanged if its lower case is several characters."""
    lower = sign.casefold()
    return lower if len(lower) == 1 else sign


def without_repeats(found: Sequence[Letter]) -> tuple[Letter, ...]:
    """Return letters without repeats. A ligature is one letter for two characters."""
    return tuple(dict.fromkeys(found))
