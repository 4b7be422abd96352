"""Faults of the number, written from the requirements alone: it is wrong, hidden, or does not read as one number."""

from __future__ import annotations

from tests.corpus.case_constants import (
    A4,
    A5,
    A6,
    ALTERED,
    BEERMAT,
    BROKEN,
    CARD,
    CLIPPED,
    CONTRAST,
    EMAIL,
    FEED,
    HALF_PAGE,
    HIDDEN,
    IG_SQUARE,
    LEAFLET,
    LINK_SHARE,
    MALL,
    MISSING,
    MPU,
    REPLACED,
    STICKER,
    STORY,
    WASHROOM,
    WRAP,
    X_SQUARE,
)
from tests.corpus.common_edits import (
    NUMBER,
    PROMISE,
    SHOWN_NUMBER,
    add_style,
    combine,
    cover_letters,
    html_append,
    html_replace,
    logo_markup,
    replace_text,
    text_markup,
)
from tests.corpus.edited_assets import Case, Edit, UneditedAsset

# Digits in a different order: a finished page does not tell whether the number is broken or a wrong one.
REORDERED = (BROKEN, REPLACED)


def replace_number(text: str) -> Edit:
    """Put a different text in place of the number."""
    return replace_text((SHOWN_NUMBER, text))


def _scatter_groups(html: str, original: UneditedAsset) -> str:
    """Put the three groups of the number in three places, the last one first."""
    for text, x, y in (("900", 140, 790), ("0808", 420, 640), ("1000", 720, 790)):
        html = html_append(html, text_markup(text, x, y, 90, "#10262C"))
    return html_replace(html, SHOWN_NUMBER, "")


def _lay_photo_over_two_digits(html: str, original: UneditedAsset) -> str:
    x, y, width, height = original.text_box(NUMBER, 4, 6)
    circle = '<circle cx="50" cy="50" r="50" fill="#25505B"/><circle cx="40" cy="36" r="16" fill="#C9D6D6"/>'
    return html_append(
        html,
        f'<svg viewBox="0 0 100 100" width="{width * 1.3}" height="{width * 1.3}" style="position:absolute;'
        f'left:{x - width * 0.15}px;top:{y + height / 2 - width * 0.65}px">{circle}</svg>',
    )


def _lay_logo_over_first_digits(html: str, original: UneditedAsset) -> str:
    x, y, width, height = original.text_box(NUMBER, 0, 2)
    return html_append(html, logo_markup((x - 4, y - 6, width + 8, height + 12), "Staffordshire Police"))


# The number is a wrong one.
WRONG_NUMBERS = (
    Case("digit changed", IG_SQUARE, replace_number("0808 1000 909"), REPLACED, "a slip of the finger"),
    Case("two digits swapped", A4, replace_number("0880 1000 900"), REPLACED, "read aloud in a hurry"),
    Case("digit dropped", MPU, replace_number("0808 1000 90"), REPLACED, "the box was too narrow"),
    Case(
        "digit doubled",
        LEAFLET,
        combine(replace_number("0808 1000 9000"), add_style("number", "font-size:68px")),
        REPLACED,
        "contains the right number",
    ),
    Case("zero in front", EMAIL, replace_number("00808 1000 900"), REPLACED, "ends in the right number"),
    Case(
        "capital O for zero",
        STORY,
        combine(replace_number("O8O8 1OOO 9OO"), add_style("number", "font-size:124px")),
        REPLACED,
        "retyped from a picture",
    ),
    Case("small l for one", BEERMAT, replace_number("0808 l000 900"), REPLACED, "an old typewriter's habit"),
    Case(
        "number in international form",
        CARD,
        combine(replace_number("+44 808 1000 900"), add_style("number", "font-size:32px")),
        MISSING,
        "a freephone number has no international form",
    ),
    Case(
        "number of another helpline",
        WASHROOM,
        replace_number("0808 157 0123"),
        REPLACED,
        "copied from a different campaign",
    ),
)

