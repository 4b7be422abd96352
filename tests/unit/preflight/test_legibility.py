"""Type is large enough for the distance that it is read from, and in print for the hand."""

from __future__ import annotations

import pytest

from assetgen.findings import Finding, Severity
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.finished_page import Letter
from assetgen.preflight.text.found_words import Roles
from assetgen.preflight.text.legibility import prove_type_size
from assetgen.units import MM_PER_PT, PX_PER_MM
from tests.support.factories import make_spec
from tests.support.page_letters import typed
from tests.support.wording import Wording

# No face is told here: capitals have their usual height.
CAP_EM = 0.7


def screen(**changes: object) -> Spec:
    return make_spec(**{"view_m": 1.0, "read_m": 1.0, "px_mm": 0.5, **changes})


def paper(**changes: object) -> Spec:
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


def found(role: str, size_px: float, spec: Spec, *, reversed_: bool = False) -> list[Finding]:
    letters = typed("Words", size=size_px)
    roles = Roles(dict.fromkeys(letters, role) if role else {}, {}, ())
    objects = {letter.object for letter in letters} if reversed_ else set()
    return prove_type_size(letters, roles, {}, objects, spec)


def severity(findings: list[Finding]) -> Severity | None:
    return findings[0].severity if findings else None


def px_for(ratio: float, spec: Spec) -> float:
    """Return the size whose capitals are 1:``ratio`` of a metre high."""
    return 1000 / ratio / CAP_EM / (spec.px_mm or 0.26)


@pytest.mark.parametrize("role", ["headline", "number"])
@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(110, None), (130, Severity.WARNING), (240, Severity.WARNING), (260, Severity.ERROR)],
)
def test_what_is_read_from_afar_keeps_one_to_250_and_is_good_at_one_to_120(
    role: str, ratio: float, expected: Severity | None
) -> None:
    assert severity(found(role, px_for(ratio, screen()), screen())) == expected


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(240, None), (260, Severity.WARNING), (390, Severity.WARNING), (410, Severity.ERROR)],
)
def test_other_words_keep_one_to_400_and_are_good_at_one_to_250(
    ratio: float, expected: Severity | None
) -> None:
    assert severity(found("body", px_for(ratio, screen()), screen())) == expected


def test_words_of_no_role_are_judged_by_the_least_alone() -> None:
    assert found("", px_for(390, screen()), screen()) == []
    assert severity(found("", px_for(410, screen()), screen())) is Severity.ERROR


@pytest.mark.parametrize(
    ("size_pt", "expected"),
    [(7.9, Severity.ERROR), (8.0, Severity.WARNING), (11.9, Severity.WARNING), (12.0, None)],
)
def test_print_has_8_pt_at_least_and_12_pt_where_it_is_larger_than_a_card(
    size_pt: float, expected: Severity | None
) -> None:
    size_px = size_pt * MM_PER_PT * PX_PER_MM

    assert severity(found("body", size_px, paper())) == expected


def test_8_pt_are_good_on_a_card() -> None:
    assert found("body", 8 * MM_PER_PT * PX_PER_MM, paper(width=85.0, height=55.0)) == []


@pytest.mark.parametrize(
    ("size_pt", "is_reversed", "is_well"),
    [(6.0, False, True), (5.9, False, False), (7.9, True, False), (8.0, True, True)],
)
def test_an_imprint_has_6_pt_and_8_where_it_is_lighter_than_its_background(
    size_pt: float, is_reversed: bool, is_well: bool
) -> None:
    findings = found("imprint", size_pt * MM_PER_PT * PX_PER_MM, paper(), reversed_=is_reversed)

    assert (findings == []) is is_well


def test_the_smallest_letters_of_a_role_are_told_with_their_place(wording: Wording) -> None:
    large, small = typed("Large", size=200), typed("small", y=900, size=20)
    letters: list[Letter] = [*large, *small]
    spec = screen(view_m=10.0)

    (finding,) = prove_type_size(letters, Roles(dict.fromkeys(letters, "headline"), {}, ()), {}, (), spec)

    assert "headline" in finding.text and "1:1429" in finding.text and "small" in finding.text
    assert wording == finding.text
    assert finding.box == (100.0, 886.0, 58.0, 14.0)
