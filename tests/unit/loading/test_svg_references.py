"""References in an SVG logo: valid targets, no circles, and limits on what they multiply."""

from __future__ import annotations

import pytest

from assetgen.findings import Finding, Place
from assetgen.loading.artwork.svg.rebuild import Drawing, read_drawing
from assetgen.loading.artwork.svg.references import MAX_DASHES, check_references
from tests.support.logo_files import SHAPE, svg_file
from tests.support.wording import Wording

FILE = "partners/acme/logo.svg"


def check(inside: str) -> tuple[Drawing, list[Finding]]:
    findings: list[Finding] = []
    drawing = read_drawing(svg_file(inside), FILE, findings)
    assert drawing is not None and findings == [], "read_drawing must accept this"
    check_references(drawing, findings)
    return drawing, findings


def codes_and_texts(inside: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.text) for finding in check(inside)[1]]


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
def test_valid_references_have_no_findings(inside: str) -> None:
    assert codes_and_texts(inside) == []


def test_a_reference_to_a_missing_id_is_reported_at_its_place(wording: Wording) -> None:
    _, (finding,) = check(f'{SHAPE}\n<use href="#lost"/>')

    assert (finding.code, finding.place) == ("bad-value", Place(FILE, 2, 1))
    assert "#lost" in finding.text
    assert wording == finding.as_text()


@pytest.mark.parametrize("tag", ["mask", "filter", "pattern", "marker"])
def test_a_reference_to_an_unsupported_element_is_refused(tag: str, wording: Wording) -> None:
    _, (finding,) = check(f'<{tag} id="m"/><g fill="url(#m)">{SHAPE}</g>')

    assert finding.code == "unsafe-file" and f"<{tag}>" in finding.text
    assert wording == (finding.text, finding.hint)


@pytest.mark.parametrize(
    ("inside", "name", "tag"),
    [
        ('<g id="a"><rect width="1" height="1"/></g><rect width="4" height="4" fill="url(#a)"/>', "fill", "<g>"),
        ('<linearGradient id="a"/><use href="#a"/><path d="M0 0L9 9"/>', "href", "<linearGradient>"),
        ('<g id="a"/><g clip-path="url(#a)"><path d="M0 0L9 9"/></g>', "clip-path", "<g>"),
        ('<clipPath id="a"/><linearGradient href="#a"/><path d="M0 0L9 9"/>', "href", "<clipPath>"),
    ],
    ids=["fill", "use", "clip", "gradient"],
)  # fmt: skip
def test_a_reference_to_the_wrong_kind_of_element_is_refused(
    inside: str, name: str, tag: str, wording: Wording
) -> None:
    ((code, text),) = codes_and_texts(inside)

    assert code == "bad-value" and name in text and tag in text
    assert wording == text


def test_a_duplicate_id_is_reported_with_the_line_of_the_first(wording: Wording) -> None:
    _, (finding,) = check(f'\n<g id="a">{SHAPE}</g>\n<g id="a">{SHAPE}</g>')

    assert (finding.code, finding.place) == ("bad-value", Place(FILE, 3, 1))
    assert "2" in finding.text
    assert wording == finding.text


@pytest.mark.parametrize(
    "inside",
    [
        '<g id="a"><use href="#a"/></g>',
        '<use id="a" href="#b"/><use id="b" href="#a"/>',
        '<symbol id="s"><use href="#s"/></symbol><use href="#s"/>',
    ],
    ids=["group that uses itself", "two uses of each other", "symbol that uses itself"],
)
def test_circular_references_are_refused(inside: str, wording: Wording) -> None:
    ((code, text),) = codes_and_texts(SHAPE + inside)

    assert code == "unsafe-file"
    assert wording == text


def test_nested_uses_that_exceed_the_element_limit_are_refused(wording: Wording) -> None:
    doublings = "".join(
        f'<g id="a{level}"><use href="#a{level - 1}"/><use href="#a{level - 1}"/></g>'
        for level in range(1, 13)
    )

    ((code, text),) = codes_and_texts(f'<g id="a0">{SHAPE}</g>{doublings}')

    assert code == "too-large" and "5,000" in text
    assert wording == text


def test_uses_that_exceed_the_depth_limit_are_refused(wording: Wording) -> None:
    chain = "".join(f'<use id="a{level}" href="#a{level - 1}"/>' for level in range(1, 40))

    ((code, text),) = codes_and_texts(f'<g id="a0">{SHAPE}</g>{chain}')

    assert code == "too-large" and "32" in text
    assert wording == text


def test_a_use_of_a_symbol_gets_a_size_and_other_uses_lose_theirs() -> None:
    drawing, findings = check(
        f'<symbol id="s">{SHAPE}</symbol><g id="g">{SHAPE}</g>'
        '<use href="#s" width="5"/><use href="#g" width="5" height="5"/>'
    )

    first, second = drawing.root.children[-2:]
    assert findings == []
    assert first.attributes == {"width": "5", "height": "100%"}
    assert second.attributes == {}


@pytest.mark.parametrize(
    "clip",
    [
        '<use href="#g"/>',
        '<rect width="1" height="1" transform="scale(2)"/><circle r="2"/>',
        '<use href="#p" x="1"/><circle r="2"/>',
        '<rect width="1" height="1" clip-path="url(#other)"/>',
        '<path clip-rule="evenodd" d="M0 0L9 0L9 9ZM1 1L2 1L2 2Z"/>',
    ],
    ids=[
        "use of a group",
        "transformed shape with a second shape",
        "shifted use with a second shape",
        "clipped shape",
        "even-odd",
    ],
)
def test_a_clipping_path_that_weasyprint_draws_wrongly_is_refused(clip: str, wording: Wording) -> None:
    targets = f'<g id="g">{SHAPE}</g><path id="p" d="M0 0L9 0L9 9Z"/><clipPath id="other"><circle r="9"/></clipPath>'

    _, (finding,) = check(f'{targets}<clipPath id="c">{clip}</clipPath><g clip-path="url(#c)">{SHAPE}</g>')

    assert finding.code == "unsafe-file" and "<clipPath>" in finding.text
    assert wording == (finding.text, finding.hint)


@pytest.mark.parametrize(
    "clip",
    [
        '<rect width="1" height="1" transform="scale(2)"/>',
        '<path clip-rule="evenodd" d="M0 0L9 0L9 9Z"/>',
        '<rect width="1" height="1"/><circle r="2"/>',
    ],
)
def test_a_clipping_path_that_weasyprint_draws_correctly_is_accepted(clip: str) -> None:
    assert codes_and_texts(f'<clipPath id="c">{clip}</clipPath><g clip-path="url(#c)">{SHAPE}</g>') == []


def test_a_line_with_too_many_dashes_is_refused(wording: Wording) -> None:
    line = '<path d="M0 0L9 0" stroke="red" stroke-dasharray="{}"/>'

    assert codes_and_texts(line.format("1")) == []
    ((code, text),) = codes_and_texts(line.format("0.000001"))
    assert code == "too-large" and f"{MAX_DASHES:,}" in text
    assert wording == text


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
    ids=["empty", "shapes only in defs", "display none", "fill none", "unused symbol", "use with fill none"],
)
def test_a_logo_that_paints_nothing_is_refused(inside: str, wording: Wording) -> None:
    ((code, text),) = codes_and_texts(inside)

    assert code == "bad-value"
    assert wording == text


def test_a_shape_painted_only_through_a_use_is_accepted() -> None:
    assert codes_and_texts(f'<defs><g id="s">{SHAPE}</g></defs><use href="#s"/>') == []
