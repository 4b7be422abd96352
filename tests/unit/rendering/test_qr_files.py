"""QR codes as separate files: SVG, PNG and PDF. Each opens exactly its link."""

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
from assetgen.rendering.rendered_file import RenderedFile
from assetgen.rendering.renderer import Renderer
from tests.support.tiny_campaign import FILES, load_tiny

SVG = "{http://www.w3.org/2000/svg}"
LINK = "https://www.example.org/"


def make_code(
    root: Path, file_format: str, changes: dict[str, str] | None = None
) -> tuple[Asset, RenderedFile]:
    campaign, assets = load_tiny(root, changes)
    asset = assets[f"acme/qr/{file_format}"]
    return asset, Renderer(campaign)(asset)


def picture_of(rendered: RenderedFile, file_format: str) -> Image.Image:
    """Return the pixels of a code's file."""
    assert rendered.content is not None
    if file_format == "pdf":
        document = pdfium.PdfDocument(rendered.content)
        drawn = document[0].render(scale=4).to_pil().convert("RGB")
        document.close()
        return drawn
    if file_format == "svg":
        return picture_of_svg(ElementTree.fromstring(rendered.content))
    return Image.open(io.BytesIO(rendered.content)).convert("RGB")


def picture_of_svg(svg: ElementTree.Element) -> Image.Image:
    """Draw the rectangles of the code's path, with 8 px for each module."""
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
def test_each_format_of_a_code_opens_exactly_the_link(tmp_path: Path, file_format: str) -> None:
    _, rendered = make_code(tmp_path, file_format)

    (found,) = zxingcpp.read_barcodes(picture_of(rendered, file_format))

    assert (found.text, found.format) == (LINK, zxingcpp.BarcodeFormat.QRCode)


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_a_code_opens_the_tracked_link_of_the_plan(tmp_path: Path, file_format: str) -> None:
    tracked = {"partners/acme/partner.yaml": "name: Acme\ntracking: partner\n"}
    asset, rendered = make_code(tmp_path, file_format, tracked)

    (found,) = zxingcpp.read_barcodes(picture_of(rendered, file_format))

    assert asset.code is not None
    assert found.text == asset.code.link
    assert found.text.startswith(f"{LINK}?r=")


@pytest.mark.parametrize("file_format", ["png", "pdf"])
def test_the_quiet_zone_of_four_modules_is_white(tmp_path: Path, file_format: str) -> None:
    asset, rendered = make_code(tmp_path, file_format)
    picture = picture_of(rendered, file_format)

    assert asset.code is not None
    modules = len(asset.code.rows) + 8
    quiet = int(4 * picture.width / modules) - 1
    middle = picture.crop((quiet + 2, quiet + 2, picture.width - quiet - 2, picture.height - quiet - 2))
    picture.paste((255, 255, 255), (quiet, quiet, picture.width - quiet, picture.height - quiet))
    assert picture.getcolors() == [(picture.width * picture.height, (255, 255, 255))]
    assert len(middle.getcolors(10_000) or ()) > 1


def test_a_png_code_has_two_colours_and_its_specified_size(tmp_path: Path) -> None:
    asset, rendered = make_code(tmp_path, "png")
    picture = Image.open(io.BytesIO(rendered.content or b""))
    colours: list[tuple[int, Any]] = list(picture.convert("RGB").getcolors() or ())

    assert list(picture.size) == [asset.spec.width, asset.spec.height]
    assert {colour for _, colour in colours} == {
        (255, 255, 255),
        (16, 38, 44),
    }
    assert picture.info["icc_profile"] == srgb_profile()
    assert rendered.pixel_sha256


def test_the_picture_shows_every_module_of_the_code(tmp_path: Path) -> None:
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


def test_an_svg_code_has_its_specified_size_and_a_title(tmp_path: Path) -> None:
    asset, rendered = make_code(tmp_path, "svg")
    svg = ElementTree.fromstring(rendered.content or b"")

    assert asset.code is not None
    assert svg.attrib["width"] == svg.attrib["height"] == f"{asset.spec.width:g}mm"
    assert svg.findtext(f"{SVG}title") == asset.spec.alt
    assert svg.findall(f"{SVG}path")[1].attrib["d"] == code_path(asset.code)
    assert rendered.pixel_sha256 is None


def test_a_pdf_code_is_one_page_without_text_or_images(tmp_path: Path) -> None:
    asset, rendered = make_code(tmp_path, "pdf")

    document = pdfium.PdfDocument(rendered.content or b"")
    pages, size = len(document), document[0].get_size()
    kinds = {thing.type for thing in document[0].get_objects()}
    document.close()
    assert pages == 1
    assert size == pytest.approx((asset.spec.width * 72 / 25.4,) * 2, abs=0.01)
    assert pdfium.raw.FPDF_PAGEOBJ_TEXT not in kinds
    assert pdfium.raw.FPDF_PAGEOBJ_IMAGE not in kinds


@pytest.mark.parametrize("file_format", ["svg", "png", "pdf"])
def test_a_code_file_has_the_same_bytes_in_any_folder(tmp_path: Path, file_format: str) -> None:
    _, one = make_code(tmp_path / "one", file_format)
    _, other = make_code(tmp_path / "a different folder", file_format)

    assert one.content == other.content


def test_special_characters_in_a_name_are_escaped_in_an_svg(tmp_path: Path) -> None:
    brand = FILES["brand/brand.yaml"].replace("name: Open Door Line", 'name: "Open <Door> & \\"Line\\""')

    asset, rendered = make_code(tmp_path, "svg", {"brand/brand.yaml": brand})

    assert ElementTree.fromstring(rendered.content or b"").findtext(f"{SVG}title") == asset.spec.alt
