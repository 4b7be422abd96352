"""Lay out HTML as PDF with WeasyPrint, and turn its log into findings.

``LayoutEngine`` lays out the pages of assets, ``DocumentEngine`` the documents of a pack.

Fonts: the engine can use only the brand's fonts. ``prepare_fonts`` points fontconfig to them before the engine is first
imported, so this module imports the engine inside the classes. The font files are written from the bytes that were
hashed when the brand was read, so later changes in ``brand/fonts`` have no effect. Each set of fonts has its own
folder, named by its hash, so that fonts of an earlier set are not found and no process changes the fonts of another.

Errors: the engine does not fail on a faulty page; it only logs messages. ``EngineLogReader`` turns each message into a
finding with a place. A document's pictures are inside its HTML (``data:`` URLs), and nothing is fetched. The tool
writes these documents itself, so any message about one is an error.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

import numpy as np

from assetgen.errors import MachineError, RenderError
from assetgen.findings import Finding, Place
from assetgen.loading.model import CampaignModel, FontFace, Template
from assetgen.loading.yaml.file_validation import did_you_mean, most_similar
from assetgen.planning.asset import Asset, CopySet
from assetgen.rendering.engine.machine import DOCTOR_HINT
from assetgen.rendering.engine.weasyprint_private import (
    AT,
    IGNORED,
    NO_ALT,
    NO_VALUE,
    NOTDEF,
    PICTURE,
    QUOTED,
    capture_log,
    extend_bleed_box,
    known_properties,
    page_class,
    requested_families,
    used_families,
)
from assetgen.rendering.images.brand_pictures import PictureCache
from assetgen.rendering.images.raster import mesh_gradients
from assetgen.rendering.prepress.cmyk import InkTable

# The similarity to a known property from which a name counts as misspelt: colour does, text-shadow does not.
MIN_SIMILARITY = 0.85


def _as_written(url: str) -> str:
    """Return a URL as a template writes it: for a file of the campaign, its path below the campaign folder."""
    return unquote(url.removeprefix("http://campaign.invalid/"))


def _spelling_hint(name: str) -> str | None:
    """Return a hint that suggests a similar known property; None if the name is known or resembles none."""
    known = known_properties()
    near = None if name in known else most_similar(name, known, min_similarity=MIN_SIMILARITY)
    return f"did you mean {near}?" if near else None


class EngineLogReader:
    """Turns messages of the engine's log into findings that point into a template's sources.

    ``template`` is the place to report if nothing more precise is known. ``sheet`` is the style sheet whose parsing was
    logged: line numbers in messages are lines of that file. It is None for the log of a whole page.
    """

    def __init__(
        self,
        sources: Mapping[str, bytes],
        template: Place,
        words: CopySet,
        sheet: str | None = None,
    ) -> None:
        self.sources = {name: content.decode("utf-8", "replace") for name, content in sources.items()}
        self.template, self.words, self.sheet = template, words, sheet

    def findings(self, messages: list[str]) -> list[Finding]:
        """Return a finding for each different message."""
        return [self._finding(message) for message in dict.fromkeys(messages)]

    def _finding(self, message: str) -> Finding:
        if found := NOTDEF.search(message):
            return self.missing_glyph(found["text"], int(found["code"], 16))
        if found := IGNORED.search(message):
            name = found["name"].strip()
            declaration = f"{name}: {found['value'].strip()}" if found["value"].strip() else name
            place = self._style_place(name, int(found["line"]), int(found["column"]))
            text = f"the layout engine ignores {declaration} ({found['why']})"
            hint = _spelling_hint(name) or "remove it, or use CSS that WeasyPrint supports"
            return Finding("css-ignored", text, hint, place)
        if "image" in message and (found := PICTURE.search(message)):
            return self.missing_picture(found["url"])
        if found := NO_ALT.search(message):
            return self._no_alt(found["url"])
        return Finding(
            "template", f"the layout engine reports: {message}", None, self._message_place(message)
        )

    def _message_place(self, message: str) -> Place:
        """Return the line and column in a message; otherwise the place of the text that it quotes."""
        if self.sheet and (found := AT.search(message)):
            return Place(self.sheet, int(found["line"]), int(found["column"]))
        quoted = QUOTED.search(message)
        place = self.find(quoted[1].strip()) if quoted else self.template
        return Place(self.sheet) if self.sheet and place == self.template else place

    def _no_alt(self, url: str) -> Finding:
        address = _as_written(url)
        hint = "add an alt attribute, or, for decoration, make the picture a background in the style sheet"
        if url.startswith("data:"):
            return Finding("alt-missing", "a picture has no alt text", hint, self.find(url[:40]))
        return Finding("alt-missing", f"a picture has no alt text: {address}", hint, self._url_place(address))

    def missing_glyph(self, text: str, code: int) -> Finding:
        """Return the finding for a character that the brand's fonts lack, at the place of the copy that uses it."""
        role = next((role for role, words in self.words.copy_by_role.items() if chr(code) in words), None)
        place = self.words.places.get(role or "") or self.find(chr(code))
        name = f"{text} (U+{code:04X})"
        where = f" in the {role}" if role else ""
        hint = "use a different character, or add a font that has it to brand/fonts"
        return Finding("glyph-missing", f"the brand's fonts have no glyph for {name}{where}", hint, place)

    def missing_picture(self, url: str) -> Finding:
        """Return the finding for a picture that could not be drawn."""
        name, hint = _as_written(url), "check the path: it starts at the campaign folder"
        return Finding("picture-missing", f"the picture cannot be drawn: {name}", hint, self._url_place(name))

    def blocked_read(self, url: str) -> Finding:
        """Return the finding for a file or URL outside the campaign's brand and templates."""
        address = _as_written(url)
        hint = "use a file below brand/ or templates/, the only folders that a template may read"
        if "/" not in address:
            folder = (self.template.file or "").rpartition("/")[0]
            name = address[:60]
            hint = f"start the path at the campaign folder: {folder}/{name} or brand/images/{name}"
        text = f"a template must not read {address[:200]}"
        return Finding("blocked-read", text, hint, self._url_place(address))

    def _url_place(self, address: str) -> Place:
        """Return the place of an address in the sources; if it is not found, the place of its last segment."""
        place = self.find(address)
        return self.find(address.rstrip("/").rsplit("/", 1)[-1]) if place == self.template else place

    def _style_place(self, name: str, line: int, column: int) -> Place:
        """Return the place of a declaration: the style sheet that has it in this line, or the first use of its name."""
        for file, text in self.sources.items():
            lines = text.splitlines()
            if file.endswith(".css") and line <= len(lines) and name and name in lines[line - 1]:
                return Place(file, line, column)
        return self.find(name) if name else self.template

    def find(self, words: str) -> Place:
        """Return the first place of a text in the template's sources; if it is not found, the place of the template."""
        if not words:
            return self.template
        for file, text in sorted(self.sources.items(), key=lambda item: item[0].endswith(".yaml")):
            index = text.find(words)
            if index >= 0:
                return Place.at(file, text, index)
        return self.template


FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir>{faces}</fontconfig>
"""
# Of two faces of a family, fontconfig prefers the one with more languages or a design size to the one with the right
# weight. So each file is described to it again: by the family, weight and slant by which the layout has measured it.
FACE_CONF = """
<match target="scan"><test name="file"><string>{file}</string></test>
<edit name="family" mode="assign_replace"><string>{family}</string></edit>
<edit name="weight" mode="assign"><double>{weight}</double></edit>
<edit name="slant" mode="assign"><const>{slant}</const></edit>
<edit name="width" mode="assign"><const>normal</const></edit>
<edit name="size" mode="delete_all"/><edit name="lang" mode="delete_all"/></match>"""
# OpenType weight → fontconfig weight (fontconfig's FcWeightFromOpenType). Weights between them are interpolated.
FONTCONFIG_WEIGHTS = {
    100: 0.0, 200: 40.0, 300: 50.0, 350: 55.0, 380: 75.0, 400: 80.0,
    500: 100.0, 600: 180.0, 700: 200.0, 800: 205.0, 900: 210.0, 1000: 215.0,
}  # fmt: skip


def prepare_fonts(font_folder: Path, faces: Iterable[FontFace]) -> None:
    """Make these the only fonts that this process can use. They are written as files below ``font_folder``.

    Call this before the engine is imported.
    """
    files = {
        f"{hashlib.sha256(face.content).hexdigest()}{_font_suffix(face.content)}": face for face in faces
    }
    described = [(name, face.family, face.weight, face.italic) for name, face in sorted(files.items())]
    set_name = hashlib.sha256(repr((FACE_CONF, described)).encode()).hexdigest()[:16]
    folder = font_folder / "fonts" / set_name
    folder.mkdir(parents=True, exist_ok=True)
    for name, face in files.items():
        _write_if_changed(folder / name, face.content)
    rules = "".join(
        FACE_CONF.format(
            file=escape(str(folder / name)),
            family=escape(face.family),
            weight=_fontconfig_weight(face.weight),
            slant="italic" if face.italic else "roman",
        )
        for name, face in sorted(files.items())
    )
    cache = escape(str(font_folder / "fontconfig"))
    text = FONTS_CONF.format(fonts=escape(str(folder)), cache=cache, faces=rules)
    conf = folder.with_suffix(".conf")
    _write_if_changed(conf, text.encode())
    os.environ["FONTCONFIG_FILE"] = str(conf)


def _fontconfig_weight(weight: int) -> float:
    known = sorted(FONTCONFIG_WEIGHTS)
    return float(np.interp(weight, known, [FONTCONFIG_WEIGHTS[one] for one in known]))


def _font_suffix(content: bytes) -> str:
    return ".otf" if content.startswith(b"OTTO") else ".ttf"


def _write_if_changed(path: Path, content: bytes) -> None:
    """Replace a file in one step if its content differs. A process that has mapped the old file keeps the old one."""
    if path.is_file() and path.read_bytes() == content:
        return
    temporary = path.parent / f".{path.name}.{os.getpid()}"  # fontconfig ignores names that begin with a dot
    temporary.write_bytes(content)
    temporary.replace(path)


COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARED = re.compile(r"(--[A-Za-z_][\w-]*)\s*:")
# A property with a fallback (``var(--x, red)``) may be undeclared on purpose, so it does not match.
USED = re.compile(r"var\(\s*(--[A-Za-z_][\w-]*)\s*\)")


def undeclared_variables(page: str, sheets: Iterable[str]) -> tuple[list[str], set[str]]:
    """Return the custom properties that are used but not declared in a page and its style sheets, then all declared."""
    texts = [COMMENT.sub(" ", text) for text in (page, *sheets)]
    declared = {name for text in texts for name in DECLARED.findall(text)}
    used = dict.fromkeys(name for text in texts for name in USED.findall(text))
    return [name for name in used if name not in declared], declared


# A page's sides are written to four decimals of a px.
SIZE_TOLERANCE_PX = 0.01


@dataclass(frozen=True, slots=True)
class _ParsedSheet:
    """A template's style sheet after parsing. ``parsed`` is None if a file that it needs could not be read."""

    file: str
    parsed: object | None
    log: tuple[str, ...]
    blocked: tuple[str, ...]
    missing: tuple[str, ...]
    opened: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _LaidOutPage:
    """The result of laying out a page.

    ``size`` is width, height and bleed in px. ``families`` are the font families that were used, ``requested`` the
    first family in each style.
    """

    pdf: bytes
    pages: int
    size: tuple[float, float, float]
    families: frozenset[str]
    requested: frozenset[str]


