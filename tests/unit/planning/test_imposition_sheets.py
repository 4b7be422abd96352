"""Imposition sheets: how many pieces fit, where the cut marks are, and their preflight checks."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.catalogue.page_sizes import MARK_GAP_MM, MARK_LENGTH_MM, PAPERS, UNPRINTABLE_MM, find_imposition
from assetgen.loading.campaign import load_campaign
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets
from assetgen.planning.variants import ImpositionSheet
from assetgen.preflight.checks import check_file
from assetgen.rendering.rendered_file import RenderedFile
from assetgen.rendering.renderer import Renderer
from tests.support.example_campaign import PARTNER, campaign_errors, write_campaign_file
from tests.support.press_campaigns import variant_of, write_press_campaign
from tests.support.press_pages import ghostscript_plates
from tests.support.raw_file_parts import run_poppler
from tests.support.wording import Wording

EDGE_MM = UNPRINTABLE_MM + MARK_LENGTH_MM + MARK_GAP_MM
sides = st.floats(20, 200).map(lambda side: round(side, 1))
bleeds = st.sampled_from([0, 2, 3, 5])


# How many fit, and where


@given(st.sampled_from(sorted(PAPERS)), sides, sides, bleeds)
def test_pieces_do_not_overlap_and_leave_room_for_cut_marks(
    paper: str, width: float, height: float, bleed: float
) -> None:
    grid = find_imposition(paper, width, height, bleed)

    if grid is None:
        return
    across, down = grid.cell_mm
    paper_width, paper_height = PAPERS[paper]
    assert grid.cell_mm == ((height, width) if grid.turned else (width, height))
    for x, y in grid.cells:
        assert x - bleed >= EDGE_MM - 0.5 and x + across + bleed <= paper_width - EDGE_MM + 0.5
        assert y - bleed >= EDGE_MM - 0.5 and y + down + bleed <= paper_height - EDGE_MM + 0.5
    do_not_overlap = [
        abs(x1 - x2) >= across + 2 * bleed - 0.01 or abs(y1 - y2) >= down + 2 * bleed - 0.01
        for at, (x1, y1) in enumerate(grid.cells)
        for x2, y2 in grid.cells[at + 1 :]
    ]
    assert all(do_not_overlap)


@given(st.sampled_from(sorted(PAPERS)), sides, sides, bleeds)
def test_grid_has_as_many_columns_and_rows_as_fit(
    paper: str, width: float, height: float, bleed: float
) -> None:
    grid = find_imposition(paper, width, height, bleed)
    room = [side - 2 * EDGE_MM for side in PAPERS[paper]]

    if grid is None:
        fits = [
            int(room[0] // (w + 2 * bleed)) * int(room[1] // (h + 2 * bleed))
            for w, h in ((width, height), (height, width))
        ]
        assert max(fits) < 2
        return
    across, down = (side + 2 * bleed for side in grid.cell_mm)
    assert (grid.columns + 1) * across > room[0]
    assert (grid.rows + 1) * down > room[1]


@pytest.mark.parametrize(
    ("channel", "on_a4", "on_sra3"),
    [
        ("card-wallet", 9, 21),
        ("beermat-square", 2, 12),
        ("beermat-round", 2, 12),
        ("sticker-washroom-a6", 2, 4),
        ("sticker-round", 6, 15),
    ],
)
def test_cards_beermats_and_stickers_fit_both_papers_several_times(
    tmp_path: Path, channel: str, on_a4: int, on_sra3: int
) -> None:
    root = write_press_campaign(tmp_path, channel)

    papers = {sheet.paper: len(sheet.cells) for sheet in map(sheet_of, variants_of(root)) if sheet}

    assert papers == {"A4": on_a4, "SRA3": on_sra3}


def test_sheet_is_a_variant_with_its_own_name_and_its_pieces_background(tmp_path: Path) -> None:
    root = write_press_campaign(tmp_path, "card-wallet")
    card = next(one for one in variants_of(root) if one.variant is None)
    sheet = variant_of(root, "card-wallet", "sheet-sra3")

    assert sheet.id == f"{PARTNER}/worried/card-wallet.sheet-sra3/en-GB"
    assert sheet.path.endswith("_worried_card-wallet_sheet-sra3_en-GB.pdf")
    assert sheet.background == card.background
    described = sheet.describe()
    assert (described["width_mm"], described["height_mm"], described["bleed_mm"]) == (320, 450, 0)


def test_channel_with_a_sheet_that_fits_fewer_than_two_pieces_is_an_error(
    tmp_path: Path, wording: Wording
) -> None:
    root = write_press_campaign(tmp_path, "poster-a4")
    row = "big:\n  name: B\n  medium: print\n  size: [300, 400]\n  qr: off\n  variants: [sheet-a4]\n  source: x\n"
    write_campaign_file(root, "brand/channels.yaml", row)

    (error,) = campaign_errors(root)

    assert error.startswith("brand/channels.yaml:") and "[bad-value]" in error
    assert wording == error


# The file as read by other programs


@pytest.mark.readers
@pytest.mark.parametrize("name", ["sheet-a4", "sheet-sra3"])
def test_each_piece_on_a_sheet_has_the_complete_number(tmp_path: Path, name: str) -> None:
    asset, content = card(name)
    (tmp_path / "sheet.pdf").write_bytes(content)

    boxes = run_poppler("pdfinfo", "-box", str(tmp_path / "sheet.pdf"))
    # Raw order keeps the words of each piece together, even of a piece that is turned.
    text = run_poppler("pdftotext", "-raw", str(tmp_path / "sheet.pdf"), "-")

    assert asset.spec.sheet is not None
    assert " ".join(text.split()).count("0808 157 0123") == len(asset.spec.sheet.cells)
    width, height = (side / 25.4 * 72 for side in (asset.spec.sheet.width_mm, asset.spec.sheet.height_mm))
    (trim,) = [line for line in boxes.splitlines() if line.startswith("TrimBox")]
    assert [float(side) for side in trim.split()[1:]] == pytest.approx([0, 0, width, height], abs=0.02)


def test_sheet_is_reproducible_byte_for_byte_and_is_valid_pdf_x4() -> None:
    _, content = card("sheet-sra3")
    card.cache_clear()

    assert card("sheet-sra3")[1] == content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert b"PDF/X-4" in pdf.Root.Metadata.read_bytes()


def test_sheet_of_beermats_on_uncoated_board_is_pdf_x1a(tmp_path: Path) -> None:
    root = write_press_campaign(tmp_path, "beermat-round")
    asset = variant_of(root, "beermat-round", "sheet-a4")
    rendered = Renderer(load_campaign(root).campaign)(asset)

    assert (
        rendered.content is not None
        and rendered.content.startswith(b"%PDF-1.3")
        and b"/ObjStm" not in rendered.content
    )
    assert check_file(rendered.content, rendered.content, asset.spec, rendered.measured).ok


@pytest.mark.readers
def test_cut_marks_are_in_place_and_only_on_the_black_plate(tmp_path: Path) -> None:
    asset, content = card("sheet-a4")
    dpi = 144

    plates = ghostscript_plates(content, tmp_path, dpi)

    assert asset.spec.sheet is not None
    for x1, y1, x2, y2 in asset.spec.sheet.marks:
        pixels = pixels_around(((x1 + x2) / 2, (y1 + y2) / 2), dpi)
        assert plates[3][pixels].max() > 0.05
        assert plates[:3][:, *pixels].max() == 0


def pixels_around(at_mm: tuple[float, float], dpi: int) -> tuple[slice, slice]:
    """Return the slices of a plate's pixels around a point."""
    x, y = (round(value / 25.4 * dpi) for value in at_mm)
    return slice(y - 1, y + 2), slice(x - 1, x + 2)


