"""SVG logos read and written again: what is kept, what is removed, and where each fault is reported."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.artwork.svg.rebuild import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    Drawing,
    printable,
    read_declarations,
    read_drawing,
    read_source,
    write_drawing,
)
from assetgen.loading.artwork.svg.values import Reference
from tests.support.logo_files import NAMESPACES, SHAPE, SHARED_DEFS, VALID_TREES, svg_file
from tests.support.wording import Wording

FILE = "partners/acme/logo.svg"


def drawing_of(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> Drawing:
    findings: list[Finding] = []
    drawing = read_drawing(svg_file(inside, attributes), FILE, findings)
    assert drawing is not None and findings == []
    return drawing


def findings_of(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> list[Finding]:
    findings: list[Finding] = []
    read_drawing(svg_file(inside, attributes), FILE, findings)
    return findings


def only_finding_of(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> Finding:
    (finding,) = findings_of(inside, attributes)
    return finding


def finding_of_refused(content: bytes) -> Finding:
    with pytest.raises(CampaignError) as raised:
        read_source(content, FILE)
    (finding,) = raised.value.findings
    return finding


def test_an_element_keeps_its_namespace_attributes_and_place() -> None:
    content = f'<svg {NAMESPACES}>\n  <g id="a"><rect width="4"/></g>\n</svg>'.encode()

    root = read_source(content, FILE)

    (group,) = root.children
    (rectangle,) = group.children
    assert (root.tag, root.namespace, root.place) == ("svg", "http://www.w3.org/2000/svg", Place(FILE, 1, 1))
    assert (group.attributes, group.place) == ({"id": "a"}, Place(FILE, 2, 3))
    assert (rectangle.attributes, rectangle.place) == ({"width": "4"}, Place(FILE, 2, 13))


def test_words_in_an_element_are_recorded_but_whitespace_is_not() -> None:
    root = read_source(svg_file("<g> \n </g><g>words</g>"), FILE)

    assert [child.has_text for child in root.children] == [False, True]


@pytest.mark.parametrize(
    "content",
    [b"\x1f\x8b\x08rest", b"\x89PNG\r\n", b"<svg>\xff</svg>", b"<svg>\0</svg>"],
    ids=["gzip", "PNG", "Latin-1", "null byte"],
)
def test_bytes_that_are_not_utf_8_text_are_refused_before_parsing(content: bytes, wording: Wording) -> None:
    finding = finding_of_refused(content)

    assert (finding.code, finding.place) == ("bad-value", Place(FILE))
    assert wording == finding.as_text()


def test_a_file_over_the_size_limit_is_refused(wording: Wording) -> None:
    finding = finding_of_refused(b"<svg>" + b" " * MAX_BYTES)

    assert (finding.code, finding.place) == ("too-large", Place(FILE))
    assert wording == finding.text


def test_malformed_xml_is_reported_at_its_line_and_column(wording: Wording) -> None:
    finding = finding_of_refused(b"<svg>\n<g></svg>")

    assert finding.code == "bad-value"
    assert finding.place == Place(FILE, 2, 6)
    assert wording == finding.text


def test_an_empty_file_is_refused(wording: Wording) -> None:
    finding = finding_of_refused(b"")

    assert finding.code == "bad-value"
    assert wording == finding.text


def test_a_doctype_is_refused_as_unsafe(wording: Wording) -> None:
    finding = finding_of_refused(b'<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg/>')

    assert finding.code == "unsafe-file" and "DOCTYPE" in finding.text
    assert finding.place.file == FILE and finding.place.line == 1
    assert wording == finding.text


def test_too_many_elements_are_reported_at_the_first_excess_element(wording: Wording) -> None:
    read_source(f"<svg>{'<g/>' * (MAX_NODES - 1)}</svg>".encode(), FILE)

    finding = finding_of_refused(f"<svg>\n{'<g/>' * (MAX_NODES - 1)}\n<g/></svg>".encode())

    assert (finding.code, finding.place) == ("too-large", Place(FILE, 3, 1))
    assert f"{MAX_NODES:,}" in finding.text
    assert wording == finding.text


def test_only_nesting_beyond_the_limit_is_refused(wording: Wording) -> None:
    def nested(levels: int) -> bytes:
        return f"<svg>{'<g>' * (levels - 1)}{'</g>' * (levels - 1)}</svg>".encode()

    read_source(nested(MAX_DEPTH), FILE)

    finding = finding_of_refused(nested(MAX_DEPTH + 1))
    assert finding.code == "too-large" and str(MAX_DEPTH) in finding.text
    assert wording == finding.text


@pytest.mark.parametrize(
    ("style", "properties"),
    [
        ("", {}),
        (" ; ;", {}),
        ("fill:red", {"fill": "red"}),
        (" Fill : RED ; stroke:none;", {"fill": "RED", "stroke": "none"}),
        ("fill:red !important", {"fill": "red"}),
        ("fill:url(#a;b)", {"fill": "url(#a;b)"}),
        ("font-family:'a;b';fill:red", {"font-family": "'a;b'", "fill": "red"}),
        ("fill:red;fill:blue", {"fill": "blue"}),
    ],
)
def test_a_style_is_parsed_into_properties(style: str, properties: dict[str, str]) -> None:
    assert read_declarations(style) == properties


@pytest.mark.parametrize(
    "style",
    ["fill:\\72 ed", "fill:/* */red", "fill:url(#a", "fill:'red", "fill"],
    ids=["escape", "comment", "open bracket", "open quote", "no value"],
)
def test_a_style_that_is_not_a_plain_list_is_refused(style: str, wording: Wording) -> None:
    with pytest.raises(ValueError) as caught:
        read_declarations(style)

    assert wording == str(caught.value)


def test_a_quoted_value_is_shortened_and_put_on_one_line() -> None:
    assert printable("a\nb\tc") == "a b c"
    assert printable("x" * 40) == "x" * 40
    assert printable("x" * 41) == "x" * 39 + "…"


def test_a_root_element_other_than_svg_is_refused(wording: Wording) -> None:
    findings: list[Finding] = []

    assert read_drawing(b"<html/>", FILE, findings) is None
    assert [(finding.code, finding.place) for finding in findings] == [("bad-value", Place(FILE, 1, 1))]
    assert wording == findings[0].as_text()


def test_an_svg_without_a_namespace_is_accepted() -> None:
    findings: list[Finding] = []

    drawing = read_drawing(f'<svg viewBox="0 0 4 2">{SHAPE}</svg>'.encode(), FILE, findings)

    assert findings == [] and drawing is not None
    assert (drawing.width, drawing.height) == (4, 2)


@pytest.mark.parametrize(
    ("attributes", "width", "height", "box"),
    [
        ('viewBox="0 0 40 20"', 40, 20, "0 0 40 20"),
        ('width="40" height="20"', 40, 20, "0 0 40 20"),
        ('width="1in" height="72pt"', 96, 96, "0 0 96 96"),
        ('width="80" viewBox="0 0 40 20"', 80, 40, "0 0 40 20"),
        ('height="10" viewBox="0 0 40 20"', 20, 10, "0 0 40 20"),
        ('width="100%" height="auto" viewBox="0 0 40 20"', 40, 20, "0 0 40 20"),
        ('width="80" height="80" viewBox="1 2 40 20"', 80, 80, "1 2 40 20"),
    ],
)
def test_a_missing_size_is_derived_from_the_given_ones(
    attributes: str, width: float, height: float, box: str
) -> None:
    drawing = drawing_of(SHAPE, attributes)

    assert (drawing.width, drawing.height) == (width, height)
    assert drawing.root.attributes["viewBox"] == box


@pytest.mark.parametrize(
    "attributes",
    ["", 'width="40"', 'width="100%" height="100%"', 'viewBox="0 0 4000 2"', 'width="0" viewBox="0 0 4 2"'],
    ids=["no size", "width alone", "percentages", "extreme ratio", "zero width"],
)
def test_an_unusable_size_is_reported_at_the_root_element(attributes: str, wording: Wording) -> None:
    finding = only_finding_of(SHAPE, attributes)

    assert (finding.code, finding.place) == ("bad-value", Place(FILE, 1, 1))
    assert wording == finding.text


@pytest.mark.parametrize(
    "inside",
    [
        "<metadata><x/></metadata>",
        "<title>Acme</title>",
        "<desc>words</desc>",
        "<style/>",
        '<i:pgf xmlns:i="urn:editor"/>',
        '<mask id="m"><rect/></mask>',
    ],
)
def test_editor_data_is_removed_without_a_finding(inside: str) -> None:
    assert write_drawing(drawing_of(inside + SHAPE)) == write_drawing(drawing_of(SHAPE))


def test_unsupported_elements_are_recorded_by_id() -> None:
    drawing = drawing_of('<mask id="m"><rect/></mask><filter id="f"/><pattern id="m"/>' + SHAPE)

    assert drawing.unsupported == {"m": "mask", "f": "filter"}


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        pytest.param("<text>A</text>", "<text>", id="text"),
        pytest.param("<image/>", "<image>", id="image"),
        pytest.param("<script/>", "<script>", id="script"),
        pytest.param("<style>a{}</style>", "<style>", id="style"),
        pytest.param("<blink/>", "<blink>", id="unknown element"),
        pytest.param("<stop/>", "<stop>", id="stop outside a gradient"),
        pytest.param("<rect><rect/></rect>", "<rect>", id="shape in a shape"),
        pytest.param('<g onclick="x"/>', "onclick", id="onclick"),
        pytest.param('<g filter="url(#f)"/>', "filter", id="filter"),
        pytest.param('<g style="mix-blend-mode:screen"/>', "mix-blend-mode", id="blend mode"),
        pytest.param('<clipPath clip-path="url(#c)"/>', "clip-path", id="clipped clipping path"),
        pytest.param('<symbol transform="scale(2)"/>', "transform", id="transformed symbol"),
        pytest.param('<use href="other.svg#a"/>', "other.svg#a", id="another file"),
        pytest.param('<g fill="url(http://a.invalid/#b)"/>', "http://a.invalid/#b", id="another host"),
    ],
)
def test_unsupported_content_that_changes_the_drawing_is_refused(
    inside: str, named: str, wording: Wording
) -> None:
    finding = only_finding_of(inside + SHAPE)

    assert finding.code == "unsafe-file" and named in finding.text
    assert wording == (finding.text, finding.hint)


def test_an_unsafe_child_is_reported_at_its_own_place() -> None:
    assert only_finding_of("\n <g>\n  <text/></g>" + SHAPE).place == Place(FILE, 3, 3)


def test_an_invalid_value_is_reported_with_its_attribute_and_element(wording: Wording) -> None:
    finding = only_finding_of('<rect width="wide"/>' + SHAPE)

    assert finding.code == "bad-value"
    assert 'width="wide"' in finding.text and "<rect>" in finding.text
    assert wording == (finding.text, finding.hint)


def test_a_single_value_is_limited_in_length_but_a_list_is_not(wording: Wording) -> None:
    finding = only_finding_of(f'<rect width="{"1" * 201}"/>' + SHAPE)

    assert finding.code == "bad-value" and "200" in finding.text
    assert wording == finding.text
    assert findings_of(f'<path d="M0 0{"L9 9" * 200}"/>') == []


def test_a_style_overrides_an_attribute() -> None:
    (group,) = drawing_of('<g fill="red" style="fill:#0000ff">' + SHAPE + "</g>").root.children

    assert group.attributes["fill"] == "#0000ff"


def test_href_and_xlink_href_give_the_same_reference() -> None:
    both = drawing_of('<g id="a">' + SHAPE + '</g><use xlink:href="#a"/><use href="#a"/>').root.children[1:]

    assert [use.references for use in both] == [{"href": Reference("a", is_url=False)}] * 2


def test_a_clip_rule_moves_from_a_group_to_its_shapes() -> None:
    (group,) = drawing_of('<g clip-rule="evenodd">' + SHAPE + "</g>").root.children

    assert group.children[0].clip_rule == "evenodd"
    assert "clip-rule" not in group.attributes


def test_a_symbol_is_moved_into_defs() -> None:
    (defs,) = drawing_of('<symbol id="s">' + SHAPE + "</symbol>").root.children

    assert (defs.tag, [child.tag for child in defs.children]) == ("defs", ["symbol"])


def test_opacity_of_the_svg_element_moves_to_an_inner_group() -> None:
    root = drawing_of(SHAPE, 'viewBox="0 0 10 10" opacity=".5"').root

    (group,) = root.children
    assert "opacity" not in root.attributes
    assert (group.tag, group.attributes, len(group.children)) == ("g", {"opacity": "0.5"}, 1)


def test_a_polygon_with_one_point_becomes_an_empty_path() -> None:
    (shape,) = drawing_of('<polygon points="1 2"/>').root.children

    assert shape.tag == "path" and "points" not in shape.attributes


def test_a_gradient_with_one_stop_gets_a_second() -> None:
    (gradient,) = drawing_of('<linearGradient id="g"><stop stop-color="red"/></linearGradient>').root.children

    assert [stop.tag for stop in gradient.children] == ["stop", "stop"]


def test_visibility_collapse_becomes_hidden_and_display_block_is_removed() -> None:
    first, second = drawing_of('<g visibility="collapse"/><g display="block"/>').root.children

    assert first.attributes == {"visibility": "hidden"}
    assert second.attributes == {}


def test_only_referenced_ids_are_written_with_a_number() -> None:
    inside = '<g id="used">' + SHAPE + '</g><g id="unused">' + SHAPE + '</g><use href="#used"/>'

    written = write_drawing(drawing_of(inside)).decode()

    tree = ElementTree.fromstring(written)
    ids = [node.attrib["id"] for node in tree.iter() if "id" in node.attrib]
    (new_id,) = ids
    assert new_id.startswith("logo-") and new_id.endswith("-1")
    assert f'href="#{new_id}"' in written and "unused" not in written


def test_written_ids_depend_on_the_drawing_but_not_on_the_original_names() -> None:
    def written(name: str, colour: str = "red") -> bytes:
        inside = f'<g id="{name}" fill="{colour}">{SHAPE}</g><use href="#{name}"/>'
        return write_drawing(drawing_of(inside))

    assert written("a") == written("b")
    assert written("a", "blue").replace(b"#0000ff", b"#ff0000") != written("a")


def test_empty_groups_are_removed_recursively() -> None:
    empty = '<g><g/></g><g clip-path="url(#c)"/><symbol id="s"/><defs/>'

    assert write_drawing(drawing_of(empty + SHAPE)) == write_drawing(drawing_of(SHAPE))


def test_a_referenced_empty_group_stays_but_loses_its_transform() -> None:
    written = write_drawing(drawing_of('<g id="a" transform="scale(2)"/><use href="#a"/>' + SHAPE)).decode()

    assert "<g id=" in written and "transform" not in written


@given(st.lists(VALID_TREES, max_size=3))
@settings(max_examples=60)
def test_rebuilding_a_rebuilt_drawing_changes_no_byte(trees: list[ElementTree.Element]) -> None:
    inside = SHARED_DEFS + b"".join(map(ElementTree.tostring, trees)).decode() + SHAPE
    written = write_drawing(drawing_of(inside, 'viewBox="0 0 50 50"'))

    findings: list[Finding] = []
    again = read_drawing(written, FILE, findings)

    assert again is not None and findings == []
    assert write_drawing(again) == written
