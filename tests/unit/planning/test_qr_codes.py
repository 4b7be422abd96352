"""QR codes: a decoder reads back the link, and a module is large enough for the scanning distance."""

from __future__ import annotations

import math

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.planning.qr_codes import code_for_print, code_for_screen, min_level, module_mm, symbol

ADDRESS = "https://www.stopitnow.org.uk/"
LINKS = (
    ADDRESS,
    f"{ADDRESS}?r=0b1c9",
    f"{ADDRESS}?utm_campaign=stop-it-now&utm_source=staffordshire-police&utm_medium=poster-a4",
    "https://xn--bcher-kva.example/%C3%A9",
)


def draw_symbol(rows: tuple[str, ...], px: int = 4, quiet: int = 4) -> np.ndarray:
    """Return the symbol as grey pixels with its quiet zone."""
    dark = np.array([[module == "1" for module in row] for row in rows])
    grey = np.where(np.pad(dark, quiet), 0, 255).astype(np.uint8)
    return np.kron(grey, np.ones((px, px), np.uint8))


@pytest.mark.parametrize("level", ["M", "Q"])
@pytest.mark.parametrize("link", LINKS)
def test_drawn_symbol_decodes_to_exactly_its_link(link: str, level: str) -> None:
    _, _, rows = symbol(link, level)

    decoded = zxingcpp.read_barcodes(draw_symbol(rows))

    assert [code.text for code in decoded] == [link]


@pytest.mark.parametrize("link", LINKS)
def test_error_correction_is_the_highest_level_that_needs_no_larger_symbol(link: str) -> None:
    level, version, rows = symbol(link, "M")
    higher = "LMQH"["LMQH".index(level) + 1 :]

    assert "LMQH".index(level) >= "LMQH".index("M")
    assert len(rows) == len(rows[0]) == 17 + 4 * version
    assert all(symbol(link, higher_level)[1] > version for higher_level in higher)


def test_short_address_gets_a_higher_level_in_a_symbol_of_the_same_size() -> None:
    # The address has 29 bytes: version 3 holds 42 at level M and 32 at level Q, version 2 only 26 at level M.
    assert symbol(ADDRESS, "M")[:2] == ("Q", 3)


@pytest.mark.parametrize(
    ("scan_m", "modules", "min_mm"),
    [
        (0.1, 57, 0.5),  # the minimum in print
        (0.1, 25, 0.8),  # 20 mm for the whole symbol
        (0.4, 29, 3.9 * 400 / 1390),
        (3.0, 29, 3.9 * 3000 / 1390),
    ],
)
def test_module_size_follows_the_scanning_distance_and_the_print_minimum(
    scan_m: float, modules: int, min_mm: float
) -> None:
    assert module_mm(scan_m, modules) == pytest.approx(min_mm)


def test_code_scanned_from_80_cm_or_more_has_at_least_level_q() -> None:
    # Level Q restores about 25% of the codewords, level M about 15% (ISO/IEC 18004).
    assert [min_level(scan_m) for scan_m in (0.3, 0.79, 0.8, 5)] == ["M", "M", "Q", "Q"]


@pytest.mark.parametrize(("scan_m", "px_mm"), [(0.3, 0.26), (0.4, 0.06), (1.5, 0.56), (0.1, 20.0)])
def test_screen_module_is_whole_pixels_and_not_below_its_minimum(scan_m: float, px_mm: float) -> None:
    code = code_for_screen(ADDRESS, scan_m, px_mm)

    assert code.module_px == math.floor(code.module_px)
    assert code.module_px >= 4
    assert code.module_px * px_mm >= module_mm(scan_m, len(code.rows)) - 0.001 * px_mm


def test_printed_module_is_rounded_up_to_hundredths_of_a_millimetre() -> None:
    code = code_for_print(ADDRESS, 0.4, px_per_mm=96 / 25.4)
    side_mm = code.module_px * 25.4 / 96

    assert side_mm == pytest.approx(1.13)
    assert code.side_px == pytest.approx((29 + 8) * 1.13 * 96 / 25.4)


URL_SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%"


@given(st.text(URL_SIGNS, max_size=120), st.sampled_from("LMQH"))
@settings(max_examples=60)
def test_symbol_of_any_link_decodes_to_that_link(path: str, level: str) -> None:
    link = f"https://{path}"
    chosen, _, rows = symbol(link, level)

    assert [code.text for code in zxingcpp.read_barcodes(draw_symbol(rows))] == [link]
    assert "LMQH".index(chosen) >= "LMQH".index(level)


# ``scan_m``, and the module in mm that a phone needs at this distance. A phone with a lens of 26 mm and a preview
# of 1080p has about N = 1390 × module ÷ distance pixels per module (an estimate). Decoders read good codes in dim
# light from N = 2.6; N = 3.9 is half as much again.
MODULES_MM = [(0.2, 0.561), (0.3, 0.842), (0.4, 1.122), (0.8, 2.245), (1.2, 3.367), (1.5, 4.209)]


@pytest.mark.parametrize(("scan_m", "min_mm"), MODULES_MM)
def test_phone_gets_enough_pixels_per_module_at_the_distance(scan_m: float, min_mm: float) -> None:
    printed = code_for_print(ADDRESS, scan_m, px_per_mm=1.0)
    on_screen = code_for_screen(ADDRESS, scan_m, px_mm=0.28)

    for side_mm in (printed.module_px, on_screen.module_px * 0.28):
        assert side_mm >= max(min_mm, 0.5, 20 / len(printed.rows)) - 0.001
        assert 1390 * side_mm / (scan_m * 1000) >= 3.9 - 0.001
