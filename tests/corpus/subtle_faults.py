"""The own half of the faulty corpus: edits that aim at what the proofs could overlook, made with their code known.

Here are the facts and the words: what is found although something more, or something else, stands there; what
is drawn, and still not to be read.
"""

from __future__ import annotations

from tests.corpus.case_constants import (
    A2,
    A4,
    A5,
    A6,
    ALTERED,
    BROKEN,
    CARD,
    CONTRAST,
    EMAIL,
    FEED,
    GLYPH,
    HIDDEN,
    IG_SQUARE,
    LEAFLET,
    LINK_SHARE,
    MISSING,
    MPU,
    OVERLAP,
    PAPER,
    STORY,
    WORDS,
    WRAP,
)
from tests.corpus.common_edits import (
    ADDRESS,
    NUMBER,
    PROMISE,
    SHOWN,
    added,
    append,
    both,
    covered,
    grown,
    reword,
    shape,
    styled,
    swap,
    words_at,
)
from tests.corpus.copy_edits import box_of, letter_lost, retold
from tests.corpus.edited_assets import Base, Case, Edit
from tests.corpus.subtle_file_faults import FILES

UNSEEN = (HIDDEN, CONTRAST)
NOT_SO = (MISSING, BROKEN, ALTERED)
"""The number is not there in one piece, or it is another one: a page does not say which its maker meant."""


def _twice(page: str, own: Base) -> str:
    """Print the number a second time, a third of a figure further right."""
    start = page.index('<p class="part number')
    again = page[start : page.index("</p>", start) + len("</p>")]
    _, _, width, _ = own.box(NUMBER, 0, 1)
    return append(page, again.replace('style="', f'style="margin-left:{width / 3:.1f}px;', 1))


def _veiled(page: str, own: Base) -> str:
    return append(page, shape(grown(own.box(NUMBER, 5, 6), 2), "background:rgba(255,219,69,.8)"))


def _body_covered(page: str, own: Base) -> str:
    return append(page, shape(grown(box_of(own, "body", -1), 3), "background:#10262C"))


def _nameless(page: str, own: Base) -> str:
    return swap(page, "Stop It Now!", "Stop Now!", times=9)


NUMBER_FAULTS = (
    Case(
        "a raised figure", LINK_SHARE, reword((SHOWN, SHOWN.replace("1", "\N{SUPERSCRIPT ONE}"))), NOT_SO,
        "folded into a plain one by some tables",
    ),
    Case("groups run together", EMAIL, reword((SHOWN, NUMBER.replace(" ", ""))), NOT_SO, "an export without spaces"),
    Case("groups held by nothing", A6, reword((SHOWN, NUMBER.replace(" ", "\u200b"))), NOT_SO, "spaces of no width"),
    Case("grouped otherwise", MPU, reword((SHOWN, "080 8100 0900")), NOT_SO, "the right figures, read otherwise"),
    Case("groups drawn together", STORY, styled("number", "word-spacing:-.25em"), NOT_SO, "room taken from the spaces"),
    Case(
        "a group half as large", CARD, reword(("900", '<span style="font-size:50%">900</span>')), NOT_SO,
        "three figures step back",
    ),
    Case("number printed twice", FEED, Edit(html=_twice), (OVERLAP, *NOT_SO), "a third of a figure further right"),
    Case(
        "extension after the number", A5, both(reword((SHOWN, f"{SHOWN}–2")), styled("number", "font-size:44px")),
        NOT_SO, "an office's habit",
    ),
    Case("a veil over one figure", FEED, Edit(html=_veiled), UNSEEN, "one of eleven is a ghost"),
    Case("a blot of ink", A4, covered(NUMBER, 6, 7, "background:#10262C", 2), UNSEEN, "in the figures' own colour"),
    Case("struck through", WRAP, styled("number", "text-decoration:line-through"), UNSEEN, "left by a corrector"),
    Case(
        "one figure transparent", A5, reword(("900", '9<span style="color:transparent">0</span>0')), UNSEEN,
        "it was to be animated",
    ),
    Case(
        "number cut by round corners", IG_SQUARE, styled("number", "overflow:hidden;border-radius:50%"), UNSEEN,
        "a frame of another shape: its first and last figures lose their corners",
    ),
    Case(
        "number cut by round corners in print", A6, styled("number", "overflow:hidden;border-radius:50%"), UNSEEN,
        "the same on paper",
    ),
)  # fmt: skip


