"""The references of a rebuilt logo: each leads to what it should, none without end."""

from __future__ import annotations

import pytest

from assetgen.findings import Finding, Place
from assetgen.loading.artwork.svg.rebuild import Drawing, read_drawing
from assetgen.loading.artwork.svg.references import MAX_DASHES, check_references
from tests.support.logo_files import SHAPE, svg

FILE = "partners/acme/logo.svg"


def checked(inside: str) -> tuple[Drawing, list[Finding]]:
    findings: list[Finding] = []
    drawing = read_drawing(svg(inside), FILE, findings)
    assert drawing is not None and findings == [], "the reader refuses nothing here"
    check_references(drawing, findings)
    return drawing, findings


def said(inside: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.text) for finding in checked(inside)[1]]


@pytest.mark.parametrize(
    "inside",
    [
        SHAPE,
        f'<g id="a">{SHAPE}</g><use href="#a"/>',
        f'<symbol id="s">{SHAPE}</symbol><use href="#s"/>',
        f'<use href="#s"/><symbol id="s">{SHAPE}</symbol>',
        '<linearGradient id="l"><stop/></linearGradient><radialGradient id="r" href="#l"/>'
        '<rect width="4" height="4" fill="url(#r)"/>',
        f'<clipPath id="c"><rect width="4" height="4"/></clipPath><g clip-path="url(#c)">{SHAPE}</g>',
        '<rect width="4" height="4" fill="none" stroke="red"/>',
    ],
)
def test_sound_references_have_no_findings(inside: str) -> None:
    assert said(inside) == []


def test_a_reference_to_nothing_is_refused_where_it_stands() -> None:
    _, findings = checked(f'{SHAPE}\n<use href="#lost"/>')

    assert findings == [
        Finding(
            "bad-value",
            'href on <use> refers to "#lost", which is not in the file',
            "export the logo again",
            Place(FILE, 2, 1),
        )
    ]


@pytest.mark.parametrize("tag", ["mask", "filter", "pattern", "marker"])
def test_a_reference_to_what_was_set_aside_is_unsafe(tag: str) -> None:
    _, findings = checked(f'<{tag} id="m"/><g fill="url(#m)">{SHAPE}</g>')

    assert [(one.code, one.text, one.hint) for one in findings] == [
        (
            "unsafe-file",
            f"fill on <g> refers to <{tag}>, which is not allowed in a logo",
            "expand the effect to plain shapes, then export again",
        )
    ]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ('<g id="a"><rect width="1" height="1"/></g><rect width="4" height="4" fill="url(#a)"/>',
         "fill on <rect> refers to <g>"),
        ('<linearGradient id="a"/><use href="#a"/><path d="M0 0L9 9"/>', "href on <use> refers to <linearGradient>"),
        ('<g id="a"/><g clip-path="url(#a)"><path d="M0 0L9 9"/></g>', "clip-path on <g> refers to <g>"),
        ('<clipPath id="a"/><linearGradient href="#a"/><path d="M0 0L9 9"/>',
         "href on <linearGradient> refers to <clipPath>"),
    ],
)  # fmt: skip
def test_a_reference_to_the_wrong_kind_of_element_is_refused(inside: str, text: str) -> None:
    assert said(inside) == [("bad-value", text)]


def test_an_id_that_stands_twice_is_refused_with_the_line_of_the_first() -> None:
    _, findings = checked(f'\n<g id="a">{SHAPE}</g>\n<g id="a">{SHAPE}</g>')

    assert [(one.code, one.text, one.place) for one in findings] == [
        ("bad-value", 'the id "a" stands twice: first in line 2', Place(FILE, 3, 1))
    ]


@pytest.mark.parametrize(
    "inside",
    [
        '<g id="a"><use href="#a"/></g>',
        '<use id="a" href="#b"/><use id="b" href="#a"/>',
        '<symbol id="s"><use href="#s"/></symbol><use href="#s"/>',
    ],
)
def test_a_reference_round_in_a_circle_is_refused(inside: str) -> None:
    ((code, text),) = said(SHAPE + inside)

    assert code == "unsafe-file"
    assert text.endswith("refers to itself in a circle")


