"""The door motif: the drawings that it tries one after another, and the measures of each."""

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
from assetgen.schema.template_file import MotifShape
from tests.support.motif_stages import CTA_BOX, FLOOR_MOTIF, make_stage

CORNER = MotifShape(kind="corner", door=(0.58, 0.62, 0.65), drop=0.24, min_drop=0.1, foot_x=0.05)
FAR = MotifShape(kind="far", door=(0.77,), drop=0.34, min_drop=0.12, height=0.27)
BAR = MotifShape(kind="bar", door=(0.36, 0.39, 0.42))
CTA = CallToAction(CTA_BOX, 60.0)


def drawings(measures: MotifShape, canvas: Stage | None = None, cta: CallToAction = CTA) -> list[DrawnMotif]:
    return list(Door(measures).draw(canvas or make_stage(), cta))


def change(measures: MotifShape, **changes: object) -> MotifShape:
    return measures.model_copy(update=changes)


def threshold_y(motif: DrawnMotif) -> float:
    """Return the y of the bottom left corner of the gap."""
    return motif["slit"][3][1]


def test_a_door_leans_like_its_gap_and_a_far_door_does_not() -> None:
    assert Door(FLOOR_MOTIF).lean == pytest.approx(0.04)
    assert Door(FAR).lean == 0


@pytest.mark.parametrize("measures", [FLOOR_MOTIF, FAR], ids=["floor", "far"])
def test_each_drawing_leaves_more_room_for_copy_than_the_one_before(measures: MotifShape) -> None:
    motifs = drawings(measures)

    assert len(motifs) == len(DROPS)
    assert all(threshold_y(before) < threshold_y(after) for before, after in pairwise(motifs))


def test_a_door_with_a_fixed_drop_has_only_one_drawing() -> None:
    assert len(drawings(change(FLOOR_MOTIF, min_drop=FLOOR_MOTIF.drop))) == 1


def test_a_bar_has_only_one_drawing_whatever_the_cta() -> None:
    (motif,) = drawings(BAR, make_stage(728, 90), CallToAction(Box(0, 0, 1, 1), 10.0))

    assert motif["leaf"] == motif["edge"] == ()
    assert motif.lit == motif["fall"] and motif.kept_clear == (motif["slit"], motif["fall"])


def test_drawings_whose_light_does_not_contain_the_cta_are_left_out() -> None:
    right_of_the_light = CallToAction(Box(1000.0, 500.0, 60.0, 60.0), 60.0)

    assert drawings(FLOOR_MOTIF, cta=right_of_the_light) == []
    assert len(drawings(FLOOR_MOTIF, cta=replace(right_of_the_light, is_lit=False))) == len(DROPS)


def test_light_that_would_start_too_near_the_page_top_is_not_drawn() -> None:
    canvas = make_stage()
    motifs = drawings(FLOOR_MOTIF, canvas, CallToAction(Box(60.0, 260.0, 500.0, 60.0), 60.0))

    assert len(motifs) < len(DROPS)
    assert all(threshold_y(motif) >= canvas.page.y + MIN_THRESHOLD * canvas.trim_height for motif in motifs)


@pytest.mark.parametrize("measures", [FLOOR_MOTIF, CORNER], ids=["floor", "corner"])
def test_a_door_hangs_from_the_partner_names_above_it(measures: MotifShape) -> None:
    cta = CallToAction(Box(700.0, 900.0, 250.0, 150.0), 60.0)
    canvas = replace(make_stage(), footer_bottom=90.0)

    motif = drawings(measures, canvas, cta)[0]

    assert motif["slit"][0][1] == motif["slit"][1][1] == motif["leaf"][0][1] == 90.0


def test_a_gap_starts_at_the_head_value_of_the_layout() -> None:
    canvas = make_stage()

    motif = drawings(change(FLOOR_MOTIF, head=0.1), canvas)[0]

    assert motif["slit"][0][1] == pytest.approx(canvas.live.y + 0.1 * canvas.live.height)


@pytest.mark.parametrize(
    ("width", "height", "share"),
    [(1080, 1350, EDGE_SHARE), (2160, 1080, EDGE_SHARE_WIDE), (EDGE_FROM_PX - 1, 500, 0.0)],
)
def test_the_lit_edge_is_a_share_of_the_width_except_on_small_pages(
    width: float, height: float, share: float
) -> None:
    canvas = make_stage(width, height)
    cta = CallToAction(Box(0.06 * width, 0.75 * height, 0.3 * width, 0.1 * height), 0.02 * height)

    edge = drawings(FLOOR_MOTIF, canvas, cta)[0]["edge"]

    assert (edge[1][0] - edge[0][0] if edge else 0.0) == pytest.approx(share * width)


def test_the_gap_and_the_light_overlap_by_a_seam() -> None:
    canvas = make_stage()
    motif = drawings(FLOOR_MOTIF, canvas)[0]

    right = canvas.x(FLOOR_MOTIF.door[2])
    assert motif["slit"][1][0] == pytest.approx(right + SEAM * canvas.short_side / 2)
    assert motif["fall"][0][1] == pytest.approx(threshold_y(motif) - SEAM * canvas.short_side)


def test_light_starts_on_the_threshold_and_is_shorter_on_a_tall_page() -> None:
    square, tall = make_stage(1080, 1080), make_stage(1080, 1920)

    square_motif = drawings(FLOOR_MOTIF, square, CallToAction(Box(80, 800, 400, 100), 40.0))[0]
    tall_motif = drawings(FLOOR_MOTIF, tall, CallToAction(Box(80, 1500, 400, 100), 40.0))[0]

    assert square_motif.reach == pytest.approx(LIGHT_REACH["floor"] * 1080)
    assert tall_motif.reach == pytest.approx(TALL_REACH * 1920)
    left, right = square_motif["slit"][3], square.x(FLOOR_MOTIF.door[2])
    assert left[0] < square_motif.source[0] < right
    assert square_motif.source[1] == pytest.approx(left[1], abs=0.05 * 1080)


def test_copy_must_avoid_the_leaf_of_a_far_door_but_not_of_a_near_one() -> None:
    far, near = drawings(FAR)[0], drawings(FLOOR_MOTIF)[0]

    assert far["leaf"] in far.kept_clear
    assert near["leaf"] not in near.kept_clear


@given(st.floats(400, 1100), st.floats(0.1, 0.9))
def test_the_top_of_a_far_door_stays_away_from_the_trim(y: float, height: float) -> None:
    canvas = make_stage()

    for motif in drawings(change(FAR, height=height), canvas, CallToAction(Box(60.0, y, 300.0, 100.0), 60.0)):
        assert min(point[1] for point in motif["slit"]) >= FAR_ROOM * canvas.short_side - 1e-6


@given(
    st.sampled_from([FLOOR_MOTIF, CORNER, FAR]), st.floats(60, 700), st.floats(300, 1100), st.floats(20, 90)
)
def test_the_light_reaches_the_page_edges_and_every_shape_is_finite(
    measures: MotifShape, x: float, y: float, type_px: float
) -> None:
    canvas = make_stage()

    for motif in drawings(measures, canvas, CallToAction(Box(x, y, 280.0, 120.0), type_px)):
        assert max(point[0] for point in motif["fall"]) == canvas.page.right
        assert max(point[1] for point in motif["fall"]) == canvas.page.bottom
        assert all(
            abs(number) < 1e5 for shape in motif.shapes.values() for point in shape for number in point
        )