def beside(said: str, x: float, y: float, size: float, colour: str, style: str = "") -> Edit:
    """Add a line of words where the page is empty."""
    return added(words_at(said, x, y, size, colour, style))


FOREIGN = (
    Case("a number with dots", A4, beside("0161.496.0123", 48, 820, 22, "#10262C"), ALTERED, "as designers set it"),
    Case("a number in brackets", FEED, beside("(0161) 496 0123", 65, 550, 27, PAPER), ALTERED, "as in old days"),
    Case(
        "a number spaced far", A5, beside("01614960123", 34, 260, 14, "#10262C", "letter-spacing:.9em"), ALTERED,
        "set as a rule is",
    ),
    Case(
        "a number over two lines", LINK_SHARE, beside("0161 496<br>0123", 60, 440, 24, PAPER), ALTERED,
        "a narrow column",
    ),
    Case(
        "a number upright", A2, beside("0161 496 0123", 60, 700, 24, "#10262C", "transform:rotate(90deg)"), ALTERED,
        "along the edge",
    ),
    Case("an address of a new ending", STORY, beside("www.talk.example", 65, 936, 27, PAPER), ALTERED, "no usual one"),
    Case("an address in capitals", A6, reword((ADDRESS, ADDRESS.upper())), MISSING, "to taste"),
    Case("address without www", LEAFLET, reword((ADDRESS, ADDRESS[4:])), MISSING, "shorter"),
    Case("address with a path", CARD, reword((ADDRESS, f"{ADDRESS}/a")), MISSING, "a page that was to be counted"),
    Case("address over two lines", A4, reword((ADDRESS, "www.stopitnow<br>.org.uk")), MISSING, "a narrow column"),
    Case(
        "a full stop in the background's colour", MPU,
        reword((ADDRESS, 'www<span style="color:#FFA6AE">.</span>stopitnow.org.uk')), UNSEEN, "two words now",
    ),
)  # fmt: skip

PROMISES = (
    Case("promise goes on", A4, reword((PROMISE, f"{PROMISE}ly")), (MISSING, WORDS), "two letters more"),
    Case("promise in another alphabet", A5, reword(("Conf", "\u0421onf")), (MISSING | GLYPH, MISSING), "a Cyrillic C"),
    Case("promise denied", FEED, reword((PROMISE, f"Not {PROMISE}")), (MISSING, WORDS), "one word"),
    Case(
        "promise half transparent", MPU,
        reword((PROMISE, f'{PROMISE[:12]}<span style="opacity:0">{PROMISE[12:]}</span>')), UNSEEN, "it was to fade in",
    ),
)  # fmt: skip

OTHER_WORDS = (
    Case("a long name misspelt", A4, retold("partner", letter_lost, line=-1), WORDS, "its short name stands in it"),
    Case("a line of the body under a shape", STORY, Edit(html=_body_covered), WORDS, "of the background's colour"),
    Case("headline with opacity 0", IG_SQUARE, styled("headline", "opacity:0"), (WORDS, CONTRAST), "it was to fade in"),
    Case(
        "words after the body", STORY, retold("body", lambda words: f"{words} Or not.", line=-1), WORDS,
        "it takes back what it said",
    ),
    Case("no imprint", A5, styled("imprint", "display:none"), WORDS, "to make room"),
    Case("name altered", A4, Edit(html=_nameless), WORDS, "wherever it stands"),
)  # fmt: skip

OWN: tuple[Case, ...] = (*NUMBER_FAULTS, *FOREIGN, *PROMISES, *OTHER_WORDS, *FILES)
