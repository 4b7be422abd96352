"""The blind half, first part: the number is another one, is not to be seen, does not read as the number."""

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
    OTHER,
    STICKER,
    STORY,
    WASHROOM,
    WRAP,
    X_SQUARE,
)
from tests.corpus.common_edits import (
    NUMBER,
    PROMISE,
    SHOWN,
    append,
    both,
    covered,
    logo,
    reword,
    styled,
    swap,
    words_at,
)
from tests.corpus.edited_assets import Base, Case, Edit

# Digits that stand in another order are a broken number, or another number in place of the right one: a
# finished page does not say which of the two its maker meant.
REORDERED = (BROKEN, OTHER)


def instead_of_number(said: str) -> Edit:
    """Set something else where the number stands."""
    return reword((SHOWN, said))


def _scattered(html: str, own: Base) -> str:
    """Set the number's three groups in three places, the last one first."""
    for text, x, y in (("900", 140, 790), ("0808", 420, 640), ("1000", 720, 790)):
        html = append(html, words_at(text, x, y, 90, "#10262C"))
    return swap(html, SHOWN, "")


def _photo_over_two_digits(html: str, own: Base) -> str:
    x, y, width, height = own.box(NUMBER, 4, 6)
    circle = '<circle cx="50" cy="50" r="50" fill="#25505B"/><circle cx="40" cy="36" r="16" fill="#C9D6D6"/>'
    return append(
        html,
        f'<svg viewBox="0 0 100 100" width="{width * 1.3}" height="{width * 1.3}" style="position:absolute;'
        f'left:{x - width * 0.15}px;top:{y + height / 2 - width * 0.65}px">{circle}</svg>',
    )


def _logo_over_first_digits(html: str, own: Base) -> str:
    x, y, width, height = own.box(NUMBER, 0, 2)
    return append(html, logo((x - 4, y - 6, width + 8, height + 12), "Staffordshire Police"))


# The number is another one.
ALTERED_NUMBER = (
    Case("digit changed", IG_SQUARE, instead_of_number("0808 1000 909"), OTHER, "a slip of the finger"),
    Case("two digits swapped", A4, instead_of_number("0880 1000 900"), OTHER, "read aloud in a hurry"),
    Case("digit dropped", MPU, instead_of_number("0808 1000 90"), OTHER, "the box was too narrow"),
    Case(
        "digit doubled",
        LEAFLET,
        both(instead_of_number("0808 1000 9000"), styled("number", "font-size:68px")),
        OTHER,
        "holds the right number whole",
    ),
    Case(
        "zero in front", EMAIL, instead_of_number("00808 1000 900"), OTHER, "ends in the right number whole"
    ),
    Case(
        "capital O for zero",
        STORY,
        both(instead_of_number("O8O8 1OOO 9OO"), styled("number", "font-size:124px")),
        OTHER,
        "typed by eye",
    ),
    Case("small l for one", BEERMAT, instead_of_number("0808 l000 900"), OTHER, "an old typewriter's habit"),
    Case(
        "number abroad",
        CARD,
        both(instead_of_number("+44 808 1000 900"), styled("number", "font-size:32px")),
        MISSING,
        "freephone is not dialled so",
    ),
    Case(
        "another helpline",
        WASHROOM,
        instead_of_number("0808 157 0123"),
        OTHER,
        "copied from another campaign",
    ),
)

