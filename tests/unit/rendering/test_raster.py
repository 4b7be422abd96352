"""Rasterising a page: exact sizes, stable hashes, and letters where the layout placed them."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image
from pypdfium2 import raw
from weasyprint import HTML

from assetgen.layout.line_breaking import Line
from assetgen.layout.page_layout import PageLayout, lay_out_page
from assetgen.planning.asset import Asset
from assetgen.rendering.html.markup import TextMarkup
from assetgen.rendering.images.raster import page_sha256, picture_sha256, pixels_sha256, rasterise
from assetgen.rendering.renderer import Renderer
from tests.support.tiny_campaign import (
    CARD_ID,
    SHEET_ID,
    load_tiny,
    one_asset_per_channel,
    real_campaign,
    render_tiny,
)
from tests.support.wording import Wording

SHAPES = (
    "ig-story", "ig-square", "fb-link-share", "disp-leaderboard", "disp-wide-skyscraper", "disp-mpu",
    "poster-a4", "ooh-48-sheet", "press-25x4", "card-wallet", "leaflet-dl", "dooh-d6",
    "teams-background", "publisher-skin", "sticker-round", "desktop-wallpaper",
)  # fmt: skip
TOLERANCE_PX = 0.3
PT_PER_PX = 0.75


@dataclass(frozen=True)
class Letter:
    """A letter on a rendered page: its origin on the baseline, in CSS px from the trim's top left."""

    text: str
    x: float
    baseline: float
    size_px: float


def letters_of(pdf: bytes) -> list[Letter]:
    """Return every letter of a page as PDFium reads it, without spaces."""
    document = pdfium.PdfDocument(pdf)
    try:
        page = document[0]
        left, _, _, top = page.get_trimbox()
        words = page.get_textpage()
        letters = [_letter(words, index, left, top) for index in range(words.count_chars())]
        return [letter for letter in letters if not letter.text.isspace()]
    finally:
        document.close()


def _letter(words: pdfium.PdfTextPage, index: int, left: float, top: float) -> Letter:
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    raw.FPDFText_GetCharOrigin(words, index, x, y)
    raw.FPDFText_GetMatrix(words, index, matrix)
    size = raw.FPDFText_GetFontSize(words, index) * matrix.a
    text = chr(raw.FPDFText_GetUnicode(words, index))
    return Letter(text, (x.value - left) / PT_PER_PX, (top - y.value) / PT_PER_PX, size / PT_PER_PX)


def lay_out(asset: Asset, renderer: Renderer) -> tuple[PageLayout, list[Letter]]:
    """Return the layout of an asset, and the letters of its rendered page."""
    campaign = renderer.campaign
    template, families = campaign.templates[asset.template or ""], campaign.brand.families(asset.locale)
    arranged = lay_out_page(asset, template, renderer.measurer, families)
    page = renderer.composer.compose(asset, arranged, TextMarkup(renderer.measurer, families))
    return arranged, letters_of(renderer.engine.lay_out(page, asset, template, arranged.words))


@dataclass(frozen=True)
class Planned:
    """A line as the layout placed it."""

    line: Line
    left: float
    baseline: float
    size_px: float

    @property
    def right(self) -> float:
        return self.left + self.line.ink_em * self.size_px


def planned_lines(arranged: PageLayout) -> list[Planned]:
    """Return each line of a layout, including the footer's."""
    lines = [
        Planned(line.line, line.x, line.baseline, part.size_px)
        for part in arranged.parts
        for line in part.lines
    ]
    footer = arranged.footer
    words = [*footer.lines, *(line for mark in footer.partners for line in mark.lines)] if footer else []
    return lines + [Planned(line.line, line.x, line.baseline, line.size_px) for line in words]


def deviations(
    arranged: PageLayout, letters: list[Letter], renderer: Renderer
) -> Iterator[tuple[str, float]]:
    """Yield (measure and line, distance in px from its planned place)."""
    family = renderer.campaign.brand.families("en-GB").text
    for planned in planned_lines(arranged):
        text, size = planned.line.text, planned.size_px
        near = letters_near(planned, letters)
        assert "".join(one.text for one in near) == "".join(text.split())
        last = renderer.measurer.shape(near[-1].text, family, planned.line.words[-1].weight)
        overhang = near[-1].x + (last.advance - last.right) * size - planned.right
        yield f"left of {text}", abs(near[0].x - (planned.left - planned.line.left_em * size))
        yield f"right of {text}", abs(overhang)
        yield f"baseline of {text}", max(abs(one.baseline - planned.baseline) for one in near)
        yield f"size of {text}", max(abs(one.size_px - size) for one in near)


def letters_near(planned: Planned, letters: list[Letter]) -> list[Letter]:
    """Return the letters near the planned place of a line, from the left."""
    left, right = planned.left - 0.3 * planned.size_px, planned.right
    near = [one for one in letters if abs(one.baseline - planned.baseline) < 0.5 * planned.size_px]
    return sorted((one for one in near if left <= one.x <= right), key=lambda one: one.x)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(real_campaign())


@pytest.mark.parametrize("channel", SHAPES)
def test_letters_are_drawn_where_the_layout_placed_them(channel: str, renderer: Renderer) -> None:
    asset = next(asset for asset in one_asset_per_channel() if asset.channel == channel)

    arranged, letters = lay_out(asset, renderer)

    found = {what: round(px, 3) for what, px in deviations(arranged, letters, renderer)}
    assert {what: px for what, px in found.items() if px > TOLERANCE_PX} == {}
    assert found


