"""``assetgen list`` through the command line: selected rows as a table, as JSON and as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from assetgen.cli.app import run
from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """Return a campaign with a custom size and a partner whose name looks like a formula."""
    return write_tiny(
        tmp_path,
        {
            "partners/acme/partner.yaml": "name: Acme\n"
            "custom_sizes: [{id: own-card, based_on: tiny-card, size: [640, 180]}]\n",
            "partners/beta/partner.yaml": "name: =Beta\nchannels: [tiny-sheet]\n",
        },
    )


def run_list(capsys: pytest.CaptureFixture[str], campaign: Path, *words: str, code: int = 0) -> str:
    """Run the command, check its exit code, and return its standard output."""
    assert run(["-C", str(campaign), "list", *words]) == code
    return capsys.readouterr().out


def rows(
    capsys: pytest.CaptureFixture[str], campaign: Path, things: str, *words: str
) -> list[dict[str, Any]]:
    """Return the rows that the command prints as JSON."""
    printed = json.loads(run_list(capsys, campaign, things, "--format", "json", *words))
    assert printed["findings"] == []
    found: list[dict[str, Any]] = printed[things]
    return found


def test_partners_are_listed_with_their_number_of_assets(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    found = {row["id"]: row for row in rows(capsys, campaign, "partners")}

    assert set(found) == {"acme", "beta"}
    assert found["beta"]["assets"] < found["acme"]["assets"]


def test_selecting_a_channel_omits_partners_without_it(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    assert [row["id"] for row in rows(capsys, campaign, "partners", "-c", "tiny-card")] == ["acme"]


def test_a_custom_size_is_listed_as_a_channel(
    capsys: pytest.CaptureFixture[str], campaign: Path, wording: Wording
) -> None:
    (row,) = rows(capsys, campaign, "channels", "-c", "own-card")

    assert (row["size"], row["assets"]) == ("640 × 180 px", 1)
    assert "acme" in row["notes"]
    assert wording == row["notes"]


def test_channel_list_is_empty_for_a_partner_without_that_channel(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    (row,) = rows(capsys, campaign, "channels", "-p", "beta", "-c", "tiny-sheet")

    assert row["id"] == "tiny-sheet"
    assert rows(capsys, campaign, "channels", "-p", "beta", "-c", "tiny-card") == []


def test_list_exits_with_2_for_an_unknown_partner(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    assert run_list(capsys, campaign, "assets", "-p", "acne", code=2) == ""


def test_asset_row_shows_size_format_and_path(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    (row,) = rows(capsys, campaign, "assets", "-p", "beta", "-c", "tiny-sheet")

    assert (row["id"], row["size"], row["format"]) == ("beta/hello/tiny-sheet/en-GB", "80 × 45 mm", "pdf")
    assert row["path"].startswith("beta/en-GB/print/")


def test_template_row_shows_shapes_backgrounds_and_planned_assets(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    (row,) = rows(capsys, campaign, "templates")

    assert (row["id"], row["shapes"], row["backgrounds"]) == ("bare", ["landscape"], ["light"])
    assert row["assets"] > 0


def test_each_link_is_listed_once_with_its_assets_and_partners(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    found = rows(capsys, campaign, "links")

    assert len({row["link"] for row in found}) == len(found)
    assert all(row["assets"] >= 1 and row["partners"] for row in found)


def test_csv_escapes_a_cell_that_looks_like_a_formula(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    text = run_list(capsys, campaign, "partners", "--format", "csv")

    found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["name"] for row in found] == ["Acme", "'=Beta"]


def test_table_has_a_heading_and_one_line_per_row(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    heading, *lines = run_list(capsys, campaign, "messages").splitlines()

    assert heading.split()[:2] == ["id", "accent"]
    assert [line.split()[0] for line in lines] == ["hello"]
