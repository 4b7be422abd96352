"""Faults of the page, written from the requirements alone: QR code, position, overlap, fonts, contrast, type size."""

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
    SHOWN_NUMBER,
    add_logo,
    add_markup_behind_text,
    add_style,
    block_markup,
    box_in_code,
    code_box,
    combine,
    cover_code,
    edit_pdf,
    enlarged,
    html_append,
    html_insert_behind_text,
    html_style,
    replace_code,
    replace_in_code,
    replace_text,
    set_in_foreign_font,
    text_markup,
    transform_code,
)
from tests.corpus.copy_edits import change_line, line_box, move_onto, replace_last_letter
from tests.corpus.edited_assets import Case, Edit, UneditedAsset

LINK = "https://www.stopitnow.org.uk/"
DIAGONAL_STRIPES = f"repeating-linear-gradient(45deg,{INK} 0px,{INK} 5px,{PAPER} 5px,{PAPER} 10px)"
POLICE, COUNTY = "Staffordshire Police", "Staffordshire County Council"


def _add_text_in_quiet_zone(html: str, original: UneditedAsset) -> str:
    x, y, _, height = box_in_code(html, 0, 1, 1, 0.1)
    return html_append(html, text_markup("Scan or call", x, y + height * 0.1, height, INK))


def _frame_code(html: str, original: UneditedAsset) -> str:
    """Draw a thick frame close around the symbol, as generators of decorated codes do."""
    x, y, width, height = code_box(html)
    module = width / 37
    style = f"box-sizing:border-box;border:{module * 3.2}px solid {INK}"
    return html_append(html, block_markup((x, y, width, height), style))


def _add_second_code(html: str, original: UneditedAsset) -> str:
    """Add a second code beside the right one, in the free space of the headline."""
    other = replace_code("https://www.example.org/win").html
    assert other
    start = html.index('<svg class="part code"')
    drawn = other(html, original)
    second = drawn[drawn.index('<svg class="part code"') : drawn.rindex("</svg>") + len("</svg>")]
    assert start
    return html_append(html, html_style(f"{second}", "code", "left:225px;top:180px"))


CODE_FAULTS = (
    Case("code covered at a corner", A6, cover_code(0, 0, 0.34, 0.34, f"background:{PAPER}"), UNREADABLE, "a sticker"),
    Case(
        "code under a stripe", SLIDE, cover_code(-0.1, 0.36, 1.2, 0.28, f"background:{INK}"), UNREADABLE,
        "a decorative ribbon",
    ),
    Case(
        "logo in the code's middle", LEAFLET,
        cover_code(0.22, 0.22, 0.56, 0.56, "background:#25505B;border-radius:50%"), UNREADABLE,
        "a quarter of the code is more than it can spare",
    ),
    Case("code of a different page", A5, replace_code(f"{LINK}help/"), WRONG, "it should have been the address"),
    Case("code with a tracking parameter", MALL, replace_code(f"{LINK}?utm_source=qr"), WRONG, "to count visits"),
    Case("code of the insecure address", PRESS, replace_code("http://www.stopitnow.org.uk/"), WRONG, "one letter"),
    Case("code of a look-alike address", BOOKMARK, replace_code("https://www.stopltnow.org.uk/"), WRONG, "l for i"),
    Case("a second code", LEAFLET, Edit(html=_add_second_code), WRONG, "a prize draw's, beside the right one"),
    Case("no code", A6, add_style("code", "display:none"), UNREADABLE, "left over from a trial"),
    Case("code too small on paper", A6, transform_code("transform:scale(.38)"), TOO_SMALL, "modules of 0.43 mm"),
    Case("code too small on a screen", SLIDE, transform_code("transform:scale(.7)"), TOO_SMALL, "modules of 2.8 px"),
    Case("code with too many modules", A6, replace_code(LINK, 20), TOO_SMALL, "a generator's wrong setting"),
    Case(
        "code too dense for its distance", A2, replace_code(LINK, 30), UNREADABLE,
        "modules of 0.57 mm, seen from 0.8 m",
    ),
    Case(
        "code squashed", MALL, transform_code("transform:scale(1,.45)"), (TOO_SMALL, UNREADABLE),
        "modules of 1.8 px in height: too small one way",
    ),
    Case("code too pale", A6, replace_in_code(BLACK, "#F3EBDD"), UNREADABLE, "a colour chosen for looks"),
    Case(
        "code inverted", PRESS,
        combine(replace_in_code(PAPER, "#000001"), replace_in_code(BLACK, PAPER), replace_in_code("#000001", BLACK)),
        UNREADABLE, "light on dark: many phones do not read it",
    ),
    Case(
        "code on a busy background", LEAFLET,
        combine(
            replace_in_code(f'fill="{PAPER}"', 'fill="none"'),
            add_style("code", f"background:{DIAGONAL_STRIPES}"),
        ),
        UNREADABLE, "a pattern shines through",
    ),
    Case(
        "code on a dark tone", SLIDE, replace_in_code(PAPER, "#1B343B"), UNREADABLE,
        "a tinted field, hardly lighter than ink",
    ),
    Case("frame on the quiet zone", A6, Edit(html=_frame_code), QUIET_ZONE, "a frame close to the symbol"),
    Case("text in the quiet zone", A5, Edit(html=_add_text_in_quiet_zone), QUIET_ZONE, "a caption too near"),
    Case(
        "quiet zone cut off", SLIDE,
        combine(
            replace_in_code('viewBox="0 0 37 37"', 'viewBox="4 4 29 29"'),
            add_style("code", "outline:14px solid #10262C"),
        ),
        (QUIET_ZONE, UNREADABLE), "cropped to its modules, on a dark panel: perhaps no reader reads it",
    ),
)  # fmt: skip


