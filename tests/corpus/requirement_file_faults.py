"""Faults of the pixels and of the file, written from the requirements alone."""

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
    box_in_code,
    code_box,
    edit_pdf,
    edit_pixels,
    enlarged,
    jpeg,
    png,
)
from tests.corpus.edited_assets import Case, Edit, Rect, UneditedAsset, finish_unedited

# A raster file must have the sRGB profile. The requirements name no code for one that does not, so any of these is
# right: wrong metadata, not the channel's file (size), not the channel's colours (ink, press).
WRONG_PROFILE = (METADATA, SIZE, INKS, PRESS_RULE)
# They name none for a broken file or a wrong format either: not the channel's file, or its facts are missing.
BROKEN_FILE = (SIZE, METADATA, MISSING, HIDDEN)


def to_pixels(box: Rect) -> tuple[int, int, int, int]:
    """Return the smallest box of whole pixels around a box: left, top, right, bottom."""
    x, y, width, height = box
    return int(x), int(y), int(x + width) + 1, int(y + height) + 1


def paint_over(text: str, first: int, end: int | None, colour: str) -> Edit:
    """Paint over the letters of a text from ``first`` to ``end``, in the pixels."""

    def picture(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
        ImageDraw.Draw(drawn).rectangle(
            to_pixels(enlarged(original.text_box(text, first, end), 2)), fill=colour
        )
        return drawn

    return edit_pixels(picture)


def _paint_8_over_9(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    """Copy the pixels of the 8 over the 9."""
    letters = original.letter_boxes(NUMBER)
    eight, nine = to_pixels(enlarged(letters[1], 2)), to_pixels(enlarged(letters[8], 2))
    patch = drawn.crop(eight).resize((nine[2] - nine[0], nine[3] - nine[1]))
    drawn.paste(patch, nine[:2])
    return drawn


def _pixelate_last_group(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    """Pixelate the last group, as one hides a number plate."""
    box = to_pixels(enlarged(original.text_box(NUMBER, 8), 4))
    part = drawn.crop(box)
    coarse = part.resize((3, 2), Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST)
    drawn.paste(coarse, box[:2])
    return drawn


def _grey_lower_part(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    """Leave the lower part grey, as a transfer that broke off does."""
    drawn.paste((128, 128, 128), (0, int(drawn.height * 0.6), drawn.width, drawn.height))
    return drawn


def _add_grain(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    """Add a grain that is hardly visible and that no encoder can compress."""
    grain = Image.effect_noise(drawn.size, 9).convert("RGB")
    return Image.blend(drawn, grain, 0.06)


def _add_coloured_grain(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    """Add a coloured grain, as of a cheap sensor in the dark."""
    bands = [Image.effect_noise(drawn.size, 120) for _ in range(3)]
    return Image.blend(drawn, Image.merge("RGB", bands), 0.3)


PICTURE_FAULTS = (
    Case("digit painted over", IG_SQUARE, paint_over(NUMBER, 9, 10, "#7AD7E6"), HIDDEN, "in the finished picture"),
    Case("number blacked out", MPU, paint_over(NUMBER, 0, None, "#000000"), HIDDEN, "in the finished picture"),
    Case("address painted over", FEED, paint_over(ADDRESS, 4, 12, "#FFDB45"), HIDDEN, "in the finished picture"),
    Case("promise painted over", EMAIL, paint_over(PROMISE, 15, None, "#B2E69C"), HIDDEN, "in the finished picture"),
    Case(
        "a 9 repainted as an 8", STORY, edit_pixels(_paint_8_over_9), (HIDDEN, ALTERED),
        "the letter 9 is not in the pixels: hidden or altered",
    ),
    Case("last group pixelated", LINK_SHARE, edit_pixels(_pixelate_last_group), HIDDEN, "as a number plate is"),
    Case(
        "lower part of the picture grey", LED, edit_pixels(_grey_lower_part), HIDDEN,
        "the picture was read while it was still being written",
    ),
    Case(
        "whole picture out of focus", BANNER, edit_pixels(lambda drawn, _: drawn.filter(ImageFilter.GaussianBlur(7))),
        (HIDDEN, CONTRAST), "letters blurred into the background: hidden, or too little contrast",
    ),
    Case("upside down", MALL, edit_pixels(lambda drawn, _: drawn.rotate(180)), HIDDEN, "a screen's wrong setting"),
    Case(
        "all black", HALF_PAGE, edit_pixels(lambda drawn, _: Image.new("RGB", drawn.size)), HIDDEN,
        "the alpha channel was dropped",
    ),
    Case("JPEG of quality 1", BANNER, jpeg(1), (HIDDEN, CONTRAST, WORDS), "small letters do not survive it"),
)  # fmt: skip


def _resize(width: int, height: int) -> Edit:
    return edit_pixels(lambda drawn, _: drawn.resize((width, height)))


def _narrow_trim(pdf: pikepdf.Pdf) -> None:
    left, bottom, right, top = (float(side) for side in pdf.pages[0].trimbox)
    pdf.pages[0].TrimBox = pikepdf.Array([left, bottom, right - 8.5, top])  # 3 mm


def _remove_trim_box(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj["/TrimBox"]


def _remove_bleed(pdf: pikepdf.Pdf) -> None:
    trim = pikepdf.Array([float(side) for side in pdf.pages[0].trimbox])
    for name in ("/MediaBox", "/BleedBox"):
        pdf.pages[0].obj[name] = trim


def _duplicate_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages.append(pdf.pages[0])


def _rotate_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Rotate = 90


def _set_user_unit(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/UserUnit"] = 2


def _swapped_profile() -> bytes:
    """Return a profile that is named sRGB but has red and green swapped."""
    return (
        srgb_profile()
        .replace(b"rXYZ", b"\0tmp", 1)
        .replace(b"gXYZ", b"rXYZ", 1)
        .replace(b"\0tmp", b"gXYZ", 1)
    )


def _encode_as_cmyk(picture: Image.Image, original: UneditedAsset) -> bytes:
    out = io.BytesIO()
    xmp = xmp_packet(original.asset.spec.alt, original.asset.locale)
    picture.convert("CMYK").save(out, "JPEG", quality=92, xmp=xmp)
    return out.getvalue()


def _encode_as(name: str) -> Edit:
    """Encode in a different format than the file's name says, with profile and alt text."""

    def encode(picture: Image.Image, original: UneditedAsset) -> bytes:
        out = io.BytesIO()
        xmp = xmp_packet(original.asset.spec.alt, original.asset.locale)
        picture.save(out, name, icc_profile=srgb_profile(), xmp=xmp)
        return out.getvalue()

    return Edit(encode=encode)


FORMAT_FAULTS = (
    Case("a pixel too narrow", IG_SQUARE, _resize(1079, 1080), SIZE, "a rounding error"),
    Case("a pixel too high", LINK_SHARE, _resize(1200, 631), SIZE, "a rounding error"),
    Case("exported at twice the size", MPU, _resize(600, 500), SIZE, "for a sharper screen"),
    Case(
        "landscape instead of portrait", HALF_PAGE, edit_pixels(lambda drawn, _: drawn.rotate(90, expand=True)),
        SIZE, "turned",
    ),
    Case("trim 3 mm too narrow", A5, edit_pdf(_narrow_trim), SIZE, "an imposition's slip"),
    Case("no trim box", A4, edit_pdf(_remove_trim_box), SIZE, "a PDF printer drops it"),
    Case("no bleed", A6, edit_pdf(_remove_bleed), SIZE, "saved without it"),
    Case("two pages", CARD, edit_pdf(_duplicate_page), SIZE, "saved twice into one file"),
    Case("page turned", A4, edit_pdf(_rotate_page), SIZE, "a viewer's turn was saved"),
    Case(
        "page with a larger user unit", A6, edit_pdf(_set_user_unit), SIZE,
        "twice as large in a viewer that supports it",
    ),
    Case(
        "PNG heavier than the channel allows", APP, Edit(picture=_add_grain, encode=png().encode), WEIGHT,
        "a film's grain",
    ),
    Case("advert too heavy", MPU, Edit(picture=_add_coloured_grain, encode=jpeg(100).encode), WEIGHT, "a film's grain"),
    Case("no profile", MPU, jpeg(icc_profile=None), WRONG_PROFILE, "exported for the web"),
    Case("no profile in a PNG", LINK_SHARE, png(icc_profile=None), WRONG_PROFILE, "crushed by an optimiser"),
    Case(
        "a profile with swapped colours", LED, jpeg(icc_profile=_swapped_profile()), WRONG_PROFILE,
        "colours swapped under a right name",
    ),
    Case("a CMYK JPEG", IG_SQUARE, Edit(encode=_encode_as_cmyk), WRONG_PROFILE, "made for print, sent to a screen"),
    Case(
        "a greyscale PNG", EMAIL, replace(png(), picture=lambda drawn, _: drawn.convert("L")), WRONG_PROFILE,
        "saved by a fax program",
    ),
    Case("PNG under a JPEG's name", IG_SQUARE, _encode_as("PNG"), (SIZE, METADATA), "renamed, not converted"),
    Case("WebP under a PNG's name", LINK_SHARE, _encode_as("WEBP"), (SIZE, METADATA), "saved from a browser"),
)  # fmt: skip


def _exif(**tags: object) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "EOS R6"
    exif[0x8825] = {1: "N", 2: (52.0, 48.0, 24.0), 3: "W", 4: (2.0, 7.0, 0.0)} if tags.get("place") else {}
    if not tags.get("place"):
        del exif[0x8825]
        exif[0x013B] = "J. Smith"
    return exif.tobytes()


def _add_author(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Author"] = "J. Smith"
    pdf.docinfo["/Creator"] = r"C:\Users\jsmith\Desktop\final_v7.indd"


def _add_history(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["dc:creator"] = ["J. Smith"]
        metadata["xmpMM:DocumentID"] = "xmp.did:3c1f0a52"
        metadata["xmp:CreatorTool"] = "/Users/jsmith/poster.indd"


def _attach_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["notes.txt"] = pikepdf.AttachedFileSpec(pdf, b"Ring J. Smith first", filename="notes.txt")


def _truncate(share: float) -> Edit:
    return Edit(content=lambda content, _: content[: int(len(content) * share)])


def _append_bytes(tail: bytes) -> Edit:
    return Edit(content=lambda content, _: content + tail)


def _paste_other_code(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    """Paste the code of a different address over the right one, in the pixels."""
    import qrcode

    code = qrcode.QRCode(version=3, border=4, box_size=4)
    code.add_data("https://www.example.org/")
    code.make(fit=False)
    drawn.paste(code.make_image().get_image().convert("RGB"), to_pixels(code_box(original.html))[:2])
    return drawn


def _paint_over_code_corner(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    """Paint over a corner of the code with its finder pattern, in the pixels."""
    ImageDraw.Draw(drawn).rectangle(to_pixels(box_in_code(original.html, 0.66, 0, 0.34, 0.34)), fill=PAPER)
    return drawn


def _replace_picture(asset: str) -> Edit:
    """Use a different asset's pixels, with the right alt text and the right page."""

    def picture(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
        with Image.open(io.BytesIO(finish_unedited(asset).content)) as other:
            return other.convert("RGB")

    return edit_pixels(picture)


def _replace_file(asset: str) -> Edit:
    """Use a different asset's finished file, with the right page."""
    return Edit(content=lambda content, original: finish_unedited(asset).content)


CONTENT_FAULTS = (
    Case("GPS position in a JPEG", IG_SQUARE, jpeg(exif=_exif(place=True)), METADATA, "GPS, as a telephone writes it"),
    Case("camera and owner in a JPEG", LED, jpeg(exif=_exif()), METADATA, "EXIF"),
    Case("a path in a PNG", LINK_SHARE, png({"Source": "/home/jsmith/campaign/final.psd"}), METADATA, "text chunk"),
    Case("an author in a PNG", EMAIL, png({"Author": "J. Smith"}), METADATA, "text chunk"),
    Case("a comment in a JPEG", MPU, jpeg(comment=b"made by jsmith on PC-0413"), METADATA, "an export adds it"),
    Case("an author in a PDF", A6, edit_pdf(_add_author), METADATA, "the document's properties"),
    Case("a history in a PDF", CARD, edit_pdf(_add_history), METADATA, "an editor's XMP"),
    Case("a file attached to a PDF", A5, edit_pdf(_attach_file), METADATA, "left by a reviewer"),
    Case(
        "bytes after a PNG's end", FEED, _append_bytes(b"\nC:\\Users\\jsmith\\feed.png"), METADATA,
        "no viewer shows it",
    ),
    Case("no alt text", LINK_SHARE, png(with_alt=False), ALT, "crushed by an optimiser"),
    Case("no alt text in a JPEG", HALF_PAGE, jpeg(xmp=None), ALT, "exported for the web"),
    Case("an empty alt text", MPU, jpeg(alt=""), ALT, "a field left open"),
    Case("a different message's alt text", IG_SQUARE, jpeg(alt="Know the line. Know the number."), ALT, "copied"),
    Case("a JPEG cut short", IG_SQUARE, _truncate(0.5), BROKEN_FILE, "a transfer that broke off", is_readable=False),
    Case("a PNG cut short", LINK_SHARE, _truncate(0.6), BROKEN_FILE, "a transfer that broke off", is_readable=False),
    Case("a PDF cut short", A4, _truncate(0.6), BROKEN_FILE, "a transfer that broke off", is_readable=False),
    Case("an empty file", MPU, _truncate(0), BROKEN_FILE, "a full disk", is_readable=False),
    Case(
        "a different message's file", IG_SQUARE, Edit(file_of="nspcc/worried/ig-square"), WORDS,
        "file names mixed up",
    ),
    Case(
        "a different partner's poster", A4, Edit(file_of="together-for-childhood/worried/poster-a4"), WORDS,
        "file names mixed up: a different partner in the footer",
    ),
    Case(
        "a different message's picture beside the right page", FEED, _replace_file("nspcc/worried/fb-feed-square"),
        (WORDS, HIDDEN, ALT), "the page's text is not in the picture; its alt text is wrong too",
    ),
    Case(
        "a different message's picture with the right alt text", IG_SQUARE,
        _replace_picture("nspcc/loved-one/ig-square"), (WORDS, HIDDEN, CONTRAST),
        "the page's headline is not in the picture: altered, hidden, or without contrast",
    ),
    Case("a different code pasted in", SLIDE, edit_pixels(_paste_other_code), WRONG, "in the finished picture"),
    Case(
        "code painted over at a corner", SLIDE, edit_pixels(_paint_over_code_corner), UNREADABLE,
        "in the finished picture",
    ),
    Case(
        "a file of a different size", MPU, _replace_file("staffordshire-county-council/loved-one/disp-square"),
        SIZE, "file names mixed up",
    ),
)  # fmt: skip

REQUIREMENT_FILE_FAULTS: tuple[Case, ...] = (*PICTURE_FAULTS, *FORMAT_FAULTS, *CONTENT_FAULTS)
