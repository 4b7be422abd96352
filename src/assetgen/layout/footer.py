"""Lay out the partners' footer along the live area's bottom: rows of partners, and the lines beside them.

A partner without a logo file gets a typographic lock-up of its name: two or three lines after a leaning bar. All
lock-ups of a footer have the same height, so that no partner is more prominent than the others. Sizes in em refer to
the footer's type size, which is that of a name in two lines.

The size of a logo comes from its optical area and its role (``planning/logo_placement.py``), relative to the height of
the lock-ups. The clear space of a logo stays empty. A logo on a panel has its clear space inside the panel.
``footer_band.py`` moves the footer to the side that the template uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assetgen.geometry import Box, Polygon
from assetgen.layout.columns import SCALE_STEP
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.line_breaking import Line, Typesetter, Word, get_typesetter, split_words
from assetgen.layout.parts import DESCENDER_EM, PlacedFooter, PlacedFooterLine, PlacedPartner
from assetgen.planning.asset import FooterPartner, TypeSizeLimits
from assetgen.planning.logo_placement import logo_box, logo_clearance, panel_padding
from assetgen.schema.template_file import FooterStyle

BOLD, PLAIN = 700, 500
LEADING = 1.16
# The type scale of a name in three lines, which makes it as high as one in two lines, and of a name in one line.
THREE_LINES_SCALE, ONE_LINE_SCALE = 0.615, 1.35
# The bar before the words: the space it takes, its width, and how far its top leans to the right.
BAR_EM, BAR_WIDTH_EM, BAR_LEAN_EM = 0.62, 0.11, 0.08
# The longest line of a name in two lines, and in three. A longer name is replaced by the short name.
TWO_LINES_EM, THREE_LINES_EM = 10.5, 17.0
# Wide enough for any name: three long lines are better than a shortened name.
ANY_EM = 60.0


@dataclass(frozen=True, slots=True)
class Lockup:
    """The lines of a name. ``scale`` is their type size divided by the footer's type size."""

    name: str
    lines: tuple[Line, ...]
    scale: float

    @property
    def width_em(self) -> float:
        """Return the width in em of the footer's type size, including the space for the bar."""
        return max(line.ink_em for line in self.lines) * self.scale + BAR_EM

    def height_em(self, cap_em: float) -> float:
        """Return the height from the top of the capitals to the last baseline, in em of the footer's type size."""
        return (cap_em + (len(self.lines) - 1) * LEADING) * self.scale


class LockupLayout:
    """Breaks names into lock-ups.

    ``min_px`` is the minimum type size of a name. ``max_lines`` is the maximum number of lines as a last resort; 0
    allows only the usual one to three.
    """

    def __init__(self, type_: Typesetter, min_px: float, max_lines: int = 0) -> None:
        self.type, self.min_px, self.max_lines = type_, min_px, max_lines

    def fits_three(self, name: str) -> bool:
        """Say whether a name fits well in three lines."""
        return self.type.break_lines(split_words((name,), (BOLD,)), THREE_LINES_EM, 3) is not None

    def lay_out(self, name: str, size_px: float, room_px: float) -> Lockup:
        """Return the lock-up of a name: two lines if they are short enough, else three smaller lines, else one.

        ``size_px`` is the footer's type size, ``room_px`` the available width.
        """
        words = tuple(Word(word, PLAIN) for word in name.split(" ") if word)
        small_scale = max(THREE_LINES_SCALE, self.min_px / size_px)
        options = ((2, 1.0, TWO_LINES_EM), (3, small_scale, THREE_LINES_EM), (3, small_scale, ANY_EM))
        for count, scale, max_width_em in options:
            if len(words) < count:
                break
            broken = self.type.break_lines(words, max_width_em, count, min_lines=count)
            if broken and max(line.ink_em for line in broken) * scale * size_px <= room_px:
                return Lockup(name, (self._bold(broken[0].words), *broken[1:]), scale)
        one_line = self._bold(words)
        if self.max_lines == 0 or one_line.ink_em * ONE_LINE_SCALE * size_px <= room_px:
            return Lockup(name, (one_line,), ONE_LINE_SCALE)
        max_width_em = room_px / (small_scale * size_px)
        pieces = tuple(Word(piece, BOLD) for word in words for piece in self._pieces(word.text, max_width_em))
        lines = self.type.break_lines(pieces, max_width_em, self.max_lines, prefer_few_lines=True)
        return Lockup(name, lines or (one_line,), small_scale)

    def _pieces(self, word: str, max_width_em: float) -> list[str]:
        """Split a word that is wider than a line, so that even a long name without spaces fits."""
        if self._fits(word, max_width_em):
            return [word]
        count = next((n for n in range(len(word) - 1, 1, -1) if self._fits(word[:n], max_width_em)), 1)
        return [word[:count], *self._pieces(word[count:], max_width_em)]

    def _fits(self, word: str, max_width_em: float) -> bool:
        return self.type.line((Word(word, BOLD),)).ink_em <= max_width_em

    def _bold(self, words: tuple[Word, ...]) -> Line:
        return self.type.line(tuple(Word(word.text, BOLD) for word in words))


