"""Laying a page out: HTML → PDF by WeasyPrint, in the brand's fonts alone, its log kept and judged.

The fonts are hermetic: ``prepare_fonts`` points fontconfig at ``brand/fonts`` before the engine is first
imported, so this module imports it inside ``Engine``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from assetgen.campaign.model import Campaign, Template
from assetgen.errors import MachineError, RenderError
from assetgen.findings import Finding
from assetgen.plan.asset import Asset
from assetgen.render.judge import Judge, kept_log

FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def prepare_fonts(root: Path) -> None:
    """Make the brand's fonts the only ones that exist for this process. To be called before the engine's import."""
    folder = root / ".assetgen"
    folder.mkdir(exist_ok=True)
    conf = folder / "fonts.conf"
    text = FONTS_CONF.format(
        fonts=escape(str(root / "brand" / "fonts")), cache=escape(str(folder / "fontconfig"))
    )
    if not conf.is_file() or conf.read_text("utf-8") != text:
        spare = conf.with_suffix(f".{os.getpid()}")
        spare.write_text(text, "utf-8")
        spare.replace(conf)
    os.environ["FONTCONFIG_FILE"] = str(conf)


def _full_bleed_box(_document: object, pdf: Any) -> None:
    """Write the page's whole bleed into its BleedBox: the engine stops it at 10 pt (3.5 mm)."""
    for thing in pdf.objects:
        if isinstance(thing, dict) and thing.get("Type") == "/Page" and "TrimBox" in thing:
            thing["BleedBox"] = thing["MediaBox"]


class Engine:
    """The layout engine of one process: one font configuration, each style sheet parsed once."""

    def __init__(self, campaign: Campaign) -> None:
        prepare_fonts(campaign.root)
        try:
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration

            from assetgen.render.fetcher import BASE_URL, ClosedFetcher
        except OSError as error:
            hint = "assetgen doctor says how to get it"
            raise MachineError(
                Finding("machine", f"the layout engine does not start: {error}", hint)
            ) from error
        self._weasyprint = weasyprint
        self._base_url = BASE_URL
        self._fonts = FontConfiguration()
        self.fetcher = ClosedFetcher(
            campaign.root,
            {partner.id: partner.logo for partner in campaign.partners.values() if partner.logo},
        )
        self._families = {face.family for face in campaign.brand.faces}
        base = (files("assetgen.render") / "base" / "base.css").read_text("utf-8")
        self._base_sheet, self._base_log = self._sheet(base)
        self._sheets = {
            template.id: self._design_sheets(template) for template in campaign.templates.values()
        }

    def _sheet(self, text: str) -> tuple[object, list[str]]:
        with kept_log() as log:
            sheet = self._weasyprint.CSS(
                string=text, base_url=self._base_url, url_fetcher=self.fetcher, font_config=self._fonts
            )
        return sheet, list(log)

    def _design_sheets(self, template: Template) -> list[tuple[str, object, list[str]]]:
        """Return (file, sheet, log) of each style sheet: parsed under its own name, its log belongs to its file."""
        return [
            (name, *self._sheet(content.decode("utf-8-sig")))
            for name, content in sorted(template.sources.items())
            if name.endswith(".css")
        ]

    def lay_out(self, html: str, asset: Asset, template: Template, words: Mapping[str, str]) -> bytes:
        """Return the page as a tagged PDF. Raises RenderError with every finding of the engine's log."""
        self.fetcher.start()
        judge = Judge(template.sources, template.place, words, asset.places)
        sheets = [self._base_sheet, self._page_sheet(asset)]
        findings: list[Finding] = []
        for name, sheet, log in self._sheets[template.id]:
            sheets.append(sheet)
            findings += Judge({name: template.sources[name]}, template.place, words, asset.places).judge(log)
        with kept_log() as log:
            pdf, pages, families = self._write(html, sheets, compress=asset.format == "pdf")
        findings += judge.judge(log)
        findings += [judge.refused(url) for url in self.fetcher.blocked]
        findings += [judge.no_picture(name) for name in self.fetcher.missing]
        if pages != 1:
            hint = "something is larger than the page, or flows past its end"
            findings.append(Finding("template", f"the page became {pages} pages", hint, template.place))
        findings += [
            Finding(
                "font-missing",
                f"words are set in {family}, which is not the brand's",
                None,
                judge.find(family),
            )
            for family in sorted(families - self._families)
        ]
        if any(finding.is_error for finding in findings):
            raise RenderError(dict.fromkeys(findings))
        return pdf

    def _write(self, html: str, sheets: list[object], *, compress: bool) -> tuple[bytes, int, set[str]]:
        document = self._weasyprint.HTML(
            string=html, base_url=self._base_url, url_fetcher=self.fetcher
        ).render(font_config=self._fonts, stylesheets=sheets, pdf_tags=True)
        pdf = document.write_pdf(pdf_tags=True, uncompressed_pdf=not compress, finisher=_full_bleed_box)
        # Fonts are embedded while the PDF is written, so their names are known only now.
        families = {
            font.family.decode() if isinstance(font.family, bytes) else str(font.family)
            for font in document.fonts.values()
        }
        return pdf, len(document.pages), families

    def _page_sheet(self, asset: Asset) -> object:
        """Return the sheet that gives the page its size; the tool writes @page, a design never does."""
        page = asset.page
        return self._sheet(
            f"@page{{size:{page.width_px:.4f}px {page.height_px:.4f}px;margin:0;bleed:{page.bleed_px:.4f}px}}"
        )[0]

    def lay_out_plain(self, html: str, asset: Asset) -> bytes:
        """Return a page that needs no design as a tagged PDF; whatever the engine says of it is a fault of ours."""
        with kept_log() as log:
            pdf, pages, _ = self._write(html, [self._page_sheet(asset)], compress=True)
        if log or pages != 1:
            raise RenderError(
                Finding("template", f"the layout engine says: {'; '.join(log)} ({pages} pages)")
            )
        return pdf
