"""Small edits for the corpus, named for what a hand at the desk would do: reword, restyle, cover, move, re-save."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pikepdf
from PIL import Image, ImageFont
from PIL.PngImagePlugin import PngInfo

from assetgen.planning.asset import Asset, LogoRule
from assetgen.rendering.images.raster import srgb_profile, xmp_packet
from tests.corpus.edited_assets import Base, Edit, Rect

NUMBER = "0808 1000 900"
NBSP = "\N{NO-BREAK SPACE}"
SHOWN = NUMBER.replace(" ", NBSP)
ADDRESS = "www.stopitnow.org.uk"
PROMISE = "Confidential and anonymous"
Html = Callable[[str, Base], str]


def swap(html: str, old: str, new: str, times: int = 1) -> str:
    """Return the page with words of its body replaced; they must be there."""
    head, body = html.split("<body", 1)
    assert old in body, f"the page does not hold {old!r}"
    return f"{head}<body{body.replace(old, new, times)}"


def restyle(html: str, role: str, declarations: str) -> str:
    """Return the page with declarations added to every part of a role; they win over what stands there."""
    pattern = rf'(class="part {role}(?: [^"]*)?" style="[^"]*)"'
    new, count = re.subn(pattern, lambda found: f'{found[1]};{declarations}"', html)
    assert count, f"the page has no part {role}"
    return new


def append(html: str, markup: str) -> str:
    """Return the page with something more at its end, which lies over all else."""
    return html.replace("</body>", f"{markup}\n</body>")


def under(html: str, markup: str) -> str:
    """Return the page with something more after its background and before its words."""
    return html.replace("</svg>", f"</svg>{markup}", 1)


def reword(*changes: tuple[str, str]) -> Edit:
    """Replace words, each once."""

    def html(page: str, _: Base) -> str:
        for old, new in changes:
            page = swap(page, old, new)
        return page

    return Edit(html=html)


def styled(role: str, declarations: str) -> Edit:
    """Add declarations to the parts of a role."""
    return Edit(html=lambda html, _: restyle(html, role, declarations))


def added(markup: str) -> Edit:
    """Add something at the page's end."""
    return Edit(html=lambda html, _: append(html, markup))


def beneath(markup: str) -> Edit:
    """Add something between the background and the words."""
    return Edit(html=lambda html, _: under(html, markup))


def both(*edits: Edit) -> Edit:
    """Do several edits of the markup, one after the other."""

    def html(page: str, own: Base) -> str:
        for edit in edits:
            assert edit.html
            page = edit.html(page, own)
        return page

    return Edit(html=html)


def words_at(text: str, x: float, y: float, size: float, colour: str, style: str = "") -> str:
    """Return a line of words of the brand's family, its top left at a place; lengths in px of the page."""
    return (
        f'<p class="part" style="left:{x}px;top:{y}px;font-size:{size}px;line-height:{size * 1.1}px;'
        f'font-weight:600;color:{colour};{style}">{text}</p>'
    )


def shape(box: Rect, style: str) -> str:
    """Return a plain block over a box."""
    x, y, width, height = box
    return (
        f'<div style="position:absolute;left:{x:.2f}px;top:{y:.2f}px;width:{width:.2f}px;'
        f'height:{height:.2f}px;{style}"></div>'
    )


def grown(box: Rect, by: float) -> Rect:
    """Return a box that is larger by a length on every side."""
    x, y, width, height = box
    return x - by, y - by, width + 2 * by, height + 2 * by


def covered(text: str, first: int, end: int | None, style: str, by: float = 1.0) -> Edit:
    """Lay a block over some letters of the words where they stand first; white space is no letter."""
    return Edit(html=lambda html, own: append(html, shape(grown(own.box(text, first, end), by), style)))


# The code. It is one inline SVG of whole modules; everything here counts in its box or its modules.
CODE = re.compile(
    r'<svg class="part code" style="(?P<style>[^"]*)" viewBox="0 0 (?P<side>\d+) .*?</svg>', re.S
)


def code_box(html: str) -> Rect:
    """Return where the code stands, quiet zone included."""
    found = CODE.search(html)
    assert found, "the page has no code"
    values = dict(part.split(":") for part in found["style"].split(";"))
    x, y, width, height = (
        float(values[name].removesuffix("px")) for name in ("left", "top", "width", "height")
    )
    return x, y, width, height


def in_code(html: str, x: float, y: float, width: float, height: float) -> Rect:
    """Return a box given in shares of the code's symbol, without its quiet zone of 4 modules."""
    left, top, side, _ = code_box(html)
    found = CODE.search(html)
    assert found
    module = side / int(found["side"])
    symbol = side - 8 * module
    left, top = left + 4 * module, top + 4 * module
    return left + x * symbol, top + y * symbol, width * symbol, height * symbol


def code_moved(style: str) -> Edit:
    """Put the code into a block of its own that is transformed: a transform on inline SVG counts twice here."""

    def html(page: str, _: Base) -> str:
        found = CODE.search(page)
        assert found
        x, y, width, height = code_box(page)
        inside = found[0].replace(f"left:{x:g}px;top:{y:g}px", "left:0px;top:0px", 1)
        assert inside != found[0]
        box = f"position:absolute;left:{x}px;top:{y}px;width:{width}px;height:{height}px"
        return page.replace(found[0], f'<div style="{box};{style}">{inside}</div>')

    return Edit(html=html)


def over_code(x: float, y: float, width: float, height: float, style: str) -> Edit:
    """Lay a block over a share of the code's symbol."""
    return Edit(html=lambda html, _: append(html, shape(in_code(html, x, y, width, height), style)))


