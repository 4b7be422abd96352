"""Golden pictures of single parts of a page: text, motif, footer and code.

The tolerance is 1 per colour channel. With ``UPDATE_GOLDEN=1`` a test writes its picture again and still fails,
so that somebody reviews the new picture. A difference is written to ``.assetgen/golden/``, which git ignores:
expected, difference and actual side by side.
"""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from assetgen.planning.asset import FooterPartner
from assetgen.rendering.images.raster import rasterise
from assetgen.rendering.renderer import Renderer
from tests.support.golden_pictures import (
    DIFFERENCES,
    GOLDEN,
    MAX_BYTES,
    TOLERANCE,
    largest_difference,
    save_difference,
)
from tests.support.tiny_campaign import CARD_ID, FILES, REPO, SHEET_ID, STYLE_CSS, load_tiny

EXTRA, DESCRIPTION = "templates/bare/extra.html", "templates/bare/template.yaml"
MOTIF = """\
{% set art %}
{{ flat(((0, 0), (page.width, 0), (page.width, page.height), (0, page.height)), palette.ink) }}
{{ light(motif.fall, [(0, palette.paper), (1, "#FFB570")], center=motif.source, radius=motif.reach) }}
{{ light(motif.slit, [(0, "#FFB570"), (1, palette.paper)], line=(motif.slit[0], motif.slit[3])) }}
{{ flat(motif.leaf, "#1A3A43") }}
{% endset %}
{{ svg(art) }}
"""
WITH_MOTIF = FILES[DESCRIPTION] + (
    "    motif: {kind: corner, door: [0.58, 0.62, 0.65], drop: 0.2, min_drop: 0.1, leaf: 0.15}\n"
)
FOOTER = (
    FooterPartner(
        "one", "Example County Council", "Example County", "lead", None, None, "Example County Council"
    ),
    FooterPartner("two", "Acme", "Acme", "joint", None, None, "Acme"),
)


def draw(
    root: Path, changes: dict[str, str], asset_id: str = CARD_ID, **asset_changes: object
) -> Image.Image:
    """Return the pixels of an asset before encoding; of a print sheet, its page at 96 dpi."""
    campaign, assets = load_tiny(root, changes)
    rendered = Renderer(campaign)(replace(assets[asset_id], **asset_changes))  # type: ignore[arg-type]
    assert rendered.content is not None, rendered.findings
    if asset_id == SHEET_ID:
        return Image.fromarray(rasterise(rendered.content, 326, 193))
    return Image.open(io.BytesIO(rendered.content)).convert("RGB")


def text(root: Path) -> Image.Image:
    return draw(root, {})


def motif(root: Path) -> Image.Image:
    style = STYLE_CSS.replace(".headline { color: var(--ink); }", ".headline { color: var(--paper); }")
    sources = {EXTRA: "", "templates/bare/template.html": FILES["templates/bare/template.html"].replace(
        '{{ text("headline", "h1") }}', MOTIF + '{{ text("headline", "h1") }}'
    )}  # fmt: skip
    return draw(root, {**sources, DESCRIPTION: WITH_MOTIF, "templates/bare/style.css": style})


def footer(root: Path) -> Image.Image:
    return draw(root, {EXTRA: "{{ partners(palette.ink) }}"}, footer_partners=FOOTER)


def code(root: Path) -> Image.Image:
    channels = FILES["brand/channels.yaml"].replace("  qr: off", "  qr: on\n  scan_m: 0.2")
    description = FILES[DESCRIPTION].replace("column: [number]", "column: [number, [code]]")
    changes = {EXTRA: "{{ code(palette.ink, palette.paper) }}", "brand/channels.yaml": channels}
    return draw(
        root, {**changes, DESCRIPTION: description.replace("[0, 0.5, 1, 0.5]", "[0, 0, 1, 1]")}, SHEET_ID
    )


PICTURES = {
    "text": text,
    "motif": motif,
    "footer": footer,
    "code": code,
}


@pytest.mark.parametrize("name", PICTURES)
def test_each_rendered_picture_matches_its_reviewed_golden_picture(name: str, tmp_path: Path) -> None:
    actual, path = PICTURES[name](tmp_path), GOLDEN / f"{name}.png"

    if os.environ.get("UPDATE_GOLDEN") == "1":
        actual.save(path, optimize=True)
        pytest.fail(f"picture updated: look at {path.relative_to(REPO)}, then run the tests again")
    expected = Image.open(path).convert("RGB")

    furthest = largest_difference(expected, actual)
    if furthest > TOLERANCE:
        save_difference(name, expected, actual)
    assert furthest <= TOLERANCE, f"expected, difference and actual are in {DIFFERENCES.relative_to(REPO)}"


def test_every_golden_picture_is_small_and_has_a_test() -> None:
    kept = {path.stem: path.stat().st_size for path in GOLDEN.glob("*.png")}

    assert set(kept) == set(PICTURES)
    assert all(size < MAX_BYTES for size in kept.values())


@pytest.mark.parametrize(("change", "furthest"), [((0, 0, 0), 0), ((1, 0, 0), 1), ((0, 0, 2), 2)])
def test_largest_difference_measures_a_single_changed_pixel(
    change: tuple[int, int, int], furthest: int
) -> None:
    one = Image.new("RGB", (9, 9), (100, 100, 100))
    other = one.copy()
    other.putpixel((4, 4), tuple(100 + step for step in change))

    assert largest_difference(one, other) == furthest


def test_pictures_of_different_sizes_differ_by_the_maximum() -> None:
    assert largest_difference(Image.new("RGB", (9, 9)), Image.new("RGB", (9, 8))) == 255
