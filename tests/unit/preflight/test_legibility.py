"""Type sizes: the minimum and preferred sizes for a viewing distance, and in print."""

from __future__ import annotations

import pytest

from assetgen.findings import Finding, Severity
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.finished_page import Letter
from assetgen.preflight.text.found_words import Roles
from assetgen.preflight.text.legibility import check_type_size
from assetgen.units import MM_PER_PT, PX_PER_MM
from tests.support.factories import make_spec
from tests.support.page_letters import letters_of_line
from tests.support.wording import Wording

# The tests pass no fonts, so capitals have the default height.
CAP_EM = 0.7


def screen(**changes: object) -> Spec:
    """Return the spec of a screen that is read from 1 m."""
    return make_spec(**{"view_m": 1.0, "read_m": 1.0, "px_mm": 0.5, **changes})


def paper(**changes: object) -> Spec:
    """Return the spec of an A4 page, read from so near that only the minimum sizes in pt count."""
    return make_spec(
        **{
            "unit": "mm",
            "width": 210.0,
            "height": 297.0,
            "view_m": 0.1,
            "read_m": 0.1,
            "px_mm": None,
            **changes,
        }
    )


def findings_of(role: str, size_px: float, spec: Spec, *, is_reversed: bool = False) -> list[Finding]:
    """Return the findings for text of a role and a size."""
    letters = letters_of_line("Words", size=size_px)
    roles = Roles(dict.fromkeys(letters, role) if role else {}, {}, ())
    objects = {letter.object_index for letter in letters} if is_reversed else set()
    return check_type_size(letters, roles, {}, objects, spec)


def severity_of(findings: list[Finding]) -> Severity | None:
    return findings[0].severity if findings else None


def px_for(ratio: float, spec: Spec) -> float:
    """Return the size in px whose capitals, 1 m away, have a height to distance of 1:``ratio``."""
    return 1000 / ratio / CAP_EM / (spec.px_mm or 0.26)


@pytest.mark.parametrize("role", ["headline", "number"])
@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(110, None), (130, Severity.WARNING), (240, Severity.WARNING), (260, Severity.ERROR)],
)
def test_headline_and_number_need_cap_heights_of_1_to_250_and_prefer_1_to_120(
    role: str, ratio: float, expected: Severity | None
) -> None:
    assert severity_of(findings_of(role, px_for(ratio, screen()), screen())) == expected


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(240, None), (260, Severity.WARNING), (390, Severity.WARNING), (410, Severity.ERROR)],
)
def test_other_text_needs_cap_heights_of_1_to_400_and_prefers_1_to_250(
    ratio: float, expected: Severity | None
) -> None:
    assert severity_of(findings_of("body", px_for(ratio, screen()), screen())) == expected


def test_text_without_a_role_has_a_minimum_size_but_no_preferred_size() -> None:
    assert findings_of("", px_for(390, screen()), screen()) == []
    assert severity_of(findings_of("", px_for(410, screen()), screen())) is Severity.ERROR


@pytest.mark.parametrize(
    ("size_pt", "expected"),
    [(7.9, Severity.ERROR), (8.0, Severity.WARNING), (11.9, Severity.WARNING), (12.0, None)],
)
def test_print_needs_8_pt_and_prefers_12_pt(size_pt: float, expected: Severity | None) -> None:
    size_px = size_pt * MM_PER_PT * PX_PER_MM

    assert severity_of(findings_of("body", size_px, paper())) == expected


def test_8_pt_is_enough_on_a_card() -> None:
    assert findings_of("body", 8 * MM_PER_PT * PX_PER_MM, paper(width=85.0, height=55.0)) == []


@pytest.mark.parametrize(
    ("size_pt", "is_reversed", "is_accepted"),
    [(6.0, False, True), (5.9, False, False), (7.9, True, False), (8.0, True, True)],
)
def test_an_imprint_needs_6_pt_or_8_pt_if_reversed(
    size_pt: float, is_reversed: bool, is_accepted: bool
) -> None:
    findings = findings_of("imprint", size_pt * MM_PER_PT * PX_PER_MM, paper(), is_reversed=is_reversed)

    assert (findings == []) is is_accepted


def test_the_smallest_letters_of_a_role_are_reported_with_their_place(wording: Wording) -> None:
    large, small = letters_of_line("Large", size=200), letters_of_line("small", y=900, size=20)
    letters: list[Letter] = [*large, *small]
    spec = screen(view_m=10.0)

    (finding,) = check_type_size(letters, Roles(dict.fromkeys(letters, "headline"), {}, ()), {}, (), spec)

    assert "headline" in finding.text and "1:1429" in finding.text and "small" in finding.text
    assert wording == finding.text
    assert finding.box == (100.0, 886.0, 58.0, 14.0)
