"""The footer's rows: partners' logos, or their names as typographic lock-ups.

All lock-ups of a foot have one height, so that no partner weighs more than another. Sizes are in em of the
foot's own size of type, that of a name in two lines.

A logo is as large as its optical area and its role say (plan/logos.py), a name's lock-up as high as all others.
Nothing enters a logo's clear space; one on a panel has it inside the panel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetgen.geometry import Box, Polygon
from assetgen.layout.line_breaking import Line, Typesetter, Word, words_of
from assetgen.planning.asset import FootMark
from assetgen.planning.logo_placement import keep_clear, logo_box, panel_pad

BOLD, PLAIN = 700, 500
LEADING = 1.16
# Three lines in which a lock-up is as high as one of two; a name of one line stands larger.
THREE_LINES, ONE_LINE = 0.615, 1.35
# The bar before the words: its room, its width, how far its top leans to the right.
BAR_EM, BAR_WIDTH_EM, BAR_LEAN_EM = 0.62, 0.11, 0.08
# The longest line of two, and of three: beyond it the short name is taken.
TWO_LINES_EM, THREE_LINES_EM = 10.5, 17.0
# Room enough for any name: three long lines are better than a name cut short.
ANY_EM = 60.0


@dataclass(frozen=True, slots=True)
class Lockup:
    """A name's lines, and the scale of their type over the foot's size."""

    name: str
    lines: tuple[Line, ...]
    scale: float

    @property
    def width_em(self) -> float:
        """Return its width in em of the foot's size, the bar's room included."""
        return max(line.ink_em for line in self.lines) * self.scale + BAR_EM

    def height_em(self, cap_em: float) -> float:
        """Return its height, from its first capitals to its last baseline, in em of the foot's size."""
        return (cap_em + (len(self.lines) - 1) * LEADING) * self.scale


class LockupSetter:
    """Breaks names into lock-ups.

    ``least_px`` is the least size of a name's type; ``most_lines`` how many lines it may take where nothing
    else fits, 0 for its usual two or three.
    """

    def __init__(self, type_: Typesetter, least_px: float, most_lines: int = 0) -> None:
        self.type, self.least_px, self.most_lines = type_, least_px, most_lines

    def fits_three(self, name: str) -> bool:
        """Say whether a name stands well in three lines."""
        return self.type.break_lines(words_of((name,), (BOLD,)), THREE_LINES_EM, 3) is not None

    def set(self, name: str, size_px: float, room_px: float) -> Lockup:
        """Return a name's lock-up: two lines where they are short enough, else three, smaller, else one."""
        words = tuple(Word(word, PLAIN) for word in name.split(" ") if word)
        small = max(THREE_LINES, self.least_px / size_px)
        ways = ((2, 1.0, TWO_LINES_EM), (3, small, THREE_LINES_EM), (3, small, ANY_EM))
        for count, scale, widest_em in ways:
            if len(words) < count:
                break
            broken = self.type.break_lines(words, widest_em, count, fewest=count)
            if broken and max(line.ink_em for line in broken) * scale * size_px <= room_px:
                return Lockup(name, (self._bold(broken[0].words), *broken[1:]), scale)
        whole = self._bold(words)
        if self.most_lines == 0 or whole.ink_em * ONE_LINE * size_px <= room_px:
            return Lockup(name, (whole,), ONE_LINE)
        widest_em = room_px / (small * size_px)
        pieces = tuple(Word(piece, BOLD) for word in words for piece in self._pieces(word.text, widest_em))
        lines = self.type.break_lines(pieces, widest_em, self.most_lines, few=True)
        return Lockup(name, lines or (whole,), small)

    def _pieces(self, word: str, widest_em: float) -> list[str]:
        """Return a word, cut where it is wider than a line: a name without spaces still has to stand."""
        if self._fits(word, widest_em):
            return [word]
        count = next((n for n in range(len(word) - 1, 1, -1) if self._fits(word[:n], widest_em)), 1)
        return [word[:count], *self._pieces(word[count:], widest_em)]

    def _fits(self, word: str, widest_em: float) -> bool:
        return self.type.line((Word(word, BOLD),)).ink_em <= widest_em

    def _bold(self, words: tuple[Word, ...]) -> Line:
        return self.type.line(tuple(Word(word.text, BOLD) for word in words))


