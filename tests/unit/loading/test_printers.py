"""Printers: their cut marks, bleed, PDF/X version, print conditions and file names apply to their own orders only."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pikepdf
import pytest

from assetgen.loading.campaign import load_campaign
from assetgen.loading.printers import naming_faults
from assetgen.preflight.checks import check_file
from assetgen.rendering.renderer import Renderer
from tests.support.command_line import run_assetgen
from tests.support.example_campaign import PARTNER, campaign_errors, write_campaign_file
from tests.support.press_campaigns import asset_of, render_press_asset, variant_of, write_press_campaign
from tests.support.press_pages import ghostscript_plates
from tests.support.raw_file_parts import pdf_boxes_mm, run_poppler
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

HARBOUR = """\
harbour-press:
  name: Harbour Press
  cut_marks: on
  bleed_mm: 5
  pdfx: x1a
  conditions:
    coated: {condition: FOGRA51, ink_limit: 280}
  naming: "HP-{partner}_{channel}-{width_mm}x{height_mm}{form}_{message}"
"""
CHOOSE_HARBOUR = "printer: harbour-press"


def campaign_with_printer(
    root: Path, channels: str = "poster-a4", printers: str = HARBOUR, keys: str = CHOOSE_HARBOUR
) -> Path:
    write_press_campaign(root, channels, keys)
    write_campaign_file(root, "brand/printers.yaml", printers)
    return root


@pytest.mark.readers
def test_press_file_follows_the_settings_of_its_printer(tmp_path: Path) -> None:
    root = campaign_with_printer(tmp_path / "campaign")
    asset, rendered = asset_of(root, "poster-a4"), render_press_asset(root, "poster-a4")

    assert rendered.content is not None, rendered.findings
    (tmp_path / "poster.pdf").write_bytes(rendered.content)
    boxes = pdf_boxes_mm(run_poppler("pdfinfo", "-box", str(tmp_path / "poster.pdf")))
    trim, bleed, media = boxes["TrimBox"], boxes["BleedBox"], boxes["MediaBox"]
    assert [trim[2] - trim[0], trim[3] - trim[1]] == pytest.approx([210, 297], abs=0.1)
    assert [a - b for a, b in zip(trim, bleed, strict=True)] == pytest.approx([5, 5, -5, -5], abs=0.1)
    assert [a - b for a, b in zip(bleed, media, strict=True)] == pytest.approx([5, 5, -5, -5], abs=0.1)
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
        assert pdf.pdf_version == "1.3"
        assert str(pdf.docinfo["/GTS_PDFXConformance"]) == "PDF/X-1a:2001"
        assert str(pdf.Root.OutputIntents[0].OutputConditionIdentifier) == "FOGRA51"
    assert asset.path.endswith(f"/print/HP-{PARTNER}_poster-a4-210x297_worried.pdf")
    assert check_file(rendered.content, rendered.content, asset.spec, rendered.measured).ok


@pytest.mark.readers
def test_cut_marks_are_black_and_outside_the_bleed(tmp_path: Path) -> None:
    root = campaign_with_printer(tmp_path)
    asset, rendered = asset_of(root, "poster-a4"), render_press_asset(root, "poster-a4")
    dpi, edge_mm = 144, 10

    assert rendered.content is not None and asset.spec.press is not None
    plates = ghostscript_plates(rendered.content, tmp_path, dpi)
    per_mm = dpi / 25.4
    assert len(asset.spec.press.marks) == 8
    for x1, y1, x2, y2 in asset.spec.press.marks:
        x, y = (round(((a + b) / 2 + edge_mm) * per_mm) for a, b in ((x1, x2), (y1, y2)))
        spot = plates[:, y - 1 : y + 2, x - 1 : x + 2]
        assert spot[3].max() > 0.05
        assert spot[:3].max() == 0
    margin = round(4.5 * per_mm)
    middle = round((edge_mm + 100) * per_mm)
    assert plates[:, :margin, middle - 40 : middle + 40].max() == 0


def test_preflight_finds_extra_and_missing_cut_marks(tmp_path: Path, wording: Wording) -> None:
    root = campaign_with_printer(tmp_path)
    asset, rendered = asset_of(root, "poster-a4"), render_press_asset(root, "poster-a4")
    assert rendered.content is not None

    def press_findings(extra: bytes, missing: bytes = b"") -> list[str]:
        with pikepdf.open(io.BytesIO(rendered.content or b"")) as pdf:
            text = pdf.pages[0].Contents.read_bytes()
            assert missing in text
            pdf.pages[0].Contents = pdf.make_stream(
                text.replace(missing, b"", 1) + extra if missing else text + extra
            )
            out = io.BytesIO()
            pdf.save(out, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        result = check_file(out.getvalue(), out.getvalue(), asset.spec, rendered.measured)
        return [finding.text for finding in result.findings if finding.code == "press"]

    (extra,) = press_findings(b"\nq 0 0 0 1 k -26 -26 6 6 re f Q")
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
        last = pdf.pages[0].Contents.read_bytes().rstrip().splitlines()[-2]
    (missing,) = press_findings(b"", last)
    assert "1 of 8" in missing
    assert wording == [extra, missing]


def test_printer_settings_apply_only_to_assets_made_by_a_printer(tmp_path: Path) -> None:
    root = campaign_with_printer(tmp_path, "poster-a4, press-25x4, ooh-6-sheet, ig-story")

    for channel in ("press-25x4", "ooh-6-sheet"):
        press = asset_of(root, channel).spec.press
        assert press is not None
        assert (press.printer, press.marks, press.slug_mm) == (None, (), 0)
    office = variant_of(root, "poster-a4", "office")
    assert (office.spec.bleed_mm, office.spec.press) == (0, None)
    assert office.path.endswith("_worried_poster-a4_office_en-GB.pdf")
    assert asset_of(root, "ig-story").spec.press is None


def test_imposed_sheet_follows_the_printer_except_for_cut_marks(tmp_path: Path) -> None:
    root = campaign_with_printer(tmp_path, "card-wallet")
    sheet = variant_of(root, "card-wallet", "sheet-sra3")
    rendered = Renderer(load_campaign(root).campaign)(sheet)

    assert sheet.path.endswith(f"/HP-{PARTNER}_card-wallet-85x55_sheet-sra3_worried.pdf")
    assert sheet.spec.press is not None and sheet.spec.press.marks == ()
    assert sheet.spec.sheet is not None and len(sheet.spec.sheet.cells) == 3 * 6
    assert rendered.content is not None
    assert check_file(rendered.content, rendered.content, sheet.spec, rendered.measured).ok


def test_partners_printer_overrides_the_campaigns_and_may_be_none(tmp_path: Path) -> None:
    root = campaign_with_printer(
        tmp_path,
        "poster-a4, poster-a5, leaflet-a5",
        keys='printer: {"poster-*": other, poster-a5: none}',
        printers=HARBOUR + "other: {name: Other}\n",
    )
    file = root / "campaign.yaml"
    file.write_text(file.read_text("utf-8") + "\nprinter: harbour-press\n", "utf-8")

    press_by_channel = {
        name: asset_of(root, name).spec.press for name in ("poster-a4", "poster-a5", "leaflet-a5")
    }
    assert [press and press.printer for press in press_by_channel.values()] == [
        "other",
        None,
        "harbour-press",
    ]


def test_hint_for_an_unknown_printer_names_the_nearest(tmp_path: Path, wording: Wording) -> None:
    (error,) = campaign_errors(campaign_with_printer(tmp_path, keys="printer: harbor-press"))

    assert places_and_codes([error])[0].endswith(" unknown-id")
    assert "harbour-press" in error
    assert wording == error


def test_pdf_x4_without_an_icc_profile_is_an_error(tmp_path: Path, wording: Wording) -> None:
    root = campaign_with_printer(
        tmp_path, "beermat-square, poster-a4", "strict: {name: Strict, pdfx: x4}\n", "printer: strict"
    )

    (error,) = asset_of(root, "beermat-square").faults
    assert error.code == "machine"
    assert "FOGRA47" in error.text
    assert wording == error.text
    assert asset_of(root, "poster-a4").faults == ()


def test_every_printer_error_is_reported_at_its_place(tmp_path: Path, wording: Wording) -> None:
    wrong = "Bad_Name: {name: X}\nfirst: just words\nsecond:\n  name: Y\n  bleed_mm: -1\nthird:\n  name: Z\n"
    wrong += "  conditions: {coated: {ink_limit: 150}}\n"

    errors = campaign_errors(campaign_with_printer(tmp_path, "poster-a4", wrong, "printer: second"))

    assert places_and_codes(errors) == [
        "brand/printers.yaml:1:1 bad-id",
        "brand/printers.yaml:2:8 bad-value",
        "brand/printers.yaml:5:13 bad-value",
        *["brand/printers.yaml:8:36 bad-value"] * 4,
    ]
    text = "\n".join(errors)
    assert all(name in text for name in ("Bad_Name", "first", "bleed_mm", "170 %", "150 %"))
    assert wording == errors


@pytest.mark.parametrize(
    ("naming", "error_count"),
    [
        ("{message}_{channel}{form}", 0),
        ("2026.1-{campaign}_{message}_{channel}-{width_mm}x{height_mm}{form}_{locale}", 0),
        ("{message}_{channel}", 1),
        ("{message}{channel}{form}", 1),
        ("{message}_{channell}{form}", 1),
        ("../{message}_{channel}{form}", 1),
        ("{message}_{channel}{form} final", 1),
        ("{message!r}_{channel}{form}", 1),
        ("{message_{channel}{form}", 1),
    ],
    ids=[
        "short", "long", "without form", "no separators", "unknown field", "parent folder", "space", "conversion",
        "unclosed brace",
    ],
)  # fmt: skip
def test_file_name_pattern_must_give_unique_valid_names(
    naming: str, error_count: int, wording: Wording
) -> None:
    errors = list(naming_faults(naming))

    assert len(errors) == error_count
    if errors:
        assert wording == errors


def test_list_shows_printer_settings_and_pieces_per_sheet(tmp_path: Path) -> None:
    root = campaign_with_printer(tmp_path, "card-wallet, poster-a4")

    (printer,) = json.loads(list_output(root, "printers"))["printers"]
    sizes = {one["size"] for one in json.loads(list_output(root, "assets", "-c", "card-wallet"))["assets"]}

    assert (printer["id"], printer["cut_marks"], printer["bleed_mm"], printer["pdfx"]) == (
        "harbour-press",
        True,
        "5",
        "x1a",
    )
    assert printer["conditions"] == ["coated FOGRA51"]
    assert printer["assets"] == 4  # the poster, the card, and two sheets of it
    assert sizes == {"85 × 55 mm", "85 × 55 mm, 8 on A4", "85 × 55 mm, 18 on SRA3"}


def list_output(root: Path, *arguments: str) -> str:
    result = run_assetgen("list", *arguments, "--format", "json", folder=root)
    assert result.returncode == 0, result.stderr
    return result.stdout
