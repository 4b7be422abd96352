"""Each design in each shape, as small pictures that were looked at once: dark and light background side by side.

The words and the channels are the test's own, so that an edit of the campaign's copy changes no picture; the
design, the house that it extends and the palette are the campaign's. A design joins by its name in ``DESIGNS``.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from artwork import paint
from assetgen.loading.model import Campaign
from assetgen.planning.asset import Asset
from assetgen.rendering.renderer import Renderer
from tests.support.golden_pictures import GOLDEN, MAX_BYTES, TOLERANCE, furthest_channel, keep_difference
from tests.support.tiny import FILES, REPO, load_tiny

DESIGNS = ("beacon", "plain", "quiet", "window")
# Designs that live on pictures: shown with the campaign's own, made small by the script that makes them.
PICTURED = {"window": ("threshold", "morning")}
PICTURES_KEY = """\
pictures:
  threshold: {file: threshold.png, focus: [0.69, 0.5], light: morning}
  morning: {file: morning.png, focus: [0.68, 0.4]}
"""
PICTURE_PX = 640
# Width, height and the safe area, in px of 1.2 mm: at this size the design decides, not the floors of type.
PAGES = {
    "skyscraper": (66, 240, "[4, 4, 4, 4]"),
    "tall": (108, 192, "[26, 6, 36, 6]"),
    "portrait": (120, 150, "[6, 6, 6, 6]"),
    "square": (132, 132, "[6, 6, 6, 6]"),
    "landscape": (180, 95, "[6, 6, 6, 6]"),
    "wide": (194, 78, "[4, 4, 4, 4]"),
    "strip": (260, 39, "[3, 3, 3, 3]"),
    "round": (140, 140, "{circle: 124}"),
    "mark": (120, 120, "{circle: 112}"),
    "background": (240, 135, "[8, 8, 8, 8]"),
    "wallpaper": (220, 124, "[7, 7, 16, 7]"),
    "skin": (300, 200, "[5, 38, 94, 38]"),
}
CHANNEL = """\
tiny-{shape}:
  name: {shape}
  medium: social
  size: [{width}, {height}]
  safe: {safe}
  shape: {shape}
  format: png
  px_mm: 1.2
  view_m: 0.4
  requires: [number]
  copy: {{headline: [long, short, tiny], body: [short], action: []}}
  source: a test
  checked_on: 2026-11-01
"""
MESSAGE = """\
accent: apricot
en-GB:
  headline: {long: Is there something on your mind?, short: Something on your mind?, tiny: On your mind?}
  body: {short: Say it to somebody who will listen.}
  alt: {short: Something on your mind?}
"""
PICTURES = [f"{design}/{name}" for design in DESIGNS for name in PAGES]


def _files(design: str) -> Mapping[str, str]:
    """Return the small campaign in a design: the real design, house and palette, the test's own words and sizes."""
    real = (REPO / "brand/brand.yaml").read_text("utf-8")
    own = FILES["brand/brand.yaml"]
    palette, rest = real[real.index("palette:") : real.index("fonts:")], own[own.index("fonts:") :]
    sources = {
        path.relative_to(REPO).as_posix(): path.read_text("utf-8")
        for folder in dict.fromkeys(("house", "beacon", design))
        for path in sorted((REPO / "templates" / folder).iterdir())
    }
    pages = [
        CHANNEL.format(shape=shape, width=width, height=height, safe=safe)
        for shape, (width, height, safe) in PAGES.items()
    ]
    campaign = FILES["campaign.yaml"]
    if design in PICTURED:
        campaign, rest = f"{campaign}picture: {PICTURED[design][0]}\n", f"{rest}{PICTURES_KEY}"
    return {
        **sources,
        "campaign.yaml": campaign.replace("[tiny-card, tiny-sheet]", '["tiny-*"]').replace("bare", design),
        "brand/brand.yaml": own[: own.index("palette:")] + palette + rest,
        "brand/channels.yaml": "".join(pages),
        "brand/messages/hello.yaml": MESSAGE,
    }


@cache
def _planned(design: str, root: Path) -> tuple[Campaign, dict[str, Asset]]:
    for name in PICTURED.get(design, ()):
        file = root / "brand/images" / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        paint(name, PICTURE_PX).save(file)
    return load_tiny(root, _files(design))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("designs")


def _on(asset: Asset, background: str) -> Asset:
    """Return the asset on a background, with the picture that belongs there."""
    dark, light = PICTURED.get(asset.template or "", (None, None))
    return replace(asset, background=background, picture=dark if background == "dark" else light)


def picture(name: str, root: Path) -> Image.Image:
    """Return an asset on dark and on light background, before encoding."""
    design, page = name.split("/")
    campaign, assets = _planned(design, root / design)
    renderer, asset = Renderer(campaign), assets[f"acme/hello/tiny-{page}/en-GB"]
    backgrounds = []
    for background in ("dark", "light"):
        made = renderer(_on(asset, background))
        assert made.content is not None, made.findings
        backgrounds.append(Image.open(io.BytesIO(made.content)).convert("RGB"))
    dark, light = backgrounds
    both = Image.new("RGB", (dark.width + light.width, dark.height))
    both.paste(dark, (0, 0))
    both.paste(light, (dark.width, 0))
    # Soft light fills a file: such pages are kept at half their size.
    return both.reduce(2) if design in PICTURED else both


@pytest.mark.parametrize("name", PICTURES)
def test_the_design_is_the_one_that_was_looked_at(name: str, root: Path) -> None:
    actual, path = picture(name, root), GOLDEN / f"{name}.png"

    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        actual.save(path, optimize=True)
        pytest.fail(f"written anew: look at {path.relative_to(REPO)}, then run the tests again")
    expected = Image.open(path).convert("RGB")

    furthest = furthest_channel(expected, actual)
    if furthest > TOLERANCE:
        keep_difference(name.replace("/", "-"), expected, actual)
    assert furthest <= TOLERANCE, "expected, difference and actual are in .assetgen/golden"


@pytest.mark.parametrize("design", DESIGNS)
def test_every_kept_picture_of_a_design_is_small_and_has_a_test(design: str) -> None:
    kept = {f"{design}/{path.stem}": path.stat().st_size for path in (GOLDEN / design).glob("*.png")}

    assert sorted(kept) == sorted(name for name in PICTURES if name.startswith(f"{design}/"))
    assert all(size < MAX_BYTES for size in kept.values()), kept
