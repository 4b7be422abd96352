"""The rows of a partner foot: how wide and high each partner stands, and which of them share a row.

A logo is as large as its optical area and its role say (plan/logos.py), a name's lock-up as high as all others.
Nothing enters a logo's clear space; one on a panel has it inside the panel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetgen.geometry import Box
from assetgen.planning.asset import FootMark
from assetgen.planning.logo_placement import keep_clear, logo_box, panel_pad
from assetgen.render.lockup import Lockup

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
