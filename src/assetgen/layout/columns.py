"""Set a column: copy in the largest size that fits its box and keeps clear of what it must.

A column is placed by ink: capitals' tops and baselines, never by line boxes.

Every size is tried on one scale of 24 steps to the octave, from the arrangement's greatest downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log

from assetgen.geometry import Box, Polygon
from assetgen.layout.line_breaking import Line, Typesetter, words_of
from assetgen.layout.parts import SLACK, SetColumn, SetLine, SetPart, Setting, ascent_px
from assetgen.schema.template_file import Part, Region, column_names, column_parts

# Space between a digit and a join, in em of the number; how finely places are tried.
JOIN_CLEAR_EM, STEPS = 0.03, 80


def move_off_joins(
    box: Box, column: SetColumn, panel_joins_x: tuple[float, ...], setter: Typesetter | None
) -> SetColumn | None:
    """Return the column moved right as far as it goes with each join in one of the number's spaces.

    The furthest right is tried first, since the call stands at the page's right; None where no place does.
    ``setter`` is the number's typesetter.
    """
    numbers = [part for part in column.parts if "number" in part.part.roles]
    if not panel_joins_x or not numbers or setter is None:
        return column
    number = numbers[0]
    groups = _digit_groups(number, number.lines[0], setter)
    room = max(0.0, box.right - column.box.right)
    margin = JOIN_CLEAR_EM * number.size_px
    for step in range(STEPS + 1):
        dx = room * (1 - step / STEPS)
        if not any(
            start + dx - margin < join < end + dx + margin for start, end in groups for join in panel_joins_x
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


# Space between words and the code beside them, twice this: the wider where there is room. In modules.
CODE_GUTTER_MODULES = (2.0, 0.75)
# Between an accent and the descender above it, in em.
ACCENT_CLEAR_EM = 0.02


def set_at(box: Box, region: Region, setting: Setting, sizes: Mapping[str, float]) -> SetColumn | None:
    """Return the column with these sizes from the box's top left, or None where it is too wide or too high."""
    at = _Sized(setting, sizes)
    parts: list[SetPart] = []
    code: Box | None = None
    y = 0.0
    for item in region.column:
        if isinstance(item, str):
            if setting.parts[item].same_line and parts:
                placed = at.beside(item, box.width, parts[-1])
            else:
                placed = at.part(item, box.width, y, first=not parts)
            if placed is None:
                return None
            parts.append(placed)
            y = placed.lines[-1].baseline
            continue
        group = at.group(item, box.width, y, first=not parts)
        if group is None:
            return None
        parts += group.parts
        code, y = group.code, group.bottom
    column = SetColumn(tuple(parts), code, 1.0, True)
    return column.moved(box.x, box.y) if column.box.bottom <= box.height + SLACK else None


def _opened(part: Part, lines: Sequence[Line], size: float, cap: float) -> Part:
    """Return the part with its lines far enough apart for accents under descenders; as it is where none rise."""
    needed = [
        (above.bottom_em + below.top_em + ACCENT_CLEAR_EM)
        for above, below in pairwise(lines)
        if ascent_px(below, size, cap) > cap
    ]
    leading = max([part.leading, *needed])
    return part if leading == part.leading else part.model_copy(update={"leading": leading})


@dataclass(frozen=True, slots=True)
class _Group:
    parts: tuple[SetPart, ...]
    code: Box | None
    bottom: float


