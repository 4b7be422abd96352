"""Embedded fonts: the characters that a page gives to glyphs must be those of the font's own table."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from assetgen.preflight.pdf.finished_page import PageFont
from assetgen.preflight.text.embedded_fonts import chars_by_glyph, find_wrong_unicode, read_font, to_nfkc
from tests.support.tiny_campaign import REPO

BOLD = REPO / "brand/fonts/HankenGrotesk_700Bold.ttf"
FONT_TABLE = {1: frozenset({"A"}), 2: frozenset({"B"}), 3: frozenset({"0", "O"}), 4: frozenset({"ﷲ"})}


@pytest.fixture
def pdf() -> Iterator[pikepdf.Pdf]:
    with pikepdf.new() as pdf:
        yield pdf


def font_with(pdf: pikepdf.Pdf, entries: str, **changes: object) -> pikepdf.Dictionary:
    """Return a font dictionary with entries of a ToUnicode CMap, which says what character each glyph is."""
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


def test_glyphs_whose_stated_characters_match_the_font_are_accepted(pdf: pikepdf.Pdf) -> None:
    font = font_with(pdf, "2 beginbfchar <0001> <0041> <0002> <0042> endbfchar")

    assert list(find_wrong_unicode(font, FONT_TABLE)) == []


def test_a_glyph_with_the_wrong_character_is_found(pdf: pikepdf.Pdf) -> None:
    font = font_with(pdf, "1 beginbfchar <0001> <0042> endbfchar")

    assert list(find_wrong_unicode(font, FONT_TABLE)) == [("A", "B")]


@pytest.mark.parametrize(
    "entries",
    [
        "1 beginbfrange <0001> <0002> <0042> endbfrange",
        "1 beginbfrange <0001> <0002> [<0042> <0043>] endbfrange",
    ],
    ids=["consecutive characters", "a list of characters"],
)
def test_each_glyph_of_a_range_is_compared(pdf: pikepdf.Pdf, entries: str) -> None:
    assert list(find_wrong_unicode(font_with(pdf, entries), FONT_TABLE)) == [("A", "B"), ("B", "C")]


def test_a_glyph_may_have_two_characters_of_the_same_shape(pdf: pikepdf.Pdf) -> None:
    assert list(find_wrong_unicode(font_with(pdf, "1 beginbfchar <0003> <004F> endbfchar"), FONT_TABLE)) == []


def test_glyphs_other_than_digits_and_latin_letters_are_ignored(pdf: pikepdf.Pdf) -> None:
    assert list(find_wrong_unicode(font_with(pdf, "1 beginbfchar <0004> <0627> endbfchar"), FONT_TABLE)) == []
    assert list(find_wrong_unicode(font_with(pdf, "1 beginbfchar <0009> <0041> endbfchar"), FONT_TABLE)) == []


def test_a_font_whose_codes_are_not_glyph_numbers_is_ignored(pdf: pikepdf.Pdf) -> None:
    entries = "1 beginbfchar <0001> <0042> endbfchar"
    mapped = Array([Dictionary(CIDToGIDMap=pdf.make_stream(b"\0\0"))])

    assert list(find_wrong_unicode(font_with(pdf, entries, Encoding=Name.WinAnsiEncoding), FONT_TABLE)) == []
    assert list(find_wrong_unicode(font_with(pdf, entries, DescendantFonts=mapped), FONT_TABLE)) == []


def test_the_character_of_a_glyph_is_read_from_the_font() -> None:
    font = TTFont(BOLD)
    glyphs = font.getReverseGlyphMap()

    assert chars_by_glyph(font)[glyphs[font.getBestCmap()[ord("A")]]] == {"A"}


def test_a_face_has_its_name_weight_and_cap_height() -> None:
    face = read_font(PageFont("ABCDEF+Bold", BOLD.read_bytes()))

    assert face is not None
    assert (face.name, face.weight) == ("HankenGrotesk-Bold", 700)
    assert 0.6 < face.cap_em < 0.8
    assert face.glyph_count > 100


@pytest.mark.parametrize(
    "content", [b"", b"not a font", BOLD.name.encode() * 50], ids=["missing", "short", "long"]
)
def test_a_missing_or_unreadable_font_has_no_face(content: bytes) -> None:
    assert read_font(PageFont("X", content)) is None


def test_compatibility_forms_of_a_character_are_folded() -> None:
    assert to_nfkc("Ａ") == "A" and to_nfkc("ﬁ") == "fi"
