"""Lines stand in the safe area, off what the channel covers, off the joins of sheets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.preflight.artwork_checks import prove_safe, safe_box
from assetgen.preflight.pdf.finished_page import Figure, FinishedPage, Letter, is_inside
from assetgen.preflight.text.found_words import Roles
from assetgen.preflight.text.text_lines import eye_lines
from tests.support.factories import make_spec
from tests.support.page_letters import typed
from tests.support.wording import Wording


def spec_of(**changes: Any) -> Spec:
    return make_spec(**{"width": 1000.0, "height": 1000.0, "safe": (50.0, 50.0, 50.0, 50.0), **changes})


def found(letters: list[Letter], role: str = "headline", *figures: Figure, **changes: Any) -> list[Finding]:
    page = cast("FinishedPage", SimpleNamespace(figures=figures))
    return prove_safe(
        page, eye_lines(letters), Roles(dict.fromkeys(letters, role), {}, ()), spec_of(**changes)
    )


def test_a_line_inside_the_safe_area_is_well() -> None:
    assert found(typed("Talk", x=100, y=500)) == []


@pytest.mark.parametrize(("x", "y"), [(30, 500), (960, 500), (100, 50), (100, 970)])
def test_a_line_over_any_edge_of_the_safe_area_is_told(x: float, y: float, wording: Wording) -> None:
    (finding,) = found(typed("Talk", x=x, y=y))

    assert (finding.code, finding.role) == ("unsafe-area", "headline")
    assert wording == finding.text
    assert finding.box is not None


def test_ink_may_hang_over_the_edge_by_a_twentieth_of_its_size() -> None:
    assert found(typed("Talk", x=49.0, y=500, size=20)) == []
    assert len(found(typed("Talk", x=47.0, y=500, size=20))) == 1


def test_a_corner_outside_the_safe_circle_is_told_though_it_is_in_the_square(wording: Wording) -> None:
    changes: dict[str, Any] = {"safe": (0.0, 0.0, 0.0, 0.0), "safe_circle": 900.0}

    assert found(typed("Talk", x=460, y=500), **changes) == []
    (finding,) = found(typed("Talk", x=60, y=150), **changes)
    assert finding.code == "unsafe-area"
    assert wording == finding.text


def test_what_the_channel_covers_is_no_place_for_words(wording: Wording) -> None:
    (finding,) = found(typed("Talk", x=100, y=500), keep_clear=((0.0, 480.0, 1000.0, 100.0),))

    assert finding.code == "unsafe-area"
    assert wording == finding.text


@pytest.mark.parametrize(
    ("words", "joins", "severity"),
    [
        ("Talk to us", {"panel_joins_x": (106.0,)}, Severity.WARNING),
        ("0808", {"panel_joins_x": (106.0,)}, Severity.ERROR),
        ("Talk to us", {"panel_joins_y": (495.0,)}, Severity.ERROR),
    ],
    ids=["words on an upright join", "figures on an upright join", "words along a join"],
)
def test_a_line_on_a_join_is_told_and_figures_and_lines_along_it_are_errors(
    words: str, joins: dict[str, Any], severity: Severity, wording: Wording
) -> None:
    (finding,) = found(typed(words, x=100, y=500), **joins)

    assert finding.severity == severity
    assert words in finding.text
    assert wording == finding.text


def test_a_join_between_two_letters_is_well() -> None:
    assert found(typed("Talk", x=100, y=500, size=20), panel_joins_x=(111.0,)) == []


def test_a_code_and_a_logo_are_found_by_their_alt_texts(wording: Wording) -> None:
    code = Figure("Scan", Box(10, 10, 100, 100))
    ornament = Figure("", Box(0, 0, 1000, 1000))

    (finding,) = found(typed("Talk", x=500, y=500), "headline", code, ornament, code_alt="Scan")

    assert (finding.code, finding.role) == ("unsafe-area", "code")
    assert wording == finding.text


def test_the_safe_area_of_print_is_told_in_css_px_at_the_scale_of_its_page() -> None:
    spec = make_spec(unit="mm", width=100.0, height=50.0, safe=(5.0, 5.0, 5.0, 10.0), scale=0.1)
    box = safe_box(spec)

    per = 96 / 25.4 * 0.1
    assert (box.x, box.y, box.width, box.height) == pytest.approx((10 * per, 5 * per, 85 * per, 40 * per))


def test_a_box_is_inside_another_by_as_much_as_is_allowed() -> None:
    assert is_inside(Box(-0.5, 0, 10, 10), Box(0, 0, 10, 10), 0.5)
    assert not is_inside(Box(-0.6, 0, 10, 10), Box(0, 0, 10, 10), 0.5)
