"""Pixels and the page they come from: exact sizes, stable hashes, and letters where they were arranged."""

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
from assetgen.layout.page_layout import Arranged, arrange
from assetgen.planning.asset import Asset
from assetgen.rendering.html.markup import Setter
from assetgen.rendering.images.raster import page_sha256, picture_sha256, pixels_sha256, rasterise
from assetgen.rendering.renderer import Renderer
from tests.support.tiny import CARD, SHEET, load_tiny, make, one_a_channel, real_campaign
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
    """One letter as it stands on a finished page: its origin on the baseline, in CSS px from the trim's top left."""

    text: str
    x: float
    baseline: float
    size_px: float


def letters_of(pdf: bytes) -> list[Letter]:
    """Return every letter of a page, read by PDFium, without spaces."""
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


def lay_out(asset: Asset, renderer: Renderer) -> tuple[Arranged, list[Letter]]:
    """Return where an asset's parts were to stand, and where its letters do."""
    campaign = renderer.campaign
    template, family = campaign.templates[asset.template or ""], campaign.brand.family(asset.locale)
    arranged = arrange(asset, template, renderer.measurer, family)
    page = renderer.composer.compose(asset, arranged, Setter(renderer.measurer, family))
    return arranged, letters_of(renderer.engine.lay_out(page, asset, template, arranged.words))


@dataclass(frozen=True)
class Planned:
    """One line as it was arranged."""

    line: Line
    left: float
    baseline: float
    size_px: float

    @property
    def right(self) -> float:
        return self.left + self.line.ink_em * self.size_px


def planned_lines(arranged: Arranged) -> list[Planned]:
    """Return each line of an arrangement, those of the foot included."""
    lines = [
        Planned(line.line, line.x, line.baseline, part.size_px)
        for part in arranged.parts
        for line in part.lines
    ]
    foot = arranged.foot
    words = [*foot.words, *(line for mark in foot.marks for line in mark.lines)] if foot else []
    return lines + [Planned(line.line, line.x, line.baseline, line.size_px) for line in words]


def deviations(arranged: Arranged, letters: list[Letter], renderer: Renderer) -> Iterator[tuple[str, float]]:
    """Yield (what of which line, how far in px it stands from where it may be)."""
    family = renderer.campaign.brand.family("en-GB")
    for planned in planned_lines(arranged):
        text, size = planned.line.text, planned.size_px
        near = letters_near(planned, letters)
        assert "".join(one.text for one in near) == "".join(text.split())
        last = renderer.measurer.run(near[-1].text, family, planned.line.words[-1].weight)
        wider = near[-1].x + (last.advance - last.right) * size - planned.right
        yield f"left of {text}", abs(near[0].x - (planned.left - planned.line.left_em * size))
        yield f"right of {text}", abs(wider)
        yield f"baseline of {text}", max(abs(one.baseline - planned.baseline) for one in near)
        yield f"size of {text}", max(abs(one.size_px - size) for one in near)


def letters_near(planned: Planned, letters: list[Letter]) -> list[Letter]:
    """Return the letters in the strip of the page where a line was arranged, from the left."""
    left, right = planned.left - 0.3 * planned.size_px, planned.right
    near = [one for one in letters if abs(one.baseline - planned.baseline) < 0.5 * planned.size_px]
    return sorted((one for one in near if left <= one.x <= right), key=lambda one: one.x)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(real_campaign())


@pytest.mark.parametrize("channel", SHAPES)
def test_what_is_drawn_stands_where_it_was_arranged(channel: str, renderer: Renderer) -> None:
    asset = next(asset for asset in one_a_channel() if asset.channel == channel)

    arranged, letters = lay_out(asset, renderer)

    found = {what: round(px, 3) for what, px in deviations(arranged, letters, renderer)}
    assert {what: px for what, px in found.items() if px > TOLERANCE_PX} == {}
    assert found


@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 777), (1080, 1920), (728, 90), (1999, 3)])
def test_a_page_becomes_exactly_as_many_pixels(width: int, height: int) -> None:
    pixels = rasterise(page_of(width, height), width, height)

    assert (pixels.shape, pixels.dtype) == ((height, width, 3), np.uint8)


def page_of(width: int, height: int, style: str = "") -> bytes:
    """Return a page of a size in px, white but for a box."""
    sheet = f"@page{{size:{width}px {height}px;margin:0}}"
    pdf = HTML(string=f"<style>{sheet}</style><div style='position:absolute;{style}'></div>").write_pdf()
    assert isinstance(pdf, bytes)
    return pdf


