"""Faults of address, promise, other copy and QR code, written as an attack on the finished preflight checks."""

from __future__ import annotations

from tests.corpus.case_constants import (
    A2,
    A4,
    A5,
    A6,
    ALTERED,
    APP,
    BOOKMARK,
    BROKEN,
    CLIPPED,
    CONTRAST,
    EMAIL,
    FEED,
    GLYPH,
    HALF_PAGE,
    HIDDEN,
    IG_SQUARE,
    INK,
    LEAFLET,
    LINK_SHARE,
    MALL,
    MINI,
    MISSING,
    MPU,
    OVERLAP,
    PRESS,
    REPLACED,
    SLIDE,
    STORY,
    UNREADABLE,
    UNSAFE,
    WORDS,
    WRONG,
)
from tests.corpus.common_edits import (
    ADDRESS,
    NUMBER,
    PROMISE,
    add_style,
    add_text,
    block_markup,
    combine,
    html_insert_behind_text,
    html_style,
    replace_code,
    replace_in_code,
    replace_text,
    transform_code,
)
from tests.corpus.copy_edits import change_line, line_box, line_spans
from tests.corpus.edited_assets import Case, Edit, UneditedAsset


def _replace_address(text: str) -> Edit:
    return combine(
        replace_text((ADDRESS, text)), add_style("address", "transform:scale(.92);transform-origin:0 0")
    )


def _add_patch_behind_right_half(role: str, colour: str) -> Edit:
    """Add a patch in nearly the text's colour behind the right half of a role's first line."""

    def html(page: str, original: UneditedAsset) -> str:
        x, y, width, height = line_box(original, role)
        return html_insert_behind_text(
            page, block_markup((x + width / 2, y - 4, width, height + 8), f"background:{colour}")
        )

    return Edit(html=html)


def _move_out_of_safe_area(role: str, text: str, px: float) -> Edit:
    """Shift a part so that a text's first letter is ``px`` outside the left edge of the safe area."""

    def html(page: str, original: UneditedAsset) -> str:
        shift = original.asset.page.live[0] - original.text_box(text)[0] - px
        return html_style(page, role, f"transform:translateX({shift:.2f}px)")

    return Edit(html=html)


ADDRESS_AND_PROMISE_FAULTS = (
    Case("comma in the address", A4, replace_text((ADDRESS, "www.stopitnow.org,uk")), MISSING, "a slip of the finger"),
    Case(
        "space in the address", A5, replace_text((ADDRESS, "www.stopitnow .org.uk")), (MISSING, ALTERED),
        "an editor's correction",
    ),
    Case(
        "ww instead of www", LEAFLET, replace_text((ADDRESS, "ww.stopitnow.org.uk")), REPLACED,
        "a slip of the finger",
    ),
    Case("wwww instead of www", A6, _replace_address("wwww.stopitnow.org.uk"), REPLACED, "a slip of the finger"),
    Case("address with a port", STORY, _replace_address("www.stopitnow.org.uk:8080"), MISSING, "a test server"),
    Case(
        "address hyphenated over lines", A4, replace_text((ADDRESS, "www.stopit-<br>now.org.uk")), (MISSING, BROKEN),
        "hyphenated by the layout engine",
    ),
    Case(
        "a Greek o in the address", A5, replace_text((ADDRESS, "www.st\u03bfpitnow.org.uk")), (MISSING, GLYPH),
        "a look-alike",
    ),
    Case(
        "address struck through", A4, add_style("address", "text-decoration:line-through"), (HIDDEN, CONTRAST),
        "a correction that was left in",
    ),
    Case(
        "promise struck through", A5, add_style("promise", "text-decoration:line-through"), (HIDDEN, CONTRAST),
        "a correction that was left in",
    ),
    Case(
        "promise with an ampersand", A4, replace_text((PROMISE, "Confidential &amp; anonymous")), MISSING,
        "to save room",
    ),
    Case(
        "promise as a question", FEED, replace_text((PROMISE, f"{PROMISE}?")), (MISSING, WORDS),
        "a question is no promise",
    ),
    Case("promise with an asterisk", A5, replace_text((PROMISE, f"{PROMISE}*")), (MISSING, WORDS), "small print"),
    Case("promise negated in lower case", A4, replace_text((PROMISE, f"Not {PROMISE.lower()}")), MISSING, "a bad joke"),
    Case("promise in Welsh", LEAFLET, replace_text((PROMISE, "Cyfrinachol a dienw")), MISSING, "on an English page"),
    Case(
        "second half of the promise transparent", A4,
        replace_text((PROMISE, 'Confidential and <span style="opacity:0">anonymous</span>')), HIDDEN,
        "half of it unseen",
    ),
)  # fmt: skip


def _repeat_first_line(html: str, original: UneditedAsset) -> str:
    start, end = line_spans(html, "headline")[0]
    return html[:end] + " " + html[start:end] + html[end:]


