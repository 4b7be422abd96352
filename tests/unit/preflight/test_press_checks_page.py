"""Press checks of a page: the inks, text, lines, pictures and bleed. Each page here has one fault."""

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
    COATED_PRESS,
    NEWSPRINT_PRESS,
    brand_font,
    form_xobject,
    graphics_states,
    image_xobject,
    jpeg_xobject,
    marks_of_text,
    merge_resources,
    mm,
    press_findings,
    press_page,
)
from tests.support.wording import Wording

Resources = Callable[[Pdf], Mapping[str, Any]]
BOX = f"{mm(10, 10, 20, 20)} re f\n"
PLACE_PICTURE = f"q {mm(30)} 0 0 {mm(20)} {mm(5, 5)} cm /P Do Q\n"
GREY_PIXELS = np.full((300, 450), 128, np.uint8)
RGB_PIXELS = np.full((300, 450, 3), 90, np.uint8)
INK_PIXELS = np.full((300, 450, 4), 100, np.uint8)
ICC = {1: b"grey", 3: b"screen", 4: b"press"}


def edged(step: int = 100) -> Any:
    """Return a picture in CMYK with one vertical edge in the middle."""
    pixels = np.full((300, 450, 4), 20, np.uint8)
    pixels[:, 225:] += np.uint8(step)
    return pixels


def no_resources(pdf: Pdf) -> Mapping[str, Any]:
    return {}


def xobject(make: Callable[[Pdf], Any]) -> Resources:
    """Return resources that have a picture or a form under the name ``P``."""
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


def tiling_pattern(pdf: Pdf, operators: str) -> Any:
    cell = pikepdf.Stream(pdf, operators.encode("ascii"))
    cell.PatternType, cell.PaintType, cell.TilingType = 1, 1, 1
    cell.BBox, cell.XStep, cell.YStep, cell.Resources = Array([0, 0, 9, 9]), 9, 9, Dictionary()
    return cell


def pattern(make: Callable[[Pdf], Any]) -> Resources:
    return lambda pdf: {"Pattern": Dictionary(T=make(pdf))}


def soft_mask(pdf: Pdf) -> Mapping[str, Any]:
    shape = form_xobject(pdf, f"1 1 1 rg {BOX}", opacity_group=True)
    shape.Group.CS = Name.DeviceGray
    return {
        "ExtGState": Dictionary(M=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=pdf.make_indirect(shape))))
    }


VALID_PAGES: dict[str, tuple[str, Resources]] = {
    "background": (BACKGROUND, no_resources),
    "grey": (f"{BACKGROUND}0.4 g {BOX}", no_resources),
    "RGB that is set but not used": (f"1 0 0 rg 0 1 0 RG {BACKGROUND}0 0 0 0.5 k {BOX}", no_resources),
    "gradient in ink": (
        f"{BACKGROUND}q {mm(5, 5, 20, 20)} re W n /S sh Q",
        shading(Name.DeviceCMYK, [0, 0, 0, 0], [1, 0, 0, 0.5]),
    ),
    "picture in ink": (BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: image_xobject(pdf, INK_PIXELS))),
    "jpeg in ink": (BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: jpeg_xobject(pdf, INK_PIXELS))),
    "grey picture": (
        BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: image_xobject(pdf, GREY_PIXELS, Name.DeviceGray))
    ),
    "pattern in ink": (
        f"{BACKGROUND}/Pattern cs /T scn {BOX}",
        pattern(lambda pdf: tiling_pattern(pdf, "0 1 0 0 k 0 0 5 5 re f")),
    ),
    "large text in two inks": marks_of_text("0 0.3 0.6 0 k"),
    "small black text": marks_of_text("0 0 0 1 k", 7.0),
    "small reversed text": marks_of_text("0 0 0 0 k", 8.0),
    "invisible RGB text": marks_of_text("3 Tr 1 0 0 rg"),
    "opacity in ink": (f"{BACKGROUND}/A gs 0 1 0 0 k {BOX}", graphics_states(A={"ca": 0.5})),
    "overprinting black": (f"{BACKGROUND}/O gs 0 0 0 1 k {BOX}", graphics_states(O={"op": True, "OPM": 1})),
    "a quarter-point line": (f"{BACKGROUND}0 0 0 1 K 0.25 w {mm(5, 5)} m {mm(60, 5)} l S", no_resources),
    "a black code on white": (
        f"{BACKGROUND}/Figure <</MCID 0>> BDC 0 0.02 0.05 0 k {BOX} 0 0 0 1 k {mm(12, 12, 3, 3)} re f EMC",
        no_resources,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VALID_PAGES)
