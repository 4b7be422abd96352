"""A QR code as an SVG, a PNG or a PDF of its own is read and judged; what such an SVG never needs is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.planning.asset import Code, Spec
from assetgen.planning.qr_codes import symbol
from assetgen.preflight.checks import prove
from assetgen.preflight.qr.code_checks import prove_code_svg
from assetgen.preflight.results import CodeReading, Proof
from assetgen.rendering.html.markup import code_file_svg
from assetgen.rendering.renderer import Renderer
from assetgen.units import PX_PER_MM
from tests.support.code_pictures import LINK, OTHER
from tests.support.factories import make_asset, make_spec
from tests.support.tiny import load_tiny
from tests.support.wording import Wording

ALT = "QR code: www.example.org"


def svg_of(link: str = LINK, ink: str = "#10262C", paper: str = "#FFFFFF") -> bytes:
    """Return a code's SVG as it is built: 1 mm a module."""
    level, version, rows = symbol(link, "Q")
    code = Code(link, level, version, rows, PX_PER_MM)
    asset = make_asset(spec=make_spec(format="svg", alt=ALT), palette={"ink": ink, "paper": paper})
    return code_file_svg(asset, code)


def svg_spec(**changes: object) -> Spec:
    """Return the spec of that file: 29 modules and four on each side, scanned from 0.4 m."""
    return make_spec(
        **{
            "width": 37.0, "height": 37.0, "unit": "mm", "format": "svg", "px_mm": None, "scan_m": 0.4,
            "read_m": 0.4, "alt": ALT, "link": LINK, "words": {}, **changes,
        }
    )  # fmt: skip


def proof_of(content: bytes, **changes: object) -> Proof:
    return prove_code_svg(content, svg_spec(**changes))


def codes_of(proof: Proof) -> list[str]:
    return [finding.code for finding in proof.findings]


def reading_of(proof: Proof) -> CodeReading:
    (mark,) = proof.regions
    assert mark.reading is not None
    return mark.reading


SOUND = svg_of()


def edited(old: str, new: str) -> bytes:
    """Return the sound file with one thing changed."""
    text = SOUND.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def test_the_file_as_it_is_built_has_no_finding_and_tells_its_margin() -> None:
    proof = proof_of(SOUND)

    reading = reading_of(proof)
    assert proof.findings == ()
    assert (reading.text, reading.modules, reading.module_mm) == (LINK, 29, pytest.approx(1.0, abs=0.01))
    assert (reading.quiet_modules, reading.unused) == (4.0, 1.0)
    assert reading.px_per_module == pytest.approx(1390 / 400, abs=0.03)
    assert reading.least_px is not None
    assert reading.margin == pytest.approx(1390 / 400 / reading.least_px, abs=0.02)
    assert proof.regions[0].box == pytest.approx((4, 4, 29, 29), abs=0.1)


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_every_form_of_a_built_code_passes(tmp_path: Path, file_format: str) -> None:
    campaign, assets = load_tiny(tmp_path)
    asset = assets[f"acme/qr/{file_format}"]
    made = Renderer(campaign)(asset)
    assert made.content is not None

    proof = prove(made.content, None, asset.spec, {})

    assert proof.findings == ()
    assert reading_of(proof).text == asset.spec.link
    assert (reading_of(proof).margin is None) == (file_format == "png")


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_every_form_of_a_code_with_another_link_is_wrong(tmp_path: Path, file_format: str) -> None:
    campaign, assets = load_tiny(tmp_path)
    asset = assets[f"acme/qr/{file_format}"]
    made = Renderer(campaign)(asset)
    assert made.content is not None
    other = replace(asset.spec, link=f"{asset.spec.link}x")

    assert codes_of(prove(made.content, None, other, {})) == ["qr-wrong"]


def test_another_link_is_wrong() -> None:
    assert codes_of(proof_of(svg_of(OTHER))) == ["qr-wrong"]


