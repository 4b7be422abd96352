"""The light of the door motifs floor, corner and bar: it contains the CTA and runs into the bleed. Dusk is the rest."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.geometry import Box
from assetgen.layout.motifs import Stage
from assetgen.schema.template_file import MotifShape
from tests.support.motif_stages import (
    CLEARANCE_PX,
    CTA_BOX,
    FLOOR_MOTIF,
    area,
    draw_motif,
    is_inside,
    make_stage,
    try_to_draw_motif,
)

CORNER = MotifShape(
    kind="corner",
    door=(0.58, 0.62, 0.65),
    drop=0.24,
    min_drop=0.1,
    lift=0.05,
    spread=0.2,
    leaf=0.15,
    foot_x=0.05,
)
BAR = MotifShape(kind="bar", door=(0.36, 0.39, 0.42))
FAR_RADIUS = 5000.0


@settings(max_examples=150, derandomize=True)
@given(
    x=st.floats(60, 300),
    y=st.floats(500, 1100),
    width=st.floats(100, 700),
    height=st.floats(30, 200),
    drop=st.floats(0.05, 0.35),
)
def test_light_that_is_drawn_contains_the_cta(
    x: float, y: float, width: float, height: float, drop: float
) -> None:
    cta = Box(x, y, width, height)

    motif = try_to_draw_motif(FLOOR_MOTIF, make_stage(), cta, CLEARANCE_PX, drop)

    assert motif is None or all(is_inside(corner, motif["fall"]) for corner in cta.corners())


@pytest.mark.parametrize("measures", [FLOOR_MOTIF, CORNER], ids=["floor", "corner"])
def test_light_and_door_run_into_the_bleed(measures: MotifShape) -> None:
    canvas = make_stage(bleed=30.0)

    motif = draw_motif(measures, canvas, Box(650.0, 900.0, 300.0, 200.0))

    xs, ys = zip(*motif["fall"], strict=True)
    assert (max(xs), max(ys)) == (canvas.page.right, canvas.page.bottom)
    assert min(y for _, y in motif["leaf"]) == canvas.page.y
    assert max(x for x, _ in motif["leaf"]) == canvas.page.right


@pytest.mark.parametrize(
    ("measures", "canvas", "cta"),
    [
        (FLOOR_MOTIF, make_stage(), CTA_BOX),
        (CORNER, make_stage(1200, 630), Box(640, 400, 500, 150)),
        (BAR, make_stage(728, 90), Box(340, 20, 300, 50)),
    ],
    ids=["floor", "corner", "bar"],
)
def test_the_points_of_every_shape_run_clockwise(measures: MotifShape, canvas: Stage, cta: Box) -> None:
    motif = draw_motif(measures, canvas, cta)

    assert all(
        area(shape) > 0 for shape in (motif["slit"], motif["fall"], motif["leaf"], motif["edge"]) if shape
    )
    assert len(motif["slit"]) == 4


def test_a_smaller_drop_leaves_more_room_for_copy() -> None:
    steep, flat = draw_motif(drop=0.3), draw_motif(drop=0.1)

    assert flat["slit"][3][1] > steep["slit"][3][1]


def test_the_threshold_of_the_layout_is_used() -> None:
    canvas = make_stage()

    motif = draw_motif(FLOOR_MOTIF.model_copy(update={"threshold": 0.5}), canvas, Box(60, 1100, 300, 100))

    assert motif["slit"][3][1] == pytest.approx(canvas.live.y + 0.5 * canvas.live.height)


def test_nothing_is_drawn_if_the_light_cannot_contain_the_cta() -> None:
    assert try_to_draw_motif(FLOOR_MOTIF, make_stage(), Box(60, 80, 700, 900), CLEARANCE_PX, 0.3) is None


def test_the_light_is_drawn_if_the_cta_need_not_be_inside_it() -> None:
    low, cta = FLOOR_MOTIF.model_copy(update={"threshold": 0.9}), Box(60, 80, 300, 100)

    assert try_to_draw_motif(low, make_stage(), cta, CLEARANCE_PX, 0.3) is None
    assert try_to_draw_motif(low, make_stage(), cta, CLEARANCE_PX, 0.3, has_cta=False) is not None


def test_the_light_overlaps_the_gap_so_that_no_hairline_shows() -> None:
    motif = draw_motif()
    corner = motif["slit"][3]

    assert motif["fall"][0][1] < corner[1]
    assert is_inside((corner[0] + 5, corner[1] + 0.5), motif["fall"])


@pytest.mark.parametrize(("width", "has_edge"), [(300, False), (1080, True)])
def test_a_small_door_has_no_lit_edge(width: float, has_edge: bool) -> None:
    factor = width / 1080
    cta = Box(CTA_BOX.x * factor, CTA_BOX.y * factor, CTA_BOX.width * factor, CTA_BOX.height * factor)

    motif = try_to_draw_motif(FLOOR_MOTIF, make_stage(width, width * 1.25), cta, CLEARANCE_PX * factor, 0.3)

    assert motif is not None
    assert bool(motif["edge"]) is has_edge


def test_copy_must_avoid_the_gap_and_the_light() -> None:
    motif = draw_motif()

    assert motif.kept_clear == (motif["slit"], motif["fall"])


def test_the_light_of_a_bar_is_everything_right_of_the_gap() -> None:
    canvas = make_stage(728, 90)

    motif = draw_motif(BAR, canvas, Box(340, 20, 300, 50))

    assert is_inside((canvas.page.right - 1, 1), motif["fall"])
    assert is_inside((canvas.page.right - 1, 89), motif["fall"])
    assert not is_inside((10, 45), motif["fall"])


@settings(max_examples=100, derandomize=True)
@given(x=st.floats(-1, 1081, exclude_max=True), y=st.floats(-1, 1351, exclude_max=True))
def test_every_point_of_a_sheet_is_in_light_or_dusk(x: float, y: float) -> None:
    motif, sheet = draw_motif(), make_stage().page

    assert is_inside((x, y), motif["fall"]) or is_inside((x, y), motif.dusk(sheet, FAR_RADIUS))


def test_dusk_covers_the_whole_sheet_unless_light_fills_its_width() -> None:
    sheet, wide = make_stage().page, make_stage(1200, 630)
    in_a_corner = draw_motif(CORNER, wide, Box(640, 400, 500, 150))

    assert area(draw_motif().dusk(sheet, FAR_RADIUS)) < 0.8 * area(sheet.corners())
    assert in_a_corner.dusk(wide.page, FAR_RADIUS) == wide.page.corners()


def test_dusk_reaches_no_farther_than_its_radius() -> None:
    motif, sheet = draw_motif(), make_stage().page

    assert all(math.dist(corner, motif.source) <= 100 * math.sqrt(2) for corner in motif.dusk(sheet, 100))
