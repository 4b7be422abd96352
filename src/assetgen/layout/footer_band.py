"""Place the partners' footer on a band of paper along the bottom, the top or the left of the page.

``footer.py`` lays out names and lines upwards from a bottom edge. This module moves them to the side that the template
uses, and computes the shape of the paper around them. A band at the top is a lintel, from which the door hangs. If an
interface covers the top of the page, the band is a beam across the page below the interface. The edge of a band at the
left leans as much as the motif.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assetgen.geometry import Box, Polygon, bounding_box
from assetgen.layout.motifs import Motif, Stage
from assetgen.layout.parts import PlacedFooter, PlacedFooterLine, PlacedPartner, ascent_px
from assetgen.schema.template_file import FooterStyle

# If the safe area starts lower than this share of the page's height, the top of the page is covered.
COVERED_TOP_SHARE = 0.1
# A band that would start higher than this share of the page's height starts at the page's top edge instead.
SNAP_TOP_SHARE = 0.03
# The space between the copy and the band, as shares of the live area's short side.
BOTTOM_GAP_SHARE, TOP_GAP_SHARE, LEFT_GAP_SHARE = 0.045, 0.075, 0.085
# The space between two names of a row (minimum, maximum), and the maximum distance between the starts of two columns.
# All are in heights of a name.
MIN_GAP, MAX_GAP, MAX_STEP = 0.5, 2.4, 8.0
# The padding below the names of a band at the top, as a share of the padding above. The small label above the names
# leaves more space there.
PAD_BELOW_SHARE = 0.8
# How far the left edge of a band over the door only leans out, as a share of its height.
PARTIAL_LEAN_SHARE = 0.16
CAP_EM = 0.7


@dataclass(frozen=True, slots=True)
class FooterBand:
    """The band of paper and the rest of the page, in CSS px from the trim's top left corner.

    ``shape`` is the paper with its bleed, ``footer`` the footer on it, and ``live`` the area that is left for copy.
    ``hang_y`` is the y from which a door hangs. ``is_full_side`` says whether the paper covers the whole side.
    """

    side: str
    shape: Polygon
    footer: PlacedFooter
    live: Box
    hang_y: float
    is_full_side: bool


def names_box(style: FooterStyle, live: Box) -> Box:
    """Return the part of the live area that the template's ``span`` gives to the names."""
    start, end = style.span
    return Box(live.x + start * live.width, live.y, (end - start) * live.width, live.height)


def place_band(style: FooterStyle, motif: Motif | None, found: PlacedFooter, stage: Stage) -> FooterBand:
    """Return the band with the names on the side that the template uses.

    ``found`` is the footer laid out along the bottom of ``names_box``. ``stage`` is the page without the band.
    """
    page, live = stage.page, stage.live
    pad = _ink(found).y - found.top
    if style.distribute:
        room = names_box(style, live)
        found = _distributed(_stacked(found, room) if style.side == "left" else found, room)
    if style.side == "top":
        return _top_band(style, found, stage, pad)
    if style.side == "left":
        return _left_band(style, motif.lean if motif else 0.0, found, stage, pad)
    top = min(found.top, stage.trim_height - style.min_share * stage.trim_height)
    found = replace(found, top=top)
    shape = Box(page.x, top, page.width, page.bottom - top).corners()
    gap = BOTTOM_GAP_SHARE * min(live.width, live.height)
    remaining = Box(live.x, live.y, live.width, top - gap - live.y)
    return FooterBand("bottom", shape, found, remaining, page.y, is_full_side=True)


def _top_band(style: FooterStyle, found: PlacedFooter, stage: Stage, pad: float) -> FooterBand:
    """Return a band along the top, or along the part of it that the footer's span gives."""
    ink, page, live = _ink(found), stage.page, stage.live
    min_height = style.min_share * stage.trim_height
    if live.y > COVERED_TOP_SHARE * stage.trim_height:
        height = max(min_height, ink.height + 2 * pad)
        top = max(0.0, live.y - (height - ink.height) / 2)
        top = top if top > SNAP_TOP_SHARE * stage.trim_height else page.y
        ink_top, bottom = live.y, live.y + ink.height + (height - ink.height) / 2
    else:
        top = page.y
        ink_top = max(live.y, (min_height - ink.height) / 2)
        bottom = max(min_height, ink_top + ink.height + max(PAD_BELOW_SHARE * pad, 0.8 * ink_top))
    found = replace(found.moved(0.0, ink_top - ink.y), top=top)
    is_whole = style.span[0] == 0.0
    shape = Box(page.x, top, page.width, bottom - top).corners()
    if not is_whole:
        left, lean = ink.x - pad, PARTIAL_LEAN_SHARE * (bottom - top)
        shape = ((left, top), *shape[1:3], (left - lean, bottom))
        return FooterBand("top", shape, found, live, bottom, is_whole)
    below = bottom + TOP_GAP_SHARE * min(live.width, live.height)
    remaining = Box(live.x, below, live.width, live.bottom - below)
    return FooterBand("top", shape, found, remaining, bottom, is_whole)


