"""The gallery: one page with each asset of the manifest once, made from the output folder alone."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pikepdf
import pytest
from PIL import Image

from assetgen.errors import CampaignError
from assetgen.gallery.gallery_files import write_gallery
from assetgen.gallery.gallery_pictures import INLINE_LIMIT
from tests.support.wording import Wording

HOSTILE = "\"><script>alert('x')</script><img src=x onerror=alert(1)>{{ 7*7 }}\x00\x1b\ud800"
MM_TO_PT = 72 / 25.4


class Page(HTMLParser):
    """The elements of a page as (tag, attributes), and all its text outside the script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.script = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.script += data
        else:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]

    def options(self, name: str) -> list[str]:
        """Return the values of one filter, without the first one (all)."""
        names = [attributes.get("name") for tag, attributes in self.elements if tag == "select"]
        assert name in names
        start = next(
            at for at, (tag, a) in enumerate(self.elements) if tag == "select" and a.get("name") == name
        )
        values = []
        for tag, attributes in self.elements[start + 2 :]:
            if tag != "option":
                break
            values.append(attributes["value"])
        return values


def png(width_px: int, height_px: int, colour: str = "#FFB070") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width_px, height_px), colour).save(stream, "PNG")
    return stream.getvalue()


def pdf(width_mm: float, height_mm: float, bleed_mm: float) -> bytes:
    """Return a PDF page that is blue in its bleed and red within its trim."""
    document = pikepdf.new()
    width, height, bleed = (length * MM_TO_PT for length in (width_mm, height_mm, bleed_mm))
    document.add_blank_page(page_size=(width + 2 * bleed, height + 2 * bleed))
    page = document.pages[0]
    page.trimbox = pikepdf.Rectangle(bleed, bleed, bleed + width, bleed + height)
    drawing = f"0 0 1 rg 0 0 9999 9999 re f 1 0 0 rg {bleed} {bleed} {width} {height} re f"
    page.Contents = document.make_stream(drawing.encode())
    stream = io.BytesIO()
    document.save(stream, deterministic_id=True)
    return stream.getvalue()


