"""Further sound assets, found by attack: odd in what they hold or how they are saved,
and nothing is wrong with them.
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
    SHOWN,
    added,
    beneath,
    code_moved,
    grown,
    recoded,
    restyle,
    reword,
    shape,
    under,
    with_pdf,
    with_picture,
    words_at,
)
from tests.corpus.edited_assets import Base, Case, Edit

NONE: frozenset[str] = frozenset()


def _at_the_edge(html: str, own: Base) -> str:
    """Bring the number's first letter to the edge of the safe area, half a pixel inside."""
    shift = own.asset.page.live[0] + 0.5 - own.box(NUMBER)[0]
    return restyle(html, "number", f"transform:translateX({shift:.2f}px)")


def _pill(html: str, own: Base) -> str:
    box = grown(own.box(NUMBER), 14)
    style = "background:linear-gradient(90deg,#FFE2C4,#FFF6E8);border-radius:40px"
    return under(html, shape(box, style))


def _saved(**options: object) -> Edit:
    def page(content: bytes, _: Base) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pdf.save(out, deterministic_id=True, **options)  # type: ignore[arg-type]
        return out.getvalue()

    return Edit(page=page)


def _moved_origin(pdf: pikepdf.Pdf) -> None:
    """Put the sheet's corner elsewhere in its coordinates, as imposing programs do."""
    page = pdf.pages[0]
    for box in ("/MediaBox", "/TrimBox", "/BleedBox", "/CropBox", "/ArtBox"):
        if box in page.obj:
            page.obj[box] = pikepdf.Array(
                [float(side) + shift for side, shift in zip(page.obj[box], (72, 36, 72, 36), strict=True)]
            )
    page.contents_add(b"q 1 0 0 1 72 36 cm", prepend=True)
    page.contents_add(b"Q")


def _said_plainly(pdf: pikepdf.Pdf) -> None:
    """Write down what holds anyway: no turn, units of a point."""
    pdf.pages[0].obj["/Rotate"] = 0
    pdf.pages[0].obj["/UserUnit"] = 1


def _for_two_sides(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/ViewerPreferences"] = pikepdf.Dictionary(
        DisplayDocTitle=True, PrintScaling=pikepdf.Name("/None")
    )


def _in_pieces(pdf: pikepdf.Pdf) -> None:
    """Part the page's content after its first operator's line, as programs do that append."""
    page = pdf.pages[0]
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q")
    page.contents_add(b"q Q")


def _quick_jpeg(**options: object) -> Edit:
    def encoded(picture: Image.Image, own: Base) -> bytes:
        out = io.BytesIO()
        xmp = xmp_packet(own.asset.spec.alt, own.asset.locale)
        picture.save(
            out,
            "JPEG",
            **{"quality": 92, "icc_profile": srgb_profile(), "xmp": xmp, "subsampling": 0, **options},
        )
        return out.getvalue()

    return Edit(encoded=encoded)


def _beside(said: str, x: float, y: float, size: float, colour: str) -> Edit:
    return added(words_at(said, x, y, size, colour))


def _noisy(drawn: Image.Image, own: Base) -> Image.Image:
    return drawn.point(lambda value: min(255, value + 1))


WORDS_ON_THE_PAGE = (
    Case(
        "a sum of money", A4, _beside("We received £1,850,000 in 2025/26", 48, 820, 20, INK), NONE,
        "no number to call",
    ),
    Case("years from and to", A4, _beside("Since 1998–2026, in 9 towns", 48, 820, 20, INK), NONE, "no number to call"),
    Case("opening hours", A5, _beside("Mon–Fri 9am–5.30pm, Sat 10–2", 34, 260, 16, INK), NONE, "no number to call"),
    Case("a charge number", A4, _beside("Registered charity 1013025", 48, 820, 20, INK), NONE, "seven digits"),
    Case(
        "short for something", A5, _beside("e.g. Mr. J. O’Neill, B.A. (Hons)", 34, 260, 16, INK), NONE,
        "dots, no address",
    ),
    Case(
        "a share and a ratio", LINK_SHARE, _beside("1 in 4, 7.5 %, 3:1, 16×9", 60, 470, 24, PAPER), NONE,
        "no number to call",
    ),
    Case(
        "both allowed service numbers", A4, _beside("Call 999 now, or dial 101", 48, 820, 20, INK), NONE,
        "allowed beside the facts",
    ),
    Case("a name with accents", A4, _beside("Zoë Brontë-Łuczak", 48, 820, 20, INK), NONE, "in the brand's font"),
    Case("a version", A4, _beside("Plan v2.0, no. 10, p. 4–6", 48, 820, 20, INK), NONE, "no address"),
    Case("a postcode", A5, _beside("ST16 2LH, Room 4/12", 34, 260, 16, INK), NONE, "no number to call"),
    Case("a date in figures", A5, _beside("2026-11-01 and 01.11.2026", 34, 260, 16, INK), NONE, "no number to call"),
    Case(
        "an empty coloured frame far away", A4, added(shape((500, 800, 60, 60), f"border:2px solid {INK}")), NONE,
        "a box to tick",
    ),
    Case(
        "number in two weights", A4, reword((SHOWN, f'<span style="font-weight:700">0808</span>{SHOWN[4:]}')), NONE,
        "to taste",
    ),
    Case("number half a pixel inside the safe area", STORY, Edit(html=_at_the_edge), NONE, "inside is inside"),
    Case(
        "address in two colours", A4,
        reword((ADDRESS, 'www.<span style="color:#1A3A43">stopitnow</span>.org.uk')), NONE,
        "both dark",
    ),
    Case("promise a line of its own", A5, reword((PROMISE, f"<span>{PROMISE}</span>")), NONE, "to taste"),
)  # fmt: skip

