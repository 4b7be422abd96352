"""Small things several up on a paper: how many fit, where the knife goes, and that each piece is the one proved."""

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

from assetgen.catalogue.page_sizes import MARK_GAP_MM, MARK_LENGTH_MM, PAPERS, UNPRINTABLE_MM, grid_on
from assetgen.loading.campaign import load_campaign
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets
from assetgen.planning.variants import Sheet
from assetgen.preflight.checks import prove
from assetgen.rendering.rendered_file import Made
from assetgen.rendering.renderer import Renderer
from tests.support.campaigns import PARTNER, errors_of, write
from tests.support.finished import poppler
from tests.support.press_campaigns import campaign_with, form_of
from tests.support.press_pages import ghostscript_plates
from tests.support.wording import Wording

EDGE_MM = UNPRINTABLE_MM + MARK_LENGTH_MM + MARK_GAP_MM
sides = st.floats(20, 200).map(lambda side: round(side, 1))
bleeds = st.sampled_from([0, 2, 3, 5])


# How many fit, and where


@given(st.sampled_from(sorted(PAPERS)), sides, sides, bleeds)
def test_pieces_lie_apart_on_the_paper_with_room_for_their_marks(
    paper: str, width: float, height: float, bleed: float
) -> None:
    grid = grid_on(paper, width, height, bleed)

    if grid is None:
        return
    across, down = grid.cell_mm
    paper_width, paper_height = PAPERS[paper]
    assert grid.cell_mm == ((height, width) if grid.turned else (width, height))
    for x, y in grid.cells:
        assert x - bleed >= EDGE_MM - 0.5 and x + across + bleed <= paper_width - EDGE_MM + 0.5
        assert y - bleed >= EDGE_MM - 0.5 and y + down + bleed <= paper_height - EDGE_MM + 0.5
    apart = [
        abs(x1 - x2) >= across + 2 * bleed - 0.01 or abs(y1 - y2) >= down + 2 * bleed - 0.01
        for at, (x1, y1) in enumerate(grid.cells)
        for x2, y2 in grid.cells[at + 1 :]
    ]
    assert all(apart)


@given(st.sampled_from(sorted(PAPERS)), sides, sides, bleeds)
def test_no_further_column_or_row_fits(paper: str, width: float, height: float, bleed: float) -> None:
    grid = grid_on(paper, width, height, bleed)
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
def test_cards_mats_and_stickers_stand_on_both_papers(
    tmp_path: Path, channel: str, on_a4: int, on_sra3: int
) -> None:
    root = campaign_with(tmp_path, channel)

    papers = {sheet.paper: len(sheet.cells) for sheet in map(sheet_of, forms(root)) if sheet}

    assert papers == {"A4": on_a4, "SRA3": on_sra3}


def test_a_sheet_is_a_form_with_a_name_of_its_own_and_the_background_of_its_piece(tmp_path: Path) -> None:
    root = campaign_with(tmp_path, "card-wallet")
    card = next(one for one in forms(root) if one.variant is None)
    sheet = form_of(root, "card-wallet", "sheet-sra3")

    assert sheet.id == f"{PARTNER}/worried/card-wallet.sheet-sra3/en-GB"
    assert sheet.path.endswith("_worried_card-wallet_sheet-sra3_en-GB.pdf")
    assert sheet.background == card.background
    described = sheet.describe()
    assert (described["width_mm"], described["height_mm"], described["bleed_mm"]) == (320, 450, 0)


def test_a_size_of_which_two_do_not_fit_is_told_where_the_channel_is_written(
    tmp_path: Path, wording: Wording
) -> None:
    root = campaign_with(tmp_path, "poster-a4")
    row = "big:\n  name: B\n  medium: print\n  size: [300, 400]\n  qr: off\n  variants: [sheet-a4]\n  source: x\n"
    write(root, "brand/channels.yaml", row)

    (error,) = errors_of(root)

    assert error.startswith("brand/channels.yaml:") and "[bad-value]" in error
    assert wording == error


# The file, as programs read it that did not make it


