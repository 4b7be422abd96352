"""Write HTML and SVG for the text, QR code, gradients and footer of a page, and write QR codes as files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape as escape_xml

import numpy as np
from markupsafe import Markup, escape
from PIL import Image

from assetgen.geometry import Box, Polygon, decimal, path_data
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.footer import FOOTER_TRACKING_EM
from assetgen.layout.line_breaking import Line
from assetgen.layout.parts import PlacedFooter, PlacedFooterLine, PlacedPart, PlacedPartner
from assetgen.loading.model import FontFamilies
from assetgen.planning.asset import Asset, Code
from assetgen.rendering.images.raster import encode
from assetgen.units import PX_PER_MM

# The radius of a panel's corners, as a share of its shorter side.
PANEL_RADIUS = 0.06


class TextMarkup:
    """Writes text as absolutely positioned blocks, so that its baselines match the layout exactly."""

    def __init__(self, measurer: Measurer, families: FontFamilies) -> None:
        self.measurer, self.families = measurer, families

    def part(self, part: PlacedPart, tag: str = "p", classes: str = "") -> Markup:
        """Return one part as a block. Each line is an element, and its ink starts at the ``x`` of the line."""
        family = self.families.of(part.part.font)
        face = self.measurer.face(family, part.part.weights[0])
        height = part.part.leading * part.size_px
        first = part.lines[0]
        top = first.baseline - self._baseline(height, part.size_px, face.ascent_em, face.descent_em)
        left = min(line.x for line in part.lines)
        width = max(line.line.width_em for line in part.lines) * part.size_px
        style = (
            f"left:{decimal(left)}px;top:{decimal(top)}px;width:{decimal(width * 1.1 + 4)}px;"
            f"font-size:{decimal(part.size_px)}px;line-height:{decimal(height)}px;"
            f"letter-spacing:{part.part.tracking}em;font-weight:{face.weight}"
        )
        if family != self.families.text:
            style += f";font-family:{css_string(family)}"
        lines = Markup(" ").join(
            Markup('<span class="line" style="margin-left:{}px">{}</span>').format(
                decimal(line.x - left - line.line.left_em * part.size_px),
                self._spans(line.line, family, face.weight),
            )
            for line in part.lines
        )
        return Markup('<{tag} class="part {name} {classes}" style="{style}">{lines}</{tag}>').format(
            tag=Markup(tag), name=part.name, classes=classes, style=style, lines=lines
        )

    def footer_line(self, words: PlacedFooterLine, classes: str = "") -> Markup:
        """Return one line of the footer."""
        weight = words.line.words[0].weight
        face = self.measurer.face(self.families.text, weight)
        height = 1.2 * words.size_px
        top = words.baseline - self._baseline(height, words.size_px, face.ascent_em, face.descent_em)
        style = (
            f"left:{decimal(words.x - words.line.left_em * words.size_px)}px;top:{decimal(top)}px;"
            f"width:{decimal(words.line.width_em * words.size_px * 1.1 + 4)}px;font-size:{decimal(words.size_px)}px;"
            f"line-height:{decimal(height)}px;letter-spacing:{FOOTER_TRACKING_EM}em;font-weight:{face.weight}"
        )
        return Markup('<span class="part {} {}" style="{}">{}</span>').format(
            words.role, classes, style, self._spans(words.line, self.families.text, face.weight)
        )

    @staticmethod
    def _baseline(line_height: float, size: float, ascent_em: float, descent_em: float) -> float:
        """Return the distance from the top of a line box down to its baseline."""
        return (line_height - (ascent_em + descent_em) * size) / 2 + ascent_em * size

    def _spans(self, line: Line, family: str, weight: int) -> Markup:
        """Return a line's words as HTML. Words in a weight other than ``weight`` become elements of their own."""
        spans = [(self.measurer.face(family, wanted).weight, text) for wanted, text in line.spans()]
        return Markup(" ").join(
            escape(text)
            if span_weight == weight
            else Markup('<span style="font-weight:{}">{}</span>').format(span_weight, text)
            for span_weight, text in spans
        )


