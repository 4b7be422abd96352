"""Small edits that many cases of the corpus share: of text and style, of the QR code, of the PDF, of the pixels.

Functions named ``html_…`` return changed HTML; the others return an ``Edit``, or a part to build one from.
"""

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
from tests.corpus.edited_assets import Edit, Rect, UneditedAsset

NUMBER = "0808 1000 900"
NBSP = "\N{NO-BREAK SPACE}"
SHOWN_NUMBER = NUMBER.replace(" ", NBSP)
"""The number as the page holds it: no-break spaces keep it on one line."""
ADDRESS = "www.stopitnow.org.uk"
PROMISE = "Confidential and anonymous"


def html_replace(html: str, old: str, new: str, times: int = 1) -> str:
    """Return the page with a text of its body replaced; the text must be there."""
    head, body = html.split("<body", 1)
    assert old in body, f"the page does not hold {old!r}"
    return f"{head}<body{body.replace(old, new, times)}"


def html_style(html: str, role: str, declarations: str) -> str:
    """Return the page with CSS declarations added to every part of a role; they override the part's own."""
    pattern = rf'(class="part {role}(?: [^"]*)?" style="[^"]*)"'
    new, count = re.subn(pattern, lambda found: f'{found[1]};{declarations}"', html)
    assert count, f"the page has no part {role}"
    return new


def html_append(html: str, markup: str) -> str:
    """Return the page with markup added at its end, so that it is drawn on top."""
    return html.replace("</body>", f"{markup}\n</body>")


def html_insert_behind_text(html: str, markup: str) -> str:
    """Return the page with markup added between its background and its text."""
    return html.replace("</svg>", f"</svg>{markup}", 1)


def replace_text(*changes: tuple[str, str]) -> Edit:
    """Replace texts, each once."""

    def html(page: str, _: UneditedAsset) -> str:
        for old, new in changes:
            page = html_replace(page, old, new)
        return page

    return Edit(html=html)


def add_style(role: str, declarations: str) -> Edit:
    """Add CSS declarations to the parts of a role."""
    return Edit(html=lambda html, _: html_style(html, role, declarations))


def add_markup(markup: str) -> Edit:
    """Add markup on top of the page."""
    return Edit(html=lambda html, _: html_append(html, markup))


def add_markup_behind_text(markup: str) -> Edit:
    """Add markup between the background and the text."""
    return Edit(html=lambda html, _: html_insert_behind_text(html, markup))


def combine(*edits: Edit) -> Edit:
    """Make several edits of the HTML, one after the other."""

    def html(page: str, original: UneditedAsset) -> str:
        for edit in edits:
            assert edit.html
            page = edit.html(page, original)
        return page

    return Edit(html=html)


def text_markup(text: str, x: float, y: float, size: float, colour: str, style: str = "") -> str:
    """Return a line of text in the brand's font, its top left at (x, y); lengths in px of the page."""
    return (
        f'<p class="part" style="left:{x}px;top:{y}px;font-size:{size}px;line-height:{size * 1.1}px;'
        f'font-weight:600;color:{colour};{style}">{text}</p>'
    )


def add_text(text: str, x: float, y: float, size: float, colour: str, style: str = "") -> Edit:
    """Add a line of text on top of the page, its top left at (x, y)."""
    return add_markup(text_markup(text, x, y, size, colour, style))


def block_markup(box: Rect, style: str) -> str:
    """Return an empty block with a style over a box."""
    x, y, width, height = box
    return (
        f'<div style="position:absolute;left:{x:.2f}px;top:{y:.2f}px;width:{width:.2f}px;'
        f'height:{height:.2f}px;{style}"></div>'
    )


def enlarged(box: Rect, by: float) -> Rect:
    """Return a box enlarged by a length on every side."""
    x, y, width, height = box
    return x - by, y - by, width + 2 * by, height + 2 * by


