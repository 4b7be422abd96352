"""Logo files: which SVGs and PNGs are accepted, why others are refused, and how they are rebuilt."""

from __future__ import annotations

import gzip
import io
import logging
import struct
import time
import zlib
from functools import cache
from math import hypot
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pypdfium2 as pdfium
import pytest
import weasyprint
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile, PngImagePlugin
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.artwork.logos import read_logo
from assetgen.loading.artwork.svg import rules as svg_rules
from assetgen.loading.artwork.svg.values import read_path
from assetgen.loading.model import Logo
from assetgen.schema.partner_file import LogoFile
from tests.support.logo_files import NUMBERS, SHAPE, SHARED_DEFS, VALID_TREES, make_element, svg_file
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

FIXTURES = Path(__file__).parents[2] / "fixtures" / "logos"
LOGOS = ["harbour.svg", "lantern.svg", "meadow.svg"]
LOGO_KEY = Place("partners/x/partner.yaml", 4, 9)
RULES = LogoFile(file="logo.svg", alt="The partner")


def read(content: bytes, file: str = "logo.svg") -> Logo:
    return read_logo(content, file, RULES, LOGO_KEY)


def rebuilt(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> str:
    """Return the content of the rebuilt <svg>, with the hash removed from its ids."""
    content = read(svg_file(inside, attributes)).content.decode()
    root = content[content.index(">") + 1 : -len("</svg>")]
    prefix = root.partition('"logo-')[2] or root.partition("#logo-")[2]
    return root.replace(f"logo-{prefix[:8]}-", "n") if prefix else root


def findings_of(content: bytes, file: str = "logo.svg") -> list[Finding]:
    with pytest.raises(CampaignError) as raised:
        read(content, file)
    return raised.value.findings


def codes_and_texts(content: bytes, file: str = "logo.svg") -> list[tuple[str, str]]:
    return [(finding.code, finding.text) for finding in findings_of(content, file)]


class LogoFetcher(URLFetcher):  # type: ignore[misc]
    """Serve the logo at its address, and nothing else."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        assert url == "http://logo.invalid/logo.svg"
        return URLFetcherResponse(url, self.content, {"Content-Type": "image/svg+xml"})


class LoggedWarnings(logging.Handler):
    """Collect the warnings that WeasyPrint logs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


PAGE = """<style>@page{size:240px 240px;margin:0} body{margin:0}
img{display:block;width:240px;height:240px;object-fit:contain}</style>
<img alt="logo" src="http://logo.invalid/logo.svg">"""


@cache
def fonts() -> FontConfiguration:
    """Return one font configuration for all renderings, since WeasyPrint never frees the memory of any."""
    return FontConfiguration()


def render(content: bytes) -> tuple[np.ndarray, list[str]]:
    """Return the pixels of an SVG, as WeasyPrint and PDFium show it, and the warnings that were logged."""
    messages = LoggedWarnings()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(messages)
    try:
        page = weasyprint.HTML(string=PAGE, url_fetcher=LogoFetcher(content))
        pdf = page.write_pdf(font_config=fonts())
    finally:
        logger.removeHandler(messages)
    document = pdfium.PdfDocument(pdf)
    try:
        pixels = document[0].render(scale=96 / 72).to_numpy().astype(int)
    finally:
        document.close()
    return pixels[:, :, :3], messages.texts


# ---------------------------------------------------------------------------------------------------
# The rebuilt SVG


def test_read_logo_returns_size_alt_text_and_both_hashes() -> None:
    content = svg_file(SHAPE, 'width="40" height="20" viewBox="0 0 80 40"')

    logo = read_logo(content, "partners/x/logo.svg", RULES, LOGO_KEY)

    assert (logo.file, logo.rules.alt, logo.mime) == ("partners/x/logo.svg", "The partner", "image/svg+xml")
    assert (logo.width, logo.height, logo.ratio) == (40, 20, 2)
    assert len(logo.sha256) == len(logo.source_sha256) == 64
    assert logo.sha256 != logo.source_sha256


def test_a_rebuilt_svg_has_no_prolog_or_comments() -> None:
    logo = read(b'<?xml version="1.0"?>\n<!-- by hand -->\n' + svg_file('<rect width="5" height="5"/>'))

    assert logo.content == (
        b'<svg height="10" preserveAspectRatio="xMidYMid" viewBox="0 0 10 10" width="10" '
        b'xmlns="http://www.w3.org/2000/svg"><rect height="5" width="5"/></svg>'
    )


@pytest.mark.parametrize("name", LOGOS)
def test_a_rebuilt_logo_looks_like_the_original(name: str) -> None:
    original = (FIXTURES / name).read_bytes()

    before, _ = render(original)
    after, messages = render(read(original).content)

    assert messages == []
    assert len(np.unique(before.reshape(-1, 3), axis=0)) > 20
    assert np.abs(before - after).max() <= 2


@pytest.mark.parametrize("name", LOGOS)
def test_rebuilding_a_rebuilt_logo_file_changes_no_byte(name: str) -> None:
    once = read((FIXTURES / name).read_bytes())

    assert read(once.content).content == once.content


def test_ids_are_numbered_and_start_with_a_hash_of_the_drawing() -> None:
    inside = '<defs><linearGradient id="é x"/></defs><rect width="{}" height="5" fill="url(#é x)"/>'

    one, two = (read(svg_file(inside.format(width))).content.decode() for width in (5, 6))

    ids = [
        element.get("id", "")
        for content in (one, two)
        if (element := ElementTree.fromstring(content).find(".//*[@id]")) is not None
    ]
    assert ids[0] != ids[1]
    assert all(id_.startswith("logo-") and id_.endswith("-1") and len(id_) == 15 for id_ in ids)


def test_an_unreferenced_id_is_removed() -> None:
    assert rebuilt('<g id="Layer_1"><path d="M0 0L9 9" id="a"/></g>') == '<g><path d="M0 0L9 9"/></g>'


@pytest.mark.parametrize(
    ("attributes", "size", "box"),
    [
        ('viewBox="0 0 80 40"', (80, 40), "0 0 80 40"),
        ('width="80" height="40"', (80, 40), "0 0 80 40"),
        ('width="25.4mm" height="1in"', (96, 96), "0 0 96 96"),
        ('width="100%" height="100%" viewBox="0,0,8,4"', (8, 4), "0 0 8 4"),
        ('width="16" viewBox="-1 -1 8 4"', (16, 8), "-1 -1 8 4"),
        ('height="16pt" viewBox="0 0 2 1"', (42.666667, 21.333333), "0 0 2 1"),
    ],
)
def test_size_comes_from_width_and_height_or_from_the_view_box(
    attributes: str, size: tuple[float, float], box: str
) -> None:
    logo = read(svg_file(SHAPE, attributes))

    assert (logo.width, logo.height) == pytest.approx(size, abs=1e-6)
    assert ElementTree.fromstring(logo.content).get("viewBox") == box


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("#FFF", "#ffffff"),
        ("#AbC8", "#aabbcc88"),
        ("#12345678", "#12345678"),
        ("#123456FF", "#123456"),
        ("rgb(1, 2,300)", "#0102ff"),
        ("RGB(10% 20% 100%)", "#1a33ff"),
        ("rgba(255,0,0,.5)", "#ff000080"),
        ("RebeccaPurple", "#663399"),
        ("grey", "#808080"),
        ("transparent", "#00000000"),
        ("currentcolor", "currentColor"),
        ("none", "none"),
    ],
)
def test_every_spelling_of_a_colour_is_normalised(written: str, normalised: str) -> None:
    for _ in range(2):  # the table of colour names is modified while it is used
        read(svg_file(f'<rect fill="{written}"/>{SHAPE}'))

    assert rebuilt(f'<rect width="1" height="1" fill="{written}"/>{SHAPE}') == (
        f'<rect fill="{normalised}" height="1" width="1"/>{SHAPE}'
    )


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("m1,1 2,0 0,2z", "M1 1L3 1L3 3Z"),
        ("M0 0h5v5H1V2", "M0 0L5 0L5 5L1 5L1 2"),
        ("M1.5.5-2-3", "M1.5 0.5L-2 -3"),
        ("M0 0c0 1 1 2 2 2s2-1 2-2", "M0 0C0 1 1 2 2 2C3 2 4 1 4 0"),
        ("M0 0q3 3 6 0t6 0", "M0 0C2 2 4 2 6 0C8 -2 10 -2 12 0"),
        ("M0 0h1h1t2 2", "M0 0L1 0L2 0C2 0 2.6666667 0.66666667 4 2"),
        ("M1 1h2zh-5", "M1 1L3 1ZM1 1L-4 1"),
        ("M0 0a5 5 0 0110 0", "M0 0C0 -2.7614237 2.2385763 -5 5 -5C7.7614237 -5 10 -2.7614237 10 0"),
        ("M0 0a0 5 0 0 1 10 0", "M0 0L10 0"),
        ("M0 0a1e-320 5 0 0 1 10 0", "M0 0L10 0"),
        ("M2 2a5 5 0 1 1 0 0", "M0 0"),
        ("M0 0a5 5 0 1 1 1e-200 0L1 1", "M0 0L1 1"),
        ("M1e1 1E-1L+2. 3", "M10 0.1L2 3"),
        ("", "M0 0"),
        ("M5 5z", "M0 0"),
    ],
)
def test_a_path_is_rewritten_with_four_absolute_commands(written: str, normalised: str) -> None:
    assert read_path(written) == normalised
    assert read_path(normalised) == normalised