def _move_number_onto_panel_join(html: str, original: UneditedAsset) -> str:
    """Shift the number by the smallest distance that puts the middle of a digit on a panel join."""
    middles = [x + width / 2 for x, _, width, _ in original.letter_boxes(NUMBER)]
    shift = min((join - middle for join in original.asset.page.panel_joins_x for middle in middles), key=abs)
    return html_style(html, "number", f"transform:translateX({shift:.2f}px)")


def _move_headline_onto_panel_join(html: str, original: UneditedAsset) -> str:
    """Shift the headline so that the middle of its last line is on the horizontal panel join."""
    _, y, _, height = line_box(original, "headline", -1)
    return html_style(
        html,
        "headline",
        f"transform:translateY({original.asset.page.panel_joins_y[0] - y - height / 2:.2f}px)",
    )


def _lower_edition(html: str, original: UneditedAsset) -> str:
    """Move the edition's line down by 7 mm."""
    line = re.search(r'<span class="part imprint " style="[^"]*">Edition', html)
    assert line
    return html.replace(line[0], line[0].replace('">', ';transform:translateY(26px)">'))


POSITION_FAULTS = (
    Case(
        "number under a story's buttons", STORY, add_style("number", "top:1700px"), UNSAFE,
        "the app draws its reply field there",
    ),
    Case(
        "headline under a story's name bar", STORY, add_style("headline", "top:30px"), UNSAFE,
        "the app draws the sender's name there",
    ),
    Case(
        "number under a column of icons", TIKTOK, add_style("number", "left:330px"), UNSAFE,
        "the app draws its buttons there",
    ),
    Case("number behind the speaker", TEAMS, add_style("number", "left:560px"), UNSAFE, "behind the speaker's head"),
    Case("address at a poster's edge", A5, add_style("address", "left:3px"), UNSAFE, "where the page may be cut"),
    Case("edition at a leaflet's edge", LEAFLET, Edit(html=_lower_edition), UNSAFE, "too low"),
    Case(
        "digit on a panel join", SHEET_48, Edit(html=_move_number_onto_panel_join), UNSAFE,
        "sheets are pasted by hand",
    ),
    Case(
        "headline across a panel join", SHEET_48, Edit(html=_move_headline_onto_panel_join), UNSAFE,
        "sheets are pasted by hand",
    ),
    Case("logo at a poster's edge", A4, add_logo((708, 930, 80, 40), "Staffordshire Police"), UNSAFE, "too far out"),
    Case("code at a poster's edge", A5, transform_code("transform:translateX(30px)"), UNSAFE, "too far right"),
    Case("footer over body", A4, move_onto("body", "partner"), OVERLAP, "the body runs into the partners"),
    Case("body over footer", A4, move_onto("body", "partner", "z-index:9"), OVERLAP, "the same, the other way up"),
    Case("headline over body", LINK_SHARE, add_style("body", "top:210px"), OVERLAP, "the headline grew by a line"),
    Case("number over code", A6, add_style("number", "top:310px"), OVERLAP, "both moved down"),
    Case("promise over address", IG_SQUARE, add_style("promise", "top:925px"), OVERLAP, "a lost line space"),
    Case("headline set too tight", FEED, add_style("headline", "line-height:60px"), OVERLAP, "its lines touch"),
    Case(
        "headline wider than the page", IG_SQUARE, add_style("headline", "font-size:190px"), CLIPPED,
        "one size too far",
    ),
    Case("promise below the page", CARD, add_style("promise", "top:200px"), CLIPPED, "the last line is cut off"),
    Case("headline above the page", MPU, add_style("headline", "top:-14px"), CLIPPED, "its capitals are cut"),
    Case(
        "text on a logo", A5,
        add_logo((40, 542, 120, 60), COUNTY, text_markup("Staffordshire", 60, 560, 20, "#C9D6D6")), (LOGO, OVERLAP),
        "breaks the logo's rule, or overlaps",
    ),
    Case(
        "text in a logo's clear space", A5,
        add_logo((40, 550, 100, 50), COUNTY, text_markup("Partner", 148, 562, 20, INK), clearance=0.5), LOGO,
        "too near",
    ),
    Case("logo squashed", A4, add_logo((600, 905, 80, 80), POLICE), LOGO, "a picture of 2 by 1 in a square"),
    Case("logo under its minimum size", A4, add_logo((600, 905, 40, 20), POLICE, min_width_mm=18), LOGO, "10.6 mm"),
)  # fmt: skip


