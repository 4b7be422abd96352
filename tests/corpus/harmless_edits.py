"""Harmless edits of real assets, written from the requirements alone: no preflight check may raise an error for them.

They are what a designer does on an ordinary day: set the same text differently, draw beside it, save again.
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
    SHOWN_NUMBER,
    add_logo,
    add_markup,
    add_markup_behind_text,
    add_style,
    block_markup,
    code_box,
    combine,
    html_append,
    jpeg,
    png,
    replace_in_code,
    replace_text,
    text_markup,
    transform_code,
)
from tests.corpus.copy_edits import add_soft_hyphen, change_line
from tests.corpus.edited_assets import Case, Edit, UneditedAsset

NONE: frozenset[str] = frozenset()


def _save_pdf_again(content: bytes, original: UneditedAsset) -> bytes:
    """Save a PDF again, linearised for the web: different bytes, the same page."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(
            out, linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True
        )
    return out.getvalue()


def _encode_with_256_colours(picture: Image.Image, original: UneditedAsset) -> bytes:
    """Encode a PNG of 256 colours, as the project does if a channel limits the file's weight."""
    small = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
    encode = png(optimize=True).encode
    assert encode
    return encode(small, original)


def _encode_progressively(picture: Image.Image, original: UneditedAsset) -> bytes:
    out = io.BytesIO()
    xmp = xmp_packet(original.asset.spec.alt, original.asset.locale)
    picture.save(
        out, "JPEG", quality=90, subsampling=0, progressive=True, icc_profile=srgb_profile(), xmp=xmp
    )
    return out.getvalue()


def _add_line_near_code(html: str, original: UneditedAsset) -> str:
    """Draw a short line well outside the code's quiet zone."""
    x, y, _, _ = code_box(html)
    return html_append(html, block_markup((x - 12, y - 12, 8, 2), f"background:{INK}"))


def _svg_text(text: str, x: float, y: float, size: float, colour: str) -> str:
    """Return a text as inline SVG in the brand's font."""
    return (
        f'<svg class="canvas" style="left:{x}px;top:{y - size}px" width="{size * 8}" height="{size * 1.5}">'
        f'<text x="0" y="{size}" font-family="Hanken Grotesk" font-weight="700" font-size="{size}" '
        f'fill="{colour}">{text}</text></svg>'
    )


GAP = '<span style="margin-left:.22em">'
PLAIN_LINK = "color:inherit;text-decoration:none"
DOTS = "background:radial-gradient(circle at 50% 50%,#2C4850 0px,#2C4850 2px,transparent 2px);background-size:16px 16px"

TEXT_EDITS = (
    Case(
        "plain spaces in the number", IG_SQUARE, replace_text((SHOWN_NUMBER, NUMBER)), NONE,
        "it still fits on its line",
    ),
    Case(
        "a span for each digit", A4,
        replace_text((SHOWN_NUMBER, "".join(f"<span>{letter}</span>" for letter in SHOWN_NUMBER))), NONE,
        "as some tools set text",
    ),
    Case(
        "gaps instead of spaces", LINK_SHARE,
        replace_text((SHOWN_NUMBER, f"0808{GAP}1000</span>{GAP}900</span>")),
        NONE, "the gaps are margins, not letters",
    ),
    Case(
        "number with slightly wider spacing", EMAIL, add_style("number", "letter-spacing:0;font-size:50px"), NONE,
        "a matter of taste",
    ),
    Case(
        "number with slightly tighter spacing", A6, add_style("number", "letter-spacing:-.024em"), NONE,
        "a matter of taste",
    ),
    Case(
        "number as a link", STORY,
        replace_text((SHOWN_NUMBER, f'<a style="{PLAIN_LINK}" href="tel:+448081000900">{SHOWN_NUMBER}</a>')), NONE,
        "a link",
    ),
    Case(
        "address as a link", A5,
        replace_text((ADDRESS, f'<a style="{PLAIN_LINK}" href="https://www.stopitnow.org.uk/">{ADDRESS}</a>')), NONE,
        "a link",
    ),
    Case(
        "address in three spans", LEAFLET,
        replace_text((ADDRESS, "<span>www.</span><span>stopitnow</span><span>.org.uk</span>")), NONE,
        "its middle part was bold",
    ),
    Case("a soft hyphen in the body", SLIDE, change_line("body", add_soft_hyphen), NONE, "invisible inside a line"),
    Case("headline without kerning", FEED, add_style("headline", "font-kerning:none"), NONE, "a matter of taste"),
    Case(
        "headline in the accent colour", STORY, add_style("headline", "color:#FFB570"), NONE,
        "light enough on the dark",
    ),
    Case("number a little smaller", WRAP, add_style("number", "font-size:54px"), NONE, "a matter of taste"),
    Case(
        "headline three pixels lower", MPU, add_style("headline", "transform:translateY(3px)"), NONE,
        "a matter of taste",
    ),
    Case("the next shorter copy length", A4, Edit(word_set=1), NONE, "a copy length that the spec allows"),
    Case("copy without a body", IG_SQUARE, Edit(word_set=2), NONE, "a copy length that the spec allows"),
    Case("the short headline", LINK_SHARE, Edit(word_set=3), NONE, "a copy length that the spec allows"),
)  # fmt: skip

