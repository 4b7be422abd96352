"""Render an asset: place the parts, compose the HTML, lay out the PDF, rasterise, encode.

Each asset has one page layout, and one engine log that belongs to it alone.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from assetgen.errors import AssetgenError
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.page_layout import PageLayout, lay_out_page
from assetgen.loading.model import CampaignModel
from assetgen.planning.asset import Asset
from assetgen.planning.logo_placement import footer_background
from assetgen.rendering.engine.html_to_pdf import LayoutEngine
from assetgen.rendering.html.composer import Composer
from assetgen.rendering.html.markup import TextMarkup, code_file_png, code_file_svg, code_page
from assetgen.rendering.images.raster import encode, page_sha256, picture_sha256, pixels_sha256, rasterise
from assetgen.rendering.prepress.cmyk import InkTable
from assetgen.rendering.prepress.pdf_standards import finish_for_press, make_accessible
from assetgen.rendering.rendered_file import RenderedFile


class Renderer:
    """Renders the assets of one campaign into finished files.

    The engine, the composer and the measurer are shared by all assets. Sharing them changes no result.
    """

    def __init__(self, campaign: CampaignModel, own: Path | None = None) -> None:
        self.campaign = campaign
        self.engine = LayoutEngine(campaign, own)
        self.composer = Composer(campaign.templates, self.engine.pictures)
        self.measurer = Measurer(campaign.brand.faces)

    def __call__(self, asset: Asset) -> RenderedFile:
        """Render an asset. If rendering fails, the result has no bytes, only the findings."""
        try:
            return self._render_code(asset) if asset.medium == "qr" else self._render_page(asset)
        except AssetgenError as error:
            findings = tuple(finding.for_asset(asset.id) for finding in error.findings)
            return RenderedFile(asset.id, None, None, {}, findings, {})

    def _render_page(self, asset: Asset) -> RenderedFile:
        template = self.campaign.templates[asset.template or ""]
        families = self.campaign.brand.families(asset.locale)
        arranged = lay_out_page(asset, template, self.measurer, families)
        inks = InkTable(asset.palette, asset.inks) if asset.spec.press else None
        html = self.composer.compose(asset, arranged, TextMarkup(self.measurer, families), inks)
        pdf = self.engine.lay_out(html, asset, template, arranged.words, inks)
        if inks:
            pdf = self._finish_for_press(pdf, asset, inks)
        if asset.spec.accessible:
            pdf = make_accessible(pdf)
        measured = _layout_measurements(arranged)
        if asset.format == "pdf":
            content, pixel_sha256 = pdf, page_sha256(pdf)
        else:
            pixels = rasterise(pdf, int(asset.spec.width), int(asset.spec.height))
            encoded = encode(
                pixels,
                asset.format,
                asset.spec.alt,
                asset.locale,
                asset.spec.max_bytes,
                asset.spec.recommended_max_bytes,
            )
            content = encoded.content
            pixel_sha256 = pixels_sha256(pixels) if encoded.is_lossless else _decoded_sha256(content)
            measured.update(encoded.quality)
        inputs = {**self.composer.loader.used, **self.engine.fetcher.opened, **self._font_inputs()}
        page = None if asset.format == "pdf" else pdf
        absent_inputs = frozenset(self.composer.loader.absent)
        return RenderedFile(
            asset.id, content, pixel_sha256, measured, (), inputs, page, absent_inputs=absent_inputs
        )

    def _finish_for_press(self, pdf: bytes, asset: Asset, inks: InkTable) -> bytes:
        """Return the page as a file for a printing press."""
        template = self.campaign.templates[asset.template or ""]
        footer_colour = footer_background(template.layouts[asset.layout_name or ""], asset.background or "")
        assert asset.spec.press is not None, "only assets for a press have inks"
        press = asset.spec.press
        condition = self.campaign.brand.condition(press.condition, press.printer)
        return finish_for_press(pdf, asset, condition, inks, inks.palette[footer_colour], template.place)

    def _font_inputs(self) -> dict[str, str]:
        return {face.path: face.sha256 for face in self.campaign.brand.faces}

    def _render_code(self, asset: Asset) -> RenderedFile:
        assert asset.code is not None
        if asset.format == "svg":
            return RenderedFile(asset.id, code_file_svg(asset, asset.code), None, {}, (), {})
        if asset.format == "png":
            content = code_file_png(asset, asset.code)
            return RenderedFile(asset.id, content, _decoded_sha256(content), {}, (), {})
        pdf = self.engine.lay_out_without_template(code_page(asset, asset.code), asset)
        return RenderedFile(asset.id, pdf, page_sha256(pdf), {}, (), {})


def _decoded_sha256(content: bytes) -> str:
    with Image.open(io.BytesIO(content)) as picture:
        return picture_sha256(picture)


def _layout_measurements(arranged: PageLayout) -> dict[str, Any]:
    """Return the layout's choices: copy length, omitted roles, partners' names, and type sizes by role in page px.

    The names are as the footer shows them: the full name, or the short one if the full one does not fit.
    """
    copy = arranged.words.copy_by_role
    sizes = {
        role: round(part.size_px, 2) for part in arranged.parts for role in part.part.roles if role in copy
    }
    lines = [line for mark in arranged.partners for line in mark.lines]
    if lines:
        sizes["partner"] = round(min(line.size_px for line in lines), 2)
    return {
        "tier": arranged.words.name,
        "omitted": sorted(set(arranged.words.copy_by_role) - arranged.roles),
        "partners": [mark.name for mark in arranged.partners],
        "type_px": sizes,
    }
