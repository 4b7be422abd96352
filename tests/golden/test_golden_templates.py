"""Golden pictures of each template in each shape: the dark and the light background side by side.

The copy and the channels belong to the test, so that an edit of the campaign's copy changes no picture.
The template, the house template that it extends and the palette are the campaign's own. To add a template,
add its name to ``TEMPLATES``. ``UPDATE_GOLDEN=1`` works as in ``test_golden``.
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
from assetgen.loading.model import CampaignModel
from assetgen.planning.asset import Asset
from assetgen.rendering.renderer import Renderer
from tests.support.golden_pictures import GOLDEN, MAX_BYTES, TOLERANCE, largest_difference, save_difference
from tests.support.tiny_campaign import FILES, REPO, load_tiny

TEMPLATES = ("beacon", "plain", "quiet", "window")
# Templates that need pictures: the campaign's own, which its script paints at a small size.
WITH_PICTURES = {"window": ("threshold", "morning")}
PICTURES_YAML = """\
pictures:
  threshold: {file: threshold.png, focus: [0.69, 0.5], light: morning}
  morning: {file: morning.png, focus: [0.68, 0.4]}
"""
PICTURE_PX = 640
# Width, height and safe area, in px of 1.2 mm. At this size the template decides, not the minimum type sizes.
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
PICTURES = [f"{template}/{name}" for template in TEMPLATES for name in PAGES]


def _files(template: str) -> Mapping[str, str]:
    """Return a small campaign: the real template and palette, with the copy and sizes of the test."""
    real_brand = (REPO / "brand/brand.yaml").read_text("utf-8")
    tiny_brand = FILES["brand/brand.yaml"]
    palette = real_brand[real_brand.index("palette:") : real_brand.index("fonts:")]
    rest = tiny_brand[tiny_brand.index("fonts:") :]
    sources = {
        path.relative_to(REPO).as_posix(): path.read_text("utf-8")
        for folder in dict.fromkeys(("house", "beacon", template))
        for path in sorted((REPO / "templates" / folder).iterdir())
    }
    pages = [
        CHANNEL.format(shape=shape, width=width, height=height, safe=safe)
        for shape, (width, height, safe) in PAGES.items()
    ]
    campaign = FILES["campaign.yaml"]
    if template in WITH_PICTURES:
        campaign, rest = f"{campaign}picture: {WITH_PICTURES[template][0]}\n", f"{rest}{PICTURES_YAML}"
    return {
        **sources,
        "campaign.yaml": campaign.replace("[tiny-card, tiny-sheet]", '["tiny-*"]').replace("bare", template),
        "brand/brand.yaml": tiny_brand[: tiny_brand.index("palette:")] + palette + rest,
        "brand/channels.yaml": "".join(pages),
        "brand/messages/hello.yaml": MESSAGE,
    }


@cache
def _plan(template: str, root: Path) -> tuple[CampaignModel, dict[str, Asset]]:
    """Return the small campaign in a template, and its assets."""
    for name in WITH_PICTURES.get(template, ()):
        file = root / "brand/images" / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        paint(name, PICTURE_PX).save(file)
    return load_tiny(root, _files(template))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("templates")


def _on(asset: Asset, background: str) -> Asset:
    """Return the asset on a background, with the picture for that background."""
    dark, light = WITH_PICTURES.get(asset.template or "", (None, None))
    return replace(asset, background=background, picture=dark if background == "dark" else light)


def picture(name: str, root: Path) -> Image.Image:
    """Return an asset on the dark and on the light background, before encoding."""
    template, page = name.split("/")
    campaign, assets = _plan(template, root / template)
    renderer, asset = Renderer(campaign), assets[f"acme/hello/tiny-{page}/en-GB"]
    backgrounds = []
    for background in ("dark", "light"):
        rendered = renderer(_on(asset, background))
        assert rendered.content is not None, rendered.findings
        backgrounds.append(Image.open(io.BytesIO(rendered.content)).convert("RGB"))
    dark, light = backgrounds
    both = Image.new("RGB", (dark.width + light.width, dark.height))
    both.paste(dark, (0, 0))
    both.paste(light, (dark.width, 0))
    # Soft gradients make large files, so these pages are stored at half size.
    return both.reduce(2) if template in WITH_PICTURES else both


@pytest.mark.parametrize("name", PICTURES)
def test_each_template_matches_its_reviewed_golden_picture(name: str, root: Path) -> None:
    actual, path = picture(name, root), GOLDEN / f"{name}.png"

    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        actual.save(path, optimize=True)
        pytest.fail(f"picture updated: look at {path.relative_to(REPO)}, then run the tests again")
    expected = Image.open(path).convert("RGB")

    furthest = largest_difference(expected, actual)
    if furthest > TOLERANCE:
        save_difference(name.replace("/", "-"), expected, actual)
    assert furthest <= TOLERANCE, "expected, difference and actual are in .assetgen/golden"


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_golden_picture_of_a_template_is_small_and_has_a_test(template: str) -> None:
    kept = {f"{template}/{path.stem}": path.stat().st_size for path in (GOLDEN / template).glob("*.png")}

    assert sorted(kept) == sorted(name for name in PICTURES if name.startswith(f"{template}/"))
    assert all(size < MAX_BYTES for size in kept.values()), kept
