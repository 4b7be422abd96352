"""QR codes as files of their own: SVG, PNG and PDF, each opening exactly its link."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdfium2 as pdfium
import pytest
import zxingcpp
from PIL import Image

from assetgen.planning.asset import Asset
from assetgen.rendering.html.markup import code_path, code_picture
from assetgen.rendering.images.raster import srgb_profile
from assetgen.rendering.rendered_file import Made
from assetgen.rendering.renderer import Renderer
from tests.support.tiny import FILES, load_tiny

SVG = "{http://www.w3.org/2000/svg}"
LINK = "https://www.example.org/"


def make_code(root: Path, file_format: str, changes: dict[str, str] | None = None) -> tuple[Asset, Made]:
    campaign, assets = load_tiny(root, changes)
    asset = assets[f"acme/qr/{file_format}"]
    return asset, Renderer(campaign)(asset)


def picture_of(made: Made, file_format: str) -> Image.Image:
    """Return a code's file as pixels."""
    assert made.content is not None
    if file_format == "pdf":
        document = pdfium.PdfDocument(made.content)
        drawn = document[0].render(scale=4).to_pil().convert("RGB")
        document.close()
        return drawn
    if file_format == "svg":
        return picture_of_svg(ElementTree.fromstring(made.content))
    return Image.open(io.BytesIO(made.content)).convert("RGB")


def picture_of_svg(svg: ElementTree.Element) -> Image.Image:
    """Draw the rectangles that the code's path is made of, 8 px a module."""
    side = int(svg.attrib["viewBox"].split()[2])
    picture = Image.new("RGB", (side * 8, side * 8), "#fff")
    steps = svg.findall(f"{SVG}path")[1].attrib["d"].split("M")[1:]
    for step in steps:
        x, rest = step.split(" ")
        y, size = rest.split("h", 1)
        width, height = (int(side) for side in size.split("h-")[0].split("v"))
        picture.paste((0, 0, 0), (int(x) * 8, int(y) * 8, (int(x) + width) * 8, (int(y) + height) * 8))
    return picture


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_each_form_opens_exactly_the_link(tmp_path: Path, file_format: str) -> None:
    _, made = make_code(tmp_path, file_format)

    (found,) = zxingcpp.read_barcodes(picture_of(made, file_format))

    assert (found.text, found.format) == (LINK, zxingcpp.BarcodeFormat.QRCode)


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_a_tracked_link_is_the_one_that_the_plan_gave(tmp_path: Path, file_format: str) -> None:
    tracked = {"partners/acme/partner.yaml": "name: Acme\ntracking: partner\n"}
    asset, made = make_code(tmp_path, file_format, tracked)

    (found,) = zxingcpp.read_barcodes(picture_of(made, file_format))

    assert asset.code is not None
    assert found.text == asset.code.link
    assert found.text.startswith(f"{LINK}?r=")


@pytest.mark.parametrize("file_format", ["png", "pdf"])
def test_the_quiet_zone_of_four_modules_is_white(tmp_path: Path, file_format: str) -> None:
    asset, made = make_code(tmp_path, file_format)
    picture = picture_of(made, file_format)

    assert asset.code is not None
    modules = len(asset.code.rows) + 8
    quiet = int(4 * picture.width / modules) - 1
    middle = picture.crop((quiet + 2, quiet + 2, picture.width - quiet - 2, picture.height - quiet - 2))
    picture.paste((255, 255, 255), (quiet, quiet, picture.width - quiet, picture.height - quiet))
    assert picture.getcolors() == [(picture.width * picture.height, (255, 255, 255))]
    assert len(middle.getcolors(10_000) or ()) > 1


def test_a_png_has_whole_modules_of_two_colours_and_the_size_of_its_spec(tmp_path: Path) -> None:
    asset, made = make_code(tmp_path, "png")
    picture = Image.open(io.BytesIO(made.content or b""))
    colours: list[tuple[int, Any]] = list(picture.convert("RGB").getcolors() or ())

    assert list(picture.size) == [asset.spec.width, asset.spec.height]
    assert {colour for _, colour in colours} == {
        (255, 255, 255),
        (16, 38, 44),
    }
    assert picture.info["icc_profile"] == srgb_profile()
    assert made.pixel_sha256


def test_every_module_of_the_picture_is_that_of_the_code(tmp_path: Path) -> None:
    asset, _ = make_code(tmp_path, "png")
    code = asset.code
    assert code is not None
    picture = code_picture(asset, code).resize((len(code.rows) + 8,) * 2, Image.Resampling.BOX)

    rows = tuple(
        "".join(
            "1" if picture.getpixel((x + 4, y + 4)) == (16, 38, 44) else "0" for x in range(len(code.rows))
        )
        for y in range(len(code.rows))
    )
    assert rows == code.rows


def test_an_svg_is_as_large_as_its_spec_says_and_says_what_it_is(tmp_path: Path) -> None:
    asset, made = make_code(tmp_path, "svg")
    svg = ElementTree.fromstring(made.content or b"")

    assert asset.code is not None
    assert svg.attrib["width"] == svg.attrib["height"] == f"{asset.spec.width:g}mm"
    assert svg.findtext(f"{SVG}title") == asset.spec.alt
    assert svg.findall(f"{SVG}path")[1].attrib["d"] == code_path(asset.code)
    assert made.pixel_sha256 is None


def test_a_pdf_is_one_page_of_the_spec_s_size_without_fonts(tmp_path: Path) -> None:
    asset, made = make_code(tmp_path, "pdf")

    document = pdfium.PdfDocument(made.content or b"")
    pages, size = len(document), document[0].get_size()
    kinds = {thing.type for thing in document[0].get_objects()}
    document.close()
    assert pages == 1
    assert size == pytest.approx((asset.spec.width * 72 / 25.4,) * 2, abs=0.01)
    assert pdfium.raw.FPDF_PAGEOBJ_TEXT not in kinds
    assert pdfium.raw.FPDF_PAGEOBJ_IMAGE not in kinds


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_the_same_code_has_the_same_bytes_in_any_folder(tmp_path: Path, file_format: str) -> None:
    _, one = make_code(tmp_path / "one", file_format)
    _, other = make_code(tmp_path / "another folder", file_format)

    assert one.content == other.content


def test_a_name_with_signs_does_no_harm_in_an_svg(tmp_path: Path) -> None:
    brand = FILES["brand/brand.yaml"].replace("name: Open Door Line", 'name: "Open <Door> & \\"Line\\""')

    asset, made = make_code(tmp_path, "svg", {"brand/brand.yaml": brand})

    assert ElementTree.fromstring(made.content or b"").findtext(f"{SVG}title") == asset.spec.alt
