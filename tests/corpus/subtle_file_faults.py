"""Faults of codes, logos and files that the preflight checks could overlook, written with knowledge of their code."""

from __future__ import annotations

import io
import re

import pikepdf
from PIL import Image, ImageDraw

from assetgen.rendering.images.raster import srgb_profile, xmp_packet
from tests.corpus.case_constants import (
    A2,
    A4,
    A6,
    ALT,
    CARD,
    CLIPPED,
    CONTRAST,
    EMAIL,
    FEED,
    HIDDEN,
    IG_SQUARE,
    INK,
    LEAFLET,
    LINK_SHARE,
    LOGO,
    METADATA,
    MISSING,
    MPU,
    PRESS_RULE,
    QUIET_ZONE,
    SIZE,
    UNREADABLE,
    UNSAFE,
    WORDS,
    WRONG,
)
from tests.corpus.common_edits import (
    ADDRESS,
    NUMBER,
    add_style,
    block_markup,
    edit_pdf,
    edit_pixels,
    enlarged,
    html_append,
    jpeg,
    png,
    replace_in_code,
    transform_code,
)
from tests.corpus.edited_assets import Case, Edit, UneditedAsset

OTHER_LINK = "https://www.example.org/win"
NOT_WHAT_IS_SEEN = (HIDDEN, SIZE, METADATA)
"""What is seen differs from what is stored: hidden, not the channel's file (size), or not allowed in it (metadata)."""


def _code_svg(link: str, x: float, y: float, module: float) -> str:
    """Return the code of a link as SVG, in ink on white with its quiet zone."""
    import qrcode

    code = qrcode.QRCode(border=4)
    code.add_data(link)
    code.make()
    rows = code.get_matrix()
    side = len(rows)
    squares = "".join(
        f"M{column} {row}h1v1h-1z"
        for row, line in enumerate(rows)
        for column, dark in enumerate(line)
        if dark
    )
    px = side * module
    return (
        f'<svg style="position:absolute;left:{x}px;top:{y}px" width="{px:.2f}" height="{px:.2f}" '
        f'viewBox="0 0 {side} {side}"><path fill="#FFFFFF" d="M0 0H{side}V{side}H0Z"/>'
        f'<path fill="{INK}" d="{squares}"/></svg>'
    )


def add_other_code(x: float, y: float, module: float) -> Edit:
    """Add the code of a different address; lengths in px of the page."""
    return Edit(html=lambda html, _: html_append(html, _code_svg(OTHER_LINK, x, y, module)))


CODE_FAULTS = (
    Case("a code where none is expected", FEED, add_other_code(760, 330, 6), WRONG, "of a different organisation"),
    Case(
        "a small code on a large poster", A2, add_other_code(700, 900, 2.27), WRONG,
        "modules of 0.6 mm, beside its own code",
    ),
    Case(
        "code of small separate dots", A6, replace_in_code("h1v1h-1z", "h.6v.6h-.6z", 10_000), UNREADABLE,
        "made by a generator of decorated codes",
    ),
    Case("code skewed", LEAFLET, transform_code("transform:skewX(50deg)"), (UNREADABLE, QUIET_ZONE, UNSAFE), "italic"),
)  # fmt: skip


def _remove_logo(html: str, original: UneditedAsset) -> str:
    new, count = re.subn(r'<img class="part logo[^>]*>', "", html, count=1)
    assert count
    return new


def _cover_half_of_logo(html: str, original: UneditedAsset) -> str:
    """Lay a block over the right half of the first logo."""
    found = re.search(r'<img class="part logo[^>]*style="([^"]*)"', html)
    assert found
    values = dict(part.split(":", 1) for part in found[1].split(";") if part)
    x, y, width, height = (
        float(values[key].removesuffix("px")) for key in ("left", "top", "width", "height")
    )
    return html_append(
        html, block_markup((x + width / 2, y, width / 2, height), "background:#10262C;z-index:9")
    )


LOGO_FAULTS = (
    Case("no logo", f"{A4}@logos", Edit(html=_remove_logo), (WORDS, LOGO), "its file was not found"),
    Case("half a logo under a shape", f"{A4}@logos", Edit(html=_cover_half_of_logo), LOGO, "a block that slid down"),
)  # fmt: skip


def _pixels_around(original: UneditedAsset, text: str) -> tuple[int, int, int, int]:
    x, y, width, height = enlarged(original.text_box(text), 2)
    return int(x), int(y), int(x + width) + 1, int(y + height) + 1


