"""The campaign's finished files, read back: the whole of ``out/`` by ``make campaign``, a small part in every run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from assetgen.layout.page_layout import arrange
from assetgen.loading.campaign import load_campaign
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets
from assetgen.rendering.html.markup import Setter
from assetgen.rendering.images.raster import rasterise
from assetgen.rendering.renderer import Renderer
from tests.support.asset_properties import code_faults, faults_of
from tests.support.finished_files import Entry, page_words, read_manifest
from tests.support.once import made_once
from tests.support.press_properties import file_faults, ink_faults, press_entries

ROOT = Path(__file__).parents[2]
NUMBER, ADDRESS = "0808 1000 900", "www.stopitnow.org.uk"
# One or two of every medium, format and shape, with and without code, foot, joins and bleed.
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
    """A part of the campaign, built by the command; once for all of the run's processes."""

    def make(out: Path) -> None:
        for selection in SMALL:
            command = [sys.executable, "-m", "assetgen", "-C", str(ROOT), "build", "-o", str(out), *selection]
            built = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            assert built.returncode == 0, built.stderr

    return made_once(tmp_path_factory, "small-campaign", make)


@pytest.fixture(scope="session")
def whole() -> Path:
    """The whole campaign as ``make build`` left it."""
    out = ROOT / "out"
    assert (out / "manifest.json").is_file(), "build the campaign first: make build"
    return out


@pytest.fixture(scope="session")
def planned() -> dict[str, Asset]:
    return plan_assets(load_campaign(ROOT).campaign).by_id()


def assert_sound(out: Path, entries: list[Entry]) -> None:
    faults = {
        entry["id"]: found for entry in entries if (found := faults_of(out, entry) + code_faults(out, entry))
    }
    assert entries
    assert not faults, json.dumps(faults, indent=1)


def test_a_part_of_the_campaign_is_sound(small: Path) -> None:
    entries = read_manifest(small)["assets"]

    assert len(entries) >= 20
    assert {entry["format"] for entry in entries} == {"png", "jpg", "pdf", "svg"}
    assert_sound(small, entries)


def test_number_address_and_promise_stand_unbroken_on_the_pages_of_a_part(small: Path) -> None:
    pages = [
        entry
        for entry in read_manifest(small)["assets"]
        if entry["format"] == "pdf" and entry["medium"] != "qr"
    ]

    assert len(pages) >= 8
    for entry in pages:
        assert_words(entry, page_words((small / entry["path"]).read_bytes()))


def assert_words(entry: Entry, words: str) -> None:
    """Assert that what the channel requires is on the page: the number on one line, exactly once, on a sheet in each
    piece; pieces that are turned have lines in another direction."""
    lines = words.splitlines()
    requires, sheet = entry["spec"]["requires"], entry["spec"]["sheet"]
    if sheet:
        assert "".join(lines).replace(" ", "").count(NUMBER.replace(" ", "")) == len(sheet["cells"])
    elif "number" in requires:
        assert sum(NUMBER in line for line in lines) == 1, (entry["id"], lines)
    if "address" in requires:
        assert any(ADDRESS in line for line in lines), (entry["id"], lines)
    if "promise" in requires:
        assert "Confidential and anonymous" in " ".join(lines), (entry["id"], lines)


def assert_printable(out: Path, entries: list[Entry], folder: Path) -> None:
    """Assert of one press file of each channel what Ghostscript, qpdf and poppler make of it."""
    files = press_entries(entries)
    assert files
    faults = {
        entry["id"]: found
        for entry in files
        if (found := ink_faults(out, entry, folder) + file_faults(out, entry))
    }
    assert not faults, json.dumps(faults, indent=1)


def test_the_press_files_of_a_part_have_the_plates_that_were_proved(small: Path, tmp_path: Path) -> None:
    assert_printable(small, read_manifest(small)["assets"], tmp_path)


@pytest.mark.campaign
def test_a_press_file_of_each_channel_has_the_plates_that_were_proved(whole: Path, tmp_path: Path) -> None:
    assert_printable(whole, read_manifest(whole)["assets"], tmp_path)


