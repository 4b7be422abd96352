"""Faults of PDFs, pixels and bytes, written as an attack on the finished preflight checks."""

from __future__ import annotations

import io

import pikepdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from assetgen.rendering.images.raster import srgb_profile, xmp_packet
from tests.corpus.case_constants import (
    A4,
    A5,
    A6,
    ALT,
    ALTERED,
    APP,
    CARD,
    CONTRAST,
    EMAIL,
    FEED,
    HIDDEN,
    IG_SQUARE,
    INK,
    LEAFLET,
    LINK_SHARE,
    METADATA,
    MISSING,
    MPU,
    PRESS_RULE,
    SIZE,
    STORY,
    UNREADABLE,
    UNSAFE,
    WORDS,
)
from tests.corpus.common_edits import NUMBER, PROMISE, edit_pdf, edit_pixels, enlarged, jpeg
from tests.corpus.edited_assets import Case, Edit, UneditedAsset

NOT_ALLOWED = (METADATA, PRESS_RULE, SIZE)
BROKEN_FILE = (SIZE, METADATA, MISSING, HIDDEN)


def _cover_half_in_pdf(pdf: pikepdf.Pdf) -> None:
    """Draw a white block over half of the page, as one covers text in a PDF editor."""
    page = pdf.pages[0]
    left, bottom, right, top = (float(side) for side in page.trimbox)
    page.contents_add(b"q", prepend=True)
    block = f"Q q 1 1 1 rg {left} {bottom} {right - left} {(top - bottom) * 0.5} re f Q"
    page.contents_add(block.encode())


def _add_annotation(**entries: object) -> Edit:
    """Add an annotation with these entries."""

    def change(pdf: pikepdf.Pdf) -> None:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[40, 40, 200, 80], F=4, **entries)  # type: ignore[arg-type]
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(note)])

    return edit_pdf(change)


def _add_form_field(pdf: pikepdf.Pdf) -> None:
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="Name",
            V="0800 555 111", Rect=[40, 40, 200, 80], F=4, DA="/Helv 12 Tf 0 g",
        )
    )  # fmt: skip
    pdf.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    pdf.pages[0].obj["/Annots"] = pikepdf.Array([field])


def _encrypt(owner: str, user: str) -> Edit:
    def page(content: bytes, _: UneditedAsset) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pdf.save(out, encryption=pikepdf.Encryption(owner=owner, user=user))
        return out.getvalue()

    return Edit(page=page)


def _remove_tags(pdf: pikepdf.Pdf) -> None:
    for key in ("/StructTreeRoot", "/MarkInfo"):
        if key in pdf.Root:
            del pdf.Root[key]


def _change_alt(pdf: pikepdf.Pdf) -> None:
    for obj in pdf.objects:
        if isinstance(obj, pikepdf.Dictionary) and "/Alt" in obj:
            obj["/Alt"] = "IMG_2041"


