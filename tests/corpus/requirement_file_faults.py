"""The blind half, continued: faults of the finished pixels and of the file itself."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
from PIL import Image, ImageDraw, ImageFilter

from assetgen.rendering.images.raster import srgb_profile, xmp_packet
from tests.corpus.case_constants import (
    A4,
    A5,
    A6,
    ALT,
    ALTERED,
    APP,
    BANNER,
    CARD,
    CONTRAST,
    EMAIL,
    FEED,
    HALF_PAGE,
    HIDDEN,
    IG_SQUARE,
    INKS,
    LED,
    LINK_SHARE,
    MALL,
    METADATA,
    MISSING,
    MPU,
    PAPER,
    PRESS_RULE,
    SIZE,
    SLIDE,
    STORY,
    UNREADABLE,
    WEIGHT,
    WORDS,
    WRONG,
)
from tests.corpus.common_edits import (
    ADDRESS,
    NUMBER,
    PROMISE,
    code_box,
    grown,
    in_code,
    jpeg,
    png,
    with_pdf,
    with_picture,
)
from tests.corpus.edited_assets import Base, Case, Edit, Rect, untouched

# DESIGN says that a raster file carries the sRGB profile, and names no code for one that does not: it is no
# colour of the channel's (ink, press), not the file asked for (size), or the wrong thing inside (metadata).
PROFILE = (METADATA, SIZE, INKS, PRESS_RULE)
# Nor for a file that is broken or of another format: not the channel's file, or what it must hold is not there.
BROKEN_FILE = (SIZE, METADATA, MISSING, HIDDEN)


def pixels(box: Rect) -> tuple[int, int, int, int]:
    """Return a box as left, top, right, bottom in whole pixels that hold it."""
    x, y, width, height = box
    return int(x), int(y), int(x + width) + 1, int(y + height) + 1


def painted(text: str, first: int, end: int | None, colour: str) -> Edit:
    """Paint over some letters in the finished picture."""

    def picture(drawn: Image.Image, own: Base) -> Image.Image:
        ImageDraw.Draw(drawn).rectangle(pixels(grown(own.box(text, first, end), 2)), fill=colour)
        return drawn

    return with_picture(picture)


def _repainted(drawn: Image.Image, own: Base) -> Image.Image:
    """Copy the picture of the 8 over the 9."""
    letters = own.letters(NUMBER)
    eight, nine = pixels(grown(letters[1], 2)), pixels(grown(letters[8], 2))
    patch = drawn.crop(eight).resize((nine[2] - nine[0], nine[3] - nine[1]))
    drawn.paste(patch, nine[:2])
    return drawn


def _pixelated(drawn: Image.Image, own: Base) -> Image.Image:
    """Blur the last group as one hides a number plate."""
    box = pixels(grown(own.box(NUMBER, 8), 4))
    part = drawn.crop(box)
    coarse = part.resize((3, 2), Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST)
    drawn.paste(coarse, box[:2])
    return drawn


def _half_grey(drawn: Image.Image, own: Base) -> Image.Image:
    """Leave the lower part grey, as a transfer that broke off does."""
    drawn.paste((128, 128, 128), (0, int(drawn.height * 0.6), drawn.width, drawn.height))
    return drawn


def _grainy(drawn: Image.Image, own: Base) -> Image.Image:
    """Add a grain that the eye hardly sees and no encoder can pack."""
    grain = Image.effect_noise(drawn.size, 9).convert("RGB")
    return Image.blend(drawn, grain, 0.06)


def _very_grainy(drawn: Image.Image, own: Base) -> Image.Image:
    """Add a coloured grain, as a cheap sensor's in the dark."""
    bands = [Image.effect_noise(drawn.size, 120) for _ in range(3)]
    return Image.blend(drawn, Image.merge("RGB", bands), 0.3)


