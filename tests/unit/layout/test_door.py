"""The door itself: how its drawings follow one another, and the measures that each keeps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.geometry import Box
from assetgen.layout.motifs import CallToAction, DrawnMotif, Stage
from assetgen.layout.motifs.door import (
    DROPS,
    EDGE_FROM_PX,
    EDGE_SHARE,
    EDGE_SHARE_WIDE,
    FAR_ROOM,
    LIGHT_REACH,
    MIN_THRESHOLD,
    SEAM,
    TALL_REACH,
    Door,
)
from assetgen.schema.template_file import Opening
from tests.support.door_stages import CALL, FLOOR, stage

CORNER = Opening(kind="corner", door=(0.58, 0.62, 0.65), drop=0.24, min_drop=0.1, foot_x=0.05)
FAR = Opening(kind="far", door=(0.77,), drop=0.34, min_drop=0.12, height=0.27)
BAR = Opening(kind="bar", door=(0.36, 0.39, 0.42))
CTA = CallToAction(CALL, 60.0)


def drawings(opening: Opening, on: Stage | None = None, call: CallToAction = CTA) -> list[DrawnMotif]:
    return list(Door(opening).draw(on or stage(), call))


def with_(opening: Opening, **changes: object) -> Opening:
    return opening.model_copy(update=changes)


def threshold(made: DrawnMotif) -> float:
    """Return the y of the gap's left foot."""
    return made["slit"][3][1]


def test_a_door_leans_as_far_as_its_gaps_left_side_and_a_far_one_does_not() -> None:
    assert Door(FLOOR).lean == pytest.approx(0.04)
    assert Door(FAR).lean == 0


@pytest.mark.parametrize("opening", [FLOOR, FAR], ids=["floor", "far"])
def test_each_drawing_leaves_the_copy_more_room_than_the_one_before(opening: Opening) -> None:
    made = drawings(opening)

    assert len(made) == len(DROPS)
    assert all(threshold(before) < threshold(after) for before, after in pairwise(made))


def test_a_drop_that_cannot_shrink_is_drawn_once() -> None:
    assert len(drawings(with_(FLOOR, min_drop=FLOOR.drop))) == 1


def test_a_bar_is_drawn_once_whatever_the_call() -> None:
    (made,) = drawings(BAR, stage(728, 90), CallToAction(Box(0, 0, 1, 1), 10.0))

    assert made["leaf"] == made["edge"] == ()
    assert made.lit == made["fall"] and made.kept_clear == (made["slit"], made["fall"])


def test_drawings_that_do_not_hold_the_call_are_left_out() -> None:
    right_of_the_light = CallToAction(Box(1000.0, 500.0, 60.0, 60.0), 60.0)

    assert drawings(FLOOR, call=right_of_the_light) == []
    assert len(drawings(FLOOR, call=replace(right_of_the_light, is_lit=False))) == len(DROPS)


def test_a_light_that_would_start_too_near_the_pages_head_is_not_drawn() -> None:
    on = stage()
    high = drawings(FLOOR, on, CallToAction(Box(60.0, 260.0, 500.0, 60.0), 60.0))

    assert len(high) < len(DROPS)
    assert all(threshold(made) >= on.page.y + MIN_THRESHOLD * on.trim_height for made in high)


@pytest.mark.parametrize("opening", [FLOOR, CORNER], ids=["floor", "corner"])
def test_a_door_hangs_from_the_names_above_it(opening: Opening) -> None:
    call = CallToAction(Box(700.0, 900.0, 250.0, 150.0), 60.0)
    on = replace(stage(), head=90.0)

    made = drawings(opening, on, call)[0]

    assert made["slit"][0][1] == made["slit"][1][1] == made["leaf"][0][1] == 90.0


def test_a_gap_with_a_head_of_its_own_starts_there() -> None:
    on = stage()

    made = drawings(with_(FLOOR, head=0.1), on)[0]

    assert made["slit"][0][1] == pytest.approx(on.live.y + 0.1 * on.live.height)


@pytest.mark.parametrize(
    ("width", "height", "share"),
    [(1080, 1350, EDGE_SHARE), (2160, 1080, EDGE_SHARE_WIDE), (EDGE_FROM_PX - 1, 500, 0.0)],
)
def test_the_lit_edge_is_a_share_of_the_width_and_none_on_a_small_page(
    width: float, height: float, share: float
) -> None:
    on = stage(width, height)
    call = CallToAction(Box(0.06 * width, 0.75 * height, 0.3 * width, 0.1 * height), 0.02 * height)

    edge = drawings(FLOOR, on, call)[0]["edge"]

    assert (edge[1][0] - edge[0][0] if edge else 0.0) == pytest.approx(share * width)


def test_gap_and_light_overlap_by_a_seam() -> None:
    on = stage()
    made = drawings(FLOOR, on)[0]

    right = on.x(FLOOR.door[2])
    assert made["slit"][1][0] == pytest.approx(right + SEAM * on.short_side / 2)
    assert made["fall"][0][1] == pytest.approx(threshold(made) - SEAM * on.short_side)


def test_the_light_is_brightest_on_the_threshold_and_reaches_less_far_on_a_tall_page() -> None:
    square, tall = stage(1080, 1080), stage(1080, 1920)

    wide_made = drawings(FLOOR, square, CallToAction(Box(80, 800, 400, 100), 40.0))[0]
    tall_made = drawings(FLOOR, tall, CallToAction(Box(80, 1500, 400, 100), 40.0))[0]

    assert wide_made.reach == pytest.approx(LIGHT_REACH["floor"] * 1080)
    assert tall_made.reach == pytest.approx(TALL_REACH * 1920)
    left, right = wide_made["slit"][3], square.x(FLOOR.door[2])
    assert left[0] < wide_made.source[0] < right
    assert wide_made.source[1] == pytest.approx(left[1], abs=0.05 * 1080)


def test_copy_keeps_clear_of_a_far_doors_leaf_and_may_run_over_a_near_ones() -> None:
    far, near = drawings(FAR)[0], drawings(FLOOR)[0]

    assert far["leaf"] in far.kept_clear
    assert near["leaf"] not in near.kept_clear


@given(st.floats(400, 1100), st.floats(0.1, 0.9))
def test_a_far_doors_head_keeps_from_the_trim(y: float, height: float) -> None:
    on = stage()

    for made in drawings(with_(FAR, height=height), on, CallToAction(Box(60.0, y, 300.0, 100.0), 60.0)):
        assert min(point[1] for point in made["slit"]) >= FAR_ROOM * on.short_side - 1e-6


@given(st.sampled_from([FLOOR, CORNER, FAR]), st.floats(60, 700), st.floats(300, 1100), st.floats(20, 90))
def test_the_light_runs_off_the_page_and_no_shape_has_a_point_without_end(
    opening: Opening, x: float, y: float, type_px: float
) -> None:
    on = stage()

    for made in drawings(opening, on, CallToAction(Box(x, y, 280.0, 120.0), type_px)):
        assert max(point[0] for point in made["fall"]) == on.page.right
        assert max(point[1] for point in made["fall"]) == on.page.bottom
        assert all(abs(number) < 1e5 for shape in made.shapes.values() for point in shape for number in point)
