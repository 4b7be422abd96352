"""Further faults, found by attack, continued: of PDFs, of finished pictures, of bytes."""

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
from tests.corpus.common_edits import NUMBER, PROMISE, grown, jpeg, with_pdf, with_picture
from tests.corpus.edited_assets import Base, Case, Edit

NOT_DUE = (METADATA, PRESS_RULE, SIZE)
BROKEN_FILE = (SIZE, METADATA, MISSING, HIDDEN)


def _covered_in_pdf(pdf: pikepdf.Pdf) -> None:
    """Lay a white block over the page's middle, as one covers words in an editor of PDFs."""
    page = pdf.pages[0]
    left, bottom, right, top = (float(side) for side in page.trimbox)
    page.contents_add(b"q", prepend=True)
    block = f"Q q 1 1 1 rg {left} {bottom} {right - left} {(top - bottom) * 0.5} re f Q"
    page.contents_add(block.encode())


def _annotated(**entries: object) -> Edit:
    """Add an annotation of some kind."""

    def change(pdf: pikepdf.Pdf) -> None:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[40, 40, 200, 80], F=4, **entries)  # type: ignore[arg-type]
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(note)])

    return with_pdf(change)


def _with_field(pdf: pikepdf.Pdf) -> None:
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="Name",
            V="0800 555 111", Rect=[40, 40, 200, 80], F=4, DA="/Helv 12 Tf 0 g",
        )
    )  # fmt: skip
    pdf.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    pdf.pages[0].obj["/Annots"] = pikepdf.Array([field])


def _locked(owner: str, user: str) -> Edit:
    def page(content: bytes, _: Base) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pdf.save(out, encryption=pikepdf.Encryption(owner=owner, user=user))
        return out.getvalue()

    return Edit(page=page)


def _untagged(pdf: pikepdf.Pdf) -> None:
    for key in ("/StructTreeRoot", "/MarkInfo"):
        if key in pdf.Root:
            del pdf.Root[key]


def _other_alt(pdf: pikepdf.Pdf) -> None:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing:
            thing["/Alt"] = "IMG_2041"