@pytest.mark.campaign
def test_the_manifest_holds_the_campaign(whole: Path) -> None:
    manifest = read_manifest(whole)
    assets = manifest["assets"]

    assert manifest["schema"] == 1
    assert len(assets) >= 800
    assert len({entry["channel"] for entry in assets if entry["medium"] != "qr"}) >= 130
    assert len({entry["partner"] for entry in assets}) == 6
    assert [entry["path"] for entry in assets] == sorted(entry["path"] for entry in assets)


@pytest.mark.campaign
def test_out_holds_what_the_manifest_says_and_nothing_else(whole: Path) -> None:
    named = {entry["path"] for entry in read_manifest(whole)["assets"]}
    own = ("manifest.json", ".gitkeep", "index.html")

    there = {
        path.relative_to(whole).as_posix()
        for path in whole.rglob("*")
        if path.is_file() and path.relative_to(whole).parts[0] not in (".assetgen", "index")
    }

    assert there - set(own) == named


MEDIUMS = ("social", "display", "dooh", "workplace", "email", "print", "ooh", "press", "qr")


@pytest.mark.campaign
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("medium", MEDIUMS)
def test_every_finished_file_is_sound(whole: Path, medium: str, half: int) -> None:
    entries = [entry for entry in read_manifest(whole)["assets"] if entry["medium"] == medium][half::2]

    assert_sound(whole, entries)


@pytest.mark.campaign
def test_the_facts_stand_on_every_printed_page(whole: Path) -> None:
    pages = [e for e in read_manifest(whole)["assets"] if e["format"] == "pdf" and e["medium"] != "qr"]

    assert len(pages) >= 250
    for entry in pages:
        assert_words(entry, page_words((whole / entry["path"]).read_bytes()))


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(load_campaign(ROOT).campaign)


# How far a file may be from its page: mean over all pixels and colours, of 255. Another message's is over 10.
LOSS = 4.0


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(8))
def test_the_facts_stand_on_the_page_of_every_screen_asset(
    whole: Path, planned: dict[str, Asset], renderer: Renderer, part: int
) -> None:
    """A raster file keeps no words: its page is laid out again, holds them, and looks like the file."""
    entries = [
        e for e in read_manifest(whole)["assets"] if e["format"] in ("png", "jpg") and e["medium"] != "qr"
    ][part::8]

    assert len(entries) >= 60
    for entry in entries:
        page = page_of(planned[entry["id"]], renderer)
        assert_words(entry, page_words(page))
        drawn = Image.fromarray(rasterise(page, entry["width_px"], entry["height_px"]))
        loss = ImageChops.difference(drawn, Image.open(whole / entry["path"]).convert("RGB"))
        assert sum(ImageStat.Stat(loss).mean) / 3 <= LOSS, entry["id"]


ARTICLES = frozenset(("a", "an", "the"))


@pytest.mark.campaign
def test_no_headline_of_the_campaign_is_torn(planned: dict[str, Asset], renderer: Renderer) -> None:
    """No short word alone at the end and no article left at a line's end, in any shape the campaign comes in."""
    torn = {}
    for asset in planned.values():
        if asset.template is None:
            continue
        arranged = arrange(
            asset, renderer.campaign.templates[asset.template], renderer.measurer, "Hanken Grotesk"
        )
        parts = [part for part in (arranged.text or arranged.call).parts if part.name == "headline"]
        lines = [line.line.text for part in parts for line in part.lines]
        ends = {line.split()[-1].lower() for line in lines[:-1]}
        if len(lines) > 1 and (ends & ARTICLES or (" " not in lines[-1] and len(lines[-1]) <= 4)):
            torn[asset.id] = lines

    assert not torn


def page_of(asset: Asset, renderer: Renderer) -> bytes:
    """Return the page that an asset's file was made from."""
    template, family = renderer.campaign.templates[asset.template or ""], "Hanken Grotesk"
    arranged = arrange(asset, template, renderer.measurer, family)
    html = renderer.composer.compose(asset, arranged, Setter(renderer.measurer, family))
    return renderer.engine.lay_out(html, asset, template, arranged.words)
