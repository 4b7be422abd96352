"""Faults written from the requirements alone, without knowing how the preflight checks work.

Each case is a real asset of this campaign with one small fault, as a tired designer, a careless colleague or a
broken tool would make it. This module has missing facts, wrong addresses, added contacts and changed copy, and
``REQUIREMENT_FAULTS``, which also holds the faults of number, page and file.
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
    PRESS,
    REPLACED,
    STICKER,
    STORY,
    WASHROOM,
    WORDS,
    WRAP,
)
from tests.corpus.common_edits import (
    ADDRESS,
    PROMISE,
    SHOWN_NUMBER,
    add_style,
    add_text,
    html_replace,
    replace_text,
)
from tests.corpus.copy_edits import (
    change_line,
    drop_first_word,
    drop_letter,
    insert_word,
    replace_last_word,
    swap_lines,
)
from tests.corpus.edited_assets import Case, Edit, UneditedAsset
from tests.corpus.requirement_file_faults import REQUIREMENT_FILE_FAULTS
from tests.corpus.requirement_number_faults import REQUIREMENT_NUMBER_FAULTS
from tests.corpus.requirement_page_faults import REQUIREMENT_PAGE_FAULTS


def replace_address(text: str) -> Edit:
    """Put a different text in place of the address."""
    return replace_text((ADDRESS, text))


# A required fact is missing.
MISSING_FACTS = (
    Case("no number", WRAP, replace_text((SHOWN_NUMBER, "")), MISSING, "an empty field"),
    Case("no address", STICKER, replace_address(""), MISSING, "an empty field"),
    Case("no promise", PRESS, replace_text((PROMISE, "")), MISSING, "an empty field"),
    Case(
        "promise misspelt", FEED, replace_text((PROMISE, "Confidental and anonymous")), MISSING, "one letter"
    ),
    Case(
        "promise misspelt at its end",
        A4,
        replace_text((PROMISE, "Confidential and anonymus")),
        MISSING,
        "one letter",
    ),
    Case(
        "promise weakened",
        EMAIL,
        replace_text((PROMISE, "Confidential, often anonymous")),
        MISSING,
        "one word",
    ),
    Case("promise halved", MPU, replace_text((PROMISE, "Confidential")), MISSING, "to save room"),
)

# The address is a wrong one.
WRONG_ADDRESSES = (
    Case("Cyrillic o in the address", CARD, replace_address("www.st\u043epitnow.org.uk"), REPLACED, "pasted"),
    Case(
        "dotless i in the address",
        IG_SQUARE,
        replace_address("www.stop\u0131tnow.org.uk"),
        REPLACED,
        "looks like a speck of dust",
    ),
    Case(
        "l for i in the address", A5, replace_address("www.stopltnow.org.uk"), REPLACED, "misread from a fax"
    ),
    Case(
        "zero for o in the address",
        HALF_PAGE,
        replace_address("www.st0pitnow.org.uk"),
        REPLACED,
        "retyped from a picture",
    ),
    Case(
        "vv for w in the address",
        BEERMAT,
        replace_address("www.stopitnovv.org.uk"),
        REPLACED,
        "scanned and recognised",
    ),
    Case(
        "a dot missing in the address",
        LEAFLET,
        replace_address("www.stopitnow.orguk"),
        MISSING,
        "it is not an address any more",
    ),
    Case(
        "address ending in org instead of org.uk",
        LINK_SHARE,
        replace_address("www.stopitnow.org"),
        REPLACED,
        "the beginning is right",
    ),
    Case(
        "a second ending after the address",
        WRAP,
        replace_address("www.stopitnow.org.uk.com"),
        REPLACED,
        "contains the right one",
    ),
    Case(
        "a word in front of the address",
        PRESS,
        replace_address("www.canstopitnow.org.uk"),
        REPLACED,
        "ends as the right one does",
    ),
    Case(
        "hyphens in the address",
        APP,
        replace_address("www.stop-it-now.org.uk"),
        REPLACED,
        "it seemed easier to read",
    ),
)


# The facts are right, but a different number or address is there as well.
ADDED_CONTACTS = (
    Case(
        "a mobile number",
        FEED,
        add_text("or text 07700 900123", 65, 550, 27, "#FBF6EE"),
        ALTERED,
        "of a colleague",
    ),
    Case(
        "a landline",
        A4,
        add_text("or 01632 960123", 48, 820, 22, "#10262C"),
        ALTERED,
        "of the office that ordered it",
    ),
    Case(
        "a number in international form",
        A5,
        add_text("Tel. +44 (0)1632 960 234", 34, 260, 16, "#10262C"),
        ALTERED,
        "copied from a letterhead",
    ),
    Case(
        "a number with letters",
        LINK_SHARE,
        add_text("O1632 96O1O7", 60, 440, 30, "#FBF6EE"),
        ALTERED,
        "retyped from a picture",
    ),
    Case(
        "a service number",
        IG_SQUARE,
        add_text("or call 105", 135, 590, 34, "#FBF6EE"),
        ALTERED,
        "not one of the two that are allowed",
    ),
    Case(
        "number written out in pieces",
        PRESS,
        add_text("".join(f"<span>{digit}</span>" for digit in "01632960345"), 30, 190, 16, "#10262C"),
        ALTERED,
        "a span for each digit, as some tools set text",
    ),
    Case(
        "a different address",
        STORY,
        add_text("example.org/staffordshire", 65, 936, 27, "#FBF6EE"),
        ALTERED,
        "added in good faith",
    ),
    Case(
        "a short link",
        MPU,
        add_text("bit.ly/3xYzStop", 15, 86, 12, "#FBF6EE"),
        ALTERED,
        "added in good faith",
    ),
    Case(
        "an email address",
        WASHROOM,
        add_text("advice@staffs.example.org", 50, 625, 22, "#FBF6EE"),
        ALTERED,
        "of the office that ordered it",
    ),
    Case(
        "an address in the body",
        EMAIL,
        change_line("body", lambda _: "www.help.example.org", line=-1),
        ALTERED | WORDS,
        "replaces a line of the body",
    ),
)


def _misspell_partner(page: str, original: UneditedAsset) -> str:
    last = original.word_set.copy_by_role["partner"].split()[-1]
    return html_replace(page, f"{last}</span>", f"{drop_letter(last)}</span>")


# The rest of the copy.
COPY_FAULTS = (
    Case("headline with a letter lost", STORY, change_line("headline", drop_letter), WORDS, "one letter"),
    Case(
        "headline with a word that reverses it",
        IG_SQUARE,
        change_line("headline", insert_word("never"), line=-1),
        WORDS,
        "one word",
    ),
    Case(
        "a word missing in the headline",
        A6,
        change_line("headline", drop_first_word, line=-1),
        WORDS,
        "the line was too long",
    ),
    Case("no headline", LEAFLET, add_style("headline", "display:none"), WORDS, "left over from a trial"),
    Case("headline out of order", LINK_SHARE, swap_lines("headline", 0, 1), WORDS, "two lines swapped"),
    Case(
        "body with a word that reverses it",
        STORY,
        change_line("body", insert_word("never"), line=-1),
        WORDS,
        "one word",
    ),
    Case("partner's name misspelt", A4, Edit(html=_misspell_partner), WORDS, "one letter"),
    Case("no partner's name", A6, add_style("partner", "display:none"), WORDS, "left over from a trial"),
    Case(
        "action altered", MAG, change_line("lead", replace_last_word("service"), line=-1), WORDS, "one word"
    ),
)

REQUIREMENT_FAULTS: tuple[Case, ...] = (
    *REQUIREMENT_NUMBER_FAULTS,
    *MISSING_FACTS,
    *WRONG_ADDRESSES,
    *ADDED_CONTACTS,
    *COPY_FAULTS,
    *REQUIREMENT_PAGE_FAULTS,
    *REQUIREMENT_FILE_FAULTS,
)
