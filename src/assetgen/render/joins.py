"""Sheets are pasted by hand: no join may cut a group of the number's digits."""

from __future__ import annotations

from assetgen.geometry import Box
from assetgen.render.lines import Typesetter, words_of
from assetgen.render.set_parts import SetColumn, SetLine, SetPart

# Space between a digit and a join, in em of the number; how finely places are tried.
JOIN_CLEAR_EM, STEPS = 0.03, 80


def move_off_joins(
    box: Box, column: SetColumn, joins_x: tuple[float, ...], setter: Typesetter | None
) -> SetColumn | None:
    """Return the column moved right as far as it goes with each join in one of the number's spaces.

    The furthest right is tried first, since the call stands at the page's right; None where no place does.
    ``setter`` is the number's typesetter.
    """
    numbers = [part for part in column.parts if "number" in part.part.say]
    if not joins_x or not numbers or setter is None:
        return column
    number = numbers[0]
    groups = _digit_groups(number, number.lines[0], setter)
    room = max(0.0, box.right - column.box.right)
    margin = JOIN_CLEAR_EM * number.size_px
    for step in range(STEPS + 1):
        dx = room * (1 - step / STEPS)
        if not any(
            start + dx - margin < join < end + dx + margin for start, end in groups for join in joins_x
        ):
            return column.moved(dx, 0.0)
    return None


def _digit_groups(number: SetPart, line: SetLine, setter: Typesetter) -> list[tuple[float, float]]:
    """Return where each group of digits starts and ends on the page."""
    text, weight = line.line.words[0].text, line.line.words[0].weight
    left = line.x - line.line.left_em * number.size_px
    spans, start = [], 0
    for group in text.split("\N{NO-BREAK SPACE}"):
        end = start + len(group)
        before = setter.line(words_of((text[:start] or " ",), (weight,))).width_em if start else 0.0
        through = setter.line(words_of((text[:end],), (weight,))).width_em
        spans.append((left + before * number.size_px, left + through * number.size_px))
        start = end + 1
    return spans
