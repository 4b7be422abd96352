"""Lists of a campaign: rows as JSON, as a table, as CSV for a spreadsheet; what was chosen and nothing else."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from assetgen.cli.app import run
from tests.support.tiny import write_tiny
from tests.support.wording import Wording


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    return write_tiny(
        tmp_path,
        {
            "partners/acme/partner.yaml": "name: Acme\n"
            "custom_sizes: [{id: own-card, based_on: tiny-card, size: [640, 180]}]\n",
            "partners/beta/partner.yaml": "name: =Beta\nchannels: [tiny-sheet]\n",
        },
    )


def listed(capsys: pytest.CaptureFixture[str], campaign: Path, *words: str, code: int = 0) -> str:
    assert run(["-C", str(campaign), "list", *words]) == code
    return capsys.readouterr().out


def rows(
    capsys: pytest.CaptureFixture[str], campaign: Path, things: str, *words: str
) -> list[dict[str, Any]]:
    said = json.loads(listed(capsys, campaign, things, "--format", "json", *words))
    assert said["findings"] == []
    found: list[dict[str, Any]] = said[things]
    return found


def test_partners_are_listed_with_their_assets(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    found = {row["id"]: row for row in rows(capsys, campaign, "partners")}

    assert set(found) == {"acme", "beta"}
    assert found["beta"]["assets"] < found["acme"]["assets"]


def test_a_selection_by_channel_leaves_out_partners_that_do_not_have_it(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    assert [row["id"] for row in rows(capsys, campaign, "partners", "-c", "tiny-card")] == ["acme"]


def test_a_partner_s_own_size_is_a_channel_of_its_own(
    capsys: pytest.CaptureFixture[str], campaign: Path, wording: Wording
) -> None:
    (row,) = rows(capsys, campaign, "channels", "-c", "own-card")

    assert (row["size"], row["assets"]) == ("640 × 180 px", 1)
    assert "acme" in row["notes"]
    assert wording == row["notes"]


def test_a_thing_that_is_known_is_listed_though_nothing_is_planned_of_it(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    (row,) = rows(capsys, campaign, "channels", "-p", "beta", "-c", "tiny-sheet")

    assert row["id"] == "tiny-sheet"
    assert rows(capsys, campaign, "channels", "-p", "beta", "-c", "tiny-card") == []


def test_a_name_that_nobody_has_is_a_wrong_call(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    assert listed(capsys, campaign, "assets", "-p", "acne", code=2) == ""


def test_assets_are_told_with_size_and_path(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    (row,) = rows(capsys, campaign, "assets", "-p", "beta", "-c", "tiny-sheet")

    assert (row["id"], row["size"], row["format"]) == ("beta/hello/tiny-sheet/en-GB", "80 × 45 mm", "pdf")
    assert row["path"].startswith("beta/en-GB/print/")


def test_a_template_tells_its_shapes_and_how_often_it_is_used(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    (row,) = rows(capsys, campaign, "templates")

    assert (row["id"], row["shapes"], row["backgrounds"]) == ("bare", ["landscape"], ["light"])
    assert row["assets"] > 0


def test_each_link_is_listed_once_with_all_that_carry_it(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    found = rows(capsys, campaign, "links")

    assert len({row["link"] for row in found}) == len(found)
    assert all(row["assets"] >= 1 and row["partners"] for row in found)


def test_a_spreadsheet_takes_no_cell_for_a_formula(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    text = listed(capsys, campaign, "partners", "--format", "csv")

    found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["name"] for row in found] == ["Acme", "'=Beta"]


def test_a_table_has_a_heading_and_a_line_for_each_row(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    head, *lines = listed(capsys, campaign, "messages").splitlines()

    assert head.split()[:2] == ["id", "accent"]
    assert [line.split()[0] for line in lines] == ["hello"]
