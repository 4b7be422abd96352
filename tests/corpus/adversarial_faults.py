"""Faults written as an attack on the finished preflight checks, from the requirements alone.

This module has faults of the number and added contacts. ``ADVERSARIAL_FAULTS`` also holds those of copy, code and
file.
"""

from __future__ import annotations

from tests.corpus.adversarial_copy_faults import ADVERSARIAL_COPY_FAULTS
from tests.corpus.adversarial_file_faults import ADVERSARIAL_FILE_FAULTS
from tests.corpus.case_constants import (
    A2,
    A4,
    A5,
    A6,
    ALTERED,
    BROKEN,
    CARD,
    CLIPPED,
    CONTRAST,
    EMAIL,
    FEED,
    GLYPH,
    HIDDEN,
    IG_SQUARE,
    INK,
    LINK_SHARE,
    MISSING,
    MPU,
    OVERLAP,
    PAPER,
    SMALL,
    STORY,
    TIKTOK,
    UNSAFE,
)
from tests.corpus.common_edits import (
    NBSP,
    NUMBER,
    SHOWN_NUMBER,
    add_style,
    add_text,
    block_markup,
    combine,
    enlarged,
    html_append,
    html_insert_behind_text,
    html_replace,
    html_style,
    replace_text,
)
from tests.corpus.edited_assets import Case, Edit, UneditedAsset

# A look-alike letter in place of a digit: the number is missing, or the brand's font has no glyph for the letter.
LOOK_ALIKE = (MISSING, GLYPH)


def _replace_number(text: str) -> Edit:
    return replace_text((SHOWN_NUMBER, text.replace(" ", NBSP)))


def _print_number_shifted(html: str, original: UneditedAsset) -> str:
    """Print the number a second time, a few pixels off, as a plate out of register does."""
    part = html[html.index('<p class="part number') :]
    return html_append(
        html, html_style(part[: part.index("</p>") + 4], "number", "transform:translate(5px,4px)")
    )


def _draw_number_as_outlines(html: str, original: UneditedAsset) -> str:
    """Draw bars in place of the number, as text that was converted to outlines."""
    x, y, width, height = original.text_box(NUMBER)
    bars = "".join(f'<rect x="{at * 10}" width="6" height="20"/>' for at in range(11))
    place = f'style="position:absolute;left:{x}px;top:{y}px" width="{width}" height="{height}"'
    drawn = f'<svg {place} viewBox="0 0 106 20">{bars}</svg>'
    return html_append(html_replace(html, SHOWN_NUMBER, ""), drawn)


def _add_patch_behind_number(colour: str, first: int, end: int | None) -> Edit:
    return Edit(
        html=lambda html, original: html_insert_behind_text(
            html,
            block_markup(
                enlarged(original.text_box(NUMBER, first, end), 5), f"background:{colour};border-radius:9px"
            ),
        )
    )


def _tint_number(html: str, original: UneditedAsset) -> str:
    return html_append(
        html, block_markup(enlarged(original.text_box(NUMBER), 8), "background:#0F262C;opacity:.93")
    )


NUMBER_FAULTS = (
    Case(
        "Cyrillic o for zero in the number", IG_SQUARE, _replace_number("0808 1\u043e00 900"), LOOK_ALIKE,
        "a page that was read by a scanner",
    ),
    Case(
        "Greek omicron for zero in the number", A4, _replace_number("0808 1\u03bf00 900"), LOOK_ALIKE,
        "typed on a foreign keyboard",
    ),
    Case(
        "B for eight in the number", STORY, _replace_number("0B08 1000 900"), MISSING,
        "a page that was read by a scanner",
    ),
    Case(
        "g for nine in the number", A5, _replace_number("0808 1000 g00"), MISSING,
        "a page that was read by a scanner",
    ),
    Case(
        "full-width digits", FEED,
        combine(_replace_number("\uff10808 1000 900"), add_style("number", "font-size:60px")), LOOK_ALIKE,
        "typed with an Asian input method",
    ),
    Case("hyphens in the number", A6, _replace_number("0808-1000-900"), MISSING, "a different way to write numbers"),
    Case(
        "plus before the number", CARD,
        combine(_replace_number("+0808 1000 900"), add_style("number", "font-size:32px")), (MISSING, BROKEN),
        "one plus too many",
    ),
    Case(
        "number printed twice, slightly shifted", IG_SQUARE, Edit(html=_print_number_shifted),
        (OVERLAP, HIDDEN, BROKEN, MISSING), "looks like a misprint",
    ),
    Case("number as outlines", A4, Edit(html=_draw_number_as_outlines), MISSING, "outlines are not letters"),
    Case(
        "number upside down", A5, add_style("number", "transform:rotate(180deg)"), (BROKEN, HIDDEN, MISSING),
        "turned in the editor",
    ),
    Case(
        "number cut by a clip", STORY, add_style("number", "clip:rect(0,320px,400px,0)"), HIDDEN,
        "its last group is outside the clip",
    ),
    Case("number at 40 % opacity", MPU, add_style("number", "opacity:.4"), CONTRAST, "left over from an animation"),
    Case(
        "number in a transparent colour", A4, add_style("number", "color:rgba(16,38,44,.4)"), CONTRAST,
        "set as a tint",
    ),
    Case(
        "light patch behind two digits", IG_SQUARE, _add_patch_behind_number("#8A7F70", 6, 8), CONTRAST,
        "a lamp in a photograph",
    ),
    Case(
        "number squashed", TIKTOK, add_style("number", "transform:scaleY(.12)"), (SMALL, HIDDEN),
        "dragged by a handle in an editor",
    ),
    Case(
        "number skewed flat", A2,
        add_style("number", "transform:skewX(78deg)"), (BROKEN, HIDDEN, MISSING, UNSAFE, CLIPPED, OVERLAP),
        "dragged by a handle in an editor",
    ),
    Case("number over the headline", FEED, add_style("number", "top:200px"), OVERLAP, "on the headline"),
    Case("number under a nearly opaque block", EMAIL, Edit(html=_tint_number), (HIDDEN, CONTRAST), "nearly opaque"),
)  # fmt: skip