@given(
    st.floats(1, 100),
    st.floats(0.1, 1),
    st.floats(-180, 180),
    st.booleans(),
    st.booleans(),
)
def test_an_arc_follows_its_circle_on_the_side_that_its_flags_choose(
    radius: float, share: float, turn: float, large: int, sweep: int
) -> None:
    chord = 2 * radius * share

    words = read_path(f"M0 0A{radius} {radius} {turn} {int(large)} {int(sweep)} {chord} 0")

    points = np.array([list(map(float, curve.split())) for curve in words.split("C")[1:]])
    ends = [(0.0, 0.0), *((x, y) for x, y in points[:, 4:])]
    height = (radius**2 - (chord / 2) ** 2) ** 0.5
    centre = (chord / 2, height if sweep != large else -height)
    for index, (x1, y1, x2, y2, x3, y3) in enumerate(points):
        x0, y0 = ends[index]
        middle = ((x0 + 3 * x1 + 3 * x2 + x3) / 8, (y0 + 3 * y1 + 3 * y2 + y3) / 8)
        for x, y in (middle, (x3, y3)):
            assert hypot(x - centre[0], y - centre[1]) == pytest.approx(radius, rel=4e-4)


def test_style_properties_become_attributes_and_override_existing_ones() -> None:
    inside = '<path d="M0 0L9 9" fill="red" style="fill : #00F ; stroke-width:2px;font:12px \'A;B\'"/>'

    assert rebuilt(inside) == '<path d="M0 0L9 9" fill="#0000ff" stroke-width="2"/>'


