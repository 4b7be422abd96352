"""The own half, continued: codes, logos, and files that are not what their pixels or their letters seem to say."""

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
    append,
    code_moved,
    grown,
    jpeg,
    png,
    recoded,
    shape,
    styled,
    with_pdf,
    with_picture,
)
from tests.corpus.edited_assets import Base, Case, Edit

OTHER_LINK = "https://www.example.org/win"
NOT_THE_FILE = (HIDDEN, SIZE, METADATA)
"""What is seen is not what is stored: hidden, or not the channel's file, or something inside that is not due."""


def _drawn_code(link: str, x: float, y: float, module: float) -> str:
    """Return the code of a link in ink on white, its quiet zone around it."""
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


def another_code(x: float, y: float, module: float) -> Edit:
    """Add the code of another address; lengths in px of the page."""
    return Edit(html=lambda html, _: append(html, _drawn_code(OTHER_LINK, x, y, module)))


CODES = (
    Case("a code where none is due", FEED, another_code(760, 330, 6), WRONG, "somebody else's, in a feed"),
    Case("a small code on a large poster", A2, another_code(700, 900, 2.27), WRONG, "0.6 mm a module, beside its own"),
    Case("code of small dots", A6, recoded("h1v1h-1z", "h.6v.6h-.6z", 10_000), UNREADABLE, "a decorator's, some apart"),
    Case("code skewed", LEAFLET, code_moved("transform:skewX(50deg)"), (UNREADABLE, QUIET_ZONE, UNSAFE), "italic"),
)  # fmt: skip


def _without_logo(html: str, own: Base) -> str:
    new, count = re.subn(r'<img class="part logo[^>]*>', "", html, count=1)
    assert count
    return new


def _half_a_logo(html: str, own: Base) -> str:
    """Lay a block over the right half of the first logo."""
    found = re.search(r'<img class="part logo[^>]*style="([^"]*)"', html)
    assert found
    values = dict(part.split(":", 1) for part in found[1].split(";") if part)
    x, y, width, height = (
        float(values[key].removesuffix("px")) for key in ("left", "top", "width", "height")
    )
    return append(html, shape((x + width / 2, y, width / 2, height), "background:#10262C;z-index:9"))


LOGOS = (
    Case("no logo", f"{A4}@logos", Edit(html=_without_logo), (WORDS, LOGO), "a file that was not found"),
    Case("half a logo under a shape", f"{A4}@logos", Edit(html=_half_a_logo), LOGO, "a block that slid down"),
)  # fmt: skip


def _around(own: Base, text: str) -> tuple[int, int, int, int]:
    x, y, width, height = grown(own.box(text), 2)
    return int(x), int(y), int(x + width) + 1, int(y + height) + 1


def _see_through(picture: Image.Image, own: Base) -> Image.Image:
    """Make the number transparent: its colours are still there, and nobody sees them."""
    alpha = Image.new("L", picture.size, 255)
    ImageDraw.Draw(alpha).rectangle(_around(own, NUMBER), fill=0)
    picture = picture.convert("RGBA")
    picture.putalpha(alpha)
    return picture


def _dot_gone(picture: Image.Image, own: Base) -> Image.Image:
    """Paint the address's first full stop over with what is beside it."""
    x, y, width, height = own.letters(ADDRESS)[3]
    box = (int(x), int(y), int(x + width) + 1, int(y + height) + 1)
    background = picture.getpixel((box[0], box[1] - 4))
    picture.paste(background, box)  # type: ignore[arg-type]  # a pixel of an RGB picture has three values
    return picture


def _moving(picture: Image.Image, own: Base) -> bytes:
    """Write a PNG of two frames, the second of which has no number."""
    other = picture.copy()
    ImageDraw.Draw(other).rectangle(_around(own, NUMBER), fill="#000000")
    encoded = png(save_all=True, append_images=[other]).encoded
    assert encoded
    return encoded(picture, own)


def _keyed(picture: Image.Image, own: Base) -> bytes:
    """Write a PNG in which the colour of the number's letters counts as transparent."""
    encoded = png(transparency=(16, 38, 44)).encoded
    assert encoded
    return encoded(picture, own)


def _moved(picture: Image.Image, own: Base) -> Image.Image:
    return picture.transform(picture.size, Image.Transform.AFFINE, (1, 0, 4, 0, 1, 0))


def _turned_by_a_tag() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 3
    return exif.tobytes()


def _in_german(picture: Image.Image, own: Base) -> bytes:
    out = io.BytesIO()
    xmp = xmp_packet(own.asset.spec.alt, "de-DE")
    picture.save(out, "JPEG", quality=92, subsampling=0, icc_profile=srgb_profile(), xmp=xmp)
    return out.getvalue()


