"""``assetgen list``, called in this process: the rows of each list, filters, and the three formats."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from assetgen.cli.commands.listing import Things, list_things
from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from tests.support.tiny_campaign import FILES, write_tiny
from tests.support.wording import Wording

PRINTERS = """\
harbour:
  name: Harbour Press
  cut_marks: on
  bleed_mm: 5
  pdfx: x1a
  conditions: {coated: {condition: FOGRA51, ink_limit: 280}}
"""
Capture = pytest.CaptureFixture[str]


def write(root: Path, **changes: str) -> Path:
    """Write a campaign with the given texts in some of its files; return its folder."""
    names = {"acme": "partners/acme/partner.yaml", "beta": "partners/beta/partner.yaml",
             "brand": "brand/brand.yaml", "printers": "brand/printers.yaml"}  # fmt: skip
    return write_tiny(root / "campaign", {names[key]: text for key, text in changes.items()})


def run_list(root: Path, things: Things, *, quiet: bool = False, code: int = 0, **options: Any) -> None:
    """Run the command; check its exit code."""
    context = cast("typer.Context", SimpleNamespace(obj=Session(root, quiet=quiet)))
    with pytest.raises(typer.Exit) as exited:
        list_things(context, things, **options)
    assert exited.value.exit_code == code


def rows(capsys: Capture, root: Path, things: Things, **options: Any) -> list[dict[str, Any]]:
    """Return the rows that the command prints as JSON."""
    run_list(root, things, form="json", **options)
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)[things]
    return found


def test_partner_row_shows_role_alongside_partners_and_planned_assets(
    tmp_path: Path, capsys: Capture
) -> None:
    root = write(tmp_path, beta="name: Beta\nrole: joint\nalongside: [acme]\nchannels: [tiny-card]\n")

    acme, beta = rows(capsys, root, "partners")

    assert list(acme) == ["id", "name", "role", "alongside", "messages", "channels", "tracking", "assets"]
    assert (beta["id"], beta["role"], beta["alongside"], beta["channels"]) == ("beta", "joint", ["acme"], 1)
    assert beta["assets"] == acme["assets"] - 1


def test_printer_row_shows_print_settings_and_planned_assets(tmp_path: Path, capsys: Capture) -> None:
    root = write(tmp_path, printers=PRINTERS, acme="name: Acme\nprinter: harbour\n")

    (row,) = rows(capsys, root, "printers")

    assert (row["id"], row["name"], row["cut_marks"], row["bleed_mm"]) == (
        "harbour",
        "Harbour Press",
        True,
        "5",
    )
    assert row["pdfx"] == "x1a" and row["conditions"][0].startswith("coated ")
    assert row["assets"] == 1


def test_message_row_shows_headline_and_locales(tmp_path: Path, capsys: Capture) -> None:
    (row,) = rows(capsys, write(tmp_path), "messages")

    assert (row["id"], row["accent"], row["locales"]) == ("hello", "ink", ["en-GB"])
    assert row["headline"] == "Talk to us" and row["assets"] == 2


def test_channels_of_unknown_size_are_listed_last_with_no_assets(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    found = rows(capsys, write(tmp_path), "channels")

    by_id = {row["id"]: row for row in found}
    assert (by_id["tiny-card"]["size"], by_id["tiny-card"]["code"]) == ("320 × 180 px", "off")
    assert (by_id["tiny-sheet"]["size"], by_id["tiny-sheet"]["code"]) == ("80 × 45 mm", "off")
    assert found[-1]["assets"] == 0
    assert wording == found[-1]["size"]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({"channel": ["tiny-*"]}, ["tiny-card", "tiny-sheet"]),
        ({"channel": ["social/tiny-*"]}, ["tiny-card"]),
        ({"medium": ["print"], "channel": ["tiny-*"]}, ["tiny-sheet"]),
        ({"partner": ["beta"]}, ["tiny-card"]),
    ],
    ids=["glob", "medium in glob", "medium option", "partner"],
)
def test_channel_list_is_filtered_by_name_medium_and_partner(
    tmp_path: Path, capsys: Capture, options: dict[str, list[str]], ids: list[str]
) -> None:
    root = write(tmp_path, beta="name: Beta\nchannels: [tiny-card]\n")

    assert [row["id"] for row in rows(capsys, root, "channels", **options)] == ids


def test_tracked_link_ends_with_its_code_and_untracked_link_has_none(tmp_path: Path, capsys: Capture) -> None:
    root = write(tmp_path, acme="name: Acme\ntracking: partner\n", beta="name: Beta\ntracking: none\n")

    found = rows(capsys, root, "links")

    tracked = [row for row in found if row["partners"] == ["acme"]]
    assert [row["code"] for row in found if row["partners"] == ["beta"]] == [""]
    assert tracked and all(row["code"] and row["link"].endswith(f"?r={row['code']}") for row in tracked)


def test_code_of_a_utm_link_is_its_whole_query(tmp_path: Path, capsys: Capture) -> None:
    brand = FILES["brand/brand.yaml"] + "link: {style: utm}\n"
    root = write(tmp_path, brand=brand, acme="name: Acme\ntracking: partner\n")

    (row,) = rows(capsys, root, "links")

    assert row["code"].startswith("utm_") and row["link"].endswith(f"?{row['code']}")


def test_packs_are_listed_for_selected_partners_only(tmp_path: Path, capsys: Capture) -> None:
    root = write(tmp_path, beta="name: Beta\n")

    found = rows(capsys, root, "packs", partner=["b*"], day=date(2026, 11, 1).isoformat())

    assert [row["partner"] if "partner" in row else row["id"] for row in found] == ["beta"]


def test_listing_assets_or_links_that_are_not_planned_raises_an_error(tmp_path: Path) -> None:
    root = write(tmp_path, beta="name: Beta\nchannels: [tiny-card]\n")

    for things in ("assets", "links"):
        with pytest.raises(CampaignError):
            context = cast("typer.Context", SimpleNamespace(obj=Session(root)))
            list_things(context, things, partner=["beta"], channel=["tiny-sheet"])


def test_list_reports_an_invalid_partner_beside_valid_rows_and_exits_with_1(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    root = write(tmp_path, beta="name: Beta\nnam: Beta\n")

    run_list(root, "partners", code=1)

    printed = capsys.readouterr()
    assert "[unknown-key]" in printed.err
    assert wording == printed.err
    assert [line.split()[0] for line in printed.out.splitlines()] == ["id", "acme"]


def test_json_list_includes_the_findings(tmp_path: Path, capsys: Capture) -> None:
    root = write(tmp_path, beta="name: Beta\nnam: Beta\n")

    run_list(root, "partners", code=1, form="json")

    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["partners", "findings"]
    assert [finding["code"] for finding in printed["findings"]] == ["unknown-key"]


def test_table_omits_long_columns_and_counts_its_rows(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    root = write(tmp_path)

    run_list(root, "templates")
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0].split() == ["id", "name", "backgrounds", "assets"]
    assert printed.err.splitlines()[-1].startswith("1 ")
    assert wording == printed.err

    run_list(root, "templates", quiet=True)
    assert capsys.readouterr().err == ""


def test_csv_joins_a_list_in_one_cell(tmp_path: Path, capsys: Capture) -> None:
    root = write_tiny(
        tmp_path,
        {f"partners/{name}/partner.yaml": f"name: {name}\n{more}" for name, more in
         (("acme", ""), ("beta", ""), ("gamma", "alongside: [acme, beta]\n"))},
    )  # fmt: skip

    run_list(root, "partners", form="csv")

    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff"), newline="")))
    assert [row["alongside"] for row in found] == ["", "", "acme; beta"]


def test_csv_cell_is_empty_for_a_missing_value(tmp_path: Path, capsys: Capture) -> None:
    root = write(tmp_path, printers=PRINTERS.replace("  bleed_mm: 5\n", ""))

    run_list(root, "printers", form="csv")

    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff"), newline=""))
    assert (row["id"], row["bleed_mm"]) == ("harbour", "")


def test_an_empty_list_prints_no_table_and_counts_0_rows(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    run_list(write(tmp_path), "printers")

    printed = capsys.readouterr()
    assert printed.out.strip() == "" and printed.err.splitlines()[-1].startswith("0 ")
    assert wording == printed.err