@pytest.mark.parametrize(
    "content",
    [
        "<metadata><a/></metadata>",
        "<title>Words</title><desc>More words</desc>",
        '<i:view xmlns:i="http://www.inkscape.org/namespaces/inkscape"><script/></i:view>',
        "<!-- a comment --><?xpacket begin='x'?>",
        "<style>  </style>",
        "<filter id='f'><feImage href='http://e.org/'/></filter>",
        "<g class='st0' data-name='Layer' aria-label='x' font-size='3'/>",
        "<g id='empty'><g transform='scale(2)'/></g>",
        "words between the shapes",
    ],
)
def test_content_that_draws_nothing_is_removed_without_a_finding(content: str) -> None:
    assert rebuilt(content + SHAPE) == rebuilt(SHAPE)


def test_a_symbol_moves_into_defs_and_its_use_gets_a_size() -> None:
    inside = f'<symbol id="s" viewBox="0 0 9 9">{SHAPE}</symbol><use xlink:href="#s"/>'

    assert rebuilt(inside) == (
        '<defs><symbol id="n1" preserveAspectRatio="xMidYMid" viewBox="0 0 9 9">'
        '<path d="M0 0L9 0L9 9Z"/></symbol></defs><use height="100%" href="#n1" width="100%"/>'
    )


def test_a_gradient_with_one_stop_is_rebuilt_with_two() -> None:
    # With only one stop, WeasyPrint would paint the fill even if the stroke uses the gradient.
    inside = '<linearGradient id="a"><stop stop-color="red"/></linearGradient><path stroke="url(#a) blue"/>'

    assert rebuilt(inside) == (
        '<linearGradient id="n1"><stop stop-color="#ff0000"/><stop stop-color="#ff0000"/>'
        '</linearGradient><path d="M0 0" stroke="url(#n1)"/>'
    )


def test_opacity_of_the_svg_element_moves_to_a_group() -> None:
    assert rebuilt(SHAPE, 'viewBox="0 0 9 9" opacity="50%"') == f'<g opacity="0.5">{SHAPE}</g>'


