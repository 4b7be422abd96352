"""Stacking parts: a column at given sizes, one part below the other, those beside the code beside it.

A column is placed by ink: capitals' tops and baselines, never by line boxes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assetgen.geometry import Box
from assetgen.loading.templates.layouts import Part, Region
from assetgen.render.lines import Line
from assetgen.render.set_parts import SetColumn, SetLine, SetPart, ascent_px
from assetgen.render.setting import SLACK, Setting

# Space between words and the code beside them, twice this: the wider where there is room. In modules.
CODE_GUTTER_MODULES = (2.0, 0.75)
# Between an accent and the descender above it, in em.
ACCENT_CLEAR_EM = 0.02


def set_at(box: Box, region: Region, setting: Setting, sizes: Mapping[str, float]) -> SetColumn | None:
    """Return the column with these sizes from the box's top left, or None where it is too wide or too high."""
    parts: list[SetPart] = []
    code: Box | None = None
    y = 0.0
    for item in region.column:
        if isinstance(item, str):
            if setting.parts[item].beside and parts:
                placed = _set_beside(item, box.width, setting, sizes, parts[-1])
            else:
                placed = _set_part(item, box.width, setting, sizes, y, first=not parts)
            if placed is None:
                return None
            parts.append(placed)
            y = placed.lines[-1].baseline
            continue
        group = _set_group(item, box.width, setting, sizes, y, first=not parts)
        if group is None:
            return None
        parts += group.parts
        code, y = group.code, group.bottom
    column = SetColumn(tuple(parts), code, 1.0, True)
    return column.moved(box.x, box.y) if column.box.bottom <= box.height + SLACK else None


def _set_part(
    name: str, width: float, setting: Setting, sizes: Mapping[str, float], y: float, *, first: bool
) -> SetPart | None:
    part, size = setting.parts[name], sizes[name]
    longest = min(width / size, part.measure_em or 1e9) + SLACK / size
    lines = setting.typesetter(part).break_lines(
        setting.words_in(part), longest, part.lines, few=part.of is not None, anyhow=setting.anyhow
    )
    if lines is None:
        return None
    cap = setting.cap_em(part) * size
    # A column starts with its ink, accents included; further down the gap above a part holds them.
    baseline = y + (ascent_px(lines[0], size, cap) if first else cap + part.gap * size)
    part = _opened(part, lines, size, cap)
    placed = tuple(
        SetLine(line, 0.0, baseline + index * part.leading * size) for index, line in enumerate(lines)
    )
    return SetPart(name, part, size, cap, placed)


def _opened(part: Part, lines: Sequence[Line], size: float, cap: float) -> Part:
    """Return the part with its lines far enough apart for accents under descenders; as it is where none rise."""
    needed = [
        (above.bottom_em + below.top_em + ACCENT_CLEAR_EM)
        for above, below in pairwise(lines)
        if ascent_px(below, size, cap) > cap
    ]
    leading = max([part.leading, *needed])
    return part if leading == part.leading else replace(part, leading=leading)


def _set_beside(
    name: str, width: float, setting: Setting, sizes: Mapping[str, float], before: SetPart
) -> SetPart | None:
    """Return a one-line part on the baseline of the one before it, flush right, or None where it is too wide."""
    part, size = setting.parts[name], sizes[name]
    line = setting.typesetter(part).line(setting.words_in(part))
    x = width - line.ink_em * size
    if x < before.box.right + part.gap * size - SLACK:
        return None
    placed = (SetLine(line, x, before.lines[-1].baseline),)
    return SetPart(name, part, size, setting.cap_em(part) * size, placed)


@dataclass(frozen=True, slots=True)
class _Group:
    parts: tuple[SetPart, ...]
    code: Box | None
    bottom: float


def _set_group(
    names: tuple[str, ...],
    width: float,
    setting: Setting,
    sizes: Mapping[str, float],
    y: float,
    *,
    first: bool,
) -> _Group | None:
    """Return parts beside the code where there is room, else above it; without a code, one below the other."""
    texts = tuple(name for name in names if name != "code")
    side = setting.code_side_px if "code" in names else None
    if side is None:
        stacked = _set_texts(texts, width, setting, sizes, y, first=first)
        return _Group(stacked, None, stacked[-1].lines[-1].baseline) if stacked else None
    wide, narrow = (share * setting.code_module_px for share in CODE_GUTTER_MODULES)
    gap = 0.0 if first else max(setting.parts[texts[0]].gap * sizes[texts[0]] if texts else 0.0, narrow)
    if side > width + SLACK:
        return None
    if not texts:
        return _Group((), Box(width - side, y + gap, side, side), y + gap + side)
    for gutter in (wide, narrow):
        beside = _set_texts(texts, width - side - 2 * gutter, setting, sizes, y, first=first)
        if beside:
            code = Box(width - side, y + gap, side, side)
            return _Group(beside, code, max(code.bottom, beside[-1].lines[-1].baseline))
    above = _set_texts(texts, width, setting, sizes, y, first=first)
    if above is None:
        return None
    top = above[-1].box.bottom + wide
    return _Group(above, Box(0.0, top, side, side), top + side)


def _set_texts(
    names: tuple[str, ...],
    width: float,
    setting: Setting,
    sizes: Mapping[str, float],
    y: float,
    *,
    first: bool,
) -> tuple[SetPart, ...] | None:
    """Return parts one below the other; one that follows another's size gets smaller to fit, to its floor."""
    placed: list[SetPart] = []
    for name in names:
        part = _set_part(name, width, setting, sizes, y, first=first and not placed)
        if part is None:
            smaller = _narrowed(name, width, setting, sizes)
            part = (
                _set_part(name, width, setting, smaller, y, first=first and not placed) if smaller else None
            )
        if part is None:
            return None
        placed.append(part)
        y = part.lines[-1].baseline
    return tuple(placed)


def _narrowed(
    name: str, width: float, setting: Setting, sizes: Mapping[str, float]
) -> dict[str, float] | None:
    """Return sizes in which a one-line part just fits a width, or None where that is under its good size."""
    part = setting.parts[name]
    line = setting.typesetter(part).line(setting.words_in(part))
    size = width / line.ink_em if line.ink_em > 0 else 0.0
    if size < setting.floor(part).good_px or part.of is None:
        return None
    return {**sizes, name: size}
