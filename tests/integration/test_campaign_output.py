"""Read back the campaign's finished files: all of ``out/`` in ``make campaign``, a few in every run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from assetgen.layout.page_layout import lay_out_page
from assetgen.loading.campaign import load_campaign
from assetgen.loading.model import FontFamilies
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets
from assetgen.rendering.html.markup import TextMarkup
from assetgen.rendering.images.raster import rasterise
from assetgen.rendering.renderer import Renderer
from tests.support.asset_properties import code_faults, file_faults_of
from tests.support.file_readers import Entry, page_text, read_manifest
from tests.support.press_properties import ink_faults, one_entry_per_press_channel, press_file_faults
from tests.support.shared_folders import make_once

ROOT = Path(__file__).parents[2]
NUMBER, ADDRESS = "0808 1000 900", "www.stopitnow.org.uk"
# One or two of every medium, format and shape, with and without QR code, footer, panel joins and bleed.
SMALL = (
    ["-p", "nspcc", "-m", "worried", "-c", "ig-story", "-c", "fb-link-share", "-c", "disp-mpu",
     "-c", "disp-mobile-banner", "-c", "disp-wide-skyscraper", "-c", "mag-a4-full", "-c", "publisher-skin"],
    ["-p", "staffordshire-county-council", "-m", "online", "-c", "poster-a4", "-c", "poster-a6", "-c", "gp-screen",
     "-c", "email-header", "-c", "card-wallet", "-c", "pullup-850", "-c", "bookmark", "-c", "disp-leaderboard"],
    ["-p", "staffordshire-commissioner", "-m", "loved-one", "-c", "ooh-48-sheet", "-c", "ooh-6-sheet", "-c", "dooh-d6",
     "-c", "press-10x2", "-c", "bus-rear"],
    ["-p", "together-for-childhood", "-m", "worried", "-c", "beermat-round"],
    ["-p", "nspcc", "-M", "qr"],
)  # fmt: skip


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a small part of the campaign with the command, once for all processes of the test run."""

    def make(out: Path) -> None:
        for selection in SMALL:
            command = [sys.executable, "-m", "assetgen", "-C", str(ROOT), "build", "-o", str(out), *selection]
            built = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            assert built.returncode == 0, built.stderr

    return make_once(tmp_path_factory, "small-campaign", make)


@pytest.fixture(scope="session")
def whole() -> Path:
    """Return the output folder with the whole campaign, built earlier by ``make build``."""
    out = ROOT / "out"
    assert (out / "manifest.json").is_file(), "out/ has no manifest: run make build first"
    return out


@pytest.fixture(scope="session")
def planned() -> dict[str, Asset]:
    return plan_assets(load_campaign(ROOT).campaign).by_id()


def assert_valid(out: Path, entries: list[Entry]) -> None:
    faults = {
        entry["id"]: found
        for entry in entries
        if (found := file_faults_of(out, entry) + code_faults(out, entry))
    }
    assert entries
    assert not faults, json.dumps(faults, indent=1)


def test_every_file_of_a_small_build_is_valid(small: Path) -> None:
    entries = read_manifest(small)["assets"]

    assert len(entries) >= 20
    assert {entry["format"] for entry in entries} == {"png", "jpg", "pdf", "svg"}
    assert_valid(small, entries)


def test_every_page_of_a_small_build_has_its_facts_each_in_one_piece(small: Path) -> None:
    pages = [
        entry
        for entry in read_manifest(small)["assets"]
        if entry["format"] == "pdf" and entry["medium"] != "qr"
    ]

    assert len(pages) >= 8
    for entry in pages:
        assert_facts(entry, page_text((small / entry["path"]).read_bytes()))


def assert_facts(entry: Entry, page_text: str) -> None:
    """Assert that a page shows the facts that its channel requires, and the number once, on one line.

    On an imposed sheet the number is on each piece. The lines of turned pieces run in a different
    direction, so there it is only counted.
    """
    lines = page_text.splitlines()
    requires, sheet = entry["spec"]["requires"], entry["spec"]["sheet"]
    if sheet:
        assert "".join(lines).replace(" ", "").count(NUMBER.replace(" ", "")) == len(sheet["cells"])
    elif "number" in requires:
        assert sum(NUMBER in line for line in lines) == 1, (entry["id"], lines)
    if "address" in requires:
        assert any(ADDRESS in line for line in lines), (entry["id"], lines)
    if "promise" in requires:
        assert "Confidential and anonymous" in " ".join(lines), (entry["id"], lines)


def assert_press_ready(out: Path, entries: list[Entry], folder: Path) -> None:
    """Assert that Ghostscript, qpdf and poppler find no fault in one press file of each channel."""
    files = one_entry_per_press_channel(entries)
    assert files
    faults = {
        entry["id"]: found
        for entry in files
        if (found := ink_faults(out, entry, folder) + press_file_faults(out, entry))
    }
    assert not faults, json.dumps(faults, indent=1)