def test_a_pale_code_and_one_light_on_dark_are_unreadable() -> None:
    assert set(codes_of(proof_of(svg_of(ink="#C8C8C8")))) == {"qr-unreadable"}
    assert codes_of(proof_of(svg_of(ink="#FFFFFF", paper="#10262C"))) == ["qr-unreadable"]


def test_a_code_too_small_for_where_people_stand_is_unreadable(wording: Wording) -> None:
    (finding,) = proof_of(SOUND, scan_m=2.0).findings

    assert (finding.code, finding.is_error) == ("qr-unreadable", True)
    assert "2 m" in finding.text
    assert wording == finding.text


def test_modules_under_half_a_millimetre_are_too_small() -> None:
    small = edited('width="37mm" height="37mm"', 'width="14.8mm" height="14.8mm"')

    assert "qr-too-small" in codes_of(proof_of(small, width=14.8, height=14.8, scan_m=0.1))


def test_a_margin_that_was_cut_off_is_found() -> None:
    cut = edited(
        'viewBox="0 0 37 37" width="37mm" height="37mm"', 'viewBox="2 2 33 33" width="33mm" height="33mm"'
    )

    proof = proof_of(cut, width=33.0, height=33.0)

    assert codes_of(proof) == ["qr-quiet-zone"]
    assert reading_of(proof).quiet_modules == pytest.approx(2, abs=0.2)


def test_a_bar_over_the_code_is_found() -> None:
    barred = edited("</svg>", '<rect fill="#808080" x="13" y="13" width="11" height="11"/></svg>')

    assert "qr-unreadable" in codes_of(proof_of(barred))


def test_a_file_without_a_code_says_that_one_is_due() -> None:
    start = SOUND.decode().partition('<path fill="#10262C"')[0]

    assert codes_of(proof_of((start + "</svg>").encode())) == ["qr-unreadable"]


def test_another_size_and_another_title_are_told_and_the_code_is_judged_all_the_same() -> None:
    proof = proof_of(SOUND, width=50.0, height=50.0, alt="A door.")

    assert codes_of(proof) == ["size", "alt-missing"]
    assert len(proof.regions) == 1


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
)  # fmt: skip
def test_what_a_code_never_needs_is_refused(old: str, new: str, code: str) -> None:
    proof = proof_of(edited(old, new))

    assert codes_of(proof) == [code]
    assert proof.findings[0].hint
    assert proof.regions == ()


# What would keep a reader busy for minutes: each of these is done with in the blink of an eye, or the suite hangs.


def test_a_file_that_paints_over_itself_is_refused_before_it_is_drawn(wording: Wording) -> None:
    proof = proof_of(edited("M0 0H37V37H0Z", "M0 0H37V37H0Z" * 10_000))

    assert codes_of(proof) == ["qr-unreadable"]
    assert wording == proof.findings[0].text


@pytest.mark.parametrize("old", ['37mm"', '37 37"'])
def test_a_number_without_end_is_refused(old: str) -> None:
    assert codes_of(proof_of(edited(old, f'{"7" * 150_000}"'))) == ["size"]


def test_a_file_out_of_all_measure_is_not_parsed(wording: Wording) -> None:
    proof = proof_of(b"<svg>" + b" " * 300_000)

    assert codes_of(proof) == ["size"]
    assert "300,005" in proof.findings[0].text
    assert wording == proof.findings[0].text


# Whatever the bytes are, there is an answer.


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_have_a_finding(content: bytes) -> None:
    assert codes_of(proof_of(content))


@settings(max_examples=60)
@given(st.integers(0, len(SOUND.rstrip()) - 1))
def test_a_file_cut_short_anywhere_has_a_finding(length: int) -> None:
    assert codes_of(proof_of(SOUND[:length]))


@settings(max_examples=150)
@given(at=st.integers(0, len(SOUND) - 1), gone=st.integers(0, 30), new=st.binary(max_size=12))
def test_a_file_changed_anywhere_is_judged_and_a_right_mark_is_the_right_link(
    at: int, gone: int, new: bytes
) -> None:
    proof = proof_of(SOUND[:at] + new + SOUND[at + gone :])

    assert proof.findings or reading_of(proof).text == LINK
