"""Printers as data: marks, bleed, variant, condition and names as each wants them, and nothing else changes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pikepdf
import pytest

from assetgen.loading.campaign import load_campaign
from assetgen.loading.printers import naming_faults
from assetgen.preflight.checks import prove
from assetgen.rendering.renderer import Renderer
from tests.support.campaigns import PARTNER, errors_of, write
from tests.support.command import assetgen
from tests.support.finished import pdf_boxes_mm, poppler
from tests.support.press_campaigns import asset_of, campaign_with, form_of, make
from tests.support.press_pages import ghostscript_plates
from tests.support.wording import Wording
from tests.unit.loading.marks import marks

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
ASKED = "printer: harbour-press"


def printed(root: Path, channels: str = "poster-a4", printers: str = HARBOUR, keys: str = ASKED) -> Path:
    campaign_with(root, channels, keys)
    write(root, "brand/printers.yaml", printers)
    return root


@pytest.mark.readers
def test_a_made_up_printer_in_eight_lines_gets_its_files_as_it_wants_them(tmp_path: Path) -> None:
    root = printed(tmp_path / "campaign")
    asset, made = asset_of(root, "poster-a4"), make(root, "poster-a4")

    assert made.content is not None, made.findings
    (tmp_path / "poster.pdf").write_bytes(made.content)
    boxes = pdf_boxes_mm(poppler("pdfinfo", "-box", str(tmp_path / "poster.pdf")))
    trim, bleed, media = boxes["TrimBox"], boxes["BleedBox"], boxes["MediaBox"]
    assert [trim[2] - trim[0], trim[3] - trim[1]] == pytest.approx([210, 297], abs=0.1)
    assert [a - b for a, b in zip(trim, bleed, strict=True)] == pytest.approx([5, 5, -5, -5], abs=0.1)
    assert [a - b for a, b in zip(bleed, media, strict=True)] == pytest.approx([5, 5, -5, -5], abs=0.1)
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        assert pdf.pdf_version == "1.3"
        assert str(pdf.docinfo["/GTS_PDFXConformance"]) == "PDF/X-1a:2001"
        assert str(pdf.Root.OutputIntents[0].OutputConditionIdentifier) == "FOGRA51"
    assert asset.path.endswith(f"/print/HP-{PARTNER}_poster-a4-210x297_worried.pdf")
    assert prove(made.content, made.content, asset.spec, made.measured).ok


@pytest.mark.readers
def test_its_marks_are_hairlines_in_black_beyond_the_bleed_which_ends_before_them(tmp_path: Path) -> None:
    root = printed(tmp_path)
    asset, made = asset_of(root, "poster-a4"), make(root, "poster-a4")
    dpi, edge_mm = 144, 10

    assert made.content is not None and asset.spec.press is not None
    plates = ghostscript_plates(made.content, tmp_path, dpi)
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


def test_its_marks_are_proved(tmp_path: Path, wording: Wording) -> None:
    root = printed(tmp_path)
    asset, made = asset_of(root, "poster-a4"), make(root, "poster-a4")
    assert made.content is not None

    def said(more: bytes, less: bytes = b"") -> list[str]:
        with pikepdf.open(io.BytesIO(made.content or b"")) as pdf:
            text = pdf.pages[0].Contents.read_bytes()
            assert less in text
            pdf.pages[0].Contents = pdf.make_stream(
                text.replace(less, b"", 1) + more if less else text + more
            )
            out = io.BytesIO()
            pdf.save(out, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        proof = prove(out.getvalue(), out.getvalue(), asset.spec, made.measured)
        return [finding.text for finding in proof.findings if finding.code == "press"]

    (more,) = said(b"\nq 0 0 0 1 k -26 -26 6 6 re f Q")
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        last = pdf.pages[0].Contents.read_bytes().rstrip().splitlines()[-2]
    (less,) = said(b"", last)
    assert "1 of 8" in less
    assert wording == [more, less]


def test_only_what_is_ordered_from_a_printer_is_made_for_one(tmp_path: Path) -> None:
    root = printed(tmp_path, "poster-a4, press-25x4, ooh-6-sheet, ig-story")

    for channel in ("press-25x4", "ooh-6-sheet"):
        press = asset_of(root, channel).spec.press
        assert press is not None
        assert (press.printer, press.marks, press.slug_mm) == (None, (), 0)
    office = form_of(root, "poster-a4", "office")
    assert (office.spec.bleed_mm, office.spec.press) == (0, None)
    assert office.path.endswith("_worried_poster-a4_office_en-GB.pdf")
    assert asset_of(root, "ig-story").spec.press is None


def test_a_sheet_has_the_printer_s_bleed_and_name_and_its_own_marks(tmp_path: Path) -> None:
    root = printed(tmp_path, "card-wallet")
    sheet = form_of(root, "card-wallet", "sheet-sra3")
    made = Renderer(load_campaign(root).campaign)(sheet)

    assert sheet.path.endswith(f"/HP-{PARTNER}_card-wallet-85x55_sheet-sra3_worried.pdf")
    assert sheet.spec.press is not None and sheet.spec.press.marks == ()
    assert sheet.spec.sheet is not None and len(sheet.spec.sheet.cells) == 3 * 6
    assert made.content is not None
    assert prove(made.content, made.content, sheet.spec, made.measured).ok


def test_a_partner_s_choice_comes_before_the_campaign_s_and_may_be_nobody(tmp_path: Path) -> None:
    root = printed(
        tmp_path,
        "poster-a4, poster-a5, leaflet-a5",
        keys='printer: {"poster-*": other, poster-a5: none}',
        printers=HARBOUR + "other: {name: Other}\n",
    )
    file = root / "campaign.yaml"
    file.write_text(file.read_text("utf-8") + "\nprinter: harbour-press\n", "utf-8")

    who = {name: asset_of(root, name).spec.press for name in ("poster-a4", "poster-a5", "leaflet-a5")}
    assert [press and press.printer for press in who.values()] == ["other", None, "harbour-press"]


def test_a_printer_that_is_not_there_is_told_with_the_nearest(tmp_path: Path, wording: Wording) -> None:
    (error,) = errors_of(printed(tmp_path, keys="printer: harbor-press"))

    assert marks([error])[0].endswith(" unknown-id")
    assert "harbour-press" in error
    assert wording == error


def test_pdf_x4_without_a_profile_is_not_made_and_says_what_is_missing(
    tmp_path: Path, wording: Wording
) -> None:
    root = printed(
        tmp_path, "beermat-square, poster-a4", "strict: {name: Strict, pdfx: x4}\n", "printer: strict"
    )

    (fault,) = asset_of(root, "beermat-square").faults
    assert fault.code == "machine"
    assert "FOGRA47" in fault.text
    assert wording == fault.text
    assert asset_of(root, "poster-a4").faults == ()


def test_everything_wrong_with_a_printer_is_told_at_its_place(tmp_path: Path, wording: Wording) -> None:
    wrong = "Bad_Name: {name: X}\nfirst: just words\nsecond:\n  name: Y\n  bleed_mm: -1\nthird:\n  name: Z\n"
    wrong += "  conditions: {coated: {ink_limit: 150}}\n"

    errors = errors_of(printed(tmp_path, "poster-a4", wrong, "printer: second"))

    assert marks(errors) == [
        "brand/printers.yaml:1:1 bad-id",
        "brand/printers.yaml:2:8 bad-value",
        "brand/printers.yaml:5:13 bad-value",
        *["brand/printers.yaml:8:36 bad-value"] * 4,
    ]
    said = "\n".join(errors)
    assert all(name in said for name in ("Bad_Name", "first", "bleed_mm", "170 %", "150 %"))
    assert wording == errors


@pytest.mark.parametrize(
    ("naming", "faults"),
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
        "short", "long", "no form", "side by side", "no such field", "up", "blank", "shown otherwise", "open",
    ],
)  # fmt: skip
def test_a_pattern_of_names_can_name_two_files_alike_in_no_case(
    naming: str, faults: int, wording: Wording
) -> None:
    found = list(naming_faults(naming))

    assert len(found) == faults
    if found:
        assert wording == found


def test_lists_say_what_a_printer_asks_for_and_how_many_stand_on_a_sheet(tmp_path: Path) -> None:
    root = printed(tmp_path, "card-wallet, poster-a4")

    (printer,) = json.loads(listed(root, "printers"))["printers"]
    sizes = {one["size"] for one in json.loads(listed(root, "assets", "-c", "card-wallet"))["assets"]}

    assert (printer["id"], printer["cut_marks"], printer["bleed_mm"], printer["pdfx"]) == (
        "harbour-press",
        True,
        "5",
        "x1a",
    )
    assert printer["conditions"] == ["coated FOGRA51"]
    assert printer["assets"] == 4  # the poster, the card, and two sheets of it
    assert sizes == {"85 × 55 mm", "85 × 55 mm, 8 on A4", "85 × 55 mm, 18 on SRA3"}


def listed(root: Path, *words: str) -> str:
    said = assetgen("list", *words, "--format", "json", folder=root)
    assert said.returncode == 0, said.stderr
    return said.stdout
