"""The partner foot: a band of paper with the campaign's name, the partners, the national lead and the edition.

A partner without a logo file stands as a typographic lock-up of its name: two or three lines after a
leaning bar, all lock-ups of one height. Logos are measured against that height (foot_rows.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from assetgen.geometry import Box, Polygon
from assetgen.layout.columns import SCALE_STEP
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.footer_rows import (
    BAR_EM,
    BOLD,
    LEADING,
    PLAIN,
    Lockup,
    LockupSetter,
    Rows,
    Slot,
    balanced,
    fill_rows,
    leaning_bar,
    slot_of,
)
from assetgen.layout.line_breaking import Line, Typesetter, typesetter, words_of
from assetgen.layout.parts import DESCENDER_EM
from assetgen.loading.templates.layouts import Foot
from assetgen.planning.asset import FootMark, TypeFloor
from assetgen.planning.logo_placement import keep_clear

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
class SetWords:
    """One line in the foot: its ink's left, its baseline, size and weight; role for the proofs."""

    line: Line
    x: float
    baseline: float
    size_px: float
    role: str

    def moved(self, dx: float, dy: float) -> SetWords:
        """Return the line somewhere else."""
        return replace(self, x=self.x + dx, baseline=self.baseline + dy)


@dataclass(frozen=True, slots=True)
class SetMark:
    """One partner in the foot: its box, and either a name's lines and bar or a logo, which may have a panel.

    ``name`` is the name as it stands: in full or short, or the logo's alt text.
    """

    mark: FootMark
    name: str
    box: Box
    lines: tuple[SetWords, ...]
    bar: Polygon
    panel: Box | None = None

    @property
    def extent(self) -> Box:
        """Return the box of all that is drawn of it, its panel included."""
        return self.panel or self.box

    @property
    def clear(self) -> float:
        """Return the space in CSS px round its extent that nothing enters."""
        return 0.0 if self.panel else keep_clear(self.mark, self.box.height)

    def moved(self, dx: float, dy: float) -> SetMark:
        """Return the partner somewhere else."""
        lines = tuple(line.moved(dx, dy) for line in self.lines)
        bar = tuple((x + dx, y + dy) for x, y in self.bar)
        panel = self.panel.moved(dx, dy) if self.panel else None
        return replace(self, box=self.box.moved(dx, dy), lines=lines, bar=bar, panel=panel)


@dataclass(frozen=True, slots=True)
class SetFoot:
    """The foot on the page: the band's top, its marks, its other lines; ``is_whole`` with all that it should say."""

    top: float
    marks: tuple[SetMark, ...]
    words: tuple[SetWords, ...]
    is_whole: bool

    @property
    def bottom(self) -> float:
        """Return where its lowest ink ends."""
        lines = [line.baseline + DESCENDER_EM * line.size_px for line in self.words]
        return max([mark.extent.bottom for mark in self.marks] + lines, default=self.top)

    def moved(self, dx: float, dy: float) -> SetFoot:
        """Return the foot, with all that stands in it, somewhere else."""
        marks = tuple(mark.moved(dx, dy) for mark in self.marks)
        words = tuple(line.moved(dx, dy) for line in self.words)
        return replace(self, top=self.top + dy, marks=marks, words=words)


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
        share = max(self.foot.share, BARE_SHARE)
        bare = replace(self.foot, imprint=False, name=False, share=share)
        found = replace(self, foot=bare, most_lines=BARE_LINES)._fullest(marks)
        return replace(found, is_whole=False) if found and self.foot.imprint else found

    def _fullest(self, marks: tuple[FootMark, ...]) -> SetFoot | None:
        """Return the foot with the names as full as they fit, in the largest type."""
        floor = self.text.floors["partner"]
        most = max(self.foot.most * self.short_side, floor.good_px)
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
                if self.live.bottom - found.top <= self.foot.share * self.page_height:
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
        gap = max(GAP_EM * size, clear) if self.foot.even else GAP_EM * size
        for beside in (False,) if self.foot.even and not self.foot.name else (True, False):
            left = leader + max(2 * GAP_EM * size, clear) if beside else 0.0
            room = self.live.width - left
            filled = fill_rows(slots, room, gap)
            rows = balanced(filled, slots, room, gap) if filled and self.foot.even else filled
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