@dataclass(frozen=True, slots=True)
class _Sized:
    """Sets parts in these sizes, from a left of 0 and a top; ``first``: nothing of the column stands above."""

    setting: Setting
    sizes: Mapping[str, float]

    def part(self, name: str, width: float, y: float, *, first: bool) -> SetPart | None:
        """Return a part, or None where its words do not fit the width in its lines."""
        setting, part, size = self.setting, self.setting.parts[name], self.sizes[name]
        longest = min(width / size, part.measure_em or 1e9) + SLACK / size
        lines = setting.typesetter(part).break_lines(
            setting.words_in(part),
            longest,
            part.lines,
            few=part.relative_to is not None,
            anyhow=setting.anyhow,
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

    def beside(self, name: str, width: float, before: SetPart) -> SetPart | None:
        """Return a one-line part on the baseline of the one before it, flush right; None where it is too wide."""
        setting, part, size = self.setting, self.setting.parts[name], self.sizes[name]
        line = setting.typesetter(part).line(setting.words_in(part))
        x = width - line.ink_em * size
        if x < before.box.right + part.gap * size - SLACK:
            return None
        placed = (SetLine(line, x, before.lines[-1].baseline),)
        return SetPart(name, part, size, setting.cap_em(part) * size, placed)

    def group(self, names: tuple[str, ...], width: float, y: float, *, first: bool) -> _Group | None:
        """Return parts beside the code where there is room, else above it; without a code, one below the other."""
        setting = self.setting
        texts = tuple(name for name in names if name != "code")
        side = setting.code_side_px if "code" in names else None
        if side is None:
            stacked = self.texts(texts, width, y, first=first)
            return _Group(stacked, None, stacked[-1].lines[-1].baseline) if stacked else None
        wide, narrow = (share * setting.code_module_px for share in CODE_GUTTER_MODULES)
        above = setting.parts[texts[0]].gap * self.sizes[texts[0]] if texts else 0.0
        gap = 0.0 if first else max(above, narrow)
        if side > width + SLACK:
            return None
        code = Box(width - side, y + gap, side, side)
        if not texts:
            return _Group((), code, y + gap + side)
        for gutter in (wide, narrow):
            beside = self.texts(texts, width - side - 2 * gutter, y, first=first)
            if beside:
                return _Group(beside, code, max(code.bottom, beside[-1].lines[-1].baseline))
        stacked = self.texts(texts, width, y, first=first)
        if stacked is None:
            return None
        top = stacked[-1].box.bottom + wide
        return _Group(stacked, Box(0.0, top, side, side), top + side)

    def texts(
        self, names: tuple[str, ...], width: float, y: float, *, first: bool
    ) -> tuple[SetPart, ...] | None:
        """Return parts one below the other; one that follows another's size gets smaller to fit, to its floor."""
        placed: list[SetPart] = []
        for name in names:
            is_first = first and not placed
            part = self.part(name, width, y, first=is_first)
            if part is None and (smaller := self.narrowed(name, width)):
                part = smaller.part(name, width, y, first=is_first)
            if part is None:
                return None
            placed.append(part)
            y = part.lines[-1].baseline
        return tuple(placed)

    def narrowed(self, name: str, width: float) -> _Sized | None:
        """Return sizes in which a one-line part just fits a width, or None where that is under its good size."""
        setting, part = self.setting, self.setting.parts[name]
        line = setting.typesetter(part).line(setting.words_in(part))
        size = width / line.ink_em if line.ink_em > 0 else 0.0
        if size < setting.floor(part).good_px or part.relative_to is None:
            return None
        return _Sized(setting, {**self.sizes, name: size})


SCALE_STEP = 2 ** (-1 / 24)
# Below this share of the greatest size a column is hopeless; the floors usually end the search before.
MIN_SCALE = 0.1


def set_column(box: Box, region: Region, setting: Setting, light: Sequence[Polygon] = ()) -> SetColumn | None:
    """Return a region's column in a box, or None where it fits at no legible size.

    Parts that the channel does not require are left out before the others get small.
    """
    region = _said_only(region, setting)
    best: SetColumn | None = None
    for kept in without_optional(region, setting):
        found = _largest(box, kept, setting, light, good_floor=True)
        if found and found.good:
            return found
        if found and (best is None or found.scale > best.scale * 1.15):
            best = found
    if best:
        return best
    bare = required_only(region, setting)
    return _largest(box, bare, setting, light, good_floor=False) or _largest(
        box, bare, replace(setting, anyhow=True), light, good_floor=False
    )


def _said_only(region: Region, setting: Setting) -> Region:
    """Return the region without the parts that have no words here, and without the code where there is none."""

    def said(name: str) -> bool:
        if name == "code":
            return setting.code_side_px is not None
        return any(role in setting.words for role in setting.parts[name].roles)

    return _filtered(region, said)


def _filtered(region: Region, keep: Callable[[str], bool]) -> Region:
    """Return the region with only the parts that ``keep`` says to keep."""
    column: list[str | tuple[str, ...]] = []
    for item in region.column:
        if isinstance(item, str):
            column += [item] if keep(item) else []
        else:
            inner = tuple(name for name in item if keep(name))
            column += [inner] if inner else []
    return region.model_copy(update={"column": tuple(column)})


def _is_optional(name: str, setting: Setting) -> bool:
    if name == "code" or not setting.parts[name].optional:
        return False
    return not any(role in setting.required for role in setting.parts[name].roles)


def without_optional(region: Region, setting: Setting) -> Iterator[Region]:
    """Return the region whole, then without its optional parts, one after the other.

    A design lists its parts by importance: the one that stands last there goes first.
    """
    stands = column_names(region)
    optional = [name for name in setting.parts if name in stands and _is_optional(name, setting)]
    for count in range(len(optional), -1, -1):
        kept = set(optional[:count])
        yield _filtered(region, lambda name, kept=kept: name not in optional or name in kept)  # type: ignore[misc]


def required_only(region: Region, setting: Setting) -> Region:
    """Return the region without the parts that the channel does not require and the design can do without."""
    return _filtered(region, lambda name: not _is_optional(name, setting))


def _largest(
    box: Box, region: Region, setting: Setting, light: Sequence[Polygon], *, good_floor: bool
) -> SetColumn | None:
    """Return the column at the largest scale at which it fits, each part then as large as the others leave room."""
    scale = 1.0
    floors = {name: _floor_px(part, setting, good_floor) for name, part in setting.parts.items()}
    names = sorted(
        (name for name in column_names(region) if name != "code"),
        key=lambda name: setting.parts[name].relative_to is not None,
    )
    widest = {
        name: _widest(box.width, part, setting)
        for name in names
        if not (part := setting.parts[name]).relative_to
    }
    while scale >= MIN_SCALE:
        sizes = _sizes(names, setting, widest, floors, scale)
        found = _placed_at(box, region, setting, light, sizes)
        if found:
            grown = _grown(box, region, setting, light, sizes) if scale < 1 or not good_floor else None
            return replace(grown or found, scale=scale, good=_is_good(grown or found, setting))
        if all(size <= floors[name] for name, size in sizes.items()):
            return None
        scale *= SCALE_STEP
    return None


def _placed_at(
    box: Box, region: Region, setting: Setting, light: Sequence[Polygon], sizes: Mapping[str, float]
) -> SetColumn | None:
    """Return the column with these sizes where it stands in its box, or None where it does not fit."""
    found = set_at(box, region, setting, sizes)
    if found is None:
        return None
    shifted = move_off_joins(box, _anchored(box, region, found), setting.panel_joins_x, setting.number_setter)
    return shifted if shifted and setting.is_clear(shifted, light) else None


def _grown(
    box: Box, region: Region, setting: Setting, light: Sequence[Polygon], sizes: dict[str, float]
) -> SetColumn | None:
    """Return the column with each part, from the top, grown by itself; None where none grows.

    A long question that fills its lines need not keep the answer below it small. What follows another
    part's size grows to a good one at most.
    """
    grown: SetColumn | None = None
    for name in column_parts(region):
        part = setting.parts[name]
        least = sizes[name]
        most = max(
            setting.floor(part).good_px, 0.0 if part.relative_to else _widest(box.width, part, setting)
        )
        steps = int(log(most / least) / -log(SCALE_STEP) + SLACK) if most > least else 0
        while steps > 0:
            larger = {**sizes, name: least * SCALE_STEP**-steps}
            found = _placed_at(box, region, setting, light, larger)
            if found:
                grown, sizes = found, larger
                break
            steps -= 1
    return grown


def _floor_px(part: Part, setting: Setting, good_floor: bool) -> float:
    floor = setting.floor(part)
    return floor.good_px if good_floor else floor.least_px


def _is_good(column: SetColumn, setting: Setting) -> bool:
    sizes = {part.name: part.size_px for part in column.parts}
    return all(
        size
        >= setting.parts[name].preferred_size
        * (sizes.get(of, 0.0) if (of := setting.parts[name].relative_to) else setting.short_side_px)
        for name, size in sizes.items()
    )


def _sizes(
    names: Sequence[str],
    setting: Setting,
    widest: Mapping[str, float],
    floors: Mapping[str, float],
    scale: float,
) -> dict[str, float]:
    """Return each part's size at a scale, none under its floor; a part on one line is no wider than the box.

    ``names`` has what follows another part's size behind all that do not.
    """
    sizes: dict[str, float] = {}
    for name in names:
        part = setting.parts[name]
        other = sizes.get(part.relative_to, setting.short_side_px * 0.1) if part.relative_to else None
        wanted = widest[name] * scale if other is None else part.max_size * other
        sizes[name] = max(wanted, floors[name])
    return sizes


def _widest(width: float, part: Part, setting: Setting) -> float:
    """Return a part's greatest size: the arrangement's, or what fills the box where it has one line."""
    most = part.max_size * setting.short_side_px
    if part.lines > 1:
        return most
    line = setting.typesetter(part).line(setting.words_in(part))
    return min(most, width / line.ink_em) if line.ink_em > 0 else most


def _anchored(box: Box, region: Region, column: SetColumn) -> SetColumn:
    spare = box.bottom - column.box.bottom
    dy = {"top": 0.0, "middle": spare / 2, "bottom": spare}[region.anchor]
    return column.moved(0.0, dy)
