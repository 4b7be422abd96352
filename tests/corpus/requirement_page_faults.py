"""The blind half, continued: faults of the code, of places and sizes, of contrast, of fonts."""

from __future__ import annotations

import re
from dataclasses import replace

import pikepdf

from assetgen.planning.asset import Asset
from tests.corpus.case_constants import (
    A2,
    A4,
    A5,
    A6,
    BLACK,
    BOOKMARK,
    CARD,
    CLIPPED,
    CONTRAST,
    FEED,
    FONT,
    GLYPH,
    HIDDEN,
    IG_SQUARE,
    INK,
    LEAFLET,
    LED,
    LINK_SHARE,
    LOGO,
    MALL,
    MINI,
    MPU,
    OVERLAP,
    PAPER,
    PRESS,
    PRESS_RULE,
    QUIET_ZONE,
    SHEET_48,
    SLIDE,
    SMALL,
    STORY,
    TEAMS,
    TIKTOK,
    TOO_SMALL,
    UNREADABLE,
    UNSAFE,
    WRONG,
)
from tests.corpus.common_edits import (
    NUMBER,
    SHOWN,
    append,
    beneath,
    both,
    code_box,
    code_moved,
    grown,
    in_code,
    new_code,
    over_code,
    recoded,
    restyle,
    reword,
    set_in_strange_font,
    shape,
    styled,
    under,
    with_logo,
    with_pdf,
    words_at,
)
from tests.corpus.copy_edits import box_of, last_letter, onto, retold
from tests.corpus.edited_assets import Base, Case, Edit

LINK = "https://www.stopitnow.org.uk/"


POLICE, COUNTY = "Staffordshire Police", "Staffordshire County Council"


def _words_in_quiet_zone(html: str, own: Base) -> str:
    x, y, _, height = in_code(html, 0, 1, 1, 0.1)
    return append(html, words_at("Scan or call", x, y + height * 0.1, height, INK))


def _frame(html: str, own: Base) -> str:
    """Draw a thick frame close around the symbol, as decorators of codes do."""
    x, y, width, height = code_box(html)
    module = width / 37
    style = f"box-sizing:border-box;border:{module * 3.2}px solid {INK}"
    return append(html, shape((x, y, width, height), style))


def _second_code(html: str, own: Base) -> str:
    """Set another code beside the right one, in the headline's free room."""
    other = new_code("https://www.example.org/win").html
    assert other
    start = html.index('<svg class="part code"')
    drawn = other(html, own)
    second = drawn[drawn.index('<svg class="part code"') : drawn.rindex("</svg>") + len("</svg>")]
    assert start
    return append(html, restyle(f"{second}", "code", "left:225px;top:180px"))