# ---------------------------------------------------------------------------------------------------
# SVG files that are refused

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE svg [
<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<svg xmlns="http://www.w3.org/2000/svg"><title>&c;</title></svg>"""
XXE = b"""<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<svg xmlns="http://www.w3.org/2000/svg"><desc>&x;</desc></svg>"""
PUBLIC = b"""<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://e.org/svg11.dtd"><svg/>"""
PIXEL = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(
    "content",
    [BILLION_LAUGHS, XXE, PUBLIC],
    ids=["billion laughs", "entity from a local file", "external DTD"],
)
def test_a_doctype_is_refused_before_its_entities_are_expanded(content: bytes, wording: Wording) -> None:
    ((code, text),) = codes_and_texts(content)

    assert code == "unsafe-file" and "DOCTYPE" in text
    assert wording == text


# Case → the content of the logo, and what a finding must name.
UNSAFE = {
    "script": ("<script>alert(1)</script>", "<script>"),
    "script with a namespace prefix": ('<s:script xmlns:s="http://www.w3.org/2000/svg"/>', "<script>"),
    "XHTML script": ('<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>', "<script>"),
    "script in defs": ("<defs><script/></defs>", "<script>"),
    "script in a shape": ('<path d="M0 0"><script/></path>', "<script>"),
    "iframe": ('<iframe xmlns="http://www.w3.org/1999/xhtml" src="http://e.org"/>', "<iframe>"),
    "onload": ('<g onload="alert(1)"/>', "onload", "<g>"),
    "OnClick": ('<g OnClick="alert(1)"/>', "OnClick", "<g>"),
    "link to a script": ('<a href="javascript:alert(1)"/>', "<a>"),
    "use of a script": ('<use xlink:href="javascript:alert(1)"/>', "<use>", "javascript:alert(1)"),
    "href on a path": ('<path d="M0 0" href="javascript:1"/>', "<path>", "javascript:1"),
    "use of another file": ('<use href="http://e.org/a.svg#b"/>', "<use>", "http://e.org/a.svg#b"),
    "use of a data URL": (f'<use href="{PIXEL}"/>', "<use>", "data:image/png;base64,iVBORw0KGgo="),
    "fill from another file": (
        '<rect fill="url(file:///etc/passwd#a)"/>',
        "<rect>",
        "url(file:///etc/passwd#a)",
    ),
    "fill from another host in a style": (
        "<rect style=\"fill:URL('//e.org#a')\"/>",
        "<rect>",
        "URL('//e.org#a')",
    ),
    "clip from another file": ('<g clip-path="url(x.svg#a)"/>', "<g>", "url(x.svg#a)"),
    "image": (f'<image href="{PIXEL}" width="9" height="9"/>', "<image>"),
    "style sheet": ('<style>@import "http://e.org/a.css";</style>', "<style>"),
    "foreignObject": (
        '<foreignObject><b xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        "<foreignObject>",
    ),
    "text": ("<text>0808 1000 900</text>", "<text>"),
    "animation": ('<g><animate attributeName="href"/></g>', "<animate>"),
    "animation of a shape": ('<path d="M0 0"><set/></path>', "<set>"),
    "switch": (f"<switch>{SHAPE}</switch>", "<switch>"),
    "unknown element": ("<sparkle/>", "<sparkle>"),
    "filter": ('<g filter="url(#f)"/>', "filter", "<g>"),
    "mask": ('<g style="mask:url(#m)"/>', "mask", "<g>"),
    "marker": ('<path d="M0 0" marker-end="url(#m)"/>', "marker-end", "<path>"),
    "pattern": ('<pattern id="p"><image href="x"/></pattern><rect fill="url(#p)"/>', "<rect>", "<pattern>"),
    "blend mode": ('<g style="mix-blend-mode:multiply"/>', "mix-blend-mode", "<g>"),
    "background picture": ('<g style="background:url(http://e.org/)"/>', "background", "<g>"),
    "unknown attribute": ('<g sparkle="1"/>', "sparkle", "<g>"),
    "shape in a gradient": (
        '<linearGradient id="g"><path d="M0 0"/></linearGradient>',
        "<path>",
        "<linearGradient>",
    ),
    "group in a clipping path": ('<clipPath id="c"><g/></clipPath>', "<g>", "<clipPath>"),
    "transformed shape in a clipping path": (
        '<clipPath id="c"><rect/><rect transform="scale(2)"/></clipPath>',
        "<clipPath>",
    ),
    "clipped shape in a clipping path": (
        '<clipPath id="c"><rect clip-path="url(#c)"/></clipPath>',
        "clip-path",
        "<clipPath>",
    ),
    "even-odd clipping path": (
        '<g clip-rule="evenodd"><clipPath id="c"><path d="M0 0h9v9zM1 1h3v3z"/></clipPath></g>',
        "clip-rule",
        "<clipPath>",
    ),
    "clip on a symbol": ('<symbol clip-path="url(#c)"/>', "clip-path", "<symbol>"),
    "transformed symbol": ('<symbol transform="scale(2)"/>', "transform", "<symbol>"),
    "use of itself": ('<g id="a"><use href="#a"/></g>', "<g>"),
    "gradients that refer to each other": (
        '<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/>',
        "<linearGradient>",
    ),
}


@pytest.mark.parametrize("case", UNSAFE)
def test_unsafe_content_is_refused_and_named(case: str, wording: Wording) -> None:
    inside, *names = UNSAFE[case]

    unsafe = [text for code, text in codes_and_texts(svg_file(inside + SHAPE)) if code == "unsafe-file"]

    assert any(all(name in text for name in names) for text in unsafe), unsafe
    assert wording == unsafe


# Case → the content of the logo, and the value and the element that a finding must name.
INVALID = {
    "path with a word": ('<path d="M0 0 L 5 five"/>', 'd="M0 0 L 5 five"', "<path>"),
    "path without a start": ('<path d="L5 5"/>', 'd="L5 5"', "<path>"),
    "number after a closed path": ('<path d="M0 0z 5"/>', 'd="M0 0z 5"', "<path>"),
    "invalid arc flag": ('<path d="M0 0a1 1 0 2 0 1 1"/>', 'd="M0 0a1 1 0 2 0 1 1"', "<path>"),
    "not a number": ('<rect x="NaN"/>', 'x="NaN"', "<rect>"),
    "infinity": ('<path d="M0 0L1e999 0"/>', 'd="M0 0L1e999 0"', "<path>"),
    "too large": ('<circle r="1000001"/>', 'r="1000001"', "<circle>"),
    "too large by relative steps": ('<path d="M900000 0h900000"/>', 'd="M900000 0h900000"', "<path>"),
    "Arabic digits": ('<line x1="٣"/>', 'x1="٣"', "<line>"),
    "em unit": ('<rect width="3em"/>', 'width="3em"', "<rect>"),
    "negative": ('<circle r="-1"/>', 'r="-1"', "<circle>"),
    "calc": ('<g style="opacity:calc(1/2)"/>', 'opacity="calc(1/2)"', "<g>"),
    "variable": ('<g fill="var(--x)"/>', 'fill="var(--x)"', "<g>"),
    "expression": ('<g style="fill:expression(1)"/>', 'fill="expression(1)"', "<g>"),
    "escape in a style": (r'<g style="fi\6cl:red"/>', 'style="fi\\6cl:red"', "<g>"),
    "style with an open bracket": ('<g style="fill:rgb(1,2"/>', 'style="fill:rgb(1,2"', "<g>"),
    "scale of zero": ('<g transform="scale(0)"/>', 'transform="scale(0)"', "<g>"),
    "scale too large": (
        f'<g transform="{"scale(100)" * 3}"/>',
        'transform="scale(100)scale(100)scale(100)"',
        "<g>",
    ),
    "transform with too few numbers": ('<g transform="matrix(1 2)"/>', 'transform="matrix(1 2)"', "<g>"),
    "point without y": ('<polygon points="1 2 3"/>', 'points="1 2 3"', "<polygon>"),
    "repeating gradient": (
        '<linearGradient id="a" spreadMethod="repeat"/>',
        'spreadMethod="repeat"',
        "<linearGradient>",
    ),
    "clipping path in bounding box units": (
        '<clipPath id="c" clipPathUnits="objectBoundingBox"/>',
        'clipPathUnits="objectBoundingBox"',
        "<clipPath>",
    ),
    "missing target": ('<use href="#gone"/>', "<use>", '"#gone"'),
    "wrong target": ('<rect id="r"/><rect fill="url(#r)"/>', "<rect>"),
    "duplicate id": ('<g id="a"/><g id="a"/>', '"a"'),
}


@pytest.mark.parametrize("case", INVALID)
def test_an_invalid_value_or_reference_is_reported_with_the_reason(case: str, wording: Wording) -> None:
    inside, *names = INVALID[case]

    bad = [text for code, text in codes_and_texts(svg_file(inside + SHAPE)) if code == "bad-value"]

    assert any(all(name in text for name in names) for text in bad), bad
    assert wording == bad


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'width="5"',
        'width="100%" height="100%"',
        'viewBox="0 0 0 5"',
        'viewBox="0 0 5"',
        'width="0" height="5"',
        'viewBox="0 0 9000 1"',
    ],
    ids=[
        "no size",
        "width alone",
        "percentages",
        "viewBox without width",
        "viewBox of three numbers",
        "zero width",
        "extreme ratio",
    ],
)
def test_a_logo_without_a_usable_size_is_refused(attributes: str, wording: Wording) -> None:
    found = codes_and_texts(svg_file(SHAPE, attributes))

    assert {code for code, _ in found} == {"bad-value"}
    assert wording == [text for _, text in found]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="plain text"),
        pytest.param(svg_file(SHAPE)[:-6], id="truncated"),
        pytest.param(svg_file("&nbsp;"), id="undefined entity"),
        pytest.param(svg_file('<g fill="a" fill="b"/>'), id="duplicate attribute"),
        pytest.param(b"<html><body/></html>", id="HTML"),
        pytest.param(b'<svg xmlns="http://e.org/"/>', id="wrong namespace"),
        pytest.param(gzip.compress(svg_file(SHAPE)), id="gzip"),
        pytest.param(svg_file(SHAPE).decode().encode("utf-16"), id="UTF-16"),
        pytest.param(svg_file(SHAPE).decode().encode("utf-16-le"), id="UTF-16 without byte order mark"),
        pytest.param(svg_file("<title>\xe9</title>").decode().encode("latin-1"), id="Latin-1"),
        pytest.param(b"\x89PNG\r\n\x1a\n<svg/>", id="PNG"),
        pytest.param(b"%PDF-1.7 <svg/>", id="PDF"),
        pytest.param(svg_file(""), id="no elements"),
        pytest.param(svg_file(f"<defs>{SHAPE}</defs><g/>"), id="shapes only in defs"),
        pytest.param(svg_file('<rect width="9" height="9" fill="none"/>'), id="no fill"),
        pytest.param(svg_file('<g fill="none"><rect width="9" height="9"/></g>'), id="group without fill"),
        pytest.param(
            svg_file('<defs><rect id="a" width="9" height="9"/></defs><use href="#a" fill="none"/>'),
            id="use without fill",
        ),
    ],
)
def test_a_file_without_a_visible_svg_drawing_is_refused(content: bytes, wording: Wording) -> None:
    ((code, text),) = codes_and_texts(content)

    assert code == "bad-value"
    assert wording == text