def new_code(link: str, version: int | None = None) -> Edit:
    """Draw the code of a link, of a version where one is asked for, in the old one's box and colours."""

    def html(page: str, own: Base) -> str:
        import qrcode
        from qrcode.constants import ERROR_CORRECT_Q

        code = qrcode.QRCode(version=version, error_correction=ERROR_CORRECT_Q, border=4)
        code.add_data(link, optimize=0)
        code.make(fit=version is None)
        rows = code.get_matrix()
        side = len(rows)
        drawn = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
        )
        found = CODE.search(page)
        assert found
        old = found[0]
        new = re.sub(r'viewBox="[^"]*"', f'viewBox="0 0 {side} {side}"', old)
        new = re.sub(r' d="M0 0H\d+V\d+H0Z"', f' d="M0 0H{side}V{side}H0Z"', new)
        new = re.sub(r' d="M\d+ \d+h[^"]*"', f' d="{drawn}"', new)
        assert new != old
        return page.replace(old, new)

    return Edit(html=html)


def recoded(old: str, new: str, times: int = 1) -> Edit:
    """Replace something in the code's own markup."""

    def html(page: str, _: Base) -> str:
        found = CODE.search(page)
        assert found
        assert old in found[0], f"the code does not hold {old!r}"
        return page.replace(found[0], found[0].replace(old, new, times))

    return Edit(html=html)


# The page's PDF.
def with_pdf(change: Callable[[pikepdf.Pdf], None]) -> Edit:
    """Change the page as a PDF."""

    def page(content: bytes, _: Base) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            change(pdf)
            pdf.save(out, deterministic_id=True)
        return out.getvalue()

    return Edit(page=page)


# The finished pixels and how they are written.
def with_picture(change: Callable[[Image.Image, Base], Image.Image]) -> Edit:
    """Change the finished pixels."""
    return Edit(picture=change)


def jpeg(quality: int = 92, *, alt: str | None = None, locale: str = "en-GB", **options: object) -> Edit:
    """Write a JPEG with the profile and the alt text, which may be another; options are Pillow's."""

    def encoded(picture: Image.Image, own: Base) -> bytes:
        out = io.BytesIO()
        xmp = xmp_packet(own.asset.spec.alt if alt is None else alt, locale)
        kept = {"icc_profile": srgb_profile(), "xmp": xmp, "subsampling": 0, **options}
        picture.save(
            out, "JPEG", quality=quality, **{key: value for key, value in kept.items() if value is not None}
        )
        return out.getvalue()

    return Edit(encoded=encoded)


def png(texts: dict[str, str] | None = None, *, with_alt: bool = True, **options: object) -> Edit:
    """Write a PNG with the profile and the alt text; ``texts`` are further text chunks, options are Pillow's."""

    def encoded(picture: Image.Image, own: Base) -> bytes:
        info = PngInfo()
        if with_alt:
            info.add_itxt("XML:com.adobe.xmp", xmp_packet(own.asset.spec.alt, own.asset.locale).decode())
        for name, text in (texts or {}).items():
            info.add_text(name, text)
        out = io.BytesIO()
        kept = {"icc_profile": srgb_profile(), **options}
        picture.save(
            out, "PNG", pnginfo=info, **{key: value for key, value in kept.items() if value is not None}
        )
        return out.getvalue()

    return Edit(encoded=encoded)


def mark_png(width: int = 240, height: int = 120) -> str:
    """Return an invented partner's mark as a data URL: two plain blocks on white."""
    picture = Image.new("RGB", (width, height), "#FFFFFF")
    picture.paste((26, 58, 67), (0, 0, height, height))
    picture.paste((44, 72, 80), (height + height // 6, height // 4, width, height * 3 // 4))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def logo(box: Rect, alt: str) -> str:
    """Return an invented mark as the project places a partner's logo."""
    x, y, width, height = box
    style = f"left:{x}px;top:{y}px;width:{width}px;height:{height}px"
    return f'<img class="part logo" src="{mark_png()}" alt="{alt}" style="{style}">'


def with_logo(
    box: Rect, alt: str, more: str = "", *, least_width_mm: float = 0.0, clear: float = 0.0
) -> Edit:
    """Place an invented mark of 2 by 1 on a page in print, and promise what it has to keep; ``more`` lies on top.

    ``clear`` is the space around it as a share of its height. No partner of the campaign has a logo yet.
    """

    def promise(asset: Asset) -> Asset:
        rule = LogoRule(asset.partner, alt, ratio=2.0, least_width=least_width_mm, clear=clear)
        return replace(asset, spec=replace(asset.spec, logos=(*asset.spec.logos, rule)))

    return Edit(html=lambda html, _: append(html, logo(box, alt) + more), promise=promise)


@cache
def strange_font() -> str:
    """Return a font that is not the brand's as a data URL: Aileron, which Pillow carries (CC0)."""
    font = ImageFont.load_default(20)
    assert isinstance(font, ImageFont.FreeTypeFont)
    content: bytes = font.path.getvalue()  # type: ignore[union-attr]  # Pillow's own font is in memory
    return "data:font/otf;base64," + base64.b64encode(content).decode()


def set_in_strange_font(role: str) -> Edit:
    """Set the parts of a role in a font that is not the brand's, brought along by the page."""

    def html(page: str, _: Base) -> str:
        face = f'<style>@font-face{{font-family:"Aileron";src:url("{strange_font()}")}}</style></head>'
        return restyle(page.replace("</head>", face, 1), role, "font-family:Aileron;font-weight:400")

    return Edit(html=html, own_fonts=False)
