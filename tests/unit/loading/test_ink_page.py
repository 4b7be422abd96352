"""A logo drawn on a PDF page: its transforms, its outlines, and which shapes are painted."""

from __future__ import annotations

import io
from math import hypot

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.findings import NO_PLACE, Finding
from assetgen.loading.artwork.svg.ink_page import (
    length_px,
    outline_of,
    read_matrix,
    rectangle,
    transform_outline,
    view_matrix,
    write_page,
)
from assetgen.loading.artwork.svg.rebuild import Drawing, Node, read_drawing
from tests.support.logo_files import svg_file

VIEW = (100.0, 100.0)
SIDE_PX = 100
SQUARE = '<rect x="20" y="30" width="40" height="20" {}/>'


def drawing_of(inside: str, attributes: str = 'viewBox="0 0 100 100"') -> Drawing:
    findings: list[Finding] = []
    drawing = read_drawing(svg_file(inside, attributes), "logo.svg", findings)
    assert drawing is not None and findings == []
    return drawing


def alpha_of(
    inside: str,
    attributes: str = 'viewBox="0 0 100 100"',
    region: tuple[float, float, float, float] | None = None,
) -> np.ndarray:
    """Return the opacity of each pixel, 0 to 1, of a page whose longer side has 100 pixels."""
    drawing = drawing_of(inside, attributes)
    content, _, _ = write_page(drawing, region or (0, 0, drawing.width, drawing.height), SIDE_PX)
    document = pypdfium2.PdfDocument(content)
    try:
        bitmap = document[0].render(scale=1, fill_color=(0, 0, 0, 0))
        return np.asarray(bitmap.to_numpy()[:, :, 3] / 255)
    finally:
        document.close()