# Preflight checks


def test_unchanged_sheet_passes_its_preflight_checks() -> None:
    asset, content = card("sheet-a4")

    assert findings_of(asset, content) == []


def number_covered(pdf: pikepdf.Pdf) -> None:
    """Cover the last digit of one piece's number."""
    draw(pdf, b"q 0 0 0 0 k 330 300 12 14 re f Q")


def extra_bar(pdf: pikepdf.Pdf) -> None:
    draw(pdf, b"q 0 0 0 1 k 5 5 20 6 re f Q")


def piece_moved(pdf: pikepdf.Pdf) -> None:
    """Move one piece by half a millimetre."""
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", b" cm 1 0 0 1 1.4 0 cm /Piece", 1))


def piece_upside_down(pdf: pikepdf.Pdf) -> None:
    """Turn one piece by 180 degrees about its own centre."""
    left, bottom, right, top = (float(side) for side in pdf.pages[0].Resources.XObject["/Piece"].BBox)
    turn = f" cm -1 0 0 -1 {left + right:.4f} {bottom + top:.4f} cm /Piece".encode()
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", turn, 1))


def piece_paler(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.ExtGState = pikepdf.Dictionary(Pale=pikepdf.Dictionary(ca=0.9, CA=0.9))
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", b" cm /Pale gs /Piece", 1))


def lines_paler(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.ExtGState = pikepdf.Dictionary(Pale=pikepdf.Dictionary(CA=0.9))
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", b" cm /Pale gs /Piece", 1))


def piece_clipped(pdf: pikepdf.Pdf) -> None:
    shape = b" cm -99 -99 m 999 -99 l 999 999 l 9 999 l h W n /Piece"
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", shape, 1))


def piece_missing(pdf: pikepdf.Pdf) -> None:
    lines = pdf.pages[0].Contents.read_bytes().split(b"\n")
    pdf.pages[0].Contents = pdf.make_stream(b"\n".join(lines[1:]))


def all_cut_marks_missing(pdf: pikepdf.Pdf) -> None:
    replace_in(pdf, lambda text: text.rpartition(b"q 0 0 0 1 K")[0])


def one_cut_mark_missing(pdf: pikepdf.Pdf) -> None:
    lines = pdf.pages[0].Contents.read_bytes().split(b"\n")
    pdf.pages[0].Contents = pdf.make_stream(b"\n".join([*lines[:-2], lines[-1]]))


def cut_marks_too_thick(pdf: pikepdf.Pdf) -> None:
    replace_in(pdf, lambda text: text.replace(b"K 0.25 w", b"K 2 w"))


def cut_marks_in_cyan(pdf: pikepdf.Pdf) -> None:
    replace_in(pdf, lambda text: text.replace(b"0 0 0 1 K", b"1 0 0 0 K"))


def cut_marks_in_rgb(pdf: pikepdf.Pdf) -> None:
    replace_in(pdf, lambda text: text.replace(b"0 0 0 1 K", b"0 0 0 RG"))


def paper_too_small(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0].obj
    page.MediaBox = page.TrimBox = page.BleedBox = pikepdf.Array([0, 0, 590, 842])


def second_form(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.XObject["/Other"] = pdf.make_stream(
        b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=pikepdf.Array([0, 0, 1, 1])
    )


def no_form(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources = pikepdf.Dictionary()


def piece_blacked_out(pdf: pikepdf.Pdf) -> None:
    """Cover the piece itself in black: checked as a page, its copy is hidden."""
    form = pdf.pages[0].Resources.XObject["/Piece"]
    form.write(form.read_bytes() + b"\nq 0 0 0 1 k -10 -10 500 500 re f Q")


@pytest.mark.parametrize(
    ("alter", "code"),
    [
        (number_covered, "press"),
        (piece_moved, "press"),
        (piece_upside_down, "press"),
        (piece_paler, "press"),
        (lines_paler, "press"),
        (piece_clipped, "press"),
        (piece_missing, "press"),
        (extra_bar, "press"),
        (all_cut_marks_missing, "press"),
        (one_cut_mark_missing, "press"),
        (cut_marks_too_thick, "press"),
        (cut_marks_in_cyan, "press"),
        (cut_marks_in_rgb, "press"),
        (paper_too_small, "size"),
        (second_form, "size"),
        (no_form, "size"),
        (piece_blacked_out, "facts-hidden"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_altered_sheet_fails_its_preflight_checks(
    alter: Callable[[pikepdf.Pdf], None], code: str, wording: Wording
) -> None:
    asset, content = card("sheet-a4")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        alter(pdf)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)

    texts = [text for one, text in findings_of(asset, out.getvalue()) if one == code]
    assert texts
    assert wording == texts


# Helpers


@cache
def card(name: str) -> tuple[Asset, bytes]:
    """Return a sheet of wallet cards, rendered once."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_press_campaign(Path(folder) / "campaign", "card-wallet")
        asset = variant_of(root, "card-wallet", name)
        rendered: RenderedFile = Renderer(load_campaign(root).campaign)(asset)
    assert rendered.content is not None, rendered.findings
    MEASURED[name] = dict(rendered.measured)
    return asset, rendered.content


MEASURED: dict[str, dict[str, object]] = {}


def variants_of(root: Path) -> list[Asset]:
    return [one for one in plan_assets(load_campaign(root).campaign).assets if one.medium != "qr"]


def sheet_of(asset: Asset) -> ImpositionSheet | None:
    return asset.spec.sheet


def findings_of(asset: Asset, content: bytes) -> list[tuple[str, str]]:
    measured = MEASURED[str(asset.variant)]
    return [(one.code, one.text) for one in check_file(content, content, asset.spec, measured).findings]


def draw(pdf: pikepdf.Pdf, operators: bytes) -> None:
    replace_in(pdf, lambda text: text + b"\n" + operators)


def replace_in(pdf: pikepdf.Pdf, edit: Callable[[bytes], bytes]) -> None:
    page = pdf.pages[0]
    text = page.Contents.read_bytes()
    assert edit(text) != text
    page.Contents = pdf.make_stream(edit(text))