def test_the_edges_of_a_box_lie_on_whole_pixels() -> None:
    pdf = page_of(40, 30, "left:10px;top:5px;width:7px;height:11px;background:#f00")

    pixels = rasterise(pdf, 40, 30)

    wanted = np.full((30, 40, 3), 255, np.uint8)
    wanted[5:16, 10:17] = (255, 0, 0)
    assert (pixels == wanted).all()


def test_a_page_of_another_size_is_refused(wording: Wording) -> None:
    with pytest.raises(ValueError, match=r"40.*30.*41.*30") as refused:
        rasterise(page_of(40, 30), 41, 30)

    assert wording == str(refused.value)


def test_red_is_red_and_not_blue() -> None:
    pdf = page_of(4, 4, "left:0;top:0;width:4px;height:4px;background:#ff0080")

    assert tuple(rasterise(pdf, 4, 4)[2, 2]) == (255, 0, 128)


def test_the_hash_of_a_page_is_of_what_the_eye_sees() -> None:
    plain, other = page_of(40, 30), page_of(40, 30, "left:1px;top:1px;width:4px;height:4px;background:#000")

    assert page_sha256(plain) == page_sha256(plain + b"\n% a comment\n")
    assert page_sha256(plain) != page_sha256(other)
    assert len(page_sha256(plain)) == 64


def test_a_page_too_large_to_draw_at_72_dpi_still_has_a_hash() -> None:
    side = int((2 * 25_000_000) ** 0.5 / PT_PER_PX)

    assert len(page_sha256(page_of(side, side))) == 64


def test_the_hash_of_a_picture_is_of_its_colours_however_they_are_kept() -> None:
    picture = Image.new("RGB", (8, 8), "#102030")
    out = io.BytesIO()
    picture.quantize(2).save(out, "PNG")

    with Image.open(io.BytesIO(out.getvalue())) as kept:
        assert picture_sha256(kept) == picture_sha256(picture) == pixels_sha256(np.asarray(picture))
    assert picture_sha256(picture) != picture_sha256(Image.new("RGB", (8, 8), "#102031"))
    assert picture_sha256(picture) != picture_sha256(picture.convert("RGBA"))


def test_a_screen_asset_has_the_pixels_of_its_channel_and_the_hash_of_them(tmp_path: Path) -> None:
    made = make(tmp_path, None, CARD)

    assert made.content is not None
    with Image.open(io.BytesIO(made.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (320, 180))
        assert made.pixel_sha256 == picture_sha256(picture)


def test_a_print_asset_is_its_page_with_bleed_and_the_hash_of_it(tmp_path: Path) -> None:
    made = make(tmp_path, None, SHEET)
    mm = 72 / 25.4

    assert made.content is not None
    assert made.pixel_sha256 == page_sha256(made.content)
    document = pdfium.PdfDocument(made.content)
    page = document[0]
    media, trim, bleed = page.get_mediabox(), page.get_trimbox(), page.get_bleedbox()
    document.close()
    assert (trim[2] - trim[0], trim[3] - trim[1]) == pytest.approx((80 * mm, 45 * mm), abs=0.01)
    assert (media[2] - media[0], media[3] - media[1]) == pytest.approx((86 * mm, 51 * mm), abs=0.01)
    assert bleed == media


def test_the_ink_in_the_pixels_is_where_it_was_arranged(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path)
    renderer, card = Renderer(campaign), assets[CARD]
    arranged, _ = lay_out(card, renderer)
    number = next(part for part in arranged.parts if part.name == "number")
    planned = number.ink(number.lines[0])

    with Image.open(io.BytesIO(renderer(card).content or b"")) as picture:
        below = picture.convert("L").crop((0, 90, 320, 180)).point(lambda value: 255 * (value < 128))
    left, top, right, bottom = below.getbbox() or (0, 0, 0, 0)

    assert (left, right) == pytest.approx((planned.x, planned.right), abs=1.0)
    assert (top + 90, bottom + 90) == pytest.approx((planned.y, number.lines[0].baseline), abs=1.0)


def test_what_was_chosen_is_told(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path)

    measured = Renderer(campaign)(assets[CARD]).measured

    assert measured["tier"] == "short/none"
    assert set(measured["type_px"]) == {"headline", "number"}
    assert all(size > 10 for size in measured["type_px"].values())
