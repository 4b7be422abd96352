"""Making the corpus: a real asset of this campaign, edited at one stage of its way to a finished file.

A page is composed, laid out, rasterised and encoded by the project's own parts; an ``Edit`` steps in between
two of them. What the engine's log says is not judged here: a faulty page has to become a file first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from assetgen.errors import RenderError
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.page_layout import arrange
from assetgen.loading.campaign import load_campaign
from assetgen.loading.model import Campaign
from assetgen.planning.asset import Asset, WordSet
from assetgen.planning.planner import plan_assets
from assetgen.rendering.engine.html_to_pdf import Engine
from assetgen.rendering.engine.weasyprint_private import kept_log
from assetgen.rendering.html.composer import Composer
from assetgen.rendering.html.markup import Setter
from assetgen.rendering.images.brand_pictures import Darkroom
from assetgen.rendering.images.raster import encode, rasterise
from assetgen.rendering.prepress.cmyk import InkTable
from assetgen.rendering.prepress.pdf_standards import mend_figures
from assetgen.rendering.renderer import Renderer
from assetgen.units import PT_PER_INCH, PX_PER_INCH
from tests.corpus.campaign_scenarios import WORLDS, locale_of

REPO = Path(__file__).parents[2]
PX_PER_PT = PX_PER_INCH / PT_PER_INCH
Rect = tuple[float, float, float, float]
"""x, y, width, height in CSS px of the page, from the trim's top left corner."""


@dataclass(frozen=True, slots=True)
class Base:
    """A real asset up to its page, untouched; ``words`` is the choice of copy that it was laid out with, and
    ``omitted`` are the roles that were left out where there was no room."""

    asset: Asset
    words: WordSet
    omitted: tuple[str, ...]
    html: str = field(repr=False)
    page: bytes = field(repr=False)

    def letters(self, text: str) -> list[Rect]:
        """Return the box of each letter of some words where they stand first; white space is passed over."""
        return letters_on(self.page, text)

    def box(self, text: str, first: int = 0, end: int | None = None) -> Rect:
        """Return the box around some words, or around a stretch of their letters."""
        return around(self.letters(text)[first:end])


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done to an asset on its way, each step a function of what the step before gave; None: nothing.

    ``encoded`` stands in for the project's encoder, ``content`` changes the finished bytes, ``words`` takes
    another of the tiers of copy that the spec allows, ``promise`` changes what the file has to keep, and
    ``file_of`` hands in another asset's file with its page.
    """

    html: Callable[[str, Base], str] | None = None
    page: Callable[[bytes, Base], bytes] | None = None
    picture: Callable[[Image.Image, Base], Image.Image] | None = None
    encoded: Callable[[Image.Image, Base], bytes] | None = None
    content: Callable[[bytes, Base], bytes] | None = None
    promise: Callable[[Asset], Asset] | None = None
    words: int | None = None
    file_of: str | None = None
    own_fonts: bool = True
    """False for a page that brings a font: it is laid out by an engine of its own, which then knows it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished file, the page it was made from (of a PDF, itself; of a code alone, none), what it has to keep,
    its tier of copy, the roles that were left out where there was no room."""

    content: bytes = field(repr=False)
    page: bytes | None = field(repr=False)
    asset: Asset = field(repr=False)
    tier: str
    omitted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One asset of the corpus: ``asset`` is partner/message/channel, with @world where it is not the shipped one.

    Of ``codes`` all must be raised; of several sets, all of any one. A sound asset has none. ``readable``
    is False where no program can be expected to open the file.
    """

    name: str
    asset: str
    make: Edit
    codes: frozenset[str] | tuple[frozenset[str], ...]
    why: str
    readable: bool = True

    @property
    def ways(self) -> tuple[frozenset[str], ...]:
        """Return the sets of codes, of which any one suffices."""
        return self.codes if isinstance(self.codes, tuple) else (self.codes,)

    def made(self) -> Finished:
        """Return the finished file with its fault."""
        return finish(self.asset, self.make)


@cache
def campaign(world: str = "") -> Campaign:
    """Return the shipped campaign, or what another world makes of it."""
    return WORLDS[world](campaign()) if world else load_campaign(REPO).campaign


@cache
def assets(world: str = "") -> Mapping[str, Asset]:
    """Return every planned asset of a world by id."""
    return plan_assets(campaign(world)).by_id()


def world_of(asset: str) -> str:
    """Return the world that an asset's name speaks of after its @; the shipped campaign's is empty."""
    return asset.partition("@")[2]


def planned(asset: str) -> Asset:
    """Return a planned asset by partner/message/channel, @world; a code alone has neither message nor locale."""
    name, _, world = asset.partition("@")
    known = assets(world)
    return known.get(f"{name}/{locale_of(world)}") or known[name]


@cache
def _engine(own_fonts: bool, world: str) -> Engine:
    engine = Engine(campaign(world))
    # What a page orders while it is composed, the engine finds, of whichever world.
    engine.fetcher.darkroom = _darkroom()
    return engine


@cache
def _darkroom() -> Darkroom:
    return Darkroom(campaign().brand.pictures)