def leaning_bar(box: Box, top: float, bottom: float, size_px: float) -> Polygon:
    """Return the leaning bar at the left of a lock-up, from y ``top`` to y ``bottom``, in CSS px."""
    lean, width = BAR_LEAN_EM * size_px, BAR_WIDTH_EM * size_px
    return (
        (box.x + lean, top),
        (box.x + lean + width, top),
        (box.x + lean + width, bottom),
        (box.x, bottom),
    )


ROW_GAP_EM = 1.0
# The space above and below a row that exists anyway, in em of the lock-ups.
EXISTING_SPACE_EM = 0.3
# The minimum space above and below a logo, as a share of its height.
MIN_LOGO_AIR_SHARE = 0.22


@dataclass(frozen=True, slots=True)
class PartnerSlot:
    """The space of one partner in a row, in CSS px.

    ``width`` and ``height`` include the panel, but not the clear space. ``clear`` is the clear space at the sides,
    ``air`` the empty space above and below, ``pad`` the space between a logo and the edge of its panel.
    """

    width: float
    height: float
    clear: float = 0.0
    pad: float = 0.0
    air: float = 0.0

    def inner(self, box: Box) -> Box:
        """Return the box of the logo or name inside the slot's box."""
        return box.enlarged(-self.pad)


def make_slot(mark: FooterPartner, lockup: Lockup, size: float, height: float) -> PartnerSlot:
    """Return the slot of a partner.

    ``size`` is the type size and ``height`` the height of the footer's lock-ups, in CSS px.
    """
    if not mark.logo_ratio:
        return PartnerSlot(lockup.width_em * size, height)
    logo_width, logo_height = logo_box(mark, height)
    pad = panel_padding(mark, logo_height)
    clear = 0.0 if mark.appearance.panel else logo_clearance(mark, logo_height)
    air = max(clear, MIN_LOGO_AIR_SHARE * logo_height)
    return PartnerSlot(logo_width + 2 * pad, logo_height + 2 * pad, clear, pad, air)


@dataclass(frozen=True, slots=True)
class PartnerRows:
    """Slots in rows, each filled from the left, in CSS px.

    ``rows`` has the indexes of the slots in each row. ``gap`` is the minimum space between two slots, ``size`` the
    type size of the lock-ups, ``min_row_height`` the minimum height of a row.
    """

    slots: tuple[PartnerSlot, ...]
    rows: tuple[tuple[int, ...], ...]
    gap: float
    size: float
    min_row_height: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)

    def row_height(self, row: Sequence[int]) -> float:
        """Return the height of a row: its tallest slot, and the part of its air that the usual space does not cover."""
        existing = EXISTING_SPACE_EM * self.size
        needed = (slot.height + 2 * max(0.0, slot.air - existing) for slot in (self.slots[i] for i in row))
        return max(self.min_row_height, *needed)

    @property
    def height(self) -> float:
        """Return the height of all rows, including the space between them."""
        return sum(map(self.row_height, self.rows)) + (len(self.rows) - 1) * ROW_GAP_EM * self.size

    def boxes(self, x: float, top: float) -> list[tuple[int, Box]]:
        """Return (index, box) of each slot, for rows that start at ``x`` and ``top``.

        The slots of a row are centred on one horizontal line.
        """
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


def gap_between(one: PartnerSlot, other: PartnerSlot, gap: float) -> float:
    """Return the space between two neighbours: the usual gap, or the larger of their clear spaces if that is more."""
    return max(gap, one.clear, other.clear)


