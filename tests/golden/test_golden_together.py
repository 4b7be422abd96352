"""Golden pictures of the template ``together`` in real channels, one for each shape, on both backgrounds.

Copy and partners are fixed here, so that an edited message changes no picture.
``UPDATE_GOLDEN=1`` works as in ``test_golden``.
"""

from __future__ import annotations

import io
import os
from dataclasses import replace
from functools import cache
from math import ceil

import pytest
from PIL import Image

from assetgen.planning.asset import Asset, CopySet, FooterPartner
from assetgen.rendering.images.raster import rasterise
from assetgen.rendering.renderer import Renderer
from tests.support.golden_pictures import GOLDEN, MAX_BYTES, largest_difference, save_difference
from tests.support.layout_inputs import assets_in_together
from tests.support.tiny_campaign import REPO, real_campaign

FOLDER = GOLDEN / "together"
# Pictures are reduced by averaging, so that a difference of 1 in every pixel remains 1.
SIDE_PX, TOLERANCE = 190, 2
CHANNELS = {
    "skyscraper": "disp-wide-skyscraper",
    "tall": "ig-story",
    "tall-screen": "gp-screen-portrait",
    "portrait": "poster-a4",
    "square": "staff-app-card",
    "landscape": "gp-screen",
    "wide": "email-signature",
    "strip": "disp-leaderboard",
    "round": "sticker-round",
    "cover": "fb-page-cover",
    "wallpaper": "desktop-wallpaper",
    "background": "teams-background",
}
PARTNERS = tuple(
    FooterPartner(name, name, short, "joint", None, None, name)
    for name, short in (
        ("Harbour Borough Council", "Harbour Council"),
        ("Harbour Commissioner for Police, Fire and Rescue", "Harbour Commissioner"),
        ("Acme", "Acme"),
    )
)
COPY = {"headline": "A number worth sharing.", "body": "Free and confidential.", "action": "Free to call"}


@cache
def renderer() -> Renderer:
    return Renderer(real_campaign())


def draw(asset: Asset, background: str) -> Image.Image:
    """Return the page of a channel with fixed copy and partners, its longer side reduced to ``SIDE_PX``."""
    copy = {**asset.copy_sets[0].copy_by_role, **COPY}
    copy.pop("local", None)
    asset = replace(
        asset, background=background, accent="leaf", copy_sets=(CopySet("long/short", copy),),
        footer_partners=PARTNERS if asset.footer_partners else (),
    )  # fmt: skip
    rendered = renderer()(asset)
    assert rendered.content is not None, rendered.findings
    if asset.format == "pdf":
        sides = (side + 2 * asset.page.bleed_px for side in (asset.page.width_px, asset.page.height_px))
        page = Image.fromarray(rasterise(rendered.content, *map(ceil, sides)))
    else:
        page = Image.open(io.BytesIO(rendered.content)).convert("RGB")
    scale = SIDE_PX / max(page.size)
    return page.resize((round(page.width * scale), round(page.height * scale)), Image.Resampling.BOX)


def picture(shape: str) -> Image.Image:
    """Return both backgrounds of a shape: side by side, or one below the other if they are wide."""
    dark, light = (
        draw(assets_in_together()[CHANNELS[shape]], background) for background in ("dark", "light")
    )
    dx, dy = (0, dark.height + 6) if dark.width > 2 * dark.height else (dark.width + 6, 0)
    sheet = Image.new("RGB", (dark.width + dx, dark.height + dy), "#808080")
    sheet.paste(dark, (0, 0))
    sheet.paste(light, (dx, dy))
    return sheet


@pytest.mark.parametrize("shape", CHANNELS)
def test_page_of_each_shape_matches_its_reviewed_golden_picture(shape: str) -> None:
    actual, path = picture(shape), FOLDER / f"{shape}.png"

    if os.environ.get("UPDATE_GOLDEN") == "1":
        FOLDER.mkdir(exist_ok=True)
        actual.save(path, optimize=True)
        pytest.fail(f"picture updated: look at {path.relative_to(REPO)}, then run the tests again")
    expected = Image.open(path).convert("RGB")

    furthest = largest_difference(expected, actual)
    if furthest > TOLERANCE:
        save_difference(f"together-{shape}", expected, actual)
    assert furthest <= TOLERANCE


def test_every_shape_has_a_small_golden_picture() -> None:
    kept = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}

    assert set(kept) == set(CHANNELS)
    assert all(size < 2 * MAX_BYTES for size in kept.values())