@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 777), (1080, 1920), (728, 90), (1999, 3)])
def test_a_page_is_rasterised_at_the_exact_size(width: int, height: int) -> None:
    pixels = rasterise(page_of(width, height), width, height)

    assert (pixels.shape, pixels.dtype) == ((height, width, 3), np.uint8)


def page_of(width: int, height: int, style: str = "") -> bytes:
    """Return a page of a size in px, white except for one box."""
    sheet = f"@page{{size:{width}px {height}px;margin:0}}"
    pdf = HTML(string=f"<style>{sheet}</style><div style='position:absolute;{style}'></div>").write_pdf()
    assert isinstance(pdf, bytes)
    return pdf


def test_the_edges_of_a_box_lie_on_whole_pixels() -> None:
    pdf = page_of(40, 30, "left:10px;top:5px;width:7px;height:11px;background:#f00")

    pixels = rasterise(pdf, 40, 30)

    expected_pixels = np.full((30, 40, 3), 255, np.uint8)
    expected_pixels[5:16, 10:17] = (255, 0, 0)
    assert (pixels == expected_pixels).all()


def test_rasterising_a_page_at_the_wrong_size_is_refused(wording: Wording) -> None:
    with pytest.raises(ValueError, match=r"40.*30.*41.*30") as refused:
        rasterise(page_of(40, 30), 41, 30)

    assert wording == str(refused.value)


def test_pixels_are_in_rgb_order() -> None:
    pdf = page_of(4, 4, "left:0;top:0;width:4px;height:4px;background:#ff0080")

    assert tuple(rasterise(pdf, 4, 4)[2, 2]) == (255, 0, 128)


def test_the_hash_of_a_page_depends_only_on_what_is_visible() -> None:
    plain, other = page_of(40, 30), page_of(40, 30, "left:1px;top:1px;width:4px;height:4px;background:#000")

    assert page_sha256(plain) == page_sha256(plain + b"\n% a comment\n")
    assert page_sha256(plain) != page_sha256(other)
    assert len(page_sha256(plain)) == 64


def test_a_page_too_large_to_draw_at_72_dpi_still_has_a_hash() -> None:
    side = int((2 * 25_000_000) ** 0.5 / PT_PER_PX)

    assert len(page_sha256(page_of(side, side))) == 64


def test_the_hash_of_a_picture_depends_on_its_colours_not_its_encoding() -> None:
    picture = Image.new("RGB", (8, 8), "#102030")
    out = io.BytesIO()
    picture.quantize(2).save(out, "PNG")

    with Image.open(io.BytesIO(out.getvalue())) as decoded:
        assert picture_sha256(decoded) == picture_sha256(picture) == pixels_sha256(np.asarray(picture))
    assert picture_sha256(picture) != picture_sha256(Image.new("RGB", (8, 8), "#102031"))
    assert picture_sha256(picture) != picture_sha256(picture.convert("RGBA"))


def test_a_screen_asset_has_its_channel_size_and_a_pixel_hash(tmp_path: Path) -> None:
    rendered = render_tiny(tmp_path, None, CARD_ID)

    assert rendered.content is not None
    with Image.open(io.BytesIO(rendered.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (320, 180))
        assert rendered.pixel_sha256 == picture_sha256(picture)


def test_a_print_asset_has_its_bleed_and_a_page_hash(tmp_path: Path) -> None:
    rendered = render_tiny(tmp_path, None, SHEET_ID)
    mm = 72 / 25.4

    assert rendered.content is not None
    assert rendered.pixel_sha256 == page_sha256(rendered.content)
    document = pdfium.PdfDocument(rendered.content)
    page = document[0]
    media, trim, bleed = page.get_mediabox(), page.get_trimbox(), page.get_bleedbox()
    document.close()
    assert (trim[2] - trim[0], trim[3] - trim[1]) == pytest.approx((80 * mm, 45 * mm), abs=0.01)
    assert (media[2] - media[0], media[3] - media[1]) == pytest.approx((86 * mm, 51 * mm), abs=0.01)
    assert bleed == media


def test_the_pixels_of_the_number_are_where_the_layout_placed_it(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path)
    renderer, card = Renderer(campaign), assets[CARD_ID]
    arranged, _ = lay_out(card, renderer)
    number = next(part for part in arranged.parts if part.name == "number")
    planned = number.ink(number.lines[0])

    with Image.open(io.BytesIO(renderer(card).content or b"")) as picture:
        below = picture.convert("L").crop((0, 90, 320, 180)).point(lambda value: 255 * (value < 128))
    left, top, right, bottom = below.getbbox() or (0, 0, 0, 0)

    assert (left, right) == pytest.approx((planned.x, planned.right), abs=1.0)
    assert (top + 90, bottom + 90) == pytest.approx((planned.y, number.lines[0].baseline), abs=1.0)


def test_a_rendered_asset_reports_its_copy_lengths_and_type_sizes(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path)

    measured = Renderer(campaign)(assets[CARD_ID]).measured

    assert measured["tier"] == "short/none"
    assert set(measured["type_px"]) == {"headline", "number"}
    assert all(size > 10 for size in measured["type_px"].values())
