"""Reading the SVG of a QR code: only plain rectangles, a size in mm and a title are accepted."""

from __future__ import annotations

import pytest

from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.preflight.qr.code_svg import MAX_BYTES, CodeSvgError, SvgCanvas, read_svg
from tests.support.factories import make_spec
from tests.support.wording import Wording

TITLE = "<title>QR code</title>"
BACKGROUND = '<rect fill="#FFFFFF" width="10" height="10"/>'


def svg(inside: str, attributes: str = 'width="20mm" height="20mm" viewBox="0 0 10 10"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{TITLE}{inside}</svg>'.encode()


def spec(**changes: object) -> Spec:
    return make_spec(
        **{"width": 20.0, "height": 20.0, "unit": "mm", "format": "svg", "alt": "QR code", **changes}
    )


def canvas(inside: str) -> SvgCanvas:
    """Return the canvas of an SVG without findings."""
    read, findings = read_svg(svg(inside), spec())
    assert findings == ()
    return read


def rejection(content: bytes) -> tuple[str, str]:
    """Return the code and the text of the finding with which an SVG is rejected."""
    with pytest.raises(CodeSvgError) as raised:
        read_svg(content, spec())
    return raised.value.finding.code, raised.value.finding.text


@pytest.mark.parametrize(
    "path",
    ["M1 2h3v4h-3z", "M1 2H4V6H1Z", "m1,2 l3,0 l0,4 l-3,0 z", "M1 2L4 2L4 6L1 6L1 2Z"],
)
def test_a_rectangle_can_be_written_as_any_kind_of_path(path: str) -> None:
    assert canvas(f'<path fill="#10262C" d="{path}"/>').filled[0].boxes == (Box(1, 2, 3, 4),)


def test_each_subpath_is_a_rectangle_and_colours_ignore_case() -> None:
    (shape,) = canvas('<path fill="#10262c" d="M0 0h1v1h-1zm4 4h2v1h-2z"/>').filled

    assert shape.colour == (16, 38, 44)
    assert shape.boxes == (Box(0, 0, 1, 1), Box(4, 4, 2, 1))


def test_rectangles_are_drawn_in_file_order_at_the_requested_scale() -> None:
    drawn = canvas(BACKGROUND + '<rect fill="#000000" x="5" width="5" height="10"/>')

    picture = drawn.view(100).picture

    assert picture.size == (100, 100)
    assert (picture.getpixel((49, 50)), picture.getpixel((50, 50))) == ((255, 255, 255), (0, 0, 0))
    part = drawn.region(Box(drawn.box.width / 2, 0, 10, 10), 2.0)
    assert part.picture.size == (20, 20) and part.picture.getpixel((0, 0)) == (0, 0, 0)


@pytest.mark.parametrize(
    "path",
    [
        "M0 0L5 5L0 9Z",
        "M0 0h5v5h-5z M1 1v2h2v-2z",
        "M0 0h5v5h-5",
        "M0 0c1 1 2 2 3 3z",
        "h5v5z",
        "M0 0h5 5v5z",
        "M0 0h9999999v1h-1z",
    ],
    ids=[
        "a triangle",
        "a hole",
        "an open path",
        "a curve",
        "no start",
        "two numbers after h",
        "far off the page",
    ],
)
def test_a_path_other_than_plain_rectangles_is_rejected(path: str, wording: Wording) -> None:
    code, text = rejection(svg(f'<path fill="#000000" d="{path}"/>'))

    assert code == "qr-unreadable"
    assert wording == text


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<script>1</script>", "metadata"),
        ('<rect fill="#000000" onclick="x"/>', "metadata"),
        ("<!-- made by -->", "metadata"),
        ("words", "metadata"),
        ('<rect fill="#000000"><title/></rect>', "metadata"),
        ('<rect fill="red" width="1" height="1"/>', "qr-unreadable"),
        ('<rect fill="#000000" width="1e3" height="1"/>', "qr-unreadable"),
        (5 * BACKGROUND, "qr-unreadable"),
        ("x" * MAX_BYTES, "size"),
    ],
    ids=[
        "an element",
        "an attribute",
        "a comment",
        "text",
        "an element in a rectangle",
        "a colour by name",
        "a number with an exponent",
        "shapes over each other",
        "too many bytes",
    ],
)
def test_foreign_content_is_rejected_by_name(inside: str, code: str, wording: Wording) -> None:
    found_code, text = rejection(svg(inside))

    assert found_code == code
    assert wording == text


@pytest.mark.parametrize(
    "attributes",
    [
        'width="20" height="20mm" viewBox="0 0 10 10"',
        'width="20mm" height="-1mm" viewBox="0 0 10 10"',
        'width="20mm" height="20mm"',
        'width="20mm" height="20mm" viewBox="0 0 0 10"',
        'width="20mm" height="20mm" viewBox="0 0 10 20"',
    ],
    ids=[
        "width without a unit",
        "negative height",
        "no viewBox",
        "viewBox without width",
        "viewBox of the wrong ratio",
    ],
)
def test_an_svg_without_a_valid_size_is_rejected(attributes: str, wording: Wording) -> None:
    code, text = rejection(svg(BACKGROUND, attributes))

    assert code == "size"
    assert wording == text


def test_an_entity_is_rejected_before_parsing() -> None:
    content = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'

    assert rejection(content)[0] == "size"


def test_a_wrong_size_and_a_wrong_title_are_reported(wording: Wording) -> None:
    _, findings = read_svg(svg(BACKGROUND), spec(width=30.0, height=30.0, alt="A different title"))

    assert [finding.code for finding in findings] == ["size", "alt-missing"]
    assert "20 × 20" in findings[0].text and "30 × 30" in findings[0].text
    assert wording == findings[0].text
