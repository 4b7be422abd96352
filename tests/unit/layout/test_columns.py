"""Laying out a column: the largest type that fits, placed by its ink and clear of obstacles."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from math import hypot
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.geometry import Box, polygons_overlap
from assetgen.layout.columns import lay_out_column, without_all_optional
from assetgen.layout.parts import ColumnInput, PlacedColumn
from assetgen.loading.model import FontFamilies
from assetgen.planning.asset import TypeSizeLimits
from assetgen.schema.template_file import Part, Region
from tests.support.layout_inputs import measurer

FAMILY = "Hanken Grotesk"
NUMBER = "0808\N{NO-BREAK SPACE}157\N{NO-BREAK SPACE}0123"
WORDS = {
    "headline": "Worried about your own thoughts?",
    "body": "Talk it through before anything gets worse.",
    "number": NUMBER,
    "address": "www.example.org",
    "promise": "Confidential and anonymous",
}
PARTS = {
    "headline": Part(roles=("headline",), weights=(700,), leading=1.0, max_size=0.2, lines=4),
    "body": Part(roles=("body",), weights=(500,), max_size=0.06, lines=4, gap=1.2),
    "number": Part(roles=("number",), weights=(700,), leading=1.0, max_size=0.2),
    "address": Part(roles=("address",), weights=(600,), relative_to="number", max_size=0.4, gap=0.8),
    "promise": Part(
        roles=("promise",),
        weights=(500,),
        relative_to="number",
        max_size=0.3,
        lines=2,
        gap=0.9,
        optional=True,
    ),
}
FLOORS = dict.fromkeys(WORDS, TypeSizeLimits(8.0, 12.0))
BOX = Box(40.0, 30.0, 400.0, 300.0)
CODE_SIZE = {"code_side_px": 120.0, "code_module_px": 4.0}


def setting(**changes: object) -> ColumnInput:
    default = ColumnInput(
        parts=PARTS,
        words=WORDS,
        required=frozenset({"number"}),
        type_sizes=FLOORS,
        measurer=measurer(),
        families=FontFamilies({"text": FAMILY}),
        short_side_px=400.0,
        code_side_px=None,
        code_module_px=0.0,
    )
    return replace(default, **changes)  # type: ignore[arg-type]


Anchor = Literal["top", "middle", "bottom"]


def region(*column: str | tuple[str, ...], anchor: Anchor = "top") -> Region:
    return Region(box=(0, 0, 1, 1), column=column, anchor=anchor)


CTA = region("number", ("address", "promise"))
CTA_WITH_CODE = region("number", ("address", "promise", "code"))


def found(column: PlacedColumn | None) -> PlacedColumn:
    assert column is not None
    return column


def sizes(column: PlacedColumn | None) -> dict[str, float]:
    return {part.name: part.size_px for part in found(column).parts}


def test_with_enough_room_each_part_has_its_maximum_size() -> None:
    column = lay_out_column(Box(0, 0, 2000, 2000), region("headline", "body"), setting())

    assert sizes(column) == {"headline": pytest.approx(80.0), "body": pytest.approx(24.0)}
    assert found(column).scale == 1.0


def test_a_relative_part_scales_with_the_part_it_refers_to() -> None:
    type_sizes = sizes(lay_out_column(BOX, CTA, setting()))

    assert type_sizes["address"] == pytest.approx(0.4 * type_sizes["number"])


def test_a_number_is_at_most_as_wide_as_the_box() -> None:
    column = found(lay_out_column(Box(0, 0, 200, 300), region("number"), setting()))

    assert column.parts[0].box.width == pytest.approx(200.0, abs=0.2)


def test_the_first_line_touches_the_top_and_the_left_of_the_box() -> None:
    column = found(lay_out_column(BOX, region("headline"), setting()))
    first = column.parts[0].lines[0]

    assert first.baseline - column.parts[0].cap_px == pytest.approx(BOX.y)
    assert {line.x for line in column.parts[0].lines} == {BOX.x}


def test_baselines_are_one_leading_apart() -> None:
    part = found(lay_out_column(Box(0, 0, 250, 400), region("headline"), setting())).parts[0]

    steps = [below.baseline - above.baseline for above, below in pairwise(part.lines)]
    assert len(steps) >= 1
    assert steps == pytest.approx([part.size_px] * len(steps))


def test_a_gap_is_measured_from_baseline_to_capitals() -> None:
    headline, body = found(lay_out_column(BOX, region("headline", "body"), setting())).parts

    gap = body.lines[0].baseline - body.cap_px - headline.lines[-1].baseline
    assert gap == pytest.approx(1.2 * body.size_px)


@pytest.mark.parametrize(("anchor", "share"), [("top", 0.0), ("middle", 0.5), ("bottom", 1.0)])
def test_a_column_is_anchored_at_the_top_middle_or_bottom(anchor: Anchor, share: float) -> None:
    top = found(lay_out_column(BOX, region("number"), setting()))
    column = found(lay_out_column(BOX, region("number", anchor=anchor), setting()))

    spare = BOX.bottom - top.parts[0].box.bottom
    assert column.box.y - top.box.y == pytest.approx(share * spare)


def test_text_under_its_minimum_size_does_not_fit() -> None:
    assert lay_out_column(Box(0, 0, 40, 300), region("number"), setting()) is None
    assert lay_out_column(Box(0, 0, 400, 5), region("number"), setting()) is None


def test_an_optional_part_is_dropped_before_other_parts_get_small() -> None:
    parts = {**PARTS, "number": PARTS["number"].model_copy(update={"preferred_size": 0.12})}

    whole = lay_out_column(Box(0, 0, 400, 200), CTA, setting())
    tight = lay_out_column(Box(0, 0, 400, 75), CTA, setting(parts=parts))

    assert set(sizes(whole)) == {"number", "address", "promise"}
    assert set(sizes(tight)) == {"number", "address"}


@pytest.mark.parametrize(
    ("height", "kept"),
    [
        (200, {"number", "address", "promise", "action"}),
        (72, {"number", "address", "promise"}),
        (46, {"number", "address"}),
    ],
)
def test_optional_parts_are_dropped_one_by_one_least_important_first(height: float, kept: set[str]) -> None:
    """A template lists its parts by importance, independent of their order in the column."""
    action = Part(
        roles=("action",), weights=(600,), relative_to="number", max_size=0.3, gap=0.6, optional=True
    )
    parts = {**PARTS, "number": PARTS["number"].model_copy(update={"preferred_size": 0.08}), "action": action}
    column = region("action", "number", ("address", "promise"))
    with_action = setting(
        parts=parts,
        words={**WORDS, "action": "Call free"},
        type_sizes={role: TypeSizeLimits(6.0, 8.0) for role in (*WORDS, "action")},
    )

    assert set(sizes(lay_out_column(Box(0, 0, 400, height), column, with_action))) == kept


def test_a_headline_limited_by_its_lines_does_not_make_the_body_small() -> None:
    narrow = Box(0, 0, 150, 2000)
    column = region("headline", "body")

    type_sizes = sizes(lay_out_column(narrow, column, setting()))

    assert type_sizes["headline"] < 0.6 * 80.0
    assert type_sizes["body"] == pytest.approx(24.0, rel=0.03)


def test_a_headline_under_its_preferred_size_does_not_limit_the_body() -> None:
    """The headline's longest word is too wide for 110 px; the body has room for its preferred 12 px and uses it."""
    floors = {**FLOORS, "headline": TypeSizeLimits(8.0, 110.0)}
    parts = {**PARTS, "body": PARTS["body"].model_copy(update={"max_size": 0.01})}

    column = found(
        lay_out_column(
            replace(BOX, height=500.0), region("headline", "body"), setting(type_sizes=floors, parts=parts)
        )
    )

    assert sizes(column)["headline"] < 110
    assert sizes(column)["body"] > 11.5


