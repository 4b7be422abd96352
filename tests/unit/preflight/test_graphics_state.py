"""Colours and text positions of a PDF page: what is printed of a colour, where a shown string stands."""

from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from assetgen.geometry import Box
from assetgen.preflight.content.graphics_state import (
    BY_PROFILE,
    CMYK,
    GREY,
    IDENTITY,
    PATTERN,
    RGB,
    UNKNOWN,
    ColourKind,
    GraphicsState,
    Space,
    Widths,
    as_matrix,
    as_number,
    box_of,
    cut,
    most_of,
    show,
    space_of,
    text_step,
)
from assetgen.preflight.pdf.finished_page import Frame
from tests.support.wording import Wording

FRAME = Frame(0.0, 100.0)
PAGE = Box(0, 0, 1000, 1000)
EIGHT = Widths(dict.fromkeys(range(256), 500.0), 500.0, 1)


@pytest.fixture
def state() -> GraphicsState:
    return GraphicsState(IDENTITY, PAGE, font_size=10.0)


def obey(state: GraphicsState, operator: str, *operands: object) -> list[bytes | float] | None:
    return text_step(state, operator, operands, lambda name: Dictionary(Name_=name))


# ── colours


def test_grey_is_black_ink_alone_and_cmyk_is_as_it_is_written() -> None:
    assert GREY.plates([0.25]) == (0.0, 0.0, 0.0, 0.75)
    assert CMYK.plates([0.1, 0.2, 0.3, 0.4]) == (0.1, 0.2, 0.3, 0.4)
    assert CMYK.plates([-1, 2, 0.3, 0.4]) == (0.0, 1.0, 0.3, 0.4)


def test_light_and_a_wrong_number_of_components_have_no_inks() -> None:
    assert RGB.plates([1, 0, 0]) is None
    assert CMYK.plates([1, 0, 0]) is None
    assert UNKNOWN.plates([]) is None


def test_a_colour_of_a_palette_is_its_entry() -> None:
    indexed = Space("DeviceCMYK", ColourKind.INK, 4, bytes([0, 0, 0, 255, 255, 0, 0, 0]))

    assert indexed.plates([0]) == (0.0, 0.0, 0.0, 1.0)
    assert indexed.plates([1]) == (1.0, 0.0, 0.0, 0.0)
    assert indexed.plates([2]) is None
    assert indexed.heaviest() == ((1.0, 0.0, 0.0, 1.0), 1.0)


def test_the_heaviest_colour_of_a_space_is_all_of_its_inks() -> None:
    assert GREY.heaviest() == ((0.0, 0.0, 0.0, 1.0), 1.0)
    assert CMYK.heaviest() == ((1.0, 1.0, 1.0, 1.0), 4.0)
    assert RGB.heaviest() is None


def test_the_most_of_some_colours_is_told_only_where_all_are_known() -> None:
    assert most_of([(0.5, 0, 0, 0.2), (0, 0.9, 0, 0)]) == ((0.5, 0.9, 0, 0.2), 0.9)
    assert most_of([(0.5, 0, 0, 0), None]) is None
    assert most_of([]) is None


def test_a_default_space_in_the_resources_turns_device_ink_into_a_profile_s() -> None:
    with pikepdf.new() as pdf:
        profile = pdf.make_stream(b"icc", N=4)
        named = Dictionary(DefaultCMYK=Array([Name.ICCBased, profile]))

        assert space_of(Name.DeviceCMYK) is CMYK
        assert space_of(Name.DeviceCMYK, named) == BY_PROFILE[4]
        assert space_of(Name.DeviceRGB, named) is RGB


def test_spot_colours_and_patterns_are_named_and_what_nobody_knows_is_unknown() -> None:
    spot = space_of(Array([Name.Separation, Name("/PANTONE 123 C"), Name.DeviceCMYK, Dictionary()]))
    two = space_of(Array([Name.DeviceN, Array([Name.Gold, Name.Silver]), Name.DeviceCMYK, Dictionary()]))

    assert (spot.name, spot.kind, spot.components) == (
        "the spot colour PANTONE 123 C",
        ColourKind.SPOT,
        1,
    )
    assert (two.name, two.components) == ("the spot colour Gold, Silver", 2)
    assert space_of(Name.Pattern) is PATTERN
    assert space_of(Name.Nothing) is UNKNOWN
    assert space_of(Array([Name.Lab, Dictionary()])).kind is ColourKind.LIGHT


def test_a_space_that_names_itself_is_unknown_and_not_followed_for_ever() -> None:
    named = Dictionary()
    named["/A"] = Name("/B")
    named["/B"] = Name("/A")

    assert space_of(Name("/A"), named) is UNKNOWN


# ── numbers, boxes


def test_a_number_is_a_number_and_six_are_a_matrix(wording: Wording) -> None:
    assert as_number(3) == 3.0
    with pytest.raises(ValueError, match="3") as refused:
        as_number("3")
    assert wording == str(refused.value)
    assert as_matrix(None) == IDENTITY
    assert as_matrix([1, 0, 0, 1, 5, 7]).shorthand == (1, 0, 0, 1, 5, 7)