def _fetch_and_log_findings(
    log_reader: EngineLogReader, log: Sequence[str], blocked: Sequence[str], missing: Sequence[str]
) -> list[Finding]:
    """Return a finding for each blocked file, missing file and log message, but not for messages about such files."""
    reported = [*blocked, *missing]
    messages = [message for message in log if not any(address in message for address in reported)]
    return [
        *log_reader.findings(messages),
        *(log_reader.blocked_read(url) for url in blocked),
        *(log_reader.missing_picture(name) for name in missing),
    ]


def _undeclared(html: str, template: Template, log_reader: EngineLogReader) -> Iterator[Finding]:
    """Yield a finding for each custom property that is used but not declared, at the place of its use."""
    sheets = [template.sources[name].decode("utf-8", "replace") for name in template.style_sheets]
    undeclared, declared = undeclared_variables(html, sheets)
    for name in undeclared:
        hint = did_you_mean(name, declared) or "docs/reference/template-markup.md lists them"
        yield Finding("template", f"the custom property {name} is not declared", hint, log_reader.find(name))


def _start_error(error: OSError) -> MachineError:
    return MachineError(Finding("machine", f"the layout engine cannot start: {error}", DOCTOR_HINT))


class LayoutEngine:
    """The layout engine of one process. It has one font configuration, and parses each style sheet once."""

    def __init__(self, campaign: CampaignModel, font_folder: Path | None = None) -> None:
        """Start the engine. Raises MachineError if it does not start.

        ``font_folder`` is the folder for the font files (default: ``.assetgen`` in the campaign folder).
        """
        prepare_fonts(font_folder or campaign.root / ".assetgen", campaign.brand.faces)
        try:
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration

            from assetgen.rendering.engine.fetcher import BASE_URL, ClosedFetcher
        except OSError as error:
            raise _start_error(error) from error
        self._weasyprint = weasyprint
        sources = (source for one in campaign.templates.values() for source in one.sources.values())
        self._page_class = page_class(weasyprint, sources)
        self._base_url = BASE_URL
        self._fonts = FontConfiguration()
        self.pictures = PictureCache(campaign.brand.pictures)
        self.fetcher = ClosedFetcher(
            campaign.root,
            {partner.id: partner.logo for partner in campaign.partners.values() if partner.logo},
            self.pictures,
        )
        self._families = {face.family.casefold() for face in campaign.brand.faces}
        self._base_sheet = self._parse(
            (files("assetgen.rendering.html") / "base" / "base.css").read_text("utf-8")
        )
        self._sheets: dict[str, list[_ParsedSheet]] = {}

    def _parse(self, text: str) -> object:
        return self._weasyprint.CSS(
            string=text, base_url=self._base_url, url_fetcher=self.fetcher, font_config=self._fonts
        )

    def _template_sheets(self, template: Template) -> list[_ParsedSheet]:
        """Return a template's style sheets. Each file is parsed once.

        Files are parsed separately, so that line numbers in the log of a file are its own.
        """
        if template.id not in self._sheets:
            self._sheets[template.id] = [
                self._parse_sheet(name, template.sources[name].decode("utf-8-sig"))
                for name in template.style_sheets
            ]
        return self._sheets[template.id]

    def _parse_sheet(self, name: str, text: str) -> _ParsedSheet:
        """Parse one style sheet. If it needs a file that cannot be read, that is an error of this template only."""
        from weasyprint.urls import URLFetchingError

        self.fetcher.reset()
        parsed: object | None = None
        with capture_log() as log:
            try:
                parsed = self._parse(text)
            except URLFetchingError as error:
                log.append(str(error))
        fetcher = self.fetcher
        return _ParsedSheet(
            name, parsed, tuple(log), tuple(fetcher.blocked), tuple(fetcher.missing), fetcher.opened
        )

    def lay_out(
        self, html: str, asset: Asset, template: Template, words: CopySet, inks: InkTable | None = None
    ) -> bytes:
        """Lay out the page as a tagged PDF. The inks that partners define for their logos are added to ``inks``.

        Raises RenderError with all findings about the page, if one of them is an error.
        """
        parsed_sheets = self._template_sheets(template)
        self.fetcher.inks = inks
        findings: list[Finding] = []
        for sheet in parsed_sheets:
            source = {sheet.file: template.sources[sheet.file]}
            log_reader = EngineLogReader(source, template.place, words, sheet.file)
            findings += _fetch_and_log_findings(log_reader, sheet.log, sheet.blocked, sheet.missing)
        self.fetcher.reset()
        for sheet in parsed_sheets:
            self.fetcher.opened |= sheet.opened  # read when the sheet was parsed: inputs of this page too
        sheets = [
            self._base_sheet,
            self._page_sheet(asset),
            *(sheet.parsed for sheet in parsed_sheets if sheet.parsed),
        ]
        with capture_log() as log:
            page = self._write(html, sheets, compress=asset.format == "pdf", accessible=asset.spec.accessible)
        log_reader = EngineLogReader(template.sources, template.place, words)
        undeclared = list(_undeclared(html, template, log_reader))
        # The engine also logs each declaration that such a property leaves without a value: the same error again.
        messages = [message for message in log if not (undeclared and message.endswith(NO_VALUE))]
        findings += undeclared
        findings += _fetch_and_log_findings(log_reader, messages, self.fetcher.blocked, self.fetcher.missing)
        if all(sheet.parsed for sheet in parsed_sheets):
            findings += self._page_findings(page, asset, log_reader, template.place)
        if any(finding.is_error for finding in findings):
            raise RenderError(dict.fromkeys(findings))
        return page.pdf

    def _page_findings(
        self, laid_out: _LaidOutPage, asset: Asset, log_reader: EngineLogReader, template: Place
    ) -> Iterator[Finding]:
        """Yield findings about errors that the engine does not log: extra pages, a wrong size, bleed or font family."""
        if laid_out.pages != 1:
            hint = "make the element that is larger than the page, or runs past its end, smaller"
            yield Finding("template", f"the layout has {laid_out.pages} pages instead of one", hint, template)
        page = asset.page
        expected = (page.width_px, page.height_px, page.bleed_px)
        if any(abs(a - b) > SIZE_TOLERANCE_PX for a, b in zip(laid_out.size, expected, strict=True)):
            text = "the size or bleed of the page differs from that of the channel"
            yield Finding("template", text, "remove @page: assetgen writes it", log_reader.find("@page"))
        families = laid_out.families | laid_out.requested
        unknown = {name for name in families if name.casefold() not in self._families}
        for family in sorted(unknown):
            text = f"text is set in {family}, which is not a font of the brand"
            hint = "write font-family: var(--font-text), or the variable of a different role"
            yield Finding("font-missing", text, hint, log_reader.find(family))

    def _write(
        self, html: str, sheets: list[object], *, compress: bool, accessible: bool = False
    ) -> _LaidOutPage:
        document = self._page_class(string=html, base_url=self._base_url, url_fetcher=self.fetcher).render(
            font_config=self._fonts, stylesheets=sheets, pdf_tags=True
        )
        pdf = document.write_pdf(
            pdf_tags=True,
            pdf_variant="pdf/ua-1" if accessible else None,
            uncompressed_pdf=not compress,
            finisher=extend_bleed_box if compress else mesh_gradients,
        )
        first = document.pages[0]
        size = (first.width, first.height, max(first.bleed.values()))
        return _LaidOutPage(
            pdf, len(document.pages), size, used_families(document), requested_families(document)
        )

    def _page_sheet(self, asset: Asset) -> object:
        """Return a style sheet with the page's size and bleed. Only assetgen writes ``@page``; templates must not."""
        page = asset.page
        return self._parse(
            f"@page{{size:{page.width_px:.4f}px {page.height_px:.4f}px;margin:0;bleed:{page.bleed_px:.4f}px}}"
        )

    def lay_out_without_template(self, html: str, asset: Asset) -> bytes:
        """Lay out a page that has no template as a tagged PDF. Raises RenderError if the engine logs anything."""
        with capture_log() as log:
            page = self._write(html, [self._page_sheet(asset)], compress=True)
        if log or page.pages != 1:
            raise RenderError(
                Finding("template", f"the layout engine reports: {'; '.join(log)} ({page.pages} pages)")
            )
        return page.pdf


DATA_URL = re.compile(r"data:[^\s\"')]+")
"""A ``data:`` URL contains the whole picture, which is too long for a message."""


class DocumentEngine:
    """The layout engine of one process, for documents. ``font_folder`` is the folder for the font files."""

    def __init__(self, font_folder: Path, faces: Iterable[FontFace]) -> None:
        """Start the engine. Raises MachineError if it does not start."""
        prepare_fonts(font_folder, faces)
        try:
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import URLFetcher
        except OSError as error:
            raise _start_error(error) from error
        self._html: Any = weasyprint.HTML
        self._fonts = FontConfiguration()
        self._fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)

    def lay_out(self, html: str) -> bytes:
        """Lay out a document as a tagged PDF. Raises RenderError if the engine logs anything."""
        with capture_log() as log:
            document = self._html(string=html, base_url="http://pack.invalid/", url_fetcher=self._fetcher)
            pdf: bytes = document.render(font_config=self._fonts, pdf_tags=True).write_pdf(pdf_tags=True)
        if log:
            messages = "; ".join(dict.fromkeys(DATA_URL.sub("data:…", line) for line in log))
            raise RenderError(Finding("template", f"the layout engine reports on a document: {messages}"))
        return pdf
