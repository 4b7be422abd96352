"""The ink of a logo: cropping to it, its coverage, its rim, and the background of the file."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import weasyprint
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from assetgen.findings import NO_PLACE
from assetgen.loading.artwork.logos import MIN_ALPHA, crop_to_ink, find_background, measure_ink, read_logo
from assetgen.loading.model import Ink, Logo
from assetgen.schema.partner_file import LogoFile
from tests.support.logo_files import SHAPE, SHARED_DEFS, VALID_TREES, svg_file

FIXTURES = Path(__file__).parents[2] / "fixtures" / "logos"
RULES = LogoFile(file="logo.svg", alt="Acme")
LOGOS = ["harbour.svg", "lantern.svg", "meadow.svg"]


def from_svg(inside: str, attributes: str = 'viewBox="0 0 100 100"') -> Logo:
    return crop_to_ink(read_logo(svg_file(inside, attributes), "logo.svg", RULES, NO_PLACE))


def from_png(picture: Image.Image) -> Logo:
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    return crop_to_ink(read_logo(encoded.getvalue(), "logo.png", RULES, NO_PLACE))


def alpha_drawn_by_weasyprint(logo: Logo, side_px: int = 200) -> np.ndarray:
    """Return the alpha of a logo as WeasyPrint and PDFium draw it. Its longer side is ``side_px``."""
    import pypdfium2

    scale = side_px / max(logo.width, logo.height)
    width, height = max(1, round(logo.width * scale)), max(1, round(logo.height * scale))
    page = (
        f"<style>@page{{size:{width}px {height}px;margin:0}}body{{margin:0}}img{{display:block;width:{width}px;"
        f"height:{height}px}}</style><img src='http://logo.invalid/x.svg' alt='x'>"
    )

    class LogoFetcher(weasyprint.urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> object:
            return weasyprint.urls.URLFetcherResponse(url, logo.content, {"Content-Type": logo.mime})

    pdf = weasyprint.HTML(string=page, url_fetcher=LogoFetcher()).write_pdf()
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[0].render(scale=96 / 72, fill_color=(0, 0, 0, 0))
        return bitmap.to_numpy()[:, :, 3].astype(int)
    finally:
        document.close()


@pytest.mark.parametrize("name", LOGOS)
def test_cropping_a_real_logo_leaves_only_the_ink_that_weasyprint_draws(name: str) -> None:
    logo = read_logo((FIXTURES / name).read_bytes(), name, RULES, NO_PLACE)

    cropped = crop_to_ink(logo)

    is_ink = alpha_drawn_by_weasyprint(cropped) > 24
    height, width = is_ink.shape
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    assert max(rows[0], height - 1 - rows[-1], columns[0], width - 1 - columns[-1]) <= 4
    before = (alpha_drawn_by_weasyprint(logo, 400) / 255).sum() / 400**2 * max(logo.width, logo.height) ** 2
    after = (
        (alpha_drawn_by_weasyprint(cropped, 400) / 255).sum()
        / 400**2
        * max(cropped.width, cropped.height) ** 2
    )
    assert after == pytest.approx(before, rel=0.03), "cropping removed ink"
    assert cropped.ink.coverage == pytest.approx(after / (cropped.width * cropped.height), abs=0.03)


def visible_ink_area(logo: Logo) -> float:
    """Return the area of a logo's ink in its own units, without pixels too faint to count as ink."""
    alpha = alpha_drawn_by_weasyprint(logo, 400)
    return float((alpha[alpha >= MIN_ALPHA] / 255).sum() / 400**2 * max(logo.width, logo.height) ** 2)


@given(st.lists(VALID_TREES, min_size=1, max_size=3))
@settings(max_examples=80)
def test_cropping_never_removes_visible_ink(trees: list[ElementTree.Element]) -> None:
    inside = b"".join(map(ElementTree.tostring, trees)).decode()
    logo = read_logo(
        svg_file(SHARED_DEFS + inside + SHAPE, 'viewBox="0 0 50 50"'), "logo.svg", RULES, NO_PLACE
    )

    cropped = crop_to_ink(logo)

    unit = (logo.width / 50) ** 2
    assert visible_ink_area(cropped) >= 0.96 * visible_ink_area(logo) - unit
    again = read_logo(cropped.content, "logo.svg", RULES, NO_PLACE)
    assert again.content == cropped.content
    assert crop_to_ink(again).content == cropped.content


def test_the_empty_margins_of_an_svg_are_cropped() -> None:
    logo = from_svg('<rect x="20" y="40" width="60" height="20"/>')

    assert logo.ratio == pytest.approx(3, rel=0.03)
    assert logo.ink.coverage == pytest.approx(1, abs=0.05)


