"""Finished pages with a picture: copy keeps its contrast on any photograph, and QR codes stay readable."""

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
from assetgen.preflight.checks import check_file
from assetgen.rendering.images import brand_pictures
from assetgen.rendering.images.brand_pictures import PictureCache, PictureCrop, width_for
from assetgen.rendering.images.raster import rasterise
from assetgen.rendering.rendered_file import RenderedFile
from assetgen.rendering.renderer import Renderer
from tests.support.photographs import jpeg, jpeg_with_orientation, noise, red_and_blue_halves
from tests.support.picture_campaign import MARKUP, load_picture_campaign, picture_campaign_files
from tests.support.raw_file_parts import jpeg_parts
from tests.support.tiny_campaign import (
    CARD_ID,
    FILES,
    SHEET_ID,
    finding_texts,
    load_tiny,
    real_assets,
    real_campaign,
)
from tests.support.wording import Wording

PAPER, INK = "#FBF6EE", "#10262C"


def render_with_picture(
    root: Path, picture: Image.Image | bytes, asset_id: str = CARD_ID, **changes: str
) -> tuple[Asset, RenderedFile]:
    """Render one asset of the small campaign with a picture; ``extra`` is markup for the end of its page."""
    files = {"templates/bare/extra.html": changes["extra"]} if "extra" in changes else None
    campaign, assets = load_picture_campaign(root, picture, files)
    return assets[asset_id], Renderer(campaign)(assets[asset_id])


def preflight_errors(asset: Asset, rendered: RenderedFile) -> list[str]:
    """Return the errors that the preflight checks find in a rendered file."""
    assert rendered.content is not None, finding_texts(rendered)
    result = check_file(rendered.content, rendered.page, asset.spec, rendered.measured)
    return [finding.as_text() for finding in result.findings if finding.is_error]