def _make_number_transparent(picture: Image.Image, original: UneditedAsset) -> Image.Image:
    """Make the number transparent: its colours are still stored, but cannot be seen."""
    alpha = Image.new("L", picture.size, 255)
    ImageDraw.Draw(alpha).rectangle(_pixels_around(original, NUMBER), fill=0)
    picture = picture.convert("RGBA")
    picture.putalpha(alpha)
    return picture


def _paint_over_full_stop(picture: Image.Image, original: UneditedAsset) -> Image.Image:
    """Paint over the first full stop of the address with the colour beside it."""
    x, y, width, height = original.letter_boxes(ADDRESS)[3]
    box = (int(x), int(y), int(x + width) + 1, int(y + height) + 1)
    background = picture.getpixel((box[0], box[1] - 4))
    picture.paste(background, box)  # type: ignore[arg-type]  # a pixel of an RGB picture has three values
    return picture


def _encode_two_frames(picture: Image.Image, original: UneditedAsset) -> bytes:
    """Encode a PNG of two frames, the second of which has no number."""
    other = picture.copy()
    ImageDraw.Draw(other).rectangle(_pixels_around(original, NUMBER), fill="#000000")
    encode = png(save_all=True, append_images=[other]).encode
    assert encode
    return encode(picture, original)


def _encode_with_colour_key(picture: Image.Image, original: UneditedAsset) -> bytes:
    """Encode a PNG in which the colour of the number is transparent."""
    encode = png(transparency=(16, 38, 44)).encode
    assert encode
    return encode(picture, original)


def _move_by_four_pixels(picture: Image.Image, original: UneditedAsset) -> Image.Image:
    return picture.transform(picture.size, Image.Transform.AFFINE, (1, 0, 4, 0, 1, 0))


def _exif_rotation() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 3
    return exif.tobytes()


def _encode_with_german_alt(picture: Image.Image, original: UneditedAsset) -> bytes:
    out = io.BytesIO()
    xmp = xmp_packet(original.asset.spec.alt, "de-DE")
    picture.save(out, "JPEG", quality=92, subsampling=0, icc_profile=srgb_profile(), xmp=xmp)
    return out.getvalue()


PICTURE_FAULTS = (
    Case(
        "number transparent in a PNG", LINK_SHARE, Edit(picture=_make_number_transparent, encode=png().encode),
        NOT_WHAT_IS_SEEN, "an alpha channel",
    ),
    Case(
        "ink transparent by a colour key", LINK_SHARE, Edit(encode=_encode_with_colour_key), NOT_WHAT_IS_SEEN,
        "an optimiser's colour key",
    ),
    Case(
        "a second frame in a PNG", EMAIL, Edit(encode=_encode_two_frames), NOT_WHAT_IS_SEEN,
        "an animation whose second frame has no number",
    ),
    Case(
        "rotated by an EXIF tag", IG_SQUARE, jpeg(exif=_exif_rotation()), (METADATA, SIZE),
        "upside down in programs that support it",
    ),
    Case("alt text under the wrong language", MPU, Edit(encode=_encode_with_german_alt), ALT, "a wrong tag"),
    Case(
        "a full stop painted over in a JPEG", MPU, edit_pixels(_paint_over_full_stop), HIDDEN,
        "two px of a small JPEG; reads as two words",
    ),
    Case(
        "a full stop painted over in a PNG", LINK_SHARE, edit_pixels(_paint_over_full_stop), HIDDEN,
        "the same, larger",
    ),
    Case(
        "picture moved by four pixels", FEED, edit_pixels(_move_by_four_pixels), (HIDDEN, WORDS),
        "a slip in an image editor",
    ),
)  # fmt: skip


def _draw_letters_invisibly(pdf: pikepdf.Pdf) -> None:
    """Draw every text with neither fill nor stroke, as a text layer for search is."""
    pdf.pages[0].contents_add(b"3 Tr", prepend=True)


def _put_on_hidden_layer(pdf: pikepdf.Pdf) -> None:
    """Put the whole page on a layer that is switched off."""
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Draft"))
    pdf.Root.OCProperties = pikepdf.Dictionary(
        OCGs=[layer], D=pikepdf.Dictionary(OFF=[layer], Order=[layer], BaseState=pikepdf.Name.ON)
    )
    page = pdf.pages[0]
    page.Resources.Properties = pikepdf.Dictionary({"/Draft": layer})
    page.contents_add(b"/OC /Draft BDC", prepend=True)
    page.contents_add(b"EMC")