def css_string(text: str) -> str:
    """Return text as a CSS string, such as the name of a font family."""
    escaped = "".join(char if char.isalnum() or char in " -_." else f"\\{ord(char):x} " for char in text)
    return f"'{escaped}'"


def code_svg(code: Code, box: Box, dark: str, light: str, alt: str) -> Markup:
    """Return a QR code with its quiet zone as inline SVG. All dark modules are one path."""
    side = len(code.rows) + 2 * code.quiet_modules
    style = _box_style(box)
    return Markup(
        '<svg class="part code" style="{style}" viewBox="0 0 {side} {side}" width="{w}" height="{w}">'
        "<title>{alt}</title>"
        '<path fill="{light}" d="M0 0H{side}V{side}H0Z"/><path fill="{dark}" d="{d}"/></svg>'
    ).format(style=style, side=side, w=decimal(box.width), alt=alt, light=light, dark=dark, d=code_path(code))


def _box_style(box: Box) -> str:
    """Return the CSS declarations that place a block on a box."""
    x, y, width, height = (decimal(value) for value in (box.x, box.y, box.width, box.height))
    return f"left:{x}px;top:{y}px;width:{width}px;height:{height}px"


def code_path(code: Code) -> str:
    """Return the dark modules as SVG path data, in module units.

    Each rectangle is a horizontal run of dark modules, extended down over all rows below with the same run.
    """
    runs = [{match.span() for match in re.finditer("1+", row)} for row in code.rows]
    steps = []
    for y, row_runs in enumerate(runs):
        new_runs = row_runs - runs[y - 1] if y else row_runs
        for start, end in sorted(new_runs):
            height = next(
                (down for down, row in enumerate(runs[y:]) if (start, end) not in row), len(runs) - y
            )
            left, top, width = start + code.quiet_modules, y + code.quiet_modules, end - start
            steps.append(f"M{left} {top}h{width}v{height}h-{width}z")
    return "".join(steps)


class GradientMarkup:
    """The template function ``light(…)``: a polygon filled with a gradient."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(
        self,
        shape: Polygon,
        stops: Sequence[tuple[float, str]],
        center: tuple[float, float] | None = None,
        radius: float | None = None,
        line: tuple[tuple[float, float], tuple[float, float]] | None = None,
    ) -> Markup:
        """Return the polygon with a radial gradient (``center``, ``radius``) or a linear one (``line``).

        ``stops`` are pairs of an offset from 0 to 1 and a colour. The result is empty for an empty polygon.
        """
        if not shape:
            return Markup("")
        self._count += 1
        name = f"light-{self._count}"
        stop_elements = Markup("").join(
            Markup('<stop offset="{}" stop-color="{}"/>').format(decimal(offset), colour)
            for offset, colour in stops
        )
        if line is not None:
            (x1, y1), (x2, y2) = line
            gradient = Markup(
                '<linearGradient id="{}" gradientUnits="userSpaceOnUse" x1="{}" y1="{}" x2="{}" y2="{}">{}'
                "</linearGradient>"
            ).format(name, decimal(x1), decimal(y1), decimal(x2), decimal(y2), stop_elements)
        else:
            x, y = center or shape[0]
            gradient = Markup(
                '<radialGradient id="{}" gradientUnits="userSpaceOnUse" cx="{}" cy="{}" r="{}">{}</radialGradient>'
            ).format(name, decimal(x), decimal(y), decimal(radius or 1.0), stop_elements)
        return Markup('<defs>{}</defs><path d="{}" fill="url(#{})"/>').format(
            gradient, path_data(shape), name
        )


def flat(shape: Polygon, colour: str) -> Markup:
    """Return a polygon filled with one colour; empty for an empty polygon."""
    return Markup('<path d="{}" fill="{}"/>').format(path_data(shape), colour) if shape else Markup("")


def footer_partner(mark: PlacedPartner, markup: TextMarkup, colour: str, page: Box) -> Markup:
    """Return one partner of the footer: its logo, or its name as a lock-up with a slanted bar."""
    if mark.partner.logo_url:
        image = Markup('<img class="part logo" src="{}" alt="{}" style="{}">').format(
            mark.partner.logo_url, mark.partner.alt, _box_style(mark.box)
        )
        return panel(mark, page) + image
    lines = Markup(" ").join(markup.footer_line(line) for line in mark.lines)
    return Markup('{}<span class="lockup">{}</span>').format(page_svg(page, flat(mark.bar, colour)), lines)


def panel(mark: PlacedPartner, page: Box) -> Markup:
    """Return the panel under a logo, with rounded corners; empty if the logo needs none. Screen readers skip it."""
    box, colour = mark.panel, mark.partner.appearance.panel
    if box is None or colour is None:
        return Markup("")
    radius = PANEL_RADIUS * min(box.width, box.height)
    x, y, width, height = (decimal(value) for value in (box.x, box.y, box.width, box.height))
    shape = Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}"/>').format(
        x, y, width, height, decimal(radius), colour
    )
    return page_svg(page, shape)


def footer_lines(footer: PlacedFooter, markup: TextMarkup) -> Markup:
    """Return the footer's text lines that are not part of a logo."""
    return Markup("").join(markup.footer_line(line) for line in footer.lines)


