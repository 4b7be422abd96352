"""The band that the partners stand on: along the bottom as it was set, or moved to the top or to the left.

``footer.py`` sets names and lines upwards from a bottom edge. Here they are carried to the side that the design
asks for, and the paper is drawn around them. At the top it is a lintel, from which the door hangs; on a page whose
head is not ours (an interface lies there) it is a beam across it. At the left its edge leans as the motif does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assetgen.geometry import Box, Polygon, around
from assetgen.layout.motifs import Motif, Stage
from assetgen.layout.parts import SetFoot, SetMark, SetWords, ascent_px
from assetgen.schema.template_file import Foot

# A safe area that starts lower than this share of the page's height: the head is not ours.
BEAM_FROM = 0.1
# A band that would start nearer to the page's head than this share of its height starts at the head.
HEAD_FROM = 0.03
# Space between words and the band, in shares of the live area's short side.
FOOT_GAP, LINTEL_GAP, LEAF_GAP = 0.045, 0.075, 0.085
# Space between two names of a row, and from one column's start to the next's, in heights of a name.
MIN_GAP, MAX_GAP, MAX_STEP = 0.5, 2.4, 8.0
# Under a lintel's names less paper is enough: over them the small label leaves it open.
PAD_BELOW = 0.8
# How far the left edge of a lintel over the door alone leans out, as a share of its height.
PLATE_LEAN = 0.16
CAP_EM = 0.7


@dataclass(frozen=True, slots=True)
class Band:
    """The paper and what it leaves. Lengths in CSS px from the trim's top left.

    ``shape`` is the paper, bleed included; ``foot`` what stands on it; ``live`` what is left for words;
    ``head`` the y from which a door hangs; ``is_whole`` whether the paper runs along the whole side.
    """

    side: str
    shape: Polygon
    foot: SetFoot
    live: Box
    head: float
    is_whole: bool


def names_box(foot: Foot, live: Box) -> Box:
    """Return where in the live area the names stand."""
    start, end = foot.span
    return Box(live.x + start * live.width, live.y, (end - start) * live.width, live.height)


def place_band(foot: Foot, motif: Motif | None, found: SetFoot, stage: Stage) -> Band:
    """Return the band with the names on the side that the design asks for.

    ``found`` is the foot along the bottom of ``names_box``; ``stage`` the page before the band takes its part.
    """
    page, live = stage.page, stage.live
    pad = _ink(found).y - found.top
    if foot.distribute:
        room = names_box(foot, live)
        found = _evened(_stacked(found, room) if foot.side == "left" else found, room)
    if foot.side == "top":
        return _lintel(foot, found, stage, pad)
    if foot.side == "left":
        return _leaf(foot, motif.lean if motif else 0.0, found, stage, pad)
    top = min(found.top, stage.trim_height - foot.min_share * stage.trim_height)
    found = replace(found, top=top)
    shape = Box(page.x, top, page.width, page.bottom - top).corners()
    gap = FOOT_GAP * min(live.width, live.height)
    left = Box(live.x, live.y, live.width, top - gap - live.y)
    return Band("bottom", shape, found, left, page.y, is_whole=True)


def _lintel(foot: Foot, found: SetFoot, stage: Stage, pad: float) -> Band:
    ink, page, live = _ink(found), stage.page, stage.live
    least = foot.min_share * stage.trim_height
    if live.y > BEAM_FROM * stage.trim_height:
        height = max(least, ink.height + 2 * pad)
        top = max(0.0, live.y - (height - ink.height) / 2)
        top = top if top > HEAD_FROM * stage.trim_height else page.y
        ink_top, bottom = live.y, live.y + ink.height + (height - ink.height) / 2
    else:
        top = page.y
        ink_top = max(live.y, (least - ink.height) / 2)
        bottom = max(least, ink_top + ink.height + max(PAD_BELOW * pad, 0.8 * ink_top))
    found = replace(found.moved(0.0, ink_top - ink.y), top=top)
    is_whole = foot.span[0] == 0.0
    shape = Box(page.x, top, page.width, bottom - top).corners()
    if not is_whole:
        left, lean = ink.x - pad, PLATE_LEAN * (bottom - top)
        shape = ((left, top), *shape[1:3], (left - lean, bottom))
        return Band("top", shape, found, live, bottom, is_whole)
    below = bottom + LINTEL_GAP * min(live.width, live.height)
    left_live = Box(live.x, below, live.width, live.bottom - below)
    return Band("top", shape, found, left_live, bottom, is_whole)


def _leaf(foot: Foot, slope: float, found: SetFoot, stage: Stage, pad: float) -> Band:
    ink, page, live = _ink(found), stage.page, stage.live
    found = found.moved(0.0, live.y + (live.height - ink.height) / 2 - ink.y)
    right = max(ink.right + pad, foot.min_share * stage.trim_width)
    gap = LEAF_GAP * min(live.width, live.height)
    # As much as the motif leans: its share of what is left beside the leaf, and the lean itself lessens that.
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
    left_live = Box(start, live.y, live.right - start, live.height)
    return Band("left", shape, replace(found, top=page.y), left_live, page.y, is_whole=True)


def _ink(found: SetFoot) -> Box:
    """Return the box of all that stands in the foot, from capitals, or the accents over them, to baselines."""
    lines = [*found.words, *(line for mark in found.marks for line in mark.lines)]
    return around([*(mark.extent for mark in found.marks), *map(_ink_of_line, lines)])


def _ink_of_line(words: SetWords) -> Box:
    above = ascent_px(words.line, words.size_px, CAP_EM * words.size_px)
    return Box(words.x, words.baseline - above, words.line.ink_em * words.size_px, above)


def _evened(found: SetFoot, room: Box) -> SetFoot:
    """Return the foot with a row's names spread over the measure, or several rows' names in columns."""
    rows = _rows(found.marks)
    if len(rows) == 1:
        return replace(found, marks=_spread(rows[0], room.right))
    columns = max(len(row) for row in rows)
    widths = [max(row[index].extent.width for row in rows if index < len(row)) for index in range(columns)]
    left, height = rows[0][0].extent.x, _height(found.marks)
    least = max(MIN_GAP * height, _clear(found.marks))
    gap = (room.right - left - sum(widths)) / max(1, columns - 1)
    if columns > 1 and gap < least:
        return found
    gap = max(min(gap, MAX_GAP * height), least)
    starts = [left + sum(widths[:index]) + index * gap for index in range(columns)]
    # Columns of one width where they hold the names: a grid reads calmer than gaps.
    step = (room.right - left + least) / columns
    if all(width + least <= step for width in widths[:-1]):
        starts = [left + index * min(step, MAX_STEP * height) for index in range(columns)]
    marks = tuple(
        mark.moved(starts[index] - mark.extent.x, 0.0) for row in rows for index, mark in enumerate(row)
    )
    return replace(found, marks=marks)


def _height(marks: Sequence[SetMark]) -> float:
    """Return the height that gaps are measured in: of the names, else of the lowest logo."""
    names = [mark.box.height for mark in marks if mark.lines]
    return max(names) if names else min(mark.extent.height for mark in marks)


def _clear(marks: Sequence[SetMark]) -> float:
    """Return the space that nothing enters round any of these."""
    return max(mark.clear for mark in marks)


def _stacked(found: SetFoot, room: Box) -> SetFoot:
    """Return names of which a row holds more than the one above it as one column, where that is not too high."""
    rows = _rows(found.marks)
    lengths = [len(row) for row in rows]
    if lengths == sorted(lengths, reverse=True):
        return found
    gap = min(mark.extent.y for mark in rows[1]) - max(mark.extent.bottom for mark in rows[0])
    step = max(mark.extent.height for mark in found.marks) + max(gap, _clear(found.marks))
    first = rows[0][0]
    below = (len(found.marks) - len(rows)) * step
    if _ink(found).height + below > room.height:
        return found
    marks = tuple(
        mark.moved(first.extent.x - mark.extent.x, _middle(first) + index * step - _middle(mark))
        for index, mark in enumerate(found.marks)
    )
    return replace(found, marks=marks)


def _rows(marks: Sequence[SetMark]) -> list[list[SetMark]]:
    """Return the marks by the row in which they stand: in the next one where a mark starts left of the last."""
    rows = [[marks[0]]]
    for before, mark in pairwise(marks):
        if mark.extent.x > before.extent.x:
            rows[-1].append(mark)
        else:
            rows.append([mark])
    return rows


def _middle(mark: SetMark) -> float:
    """Return the y in which a row's marks are centred: logos are not all of one height."""
    return mark.extent.y + mark.extent.height / 2


def _spread(row: list[SetMark], right: float) -> tuple[SetMark, ...]:
    """Return a row's names with equal gaps that fill the measure, but for a gap that would part them."""
    if len(row) == 1:
        return tuple(row)
    spare = right - row[0].extent.x - sum(mark.extent.width for mark in row)
    gap = min(spare / (len(row) - 1), max(MAX_GAP * _height(row), _clear(row)))
    placed, x = [], row[0].extent.x
    for mark in row:
        placed.append(mark.moved(x - mark.extent.x, 0.0))
        x += mark.extent.width + gap
    return tuple(placed)
