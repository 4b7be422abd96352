"""Lay out a column of copy in the largest type that fits its box and avoids the obstacles.

A column is placed by its ink, from the tops of capitals to the baselines, and not by line boxes. Sizes are tried from
the layout's maximum downwards, on one scale with 24 steps for each halving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log

from assetgen.geometry import Box, Polygon
from assetgen.layout.line_breaking import Line, Typesetter, split_words
from assetgen.layout.parts import SLACK_PX, ColumnInput, PlacedColumn, PlacedLine, PlacedPart, ascent_px
from assetgen.schema.template_file import QR_CODE, Part, Region, column_names, column_parts

# The clear space between a digit and a panel join, in em of the number, and the number of positions that are tried.
JOIN_CLEAR_EM, POSITIONS = 0.03, 80


def move_off_joins(
    box: Box, column: PlacedColumn, panel_joins_x: tuple[float, ...], typesetter: Typesetter | None
) -> PlacedColumn | None:
    """Return the column moved right so that no panel join crosses a group of the number's digits.

    The position furthest right is tried first, because the call to action belongs at the page's right. Returns None if
    no position fits. ``typesetter`` is the number's typesetter.
    """
    numbers = [part for part in column.parts if "number" in part.part.roles]
    if not panel_joins_x or not numbers or typesetter is None:
        return column
    number = numbers[0]
    groups = _digit_groups(number, number.lines[0], typesetter)
    room = max(0.0, box.right - column.box.right)
    margin = JOIN_CLEAR_EM * number.size_px
    for step in range(POSITIONS + 1):
        dx = room * (1 - step / POSITIONS)
        if not any(
            start + dx - margin < join < end + dx + margin for start, end in groups for join in panel_joins_x
        ):
            return column.moved(dx, 0.0)
    return None


def _digit_groups(number: PlacedPart, line: PlacedLine, typesetter: Typesetter) -> list[tuple[float, float]]:
    """Return the start and end x of each group of digits on the page."""
    text, weight = line.line.words[0].text, line.line.words[0].weight
    left = line.x - line.line.left_em * number.size_px
    spans, start = [], 0
    for group in text.split("\N{NO-BREAK SPACE}"):
        end = start + len(group)
        before = typesetter.line(split_words((text[:start] or " ",), (weight,))).width_em if start else 0.0
        through = typesetter.line(split_words((text[:end],), (weight,))).width_em
        spans.append((left + before * number.size_px, left + through * number.size_px))
        start = end + 1
    return spans


# The space on each side of a gutter between words and the code, in modules. The wider one is tried first.
CODE_GUTTER_MODULES = (2.0, 0.75)
# The space between an accent and the descender above it, in em.
ACCENT_CLEAR_EM = 0.02


def lay_out_at_sizes(
    box: Box, region: Region, setting: ColumnInput, sizes: Mapping[str, float]
) -> PlacedColumn | None:
    """Lay out the column in these sizes from the box's top left; return None if it is too wide or too high.

    ``sizes`` has the type size of each part, in px.
    """
    placer = _PartPlacer(setting, sizes)
    parts: list[PlacedPart] = []
    code: Box | None = None
    y = 0.0
    for item in region.column:
        if isinstance(item, str):
            if setting.parts[item].same_line and parts:
                placed = placer.part_beside(item, box.width, parts[-1])
            else:
                placed = placer.part(item, box.width, y, first=not parts)
            if placed is None:
                return None
            parts.append(placed)
            y = placed.lines[-1].baseline
            continue
        group = placer.group(item, box.width, y, first=not parts)
        if group is None:
            return None
        parts += group.parts
        code, y = group.code, group.bottom
    column = PlacedColumn(tuple(parts), code, 1.0, True)
    return column.moved(box.x, box.y) if column.box.bottom <= box.height + SLACK_PX else None


def _with_room_for_accents(part: Part, lines: Sequence[Line], size: float, cap: float) -> Part:
    """Return the part with enough leading between accents and the descenders above them.

    A part that already has enough is returned unchanged.
    """
    needed = [
        (above.bottom_em + below.top_em + ACCENT_CLEAR_EM)
        for above, below in pairwise(lines)
        if ascent_px(below, size, cap) > cap
    ]
    leading = max([part.leading, *needed])
    return part if leading == part.leading else part.model_copy(update={"leading": leading})


def find_overflow(regions: Iterable[tuple[str, Region, Box]], setting: ColumnInput) -> str | None:
    """Return what is too large at its minimum size, and by how much; None if only the arrangement is impossible.

    ``regions`` are the name, the region and the box in px of each column. Optional parts are not measured, because they
    are left out first.
    """
    for region_name, region, box in regions:
        height = 0.0
        for name in column_names(region):
            if name == QR_CODE:
                side = setting.code_side_px or 0.0
                if side > min(box.width, box.height):
                    return f"the QR code needs {side:.0f} px, and its place has {min(box.width, box.height):.0f} px"
                continue
            part = setting.parts[name]
            words = setting.words_in(part)
            if not words or part.optional:
                continue
            size, typesetter = setting.type_size(part).min_px, setting.typesetter(part)
            pieces = [words] if part.lines == 1 or "number" in part.roles else [(word,) for word in words]
            width = max(typesetter.line(piece).ink_em for piece in pieces) * size
            if width > box.width:
                longest = max(pieces, key=lambda piece: typesetter.line(piece).ink_em)
                shown = " ".join(word.text for word in longest)
                return f"“{shown}” in the {name} is {width / box.width - 1:.0%} too wide"
            lines = typesetter.break_lines(words, box.width / size, part.lines, allow_bad_breaks=True)
            if lines is None:
                return f"the {name} needs more than {part.lines} lines"
            gap = part.gap if height and not part.same_line else 0.0
            if not part.same_line:
                height += (gap + setting.cap_em(part) + (len(lines) - 1) * part.leading) * size
        if height > box.height:
            return f"the {region_name} is {height / box.height - 1:.0%} too high"
    return None


@dataclass(frozen=True, slots=True)
class _PartGroup:
    """Parts beside or above the code. ``bottom`` is the y from which the next part is measured."""

    parts: tuple[PlacedPart, ...]
    code: Box | None
    bottom: float


@dataclass(frozen=True, slots=True)
class _PartPlacer:
    """Places the parts of a column in given sizes, with the column's left at 0.

    In each method, ``y`` is the last baseline or the bottom of the code above, and ``first`` says whether the column is
    still empty.
    """

    setting: ColumnInput
    sizes: Mapping[str, float]

    def part(self, name: str, width: float, y: float, *, first: bool) -> PlacedPart | None:
        """Place a part below ``y``; return None if its copy does not fit the width in its maximum number of lines."""
        setting, part, size = self.setting, self.setting.parts[name], self.sizes[name]
        longest = min(width / size, part.measure_em or 1e9) + SLACK_PX / size
        lines = setting.typesetter(part).break_lines(
            setting.words_in(part),
            longest,
            part.lines,
            prefer_few_lines=part.relative_to is not None,
            allow_bad_breaks=setting.allow_bad_breaks,
        )
        if lines is None:
            return None
        cap = setting.cap_em(part) * size
        # A column starts at the top of its ink, including accents. Further down, accents rise into the gap.
        baseline = y + (ascent_px(lines[0], size, cap) if first else cap + part.gap * size)
        part = _with_room_for_accents(part, lines, size, cap)
        placed = tuple(
            PlacedLine(line, 0.0, baseline + index * part.leading * size) for index, line in enumerate(lines)
        )
        return PlacedPart(name, part, size, cap, placed)

    def part_beside(self, name: str, width: float, before: PlacedPart) -> PlacedPart | None:
        """Place a one-line part flush right on the baseline of the part before it; None if it is too wide."""
        setting, part, size = self.setting, self.setting.parts[name], self.sizes[name]
        line = setting.typesetter(part).line(setting.words_in(part))
        x = width - line.ink_em * size
        if x < before.box.right + part.gap * size - SLACK_PX:
            return None
        placed = (PlacedLine(line, x, before.lines[-1].baseline),)
        return PlacedPart(name, part, size, setting.cap_em(part) * size, placed)

    def group(self, names: tuple[str, ...], width: float, y: float, *, first: bool) -> _PartGroup | None:
        """Place parts beside the code, or above it if they do not fit beside it; without a code, in a column.

        Returns None if they do not fit at all.
        """
        setting = self.setting
        texts = tuple(name for name in names if name != "code")
        side = setting.code_side_px if "code" in names else None
        if side is None:
            stacked = self.texts(texts, width, y, first=first)
            return _PartGroup(stacked, None, stacked[-1].lines[-1].baseline) if stacked else None
        wide, narrow = (share * setting.code_module_px for share in CODE_GUTTER_MODULES)
        above = setting.parts[texts[0]].gap * self.sizes[texts[0]] if texts else 0.0
        gap = 0.0 if first else max(above, narrow)
        if side > width + SLACK_PX:
            return None
        code = Box(width - side, y + gap, side, side)
        if not texts:
            return _PartGroup((), code, y + gap + side)
        for gutter in (wide, narrow):
            placed = self.texts(texts, width - side - 2 * gutter, y, first=first)
            if placed:
                return _PartGroup(placed, code, max(code.bottom, placed[-1].lines[-1].baseline))
        stacked = self.texts(texts, width, y, first=first)
        if stacked is None:
            return None
        top = stacked[-1].box.bottom + wide
        return _PartGroup(stacked, Box(0.0, top, side, side), top + side)

    def texts(
        self, names: tuple[str, ...], width: float, y: float, *, first: bool
    ) -> tuple[PlacedPart, ...] | None:
        """Place parts one below the other; return None if one of them does not fit.

        A part with ``relative_to`` may become smaller to fit, down to the preferred size of its roles.
        """
        placed: list[PlacedPart] = []
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

    def narrowed(self, name: str, width: float) -> _PartPlacer | None:
        """Return a placer in which a part just fits a width as one line.

        Returns None if that size is below the part's preferred size, or if the part has no ``relative_to``.
        """
        setting, part = self.setting, self.setting.parts[name]
        line = setting.typesetter(part).line(setting.words_in(part))
        size = width / line.ink_em if line.ink_em > 0 else 0.0
        if size < setting.type_size(part).preferred_px or part.relative_to is None:
            return None
        return _PartPlacer(setting, {**self.sizes, name: size})


SCALE_STEP = 2 ** (-1 / 24)
# The search ends at this share of the maximum sizes, if the minimum sizes have not ended it before.
MIN_SCALE = 0.1


def lay_out_column(
    box: Box, region: Region, setting: ColumnInput, light: Sequence[Polygon] = ()
) -> PlacedColumn | None:
    """Lay out a region's column in a box; return None if it does not fit at a legible size.

    Optional parts that the channel does not require are left out before the other parts become small. ``light`` are
    the shapes that the copy keeps clear of.
    """
    region = _with_words_only(region, setting)
    best: PlacedColumn | None = None
    for kept in without_optional(region, setting):
        found = _largest(box, kept, setting, light, at_preferred_sizes=True)
        if found and found.has_preferred_sizes:
            return found
        if found and (best is None or found.scale > best.scale * 1.15):
            best = found
    if best:
        return best
    required = without_all_optional(region, setting)
    return _largest(box, required, setting, light, at_preferred_sizes=False) or _largest(
        box, required, replace(setting, allow_bad_breaks=True), light, at_preferred_sizes=False
    )


def _with_words_only(region: Region, setting: ColumnInput) -> Region:
    """Return the region without the parts that have no copy, and without the code if the asset has none."""

    def has_content(name: str) -> bool:
        if name == "code":
            return setting.code_side_px is not None
        return any(role in setting.words for role in setting.parts[name].roles)

    return _filtered(region, has_content)


def _filtered(region: Region, keep: Callable[[str], bool]) -> Region:
    """Return the region with only the parts for which ``keep`` is true."""
    column: list[str | tuple[str, ...]] = []
    for item in region.column:
        if isinstance(item, str):
            column += [item] if keep(item) else []
        else:
            inner = tuple(name for name in item if keep(name))
            column += [inner] if inner else []
    return region.model_copy(update={"column": tuple(column)})


def _is_optional(name: str, setting: ColumnInput) -> bool:
    if name == "code" or not setting.parts[name].optional:
        return False
    return not any(role in setting.required for role in setting.parts[name].roles)


def without_optional(region: Region, setting: ColumnInput) -> Iterator[Region]:
    """Yield the whole region, then the region with one optional part fewer each time.

    A template lists its parts by importance, so the last optional one is left out first.
    """
    present = column_names(region)
    optional = [name for name in setting.parts if name in present and _is_optional(name, setting)]
    for count in range(len(optional), -1, -1):
        kept = set(optional[:count])
        yield _filtered(region, lambda name, kept=kept: name not in optional or name in kept)  # type: ignore[misc]


def without_all_optional(region: Region, setting: ColumnInput) -> Region:
    """Return the region without the parts that are optional in the template and not required by the channel."""
    return _filtered(region, lambda name: not _is_optional(name, setting))


def _largest(
    box: Box, region: Region, setting: ColumnInput, light: Sequence[Polygon], *, at_preferred_sizes: bool
) -> PlacedColumn | None:
    """Lay out the column at the largest scale that fits, then enlarge each part as far as the others allow.

    No part is smaller than its minimum size, or with ``at_preferred_sizes`` than its preferred size. Returns None if
    the column does not fit at these sizes.
    """
    scale = 1.0
    min_sizes_px = {
        name: _min_size_px(part, setting, at_preferred_sizes) for name, part in setting.parts.items()
    }
    names = sorted(
        (name for name in column_names(region) if name != "code"),
        key=lambda name: setting.parts[name].relative_to is not None,
    )
    widest = {
        name: _max_size(box.width, part, setting)
        for name in names
        if not (part := setting.parts[name]).relative_to
    }
    while scale >= MIN_SCALE:
        sizes = _sizes(names, setting, widest, min_sizes_px, scale)
        found = _place_in_box(box, region, setting, light, sizes)
        if found:
            enlarged = (
                _enlarge_parts(box, region, setting, light, sizes)
                if scale < 1 or not at_preferred_sizes
                else None
            )
            return replace(
                enlarged or found,
                scale=scale,
                has_preferred_sizes=_has_preferred_sizes(enlarged or found, setting),
            )
        if all(size <= min_sizes_px[name] for name, size in sizes.items()):
            return None
        scale *= SCALE_STEP
    return None


def _place_in_box(
    box: Box, region: Region, setting: ColumnInput, light: Sequence[Polygon], sizes: Mapping[str, float]
) -> PlacedColumn | None:
    """Lay out the column in these sizes at its anchor in the box; return None if it does not fit."""
    found = lay_out_at_sizes(box, region, setting, sizes)
    if found is None:
        return None
    shifted = move_off_joins(
        box, _anchored(box, region, found), setting.panel_joins_x, setting.number_typesetter
    )
    return shifted if shifted and setting.is_clear(shifted, light) else None


def _enlarge_parts(
    box: Box, region: Region, setting: ColumnInput, light: Sequence[Polygon], sizes: dict[str, float]
) -> PlacedColumn | None:
    """Enlarge each part on its own, from the top; return None if none can be enlarged.

    Without this, a long question that fills its lines would keep the answer below it small. A part with ``relative_to``
    grows at most to the preferred size of its roles.
    """
    enlarged: PlacedColumn | None = None
    for name in column_parts(region):
        part = setting.parts[name]
        current = sizes[name]
        largest = max(
            setting.type_size(part).preferred_px,
            0.0 if part.relative_to else _max_size(box.width, part, setting),
        )
        steps = int(log(largest / current) / -log(SCALE_STEP) + SLACK_PX) if largest > current else 0
        while steps > 0:
            larger = {**sizes, name: current * SCALE_STEP**-steps}
            found = _place_in_box(box, region, setting, light, larger)
            if found:
                enlarged, sizes = found, larger
                break
            steps -= 1
    return enlarged


def _min_size_px(part: Part, setting: ColumnInput, at_preferred_sizes: bool) -> float:
    limits = setting.type_size(part)
    return limits.preferred_px if at_preferred_sizes else limits.min_px


def _has_preferred_sizes(column: PlacedColumn, setting: ColumnInput) -> bool:
    """Say whether every part has at least the template's preferred size."""
    sizes = {part.name: part.size_px for part in column.parts}
    return all(
        size
        >= setting.parts[name].preferred_size
        * (sizes.get(of, 0.0) if (of := setting.parts[name].relative_to) else setting.short_side_px)
        for name, size in sizes.items()
    )