def test_awkward_line_breaks_are_used_only_if_nothing_else_fits() -> None:
    words = {**WORDS, "headline": "Worried about a loved one?"}
    with_headline = setting(words=words)
    broken = {
        width: [
            line.line.text
            for line in found(lay_out_column(Box(0, 0, width, 400), region("headline"), with_headline))
            .parts[0]
            .lines
        ]
        for width in (45, 100, 150)
    }

    assert broken[100] == broken[150] == ["Worried", "about", "a loved one?"]
    # In a box 45 px wide, "a loved one?" does not fit on one line at any legible size.
    assert broken[45] == ["Worried", "about a", "loved one?"]


def test_a_column_never_grows_beyond_its_box() -> None:
    box = Box(0, 0, 150, 260)
    column = found(lay_out_column(box, region("headline", "body"), setting()))

    assert column.box.bottom <= box.bottom + 0.1
    assert column.box.right <= box.right + 0.1


def test_ink_stays_inside_the_circle_of_a_round_channel() -> None:
    circle = (240.0, 180.0, 200.0)
    box = Box(60.0, 30.0, 370.0, 320.0)

    free = found(lay_out_column(box, region("headline", "number"), setting()))
    within_circle = found(
        lay_out_column(box, region("headline", "number", anchor="middle"), setting(circle=circle))
    )

    def furthest(column: PlacedColumn) -> float:
        ink = [part.ink(line) for part in column.parts for line in part.lines]
        return max(hypot(x - circle[0], y - circle[1]) for one in ink for x, y in one.corners())

    assert furthest(free) > 200.0
    assert furthest(within_circle) <= 200.1


def test_an_optional_part_that_the_channel_requires_is_kept() -> None:
    required = setting(required=frozenset({"number", "promise"}))

    assert "promise" in sizes(lay_out_column(Box(0, 0, 400, 90), CTA, required))


def test_without_all_optional_drops_every_optional_part_that_is_not_required() -> None:
    assert without_all_optional(CTA_WITH_CODE, setting()).column == ("number", ("address", "code"))


def test_a_part_without_copy_is_left_out() -> None:
    without_body = setting(words={"headline": "Talk to us"})

    assert sizes(lay_out_column(BOX, region("headline", "body"), without_body)).keys() == {"headline"}