PICTURES = (
    Case(
        "number seen through", LINK_SHARE, Edit(picture=_see_through, encoded=png().encoded), NOT_THE_FILE,
        "an alpha channel",
    ),
    Case("ink counts as transparent", LINK_SHARE, Edit(encoded=_keyed), NOT_THE_FILE, "an optimiser's colour key"),
    Case("a second frame", EMAIL, Edit(encoded=_moving), NOT_THE_FILE, "an animation that hides the number"),
    Case("turned by a tag", IG_SQUARE, jpeg(exif=_turned_by_a_tag()), (METADATA, SIZE), "upside down where heeded"),
    Case("alt text in another language's place", MPU, Edit(encoded=_in_german), ALT, "a wrong tag"),
    Case("a full stop painted over", MPU, with_picture(_dot_gone), HIDDEN, "two px of a small JPEG, two words now"),
    Case("a full stop painted over in a PNG", LINK_SHARE, with_picture(_dot_gone), HIDDEN, "the same, larger"),
    Case("moved by four pixels", FEED, with_picture(_moved), (HIDDEN, WORDS), "an editor's slip"),
)  # fmt: skip


def _unseen_letters(pdf: pikepdf.Pdf) -> None:
    """Let every text be drawn with neither fill nor line, as a text layer for search is."""
    pdf.pages[0].contents_add(b"3 Tr", prepend=True)


def _layer_off(pdf: pikepdf.Pdf) -> None:
    """Put the whole page on a layer that is switched off."""
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Draft"))
    pdf.Root.OCProperties = pikepdf.Dictionary(
        OCGs=[layer], D=pikepdf.Dictionary(OFF=[layer], Order=[layer], BaseState=pikepdf.Name.ON)
    )
    page = pdf.pages[0]
    page.Resources.Properties = pikepdf.Dictionary({"/Draft": layer})
    page.contents_add(b"/OC /Draft BDC", prepend=True)
    page.contents_add(b"EMC")


def _cropped(pdf: pikepdf.Pdf) -> None:
    left, bottom, right, top = (float(side) for side in pdf.pages[0].trimbox)
    pdf.pages[0].obj["/CropBox"] = pikepdf.Array([left, (bottom + top) / 2, right, top])


def _scripted(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('Hello')")


def _noted(pdf: pikepdf.Pdf) -> None:
    """Stick a note over the lower half of the page."""
    left, bottom, right, top = (float(side) for side in pdf.pages[0].trimbox)
    box = [left, bottom, right, (bottom + top) / 2]
    drawn = pdf.make_stream(f"1 1 0 rg 0 0 {right - left:.1f} {(top - bottom) / 2:.1f} re f".encode())
    drawn.Type, drawn.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    drawn.BBox = pikepdf.Array([0, 0, right - left, (top - bottom) / 2])
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=box, F=4, AP=pikepdf.Dictionary(N=drawn)
    )
    pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(note)])


def _eights_called_nines(pdf: pikepdf.Pdf) -> None:
    """Exchange the shapes of 8 and 9 everywhere, and what the file says they are: it reads as before."""
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
            operands = [_swapped(one, swap) for one in step.operands]
            steps.append(pikepdf.ContentStreamInstruction(operands, step.operator))
        pdf.pages[0].Contents = pdf.make_stream(pikepdf.unparse_content_stream(steps))
        return
    raise AssertionError("no font of the page has both digits")


def _swapped(operand: pikepdf.Object, swap: dict[bytes, bytes]) -> pikepdf.Object:
    if isinstance(operand, pikepdf.Array):
        return pikepdf.Array([_swapped(one, swap) for one in operand])
    if not isinstance(operand, pikepdf.String):
        return operand
    codes = bytes(operand)
    glyphs = [codes[at : at + 2] for at in range(0, len(codes), 2)]
    return pikepdf.String(b"".join(swap.get(glyph, glyph) for glyph in glyphs))


DOCUMENTS = (
    Case("letters without ink", A4, with_pdf(_unseen_letters), (HIDDEN, CONTRAST), "a text layer for search"),
    Case("a layer switched off", A6, with_pdf(_layer_off), (HIDDEN, CONTRAST, MISSING), "a draft's layer"),
    Case("cropped to its upper half", CARD, with_pdf(_cropped), (SIZE, CLIPPED, PRESS_RULE), "a viewer's crop, saved"),
    Case("a script in a PDF", A6, with_pdf(_scripted), (METADATA, PRESS_RULE), "a form's greeting"),
    Case("another number that reads as ours", A4, with_pdf(_eights_called_nines), WORDS, "a font's map spoilt"),
    Case("a note over the number", A4, with_pdf(_noted), (HIDDEN, METADATA, PRESS_RULE), "left by a reviewer"),
    Case(
        "words outside a round sticker", "together-for-childhood/online/sticker-round",
        styled("headline", "transform:translateX(-60px)"), UNSAFE, "the knife is round",
    ),
)  # fmt: skip

FILES: tuple[Case, ...] = (*CODES, *LOGOS, *PICTURES, *DOCUMENTS)
