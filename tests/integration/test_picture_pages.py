"""Finished pages with a picture: read back, the words stand out from any photograph, and the code is read."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from assetgen.colour import contrasts, luminances, relative_luminance
from assetgen.findings import Severity
from assetgen.planning.asset import Asset
from assetgen.preflight.checks import prove
from assetgen.rendering.images import brand_pictures as darkroom
from assetgen.rendering.images.brand_pictures import Darkroom, PictureOrder, width_for
from assetgen.rendering.images.raster import rasterise
from assetgen.rendering.rendered_file import Made
from assetgen.rendering.renderer import Renderer
from tests.support.finished import jpeg_parts
from tests.support.photographs import halves, jpeg, noise, turned
from tests.support.pictured import MARKUP, load_pictured, pictured
from tests.support.tiny import CARD, FILES, SHEET, load_tiny, real_assets, real_campaign, said
from tests.support.wording import Wording

PAPER, INK = "#FBF6EE", "#10262C"


def made_of(
    root: Path, picture: Image.Image | bytes, asset_id: str = CARD, **changes: str
) -> tuple[Asset, Made]:
    """Draw one asset of the small campaign with a picture; ``extra`` is put at the end of its page."""
    files = {"templates/bare/extra.html": changes["extra"]} if "extra" in changes else None
    campaign, assets = load_pictured(root, picture, files)
    return assets[asset_id], Renderer(campaign)(assets[asset_id])


def errors_of(asset: Asset, made: Made) -> list[str]:
    """Return what is wrong with a made file once it is read back."""
    assert made.content is not None, said(made)
    proof = prove(made.content, made.page, asset.spec, made.measured)
    return [finding.as_text() for finding in proof.findings if finding.is_error]


def photograph(seed: int, block: int, bright: bool) -> Image.Image:
    """Return what nobody would write on: blocks of all colours, or bright ones alone."""
    small = noise(-(-480 // block), -(-320 // block), seed)
    grown = small.resize((480, 320), Image.Resampling.NEAREST)
    return grown.point(lambda value: 155 + value * 100 // 255) if bright else grown


@settings(
    max_examples=12,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 999), block=st.sampled_from([1, 7, 40, 160]), bright=st.booleans())
def test_words_on_any_photograph_pass_the_proofs(seed: int, block: int, bright: bool, tmp_path: Path) -> None:
    asset, made = made_of(tmp_path, photograph(seed, block, bright))

    assert errors_of(asset, made) == []


@pytest.mark.parametrize("colour", [(255, 255, 255), (250, 220, 60), (120, 120, 120), (251, 246, 238)])
def test_the_finished_pixels_round_the_words_keep_their_contrast(
    colour: tuple[int, int, int], tmp_path: Path
) -> None:
    asset, made = made_of(tmp_path, Image.new("RGB", (640, 400), colour))
    assert made.content is not None
    marks = prove(made.content, made.page, asset.spec, made.measured).regions

    pixels = np.asarray(Image.open(io.BytesIO(made.content)).convert("RGB")).astype(float)
    for mark in marks:
        x, y, width, height = (round(value) for value in mark.box)
        light = luminances(pixels[y : y + height, x : x + width]).ravel()
        # The darkest fifth under a line is its background; its letters are paper.
        background = np.sort(light)[: len(light) // 5]
        assert contrasts(background, np.array(relative_luminance(PAPER))).min() >= 4.5
    assert {mark.role for mark in marks} >= {"headline", "number"}


def test_the_focus_stands_where_the_arrangement_wishes_it(tmp_path: Path) -> None:
    picture = Image.new("RGB", (640, 640), (16, 38, 44))
    picture.paste((255, 0, 0), (448 - 12, 256 - 12, 448 + 12, 256 + 12))

    _, made = made_of(tmp_path, picture)

    assert made.content is not None
    pixels = np.asarray(Image.open(io.BytesIO(made.content)).convert("RGB")).astype(int)
    rows, columns = np.nonzero((pixels[..., 0] > 150) & (pixels[..., 1] < 60))
    # As wide as its place: across it stands where it is, at 0.7; down in the middle, as is wished.
    assert columns.mean() / 320 == pytest.approx(0.7, abs=0.01)
    assert rows.mean() / 180 == pytest.approx(0.5, abs=0.01)


def test_a_picture_fills_its_field_to_every_edge(tmp_path: Path) -> None:
    asset, made = made_of(tmp_path, Image.new("RGB", (300, 700), (200, 30, 30)), SHEET)

    assert made.content is not None
    page = rasterise(made.content, 326, 193).astype(int)
    rim = np.concatenate([page[0], page[-1], page[:, 0], page[:, -1]])
    assert asset.spec.bleed_mm == 3
    assert (rim.max(axis=1) < 215).all(), "no white shows"
    assert (rim[:, 0] > rim[:, 1]).all(), "red, if darkened under words"


def test_a_page_carries_the_part_that_it_shows_in_the_pixels_that_it_can_show(tmp_path: Path) -> None:
    _, made = made_of(tmp_path, noise(2576, 1600))

    assert made.page is not None
    (width, height), part = embedded(made.page)
    # The card is 320 × 180: the picture at 644 would be more than it can show.
    assert 320 <= width <= 324
    assert 180 <= height <= 184
    assert {one.name for one in jpeg_parts(part)} <= {"jfif", "db", "c0", "c4", "da"}


def test_nothing_see_through_lies_over_a_picture(tmp_path: Path) -> None:
    _, made = made_of(tmp_path, noise(400, 300), SHEET)

    assert made.content is not None
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        masks = [
            one
            for one in pdf.objects
            if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)) and "/SMask" in one
        ]
        alphas = [
            one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/ca", 1) != 1
        ]
    assert [mask for mask in masks if mask["/SMask"] != "/None"] == []
    assert alphas == []


def embedded(pdf: bytes) -> tuple[tuple[int, int], bytes]:
    """Return the size and the bytes of the one JPEG in a PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (image,) = [
            one
            for one in opened.objects
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]
        assert image["/Filter"] == "/DCTDecode" or list(image["/Filter"]) == ["/DCTDecode"]
        return (int(image["/Width"]), int(image["/Height"])), image.read_raw_bytes()