def photograph(seed: int, block: int, bright: bool) -> Image.Image:
    """Return a picture on which copy is hard to read: blocks of all colours, or of bright ones only."""
    small = noise(-(-480 // block), -(-320 // block), seed)
    enlarged = small.resize((480, 320), Image.Resampling.NEAREST)
    return enlarged.point(lambda value: 155 + value * 100 // 255) if bright else enlarged


@settings(
    max_examples=12,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 999), block=st.sampled_from([1, 7, 40, 160]), bright=st.booleans())
def test_copy_on_any_photograph_passes_the_preflight_checks(
    seed: int, block: int, bright: bool, tmp_path: Path
) -> None:
    asset, rendered = render_with_picture(tmp_path, photograph(seed, block, bright))

    assert preflight_errors(asset, rendered) == []


@pytest.mark.parametrize(
    "colour",
    [(255, 255, 255), (250, 220, 60), (120, 120, 120), (251, 246, 238)],
    ids=["white", "yellow", "grey", "colour of the copy"],
)
def test_copy_on_a_picture_has_a_contrast_of_at_least_4_5(
    colour: tuple[int, int, int], tmp_path: Path
) -> None:
    asset, rendered = render_with_picture(tmp_path, Image.new("RGB", (640, 400), colour))
    assert rendered.content is not None
    regions = check_file(rendered.content, rendered.page, asset.spec, rendered.measured).regions

    pixels = np.asarray(Image.open(io.BytesIO(rendered.content)).convert("RGB")).astype(float)
    for region in regions:
        x, y, width, height = (round(value) for value in region.box)
        light = luminances(pixels[y : y + height, x : x + width]).ravel()
        # The darkest fifth of a region is its background; the letters have the colour of paper.
        background = np.sort(light)[: len(light) // 5]
        assert contrasts(background, np.array(relative_luminance(PAPER))).min() >= 4.5
    assert {region.role for region in regions} >= {"headline", "number"}


def test_the_focus_of_a_picture_is_at_its_position_in_the_layout(tmp_path: Path) -> None:
    picture = Image.new("RGB", (640, 640), (16, 38, 44))
    picture.paste((255, 0, 0), (448 - 12, 256 - 12, 448 + 12, 256 + 12))

    _, rendered = render_with_picture(tmp_path, picture)

    assert rendered.content is not None
    pixels = np.asarray(Image.open(io.BytesIO(rendered.content)).convert("RGB")).astype(int)
    rows, columns = np.nonzero((pixels[..., 0] > 150) & (pixels[..., 1] < 60))
    # The picture is as wide as its box, so the focus stays at 0.7 across; down it is in the middle, as asked.
    assert columns.mean() / 320 == pytest.approx(0.7, abs=0.01)
    assert rows.mean() / 180 == pytest.approx(0.5, abs=0.01)


def test_a_picture_fills_the_page_to_every_edge(tmp_path: Path) -> None:
    asset, rendered = render_with_picture(tmp_path, Image.new("RGB", (300, 700), (200, 30, 30)), SHEET_ID)

    assert rendered.content is not None
    page = rasterise(rendered.content, 326, 193).astype(int)
    rim = np.concatenate([page[0], page[-1], page[:, 0], page[:, -1]])
    assert asset.spec.bleed_mm == 3
    assert (rim.max(axis=1) < 215).all(), "no white edge is visible"
    assert (rim[:, 0] > rim[:, 1]).all(), "the red of the picture, darker under copy"


def test_a_page_embeds_only_the_visible_part_at_its_own_resolution(tmp_path: Path) -> None:
    _, rendered = render_with_picture(tmp_path, noise(2576, 1600))

    assert rendered.page is not None
    (width, height), part = embedded(rendered.page)
    # The card is 320 × 180 px: the picture at a width of 644 px has more pixels than it can show.
    assert 320 <= width <= 324
    assert 180 <= height <= 184
    assert {one.name for one in jpeg_parts(part)} <= {"jfif", "db", "c0", "c4", "da"}


def test_a_press_file_has_no_transparency_over_a_picture(tmp_path: Path) -> None:
    _, rendered = render_with_picture(tmp_path, noise(400, 300), SHEET_ID)

    assert rendered.content is not None
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
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


def test_a_pdf_contains_the_alt_text_of_its_picture(tmp_path: Path) -> None:
    _, rendered = render_with_picture(tmp_path, noise(1200, 800), SHEET_ID)

    assert rendered.content is not None
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
        alt_texts = {
            str(one["/Alt"])
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure" and "/Alt" in one
        }
    assert alt_texts == {"A harbour"}


def test_a_camera_picture_is_turned_upright_and_loses_its_metadata(tmp_path: Path) -> None:
    _, rendered = render_with_picture(tmp_path, jpeg_with_orientation(red_and_blue_halves(80, 40), 6))

    assert rendered.content is not None
    assert b"A. Person" not in rendered.content
    assert b"taken at home" not in rendered.content
    assert rendered.page is not None
    assert b"A. Person" not in embedded(rendered.page)[1]
    corner = Image.open(io.BytesIO(rendered.content)).convert("RGB").getpixel((316, 4))
    assert isinstance(corner, tuple)
    assert corner[0] > corner[2], "red is at the top, as in the photograph"


@pytest.mark.parametrize(
    ("width", "severity"), [(1400, None), (600, Severity.WARNING), (120, Severity.ERROR)]
)
def test_a_picture_with_too_few_pixels_is_reported(
    width: int, severity: Severity | None, tmp_path: Path
) -> None:
    asset, rendered = render_with_picture(tmp_path, red_and_blue_halves(width, width), SHEET_ID)
    assert rendered.content is not None

    findings = check_file(rendered.content, None, asset.spec, rendered.measured).findings

    reported = [(one.severity, one.text) for one in findings if one.code == "image-resolution"]
    assert [one for one, _ in reported] == ([severity] if severity else [])
    assert all(str(asset.spec.ppi) in text for _, text in reported)


def test_an_enlarged_picture_on_a_screen_asset_is_reported(tmp_path: Path, wording: Wording) -> None:
    asset, rendered = render_with_picture(tmp_path, Image.new("RGB", (160, 160), (20, 40, 50)))
    assert rendered.content is not None

    findings = check_file(rendered.content, rendered.page, asset.spec, rendered.measured).findings

    (reported,) = [one for one in findings if one.code == "image-resolution"]
    assert reported.severity is Severity.WARNING
    assert "2.0" in reported.text
    assert wording == reported.text


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ('{{ place_picture(palette.ink, {}, name="harbor") }}', "template"),
        ("{{ place_picture(palette.ink, {}) }}", "template"),
        ('<img src="http://pictures.invalid/harbour/1200" alt="">', "blocked-read"),
    ],
    ids=["misspelt picture name", "no colours of copy", "address outside the campaign"],
)
def test_a_wrong_picture_in_the_markup_is_reported(
    extra: str, code: str, tmp_path: Path, wording: Wording
) -> None:
    _, rendered = render_with_picture(tmp_path, noise(400, 300), extra=extra)

    assert rendered.content is None
    assert code in {one.code for one in rendered.findings}, finding_texts(rendered)
    assert wording == finding_texts(rendered)


def test_a_chosen_picture_that_is_never_placed_is_reported(tmp_path: Path, wording: Wording) -> None:
    markup = MARKUP.replace(
        '{{ place_picture(palette.ink, {"headline": palette.paper, "number": palette.paper}) }}', ""
    )
    campaign, assets = load_picture_campaign(
        tmp_path, noise(40, 30), {"templates/bare/template.html": markup}
    )

    (reported,) = finding_texts(Renderer(campaign)(assets[CARD_ID]))

    assert "place_picture(scrim_colour, colours)" in reported and "[template]" in reported
    assert wording == reported


def test_a_picture_chosen_by_name_fills_its_box(tmp_path: Path) -> None:
    extra = '{{ place_picture(palette.ink, {}, name="harbour", box=[240, 10, 60, 40], at=[0.5, 0.5]) }}'
    files = {"campaign.yaml": FILES["campaign.yaml"], "templates/bare/extra.html": extra}
    campaign, assets = load_picture_campaign(tmp_path, Image.new("RGB", (90, 90), (200, 30, 30)), files)

    rendered = Renderer(campaign)(assets[CARD_ID])

    assert rendered.content is not None, finding_texts(rendered)
    pixels = np.asarray(Image.open(io.BytesIO(rendered.content)).convert("RGB")).astype(int)
    red = np.argwhere((pixels[..., 0] > 150) & (pixels[..., 1] < 80))
    assert red.min(axis=0).tolist() == [10, 240]
    assert red.max(axis=0).tolist() == [49, 299]


def test_a_page_without_a_picture_decodes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Image.Image:
        raise AssertionError("a picture was decoded")

    monkeypatch.setattr(brand_pictures, "decode_picture", refuse)
    campaign, assets = load_picture_campaign(
        tmp_path, noise(40, 30), {"campaign.yaml": FILES["campaign.yaml"]}
    )

    rendered = Renderer(campaign)(assets[CARD_ID])

    assert rendered.content is not None, finding_texts(rendered)
    assert not any("brand/images" in name for name in rendered.inputs)


def test_the_picture_file_is_an_input_of_its_page(tmp_path: Path) -> None:
    _, rendered = render_with_picture(tmp_path, noise(40, 30))

    assert "brand/images/harbour.jpg" in rendered.inputs


def test_rendering_a_page_twice_gives_equal_bytes(tmp_path: Path) -> None:
    first, second = (render_with_picture(tmp_path / name, noise(640, 400))[1] for name in ("a", "b"))

    assert (first.content, first.page) == (second.content, second.page)


@pytest.mark.parametrize(
    ("needed_px", "expected"), [(5000, 3840), (1940, 3840), (1920, 1920), (1925, 1920), (500, 960), (1, 15)]
)
def test_the_smallest_width_with_enough_pixels_is_decoded(needed_px: float, expected: int) -> None:
    picture = real_campaign().brand.pictures["threshold"]

    assert width_for(picture, needed_px) == expected


def test_the_picture_cache_returns_only_registered_crops(tmp_path: Path) -> None:
    campaign, _ = load_picture_campaign(tmp_path, noise(64, 64))
    cache = PictureCache(campaign.brand.pictures)
    url = cache.register_crop(PictureCrop("harbour", 64, (0, 0, 64, 32), None))

    key = url.rpartition("/")[2]
    assert cache.crop_jpeg("harbour", "0" * 24) is None
    assert cache.crop_jpeg("other", key) is None
    assert Image.open(io.BytesIO(cache.crop_jpeg("harbour", key) or b"")).size == (64, 32)


def assets_with_pictures() -> list[str]:
    """Return one asset of each channel that shows a picture, except the widest ones."""
    found = (asset for asset in real_assets() if asset.picture and asset.spec.width < 2500)
    return sorted({asset.channel: asset.id for asset in found}.values())


def test_the_campaign_uses_pictures_in_wallpapers_covers_and_backgrounds() -> None:
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


@pytest.mark.each("asset_id", assets_with_pictures)
def test_pictures_of_the_campaign_pass_the_preflight_checks(asset_id: str) -> None:
    asset = next(one for one in real_assets() if one.id == asset_id)

    rendered = Renderer(real_campaign())(asset)

    assert preflight_errors(asset, rendered) == []
    assert rendered.content is not None
    result = check_file(rendered.content, rendered.page, asset.spec, rendered.measured)
    assert not {"contrast", "image-resolution"} & {finding.code for finding in result.findings}


def test_a_poster_with_a_picture_has_facts_and_a_readable_code() -> None:
    asset = next(one for one in real_assets() if one.id == "staffordshire-police/worried/poster-a4/en-GB")
    campaign = real_campaign()
    with_picture = replace(asset, template="window", layout_name="portrait", picture="threshold")

    rendered = Renderer(campaign)(with_picture)

    assert preflight_errors(with_picture, rendered) == []
    assert rendered.content is not None
    with pdfium.PdfDocument(rendered.content) as document:
        page = document[0].render(scale=2).to_pil()
        page_text = document[0].get_textpage().get_text_bounded()
    assert [code.text for code in zxingcpp.read_barcodes(page)] == [asset.spec.link]
    assert "0808 1000 900" in page_text.replace("\N{NO-BREAK SPACE}", " ")
    assert "www.stopitnow.org.uk" in page_text


def test_a_picture_that_is_not_chosen_is_not_used(tmp_path: Path) -> None:
    files = {name: text for name, text in picture_campaign_files().items() if name == "brand/brand.yaml"}
    (tmp_path / "brand/images").mkdir(parents=True)
    (tmp_path / "brand/images/harbour.jpg").write_bytes(jpeg(noise(8, 8)))
    campaign, assets = load_tiny(tmp_path, files)

    assert assets[CARD_ID].picture is None
    assert Renderer(campaign)(assets[CARD_ID]).content is not None
