"""QR codes as files (SVG, PNG, PDF): a good code passes, and foreign content in an SVG is rejected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.planning.asset import Code, Spec
from assetgen.planning.qr_codes import symbol
from assetgen.preflight.checks import check_file
from assetgen.preflight.qr.code_checks import check_code_svg
from assetgen.preflight.results import CodeReading, PreflightResult
from assetgen.rendering.html.markup import code_file_svg
from assetgen.rendering.renderer import Renderer
from assetgen.units import PX_PER_MM
from tests.support.factories import make_asset, make_spec
from tests.support.qr_pictures import LINK, OTHER_LINK
from tests.support.tiny_campaign import load_tiny
from tests.support.wording import Wording

ALT = "QR code: www.example.org"


def svg_of(link: str = LINK, ink: str = "#10262C", paper: str = "#FFFFFF") -> bytes:
    """Return the SVG of a code as it is built: 1 mm per module."""
    level, version, rows = symbol(link, "Q")
    code = Code(link, level, version, rows, PX_PER_MM)
    asset = make_asset(spec=make_spec(format="svg", alt=ALT), palette={"ink": ink, "paper": paper})
    return code_file_svg(asset, code)


def svg_spec(**changes: object) -> Spec:
    """Return the spec of that file: 29 modules with a quiet zone of 4 on each side, scanned from 0.4 m."""
    return make_spec(
        **{
            "width": 37.0, "height": 37.0, "unit": "mm", "format": "svg", "px_mm": None, "scan_m": 0.4,
            "read_m": 0.4, "alt": ALT, "link": LINK, "words": {}, **changes,
        }
    )  # fmt: skip


def preflight(content: bytes, **changes: object) -> PreflightResult:
    """Return the result of the preflight checks of an SVG."""
    return check_code_svg(content, svg_spec(**changes))


def codes_of(result: PreflightResult) -> list[str]:
    return [finding.code for finding in result.findings]


def reading_of(result: PreflightResult) -> CodeReading:
    (region,) = result.regions
    assert region.reading is not None
    return region.reading


GOOD_SVG = svg_of()


def edited(old: str, new: str) -> bytes:
    """Return the good SVG with one thing changed."""
    text = GOOD_SVG.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def test_a_built_svg_has_no_findings_and_all_measurements() -> None:
    result = preflight(GOOD_SVG)

    reading = reading_of(result)
    assert result.findings == ()
    assert (reading.text, reading.modules, reading.module_mm) == (LINK, 29, pytest.approx(1.0, abs=0.01))
    assert (reading.quiet_modules, reading.unused) == (4.0, 1.0)
    assert reading.px_per_module == pytest.approx(1390 / 400, abs=0.03)
    assert reading.least_px is not None
    assert reading.margin == pytest.approx(1390 / 400 / reading.least_px, abs=0.02)
    assert result.regions[0].box == pytest.approx((4, 4, 29, 29), abs=0.1)


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_a_built_code_passes_in_every_format(tmp_path: Path, file_format: str) -> None:
    campaign, assets = load_tiny(tmp_path)
    asset = assets[f"acme/qr/{file_format}"]
    rendered = Renderer(campaign)(asset)
    assert rendered.content is not None

    result = check_file(rendered.content, None, asset.spec, {})

    assert result.findings == ()
    assert reading_of(result).text == asset.spec.link
    assert (reading_of(result).margin is None) == (file_format == "png")


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_a_code_with_a_wrong_link_is_reported_in_every_format(tmp_path: Path, file_format: str) -> None:
    campaign, assets = load_tiny(tmp_path)
    asset = assets[f"acme/qr/{file_format}"]
    rendered = Renderer(campaign)(asset)
    assert rendered.content is not None
    different = replace(asset.spec, link=f"{asset.spec.link}x")

    assert codes_of(check_file(rendered.content, None, different, {})) == ["qr-wrong"]


def test_an_svg_with_a_wrong_link_is_reported() -> None:
    assert codes_of(preflight(svg_of(OTHER_LINK))) == ["qr-wrong"]


def test_pale_and_inverted_codes_are_reported_as_unreadable() -> None:
    assert set(codes_of(preflight(svg_of(ink="#C8C8C8")))) == {"qr-unreadable"}
    assert codes_of(preflight(svg_of(ink="#FFFFFF", paper="#10262C"))) == ["qr-unreadable"]


def test_a_code_too_small_for_its_scanning_distance_is_reported(wording: Wording) -> None:
    (finding,) = preflight(GOOD_SVG, scan_m=2.0).findings

    assert (finding.code, finding.is_error) == ("qr-unreadable", True)
    assert "2 m" in finding.text
    assert wording == finding.text


def test_modules_below_half_a_millimetre_are_reported_as_too_small() -> None:
    small = edited('width="37mm" height="37mm"', 'width="14.8mm" height="14.8mm"')

    assert "qr-too-small" in codes_of(preflight(small, width=14.8, height=14.8, scan_m=0.1))


def test_a_cropped_quiet_zone_is_reported() -> None:
    cut = edited(
        'viewBox="0 0 37 37" width="37mm" height="37mm"', 'viewBox="2 2 33 33" width="33mm" height="33mm"'
    )

    result = preflight(cut, width=33.0, height=33.0)

    assert codes_of(result) == ["qr-quiet-zone"]
    assert reading_of(result).quiet_modules == pytest.approx(2, abs=0.2)


def test_a_bar_across_the_code_is_reported() -> None:
    barred = edited("</svg>", '<rect fill="#808080" x="13" y="13" width="11" height="11"/></svg>')

    assert "qr-unreadable" in codes_of(preflight(barred))


def test_an_svg_without_a_code_is_reported() -> None:
    start = GOOD_SVG.decode().partition('<path fill="#10262C"')[0]

    assert codes_of(preflight((start + "</svg>").encode())) == ["qr-unreadable"]


def test_a_code_in_an_svg_of_the_wrong_size_is_still_checked() -> None:
    result = preflight(GOOD_SVG, width=50.0, height=50.0, alt="A door.")

    assert codes_of(result) == ["size", "alt-missing"]
    assert len(result.regions) == 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("</svg>", "<script>alert(1)</script></svg>", "metadata"),
        ("</svg>", '<image href="file:///etc/passwd"/></svg>', "metadata"),
        ("</svg>", "<!-- made on my machine --></svg>", "metadata"),
        ("<svg", "<?xml-stylesheet href='x.css'?><svg", "metadata"),
        ("<title>", "<title><![CDATA[ ]]>", "metadata"),
        ("</svg>", "some words</svg>", "metadata"),
        ('role="img"', 'role="img" onload="alert(1)"', "metadata"),
        ('role="img"', 'role="button"', "metadata"),
        ("<path", '<path style="opacity:0"', "metadata"),
        ("<svg", '<!DOCTYPE svg [<!ENTITY a "b">]><svg', "size"),
        ("</svg>", "", "size"),
        ('width="37mm"', 'width="37"', "size"),
        ('width="37mm"', 'width="74mm"', "size"),
        ('viewBox="0 0 37 37"', 'viewBox="0 0 37"', "size"),
        ('viewBox="0 0 37 37"', 'viewBox="0 0 0 0"', "size"),
        ('fill="#10262C"', 'fill="url(#dots)"', "qr-unreadable"),
        ("M0 0H37V37H0Z", "M0 0L37 37H0Z", "qr-unreadable"),
        ("M0 0H37V37H0Z", "M0 0H37V37H0", "qr-unreadable"),
        ("M0 0H37V37H0Z", "M0 0H37V37H0ZM5 5V6H6V5Z", "qr-unreadable"),
        ("M0 0H37V37H0Z", "M0 0A1 1 0 0 0 5 5Z", "qr-unreadable"),
        ("M0 0H37V37H0Z", "M0 0H9000000V37H0Z", "qr-unreadable"),
    ],
    ids=[
        "a script",
        "an external picture",
        "a comment",
        "a style sheet",
        "CDATA",
        "text",
        "an event handler",
        "a wrong role",
        "a style attribute",
        "an entity",
        "not closed",
        "a width without a unit",
        "a wrong width",
        "three numbers in the viewBox",
        "an empty viewBox",
        "a pattern as colour",
        "a triangle",
        "an open path",
        "a hole",
        "an arc",
        "a point far off the page",
    ],
)  # fmt: skip
def test_foreign_content_in_an_svg_is_rejected(old: str, new: str, code: str) -> None:
    result = preflight(edited(old, new))

    assert codes_of(result) == [code]
    assert result.findings[0].hint
    assert result.regions == ()


# Files that could keep a parser busy for minutes. If one is not rejected at once, the test hangs.


def test_an_svg_that_paints_over_itself_is_rejected_before_drawing(wording: Wording) -> None:
    result = preflight(edited("M0 0H37V37H0Z", "M0 0H37V37H0Z" * 10_000))

    assert codes_of(result) == ["qr-unreadable"]
    assert wording == result.findings[0].text


@pytest.mark.parametrize("old", ['37mm"', '37 37"'], ids=["in the size", "in the viewBox"])
def test_a_number_of_150000_digits_is_rejected(old: str) -> None:
    assert codes_of(preflight(edited(old, f'{"7" * 150_000}"'))) == ["size"]


def test_an_svg_over_the_size_limit_is_not_parsed(wording: Wording) -> None:
    result = preflight(b"<svg>" + b" " * 300_000)

    assert codes_of(result) == ["size"]
    assert "300,005" in result.findings[0].text
    assert wording == result.findings[0].text


# Any bytes.


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_random_bytes_always_have_a_finding(content: bytes) -> None:
    assert codes_of(preflight(content))


@settings(max_examples=60)
@given(st.integers(0, len(GOOD_SVG.rstrip()) - 1))
def test_a_truncated_svg_always_has_a_finding(length: int) -> None:
    assert codes_of(preflight(GOOD_SVG[:length]))


@settings(max_examples=150)
@given(at=st.integers(0, len(GOOD_SVG) - 1), removed=st.integers(0, 30), new=st.binary(max_size=12))
def test_a_changed_svg_is_reported_or_still_has_the_right_link(at: int, removed: int, new: bytes) -> None:
    result = preflight(GOOD_SVG[:at] + new + GOOD_SVG[at + removed :])

    assert result.findings or reading_of(result).text == LINK
