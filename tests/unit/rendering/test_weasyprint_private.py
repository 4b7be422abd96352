"""Each private part of WeasyPrint that assetgen uses, checked against WeasyPrint itself: an upgrade fails here.

``tests/unit/layout/test_engine_metrics.py`` checks how WeasyPrint rounds when it draws text.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
import weasyprint
from weasyprint import HTML

from assetgen.rendering.engine.weasyprint_private import (
    IGNORED,
    NO_ALT,
    NO_VALUE,
    NOTDEF,
    NOTES,
    PICTURE,
    QUOTED,
    capture_log,
    extend_bleed_box,
    known_properties,
    page_class,
    radial_gradients,
    requested_families,
    text_boxes,
    used_families,
)
from assetgen.rendering.renderer import Renderer
from tests.support.tiny_campaign import FILES, STYLE_CSS, load_tiny

GRADIENT = (
    '<svg width="100" height="100"><defs><{kind}Gradient id="a" gradientUnits="userSpaceOnUse" {where}>'
    '<stop offset="0" stop-color="#fff"/><stop offset="0.4" stop-color="#f00"/><stop offset="1" stop-color="#000"/>'
    '</{kind}Gradient></defs><path d="M0 0H100V100H0Z" fill="url(#a)"/></svg>'
)


def log_of(html: str) -> list[str]:
    """Return what WeasyPrint logs about a page."""
    with capture_log() as log:
        HTML(string=f'<html lang="en">{html}').render(pdf_tags=True).write_pdf(
            pdf_tags=True, pdf_variant="pdf/ua-1"
        )
    return log


def objects_of(html: str, finisher: Any = None) -> Any:
    """Return WeasyPrint's own PDF object of a page, before it is written."""
    found = []

    def keep(document: Any, pdf: Any) -> None:
        if finisher:
            finisher(document, pdf)
        found.append(pdf)

    HTML(string=html).write_pdf(finisher=keep)
    return found[0]


def test_the_reduced_style_sheet_produces_the_same_bytes_as_the_full_one(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path)
    reduced, full = Renderer(campaign), Renderer(campaign)
    full.engine._page_class = weasyprint.HTML

    assert reduced.engine._page_class is not weasyprint.HTML
    for asset in assets.values():
        rendered = reduced(asset)
        assert rendered.content is not None
        assert rendered.content == full(asset).content


def test_a_template_with_footnotes_keeps_the_full_style_sheet(tmp_path: Path) -> None:
    campaign, _ = load_tiny(
        tmp_path, {**FILES, "templates/bare/style.css": f"{STYLE_CSS}.body {{ float: footnote }}\n"}
    )

    assert Renderer(campaign).engine._page_class is weasyprint.HTML


def test_the_reduced_style_sheet_lacks_only_the_footnote_rules() -> None:
    full, reduced = HTML(string="<p>"), page_class(weasyprint, [])(string="<p>")

    (all_rules,), (kept_rules,) = (
        [sheet.matcher for sheet in page._ua_stylesheets()] for page in (full, reduced)
    )

    assert {entry[3] for entry in all_rules.other_selectors} >= NOTES
    assert not {entry[3] for entry in kept_rules.other_selectors} & NOTES
    without_notes = [entry for entry in all_rules.other_selectors if entry[3] not in NOTES]
    assert kept_rules.other_selectors == without_notes


@pytest.mark.parametrize(
    ("html", "pattern", "groups"),
    [
        ("<style>p {\n hyphens: maybe }</style><p>a", IGNORED, {"name": "hyphens", "value": "maybe ", "line": "2"}),
        ("<style>p { colour: red }</style><p>a", IGNORED, {"name": "colour", "why": "unknown property"}),
        ('<img src="file:///none/door.png" alt="a">', PICTURE, {"url": "file:///none/door.png"}),
        ('<img src="data:image/svg+xml,<svg/>">', NO_ALT, {"url": "data:image/svg+xml,<svg/>"}),
        ("<p>\U0010fff0", NOTDEF, {"code": "10FFF0"}),
    ],
    ids=["invalid value", "unknown property", "missing picture", "missing alt text", "missing glyph"],
)  # fmt: skip
def test_a_log_message_matches_its_pattern(
    html: str, pattern: re.Pattern[str], groups: dict[str, str]
) -> None:
    found = [match for message in log_of(html) if (match := pattern.search(message))]

    assert len(found) == 1
    assert groups.items() <= found[0].groupdict().items()


def test_the_log_message_for_an_undeclared_variable_ends_with_no_value() -> None:
    (message,) = log_of("<style>p { color: var(--none) }</style><p>a")

    assert message.endswith(NO_VALUE)


def test_an_unsupported_selector_is_quoted_in_the_log() -> None:
    (message,) = log_of("<style>p:nowhere { color: red }</style><p>a")

    quoted = QUOTED.search(message)
    assert quoted is not None
    assert quoted[1].strip() == "p:nowhere"


def test_the_log_is_collected_and_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("weasyprint")
    before = (list(logger.handlers), logger.propagate)

    with capture_log() as log:
        logger.warning("Ignored %s", "this")
        logger.debug("a detail")

    assert log == ["Ignored this"]
    assert capfd.readouterr() == ("", "")
    assert (list(logger.handlers), logger.propagate) == before


def test_known_properties_are_those_that_the_engine_supports() -> None:
    known = set(known_properties())

    assert {"color", "font-size", "letter-spacing"} <= known
    assert "text-shadow" not in known


def test_text_and_the_font_families_it_requests_are_found() -> None:
    document = HTML(
        string='<style>b { font-family: "Nowhere Sans", serif }</style><p>One <b>two</b> <i> </i></p>'
    ).render()

    assert [box.text.strip() for box in text_boxes(document)] == ["One", "two"]
    assert "Nowhere Sans" in requested_families(document)
    assert used_families(document) == frozenset()


def test_the_drawn_font_families_are_known_after_the_pdf_is_written() -> None:
    document = HTML(string='<p style="font-family: Nowhere Sans">One').render()
    document.write_pdf()

    assert used_families(document)
    assert "Nowhere Sans" not in used_families(document)


def test_the_bleed_box_contains_the_whole_bleed() -> None:
    html = "<style>@page { size: 100px; bleed: 40px }</style>"

    capped, whole = (
        [one for one in objects_of(html, finisher).objects if isinstance(one, dict) and "TrimBox" in one]
        for finisher in (None, extend_bleed_box)
    )

    assert [page["BleedBox"] == page["MediaBox"] for page in capped] == [False]
    assert [page["BleedBox"] == page["MediaBox"] for page in whole] == [True]


def test_a_radial_gradient_is_found_with_its_stops() -> None:
    pdf = objects_of(GRADIENT.format(kind="radial", where='cx="40" cy="50" r="60"'))

    ((number, thing, stops),) = radial_gradients(pdf)

    assert pdf.objects[number] is thing
    assert list(thing["Coords"]) == [40, 50, 0, 40, 50, 60]
    assert [offset for offset, _ in stops] == [0.0, 0.4, 1.0]
    assert [tuple(colour) for _, colour in stops] == [(1, 1, 1), (1, 0, 0), (0, 0, 0)]


def test_a_linear_gradient_is_not_taken_for_a_radial_one() -> None:
    assert not list(radial_gradients(objects_of(GRADIENT.format(kind="linear", where='x1="0" x2="100"'))))