def fill_rows(slots: Sequence[PartnerSlot], room: float, gap: float) -> tuple[tuple[int, ...], ...] | None:
    """Fill rows with slots from the left; return the indexes by row, or None if a slot is too wide for a row."""
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


def balance_rows(
    rows: tuple[tuple[int, ...], ...], slots: Sequence[PartnerSlot], room: float, gap: float
) -> tuple[tuple[int, ...], ...]:
    """Turn rows of three and one into two rows of two, if these fit as columns; return other rows unchanged."""
    if [len(row) for row in rows] != [3, 1]:
        return rows
    (first, second, third), (last,) = rows
    columns = [max(slots[one].width, slots[other].width) for one, other in ((first, third), (second, last))]
    return ((first, second), (third, last)) if sum(columns) + gap <= room else rows


FOOTER_TRACKING_EM = -0.005
GAP_EM = 1.5
# One row reads as one partnership, so names may shrink to this share of the maximum size to fit one row.
ONE_ROW_SHARE = 0.72
# The footer as a last resort: the share of the page that it may fill, and the maximum number of lines of a name.
LAST_RESORT_SHARE, LAST_RESORT_LINES = 0.5, 9
# Sizes of the campaign's name and the imprint, and spaces, in em of the lock-ups.
NAME_EM, IMPRINT_EM = 1.55, 0.5
PAD_EM, NAME_GAP_EM, IMPRINT_GAP_EM, LABEL_GAP_EM = 1.15, 0.9, 0.9, 0.2
# The space below the label for its descenders, in em of its own size. It is larger than usual.
LABEL_DESCENT_EM = 0.55


@dataclass(frozen=True, slots=True)
class FooterText:
    """The texts of the footer, and the type sizes of its roles. ``place`` is the second line of the campaign's name."""

    name: str
    place: str
    partnership: str
    lead: str
    edition: str
    type_size_limits: Mapping[str, TypeSizeLimits]


@dataclass(frozen=True, slots=True)
class _FooterOption:
    """One way to lay out the footer, in px.

    ``size`` is the type size and ``height`` the height of the lock-ups. ``left`` is the start of the rows, from the
    live area's left. ``beside`` says whether the campaign's name (or the label, if the footer has no name) is to the
    left of the rows instead of above.
    """

    size: float
    height: float
    imprint_size: float
    left: float
    beside: bool
    rows: PartnerRows
    lockups: tuple[Lockup, ...]