PICTURE = (
    Case("digit painted over", IG_SQUARE, painted(NUMBER, 9, 10, "#7AD7E6"), HIDDEN, "in the finished picture"),
    Case("number blacked out", MPU, painted(NUMBER, 0, None, "#000000"), HIDDEN, "in the finished picture"),
    Case("address painted over", FEED, painted(ADDRESS, 4, 12, "#FFDB45"), HIDDEN, "in the finished picture"),
    Case("promise painted over", EMAIL, painted(PROMISE, 15, None, "#B2E69C"), HIDDEN, "in the finished picture"),
    Case(
        "a 9 repainted as an 8", STORY, with_picture(_repainted), (HIDDEN, ALTERED),
        "the 9's own letter is gone: hidden, or altered, as one looks at it",
    ),
    Case("last group pixelated", LINK_SHARE, with_picture(_pixelated), HIDDEN, "as a number plate is"),
    Case("lower part grey", LED, with_picture(_half_grey), HIDDEN, "a picture that was read while it was written"),
    Case(
        "out of focus", BANNER, with_picture(lambda drawn, _: drawn.filter(ImageFilter.GaussianBlur(7))),
        (HIDDEN, CONTRAST), "letters that have run into the background: hidden, or without contrast",
    ),
    Case("upside down", MALL, with_picture(lambda drawn, _: drawn.rotate(180)), HIDDEN, "a screen's wrong setting"),
    Case(
        "turned to black", HALF_PAGE, with_picture(lambda drawn, _: Image.new("RGB", drawn.size)), HIDDEN,
        "an alpha that was thrown away",
    ),
    Case("JPEG of quality 1", BANNER, jpeg(1), (HIDDEN, CONTRAST, WORDS), "small letters do not survive it"),
)  # fmt: skip


def _resized(width: int, height: int) -> Edit:
    return with_picture(lambda drawn, _: drawn.resize((width, height)))


def _trim_moved(pdf: pikepdf.Pdf) -> None:
    left, bottom, right, top = (float(side) for side in pdf.pages[0].trimbox)
    pdf.pages[0].TrimBox = pikepdf.Array([left, bottom, right - 8.5, top])  # 3 mm