def _left_band(style: FooterStyle, slope: float, found: PlacedFooter, stage: Stage, pad: float) -> FooterBand:
    """Return a band along the left, with its names centred on the live area's height."""
    ink, page, live = _ink(found), stage.page, stage.live
    found = found.moved(0.0, live.y + (live.height - ink.height) / 2 - ink.y)
    right = max(ink.right + pad, style.min_share * stage.trim_width)
    gap = LEFT_GAP_SHARE * min(live.width, live.height)
    # The motif leans by a share of the live width beside the band. The lean itself reduces that width.
    lean = slope * (live.right - right - gap) / (1 + slope)

    def edge(y: float) -> float:
        return right + lean * (stage.trim_height - y) / stage.trim_height

    shape: Polygon = (
        (page.x, page.y),
        (edge(page.y), page.y),
        (edge(page.bottom), page.bottom),
        (page.x, page.bottom),
    )
    start = right + lean + gap
    remaining = Box(start, live.y, live.right - start, live.height)
    return FooterBand("left", shape, replace(found, top=page.y), remaining, page.y, is_full_side=True)


def _ink(found: PlacedFooter) -> Box:
    """Return the box around the footer's partners and lines, from the tops of capitals or accents to the baselines."""
    lines = [*found.lines, *(line for mark in found.partners for line in mark.lines)]
    return bounding_box([*(mark.extent for mark in found.partners), *map(_ink_of_line, lines)])


def _ink_of_line(words: PlacedFooterLine) -> Box:
    above = ascent_px(words.line, words.size_px, CAP_EM * words.size_px)
    return Box(words.x, words.baseline - above, words.line.ink_em * words.size_px, above)


def _distributed(found: PlacedFooter, room: Box) -> PlacedFooter:
    """Return the footer with a single row of names spread over the width, or several rows set in columns.

    If the columns do not fit, the footer is unchanged.
    """
    rows = _rows(found.partners)
    if len(rows) == 1:
        return replace(found, partners=_spread(rows[0], room.right))
    columns = max(len(row) for row in rows)
    widths = [max(row[index].extent.width for row in rows if index < len(row)) for index in range(columns)]
    left, height = rows[0][0].extent.x, _height(found.partners)
    min_gap = max(MIN_GAP * height, _clear(found.partners))
    gap = (room.right - left - sum(widths)) / max(1, columns - 1)
    if columns > 1 and gap < min_gap:
        return found
    gap = max(min(gap, MAX_GAP * height), min_gap)
    starts = [left + sum(widths[:index]) + index * gap for index in range(columns)]
    # Columns of equal width look calmer than equal gaps, so they are used where the names fit them.
    step = (room.right - left + min_gap) / columns
    if all(width + min_gap <= step for width in widths[:-1]):
        starts = [left + index * min(step, MAX_STEP * height) for index in range(columns)]
    marks = tuple(
        mark.moved(starts[index] - mark.extent.x, 0.0) for row in rows for index, mark in enumerate(row)
    )
    return replace(found, partners=marks)


def _height(marks: Sequence[PlacedPartner]) -> float:
    """Return the unit of the gaps: the height of the tallest name, or of the lowest logo if there are no names."""
    names = [mark.box.height for mark in marks if mark.lines]
    return max(names) if names else min(mark.extent.height for mark in marks)


def _clear(marks: Sequence[PlacedPartner]) -> float:
    """Return the largest clear space of these partners."""
    return max(mark.clear for mark in marks)


def _stacked(found: PlacedFooter, room: Box) -> PlacedFooter:
    """Return the footer with its names in one column, if a lower row has more names than a higher one.

    If the column does not fit, the footer is unchanged.
    """
    rows = _rows(found.partners)
    lengths = [len(row) for row in rows]
    if lengths == sorted(lengths, reverse=True):
        return found
    gap = min(mark.extent.y for mark in rows[1]) - max(mark.extent.bottom for mark in rows[0])
    step = max(mark.extent.height for mark in found.partners) + max(gap, _clear(found.partners))
    first = rows[0][0]
    added_height = (len(found.partners) - len(rows)) * step
    if _ink(found).height + added_height > room.height:
        return found
    marks = tuple(
        mark.moved(first.extent.x - mark.extent.x, _middle(first) + index * step - _middle(mark))
        for index, mark in enumerate(found.partners)
    )
    return replace(found, partners=marks)


def _rows(marks: Sequence[PlacedPartner]) -> list[list[PlacedPartner]]:
    """Return the partners by row. A partner that is not to the right of the previous one starts a new row."""
    rows = [[marks[0]]]
    for before, mark in pairwise(marks):
        if mark.extent.x > before.extent.x:
            rows[-1].append(mark)
        else:
            rows.append([mark])
    return rows


def _middle(mark: PlacedPartner) -> float:
    """Return the y of a partner's middle. The partners of a row share it, because logos have different heights."""
    return mark.extent.y + mark.extent.height / 2


def _spread(row: list[PlacedPartner], right: float) -> tuple[PlacedPartner, ...]:
    """Return the partners of a row with equal gaps that fill the width, up to the maximum gap."""
    if len(row) == 1:
        return tuple(row)
    spare = right - row[0].extent.x - sum(mark.extent.width for mark in row)
    gap = min(spare / (len(row) - 1), max(MAX_GAP * _height(row), _clear(row)))
    placed, x = [], row[0].extent.x
    for mark in row:
        placed.append(mark.moved(x - mark.extent.x, 0.0))
        x += mark.extent.width + gap
    return tuple(placed)