def cover_letters(text: str, first: int, end: int | None, style: str, by: float = 1.0) -> Edit:
    """Lay a block over the letters of a text from ``first`` to ``end``, not counting white space."""
    return Edit(
        html=lambda html, original: html_append(
            html, block_markup(enlarged(original.text_box(text, first, end), by), style)
        )
    )


# The QR code. It is one inline SVG whose units are modules.
CODE = re.compile(
    r'<svg class="part code" style="(?P<style>[^"]*)" viewBox="0 0 (?P<side>\d+) .*?</svg>', re.S
)


def code_box(html: str) -> Rect:
    """Return the box of the code, quiet zone included."""
    found = CODE.search(html)
    assert found, "the page has no code"
    values = dict(part.split(":") for part in found["style"].split(";"))
    x, y, width, height = (
        float(values[name].removesuffix("px")) for name in ("left", "top", "width", "height")
    )
    return x, y, width, height


def box_in_code(html: str, x: float, y: float, width: float, height: float) -> Rect:
    """Return a box given in shares of the code's symbol, which is without the quiet zone of 4 modules."""
    left, top, side, _ = code_box(html)
    found = CODE.search(html)
    assert found
    module = side / int(found["side"])
    symbol = side - 8 * module
    left, top = left + 4 * module, top + 4 * module
    return left + x * symbol, top + y * symbol, width * symbol, height * symbol


def transform_code(style: str) -> Edit:
    """Wrap the code in a block with a style, because WeasyPrint applies a transform of inline SVG twice."""

    def html(page: str, _: UneditedAsset) -> str:
        found = CODE.search(page)
        assert found
        x, y, width, height = code_box(page)
        inside = found[0].replace(f"left:{x:g}px;top:{y:g}px", "left:0px;top:0px", 1)
        assert inside != found[0]
        box = f"position:absolute;left:{x}px;top:{y}px;width:{width}px;height:{height}px"
        return page.replace(found[0], f'<div style="{box};{style}">{inside}</div>')

    return Edit(html=html)


def cover_code(x: float, y: float, width: float, height: float, style: str) -> Edit:
    """Lay a block over a part of the code's symbol, given in shares of it."""
    return Edit(
        html=lambda html, _: html_append(html, block_markup(box_in_code(html, x, y, width, height), style))
    )


def replace_code(link: str, version: int | None = None) -> Edit:
    """Replace the code by that of a different link, in the same box and colours; None: the smallest version."""

    def html(page: str, original: UneditedAsset) -> str:
        import qrcode
        from qrcode.constants import ERROR_CORRECT_Q

        code = qrcode.QRCode(version=version, error_correction=ERROR_CORRECT_Q, border=4)
        code.add_data(link, optimize=0)
        code.make(fit=version is None)
        rows = code.get_matrix()
        side = len(rows)
        modules = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
        )
        found = CODE.search(page)
        assert found
        old = found[0]
        new = re.sub(r'viewBox="[^"]*"', f'viewBox="0 0 {side} {side}"', old)
        new = re.sub(r' d="M0 0H\d+V\d+H0Z"', f' d="M0 0H{side}V{side}H0Z"', new)
        new = re.sub(r' d="M\d+ \d+h[^"]*"', f' d="{modules}"', new)
        assert new != old
        return page.replace(old, new)

    return Edit(html=html)


def replace_in_code(old: str, new: str, times: int = 1) -> Edit:
    """Replace a string in the code's SVG."""

    def html(page: str, _: UneditedAsset) -> str:
        found = CODE.search(page)
        assert found
        assert old in found[0], f"the code does not hold {old!r}"
        return page.replace(found[0], found[0].replace(old, new, times))

    return Edit(html=html)


# The PDF of the page.
def edit_pdf(change: Callable[[pikepdf.Pdf], None]) -> Edit:
    """Change the PDF with pikepdf."""

    def page(content: bytes, _: UneditedAsset) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            change(pdf)
            pdf.save(out, deterministic_id=True)
        return out.getvalue()

    return Edit(page=page)


# The pixels, and how they are encoded.
def edit_pixels(change: Callable[[Image.Image, UneditedAsset], Image.Image]) -> Edit:
    """Change the pixels before they are encoded."""
    return Edit(picture=change)


