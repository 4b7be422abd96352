"""Make the files of the corpus: real assets of this campaign, each edited at one step on the way to a finished file.

The project's own code composes, lays out, rasterises and encodes a page; an ``Edit`` steps in between two of these.
WeasyPrint's log is ignored here: a faulty page must become a file before the preflight checks can find its fault.
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
from assetgen.layout.page_layout import lay_out_page
from assetgen.loading.campaign import load_campaign
from assetgen.loading.model import CampaignModel
from assetgen.planning.asset import Asset, CopySet
from assetgen.planning.planner import plan_assets
from assetgen.rendering.engine.html_to_pdf import LayoutEngine
from assetgen.rendering.engine.weasyprint_private import capture_log
from assetgen.rendering.html.composer import Composer
from assetgen.rendering.html.markup import TextMarkup
from assetgen.rendering.images.brand_pictures import PictureCache
from assetgen.rendering.images.raster import encode, rasterise
from assetgen.rendering.prepress.cmyk import InkTable
from assetgen.rendering.prepress.pdf_standards import make_accessible
from assetgen.rendering.renderer import Renderer
from assetgen.units import PT_PER_INCH, PX_PER_INCH
from tests.corpus.campaign_scenarios import SCENARIOS, locale_of

REPO = Path(__file__).parents[2]
PX_PER_PT = PX_PER_INCH / PT_PER_INCH
Rect = tuple[float, float, float, float]
"""x, y, width, height in CSS px of the page, from the top left corner of the trim."""


@dataclass(frozen=True, slots=True)
class UneditedAsset:
    """A real asset laid out as a page, without any edit.

    ``word_set`` is the copy that it was laid out with; ``omitted`` are the roles that were left out for lack of
    room; ``page`` is the PDF.
    """

    asset: Asset
    word_set: CopySet
    omitted: tuple[str, ...]
    html: str = field(repr=False)
    page: bytes = field(repr=False)

    def letter_boxes(self, text: str) -> list[Rect]:
        """Return the box of each letter of a text where it occurs first; white space is skipped."""
        return letter_boxes_on(self.page, text)

    def text_box(self, text: str, first: int = 0, end: int | None = None) -> Rect:
        """Return the box around a text, or around its letters from ``first`` to ``end``."""
        return bounding_box(self.letter_boxes(text)[first:end])


@dataclass(frozen=True, slots=True)
class Edit:
    """What is changed on the way to the finished file. Each function takes the result of the step before it.

    ``html``, ``page`` (the PDF), ``picture`` (the pixels) and ``content`` (the finished bytes) change that result.
    ``encode`` replaces the project's encoder. ``word_set`` is the index of the copy to lay out with.
    ``change_asset`` changes the asset that the file is checked against. ``reported_file`` names the asset whose file
    is handed in instead. ``brand_fonts_only`` is False for a page that brings a font: it gets an engine of its
    own, because an engine remembers the fonts of its pages.
    """

    html: Callable[[str, UneditedAsset], str] | None = None
    page: Callable[[bytes, UneditedAsset], bytes] | None = None
    picture: Callable[[Image.Image, UneditedAsset], Image.Image] | None = None
    encode: Callable[[Image.Image, UneditedAsset], bytes] | None = None
    content: Callable[[bytes, UneditedAsset], bytes] | None = None
    change_asset: Callable[[Asset], Asset] | None = None
    word_set: int | None = None
    file_of: str | None = None
    brand_fonts_only: bool = True


@dataclass(frozen=True, slots=True)
class FinishedCase:
    """A finished file and what the preflight checks need besides.

    ``page`` is the PDF that the file was made from: the file itself if it is a PDF, None for the file of a code.
    ``tier`` is the copy length; ``omitted`` are the roles that were left out for lack of room.
    """

    content: bytes = field(repr=False)
    page: bytes | None = field(repr=False)
    asset: Asset = field(repr=False)
    tier: str
    omitted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One file of the corpus.

    ``asset`` is partner/message/channel, with @scenario if it is not of the shipped campaign. A faulty case
    must raise all the ``codes``, or all those of any one set; a correct case has none. ``reason`` says how such a
    file comes about, or why it is correct. ``is_readable`` is False if no program can be expected to open the file.
    """

    name: str
    asset: str
    edit: Edit
    codes: frozenset[str] | tuple[frozenset[str], ...]
    reason: str
    is_readable: bool = True

    @property
    def code_sets(self) -> tuple[frozenset[str], ...]:
        """Return the sets of codes, any one of which is enough."""
        return self.codes if isinstance(self.codes, tuple) else (self.codes,)

    def finish(self) -> FinishedCase:
        """Return the finished file with the edit made."""
        return finish(self.asset, self.edit)


@cache
def campaign(scenario: str = "") -> CampaignModel:
    """Return the shipped campaign, changed as a scenario says."""
    return SCENARIOS[scenario](campaign()) if scenario else load_campaign(REPO).campaign


@cache
def assets(scenario: str = "") -> Mapping[str, Asset]:
    """Return every planned asset of a scenario by id."""
    return plan_assets(campaign(scenario)).by_id()


def scenario_of(asset: str) -> str:
    """Return the scenario after the @ of an asset's name; the shipped campaign's is empty."""
    return asset.partition("@")[2]


def planned_asset(asset: str) -> Asset:
    """Return an asset by partner/message/channel@scenario; the id of a code's own file has no message or locale."""
    name, _, scenario = asset.partition("@")
    by_id = assets(scenario)
    return by_id.get(f"{name}/{locale_of(scenario)}") or by_id[name]


@cache
def _engine(brand_fonts_only: bool, scenario: str) -> LayoutEngine:
    engine = LayoutEngine(campaign(scenario))
    # The composer registers crops in this cache; the engine of every scenario must find them.
    engine.fetcher.pictures = _picture_cache()
    return engine


