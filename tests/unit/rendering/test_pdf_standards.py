"""Press files: only CMYK inks, page boxes, output condition and PDF standard; and the office and mono variants."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import pdfa
from PIL import Image

from assetgen.loading.campaign import load_campaign
from assetgen.loading.ink_conversion import BLACK, Separator
from assetgen.loading.printers import built_in_conditions
from assetgen.rendering.prepress.cmyk import InkTable, mix_ink_values, text_inks
from assetgen.rendering.rendered_file import RenderedFile
from assetgen.rendering.renderer import Renderer
from tests.support.example_campaign import (
    BRAND_FILE,
    PARTNER,
    PARTNER_FILE,
    campaign_errors,
    replace_in_file,
    write_campaign_file,
)
from tests.support.press_campaigns import asset_of, render_press_asset, variant_of, write_press_campaign
from tests.support.wording import Wording

SHADED = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><defs><linearGradient id="a">
<stop offset="0" stop-color="#123456"/><stop offset="1" stop-color="#FEDCBA"/></linearGradient></defs>
<path d="M0 0H20V10H0Z" fill="url(#a)"/></svg>"""
FLAT = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M0 0H9V10H0Z" fill="#7A1F3D"/>
<path d="M10 0H20V10H10Z" fill="#101010"/></svg>"""


def open_pdf(rendered: RenderedFile) -> pikepdf.Pdf:
    assert rendered.content is not None, rendered.findings
    return pikepdf.open(io.BytesIO(rendered.content))


def colours_set(thing: Any) -> Iterator[tuple[str, tuple[float, ...], bool]]:
    """Yield each colour that a page or form sets: operator, values, and whether it is within text."""
    in_text = False
    for one in pikepdf.parse_content_stream(thing):
        name = str(one.operator)
        in_text = name == "BT" if name in ("BT", "ET") else in_text
        if name in ("rg", "RG", "g", "G", "k", "K"):
            yield name, tuple(float(value) for value in one.operands), in_text


def test_a_poster_is_pdf_x4_for_coated_paper(tmp_path: Path) -> None:
    pdf = open_pdf(render_press_asset(write_press_campaign(tmp_path, "poster-a4"), "poster-a4"))

    (intent,) = pdf.Root.OutputIntents
    assert pdf.pdf_version == "1.6"
    assert b"PDF/X-4" in pdf.Root.Metadata.read_bytes()
    assert (str(intent.OutputConditionIdentifier), str(intent.RegistryName)) == (
        "FOGRA39",
        "http://www.color.org",
    )
    profile = built_in_conditions()["coated"].profile
    assert profile is not None and intent.DestOutputProfile.read_bytes() == profile.content
    assert str(pdf.docinfo["/Trapped"]) == "/False"


def test_a_press_advert_is_pdf_x1a_without_object_streams_or_transparency(tmp_path: Path) -> None:
    rendered = render_press_asset(write_press_campaign(tmp_path, "press-25x4"), "press-25x4")
    pdf = open_pdf(rendered)

    assert (
        rendered.content is not None
        and rendered.content.startswith(b"%PDF-1.3")
        and b"/ObjStm" not in rendered.content
    )
    assert str(pdf.docinfo["/GTS_PDFXConformance"]) == "PDF/X-1a:2001"
    assert str(pdf.Root.OutputIntents[0].OutputConditionIdentifier) == "IFRA26"
    assert "/DestOutputProfile" not in pdf.Root.OutputIntents[0]
    things = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary | pikepdf.Stream)]
    assert not any(one.keys() & {"/Group", "/SMask", "/ca", "/CA"} for one in things)


@pytest.mark.parametrize("channel", ["poster-a4", "press-25x4", "beermat-square"])
def test_a_press_page_uses_only_cmyk_and_text_at_most_two_inks(tmp_path: Path, channel: str) -> None:
    pdf = open_pdf(render_press_asset(write_press_campaign(tmp_path, channel), channel))

    colours = list(colours_set(pdf.pages[0]))
    assert colours and {name for name, _, _ in colours} <= {"k", "K"}
    assert all(sum(ink > 0 for ink in inks) <= 2 for _, inks, in_text in colours if in_text)
    spaces = {
        str(thing.ColorSpace)
        for thing in pdf.objects
        if isinstance(thing, pikepdf.Dictionary) and "/ColorSpace" in thing and "/ShadingType" in thing
    }
    assert spaces <= {"/DeviceCMYK"}


def test_page_boxes_match_the_channel_with_equal_bleed(tmp_path: Path) -> None:
    pdf = open_pdf(render_press_asset(write_press_campaign(tmp_path, "poster-a4"), "poster-a4"))
    page = pdf.pages[0].obj

    trim, bleed = ([float(side) * 25.4 / 72 for side in page[name]] for name in ("/TrimBox", "/BleedBox"))
    assert [trim[2] - trim[0], trim[3] - trim[1]] == pytest.approx([210, 297], abs=0.05)
    assert [a - b for a, b in zip(trim, bleed, strict=True)] == pytest.approx([3, 3, -3, -3], abs=0.01)
    assert page.MediaBox == page.BleedBox


def test_rendering_a_press_file_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    root = write_press_campaign(tmp_path, "poster-a4")

    assert render_press_asset(root, "poster-a4").content == render_press_asset(root, "poster-a4").content


def test_a_logo_is_printed_in_the_inks_that_its_owner_states(tmp_path: Path) -> None:
    keys = 'logo: {file: logo.svg, alt: Council, inks: {"#7A1F3D": [30, 100, 40, 30]}}'
    pdf = open_pdf(
        render_press_asset(write_press_campaign(tmp_path, "poster-a4", keys, logo_svg=FLAT), "poster-a4")
    )

    inks = {values for _, values, _ in colours_set(pdf.pages[0])}
    assert (0.3, 1.0, 0.4, 0.3) in inks


def test_inks_for_a_colour_that_the_logo_lacks_are_an_error(tmp_path: Path, wording: Wording) -> None:
    keys = 'logo: {file: logo.svg, alt: Council, inks: {"#7A1F3E": [30, 100, 40, 30]}}'

    (error,) = campaign_errors(write_press_campaign(tmp_path, "poster-a4", keys, logo_svg=FLAT))

    assert error.startswith(f"{PARTNER_FILE}:") and "[bad-value]" in error
    assert wording == error


def test_a_logo_with_a_gradient_blocks_press_files_only(tmp_path: Path, wording: Wording) -> None:
    root = write_press_campaign(
        tmp_path, "poster-a4, ig-story", "logo: {file: logo.svg, alt: Council}", logo_svg=SHADED
    )

    (fault,) = asset_of(root, "poster-a4").faults
    assert fault.as_text().startswith(f"{PARTNER_FILE}:5:")
    assert wording == [fault.text, fault.hint]
    assert asset_of(root, "ig-story").faults == ()


def test_a_missing_icc_profile_blocks_only_the_files_that_need_it(tmp_path: Path, wording: Wording) -> None:
    root = write_press_campaign(tmp_path, "poster-a4, press-25x4")
    replace_in_file(
        root, BRAND_FILE, "facts:", "press: {coated: {condition: House 2026, profile: house.icc}}\nfacts:"
    )

    (fault,) = asset_of(root, "poster-a4").faults
    assert fault.code == "machine"
    assert wording == fault.text
    assert asset_of(root, "press-25x4").faults == ()


def test_a_palette_colour_over_the_ink_limit_is_an_error(tmp_path: Path, wording: Wording) -> None:
    root = write_press_campaign(tmp_path, "poster-a4")
    replace_in_file(root, BRAND_FILE, "newsprint: [50, 10, 0, 85]", "newsprint: [80, 70, 60, 85]")

    (error,) = campaign_errors(root)

    assert error.startswith(f"{BRAND_FILE}:") and "[bad-value]" in error
    assert "295 %" in error and "240 %" in error
    assert wording == error


@pytest.mark.parametrize("stock", ["coated", "uncoated", "newsprint"])
def test_a_picture_stays_within_the_ink_limit(stock: str) -> None:
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    condition = replace(built_in_conditions()[stock], ink_limit=220)

    plates = Separator(stock, condition).picture(Image.fromarray(colours))

    assert plates.sum(axis=-1).max() <= 2.2
    assert plates.min() >= 0 and plates.max() <= 1


def test_greys_outside_the_palette_use_only_black_ink() -> None:
    separator = Separator("coated", built_in_conditions()["coated"])

    assert separator.colour("#101418") == BLACK
    assert separator.colour("#808080") == (0, 0, 0, 64.2)


def test_text_in_more_than_two_inks_is_set_in_black() -> None:
    assert text_inks((60, 20, 0, 90), "#10262C", 2) == BLACK
    assert text_inks((0, 2, 6, 0), "#FBF6EE", 2) == (0, 2, 6, 0)


def test_two_palette_names_of_one_colour_keep_their_own_inks() -> None:
    table = InkTable({"one": "#FFB570", "two": "#FFB570"}, {"one": (0, 35, 62, 0), "two": (0, 0, 0, 20)})

    assert {table.inks_for(value) for value in table.palette.values()} == {(0, 35, 62, 0), (0, 0, 0, 20)}
    assert mix_ink_values((0, 40, 60, 0), (0, 0, 0, 100), 0.25) == (0, 10, 15, 75)


def test_an_office_poster_has_its_own_id_and_file_name(tmp_path: Path) -> None:
    office = variant_of(write_press_campaign(tmp_path, "poster-a4"), "poster-a4", "office")

    assert office.id == f"{PARTNER}/worried/poster-a4.office/en-GB"
    assert office.path.endswith("_worried_poster-a4_office_en-GB.pdf")
    assert (office.background, office.spec.bleed_mm, office.spec.colour, office.spec.press) == (
        "light",
        0,
        "srgb",
        None,
    )
    assert min(office.spec.safe) >= 5


def test_an_office_poster_is_tagged_for_screen_readers(tmp_path: Path) -> None:
    root = write_press_campaign(tmp_path, "poster-a4", "logo: {file: logo.svg, alt: Council}", logo_svg=FLAT)
    pdf = open_pdf(Renderer(load_campaign(root).campaign)(variant_of(root, "poster-a4", "office")))

    elements = list(structure_elements(pdf.Root.StructTreeRoot))
    figures = [one for one in elements if one.S == "/Figure"]
    assert str(pdf.Root.Lang) == "en-GB"
    assert b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()
    assert [one.S for one in elements].count("/H1") == 1
    assert {str(one.Alt).partition(":")[0] for one in figures} == {"Council", "QR code"}
    left, bottom, right, top = (float(side) for side in pdf.pages[0].obj.MediaBox)
    for figure in figures:
        x1, y1, x2, y2 = (float(side) for side in figure.A.BBox)
        assert left <= x1 < x2 <= right
        assert bottom <= y1 < y2 <= (bottom + top) / 2  # both are in the lower half of the page


@pytest.mark.parametrize(
    ("template", "verdict"), [("plain", "pass"), ("beacon", "not_checked"), ("together", "not_checked")]
)
def test_an_office_poster_has_no_pdf_a_2b_violations(tmp_path: Path, template: str, verdict: str) -> None:
    """The validator supports neither gradients nor extension schemas, so the PDF/UA schema is removed first."""
    keys = f"template: {template}\nlogo: {{file: logo.svg, alt: Council}}"
    root = write_press_campaign(tmp_path / "campaign", "poster-a4", keys, logo_svg=FLAT)
    with open_pdf(Renderer(load_campaign(root).campaign)(variant_of(root, "poster-a4", "office"))) as pdf:
        metadata = pdf.Root.Metadata.read_bytes().decode("utf-8")
        assert 'pdfaid:part="2"' in metadata and 'pdfaid:conformance="B"' in metadata
        without_ua_schema = re.sub(
            "(?s)<rdf:Description[^>]*pdfaExtension.*?</rdf:Description>", "", metadata
        )
        without_ua_schema = without_ua_schema.replace('<rdf:Description rdf:about="" pdfuaid:part="1"/>', "")
        pdf.Root.Metadata.write(without_ua_schema.encode())
        pdf.save(tmp_path / "office.pdf")

    report = pdfa.validate_written(tmp_path / "office.pdf", "2b")

    assert report.verdict == verdict
    unknown = ("pikepdf:colour-space", "pikepdf:pattern", "pikepdf:schema-Resources", "pikepdf:shading")
    assert [str(one) for one in report.findings if not any(name in str(one) for name in unknown)] == []


def structure_elements(element: Any) -> Iterator[Any]:
    """Yield every element of a page's structure, in reading order."""
    kids = element.get("/K")
    for one in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one
            yield from structure_elements(one)


def test_a_mono_advert_uses_only_black_ink(tmp_path: Path) -> None:
    root = write_press_campaign(tmp_path, "press-25x4", "logo: {file: logo.svg, alt: Council}", logo_svg=FLAT)
    mono = variant_of(root, "press-25x4", "mono")
    pdf = open_pdf(Renderer(load_campaign(root).campaign)(mono))

    inks = [values for _, values, _ in colours_set(pdf.pages[0])]
    assert mono.spec.press is not None and mono.spec.press.plates == ("black",)
    assert {values[:3] for values in inks} == {(0, 0, 0)}
    assert (0, 0, 0, 1) in inks


def test_a_variant_that_a_channel_cannot_have_is_an_error(tmp_path: Path, wording: Wording) -> None:
    root = write_press_campaign(tmp_path, "poster-a4")
    row = (
        "banner:\n  name: B\n  medium: print\n  size: [90, 90]\n  qr: off\n  variants: [mono]\n  source: x\n"
    )
    write_campaign_file(root, "brand/channels.yaml", row)

    (error,) = campaign_errors(root)

    assert error.startswith("brand/channels.yaml:") and "[bad-value]" in error
    assert wording == error