def test_utf_8_with_a_byte_order_mark_or_wrong_declaration_is_read() -> None:
    with_mark = b"\xef\xbb\xbf" + svg_file(SHAPE)
    misdeclared = b'<?xml version="1.0" encoding="shift_jis"?>' + svg_file(SHAPE)

    assert read(with_mark).content == read(misdeclared).content == read(svg_file(SHAPE)).content


def test_nested_uses_that_expand_to_millions_of_elements_are_refused(wording: Wording) -> None:
    levels = "".join(f'<g id="g{n}">{f"""<use href="#g{n - 1}"/>""" * 10}</g>' for n in range(1, 9))
    inside = f'<defs><g id="g0">{SHAPE}</g>{levels}</defs><use href="#g8"/>'

    ((code, text),) = codes_and_texts(svg_file(inside))

    assert code == "too-large" and "5,000" in text
    assert wording == text


def test_a_clipping_path_is_counted_once_per_use(wording: Wording) -> None:
    clip = f'<clipPath id="c">{SHAPE * 100}</clipPath>'

    ((code, text),) = codes_and_texts(svg_file(clip + '<path clip-path="url(#c)"/>' * 50))

    assert code == "too-large" and "5,000" in text
    assert wording == text


def test_a_chain_of_uses_deeper_than_the_limit_is_refused(wording: Wording) -> None:
    # WeasyPrint follows references by recursion: a longer chain would exhaust its stack.
    chain = "".join(f'<g id="g{n}"><use href="#g{n + 1}"/></g>' for n in range(40))

    ((code, text),) = codes_and_texts(svg_file(f'<g id="g40">{SHAPE}</g>' + chain))

    assert code == "too-large" and "32" in text
    assert wording == text


