"""A far door: seen whole, of one build in every shape; its light widens to hold the call."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.geometry import Box, meet
from assetgen.layout.motifs import DrawnMotif
from assetgen.schema.template_file import Opening
from tests.support.door_stages import CALL, CLEAR, area, drawn, is_inside, stage, try_to_draw
from tests.support.template_sources import faults, read, shapes
from tests.support.wording import Wording

FAR = Opening(kind="far", door=(0.77,), drop=0.34, min_drop=0.12, spread=0.19, height=0.27)
WIDE_CALL = Box(600.0, 400.0, 520.0, 150.0)


def height(made: DrawnMotif) -> float:
    return made["slit"][3][1] - made["slit"][1][1]


@settings(max_examples=150, derandomize=True)
@given(
    x=st.floats(60, 600),
    y=st.floats(400, 1100),
    width=st.floats(100, 400),
    drop=st.floats(0.0, 2.0),
    spread=st.floats(0.0, 0.6),
)
def test_a_light_that_is_drawn_holds_the_call(
    x: float, y: float, width: float, drop: float, spread: float
) -> None:
    call = Box(x, y, width, 120.0)

    made = try_to_draw(FAR.model_copy(update={"spread": spread}), stage(), call, CLEAR, drop)

    assert made is None or all(is_inside(corner, made["fall"]) for corner in call.corners())


def test_the_door_is_seen_whole_and_the_light_runs_into_the_bleed() -> None:
    on = stage(bleed=30.0)

    made = drawn(FAR, on)

    assert all(0 < x < on.trim_width and 0 < y < on.trim_height for x, y in (*made["slit"], *made["leaf"]))
    xs, ys = zip(*made["fall"], strict=True)
    assert (min(xs), max(xs), max(ys)) == (on.page.x, on.page.right, on.page.bottom)


@pytest.mark.parametrize("drop", [0.0, 0.34, 1.4], ids=["level", "slanting", "off the page's foot"])
def test_every_shape_runs_clockwise(drop: float) -> None:
    made = drawn(FAR, stage(1200, 630), WIDE_CALL, drop)

    assert all(area(shape) > 0 for shape in (made["slit"], made["fall"], made["leaf"]))
    assert made["edge"] == ()


def test_it_is_the_same_door_in_every_shape() -> None:
    tall, wide = drawn(FAR), drawn(FAR, stage(1200, 630), WIDE_CALL)

    builds = [
        tuple((x - made["slit"][3][0]) / height(made) for x, _ in (made["leaf"][0], made["leaf"][1]))
        for made in (tall, wide)
    ]
    assert height(tall) != pytest.approx(height(wide))
    assert builds[0] == pytest.approx(builds[1], abs=0.01)


def test_its_height_is_a_share_of_the_live_area_s_short_side() -> None:
    on = stage()

    assert height(drawn(FAR, on)) == pytest.approx(0.27 * on.unit)


def test_where_the_light_starts_high_the_door_gets_smaller_rather_than_cut() -> None:
    high = Box(60.0, 380.0, 700.0, 500.0)

    made = drawn(FAR, call=high, drop=0.1)

    assert height(made) < 0.9 * height(drawn(FAR))
    assert made["slit"][1][1] == pytest.approx(0.06 * 1080)


def test_a_steep_light_leaves_the_page_s_lower_left_in_the_dark() -> None:
    on = stage(1200, 630)

    steep, flat = drawn(FAR, on, WIDE_CALL, drop=1.4), drawn(FAR, on, WIDE_CALL, drop=0.1)

    assert not is_inside((20, 620), steep["fall"])
    assert is_inside((20, 620), flat["fall"])


def test_the_light_s_right_edge_rises_where_the_call_needs_it() -> None:
    on, call = stage(1200, 630), Box(600.0, 300.0, 560.0, 150.0)

    made = drawn(FAR.model_copy(update={"spread": 0.9, "door": (0.6,)}), on, call)

    assert is_inside((call.right, call.y), made["fall"])


def test_words_keep_clear_of_the_door_itself() -> None:
    made = drawn(FAR)
    middle = Box((made["leaf"][0][0] + made["leaf"][1][0]) / 2, made["leaf"][1][1] + 20, 4, 4)

    assert any(meet(middle.corners(), shape) for shape in made.kept_clear)


def test_a_threshold_that_is_given_is_kept() -> None:
    on = stage()

    made = drawn(FAR.model_copy(update={"threshold": 0.5}), on, Box(60, 1100, 300, 100))

    assert made["slit"][3][1] == pytest.approx(on.live.y + 0.5 * on.live.height)


def test_where_the_light_cannot_hold_the_call_nothing_is_drawn() -> None:
    assert try_to_draw(FAR, stage(), Box(60, 80, 700, 900), CLEAR, 0.3) is None
    assert try_to_draw(FAR, stage(), CALL, CLEAR, 0.3) is not None


def test_a_design_says_a_far_door_by_its_right_side_and_its_height(tmp_path: Path) -> None:
    own = "  wide:\n    extends: landscape\n    motif: {kind: far, door: [0.8], height: 0.3, drop: 1.5}\n"

    found = read(tmp_path, shapes(own)).arrangements["wide"].motif

    assert found == Opening(kind="far", door=(0.8,), height=0.3, drop=1.5)


@pytest.mark.parametrize(
    "opening",
    [
        "{kind: far, door: [0.7, 0.8, 0.9], height: 0.3}",
        "{kind: far, door: [0.8]}",
        "{kind: floor, door: [0.8]}",
        "{kind: bar, door: [0.3, 0.4, 0.5], height: 0.3}",
    ],
    ids=["three x", "no height", "one x", "height of a bar"],
)
def test_a_door_that_is_measured_in_another_way_is_refused(
    opening: str, tmp_path: Path, wording: Wording
) -> None:
    found = faults(tmp_path, shapes(f"  wide:\n    extends: landscape\n    motif: {opening}\n"))

    assert len(found) == 1
    assert found[0].startswith("templates/bare/template.yaml:") and "[bad-value]" in found[0]
    assert wording == found
