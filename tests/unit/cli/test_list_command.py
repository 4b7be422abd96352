"""``assetgen list`` called in this process: the rows of each thing, what narrows them, and its three forms."""

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
from tests.support.tiny import FILES, write_tiny
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
    names = {"acme": "partners/acme/partner.yaml", "beta": "partners/beta/partner.yaml",
             "brand": "brand/brand.yaml", "printers": "brand/printers.yaml"}  # fmt: skip
    return write_tiny(root / "campaign", {names[key]: text for key, text in changes.items()})


def listed(root: Path, things: Things, *, quiet: bool = False, code: int = 0, **options: Any) -> None:
    context = cast("typer.Context", SimpleNamespace(obj=Session(root, quiet=quiet)))
    with pytest.raises(typer.Exit) as ended:
        list_things(context, things, **options)
    assert ended.value.exit_code == code


def rows(capsys: Capture, root: Path, things: Things, **options: Any) -> list[dict[str, Any]]:
    listed(root, things, form="json", **options)
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)[things]
    return found


def test_a_partner_tells_its_role_its_company_and_how_much_is_planned(
    tmp_path: Path, capsys: Capture
) -> None:
    root = write(tmp_path, beta="name: Beta\nrole: joint\nalongside: [acme]\nchannels: [tiny-card]\n")

    acme, beta = rows(capsys, root, "partners")

    assert list(acme) == ["id", "name", "role", "alongside", "messages", "channels", "tracking", "assets"]
    assert (beta["id"], beta["role"], beta["alongside"], beta["channels"]) == ("beta", "joint", ["acme"], 1)
    assert beta["assets"] == acme["assets"] - 1


def test_a_printer_tells_how_it_prints_and_how_many_assets_it_gets(tmp_path: Path, capsys: Capture) -> None:
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


def test_a_message_tells_its_headline_and_its_languages(tmp_path: Path, capsys: Capture) -> None:
    (row,) = rows(capsys, write(tmp_path), "messages")

    assert (row["id"], row["accent"], row["locales"]) == ("hello", "ink", ["en-GB"])
    assert row["headline"] == "Talk to us" and row["assets"] == 2


def test_channels_end_with_those_whose_size_only_the_owner_knows(
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
)
def test_channels_are_narrowed_by_name_and_by_what_is_planned_of_them(
    tmp_path: Path, capsys: Capture, options: dict[str, list[str]], ids: list[str]
) -> None:
    root = write(tmp_path, beta="name: Beta\nchannels: [tiny-card]\n")

    assert [row["id"] for row in rows(capsys, root, "channels", **options)] == ids


def test_a_code_tells_a_link_from_the_others(tmp_path: Path, capsys: Capture) -> None:
    root = write(tmp_path, acme="name: Acme\ntracking: partner\n", beta="name: Beta\ntracking: none\n")

    found = rows(capsys, root, "links")

    own = [row for row in found if row["partners"] == ["acme"]]
    assert [row["code"] for row in found if row["partners"] == ["beta"]] == [""]
    assert own and all(row["code"] and row["link"].endswith(f"?r={row['code']}") for row in own)


def test_with_fields_of_statistics_the_code_is_all_of_them(tmp_path: Path, capsys: Capture) -> None:
    brand = FILES["brand/brand.yaml"] + "link: {style: utm}\n"
    root = write(tmp_path, brand=brand, acme="name: Acme\ntracking: partner\n")

    (row,) = rows(capsys, root, "links")

    assert row["code"].startswith("utm_") and row["link"].endswith(f"?{row['code']}")


def test_packs_are_told_for_each_partner_that_is_selected(tmp_path: Path, capsys: Capture) -> None:
    root = write(tmp_path, beta="name: Beta\n")

    found = rows(capsys, root, "packs", partner=["b*"], day=date(2026, 11, 1).isoformat())

    assert [row["partner"] if "partner" in row else row["id"] for row in found] == ["beta"]


def test_what_is_not_planned_is_no_asset_and_no_link(tmp_path: Path) -> None:
    root = write(tmp_path, beta="name: Beta\nchannels: [tiny-card]\n")

    for things in ("assets", "links"):
        with pytest.raises(CampaignError):
            context = cast("typer.Context", SimpleNamespace(obj=Session(root)))
            list_things(context, things, partner=["beta"], channel=["tiny-sheet"])


def test_a_fault_of_the_input_is_told_beside_the_rest_and_ends_in_one(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    root = write(tmp_path, beta="name: Beta\nnam: Beta\n")

    listed(root, "partners", code=1)

    said = capsys.readouterr()
    assert "[unknown-key]" in said.err
    assert wording == said.err
    assert [line.split()[0] for line in said.out.splitlines()] == ["id", "acme"]


def test_json_holds_the_findings_too(tmp_path: Path, capsys: Capture) -> None:
    root = write(tmp_path, beta="name: Beta\nnam: Beta\n")

    listed(root, "partners", code=1, form="json")

    said = json.loads(capsys.readouterr().out)
    assert list(said) == ["partners", "findings"]
    assert [one["code"] for one in said["findings"]] == ["unknown-key"]


def test_a_table_leaves_out_long_columns_and_counts_its_rows(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    root = write(tmp_path)

    listed(root, "templates")
    said = capsys.readouterr()
    assert said.out.splitlines()[0].split() == ["id", "name", "backgrounds", "assets"]
    assert said.err.splitlines()[-1].startswith("1 ")
    assert wording == said.err

    listed(root, "templates", quiet=True)
    assert capsys.readouterr().err == ""


def test_a_spreadsheet_has_a_list_as_one_cell(tmp_path: Path, capsys: Capture) -> None:
    root = write_tiny(
        tmp_path,
        {f"partners/{name}/partner.yaml": f"name: {name}\n{more}" for name, more in
         (("acme", ""), ("beta", ""), ("gamma", "alongside: [acme, beta]\n"))},
    )  # fmt: skip

    listed(root, "partners", form="csv")

    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff"), newline="")))
    assert [row["alongside"] for row in found] == ["", "", "acme; beta"]


def test_a_spreadsheet_has_nothing_for_none(tmp_path: Path, capsys: Capture) -> None:
    root = write(tmp_path, printers=PRINTERS.replace("  bleed_mm: 5\n", ""))

    listed(root, "printers", form="csv")

    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff"), newline=""))
    assert (row["id"], row["bleed_mm"]) == ("harbour", "")


def test_nothing_to_list_is_an_empty_table(tmp_path: Path, capsys: Capture, wording: Wording) -> None:
    listed(write(tmp_path), "printers")

    said = capsys.readouterr()
    assert said.out.strip() == "" and said.err.splitlines()[-1].startswith("0 ")
    assert wording == said.err
