"""Lay out HTML with WeasyPrint, and judge its log: asset pages in the brand's fonts, and documents for people.

The fonts are written from the bytes that were read and hashed with the brand: what is drawn is what was hashed, however
the files in ``brand/fonts`` change meanwhile. A folder holds one set of fonts and is named for it, so that a
font of an earlier set is out of sight, and no process changes what another one draws with.
They are hermetic: ``prepare_fonts`` shows fontconfig the brand's alone before the engine is first
imported, so this module imports it inside ``Engine``.

The engine never fails over a page, it only logs; each message becomes a finding with a place (``Judge``). What
documents show is inside their HTML (``data:`` addresses); nothing is fetched, and whatever the engine says of them is a
fault: these pages are ours.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from assetgen.errors import MachineError, RenderError
from assetgen.findings import Finding, Place
from assetgen.loading.model import Campaign, FontFace, Template
from assetgen.loading.yaml.file_validation import did_you_mean, nearest
from assetgen.planning.asset import Asset, WordSet
from assetgen.rendering.engine.machine import ASK_DOCTOR
from assetgen.rendering.engine.weasyprint_private import (
    AT,
    IGNORED,
    NO_ALT,
    NO_VALUE,
    NOTDEF,
    PICTURE,
    QUOTED,
    families_asked,
    families_drawn,
    full_bleed_box,
    kept_log,
    known_properties,
    page_class,
)
from assetgen.rendering.images.brand_pictures import Darkroom
from assetgen.rendering.images.raster import mesh_light
from assetgen.rendering.prepress.cmyk import InkTable

# How like a known property a name must be to be taken for a slip: colour is, text-shadow is not.
A_SLIP = 0.85


def _as_written(url: str) -> str:
    """Return an address as a design would write it: a file of the campaign by its path."""
    return unquote(url.removeprefix("http://campaign.invalid/"))


def _meant(name: str) -> str | None:
    """Return the property that a misspelt one is most like, as a hint; None for one that is known, or far off."""
    known = known_properties()
    near = None if name in known else nearest(name, known, least=A_SLIP)
    return f"did you mean {near}?" if near else None


class Judge:
    """Turns the log's messages into findings that point into a design's sources.

    ``sheet`` is the style sheet whose own log is judged: then its lines are known.
    """

    def __init__(
        self,
        sources: Mapping[str, bytes],
        template: Place,
        words: WordSet,
        sheet: str | None = None,
    ) -> None:
        self.sources = {name: content.decode("utf-8", "replace") for name, content in sources.items()}
        self.template, self.words, self.sheet = template, words, sheet

    def judge(self, messages: list[str]) -> list[Finding]:
        """Return a finding for each message."""
        return [self._one(message) for message in dict.fromkeys(messages)]

    def _one(self, message: str) -> Finding:
        if found := NOTDEF.search(message):
            return self.no_glyph(found["text"], int(found["code"], 16))
        if found := IGNORED.search(message):
            name = found["name"].strip()
            said = f"{name}: {found['value'].strip()}" if found["value"].strip() else name
            place = self._style_place(name, int(found["line"]), int(found["column"]))
            text = f"the layout engine does not know {said} ({found['why']})"
            hint = _meant(name) or "leave it out, or write it in a way that the engine knows"
            return Finding("css-ignored", text, hint, place)
        if "image" in message and (found := PICTURE.search(message)):
            return self.no_picture(found["url"])
        if found := NO_ALT.search(message):
            return self._no_alt(found["url"])
        return Finding("template", f"the layout engine says: {message}", None, self._said_place(message))

    def _said_place(self, message: str) -> Place:
        """Return the line and column that a message names, else where the words that it quotes stand."""
        if self.sheet and (found := AT.search(message)):
            return Place(self.sheet, int(found["line"]), int(found["column"]))
        quoted = QUOTED.search(message)
        place = self.find(quoted[1].strip()) if quoted else self.template
        return Place(self.sheet) if self.sheet and place == self.template else place

    def _no_alt(self, url: str) -> Finding:
        shown = _as_written(url)
        hint = "add alt to it; a picture that only decorates is a background in the style sheet"
        if url.startswith("data:"):
            return Finding("alt-missing", "a picture without alt text", hint, self.find(url[:40]))
        return Finding("alt-missing", f"a picture without alt text: {shown}", hint, self._url_place(shown))

    def no_glyph(self, text: str, code: int) -> Finding:
        """Return the finding for a character that the brand's fonts do not hold, at the words that use it."""
        role = next((role for role, words in self.words.words.items() if chr(code) in words), None)
        place = self.words.places.get(role or "") or self.find(chr(code))
        name = f"{text} (U+{code:04X})"
        said = f" in the {role}" if role else ""
        hint = "write it otherwise, or add a font that has it"
        return Finding("glyph-missing", f"no glyph for {name}{said}", hint, place)

    def no_picture(self, url: str) -> Finding:
        """Return the finding for a picture that could not be drawn."""
        name, hint = _as_written(url), "check the path: it starts at the campaign's folder"
        return Finding("picture-missing", f"picture not drawn: {name}", hint, self._url_place(name))

    def refused(self, url: str) -> Finding:
        """Return the finding for a file or address outside the campaign's brand and designs."""
        shown = _as_written(url)
        hint = "a design reads files below brand/ and templates/ and nothing else"
        if "/" not in shown:
            folder = (self.template.file or "").rpartition("/")[0]
            hint = (
                f"a path starts at the campaign's folder: {folder}/{shown[:60]} or brand/images/{shown[:60]}"
            )
        return Finding("blocked-read", f"not read: {shown[:200]}", hint, self._url_place(shown))

    def _url_place(self, shown: str) -> Place:
        """Return where an address stands in the sources: as it is, or what follows its last stroke."""
        place = self.find(shown)
        return self.find(shown.rstrip("/").rsplit("/", 1)[-1]) if place == self.template else place

    def _style_place(self, name: str, line: int, column: int) -> Place:
        """Return the style sheet whose line holds the declaration; else where its name stands first."""
        for file, text in self.sources.items():
            lines = text.splitlines()
            if file.endswith(".css") and line <= len(lines) and name and name in lines[line - 1]:
                return Place(file, line, column)
        return self.find(name) if name else self.template

    def find(self, words: str) -> Place:
        """Return where some words stand first in the design's sources; else the design itself."""
        if not words:
            return self.template
        for file, text in sorted(self.sources.items(), key=lambda item: item[0].endswith(".yaml")):
            index = text.find(words)
            if index >= 0:
                return Place.at(file, text, index)
        return self.template


FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def prepare_fonts(own: Path, faces: Iterable[FontFace]) -> None:
    """Make these the only fonts that exist for this process, as files below ``own``.

    To be called before the engine's import.
    """
    files = {f"{face.sha256}{PurePosixPath(face.path).suffix.lower()}": face.content for face in faces}
    set_name = hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()[:16]
    folder = own / "fonts" / set_name
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        _keep(folder / name, content)
    conf = folder.with_suffix(".conf")
    text = FONTS_CONF.format(fonts=escape(str(folder)), cache=escape(str(own / "fontconfig")))
    _keep(conf, text.encode())
    os.environ["FONTCONFIG_FILE"] = str(conf)


def _keep(path: Path, content: bytes) -> None:
    """Write a file in one move where it is missing or another; one that is mapped by a process stays as it is."""
    if path.is_file() and path.read_bytes() == content:
        return
    spare = path.parent / f".{path.name}.{os.getpid()}"  # fontconfig passes over names with a dot
    spare.write_bytes(content)
    spare.replace(path)


COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARED = re.compile(r"(--[A-Za-z_][\w-]*)\s*:")
# With a fallback (``var(--x, red)``) an undeclared property is meant.
USED = re.compile(r"var\(\s*(--[A-Za-z_][\w-]*)\s*\)")


def undeclared_variables(page: str, sheets: Iterable[str]) -> tuple[list[str], set[str]]:
    """Return the custom properties that a page or its style sheets use and neither declares, and all declared."""
    texts = [COMMENT.sub(" ", text) for text in (page, *sheets)]
    declared = {name for text in texts for name in DECLARED.findall(text)}
    used = dict.fromkeys(name for text in texts for name in USED.findall(text))
    return [name for name in used if name not in declared], declared


# A page's sides are written to 4 decimals of a px.
SIZE_TOLERANCE_PX = 0.01


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A design's style sheet as it was read: nothing of it where a file that it needs could not be had."""

    file: str
    parsed: object | None
    log: tuple[str, ...]
    blocked: tuple[str, ...]
    missing: tuple[str, ...]
    opened: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Laid:
    """A page as it was laid out. ``families`` were drawn with, ``asked`` is what the words ask for first."""

    pdf: bytes
    pages: int
    size: tuple[float, float, float]
    families: frozenset[str]
    asked: frozenset[str]