@pytest.mark.readers
@pytest.mark.parametrize("name", ["sheet-a4", "sheet-sra3"])
def test_each_piece_has_the_number_whole(tmp_path: Path, name: str) -> None:
    asset, content = card(name)
    (tmp_path / "sheet.pdf").write_bytes(content)

    boxes = poppler("pdfinfo", "-box", str(tmp_path / "sheet.pdf"))
    # A turned piece is read after the page is: what poppler says of it is in its own direction.
    said = poppler("pdftotext", "-raw", str(tmp_path / "sheet.pdf"), "-")

    assert asset.spec.sheet is not None
    assert " ".join(said.split()).count("0808 157 0123") == len(asset.spec.sheet.cells)
    width, height = (side / 25.4 * 72 for side in (asset.spec.sheet.width_mm, asset.spec.sheet.height_mm))
    (trim,) = [line for line in boxes.splitlines() if line.startswith("TrimBox")]
    assert [float(side) for side in trim.split()[1:]] == pytest.approx([0, 0, width, height], abs=0.02)


def test_a_sheet_repeats_byte_for_byte_and_is_sound_pdf() -> None:
    _, content = card("sheet-sra3")
    card.cache_clear()

    assert card("sheet-sra3")[1] == content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert b"PDF/X-4" in pdf.Root.Metadata.read_bytes()


def test_a_beer_mat_on_uncoated_board_is_pdf_x1a_on_its_sheet_too(tmp_path: Path) -> None:
    root = campaign_with(tmp_path, "beermat-round")
    asset = form_of(root, "beermat-round", "sheet-a4")
    made = Renderer(load_campaign(root).campaign)(asset)

    assert (
        made.content is not None and made.content.startswith(b"%PDF-1.3") and b"/ObjStm" not in made.content
    )
    assert prove(made.content, made.content, asset.spec, made.measured).ok


@pytest.mark.readers
def test_cut_marks_stand_on_the_black_plate_alone_where_they_are_due(tmp_path: Path) -> None:
    asset, content = card("sheet-a4")
    dpi = 144

    plates = ghostscript_plates(content, tmp_path, dpi)

    assert asset.spec.sheet is not None
    for x1, y1, x2, y2 in asset.spec.sheet.marks:
        spot = spot_of(((x1 + x2) / 2, (y1 + y2) / 2), dpi)
        assert plates[3][spot].max() > 0.05
        assert plates[:3][:, *spot].max() == 0


def spot_of(at_mm: tuple[float, float], dpi: int) -> tuple[slice, slice]:
    """Return the pixels of a plate around a spot."""
    x, y = (round(value / 25.4 * dpi) for value in at_mm)
    return slice(y - 1, y + 2), slice(x - 1, x + 2)


# What keeps a sheet from the printer


def test_a_sound_sheet_has_nothing_to_be_said_against_it() -> None:
    asset, content = card("sheet-a4")

    assert found(asset, content) == []


def covered(pdf: pikepdf.Pdf) -> None:
    """Paper over the last figure of one piece's number."""
    draw(pdf, b"q 0 0 0 0 k 330 300 12 14 re f Q")


def more_words(pdf: pikepdf.Pdf) -> None:
    draw(pdf, b"q 0 0 0 1 k 5 5 20 6 re f Q")


def moved(pdf: pikepdf.Pdf) -> None:
    """One piece half a millimetre off."""
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", b" cm 1 0 0 1 1.4 0 cm /Piece", 1))


def upside_down(pdf: pikepdf.Pdf) -> None:
    """One piece turned about its own middle."""
    left, bottom, right, top = (float(side) for side in pdf.pages[0].Resources.XObject["/Piece"].BBox)
    turn = f" cm -1 0 0 -1 {left + right:.4f} {bottom + top:.4f} cm /Piece".encode()
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", turn, 1))