def _sizes(
    names: Sequence[str],
    setting: ColumnInput,
    widest: Mapping[str, float],
    min_sizes_px: Mapping[str, float],
    scale: float,
) -> dict[str, float]:
    """Return the size of each part at a scale, at least its minimum size.

    ``names`` lists parts with ``relative_to`` after all others. ``widest`` has the maximum sizes of the parts without
    it.
    """
    sizes: dict[str, float] = {}
    for name in names:
        part = setting.parts[name]
        other = sizes.get(part.relative_to, setting.short_side_px * 0.1) if part.relative_to else None
        wanted = widest[name] * scale if other is None else part.max_size * other
        sizes[name] = max(wanted, min_sizes_px[name])
    return sizes


def _max_size(width: float, part: Part, setting: ColumnInput) -> float:
    """Return the maximum size of a part. For a part of one line, it is at most the size that fills the width."""
    layout_max = part.max_size * setting.short_side_px
    if part.lines > 1:
        return layout_max
    line = setting.typesetter(part).line(setting.words_in(part))
    return min(layout_max, width / line.ink_em) if line.ink_em > 0 else layout_max


def _anchored(box: Box, region: Region, column: PlacedColumn) -> PlacedColumn:
    """Return the column moved to the region's anchor: top, middle or bottom of the box."""
    spare = box.bottom - column.box.bottom
    dy = {"top": 0.0, "middle": spare / 2, "bottom": spare}[region.anchor]
    return column.moved(0.0, dy)
