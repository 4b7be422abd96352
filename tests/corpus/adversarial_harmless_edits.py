"""Correct files that look suspicious, written as an attack on the finished preflight checks.

Their text, background or encoding is unusual, but not wrong. Some are assets of scenarios.
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
    CARD,
    FEED,
    IG_SQUARE,
    INK,
    LEAFLET,
    LINK_SHARE,
    MALL,
    MPU,
    PAPER,
    STORY,
)
from tests.corpus.common_edits import (
    ADDRESS,
    NUMBER,
    PROMISE,
    SHOWN_NUMBER,
    add_markup,
    add_markup_behind_text,
    add_text,
    block_markup,
    edit_pdf,
    edit_pixels,
    enlarged,
    html_insert_behind_text,
    html_style,
    replace_in_code,
    replace_text,
    transform_code,
)
from tests.corpus.edited_assets import Case, Edit, UneditedAsset

NONE: frozenset[str] = frozenset()


def _move_number_to_safe_edge(html: str, original: UneditedAsset) -> str:
    """Move the number so that its first digit is half a pixel inside the safe area."""
    shift = original.asset.page.live[0] + 0.5 - original.text_box(NUMBER)[0]
    return html_style(html, "number", f"transform:translateX({shift:.2f}px)")


def _add_pill_behind_number(html: str, original: UneditedAsset) -> str:
    box = enlarged(original.text_box(NUMBER), 14)
    style = "background:linear-gradient(90deg,#FFE2C4,#FFF6E8);border-radius:40px"
    return html_insert_behind_text(html, block_markup(box, style))


def _save_pdf(**options: object) -> Edit:
    def page(content: bytes, _: UneditedAsset) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pdf.save(out, deterministic_id=True, **options)  # type: ignore[arg-type]
        return out.getvalue()

    return Edit(page=page)


def _move_origin(pdf: pikepdf.Pdf) -> None:
    """Move the origin of the page's coordinates, as imposition programs do."""
    page = pdf.pages[0]
    for box in ("/MediaBox", "/TrimBox", "/BleedBox", "/CropBox", "/ArtBox"):
        if box in page.obj:
            page.obj[box] = pikepdf.Array(
                [float(side) + shift for side, shift in zip(page.obj[box], (72, 36, 72, 36), strict=True)]
            )
    page.contents_add(b"q 1 0 0 1 72 36 cm", prepend=True)
    page.contents_add(b"Q")


def _write_defaults(pdf: pikepdf.Pdf) -> None:
    """Write the defaults: no rotation, a user unit of one point."""
    pdf.pages[0].obj["/Rotate"] = 0
    pdf.pages[0].obj["/UserUnit"] = 1


def _set_viewer_preferences(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/ViewerPreferences"] = pikepdf.Dictionary(
        DisplayDocTitle=True, PrintScaling=pikepdf.Name("/None")
    )


def _split_content(pdf: pikepdf.Pdf) -> None:
    """Split the page's content into several streams, as programs do that append to it."""
    page = pdf.pages[0]
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q")
    page.contents_add(b"q Q")


def _encode_jpeg(**options: object) -> Edit:
    def encode(picture: Image.Image, original: UneditedAsset) -> bytes:
        out = io.BytesIO()
        xmp = xmp_packet(original.asset.spec.alt, original.asset.locale)
        picture.save(
            out,
            "JPEG",
            **{"quality": 92, "icc_profile": srgb_profile(), "xmp": xmp, "subsampling": 0, **options},
        )
        return out.getvalue()

    return Edit(encode=encode)