def test_a_valid_page_has_no_findings(name: str) -> None:
    assert press_findings(press_page(*VALID_PAGES[name])) == []


# RGB and Lab in every place where a page can have them. Each page has one finding.
RGB_PAGES: dict[str, tuple[str, Resources]] = {
    "fill": (f"{BACKGROUND}1 0 0 rg {BOX}", no_resources),
    "stroke": (f"{BACKGROUND}1 0 0 RG 2 w {mm(5, 5)} m {mm(9, 9)} l S", no_resources),
    "text": marks_of_text("1 0 0 rg"),
    "two places": (f"{BACKGROUND}1 0 0 rg {BOX}{BOX}", no_resources),
    "calibrated RGB": (
        f"{BACKGROUND}/C cs 1 0 0 scn {BOX}",
        space(lambda pdf: Array([Name.CalRGB, Dictionary()])),
    ),
    "RGB with a profile": (f"{BACKGROUND}/C cs 1 0 0 scn {BOX}", space(icc(3))),
    "Lab": (f"{BACKGROUND}/C cs 60 0 0 scn {BOX}", space(lambda pdf: Array([Name.Lab, Dictionary()]))),
    "in a form": (f"{BACKGROUND}/P Do", xobject(lambda pdf: form_xobject(pdf, f"0 0 1 rg {BOX}"))),
    "in a form that inherits its colour": (
        f"{BACKGROUND}1 0 0 rg /P Do",
        xobject(lambda pdf: form_xobject(pdf, BOX)),
    ),
    "in a pattern": (
        f"{BACKGROUND}/Pattern cs /T scn {BOX}",
        pattern(lambda pdf: tiling_pattern(pdf, "1 0 0 rg 0 0 5 5 re f")),
    ),
    "in a gradient": (f"{BACKGROUND}/S sh", shading(Name.DeviceRGB, [0, 0, 0], [1, 1, 1])),
    "in a gradient pattern": (
        f"{BACKGROUND}/Pattern cs /T scn {BOX}",
        pattern(
            lambda pdf: Dictionary(PatternType=2, Shading=gradient(Name.DeviceRGB, [0, 0, 0], [1, 1, 1]))
        ),
    ),
    "picture": (
        BACKGROUND + PLACE_PICTURE,
        xobject(lambda pdf: image_xobject(pdf, RGB_PIXELS, Name.DeviceRGB)),
    ),
    "picture with an RGB profile": (
        BACKGROUND + PLACE_PICTURE,
        xobject(lambda pdf: image_xobject(pdf, RGB_PIXELS, icc(3)(pdf))),
    ),
    "palette": (
        BACKGROUND + PLACE_PICTURE,
        xobject(lambda pdf: image_xobject(pdf, GREY_PIXELS % 2, indexed(Name.DeviceRGB, bytes(6)))),
    ),
    "inline picture": (
        f"{BACKGROUND}q {mm(2)} 0 0 {mm(2)} 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc EI Q",
        no_resources,
    ),
    "stencil": (
        f"{BACKGROUND}1 0 0 rg {PLACE_PICTURE}",
        xobject(
            lambda pdf: image_xobject(pdf, GREY_PIXELS, Name.DeviceGray, ImageMask=True, BitsPerComponent=1)
        ),
    ),
}


