"""The partners' footer, set upwards from the live area's bottom: the partners in rows, and the lines beside them.

A partner without a logo file stands as a typographic lock-up of its name: two or three lines after a
leaning bar. All lock-ups of a footer have one height, so that no partner weighs more than another. Sizes are in em of
the footer's own size of type, that of a name in two lines.

A logo is as large as its optical area and its role say (``planning/logo_placement.py``), measured against the height of
the lock-ups. Nothing enters a logo's clear space; one on a panel has it inside the panel. ``footer_band.py`` carries
what is set here to the side that the template asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assetgen.geometry import Box, Polygon
from assetgen.layout.columns import SCALE_STEP
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.line_breaking import Line, Typesetter, Word, typesetter, words_of
from assetgen.layout.parts import DESCENDER_EM, SetFoot, SetMark, SetWords
from assetgen.planning.asset import FootMark, TypeFloor
from assetgen.planning.logo_placement import keep_clear, logo_box, panel_pad
from assetgen.schema.template_file import Foot

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


FOOT_TRACKING_EM = -0.005
GAP_EM = 1.5
# One row reads as one partnership: names may get smaller by this share for it.
ONE_ROW = 0.72
# The foot of last resort: the page's share that it may take, and a name's lines.
BARE_SHARE, BARE_LINES = 0.5, 9
# The campaign's name, and the imprint, in em of the lock-ups; spaces likewise.
NAME_EM, IMPRINT_EM = 1.55, 0.5
PAD_EM, NAME_GAP_EM, IMPRINT_GAP_EM, LABEL_GAP_EM = 1.15, 0.9, 0.9, 0.2
# Under the label its descenders need more than a baseline's usual room, in em of its own size.
LABEL_DESCENT_EM = 0.55


@dataclass(frozen=True, slots=True)
class FootText:
    """The foot's words and floors. ``place`` is the campaign's second line (its area or edition's name)."""

    name: str
    place: str
    partnership: str
    lead: str
    edition: str
    floors: Mapping[str, TypeFloor]


@dataclass(frozen=True, slots=True)
class _Try:
    """One way to set the foot: the size of the lock-ups, their common height, what stands where. Lengths in px.

    ``left`` is where the rows begin, from the live area's left; ``beside`` whether the campaign's name, or
    the label where the name is left out, stands left of them, else above.
    """

    size: float
    height: float
    imprint_size: float
    left: float
    beside: bool
    rows: Rows
    lockups: tuple[Lockup, ...]


@dataclass(frozen=True, slots=True)
class FootSetter:
    """Sets the foot of one page. ``live`` is its live area; ``page_height``, ``short_side`` are CSS px.

    ``most_lines``: how many lines a name may take where nothing else fits; 0: its usual two or three.
    """

    measurer: Measurer
    family: str
    text: FootText
    foot: Foot
    live: Box
    page_height: float
    short_side: float
    most_lines: int = 0

    @property
    def type(self) -> Typesetter:
        """Return the typesetter of the foot's words."""
        return typesetter(self.measurer, self.family, FOOT_TRACKING_EM)

    @property
    def cap_em(self) -> float:
        """Return the height of a capital over the size of type."""
        return self.measurer.face(self.family, BOLD).cap_em

    def set(self, marks: tuple[FootMark, ...]) -> SetFoot | None:
        """Return the foot along the live area's bottom, or None where its words do not fit at a legible size."""
        found = self._fullest(marks)
        if found:
            return found
        # The last resort: a name of any length stands, in as many lines as it takes, without the other lines.
        share = max(self.foot.max_share, BARE_SHARE)
        bare = self.foot.model_copy(update={"imprint": False, "name": False, "max_share": share})
        found = replace(self, foot=bare, most_lines=BARE_LINES)._fullest(marks)
        return replace(found, is_whole=False) if found and self.foot.imprint else found

    def _fullest(self, marks: tuple[FootMark, ...]) -> SetFoot | None:
        """Return the foot with the names as full as they fit, in the largest type."""
        floor = self.text.floors["partner"]
        most = max(self.foot.max_size * self.short_side, floor.good_px)
        ways = ((max(ONE_ROW * most, floor.good_px), 1), (floor.good_px, 9), (floor.least_px, 9))
        for names in self._names(marks):
            for least, most_rows in ways:
                found = self._largest(most, least, most_rows, marks, names)
                if found:
                    return found
        return None

    def _names(self, marks: tuple[FootMark, ...]) -> list[tuple[str, ...]]:
        """Return the names to try: all in full, then those that are long in short, then all in short."""
        fits = LockupSetter(self.type, 0.0).fits_three
        full = tuple(mark.name for mark in marks)
        some = tuple(mark.name if fits(mark.name) else mark.short_name for mark in marks)
        short = tuple(mark.short_name for mark in marks)
        return list(dict.fromkeys((full, some, short)))

    def _largest(
        self,
        most: float,
        least: float,
        most_rows: int,
        marks: tuple[FootMark, ...],
        names: tuple[str, ...],
    ) -> SetFoot | None:
        """Return the foot in its largest type between two sizes, in at most so many rows."""
        size = most
        while True:
            for way in self._ways(size, marks, names):
                if len(way.rows) > most_rows:
                    continue
                found = self._stack(way, marks)
                if self.live.bottom - found.top <= self.foot.max_share * self.page_height:
                    return found
            if size <= least:
                return None
            size = max(size * SCALE_STEP, least)

    def _ways(self, size: float, marks: tuple[FootMark, ...], names: tuple[str, ...]) -> Iterator[_Try]:
        """Yield the ways to set lock-ups of one size that are not too wide: beside the campaign's name, below it."""
        setter = LockupSetter(self.type, self.text.floors["partner"].least_px, self.most_lines)
        room = self.live.width - BAR_EM * size
        lockups = tuple(setter.set(name, size, room) for name in names)
        tall = [lockup for mark, lockup in zip(marks, lockups, strict=True) if not mark.logo_ratio]
        tallest = max((lockup.height_em(self.cap_em) * size for lockup in tall), default=0.0)
        height = max((LEADING + self.cap_em) * size, tallest)
        slots = tuple(
            slot_of(mark, lockup, size, height) for mark, lockup in zip(marks, lockups, strict=True)
        )
        imprint = max(self.text.floors["imprint"].least_px, IMPRINT_EM * size)
        leader = self._name_width(size) if self.foot.name else self._label().ink_em * imprint
        clear = max((slot.clear for slot in slots), default=0.0)
        # Names that are spread have the measure to themselves, and gaps of one width: the label is their heading.
        gap = max(GAP_EM * size, clear) if self.foot.distribute else GAP_EM * size
        for beside in (False,) if self.foot.distribute and not self.foot.name else (True, False):
            left = leader + max(2 * GAP_EM * size, clear) if beside else 0.0
            room = self.live.width - left
            filled = fill_rows(slots, room, gap)
            rows = balanced(filled, slots, room, gap) if filled and self.foot.distribute else filled
            # The label leads one row; above several it is their heading.
            if rows is not None and (self.foot.name or not beside or len(rows) == 1):
                yield _Try(size, height, imprint, left, beside, Rows(slots, rows, gap, size, height), lockups)

    def _label(self) -> Line:
        return self.type.line(words_of((self.text.partnership,), (PLAIN,)))

    def _name_width(self, size: float) -> float:
        return max(line.ink_em for line in self._name_lines()) * size * NAME_EM

    def _name_lines(self) -> tuple[Line, ...]:
        lines = [self.type.line(words_of((self.text.name,), (BOLD,)))]
        if self.text.place:
            lines.append(self.type.line(words_of((self.text.place,), (PLAIN,))))
        return tuple(lines)

    def _stack(self, way: _Try, marks: tuple[FootMark, ...]) -> SetFoot:
        """Return the foot built upwards from the live area's bottom: imprint, rows of marks, label, name."""
        size, small = way.size, way.imprint_size
        words: list[SetWords] = []
        y = self.live.bottom
        if self.foot.imprint:
            words += self._imprint(y - DESCENDER_EM * small, small)
            y -= small * (DESCENDER_EM + self.cap_em) + IMPRINT_GAP_EM * size
        marks_top = y - DESCENDER_EM * size - way.rows.height
        placed = [
            self._mark(marks[index], way.lockups[index], box, way.rows.slots[index], size)
            for index, box in way.rows.boxes(self.live.x + way.left, marks_top)
        ]
        is_whole = len(words) == 2 or not self.foot.imprint
        if way.beside and not self.foot.name:
            # On the lock-ups' first baseline, so that label and names read as one line.
            label_base = marks_top + (way.rows.height - way.height) / 2 + self.cap_em * size
            words.append(SetWords(self._label(), self.live.x, label_base, small, "imprint"))
            return SetFoot(marks_top - PAD_EM * size, tuple(placed), tuple(words), is_whole)
        label_base = marks_top - LABEL_DESCENT_EM * small - LABEL_GAP_EM * size
        words.append(SetWords(self._label(), self.live.x + way.left, label_base, small, "imprint"))
        top = label_base - self.cap_em * small
        if self.foot.name:
            words += self._name(top, size, beside=way.beside)
            if not way.beside:
                top = min(line.baseline - self.cap_em * line.size_px for line in words)
        return SetFoot(top - PAD_EM * size, tuple(placed), tuple(words), is_whole)

    def _name(self, top: float, size: float, *, beside: bool) -> list[SetWords]:
        """Return the campaign's name: beside the marks from their label's top, or above them."""
        size_px = size * NAME_EM
        lines = self._name_lines()
        first = top + self.cap_em * size_px
        if not beside:
            first = top - NAME_GAP_EM * size - (len(lines) - 1) * LEADING * size_px
        return [
            SetWords(
                line,
                self.live.x,
                first + index * LEADING * size_px,
                size_px,
                "name" if index == 0 else "imprint",
            )
            for index, line in enumerate(lines)
        ]

    def _imprint(self, baseline: float, size: float) -> list[SetWords]:
        """Return the last line: national lead at the left, edition at the right; where both do not fit, one."""
        lead = self.type.line(words_of((self.text.lead,), (PLAIN,)))
        edition = self.type.line(words_of((self.text.edition,), (PLAIN,)))
        room = self.live.width
        if (lead.ink_em + edition.ink_em + 1) * size > room:
            fitting = [line for line in (lead, edition) if line.ink_em * size <= room]
            return [SetWords(line, self.live.x, baseline, size, "imprint") for line in fitting[:1]]
        right = self.live.right - edition.ink_em * size
        return [
            SetWords(lead, self.live.x, baseline, size, "imprint"),
            SetWords(edition, right, baseline, size, "imprint"),
        ]

    def _mark(self, mark: FootMark, lockup: Lockup, box: Box, slot: Slot, size: float) -> SetMark:
        """Return one partner in its slot's box: the logo, with its panel if it has one, or the lock-up."""
        if mark.logo_ratio:
            return SetMark(mark, mark.alt, slot.inner(box), (), (), box if slot.pad else None)
        lines, size_px = lockup.lines, size * lockup.scale
        spare = box.height - lockup.height_em(self.cap_em) * size
        first = box.y + self.cap_em * size_px
        if len(lines) == 1:
            first += max(0.0, spare / 2)
        set_lines = tuple(
            SetWords(line, box.x + BAR_EM * size, first + index * LEADING * size_px, size_px, "partner")
            for index, line in enumerate(lines)
        )
        top, bottom = set_lines[0].baseline - self.cap_em * size_px, set_lines[-1].baseline
        if len(lines) == 1:
            top, bottom = box.y, box.bottom
        return SetMark(mark, lockup.name, box, set_lines, leaning_bar(box, top, bottom, size))