CODE = (
    Case("code covered at a corner", A6, over_code(0, 0, 0.34, 0.34, f"background:{PAPER}"), UNREADABLE, "a sticker"),
    Case("code under a stripe", SLIDE, over_code(-0.1, 0.36, 1.2, 0.28, f"background:{INK}"), UNREADABLE, "a ribbon"),
    Case(
        "logo in the code's middle", LEAFLET, over_code(0.22, 0.22, 0.56, 0.56, "background:#25505B;border-radius:50%"),
        UNREADABLE, "a quarter of the code is more than it can spare",
    ),
    Case("code of another page", A5, new_code(f"{LINK}help/"), WRONG, "it should have been the address"),
    Case("code with a campaign's tracking", MALL, new_code(f"{LINK}?utm_source=qr"), WRONG, "it was to be counted"),
    Case("code of the insecure address", PRESS, new_code("http://www.stopitnow.org.uk/"), WRONG, "one letter"),
    Case("code of a look-alike", BOOKMARK, new_code("https://www.stopltnow.org.uk/"), WRONG, "l for i"),
    Case("a second code", LEAFLET, Edit(html=_second_code), WRONG, "a prize draw's, beside the right one"),
    Case("no code", A6, styled("code", "display:none"), UNREADABLE, "left over from a trial"),
    Case("code too small on paper", A6, code_moved("transform:scale(.38)"), TOO_SMALL, "modules of 0.43 mm"),
    Case("code too small on a screen", SLIDE, code_moved("transform:scale(.7)"), TOO_SMALL, "modules of 2.8 px"),
    Case("code with too many modules", A6, new_code(LINK, 20), TOO_SMALL, "a generator's wrong setting"),
    Case("code too dense for its distance", A2, new_code(LINK, 30), UNREADABLE, "modules of 0.57 mm, seen from 0.8 m"),
    Case(
        "code squashed", MALL, code_moved("transform:scale(1,.45)"), (TOO_SMALL, UNREADABLE),
        "modules of 1.8 px in height: too small one way",
    ),
    Case("code too pale", A6, recoded(BLACK, "#F3EBDD"), UNREADABLE, "an elegant tone on paper"),
    Case(
        "code inverted", PRESS, both(recoded(PAPER, "#000001"), recoded(BLACK, PAPER), recoded("#000001", BLACK)),
        UNREADABLE, "light on dark: many phones do not read it",
    ),
    Case(
        "code on a busy background", LEAFLET,
        both(
            recoded(f'fill="{PAPER}"', 'fill="none"'),
            styled("code", f"background:repeating-linear-gradient(45deg,{INK} 0px,{INK} 5px,{PAPER} 5px,{PAPER} 10px)"),
        ),
        UNREADABLE, "a pattern shines through",
    ),
    Case(
        "code on a dark tone", SLIDE, recoded(PAPER, "#1B343B"), UNREADABLE, "a tinted field, hardly lighter than ink"
    ),
    Case("frame on the quiet zone", A6, Edit(html=_frame), QUIET_ZONE, "a frame close to the symbol"),
    Case("words in the quiet zone", A5, Edit(html=_words_in_quiet_zone), QUIET_ZONE, "a caption too near"),
    Case(
        "quiet zone cut off", SLIDE,
        both(recoded('viewBox="0 0 37 37"', 'viewBox="4 4 29 29"'), styled("code", "outline:14px solid #10262C")),
        (QUIET_ZONE, UNREADABLE), "cropped to its modules, on a dark panel: where readers fail, they say no more",
    ),
)  # fmt: skip


def _number_onto_a_join(html: str, own: Base) -> str:
    """Shift the number as little as it takes to bring the middle of a digit onto a join."""
    middles = [x + width / 2 for x, _, width, _ in own.letters(NUMBER)]
    shift = min((join - middle for join in own.asset.page.panel_joins_x for middle in middles), key=abs)
    return restyle(html, "number", f"transform:translateX({shift:.2f}px)")


def _headline_onto_a_join(html: str, own: Base) -> str:
    """Shift the headline so that the middle of its last line lies on the join across the sheet."""
    _, y, _, height = box_of(own, "headline", -1)
    return restyle(
        html, "headline", f"transform:translateY({own.asset.page.panel_joins_y[0] - y - height / 2:.2f}px)"
    )


def _edition_too_low(html: str, own: Base) -> str:
    """Lower the edition's line by 7 mm."""
    line = re.search(r'<span class="part imprint " style="[^"]*">Edition', html)
    assert line
    return html.replace(line[0], line[0].replace('">', ';transform:translateY(26px)">'))


