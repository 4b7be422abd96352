"""The pages for the programs to compare with: assetgen's finished layouts, so that they need not search for one.

Chromium gets the page's markup and styles. Satori supports neither style sheets nor inline SVG, so it gets each line of
text with its place, size and colour, and each drawing as a picture.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from assetgen.planning.asset import Asset

if TYPE_CHECKING:
    from assetgen.loading.model import FontFace
    from assetgen.rendering.renderer import Renderer

LEADING = 1.2
SVG_SPACE = "http://www.w3.org/2000/svg"
SVG = re.compile(r"<svg [^>]*>.*?</svg>", re.S)
PLACE = re.compile(r"left:([-\d.]+)px;top:([-\d.]+)px;width:([-\d.]+)px;height:([-\d.]+)px")


def scenes(draw: Renderer, assets: Iterable[Asset]) -> dict[str, Any]:
    """Return fonts, styles and pages for the peers' JSON file. Lengths are in CSS px."""
    faces = draw.campaign.brand.faces
    pages = [_page(draw, asset) for asset in assets]
    return {
        "fonts": [
            {"family": face.family, "weight": face.weight, "data": base64.b64encode(face.content).decode()}
            for face in faces
        ],
        "css": _css(draw),
        "pages": pages,
    }


def _css(draw: Renderer) -> str:
    """Return assetgen's base style sheet and those of the template, in order."""
    template = draw.campaign.templates["beacon"]
    base = (files("assetgen.rendering.html") / "base" / "base.css").read_text("utf-8")
    return "\n".join([base, *(template.sources[name].decode() for name in template.style_sheets)])


def _page(draw: Renderer, asset: Asset) -> dict[str, Any]:
    html = _markup(draw, asset)
    drawings = list(_drawings(html))
    texts = list(_texts(draw, asset, html))
    return {
        "width": int(asset.spec.width),
        "height": int(asset.spec.height),
        "html": html,
        "items": [*drawings, *texts],
    }


def _markup(draw: Renderer, asset: Asset) -> str:
    from assetgen.layout.page_layout import lay_out_page
    from assetgen.rendering.html.markup import TextMarkup

    template = draw.campaign.templates[asset.template or ""]
    families = draw.campaign.brand.families(asset.locale)
    arranged = lay_out_page(asset, template, draw.measurer, families)
    return draw.composer.compose(asset, arranged, TextMarkup(draw.measurer, families))


def _drawings(html: str) -> Iterator[dict[str, Any]]:
    """Yield each inline SVG with its place. SVGs with the same place, such as the whole page, are merged."""
    places: dict[tuple[float, ...], list[str]] = {}
    for svg in SVG.findall(html):
        place = PLACE.search(svg)
        if place is None:
            raise ValueError(f"an inline SVG has no position: {svg[:80]}")
        places.setdefault(tuple(float(value) for value in place.groups()), []).append(svg)
    for (x, y, width, height), svgs in places.items():
        head = svgs[0][: svgs[0].index(">") + 1].replace("<svg ", f'<svg xmlns="{SVG_SPACE}" ', 1)
        shapes = "".join(svg[svg.index(">") + 1 : -len("</svg>")] for svg in svgs)
        yield {"svg": f"{head}{shapes}</svg>", "x": x, "y": y, "width": width, "height": height}


def _texts(draw: Renderer, asset: Asset, html: str) -> Iterator[dict[str, Any]]:
    """Yield each run of text with the place and style that the layout engine gives it."""
    import weasyprint

    from assetgen.rendering.engine.weasyprint_private import text_boxes

    page = asset.page
    size = f"@page{{size:{page.width_px}px {page.height_px}px;margin:0}}"
    sheet = weasyprint.CSS(string=size + _css(draw))
    document = weasyprint.HTML(string=html).render(stylesheets=[sheet])
    for box in text_boxes(document):
        face = _face(draw.campaign.brand.faces, box.style["font_family"][0], box.style["font_weight"])
        font_size = float(box.style["font_size"])
        ink = (face.ascent_em + face.descent_em) * font_size
        above = (LEADING * font_size - ink) / 2 + face.ascent_em * font_size
        tracking = box.style["letter_spacing"]
        yield {
            "text": box.text,
            "x": box.position_x,
            "y": box.position_y + box.baseline - above,
            "width": box.width * 1.1 + font_size,
            "size": font_size,
            "leading": LEADING,
            "weight": face.weight,
            "tracking": 0.0 if tracking == "normal" else float(tracking),
            "colour": _hex(box.style["color"]),
        }


def _face(faces: Iterable[FontFace], family: str, weight: int) -> FontFace:
    return min(
        (face for face in faces if face.family == family and not face.italic),
        key=lambda face: abs(face.weight - weight),
    )


def _hex(colour: Any) -> str:
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in colour.to("srgb").coordinates)
