"""Setting a column: words in their largest size that fits a box, keeps clear of the light and reads.

Every size is tried on one scale of 24 steps to the octave, from the arrangement's greatest downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import log

from assetgen.geometry import Box, Polygon
from assetgen.loading.templates.layouts import Part, Region, column_names, column_parts
from assetgen.render.joins import move_off_joins
from assetgen.render.set_parts import SetColumn
from assetgen.render.setting import SLACK, Setting
from assetgen.render.stacking import set_at

SCALE_STEP = 2 ** (-1 / 24)
# Below this share of the greatest size a column is hopeless; the floors usually end the search before.
LEAST_SCALE = 0.1


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
        key=lambda name: setting.parts[name].of is not None,
    )
    widest = {
        name: _widest(box.width, part, setting) for name in names if not (part := setting.parts[name]).of
    }
    while scale >= LEAST_SCALE:
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
    shifted = move_off_joins(box, _anchored(box, region, found), setting.joins_x, setting.number_setter)
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
        most = max(setting.floor(part).good_px, 0.0 if part.of else _widest(box.width, part, setting))
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
        >= setting.parts[name].good
        * (sizes.get(of, 0.0) if (of := setting.parts[name].of) else setting.short_side_px)
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
        other = sizes.get(part.of, setting.short_side_px * 0.1) if part.of else None
        wanted = widest[name] * scale if other is None else part.most * other
        sizes[name] = max(wanted, floors[name])
    return sizes


def _widest(width: float, part: Part, setting: Setting) -> float:
    """Return a part's greatest size: the arrangement's, or what fills the box where it has one line."""
    most = part.most * setting.short_side_px
    if part.lines > 1:
        return most
    line = setting.typesetter(part).line(setting.words_in(part))
    return min(most, width / line.ink_em) if line.ink_em > 0 else most


def _anchored(box: Box, region: Region, column: SetColumn) -> SetColumn:
    spare = box.bottom - column.box.bottom
    dy = {"top": 0.0, "middle": spare / 2, "bottom": spare}[region.anchor]
    return column.moved(0.0, dy)
