"""The far door motif: visible as a whole, with equal proportions in every shape, and with light around the CTA."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.geometry import Box, polygons_overlap
from assetgen.layout.motifs import DrawnMotif
from assetgen.schema.template_file import MotifShape
from tests.support.motif_stages import (
    CLEARANCE_PX,
    CTA_BOX,
    area,
    draw_motif,
    is_inside,
    make_stage,
    try_to_draw_motif,
)
from tests.support.template_sources import read_tiny_template, template_faults, template_yaml_with
from tests.support.wording import Wording

FAR = MotifShape(kind="far", door=(0.77,), drop=0.34, min_drop=0.12, spread=0.19, height=0.27)
WIDE_CTA = Box(600.0, 400.0, 520.0, 150.0)


def height(motif: DrawnMotif) -> float:
    return motif["slit"][3][1] - motif["slit"][1][1]


@settings(max_examples=150, derandomize=True)
@given(
    x=st.floats(60, 600),
    y=st.floats(400, 1100),
    width=st.floats(100, 400),
    drop=st.floats(0.0, 2.0),
    spread=st.floats(0.0, 0.6),
)
def test_light_that_is_drawn_contains_the_cta(
    x: float, y: float, width: float, drop: float, spread: float
) -> None:
    cta = Box(x, y, width, 120.0)

    motif = try_to_draw_motif(
        FAR.model_copy(update={"spread": spread}), make_stage(), cta, CLEARANCE_PX, drop
    )

    assert motif is None or all(is_inside(corner, motif["fall"]) for corner in cta.corners())


def test_the_whole_door_is_visible_and_the_light_runs_into_the_bleed() -> None:
    canvas = make_stage(bleed=30.0)

    motif = draw_motif(FAR, canvas)

    assert all(
        0 < x < canvas.trim_width and 0 < y < canvas.trim_height for x, y in (*motif["slit"], *motif["leaf"])
    )
    xs, ys = zip(*motif["fall"], strict=True)
    assert (min(xs), max(xs), max(ys)) == (canvas.page.x, canvas.page.right, canvas.page.bottom)


@pytest.mark.parametrize("drop", [0.0, 0.34, 1.4], ids=["level", "slanting", "off the page bottom"])
def test_the_points_of_every_shape_run_clockwise(drop: float) -> None:
    motif = draw_motif(FAR, make_stage(1200, 630), WIDE_CTA, drop)

    assert all(area(shape) > 0 for shape in (motif["slit"], motif["fall"], motif["leaf"]))
    assert motif["edge"] == ()


def test_a_far_door_has_the_same_proportions_in_every_shape() -> None:
    tall, wide = draw_motif(FAR), draw_motif(FAR, make_stage(1200, 630), WIDE_CTA)

    proportions = [
        tuple((x - motif["slit"][3][0]) / height(motif) for x, _ in (motif["leaf"][0], motif["leaf"][1]))
        for motif in (tall, wide)
    ]
    assert height(tall) != pytest.approx(height(wide))
    assert proportions[0] == pytest.approx(proportions[1], abs=0.01)


def test_the_door_height_is_a_share_of_the_live_area_short_side() -> None:
    canvas = make_stage()

    assert height(draw_motif(FAR, canvas)) == pytest.approx(0.27 * canvas.unit)


def test_a_door_near_the_page_top_gets_smaller_and_is_not_cut_off() -> None:
    high = Box(60.0, 380.0, 700.0, 500.0)

    motif = draw_motif(FAR, cta_box=high, drop=0.1)

    assert height(motif) < 0.9 * height(draw_motif(FAR))
    assert motif["slit"][1][1] == pytest.approx(0.06 * 1080)


def test_steep_light_leaves_the_lower_left_of_the_page_dark() -> None:
    canvas = make_stage(1200, 630)

    steep, flat = draw_motif(FAR, canvas, WIDE_CTA, drop=1.4), draw_motif(FAR, canvas, WIDE_CTA, drop=0.1)

    assert not is_inside((20, 620), steep["fall"])
    assert is_inside((20, 620), flat["fall"])


def test_the_right_edge_of_the_light_rises_to_contain_the_cta() -> None:
    canvas, cta = make_stage(1200, 630), Box(600.0, 300.0, 560.0, 150.0)

    motif = draw_motif(FAR.model_copy(update={"spread": 0.9, "door": (0.6,)}), canvas, cta)

    assert is_inside((cta.right, cta.y), motif["fall"])


def test_copy_must_avoid_a_far_door() -> None:
    motif = draw_motif(FAR)
    middle = Box((motif["leaf"][0][0] + motif["leaf"][1][0]) / 2, motif["leaf"][1][1] + 20, 4, 4)

    assert any(polygons_overlap(middle.corners(), shape) for shape in motif.kept_clear)


def test_the_threshold_of_the_layout_is_used() -> None:
    canvas = make_stage()

    motif = draw_motif(FAR.model_copy(update={"threshold": 0.5}), canvas, Box(60, 1100, 300, 100))

    assert motif["slit"][3][1] == pytest.approx(canvas.live.y + 0.5 * canvas.live.height)


def test_nothing_is_drawn_if_the_light_cannot_contain_the_cta() -> None:
    assert try_to_draw_motif(FAR, make_stage(), Box(60, 80, 700, 900), CLEARANCE_PX, 0.3) is None
    assert try_to_draw_motif(FAR, make_stage(), CTA_BOX, CLEARANCE_PX, 0.3) is not None


def test_a_template_defines_a_far_door_by_its_right_side_and_height(tmp_path: Path) -> None:
    shape = "  wide:\n    extends: landscape\n    motif: {kind: far, door: [0.8], height: 0.3, drop: 1.5}\n"

    found = read_tiny_template(tmp_path, template_yaml_with(shape)).layouts["wide"].motif

    assert found == MotifShape(kind="far", door=(0.8,), height=0.3, drop=1.5)


@pytest.mark.parametrize(
    "motif",
    [
        "{kind: far, door: [0.7, 0.8, 0.9], height: 0.3}",
        "{kind: far, door: [0.8]}",
        "{kind: floor, door: [0.8]}",
        "{kind: bar, door: [0.3, 0.4, 0.5], height: 0.3}",
    ],
    ids=["far with three x", "far without height", "floor with one x", "bar with height"],
)
def test_a_door_with_values_of_a_different_kind_of_door_is_refused(
    motif: str, tmp_path: Path, wording: Wording
) -> None:
    found = template_faults(
        tmp_path, template_yaml_with(f"  wide:\n    extends: landscape\n    motif: {motif}\n")
    )

    assert len(found) == 1
    assert found[0].startswith("templates/bare/template.yaml:") and "[bad-value]" in found[0]
    assert wording == found