PLACES = (
    Case("number under a story's buttons", STORY, styled("number", "top:1700px"), UNSAFE, "where one answers"),
    Case("headline under a story's name bar", STORY, styled("headline", "top:30px"), UNSAFE, "the sender's"),
    Case("number under a column of icons", TIKTOK, styled("number", "left:330px"), UNSAFE, "hearts on it"),
    Case("number behind the speaker", TEAMS, styled("number", "left:560px"), UNSAFE, "behind a head"),
    Case("address at a poster's edge", A5, styled("address", "left:3px"), UNSAFE, "where the knife may come"),
    Case("edition at a leaflet's edge", LEAFLET, Edit(html=_edition_too_low), UNSAFE, "too low"),
    Case("digit on a join", SHEET_48, Edit(html=_number_onto_a_join), UNSAFE, "sheets are pasted by hand"),
    Case("headline across a join", SHEET_48, Edit(html=_headline_onto_a_join), UNSAFE, "sheets are pasted by hand"),
    Case("logo at a poster's edge", A4, with_logo((708, 930, 80, 40), "Staffordshire Police"), UNSAFE, "too far out"),
    Case("code at a poster's edge", A5, code_moved("transform:translateX(30px)"), UNSAFE, "too far right"),
    Case("foot over body", A4, onto("body", "partner"), OVERLAP, "the body runs into the partners"),
    Case("body over foot", A4, onto("body", "partner", "z-index:9"), OVERLAP, "the same, the other way up"),
    Case("headline over body", LINK_SHARE, styled("body", "top:210px"), OVERLAP, "the headline grew by a line"),
    Case("number over code", A6, styled("number", "top:310px"), OVERLAP, "both moved down"),
    Case("promise over address", IG_SQUARE, styled("promise", "top:925px"), OVERLAP, "a lost line space"),
    Case("headline set too tight", FEED, styled("headline", "line-height:60px"), OVERLAP, "its lines touch"),
    Case("headline wider than the page", IG_SQUARE, styled("headline", "font-size:190px"), CLIPPED, "one size too far"),
    Case("promise below the page", CARD, styled("promise", "top:200px"), CLIPPED, "the last line is cut by the knife"),
    Case("headline above the page", MPU, styled("headline", "top:-14px"), CLIPPED, "its capitals are cut"),
    Case(
        "words on a logo", A5, with_logo((40, 542, 120, 60), COUNTY, words_at("Staffordshire", 60, 560, 20, "#C9D6D6")),
        (LOGO, OVERLAP), "the logo's rule, or words that lie on something",
    ),
    Case(
        "words in a logo's clear space", A5,
        with_logo((40, 550, 100, 50), COUNTY, words_at("Partner", 148, 562, 20, INK), clear=0.5), LOGO, "too near",
    ),
    Case("logo squashed", A4, with_logo((600, 905, 80, 80), POLICE), LOGO, "a picture of 2 by 1 in a square"),
    Case("logo under its least size", A4, with_logo((600, 905, 40, 20), POLICE, least_width_mm=18), LOGO, "10.6 mm"),
)  # fmt: skip


def _no_font_inside(pdf: pikepdf.Pdf) -> None:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
            for key in ("/FontFile", "/FontFile2", "/FontFile3", "/CIDSet"):
                if key in thing:
                    del thing[key]


def _typed_in_helvetica(pdf: pikepdf.Pdf) -> None:
    """Type a line into the page with an editor's own font, as one does with a finished PDF."""
    page = pdf.pages[0]
    helvetica = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page.Resources.Font["/Typed"] = pdf.make_indirect(helvetica)
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q q BT /Typed 14 Tf 0.98 0.96 0.93 rg 46 528 Td (In Staffordshire) Tj ET Q")


def _headline_promised_with_a_strange_letter(asset: Asset) -> Asset:
    words = {
        name: {**said, "headline": said["headline"][:-1] + "\uff1f"}
        for name, said in asset.spec.words.items()
    }
    return replace(asset, spec=replace(asset.spec, words=words))


