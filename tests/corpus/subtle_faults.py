"""Faults that the preflight checks could overlook, written with knowledge of their code.

This module has faults of facts and copy: text that is found although more was added to it or it was changed, and
text that is drawn but cannot be read. ``SUBTLE_FAULTS`` also holds the faults of codes, logos and files.
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
    SHOWN_NUMBER,
    add_style,
    add_text,
    block_markup,
    combine,
    cover_letters,
    enlarged,
    html_append,
    html_replace,
    replace_text,
)
from tests.corpus.copy_edits import change_line, drop_letter, line_box
from tests.corpus.edited_assets import Case, Edit, UneditedAsset
from tests.corpus.subtle_file_faults import SUBTLE_FILE_FAULTS

INVISIBLE = (HIDDEN, CONTRAST)
WRONG_OR_BROKEN = (MISSING, BROKEN, ALTERED)
"""The number is missing, broken or a wrong one: a finished page does not tell which."""


def _print_number_twice(page: str, original: UneditedAsset) -> str:
    """Print the number a second time, a third of a digit further right."""
    start = page.index('<p class="part number')
    copy = page[start : page.index("</p>", start) + len("</p>")]
    _, _, width, _ = original.text_box(NUMBER, 0, 1)
    return html_append(page, copy.replace('style="', f'style="margin-left:{width / 3:.1f}px;', 1))


def _tint_one_digit(page: str, original: UneditedAsset) -> str:
    return html_append(
        page, block_markup(enlarged(original.text_box(NUMBER, 5, 6), 2), "background:rgba(255,219,69,.8)")
    )


def _cover_last_body_line(page: str, original: UneditedAsset) -> str:
    return html_append(page, block_markup(enlarged(line_box(original, "body", -1), 3), "background:#10262C"))


def _change_helpline_name(page: str, original: UneditedAsset) -> str:
    return html_replace(page, "Stop It Now!", "Stop Now!", times=9)


NUMBER_FAULTS = (
    Case(
        "a superscript digit", LINK_SHARE,
        replace_text((SHOWN_NUMBER, SHOWN_NUMBER.replace("1", "\N{SUPERSCRIPT ONE}"))), WRONG_OR_BROKEN,
        "Unicode compatibility folding makes it a plain digit",
    ),
    Case(
        "number without spaces", EMAIL, replace_text((SHOWN_NUMBER, NUMBER.replace(" ", ""))), WRONG_OR_BROKEN,
        "an export without spaces",
    ),
    Case(
        "zero-width spaces in the number", A6, replace_text((SHOWN_NUMBER, NUMBER.replace(" ", "\u200b"))),
        WRONG_OR_BROKEN, "invisible, and not a space",
    ),
    Case(
        "number grouped differently", MPU, replace_text((SHOWN_NUMBER, "080 8100 0900")), WRONG_OR_BROKEN,
        "the right digits, read aloud differently",
    ),
    Case(
        "number with its spaces closed by style", STORY, add_style("number", "word-spacing:-.25em"),
        WRONG_OR_BROKEN, "negative word spacing",
    ),
    Case(
        "last group half as large", CARD, replace_text(("900", '<span style="font-size:50%">900</span>')),
        WRONG_OR_BROKEN, "three digits look less important",
    ),
    Case(
        "number printed twice", FEED, Edit(html=_print_number_twice), (OVERLAP, *WRONG_OR_BROKEN),
        "a third of a digit further right",
    ),
    Case(
        "extension after the number", A5,
        combine(replace_text((SHOWN_NUMBER, f"{SHOWN_NUMBER}–2")), add_style("number", "font-size:44px")),
        WRONG_OR_BROKEN, "an office extension",
    ),
    Case(
        "a tint over one digit", FEED, Edit(html=_tint_one_digit), INVISIBLE,
        "one of eleven digits is hardly visible",
    ),
    Case(
        "a block of ink over one digit", A4, cover_letters(NUMBER, 6, 7, "background:#10262C", 2), INVISIBLE,
        "in the colour of the digits",
    ),
    Case(
        "number struck through", WRAP, add_style("number", "text-decoration:line-through"), INVISIBLE,
        "left by a proofreader",
    ),
    Case(
        "one digit transparent", A5, replace_text(("900", '9<span style="color:transparent">0</span>0')), INVISIBLE,
        "left over from an animation",
    ),
    Case(
        "number cut by round corners", IG_SQUARE, add_style("number", "overflow:hidden;border-radius:50%"), INVISIBLE,
        "a round frame: its first and last digits lose their corners",
    ),
    Case(
        "number cut by round corners in print", A6, add_style("number", "overflow:hidden;border-radius:50%"), INVISIBLE,
        "the same on paper",
    ),
)  # fmt: skip


ADDED_CONTACTS = (
    Case("a number with dots", A4, add_text("0161.496.0123", 48, 820, 22, "#10262C"), ALTERED, "as designers set it"),
    Case(
        "a number in brackets", FEED, add_text("(0161) 496 0123", 65, 550, 27, PAPER), ALTERED,
        "an old way to write numbers",
    ),
    Case(
        "a number with wide letter-spacing", A5,
        add_text("01614960123", 34, 260, 14, "#10262C", "letter-spacing:.9em"), ALTERED, "used as a line",
    ),
    Case(
        "a number over two lines", LINK_SHARE, add_text("0161 496<br>0123", 60, 440, 24, PAPER), ALTERED,
        "a narrow column",
    ),
    Case(
        "a number rotated by 90 degrees", A2,
        add_text("0161 496 0123", 60, 700, 24, "#10262C", "transform:rotate(90deg)"), ALTERED, "along the edge",
    ),
    Case(
        "an address with an unusual ending", STORY, add_text("www.talk.example", 65, 936, 27, PAPER), ALTERED,
        "a new top-level domain",
    ),
    Case("an address in capitals", A6, replace_text((ADDRESS, ADDRESS.upper())), MISSING, "a matter of taste"),
    Case("address without www", LEAFLET, replace_text((ADDRESS, ADDRESS[4:])), MISSING, "to save room"),
    Case("address with a path", CARD, replace_text((ADDRESS, f"{ADDRESS}/a")), MISSING, "to count visits"),
    Case("address over two lines", A4, replace_text((ADDRESS, "www.stopitnow<br>.org.uk")), MISSING, "a narrow column"),
    Case(
        "a full stop of the address in the background's colour", MPU,
        replace_text((ADDRESS, 'www<span style="color:#FFA6AE">.</span>stopitnow.org.uk')), INVISIBLE,
        "reads as two words",
    ),
)  # fmt: skip

PROMISE_FAULTS = (
    Case(
        "promise with two letters added", A4, replace_text((PROMISE, f"{PROMISE}ly")), (MISSING, WORDS),
        "two letters more",
    ),
    Case(
        "Cyrillic C in the promise", A5, replace_text(("Conf", "\u0421onf")), (MISSING | GLYPH, MISSING),
        "a Cyrillic C",
    ),
    Case("promise negated", FEED, replace_text((PROMISE, f"Not {PROMISE}")), (MISSING, WORDS), "one word"),
    Case(
        "promise half transparent", MPU,
        replace_text((PROMISE, f'{PROMISE[:12]}<span style="opacity:0">{PROMISE[12:]}</span>')), INVISIBLE,
        "left over from an animation",
    ),
)  # fmt: skip

COPY_FAULTS = (
    Case(
        "a long name misspelt", A4, change_line("partner", drop_letter, line=-1), WORDS,
        "it contains its short name",
    ),
    Case(
        "a line of the body under a shape", STORY, Edit(html=_cover_last_body_line), WORDS,
        "of the background's colour",
    ),
    Case(
        "headline with opacity 0", IG_SQUARE, add_style("headline", "opacity:0"), (WORDS, CONTRAST),
        "left over from an animation",
    ),
    Case(
        "a sentence added after the body", STORY, change_line("body", lambda words: f"{words} Or not.", line=-1), WORDS,
        "it contradicts the message",
    ),
    Case("no imprint", A5, add_style("imprint", "display:none"), WORDS, "to make room"),
    Case("helpline's name changed", A4, Edit(html=_change_helpline_name), WORDS, "in every place"),
)  # fmt: skip

SUBTLE_FAULTS: tuple[Case, ...] = (
    *NUMBER_FAULTS,
    *ADDED_CONTACTS,
    *PROMISE_FAULTS,
    *COPY_FAULTS,
    *SUBTLE_FILE_FAULTS,
)