# The number is there, but nobody sees it, or not all of it.
HIDDEN_NUMBER = (
    Case(
        "last digit under a shape", MPU, covered(NUMBER, 10, 11, "background:#FFA6AE"), HIDDEN, "of the light"
    ),
    Case("two digits under a picture", LINK_SHARE, Edit(html=_photo_over_two_digits), HIDDEN, "laid on last"),
    Case("digits under a logo", A4, Edit(html=_logo_over_first_digits), HIDDEN, "a logo that slid up"),
    Case(
        "number in its background's colour",
        WRAP,
        styled("number", "background:#FFA6AE;color:#FFA6AE"),
        (HIDDEN, CONTRAST),
        "letters of the background's own colour are invisible, and of no contrast",
    ),
    Case(
        "white on white",
        A6,
        styled("number", "background:#FFFFFF;color:#FFFFFF"),
        (HIDDEN, CONTRAST),
        "the same on paper",
    ),
    Case(
        "number with opacity 0", STORY, styled("number", "opacity:0"), HIDDEN, "left over from an animation"
    ),
    Case(
        "number not displayed", IG_SQUARE, styled("number", "display:none"), MISSING, "left over from a trial"
    ),
    Case(
        "number's visibility",
        STICKER,
        styled("number", "visibility:hidden"),
        MISSING,
        "the engine leaves it out",
    ),
    Case(
        "number of size 0", WRAP, styled("number", "font-size:0"), MISSING, "a sum that came out as nothing"
    ),
    Case(
        "number under a veil of 90 %",
        WRAP,
        covered(NUMBER, 0, None, "background:rgba(255,166,174,.9)", 6),
        (HIDDEN, CONTRAST),
        "a ghost of it is left: hidden or too pale, both are said of it",
    ),
    Case(
        "number cut at the right",
        A5,
        styled("number", "overflow:hidden;width:400px"),
        HIDDEN,
        "its box is too narrow and clips",
    ),
    Case(
        "number cut at the bottom",
        FEED,
        styled("number", "overflow:hidden;height:80px"),
        HIDDEN,
        "its box is too low: half of each digit is left",
    ),
    Case(
        "number half off the page",
        MPU,
        styled("number", "top:222px"),
        CLIPPED,
        "its lower half is below the edge",
    ),
    Case(
        "number runs off to the right",
        LINK_SHARE,
        styled("number", "left:800px"),
        CLIPPED,
        "900 is off the page",
    ),
    Case(
        "number parked outside",
        IG_SQUARE,
        styled("number", "left:-2000px"),
        (MISSING, CLIPPED, HIDDEN),
        "wholly off the page: not there, or off it",
    ),
    Case(
        "number behind the background",
        MALL,
        styled("number", "z-index:-1"),
        HIDDEN,
        "a layer in the wrong order",
    ),
    Case(
        "middle group not faded in",
        CARD,
        reword(("1000", '<span style="opacity:0">1000</span>')),
        HIDDEN,
        "one group was to fade in",
    ),
    Case(
        "promise under a shape",
        A4,
        covered(PROMISE, 12, None, "background:#FFB570", 2),
        HIDDEN,
        "a patch",
    ),
    Case(
        "address with opacity 0",
        HALF_PAGE,
        styled("address", "opacity:0"),
        HIDDEN,
        "left over from an animation",
    ),
    Case(
        "address cut short by its box",
        X_SQUARE,
        styled("address", "overflow:hidden;width:250px"),
        HIDDEN,
        "clips",
    ),
)

# The digits are all there, but do not read as the number.
BROKEN_NUMBER = (
    Case(
        "number over two lines",
        STORY,
        both(reword((SHOWN, "0808 1000<br>900")), styled("number", "top:1020px")),
        BROKEN,
        "a line that broke by itself",
    ),
    Case(
        "broken inside a group",
        A6,
        both(reword((SHOWN, "0808 10<br>00 900")), styled("number", "top:150px")),
        BROKEN,
        "a narrow column breaks anywhere",
    ),
    Case(
        "a group a step lower",
        EMAIL,
        reword((SHOWN, '0808 1000 <span style="position:relative;top:66px">900</span>')),
        (BROKEN, MISSING),
        "the last group slid onto another line: split, or not there in one piece",
    ),
    Case(
        "digits reversed by an override",
        LINK_SHARE,
        instead_of_number(f"\u202e{SHOWN}\u202c"),
        REORDERED,
        "a control character that came along with pasted text",
    ),
    Case(
        "groups reordered from right to left",
        A5,
        both(reword((SHOWN, NUMBER)), styled("number", "direction:rtl;text-align:left")),
        REORDERED,
        "a right-to-left paragraph, and the number not kept apart from it",
    ),
    Case(
        "number mirrored",
        FEED,
        styled("number", "transform:scaleX(-1);width:950px"),
        (BROKEN, HIDDEN, MISSING, ALTERED),
        "a picture frame that was flipped: no letter reads as itself",
    ),
    Case(
        "groups scattered over the page",
        IG_SQUARE,
        Edit(html=_scattered),
        (BROKEN, MISSING),
        "in three places: in pieces, or nowhere in one piece",
    ),
)

NUMBERS: tuple[Case, ...] = (*ALTERED_NUMBER, *HIDDEN_NUMBER, *BROKEN_NUMBER)
