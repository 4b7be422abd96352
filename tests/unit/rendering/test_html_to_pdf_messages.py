"""Findings from the layout engine's log: each message gets a code, a text and a place in the template's sources."""

from __future__ import annotations

import pytest

from assetgen.findings import Finding, Place
from assetgen.planning.asset import CopySet
from assetgen.rendering.engine.html_to_pdf import EngineLogReader
from tests.support.wording import Wording

STYLE, PART, DESCRIPTION = (
    "templates/bare/style.css",
    "templates/bare/part.html",
    "templates/bare/template.yaml",
)
SOURCES = {
    DESCRIPTION: b"name: door.png\n",
    PART: b'<p>\n  <img src="brand/door.png">\n</p>\n',
    STYLE: b".a { color: red }\n.b { hyphens: maybe }\n",
}
TEMPLATE = Place(DESCRIPTION)
WORDS = CopySet(
    "short/short",
    {"headline": "Talk \u0a97", "local": "Here \u0aac", "body": "Now"},
    {
        "headline": Place("brand/messages/hello.yaml", 3, 13),
        "local": Place("partners/acme/partner.yaml", 1, 7),
    },
)


def finding_of(message: str, sheet: str | None = None) -> Finding:
    """Return the only finding of a log message."""
    (finding,) = EngineLogReader(SOURCES, TEMPLATE, WORDS, sheet).findings([message])
    return finding


@pytest.mark.parametrize(
    ("message", "place", "code"),
    [
        ("Ignored `hyphens: maybe` at 2:6, invalid value.", f"{STYLE}:2:6", "css-ignored"),
        ("Ignored `gap: ` at 9:9, no value.", DESCRIPTION, "css-ignored"),
        (
            "Failed to load image at 'http://campaign.invalid/brand/door.png': URLFetchingError: no such file",
            f"{PART}:2:13",
            "picture-missing",
        ),
        (
            "Failed to render SVG image http://campaign.invalid/brand/none.svg",
            DESCRIPTION,
            "picture-missing",
        ),
        (
            'Image "http://campaign.invalid/brand/door.png" has no required alt description',
            f"{PART}:2:13",
            "alt-missing",
        ),
        (
            '.notdef glyph rendered for Unicode string unsupported by fonts: "\u0a97" (U+0A97)',
            "brand/messages/hello.yaml:3:13",
            "glyph-missing",
        ),
        (
            '.notdef glyph rendered for Unicode string unsupported by fonts: "\u0aac" (U+0AAC)',
            "partners/acme/partner.yaml:1:7",
            "glyph-missing",
        ),
        (
            '.notdef glyph rendered for Unicode string unsupported by fonts: "\u0ab8" (U+0AB8)',
            DESCRIPTION,
            "glyph-missing",
        ),
        ("Something new that nobody has seen yet", DESCRIPTION, "template"),
    ],
    ids=[
        "an invalid value",
        "no value",
        "a picture that failed",
        "a drawing that failed",
        "no alt text",
        "no glyph for the headline",
        "no glyph for a partner's text",
        "no glyph",
        "an unknown message",
    ],
)
def test_each_log_message_becomes_a_finding_with_a_place(
    message: str, place: str, code: str, wording: Wording
) -> None:
    finding = finding_of(message)

    assert (str(finding.place), finding.code, finding.is_error) == (place, code, True)
    assert wording == finding.as_text()


def test_a_line_in_a_style_sheet_log_refers_to_that_sheet() -> None:
    assert finding_of("Parse error at 7:3: EOF reached", STYLE).place == Place(STYLE, 7, 3)


def test_a_line_in_a_page_log_refers_to_the_template() -> None:
    assert finding_of("Parse error at 7:3: EOF reached").place == Place(DESCRIPTION)


def test_a_message_without_a_line_is_located_by_its_quoted_text() -> None:
    assert finding_of("Invalid or unsupported selector, '.b '", STYLE).place == Place(STYLE, 2, 1)


def test_a_style_sheet_message_without_a_quote_refers_to_the_sheet() -> None:
    assert finding_of("Subgrids are unsupported", STYLE).place == Place(STYLE)


def test_a_repeated_message_becomes_one_finding() -> None:
    judge = EngineLogReader(SOURCES, TEMPLATE, WORDS)

    assert len(judge.findings(["Subgrids are unsupported"] * 3)) == 1


def test_a_blocked_read_is_reported_at_its_source_line_with_a_shortened_address(wording: Wording) -> None:
    finding = EngineLogReader(SOURCES, TEMPLATE, WORDS).blocked_read("file:///elsewhere/door.png")

    assert "file:///elsewhere/door.png" in finding.text
    assert wording == finding.text
    assert finding.place == Place(PART, 2, 19)
    assert len(EngineLogReader(SOURCES, TEMPLATE, WORDS).blocked_read("data:" + "A" * 5000).text) < 300


def test_a_picture_path_without_folder_gets_a_hint_where_paths_start(wording: Wording) -> None:
    finding = EngineLogReader(SOURCES, TEMPLATE, WORDS).blocked_read("http://campaign.invalid/p.jpg")

    assert finding.hint
    assert all(path in finding.hint for path in ("templates/bare/p.jpg", "brand/images/p.jpg"))
    assert wording == finding.hint


@pytest.mark.parametrize(
    ("name", "meant"), [("colour", "color"), ("font-wieght", "font-weight"), ("text-shadow", None)]
)
def test_a_misspelt_property_gets_a_suggestion_but_an_unsupported_one_does_not(
    name: str, meant: str | None, wording: Wording
) -> None:
    (finding,) = EngineLogReader(SOURCES, TEMPLATE, WORDS).findings(
        [f"Ignored `{name}: x` at 1:2, unknown property."]
    )

    assert finding.hint and (meant is None or meant in finding.hint)
    assert wording == finding.hint
