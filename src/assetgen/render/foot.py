"""The partner foot: a band of paper with the campaign's name, the partners, the national lead and the edition.

A partner without a logo file stands as a typographic lock-up of its name: two or three lines after a
leaning bar, all lock-ups of one height. A logo takes the lock-ups' height, at most 4.5 times as wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace

from assetgen.campaign.arrangement import Foot
from assetgen.plan.asset import FootMark, TypeFloor
from assetgen.render.column import SCALE_STEP
from assetgen.render.geometry import Box
from assetgen.render.lines import Line, Word, typesetter, words_of
from assetgen.render.measure import Measurer

BOLD, PLAIN, LABEL = 700, 500, 500
FOOT_TRACKING_EM = -0.005
LEADING = 1.16
# Three lines in which the lock-up is as high as one of two.
THREE_LINES = 0.615
# The bar before a lock-up, in em of the two-line size: its room, from which the words start.
BAR_EM = 0.62
GAP_EM, ROW_GAP_EM = 1.5, 1.0
LOGO_MOST_RATIO = 4.5
# A name of one line stands larger, so that its lock-up weighs as much as one of two.
ONE_LINE = 1.35
ONE_ROW = 0.72
# The foot of last resort: the page's share that it may take, and a name's lines.
BARE_SHARE, BARE_LINES = 0.5, 9
NAME_SCALE = 1.55
# The longest line of a lock-up of two lines, in em.
TWO_LINES_EM = 10.5
# Room for a name in its longest line, in em: beyond it the short name is taken.
LONGEST_LINE_EM = 17.0
# Space above the foot's words, in em of the lock-ups.
PAD = 1.15


@dataclass(frozen=True, slots=True)
class SetWords:
    """One line in the foot: its ink's left, its baseline, size and weight; role for the proofs."""

    line: Line
    x: float
    baseline: float
    size_px: float
    role: str


@dataclass(frozen=True, slots=True)
class SetMark:
    """One partner in the foot: its box, and either lines and bar or a logo."""

    mark: FootMark
    box: Box
    lines: tuple[SetWords, ...]
    bar: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SetFoot:
    """The foot on the page: the band's top, its marks, its other lines."""

    top: float
    marks: tuple[SetMark, ...]
    words: tuple[SetWords, ...]

    @property
    def bottom(self) -> float:
        """Return where its lowest ink ends."""
        lines = [line.baseline + 0.21 * line.size_px for line in self.words]
        return max([mark.box.bottom for mark in self.marks] + lines, default=self.top)


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
class _Lockup:
    """A name's lines, and the scale of their type over the lock-ups' size."""

    lines: tuple[Line, ...]
    scale: float


