"""Further faults, found by attack, continued: of address, promise, other words and the code on the page."""

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
    OTHER,
    OVERLAP,
    PRESS,
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
    append,
    both,
    code_moved,
    new_code,
    recoded,
    restyle,
    reword,
    shape,
    styled,
    under,
    words_at,
)
from tests.corpus.copy_edits import box_of, lines_of, retold
from tests.corpus.edited_assets import Base, Case, Edit


def beside(said: str, x: float, y: float, size: float, colour: str, style: str = "") -> Edit:
    return Edit(html=lambda html, _: append(html, words_at(said, x, y, size, colour, style)))


def _address(said: str) -> Edit:
    return both(reword((ADDRESS, said)), styled("address", "transform:scale(.92);transform-origin:0 0"))


def _half_background(role: str, colour: str) -> Edit:
    """Lay a patch in nearly the words' colour under the right half of a role's first line."""

    def html(page: str, own: Base) -> str:
        x, y, width, height = box_of(own, role)
        return under(page, shape((x + width / 2, y - 4, width, height + 8), f"background:{colour}"))

    return Edit(html=html)


def _into_the_edge(role: str, text: str, px: float) -> Edit:
    """Shift a part so that its first letter stands so far outside the safe area's left edge."""

    def html(page: str, own: Base) -> str:
        shift = own.asset.page.live[0] - own.box(text)[0] - px
        return restyle(page, role, f"transform:translateX({shift:.2f}px)")

    return Edit(html=html)


ADDRESS_AND_PROMISE = (
    Case("comma in the address", A4, reword((ADDRESS, "www.stopitnow.org,uk")), MISSING, "a slip of the finger"),
    Case(
        "space in the address", A5, reword((ADDRESS, "www.stopitnow .org.uk")), (MISSING, ALTERED),
        "an editor's correction",
    ),
    Case("two w in the address", LEAFLET, reword((ADDRESS, "ww.stopitnow.org.uk")), OTHER, "a slip of the finger"),
    Case("four w in the address", A6, _address("wwww.stopitnow.org.uk"), OTHER, "a slip of the finger"),
    Case("address with a port", STORY, _address("www.stopitnow.org.uk:8080"), MISSING, "a test server"),
    Case(
        "address hyphenated over lines", A4, reword((ADDRESS, "www.stopit-<br>now.org.uk")), (MISSING, BROKEN),
        "by the engine",
    ),
    Case(
        "a Greek o in the address", A5, reword((ADDRESS, "www.st\u03bfpitnow.org.uk")), (MISSING, GLYPH),
        "a look-alike",
    ),
    Case(
        "address struck through", A4, styled("address", "text-decoration:line-through"), (HIDDEN, CONTRAST),
        "a correction that stayed",
    ),
    Case(
        "promise struck through", A5, styled("promise", "text-decoration:line-through"), (HIDDEN, CONTRAST),
        "a correction that stayed",
    ),
    Case("promise with an ampersand", A4, reword((PROMISE, "Confidential &amp; anonymous")), MISSING, "to save room"),
    Case("promise asked", FEED, reword((PROMISE, f"{PROMISE}?")), (MISSING, WORDS), "a question is no promise"),
    Case("promise with an asterisk", A5, reword((PROMISE, f"{PROMISE}*")), (MISSING, WORDS), "small print"),
    Case("promise not kept", A4, reword((PROMISE, f"Not {PROMISE.lower()}")), MISSING, "a joke"),
    Case("promise in Welsh", LEAFLET, reword((PROMISE, "Cyfrinachol a dienw")), MISSING, "on an English page"),
    Case(
        "promise in halves", A4,
        reword((PROMISE, 'Confidential and <span style="opacity:0">anonymous</span>')), HIDDEN,
        "half of it unseen",
    ),
)  # fmt: skip


def _line_twice(html: str, own: Base) -> str:
    start, end = lines_of(html, "headline")[0]
    return html[:end] + " " + html[start:end] + html[end:]