def leaning_bar(box: Box, top: float, bottom: float, size_px: float) -> Polygon:
    """Return the bar at a lock-up's left between two heights of the page, in CSS px."""
    lean, width = BAR_LEAN_EM * size_px, BAR_WIDTH_EM * size_px
    return (
        (box.x + lean, top),
        (box.x + lean + width, top),
        (box.x + lean + width, bottom),
        (box.x, bottom),
    )


ROW_GAP_EM = 1.0
# Above and below a row stands at least this much space already, in em of the lock-ups.
NEAR_EM = 0.3
# Words keep this share of a logo's height away from it, whether it asks for it or not.
LOGO_AIR = 0.22


@dataclass(frozen=True, slots=True)
class Slot:
    """The room of one partner in a row, CSS px: its panel included, its clear space beyond it not.

    ``air`` is what stays empty above and below it.
    """

    width: float
    height: float
    clear: float = 0.0
    pad: float = 0.0
    air: float = 0.0

    def inner(self, box: Box) -> Box:
        """Return where the logo or name stands in its slot."""
        return box.grown(-self.pad)


def slot_of(mark: FootMark, lockup: Lockup, size: float, height: float) -> Slot:
    """Return the slot of a partner beside lock-ups of one size of type and one height, CSS px."""
    if not mark.logo_ratio:
        return Slot(lockup.width_em * size, height)
    wide, high = logo_box(mark, height)
    pad = panel_pad(mark, high)
    clear = 0.0 if mark.look.panel else keep_clear(mark, high)
    return Slot(wide + 2 * pad, high + 2 * pad, clear, pad, max(clear, LOGO_AIR * high))


@dataclass(frozen=True, slots=True)
class Rows:
    """Slots in rows from the left. CSS px.

    ``gap`` is the least space between two, ``size`` the lock-ups' type, ``least`` the least height of a row.
    """

    slots: tuple[Slot, ...]
    rows: tuple[tuple[int, ...], ...]
    gap: float
    size: float
    least: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)

    def row_height(self, row: Sequence[int]) -> float:
        """Return a row's height: of its highest slot, with the air that is not there anyway."""
        near = NEAR_EM * self.size
        needed = (slot.height + 2 * max(0.0, slot.air - near) for slot in (self.slots[i] for i in row))
        return max(self.least, *needed)

    @property
    def height(self) -> float:
        """Return the height of all rows with the space between them."""
        return sum(map(self.row_height, self.rows)) + (len(self.rows) - 1) * ROW_GAP_EM * self.size

    def boxes(self, x: float, top: float) -> list[tuple[int, Box]]:
        """Return each slot's number and its box, with the rows from a left and a top; slots stand on one axis."""
        placed = []
        for row in self.rows:
            height, left = self.row_height(row), x
            for place, index in enumerate(row):
                slot = self.slots[index]
                if place:
                    left += gap_between(self.slots[row[place - 1]], slot, self.gap)
                placed.append((index, Box(left, top + (height - slot.height) / 2, slot.width, slot.height)))
                left += slot.width
            top += height + ROW_GAP_EM * self.size
        return placed


def gap_between(one: Slot, other: Slot, gap: float) -> float:
    """Return the space between two neighbours: the usual gap, or the clear space that one of them asks for."""
    return max(gap, one.clear, other.clear)


def fill_rows(slots: Sequence[Slot], room: float, gap: float) -> tuple[tuple[int, ...], ...] | None:
    """Return which of these slots stand in which row, filled from the left; None where one is too wide."""
    rows: list[list[int]] = [[]]
    used = 0.0
    for index, slot in enumerate(slots):
        if slot.width > room:
            return None
        needed = slot.width
        if rows[-1]:
            needed = used + gap_between(slots[rows[-1][-1]], slot, gap) + slot.width
        if needed > room:
            rows.append([])
            needed = slot.width
        rows[-1].append(index)
        used = needed
    return tuple(tuple(row) for row in rows)


def balanced(
    rows: tuple[tuple[int, ...], ...], slots: Sequence[Slot], room: float, gap: float
) -> tuple[tuple[int, ...], ...]:
    """Return three slots over one as two over two, where two columns of them are not too wide."""
    if [len(row) for row in rows] != [3, 1]:
        return rows
    (first, second, third), (last,) = rows
    columns = [max(slots[one].width, slots[other].width) for one, other in ((first, third), (second, last))]
    return ((first, second), (third, last)) if sum(columns) + gap <= room else rows
