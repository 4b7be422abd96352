"""Markup that assetgen itself writes into a page: laid-out text, the QR code and the light. All of it is escaped."""

from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from assetgen.geometry import Box, decimal, path_data, polygons_overlap
from assetgen.layout.line_breaking import Typesetter, split_words
from assetgen.layout.parts import PlacedFooter, PlacedFooterLine, PlacedLine, PlacedPart, PlacedPartner
from assetgen.loading.model import FontFamilies
from assetgen.planning.asset import Code, FooterPartner
from assetgen.planning.qr_codes import code_for_screen
from assetgen.rendering.html.markup import (
    GradientMarkup,
    TextMarkup,
    code_path,
    code_svg,
    flat,
    footer_lines,
    footer_partner,
    page_svg,
)
from assetgen.schema.template_file import Part
from tests.support.layout_inputs import measurer


@cache
def make_setter() -> TextMarkup:
    return TextMarkup(measurer(), FontFamilies({"text": "Hanken Grotesk"}))


@cache
def tight_typesetter() -> Typesetter:
    return Typesetter(measurer(), "Hanken Grotesk", -0.02)


SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
BAD = '"><script>alert(1)</script>&'


def set_part(
    *texts: str, roles: tuple[str, ...] = ("headline",), weights: tuple[int, ...] = (700,)
) -> PlacedPart:
    """Return a part in 100 px type with its lines at x = 50, the first on the baseline at 200."""
    part = Part(roles=roles, weights=weights, leading=1.0, tracking=-0.02)
    lines = tuple(
        PlacedLine(tight_typesetter().line(split_words((text,), weights)), 50.0, 200.0 + 100.0 * index)
        for index, text in enumerate(texts)
    )
    return PlacedPart("headline", part, 100.0, 70.0, lines)


def declarations(markup: str) -> dict[str, str]:
    """Return the declarations of the first style attribute."""
    style = re.search(r'style="([^"]*)"', markup)
    assert style is not None
    return dict(one.split(":", 1) for one in style[1].split(";"))


def test_a_part_is_one_element_with_a_span_for_each_line() -> None:
    markup = make_setter().part(set_part("Worried", "about"), "h1", "wide")

    assert markup.startswith('<h1 class="part headline wide" style="')
    assert re.findall(r'<span class="line"[^>]*>([^<]*)</span>', markup) == ["Worried", "about"]


def test_a_part_has_the_type_of_its_layout() -> None:
    style = declarations(make_setter().part(set_part("Worried")))

    assert style["font-size"] == "100px"
    assert style["line-height"] == "100px"
    assert style["letter-spacing"] == "-0.02em"
    assert style["font-weight"] == "700"


def test_a_part_is_placed_on_the_baseline_of_its_layout() -> None:
    face = measurer().face("Hanken Grotesk", 700)
    style = declarations(make_setter().part(set_part("Worried")))

    half_leading = (100.0 - 100.0 * (face.ascent_em + face.descent_em)) / 2
    assert float(style["top"].removesuffix("px")) == pytest.approx(
        200.0 - half_leading - 100.0 * face.ascent_em, abs=0.01
    )


def test_each_line_is_shifted_left_by_its_first_letter_bearing() -> None:
    markup = make_setter().part(set_part("Worried", "about"))
    margins = [float(value) for value in re.findall(r"margin-left:(-?[\d.]+)px", markup)]
    bearings = [
        tight_typesetter().line(split_words((text,), (700,))).left_em * -100 for text in ("Worried", "about")
    ]

    assert margins == pytest.approx(bearings, abs=0.01)


def test_words_of_a_different_weight_get_their_own_span() -> None:
    words = split_words(("Open Door", "Confidential"), (700, 500))
    part = Part(roles=("name", "promise"), weights=(700, 500))
    placed = PlacedPart("promise", part, 20.0, 14.0, (PlacedLine(tight_typesetter().line(words), 0.0, 20.0),))

    assert 'Open Door <span style="font-weight:500">Confidential</span>' in make_setter().part(placed)


def test_words_are_escaped() -> None:
    markup = make_setter().part(set_part(BAD.replace(" ", "")))

    assert "<script>" not in markup
    assert "&lt;script&gt;" in markup


def make_code() -> Code:
    return code_for_screen("https://www.example.org/", 0.4, 0.26)


def test_a_code_is_drawn_in_whole_modules_with_its_quiet_zone() -> None:
    code = make_code()
    svg = ElementTree.fromstring(
        code_svg(code, Box(10, 20, code.side_px, code.side_px), "#000", "#fff", "A code")
    )

    side = len(code.rows) + 8
    light, dark = svg.findall("path")
    assert svg.get("viewBox") == f"0 0 {side} {side}"
    assert (light.get("fill"), light.get("d")) == ("#fff", f"M0 0H{side}V{side}H0Z")
    assert dark.get("fill") == "#000"
    assert svg.findtext("title") == "A code"
    assert declarations(ElementTree.tostring(svg).decode())["left"] == "10px"


def test_a_code_path_draws_each_dark_module_exactly_once() -> None:
    code = make_code()
    boxes = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z", code_path(code))
    drawn = [
        (int(x) + across, int(y) + down)
        for x, y, width, height, _ in boxes
        for across in range(int(width))
        for down in range(int(height))
    ]

    dark = [
        (x + 4, y + 4) for y, row in enumerate(code.rows) for x, module in enumerate(row) if module == "1"
    ]
    assert sorted(drawn) == sorted(dark)
    assert "".join(f"M{x} {y}h{w}v{h}h-{back}z" for x, y, w, h, back in boxes) == code_path(code)
    assert all(width == back for _, _, width, _, back in boxes)


