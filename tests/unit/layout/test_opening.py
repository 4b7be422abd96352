"""The opening: a door ajar whose light holds the call and runs into the bleed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.geometry import Box
from assetgen.layout.motifs import Stage
from assetgen.schema.template_file import Opening
from tests.support.door_stages import CALL, CLEAR, FLOOR, area, drawn, is_inside, stage, try_to_draw

CORNER = Opening(
    kind="corner",
    door=(0.58, 0.62, 0.65),
    drop=0.24,
    min_drop=0.1,
    lift=0.05,
    spread=0.2,
    leaf=0.15,
    foot_x=0.05,
)
BAR = Opening(kind="bar", door=(0.36, 0.39, 0.42))
FAR = 5000.0


@settings(max_examples=150, derandomize=True)
@given(
    x=st.floats(60, 300),
    y=st.floats(500, 1100),
    width=st.floats(100, 700),
    height=st.floats(30, 200),
    drop=st.floats(0.05, 0.35),
)
def test_a_light_that_is_drawn_holds_the_call(
    x: float, y: float, width: float, height: float, drop: float
) -> None:
    call = Box(x, y, width, height)

    made = try_to_draw(FLOOR, stage(), call, CLEAR, drop)

    assert made is None or all(is_inside(corner, made["fall"]) for corner in call.corners())


@pytest.mark.parametrize("opening", [FLOOR, CORNER], ids=["floor", "corner"])
def test_light_and_door_run_into_the_bleed(opening: Opening) -> None:
    on = stage(bleed=30.0)

    made = drawn(opening, on, Box(650.0, 900.0, 300.0, 200.0))

    xs, ys = zip(*made["fall"], strict=True)
    assert (max(xs), max(ys)) == (on.page.right, on.page.bottom)
    assert min(y for _, y in made["leaf"]) == on.page.y
    assert max(x for x, _ in made["leaf"]) == on.page.right


@pytest.mark.parametrize(
    ("opening", "on", "call"),
    [
        (FLOOR, stage(), CALL),
        (CORNER, stage(1200, 630), Box(640, 400, 500, 150)),
        (BAR, stage(728, 90), Box(340, 20, 300, 50)),
    ],
    ids=["floor", "corner", "bar"],
)
def test_every_shape_runs_clockwise(opening: Opening, on: Stage, call: Box) -> None:
    made = drawn(opening, on, call)

    assert all(area(shape) > 0 for shape in (made["slit"], made["fall"], made["leaf"], made["edge"]) if shape)
    assert len(made["slit"]) == 4


def test_a_smaller_drop_leaves_the_words_more_room() -> None:
    steep, flat = drawn(drop=0.3), drawn(drop=0.1)

    assert flat["slit"][3][1] > steep["slit"][3][1]


def test_a_threshold_that_is_given_is_kept() -> None:
    on = stage()

    made = drawn(FLOOR.model_copy(update={"threshold": 0.5}), on, Box(60, 1100, 300, 100))

    assert made["slit"][3][1] == pytest.approx(on.live.y + 0.5 * on.live.height)


def test_where_the_light_cannot_hold_the_call_nothing_is_drawn() -> None:
    assert try_to_draw(FLOOR, stage(), Box(60, 80, 700, 900), CLEAR, 0.3) is None


def test_a_call_that_need_not_be_in_the_light_is_no_reason() -> None:
    low, call = FLOOR.model_copy(update={"threshold": 0.9}), Box(60, 80, 300, 100)

    assert try_to_draw(low, stage(), call, CLEAR, 0.3) is None
    assert try_to_draw(low, stage(), call, CLEAR, 0.3, holds_call=False) is not None


def test_the_light_goes_up_under_the_gap_so_that_no_hairline_shows() -> None:
    made = drawn()
    foot = made["slit"][3]

    assert made["fall"][0][1] < foot[1]
    assert is_inside((foot[0] + 5, foot[1] + 0.5), made["fall"])


@pytest.mark.parametrize(("width", "has_edge"), [(300, False), (1080, True)])
def test_a_small_door_has_no_lit_edge(width: float, has_edge: bool) -> None:
    factor = width / 1080
    call = Box(CALL.x * factor, CALL.y * factor, CALL.width * factor, CALL.height * factor)

    made = try_to_draw(FLOOR, stage(width, width * 1.25), call, CLEAR * factor, 0.3)

    assert made is not None
    assert bool(made["edge"]) is has_edge


def test_the_words_keep_clear_of_gap_and_light() -> None:
    made = drawn()

    assert made.kept_clear == (made["slit"], made["fall"])


def test_a_strip_s_light_is_all_that_is_right_of_the_gap() -> None:
    on = stage(728, 90)

    made = drawn(BAR, on, Box(340, 20, 300, 50))

    assert is_inside((on.page.right - 1, 1), made["fall"])
    assert is_inside((on.page.right - 1, 89), made["fall"])
    assert not is_inside((10, 45), made["fall"])


@settings(max_examples=100, derandomize=True)
@given(x=st.floats(-1, 1081, exclude_max=True), y=st.floats(-1, 1351, exclude_max=True))
def test_all_of_a_sheet_that_is_not_lit_is_in_its_dusk(x: float, y: float) -> None:
    made, sheet = drawn(), stage().page

    assert is_inside((x, y), made["fall"]) or is_inside((x, y), made.dusk(sheet, FAR))


def test_dusk_ends_where_light_fills_the_sheet_and_is_all_of_a_sheet_that_it_does_not_fill() -> None:
    sheet, wide = stage().page, stage(1200, 630)
    in_a_corner = drawn(CORNER, wide, Box(640, 400, 500, 150))

    assert area(drawn().dusk(sheet, FAR)) < 0.8 * area(sheet.corners())
    assert in_a_corner.dusk(wide.page, FAR) == wide.page.corners()


def test_dusk_reaches_no_farther_than_its_glow() -> None:
    made, sheet = drawn(), stage().page

    assert all(math.dist(corner, made.source) <= 100 * math.sqrt(2) for corner in made.dusk(sheet, 100))