def test_independent_tools_find_no_fault_in_the_press_files_of_a_small_build(
    small: Path, tmp_path: Path
) -> None:
    assert_press_ready(small, read_manifest(small)["assets"], tmp_path)


@pytest.mark.campaign
def test_independent_tools_find_no_fault_in_a_press_file_of_each_channel(whole: Path, tmp_path: Path) -> None:
    assert_press_ready(whole, read_manifest(whole)["assets"], tmp_path)


@pytest.mark.campaign
def test_the_manifest_lists_the_whole_campaign(whole: Path) -> None:
    manifest = read_manifest(whole)
    assets = manifest["assets"]

    assert manifest["schema"] == 1
    assert len(assets) >= 800
    assert len({entry["channel"] for entry in assets if entry["medium"] != "qr"}) >= 130
    assert len({entry["partner"] for entry in assets}) == 6
    assert [entry["path"] for entry in assets] == sorted(entry["path"] for entry in assets)


@pytest.mark.campaign
def test_out_contains_exactly_the_files_in_the_manifest(whole: Path) -> None:
    named = {entry["path"] for entry in read_manifest(whole)["assets"]}
    own_files = ("manifest.json", ".gitkeep", "index.html")

    found = {
        path.relative_to(whole).as_posix()
        for path in whole.rglob("*")
        if path.is_file() and path.relative_to(whole).parts[0] not in (".assetgen", "index")
    }

    assert found - set(own_files) == named


MEDIUMS = ("social", "display", "dooh", "workplace", "email", "print", "ooh", "press", "qr")


@pytest.mark.campaign
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("medium", MEDIUMS)
def test_every_file_of_the_campaign_is_valid(whole: Path, medium: str, half: int) -> None:
    entries = [entry for entry in read_manifest(whole)["assets"] if entry["medium"] == medium][half::2]

    assert_valid(whole, entries)


@pytest.mark.campaign
def test_every_printed_page_has_its_facts_each_in_one_piece(whole: Path) -> None:
    pages = [e for e in read_manifest(whole)["assets"] if e["format"] == "pdf" and e["medium"] != "qr"]

    assert len(pages) >= 250
    for entry in pages:
        assert_facts(entry, page_text((whole / entry["path"]).read_bytes()))


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(load_campaign(ROOT).campaign)


# Mean difference between a file and its page, of 255, over all pixels and colours. A file with a
# different message differs by more than 10.
MAX_LOSS = 4.0


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(8))
def test_every_screen_asset_has_its_facts_each_in_one_piece(
    whole: Path, planned: dict[str, Asset], renderer: Renderer, part: int
) -> None:
    """A raster file has no text, so lay out its page again: it has the facts, and the file looks like it."""
    entries = [
        e for e in read_manifest(whole)["assets"] if e["format"] in ("png", "jpg") and e["medium"] != "qr"
    ][part::8]

    assert len(entries) >= 60
    for entry in entries:
        page = page_of(planned[entry["id"]], renderer)
        assert_facts(entry, page_text(page))
        rendered = Image.fromarray(rasterise(page, entry["width_px"], entry["height_px"]))
        loss = ImageChops.difference(rendered, Image.open(whole / entry["path"]).convert("RGB"))
        assert sum(ImageStat.Stat(loss).mean) / 3 <= MAX_LOSS, entry["id"]


FAMILIES = FontFamilies({"text": "Hanken Grotesk"})
ARTICLES = frozenset(("a", "an", "the"))


@pytest.mark.campaign
def test_no_headline_line_ends_with_an_article_and_no_last_line_is_one_short_word(
    planned: dict[str, Asset], renderer: Renderer
) -> None:
    """In no shape does a line end with an article, or the last line hold only a short word."""
    bad_breaks = {}
    for asset in planned.values():
        if asset.template is None:
            continue
        layout = lay_out_page(asset, renderer.campaign.templates[asset.template], renderer.measurer, FAMILIES)
        parts = [part for part in (layout.copy_column or layout.cta).parts if part.name == "headline"]
        lines = [line.line.text for part in parts for line in part.lines]
        line_ends = {line.split()[-1].lower() for line in lines[:-1]}
        if len(lines) > 1 and (line_ends & ARTICLES or (" " not in lines[-1] and len(lines[-1]) <= 4)):
            bad_breaks[asset.id] = lines

    assert not bad_breaks


def page_of(asset: Asset, renderer: Renderer) -> bytes:
    """Return the PDF page from which the file of an asset is rendered."""
    template = renderer.campaign.templates[asset.template or ""]
    layout = lay_out_page(asset, template, renderer.measurer, FAMILIES)
    html = renderer.composer.compose(asset, layout, TextMarkup(renderer.measurer, FAMILIES))
    return renderer.engine.lay_out(html, asset, template, layout.words)
