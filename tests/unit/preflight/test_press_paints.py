"""What a press page paints: each small page has one fault, and raises that one finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf

from assetgen.findings import CODES
from tests.support.press_pages import (
    BACKGROUND,
    NEWS,
    SHEET,
    brand_font,
    form,
    jpeg,
    mm,
    picture,
    press_page,
    said,
    states,
    together,
    words,
)
from tests.support.wording import Wording

Resources = Callable[[Pdf], Mapping[str, Any]]
BOX = f"{mm(10, 10, 20, 20)} re f\n"
PLACE = f"q {mm(30)} 0 0 {mm(20)} {mm(5, 5)} cm /P Do Q\n"
GREY_PIXELS = np.full((300, 450), 128, np.uint8)
RGB_PIXELS = np.full((300, 450, 3), 90, np.uint8)
INK_PIXELS = np.full((300, 450, 4), 100, np.uint8)
ICC = {1: b"grey", 3: b"screen", 4: b"press"}


def edged(step: int = 100) -> Any:
    """Return a picture of ink with one edge down its middle."""
    pixels = np.full((300, 450, 4), 20, np.uint8)
    pixels[:, 225:] += np.uint8(step)
    return pixels


def nothing(pdf: Pdf) -> Mapping[str, Any]:
    return {}


def drawn(make: Callable[[Pdf], Any]) -> Resources:
    return lambda pdf: {"XObject": Dictionary(P=make(pdf))}


def space(make: Callable[[Pdf], Any]) -> Resources:
    return lambda pdf: {"ColorSpace": Dictionary(C=make(pdf))}


def icc(components: int) -> Callable[[Pdf], Any]:
    return lambda pdf: Array([Name.ICCBased, pdf.make_stream(ICC[components], N=components)])


def spot(pdf: Pdf) -> Any:
    tint = Dictionary(FunctionType=2, N=1, Domain=Array([0, 1]), C0=Array([0] * 4), C1=Array([0, 1, 1, 0]))
    return Array([Name.Separation, Name("/Signal Red"), Name.DeviceCMYK, tint])


def indexed(base: Name, palette: bytes) -> Array:
    return Array([Name.Indexed, base, 1, pikepdf.String(palette)])


def gradient(colours: Name, start: list[float], end: list[float]) -> Dictionary:
    function = Dictionary(FunctionType=2, N=1, Domain=Array([0, 1]), C0=Array(start), C1=Array(end))
    return Dictionary(ShadingType=2, ColorSpace=colours, Coords=Array([0, 0, 100, 0]), Function=function)


def shading(colours: Name, start: list[float], end: list[float]) -> Resources:
    return lambda pdf: {"Shading": Dictionary(S=gradient(colours, start, end))}


def cell(pdf: Pdf, marks: str) -> Any:
    made = pikepdf.Stream(pdf, marks.encode("ascii"))
    made.PatternType, made.PaintType, made.TilingType = 1, 1, 1
    made.BBox, made.XStep, made.YStep, made.Resources = Array([0, 0, 9, 9]), 9, 9, Dictionary()
    return made


def pattern(make: Callable[[Pdf], Any]) -> Resources:
    return lambda pdf: {"Pattern": Dictionary(T=make(pdf))}


def soft_mask(pdf: Pdf) -> Mapping[str, Any]:
    shape = form(pdf, f"1 1 1 rg {BOX}", opacity_group=True)
    shape.Group.CS = Name.DeviceGray
    return {
        "ExtGState": Dictionary(M=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=pdf.make_indirect(shape))))
    }


SOUND: dict[str, tuple[str, Resources]] = {
    "background": (BACKGROUND, nothing),
    "grey": (f"{BACKGROUND}0.4 g {BOX}", nothing),
    "rgb set and never used": (f"1 0 0 rg 0 1 0 RG {BACKGROUND}0 0 0 0.5 k {BOX}", nothing),
    "gradient in ink": (
        f"{BACKGROUND}q {mm(5, 5, 20, 20)} re W n /S sh Q", shading(Name.DeviceCMYK, [0, 0, 0, 0], [1, 0, 0, 0.5])
    ),
    "picture in ink": (BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, INK_PIXELS))),
    "jpeg in ink": (BACKGROUND + PLACE, drawn(lambda pdf: jpeg(pdf, INK_PIXELS))),
    "grey picture": (BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, GREY_PIXELS, Name.DeviceGray))),
    "pattern in ink": (
        f"{BACKGROUND}/Pattern cs /T scn {BOX}",
        pattern(lambda pdf: cell(pdf, "0 1 0 0 k 0 0 5 5 re f")),
    ),
    "large words in two inks": words("0 0.3 0.6 0 k"),
    "small words in black": words("0 0 0 1 k", 7.0),
    "small words in paper": words("0 0 0 0 k", 8.0),
    "words that are not drawn": words("3 Tr 1 0 0 rg"),
    "opacity in ink": (f"{BACKGROUND}/A gs 0 1 0 0 k {BOX}", states(A={"ca": 0.5})),
    "black that overprints": (f"{BACKGROUND}/O gs 0 0 0 1 k {BOX}", states(O={"op": True, "OPM": 1})),
    "a line of a quarter point": (f"{BACKGROUND}0 0 0 1 K 0.25 w {mm(5, 5)} m {mm(60, 5)} l S", nothing),
    "a code in black on paper": (
        f"{BACKGROUND}/Figure <</MCID 0>> BDC 0 0.02 0.05 0 k {BOX} 0 0 0 1 k {mm(12, 12, 3, 3)} re f EMC", nothing
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_page_has_no_finding(name: str) -> None:
    assert said(press_page(*SOUND[name])) == []


# What is no ink, wherever it hides. One page, one finding.
NO_INK: dict[str, tuple[str, Resources]] = {
    "fill": (f"{BACKGROUND}1 0 0 rg {BOX}", nothing),
    "stroke": (f"{BACKGROUND}1 0 0 RG 2 w {mm(5, 5)} m {mm(9, 9)} l S", nothing),
    "text": words("1 0 0 rg"),
    "two places": (f"{BACKGROUND}1 0 0 rg {BOX}{BOX}", nothing),
    "by name": (f"{BACKGROUND}/C cs 1 0 0 scn {BOX}", space(lambda pdf: Array([Name.CalRGB, Dictionary()]))),
    "by profile": (f"{BACKGROUND}/C cs 1 0 0 scn {BOX}", space(icc(3))),
    "lab": (f"{BACKGROUND}/C cs 60 0 0 scn {BOX}", space(lambda pdf: Array([Name.Lab, Dictionary()]))),
    "in a form": (f"{BACKGROUND}/P Do", drawn(lambda pdf: form(pdf, f"0 0 1 rg {BOX}"))),
    "in a form's own colour": (f"{BACKGROUND}1 0 0 rg /P Do", drawn(lambda pdf: form(pdf, BOX))),
    "in a pattern": (
        f"{BACKGROUND}/Pattern cs /T scn {BOX}",
        pattern(lambda pdf: cell(pdf, "1 0 0 rg 0 0 5 5 re f")),
    ),
    "in a gradient": (f"{BACKGROUND}/S sh", shading(Name.DeviceRGB, [0, 0, 0], [1, 1, 1])),
    "in a gradient's pattern": (
        f"{BACKGROUND}/Pattern cs /T scn {BOX}",
        pattern(
            lambda pdf: Dictionary(PatternType=2, Shading=gradient(Name.DeviceRGB, [0, 0, 0], [1, 1, 1]))
        ),
    ),
    "picture": (BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, RGB_PIXELS, Name.DeviceRGB))),
    "picture by profile": (BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, RGB_PIXELS, icc(3)(pdf)))),
    "palette": (
        BACKGROUND + PLACE,
        drawn(lambda pdf: picture(pdf, GREY_PIXELS % 2, indexed(Name.DeviceRGB, bytes(6)))),
    ),
    "picture in the stream": (
        f"{BACKGROUND}q {mm(2)} 0 0 {mm(2)} 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc EI Q",
        nothing,
    ),
    "stencil": (
        f"{BACKGROUND}1 0 0 rg {PLACE}",
        drawn(lambda pdf: picture(pdf, GREY_PIXELS, Name.DeviceGray, ImageMask=True, BitsPerComponent=1)),
    ),
}


@pytest.mark.parametrize("name", NO_INK)
def test_rgb_is_found_wherever_it_hides(name: str, wording: Wording) -> None:
    ((code, text),) = said(press_page(*NO_INK[name]))

    assert code == "ink"
    assert wording == text


PRESS: dict[str, tuple[str, Resources]] = {
    "ink by a profile": (f"{BACKGROUND}/C cs 0 1 0 0 scn {BOX}", space(icc(4))),
    "a profile behind the device's name": (
        f"{BACKGROUND}0 g {BOX}",
        lambda pdf: {"ColorSpace": Dictionary(DefaultGray=icc(1)(pdf))},
    ),
    "a spot colour": (f"{BACKGROUND}/C cs 1 scn {BOX}", space(spot)),
    "a mask in RGB": (f"{BACKGROUND}/M gs 0 0 0 1 k {BOX}", soft_mask),
    "words in three inks": words("0.6 0.2 0 0.9 k"),
    "small words in two inks": words("0 0.3 0.6 0 k", 7.0),
    "smaller words in paper": words("0 0 0 0 k", 7.0),
    "small words in grey": words("0 0 0 0.6 k", 7.0),
    "white that overprints": (f"{BACKGROUND}/O gs 0 0 0 0 k {BOX}", states(O={"op": True, "OPM": 1})),
    "colour that overprints": (f"{BACKGROUND}/O gs 0 1 0 0 k {BOX}", states(O={"OP": True, "OPM": 1})),
    "a hair": (f"{BACKGROUND}0 0 0 1 K 0 w {mm(5, 5)} m {mm(60, 5)} l S", nothing),
    "a thin box": (f"{BACKGROUND}0 0 0 1 k {mm(5, 5, 60, 0.05)} re f", nothing),
    "a thin line in paper": (f"{BACKGROUND}0 0 0 0 K 0.3 w {mm(5, 5)} m {mm(60, 5)} l S", nothing),
    "a code in colour": (f"{BACKGROUND}/Figure <</MCID 0>> BDC 0.6 0.2 0 0.9 k {BOX} EMC", nothing),
}


@pytest.mark.parametrize("name", PRESS)
def test_one_fault_of_the_page_is_told_alone(name: str, wording: Wording) -> None:
    ((code, text),) = said(press_page(*PRESS[name]))

    assert code == "press"
    assert wording == text


def test_opacity_mixed_by_a_profile_is_told(wording: Wording) -> None:
    def group(pdf: Pdf) -> Mapping[str, Any]:
        made = form(pdf, f"0 0 0 1 k {BOX}", opacity_group=True)
        made.Group.CS = icc(4)(pdf)
        return {"XObject": Dictionary(P=made)}

    page = press_page(f"{BACKGROUND}/A gs /P Do", together(group, states(A={"ca": 0.9})))

    ((code, text),) = said(page)
    assert code == "press"
    assert wording == text


def test_black_words_overprint_where_the_press_asks_it(wording: Wording) -> None:
    press = replace(NEWS, overprints=True)
    holes, fonts = words("0 0 0 1 k")
    over, _ = words("0 0 0 1 k", before="/O gs")
    overprint = together(fonts, states(O={"OP": True, "op": True, "OPM": 1}))

    assert said(press_page(holes, fonts, press=NEWS), NEWS) == []
    assert said(press_page(over, overprint, press=NEWS), press) == []
    ((code, text),) = said(press_page(holes, fonts, press=NEWS), press)
    assert code == "press"
    assert wording == text


def test_sizes_are_those_at_final_size() -> None:
    marks, fonts = words("0 0.3 0.6 0 k", 7.0)

    found = said(press_page(marks, fonts), scale=0.5)

    assert not [text for _, text in found if " pt" in text]


# Pictures.


def test_a_picture_with_an_edge_needs_its_pixels_at_final_size(wording: Wording) -> None:
    page = press_page(BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, edged())))

    # 300 pixels over 20 mm are 381 an inch; at a half they are 190, at a fifth 76.
    assert said(page) == []
    code, text = said(page, scale=0.5)[-1]
    assert code == "image-resolution" and "190" in text and "300" in text
    assert wording == text


@pytest.mark.parametrize(("edge", "is_told"), [(12, False), (40, True)])
def test_a_picture_without_any_edge_is_as_soft_with_half_the_pixels(edge: int, is_told: bool) -> None:
    page = press_page(BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, edged(edge))))

    found = said(page, replace(SHEET, min_ppi=600))

    assert [code for code, _ in found] == ["image-resolution"] * is_told


def test_a_soft_picture_is_told_all_the_same_under_half_of_its_pixels() -> None:
    page = press_page(BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, edged(0))))

    ((code, text),) = said(page, replace(SHEET, min_ppi=900))
    assert code == "image-resolution"
    assert "381" in text and "900" in text


def test_a_picture_that_lies_askew_is_measured_along_its_own_sides() -> None:
    askew = f"q {mm(20, 20)} {mm(-20, 20)} {mm(30, 0)} cm /P Do Q\n"
    pixels = np.tile(edged()[:300, :300], (2, 2, 1))

    # 600 pixels over 28.3 mm: 539 an inch, though the box around it is 40 mm wide.
    assert (
        said(
            press_page(BACKGROUND + askew, drawn(lambda pdf: picture(pdf, pixels))),
            replace(SHEET, min_ppi=530),
        )
        == []
    )


# Whatever stands in a stream, the answer is findings.

WORDS = st.sampled_from(
    "q Q cm re f S W n k K g rg cs scn sh Do gs BT ET Tf Tj TJ Td Tm BDC EMC w m l c h /P /F /C /S /O".split()
)
PIECES = st.one_of(
    WORDS, st.floats(-1e6, 1e6).map(lambda value: f"{value:.3f}"), st.sampled_from(["(a)", "[1 2]", "<<>>"])
)


@pytest.mark.thorough
@given(st.lists(PIECES, max_size=40))
@settings(max_examples=200)
def test_a_page_of_any_operators_gives_findings_and_never_breaks(pieces: list[str]) -> None:
    marks = f"{BACKGROUND}{' '.join(pieces)}\n"
    resources = together(
        lambda pdf: {
            "XObject": Dictionary(P=picture(pdf, INK_PIXELS)),
            "Font": Dictionary(F=brand_font(pdf)),
        },
        shading(Name.DeviceCMYK, [0, 0, 0, 0], [1, 0, 0, 0.5]),
        states(O={"op": True, "OPM": 1}),
        space(icc(4)),
    )

    assert all(code in CODES for code, _ in said(press_page(marks, resources)))


def test_a_damaged_jpeg_is_as_heavy_as_can_be(wording: Wording) -> None:
    def damaged(pdf: Pdf) -> Any:
        made = jpeg(pdf, INK_PIXELS)
        made.write(made.read_raw_bytes()[:900], filter=Name.DCTDecode)
        return made

    found = said(press_page(BACKGROUND + PLACE, drawn(damaged)))

    (text,) = [text for code, text in found if code == "ink"]
    assert "400 %" in text and "300 %" in text
    assert wording == text


# Plates and marks.


def test_a_file_in_black_has_no_other_ink(wording: Wording) -> None:
    mono = replace(NEWS, plates=("black",))
    page = press_page(f"0 0 0 0.8 k {mm(-3, -3, 86, 51)} re f", press=NEWS)
    tinted = press_page(f"0 0.1 0 0.8 k {mm(-3, -3, 86, 51)} re f", press=NEWS)

    assert said(page, mono) == []
    ((code, text),) = said(tinted, mono)
    assert code == "ink" and "magenta" in text
    assert wording == text


@pytest.mark.parametrize(
    ("ink", "faults"),
    [("0 0 0 1 K 0.1 w", []), ("1 1 1 1 K 0.1 w", ["press"]), ("0 0 0 1 K 2 w", ["press"])],
    ids=["fine and in black", "in every ink", "thick"],
)
def test_a_printer_s_marks_beyond_the_bleed_are_fine_and_in_black_alone(
    ink: str, faults: list[str], wording: Wording
) -> None:
    def slug(pdf: Pdf) -> None:
        pdf.pages[0].obj.MediaBox = Array([-40, -40, 300, 200])

    mark = f"{ink} {mm(0, -4)} m {mm(0, -9)} l S"
    # From the trim's lower left corner, told from its upper left one.
    line = (0.0, 45.0 + 4, 0.0, 45.0 + 9)

    found = said(press_page(BACKGROUND + mark, edit=slug), replace(SHEET, slug_mm=10.0, marks=(line,)))

    assert [code for code, _ in found] == faults
    assert wording == [text for _, text in found]


# Bleed.


def test_a_background_that_ends_at_the_trim_is_told_on_four_sides(wording: Wording) -> None:
    short = f"0.6 0.4 0.2 0.7 k {mm(0, 0, 80, 45)} re f"

    told = said(press_page(short))
    assert [code for code, _ in told] == ["press"] * 4
    assert wording == [text for _, text in told]


@pytest.mark.parametrize(("bleed_mm", "is_told"), [(2.5, True), (3.0, False), (0.0, True)])
def test_a_bleed_that_is_short_at_one_edge_is_told(bleed_mm: float, is_told: bool) -> None:
    # Two boxes, so that none of them fills the page by itself.
    marks = (
        f"0.6 0.4 0.2 0.7 k {mm(-3, -3, 40 + 3, 51)} re f"
        f" 0.5 0.4 0.2 0.7 k {mm(40, -3, 40 + bleed_mm, 51)} re f"
    )

    told = said(press_page(marks))
    assert [code for code, _ in told] == ["press"] * is_told
    assert all("right" in text for _, text in told)


def test_paper_at_the_trim_needs_no_bleed() -> None:
    assert said(press_page(f"0 0 0 1 k {mm(20, 10, 40, 20)} re f")) == []


def test_a_font_whose_glyphs_bring_rgb_is_told(wording: Wording) -> None:
    def drawn_font(pdf: Pdf) -> Mapping[str, Any]:
        glyph = pdf.make_stream(b"1000 0 d0 1 0 0 rg 0 0 500 500 re f")
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 1000, 1000]), FirstChar=65, LastChar=65,
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), CharProcs=Dictionary(A=glyph), Widths=Array([1000]),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([65, Name.A])), Resources=Dictionary(),
        )  # fmt: skip
        return {"Font": Dictionary(F=font)}

    page = press_page(f"{BACKGROUND}0 0 0 1 k BT /F 20 Tf {mm(10, 10)} Td (A) Tj ET", drawn_font)

    ((code, text),) = said(page)
    assert code == "ink" and "DeviceRGB" in text
    assert wording == text


def test_the_rules_name_no_more_than_they_ask() -> None:
    # A font that is there and not used, and the brand's own, ask for nothing.
    assert said(press_page(BACKGROUND, lambda pdf: {"Font": Dictionary(F=brand_font(pdf))}), SHEET) == []