# The number is there, but cannot be seen, or only in part.
HIDDEN_NUMBERS = (
    Case(
        "last digit under a shape",
        MPU,
        cover_letters(NUMBER, 10, 11, "background:#FFA6AE"),
        HIDDEN,
        "in the colour of the background",
    ),
    Case(
        "two digits under a picture",
        LINK_SHARE,
        Edit(html=_lay_photo_over_two_digits),
        HIDDEN,
        "placed on top by mistake",
    ),
    Case("digits under a logo", A4, Edit(html=_lay_logo_over_first_digits), HIDDEN, "a logo that slid up"),
    Case(
        "number in its background's colour",
        WRAP,
        add_style("number", "background:#FFA6AE;color:#FFA6AE"),
        (HIDDEN, CONTRAST),
        "letters in the background's colour are invisible and have no contrast",
    ),
    Case(
        "white on white",
        A6,
        add_style("number", "background:#FFFFFF;color:#FFFFFF"),
        (HIDDEN, CONTRAST),
        "the same on paper",
    ),
    Case(
        "number with opacity 0",
        STORY,
        add_style("number", "opacity:0"),
        HIDDEN,
        "left over from an animation",
    ),
    Case(
        "number not displayed",
        IG_SQUARE,
        add_style("number", "display:none"),
        MISSING,
        "left over from a trial",
    ),
    Case(
        "number with visibility hidden",
        STICKER,
        add_style("number", "visibility:hidden"),
        MISSING,
        "the engine leaves it out",
    ),
    Case(
        "number of size 0",
        WRAP,
        add_style("number", "font-size:0"),
        MISSING,
        "a sum that came out as nothing",
    ),
    Case(
        "number under a tint of 90 %",
        WRAP,
        cover_letters(NUMBER, 0, None, "background:rgba(255,166,174,.9)", 6),
        (HIDDEN, CONTRAST),
        "a trace of it is left: both hidden and too pale are right",
    ),
    Case(
        "number cut at the right",
        A5,
        add_style("number", "overflow:hidden;width:400px"),
        HIDDEN,
        "its box is too narrow and clips",
    ),
    Case(
        "number cut at the bottom",
        FEED,
        add_style("number", "overflow:hidden;height:80px"),
        HIDDEN,
        "its box is too low: half of each digit is left",
    ),
    Case(
        "number half off the page",
        MPU,
        add_style("number", "top:222px"),
        CLIPPED,
        "its lower half is below the edge",
    ),
    Case(
        "number runs off to the right",
        LINK_SHARE,
        add_style("number", "left:800px"),
        CLIPPED,
        "900 is off the page",
    ),
    Case(
        "number outside the page",
        IG_SQUARE,
        add_style("number", "left:-2000px"),
        (MISSING, CLIPPED, HIDDEN),
        "wholly off the page: missing, or off it",
    ),
    Case(
        "number behind the background",
        MALL,
        add_style("number", "z-index:-1"),
        HIDDEN,
        "a layer in the wrong order",
    ),
    Case(
        "middle group transparent",
        CARD,
        replace_text(("1000", '<span style="opacity:0">1000</span>')),
        HIDDEN,
        "left over from an animation",
    ),
    Case(
        "promise under a shape",
        A4,
        cover_letters(PROMISE, 12, None, "background:#FFB570", 2),
        HIDDEN,
        "a block laid over it",
    ),
    Case(
        "address with opacity 0",
        HALF_PAGE,
        add_style("address", "opacity:0"),
        HIDDEN,
        "left over from an animation",
    ),
    Case(
        "address cut short by its box",
        X_SQUARE,
        add_style("address", "overflow:hidden;width:250px"),
        HIDDEN,
        "clips",
    ),
)

# The digits are all there, but do not read as the number.
BROKEN_NUMBERS = (
    Case(
        "number over two lines",
        STORY,
        combine(replace_text((SHOWN_NUMBER, "0808 1000<br>900")), add_style("number", "top:1020px")),
        BROKEN,
        "a line that broke by itself",
    ),
    Case(
        "line break inside a group",
        A6,
        combine(replace_text((SHOWN_NUMBER, "0808 10<br>00 900")), add_style("number", "top:150px")),
        BROKEN,
        "a narrow column breaks anywhere",
    ),
    Case(
        "last group on a lower line",
        EMAIL,
        replace_text((SHOWN_NUMBER, '0808 1000 <span style="position:relative;top:66px">900</span>')),
        (BROKEN, MISSING),
        "the last group slid onto a different line: split, or missing in one piece",
    ),
    Case(
        "digits reversed by a direction override",
        LINK_SHARE,
        replace_number(f"\u202e{SHOWN_NUMBER}\u202c"),
        REORDERED,
        "a control character that came along with pasted text",
    ),
    Case(
        "groups reordered from right to left",
        A5,
        combine(replace_text((SHOWN_NUMBER, NUMBER)), add_style("number", "direction:rtl;text-align:left")),
        REORDERED,
        "a right-to-left paragraph, and the number not kept apart from it",
    ),
    Case(
        "number mirrored",
        FEED,
        add_style("number", "transform:scaleX(-1);width:950px"),
        (BROKEN, HIDDEN, MISSING, ALTERED),
        "a picture frame that was flipped: no letter reads as itself",
    ),
    Case(
        "groups scattered over the page",
        IG_SQUARE,
        Edit(html=_scatter_groups),
        (BROKEN, MISSING),
        "in three places: in pieces, or nowhere in one piece",
    ),
)

REQUIREMENT_NUMBER_FAULTS: tuple[Case, ...] = (*WRONG_NUMBERS, *HIDDEN_NUMBERS, *BROKEN_NUMBERS)
