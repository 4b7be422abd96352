"""The input and the result of a motif: the measures of a stage, the shapes by role, and the dusk around the light."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.geometry import Box
from assetgen.layout.motifs.motif import GLOW_OVERLAP_PX, DrawnMotif, Stage

PAGE = Box(-10.0, -10.0, 420.0, 320.0)
STAGE = Stage(PAGE, Box(20.0, 30.0, 360.0, 200.0), 400.0, 300.0)
FIELD = ((-10.0, 200.0), (410.0, 160.0), (410.0, 310.0), (-10.0, 310.0))
DRAWN = DrawnMotif({"fall": FIELD, "edge": ()}, FIELD, (FIELD,), PAGE, (200.0, 100.0), 80.0)


def test_a_stage_has_the_short_sides_of_live_area_and_trim() -> None:
    assert (STAGE.unit, STAGE.short_side) == (200.0, 300.0)


def test_a_share_of_the_live_width_is_converted_to_page_coordinates() -> None:
    assert [STAGE.x(share) for share in (0.0, 0.5, 1.0)] == [20.0, 200.0, 380.0]


def test_a_motif_hangs_from_the_names_above_it_or_the_page_top() -> None:
    assert STAGE.hang_y == -10.0
    assert replace(STAGE, footer_bottom=0.0).hang_y == 0.0


def test_a_shape_is_read_by_role_and_an_unknown_role_raises() -> None:
    assert DRAWN["fall"] == FIELD and DRAWN["edge"] == ()
    with pytest.raises(KeyError, match="leaf"):
        DRAWN["leaf"]


def test_dusk_ends_where_light_fills_the_width_of_the_sheet() -> None:
    assert DRAWN.dusk(PAGE, 1000.0) == Box(-10.0, -10.0, 420.0, 210.0 + GLOW_OVERLAP_PX).corners()


def test_dusk_covers_the_sheet_if_light_does_not_fill_its_width() -> None:
    half = ((200.0, 160.0), (410.0, 160.0), (410.0, 310.0), (200.0, 310.0))

    assert replace(DRAWN, lit=half).dusk(PAGE, 1000.0) == PAGE.corners()


def test_dusk_reaches_as_far_as_its_radius() -> None:
    assert DRAWN.dusk(PAGE, 30.0) == Box(170.0, 70.0, 60.0, 60.0).corners()


@given(st.floats(-50, 450), st.floats(-50, 350), st.floats(1, 500))
def test_dusk_lies_within_the_sheet_and_is_never_inverted(x: float, y: float, radius: float) -> None:
    (left, top), _, (right, bottom), _ = replace(DRAWN, source=(x, y)).dusk(PAGE, radius)

    assert top <= bottom
    if PAGE.x <= x <= PAGE.right and PAGE.y <= y <= PAGE.bottom:
        assert PAGE.x <= left <= right <= PAGE.right
        assert PAGE.y <= top and bottom <= PAGE.bottom
