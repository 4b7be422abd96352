"""A code's SVG is read by its own rules: rectangles of plain colours, a size in mm, a title; nothing else."""

from __future__ import annotations

import pytest

from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.preflight.qr.code_svg import MAX_BYTES, RefusedCode, SvgCanvas, read_svg
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
    found, findings = read_svg(svg(inside), spec())
    assert findings == ()
    return found


def refused(content: bytes) -> tuple[str, str]:
    with pytest.raises(RefusedCode) as raised:
        read_svg(content, spec())
    return raised.value.finding.code, raised.value.finding.text


@pytest.mark.parametrize(
    "path",
    ["M1 2h3v4h-3z", "M1 2H4V6H1Z", "m1,2 l3,0 l0,4 l-3,0 z", "M1 2L4 2L4 6L1 6L1 2Z"],
)
def test_a_rectangle_is_the_same_in_whatever_strokes_it_is_written(path: str) -> None:
    assert canvas(f'<path fill="#10262C" d="{path}"/>').filled[0].boxes == (Box(1, 2, 3, 4),)


def test_several_subpaths_are_several_rectangles_and_colours_are_read_in_either_case() -> None:
    (shape,) = canvas('<path fill="#10262c" d="M0 0h1v1h-1zm4 4h2v1h-2z"/>').filled

    assert shape.colour == (16, 38, 44)
    assert shape.boxes == (Box(0, 0, 1, 1), Box(4, 4, 2, 1))


def test_rectangles_are_drawn_in_their_order_at_the_scale_that_is_asked_for() -> None:
    found = canvas(BACKGROUND + '<rect fill="#000000" x="5" width="5" height="10"/>')

    picture = found.view(100).picture

    assert picture.size == (100, 100)
    assert (picture.getpixel((49, 50)), picture.getpixel((50, 50))) == ((255, 255, 255), (0, 0, 0))
    part = found.region(Box(found.box.width / 2, 0, 10, 10), 2.0)
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
)
def test_a_path_that_no_code_needs_is_refused(path: str, wording: Wording) -> None:
    code, text = refused(svg(f'<path fill="#000000" d="{path}"/>'))

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
        "words",
        "an element in a rectangle",
        "a colour by name",
        "a number with an exponent",
        "one thing over another",
        "too many bytes",
    ],
)
def test_what_else_stands_in_the_file_is_refused_by_name(inside: str, code: str, wording: Wording) -> None:
    found, text = refused(svg(inside))

    assert found == code
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
)
def test_a_file_without_a_sound_size_is_refused(attributes: str, wording: Wording) -> None:
    code, text = refused(svg(BACKGROUND, attributes))

    assert code == "size"
    assert wording == text


def test_an_entity_is_refused_before_it_is_read() -> None:
    content = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'

    assert refused(content)[0] == "size"


def test_another_size_and_another_title_than_promised_are_told(wording: Wording) -> None:
    _, findings = read_svg(svg(BACKGROUND), spec(width=30.0, height=30.0, alt="Another"))

    assert [finding.code for finding in findings] == ["size", "alt-missing"]
    assert "20 × 20" in findings[0].text and "30 × 30" in findings[0].text
    assert wording == findings[0].text