def test_a_box_is_in_css_px_from_the_top_and_what_leaves_the_clip_is_cut() -> None:
    box = box_of((0, 0, 72, 72), IDENTITY, Frame(0.0, 72.0))

    assert (box.x, box.y, box.width, box.height) == pytest.approx((0, 0, 96, 96))
    assert cut(box, Box(48, 0, 100, 10)) == pytest.approx(Box(48, 0, 48, 10))
    assert cut(box, Box(96, 0, 5, 5)) == Box(96, 0, 0, 5)  # an edge alone is still seen
    assert cut(box, Box(97, 0, 5, 5)) is None


# ── the state


def test_a_graphics_state_dictionary_sets_what_it_names_and_no_more(state: GraphicsState) -> None:
    state.set_from(Dictionary(ca=0.5, BM=Array([Name.Multiply, Name.Normal]), OP=True, op=False, LW=2))

    assert (state.alpha_fill, state.alpha_stroke, state.blend) == (0.5, 1.0, "/Multiply")
    assert (state.overprints_stroke, state.overprints_fill, state.line_width) == (True, False, 2.0)


@pytest.mark.parametrize(("mask", "is_masked"), [(Dictionary(S=Name.Alpha), True), (Name("/None"), False)])
def test_a_soft_mask_is_on_until_it_is_taken_away(
    state: GraphicsState, mask: object, is_masked: bool
) -> None:
    state.is_masked = not is_masked

    state.set_from(Dictionary(SMask=mask))

    assert state.is_masked is is_masked


def test_a_saved_state_does_not_change_with_the_one_that_goes_on(state: GraphicsState) -> None:
    saved = state.saved()

    state.line_width = 9.0

    assert saved.line_width == 1.0


def test_the_innermost_number_of_marked_content_counts(state: GraphicsState) -> None:
    assert state.mark is None
    state.marks = [3, None, 7, None]

    assert state.mark == 7


# ── text


def test_a_simple_font_has_widths_from_its_first_code_on() -> None:
    widths = Widths.read(Dictionary(Subtype=Name.TrueType, FirstChar=65, Widths=Array([600, 700])))

    assert (widths.of, widths.bytes_a_code) == ({65: 600.0, 66: 700.0}, 1)
    assert widths.codes(b"AB") == [65, 66]


def test_a_composite_font_has_two_bytes_a_code_and_both_kinds_of_width_table() -> None:
    table = Array([1, Array([500, 600]), 10, 12, 700])
    inner = Dictionary(W=table, DW=900, FontDescriptor=Dictionary(FontBBox=Array([0, -200, 1000, 800])))
    widths = Widths.read(Dictionary(Subtype=Name.Type0, DescendantFonts=Array([inner])))

    assert widths.of == {1: 500.0, 2: 600.0, 10: 700.0, 11: 700.0, 12: 700.0}
    assert (widths.usual, widths.below, widths.above) == (900.0, -200.0, 800.0)
    assert widths.codes(b"\x00\x01\x01\x02\x03") == [1, 258]


def test_a_shown_string_moves_the_text_by_widths_spaces_and_steps_back(state: GraphicsState) -> None:
    state.letter_space, state.word_space = 1.0, 3.0

    box, size = show(state, EIGHT, [b"a b", 200.0], FRAME)

    # Three codes of 5, three letter spaces of 1, one word space of 3, and 2 back.
    assert state.text.e == pytest.approx(3 * 5 + 3 + 3 - 2)
    assert size == 10.0
    assert box.width * 0.75 == pytest.approx((15 + 3 + 3) + 2 * 0.25 * 10)


def test_stretched_type_advances_by_its_stretch(state: GraphicsState) -> None:
    state.stretch = 0.5

    show(state, EIGHT, [b"aa"], FRAME)

    assert state.text.e == pytest.approx(5.0)


def test_text_operators_move_by_lines_and_remember_the_leading(state: GraphicsState) -> None:
    obey(state, "BT")
    assert obey(state, "TD", 10, -12) is None
    assert (state.leading, (state.text.e, state.text.f)) == (12.0, (10.0, -12.0))
    obey(state, "T*")
    assert (state.text.e, state.text.f) == (10.0, -24.0)
    obey(state, "Tm", 1, 0, 0, 1, 50, 60)
    obey(state, "Td", 1, 2)
    assert (state.text.e, state.text.f) == (51.0, 62.0)
    obey(state, "BT")
    assert state.text == IDENTITY


def test_what_an_operator_shows_is_strings_and_steps(state: GraphicsState) -> None:
    assert obey(state, "Tj", pikepdf.String("ab")) == [b"ab"]
    assert obey(state, "TJ", Array([pikepdf.String("a"), -120, pikepdf.String("b")])) == [b"a", -120.0, b"b"]
    assert obey(state, '"', 2, 1, pikepdf.String("c")) == [b"c"]
    assert (state.word_space, state.letter_space) == (2.0, 1.0)
    assert obey(state, "Tz", 50) is None
    assert state.stretch == 0.5
