"""The layout engine's log as findings: each message a code, words and a place in the design's sources."""

from __future__ import annotations

import pytest

from assetgen.findings import Place
from assetgen.planning.asset import WordSet
from assetgen.rendering.engine.html_to_pdf import Judge

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
WORDS = WordSet(
    "short/short",
    {"headline": "Talk \u0a97", "local": "Here \u0aac", "body": "Now"},
    {
        "headline": Place("brand/messages/hello.yaml", 3, 13),
        "local": Place("partners/acme/partner.yaml", 1, 7),
    },
)


def judged(message: str, sheet: str | None = None) -> str:
    """Return the one finding of a message as a person reads it, without its hint."""
    (finding,) = Judge(SOURCES, TEMPLATE, WORDS, sheet).judge([message])
    return finding.as_text().split("\n")[0]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "Ignored `hyphens: maybe` at 2:6, invalid value.",
            f"{STYLE}:2:6: error: the layout engine does not know hyphens: maybe (invalid value) [css-ignored]",
        ),
        (
            "Ignored `gap: ` at 9:9, no value.",
            f"{DESCRIPTION}: error: the layout engine does not know gap (no value) [css-ignored]",
        ),
        (
            "Failed to load image at 'http://campaign.invalid/brand/door.png': URLFetchingError: no such file",
            f"{PART}:2:13: error: picture not drawn: brand/door.png [picture-missing]",
        ),
        (
            "Failed to render SVG image http://campaign.invalid/brand/none.svg",
            f"{DESCRIPTION}: error: picture not drawn: brand/none.svg [picture-missing]",
        ),
        (
            'Image "http://campaign.invalid/brand/door.png" has no required alt description',
            f"{PART}:2:13: error: a picture without alt text: brand/door.png [alt-missing]",
        ),
        (
            '.notdef glyph rendered for Unicode string unsupported by fonts: "\u0a97" (U+0A97)',
            "brand/messages/hello.yaml:3:13: error: no glyph for \u0a97 (U+0A97) in the headline [glyph-missing]",
        ),
        (
            '.notdef glyph rendered for Unicode string unsupported by fonts: "\u0aac" (U+0AAC)',
            "partners/acme/partner.yaml:1:7: error: no glyph for \u0aac (U+0AAC) in the local [glyph-missing]",
        ),
        (
            '.notdef glyph rendered for Unicode string unsupported by fonts: "\u0ab8" (U+0AB8)',
            f"{DESCRIPTION}: error: no glyph for \u0ab8 (U+0AB8) [glyph-missing]",
        ),
        (
            "Something new that nobody has seen yet",
            f"{DESCRIPTION}: error: the layout engine says: Something new that nobody has seen yet [template]",
        ),
    ],
    ids=lambda value: value[:30],
)
def test_each_message_becomes_a_finding_with_a_place(message: str, words: str) -> None:
    assert judged(message) == words


def test_the_lines_of_a_sheet_s_own_log_are_that_sheet_s() -> None:
    assert judged("Parse error at 7:3: EOF reached", STYLE).startswith(f"{STYLE}:7:3: error: ")


def test_the_lines_of_a_page_s_log_belong_to_no_file_that_is_known() -> None:
    assert judged("Parse error at 7:3: EOF reached").startswith(f"{DESCRIPTION}: error: ")


def test_a_message_without_a_line_is_found_by_the_words_that_it_quotes() -> None:
    assert judged("Invalid or unsupported selector, '.b '", STYLE).startswith(f"{STYLE}:2:1: error: ")


def test_a_sheet_s_message_that_quotes_nothing_belongs_to_the_sheet() -> None:
    assert judged("Subgrids are unsupported", STYLE).startswith(f"{STYLE}: error: ")


def test_what_is_said_twice_is_one_finding() -> None:
    judge = Judge(SOURCES, TEMPLATE, WORDS)

    assert len(judge.judge(["Subgrids are unsupported"] * 3)) == 1


def test_a_read_that_was_refused_is_shown_short_and_found_by_its_end() -> None:
    finding = Judge(SOURCES, TEMPLATE, WORDS).refused("file:///elsewhere/door.png")

    assert finding.text == "not read: file:///elsewhere/door.png"
    assert finding.place == Place(PART, 2, 19)
    assert len(Judge(SOURCES, TEMPLATE, WORDS).refused("data:" + "A" * 5000).text) <= 210


def test_a_picture_named_without_its_folder_is_told_where_paths_start() -> None:
    finding = Judge(SOURCES, TEMPLATE, WORDS).refused("http://campaign.invalid/p.jpg")

    assert finding.hint == (
        "a path starts at the campaign's folder: templates/bare/p.jpg or brand/images/p.jpg"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("colour", "did you mean color?"),
        ("font-wieght", "did you mean font-weight?"),
        ("text-shadow", "leave it out, or write it in a way that the engine knows"),
    ],
)
def test_a_slip_in_a_property_is_told_from_one_that_the_engine_lacks(name: str, hint: str) -> None:
    (finding,) = Judge(SOURCES, TEMPLATE, WORDS).judge([f"Ignored `{name}: x` at 1:2, unknown property."])

    assert finding.hint == hint