ADDED_CONTACTS = (
    Case(
        "a number with a slash", A4, add_text("Oder 01785/257717", 48, 820, 20, INK), ALTERED,
        "written as in Germany",
    ),
    Case(
        "a number with a trunk zero in brackets", A5, add_text("+44 (0)1785 257717", 34, 260, 16, INK), ALTERED,
        "as offices write it",
    ),
    Case(
        "a number with thin spaces", LINK_SHARE, add_text("01785\u2009257\u2009717", 60, 470, 24, PAPER), ALTERED,
        "typographers' spaces",
    ),
    Case(
        "a number with en dashes", IG_SQUARE, add_text("0800\u2013555\u2013111", 135, 560, 28, PAPER), ALTERED,
        "dashes",
    ),
    Case(
        "a foreign number", A4, add_text("Call +1 212 555 0147", 48, 820, 20, INK), ALTERED,
        "a number in the United States",
    ),
    Case(
        "a service number in a sentence", A4, add_text("Call us free on 111", 48, 820, 20, INK), ALTERED,
        "not one of the brand's",
    ),
    Case("a service number to dial", A5, add_text("or dial 111", 34, 260, 16, INK), ALTERED, "not one of the brand's"),
    Case(
        "a pale number", A4, add_text("01785 257717", 48, 820, 20, "#FBF6EE"), ALTERED,
        "in the colour of the paper: it can still be copied",
    ),
    Case("a tiny number", LINK_SHARE, add_text("01785 257717", 60, 470, 9, PAPER), ALTERED, "as in a credit line"),
    Case(
        "a tilted number", A4, add_text("01785 257717", 500, 820, 20, INK, "transform:rotate(-12deg)"), ALTERED,
        "as a rubber stamp",
    ),
    Case(
        "an address with wide letter-spacing", A4,
        add_text("www.example.org", 48, 820, 20, INK, "letter-spacing:.35em"), ALTERED,
        "spaced by style, without spaces",
    ),
    Case(
        "an address of a look-alike host", A5, add_text("stopitnow.org.uk.example.com", 34, 260, 14, INK), ALTERED,
        "begins like the brand's address",
    ),
    Case("an IP address", A4, add_text("http://192.0.2.7/help", 48, 820, 20, INK), ALTERED, "a test server"),
    Case(
        "an address hyphenated over two lines", A4, add_text("www.example-<br>help.org.uk", 48, 800, 20, INK), ALTERED,
        "hyphenated by the layout engine",
    ),
    Case(
        "a police force's own address", A4, add_text("staffordshire.police.uk", 48, 820, 20, INK), ALTERED,
        "the partner's own, not the helpline's",
    ),
    Case("a chat address", FEED, add_text("wa.me/447700900123", 135, 560, 24, PAPER), ALTERED, "a chat service"),
)  # fmt: skip

ADVERSARIAL_FAULTS: tuple[Case, ...] = (
    *NUMBER_FAULTS,
    *ADDED_CONTACTS,
    *ADVERSARIAL_COPY_FAULTS,
    *ADVERSARIAL_FILE_FAULTS,
)
