"""Words of other languages: pages that read from the right, and letters that rise above the capitals.

Designs and palette are the campaign's, the words the test's own, in letters that its fonts have.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fontTools.pens.boundsPen import BoundsPen

from assetgen.building.pipeline import build
from assetgen.geometry import Box
from assetgen.layout.columns import set_column
from assetgen.layout.parts import SetColumn, Setting
from assetgen.loading.campaign import load_campaign
from assetgen.planning.asset import TypeFloor
from assetgen.schema.template_file import Part, Region
from tests.support.arranged_pages import FAMILY, font, measurer
from tests.support.designs import ALL_DESIGNS, design_files
from tests.support.tiny import write_tiny

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


def build_in(root: Path, design: str, locale: str, *headlines: str) -> list[Entry]:
    """Build the small campaign in a design and a locale, a message for each headline; return what was to be drawn."""
    words = [MESSAGE.format(locale=locale, headline=headline) for headline in headlines]
    files = design_files(design, CHANNELS, words[0], PARTNERS)
    for number, word in enumerate(words):
        files[f"brand/messages/hello-{number}.yaml"] = word
    names = ", ".join(f"hello-{number}" for number in range(len(words)))
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
@pytest.mark.parametrize("design", ALL_DESIGNS)
def test_a_page_that_reads_from_the_right_holds_partners_without_logos(design: str, tmp_path: Path) -> None:
    assets = build_in(tmp_path, design, "ar", "Something on your mind?")

    assert len(assets) == 3 * len(PARTNERS)
    assert errors(assets) == []


@pytest.mark.campaign
@pytest.mark.parametrize("design", ["beacon", "plain"])
def test_headlines_that_start_with_an_accent_are_built_inside_the_safe_area(
    design: str, tmp_path: Path
) -> None:
    assets = build_in(tmp_path, design, "en-GB", *ACCENTED)

    assert len(assets) == 3 * len(PARTNERS) * len(ACCENTED)
    assert errors(assets) == []


@pytest.mark.parametrize("letter", ["H", "g", "İ", "Å", "Ế", "Ş", "ệ"])
def test_ink_reaches_as_far_from_the_baseline_as_the_glyph_in_the_font_s_file(letter: str) -> None:
    glyphs, em = font().getGlyphSet(), font()["head"].unitsPerEm
    pen = BoundsPen(glyphs)
    glyphs[font().getBestCmap()[ord(letter)]].draw(pen)
    _, bottom, _, top = pen.bounds

    run = measurer().run(letter, FAMILY, 700)

    assert run.top == pytest.approx(top / em, abs=0.001)
    assert run.bottom == pytest.approx(max(0.0, -bottom / em), abs=0.001)


def set_headline(words: str, leading: float = 0.97) -> SetColumn:
    """Return a headline of 100 px at most in a box of 500 × 600 px whose top is at 50."""
    parts = {"headline": Part(roles=("headline",), weights=(700,), leading=leading, max_size=0.2, lines=5)}
    setting = Setting(
        parts, {"headline": words}, frozenset({"headline"}), {"headline": TypeFloor(10, 10)}, measurer(), FAMILY,
        short_side_px=500, code_side_px=None, code_module_px=0,
    )  # fmt: skip
    found = set_column(Box(40, 50, 500, 600), Region(box=(0, 0, 1, 1), column=("headline",)), setting)
    assert found is not None
    return found


@pytest.mark.parametrize("words", ["Älskar du någon?", "İyi misin?", "Ế?"])
def test_accents_stand_inside_the_box_and_touch_its_top(words: str) -> None:
    assert set_headline(words).box.y == pytest.approx(50)


@pytest.mark.parametrize("words", ["Worried?", "Oh, you?", "find out"])
def test_capitals_without_accents_stand_at_the_top_of_the_box_by_their_own_height(words: str) -> None:
    part = set_headline(words).parts[0]

    assert part.lines[0].baseline == pytest.approx(50 + part.cap_px)


def test_lines_open_for_an_accent_under_a_descender_and_for_nothing_else() -> None:
    def pitch(words: str) -> float:
        part = set_headline(words, leading=0.9).parts[0]
        return (part.lines[1].baseline - part.lines[0].baseline) / part.size_px

    assert pitch("Something going through Everybody") == pytest.approx(0.9)
    assert pitch("Something going through Ếverybody") == pytest.approx(0.214 + 0.986 + 0.02, abs=0.01)