def jpeg(quality: int = 92, *, alt: str | None = None, locale: str = "en-GB", **options: object) -> Edit:
    """Encode a JPEG with the profile and an alt text, by default the asset's; options are Pillow's."""

    def encode(picture: Image.Image, original: UneditedAsset) -> bytes:
        out = io.BytesIO()
        xmp = xmp_packet(original.asset.spec.alt if alt is None else alt, locale)
        all_options = {"icc_profile": srgb_profile(), "xmp": xmp, "subsampling": 0, **options}
        picture.save(
            out,
            "JPEG",
            quality=quality,
            **{key: value for key, value in all_options.items() if value is not None},
        )
        return out.getvalue()

    return Edit(encode=encode)


def png(texts: dict[str, str] | None = None, *, with_alt: bool = True, **options: object) -> Edit:
    """Encode a PNG with the profile and the alt text; ``texts`` are more text chunks, options are Pillow's."""

    def encode(picture: Image.Image, original: UneditedAsset) -> bytes:
        info = PngInfo()
        if with_alt:
            info.add_itxt(
                "XML:com.adobe.xmp", xmp_packet(original.asset.spec.alt, original.asset.locale).decode()
            )
        for name, text in (texts or {}).items():
            info.add_text(name, text)
        out = io.BytesIO()
        all_options = {"icc_profile": srgb_profile(), **options}
        picture.save(
            out,
            "PNG",
            pnginfo=info,
            **{key: value for key, value in all_options.items() if value is not None},
        )
        return out.getvalue()

    return Edit(encode=encode)


def logo_data_url(width: int = 240, height: int = 120) -> str:
    """Return the logo of an invented partner as a data URL: two plain blocks on white."""
    picture = Image.new("RGB", (width, height), "#FFFFFF")
    picture.paste((26, 58, 67), (0, 0, height, height))
    picture.paste((44, 72, 80), (height + height // 6, height // 4, width, height * 3 // 4))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def logo_markup(box: Rect, alt: str) -> str:
    """Return the HTML of an invented logo, as the project places a partner's."""
    x, y, width, height = box
    style = f"left:{x}px;top:{y}px;width:{width}px;height:{height}px"
    return f'<img class="part logo" src="{logo_data_url()}" alt="{alt}" style="{style}">'


def add_logo(
    box: Rect, alt: str, markup_on_top: str = "", *, min_width_mm: float = 0.0, clearance: float = 0.0
) -> Edit:
    """Place an invented logo of ratio 2:1 on a printed page, and expect the file to keep the rules for it.

    ``clearance`` is the space around it as a share of its height. No partner of the campaign has a logo yet.
    """

    def change_asset(asset: Asset) -> Asset:
        rule = LogoRule(asset.partner, alt, ratio=2.0, least_width=min_width_mm, clear=clearance)
        return replace(asset, spec=replace(asset.spec, logos=(*asset.spec.logos, rule)))

    return Edit(
        html=lambda html, _: html_append(html, logo_markup(box, alt) + markup_on_top),
        change_asset=change_asset,
    )


@cache
def foreign_font_url() -> str:
    """Return a font other than the brand's as a data URL: Aileron, which comes with Pillow (CC0)."""
    font = ImageFont.load_default(20)
    assert isinstance(font, ImageFont.FreeTypeFont)
    content: bytes = font.path.getvalue()  # type: ignore[union-attr]  # Pillow's own font is in memory
    return "data:font/otf;base64," + base64.b64encode(content).decode()


def set_in_foreign_font(role: str) -> Edit:
    """Set the parts of a role in a font other than the brand's, which the page brings with it."""

    def html(page: str, _: UneditedAsset) -> str:
        face = f'<style>@font-face{{font-family:"Aileron";src:url("{foreign_font_url()}")}}</style></head>'
        return html_style(page.replace("</head>", face, 1), role, "font-family:Aileron;font-weight:400")

    return Edit(html=html, brand_fonts_only=False)
