"""Placing a picture: it covers its place in whole pixels, and the page's field ends where paper or light begins."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from assetgen.geometry import Box
from assetgen.layout.page_layout import PageLayout
from assetgen.loading.model import Picture
from assetgen.rendering.images.brand_pictures import SEAM_PX, PlacedPicture, field_box
from assetgen.schema.template_file import PicturePlace
from tests.support.factories import make_asset, make_spec

PICTURE = cast(
    "Picture", SimpleNamespace(name="door", width=4000, height=2000, file=SimpleNamespace(focus=(0.5, 0.5)))
)
PAGE = Box(0.0, 0.0, 1000.0, 800.0)


def arranged(**changes: Any) -> PageLayout:
    defaults = {"stage": SimpleNamespace(page=PAGE), "band": None, "motif": None, "cta_on": "field"}
    return cast("PageLayout", SimpleNamespace(**{**defaults, **changes}))


def band(side: str, top: float, *, whole: bool = True) -> SimpleNamespace:
    return SimpleNamespace(side=side, shape=((0.0, top), (1000.0, top)), hang_y=100.0, is_full_side=whole)


def place_picture(place: Box) -> PlacedPicture:
    asset = make_asset(spec=make_spec(width=1000.0, height=800.0))
    return PlacedPicture.of(
        PICTURE, place, PicturePlace(), replace(asset, page=replace(asset.page, px_per_unit=1.0))
    )


def test_a_picture_covers_its_place_and_keeps_its_ratio() -> None:
    placed = place_picture(Box(100.0, 100.0, 600.0, 600.0))

    assert placed.drawn.x <= 100 and placed.drawn.right >= 700
    assert placed.drawn.width == pytest.approx(2 * placed.drawn.height)


def test_the_visible_part_is_whole_pixels_and_never_empty() -> None:
    placed = place_picture(Box(100.0, 100.0, 600.0, 600.0))
    height = round(placed.width * 2000 / 4000)
    pixels = np.zeros((height, placed.width, 3), np.uint8)

    left, top, right, bottom = placed.part(pixels)

    assert 0 <= left < right <= placed.width and 0 <= top < bottom <= height
    assert (right - left) / placed.scale == pytest.approx(600, abs=2 / placed.scale)


def test_without_footer_or_light_the_field_is_the_whole_page() -> None:
    assert field_box(arranged()) == PAGE


def test_the_field_ends_where_the_footer_begins() -> None:
    assert field_box(arranged(band=band("bottom", 700.0))) == Box(0, 0, 1000, 700 + SEAM_PX)
    assert field_box(arranged(band=band("top", 0.0))) == Box(0, 100 - SEAM_PX, 1000, 700 + SEAM_PX)


def test_a_footer_along_part_of_a_side_leaves_the_field_whole() -> None:
    assert field_box(arranged(band=band("bottom", 700.0, whole=False))) == PAGE


@pytest.mark.parametrize(
    ("start", "field"),
    [((0.0, 600.0), Box(0, 0, 1000, 600 + SEAM_PX)), ((750.0, 0.0), Box(0, 0, 750 + SEAM_PX, 800))],
    ids=["below", "beside"],
)
def test_the_field_ends_where_light_that_holds_the_cta_begins(start: tuple[float, float], field: Box) -> None:
    unlit = Box(0, 0, start[0] or 1000, start[1] or 800)
    light = SimpleNamespace(unlit=unlit)

    assert field_box(arranged(motif=light, cta_on="light")) == field
    assert field_box(arranged(motif=light)) == PAGE