FONTS = (
    Case("headline in another font", FEED, set_in_strange_font("headline"), FONT, "the brand's was not installed"),
    Case("number in another font", A6, set_in_strange_font("number"), FONT, "the brand's was not installed"),
    Case("partners in another font", PRESS, set_in_strange_font("partner"), FONT, "pasted from elsewhere"),
    Case(
        "fonts not embedded", A4, with_pdf(_no_font_inside), (FONT, PRESS_RULE),
        "the printer's machine puts in one of its own: a substituted font, or a press rule broken",
    ),
    Case("a line typed in Helvetica", A4, with_pdf(_typed_in_helvetica), FONT, "by an editor of PDFs"),
    Case("telephone sign without a glyph", A6, reword((SHOWN, f"\u260e{SHOWN}")), GLYPH, "the brand's fonts lack it"),
    Case("a wide question mark", STORY, retold("headline", last_letter("\uff1f"), line=-1), GLYPH, "another keyboard"),
    Case(
        "a strange letter promised and set", IG_SQUARE,
        Edit(
            html=retold("headline", last_letter("\uff1f"), line=-1).html,
            promise=_headline_promised_with_a_strange_letter,
        ),
        GLYPH, "the message itself holds it, so that page and promise agree",
    ),
    Case("an arrow as a box", LINK_SHARE, retold("body", lambda words: f"\u2794 {words}"), GLYPH, "from another font"),
)  # fmt: skip


def _body_over_fading_light(html: str, own: Base) -> str:
    x, y, width, height = box_of(own, "body")
    box = (x - 20, y - 20, width + 40, height * 3 + 40)
    return under(html, shape(box, "background:linear-gradient(to right,#10262C,#C9D6D6)"))


STRIPES = f"repeating-linear-gradient(90deg,{INK} 0px,{INK} 6px,#FFA6AE 6px,#FFA6AE 18px)"


def beneath_number(style: str) -> Edit:
    """Lay a block between the background and the number."""
    return Edit(html=lambda html, own: under(html, shape(grown(own.box(NUMBER), 6), style)))


PALE = (
    Case("number too pale", A5, styled("number", "color:#6E8F60"), CONTRAST, "tone on tone"),
    Case("address light on light", A6, styled("address", "color:#FBF6EE"), CONTRAST, "the other background's colour"),
    Case("promise too pale", MPU, styled("promise", "color:#B4606C"), CONTRAST, "tone on tone"),
    Case("headline dark on dark", FEED, styled("headline", "color:#2A4148"), CONTRAST, "the other background's colour"),
    Case("body over a fading light", LINK_SHARE, Edit(html=_body_over_fading_light), CONTRAST, "its end fades away"),
    Case(
        "number from light into dark", IG_SQUARE, styled("number", "top:630px"), (CONTRAST, HIDDEN),
        "ink on ink at its left: too pale, or not to be seen at all",
    ),
    Case("address half faded", STORY, styled("address", "opacity:.4"), CONTRAST, "left over from an animation"),
    Case("partners too pale", PRESS, styled("partner", "color:#C8C2B8"), CONTRAST, "made to step back"),
    Case(
        "a bright stripe behind the headline", FEED, beneath(shape((60, 185, 700, 60), "background:#FFDB45")),
        CONTRAST, "one line of three lies on it",
    ),
    Case(
        "number on stripes", LED, beneath_number(f"background:{STRIPES}"), (CONTRAST, HIDDEN), "each digit touches ink",
    ),
)  # fmt: skip

TYPE = (
    Case("imprint of 3 pt", A4, styled("imprint", "font-size:4px"), SMALL, "to make room"),
    Case("number tiny on a hoarding", SHEET_48, styled("number", "font-size:38px"), SMALL, "a cap of 70 mm from 30 m"),
    Case("body small in print", A5, styled("body", "font-size:9px"), SMALL, "6.75 pt"),
    Case("promise small in a banner", MPU, styled("promise", "font-size:5px"), SMALL, "a pixel's grain"),
    Case("headline small on a screen", LED, styled("headline", "font-size:6px"), SMALL, "not to be read across a road"),
    Case("address small in the press", MINI, styled("address", "font-size:8px"), SMALL, "6 pt"),
    Case("partners small on a leaflet", LEAFLET, styled("partner", "font-size:6px"), SMALL, "4.5 pt"),
    Case(
        "number shrunk by a transform", TIKTOK, styled("number", "transform:scale(.15)"), SMALL,
        "its size of type is right, its picture is not",
    ),
)  # fmt: skip

PAGE: tuple[Case, ...] = (*CODE, *PLACES, *FONTS, *PALE, *TYPE)