def _set_subject(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Subject"] = "Call 0808 1000 909"


def _shift_trim(pdf: pikepdf.Pdf) -> None:
    left, bottom, right, top = (float(side) for side in pdf.pages[0].trimbox)
    pdf.pages[0].TrimBox = pikepdf.Array([left + 5.7, bottom, right + 5.7, top])


def _scale_page(pdf: pikepdf.Pdf) -> None:
    """Shrink the page and all its boxes by 3 %, as "fit to page" does."""
    page = pdf.pages[0]
    for box in ("/MediaBox", "/TrimBox", "/BleedBox", "/CropBox"):
        if box in page.obj:
            page.obj[box] = pikepdf.Array([float(side) * 0.97 for side in page.obj[box]])
    page.contents_add(b"q 0.97 0 0 0.97 0 0 cm", prepend=True)
    page.contents_add(b"Q")


def _truncate_content(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.contents_coalesce()
    text = page.Contents.read_bytes()
    page.Contents = pdf.make_stream(text[: len(text) * 6 // 10])


def _coarsen_pictures(pdf: pikepdf.Pdf) -> None:
    """Reduce every picture to a width of 24 px, as a preview that was never replaced."""
    for obj in pdf.objects:
        if isinstance(obj, pikepdf.Stream) and obj.get("/Subtype") == "/Image" and "/SMask" not in obj:
            picture = pikepdf.PdfImage(obj).as_pil_image().convert("RGB")
            small = picture.resize((24, max(1, round(24 * picture.height / picture.width))))
            obj.write(small.tobytes())
            obj["/Width"], obj["/Height"] = small.size
            obj["/ColorSpace"], obj["/BitsPerComponent"] = pikepdf.Name.DeviceRGB, 8


def _set_text_mode(mode: int) -> Edit:
    """Draw all letters in a text rendering mode: 1 draws outlines, 7 only clips."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].contents_add(f"0.05 w {mode} Tr".encode(), prepend=True)

    return edit_pdf(change)


def _open_link_at_start(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://www.example.org/")


def _draw_at_fifth_of_ink(pdf: pikepdf.Pdf) -> None:
    """Draw the whole page at a fifth of its ink, as for a draft."""
    for state in pdf.pages[0].Resources.ExtGState.values():
        state["/ca"] = 0.2


WRONG_ALT_OR_FACT = (ALT, ALTERED, METADATA)
PDF_FAULTS = (
    Case("half the page covered in a PDF", A4, edit_pdf(_cover_half_in_pdf), HIDDEN, "a white block from an editor"),
    Case(
        "a form field in a PDF", A5, edit_pdf(_add_form_field), (*NOT_ALLOWED, ALTERED),
        "typed into the finished file",
    ),
    Case(
        "a link to a foreign address in a PDF", A4,
        _add_annotation(Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://www.example.org/")),
        (*NOT_ALLOWED, ALTERED), "invisible until it is clicked",
    ),
    Case(
        "a comment in a PDF", A6,
        _add_annotation(Subtype=pikepdf.Name.Text, Contents="Is this the right number?", T="A. Person"), NOT_ALLOWED,
        "left by a reviewer",
    ),
    Case(
        "a link opened at the start of a PDF", A4, edit_pdf(_open_link_at_start), NOT_ALLOWED,
        "when the file is opened",
    ),
    Case(
        "PDF that needs a password", A5, _encrypt("a", "b"), (*BROKEN_FILE, PRESS_RULE),
        "the printer cannot open it", is_readable=False,
    ),
    Case(
        "PDF with an owner password", A6, _encrypt("a", ""), (*BROKEN_FILE, PRESS_RULE),
        "opens, and a printer refuses it",
    ),
    Case("PDF without tags", A5, edit_pdf(_remove_tags), ALT, "saved by a program that throws them away"),
    Case("a wrong alt text in a PDF", A4, edit_pdf(_change_alt), ALT, "the camera's file name"),
    Case("a wrong number in a PDF's subject", A6, edit_pdf(_set_subject), WRONG_ALT_OR_FACT, "file managers show it"),
    Case(
        "trim box shifted", A4, edit_pdf(_shift_trim), (SIZE, UNSAFE, PRESS_RULE), "2 mm to the right: a bleed of 1 mm",
    ),
    Case("page shrunk by 3 %", A5, edit_pdf(_scale_page), SIZE, "fit to page"),
    Case(
        "page's content truncated", LEAFLET, edit_pdf(_truncate_content), (MISSING, WORDS, UNREADABLE),
        "the disk was full",
    ),
    Case(
        "preview pictures in a PDF", f"{A4}@window-dark", edit_pdf(_coarsen_pictures), frozenset({"image-resolution"}),
        "low resolution, never replaced",
    ),
    Case(
        "letters as hairlines", A4, _set_text_mode(1), (HIDDEN, CONTRAST),
        "an outline of 0.05 pt is nothing on paper",
    ),
    Case("letters as a clip path", A5, _set_text_mode(7), HIDDEN, "they clip, and draw nothing"),
    Case(
        "page at a fifth of its ink", CARD, edit_pdf(_draw_at_fifth_of_ink), (CONTRAST, UNREADABLE, HIDDEN),
        "a setting of a draft",
    ),
    Case(
        "bytes after a PDF's end", A4,
        Edit(page=lambda content, _: content + b"\n<script>left over</script>" * 40), (METADATA, SIZE),
        "left over from an editor",
    ),
)  # fmt: skip


def _type_on_picture(text: str, size: float, place: tuple[float, float]) -> Edit:
    """Draw a text into the pixels, at a place given in shares of the picture."""

    def picture(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
        at = int(drawn.width * place[0]), int(drawn.height * place[1])
        ImageDraw.Draw(drawn).text(at, text, fill="#FFFFFF", font=ImageFont.load_default(size))
        return drawn

    return edit_pixels(picture)


def _strike_number(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    x, y, width, height = original.text_box(NUMBER)
    middle = y + height / 2
    ImageDraw.Draw(drawn).line((x, middle, x + width, middle), fill=INK, width=max(3, int(height / 9)))
    return drawn


def _blur_number(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    x, y, width, height = enlarged(original.text_box(NUMBER), 4)
    box = int(x), int(y), int(x + width), int(y + height)
    drawn.paste(drawn.crop(box).filter(ImageFilter.GaussianBlur(height / 5)), box[:2])
    return drawn


def _lose_rows(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    """Repeat every twelfth row eleven times, as a broken decoder does."""
    rows = drawn.resize((drawn.width, drawn.height // 12), Image.Resampling.NEAREST)
    return rows.resize(drawn.size, Image.Resampling.NEAREST)


def _add_white_frame(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    inner = drawn.resize((drawn.width - 24, drawn.height - 24))
    framed = Image.new("RGB", drawn.size, "white")
    framed.paste(inner, (12, 12))
    return framed


def _zero_a_block(content: bytes, original: UneditedAsset) -> bytes:
    """Zero 2048 bytes in the middle of the file, as a bad disk block does."""
    middle = len(content) // 2
    return content[:middle] + bytes(2048) + content[middle + 2048 :]


def _encode_with_iptc(picture: Image.Image, original: UneditedAsset) -> bytes:
    """Encode a JPEG with a block of IPTC data, as photo programs write it."""
    out = io.BytesIO()
    xmp = xmp_packet(original.asset.spec.alt, original.asset.locale)
    picture.save(out, "JPEG", quality=92, icc_profile=srgb_profile(), xmp=xmp, subsampling=0)
    text = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0c\x1c\x02\x50\x00\x07A Namer"
    marker = b"\xff\xed" + (len(text) + 2).to_bytes(2, "big") + text
    return out.getvalue()[:2] + marker + out.getvalue()[2:]


def _encode_with_other_number_in_alt(picture: Image.Image, original: UneditedAsset) -> bytes:
    text = original.asset.spec.alt.replace(NUMBER, "0808 1000 909")
    assert text != original.asset.spec.alt
    encode = jpeg(92, alt=text).encode
    assert encode
    return encode(picture, original)


def _smear_promise(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    x, y, width, height = original.text_box(PROMISE)
    box = int(x), int(y), int(x + width), int(y + height) + 1
    narrow = drawn.crop(box).resize((max(2, int(width / 20)), box[3] - box[1]), Image.Resampling.BOX)
    drawn.paste(narrow.resize((box[2] - box[0], box[3] - box[1])), box[:2])
    return drawn


def _enlarge_from_thumbnail(drawn: Image.Image, original: UneditedAsset) -> Image.Image:
    return drawn.resize((drawn.width // 12, drawn.height // 12)).resize(drawn.size)


PICTURE_FAULTS = (
    Case(
        "a different number typed on the picture", IG_SQUARE,
        _type_on_picture("0800 555 111", 44, (0.08, 0.5)), (ALTERED, HIDDEN, WORDS),
        "in an image editor; the page does not have it",
    ),
    Case(
        "DRAFT stamped on the picture", FEED, _type_on_picture("DRAFT DRAFT", 190, (0.02, 0.15)),
        (HIDDEN, WORDS, CONTRAST), "over the headline",
    ),
    Case(
        "a line through the number in the picture", STORY, edit_pixels(_strike_number), HIDDEN,
        "in the colour of the letters",
    ),
    Case(
        "number blurred", LINK_SHARE, edit_pixels(_blur_number), (HIDDEN, CONTRAST),
        "blurred as for privacy",
    ),
    Case("rows of the picture repeated", IG_SQUARE, edit_pixels(_lose_rows), HIDDEN, "a broken decoder"),
    Case(
        "colours inverted", EMAIL, edit_pixels(lambda drawn, _: ImageOps.invert(drawn)), (HIDDEN, WORDS),
        "as a negative",
    ),
    Case(
        "picture mirrored", FEED, edit_pixels(lambda drawn, _: ImageOps.mirror(drawn)), HIDDEN,
        "as for an iron-on transfer",
    ),
    Case(
        "picture darkened", MPU,
        edit_pixels(lambda drawn, _: drawn.point(lambda value: value // 9)), (CONTRAST, HIDDEN),
        "a slider at its end",
    ),
    Case(
        "picture bleached", STORY,
        edit_pixels(lambda drawn, _: drawn.point(lambda value: 235 + value // 13)), (CONTRAST, HIDDEN),
        "a slider at its end",
    ),
    Case(
        "a white frame around the picture", LINK_SHARE, edit_pixels(_add_white_frame), HIDDEN,
        "twelve pixels wide; the rest shrunk",
    ),
    Case("promise smeared", EMAIL, edit_pixels(_smear_promise), HIDDEN, "smeared in an image editor"),
    Case(
        "a block of a JPEG zeroed", IG_SQUARE, Edit(encode=jpeg(90).encode, content=_zero_a_block), BROKEN_FILE,
        "a bad disk", is_readable=False,
    ),
    Case("a block of a PNG zeroed", APP, Edit(content=_zero_a_block), BROKEN_FILE, "a bad disk", is_readable=False),
    Case("IPTC data in a JPEG", IG_SQUARE, Edit(encode=_encode_with_iptc), METADATA, "a person's name"),
    Case(
        "a wrong number in the alt text", MPU, Edit(encode=_encode_with_other_number_in_alt), WRONG_ALT_OR_FACT,
        "only a screen reader reads it",
    ),
    Case(
        "text after a JPEG's end", IG_SQUARE,
        Edit(content=lambda content, original: content + b"saved by A. Person " * 30, encode=jpeg(90).encode), METADATA,
        "some cameras append text",
    ),
    Case(
        "picture enlarged from a thumbnail", IG_SQUARE, edit_pixels(_enlarge_from_thumbnail), (HIDDEN, CONTRAST),
        "a twelfth of its pixels",
    ),
)  # fmt: skip

ADVERSARIAL_FILE_FAULTS: tuple[Case, ...] = (*PDF_FAULTS, *PICTURE_FAULTS)
