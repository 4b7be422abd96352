"""The blind half of the faulty corpus: written from the promise alone, by somebody who does not know the proofs.

Each case is a real asset of this campaign with one small fault, as a tired designer, a careless colleague or a
broken tool would make it. Here are the faults of the facts and of the words; the page's and the file's follow.
"""

from __future__ import annotations

from tests.corpus.case_constants import (
    A4,
    A5,
    A6,
    ALTERED,
    APP,
    BEERMAT,
    CARD,
    EMAIL,
    FEED,
    HALF_PAGE,
    IG_SQUARE,
    LEAFLET,
    LINK_SHARE,
    MAG,
    MISSING,
    MPU,
    OTHER,
    PRESS,
    STICKER,
    STORY,
    WASHROOM,
    WORDS,
    WRAP,
)
from tests.corpus.common_edits import (
    ADDRESS,
    PROMISE,
    SHOWN,
    added,
    reword,
    styled,
    swap,
    words_at,
)
from tests.corpus.copy_edits import exchanged, last_word, letter_lost, retold, word_lost, word_put_in
from tests.corpus.edited_assets import Base, Case, Edit
from tests.corpus.requirement_file_faults import FILES
from tests.corpus.requirement_number_faults import NUMBERS
from tests.corpus.requirement_page_faults import PAGE


def instead_of_address(said: str) -> Edit:
    """Set something else where the address stands."""
    return reword((ADDRESS, said))


# Something required is not there.
GONE = (
    Case("no number", WRAP, reword((SHOWN, "")), MISSING, "an empty field"),
    Case("no address", STICKER, instead_of_address(""), MISSING, "an empty field"),
    Case("no promise", PRESS, reword((PROMISE, "")), MISSING, "an empty field"),
    Case("promise misspelt", FEED, reword((PROMISE, "Confidental and anonymous")), MISSING, "one letter"),
    Case(
        "promise misspelt at its end",
        A4,
        reword((PROMISE, "Confidential and anonymus")),
        MISSING,
        "one letter",
    ),
    Case("promise weakened", EMAIL, reword((PROMISE, "Confidential, often anonymous")), MISSING, "one word"),
    Case("promise halved", MPU, reword((PROMISE, "Confidential")), MISSING, "to save room"),
)

# The address is another one.
ALTERED_ADDRESS = (
    Case("Cyrillic o in the address", CARD, instead_of_address("www.st\u043epitnow.org.uk"), OTHER, "pasted"),
    Case(
        "i without its dot",
        IG_SQUARE,
        instead_of_address("www.stop\u0131tnow.org.uk"),
        OTHER,
        "looks like dust",
    ),
    Case("l for i", A5, instead_of_address("www.stopltnow.org.uk"), OTHER, "an ill-read fax"),
    Case("zero for o", HALF_PAGE, instead_of_address("www.st0pitnow.org.uk"), OTHER, "typed by eye"),
    Case("vv for w", BEERMAT, instead_of_address("www.stopitnovv.org.uk"), OTHER, "scanned and recognised"),
    Case(
        "a dot lost",
        LEAFLET,
        instead_of_address("www.stopitnow.orguk"),
        MISSING,
        "no address at all any more",
    ),
    Case(
        "org for org.uk", LINK_SHARE, instead_of_address("www.stopitnow.org"), OTHER, "the beginning is right"
    ),
    Case(
        "a further ending",
        WRAP,
        instead_of_address("www.stopitnow.org.uk.com"),
        OTHER,
        "holds the right one whole",
    ),
    Case(
        "a word in front",
        PRESS,
        instead_of_address("www.canstopitnow.org.uk"),
        OTHER,
        "ends as the right one does",
    ),
    Case("hyphens", APP, instead_of_address("www.stop-it-now.org.uk"), OTHER, "it seemed easier to read"),
)


def beside(said: str, x: float, y: float, size: float, colour: str) -> Edit:
    """Add a line of words where the page is empty."""
    return added(words_at(said, x, y, size, colour))


# The facts are right, but something else is there as well.
BESIDE = (
    Case(
        "a mobile number",
        FEED,
        beside("or text 07700 900123", 65, 550, 27, "#FBF6EE"),
        ALTERED,
        "somebody's own",
    ),
    Case(
        "a landline",
        A4,
        beside("or 01632 960123", 48, 820, 22, "#10262C"),
        ALTERED,
        "the office's own",
    ),
    Case(
        "a number in foreign form",
        A5,
        beside("Tel. +44 (0)1632 960 234", 34, 260, 16, "#10262C"),
        ALTERED,
        "copied from a letterhead",
    ),
    Case(
        "a number with letters",
        LINK_SHARE,
        beside("O1632 96O1O7", 60, 440, 30, "#FBF6EE"),
        ALTERED,
        "typed by eye",
    ),
    Case(
        "a service number",
        IG_SQUARE,
        beside("or call 105", 135, 590, 34, "#FBF6EE"),
        ALTERED,
        "not one of the two",
    ),
    Case(
        "number written out in pieces",
        PRESS,
        beside("".join(f"<span>{digit}</span>" for digit in "01632960345"), 30, 190, 16, "#10262C"),
        ALTERED,
        "a span for each digit, as some tools set text",
    ),
    Case(
        "another address",
        STORY,
        beside("example.org/staffordshire", 65, 936, 27, "#FBF6EE"),
        ALTERED,
        "well meant",
    ),
    Case("a short link", MPU, beside("bit.ly/3xYzStop", 15, 86, 12, "#FBF6EE"), ALTERED, "well meant"),
    Case(
        "an e-mail",
        WASHROOM,
        beside("advice@staffs.example.org", 50, 625, 22, "#FBF6EE"),
        ALTERED,
        "the office's own",
    ),
    Case(
        "an address in the body",
        EMAIL,
        retold("body", lambda _: "www.help.example.org", line=-1),
        ALTERED | WORDS,
        "words overwritten",
    ),
)


def _partner_misspelt(page: str, own: Base) -> str:
    last = own.words.words["partner"].split()[-1]
    return swap(page, f"{last}</span>", f"{letter_lost(last)}</span>")


# The other words of the spec.
OTHER_WORDS = (
    Case("headline with a letter lost", STORY, retold("headline", letter_lost), WORDS, "one letter"),
    Case(
        "headline turned round",
        IG_SQUARE,
        retold("headline", word_put_in("never"), line=-1),
        WORDS,
        "one word",
    ),
    Case("a word dropped", A6, retold("headline", word_lost, line=-1), WORDS, "the line was too long"),
    Case("no headline", LEAFLET, styled("headline", "display:none"), WORDS, "left over from a trial"),
    Case("headline out of order", LINK_SHARE, exchanged("headline", 0, 1), WORDS, "two lines swapped"),
    Case("body turned round", STORY, retold("body", word_put_in("never"), line=-1), WORDS, "one word"),
    Case("partner's name misspelt", A4, Edit(html=_partner_misspelt), WORDS, "one letter"),
    Case("partner's name gone", A6, styled("partner", "display:none"), WORDS, "left over from a trial"),
    Case("action altered", MAG, retold("lead", last_word("service"), line=-1), WORDS, "one word"),
)

FAULTY: tuple[Case, ...] = (
    *NUMBERS, *GONE, *ALTERED_ADDRESS, *BESIDE, *OTHER_WORDS, *PAGE, *FILES,
)  # fmt: skip
