"""The tables of a pack: spreadsheet-safe CSV, and what a printer reads in the job ticket."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pikepdf
import pytest

from assetgen.packs.pack_context import PackChannel
from assetgen.packs.pack_tables import (
    CONVERT,
    FORMULA_STARTS,
    PressFacts,
    csv_bytes,
    escape_formula,
    make_tables,
    read_press_facts,
    suggested_stock,
)
from assetgen.planning.variants import MONO, OFFICE
from tests.support.pack_values import sample_pack_context, sample_pack_file, sample_post
from tests.support.wording import Wording

FOGRA = PressFacts(1, "CMYK", "FOGRA39")


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(start: str) -> None:
    assert escape_formula(f"{start}HYPERLINK()") == f"'{start}HYPERLINK()"


def test_a_formula_after_spaces_gets_an_apostrophe() -> None:
    assert escape_formula("  =1+1") == "'  =1+1"


def test_a_plain_cell_is_left_unchanged() -> None:
    assert escape_formula("Call 0808 157 0123 (-)") == "Call 0808 157 0123 (-)"


def test_a_table_has_a_bom_crlf_line_ends_and_plain_integers() -> None:
    content = csv_bytes(("a", "b"), [(210.0, "x,y"), (2.5, -3)])

    assert content == b'\xef\xbb\xbfa,b\r\n210,"x,y"\r\n2.5,-3\r\n'


@pytest.mark.parametrize(
    ("changes", "based_on", "stock"),
    [
        ({}, "poster-a4", "silk coated, 150 to 170 g/m²"),
        ({}, "poster-a6", "silk coated board, 300 to 350 g/m²"),
        ({}, "sticker-washroom-a6", "self-adhesive vinyl, matt laminated"),
        ({"colour": "cmyk-uncoated"}, "own", "uncoated, 120 g/m²"),
        ({}, "own", "silk coated, 150 to 170 g/m²"),
        ({"section": "press"}, "poster-a4", "as the newspaper or magazine requires"),
        ({"section": "outdoor"}, "poster-a4", "as the media owner requires"),
    ],
)
def test_the_suggested_stock_depends_on_use_colour_and_channel(
    changes: dict[str, str], based_on: str, stock: str
) -> None:
    assert suggested_stock(sample_pack_file(**changes), based_on) == stock


def test_a_pdf_without_an_output_intent_is_rgb_and_not_for_a_press(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "plain.pdf")

    facts = read_press_facts(tmp_path / "plain.pdf")

    assert facts == PressFacts(1, "RGB", CONVERT)
    assert not facts.is_for_press


@pytest.mark.parametrize(("inks", "colours"), [(4, "CMYK"), (3, "RGB"), (1, "black only"), (None, "CMYK")])
def test_the_output_condition_and_colours_of_a_press_file_are_read(
    tmp_path: Path, inks: int | None, colours: str
) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.add_blank_page()
        intent = pikepdf.Dictionary(OutputConditionIdentifier="FOGRA39")
        if inks:
            intent.DestOutputProfile = pdf.make_stream(b"icc", N=inks)
        pdf.Root.OutputIntents = pikepdf.Array([intent])
        pdf.save(tmp_path / "press.pdf")

    facts = read_press_facts(tmp_path / "press.pdf")

    assert (facts.pages, facts.colours, facts.profile) == (2, colours, "FOGRA39")
    assert facts.is_for_press


def test_the_error_for_a_file_that_is_not_a_pdf_names_it(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "poster.pdf").write_bytes(b"GIF89a")

    with pytest.raises(ValueError) as refused:
        read_press_facts(tmp_path / "poster.pdf")

    assert "poster.pdf" in str(refused.value)
    assert wording == str(refused.value).partition(": ")[0]  # the rest is the message of the library


def test_the_job_ticket_lists_print_files_without_office_variants() -> None:
    office = sample_pack_file(id="o", packed_path="01-print/en-GB/office.pdf", variant=OFFICE)
    mono = sample_pack_file(id="m", packed_path="01-print/en-GB/mono.pdf", variant=MONO)
    brief = sample_pack_context(files=(sample_pack_file(), office, mono))
    press = {packed_file.packed_path: FOGRA for packed_file in brief.files}

    rows = rows_of(make_tables(brief, frozenset({"print"}), press)["job-ticket.csv"])

    assert [row["file"].rpartition("/")[2] for row in rows] == [
        "door_acme_worried_poster-a4_en-GB.pdf",
        "mono.pdf",
    ]
    assert [row["colours"] for row in rows] == ["CMYK", "black only"]
    assert (rows[0]["trim width mm"], rows[0]["bleed mm"], rows[0]["page in file"]) == ("210", "3", "100 %")
    assert rows[0]["suggested stock"] == "silk coated, 150 to 170 g/m²"


def test_outdoor_files_have_notes_on_live_type_and_media_owner_sizes() -> None:
    packed_file = sample_pack_file(section="outdoor", channel="ooh-6-sheet")
    brief = sample_pack_context(
        files=(packed_file,),
        channels={"ooh-6-sheet": PackChannel("6-sheet", "Keep clear.", True, "ooh-6-sheet")},
    )

    (row,) = rows_of(
        make_tables(brief, frozenset({"outdoor"}), {packed_file.packed_path: FOGRA})["job-ticket.csv"]
    )

    assert row["note"].startswith("Keep clear. The type is live")
    assert "ask for the owner's template first" in row["note"]


def test_a_post_without_the_picture_that_its_network_needs_has_a_note() -> None:
    lacking = sample_post(network="Instagram", image="", needs_picture=True, is_draft=True)
    brief = sample_pack_context(posts=(sample_post(), lacking, sample_post(image="")))

    rows = rows_of(make_tables(brief, frozenset({"social"}), {})["posts.csv"])

    assert [row["note"] for row in rows] == [
        "",
        "draft translation: not reviewed yet; Instagram does not accept posts without a picture,"
        " and this pack has none for this post: ask for one",
        "this pack has no picture for this post: publish the text alone",
    ]


def test_empty_tables_are_left_out() -> None:
    brief = sample_pack_context()

    assert set(make_tables(brief, frozenset({"print"}), {brief.files[0].packed_path: FOGRA})) == {
        "alt-text.csv",
        "job-ticket.csv",
    }
    assert make_tables(brief, frozenset({"social"}), {}) == {}
