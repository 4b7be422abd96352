"""QR codes in pixels: their text and corners, and conversion between coordinates of code, part and page."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from assetgen.geometry import Box
from assetgen.preflight.pdf.canvas import DrawnArea
from assetgen.preflight.qr.code_finder import (
    FoundCode,
    apply_homography,
    corners_box,
    homography,
    homography_to_corners,
    read_codes,
    to_grey,
)
from tests.support.qr_pictures import LINK, OTHER_LINK, cover_part_of_code, draw_code, paste_on_sheet

UPRIGHT = FoundCode(LINK, ((92.0, 72.0), (324.0, 72.0), (324.0, 304.0), (92.0, 304.0)), 29, 1.0)


def test_a_found_code_has_its_text_corners_and_modules() -> None:
    (code,) = read_codes(to_grey(paste_on_sheet(draw_code())))

    assert (code.text, code.modules, code.unused) == (LINK, 29, 1.0)
    assert code.module_px == pytest.approx(8, abs=0.05)
    assert np.allclose(code.corners, UPRIGHT.corners, atol=1.5)


def test_codes_are_ordered_from_top_to_bottom() -> None:
    sheet = paste_on_sheet(draw_code(OTHER_LINK, module=4), at=(20, 250))
    sheet.paste(draw_code(module=4), (300, 20))

    assert [code.text for code in read_codes(to_grey(sheet))] == [LINK, OTHER_LINK]


def test_an_unreadable_code_is_never_returned_with_a_text() -> None:
    # The cover is larger than error correction can repair, but leaves enough for the code to be detected.
    unreadable = to_grey(paste_on_sheet(cover_part_of_code(draw_code(), 0.35)))

    assert read_codes(unreadable) == []
    assert {code.text for code in read_codes(unreadable, unread=True)} == {None}


def test_an_empty_picture_has_no_code() -> None:
    assert read_codes(to_grey(Image.new("RGB", (200, 200), "white")), unread=True) == []


def test_the_unit_square_maps_to_any_four_corners_and_back() -> None:
    corners = ((10.0, 20.0), (110.0, 35.0), (95.0, 140.0), (5.0, 120.0))
    matrix = homography_to_corners(corners)

    x, y = apply_homography(matrix, np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    back_x, back_y = apply_homography(np.asarray(np.linalg.inv(matrix)), x, y)

    assert np.allclose(np.column_stack((x, y)), corners)
    assert np.allclose(np.column_stack((back_x, back_y)), [(0, 0), (1, 0), (1, 1), (0, 1)])


def test_a_code_is_grown_by_modules_on_every_side() -> None:
    assert np.allclose(UPRIGHT.corners_grown(4), [(60, 40), (356, 40), (356, 336), (60, 336)])
    x, y = apply_homography(homography(UPRIGHT), np.array([14.5]), np.array([14.5]))
    assert (x[0], y[0]) == pytest.approx((208.0, 188.0))


def test_a_code_is_converted_from_part_to_page_and_back() -> None:
    area = DrawnArea(Image.new("RGB", (400, 800)), Box(50.0, 100.0, 200.0, 400.0), 2.0)

    on_page = UPRIGHT.to_page(area)

    assert on_page.corners[0] == (50 + 92 / 2, 100 + 72 / 2)
    assert np.allclose(on_page.to_pixels(area).corners, UPRIGHT.corners)


def test_the_bounding_box_of_a_code_is_upright() -> None:
    box = corners_box(((10.0, 5.0), (20.0, 8.0), (18.0, 30.0), (7.0, 25.0)))

    assert (box.x, box.y, box.right, box.bottom) == (7.0, 5.0, 20.0, 30.0)
