"""Further faults, found by attack: written from issue and DESIGN alone, after the proofs stood.

What stands on the page.
"""

from __future__ import annotations

from tests.corpus.adversarial_copy_faults import WORDS_AND_CODE, beside
from tests.corpus.adversarial_file_faults import FILES
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
    SHOWN,
    append,
    both,
    grown,
    restyle,
    reword,
    shape,
    styled,
    swap,
    under,
)
from tests.corpus.edited_assets import Base, Case, Edit

# A digit that is another letter: the right number is gone. Its glyph may be missing in the brand's font too.
NOT_ITSELF = (MISSING, GLYPH)


def _number(said: str) -> Edit:
    return reword((SHOWN, said.replace(" ", NBSP)))


def _shifted_number(html: str, own: Base) -> str:
    """Print the number a second time, three pixels off: a plate out of register."""
    part = html[html.index('<p class="part number') :]
    return append(html, restyle(part[: part.index("</p>") + 4], "number", "transform:translate(5px,4px)"))


def _number_as_picture(html: str, own: Base) -> str:
    """Draw the number as outlines, as an illustrator's program saves type."""
    x, y, width, height = own.box(NUMBER)
    bars = "".join(f'<rect x="{at * 10}" width="6" height="20"/>' for at in range(11))
    place = f'style="position:absolute;left:{x}px;top:{y}px" width="{width}" height="{height}"'
    drawn = f'<svg {place} viewBox="0 0 106 20">{bars}</svg>'
    return append(swap(html, SHOWN, ""), drawn)


def _patch_under_number(colour: str, first: int, end: int | None) -> Edit:
    return Edit(
        html=lambda html, own: under(
            html, shape(grown(own.box(NUMBER, first, end), 5), f"background:{colour};border-radius:9px")
        )
    )


def _behind_glass(html: str, own: Base) -> str:
    return append(html, shape(grown(own.box(NUMBER), 8), "background:#0F262C;opacity:.93"))


NUMBER_FAULTS = (
    Case(
        "Cyrillic o for zero", IG_SQUARE, _number("0808 1\u043e00 900"), NOT_ITSELF,
        "a page that was read by a scanner",
    ),
    Case("Greek omicron for zero", A4, _number("0808 1\u03bf00 900"), NOT_ITSELF, "another keyboard"),
    Case("B for eight", STORY, _number("0B08 1000 900"), MISSING, "a page that was read by a scanner"),
    Case("g for nine", A5, _number("0808 1000 g00"), MISSING, "a page that was read by a scanner"),
    Case(
        "wide digits", FEED, both(_number("\uff10808 1000 900"), styled("number", "font-size:60px")), NOT_ITSELF,
        "CJK input",
    ),
    Case("hyphens in the number", A6, _number("0808-1000-900"), MISSING, "another habit of writing"),
    Case(
        "plus in the number", CARD,
        both(_number("+0808 1000 900"), styled("number", "font-size:32px")), (MISSING, BROKEN),
        "a plus too many",
    ),
    Case(
        "number doubled out of register", IG_SQUARE, Edit(html=_shifted_number), (OVERLAP, HIDDEN, BROKEN, MISSING),
        "a ghost beside it",
    ),
    Case("number as outlines", A4, Edit(html=_number_as_picture), MISSING, "nobody can say what they are"),
    Case(
        "number on its head", A5, styled("number", "transform:rotate(180deg)"), (BROKEN, HIDDEN, MISSING),
        "turned in the editor",
    ),
    Case(
        "number cut by a clip", STORY, styled("number", "clip:rect(0,320px,400px,0)"), HIDDEN,
        "its last group is outside the clip",
    ),
    Case("number half transparent", MPU, styled("number", "opacity:.4"), CONTRAST, "left over from an animation"),
    Case("number in see-through ink", A4, styled("number", "color:rgba(16,38,44,.4)"), CONTRAST, "a tint"),
    Case(
        "light patch behind two digits", IG_SQUARE, _patch_under_number("#8A7F70", 6, 8), CONTRAST,
        "a lamp in a photograph",
    ),
    Case(
        "number squashed", TIKTOK, styled("number", "transform:scaleY(.12)"), (SMALL, HIDDEN),
        "a handle that was pulled",
    ),
    Case(
        "number skewed flat", A2,
        styled("number", "transform:skewX(78deg)"), (BROKEN, HIDDEN, MISSING, UNSAFE, CLIPPED, OVERLAP),
        "a handle that was pulled",
    ),
    Case("digits a hair apart over the headline", FEED, styled("number", "top:200px"), OVERLAP, "on the headline"),
    Case("number behind a coloured glass", EMAIL, Edit(html=_behind_glass), (HIDDEN, CONTRAST), "nearly opaque"),
)  # fmt: skip

FOREIGN = (
    Case("a number with a slash", A4, beside("Oder 01785/257717", 48, 820, 20, INK), ALTERED, "another land's habit"),
    Case(
        "a number with a code in brackets", A5, beside("+44 (0)1785 257717", 34, 260, 16, INK), ALTERED,
        "as offices write it",
    ),
    Case(
        "a number with thin spaces", LINK_SHARE, beside("01785\u2009257\u2009717", 60, 470, 24, PAPER), ALTERED,
        "typographers' spaces",
    ),
    Case(
        "a number of en dashes", IG_SQUARE, beside("0800\u2013555\u2013111", 135, 560, 28, PAPER), ALTERED, "dashes",
    ),
    Case(
        "a number with a plus abroad", A4, beside("Call +1 212 555 0147", 48, 820, 20, INK), ALTERED,
        "another land's",
    ),
    Case(
        "a service number after words", A4, beside("Call us free on 111", 48, 820, 20, INK), ALTERED,
        "not of the brand's",
    ),
    Case("a service number to dial", A5, beside("or dial 111", 34, 260, 16, INK), ALTERED, "not of the brand's"),
    Case(
        "a pale number", A4, beside("01785 257717", 48, 820, 20, "#FBF6EE"), ALTERED,
        "paper on paper: who copies the text finds it",
    ),
    Case("a tiny number", LINK_SHARE, beside("01785 257717", 60, 470, 9, PAPER), ALTERED, "in a credit line"),
    Case(
        "a tilted number", A4, beside("01785 257717", 500, 820, 20, INK, "transform:rotate(-12deg)"), ALTERED,
        "a stamp's",
    ),
    Case(
        "an address spaced out", A4, beside("www.example.org", 48, 820, 20, INK, "letter-spacing:.35em"), ALTERED,
        "by style, not by letters",
    ),
    Case(
        "an address of a look-alike host", A5, beside("stopitnow.org.uk.example.com", 34, 260, 14, INK), ALTERED,
        "begins like the brand's",
    ),
    Case("an address of figures", A4, beside("http://192.0.2.7/help", 48, 820, 20, INK), ALTERED, "a test server"),
    Case(
        "an address over a hyphen", A4, beside("www.example-<br>help.org.uk", 48, 800, 20, INK), ALTERED,
        "split by the engine",
    ),
    Case(
        "an address in a police force's own", A4, beside("staffordshire.police.uk", 48, 820, 20, INK), ALTERED,
        "the partner's own",
    ),
    Case("a chat address", FEED, beside("wa.me/447700900123", 135, 560, 24, PAPER), ALTERED, "a chat"),
)  # fmt: skip

RED: tuple[Case, ...] = (*NUMBER_FAULTS, *FOREIGN, *WORDS_AND_CODE, *FILES)
