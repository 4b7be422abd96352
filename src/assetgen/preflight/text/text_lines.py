"""Letters joined into lines and paragraphs, and the page's words without spaces.

Order comes from geometry alone: where PDFium or the file puts a letter in its text says nothing of where a
reader meets it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assetgen.geometry import Box, around
from assetgen.preflight.pdf.finished_page import UNKNOWN, FinishedPage, Letter

# Letters stand in one line whose baselines differ by less than this, in em, and whose sizes by less than that.
SAME_BASELINE_EM = 0.25
SAME_SIZE = 1.2
# A wider gap ends a line: two columns are no sentence.
END_OF_LINE_EM = 2.2
# A gap in the ink that reads as a space although no space is in the file: figures of one width have up to 0.3.
GAP_EM = 0.38
# Unicode's kinds of compatible forms that are read as the letters that they stand for.
PLAIN_FORMS = frozenset({"<compat>", "<initial>", "<medial>", "<final>", "<isolated>", "<noBreak>"})
STRONG_RTL = frozenset({"R", "AL"})
STRONG_LTR = frozenset({"L", "EN", "AN"})


@dataclass(frozen=True, slots=True)
class EyeLine:
    """A line as it is seen, left to right. ``text`` has one sign for each of ``places``: the letter's index
    in ``letters``, or None for a space."""

    letters: tuple[Letter, ...]
    text: str
    places: tuple[int | None, ...]

    @property
    def box(self) -> Box:
        """Return the box of the line's ink."""
        return around([letter.box for letter in self.letters])

    @property
    def size_px(self) -> float:
        """Return the size of the line's type."""
        return max(letter.size_px for letter in self.letters)

    def between(self, start: int, end: int) -> tuple[Letter, ...]:
        """Return the letters of a stretch of the text."""
        return tuple(self.letters[place] for place in self.places[start:end] if place is not None)


def eye_lines(letters: Iterable[Letter], spaces: Iterable[Letter] = ()) -> list[EyeLine]:
    """Return the lines of a page, from the top; spaces say where words part."""
    rows: list[_Row] = []
    for letter in sorted((*letters, *spaces), key=lambda one: (round(one.turn_deg), _down(one))):
        row = next((row for row in reversed(rows[-24:]) if row.holds(letter)), None)
        if row is None:
            rows.append(_Row(letter))
        else:
            row.letters.append(letter)
    lines = [line for row in rows for line in row.lines()]
    return sorted(lines, key=lambda line: (round(line.letters[0].turn_deg), _down(line.letters[0])))


def _down(letter: Letter) -> float:
    """Return how far down its page a letter's baseline lies, the page turned so that the letter is upright."""
    if not letter.turn_deg:
        return letter.y
    turn = math.radians(letter.turn_deg)
    return letter.y * math.cos(turn) - letter.x * math.sin(turn)


def _along(letter: Letter) -> float:
    """Return how far along its line a letter's origin lies."""
    if not letter.turn_deg:
        return letter.x
    turn = math.radians(letter.turn_deg)
    return letter.x * math.cos(turn) + letter.y * math.sin(turn)


def _span(letter: Letter) -> tuple[float, float]:
    """Return where a letter's ink begins and ends along its line."""
    if not letter.turn_deg:
        return letter.box.x, letter.box.right
    turn = math.radians(letter.turn_deg)
    along = [x * math.cos(turn) + y * math.sin(turn) for x, y in letter.box.corners()]
    if abs(round(letter.turn_deg)) % 90 == 0:
        return min(along), max(along)
    # The box of slanted ink is wider than the ink: its share along the line is what counts.
    middle = sum(along) / 4
    half = letter.size_px * 0.3
    return middle - half, middle + half


