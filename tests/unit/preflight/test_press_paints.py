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
    GROUND,
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
    "ground": (GROUND, nothing),
    "grey": (f"{GROUND}0.4 g {BOX}", nothing),
    "rgb set and never used": (f"1 0 0 rg 0 1 0 RG {GROUND}0 0 0 0.5 k {BOX}", nothing),
    "gradient in ink": (
        f"{GROUND}q {mm(5, 5, 20, 20)} re W n /S sh Q", shading(Name.DeviceCMYK, [0, 0, 0, 0], [1, 0, 0, 0.5])
    ),
    "picture in ink": (GROUND + PLACE, drawn(lambda pdf: picture(pdf, INK_PIXELS))),
    "jpeg in ink": (GROUND + PLACE, drawn(lambda pdf: jpeg(pdf, INK_PIXELS))),
    "grey picture": (GROUND + PLACE, drawn(lambda pdf: picture(pdf, GREY_PIXELS, Name.DeviceGray))),
    "pattern in ink": (f"{GROUND}/Pattern cs /T scn {BOX}", pattern(lambda pdf: cell(pdf, "0 1 0 0 k 0 0 5 5 re f"))),
    "large words in two inks": words("0 0.3 0.6 0 k"),
    "small words in black": words("0 0 0 1 k", 7.0),
    "small words in paper": words("0 0 0 0 k", 8.0),
    "words that are not drawn": words("3 Tr 1 0 0 rg"),
    "opacity in ink": (f"{GROUND}/A gs 0 1 0 0 k {BOX}", states(A={"ca": 0.5})),
    "black that overprints": (f"{GROUND}/O gs 0 0 0 1 k {BOX}", states(O={"op": True, "OPM": 1})),
    "a line of a quarter point": (f"{GROUND}0 0 0 1 K 0.25 w {mm(5, 5)} m {mm(60, 5)} l S", nothing),
    "a code in black on paper": (
        f"{GROUND}/Figure <</MCID 0>> BDC 0 0.02 0.05 0 k {BOX} 0 0 0 1 k {mm(12, 12, 3, 3)} re f EMC", nothing
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_page_has_no_finding(name: str) -> None:
    assert said(press_page(*SOUND[name])) == []


# What is no ink, wherever it hides. One page, one finding.
NO_INK: dict[str, tuple[str, Resources, str]] = {
    "fill": (f"{GROUND}1 0 0 rg {BOX}", nothing, "a shape is painted in DeviceRGB, not in ink"),
    "stroke": (
        f"{GROUND}1 0 0 RG 2 w {mm(5, 5)} m {mm(9, 9)} l S",
        nothing,
        "a line is painted in DeviceRGB, not in ink",
    ),
    "text": (*words("1 0 0 rg"), "text is painted in DeviceRGB, not in ink"),
    "two places": (
        f"{GROUND}1 0 0 rg {BOX}{BOX}",
        nothing,
        "a shape is painted in DeviceRGB, not in ink in 2 places",
    ),
    "by name": (
        f"{GROUND}/C cs 1 0 0 scn {BOX}",
        space(lambda pdf: Array([Name.CalRGB, Dictionary()])),
        "a shape is painted in CalRGB, not in ink",
    ),
    "by profile": (
        f"{GROUND}/C cs 1 0 0 scn {BOX}",
        space(icc(3)),
        "a shape is painted in RGB by a profile, not in ink",
    ),
    "lab": (
        f"{GROUND}/C cs 60 0 0 scn {BOX}",
        space(lambda pdf: Array([Name.Lab, Dictionary()])),
        "a shape is painted in Lab, not in ink",
    ),
    "in a form": (
        f"{GROUND}/P Do",
        drawn(lambda pdf: form(pdf, f"0 0 1 rg {BOX}")),
        "a shape is painted in DeviceRGB, not in ink",
    ),
    "in a form's own colour": (
        f"{GROUND}1 0 0 rg /P Do",
        drawn(lambda pdf: form(pdf, BOX)),
        "a shape is painted in DeviceRGB, not in ink",
    ),
    "in a pattern": (
        f"{GROUND}/Pattern cs /T scn {BOX}",
        pattern(lambda pdf: cell(pdf, "1 0 0 rg 0 0 5 5 re f")),
        "a shape is painted in DeviceRGB, not in ink",
    ),
    "in a gradient": (
        f"{GROUND}/S sh",
        shading(Name.DeviceRGB, [0, 0, 0], [1, 1, 1]),
        "a gradient is painted in DeviceRGB, not in ink",
    ),
    "in a gradient's pattern": (
        f"{GROUND}/Pattern cs /T scn {BOX}",
        pattern(
            lambda pdf: Dictionary(PatternType=2, Shading=gradient(Name.DeviceRGB, [0, 0, 0], [1, 1, 1]))
        ),
        "a gradient is painted in DeviceRGB, not in ink",
    ),
    "picture": (
        GROUND + PLACE,
        drawn(lambda pdf: picture(pdf, RGB_PIXELS, Name.DeviceRGB)),
        "a picture is painted in DeviceRGB, not in ink",
    ),
    "picture by profile": (
        GROUND + PLACE,
        drawn(lambda pdf: picture(pdf, RGB_PIXELS, icc(3)(pdf))),
        "a picture is painted in RGB by a profile, not in ink",
    ),
    "palette": (
        GROUND + PLACE,
        drawn(lambda pdf: picture(pdf, GREY_PIXELS % 2, indexed(Name.DeviceRGB, bytes(6)))),
        "a picture is painted in DeviceRGB, not in ink",
    ),
    "picture in the stream": (
        f"{GROUND}q {mm(2)} 0 0 {mm(2)} 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc EI Q",
        nothing,
        "a picture is painted in DeviceRGB, not in ink",
    ),
    "stencil": (
        f"{GROUND}1 0 0 rg {PLACE}",
        drawn(lambda pdf: picture(pdf, GREY_PIXELS, Name.DeviceGray, ImageMask=True, BitsPerComponent=1)),
        "a shape is painted in DeviceRGB, not in ink",
    ),
}


@pytest.mark.parametrize("name", NO_INK)
def test_rgb_is_found_wherever_it_hides(name: str) -> None:
    marks, resources, text = NO_INK[name]

    assert said(press_page(marks, resources)) == [("ink", text)]


PRESS: dict[str, tuple[str, Resources, str]] = {
    "ink by a profile": (
        f"{GROUND}/C cs 0 1 0 0 scn {BOX}", space(icc(4)),
        "a shape is painted in CMYK by a profile: its inks would be converted, nobody knows to what",
    ),
    "a profile behind the device's name": (
        f"{GROUND}0 g {BOX}", lambda pdf: {"ColorSpace": Dictionary(DefaultGray=icc(1)(pdf))},
        "a shape is painted in grey by a profile: its inks would be converted, nobody knows to what",
    ),
    "a spot colour": (
        f"{GROUND}/C cs 1 scn {BOX}", space(spot),
        "a shape is painted in the spot colour Signal Red: spot colours are not printed here",
    ),
    "a mask in RGB": (f"{GROUND}/M gs 0 0 0 1 k {BOX}", soft_mask, "a mask is painted in DeviceRGB"),
    "words in three inks": (
        *words("0.6 0.2 0 0.9 k"), "words are in 60/20/0/90: 2 inks at most, or their edges blur",
    ),
    "small words in two inks": (
        *words("0 0.3 0.6 0 k", 7.0),
        "words of 7.0 pt are in 0/30/60/0: at least 8 pt are due, or solid black alone",
    ),
    "smaller words in paper": (
        *words("0 0 0 0 k", 7.0), "words of 7.0 pt are in no ink: at least 8 pt are due, or solid black alone",
    ),
    "small words in grey": (
        *words("0 0 0 0.6 k", 7.0), "words of 7.0 pt are in 0/0/0/60: at least 8 pt are due, or solid black alone",
    ),
    "white that overprints": (
        f"{GROUND}/O gs 0 0 0 0 k {BOX}", states(O={"op": True, "OPM": 1}),
        "a shape without ink is set to overprint: it will not be there in print",
    ),
    "colour that overprints": (
        f"{GROUND}/O gs 0 1 0 0 k {BOX}", states(O={"OP": True, "OPM": 1}),
        "a shape in 0/100/0/0 is set to overprint: it will mix with what is beneath",
    ),
    "a hair": (
        f"{GROUND}0 0 0 1 K 0 w {mm(5, 5)} m {mm(60, 5)} l S", nothing,
        "a line is 0.00 pt thick; 0.25 pt are due in 0/0/0/100",
    ),
    "a thin box": (
        f"{GROUND}0 0 0 1 k {mm(5, 5, 60, 0.05)} re f", nothing,
        "a line is 0.14 pt thick; 0.25 pt are due in 0/0/0/100",
    ),
    "a thin line in paper": (
        f"{GROUND}0 0 0 0 K 0.3 w {mm(5, 5)} m {mm(60, 5)} l S", nothing,
        "a line is 0.30 pt thick; 0.5 pt are due in no ink",
    ),
    "a code in colour": (
        f"{GROUND}/Figure <</MCID 0>> BDC 0.6 0.2 0 0.9 k {BOX} EMC", nothing,
        "the code is in 60/20/0/90: only black ink alone keeps its edges sharp",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PRESS)
def test_one_fault_of_the_page_is_told_alone(name: str) -> None:
    marks, resources, text = PRESS[name]

    assert said(press_page(marks, resources)) == [("press", text)]


def test_opacity_mixed_by_a_profile_is_told() -> None:
    def group(pdf: Pdf) -> Mapping[str, Any]:
        made = form(pdf, f"0 0 0 1 k {BOX}", opacity_group=True)
        made.Group.CS = icc(4)(pdf)
        return {"XObject": Dictionary(P=made)}

    page = press_page(f"{GROUND}/A gs /P Do", together(group, states(A={"ca": 0.9})))

    assert said(page) == [
        ("press", "something see-through is mixed in CMYK by a profile: its inks would be converted")
    ]


def test_black_words_overprint_where_the_press_asks_it() -> None:
    press = replace(NEWS, overprints=True)
    holes, fonts = words("0 0 0 1 k")
    over, _ = words("0 0 0 1 k", before="/O gs")
    overprint = together(fonts, states(O={"OP": True, "op": True, "OPM": 1}))

    assert said(press_page(holes, fonts, press=NEWS), NEWS) == []
    assert said(press_page(over, overprint, press=NEWS), press) == []
    assert said(press_page(holes, fonts, press=NEWS), press) == [
        ("press", "black words do not overprint: where plates do not meet, paper shows around them")
    ]


def test_sizes_are_those_at_final_size() -> None:
    marks, fonts = words("0 0.3 0.6 0 k", 7.0)

    found = said(press_page(marks, fonts), scale=0.5)

    assert not [text for _, text in found if "words of" in text]


# Pictures.


def test_a_picture_with_an_edge_needs_its_pixels_at_final_size() -> None:
    page = press_page(GROUND + PLACE, drawn(lambda pdf: picture(pdf, edged())))

    # 300 pixels over 20 mm are 381 an inch; at a half they are 190, at a fifth 76.
    assert said(page) == []
    assert said(page, scale=0.5)[-1] == ("image-resolution", "a picture has 190 pixels an inch; 300 are due")


@pytest.mark.parametrize(("edge", "is_told"), [(12, False), (40, True)])
def test_a_picture_without_any_edge_is_as_soft_with_half_the_pixels(edge: int, is_told: bool) -> None:
    page = press_page(GROUND + PLACE, drawn(lambda pdf: picture(pdf, edged(edge))))

    found = said(page, replace(SHEET, min_ppi=600))

    assert [code for code, _ in found] == ["image-resolution"] * is_told


def test_a_soft_picture_is_told_all_the_same_under_half_of_its_pixels() -> None:
    page = press_page(GROUND + PLACE, drawn(lambda pdf: picture(pdf, edged(0))))

    assert said(page, replace(SHEET, min_ppi=900)) == [
        ("image-resolution", "a picture has 381 pixels an inch; 900 are due")
    ]


def test_a_picture_that_lies_askew_is_measured_along_its_own_sides() -> None:
    askew = f"q {mm(20, 20)} {mm(-20, 20)} {mm(30, 0)} cm /P Do Q\n"
    pixels = np.tile(edged()[:300, :300], (2, 2, 1))

    # 600 pixels over 28.3 mm: 539 an inch, though the box around it is 40 mm wide.
    assert (
        said(press_page(GROUND + askew, drawn(lambda pdf: picture(pdf, pixels))), replace(SHEET, min_ppi=530))
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
    marks = f"{GROUND}{' '.join(pieces)}\n"
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


def test_a_damaged_jpeg_is_as_heavy_as_can_be() -> None:
    def damaged(pdf: Pdf) -> Any:
        made = jpeg(pdf, INK_PIXELS)
        made.write(made.read_raw_bytes()[:900], filter=Name.DCTDecode)
        return made

    found = said(press_page(GROUND + PLACE, drawn(damaged)))

    assert [text for code, text in found if code == "ink"] == [
        "total ink may be 400 %, 300 % is the most; not drawn: a picture of a kind that is not read here"
    ]


# Plates and marks.


def test_a_file_in_black_has_no_other_ink() -> None:
    mono = replace(NEWS, plates=("black",))
    page = press_page(f"0 0 0 0.8 k {mm(-3, -3, 86, 51)} re f", press=NEWS)
    tinted = press_page(f"0 0.1 0 0.8 k {mm(-3, -3, 86, 51)} re f", press=NEWS)

    assert said(page, mono) == []
    assert said(tinted, mono) == [("ink", "a shape has magenta ink; the file is printed in black")]


@pytest.mark.parametrize(
    ("ink", "faults"), [("0 0 0 1 K 0.1 w", []), ("1 1 1 1 K 0.1 w", ["marks"]), ("0 0 0 1 K 2 w", ["marks"])]
)
def test_a_printer_s_marks_beyond_the_bleed_are_fine_and_in_black_alone(ink: str, faults: list[str]) -> None:
    def slug(pdf: Pdf) -> None:
        pdf.pages[0].obj.MediaBox = Array([-40, -40, 300, 200])

    mark = f"{ink} {mm(0, -4)} m {mm(0, -9)} l S"
    # From the trim's lower left corner, told from its upper left one.
    line = (0.0, 45.0 + 4, 0.0, 45.0 + 9)

    found = said(press_page(GROUND + mark, edit=slug), replace(SHEET, slug_mm=10.0, marks=(line,)))

    assert ["marks" for code, text in found if code == "press" and "only cut marks are due" in text] == faults
    assert len(found) == len(faults)


# Bleed.


def test_a_ground_that_ends_at_the_trim_is_told_on_four_sides() -> None:
    short = f"0.6 0.4 0.2 0.7 k {mm(0, 0, 80, 45)} re f"

    assert said(press_page(short)) == [
        ("press", f"the colour at the {edge} edge ends before the bleed does")
        for edge in ("left", "top", "right", "bottom")
    ]


@pytest.mark.parametrize(("bleed_mm", "is_told"), [(2.5, True), (3.0, False), (0.0, True)])
def test_a_bleed_that_is_short_at_one_edge_is_told(bleed_mm: float, is_told: bool) -> None:
    # Two boxes, so that none of them fills the page by itself.
    marks = (
        f"0.6 0.4 0.2 0.7 k {mm(-3, -3, 40 + 3, 51)} re f"
        f" 0.5 0.4 0.2 0.7 k {mm(40, -3, 40 + bleed_mm, 51)} re f"
    )

    assert [text for _, text in said(press_page(marks))] == [
        "the colour at the right edge ends before the bleed does"
    ] * is_told


def test_paper_at_the_trim_needs_no_bleed() -> None:
    assert said(press_page(f"0 0 0 1 k {mm(20, 10, 40, 20)} re f")) == []


def test_a_font_whose_glyphs_bring_rgb_is_told() -> None:
    def drawn_font(pdf: Pdf) -> Mapping[str, Any]:
        glyph = pdf.make_stream(b"1000 0 d0 1 0 0 rg 0 0 500 500 re f")
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 1000, 1000]), FirstChar=65, LastChar=65,
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), CharProcs=Dictionary(A=glyph), Widths=Array([1000]),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([65, Name.A])), Resources=Dictionary(),
        )  # fmt: skip
        return {"Font": Dictionary(F=font)}

    page = press_page(f"{GROUND}0 0 0 1 k BT /F 20 Tf {mm(10, 10)} Td (A) Tj ET", drawn_font)

    assert said(page) == [("ink", "a shape is painted in DeviceRGB, not in ink")]


def test_the_rules_name_no_more_than_they_ask() -> None:
    # A font that is there and not used, and the brand's own, ask for nothing.
    assert said(press_page(GROUND, lambda pdf: {"Font": Dictionary(F=brand_font(pdf))}), SHEET) == []