COPY_FAULTS = (
    Case(
        "right half of the headline light on light", FEED, _add_patch_behind_right_half("headline", "#E6DFD4"),
        CONTRAST, "a bright wall in a photograph",
    ),
    Case(
        "right half of the body dark on dark", LINK_SHARE, _add_patch_behind_right_half("body", "#8FA0A0"), CONTRAST,
        "a wall in a photograph",
    ),
    Case(
        "mojibake in the body", A4, change_line("body", lambda text: text.replace(" ", " â€™ ", 1)), WORDS,
        "read in a wrong encoding",
    ),
    Case(
        "a placeholder in the headline", A5, change_line("headline", lambda text: "{headline}"), WORDS,
        "a template's variable that was not filled",
    ),
    Case(
        "a doubled letter in the headline", IG_SQUARE, change_line("headline", lambda text: text + text[-1]), WORDS,
        "a key was pressed twice",
    ),
    Case(
        "a Cyrillic letter in the headline", A4,
        change_line("headline", lambda text: text.replace("o", "\u043e", 1)), (WORDS, GLYPH),
        "pasted",
    ),
    Case("a line of the headline twice", A5, Edit(html=_repeat_first_line), WORDS, "pasted twice"),
    Case(
        "a different edition", A4, change_line("imprint", lambda text: text[:-1] + "x"), WORDS,
        "the edition's last letter differs",
    ),
    Case(
        "headline cut by its box", STORY,
        add_style("headline", "height:60px;overflow:hidden"), (CLIPPED, WORDS, HIDDEN),
        "the later lines are gone",
    ),
    Case(
        "headline cut in half by its box", A4,
        add_style("headline", "height:25px;overflow:hidden"), (CLIPPED, WORDS, HIDDEN),
        "half of each letter is gone",
    ),
    Case(
        "DRAFT across the page", A4,
        add_text("DRAFT", 60, 380, 220, "#B0392E", "transform:rotate(-30deg);opacity:.6"), (OVERLAP, WORDS, CONTRAST),
        "a stamp of a draft",
    ),
    Case(
        "promise at 45 % opacity in an advert", MPU, add_style("promise", "opacity:.45"), CONTRAST,
        "so small that most of it is edges",
    ),
    Case("partners at 45 % opacity", LEAFLET, add_style("partner", "opacity:.45"), CONTRAST, "small letters"),
    Case("imprint at 40 % opacity", A4, add_style("imprint", "opacity:.4"), CONTRAST, "toned down by a designer"),
    Case(
        "address at 35 % opacity in a banner", HALF_PAGE, add_style("address", "color:rgba(251,246,238,.35)"), CONTRAST,
        "small letters",
    ),
    Case("promise at 50 % opacity in an email", EMAIL, add_style("promise", "opacity:.5"), CONTRAST, "small letters"),
    Case("address at 50 % opacity in the press", MINI, add_style("address", "opacity:.5"), CONTRAST, "small letters"),
    Case(
        "small promise at 50 % opacity on a poster", A2, add_style("promise", "font-size:9px;opacity:.5"), CONTRAST,
        "its strokes are hairlines",
    ),
    Case(
        "small imprint at 50 % opacity on a poster", A2, add_style("imprint", "font-size:8px;opacity:.5"), CONTRAST,
        "its strokes are hairlines",
    ),
    Case(
        "tiny promise at 50 % opacity", MPU, add_style("promise", "font-size:6px;opacity:.5"), CONTRAST,
        "its strokes are hairlines",
    ),
    Case("body at 35 % opacity on a card", APP, add_style("body", "opacity:.35"), CONTRAST, "looks disabled"),
    Case(
        "number ten pixels outside the safe area", STORY, _move_out_of_safe_area("number", NUMBER, 10), UNSAFE,
        "slightly too far",
    ),
    Case(
        "address a millimetre outside the safe area", A4, _move_out_of_safe_area("address", ADDRESS, 3.8), UNSAFE,
        "slightly too far",
    ),
)  # fmt: skip

LINK = "https://www.stopitnow.org.uk/"
CODE_FAULTS = (
    Case(
        "code of a host with a trailing dot", A5, replace_code("https://www.stopitnow.org.uk./"), WRONG,
        "valid, but not the same text",
    ),
    Case("code without the last slash", A6, replace_code(LINK[:-1]), WRONG, "not the same text"),
    Case("code with a fragment", LEAFLET, replace_code(f"{LINK}#top"), WRONG, "leads to a part of the page"),
    Case("code of a telephone number", PRESS, replace_code("tel:+448081000909"), WRONG, "and a wrong one"),
    Case("code of plain text", SLIDE, replace_code("Stop It Now"), WRONG, "it opens nothing"),
    Case(
        "code of an address with a Cyrillic o", BOOKMARK, replace_code("https://www.st\u043epitnow.org.uk/"), WRONG,
        "looks the same",
    ),
    Case("code at 16 % opacity", A6, add_style("code", "opacity:.16"), UNREADABLE, "toned down by a designer"),
    Case("code in a pale colour", MALL, replace_in_code(INK, "#DCD4C8"), UNREADABLE, "a colour chosen for looks"),
    Case(
        "code sheared", LEAFLET, transform_code("transform:skewX(52deg)"), (UNREADABLE, OVERLAP),
        "dragged by a handle in an editor",
    ),
)  # fmt: skip

ADVERSARIAL_COPY_FAULTS: tuple[Case, ...] = (*ADDRESS_AND_PROMISE_FAULTS, *COPY_FAULTS, *CODE_FAULTS)