@pytest.mark.parametrize("name", RGB_PAGES)
def test_every_use_of_rgb_is_reported(name: str, wording: Wording) -> None:
    ((code, text),) = press_findings(press_page(*RGB_PAGES[name]))

    assert code == "ink"
    assert wording == text


FAULTY_PAGES: dict[str, tuple[str, Resources]] = {
    "CMYK with a profile": (f"{BACKGROUND}/C cs 0 1 0 0 scn {BOX}", space(icc(4))),
    "a profile as default for grey": (
        f"{BACKGROUND}0 g {BOX}",
        lambda pdf: {"ColorSpace": Dictionary(DefaultGray=icc(1)(pdf))},
    ),
    "a spot colour": (f"{BACKGROUND}/C cs 1 scn {BOX}", space(spot)),
    "a mask in RGB": (f"{BACKGROUND}/M gs 0 0 0 1 k {BOX}", soft_mask),
    "text in three inks": marks_of_text("0.6 0.2 0 0.9 k"),
    "small text in two inks": marks_of_text("0 0.3 0.6 0 k", 7.0),
    "text too small to be reversed": marks_of_text("0 0 0 0 k", 7.0),
    "small grey text": marks_of_text("0 0 0 0.6 k", 7.0),
    "overprinting white": (f"{BACKGROUND}/O gs 0 0 0 0 k {BOX}", graphics_states(O={"op": True, "OPM": 1})),
    "overprinting colour": (f"{BACKGROUND}/O gs 0 1 0 0 k {BOX}", graphics_states(O={"OP": True, "OPM": 1})),
    "a hairline": (f"{BACKGROUND}0 0 0 1 K 0 w {mm(5, 5)} m {mm(60, 5)} l S", no_resources),
    "a thin box": (f"{BACKGROUND}0 0 0 1 k {mm(5, 5, 60, 0.05)} re f", no_resources),
    "a thin reversed line": (f"{BACKGROUND}0 0 0 0 K 0.3 w {mm(5, 5)} m {mm(60, 5)} l S", no_resources),
    "a code in colour": (f"{BACKGROUND}/Figure <</MCID 0>> BDC 0.6 0.2 0 0.9 k {BOX} EMC", no_resources),
}


@pytest.mark.parametrize("name", FAULTY_PAGES)
def test_each_fault_of_a_page_has_one_finding(name: str, wording: Wording) -> None:
    ((code, text),) = press_findings(press_page(*FAULTY_PAGES[name]))

    assert code == "press"
    assert wording == text


def test_a_transparency_group_with_a_profile_is_reported(wording: Wording) -> None:
    def group_with_profile(pdf: Pdf) -> Mapping[str, Any]:
        group = form_xobject(pdf, f"0 0 0 1 k {BOX}", opacity_group=True)
        group.Group.CS = icc(4)(pdf)
        return {"XObject": Dictionary(P=group)}

    page = press_page(
        f"{BACKGROUND}/A gs /P Do", merge_resources(group_with_profile, graphics_states(A={"ca": 0.9}))
    )

    ((code, text),) = press_findings(page)
    assert code == "press"
    assert wording == text


def test_black_text_must_overprint_if_the_press_requires_it(wording: Wording) -> None:
    press = replace(NEWSPRINT_PRESS, overprints=True)
    knockout, fonts = marks_of_text("0 0 0 1 k")
    overprinting, _ = marks_of_text("0 0 0 1 k", before="/O gs")
    resources = merge_resources(fonts, graphics_states(O={"OP": True, "op": True, "OPM": 1}))

    assert press_findings(press_page(knockout, fonts, press=NEWSPRINT_PRESS), NEWSPRINT_PRESS) == []
    assert press_findings(press_page(overprinting, resources, press=NEWSPRINT_PRESS), press) == []
    ((code, text),) = press_findings(press_page(knockout, fonts, press=NEWSPRINT_PRESS), press)
    assert code == "press"
    assert wording == text