def paler(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.ExtGState = pikepdf.Dictionary(Pale=pikepdf.Dictionary(ca=0.9, CA=0.9))
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", b" cm /Pale gs /Piece", 1))


def paler_lines(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.ExtGState = pikepdf.Dictionary(Pale=pikepdf.Dictionary(CA=0.9))
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", b" cm /Pale gs /Piece", 1))


def cut_by_a_shape(pdf: pikepdf.Pdf) -> None:
    shape = b" cm -99 -99 m 999 -99 l 999 999 l 9 999 l h W n /Piece"
    replace_in(pdf, lambda text: text.replace(b" cm /Piece", shape, 1))


def one_less(pdf: pikepdf.Pdf) -> None:
    lines = pdf.pages[0].Contents.read_bytes().split(b"\n")
    pdf.pages[0].Contents = pdf.make_stream(b"\n".join(lines[1:]))


def unmarked(pdf: pikepdf.Pdf) -> None:
    replace_in(pdf, lambda text: text.rpartition(b"q 0 0 0 1 K")[0])


def one_mark_less(pdf: pikepdf.Pdf) -> None:
    lines = pdf.pages[0].Contents.read_bytes().split(b"\n")
    pdf.pages[0].Contents = pdf.make_stream(b"\n".join([*lines[:-2], lines[-1]]))


def thick_marks(pdf: pikepdf.Pdf) -> None:
    replace_in(pdf, lambda text: text.replace(b"K 0.25 w", b"K 2 w"))


def marks_in_colour(pdf: pikepdf.Pdf) -> None:
    replace_in(pdf, lambda text: text.replace(b"0 0 0 1 K", b"1 0 0 0 K"))


def marks_in_light(pdf: pikepdf.Pdf) -> None:
    replace_in(pdf, lambda text: text.replace(b"0 0 0 1 K", b"0 0 0 RG"))


def smaller_paper(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0].obj
    page.MediaBox = page.TrimBox = page.BleedBox = pikepdf.Array([0, 0, 590, 842])


def a_second_form(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.XObject["/Other"] = pdf.make_stream(
        b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=pikepdf.Array([0, 0, 1, 1])
    )


def no_form(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources = pikepdf.Dictionary()


def other_figure(pdf: pikepdf.Pdf) -> None:
    """The piece itself has another background: proved as a page, its words cannot be read."""
    form = pdf.pages[0].Resources.XObject["/Piece"]
    form.write(form.read_bytes() + b"\nq 0 0 0 1 k -10 -10 500 500 re f Q")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (covered, "press"),
        (moved, "press"),
        (upside_down, "press"),
        (paler, "press"),
        (paler_lines, "press"),
        (cut_by_a_shape, "press"),
        (one_less, "press"),
        (more_words, "press"),
        (unmarked, "press"),
        (one_mark_less, "press"),
        (thick_marks, "press"),
        (marks_in_colour, "press"),
        (marks_in_light, "press"),
        (smaller_paper, "size"),
        (a_second_form, "size"),
        (no_form, "size"),
        (other_figure, "facts-hidden"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_spoilt_sheet_is_kept_back(
    spoil: Callable[[pikepdf.Pdf], None], code: str, wording: Wording
) -> None:
    asset, content = card("sheet-a4")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        spoil(pdf)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)

    told = [text for one, text in found(asset, out.getvalue()) if one == code]
    assert told
    assert wording == told


# The rest is for the tests above


@cache
def card(name: str) -> tuple[Asset, bytes]:
    """Return a wallet card on a paper, made once."""
    with tempfile.TemporaryDirectory() as folder:
        root = campaign_with(Path(folder) / "campaign", "card-wallet")
        asset = form_of(root, "card-wallet", name)
        made: Made = Renderer(load_campaign(root).campaign)(asset)
    assert made.content is not None, made.findings
    MEASURED[name] = dict(made.measured)
    return asset, made.content


MEASURED: dict[str, dict[str, object]] = {}


def forms(root: Path) -> list[Asset]:
    return [one for one in plan_assets(load_campaign(root).campaign).assets if one.medium != "qr"]


def sheet_of(asset: Asset) -> Sheet | None:
    return asset.spec.sheet


def found(asset: Asset, content: bytes) -> list[tuple[str, str]]:
    measured = MEASURED[str(asset.variant)]
    return [(one.code, one.text) for one in prove(content, content, asset.spec, measured).findings]


def draw(pdf: pikepdf.Pdf, operators: bytes) -> None:
    replace_in(pdf, lambda text: text + b"\n" + operators)


def replace_in(pdf: pikepdf.Pdf, edit: Callable[[bytes], bytes]) -> None:
    page = pdf.pages[0]
    text = page.Contents.read_bytes()
    assert edit(text) != text
    page.Contents = pdf.make_stream(edit(text))