def _judged(
    judge: Judge, log: Sequence[str], blocked: Sequence[str], missing: Sequence[str]
) -> list[Finding]:
    """Return a finding for each message, file refused and file missing; one fault is one finding."""
    had = [*blocked, *missing]
    messages = [message for message in log if not any(address in message for address in had)]
    return [
        *judge.judge(messages),
        *(judge.refused(url) for url in blocked),
        *(judge.no_picture(name) for name in missing),
    ]


def _undeclared(html: str, template: Template, judge: Judge) -> Iterator[Finding]:
    """Yield a finding for each custom property that is used and not declared, where it is used."""
    sheets = [template.sources[name].decode("utf-8", "replace") for name in template.sheets]
    undeclared, declared = undeclared_variables(html, sheets)
    for name in undeclared:
        hint = did_you_mean(name, declared) or "docs/designs.md lists what a design gets"
        yield Finding("template", f"there is no custom property {name}", hint, judge.find(name))


def _not_started(error: OSError) -> MachineError:
    return MachineError(Finding("machine", f"the layout engine does not start: {error}", ASK_DOCTOR))


class Engine:
    """The layout engine of one process: one font configuration, each style sheet parsed once."""

    def __init__(self, campaign: Campaign, own: Path | None = None) -> None:
        """Start the engine. ``own`` is where the fonts are put as files (default: the campaign's ``.assetgen``)."""
        prepare_fonts(own or campaign.root / ".assetgen", campaign.brand.faces)
        try:
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration

            from assetgen.rendering.engine.fetcher import BASE_URL, ClosedFetcher
        except OSError as error:
            raise _not_started(error) from error
        self._weasyprint = weasyprint
        sources = (source for one in campaign.templates.values() for source in one.sources.values())
        self._page_class = page_class(weasyprint, sources)
        self._base_url = BASE_URL
        self._fonts = FontConfiguration()
        self.darkroom = Darkroom(campaign.brand.pictures)
        self.fetcher = ClosedFetcher(
            campaign.root,
            {partner.id: partner.logo for partner in campaign.partners.values() if partner.logo},
            self.darkroom,
        )
        self._families = {face.family.casefold() for face in campaign.brand.faces}
        self._base_sheet = self._parse(
            (files("assetgen.rendering.html") / "base" / "base.css").read_text("utf-8")
        )
        self._sheets: dict[str, list[_Sheet]] = {}

    def _parse(self, text: str) -> object:
        return self._weasyprint.CSS(
            string=text, base_url=self._base_url, url_fetcher=self.fetcher, font_config=self._fonts
        )

    def _design_sheets(self, template: Template) -> list[_Sheet]:
        """Return each style sheet of a design: parsed once, under its own name, since its log belongs to its file."""
        if template.id not in self._sheets:
            self._sheets[template.id] = [
                self._read_sheet(name, template.sources[name].decode("utf-8-sig")) for name in template.sheets
            ]
        return self._sheets[template.id]

    def _read_sheet(self, name: str, text: str) -> _Sheet:
        """Return one sheet. A file that its parsing asks for and cannot have is a fault of this design alone."""
        from weasyprint.urls import URLFetchingError

        self.fetcher.start()
        parsed: object | None = None
        with kept_log() as log:
            try:
                parsed = self._parse(text)
            except URLFetchingError as error:
                log.append(str(error))
        fetcher = self.fetcher
        return _Sheet(
            name, parsed, tuple(log), tuple(fetcher.blocked), tuple(fetcher.missing), fetcher.opened
        )

    def lay_out(
        self, html: str, asset: Asset, template: Template, words: WordSet, inks: InkTable | None = None
    ) -> bytes:
        """Return the page as a tagged PDF; ``inks`` takes up those that owners give their logos.

        Raises RenderError with every finding of the engine's log.
        """
        design = self._design_sheets(template)
        self.fetcher.inks = inks
        findings: list[Finding] = []
        for sheet in design:
            one = {sheet.file: template.sources[sheet.file]}
            judge = Judge(one, template.place, words, sheet.file)
            findings += _judged(judge, sheet.log, sheet.blocked, sheet.missing)
        self.fetcher.start()
        for sheet in design:
            self.fetcher.opened |= sheet.opened  # read when the sheet was parsed: this page rests on it too
        sheets = [self._base_sheet, self._page_sheet(asset), *(one.parsed for one in design if one.parsed)]
        with kept_log() as log:
            laid = self._write(html, sheets, compress=asset.format == "pdf", accessible=asset.spec.accessible)
        judge = Judge(template.sources, template.place, words)
        undeclared = list(_undeclared(html, template, judge))
        # What the engine says of a declaration that such a property leaves empty is the same fault, less plainly.
        told = [message for message in log if not (undeclared and message.endswith(NO_VALUE))]
        findings += undeclared + _judged(judge, told, self.fetcher.blocked, self.fetcher.missing)
        if all(one.parsed for one in design):
            findings += self._misfits(laid, asset, judge, template.place)
        if any(finding.is_error for finding in findings):
            raise RenderError(dict.fromkeys(findings))
        return laid.pdf

    def _misfits(self, laid: _Laid, asset: Asset, judge: Judge, template: Place) -> Iterator[Finding]:
        """Yield what the engine does not say: more than one page, another size, another family."""
        if laid.pages != 1:
            hint = "something is larger than the page, or flows past its end"
            yield Finding("template", f"the page became {laid.pages} pages", hint, template)
        page = asset.page
        wanted = (page.width_px, page.height_px, page.bleed_px)
        if any(abs(has - wants) > SIZE_TOLERANCE_PX for has, wants in zip(laid.size, wanted, strict=True)):
            text = "the page has another size or bleed than the channel's"
            yield Finding("template", text, "the tool writes @page: leave it out", judge.find("@page"))
        strange = {name for name in laid.families | laid.asked if name.casefold() not in self._families}
        for family in sorted(strange):
            text = f"words are set in {family}, which is not the brand's"
            hint = "a family of brand/fonts; the first that is named counts"
            yield Finding("font-missing", text, hint, judge.find(family))

    def _write(self, html: str, sheets: list[object], *, compress: bool, accessible: bool = False) -> _Laid:
        document = self._page_class(string=html, base_url=self._base_url, url_fetcher=self.fetcher).render(
            font_config=self._fonts, stylesheets=sheets, pdf_tags=True
        )
        pdf = document.write_pdf(
            pdf_tags=True,
            pdf_variant="pdf/ua-1" if accessible else None,
            uncompressed_pdf=not compress,
            finisher=full_bleed_box if compress else mesh_light,
        )
        first = document.pages[0]
        size = (first.width, first.height, max(first.bleed.values()))
        return _Laid(pdf, len(document.pages), size, families_drawn(document), families_asked(document))

    def _page_sheet(self, asset: Asset) -> object:
        """Return the sheet that gives the page its size; the tool writes @page, a design never does."""
        page = asset.page
        return self._parse(
            f"@page{{size:{page.width_px:.4f}px {page.height_px:.4f}px;margin:0;bleed:{page.bleed_px:.4f}px}}"
        )

    def lay_out_plain(self, html: str, asset: Asset) -> bytes:
        """Return a page that needs no design as a tagged PDF; whatever the engine says of it is a fault of ours."""
        with kept_log() as log:
            laid = self._write(html, [self._page_sheet(asset)], compress=True)
        if log or laid.pages != 1:
            raise RenderError(
                Finding("template", f"the layout engine says: {'; '.join(log)} ({laid.pages} pages)")
            )
        return laid.pdf


DATA = re.compile(r"data:[^\s\"')]+")
"""A picture's address is the picture: no report has room for it."""


class DocumentEngine:
    """The layout engine of one process, for documents. ``own`` is where the fonts are put as files."""

    def __init__(self, own: Path, faces: Iterable[FontFace]) -> None:
        """Start the engine. Raises MachineError where it does not start."""
        prepare_fonts(own, faces)
        try:
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import URLFetcher
        except OSError as error:
            raise _not_started(error) from error
        self._html: Any = weasyprint.HTML
        self._fonts = FontConfiguration()
        self._fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)

    def lay_out(self, html: str) -> bytes:
        """Return a document as a tagged PDF. Raises RenderError with what the engine says of it."""
        with kept_log() as log:
            document = self._html(string=html, base_url="http://pack.invalid/", url_fetcher=self._fetcher)
            pdf: bytes = document.render(font_config=self._fonts, pdf_tags=True).write_pdf(pdf_tags=True)
        if log:
            said = "; ".join(dict.fromkeys(DATA.sub("data:…", line) for line in log))
            raise RenderError(Finding("template", f"the layout engine says of a document: {said}"))
        return pdf
