"""Setting a column: words in their largest size that fits a box, keeps clear of the light and reads.

Every size is tried on one scale of 24 steps to the octave, from the arrangement's greatest downwards.
A column is placed by ink: capitals' tops and baselines, never by line boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assetgen.campaign.arrangement import Part, Region, column_names
from assetgen.geometry import Box, Polygon, meet
from assetgen.plan.asset import TypeFloor
from assetgen.render.joins import move_off_joins
from assetgen.render.lines import Typesetter, Word, typesetter, words_of
from assetgen.render.measure import Measurer
from assetgen.render.set_parts import SetColumn, SetLine, SetPart

SCALE_STEP = 2 ** (-1 / 24)
# Below this share of the greatest size a column is hopeless; the floors usually end the search before.
LEAST_SCALE = 0.1
# Space between words and the code beside them, twice this: the wider where there is room. In modules.
CODE_GUTTER_MODULES = (2.0, 0.75)
# Rounding must not push a line that just fits out of its box.
SLACK = 0.1


@dataclass(frozen=True, slots=True)
class Setting:
    """All that setting a column needs beside its box: the words by role, type, floors, obstacles."""

    parts: Mapping[str, Part]
    words: Mapping[str, str]
    required: frozenset[str]
    floors: Mapping[str, TypeFloor]
    measurer: Measurer
    family: str
    short_side_px: float
    code_side_px: float | None
    code_module_px: float
    joins_x: tuple[float, ...] = ()
    obstacles: tuple[Polygon, ...] = ()
    """What the ink keeps off altogether: what covers the page, and where sheets meet."""

    def typesetter(self, part: Part) -> Typesetter:
        """Return the typesetter of a part."""
        return typesetter(self.measurer, self.family, part.tracking)

    @property
    def number_setter(self) -> Typesetter | None:
        """Return the typesetter of the part that says the number."""
        return next((self.typesetter(part) for part in self.parts.values() if "number" in part.say), None)

    def floor(self, part: Part) -> TypeFloor:
        """Return the floor of a part: the strictest of what it says."""
        floors = [self.floors[role] for role in part.say if role in self.floors and role in self.words]
        return TypeFloor(
            max((f.least_px for f in floors), default=0.0), max((f.good_px for f in floors), default=0.0)
        )

    def cap_em(self, part: Part) -> float:
        """Return the height of a part's capitals over its size."""
        return self.measurer.face(self.family, part.weights[0]).cap_em


def set_column(box: Box, region: Region, setting: Setting, light: Sequence[Polygon] = ()) -> SetColumn | None:
    """Return a region's column in a box, or None where it fits at no legible size.

    Parts that the channel does not require are left out before the others get small.
    """
    region = _said_only(region, setting)
    best: SetColumn | None = None
    for kept in _without_optional(region, setting):
        found = _largest(box, kept, setting, light, good_floor=True)
        if found and found.good:
            return found
        if found and (best is None or found.scale > best.scale * 1.15):
            best = found
    if best:
        return best
    return _largest(box, required_only(region, setting), setting, light, good_floor=False)


def _said_only(region: Region, setting: Setting) -> Region:
    """Return the region without the parts that have no words here, and without the code where there is none."""

    def said(name: str) -> bool:
        if name == "code":
            return setting.code_side_px is not None
        return any(role in setting.words for role in setting.parts[name].say)

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
    return replace(region, column=tuple(column))


def _is_optional(name: str, setting: Setting) -> bool:
    if name == "code" or not setting.parts[name].optional:
        return False
    return not any(role in setting.required for role in setting.parts[name].say)


def _without_optional(region: Region, setting: Setting) -> Iterator[Region]:
    """Return the region whole, then without its optional parts, the last one first."""
    optional = [name for name in column_names(region) if _is_optional(name, setting)]
    for count in range(len(optional), -1, -1):
        kept = set(optional[:count])
        yield _filtered(region, lambda name, kept=kept: name not in optional or name in kept)  # type: ignore[misc]


def required_only(region: Region, setting: Setting) -> Region:
    """Return the region without the parts that the channel does not require and the design can do without."""
    return _filtered(region, lambda name: not _is_optional(name, setting))


def _largest(
    box: Box, region: Region, setting: Setting, light: Sequence[Polygon], *, good_floor: bool
) -> SetColumn | None:
    """Return the column at the largest scale at which it fits."""
    scale = 1.0
    while scale >= LEAST_SCALE:
        sizes = _sizes(box, region, setting, scale, good_floor)
        if sizes is None:
            return None
        found = _set_at(box, region, setting, sizes)
        if found:
            placed = _anchored(box, region, found)
            shifted = move_off_joins(box, placed, setting.joins_x, setting.number_setter)
            if shifted and _is_clear(shifted, setting, light):
                return replace(shifted, scale=scale, good=_is_good(shifted, setting))
        if all(size <= _floor_px(setting.parts[name], setting, good_floor) for name, size in sizes.items()):
            return None
        scale *= SCALE_STEP
    return None