def _no_trim(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj["/TrimBox"]


def _no_bleed(pdf: pikepdf.Pdf) -> None:
    trim = pikepdf.Array([float(side) for side in pdf.pages[0].trimbox])
    for name in ("/MediaBox", "/BleedBox"):
        pdf.pages[0].obj[name] = trim


def _two_pages(pdf: pikepdf.Pdf) -> None:
    pdf.pages.append(pdf.pages[0])


def _turned(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Rotate = 90


def _in_other_units(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/UserUnit"] = 2


def _stranger_profile() -> bytes:
    """Return a profile that calls itself sRGB and has red and green exchanged."""
    return (
        srgb_profile()
        .replace(b"rXYZ", b"\0tmp", 1)
        .replace(b"gXYZ", b"rXYZ", 1)
        .replace(b"\0tmp", b"gXYZ", 1)
    )


def _cmyk(picture: Image.Image, own: Base) -> bytes:
    out = io.BytesIO()
    xmp = xmp_packet(own.asset.spec.alt, own.asset.locale)
    picture.convert("CMYK").save(out, "JPEG", quality=92, xmp=xmp)
    return out.getvalue()


def _exported_as(name: str) -> Edit:
    """Write another format under the asset's name, with profile and alt text."""

    def encoded(picture: Image.Image, own: Base) -> bytes:
        out = io.BytesIO()
        xmp = xmp_packet(own.asset.spec.alt, own.asset.locale)
        picture.save(out, name, icc_profile=srgb_profile(), xmp=xmp)
        return out.getvalue()

    return Edit(encoded=encoded)


SHAPE = (
    Case("a pixel too narrow", IG_SQUARE, _resized(1079, 1080), SIZE, "rounded"),
    Case("a pixel too high", LINK_SHARE, _resized(1200, 631), SIZE, "rounded"),
    Case("exported at twice the size", MPU, _resized(600, 500), SIZE, "for a sharper screen"),
    Case("lying for standing", HALF_PAGE, with_picture(lambda drawn, _: drawn.rotate(90, expand=True)), SIZE, "turned"),
    Case("trim 3 mm too narrow", A5, with_pdf(_trim_moved), SIZE, "an imposition's slip"),
    Case("no trim box", A4, with_pdf(_no_trim), SIZE, "a PDF printer drops it"),
    Case("no bleed", A6, with_pdf(_no_bleed), SIZE, "saved without it"),
    Case("two pages", CARD, with_pdf(_two_pages), SIZE, "saved twice into one file"),
    Case("page turned", A4, with_pdf(_turned), SIZE, "a viewer's turn was saved"),
    Case("page in other units", A6, with_pdf(_in_other_units), SIZE, "twice as large for who heeds it"),
    Case("heavier than the channel takes", APP, Edit(picture=_grainy, encoded=png().encoded), WEIGHT, "a film's grain"),
    Case("advert too heavy", MPU, Edit(picture=_very_grainy, encoded=jpeg(100).encoded), WEIGHT, "a film's grain"),
    Case("no profile", MPU, jpeg(icc_profile=None), PROFILE, "exported for the web"),
    Case("no profile in a PNG", LINK_SHARE, png(icc_profile=None), PROFILE, "crushed by an optimiser"),
    Case("another profile", LED, jpeg(icc_profile=_stranger_profile()), PROFILE, "colours swapped under a right name"),
    Case("inks in a JPEG", IG_SQUARE, Edit(encoded=_cmyk), PROFILE, "made for print, sent to a screen"),
    Case(
        "greys alone", EMAIL, replace(png(), picture=lambda drawn, _: drawn.convert("L")), PROFILE, "by a fax program"
    ),
    Case("PNG under a JPEG's name", IG_SQUARE, _exported_as("PNG"), (SIZE, METADATA), "renamed, not converted"),
    Case("WebP under a PNG's name", LINK_SHARE, _exported_as("WEBP"), (SIZE, METADATA), "saved from a browser"),
)  # fmt: skip


def _exif(**tags: object) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "EOS R6"
    exif[0x8825] = {1: "N", 2: (52.0, 48.0, 24.0), 3: "W", 4: (2.0, 7.0, 0.0)} if tags.get("place") else {}
    if not tags.get("place"):
        del exif[0x8825]
        exif[0x013B] = "J. Smith"
    return exif.tobytes()


def _signed(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Author"] = "J. Smith"
    pdf.docinfo["/Creator"] = r"C:\Users\jsmith\Desktop\final_v7.indd"


def _history(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
        told["dc:creator"] = ["J. Smith"]
        told["xmpMM:DocumentID"] = "xmp.did:3c1f0a52"
        told["xmp:CreatorTool"] = "/Users/jsmith/poster.indd"


def _attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["notes.txt"] = pikepdf.AttachedFileSpec(pdf, b"Ring J. Smith first", filename="notes.txt")


def _cut(share: float) -> Edit:
    return Edit(content=lambda content, _: content[: int(len(content) * share)])


def _with_tail(tail: bytes) -> Edit:
    return Edit(content=lambda content, _: content + tail)


def _code_pasted(drawn: Image.Image, own: Base) -> Image.Image:
    """Paste the code of another address over the right one, pixel by pixel in its place."""
    import qrcode

    code = qrcode.QRCode(version=3, border=4, box_size=4)
    code.add_data("https://www.example.org/")
    code.make(fit=False)
    drawn.paste(code.make_image().get_image().convert("RGB"), pixels(code_box(own.html))[:2])
    return drawn


def _code_painted(drawn: Image.Image, own: Base) -> Image.Image:
    """Paint over a corner of the code, its finder pattern with it."""
    ImageDraw.Draw(drawn).rectangle(pixels(in_code(own.html, 0.66, 0, 0.34, 0.34)), fill=PAPER)
    return drawn


def _picture_of(asset: str) -> Edit:
    """Put another asset's picture into the file, with the right alt text and beside the right page."""

    def picture(drawn: Image.Image, own: Base) -> Image.Image:
        with Image.open(io.BytesIO(untouched(asset).content)) as other:
            return other.convert("RGB")

    return with_picture(picture)


def _file_only(asset: str) -> Edit:
    """Hand in another asset's finished file beside the right page."""
    return Edit(content=lambda content, own: untouched(asset).content)


INSIDE = (
    Case("where it was taken", IG_SQUARE, jpeg(exif=_exif(place=True)), METADATA, "GPS, as a telephone writes it"),
    Case("a camera and its owner", LED, jpeg(exif=_exif()), METADATA, "EXIF"),
    Case("a path in a PNG", LINK_SHARE, png({"Source": "/home/jsmith/campaign/final.psd"}), METADATA, "text chunk"),
    Case("an author in a PNG", EMAIL, png({"Author": "J. Smith"}), METADATA, "text chunk"),
    Case("a comment in a JPEG", MPU, jpeg(comment=b"made by jsmith on PC-0413"), METADATA, "an exporter's habit"),
    Case("an author in a PDF", A6, with_pdf(_signed), METADATA, "the document's properties"),
    Case("a history in a PDF", CARD, with_pdf(_history), METADATA, "an editor's XMP"),
    Case("a file attached to a PDF", A5, with_pdf(_attachment), METADATA, "left by a reviewer"),
    Case("something after a PNG's end", FEED, _with_tail(b"\nC:\\Users\\jsmith\\feed.png"), METADATA, "unseen"),
    Case("no alt text", LINK_SHARE, png(with_alt=False), ALT, "crushed by an optimiser"),
    Case("no alt text in a JPEG", HALF_PAGE, jpeg(xmp=None), ALT, "exported for the web"),
    Case("an empty alt text", MPU, jpeg(alt=""), ALT, "a field left open"),
    Case("another message's alt text", IG_SQUARE, jpeg(alt="Know the line. Know the number."), ALT, "copied"),
    Case("a JPEG cut short", IG_SQUARE, _cut(0.5), BROKEN_FILE, "a transfer that broke off", readable=False),
    Case("a PNG cut short", LINK_SHARE, _cut(0.6), BROKEN_FILE, "a transfer that broke off", readable=False),
    Case("a PDF cut short", A4, _cut(0.6), BROKEN_FILE, "a transfer that broke off", readable=False),
    Case("an empty file", MPU, _cut(0), BROKEN_FILE, "a full disk", readable=False),
    Case("another message's file", IG_SQUARE, Edit(file_of="nspcc/worried/ig-square"), WORDS, "names mixed up"),
    Case(
        "another partner's poster", A4, Edit(file_of="together-for-childhood/worried/poster-a4"), WORDS,
        "names mixed up: another partner in the foot",
    ),
    Case(
        "another message's picture beside the right page", FEED, _file_only("nspcc/worried/fb-feed-square"),
        (WORDS, HIDDEN, ALT), "the page's words are not in the picture; its alt text is another too",
    ),
    Case(
        "another message's picture with the right alt text", IG_SQUARE, _picture_of("nspcc/loved-one/ig-square"),
        (WORDS, HIDDEN, CONTRAST), "the page's headline is not in the picture: altered, hidden, or without contrast",
    ),
    Case("another code pasted in", SLIDE, with_picture(_code_pasted), WRONG, "in the finished picture"),
    Case("code painted over at a corner", SLIDE, with_picture(_code_painted), UNREADABLE, "in the finished picture"),
    Case("another size's file", MPU, _file_only("staffordshire-county-council/loved-one/disp-square"), SIZE, "mixed"),
)  # fmt: skip

FILES: tuple[Case, ...] = (*PICTURE, *SHAPE, *INSIDE)