def test_text_sizes_are_measured_at_final_size() -> None:
    operators, fonts = marks_of_text("0 0.3 0.6 0 k", 7.0)

    found = press_findings(press_page(operators, fonts), scale=0.5)

    assert not [text for _, text in found if " pt" in text]


# Pictures.


def test_a_sharp_picture_needs_full_resolution_at_final_size(wording: Wording) -> None:
    page = press_page(BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: image_xobject(pdf, edged())))

    # 300 px over 20 mm are 381 ppi. Artwork at half size is printed twice as large: 190 ppi.
    assert press_findings(page) == []
    code, text = press_findings(page, scale=0.5)[-1]
    assert code == "image-resolution" and "190" in text and "300" in text
    assert wording == text


@pytest.mark.parametrize(("edge", "is_reported"), [(12, False), (40, True)])
def test_a_soft_picture_needs_only_half_the_resolution(edge: int, is_reported: bool) -> None:
    page = press_page(BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: image_xobject(pdf, edged(edge))))

    found = press_findings(page, replace(COATED_PRESS, min_ppi=600))

    assert [code for code, _ in found] == ["image-resolution"] * is_reported


def test_a_soft_picture_below_half_the_resolution_is_reported() -> None:
    page = press_page(BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: image_xobject(pdf, edged(0))))

    ((code, text),) = press_findings(page, replace(COATED_PRESS, min_ppi=900))
    assert code == "image-resolution"
    assert "381" in text and "900" in text


def test_a_rotated_picture_is_measured_along_its_own_sides() -> None:
    rotated = f"q {mm(20, 20)} {mm(-20, 20)} {mm(30, 0)} cm /P Do Q\n"
    pixels = np.tile(edged()[:300, :300], (2, 2, 1))

    # 600 px over 28.3 mm are 539 ppi, although the bounding box is 40 mm wide.
    assert (
        press_findings(
            press_page(BACKGROUND + rotated, xobject(lambda pdf: image_xobject(pdf, pixels))),
            replace(COATED_PRESS, min_ppi=530),
        )
        == []
    )


# Any content stream.

OPERATORS = st.sampled_from(
    "q Q cm re f S W n k K g rg cs scn sh Do gs BT ET Tf Tj TJ Td Tm BDC EMC w m l c h /P /F /C /S /O".split()
)
TOKENS = st.one_of(
    OPERATORS,
    st.floats(-1e6, 1e6).map(lambda value: f"{value:.3f}"),
    st.sampled_from(["(a)", "[1 2]", "<<>>"]),
)


@pytest.mark.thorough
@given(st.lists(TOKENS, max_size=40))
@settings(max_examples=200)
def test_random_operators_give_only_known_findings(tokens: list[str]) -> None:
    operators = f"{BACKGROUND}{' '.join(tokens)}\n"
    resources = merge_resources(
        lambda pdf: {
            "XObject": Dictionary(P=image_xobject(pdf, INK_PIXELS)),
            "Font": Dictionary(F=brand_font(pdf)),
        },
        shading(Name.DeviceCMYK, [0, 0, 0, 0], [1, 0, 0, 0.5]),
        graphics_states(O={"op": True, "OPM": 1}),
        space(icc(4)),
    )

    assert all(code in CODES for code, _ in press_findings(press_page(operators, resources)))


def test_a_damaged_jpeg_counts_as_full_ink(wording: Wording) -> None:
    def damaged_jpeg(pdf: Pdf) -> Any:
        stream = jpeg_xobject(pdf, INK_PIXELS)
        stream.write(stream.read_raw_bytes()[:900], filter=Name.DCTDecode)
        return stream

    found = press_findings(press_page(BACKGROUND + PLACE_PICTURE, xobject(damaged_jpeg)))

    (text,) = [text for code, text in found if code == "ink"]
    assert "400 %" in text and "300 %" in text
    assert wording == text