BACKGROUNDS = (
    Case("a pill behind the number", A5, Edit(html=_pill), NONE, "light, from light to lighter"),
    Case(
        "a gradient in the dark", FEED,
        beneath(shape((0, 0, 1080, 300), "background:linear-gradient(#10262C,#16323A)")), NONE,
        "dark to dark",
    ),
    Case(
        "a light shape far away", STORY,
        beneath(shape((700, 1000, 200, 200), "background:#FFDB45;border-radius:50%")), NONE,
        "away from all words",
    ),
    Case(
        "a frame of hairlines", A6,
        beneath(shape((4, 4, 388, 550), "box-sizing:border-box;border:1px solid #C9B9A0")), NONE,
        "round the sheet",
    ),
    Case("code turned on its head", A6, code_moved("transform:rotate(180deg)"), NONE, "phones do not mind"),
    Case("code on a slant", LEAFLET, code_moved("transform:rotate(4deg)"), NONE, "phones do not mind"),
    Case("code in dark blue", MALL, recoded(INK, "#0B1E66"), NONE, "dark enough"),
    Case("code a tenth smaller", A5, code_moved("transform:scale(.94)"), NONE, "modules over the floor"),
)  # fmt: skip

SAVED = (
    Case("PDF for slow lines", A4, _saved(linearize=True), NONE, "the same page"),
    Case(
        "PDF of plain objects", A5, _saved(object_stream_mode=pikepdf.ObjectStreamMode.disable), NONE,
        "the same page",
    ),
    Case(
        "PDF of an older version", A6,
        _saved(force_version="1.4", object_stream_mode=pikepdf.ObjectStreamMode.disable), NONE,
        "the same page",
    ),
    Case(
        "PDF with nothing packed", LEAFLET,
        _saved(compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized), NONE,
        "the same page",
    ),
    Case("origin elsewhere", A4, with_pdf(_moved_origin), NONE, "the same sheet"),
    Case("what holds anyway", A5, with_pdf(_said_plainly), NONE, "written down"),
    Case("a wish for the viewer", CARD, with_pdf(_for_two_sides), NONE, "harmless"),
    Case("content in pieces", A4, with_pdf(_in_pieces), NONE, "the same page"),
    Case("JPEG that knows its density", IG_SQUARE, _quick_jpeg(dpi=(72, 72)), NONE, "as editors write it"),
    Case("JPEG in strips", IG_SQUARE, _quick_jpeg(restart_marker_rows=4), NONE, "marks against a bad line"),
    Case("one level lighter", MPU, with_picture(_noisy), NONE, "nobody sees it"),
)  # fmt: skip

FAR = (
    "nspcc/online/ig-square@facts-long", "staffordshire-police/worried/poster-a4@facts-long",
    "staffordshire-police/worried/poster-a4@facts-short", "nspcc/worried/ig-story@facts-short",
    "nspcc/loved-one/disp-mpu@facts-short", "staffordshire-police/online/card-wallet@facts-short",
    "staffordshire-police/worried/poster-a4@facts-abroad", "nspcc/online/ig-square@facts-abroad",
    "staffordshire-police/worried/poster-a4@four-long", "together-for-childhood/loved-one/poster-a6@four-long",
    "staffordshire-police/worried/poster-a4@logos-four", "staffordshire-county-council/workforce/poster-a5@logos-four",
    "staffordshire-police/worried/poster-a4@terse", "nspcc/worried/ig-story@terse",
)  # fmt: skip
WORLDS_APART = tuple(
    Case(f"{asset} in a world apart", asset, Edit(), NONE, "another campaign's") for asset in FAR
)

SOUND: tuple[Case, ...] = (*WORDS_ON_THE_PAGE, *BACKGROUNDS, *SAVED, *WORLDS_APART)