def painted_box(alpha: np.ndarray) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the painted area in pixels."""
    painted = alpha > 0.1
    rows, columns = np.flatnonzero(painted.any(axis=1)), np.flatnonzero(painted.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def node(tag: str, **attributes: str) -> Node:
    return Node(tag, NO_PLACE, attributes)


@pytest.mark.parametrize(
    ("transform", "point"),
    [
        ("", (3, 4)),
        ("translate(10 20)", (13, 24)),
        ("scale(2 3)", (6, 12)),
        ("rotate(90 0 0)", (-4, 3)),
        ("translate(10 20)scale(2 2)", (16, 28)),
        ("scale(2 2)translate(10 20)", (26, 48)),
        ("matrix(1 0 0 1 5 6)", (8, 10)),
    ],
)
def test_the_last_transform_of_a_list_is_applied_first(transform: str, point: tuple[float, float]) -> None:
    assert read_matrix(transform).transformPoint((3, 4)) == pytest.approx(point)


@pytest.mark.parametrize(
    ("aspect", "corners"),
    [
        ("none", ((0, 0), (200, 100))),
        ("xMidYMid", ((50, 0), (150, 100))),
        ("xMinYMid meet", ((0, 0), (100, 100))),
        ("xMaxYMax", ((100, 0), (200, 100))),
        ("xMidYMin slice", ((0, 0), (200, 200))),
        ("xMidYMid slice", ((0, -50), (200, 150))),
        ("xMidYMax slice", ((0, -100), (200, 100))),
    ],
)
def test_preserve_aspect_ratio_places_the_view_in_its_box(
    aspect: str, corners: tuple[tuple[float, float], tuple[float, float]]
) -> None:
    matrix = view_matrix((10, 10, 50, 50), (0, 0, 200, 100), aspect)

    assert matrix.transformPoint((10, 10)) == pytest.approx(corners[0])
    assert matrix.transformPoint((60, 60)) == pytest.approx(corners[1])


def test_a_percentage_is_a_share_of_the_view() -> None:
    assert (length_px("12.5", 80), length_px("25%", 80)) == (12.5, 20)


def test_the_outline_of_a_line_is_not_closed() -> None:
    shape = node("line", x1="1", y1="2", x2="50%", y2="4")

    assert outline_of(shape, (10.0, 100.0)) == [("m", (1, 2)), ("l", (5, 4))]


def test_a_polygon_is_closed_and_a_polyline_is_not() -> None:
    points = "0 0 9 0 9 9"

    assert [step for step, _ in outline_of(node("polygon", points=points), VIEW)] == ["m", "l", "l", "h"]
    assert [step for step, _ in outline_of(node("polyline", points=points), VIEW)] == ["m", "l", "l"]


def test_a_path_becomes_pdf_operators() -> None:
    shape = node("path", d="M1 2L3 4C1 2 3 4 5 6Z")

    assert outline_of(shape, VIEW) == [
        ("m", (1, 2)), ("l", (3, 4)), ("c", (1, 2, 3, 4, 5, 6)), ("h", ())
    ]  # fmt: skip


@pytest.mark.parametrize(
    "shape",
    [
        node("g"),
        node("path", d="M0 0"),
        node("path"),
        node("polygon"),
        node("circle", r="0"),
        node("ellipse", rx="4", ry="0"),
        node("rect", width="4", height="0"),
    ],
    ids=lambda shape: f"{shape.tag}{shape.attributes}",
)
def test_an_element_that_draws_nothing_has_no_outline(shape: Node) -> None:
    assert outline_of(shape, VIEW) == []


def test_a_missing_radius_equals_the_given_one() -> None:
    assert outline_of(node("ellipse", rx="4"), VIEW) == outline_of(node("circle", r="4"), VIEW)
    assert outline_of(node("rect", width="20", height="20", ry="4"), VIEW) == rectangle(0, 0, 20, 20, 4, 4)


def test_corner_radii_are_limited_to_half_the_sides() -> None:
    shape = node("rect", width="20", height="10", rx="50", ry="50")

    assert outline_of(shape, VIEW) == rectangle(0, 0, 20, 10, 10, 5)


def test_a_percentage_radius_is_a_share_of_the_views_diagonal() -> None:
    outline = outline_of(node("circle", r="10%"), (30.0, 40.0))

    assert outline[0] == ("m", pytest.approx((0, -hypot(30, 40) / 2**0.5 / 10)))


@given(*[st.floats(1, 50)] * 4)
def test_rounded_corners_do_not_change_the_bounds_of_a_rectangle(
    width: float, height: float, rx: float, ry: float
) -> None:
    outline = rectangle(0, 0, width, height, min(rx, width / 2), min(ry, height / 2))

    xs = [x for _, numbers in outline for x in numbers[::2]]
    ys = [y for _, numbers in outline for y in numbers[1::2]]
    assert (min(xs), max(xs)) == pytest.approx((0, width))
    assert (min(ys), max(ys)) == pytest.approx((0, height))


def test_a_transform_is_applied_to_every_point_of_an_outline() -> None:
    transformed = transform_outline(
        read_matrix("translate(10 20)scale(2 2)"), [("m", (1, 1)), ("c", (1, 2, 3, 4, 5, 6)), ("h", ())]
    )

    assert transformed == [("m", (12, 22)), ("c", (12, 24, 16, 28, 20, 32)), ("h", ())]


@pytest.mark.parametrize(
    ("region", "size"),
    [((0, 0, 100, 50), (100, 50)), ((0, 0, 5, 10), (50, 100)), ((0, 0, 100, 0.01), (100, 1))],
)
def test_the_longer_side_has_the_requested_pixels_and_the_other_at_least_one(
    region: tuple[float, float, float, float], size: tuple[int, int]
) -> None:
    content, width, height = write_page(drawing_of(SQUARE.format("")), region, SIDE_PX)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert [float(side) for side in pdf.pages[0].MediaBox] == [0, 0, width, height]
        assert len(pdf.pages) == 1 and pdf.check_pdf_syntax() == []
    assert (width, height) == size


def test_a_shape_keeps_its_position_on_the_page() -> None:
    alpha = alpha_of(SQUARE.format(""))

    assert painted_box(alpha) == (20, 30, 60, 50)
    assert alpha[40, 40] == 1


def test_a_region_of_the_drawing_fills_the_page() -> None:
    assert painted_box(alpha_of(SQUARE.format(""), region=(20, 30, 40, 40))) == (0, 0, 100, 50)


@pytest.mark.parametrize(
    ("inside", "box"),
    [
        (SQUARE.format('transform="translate(10 5)"'), (30, 35, 70, 55)),
        (f'<g transform="scale(.5)">{SQUARE.format("")}</g>', (10, 15, 30, 25)),
        (f'<defs><g id="a">{SQUARE.format("")}</g></defs><use href="#a" x="10" y="20"/>', (30, 50, 70, 70)),
        ('<symbol id="s" viewBox="0 0 10 10"><rect width="10" height="10"/></symbol>'
         '<use href="#s" x="10" y="20" width="40" height="40"/>', (10, 20, 50, 60)),
        ('<svg x="50" y="50" width="20" height="20"><rect width="90" height="90"/></svg>', (50, 50, 70, 70)),
        ('<clipPath id="c"><rect x="30" y="30" width="10" height="10"/></clipPath>'
         f'<g clip-path="url(#c)">{SQUARE.format("")}</g>', (30, 30, 40, 40)),
        ('<clipPath id="c"><use href="#r" x="10" y="0"/></clipPath><defs><rect id="r" width="20" height="90"/></defs>'
         f'<g clip-path="url(#c)">{SQUARE.format("")}</g>', (20, 30, 30, 50)),
        ('<line x1="10" y1="50" x2="90" y2="50" stroke="red" stroke-width="10"/>', (10, 45, 90, 55)),
        ('<line x1="10" y1="50" x2="80" y2="50" stroke="red" stroke-width="10" stroke-linecap="square"/>',
         (5, 45, 85, 55)),
    ],
    ids=[
        "translated shape", "scaled group", "use of a group", "use of a symbol", "nested svg",
        "clipping path", "use in a clipping path", "stroke", "square line caps",
    ],
)  # fmt: skip
def test_transforms_uses_views_clips_and_strokes_are_drawn(
    inside: str, box: tuple[int, int, int, int]
) -> None:
    assert painted_box(alpha_of(inside)) == box


@pytest.mark.parametrize(
    "attributes",
    ['fill="none"', 'opacity="0"', 'fill-opacity="0"', 'display="none"', 'visibility="hidden"', 'fill="#12345600"'],
)  # fmt: skip
def test_an_invisible_shape_is_not_painted(attributes: str) -> None:
    assert alpha_of(SQUARE.format(attributes)).max() == 0


def test_an_empty_clipping_path_hides_everything() -> None:
    assert alpha_of(f'<clipPath id="c"/><g clip-path="url(#c)">{SQUARE.format("")}</g>').max() == 0


@pytest.mark.parametrize(
    ("inside", "alpha"),
    [
        (f'<g opacity=".5">{SQUARE.format("")}</g>', 0.5),
        (f"""<g opacity=".5">{SQUARE.format('opacity=".5"')}</g>""", 0.25),
        (SQUARE.format('fill="#00000080"'), 0.5),
        ('<linearGradient id="l"><stop stop-opacity="0"/><stop offset="1"/></linearGradient>'
         + SQUARE.format('fill="url(#l)"'), 0.5),
        ('<linearGradient id="l"><stop stop-opacity=".3"/></linearGradient><radialGradient id="r" href="#l"/>'
         + SQUARE.format('fill="url(#r)"'), 0.3),
        (f"""<g color="#00000080">{SQUARE.format('fill="currentColor"')}</g>""", 0.5),
    ],
    ids=["group", "shape in a group", "colour", "gradient", "inherited gradient", "current colour"],
)  # fmt: skip
def test_opacity_comes_from_groups_colours_and_gradients(inside: str, alpha: float) -> None:
    assert alpha_of(inside)[40, 40] == pytest.approx(alpha, abs=0.02)


def test_the_even_odd_fill_rule_leaves_a_hole() -> None:
    ring = '<path fill-rule="{}" d="M10 10L90 10L90 90L10 90ZM40 40L60 40L60 60L40 60Z"/>'

    assert alpha_of(ring.format("evenodd"))[50, 50] == 0
    assert alpha_of(ring.format("nonzero"))[50, 50] == 1


def test_dashes_leave_gaps_in_a_line() -> None:
    line = '<line x1="0" y1="50" x2="100" y2="50" fill="none" stroke="red" stroke-width="10" {}/>'

    assert alpha_of(line.format(""))[50].mean() == pytest.approx(1, abs=0.02)
    assert alpha_of(line.format('stroke-dasharray="10 10"'))[50].mean() == pytest.approx(0.5, abs=0.02)