ADDED_TO_THE_PAGE = (
    Case(
        "the emergency number", A4,
        add_markup(text_markup("In an emergency call 999", 48, 820, 22, INK)), NONE, "allowed beside the facts",
    ),
    Case(
        "a date and a time", A5, add_markup(text_markup("1 November 2026, 09:00–17:00", 34, 260, 16, INK)), NONE,
        "dates and times are not telephone numbers",
    ),
    Case(
        "a hairline", IG_SQUARE, add_markup(block_markup((135, 610, 200, 1), f"background:{PAPER}")), NONE,
        "far from the words",
    ),
    Case(
        "dots in the dark background", STORY, add_markup_behind_text(block_markup((65, 1000, 300, 60), DOTS)), NONE,
        "not behind text",
    ),
    Case(
        "a soft shadow", FEED,
        add_markup_behind_text(block_markup((700, 480, 200, 60), "background:rgba(0,0,0,.15);border-radius:30px")),
        NONE, "away from the words",
    ),
    Case(
        "a plain panel behind the number", WRAP,
        add_markup_behind_text(block_markup((390, 236, 400, 156), "background:#FFC4C4;border-radius:8px")), NONE,
        "lighter than the light",
    ),
    Case(
        "a shape that leaves the page", A6,
        add_markup_behind_text(block_markup((-40, 150, 60, 20), "background:#FFA6AE")), NONE, "it runs into the bleed",
    ),
    Case(
        "the helpline's name in SVG", LINK_SHARE, add_markup(_svg_text("Stop It Now!", 60, 470, 30, PAPER)), NONE,
        "as a logo",
    ),
    Case(
        "a partner's logo", A5,
        add_logo((40, 546, 112, 56), "Staffordshire County Council", min_width_mm=18, clearance=0.15),
        NONE, "in its own ratio, room around it",
    ),
    Case(
        "a logo in the footer", A4,
        add_logo((600, 905, 80, 40), "Staffordshire Police", min_width_mm=18, clearance=0.15),
        NONE, "on paper, with room around it",
    ),
)  # fmt: skip

CODE_EDITS = (
    Case("code rotated by 90 degrees", A6, transform_code("transform:rotate(90deg)"), NONE, "phones read it"),
    Case(
        "code in black on white", A6, combine(replace_in_code(BLACK, "#000"), replace_in_code(PAPER, "#FFF")), NONE,
        "more contrast",
    ),
    Case(
        "code a little larger", SLIDE, transform_code("transform:scale(1.02);transform-origin:100% 100%"), NONE,
        "larger is allowed",
    ),
    Case(
        "a line outside the quiet zone", LEAFLET, Edit(html=_add_line_near_code), NONE,
        "further away than four modules",
    ),
)  # fmt: skip

ENCODING_EDITS = (
    Case("JPEG of quality 85", IG_SQUARE, jpeg(85), NONE, "no visible artefacts at 4:4:4"),
    Case("progressive JPEG", MPU, Edit(encode=_encode_progressively), NONE, "the same picture"),
    Case("PNG compressed again", LINK_SHARE, png(compress_level=9), NONE, "the same pixels"),
    Case("PNG of 256 colours", APP, Edit(encode=_encode_with_256_colours), NONE, "as the project does for small files"),
    Case("linearised PDF saved again", CARD, Edit(page=_save_pdf_again), NONE, "the same page"),
    Case("large linearised PDF saved again", SHEET_6, Edit(page=_save_pdf_again), NONE, "the same page"),
    Case(
        "number slightly lighter", EMAIL, add_style("number", "color:#1A3A43"), NONE,
        "a different dark colour of the palette",
    ),
    Case(
        "number slightly lighter on a screen", MALL, add_style("number", "color:#1A3A43"), NONE,
        "a different dark colour on a screen",
    ),
)  # fmt: skip

HARMLESS_EDITS: tuple[Case, ...] = (*TEXT_EDITS, *ADDED_TO_THE_PAGE, *CODE_EDITS, *ENCODING_EDITS)
