"""Copy in other languages: right-to-left pages, and letters with accents above the capitals.

Templates and palette are those of the campaign; the copy is written here, in letters that its fonts have.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fontTools.pens.boundsPen import BoundsPen

from assetgen.building.pipeline import build
from assetgen.geometry import Box
from assetgen.layout.columns import lay_out_column
from assetgen.layout.parts import ColumnInput, PlacedColumn
from assetgen.loading.campaign import load_campaign
from assetgen.loading.model import FontFamilies
from assetgen.planning.asset import TypeSizeLimits
from assetgen.schema.template_file import Part, Region
from tests.support.layout_inputs import FAMILY, bold_font, measurer
from tests.support.template_campaign import ALL_TEMPLATES, template_campaign_files
from tests.support.tiny_campaign import write_tiny

Entry = dict[str, Any]
PAGE = """\
tiny-{name}:
  name: {name}
  medium: {medium}
  size: [{width}, {height}]
  safe: [{safe}, {safe}, {safe}, {safe}]
  shape: {shape}
  format: {format}
  view_m: 0.4
  requires: [number, partner]
  qr: off
  copy: {{headline: [short], body: [short], action: []}}
  source: a test
  checked_on: 2026-11-01
"""
CHANNELS = "".join(
    PAGE.format(name=name, medium=medium, width=width, height=height, safe=safe, shape=shape, format=kind)
    for name, medium, width, height, safe, shape, kind in (
        ("sheet", "print", 210, 297, 8, "portrait", "pdf"),
        ("screen", "social", 1080, 1080, 60, "square", "png"),
        ("wide", "social", 1920, 960, 60, "wide", "png"),
    )
)
MESSAGE = """\
accent: apricot
{locale}:
  headline: {{short: "{headline}"}}
  body: {{short: Say it to somebody who will listen.}}
  alt: {{short: Something on your mind?}}
"""
PARTNERS = {
    "partners/acme/partner.yaml": "name: Harbour Borough Council\nalongside: [other]\n",
    "partners/other/partner.yaml": "name: Example Police\n",
}
ACCENTED = (
    "İçini dökmek ister misin?",
    "Ångest som du inte delat?",
    "Ếch ngồi đáy giếng?",
    "Ëmoties in de knel?",
)


def build_template(root: Path, template: str, locale: str, *headlines: str) -> list[Entry]:
    """Build the small campaign with a template, a locale and a message per headline; return its entries."""
    messages = [MESSAGE.format(locale=locale, headline=headline) for headline in headlines]
    files = template_campaign_files(template, CHANNELS, messages[0], PARTNERS)
    for number, message in enumerate(messages):
        files[f"brand/messages/hello-{number}.yaml"] = message
    names = ", ".join(f"hello-{number}" for number in range(len(messages)))
    files["campaign.yaml"] = files["campaign.yaml"].replace("[hello]", f"[{names}]")
    for name in ("campaign.yaml", "brand/brand.yaml"):
        files[name] = files[name].replace("en-GB", locale)
    campaign = load_campaign(write_tiny(root, files)).campaign
    build(campaign, jobs=1)
    assets: list[Entry] = json.loads((root / "out/manifest.json").read_text("utf-8"))["assets"]
    return [one for one in assets if one["medium"] != "qr"]


def errors(assets: list[Entry]) -> list[tuple[str, str]]:
    """Return (asset, finding) for each error."""
    return [
        (one["id"], found["code"])
        for one in assets
        for found in one["findings"]
        if found["severity"] == "error"
    ]


@pytest.mark.campaign
@pytest.mark.parametrize("template", ALL_TEMPLATES)
def test_a_right_to_left_page_shows_partners_without_logos(template: str, tmp_path: Path) -> None:
    assets = build_template(tmp_path, template, "ar", "Something on your mind?")

    assert len(assets) == 3 * len(PARTNERS)
    assert errors(assets) == []


@pytest.mark.campaign
@pytest.mark.parametrize("template", ["beacon", "plain"])
def test_headlines_with_accented_capitals_stay_inside_the_safe_area(template: str, tmp_path: Path) -> None:
    assets = build_template(tmp_path, template, "en-GB", *ACCENTED)

    assert len(assets) == 3 * len(PARTNERS) * len(ACCENTED)
    assert errors(assets) == []


@pytest.mark.parametrize("letter", ["H", "g", "İ", "Å", "Ế", "Ş", "ệ"])
def test_measured_height_of_a_letter_equals_its_glyph_in_the_font(letter: str) -> None:
    glyphs, em = bold_font().getGlyphSet(), bold_font()["head"].unitsPerEm
    pen = BoundsPen(glyphs)
    glyphs[bold_font().getBestCmap()[ord(letter)]].draw(pen)
    _, bottom, _, top = pen.bounds

    run = measurer().shape(letter, FAMILY, 700)

    assert run.top == pytest.approx(top / em, abs=0.001)
    assert run.bottom == pytest.approx(max(0.0, -bottom / em), abs=0.001)


def lay_out_headline(text: str, leading: float = 0.97) -> PlacedColumn:
    """Return a headline of at most 100 px, set in a box of 500 × 600 px whose top is at 50."""
    parts = {"headline": Part(roles=("headline",), weights=(700,), leading=leading, max_size=0.2, lines=5)}
    text_setting = ColumnInput(
        parts, {"headline": text}, frozenset({"headline"}), {"headline": TypeSizeLimits(10, 10)}, measurer(),
        FontFamilies({"text": FAMILY}), short_side_px=500, code_side_px=None, code_module_px=0,
    )  # fmt: skip
    found = lay_out_column(
        Box(40, 50, 500, 600), Region(box=(0, 0, 1, 1), column=("headline",)), text_setting
    )
    assert found is not None
    return found


@pytest.mark.parametrize("text", ["Älskar du någon?", "İyi misin?", "Ế?"])
def test_accents_reach_the_top_of_the_box_but_not_beyond(text: str) -> None:
    assert lay_out_headline(text).box.y == pytest.approx(50)


@pytest.mark.parametrize("text", ["Worried?", "Oh, you?", "find out"])
def test_text_without_accents_is_aligned_by_its_cap_height(text: str) -> None:
    part = lay_out_headline(text).parts[0]

    assert part.lines[0].baseline == pytest.approx(50 + part.cap_px)


def test_line_spacing_grows_only_for_an_accent_below_a_descender() -> None:
    def pitch(text: str) -> float:
        part = lay_out_headline(text, leading=0.9).parts[0]
        return (part.lines[1].baseline - part.lines[0].baseline) / part.size_px

    assert pitch("Something going through Everybody") == pytest.approx(0.9)
    assert pitch("Something going through Ếverybody") == pytest.approx(0.214 + 0.986 + 0.02, abs=0.01)