def test_uses_of_uses_that_multiply_the_elements_beyond_the_limit_are_too_large() -> None:
    doubled = "".join(
        f'<g id="a{level}"><use href="#a{level - 1}"/><use href="#a{level - 1}"/></g>'
        for level in range(1, 13)
    )

    assert said(f'<g id="a0">{SHAPE}</g>{doubled}') == [
        ("too-large", "the SVG has more than 5000 elements once each <use> is followed")
    ]


def test_uses_that_nest_beyond_the_limit_are_too_large() -> None:
    chain = "".join(f'<use id="a{level}" href="#a{level - 1}"/>' for level in range(1, 40))

    assert said(f'<g id="a0">{SHAPE}</g>{chain}') == [
        ("too-large", "elements are nested more than 32 deep once each <use> is followed")
    ]


def test_a_use_of_a_symbol_gets_the_size_of_the_view_and_any_other_use_loses_its_size() -> None:
    drawing, findings = checked(
        f'<symbol id="s">{SHAPE}</symbol><g id="g">{SHAPE}</g>'
        '<use href="#s" width="5"/><use href="#g" width="5" height="5"/>'
    )

    first, second = drawing.root.children[-2:]
    assert findings == []
    assert first.attributes == {"width": "5", "height": "100%"}
    assert second.attributes == {}


@pytest.mark.parametrize(
    ("clip", "text"),
    [
        ('<use href="#g"/>', "<use> in <clipPath> refers to <g>"),
        ('<rect width="1" height="1" transform="scale(2)"/><circle r="2"/>',
         "a <clipPath> of several shapes, of which one is moved, is not allowed"),
        ('<use href="#p" x="1"/><circle r="2"/>',
         "a <clipPath> of several shapes, of which one is moved, is not allowed"),
        ('<rect width="1" height="1" clip-path="url(#other)"/>',
         "clip-path inside a <clipPath> is not allowed in a logo"),
        ('<path clip-rule="evenodd" d="M0 0L9 0L9 9ZM1 1L2 1L2 2Z"/>',
         "clip-rule evenodd in a <clipPath> is not allowed in a logo"),
    ],
)  # fmt: skip
def test_a_clipping_path_that_the_engine_draws_wrongly_is_unsafe(clip: str, text: str) -> None:
    held = f'<g id="g">{SHAPE}</g><path id="p" d="M0 0L9 0L9 9Z"/><clipPath id="other"><circle r="9"/></clipPath>'

    _, findings = checked(f'{held}<clipPath id="c">{clip}</clipPath><g clip-path="url(#c)">{SHAPE}</g>')

    assert [(one.code, one.text, one.hint) for one in findings] == [
        ("unsafe-file", text, "flatten the clipping mask to plain shapes, then export again")
    ]


@pytest.mark.parametrize(
    "clip",
    [
        '<rect width="1" height="1" transform="scale(2)"/>',
        '<path clip-rule="evenodd" d="M0 0L9 0L9 9Z"/>',
        '<rect width="1" height="1"/><circle r="2"/>',
    ],
)
def test_a_clipping_path_that_the_engine_draws_as_meant_is_taken(clip: str) -> None:
    assert said(f'<clipPath id="c">{clip}</clipPath><g clip-path="url(#c)">{SHAPE}</g>') == []


def test_a_line_of_more_dashes_than_the_engine_draws_in_time_is_too_large() -> None:
    line = '<path d="M0 0L9 0" stroke="red" stroke-dasharray="{}"/>'

    assert said(line.format("1")) == []
    assert said(line.format("0.000001")) == [
        ("too-large", f"the dashes of <path> are too many, more than {MAX_DASHES}")
    ]


@pytest.mark.parametrize(
    "inside",
    [
        "",
        f"<defs>{SHAPE}</defs>",
        f'<g display="none">{SHAPE}</g>',
        f'<g fill="none">{SHAPE}</g>',
        f'<symbol id="s">{SHAPE}</symbol>',
        f'<g fill="none"><use href="#s"/></g><defs><g id="s">{SHAPE}</g></defs>',
    ],
)
def test_a_logo_in_which_nothing_is_painted_is_refused(inside: str) -> None:
    assert said(inside) == [("bad-value", "the logo draws nothing")]


def test_a_shape_that_is_painted_only_where_it_is_used_is_drawn() -> None:
    assert said(f'<defs><g id="s">{SHAPE}</g></defs><use href="#s"/>') == []