@dataclass(frozen=True, slots=True)
class FooterLayout:
    """Lays out the footer of one page.

    ``live`` is the page's live area; ``page_height`` and ``short_side`` are in CSS px. ``max_name_lines`` is the
    maximum number of lines of a name as a last resort; 0 allows only the usual one to three.
    """

    measurer: Measurer
    family: str
    text: FooterText
    footer: FooterStyle
    live: Box
    page_height: float
    short_side: float
    max_name_lines: int = 0

    @property
    def typesetter(self) -> Typesetter:
        """Return the typesetter of the footer."""
        return get_typesetter(self.measurer, self.family, FOOTER_TRACKING_EM)

    @property
    def cap_em(self) -> float:
        """Return the cap height of the footer's font, in em."""
        return self.measurer.face(self.family, BOLD).cap_em

    @property
    def descender_em(self) -> float:
        """Return the depth to reserve for descenders, in em."""
        return max(DESCENDER_EM, self.measurer.face(self.family, BOLD).descender_em)

    def lay_out(self, marks: tuple[FooterPartner, ...]) -> PlacedFooter | None:
        """Lay out the footer along the live area's bottom; return None if it does not fit at a legible size."""
        found = self._with_fullest_names(marks)
        if found:
            return found
        # The last resort: names in as many lines as they need, without the campaign's name and the imprint.
        share = max(self.footer.max_share, LAST_RESORT_SHARE)
        reduced = self.footer.model_copy(update={"imprint": False, "name": False, "max_share": share})
        found = replace(self, footer=reduced, max_name_lines=LAST_RESORT_LINES)._with_fullest_names(marks)
        return replace(found, is_imprint_complete=False) if found and self.footer.imprint else found

    def _with_fullest_names(self, marks: tuple[FooterPartner, ...]) -> PlacedFooter | None:
        """Lay out the footer with the longest names that fit, in the largest type; return None if none fit."""
        limits = self.text.type_size_limits["partner"]
        max_size = max(self.footer.max_size * self.short_side, limits.preferred_px)
        bounds = (
            (max(ONE_ROW_SHARE * max_size, limits.preferred_px), 1),
            (limits.preferred_px, 9),
            (limits.min_px, 9),
        )
        for names in self._names(marks):
            for min_size, max_rows in bounds:
                found = self._largest(max_size, min_size, max_rows, marks, names)
                if found:
                    return found
        return None

    def _names(self, marks: tuple[FooterPartner, ...]) -> list[tuple[str, ...]]:
        """Return the names to try: all full names, then short ones for long names only, then all short names."""
        fits = LockupLayout(self.typesetter, 0.0).fits_three
        full = tuple(mark.name for mark in marks)
        some = tuple(mark.name if fits(mark.name) else mark.short_name for mark in marks)
        short = tuple(mark.short_name for mark in marks)
        return list(dict.fromkeys((full, some, short)))

    def _largest(
        self,
        max_size: float,
        min_size: float,
        max_rows: int,
        marks: tuple[FooterPartner, ...],
        names: tuple[str, ...],
    ) -> PlacedFooter | None:
        """Lay out the footer in the largest type from ``max_size`` to ``min_size``, in at most ``max_rows`` rows.

        Returns None if it does not fit.
        """
        size = max_size
        while True:
            for option in self._options(size, marks, names):
                if len(option.rows) > max_rows:
                    continue
                found = self._stack(option, marks)
                if self.live.bottom - found.top <= self.footer.max_share * self.page_height:
                    return found
            if size <= min_size:
                return None
            size = max(size * SCALE_STEP, min_size)

    def _options(
        self, size: float, marks: tuple[FooterPartner, ...], names: tuple[str, ...]
    ) -> Iterator[_FooterOption]:
        """Yield the ways to lay out lock-ups of one size that fit the width.

        First they are beside the campaign's name or the label, then below it.
        """
        typesetter = LockupLayout(
            self.typesetter, self.text.type_size_limits["partner"].min_px, self.max_name_lines
        )
        room = self.live.width - BAR_EM * size
        lockups = tuple(typesetter.lay_out(name, size, room) for name in names)
        tall = [lockup for mark, lockup in zip(marks, lockups, strict=True) if not mark.logo_ratio]
        tallest = max((lockup.height_em(self.cap_em) * size for lockup in tall), default=0.0)
        height = max((LEADING + self.cap_em) * size, tallest)
        slots = tuple(
            make_slot(mark, lockup, size, height) for mark, lockup in zip(marks, lockups, strict=True)
        )
        imprint = max(self.text.type_size_limits["imprint"].min_px, IMPRINT_EM * size)
        leader = self._name_width(size) if self.footer.name else self._label().ink_em * imprint
        clear = max((slot.clear for slot in slots), default=0.0)
        # Distributed names use the whole width with equal gaps, and the label is above them.
        gap = max(GAP_EM * size, clear) if self.footer.distribute else GAP_EM * size
        for beside in (False,) if self.footer.distribute and not self.footer.name else (True, False):
            left = leader + max(2 * GAP_EM * size, clear) if beside else 0.0
            room = self.live.width - left
            filled = fill_rows(slots, room, gap)
            rows = balance_rows(filled, slots, room, gap) if filled and self.footer.distribute else filled
            # The label can be beside a single row. With several rows it is above them.
            if rows is not None and (self.footer.name or not beside or len(rows) == 1):
                placed_rows = PartnerRows(slots, rows, gap, size, height)
                yield _FooterOption(size, height, imprint, left, beside, placed_rows, lockups)

    def _label(self) -> Line:
        return self.typesetter.line(split_words((self.text.partnership,), (PLAIN,)))

    def _name_width(self, size: float) -> float:
        return max(line.ink_em for line in self._name_lines()) * size * NAME_EM

    def _name_lines(self) -> tuple[Line, ...]:
        lines = [self.typesetter.line(split_words((self.text.name,), (BOLD,)))]
        if self.text.place:
            lines.append(self.typesetter.line(split_words((self.text.place,), (PLAIN,))))
        return tuple(lines)

    def _stack(self, option: _FooterOption, marks: tuple[FooterPartner, ...]) -> PlacedFooter:
        """Place everything upwards from the live area's bottom: imprint, rows of partners, label, campaign's name."""
        size, small = option.size, option.imprint_size
        words: list[PlacedFooterLine] = []
        y = self.live.bottom
        if self.footer.imprint:
            words += self._imprint(y - self.descender_em * small, small)
            y -= small * (self.descender_em + self.cap_em) + IMPRINT_GAP_EM * size
        marks_top = y - self.descender_em * size - option.rows.height
        placed = [
            self._mark(marks[index], option.lockups[index], box, option.rows.slots[index], size)
            for index, box in option.rows.boxes(self.live.x + option.left, marks_top)
        ]
        is_whole = len(words) == 2 or not self.footer.imprint
        if option.beside and not self.footer.name:
            # The label is on the first baseline of the lock-ups, so that label and names read as one line.
            label_base = marks_top + (option.rows.height - option.height) / 2 + self.cap_em * size
            words.append(PlacedFooterLine(self._label(), self.live.x, label_base, small, "imprint"))
            return PlacedFooter(marks_top - PAD_EM * size, tuple(placed), tuple(words), is_whole)
        label_base = marks_top - LABEL_DESCENT_EM * small - LABEL_GAP_EM * size
        words.append(PlacedFooterLine(self._label(), self.live.x + option.left, label_base, small, "imprint"))
        top = label_base - self.cap_em * small
        if self.footer.name:
            words += self._name(top, size, beside=option.beside)
            if not option.beside:
                top = min(line.baseline - self.cap_em * line.size_px for line in words)
        return PlacedFooter(top - PAD_EM * size, tuple(placed), tuple(words), is_whole)

    def _name(self, top: float, size: float, *, beside: bool) -> list[PlacedFooterLine]:
        """Return the lines of the campaign's name.

        Beside the partners they start at ``top``, which is the top of the partners' label. Otherwise they end above it.
        """
        size_px = size * NAME_EM
        lines = self._name_lines()
        first = top + self.cap_em * size_px
        if not beside:
            first = top - NAME_GAP_EM * size - (len(lines) - 1) * LEADING * size_px
        return [
            PlacedFooterLine(
                line,
                self.live.x,
                first + index * LEADING * size_px,
                size_px,
                "name" if index == 0 else "imprint",
            )
            for index, line in enumerate(lines)
        ]

    def _imprint(self, baseline: float, size: float) -> list[PlacedFooterLine]:
        """Return the imprint: who stands behind the service at the left, the edition at the right.

        If both do not fit, return the first one that does; if neither fits, return no line.
        """
        edition = self.typesetter.line(split_words((self.text.edition,), (PLAIN,)))
        room = self.live.width
        if not self.text.lead:
            fits = edition.ink_em * size <= room
            return [PlacedFooterLine(edition, self.live.x, baseline, size, "imprint")] if fits else []
        lead = self.typesetter.line(split_words((self.text.lead,), (PLAIN,)))
        if (lead.ink_em + edition.ink_em + 1) * size > room:
            fitting = [line for line in (lead, edition) if line.ink_em * size <= room]
            return [PlacedFooterLine(line, self.live.x, baseline, size, "imprint") for line in fitting[:1]]
        right = self.live.right - edition.ink_em * size
        return [
            PlacedFooterLine(lead, self.live.x, baseline, size, "imprint"),
            PlacedFooterLine(edition, right, baseline, size, "imprint"),
        ]

    def _mark(
        self, mark: FooterPartner, lockup: Lockup, box: Box, slot: PartnerSlot, size: float
    ) -> PlacedPartner:
        """Return one partner in the box of its slot: the logo, with its panel if any, or the lock-up."""
        if mark.logo_ratio:
            return PlacedPartner(mark, mark.alt, slot.inner(box), (), (), box if slot.pad else None)
        lines, size_px = lockup.lines, size * lockup.scale
        spare = box.height - lockup.height_em(self.cap_em) * size
        first = box.y + self.cap_em * size_px
        if len(lines) == 1:
            first += max(0.0, spare / 2)
        set_lines = tuple(
            PlacedFooterLine(
                line, box.x + BAR_EM * size, first + index * LEADING * size_px, size_px, "partner"
            )
            for index, line in enumerate(lines)
        )
        top, bottom = set_lines[0].baseline - self.cap_em * size_px, set_lines[-1].baseline
        if len(lines) == 1:
            top, bottom = box.y, box.bottom
        return PlacedPartner(mark, lockup.name, box, set_lines, leaning_bar(box, top, bottom, size))
