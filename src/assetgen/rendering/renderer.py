"""Making an asset: arrange, compose, lay out, rasterise, encode. One asset, one layout, one log."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from assetgen.errors import AssetgenError
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.page_layout import Arranged, arrange
from assetgen.loading.model import Campaign
from assetgen.planning.asset import Asset
from assetgen.planning.logo_placement import foot_background
from assetgen.rendering.engine.html_to_pdf import Engine
from assetgen.rendering.html.composer import Composer
from assetgen.rendering.html.markup import Setter, code_file_png, code_file_svg, code_page
from assetgen.rendering.images.raster import encode, page_sha256, picture_sha256, pixels_sha256, rasterise
from assetgen.rendering.prepress.cmyk import InkTable
from assetgen.rendering.prepress.pdf_standards import finish, mend_figures
from assetgen.rendering.rendered_file import Made


class Renderer:
    """Turns assets into finished files. Holds what can be shared without changing a result."""

    def __init__(self, campaign: Campaign, own: Path | None = None) -> None:
        self.campaign = campaign
        self.engine = Engine(campaign, own)
        self.composer = Composer(campaign.templates, self.engine.darkroom)
        self.measurer = Measurer(campaign.brand.faces)

    def __call__(self, asset: Asset) -> Made:
        """Return the finished file, or the findings that kept it from being made."""
        try:
            return self._qr(asset) if asset.medium == "qr" else self._asset(asset)
        except AssetgenError as error:
            findings = tuple(finding.for_asset(asset.id) for finding in error.findings)
            return Made(asset.id, None, None, {}, findings, {})

    def _asset(self, asset: Asset) -> Made:
        template = self.campaign.templates[asset.template or ""]
        family = self.campaign.brand.family(asset.locale)
        arranged = arrange(asset, template, self.measurer, family)
        inks = InkTable(asset.palette, asset.inks) if asset.spec.press else None
        html = self.composer.compose(asset, arranged, Setter(self.measurer, family), inks)
        pdf = self.engine.lay_out(html, asset, template, arranged.words, inks)
        if inks:
            pdf = self._pressed(pdf, asset, inks)
        if asset.spec.accessible:
            pdf = mend_figures(pdf)
        measured = _measured(arranged)
        if asset.format == "pdf":
            content, pixels = pdf, page_sha256(pdf)
        else:
            drawn = rasterise(pdf, int(asset.spec.width), int(asset.spec.height))
            encoded = encode(
                drawn,
                asset.format,
                asset.spec.alt,
                asset.locale,
                asset.spec.max_bytes,
                asset.spec.recommended_max_bytes,
            )
            content = encoded.content
            pixels = pixels_sha256(drawn) if encoded.is_exact else _decoded_sha256(content)
            measured.update(encoded.quality)
        inputs = {**self.composer.loader.used, **self.engine.fetcher.opened, **self._fonts()}
        page = None if asset.format == "pdf" else pdf
        sought = frozenset(self.composer.loader.sought)
        return Made(asset.id, content, pixels, measured, (), inputs, page, sought=sought)

    def _pressed(self, pdf: bytes, asset: Asset, inks: InkTable) -> bytes:
        """Return the page as a file for a press."""
        template = self.campaign.templates[asset.template or ""]
        band = foot_background(template.arrangements[asset.arrangement or ""], asset.background or "")
        assert asset.spec.press is not None, "ink is for a press"
        press = asset.spec.press
        condition = self.campaign.brand.condition(press.condition, press.printer)
        return finish(pdf, asset, condition, inks, inks.palette[band], template.place)

    def _fonts(self) -> dict[str, str]:
        return {face.path: face.sha256 for face in self.campaign.brand.faces}

    def _qr(self, asset: Asset) -> Made:
        assert asset.code is not None
        if asset.format == "svg":
            return Made(asset.id, code_file_svg(asset, asset.code), None, {}, (), {})
        if asset.format == "png":
            content = code_file_png(asset, asset.code)
            return Made(asset.id, content, _decoded_sha256(content), {}, (), {})
        pdf = self.engine.lay_out_plain(code_page(asset, asset.code), asset)
        return Made(asset.id, pdf, page_sha256(pdf), {}, (), {})


def _decoded_sha256(content: bytes) -> str:
    with Image.open(io.BytesIO(content)) as picture:
        return picture_sha256(picture)


def _measured(arranged: Arranged) -> dict[str, Any]:
    """Return what was chosen: the tiers of copy, the roles left out, each role's size of type in px of the page.

    ``partners`` are the names as they stand in the foot: in full, or short where they do not fit.
    """
    said = arranged.words.words
    sizes = {
        role: round(part.size_px, 2) for part in arranged.parts for role in part.part.roles if role in said
    }
    lines = [line for mark in arranged.marks for line in mark.lines]
    if lines:
        sizes["partner"] = round(min(line.size_px for line in lines), 2)
    return {
        "tier": arranged.words.name,
        "omitted": sorted(set(arranged.words.words) - arranged.roles),
        "partners": [mark.name for mark in arranged.marks],
        "type_px": sizes,
    }