def test_a_small_shape_in_a_large_empty_view_is_cropped_exactly() -> None:
    logo = from_svg('<circle cx="900" cy="30" r="2"/>', 'viewBox="0 0 1000 1000"')

    assert logo.ratio == pytest.approx(1, rel=0.03)
    assert logo.width == pytest.approx(4, rel=0.05)


def test_a_drawing_with_percentage_lengths_is_measured_but_not_cropped() -> None:
    logo = from_svg('<rect x="25%" y="25%" width="50%" height="50%"/>')

    assert (logo.width, logo.height) == (100, 100)
    assert logo.ink.coverage == pytest.approx(1, abs=0.05)


def test_a_ring_has_less_coverage_than_a_disc() -> None:
    ring = from_svg('<circle cx="50" cy="50" r="40" fill="none" stroke="#123456" stroke-width="4"/>')
    disc = from_svg('<circle cx="50" cy="50" r="40" fill="#123456"/>')

    assert disc.ink.coverage == pytest.approx(np.pi / 4, abs=0.02)
    assert ring.ink.coverage < disc.ink.coverage / 3


def test_the_rim_is_measured_at_the_outer_edge_of_the_ink() -> None:
    logo = from_svg('<circle cx="50" cy="50" r="40" stroke="#fff" stroke-width="6" fill="#000"/>')

    assert min(logo.ink.rim_luminances) > 0.9


def test_clipped_parts_do_not_count_as_ink() -> None:
    inside = '<clipPath id="c"><rect x="10" y="10" width="20" height="40"/></clipPath>'
    logo = from_svg(inside + '<rect width="100" height="100" clip-path="url(#c)"/>')

    assert logo.ratio == pytest.approx(0.5, rel=0.05)


def test_a_logo_without_visible_ink_is_not_cropped() -> None:
    logo = from_svg('<rect width="50" height="50" opacity="0"/>')

    assert (logo.width, logo.ink) == (100, Ink())


def test_a_transparent_png_is_cropped_and_stays_transparent() -> None:
    picture = Image.new("RGBA", (200, 100))
    ImageDraw.Draw(picture).ellipse((80, 20, 119, 59), fill=(10, 90, 60, 255))

    logo = from_png(picture)

    assert (logo.width, logo.height) == (40, 40)
    assert logo.ink.background is None
    with Image.open(io.BytesIO(logo.content)) as cropped:
        assert (cropped.mode, cropped.size) == ("RGBA", (40, 40))


def test_the_white_background_of_a_png_is_found_and_cropped() -> None:
    picture = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(picture).rectangle((50, 50, 199, 99), fill=(20, 30, 120))

    logo = from_png(picture)

    assert (logo.width, logo.height, logo.ink.background) == (150, 50, None)
    assert find_background(np.asarray(picture.convert("RGBA"))) == (255, 255, 255)


def test_a_background_around_round_ink_is_recorded_after_cropping() -> None:
    picture = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(picture).ellipse((50, 50, 199, 149), fill=(20, 30, 120))

    assert from_png(picture).ink.background == "#FFFFFF"


def test_a_coloured_box_counts_as_ink_and_not_as_background() -> None:
    picture = Image.new("RGB", (300, 120), (0, 60, 140))
    ImageDraw.Draw(picture).rectangle((40, 40, 260, 80), fill="white")

    logo = from_png(picture)

    assert (logo.width, logo.ink.background) == (300, None)
    assert logo.ink.coverage == 1


@pytest.mark.thorough
@given(st.integers(1, 40), st.integers(1, 40), st.data())
@settings(max_examples=150)
def test_any_png_has_valid_ink_measurements_and_is_cropped_only_once(
    width: int, height: int, data: st.DataObject
) -> None:
    values = data.draw(st.binary(min_size=width * height * 4, max_size=width * height * 4))
    pixels = np.frombuffer(values, np.uint8).reshape(height, width, 4)
    if pixels[:, :, 3].max() == 0:
        return

    logo = from_png(Image.fromarray(pixels))

    assert 0 < logo.width <= width and 0 < logo.height <= height
    assert 0 < logo.ink.coverage <= 1
    assert list(logo.ink.rim_luminances) == sorted(logo.ink.rim_luminances)
    assert crop_to_ink(logo).content == logo.content


def test_coverage_is_the_painted_share_of_the_picture() -> None:
    pixels = np.zeros((10, 10, 4), np.uint8)
    pixels[:, :5] = (255, 255, 255, 255)

    assert measure_ink(pixels, None).coverage == pytest.approx(0.5)