@cache
def _picture_cache() -> PictureCache:
    return PictureCache(campaign().brand.pictures)


@cache
def _composer() -> Composer:
    return Composer(campaign().templates, _picture_cache())


@cache
def _measurer() -> Measurer:
    return Measurer(campaign().brand.faces)


@cache
def unedited_asset(asset: str, word_set: int | None = None) -> UneditedAsset:
    """Return an asset laid out without an edit, in the copy that fits or in that of an index."""
    planned = planned_asset(asset)
    template = campaign().templates[planned.template or ""]
    families = campaign().brand.families(planned.locale)
    to_lay_out = planned if word_set is None else replace(planned, copy_sets=(planned.copy_sets[word_set],))
    layout = lay_out_page(to_lay_out, template, _measurer(), families)
    html = _composer().compose(planned, layout, TextMarkup(_measurer(), families), _ink_table(planned))
    omitted = tuple(sorted(set(layout.words.copy_by_role) - layout.roles))
    return UneditedAsset(planned, layout.words, omitted, html, lay_out(html, planned, scenario_of(asset)))


def lay_out(html: str, asset: Asset, scenario: str = "", *, brand_fonts_only: bool = True) -> bytes:
    """Return the page's PDF as the project lays it out, whatever WeasyPrint logs.

    ``LayoutEngine.lay_out`` refuses a faulty page, so this calls the private methods behind it.
    """
    engine = _engine(brand_fonts_only, scenario)
    design = engine._template_sheets(campaign(scenario).templates[asset.template or ""])
    sheets = [engine._base_sheet, engine._page_sheet(asset), *(one.parsed for one in design if one.parsed)]
    engine.fetcher.inks = _ink_table(asset)
    engine.fetcher.reset()
    with capture_log():
        laid = engine._write(html, sheets, compress=asset.format == "pdf", accessible=asset.spec.accessible)
    assert not engine.fetcher.missing, engine.fetcher.missing
    assert not engine.fetcher.blocked, engine.fetcher.blocked
    page = make_accessible(laid.pdf) if asset.spec.accessible else laid.pdf
    return _finish_for_press(page, asset, scenario) if asset.spec.press else page


def _ink_table(asset: Asset) -> InkTable | None:
    return InkTable(asset.palette, asset.inks) if asset.spec.press else None


def _finish_for_press(page: bytes, asset: Asset, scenario: str) -> bytes:
    """Convert a page to CMYK; return it as it is if an edit painted a colour that has no inks."""
    press, inks = asset.spec.press, _ink_table(asset)
    assert press
    assert inks
    try:
        return Renderer(campaign(scenario))._finish_for_press(page, asset, inks)
    except RenderError:
        return page


def finish(asset: str, edit: Edit) -> FinishedCase:
    """Return an asset's finished file with an edit made."""
    planned = planned_asset(asset)
    if planned.medium == "qr":
        return _render_code_file(planned)
    original = unedited_asset(edit.file_of or asset, edit.word_set)
    page = original.page
    if edit.html:
        html = edit.html(original.html, original)
        page = lay_out(html, original.asset, scenario_of(asset), brand_fonts_only=edit.brand_fonts_only)
    if edit.page:
        page = edit.page(page, original)
    is_pdf = original.asset.format == "pdf"
    content = page if is_pdf else _rasterise_and_encode(page, original, edit)
    if edit.content:
        content = edit.content(content, original)
    expected = edit.change_asset(planned) if edit.change_asset else planned
    return FinishedCase(
        content, content if is_pdf else page, expected, original.word_set.name, original.omitted
    )


def _render_code_file(asset: Asset) -> FinishedCase:
    """Return the file of a QR code alone, which has no page to edit."""
    content = Renderer(campaign())(asset).content
    assert content is not None
    return FinishedCase(content, content if asset.format == "pdf" else None, asset, "", ())


def _rasterise_and_encode(page: bytes, original: UneditedAsset, edit: Edit) -> bytes:
    spec = original.asset.spec
    picture = Image.fromarray(rasterise(page, int(spec.width), int(spec.height)))
    if edit.picture:
        picture = edit.picture(picture, original)
    if edit.encode:
        return edit.encode(picture, original)
    return encode(
        np.asarray(picture),
        original.asset.format,
        spec.alt,
        original.asset.locale,
        spec.max_bytes,
        spec.recommended_max_bytes,
    ).content


@cache
def finish_unedited(asset: str) -> FinishedCase:
    """Return an asset's finished file as the project makes it."""
    return finish(asset, Edit())


def letter_boxes_on(page: bytes, text: str) -> list[Rect]:
    """Return the box of each letter of a text where it occurs first on a page; white space is skipped."""
    wanted = "".join(text.split())
    document = pdfium.PdfDocument(page)
    try:
        sheet = document[0]
        left, _, _, top = sheet.get_trimbox()
        text_page = sheet.get_textpage()
        chars = [text_page.get_text_range(index, 1) for index in range(text_page.count_chars())]
        letters = [index for index, char in enumerate(chars) if char.strip()]
        start = "".join(chars[index] for index in letters).find(wanted)
        assert start >= 0, f"{text!r} is not on the page"
        boxes = [text_page.get_charbox(letters[start + step]) for step in range(len(wanted))]
    finally:
        document.close()
    return [
        ((x0 - left) * PX_PER_PT, (top - y1) * PX_PER_PT, (x1 - x0) * PX_PER_PT, (y1 - y0) * PX_PER_PT)
        for x0, y0, x1, y1 in boxes
    ]


def bounding_box(boxes: list[Rect]) -> Rect:
    """Return the box around some boxes."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top
