"""Graphics state of a PDF page: the inks of a colour, boxes, and the position of shown text."""

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
    ColourSpace,
    FontMetrics,
    GraphicsState,
    advance_text,
    apply_text_operator,
    as_matrix,
    as_number,
    box_of,
    clip_box,
    max_ink_of,
    space_of,
)
from assetgen.preflight.pdf.finished_page import Frame
from tests.support.wording import Wording

FRAME = Frame(0.0, 100.0)
PAGE = Box(0, 0, 1000, 1000)
HALF_EM_WIDTHS = FontMetrics(dict.fromkeys(range(256), 500.0), 500.0, 1)


@pytest.fixture
def state() -> GraphicsState:
    return GraphicsState(IDENTITY, PAGE, font_size=10.0)


def apply_operator(state: GraphicsState, operator: str, *operands: object) -> list[bytes | float] | None:
    """Apply a text operator to the state, and return what it shows."""
    return apply_text_operator(state, operator, operands, lambda name: Dictionary(Name_=name))


# ── colours


def test_grey_is_black_ink_alone_and_cmyk_keeps_its_inks() -> None:
    assert GREY.to_plates([0.25]) == (0.0, 0.0, 0.0, 0.75)
    assert CMYK.to_plates([0.1, 0.2, 0.3, 0.4]) == (0.1, 0.2, 0.3, 0.4)
    assert CMYK.to_plates([-1, 2, 0.3, 0.4]) == (0.0, 1.0, 0.3, 0.4)


def test_rgb_and_a_wrong_number_of_components_have_no_inks() -> None:
    assert RGB.to_plates([1, 0, 0]) is None
    assert CMYK.to_plates([1, 0, 0]) is None
    assert UNKNOWN.to_plates([]) is None


def test_an_indexed_colour_is_its_palette_entry() -> None:
    indexed = ColourSpace("DeviceCMYK", ColourKind.INK, 4, bytes([0, 0, 0, 255, 255, 0, 0, 0]))

    assert indexed.to_plates([0]) == (0.0, 0.0, 0.0, 1.0)
    assert indexed.to_plates([1]) == (1.0, 0.0, 0.0, 0.0)
    assert indexed.to_plates([2]) is None
    assert indexed.max_ink() == ((1.0, 0.0, 0.0, 1.0), 1.0)


def test_the_heaviest_colour_of_a_space_has_all_its_inks() -> None:
    assert GREY.max_ink() == ((0.0, 0.0, 0.0, 1.0), 1.0)
    assert CMYK.max_ink() == ((1.0, 1.0, 1.0, 1.0), 4.0)
    assert RGB.max_ink() is None


def test_the_maximum_of_colours_is_unknown_if_any_is_unknown() -> None:
    assert max_ink_of([(0.5, 0, 0, 0.2), (0, 0.9, 0, 0)]) == ((0.5, 0.9, 0, 0.2), 0.9)
    assert max_ink_of([(0.5, 0, 0, 0), None]) is None
    assert max_ink_of([]) is None


def test_a_default_space_in_the_resources_replaces_the_device_space() -> None:
    with pikepdf.new() as pdf:
        profile = pdf.make_stream(b"icc", N=4)
        named = Dictionary(DefaultCMYK=Array([Name.ICCBased, profile]))

        assert space_of(Name.DeviceCMYK) is CMYK
        assert space_of(Name.DeviceCMYK, named) == BY_PROFILE[4]
        assert space_of(Name.DeviceRGB, named) is RGB


def test_each_kind_of_colour_space_is_recognised() -> None:
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
    assert space_of(Array([Name.Lab, Dictionary()])).kind is ColourKind.NOT_INK


def test_a_colour_space_that_refers_to_itself_is_unknown() -> None:
    named = Dictionary()
    named["/A"] = Name("/B")
    named["/B"] = Name("/A")

    assert space_of(Name("/A"), named) is UNKNOWN


# ── numbers, boxes


def test_numbers_and_matrices_are_read_and_a_string_is_rejected(wording: Wording) -> None:
    assert as_number(3) == 3.0
    with pytest.raises(ValueError, match="3") as rejected:
        as_number("3")
    assert wording == str(rejected.value)
    assert as_matrix(None) == IDENTITY
    assert as_matrix([1, 0, 0, 1, 5, 7]).shorthand == (1, 0, 0, 1, 5, 7)


def test_a_box_is_in_css_px_and_cut_to_the_clip() -> None:
    box = box_of((0, 0, 72, 72), IDENTITY, Frame(0.0, 72.0))

    assert (box.x, box.y, box.width, box.height) == pytest.approx((0, 0, 96, 96))
    assert clip_box(box, Box(48, 0, 100, 10)) == pytest.approx(Box(48, 0, 48, 10))
    assert clip_box(box, Box(96, 0, 5, 5)) == Box(96, 0, 0, 5)  # a box without width still counts
    assert clip_box(box, Box(97, 0, 5, 5)) is None


