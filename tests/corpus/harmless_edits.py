"""Harmless edits of real assets, written blind: the proofs must raise no error for any of them.

What a designer may do on an ordinary day: set the same words otherwise, draw beside them, save once more.
"""

from __future__ import annotations

import io

import pikepdf
from PIL import Image

from assetgen.rendering.images.raster import srgb_profile, xmp_packet
from tests.corpus.case_constants import (
    A4,
    A5,
    A6,
    APP,
    BLACK,
    CARD,
    EMAIL,
    FEED,
    IG_SQUARE,
    INK,
    LEAFLET,
    LINK_SHARE,
    MALL,
    MPU,
    PAPER,
    SHEET_6,
    SLIDE,
    STORY,
    WRAP,
)
from tests.corpus.common_edits import (
    ADDRESS,
    NUMBER,
    SHOWN,
    added,
    append,
    beneath,
    both,
    code_box,
    code_moved,
    jpeg,
    png,
    recoded,
    reword,
    shape,
    styled,
    with_logo,
    words_at,
)
from tests.corpus.copy_edits import hyphenated, retold
from tests.corpus.edited_assets import Base, Case, Edit

NONE: frozenset[str] = frozenset()


def _saved_again(content: bytes, own: Base) -> bytes:
    """Save a PDF once more, for the web: other bytes, the same page."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(
            out, linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True
        )
    return out.getvalue()


def _reduced(picture: Image.Image, own: Base) -> bytes:
    """Write a PNG of 256 colours, as the project does where a channel asks for less weight."""
    small = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
    encoded = png(optimize=True).encoded
    assert encoded
    return encoded(small, own)


def _progressive(picture: Image.Image, own: Base) -> bytes:
    out = io.BytesIO()
    xmp = xmp_packet(own.asset.spec.alt, own.asset.locale)
    picture.save(
        out, "JPEG", quality=90, subsampling=0, progressive=True, icc_profile=srgb_profile(), xmp=xmp
    )
    return out.getvalue()


def _halo(html: str, own: Base) -> str:
    """Draw a mark well outside the code's quiet zone."""
    x, y, _, _ = code_box(html)
    return append(html, shape((x - 12, y - 12, 8, 2), f"background:{INK}"))


def _svg_words(text: str, x: float, y: float, size: float, colour: str) -> str:
    """Return words drawn in an inline SVG in the brand's font."""
    return (
        f'<svg class="canvas" style="left:{x}px;top:{y - size}px" width="{size * 8}" height="{size * 1.5}">'
        f'<text x="0" y="{size}" font-family="Hanken Grotesk" font-weight="700" font-size="{size}" '
        f'fill="{colour}">{text}</text></svg>'
    )


PLAIN = "color:inherit;text-decoration:none"
DOTS = "background:radial-gradient(circle at 50% 50%,#2C4850 0px,#2C4850 2px,transparent 2px);background-size:16px 16px"

WORDS_SET_OTHERWISE = (
    Case("plain spaces in the number", IG_SQUARE, reword((SHOWN, NUMBER)), NONE, "it stays on its line all the same"),
    Case(
        "a span for each digit", A4,
        reword((SHOWN, "".join(f"<span>{letter}</span>" for letter in SHOWN))), NONE, "as some tools set text",
    ),
    Case(
        "gaps instead of spaces", LINK_SHARE,
        reword((SHOWN, '0808<span style="margin-left:.22em">1000</span><span style="margin-left:.22em">900</span>')),
        NONE, "the spaces are room, not letters",
    ),
    Case("number spaced a little wider", EMAIL, styled("number", "letter-spacing:0;font-size:50px"), NONE, "to taste"),
    Case("number spaced a little tighter", A6, styled("number", "letter-spacing:-.024em"), NONE, "to taste"),
    Case(
        "number to be dialled at a touch", STORY,
        reword((SHOWN, f'<a style="{PLAIN}" href="tel:+448081000900">{SHOWN}</a>')), NONE, "a link",
    ),
    Case(
        "address to be opened at a touch", A5,
        reword((ADDRESS, f'<a style="{PLAIN}" href="https://www.stopitnow.org.uk/">{ADDRESS}</a>')), NONE, "a link",
    ),
    Case(
        "address in three spans", LEAFLET,
        reword((ADDRESS, "<span>www.</span><span>stopitnow</span><span>.org.uk</span>")), NONE, "one part was bold",
    ),
    Case("a soft hyphen in the body", SLIDE, retold("body", hyphenated), NONE, "unseen where it is"),
    Case("headline without kerning", FEED, styled("headline", "font-kerning:none"), NONE, "to taste"),
    Case("headline in the accent", STORY, styled("headline", "color:#FFB570"), NONE, "light enough on the dark"),
    Case("number a little smaller", WRAP, styled("number", "font-size:54px"), NONE, "to taste"),
    Case("words three pixels lower", MPU, styled("headline", "transform:translateY(3px)"), NONE, "to taste"),
    Case("the next shorter copy", A4, Edit(words=1), NONE, "a tier that the spec allows"),
    Case("no body", IG_SQUARE, Edit(words=2), NONE, "a tier that the spec allows"),
    Case("the short headline", LINK_SHARE, Edit(words=3), NONE, "a tier that the spec allows"),
)  # fmt: skip