WORDS_FAULTS = (
    Case(
        "headline light on light at its right", FEED, _half_background("headline", "#E6DFD4"), CONTRAST,
        "a bright wall in a photograph",
    ),
    Case(
        "body dark on dark at its right", LINK_SHARE, _half_background("body", "#8FA0A0"), CONTRAST,
        "a wall in a photograph",
    ),
    Case(
        "mojibake in the body", A4, retold("body", lambda said: said.replace(" ", " â€™ ", 1)), WORDS,
        "read in another encoding",
    ),
    Case("a field not filled in", A5, retold("headline", lambda said: "{headline}"), WORDS, "a template's variable"),
    Case("a doubled letter", IG_SQUARE, retold("headline", lambda said: said + said[-1]), WORDS, "a key that sticks"),
    Case(
        "a Cyrillic letter in the headline", A4,
        retold("headline", lambda said: said.replace("o", "\u043e", 1)), (WORDS, GLYPH),
        "pasted",
    ),
    Case("a line twice", A5, Edit(html=_line_twice), WORDS, "pasted twice"),
    Case("another edition", A4, retold("imprint", lambda said: said[:-1] + "x"), WORDS, "its edition"),
    Case(
        "headline cut by its box", STORY,
        styled("headline", "height:60px;overflow:hidden"), (CLIPPED, WORDS, HIDDEN),
        "the later lines are gone",
    ),
    Case(
        "headline cut in half by its box", A4,
        styled("headline", "height:25px;overflow:hidden"), (CLIPPED, WORDS, HIDDEN),
        "half of each letter is gone",
    ),
    Case(
        "draft across the page", A4,
        beside("DRAFT", 60, 380, 220, "#B0392E", "transform:rotate(-30deg);opacity:.6"), (OVERLAP, WORDS, CONTRAST),
        "a proof's stamp",
    ),
    Case(
        "body see-through in small type", MPU, styled("promise", "opacity:.45"), CONTRAST,
        "small, so that its edges are most of it",
    ),
    Case("partners see-through in small type", LEAFLET, styled("partner", "opacity:.45"), CONTRAST, "small letters"),
    Case("imprint see-through", A4, styled("imprint", "opacity:.4"), CONTRAST, "made to step back"),
    Case(
        "address see-through in a banner", HALF_PAGE, styled("address", "color:rgba(251,246,238,.35)"), CONTRAST,
        "small letters",
    ),
    Case("promise see-through in an email", EMAIL, styled("promise", "opacity:.5"), CONTRAST, "small letters"),
    Case("address see-through in the press", MINI, styled("address", "opacity:.5"), CONTRAST, "small letters"),
    Case(
        "small promise see-through on a poster", A2, styled("promise", "font-size:9px;opacity:.5"), CONTRAST, "hairs",
    ),
    Case(
        "small imprint see-through on a poster", A2, styled("imprint", "font-size:8px;opacity:.5"), CONTRAST, "hairs",
    ),
    Case("tiny promise see-through", MPU, styled("promise", "font-size:6px;opacity:.5"), CONTRAST, "hairs"),
    Case("body pale on a card", APP, styled("body", "opacity:.35"), CONTRAST, "looks switched off"),
    Case(
        "number ten pixels in the unsafe area", STORY, _into_the_edge("number", NUMBER, 10), UNSAFE,
        "a little too far",
    ),
    Case(
        "address a millimetre in the unsafe area", A4, _into_the_edge("address", ADDRESS, 3.8), UNSAFE,
        "a little too far",
    ),
)  # fmt: skip

LINK = "https://www.stopitnow.org.uk/"
CODE = (
    Case("code of a host with a dot at its end", A5, new_code("https://www.stopitnow.org.uk./"), WRONG, "a pedant's"),
    Case("code without the last stroke", A6, new_code(LINK[:-1]), WRONG, "not letter for letter"),
    Case("code with a mark after", LEAFLET, new_code(f"{LINK}#top"), WRONG, "a place on the page"),
    Case("code that calls a number", PRESS, new_code("tel:+448081000909"), WRONG, "and another one"),
    Case("code of plain words", SLIDE, new_code("Stop It Now"), WRONG, "opens nothing"),
    Case("code of a look-alike in Cyrillic", BOOKMARK, new_code("https://www.st\u043epitnow.org.uk/"), WRONG, "o"),
    Case("code see-through", A6, styled("code", "opacity:.16"), UNREADABLE, "made to step back"),
    Case("code with its finder gone", MALL, recoded(INK, "#DCD4C8"), UNREADABLE, "an elegant tone"),
    Case(
        "code sheared by a handle", LEAFLET, code_moved("transform:skewX(52deg)"), (UNREADABLE, OVERLAP),
        "a handle that was pulled",
    ),
)  # fmt: skip

WORDS_AND_CODE: tuple[Case, ...] = (*ADDRESS_AND_PROMISE, *WORDS_FAULTS, *CODE)