def _lighten_by_one(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    return drawn.point(lambda value: min(255, value + 1))


TEXT_EDITS = (
    Case(
        "a sum of money", A4, add_text("We received £1,850,000 in 2025/26", 48, 820, 20, INK), NONE,
        "not a telephone number",
    ),
    Case(
        "a range of years", A4, add_text("Since 1998–2026, in 9 towns", 48, 820, 20, INK), NONE,
        "not a telephone number",
    ),
    Case(
        "opening hours", A5, add_text("Mon–Fri 9am–5.30pm, Sat 10–2", 34, 260, 16, INK), NONE,
        "not a telephone number",
    ),
    Case(
        "a charity number", A4, add_text("Registered charity 1013025", 48, 820, 20, INK), NONE,
        "seven digits, not a telephone number",
    ),
    Case(
        "abbreviations with dots", A5, add_text("e.g. Mr. J. O’Neill, B.A. (Hons)", 34, 260, 16, INK), NONE,
        "not an address",
    ),
    Case(
        "shares and ratios", LINK_SHARE, add_text("1 in 4, 7.5 %, 3:1, 16×9", 60, 470, 24, PAPER), NONE,
        "not a telephone number",
    ),
    Case(
        "both allowed service numbers", A4, add_text("Call 999 now, or dial 101", 48, 820, 20, INK), NONE,
        "allowed beside the facts",
    ),
    Case("a name with accents", A4, add_text("Zoë Brontë-Łuczak", 48, 820, 20, INK), NONE, "in the brand's font"),
    Case("a version number", A4, add_text("Plan v2.0, no. 10, p. 4–6", 48, 820, 20, INK), NONE, "not an address"),
    Case("a postcode", A5, add_text("ST16 2LH, Room 4/12", 34, 260, 16, INK), NONE, "not a telephone number"),
    Case(
        "dates in digits", A5, add_text("2026-11-01 and 01.11.2026", 34, 260, 16, INK), NONE,
        "not a telephone number",
    ),
    Case(
        "an empty coloured frame far away", A4,
        add_markup(block_markup((500, 800, 60, 60), f"border:2px solid {INK}")), NONE, "a box to tick",
    ),
    Case(
        "number in two weights", A4,
        replace_text((SHOWN_NUMBER, f'<span style="font-weight:700">0808</span>{SHOWN_NUMBER[4:]}')), NONE,
        "a matter of taste",
    ),
    Case(
        "number half a pixel inside the safe area", STORY, Edit(html=_move_number_to_safe_edge), NONE,
        "it is still inside",
    ),
    Case(
        "address in two colours", A4,
        replace_text((ADDRESS, 'www.<span style="color:#1A3A43">stopitnow</span>.org.uk')), NONE,
        "both dark",
    ),
    Case(
        "promise in a span of its own", A5, replace_text((PROMISE, f"<span>{PROMISE}</span>")), NONE,
        "a matter of taste",
    ),
)  # fmt: skip

BACKGROUND_EDITS = (
    Case("a pale gradient behind the number", A5, Edit(html=_add_pill_behind_number), NONE, "both colours are light"),
    Case(
        "a gradient in the dark background", FEED,
        add_markup_behind_text(block_markup((0, 0, 1080, 300), "background:linear-gradient(#10262C,#16323A)")), NONE,
        "both colours are dark",
    ),
    Case(
        "a light shape far away", STORY,
        add_markup_behind_text(block_markup((700, 1000, 200, 200), "background:#FFDB45;border-radius:50%")), NONE,
        "away from all words",
    ),
    Case(
        "a frame of hairlines", A6,
        add_markup_behind_text(block_markup((4, 4, 388, 550), "box-sizing:border-box;border:1px solid #C9B9A0")), NONE,
        "around the page",
    ),
    Case("code upside down", A6, transform_code("transform:rotate(180deg)"), NONE, "phones read it"),
    Case("code rotated by 4 degrees", LEAFLET, transform_code("transform:rotate(4deg)"), NONE, "phones read it"),
    Case("code in dark blue", MALL, replace_in_code(INK, "#0B1E66"), NONE, "dark enough"),
    Case("code 6 % smaller", A5, transform_code("transform:scale(.94)"), NONE, "modules above the minimum size"),
)  # fmt: skip

ENCODING_EDITS = (
    Case("linearised PDF", A4, _save_pdf(linearize=True), NONE, "the same page"),
    Case(
        "PDF without object streams", A5, _save_pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable), NONE,
        "the same page",
    ),
    Case(
        "PDF 1.4", A6,
        _save_pdf(force_version="1.4", object_stream_mode=pikepdf.ObjectStreamMode.disable), NONE,
        "the same page",
    ),
    Case(
        "uncompressed PDF", LEAFLET,
        _save_pdf(compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized), NONE,
        "the same page",
    ),
    Case("PDF with a moved origin", A4, edit_pdf(_move_origin), NONE, "the same sheet"),
    Case("PDF with the default rotation and unit", A5, edit_pdf(_write_defaults), NONE, "they change nothing"),
    Case("PDF with viewer preferences", CARD, edit_pdf(_set_viewer_preferences), NONE, "harmless"),
    Case("content in several streams", A4, edit_pdf(_split_content), NONE, "the same page"),
    Case("JPEG with a density", IG_SQUARE, _encode_jpeg(dpi=(72, 72)), NONE, "as editors write it"),
    Case(
        "JPEG with restart markers", IG_SQUARE, _encode_jpeg(restart_marker_rows=4), NONE,
        "they change nothing visible",
    ),
    Case("every pixel one level lighter", MPU, edit_pixels(_lighten_by_one), NONE, "not visible"),
)  # fmt: skip

SCENARIO_ASSETS = (
    "nspcc/online/ig-square@facts-long", "staffordshire-police/worried/poster-a4@facts-long",
    "staffordshire-police/worried/poster-a4@facts-short", "nspcc/worried/ig-story@facts-short",
    "nspcc/loved-one/disp-mpu@facts-short", "staffordshire-police/online/card-wallet@facts-short",
    "staffordshire-police/worried/poster-a4@facts-abroad", "nspcc/online/ig-square@facts-abroad",
    "staffordshire-police/worried/poster-a4@four-long-names",
    "together-for-childhood/loved-one/poster-a6@four-long-names",
    "staffordshire-police/worried/poster-a4@four-logos", "staffordshire-county-council/workforce/poster-a5@four-logos",
    "staffordshire-police/worried/poster-a4@short-copy", "nspcc/worried/ig-story@short-copy",
)  # fmt: skip
SCENARIO_CASES = tuple(
    Case(f"unedited: {asset}", asset, Edit(), NONE, "a scenario of the campaign") for asset in SCENARIO_ASSETS
)

ADVERSARIAL_HARMLESS_EDITS: tuple[Case, ...] = (
    *TEXT_EDITS,
    *BACKGROUND_EDITS,
    *ENCODING_EDITS,
    *SCENARIO_CASES,
)