MORE_ON_THE_PAGE = (
    Case(
        "the emergency number", A4,
        added(words_at("In an emergency call 999", 48, 820, 22, INK)), NONE, "allowed beside the facts",
    ),
    Case(
        "a date and a time", A5,
        added(words_at("1 November 2026, 09:00–17:00", 34, 260, 16, INK)), NONE, "dates and times are no numbers",
    ),
    Case("a fine rule", IG_SQUARE, added(shape((135, 610, 200, 1), f"background:{PAPER}")), NONE, "far from the words"),
    Case("dots in the dark", STORY, beneath(shape((65, 1000, 300, 60), DOTS)), NONE, "behind no words"),
    Case(
        "a soft shadow", FEED, beneath(shape((700, 480, 200, 60), "background:rgba(0,0,0,.15);border-radius:30px")),
        NONE, "away from the words",
    ),
    Case(
        "a plain panel behind the number", WRAP,
        beneath(shape((390, 236, 400, 156), "background:#FFC4C4;border-radius:8px")), NONE, "lighter than the light",
    ),
    Case(
        "a shape off the sheet", A6,
        beneath(shape((-40, 150, 60, 20), "background:#FFA6AE")), NONE, "into the bleed",
    ),
    Case("the name drawn in SVG", LINK_SHARE, added(_svg_words("Stop It Now!", 60, 470, 30, PAPER)), NONE, "as a mark"),
    Case(
        "a partner's logo", A5,
        with_logo((40, 546, 112, 56), "Staffordshire County Council", least_width_mm=18, clear=0.15),
        NONE, "in its own ratio, room around it",
    ),
    Case(
        "a logo in the foot", A4,
        with_logo((600, 905, 80, 40), "Staffordshire Police", least_width_mm=18, clear=0.15),
        NONE, "on paper, with room around it",
    ),
)  # fmt: skip

CODE_OTHERWISE = (
    Case("code turned by a quarter", A6, code_moved("transform:rotate(90deg)"), NONE, "phones do not mind"),
    Case("code in black on white", A6, both(recoded(BLACK, "#000"), recoded(PAPER, "#FFF")), NONE, "more contrast"),
    Case("code a little larger", SLIDE, code_moved("transform:scale(1.02);transform-origin:100% 100%"), NONE, "more"),
    Case("a mark outside the quiet zone", LEAFLET, Edit(html=_halo), NONE, "further off than four modules"),
)  # fmt: skip

SAVED_OTHERWISE = (
    Case("JPEG of quality 85", IG_SQUARE, jpeg(85), NONE, "still clean at 4:4:4"),
    Case("JPEG that comes in steps", MPU, Edit(encoded=_progressive), NONE, "the same picture"),
    Case("PNG packed again", LINK_SHARE, png(compress_level=9), NONE, "the same pixels"),
    Case("PNG of 256 colours", APP, Edit(encoded=_reduced), NONE, "as the project does for weight"),
    Case("PDF saved for the web", CARD, Edit(page=_saved_again), NONE, "the same page"),
    Case("large PDF saved again", SHEET_6, Edit(page=_saved_again), NONE, "the same page"),
    Case("number a trifle lighter", EMAIL, styled("number", "color:#1A3A43"), NONE, "another dark of the palette"),
    Case("number a trifle lighter on a screen", MALL, styled("number", "color:#1A3A43"), NONE, "the same on a screen"),
)  # fmt: skip

SOUND: tuple[Case, ...] = (*WORDS_SET_OTHERWISE, *MORE_ON_THE_PAGE, *CODE_OTHERWISE, *SAVED_OTHERWISE)