def _crop_to_upper_half(pdf: pikepdf.Pdf) -> None:
    left, bottom, right, top = (float(side) for side in pdf.pages[0].trimbox)
    pdf.pages[0].obj["/CropBox"] = pikepdf.Array([left, (bottom + top) / 2, right, top])


def _add_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('Hello')")


def _add_note(pdf: pikepdf.Pdf) -> None:
    """Add a note over the lower half of the page."""
    left, bottom, right, top = (float(side) for side in pdf.pages[0].trimbox)
    box = [left, bottom, right, (bottom + top) / 2]
    drawn = pdf.make_stream(f"1 1 0 rg 0 0 {right - left:.1f} {(top - bottom) / 2:.1f} re f".encode())
    drawn.Type, drawn.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    drawn.BBox = pikepdf.Array([0, 0, right - left, (top - bottom) / 2])
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=box, F=4, AP=pikepdf.Dictionary(N=drawn)
    )
    pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(note)])


def _swap_8_and_9(pdf: pikepdf.Pdf) -> None:
    """Swap the glyphs of 8 and 9, and their entries in the map to Unicode: the text reads as before."""
    for font in pdf.pages[0].Resources.Font.values():
        to_unicode = font.ToUnicode.read_bytes()
        eight, nine = (re.search(rb"<(\w{4})> <%s>" % sign, to_unicode) for sign in (b"0038", b"0039"))
        if not eight or not nine:
            continue
        swap = {bytes.fromhex(one[1].decode()): bytes.fromhex(other[1].decode())
                for one, other in ((eight, nine), (nine, eight))}  # fmt: skip
        named = to_unicode.replace(eight[0], b"<%s> <0039>" % eight[1])
        font.ToUnicode = pdf.make_stream(named.replace(nine[0], b"<%s> <0038>" % nine[1]))
        steps = []
        for step in pikepdf.parse_content_stream(pdf.pages[0]):
            operands = [_swap_glyphs(one, swap) for one in step.operands]
            steps.append(pikepdf.ContentStreamInstruction(operands, step.operator))
        pdf.pages[0].Contents = pdf.make_stream(pikepdf.unparse_content_stream(steps))
        return
    raise AssertionError("no font of the page has both digits")


def _swap_glyphs(operand: pikepdf.Object, swap: dict[bytes, bytes]) -> pikepdf.Object:
    if isinstance(operand, pikepdf.Array):
        return pikepdf.Array([_swap_glyphs(one, swap) for one in operand])
    if not isinstance(operand, pikepdf.String):
        return operand
    codes = bytes(operand)
    glyphs = [codes[at : at + 2] for at in range(0, len(codes), 2)]
    return pikepdf.String(b"".join(swap.get(glyph, glyph) for glyph in glyphs))


PDF_FAULTS = (
    Case(
        "letters drawn invisibly", A4, edit_pdf(_draw_letters_invisibly), (HIDDEN, CONTRAST),
        "a text layer for search",
    ),
    Case("page on a hidden layer", A6, edit_pdf(_put_on_hidden_layer), (HIDDEN, CONTRAST, MISSING), "a draft's layer"),
    Case(
        "page cropped to its upper half", CARD, edit_pdf(_crop_to_upper_half), (SIZE, CLIPPED, PRESS_RULE),
        "a viewer's crop, saved",
    ),
    Case("a script in a PDF", A6, edit_pdf(_add_script), (METADATA, PRESS_RULE), "left over from a form"),
    Case(
        "a different number that reads as the right one", A4, edit_pdf(_swap_8_and_9), WORDS,
        "the font's map to Unicode is wrong",
    ),
    Case("a note over the number", A4, edit_pdf(_add_note), (HIDDEN, METADATA, PRESS_RULE), "left by a reviewer"),
    Case(
        "headline outside a round sticker", "together-for-childhood/online/sticker-round",
        add_style("headline", "transform:translateX(-60px)"), UNSAFE, "the sticker is cut round",
    ),
)  # fmt: skip

SUBTLE_FILE_FAULTS: tuple[Case, ...] = (*CODE_FAULTS, *LOGO_FAULTS, *PICTURE_FAULTS, *PDF_FAULTS)