@cache
def _composer() -> Composer:
    return Composer(campaign().templates, _darkroom())


@cache
def _measurer() -> Measurer:
    return Measurer(campaign().brand.faces)


@cache
def base(asset: str, words: int | None = None) -> Base:
    """Return an untouched asset up to its page, in the copy of its own choice or in the tier asked for."""
    own = planned(asset)
    template = campaign().templates[own.template or ""]
    family = campaign().brand.family(own.locale)
    offered = own if words is None else replace(own, word_sets=(own.word_sets[words],))
    arranged = arrange(offered, template, _measurer(), family)
    html = _composer().compose(own, arranged, Setter(_measurer(), family), _inks(own))
    omitted = tuple(sorted(set(arranged.words.words) - arranged.roles))
    return Base(own, arranged.words, omitted, html, lay_out(html, own, world_of(asset)))


def lay_out(html: str, asset: Asset, world: str = "", *, own_fonts: bool = True) -> bytes:
    """Return the page as the project lays it out, tagged and with its sheets, whatever the log says.

    ``Engine.lay_out`` refuses a page with a fault, which is right; so this calls what it calls.
    """
    engine = _engine(own_fonts, world)
    design = engine._template_sheets(campaign(world).templates[asset.template or ""])
    sheets = [engine._base_sheet, engine._page_sheet(asset), *(one.parsed for one in design if one.parsed)]
    engine.fetcher.inks = _inks(asset)
    engine.fetcher.start()
    with kept_log():
        laid = engine._write(html, sheets, compress=asset.format == "pdf", accessible=asset.spec.accessible)
    assert not engine.fetcher.missing, engine.fetcher.missing
    assert not engine.fetcher.blocked, engine.fetcher.blocked
    page = mend_figures(laid.pdf) if asset.spec.accessible else laid.pdf
    return _pressed(page, asset, world) if asset.spec.press else page


def _inks(asset: Asset) -> InkTable | None:
    return InkTable(asset.palette, asset.inks) if asset.spec.press else None


def _pressed(page: bytes, asset: Asset, world: str) -> bytes:
    """Return the page in inks; as it is where an edit painted it in a colour that has none."""
    press, inks = asset.spec.press, _inks(asset)
    assert press
    assert inks
    try:
        return Renderer(campaign(world))._pressed(page, asset, inks)
    except RenderError:
        return page


def finish(asset: str, edit: Edit) -> Finished:
    """Return an asset's finished file with an edit made."""
    if planned(asset).medium == "qr":
        return _code_alone(planned(asset))
    own = base(edit.file_of or asset, edit.words)
    page = own.page
    if edit.html:
        page = lay_out(edit.html(own.html, own), own.asset, world_of(asset), own_fonts=edit.own_fonts)
    if edit.page:
        page = edit.page(page, own)
    content = page
    if own.asset.format != "pdf":
        content = _raster(page, own, edit)
    if edit.content:
        content = edit.content(content, own)
    promised = planned(asset)
    if edit.promise:
        promised = edit.promise(promised)
    page = content if own.asset.format == "pdf" else page
    return Finished(content, page, promised, own.words.name, own.omitted)


def _code_alone(asset: Asset) -> Finished:
    """Return a QR code's own file."""
    content = Renderer(campaign())(asset).content
    assert content is not None
    return Finished(content, content if asset.format == "pdf" else None, asset, "", ())


def _raster(page: bytes, own: Base, edit: Edit) -> bytes:
    spec = own.asset.spec
    picture = Image.fromarray(rasterise(page, int(spec.width), int(spec.height)))
    if edit.picture:
        picture = edit.picture(picture, own)
    if edit.encoded:
        return edit.encoded(picture, own)
    return encode(
        np.asarray(picture),
        own.asset.format,
        spec.alt,
        own.asset.locale,
        spec.max_bytes,
        spec.recommended_max_bytes,
    ).content


@cache
def untouched(asset: str) -> Finished:
    """Return an asset's finished file as the project makes it."""
    return finish(asset, Edit())


def letters_on(page: bytes, text: str) -> list[Rect]:
    """Return the box of each letter of some words where they stand first on a page."""
    wanted = "".join(text.split())
    document = pdfium.PdfDocument(page)
    try:
        sheet = document[0]
        left, _, _, top = sheet.get_trimbox()
        words = sheet.get_textpage()
        said = [words.get_text_range(index, 1) for index in range(words.count_chars())]
        seen = [index for index, letter in enumerate(said) if letter.strip()]
        at = "".join(said[index] for index in seen).find(wanted)
        assert at >= 0, f"{text!r} is not on the page"
        boxes = [words.get_charbox(seen[at + step]) for step in range(len(wanted))]
    finally:
        document.close()
    return [
        ((x0 - left) * PX_PER_PT, (top - y1) * PX_PER_PT, (x1 - x0) * PX_PER_PT, (y1 - y0) * PX_PER_PT)
        for x0, y0, x1, y1 in boxes
    ]


def around(boxes: list[Rect]) -> Rect:
    """Return the box around some boxes."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top
