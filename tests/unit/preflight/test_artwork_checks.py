"""Placement: lines and codes must be inside the safe area, and off covered areas and panel joins."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box
from assetgen.planning.asset import LogoRule, Spec
from assetgen.preflight.artwork_checks import check_safe_area, safe_box
from assetgen.preflight.pdf.finished_page import Figure, FinishedPage, Letter, is_inside
from assetgen.preflight.text.found_words import Roles
from assetgen.preflight.text.text_lines import join_lines
from tests.support.factories import make_spec
from tests.support.page_letters import letters_of_line
from tests.support.wording import Wording


def spec_of(**changes: Any) -> Spec:
    return make_spec(**{"width": 1000.0, "height": 1000.0, "safe": (50.0, 50.0, 50.0, 50.0), **changes})


def findings_of(
    letters: list[Letter], role: str = "headline", *figures: Figure, **changes: Any
) -> list[Finding]:
    """Return the findings for letters of one role on a page of 1000 × 1000 px."""
    page = cast("FinishedPage", SimpleNamespace(figures=figures))
    return check_safe_area(
        page, join_lines(letters), Roles(dict.fromkeys(letters, role), {}, ()), spec_of(**changes)
    )


def test_a_line_inside_the_safe_area_is_accepted() -> None:
    assert findings_of(letters_of_line("Talk", x=100, y=500)) == []


@pytest.mark.parametrize(
    ("x", "y"), [(30, 500), (960, 500), (100, 50), (100, 970)], ids=["left", "right", "top", "bottom"]
)
def test_a_line_across_an_edge_of_the_safe_area_is_reported(x: float, y: float, wording: Wording) -> None:
    (finding,) = findings_of(letters_of_line("Talk", x=x, y=y))

    assert (finding.code, finding.role) == ("unsafe-area", "headline")
    assert wording == finding.text
    assert finding.box is not None


def test_letters_may_cross_the_safe_edge_by_5_percent_of_their_size() -> None:
    assert findings_of(letters_of_line("Talk", x=49.0, y=500, size=20)) == []
    assert len(findings_of(letters_of_line("Talk", x=47.0, y=500, size=20))) == 1


def test_a_line_outside_the_safe_circle_is_reported(wording: Wording) -> None:
    changes: dict[str, Any] = {"safe": (0.0, 0.0, 0.0, 0.0), "safe_circle": 900.0}

    assert findings_of(letters_of_line("Talk", x=460, y=500), **changes) == []
    (finding,) = findings_of(letters_of_line("Talk", x=60, y=150), **changes)
    assert finding.code == "unsafe-area"
    assert wording == finding.text


def test_a_line_in_an_area_that_the_channel_covers_is_reported(wording: Wording) -> None:
    (finding,) = findings_of(letters_of_line("Talk", x=100, y=500), keep_clear=((0.0, 480.0, 1000.0, 100.0),))

    assert finding.code == "unsafe-area"
    assert wording == finding.text


@pytest.mark.parametrize(
    ("words", "panel_joins", "severity"),
    [
        ("Talk to us", {"panel_joins_x": (106.0,)}, Severity.WARNING),
        ("0808", {"panel_joins_x": (106.0,)}, Severity.ERROR),
        ("Talk to us", {"panel_joins_y": (495.0,)}, Severity.ERROR),
    ],
    ids=["words across a vertical join", "digits across a vertical join", "words along a horizontal join"],
)
def test_a_line_on_a_panel_join_is_reported_with_its_severity(
    words: str, panel_joins: dict[str, Any], severity: Severity, wording: Wording
) -> None:
    (finding,) = findings_of(letters_of_line(words, x=100, y=500), **panel_joins)

    assert finding.severity == severity
    assert words in finding.text
    assert wording == finding.text


def test_a_panel_join_between_two_letters_is_accepted() -> None:
    assert findings_of(letters_of_line("Talk", x=100, y=500, size=20), panel_joins_x=(111.0,)) == []


def test_a_code_outside_the_safe_area_is_found_by_its_alt_text(wording: Wording) -> None:
    code = Figure("Scan", Box(10, 10, 100, 100))
    ornament = Figure("", Box(0, 0, 1000, 1000))

    (finding,) = findings_of(
        letters_of_line("Talk", x=500, y=500), "headline", code, ornament, code_alt="Scan"
    )

    assert (finding.code, finding.role) == ("unsafe-area", "code")
    assert wording == finding.text


def test_a_logo_outside_the_safe_area_is_found_by_its_alt_text(wording: Wording) -> None:
    logo = Figure("Harbour Trust", Box(10, 10, 100, 100))
    picture = Figure("A harbour", Box(0, 0, 1000, 1000))
    rule = LogoRule(partner="harbour", alt="Harbour Trust", ratio=1.0, least_width=0.0, clear=0.0)

    (finding,) = findings_of(letters_of_line("Talk", x=500, y=500), "headline", logo, picture, logos=(rule,))

    assert (finding.code, finding.role, finding.box) == ("unsafe-area", "logo", (10, 10, 100, 100))
    assert wording == finding.text


def test_the_safe_area_of_print_is_in_css_px_at_artwork_scale() -> None:
    spec = make_spec(unit="mm", width=100.0, height=50.0, safe=(5.0, 5.0, 5.0, 10.0), scale=0.1)
    box = safe_box(spec)

    px = 96 / 25.4 * 0.1  # one mm of the artwork
    assert (box.x, box.y, box.width, box.height) == pytest.approx((10 * px, 5 * px, 85 * px, 40 * px))


def test_a_box_may_extend_beyond_another_by_the_tolerance() -> None:
    assert is_inside(Box(-0.5, 0, 10, 10), Box(0, 0, 10, 10), 0.5)
    assert not is_inside(Box(-0.6, 0, 10, 10), Box(0, 0, 10, 10), 0.5)
