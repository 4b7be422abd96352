"""A font says itself what its glyphs stand for: what the page says of them must be the same."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from assetgen.preflight.pdf.finished_page import PageFont
from assetgen.preflight.text.embedded_fonts import face_of, folded, misnamed, own_signs
from tests.support.tiny import REPO

BOLD = REPO / "brand/fonts/HankenGrotesk_700Bold.ttf"
OWN = {1: frozenset({"A"}), 2: frozenset({"B"}), 3: frozenset({"0", "O"}), 4: frozenset({"ﷲ"})}


@pytest.fixture
def pdf() -> Iterator[pikepdf.Pdf]:
    with pikepdf.new() as pdf:
        yield pdf


def font_with(pdf: pikepdf.Pdf, entries: str, **changes: object) -> pikepdf.Dictionary:
    to_unicode = pdf.make_stream(entries.encode())
    font = Dictionary(
        Subtype=Name.Type0,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([Dictionary()]),
        ToUnicode=to_unicode,
    )
    for key, value in changes.items():
        font[f"/{key}"] = value
    return font


def test_names_that_agree_are_no_fault(pdf: pikepdf.Pdf) -> None:
    font = font_with(pdf, "2 beginbfchar <0001> <0041> <0002> <0042> endbfchar")

    assert list(misnamed(font, OWN)) == []


def test_a_glyph_that_is_given_out_for_another_is_told(pdf: pikepdf.Pdf) -> None:
    font = font_with(pdf, "1 beginbfchar <0001> <0042> endbfchar")

    assert list(misnamed(font, OWN)) == [("A", "B")]


@pytest.mark.parametrize(
    "entries",
    [
        "1 beginbfrange <0001> <0002> <0042> endbfrange",
        "1 beginbfrange <0001> <0002> [<0042> <0043>] endbfrange",
    ],
    ids=["counted on", "one each"],
)
def test_a_range_names_each_of_its_glyphs(pdf: pikepdf.Pdf, entries: str) -> None:
    assert list(misnamed(font_with(pdf, entries), OWN)) == [("A", "B"), ("B", "C")]


def test_one_shape_may_stand_for_two_signs(pdf: pikepdf.Pdf) -> None:
    assert list(misnamed(font_with(pdf, "1 beginbfchar <0003> <004F> endbfchar"), OWN)) == []


def test_what_is_no_digit_or_latin_letter_in_either_is_not_judged(pdf: pikepdf.Pdf) -> None:
    assert list(misnamed(font_with(pdf, "1 beginbfchar <0004> <0627> endbfchar"), OWN)) == []
    assert list(misnamed(font_with(pdf, "1 beginbfchar <0009> <0041> endbfchar"), OWN)) == []


def test_a_font_whose_codes_are_no_glyphs_is_not_judged(pdf: pikepdf.Pdf) -> None:
    entries = "1 beginbfchar <0001> <0042> endbfchar"
    mapped = Array([Dictionary(CIDToGIDMap=pdf.make_stream(b"\0\0"))])

    assert list(misnamed(font_with(pdf, entries, Encoding=Name.WinAnsiEncoding), OWN)) == []
    assert list(misnamed(font_with(pdf, entries, DescendantFonts=mapped), OWN)) == []


def test_the_brand_s_font_says_what_its_glyphs_stand_for() -> None:
    font = TTFont(BOLD)
    glyphs = font.getReverseGlyphMap()

    assert own_signs(font)[glyphs[font.getBestCmap()[ord("A")]]] == {"A"}


def test_a_face_is_read_with_its_name_weight_and_capitals() -> None:
    face = face_of(PageFont("ABCDEF+Bold", BOLD.read_bytes()))

    assert face is not None
    assert (face.name, face.weight) == ("HankenGrotesk-Bold", 700)
    assert 0.6 < face.cap_em < 0.8
    assert face.glyphs > 100


@pytest.mark.parametrize("content", [b"", b"no font", BOLD.name.encode() * 50])
def test_a_font_that_is_not_there_or_cannot_be_read_has_no_face(content: bytes) -> None:
    assert face_of(PageFont("X", content)) is None


def test_forms_of_one_sign_are_one() -> None:
    assert folded("Ａ") == "A" and folded("ﬁ") == "fi"