def _floor_px(part: Part, setting: Setting, good_floor: bool) -> float:
    floor = setting.floor(part)
    return floor.good_px if good_floor else floor.least_px


def _is_good(column: SetColumn, setting: Setting) -> bool:
    sizes = {part.name: part.size_px for part in column.parts}
    return all(
        size
        >= setting.parts[name].good
        * (sizes.get(of, 0.0) if (of := setting.parts[name].of) else setting.short_side_px)
        for name, size in sizes.items()
    )


def _sizes(
    box: Box, region: Region, setting: Setting, scale: float, good_floor: bool
) -> dict[str, float] | None:
    """Return each part's size at a scale, none under its floor; a part on one line is no wider than the box."""
    sizes: dict[str, float] = {}
    names = [name for name in column_names(region) if name != "code"]
    for name in sorted(names, key=lambda name: setting.parts[name].of is not None):
        part = setting.parts[name]
        floor = _floor_px(part, setting, good_floor)
        if part.of:
            wanted = max(part.most * sizes.get(part.of, setting.short_side_px * 0.1), floor)
        else:
            wanted = max(_widest(box.width, part, setting) * scale, floor)
        sizes[name] = wanted
    return sizes


def _widest(width: float, part: Part, setting: Setting) -> float:
    """Return a part's greatest size: the arrangement's, or what fills the box where it has one line."""
    most = part.most * setting.short_side_px
    if part.lines > 1:
        return most
    line = setting.typesetter(part).line(_words(part, setting))
    return min(most, width / line.ink_em) if line.ink_em > 0 else most


def _words(part: Part, setting: Setting) -> tuple[Word, ...]:
    return words_of(tuple(setting.words[role] for role in part.say if role in setting.words), part.weights)


def _set_at(box: Box, region: Region, setting: Setting, sizes: dict[str, float]) -> SetColumn | None:
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
    name: str, width: float, setting: Setting, sizes: dict[str, float], y: float, *, first: bool
) -> SetPart | None:
    part, size = setting.parts[name], sizes[name]
    longest = min(width / size, part.measure_em or 1e9) + SLACK / size
    lines = setting.typesetter(part).break_lines(
        _words(part, setting), longest, part.lines, few=part.of is not None
    )
    if lines is None:
        return None
    cap = setting.cap_em(part) * size
    baseline = y + cap + (0.0 if first else part.gap * size)
    placed = tuple(
        SetLine(line, 0.0, baseline + index * part.leading * size) for index, line in enumerate(lines)
    )
    return SetPart(name, part, size, cap, placed)


def _set_beside(
    name: str, width: float, setting: Setting, sizes: dict[str, float], before: SetPart
) -> SetPart | None:
    """Return a one-line part on the baseline of the one before it, flush right, or None where it is too wide."""
    part, size = setting.parts[name], sizes[name]
    line = setting.typesetter(part).line(_words(part, setting))
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
    names: tuple[str, ...], width: float, setting: Setting, sizes: dict[str, float], y: float, *, first: bool
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
    names: tuple[str, ...], width: float, setting: Setting, sizes: dict[str, float], y: float, *, first: bool
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


def _narrowed(name: str, width: float, setting: Setting, sizes: dict[str, float]) -> dict[str, float] | None:
    """Return sizes in which a one-line part just fits a width, or None where that is under its good size."""
    part = setting.parts[name]
    line = setting.typesetter(part).line(_words(part, setting))
    size = width / line.ink_em if line.ink_em > 0 else 0.0
    if size < setting.floor(part).good_px or part.of is None:
        return None
    return {**sizes, name: size}


def _anchored(box: Box, region: Region, column: SetColumn) -> SetColumn:
    spare = box.bottom - column.box.bottom
    dy = {"top": 0.0, "middle": spare / 2, "bottom": spare}[region.anchor]
    return column.moved(0.0, dy)


def _is_clear(column: SetColumn, setting: Setting, light: Sequence[Polygon]) -> bool:
    """Say whether the ink keeps off the obstacles, and far enough from the light's edges."""
    boxes = [(part.ink(line), part.part.clear * part.size_px) for part in column.parts for line in part.lines]
    if column.code:
        boxes.append((column.code, 0.0))
    return not any(
        any(meet(box.corners(), shape) for shape in setting.obstacles)
        or any(meet(box.grown(clear).corners(), shape) for shape in light)
        for box, clear in boxes
    )