def _remove_embedded_fonts(pdf: pikepdf.Pdf) -> None:
    for obj in pdf.objects:
        if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/FontDescriptor":
            for key in ("/FontFile", "/FontFile2", "/FontFile3", "/CIDSet"):
                if key in obj:
                    del obj[key]


def _type_in_helvetica(pdf: pikepdf.Pdf) -> None:
    """Type a line into the finished PDF, in a font of the PDF editor."""
    page = pdf.pages[0]
    helvetica = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page.Resources.Font["/Typed"] = pdf.make_indirect(helvetica)
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q q BT /Typed 14 Tf 0.98 0.96 0.93 rg 46 528 Td (In Staffordshire) Tj ET Q")


def _expect_foreign_letter_in_headline(asset: Asset) -> Asset:
    """Change the expected headline too: it ends in a letter that the brand's fonts lack."""
    words = {
        name: {**texts, "headline": texts["headline"][:-1] + "\uff1f"}
        for name, texts in asset.spec.words.items()
    }
    return replace(asset, spec=replace(asset.spec, words=words))


FONT_FAULTS = (
    Case("headline in a different font", FEED, set_in_foreign_font("headline"), FONT, "the brand's was not installed"),
    Case("number in a different font", A6, set_in_foreign_font("number"), FONT, "the brand's was not installed"),
    Case("partners in a different font", PRESS, set_in_foreign_font("partner"), FONT, "pasted from elsewhere"),
    Case(
        "fonts not embedded", A4, edit_pdf(_remove_embedded_fonts), (FONT, PRESS_RULE),
        "the printer's machine substitutes a font: font missing, or a press rule broken",
    ),
    Case("a line typed in Helvetica", A4, edit_pdf(_type_in_helvetica), FONT, "by an editor of PDFs"),
    Case(
        "telephone symbol without a glyph", A6, replace_text((SHOWN_NUMBER, f"\u260e{SHOWN_NUMBER}")), GLYPH,
        "the brand's fonts lack it",
    ),
    Case(
        "a wide question mark", STORY, change_line("headline", replace_last_letter("\uff1f"), line=-1), GLYPH,
        "typed on a foreign keyboard",
    ),
    Case(
        "a letter without a glyph in message and page", IG_SQUARE,
        Edit(
            html=change_line("headline", replace_last_letter("\uff1f"), line=-1).html,
            change_asset=_expect_foreign_letter_in_headline,
        ),
        GLYPH, "the message has it too, so that page and expected text agree",
    ),
    Case(
        "an arrow without a glyph", LINK_SHARE, change_line("body", lambda words: f"\u2794 {words}"), GLYPH,
        "from a different font",
    ),
)  # fmt: skip