def test_a_pdf_says_what_its_picture_shows(tmp_path: Path) -> None:
    _, made = made_of(tmp_path, noise(1200, 800), SHEET)

    assert made.content is not None
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        said_of = {
            str(one["/Alt"])
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure" and "/Alt" in one
        }
    assert said_of == {"A harbour"}


def test_a_camera_s_file_is_drawn_upright_and_leaves_nothing_of_its_owner(tmp_path: Path) -> None:
    _, made = made_of(tmp_path, turned(halves(80, 40), 6))

    assert made.content is not None
    assert b"A. Person" not in made.content
    assert b"taken at home" not in made.content
    assert made.page is not None
    assert b"A. Person" not in embedded(made.page)[1]
    corner = Image.open(io.BytesIO(made.content)).convert("RGB").getpixel((316, 4))
    assert isinstance(corner, tuple)
    assert corner[0] > corner[2], "red lies at the head, as it was seen"


@pytest.mark.parametrize(
    ("width", "severity"), [(1400, None), (600, Severity.WARNING), (120, Severity.ERROR)]
)
def test_a_picture_with_too_few_pixels_is_told(width: int, severity: Severity | None, tmp_path: Path) -> None:
    asset, made = made_of(tmp_path, halves(width, width), SHEET)
    assert made.content is not None

    findings = prove(made.content, None, asset.spec, made.measured).findings

    told = [(one.severity, one.text) for one in findings if one.code == "image-resolution"]
    assert [one for one, _ in told] == ([severity] if severity else [])
    assert all(str(asset.spec.ppi) in text for _, text in told)


def test_an_enlarged_picture_on_a_screen_is_told(tmp_path: Path, wording: Wording) -> None:
    asset, made = made_of(tmp_path, Image.new("RGB", (160, 160), (20, 40, 50)))
    assert made.content is not None

    findings = prove(made.content, made.page, asset.spec, made.measured).findings

    (told,) = [one for one in findings if one.code == "image-resolution"]
    assert told.severity is Severity.WARNING
    assert "2.0" in told.text
    assert wording == told.text


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ('{{ place_picture(palette.ink, {}, name="harbor") }}', "template"),
        ("{{ place_picture(palette.ink, {}) }}", "template"),
        ('<img src="http://pictures.invalid/harbour/1200" alt="">', "blocked-read"),
    ],
    ids=["a picture misspelt", "no colours of words", "an address that is not had"],
)
def test_a_slip_in_the_markup_is_told(extra: str, code: str, tmp_path: Path, wording: Wording) -> None:
    _, made = made_of(tmp_path, noise(400, 300), extra=extra)

    assert made.content is None
    assert code in {one.code for one in made.findings}, said(made)
    assert wording == said(made)


def test_a_picture_that_is_chosen_and_placed_nowhere_is_told(tmp_path: Path, wording: Wording) -> None:
    markup = MARKUP.replace(
        '{{ place_picture(palette.ink, {"headline": palette.paper, "number": palette.paper}) }}', ""
    )
    campaign, assets = load_pictured(tmp_path, noise(40, 30), {"templates/bare/template.html": markup})

    (told,) = said(Renderer(campaign)(assets[CARD]))

    assert "place_picture(veil, colours)" in told and "[template]" in told
    assert wording == told