class _Row:
    """Letters on one baseline, of one size, while they are gathered."""

    def __init__(self, first: Letter) -> None:
        self.letters = [first]
        self.turn, self.down, self.size = round(first.turn_deg), _down(first), first.size_px

    def holds(self, letter: Letter) -> bool:
        if round(letter.turn_deg) != self.turn or not letter.size_px or not self.size:
            return False
        if not 1 / SAME_SIZE < letter.size_px / self.size < SAME_SIZE:
            return False
        return abs(_down(letter) - self.down) < SAME_BASELINE_EM * min(self.size, letter.size_px)

    def lines(self) -> Iterator[EyeLine]:
        """Yield the lines of the row, cut where a gap is too wide for one."""
        line: list[Letter] = []
        reach = -math.inf
        for letter in sorted(self.letters, key=_along):
            if letter.sign.isspace():
                line.append(letter)
                continue
            start, end = _span(letter)
            if line and start - reach > END_OF_LINE_EM * self.size:
                yield from _line(line)
                line = []
            line.append(letter)
            reach = max(reach, end)
        yield from _line(line)


def _line(row: Sequence[Letter]) -> Iterator[EyeLine]:
    """Yield the line that these letters and spaces make, if there is a letter among them."""
    letters: list[Letter] = []
    signs: list[str] = []
    places: list[int | None] = []
    reach, parted = math.inf, False
    for letter in row:
        if letter.sign.isspace():
            parted = True
            continue
        start, end = _span(letter)
        if letters and (parted or start - reach > GAP_EM * letter.size_px):
            signs.append(" ")
            places.append(None)
        for sign in plain_sign(letter.sign):
            signs.append(sign)
            places.append(len(letters))
        letters.append(letter)
        reach, parted = end, False
    if letters:
        yield EyeLine(tuple(letters), "".join(signs), tuple(places))


@lru_cache(maxsize=4096)
def plain_sign(sign: str) -> str:
    """Return a sign without its typographer's form: a ligature as its letters, a final form as its letter.

    A raised, circled or broken figure stays what it is: nobody dials it. A mirrored letter is unknown.
    """
    kind = unicodedata.decomposition(sign).partition(" ")[0] if len(sign) == 1 else ""
    if kind.startswith("<") and kind not in PLAIN_FORMS:
        return sign
    plain = unicodedata.normalize("NFKC", sign) or UNKNOWN
    return sign if any(part.isdigit() for part in plain) else plain


def logical(line: EyeLine) -> tuple[str, tuple[int | None, ...]]:
    """Return a line's text and places in the order in which it is read: right to left where its letters are.

    Latin words and figures inside a line from right to left keep their own order.
    """
    kinds = [unicodedata.bidirectional(sign) for sign in line.text]
    to_left = sum(kind in STRONG_RTL for kind in kinds)
    if to_left <= sum(kind == "L" for kind in kinds):
        return line.text, line.places
    order: list[int] = []
    stretch: list[int] = []
    for index in range(len(kinds) - 1, -1, -1):
        if kinds[index] in STRONG_LTR or (stretch and kinds[index] in ("ES", "CS", "ET", "ON")):
            stretch.append(index)
            continue
        order += (*reversed(stretch), index)
        stretch = []
    order += reversed(stretch)
    return "".join(line.text[at] for at in order), tuple(line.places[at] for at in order)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The lines of one paragraph, from the top."""

    lines: tuple[EyeLine, ...]

    @property
    def text(self) -> str:
        """Return the paragraph's words, lines parted by a space."""
        return " ".join(logical(line)[0] for line in self.lines)


def paragraphs(letters: Sequence[Letter], spaces: Sequence[Letter]) -> list[Paragraph]:
    """Return the paragraphs of a page in the order of its structure."""
    groups: dict[int, tuple[list[Letter], list[Letter]]] = {}
    for letter in letters:
        groups.setdefault(letter.group, ([], []))[0].append(letter)
    for space in spaces:
        if space.group in groups:
            groups[space.group][1].append(space)
    ordered = sorted(groups.items(), key=lambda item: (item[0] < 0, abs(item[0])))
    return [Paragraph(tuple(eye_lines(*group))) for _, group in ordered]


IGNORED = frozenset({"Cf", "Cc"})
"""Categories of signs that nobody sees: joiners, marks of direction, soft hyphens."""


@dataclass(frozen=True)
class Reading:
    """What a page says: as lines across the whole page, and by paragraphs."""

    lines: tuple[EyeLine, ...]
    paragraphs: tuple[Paragraph, ...]

    @classmethod
    def of(cls, page: FinishedPage) -> Reading:
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