def _lay_gradient_under_body(html: str, original: UneditedAsset) -> str:
    x, y, width, height = line_box(original, "body")
    box = (x - 20, y - 20, width + 40, height * 3 + 40)
    return html_insert_behind_text(
        html, block_markup(box, "background:linear-gradient(to right,#10262C,#C9D6D6)")
    )


STRIPES = f"repeating-linear-gradient(90deg,{INK} 0px,{INK} 6px,#FFA6AE 6px,#FFA6AE 18px)"


def add_block_behind_number(style: str) -> Edit:
    """Add a block between the background and the number."""
    return Edit(
        html=lambda html, original: html_insert_behind_text(
            html, block_markup(enlarged(original.text_box(NUMBER), 6), style)
        )
    )


CONTRAST_FAULTS = (
    Case("number too pale", A5, add_style("number", "color:#6E8F60"), CONTRAST, "a shade of the background"),
    Case(
        "address light on light", A6, add_style("address", "color:#FBF6EE"), CONTRAST,
        "the other background's colour",
    ),
    Case("promise too pale", MPU, add_style("promise", "color:#B4606C"), CONTRAST, "a shade of the background"),
    Case(
        "headline dark on dark", FEED, add_style("headline", "color:#2A4148"), CONTRAST,
        "the other background's colour",
    ),
    Case(
        "body over a gradient that grows light", LINK_SHARE, Edit(html=_lay_gradient_under_body), CONTRAST,
        "its end fades away",
    ),
    Case(
        "number half on light, half on dark", IG_SQUARE, add_style("number", "top:630px"), (CONTRAST, HIDDEN),
        "ink on ink at its left: too pale, or not to be seen at all",
    ),
    Case(
        "address half transparent", STORY, add_style("address", "opacity:.4"), CONTRAST,
        "left over from an animation",
    ),
    Case("partners too pale", PRESS, add_style("partner", "color:#C8C2B8"), CONTRAST, "toned down by a designer"),
    Case(
        "a bright stripe behind the headline", FEED,
        add_markup_behind_text(block_markup((60, 185, 700, 60), "background:#FFDB45")), CONTRAST,
        "one line of three lies on it",
    ),
    Case(
        "number on stripes", LED, add_block_behind_number(f"background:{STRIPES}"), (CONTRAST, HIDDEN),
        "each digit touches ink",
    ),
)  # fmt: skip

TYPE_SIZE_FAULTS = (
    Case("imprint in 3 pt", A4, add_style("imprint", "font-size:4px"), SMALL, "to make room"),
    Case(
        "number tiny on a billboard", SHEET_48, add_style("number", "font-size:38px"), SMALL,
        "a cap of 70 mm from 30 m",
    ),
    Case("body small in print", A5, add_style("body", "font-size:9px"), SMALL, "6.75 pt"),
    Case("promise small in a banner", MPU, add_style("promise", "font-size:5px"), SMALL, "a pixel's grain"),
    Case(
        "headline small on a screen", LED, add_style("headline", "font-size:6px"), SMALL,
        "not readable across a road",
    ),
    Case("address small in the press", MINI, add_style("address", "font-size:8px"), SMALL, "6 pt"),
    Case("partners small on a leaflet", LEAFLET, add_style("partner", "font-size:6px"), SMALL, "4.5 pt"),
    Case(
        "number shrunk by a transform", TIKTOK, add_style("number", "transform:scale(.15)"), SMALL,
        "its font size is right, but it is drawn small",
    ),
)  # fmt: skip

REQUIREMENT_PAGE_FAULTS: tuple[Case, ...] = (
    *CODE_FAULTS,
    *POSITION_FAULTS,
    *FONT_FAULTS,
    *CONTRAST_FAULTS,
    *TYPE_SIZE_FAULTS,
)