class Out:
    """An output folder for a test, with its manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.assets: list[dict[str, Any]] = []
        folder.mkdir()

    def add(self, content: bytes, channel: str | None = "ig-square", **values: Any) -> dict[str, Any]:
        """Write one asset and add it to the manifest; ``values`` are keys of its entry."""
        number = len(self.assets)
        asset: dict[str, Any] = {
            "id": f"police/worried/{channel}/{number}",
            "partner": "police",
            "message": "worried",
            "channel": channel,
            "variant": None,
            "medium": "social",
            "locale": "en-GB",
            "format": "png",
            "alt": "Call 0808 1000 900",
            "link": None,
            "findings": [],
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        } | values
        asset.setdefault("path", f"police/en-GB/social/{number:04d}.{asset['format']}")
        if asset["format"] == "png":
            with Image.open(io.BytesIO(content)) as image:
                asset.setdefault("width_px", image.width)
                asset.setdefault("height_px", image.height)
        path = self.folder / asset["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.assets.append(asset)
        return asset

    def save(self, **values: Any) -> None:
        engine = {"Pillow": "13.0.0", "assetgen": "0.1.0"}
        manifest = {"schema": 1, "campaign": "Stop It Now!", "edition": "2026.1", "engine": engine}
        text = json.dumps(manifest | {"assets": self.assets} | values)
        (self.folder / "manifest.json").write_text(text)

    def page(self) -> Page:
        self.save()
        return Page(write_gallery(self.folder).page.read_text(encoding="utf-8"))

    def thumbs(self) -> list[Path]:
        return sorted(path for path in (self.folder / "index").iterdir() if path.suffix != ".css")


@pytest.fixture
def out(tmp_path: Path) -> Out:
    return Out(tmp_path / "out")


def test_each_asset_is_on_the_page_once_and_links_to_its_file(out: Out) -> None:
    for number in range(5):
        out.add(png(100 + number, 100), partner=f"partner-{number}")

    page = out.page()

    assert [card["data-id"] for card in page.all("li", **{"class": "card"})] == [a["id"] for a in out.assets]
    assert [link["href"] for link in page.all("a", **{"class": "sheet"})] == [a["path"] for a in out.assets]


def test_the_result_counts_assets_and_lists_the_written_files(out: Out) -> None:
    asset = out.add(png(50, 50))
    out.save()

    first, second = write_gallery(out.folder), write_gallery(out.folder)

    thumb = f"index/{asset['sha256'][:16]}.jpg"
    assert (first.assets, first.thumbnails) == (1, 1)
    assert first.written == ("index.html", thumb, "index/gallery.css")
    assert (out.folder / thumb).is_file()
    assert (second.assets, second.thumbnails, second.written) == (1, 0, ())


@pytest.mark.parametrize(
    ("width_px", "height_px", "shown"),
    [
        (1080, 1080, (200, 200)),
        (1080, 1920, (150, 267)),
        (120, 600, (64, 320)),
        (728, 90, (569, 70)),
        (2880, 240, (640, 53)),
        (320, 50, (320, 50)),
        (88, 31, (88, 31)),
    ],
)
def test_thumbnails_keep_their_proportions_and_have_similar_areas(
    out: Out, width_px: int, height_px: int, shown: tuple[int, int]
) -> None:
    out.add(png(width_px, height_px))

    image = out.page().all("img")[0]

    assert (int(image["width"]), int(image["height"])) == shown
    assert shown[0] / shown[1] == pytest.approx(width_px / height_px, rel=0.02)
    with Image.open(out.thumbs()[0]) as thumb:
        assert thumb.width <= min(2 * shown[0], width_px)
        assert thumb.width / thumb.height == pytest.approx(width_px / height_px, rel=0.02)


def test_the_thumbnail_of_a_pdf_shows_its_page_without_the_bleed(out: Out) -> None:
    size = {"width_mm": 210, "height_mm": 297, "bleed_mm": 3, "scale": 1}
    out.add(pdf(210, 297, 3), "poster-a4", format="pdf", medium="print", **size)

    page = out.page()

    image = page.all("img")[0]
    assert int(image["width"]) / int(image["height"]) == pytest.approx(210 / 297, rel=0.01)
    assert "210 × 297 mm, 3 mm bleed" in page.text
    with Image.open(out.thumbs()[0]) as thumb:
        assert abs(thumb.width - 2 * int(image["width"])) <= 1
        corners = [thumb.getpixel((x, y)) for x in (3, thumb.width - 4) for y in (3, thumb.height - 4)]
    assert all(isinstance(corner, tuple) and corner[0] > 200 and corner[2] < 60 for corner in corners)


def test_transparent_pictures_are_shown_on_white(out: Out) -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(stream, "PNG")
    out.add(stream.getvalue())

    out.page()

    with Image.open(out.thumbs()[0]) as thumb:
        assert thumb.getpixel((32, 32)) == (255, 255, 255)


def test_an_svg_is_shown_directly_without_a_thumbnail(out: Out) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    out.add(svg, None, format="svg", medium="qr", message=None, path="police/qr/code.svg")

    page = out.page()

    assert page.all("img")[0]["src"] == "police/qr/code.svg"
    assert out.thumbs() == []


def test_assets_with_the_same_bytes_share_one_thumbnail(out: Out) -> None:
    out.add(png(60, 60), partner="a")
    out.add(png(60, 60), partner="b")

    page = out.page()

    assert len(out.thumbs()) == 1
    assert len({image["src"] for image in page.all("img") if image.get("src")}) == 1


def test_thumbnails_drawn_in_parallel_are_identical_and_all_reported(out: Out, tmp_path: Path) -> None:
    count = INLINE_LIMIT + 1
    for number in range(count):
        out.add(png(20 + number, 30, f"#10{number:02x}2C"))
    out.save()
    reports: list[tuple[int, int]] = []

    result = write_gallery(out.folder, on_progress=lambda done, total: reports.append((done, total)))

    assert result.thumbnails == len(out.thumbs()) == count
    assert reports == [(done, count) for done in range(count + 1)]
    single = Out(tmp_path / "few")
    single.add(png(20, 30, "#10002C"))
    single.page()
    (one,) = single.thumbs()
    assert (out.folder / "index" / one.name).read_bytes() == one.read_bytes()


def test_hostile_text_stays_plain_text(out: Out) -> None:
    keys = ("id", "partner", "message", "channel", "variant", "medium", "locale", "alt", "link", "click")
    hostile = dict.fromkeys(keys, HOSTILE)
    finding = {"code": HOSTILE, "severity": "warning", "text": HOSTILE}
    out.add(png(40, 40), **{**hostile, "findings": [finding]})  # type: ignore[arg-type]
    out.save(campaign=HOSTILE, edition=HOSTILE, engine={HOSTILE: HOSTILE})

    html = write_gallery(out.folder).page.read_text(encoding="utf-8")

    page = Page(html)
    assert len(page.all("script")) == 1
    assert [image for image in page.all("img") if "onerror" in image] == []
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", html)
    shown = page.all("li", **{"class": "card"})[0]["data-id"]
    assert shown == HOSTILE.replace("\x00", "\ufffd").replace("\x1b", "\ufffd").replace("\ud800", "\ufffd")


def test_a_path_that_looks_like_a_url_links_to_its_file(out: Out) -> None:
    asset = out.add(png(40, 40), path="javascript:alert(1)?a#b & c.png")

    link = out.page().all("a", **{"class": "sheet"})[0]["href"]

    assert not set(link) & set(":?#")
    assert unquote(link) == asset["path"]


@pytest.mark.parametrize(
    "path", ["../a.png", "/etc/a.png", "a/../../b.png", "C:/a.png", "a\\b.png", "a//b.png"]
)
def test_a_path_out_of_the_folder_is_refused(out: Out, path: str) -> None:
    out.add(png(40, 40))
    out.assets[0]["path"] = path
    out.save()

    with pytest.raises(CampaignError) as caught:
        write_gallery(out.folder)

    assert [finding.code for finding in caught.value.findings] == ["bad-value"]
    assert not (out.folder / "index.html").exists()


def test_a_symlink_out_of_the_folder_is_not_followed(out: Out, tmp_path: Path) -> None:
    asset = out.add(png(40, 40))
    secret = tmp_path / "secret.png"
    (out.folder / asset["path"]).rename(secret)
    (out.folder / asset["path"]).symlink_to(secret)

    page = out.page()

    assert "the file is missing" in page.text
    assert out.thumbs() == []


def test_a_missing_file_has_a_card_without_a_link(out: Out) -> None:
    out.add(png(40, 40), partner="a")
    missing = out.add(png(41, 40), partner="b")
    (out.folder / missing["path"]).unlink()

    page = out.page()

    assert len(page.all("li", **{"class": "card"})) == 2
    assert len(page.all("a", **{"class": "sheet"})) == 1
    assert page.text.count("the file is missing") == 1


@pytest.mark.parametrize("other", [b"short", None], ids=["different size", "same size"])
def test_a_file_changed_after_the_build_is_labelled_and_has_no_thumbnail(
    out: Out, other: bytes | None
) -> None:
    asset = out.add(png(40, 40))
    (out.folder / asset["path"]).write_bytes(other or b"x" * asset["bytes"])

    page = out.page()

    assert "file changed since the build" in page.text
    assert out.thumbs() == []


@pytest.mark.parametrize("format_", ["jpg", "pdf", "webp", "gif", "tiff"])
def test_a_file_that_cannot_be_drawn_still_has_a_card(out: Out, format_: str) -> None:
    out.add(b"%PDF-1.7 nothing", format=format_, width_px=40, height_px=40)

    page = out.page()

    assert "file cannot be drawn" in page.text
    assert len(page.all("a", **{"class": "sheet"})) == 1
    assert out.thumbs() == []


def test_only_thumbnails_of_removed_assets_are_deleted(out: Out) -> None:
    removed_asset = out.add(png(40, 40))
    out.page()
    other_files = [
        "notes.txt",
        f"{'2' * 16}.png",
        "0123456789abcdef.gif",
        "0123456789ABCDEF.jpg",
        "x0123456789abcdef.jpg",
    ]
    for name in other_files:
        (out.folder / "index" / name).write_text("mine")
    (out.folder / "index" / f"{'0' * 16}.jpg").mkdir()
    (out.folder / f"{'1' * 16}.jpg").write_text("mine")
    out.assets.clear()
    kept_asset = out.add(png(41, 40))

    out.page()

    names = {path.name for path in (out.folder / "index").iterdir()}
    assert f"{removed_asset['sha256'][:16]}.jpg" not in names
    assert names == {*other_files, f"{'0' * 16}.jpg", f"{kept_asset['sha256'][:16]}.jpg", "gallery.css"}
    assert (out.folder / f"{'1' * 16}.jpg").read_text() == "mine"


@pytest.mark.parametrize("name", ["index.html", "index/gallery.css"])
def test_a_file_that_assetgen_did_not_write_is_not_overwritten(out: Out, name: str, wording: Wording) -> None:
    out.add(png(40, 40))
    out.save()
    (out.folder / "index").mkdir()
    (out.folder / name).write_text("<p>mine</p>")

    with pytest.raises(CampaignError) as caught:
        write_gallery(out.folder)

    (finding,) = caught.value.findings
    assert (finding.code, finding.place.file) == ("unsafe-file", name)
    assert wording == (finding.text, finding.hint)
    assert (out.folder / name).read_text() == "<p>mine</p>"


def test_no_temporary_file_is_left(out: Out) -> None:
    out.add(png(40, 40))

    out.page()

    assert list((out.folder / ".assetgen" / "tmp").iterdir()) == []


def test_the_same_manifest_gives_the_same_page_in_any_folder(out: Out, tmp_path: Path) -> None:
    other = Out(tmp_path / "elsewhere")
    for folder in (out, other):
        for number in range(4):
            folder.add(png(40 + number, 40), channel=f"channel-{number % 2}", partner=f"p{number}")
        folder.save()

    pages = [write_gallery(folder.folder).page.read_bytes() for folder in (out, other)]

    assert pages[0] == pages[1]
    assert os.fsencode(tmp_path) not in pages[0]


def test_the_page_and_its_styles_refer_to_nothing_outside_the_folder(out: Out) -> None:
    out.add(png(40, 40))

    page = out.page()

    style = (out.folder / "index" / "gallery.css").read_text()
    html = (out.folder / "index.html").read_text()
    assert not re.search(r"url\(|@import|//", style)
    assert "://" not in html
    places = [value for _, a in page.elements for key, value in a.items() if key in ("src", "href")]
    files = [place for place in places if place and not place.startswith(("#", "data:,"))]
    assert {out.assets[0]["path"], "index/gallery.css"} < set(files)
    assert all((out.folder / unquote(place)).is_file() for place in files)


def test_the_content_policy_allows_the_page_script_and_no_inline_styles(out: Out) -> None:
    out.add(png(40, 40))

    page = out.page()

    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"]
    digest = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not [a for _, a in page.elements if "style" in a or any(key.startswith("on") for key in a)]


def test_filters_offer_the_values_of_the_assets_with_their_counts(out: Out) -> None:
    out.add(png(40, 40), partner="nspcc", message="online")
    out.add(png(40, 400), partner="police", message="worried", medium="display")
    out.add(png(400, 40), partner="police", message=None, medium="qr", channel=None)

    page = out.page()

    assert page.options("partner") == ["nspcc", "police"]
    assert page.options("message") == ["-", "online", "worried"]
    assert page.options("medium") == ["social", "display", "qr"]
    assert page.options("shape") == ["skyscraper", "square", "strip"]
    assert [select["name"] for select in page.all("select")] == ["partner", "message", "medium", "shape"]
    assert "police (2)" in page.text
    assert "QR codes (1)" in page.text


def test_locales_are_shown_only_if_there_are_several(out: Out) -> None:
    out.add(png(40, 40), locale="en-GB")
    before = out.page()
    out.add(png(41, 40), locale="ur")

    after = out.page()

    assert before.all("select", name="locale") == []
    assert after.options("locale") == ["en-GB", "ur"]
    assert after.all("img", lang="ur")


def test_without_scripts_every_card_is_visible_and_filters_are_hidden(out: Out) -> None:
    out.add(png(40, 40))

    page = out.page()

    assert "hidden" in page.all("form", id="filters")[0]
    assert not [card for card in page.all("li", **{"class": "card"}) if "hidden" in card]
    assert not [part for part in page.all("section") if "hidden" in part]


def test_cards_are_sorted_by_medium_then_channel_with_tall_ones_first(out: Out) -> None:
    out.add(png(400, 40), "strip", medium="display")
    out.add(png(40, 400), "tower", medium="display")
    out.add(png(40, 40), "square", medium="social")
    out.add(png(41, 40), "square-2", medium="display")

    cards = out.page().all("a", **{"class": "sheet"})

    assert [card["data-channel"] for card in cards] == ["square", "tower", "square-2", "strip"]


def test_findings_of_an_asset_are_shown_as_badges_and_text(out: Out) -> None:
    findings = [
        {"code": "weight", "severity": "warning", "text": "heavier than advised"},
        {"code": "size", "severity": "error", "text": "wrong size"},
        {"code": "weight", "severity": "warning", "text": "heavier still"},
    ]
    out.add(png(40, 40), findings=findings, stale=True)

    page = out.page()

    words = page.text
    assert words.index("stale") < words.index("1 error") < words.index("2 warnings")
    assert words.index("wrong size") < words.index("heavier still") < words.index("heavier than advised")


def test_the_header_names_the_edition_the_asset_count_and_the_engine(out: Out) -> None:
    out.add(png(40, 40))

    page = out.page()

    assert "Edition 2026.1 · 1 asset" in page.text
    assert "Built with assetgen 0.1.0, Pillow 13.0.0." in page.text


def test_an_empty_manifest_gives_a_page_that_says_there_are_no_assets(out: Out) -> None:
    page = out.page()

    assert "There are no assets." in page.text
    assert "hidden" not in page.all("p", id="nothing")[0]


def test_the_error_for_a_missing_manifest_says_what_to_do(tmp_path: Path, wording: Wording) -> None:
    with pytest.raises(CampaignError) as caught:
        write_gallery(tmp_path)

    assert [(one.code, one.place.file) for one in caught.value.findings] == [
        ("missing-file", "manifest.json")
    ]
    assert wording == str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"schema": 2, "assets": []}',
        '{"schema": 1, "assets": {}}',
        "[" * 100_000,
        "\udcff",
    ],
    ids=[
        "empty",
        "truncated",
        "a list",
        "no assets",
        "unknown schema",
        "assets not a list",
        "nested too deeply",
        "not UTF-8",
    ],
)
def test_a_broken_manifest_is_reported(tmp_path: Path, text: str, wording: Wording) -> None:
    (tmp_path / "manifest.json").write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(CampaignError) as caught:
        write_gallery(tmp_path)

    (finding,) = caught.value.findings
    assert finding.code == "bad-value"
    assert wording == finding.hint


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", None),
        ("partner", 7),
        ("sha256", "../../x"),
        ("width_px", 0),
        ("width_px", float("nan")),
        ("bytes", True),
        ("findings", {}),
        ("findings", [{"severity": "bad"}]),
    ],
    ids=repr,
)
def test_every_broken_entry_is_reported_with_its_number(
    out: Out, key: str, value: Any, wording: Wording
) -> None:
    for _ in range(3):
        out.add(png(40, 40))
    out.assets[0][key] = out.assets[2][key] = value
    out.save()

    with pytest.raises(CampaignError) as caught:
        write_gallery(out.folder)

    texts = [finding.text for finding in caught.value.findings]
    assert [re.findall(r"\d+", text)[0] for text in texts] == ["1", "3"]
    assert all(key.removesuffix("s") in text for text in texts)
    assert wording == texts


def test_importing_the_gallery_does_not_load_the_layout_engine() -> None:
    code = "import sys, assetgen.gallery; print('weasyprint' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("name", ["index", ".assetgen", ".assetgen/gallery"])
def test_a_symlink_in_place_of_a_gallery_folder_is_refused(out: Out, tmp_path: Path, name: str) -> None:
    out.add(png(40, 40))
    out.save()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / f"{'3' * 16}.jpg").write_text("mine")
    (out.folder / name).parent.mkdir(exist_ok=True)
    (out.folder / name).symlink_to(elsewhere)

    with pytest.raises(CampaignError) as caught:
        write_gallery(out.folder)

    assert [(one.code, one.place.file) for one in caught.value.findings] == [("unsafe-file", name)]
    assert [path.name for path in elsewhere.iterdir()] == [f"{'3' * 16}.jpg"]


def test_a_partner_called_gallery_keeps_its_files(out: Out) -> None:
    asset = out.add(png(40, 40), partner="gallery", path=f"gallery/{'4' * 16}.jpg")
    out.page()
    out.page()

    assert (out.folder / asset["path"]).is_file()