def _titled(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Subject"] = "Call 0808 1000 909"


def _shifted_trim(pdf: pikepdf.Pdf) -> None:
    left, bottom, right, top = (float(side) for side in pdf.pages[0].trimbox)
    pdf.pages[0].TrimBox = pikepdf.Array([left + 5.7, bottom, right + 5.7, top])


def _scaled_page(pdf: pikepdf.Pdf) -> None:
    """Shrink the sheet and all its boxes by three in a hundred: fit to page."""
    page = pdf.pages[0]
    for box in ("/MediaBox", "/TrimBox", "/BleedBox", "/CropBox"):
        if box in page.obj:
            page.obj[box] = pikepdf.Array([float(side) * 0.97 for side in page.obj[box]])
    page.contents_add(b"q 0.97 0 0 0.97 0 0 cm", prepend=True)
    page.contents_add(b"Q")


def _content_cut(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.contents_coalesce()
    said = page.Contents.read_bytes()
    page.Contents = pdf.make_stream(said[: len(said) * 6 // 10])


def _coarse_pictures(pdf: pikepdf.Pdf) -> None:
    """Put pictures of 24 px in width in the places of the page's own: a preview that was never exchanged."""
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image" and "/SMask" not in thing:
            picture = pikepdf.PdfImage(thing).as_pil_image().convert("RGB")
            small = picture.resize((24, max(1, round(24 * picture.height / picture.width))))
            thing.write(small.tobytes())
            thing["/Width"], thing["/Height"] = small.size
            thing["/ColorSpace"], thing["/BitsPerComponent"] = pikepdf.Name.DeviceRGB, 8


def _render_mode(mode: int) -> Edit:
    """Draw all letters in another mode of text: 1 outlines, 7 nothing but a clip."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].contents_add(f"0.05 w {mode} Tr".encode(), prepend=True)

    return with_pdf(change)


def _launching(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://www.example.org/")


def _see_through(pdf: pikepdf.Pdf) -> None:
    """Draw the whole sheet at a fifth of its ink: a proof's setting."""
    for state in pdf.pages[0].Resources.ExtGState.values():
        state["/ca"] = 0.2


ALT_OR_FACT = (ALT, ALTERED, METADATA)
PDFS = (
    Case("half the sheet covered in a PDF", A4, with_pdf(_covered_in_pdf), HIDDEN, "a white block from an editor"),
    Case("a form's field", A5, with_pdf(_with_field), (*NOT_DUE, ALTERED), "typed into the finished file"),
    Case(
        "a link to elsewhere", A4,
        _annotated(Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://www.example.org/")),
        (*NOT_DUE, ALTERED),
        "unseen, until it is touched",
    ),
    Case(
        "a remark on the sheet", A6,
        _annotated(Subtype=pikepdf.Name.Text, Contents="Is this the right number?", T="A. Person"), NOT_DUE,
        "left by a reader",
    ),
    Case("a program to be started", A4, with_pdf(_launching), NOT_DUE, "on opening"),
    Case(
        "locked with a word to open", A5, _locked("a", "b"), (*BROKEN_FILE, PRESS_RULE),
        "the printer cannot open it", readable=False,
    ),
    Case(
        "locked against printing", A6, _locked("a", ""), (*BROKEN_FILE, PRESS_RULE),
        "opens, and a printer refuses it",
    ),
    Case("no tags", A5, with_pdf(_untagged), ALT, "saved by a program that throws them away"),
    Case("another alt text in a PDF", A4, with_pdf(_other_alt), ALT, "a camera's name of the picture"),
    Case("another number in a PDF's subject", A6, with_pdf(_titled), ALT_OR_FACT, "who lists files reads it"),
    Case(
        "trim shifted", A4, with_pdf(_shifted_trim), (SIZE, UNSAFE, PRESS_RULE), "2 mm to the right: a bleed of 1 mm",
    ),
    Case("sheet shrunk to fit", A5, with_pdf(_scaled_page), SIZE, "by 3 %"),
    Case(
        "page stream cut short", LEAFLET, with_pdf(_content_cut), (MISSING, WORDS, UNREADABLE),
        "a disk that was full",
    ),
    Case(
        "pictures of a preview", f"{A4}@window-dark", with_pdf(_coarse_pictures), frozenset({"image-resolution"}),
        "low resolution, never exchanged",
    ),
    Case("letters as hairlines", A4, _render_mode(1), (HIDDEN, CONTRAST), "an outline of 0.05 pt is nothing on paper"),
    Case("letters as a clip", A5, _render_mode(7), HIDDEN, "they cut, and draw nothing"),
    Case(
        "sheet at a fifth of its ink", CARD, with_pdf(_see_through), (CONTRAST, UNREADABLE, HIDDEN),
        "a proof's setting",
    ),
    Case(
        "bytes after a PDF's end", A4,
        Edit(page=lambda content, _: content + b"\n<script>left over</script>" * 40), (METADATA, SIZE),
        "something that was pasted on",
    ),
)  # fmt: skip


def _typed(said: str, size: float, place: tuple[float, float]) -> Edit:
    """Type words into the finished picture."""

    def picture(drawn: Image.Image, own: Base) -> Image.Image:
        at = int(drawn.width * place[0]), int(drawn.height * place[1])
        ImageDraw.Draw(drawn).text(at, said, fill="#FFFFFF", font=ImageFont.load_default(size))
        return drawn

    return with_picture(picture)


def _line_through(drawn: Image.Image, own: Base) -> Image.Image:
    x, y, width, height = own.box(NUMBER)
    middle = y + height / 2
    ImageDraw.Draw(drawn).line((x, middle, x + width, middle), fill=INK, width=max(3, int(height / 9)))
    return drawn


def _blurred_number(drawn: Image.Image, own: Base) -> Image.Image:
    x, y, width, height = grown(own.box(NUMBER), 4)
    box = int(x), int(y), int(x + width), int(y + height)
    drawn.paste(drawn.crop(box).filter(ImageFilter.GaussianBlur(height / 5)), box[:2])
    return drawn


def _rows_lost(drawn: Image.Image, own: Base) -> Image.Image:
    """Repeat every twelfth row eleven times, as a broken decoder does."""
    rows = drawn.resize((drawn.width, drawn.height // 12), Image.Resampling.NEAREST)
    return rows.resize(drawn.size, Image.Resampling.NEAREST)


def _bordered(drawn: Image.Image, own: Base) -> Image.Image:
    inner = drawn.resize((drawn.width - 24, drawn.height - 24))
    framed = Image.new("RGB", drawn.size, "white")
    framed.paste(inner, (12, 12))
    return framed


def _zeroed(content: bytes, own: Base) -> bytes:
    """Zero a block of a disk in the middle of the file."""
    middle = len(content) // 2
    return content[:middle] + bytes(2048) + content[middle + 2048 :]


def _thumbnailed(picture: Image.Image, own: Base) -> bytes:
    """Save with a photo program's block of remarks (IPTC)."""
    out = io.BytesIO()
    xmp = xmp_packet(own.asset.spec.alt, own.asset.locale)
    picture.save(out, "JPEG", quality=92, icc_profile=srgb_profile(), xmp=xmp, subsampling=0)
    said = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0c\x1c\x02\x50\x00\x07A Namer"
    marker = b"\xff\xed" + (len(said) + 2).to_bytes(2, "big") + said
    return out.getvalue()[:2] + marker + out.getvalue()[2:]


def _alt_of_another_number(picture: Image.Image, own: Base) -> bytes:
    said = own.asset.spec.alt.replace(NUMBER, "0808 1000 909")
    assert said != own.asset.spec.alt
    encoded = jpeg(92, alt=said).encoded
    assert encoded
    return encoded(picture, own)


def _promise_smeared(drawn: Image.Image, own: Base) -> Image.Image:
    x, y, width, height = own.box(PROMISE)
    box = int(x), int(y), int(x + width), int(y + height) + 1
    narrow = drawn.crop(box).resize((max(2, int(width / 20)), box[3] - box[1]), Image.Resampling.BOX)
    drawn.paste(narrow.resize((box[2] - box[0], box[3] - box[1])), box[:2])
    return drawn


def _from_thumbnail(drawn: Image.Image, own: Base) -> Image.Image:
    return drawn.resize((drawn.width // 12, drawn.height // 12)).resize(drawn.size)


PICTURES = (
    Case(
        "another number typed on the picture", IG_SQUARE,
        _typed("0800 555 111", 44, (0.08, 0.5)), (ALTERED, HIDDEN, WORDS),
        "in an image editor, the page has none",
    ),
    Case(
        "draft stamped on the picture", FEED, _typed("DRAFT DRAFT", 190, (0.02, 0.15)), (HIDDEN, WORDS, CONTRAST),
        "over the headline",
    ),
    Case(
        "a line through the number in the picture", STORY, with_picture(_line_through), HIDDEN,
        "in the letters' own ink",
    ),
    Case(
        "number alone out of focus", LINK_SHARE, with_picture(_blurred_number), (HIDDEN, CONTRAST),
        "a brush for privacy",
    ),
    Case("rows of the picture lost", IG_SQUARE, with_picture(_rows_lost), HIDDEN, "a broken decoder"),
    Case(
        "colours turned round", EMAIL, with_picture(lambda drawn, _: ImageOps.invert(drawn)), (HIDDEN, WORDS),
        "a negative",
    ),
    Case(
        "mirrored in the editor", FEED, with_picture(lambda drawn, _: ImageOps.mirror(drawn)), HIDDEN,
        "for a transfer",
    ),
    Case(
        "darkened to night", MPU,
        with_picture(lambda drawn, _: drawn.point(lambda value: value // 9)), (CONTRAST, HIDDEN),
        "a slider at its end",
    ),
    Case(
        "bleached", STORY,
        with_picture(lambda drawn, _: drawn.point(lambda value: 235 + value // 13)), (CONTRAST, HIDDEN),
        "a slider at its end",
    ),
    Case("framed in white", LINK_SHARE, with_picture(_bordered), HIDDEN, "twelve pixels, all else shrunk"),
    Case("promise smeared", EMAIL, with_picture(_promise_smeared), HIDDEN, "a finger on a touch screen"),
    Case(
        "a block of a JPEG zeroed", IG_SQUARE, Edit(encoded=jpeg(90).encoded, content=_zeroed), BROKEN_FILE,
        "a bad disk", readable=False,
    ),
    Case("a block of a PNG zeroed", APP, Edit(content=_zeroed), BROKEN_FILE, "a bad disk", readable=False),
    Case("a photo program's remarks", IG_SQUARE, Edit(encoded=_thumbnailed), METADATA, "a person's name"),
    Case("another number in the alt text", MPU, Edit(encoded=_alt_of_another_number), ALT_OR_FACT, "heard, not seen"),
    Case(
        "a text after a JPEG's end", IG_SQUARE,
        Edit(content=lambda content, own: content + b"saved by A. Person " * 30, encoded=jpeg(90).encoded), METADATA,
        "as cameras do",
    ),
    Case(
        "enlarged from a thumbnail", IG_SQUARE, with_picture(_from_thumbnail), (HIDDEN, CONTRAST),
        "a twelfth of its pixels",
    ),
)  # fmt: skip

FILES: tuple[Case, ...] = (*PDFS, *PICTURES)