class FootSetter:
    """Sets the foot of one page."""

    # How many lines a name may take where nothing else fits; 0: only its usual two or three.
    most_lines = 0

    def __init__(
        self, measurer: Measurer, family: str, text: FootText, foot: Foot, *, is_print: bool
    ) -> None:
        self.text, self.foot, self.is_print = text, foot, is_print
        self.type = typesetter(measurer, family, FOOT_TRACKING_EM)
        self.cap_em = measurer.face(family, BOLD).cap_em

    def set(
        self,
        live: Box,
        page_height: float,
        short_side: float,
        marks: tuple[FootMark, ...],
    ) -> SetFoot | None:
        """Return the foot along the live area's bottom, or None where its words do not fit at a legible size."""
        found = self._try(live, page_height, short_side, marks)
        if found:
            return found
        # A name of any length stands: without the foot's other lines, in as many lines as it takes.
        bare = copy(self)
        bare.foot = replace(self.foot, imprint=False, name=False, share=max(self.foot.share, BARE_SHARE))
        bare.most_lines = BARE_LINES
        return bare._try(live, page_height, short_side, marks)

    def _try(
        self, live: Box, page_height: float, short_side: float, marks: tuple[FootMark, ...]
    ) -> SetFoot | None:
        """Return the foot with the names as full as they fit, in the largest type."""
        floor = self.text.floors["partner"]
        most = max(self.foot.most * short_side, floor.good_px)
        for names in self._names(marks):
            # One row reads as one partnership: it is worth somewhat smaller names, but never small ones.
            for least, rows in (
                (max(ONE_ROW * most, floor.good_px), 1),
                (floor.good_px, 9),
                (floor.least_px, 9),
            ):
                found = self._largest(most, least, rows, live, page_height, marks, names)
                if found:
                    return found
        return None

    def _largest(
        self,
        most: float,
        least: float,
        most_rows: int,
        live: Box,
        page_height: float,
        marks: tuple[FootMark, ...],
        names: tuple[str, ...],
    ) -> SetFoot | None:
        """Return the foot in its largest type between two sizes, in at most so many rows."""
        size = most
        while True:
            found = self._at(size, live, page_height, marks, names, most_rows)
            if found or size <= least:
                return found
            size = max(size * SCALE_STEP, least)

    def _names(self, marks: tuple[FootMark, ...]) -> list[tuple[str, ...]]:
        """Return the names to try: all in full, then those that are long in short, then all in short."""
        full = tuple(mark.name for mark in marks)
        some = tuple(mark.name if self._fits_three(mark.name) else mark.short_name for mark in marks)
        short = tuple(mark.short_name for mark in marks)
        return list(dict.fromkeys((full, some, short)))

    def _fits_three(self, name: str) -> bool:
        return self.type.break_lines(words_of((name,), (BOLD,)), LONGEST_LINE_EM, 3) is not None

    def _lockup(self, name: str, size: float, room: float) -> _Lockup:
        """Return a name's lines and their scale: two lines where they are short enough, else three, smaller."""
        words = tuple(Word(word, PLAIN) for word in name.split(" ") if word)
        small = max(THREE_LINES, self.text.floors["partner"].least_px / size)
        for count, scale, widest in ((2, 1.0, TWO_LINES_EM), (3, small, LONGEST_LINE_EM), (3, small, 60.0)):
            if len(words) < count:
                break
            broken = self.type.break_lines(words, widest, count, fewest=count)
            if broken and max(line.ink_em for line in broken) * scale * size <= room:
                return _Lockup((self._bold(broken[0].words), *broken[1:]), scale)
        whole = self._bold(words)
        if self.most_lines == 0 or whole.ink_em * ONE_LINE * size <= room:
            return _Lockup((whole,), ONE_LINE)
        widest = room / (small * size)
        pieces = tuple(Word(piece, BOLD) for word in words for piece in self._pieces(word.text, widest))
        lines = self.type.break_lines(pieces, widest, self.most_lines, few=True)
        return _Lockup(lines or (whole,), small)

    def _pieces(self, word: str, widest_em: float) -> list[str]:
        """Return a word, cut where it is wider than a line: a name without spaces still has to stand."""
        if self.type.line((Word(word, BOLD),)).ink_em <= widest_em:
            return [word]
        count = next(
            (
                n
                for n in range(len(word) - 1, 1, -1)
                if self.type.line((Word(word[:n], BOLD),)).ink_em <= widest_em
            ),
            1,
        )
        return [word[:count], *self._pieces(word[count:], widest_em)]

    def _bold(self, words: tuple[Word, ...]) -> Line:
        return self.type.line(tuple(Word(word.text, BOLD) for word in words))

    def _at(
        self,
        size: float,
        live: Box,
        page_height: float,
        marks: tuple[FootMark, ...],
        names: tuple[str, ...],
        most_rows: int,
    ) -> SetFoot | None:
        """Return the foot with lock-ups of one size, or None where it is too wide or too high."""
        lockups = [self._lockup(name, size, live.width - BAR_EM * size) for name in names]
        tallest = max((self._used(lockup, size) for lockup in lockups), default=0.0)
        height = max((LEADING + self.cap_em) * size, tallest)
        widths = [self._mark_width(m, lockup, size, height) for m, lockup in zip(marks, lockups, strict=True)]
        imprint = max(self.text.floors["imprint"].least_px, 0.5 * size)
        label = self.type.line(words_of((self.text.partnership,), (LABEL,)))
        # What stands left of the marks: the campaign's name, or else the label.
        name_width = self._name_width(size) if self.foot.name else label.ink_em * imprint
        for beside in (True, False):
            left = name_width + 2 * GAP_EM * size if beside else 0.0
            rows = self._rows(widths, live.width - left, size)
            if rows is None or len(rows) > most_rows or (beside and not self.foot.name and len(rows) > 1):
                continue
            found = self._stack(
                size, imprint, left, rows, widths, height, live, marks, lockups, beside=beside
            )
            if live.bottom - found.top <= self.foot.share * page_height:
                return found
        return None

    def _mark_width(self, mark: FootMark, lockup: _Lockup, size: float, height: float) -> float:
        if mark.logo_ratio:
            return min(mark.logo_ratio, LOGO_MOST_RATIO) * height
        return max(line.ink_em for line in lockup.lines) * size * lockup.scale + BAR_EM * size

    def _used(self, lockup: _Lockup, size: float) -> float:
        """Return a lock-up's height, from its first capitals to its last baseline."""
        return (self.cap_em + (len(lockup.lines) - 1) * LEADING) * size * lockup.scale

    def _name_width(self, size: float) -> float:
        return max(line.ink_em for line in self._name_lines()) * size * NAME_SCALE

    def _name_lines(self) -> tuple[Line, ...]:
        lines = [self.type.line(words_of((self.text.name,), (BOLD,)))]
        if self.text.place:
            lines.append(self.type.line(words_of((self.text.place,), (PLAIN,))))
        return tuple(lines)

    def _rows(self, widths: list[float], room: float, size: float) -> list[list[int]] | None:
        """Return which marks stand in which row, filled from the left; None where one is too wide."""
        rows: list[list[int]] = [[]]
        used = 0.0
        for index, width in enumerate(widths):
            if width > room:
                return None
            needed = width if not rows[-1] else used + GAP_EM * size + width
            if rows[-1] and needed > room:
                rows.append([])
                needed = width
            rows[-1].append(index)
            used = needed
        return rows

    def _stack(
        self,
        size: float,
        imprint: float,
        left: float,
        rows: list[list[int]],
        widths: list[float],
        height: float,
        live: Box,
        marks: tuple[FootMark, ...],
        lockups: list[_Lockup],
        *,
        beside: bool,
    ) -> SetFoot:
        """Return the foot built upwards from the live area's bottom: imprint, rows of marks, label, name."""
        words: list[SetWords] = []
        y = live.bottom
        if self.foot.imprint:
            words += self._imprint(live, y - 0.21 * imprint, imprint)
            y -= imprint * (0.21 + self.cap_em) + 0.9 * size
        row_step = height + ROW_GAP_EM * size
        marks_top = y - 0.21 * size - height - (len(rows) - 1) * row_step
        placed: list[SetMark] = []
        for number, row in enumerate(rows):
            x = live.x + left
            for index in row:
                box = Box(x, marks_top + number * row_step, widths[index], height)
                placed.append(self._mark(marks[index], lockups[index], box, size))
                x += widths[index] + GAP_EM * size
        label_size = imprint
        label_base = marks_top - 0.55 * label_size - 0.2 * size
        label = self.type.line(words_of((self.text.partnership,), (LABEL,)))
        if beside and not self.foot.name:
            # On the lock-ups' first baseline, so that label and names read as one line.
            words.append(SetWords(label, live.x, marks_top + self.cap_em * size, label_size, "imprint"))
            return SetFoot(marks_top - PAD * size, tuple(placed), tuple(words))
        words.append(SetWords(label, live.x + left, label_base, label_size, "imprint"))
        top = label_base - self.cap_em * label_size
        if self.foot.name:
            words += self._name(live.x, top, marks_top + height, size, beside=beside)
            if not beside:
                top = min(line.baseline - self.cap_em * line.size_px for line in words)
        return SetFoot(top - PAD * size, tuple(placed), tuple(words))

    def _name(self, x: float, top: float, bottom: float, size: float, *, beside: bool) -> list[SetWords]:
        """Return the campaign's name: beside the marks from their label's top, or above them."""
        size_px = size * NAME_SCALE
        lines = self._name_lines()
        first = top + self.cap_em * size_px
        if not beside:
            first = top - 0.9 * size - (len(lines) - 1) * LEADING * size_px
        return [
            SetWords(line, x, first + index * LEADING * size_px, size_px, "name" if index == 0 else "imprint")
            for index, line in enumerate(lines)
        ]

    def _imprint(self, live: Box, baseline: float, size: float) -> list[SetWords]:
        """Return the last line: national lead at the left, edition at the right where both fit."""
        lead = self.type.line(words_of((self.text.lead,), (LABEL,)))
        edition = self.type.line(words_of((self.text.edition,), (LABEL,)))
        widths = (lead.ink_em * size, edition.ink_em * size)
        if sum(widths) + size > live.width:
            fitting = [
                line for line, width in zip((lead, edition), widths, strict=True) if width <= live.width
            ]
            return [SetWords(line, live.x, baseline, size, "imprint") for line in fitting[:1]]
        return [
            SetWords(lead, live.x, baseline, size, "imprint"),
            SetWords(edition, live.right - widths[1], baseline, size, "imprint"),
        ]

    def _mark(self, mark: FootMark, lockup: _Lockup, box: Box, size: float) -> SetMark:
        if mark.logo_ratio:
            ratio = mark.logo_ratio
            height = min(box.height, box.width / ratio)
            return SetMark(
                mark, Box(box.x, box.y + (box.height - height) / 2, height * ratio, height), (), ()
            )
        lines, size_px = lockup.lines, size * lockup.scale
        x = box.x + BAR_EM * size
        used = self._used(lockup, size)
        first = (
            box.y + self.cap_em * size_px + max(0.0, (box.height - used) / (2 if len(lines) == 1 else 1e9))
        )
        placed = tuple(
            SetWords(line, x, first + index * LEADING * size_px, size_px, "partner")
            for index, line in enumerate(lines)
        )
        top, bottom = placed[0].baseline - self.cap_em * size_px, placed[-1].baseline
        if len(lines) == 1:
            top, bottom = box.y, box.bottom
        lean = 0.08 * size
        bar = (
            (box.x + lean, top),
            (box.x + lean + 0.11 * size, top),
            (box.x + lean + 0.11 * size, bottom),
            (box.x, bottom),
        )
        return SetMark(mark, box, placed, bar)