def test_the_code_is_right_of_the_text_at_its_own_size() -> None:
    column = found(lay_out_column(BOX, CTA_WITH_CODE, setting(**CODE_SIZE)))

    assert column.code is not None
    assert (column.code.width, column.code.height, column.code.right) == pytest.approx((120, 120, BOX.right))
    text_boxes = [part.box for part in column.parts if part.name != "number"]
    assert all(box.right < column.code.x for box in text_boxes)


def test_in_a_narrow_box_the_code_is_below_the_text() -> None:
    column = found(lay_out_column(Box(0, 0, 150, 500), CTA_WITH_CODE, setting(**CODE_SIZE)))

    assert column.code is not None
    assert all(part.box.bottom <= column.code.y for part in column.parts)


def test_a_code_wider_than_the_box_does_not_fit() -> None:
    assert lay_out_column(Box(0, 0, 100, 500), CTA_WITH_CODE, setting(**CODE_SIZE)) is None


@settings(max_examples=60, derandomize=True)
@given(
    width=st.floats(60, 900),
    height=st.floats(30, 600),
    anchor=st.sampled_from(["top", "middle", "bottom"]),
    code=st.none() | st.floats(40, 160),
)
def test_a_column_stays_inside_its_box_without_overlaps(
    width: float, height: float, anchor: Anchor, code: float | None
) -> None:
    box = Box(10.0, 20.0, width, height)
    with_code = setting(code_side_px=code, code_module_px=code and code / 37)

    column = lay_out_column(box, region("number", ("address", "promise", "code"), anchor=anchor), with_code)

    if column is None:
        return
    boxes = [part.box for part in column.parts] + ([column.code] if column.code else [])
    room = box.enlarged(0.2)
    assert all(room.x <= one.x and one.right <= room.right for one in boxes)
    assert all(room.y <= one.y and one.bottom <= room.bottom for one in boxes)
    inks = [one.enlarged(-0.2).corners() for one in boxes]
    assert not any(polygons_overlap(one, other) for one, other in combinations(inks, 2))
    assert all(part.size_px >= 8.0 for part in column.parts)


def test_text_gets_smaller_to_keep_clear_of_the_light() -> None:
    light = (((200.0, 0.0), (800.0, 0.0), (800.0, 800.0), (300.0, 800.0)),)

    unobstructed = found(lay_out_column(BOX, region("headline"), setting()))
    beside_light = found(lay_out_column(BOX, region("headline"), setting(), light))

    part = beside_light.parts[0]
    clear = part.part.clearance * part.size_px
    assert part.size_px < unobstructed.parts[0].size_px
    assert not any(
        polygons_overlap(part.ink(line).enlarged(clear).corners(), light[0]) for line in part.lines
    )


def test_text_avoids_obstacles() -> None:
    face = Box(BOX.x, BOX.y + 100, 400, 200).corners()

    column = found(lay_out_column(BOX, region("headline"), setting(obstacles=(face,))))

    assert column.parts[0].box.bottom <= BOX.y + 100


def test_a_panel_join_falls_between_digit_groups_or_beside_the_number() -> None:
    plain = found(lay_out_column(BOX, region("number"), setting(short_side_px=200.0))).parts[0]
    join = plain.box.x + 0.15 * plain.box.width

    number = found(
        lay_out_column(BOX, region("number"), setting(short_side_px=200.0, panel_joins_x=(join,)))
    ).parts[0]

    start, size = number.lines[0].x - number.lines[0].line.left_em * number.size_px, number.size_px
    groups = [(0, 4), (5, 8), (9, 13)]
    spans = [(start + advance(first) * size, start + advance(last) * size) for first, last in groups]
    assert not any(left < join < right for left, right in spans)
    assert number.box.right <= BOX.right + 0.2


def advance(count: int) -> float:
    """Return the width in em of the first characters of the number."""
    return measurer().shape(NUMBER[:count], FAMILY, 700).advance if count else 0.0


def test_a_number_does_not_fit_if_panel_joins_leave_no_place() -> None:
    joins = tuple(float(x) for x in range(0, 500, 10))

    assert lay_out_column(BOX, region("number"), setting(panel_joins_x=joins)) is None


def test_a_column_records_whether_all_text_has_its_preferred_size() -> None:
    parts = {**PARTS, "number": PARTS["number"].model_copy(update={"preferred_size": 0.1})}

    large = found(lay_out_column(Box(0, 0, 400, 300), region("number"), setting(parts=parts)))
    small = found(lay_out_column(Box(0, 0, 150, 300), region("number"), setting(parts=parts)))

    assert (large.has_preferred_sizes, small.has_preferred_sizes) == (True, False)


def test_a_same_line_part_shares_the_baseline_and_ends_at_the_right() -> None:
    parts = {**PARTS, "address": PARTS["address"].model_copy(update={"same_line": True, "gap": 1.0})}
    column = found(lay_out_column(BOX, region("number", "address"), setting(parts=parts)))
    number, address = column.parts

    assert address.lines[0].baseline == number.lines[0].baseline
    assert address.box.right == pytest.approx(BOX.right, abs=0.2)
    assert address.box.x - number.box.right >= address.size_px - 0.2