def test_depth_element_count_and_file_size_are_limited(wording: Wording) -> None:
    deep = svg_file("<g>" * 40 + SHAPE + "</g>" * 40)
    many = svg_file(SHAPE * 5000)
    large = svg_file(f'<path d="M0 0{"h1" * 100_000}"/>')

    found = [finding for content in (deep, many, large) for finding in findings_of(content)]

    assert [finding.code for finding in found] == ["too-large"] * 3
    assert found[2].place == Place("logo.svg")
    for finding, limit in zip(found, ("32", "5,000", "200,000"), strict=True):
        assert limit in finding.text
    assert wording == [finding.text for finding in found]


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M0 0L9 9" stroke-dasharray="0,.000001"/>',
        f'<g stroke-dasharray="2"><path d="M0 0{"L900000 0L0 0" * 9}"/></g>',
        f'<g id="a">{SHAPE * 99}</g><g stroke-dasharray=".01">{"""<use href="#a"/>""" * 45}</g>',
        '<circle r="1000000%" stroke-dasharray=".5"/>',
    ],
    ids=["short dashes", "long line", "many lines", "large circle"],
)
def test_too_many_dashes_are_refused(inside: str, wording: Wording) -> None:
    [(code, text)] = codes_and_texts(svg_file(inside))

    assert code == "too-large" and "1,000,000" in text
    assert wording == text


def test_a_path_that_is_too_long_once_rewritten_is_refused() -> None:
    arcs = "a1 1 0 01.1.1" * 14_000

    assert [code for code, _ in codes_and_texts(svg_file(f'<path d="M0 0{arcs}"/>'))] == ["too-large"]


def test_all_faults_of_a_file_are_reported_together_with_their_places(wording: Wording) -> None:
    content = svg_file('\n<text>Hi</text>\n  <g onload="x()">\n<path d="M0,0 Lx"/></g>' + SHAPE)

    findings = [finding.as_text() for finding in findings_of(content)]

    assert places_and_codes(findings) == [
        "logo.svg:2:1 unsafe-file",
        "logo.svg:3:3 unsafe-file",
        "logo.svg:4:1 bad-value",
    ]
    assert wording == findings


def test_a_finding_shortens_a_quoted_value_to_one_line(wording: Wording) -> None:
    [finding] = findings_of(svg_file(f'<g fill="\u202e&#10;{"x" * 150}"/>{SHAPE}'))

    assert f'"  {"x" * 37}…"' in finding.text
    assert wording == finding.text


@pytest.mark.parametrize("value", ["url(" + " " * 150_000, "1" * 150_000 + "!", "#" + "a" * 150_000])
@pytest.mark.parametrize("name", ["fill", "width", "stroke-dasharray", "d", "style", "transform"])
def test_a_very_long_value_is_refused_within_two_seconds(name: str, value: str) -> None:
    before = time.process_time()

    findings = findings_of(svg_file(f'<{"path" if name == "d" else "rect"} {name}="{value}"/>'))

    assert {finding.code for finding in findings} == {"bad-value"}
    assert time.process_time() - before < 2


def test_an_unsupported_file_type_is_reported_where_the_logo_is_named(wording: Wording) -> None:
    [finding] = findings_of(b"GIF89a", "partners/x/logo.gif")

    assert (finding.code, finding.place) == ("bad-value", LOGO_KEY)
    assert wording == finding.as_text()


# ---------------------------------------------------------------------------------------------------
# PNG


def png(picture: Image.Image, **options: object) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", **options)
    return encoded.getvalue()


def rebuilt_png(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(read(content, "logo.png").content), formats=("PNG",))
    picture.load()
    return picture


def pixels(content: bytes) -> list[Any]:
    picture = rebuilt_png(content)
    return [picture.getpixel((x, 0)) for x in range(picture.width)]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(header: tuple[int, int, int, int], rows: bytes, *extra: bytes) -> bytes:
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *header, 0, 0, 0))
    return start + b"".join(extra) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


SQUARE = Image.radial_gradient("L").resize((40, 20)).convert("RGB")


def test_a_png_has_its_size_in_pixels_and_rebuilds_identically() -> None:
    once = read(png(SQUARE), "logo.PNG")

    assert (once.mime, once.width, once.height) == ("image/png", 40, 20)
    assert read(once.content, "logo.png").content == once.content
    assert np.array_equal(np.asarray(rebuilt_png(png(SQUARE))), np.asarray(SQUARE))


def test_every_kind_of_png_transparency_is_kept() -> None:
    translucent = Image.new("RGBA", (2, 1), (10, 20, 30, 40))
    translucent.putpixel((1, 0), (1, 2, 3, 255))
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.putpixel((1, 0), 1)
    grey = Image.new("LA", (2, 1), (100, 50))

    assert pixels(png(translucent)) == [(10, 20, 30, 40), (1, 2, 3, 255)]
    assert pixels(png(palette, transparency=0))[1] == (0, 0, 255, 255)
    assert pixels(png(palette, transparency=0))[0][3] == 0
    assert pixels(png(grey)) == [(100, 100, 100, 50)] * 2


def test_an_opaque_alpha_channel_is_removed() -> None:
    assert rebuilt_png(png(Image.new("RGBA", (2, 2), (9, 9, 9, 255)))).mode == "RGB"


