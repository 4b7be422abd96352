"""Guides: the picture of an asset with its safe area, trim, panel joins and keep-clear areas drawn over it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetgen.gallery.gallery_pictures import (
    COVERED,
    LONGEST_PX,
    PANEL_JOIN,
    SAFE,
    TRIM,
    draw_guide_overlay,
    draw_guides,
)
from assetgen.manifest.entry import Entry, read_finished
from assetgen.planning.variants import ImpositionSheet
from assetgen.rendering.renderer import Renderer
from tests.support.factories import make_spec
from tests.support.press_pages import COATED_PRESS as PRESS_SHEET
from tests.support.tiny_campaign import CARD_ID, SHEET_ID, load_tiny

GREY = (128, 128, 128)
SPEC = make_spec(
    width=300.0, height=200.0, safe=(20, 30, 40, 50), safe_circle=None, keep_clear=(),
    panel_joins_x=(), panel_joins_y=(),
)  # fmt: skip


def draw_guide(folder: Path, size: tuple[int, int] = (300, 200), **changes: Any) -> Image.Image:
    """Return the guide of a grey picture."""
    path = folder / "asset.png"
    Image.new("RGB", size, GREY).save(path)
    return draw_guide_overlay(path, replace(SPEC, **changes))


def box_of(picture: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom (inclusive) of all pixels of a colour."""
    width, height = picture.size
    found = [(x, y) for x in range(width) for y in range(height) if picture.getpixel((x, y)) == colour]
    xs, ys = zip(*found, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def test_the_safe_area_is_framed(tmp_path: Path) -> None:
    assert box_of(draw_guide(tmp_path), SAFE) == (50, 20, 270, 160)


def test_the_picture_is_unchanged_inside_and_outside_the_frame(tmp_path: Path) -> None:
    picture = draw_guide(tmp_path)

    assert picture.getpixel((150, 100)) == GREY
    assert picture.getpixel((5, 5)) == GREY


def test_a_round_safe_area_is_drawn_as_a_circle(tmp_path: Path) -> None:
    picture = draw_guide(tmp_path, (200, 200), width=200.0, safe=(20, 20, 20, 20), safe_circle=160.0)

    assert box_of(picture, SAFE) == (20, 20, 180, 180)
    assert picture.getpixel((22, 22)) == GREY
    assert picture.getpixel((100, 20)) == SAFE


def test_a_keep_clear_area_is_tinted(tmp_path: Path) -> None:
    picture = draw_guide(tmp_path, keep_clear=((100, 50, 40, 30),))

    assert box_of(picture, COVERED) == (100, 50, 140, 80)
    assert picture.getpixel((120, 65)) not in (GREY, COVERED)


def test_panel_joins_are_drawn_as_lines_across_the_sheet(tmp_path: Path) -> None:
    upright = draw_guide(tmp_path, panel_joins_x=(150,))
    level = draw_guide(tmp_path, panel_joins_y=(100,))

    assert box_of(upright, PANEL_JOIN)[1::2] == (0, 199)
    assert box_of(upright, PANEL_JOIN)[0] == 150
    assert box_of(level, PANEL_JOIN)[0::2] == (0, 299)
    assert box_of(level, PANEL_JOIN)[1] == 100


def test_the_trim_of_a_sheet_with_bleed_is_drawn(tmp_path: Path) -> None:
    picture = draw_guide(tmp_path, (320, 220), bleed_mm=10.0)

    assert box_of(picture, TRIM) == (10, 10, 310, 210)
    assert box_of(picture, SAFE) == (60, 30, 280, 170)


def test_the_trim_is_inside_the_bleed_and_the_printer_marks(tmp_path: Path) -> None:
    picture = draw_guide(tmp_path, (330, 230), bleed_mm=10.0, press=replace(PRESS_SHEET, slug_mm=5.0))

    assert box_of(picture, TRIM) == (15, 15, 315, 215)


@pytest.mark.parametrize(
    ("turned", "safe"),
    [(False, (40 + 3, 30 + 1, 40 + 60 - 4, 30 + 20 - 2)), (True, (40 + 2, 30 + 3, 40 + 20 - 1, 30 + 60 - 4))],
)
def test_each_piece_of_an_imposed_sheet_has_its_own_guides(
    tmp_path: Path, turned: bool, safe: tuple[int, ...]
) -> None:
    cells = ((40.0, 30.0), (140.0, 30.0))
    sheet = ImpositionSheet("a4", 300.0, 200.0, turned, cell_mm=(60.0, 20.0), cells=cells, marks=())
    # safe: top, right, bottom, left
    picture = draw_guide(tmp_path, width=60.0, height=20.0, safe=(1, 4, 2, 3), sheet=sheet)

    left, top, right, bottom = box_of(picture, SAFE)
    assert (left, top, right - 100, bottom) == safe


@pytest.mark.thorough
def test_a_large_picture_is_scaled_down_with_its_guides(tmp_path: Path) -> None:
    picture = draw_guide(tmp_path, (6000, 4000))

    assert max(picture.size) == LONGEST_PX
    factor = LONGEST_PX / 300
    assert box_of(picture, SAFE) == pytest.approx(
        (50 * factor, 20 * factor, 270 * factor, 160 * factor), abs=1
    )


def test_guides_are_written_for_existing_files_except_codes(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path / "campaign")
    renderer, out = Renderer(campaign), tmp_path / "out"
    finished = []
    for asset_id in (CARD_ID, SHEET_ID, "acme/qr/png"):
        asset = assets[asset_id]
        path = out / asset.path
        path.parent.mkdir(parents=True, exist_ok=True)
        rendered = renderer(asset)
        content = rendered.content or b""
        path.write_bytes(content)
        finished.append(read_finished(Entry.of(asset, rendered, content).values()))
    finished.append(replace(finished[0], path="acme/en-GB/social/never-made.png"))

    written = draw_guides(out, finished, tmp_path / "guides")

    assert written == [
        (tmp_path / "guides" / assets[name].path).with_suffix(".png") for name in (CARD_ID, SHEET_ID)
    ]
    assert sorted((tmp_path / "guides").rglob("*.*")) == sorted(written)
    with Image.open(written[0]) as card, Image.open(written[1]) as sheet:
        assert card.size == (320, 180)
        assert max(sheet.size) == LONGEST_PX
        assert box_of(card, SAFE) == (10, 10, 310, 170)