def test_the_alt_text_of_a_code_is_escaped() -> None:
    assert "<script>" not in code_svg(make_code(), Box(0, 0, 100, 100), "#000", "#fff", BAD)


def test_light_from_a_centre_is_a_radial_gradient() -> None:
    light = GradientMarkup()(SQUARE, [(0, "#fff"), (0.5, "#888"), (1, "#000")], center=(5, 6), radius=7)

    svg = ElementTree.fromstring(f"<svg>{light}</svg>")
    gradient = svg.find("defs/radialGradient")
    assert gradient is not None
    assert [gradient.get(name) for name in ("cx", "cy", "r", "gradientUnits")] == [
        "5",
        "6",
        "7",
        "userSpaceOnUse",
    ]
    assert [(stop.get("offset"), stop.get("stop-color")) for stop in gradient] == [
        ("0", "#fff"),
        ("0.5", "#888"),
        ("1", "#000"),
    ]
    path = svg.find("path")
    assert path is not None
    assert path.get("fill") == f"url(#{gradient.get('id')})"


def test_light_along_a_line_is_a_linear_gradient() -> None:
    light = GradientMarkup()(SQUARE, [(0, "#fff"), (1, "#000")], line=((1, 2), (3, 4)))

    assert 'x1="1" y1="2" x2="3" y2="4"' in light
    assert "<linearGradient" in light


def test_each_gradient_of_a_page_has_its_own_id() -> None:
    light = GradientMarkup()
    names = re.findall(r'id="([^"]+)"', light(SQUARE, []) + light(SQUARE, []))

    assert names == ["light-1", "light-2"]


def test_a_colour_cannot_break_out_of_its_attribute() -> None:
    assert "<script>" not in GradientMarkup()(SQUARE, [(0, BAD)])
    assert "<script>" not in flat(SQUARE, BAD)


def test_an_empty_shape_draws_nothing() -> None:
    assert flat((), "#000") == ""
    assert GradientMarkup()((), [(0, "#000")]) == ""


def test_a_canvas_covers_the_page_and_its_bleed() -> None:
    svg = page_svg(Box(-10, -10, 120, 220), Markup("<path/>"))

    assert 'viewBox="-10 -10 120 220"' in svg
    assert declarations(svg) == {"left": "-10px", "top": "-10px", "width": "120px", "height": "220px"}


def test_a_logo_is_an_image_with_escaped_alt_text() -> None:
    mark = FooterPartner("acme", "Acme", "Acme", "joint", "http://logos.invalid/acme", 2.0, BAD)

    markup = footer_partner(
        PlacedPartner(mark, mark.alt, Box(1, 2, 30, 15), (), ()), make_setter(), "#000", Box(0, 0, 9, 9)
    )

    assert markup.startswith(
        '<img class="part logo" src="http://logos.invalid/acme" alt="&#34;&gt;&lt;script'
    )
    assert declarations(markup)["width"] == "30px"


def test_a_lock_up_draws_its_bar_and_its_lines() -> None:
    mark = FooterPartner("acme", "Acme", "Acme", "joint", None, None, "Acme")
    line = PlacedFooterLine(
        tight_typesetter().line(split_words(("Acme",), (700,))), 20.0, 40.0, 12.0, "partner"
    )

    markup = footer_partner(
        PlacedPartner(mark, mark.alt, Box(1, 2, 30, 15), (line,), SQUARE),
        make_setter(),
        "#123456",
        Box(0, 0, 9, 9),
    )

    assert f'<path d="{path_data(SQUARE)}" fill="#123456"/>' in markup
    assert '<span class="lockup"><span class="part partner ' in markup
    assert "Acme" in markup


def test_other_footer_lines_have_their_role_as_class() -> None:
    line = PlacedFooterLine(
        tight_typesetter().line(split_words(("Edition 1",), (500,))), 20.0, 40.0, 12.0, "imprint"
    )

    assert '<span class="part imprint ' in footer_lines(PlacedFooter(0.0, (), (line,), True), make_setter())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (1.5, "1.5"),
        (1.239, "1.24"),
        (-0.001, "0"),
        (0.0, "0"),
        (-2.5, "-2.5"),
        (1e6, "1000000"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_a_number_is_written_with_at_most_two_decimals(value: float, text: str) -> None:
    assert decimal(value) == text


def test_path_data_closes_the_polygon() -> None:
    assert path_data(((0, 0), (10, 0), (10, 5.125))) == "M0 0 L10 0 L10 5.12Z"


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (((5, 5), (15, 5), (15, 15), (5, 15)), True),
        (((10, 0), (20, 0), (20, 10), (10, 10)), False),
        (((11, 11), (12, 11), (12, 12)), False),
        (((9, 20), (20, 9), (20, 20)), False),
        (((2, 2), (3, 2), (3, 3)), True),
        (((-5, 4), (15, 4), (15, 6), (-5, 6)), True),
    ],
)
def test_polygons_that_only_touch_do_not_overlap(
    other: tuple[tuple[float, float], ...], overlaps: bool
) -> None:
    assert polygons_overlap(SQUARE, other) is overlaps
    assert polygons_overlap(other, SQUARE) is overlaps


def test_share_returns_part_of_a_box_by_shares_of_its_sides() -> None:
    assert Box(10, 20, 200, 100).sub_box(0.5, 0.1, 0.25, 0.5) == Box(110, 30, 50, 50)
