"""A campaign in other fonts than the shipped ones: other metrics, family names and file formats, and damaged files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from assetgen import Campaign, CampaignError, Severity
from tests.support.cases import case_campaign, check_and_build
from tests.support.example_campaign import BRAND_FILE, replace_in_file
from tests.support.font_files import changed_font, variable_font, web_font
from tests.support.wording import Wording

FONTS = "brand/fonts"
SQUARE, POSTER = "ig-square", "poster-a4"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return case_campaign(tmp_path / "c")


def change_fonts(root: Path, change: Callable[[TTFont], None]) -> None:
    for path in sorted((root / FONTS).glob("*.ttf")):
        path.write_bytes(changed_font(change, path.read_bytes()))


def rename(font: TTFont, family: str) -> None:
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = record.toUnicode().replace("Hanken Grotesk", family)


def top_of_ink(root: Path) -> int:
    """Return the first row of the built square whose pixels are not all of one colour."""
    (path,) = root.glob(f"out/*/*/*/*_{SQUARE}_*.jpg")
    with Image.open(path) as picture:
        luma = np.asarray(picture.convert("L"), np.int16)
    return int(np.argmax(np.ptp(luma, axis=1) > 60))


def fonts_in(pdf: Path) -> set[str]:
    """Return the PostScript names of the fonts that a PDF embeds, without the tag of their subset."""
    with pikepdf.open(pdf) as file:
        descriptors = [
            one for one in file.objects if isinstance(one, pikepdf.Dictionary) and "/FontName" in one
        ]
        return {re.sub(r"^/[A-Z]{6}\+", "", str(one.FontName)) for one in descriptors}


def test_typographic_line_metrics_of_a_font_do_not_move_the_text(root: Path, tmp_path: Path) -> None:
    unchanged = case_campaign(tmp_path / "unchanged")
    assert check_and_build(unchanged, SQUARE).ok

    def lower(font: TTFont) -> None:
        os2, hhea = font["OS/2"], font["hhea"]
        os2.sTypoAscender, os2.sTypoDescender = hhea.ascent - 80, hhea.descent - 80
        os2.fsSelection |= 0x80

    change_fonts(root, lower)

    assert check_and_build(root, SQUARE).ok
    assert top_of_ink(root) == pytest.approx(top_of_ink(unchanged), abs=2)


def test_changing_the_font_family_needs_one_edit_in_brand_yaml(root: Path) -> None:
    change_fonts(root, lambda font: rename(font, "Harbour Gothic"))
    replace_in_file(root, BRAND_FILE, "text: Hanken Grotesk", "text: Harbour Gothic")

    assert check_and_build(root, SQUARE, POSTER).ok


def test_family_in_a_style_sheet_is_reported_at_its_line(root: Path, wording: Wording) -> None:
    style = root / "templates/plain/style.css"
    style.write_text(style.read_text("utf-8") + ".number { font-family: Futura, sans-serif; }\n", "utf-8")
    line = len(style.read_text("utf-8").splitlines())

    errors = [one for one in Campaign.load(root).check() if one.is_error]

    assert {(one.place.file, one.place.line) for one in errors} == {("templates/plain/style.css", line)}
    assert wording == [one.as_text() for one in errors]


def test_headline_and_text_can_have_different_font_families(root: Path) -> None:
    for path in sorted((root / FONTS).glob("*.ttf")):
        named = changed_font(lambda font: rename(font, "Harbour Serif"), path.read_bytes())
        (root / FONTS / f"Serif{path.name}").write_bytes(named)
    replace_in_file(
        root, BRAND_FILE, "{text: Hanken Grotesk}", "{text: Hanken Grotesk, headline: Harbour Serif}"
    )

    assert check_and_build(root, POSTER).ok
    (poster,) = root.glob(f"out/*/*/print/*_{POSTER}_en-GB.pdf")
    assert "Harbour-Serif-Bold" in fonts_in(poster)


def test_the_measured_weight_is_drawn_even_if_its_font_file_has_fewer_languages(root: Path) -> None:
    """fontconfig prefers a face with more languages or a design size to the face with the right weight."""

    def few_languages(font: TTFont) -> None:
        if font["OS/2"].usWeightClass == 700:
            for table in font["cmap"].tables:
                table.cmap = {code: glyph for code, glyph in table.cmap.items() if code < 0x7F}

    change_fonts(root, few_languages)

    assert check_and_build(root, POSTER).ok
    (poster,) = root.glob(f"out/*/*/print/*_{POSTER}_en-GB.pdf")
    assert "Hanken-Grotesk-Bold" in fonts_in(poster)


def test_a_brand_with_web_fonts_can_be_built(root: Path) -> None:
    for path in sorted((root / FONTS).glob("*.ttf")):
        path.with_suffix(".woff2").write_bytes(web_font("woff2", path.read_bytes()))
        path.unlink()

    assert check_and_build(root, SQUARE).ok


def test_missing_weights_of_a_family_cause_one_warning_in_brand_yaml(root: Path, wording: Wording) -> None:
    for weight in ("500Medium", "600SemiBold"):
        (root / FONTS / f"HankenGrotesk_{weight}.ttf").unlink()

    (warning,) = [one for one in Campaign.load(root).check() if one.code == "font-missing"]

    assert (warning.severity, warning.place.file) == (Severity.WARNING, BRAND_FILE)
    assert wording == warning.as_text()
    assert check_and_build(root, SQUARE).ok


def test_each_damaged_font_is_one_error_and_no_other_file_is_reported(root: Path) -> None:
    for path in (root / FONTS).glob("*.ttf"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(CampaignError) as raised:
        Campaign.load(root)

    assert sorted((one.code, one.place.file) for one in raised.value.findings if one.is_error) == [
        ("font-file", f"{FONTS}/{path.name}") for path in sorted((root / FONTS).glob("*.ttf"))
    ]


def test_a_brand_with_a_variable_font_is_built_in_its_named_weights(root: Path) -> None:
    """The variable font has the letters of a test font alone, so only ``check`` can be asked."""
    shutil.rmtree(root / FONTS)
    (root / FONTS).mkdir()
    names = {"Medium": 500, "SemiBold": 600, "Bold": 700}
    (root / FONTS / "Harbour.var.ttf").write_bytes(variable_font("Hanken Grotesk", names))

    found = Campaign.load(root).check()

    assert [one for one in found if "font" in one.code] == []
    assert {face.weight for face in Campaign.load(root)._loaded.campaign.brand.faces} == {500, 600, 700}


def test_restricted_font_is_refused_until_the_brand_has_a_licence(root: Path) -> None:
    def restrict(font: TTFont) -> None:
        font["OS/2"].fsType = 2

    change_fonts(root, restrict)
    with pytest.raises(CampaignError) as raised:
        Campaign.load(root)
    assert {one.code for one in raised.value.findings if one.is_error} == {"font-file"}

    replace_in_file(root, BRAND_FILE, "fonts:", "embedding_licence: [Hanken Grotesk]\nfonts:")

    assert check_and_build(root, SQUARE).ok


def test_log_messages_of_libraries_do_not_reach_the_terminal(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """fontTools warns about a font whose date of creation is before 1904."""

    def very_old(font: TTFont) -> None:
        font["head"].created = 100

    change_fonts(root, very_old)
    from assetgen.cli.app import run

    assert run(["-C", str(root), "build", "-c", SQUARE]) == 0

    assert "timestamp" not in "".join(capfd.readouterr())
