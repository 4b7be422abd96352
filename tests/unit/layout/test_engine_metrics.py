"""Measuring text with HarfBuzz: the measures match the font tables and what WeasyPrint draws."""

from __future__ import annotations

import pypdfium2 as pdfium
import pytest
import weasyprint
from hypothesis import given, settings
from hypothesis import strategies as st
from weasyprint.text.fonts import FontConfiguration

from assetgen.layout.engine_metrics import Measurer, drawn_tracking
from tests.support.layout_inputs import FAMILY, bold_font, measurer
from tests.support.tiny_campaign import REPO, real_campaign

FONT_FILE = REPO / "brand/fonts/HankenGrotesk_700Bold.ttf"


def advance_of(letter: str) -> float:
    """Return the advance of a letter in em, from the table of the font."""
    return bold_font()["hmtx"][bold_font().getBestCmap()[ord(letter)]][0] / bold_font()["head"].unitsPerEm


@pytest.mark.parametrize("letter", "AHW0aß£")
def test_a_letter_has_the_width_in_the_font(letter: str) -> None:
    assert measurer().shape(letter, FAMILY, 700).advance == pytest.approx(advance_of(letter))


@pytest.mark.parametrize("letter", "AHnoT8")
def test_bearings_equal_the_space_on_each_side_of_the_ink(letter: str) -> None:
    run = measurer().shape(letter, FAMILY, 700)
    glyph = bold_font()["glyf"][bold_font().getBestCmap()[ord(letter)]]
    em = bold_font()["head"].unitsPerEm

    assert run.left == pytest.approx(glyph.xMin / em, abs=0.002)
    assert run.right == pytest.approx(run.advance - glyph.xMax / em, abs=0.002)


def test_letter_pairs_are_kerned() -> None:
    apart = measurer().shape("A", FAMILY, 700).advance + measurer().shape("V", FAMILY, 700).advance

    assert measurer().shape("AV", FAMILY, 700).advance < apart


def test_a_heavier_face_is_wider() -> None:
    light, heavy = (measurer().shape("Worried", FAMILY, weight).advance for weight in (500, 700))

    assert heavy > light


def test_an_empty_text_has_no_width() -> None:
    run = measurer().shape("", FAMILY, 700)

    assert (run.advance, run.left, run.right, run.glyphs) == (0.0, 0.0, 0.0, 0)


def test_a_space_has_width_but_no_ink() -> None:
    run = measurer().shape(" ", FAMILY, 700)

    assert run.advance == pytest.approx(advance_of(" ")) and run.advance > 0
    assert run.left + run.right == pytest.approx(run.advance)
    assert (run.top, run.bottom) == (0.0, 0.0)


@pytest.mark.parametrize(("weight", "nearest"), [(100, 500), (500, 500), (540, 500), (550, 600), (900, 700)])
def test_a_missing_weight_is_replaced_by_the_nearest(weight: int, nearest: int) -> None:
    assert measurer().face(FAMILY, weight).weight == nearest


@settings(max_examples=100, derandomize=True)
@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ 0123456789", min_size=1, max_size=40))
def test_two_measurers_measure_a_text_equally(words: str) -> None:
    other = Measurer(real_campaign().brand.faces)

    assert other.shape(words, FAMILY, 600) == measurer().shape(words, FAMILY, 600)


@pytest.mark.parametrize("spacing", [-0.022, -0.02, 0.0, 0.05, 0.1])
def test_measured_letter_spacing_equals_what_the_engine_draws(spacing: float) -> None:
    fonts, size = FontConfiguration(), 100
    style = weasyprint.CSS(
        string=f"@font-face {{ font-family: Own; src: url({FONT_FILE.as_uri()}) }}"
        f"@page {{ size: 1200px 200px; margin: 0 }} p {{ font: {size}px Own; letter-spacing: {spacing}em }}",
        font_config=fonts,
    )
    pdf = weasyprint.HTML(string="<p>HHHHHHHHHH").write_pdf(stylesheets=[style], font_config=fonts)
    words = pdfium.PdfDocument(pdf)[0].get_textpage()

    first, last = (words.get_charbox(index)[0] / 0.75 for index in (0, 9))

    assert (last - first) / size == pytest.approx(9 * (advance_of("H") + drawn_tracking(spacing)), abs=0.002)