def page_svg(page: Box, inner: Markup, classes: str = "", alt: str | None = None) -> Markup:
    """Return inline SVG over the whole page with its bleed. If ``alt`` is None, it is decoration."""
    title = Markup("<title>{}</title>").format(alt) if alt else Markup("")
    style = _box_style(page)
    view = " ".join(decimal(value) for value in (page.x, page.y, page.width, page.height))
    return Markup('<svg class="canvas {}" style="{}" viewBox="{}" width="{}" height="{}">{}{}</svg>').format(
        classes, style, view, decimal(page.width), decimal(page.height), title, inner
    )


def code_file_svg(asset: Asset, code: Code) -> bytes:
    """Return the QR code as a standalone SVG, sized in mm, with its alt text."""
    side = len(code.rows) + 2 * code.quiet_modules
    width_mm = decimal(code.side_px / PX_PER_MM)
    dark, light = asset.palette["ink"], asset.palette["paper"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' width="{width_mm}mm" height="{width_mm}mm" role="img">'
        f'<title>{escape_xml(asset.spec.alt)}</title><path fill="{light}" d="M0 0H{side}V{side}H0Z"/>'
        f'<path fill="{dark}" d="{code_path(code)}"/></svg>\n'
    ).encode()


def code_picture(asset: Asset, code: Code) -> Image.Image:
    """Draw the QR code as an image. Each module is a whole number of pixels, without smoothing."""
    quiet = code.quiet_modules
    side = len(code.rows) + 2 * quiet
    one_px_modules = Image.new("RGB", (side, side), asset.palette["paper"])
    for y, row in enumerate(code.rows):
        for x, module in enumerate(row):
            if module == "1":
                one_px_modules.putpixel((x + quiet, y + quiet), _rgb(asset.palette["ink"]))
    side_px = int(code.module_px) * side
    return one_px_modules.resize((side_px, side_px), Image.Resampling.NEAREST)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def code_file_png(asset: Asset, code: Code) -> bytes:
    """Return the QR code as PNG, with the sRGB profile and the alt text."""
    pixels = np.asarray(code_picture(asset, code))
    return encode(pixels, "png", asset.spec.alt, asset.locale, None, None).content


def code_page(asset: Asset, code: Code) -> str:
    """Return the QR code as an HTML page for the layout engine."""
    svg = code_file_svg(asset, code).decode()
    return (
        f'<!DOCTYPE html><html lang="{escape_xml(asset.locale)}"><head><meta charset="utf-8">'
        f"<title>{escape_xml(asset.spec.alt)}</title></head>"
        f'<body style="margin:0"><div style="position:absolute;left:0;top:0;line-height:0">{svg}</div></body></html>'
    )