# ── the state


def test_a_graphics_state_dictionary_sets_only_its_own_entries(state: GraphicsState) -> None:
    state.set_from(Dictionary(ca=0.5, BM=Array([Name.Multiply, Name.Normal]), OP=True, op=False, LW=2))

    assert (state.alpha_fill, state.alpha_stroke, state.blend) == (0.5, 1.0, "/Multiply")
    assert (state.overprints_stroke, state.overprints_fill, state.line_width) == (True, False, 2.0)


@pytest.mark.parametrize(("mask", "is_masked"), [(Dictionary(S=Name.Alpha), True), (Name("/None"), False)])
def test_a_soft_mask_can_be_set_and_removed(state: GraphicsState, mask: object, is_masked: bool) -> None:
    state.is_masked = not is_masked

    state.set_from(Dictionary(SMask=mask))

    assert state.is_masked is is_masked


def test_a_saved_state_does_not_change_with_the_current_one(state: GraphicsState) -> None:
    saved = state.copy()

    state.line_width = 9.0

    assert saved.line_width == 1.0


def test_the_innermost_marked_content_id_is_used(state: GraphicsState) -> None:
    assert state.mcid is None
    state.open_mcids = [3, None, 7, None]

    assert state.mcid == 7


# ── text


def test_a_simple_font_has_widths_from_its_first_code() -> None:
    widths = FontMetrics.read(Dictionary(Subtype=Name.TrueType, FirstChar=65, Widths=Array([600, 700])))

    assert (widths.width_by_code, widths.bytes_per_code) == ({65: 600.0, 66: 700.0}, 1)
    assert widths.codes(b"AB") == [65, 66]


def test_a_composite_font_has_two_byte_codes_and_both_width_tables() -> None:
    table = Array([1, Array([500, 600]), 10, 12, 700])
    inner = Dictionary(W=table, DW=900, FontDescriptor=Dictionary(FontBBox=Array([0, -200, 1000, 800])))
    widths = FontMetrics.read(Dictionary(Subtype=Name.Type0, DescendantFonts=Array([inner])))

    assert widths.width_by_code == {1: 500.0, 2: 600.0, 10: 700.0, 11: 700.0, 12: 700.0}
    assert (widths.default_width, widths.lowest, widths.highest) == (900.0, -200.0, 800.0)
    assert widths.codes(b"\x00\x01\x01\x02\x03") == [1, 258]


def test_a_shown_string_advances_by_widths_spacing_and_adjustments(state: GraphicsState) -> None:
    state.char_spacing, state.word_spacing = 1.0, 3.0

    box, size = advance_text(state, HALF_EM_WIDTHS, [b"a b", 200.0], FRAME)

    # Three codes of 5, three letter spaces of 1, one word space of 3, and an adjustment of -2.
    assert state.text.e == pytest.approx(3 * 5 + 3 + 3 - 2)
    assert size == 10.0
    assert box.width * 0.75 == pytest.approx((15 + 3 + 3) + 2 * 0.25 * 10)


def test_horizontal_scaling_scales_the_advance(state: GraphicsState) -> None:
    state.horizontal_scaling = 0.5

    advance_text(state, HALF_EM_WIDTHS, [b"aa"], FRAME)

    assert state.text.e == pytest.approx(5.0)


def test_text_operators_move_the_line_and_set_the_leading(state: GraphicsState) -> None:
    apply_operator(state, "BT")
    assert apply_operator(state, "TD", 10, -12) is None
    assert (state.leading, (state.text.e, state.text.f)) == (12.0, (10.0, -12.0))
    apply_operator(state, "T*")
    assert (state.text.e, state.text.f) == (10.0, -24.0)
    apply_operator(state, "Tm", 1, 0, 0, 1, 50, 60)
    apply_operator(state, "Td", 1, 2)
    assert (state.text.e, state.text.f) == (51.0, 62.0)
    apply_operator(state, "BT")
    assert state.text == IDENTITY


def test_showing_operators_return_strings_and_adjustments(state: GraphicsState) -> None:
    assert apply_operator(state, "Tj", pikepdf.String("ab")) == [b"ab"]
    assert apply_operator(state, "TJ", Array([pikepdf.String("a"), -120, pikepdf.String("b")])) == [
        b"a",
        -120.0,
        b"b",
    ]
    assert apply_operator(state, '"', 2, 1, pikepdf.String("c")) == [b"c"]
    assert (state.word_spacing, state.char_spacing) == (2.0, 1.0)
    assert apply_operator(state, "Tz", 50) is None
    assert state.horizontal_scaling == 0.5