def test_a_picture_stands_in_a_box_by_its_name(tmp_path: Path) -> None:
    extra = '{{ place_picture(palette.ink, {}, name="harbour", box=[240, 10, 60, 40], at=[0.5, 0.5]) }}'
    files = {"campaign.yaml": FILES["campaign.yaml"], "templates/bare/extra.html": extra}
    campaign, assets = load_pictured(tmp_path, Image.new("RGB", (90, 90), (200, 30, 30)), files)

    made = Renderer(campaign)(assets[CARD])

    assert made.content is not None, said(made)
    pixels = np.asarray(Image.open(io.BytesIO(made.content)).convert("RGB")).astype(int)
    red = np.argwhere((pixels[..., 0] > 150) & (pixels[..., 1] < 80))
    assert red.min(axis=0).tolist() == [10, 240]
    assert red.max(axis=0).tolist() == [49, 299]


def test_pages_without_a_picture_develop_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Image.Image:
        raise AssertionError("a picture was developed")

    monkeypatch.setattr(darkroom, "develop", refuse)
    campaign, assets = load_pictured(tmp_path, noise(40, 30), {"campaign.yaml": FILES["campaign.yaml"]})

    made = Renderer(campaign)(assets[CARD])

    assert made.content is not None, said(made)
    assert not any("brand/images" in name for name in made.inputs)


def test_the_picture_s_file_is_one_of_its_page_s_inputs(tmp_path: Path) -> None:
    _, made = made_of(tmp_path, noise(40, 30))

    assert "brand/images/harbour.jpg" in made.inputs


def test_the_same_page_is_the_same_each_time(tmp_path: Path) -> None:
    first, again = (made_of(tmp_path / name, noise(640, 400))[1] for name in ("a", "b"))

    assert (first.content, first.page) == (again.content, again.page)


@pytest.mark.parametrize(
    ("needed_px", "expected"), [(5000, 3840), (1940, 3840), (1920, 1920), (1925, 1920), (500, 960), (1, 15)]
)
def test_a_print_is_made_from_the_smallest_size_that_has_the_pixels(needed_px: float, expected: int) -> None:
    picture = real_campaign().brand.pictures["threshold"]

    assert width_for(picture, needed_px) == expected


def test_a_print_that_nobody_ordered_is_not_handed_out(tmp_path: Path) -> None:
    campaign, _ = load_pictured(tmp_path, noise(64, 64))
    room = Darkroom(campaign.brand.pictures)
    address = room.order(PictureOrder("harbour", 64, (0, 0, 64, 32), None))

    key = address.rpartition("/")[2]
    assert room.print("harbour", "0" * 24) is None
    assert room.print("another", key) is None
    assert Image.open(io.BytesIO(room.print("harbour", key) or b"")).size == (64, 32)


def shown() -> list[str]:
    """Return one asset of each channel that shows a picture, the widest left out."""
    found = (asset for asset in real_assets() if asset.picture and asset.spec.width < 2500)
    return sorted({asset.channel: asset.id for asset in found}.values())


def test_the_campaign_shows_pictures_where_they_are_worth_it() -> None:
    channels = {asset.channel for asset in real_assets() if asset.picture}

    assert channels == {
        "desktop-wallpaper",
        "desktop-wallpaper-2560",
        "desktop-wallpaper-3840",
        "fb-event-cover",
        "fb-group-cover",
        "lock-screen",
        "teams-background",
        "web-banner-1200x675",
        "zoom-background",
    }


@pytest.mark.each("asset_id", shown)
def test_what_the_campaign_shows_passes_the_proofs_without_a_word_about_the_picture(asset_id: str) -> None:
    asset = next(one for one in real_assets() if one.id == asset_id)

    made = Renderer(real_campaign())(asset)

    assert errors_of(asset, made) == []
    assert made.content is not None
    proof = prove(made.content, made.page, asset.spec, made.measured)
    assert not {"contrast", "image-resolution"} & {finding.code for finding in proof.findings}


def test_a_poster_with_a_picture_holds_number_address_and_a_code_that_is_read() -> None:
    asset = next(one for one in real_assets() if one.id == "staffordshire-police/worried/poster-a4/en-GB")
    campaign = real_campaign()
    posed = replace(asset, template="window", arrangement="portrait", picture="threshold")

    made = Renderer(campaign)(posed)

    assert errors_of(posed, made) == []
    assert made.content is not None
    with pdfium.PdfDocument(made.content) as document:
        page = document[0].render(scale=2).to_pil()
        words = document[0].get_textpage().get_text_bounded()
    assert [code.text for code in zxingcpp.read_barcodes(page)] == [asset.spec.link]
    assert "0808 1000 900" in words.replace("\N{NO-BREAK SPACE}", " ")
    assert "www.stopitnow.org.uk" in words


def test_the_small_campaign_without_a_choice_is_as_it_was(tmp_path: Path) -> None:
    files = {name: text for name, text in pictured().items() if name == "brand/brand.yaml"}
    (tmp_path / "brand/images").mkdir(parents=True)
    (tmp_path / "brand/images/harbour.jpg").write_bytes(jpeg(noise(8, 8)))
    campaign, assets = load_tiny(tmp_path, files)

    assert assets[CARD].picture is None
    assert Renderer(campaign)(assets[CARD]).content is not None