def test_sixteen_bit_channels_are_reduced_to_their_high_byte() -> None:
    grey = raw_png((3, 1, 16, 0), b"\0" + struct.pack(">3H", 0, 0x8000, 0xFFFF))
    clear = chunk(b"tRNS", struct.pack(">H", 0x8000))
    grey_clear = raw_png((3, 1, 16, 0), b"\0" + struct.pack(">3H", 0, 0x8000, 0xFFFF), clear)
    rgb_clear = raw_png(
        (2, 1, 16, 2),
        b"\0" + struct.pack(">6H", 0x1234, 0x5678, 0x9ABC, 0xFF00, 0, 0),
        chunk(b"tRNS", struct.pack(">3H", 0x1234, 0x5678, 0x9ABC)),
    )

    assert pixels(grey) == [(0, 0, 0), (128, 128, 128), (255, 255, 255)]
    assert [pixel[3] for pixel in pixels(grey_clear)] == [255, 0, 255]
    assert [pixel[3] for pixel in pixels(rgb_clear)] == [0, 255]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_png_mode_becomes_eight_bit_rgb(mode: str) -> None:
    assert rebuilt_png(png(SQUARE.convert(mode))).mode == "RGB"


def swapped_profile() -> bytes:
    """Return an sRGB profile with red and blue swapped."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")


def test_the_colour_profile_of_a_png_is_applied_and_removed() -> None:
    content = png(Image.new("RGBA", (1, 1), (255, 0, 0, 128)), icc_profile=swapped_profile())

    [(red, green, blue, alpha)] = pixels(content)

    assert red < 40 and green < 40 and blue > 215 and alpha == 128
    assert b"iCCP" not in read(content, "logo.png").content


def test_a_png_with_an_unusable_colour_profile_is_refused(wording: Wording) -> None:
    profiles = (b"junk", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())

    found = [codes_and_texts(png(SQUARE, icc_profile=profile), "logo.png") for profile in profiles]

    assert [[code for code, _ in findings] for findings in found] == [["bad-value"], ["bad-value"]]
    assert wording == [text for findings in found for _, text in findings]


def test_metadata_and_trailing_bytes_are_removed_from_a_png() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "a person")
    exif = Image.Exif()
    exif[0x0112] = 6
    content = png(SQUARE, pnginfo=texts, exif=exif, dpi=(300, 300)) + b"<script>alert(1)</script>"

    logo = read(content, "logo.png")

    assert (logo.width, logo.height) == (20, 40)
    assert sorted(set(chunk_kinds(logo.content))) == [b"IDAT", b"IEND", b"IHDR"]


def chunk_kinds(content: bytes) -> list[bytes]:
    kinds, position = [], 8
    while position < len(content):
        (length,) = struct.unpack(">I", content[position : position + 4])
        kinds.append(content[position + 4 : position + 8])
        position += 12 + length
    return kinds


def test_a_decompression_bomb_is_refused_by_its_png_header(wording: Wording) -> None:
    bomb = raw_png((50_000, 50_000, 8, 2), b"\0" * 100_000)
    second = chunk(b"IHDR", struct.pack(">IIBBBBB", 6000, 6000, 8, 2, 0, 0, 0))
    hidden = raw_png((10, 10, 8, 2), b"\0" * 100, second)

    found = codes_and_texts(bomb, "logo.png") + codes_and_texts(hidden, "logo.png")
    assert [code for code, _ in found] == ["too-large"] * 2
    assert "50000" in found[0][1] and "6000" in found[1][1]
    assert wording == [text for _, text in found]
    assert codes_and_texts(png(SQUARE) + bytes(10_000_000), "logo.png")[0][0] == "too-large"


@pytest.mark.thorough
def test_a_decompression_bomb_in_a_png_text_or_profile_is_refused() -> None:
    for kind in (b"zTXt", b"iCCP"):
        packed = chunk(kind, b"name\0\0" + zlib.compress(bytes(200_000_000)))
        content = raw_png((1, 1, 8, 2), b"\0\1\2\3", packed)

        assert [code for code, _ in codes_and_texts(content, "logo.png")] == ["bad-value"]


@pytest.mark.parametrize("kept", [8, 30, 60, -20])
def test_a_truncated_png_is_refused_even_if_pillow_would_accept_it(
    monkeypatch: pytest.MonkeyPatch, kept: int, wording: Wording
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    [(code, text)] = codes_and_texts(png(SQUARE)[:kept], "logo.png")

    assert code == "bad-value"
    assert wording == text
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_a_png_with_a_wrong_checksum_is_refused() -> None:
    content = bytearray(png(SQUARE))
    content[-20] ^= 255

    assert [code for code, _ in codes_and_texts(bytes(content), "logo.png")] == ["bad-value"]


def test_an_animated_png_is_refused(wording: Wording) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue", "green")]

    ((code, text),) = codes_and_texts(png(frames[0], save_all=True, append_images=frames[1:]), "logo.png")

    assert code == "bad-value" and "3" in text
    assert wording == text


def test_a_png_without_visible_pixels_is_refused(wording: Wording) -> None:
    found = codes_and_texts(png(Image.new("RGBA", (4, 4))), "logo.png") + codes_and_texts(
        raw_png((0, 4, 8, 2), b""), "logo.png"
    )

    assert [code for code, _ in found] == ["bad-value"] * 2
    assert wording == [text for _, text in found]


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "GIF", "WEBP"])
def test_a_picture_in_a_different_format_named_png_is_refused(kind: str, wording: Wording) -> None:
    encoded = io.BytesIO()
    SQUARE.convert("CMYK" if kind in ("JPEG", "TIFF") else "RGB").save(encoded, kind)

    ((code, text),) = codes_and_texts(encoded.getvalue(), "logo.png")

    assert code == "bad-value"
    assert wording == text


def test_an_svg_named_png_is_refused(wording: Wording) -> None:
    ((code, text),) = codes_and_texts(svg_file(SHAPE), "logo.png")

    assert code == "bad-value"
    assert wording == text


# ---------------------------------------------------------------------------------------------------
# Property tests

ALLOWED = {tag: {*readers, *svg_rules.PRESENTATION, "id"} for tag, readers in svg_rules.ELEMENTS.items()}
JUNK = st.sampled_from(
    ["url(#a)", "url(x)", "#a", "NaN", "1e400", "-5", "50%", "2mm", "red", "none", "", "\u202e", "0 0 1 1"]
)
PATHS = st.lists(
    st.tuples(st.sampled_from("MLHVCSQTAZmlhvcsqtaz"), st.lists(NUMBERS, max_size=7).map(" ".join)),
    max_size=6,
).map(lambda parts: "M1 1" + "".join(letter + numbers for letter, numbers in parts))
VALUES = st.one_of(JUNK, NUMBERS, PATHS, st.text(max_size=8))
ATTRIBUTE_NAMES = st.sampled_from(
    sorted(svg_rules.GEOMETRY | svg_rules.PRESENTATION.keys() | {"id", "style", "onload", "class"})
)


TAGS = st.sampled_from([*svg_rules.ELEMENTS, "text", "mask", "style"])
ATTRIBUTES = st.dictionaries(ATTRIBUTE_NAMES, VALUES, max_size=4)
TREES = st.recursive(
    st.builds(make_element, TAGS, ATTRIBUTES, st.just([])),
    lambda inner: st.builds(make_element, TAGS, ATTRIBUTES, st.lists(inner, max_size=3)),
    max_leaves=8,
)


def svg_file_of(trees: list[ElementTree.Element]) -> bytes:
    root = make_element("svg", {"xmlns": svg_rules.SVG, "viewBox": "0 0 50 50"}, trees)
    return ElementTree.tostring(root)


def has_only_allowed_content(content: bytes) -> bool:
    for node in ElementTree.fromstring(content).iter():
        tag = node.tag.removeprefix(f"{{{svg_rules.SVG}}}")
        if not set(node.attrib) <= ALLOWED[tag] or (node.text or node.tail):
            return False
        values = " ".join(node.attrib.values())
        if values.count("#logo-") + values.count("url(") < 2 * values.count("url("):
            return False
    return b"javascript" not in content and b"data:" not in content


def check_logo_or_findings(content: bytes, file: str) -> Logo | None:
    """Check that the bytes give a valid logo, or findings for the file. Return the logo."""
    try:
        logo = read(content, file)
    except CampaignError as refused:
        assert refused.findings
        assert {finding.code for finding in refused.findings} <= {"bad-value", "unsafe-file", "too-large"}
        return None
    assert read(logo.content, file).content == logo.content
    assert file.endswith("png") or has_only_allowed_content(logo.content)
    return logo


@given(st.binary(max_size=300), st.sampled_from(["logo.svg", "logo.png"]))
@example(b"\x89PNG\r\n\x1a\n", "logo.png")
@example(b"<svg xmlns:a='b'><a:b/></svg>", "logo.svg")
def test_arbitrary_bytes_are_read_as_a_logo_or_reported(content: bytes, file: str) -> None:
    check_logo_or_findings(content, file)


@pytest.mark.thorough
@given(st.lists(TREES, max_size=3))
@settings(max_examples=300)
def test_arbitrary_svg_tree_is_read_as_a_logo_or_reported(trees: list[ElementTree.Element]) -> None:
    check_logo_or_findings(svg_file_of(trees), "logo.svg")


@given(st.sampled_from(LOGOS), st.data())
@settings(max_examples=200)
def test_a_damaged_svg_is_read_as_a_logo_or_reported(name: str, data: st.DataObject) -> None:
    content = (FIXTURES / name).read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 20)))

    check_logo_or_findings(content[:start] + data.draw(st.binary(max_size=6)) + content[end:], "logo.svg")


PICTURES = [
    png(SQUARE),
    png(SQUARE.convert("P"), transparency=3),
    png(SQUARE, icc_profile=swapped_profile()),
    raw_png((3, 1, 16, 0), b"\0" + struct.pack(">3H", 0, 0x8000, 0xFFFF)),
]


@given(st.sampled_from(PICTURES), st.data())
@settings(max_examples=300)
def test_a_damaged_png_is_read_as_a_logo_or_reported(content: bytes, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(position, min(len(content), position + 8)))

    check_logo_or_findings(content[:position] + data.draw(st.binary(max_size=8)) + content[end:], "logo.png")


@given(st.lists(VALID_TREES, min_size=1, max_size=3))
@settings(max_examples=150)
def test_weasyprint_renders_every_rebuilt_svg_without_a_warning(trees: list[ElementTree.Element]) -> None:
    inside = b"".join(map(ElementTree.tostring, trees)).decode()

    logo = read(svg_file(SHARED_DEFS + inside + SHAPE, 'viewBox="0 0 50 50"'))
    _, messages = render(logo.content)

    assert messages == []
    assert read(logo.content).content == logo.content
    assert has_only_allowed_content(logo.content)