# Plates and cut marks.


def test_a_black_only_file_must_not_use_other_inks(wording: Wording) -> None:
    mono = replace(NEWSPRINT_PRESS, plates=("black",))
    page = press_page(f"0 0 0 0.8 k {mm(-3, -3, 86, 51)} re f", press=NEWSPRINT_PRESS)
    tinted = press_page(f"0 0.1 0 0.8 k {mm(-3, -3, 86, 51)} re f", press=NEWSPRINT_PRESS)

    assert press_findings(page, mono) == []
    ((code, text),) = press_findings(tinted, mono)
    assert code == "ink" and "magenta" in text
    assert wording == text


@pytest.mark.parametrize(
    ("ink", "faults"),
    [("0 0 0 1 K 0.1 w", []), ("1 1 1 1 K 0.1 w", ["press"]), ("0 0 0 1 K 2 w", ["press"])],
    ids=["thin and black", "in all four inks", "thick"],
)
def test_cut_marks_must_be_thin_and_black(ink: str, faults: list[str], wording: Wording) -> None:
    def add_slug(pdf: Pdf) -> None:
        pdf.pages[0].obj.MediaBox = Array([-40, -40, 300, 200])

    cut_mark = f"{ink} {mm(0, -4)} m {mm(0, -9)} l S"
    # ``mm`` counts from the lower left corner of the trim, the press from the upper left one.
    line = (0.0, 45.0 + 4, 0.0, 45.0 + 9)

    found = press_findings(
        press_page(BACKGROUND + cut_mark, edit=add_slug), replace(COATED_PRESS, slug_mm=10.0, marks=(line,))
    )

    assert [code for code, _ in found] == faults
    assert wording == [text for _, text in found]


# Bleed.


def test_a_background_without_bleed_is_reported_on_all_four_sides(wording: Wording) -> None:
    short = f"0.6 0.4 0.2 0.7 k {mm(0, 0, 80, 45)} re f"

    findings = press_findings(press_page(short))
    assert [code for code, _ in findings] == ["press"] * 4
    assert wording == [text for _, text in findings]


@pytest.mark.parametrize(("bleed_mm", "is_reported"), [(2.5, True), (3.0, False), (0.0, True)])
def test_a_short_bleed_at_one_edge_is_reported(bleed_mm: float, is_reported: bool) -> None:
    # Two boxes, so that neither of them fills the page by itself.
    operators = (
        f"0.6 0.4 0.2 0.7 k {mm(-3, -3, 40 + 3, 51)} re f"
        f" 0.5 0.4 0.2 0.7 k {mm(40, -3, 40 + bleed_mm, 51)} re f"
    )

    findings = press_findings(press_page(operators))
    assert [code for code, _ in findings] == ["press"] * is_reported
    assert all("right" in text for _, text in findings)


def test_a_page_with_white_edges_needs_no_bleed() -> None:
    assert press_findings(press_page(f"0 0 0 1 k {mm(20, 10, 40, 20)} re f")) == []


def test_rgb_in_the_glyphs_of_a_font_is_reported(wording: Wording) -> None:
    def type_3_font(pdf: Pdf) -> Mapping[str, Any]:
        glyph = pdf.make_stream(b"1000 0 d0 1 0 0 rg 0 0 500 500 re f")
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 1000, 1000]), FirstChar=65, LastChar=65,
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), CharProcs=Dictionary(A=glyph), Widths=Array([1000]),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([65, Name.A])), Resources=Dictionary(),
        )  # fmt: skip
        return {"Font": Dictionary(F=font)}

    page = press_page(f"{BACKGROUND}0 0 0 1 k BT /F 20 Tf {mm(10, 10)} Td (A) Tj ET", type_3_font)

    ((code, text),) = press_findings(page)
    assert code == "ink" and "DeviceRGB" in text
    assert wording == text
