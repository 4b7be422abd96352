"""Options that several commands share: a date, a selection and the output folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from assetgen.cli.session import (
    SOURCES,
    Day,
    Session,
    date_or_today,
    parse_folder,
    resolve_output_folder,
    with_selection,
)
from assetgen.errors import CampaignError
from assetgen.planning.selection import EVERYTHING, Selection
from tests.support.wording import Wording


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """Return a campaign folder that has only its empty source folders."""
    root = tmp_path / "campaign"
    for name in SOURCES:
        (root / name).mkdir(parents=True)
    return root


def parse_day(word: str) -> str:
    """Return the value that the date option parses from a word."""
    (option,) = (item for item in get_args(Day) if hasattr(item, "parser"))
    return str(option.parser(word))


def refused_folder(root: Path, out: Path) -> tuple[str, str | None]:
    """Return the text and the hint of the error for an output folder."""
    with pytest.raises(CampaignError) as raised:
        resolve_output_folder(Session(root), out)
    (finding,) = raised.value.findings
    assert finding.code == "bad-value"
    assert str(out) in finding.text
    return finding.text, finding.hint


@given(st.dates())
def test_date_option_accepts_any_iso_date(day: date) -> None:
    assert date_or_today(parse_day(day.isoformat())) == day


def test_date_option_defaults_to_today() -> None:
    assert date_or_today(None) == date.today()


@pytest.mark.parametrize(
    "word",
    ["2026-02-30", "2026-11-1", "26.11.2026", "20261126", ""],
    ids=lambda word: word or "empty",
)
def test_date_option_refuses_an_invalid_date(word: str, wording: Wording) -> None:
    with pytest.raises(typer.BadParameter) as raised:
        parse_day(word)

    assert (word or "''") in raised.value.message
    assert wording == raised.value.message


def test_an_empty_output_folder_name_is_refused(wording: Wording) -> None:
    assert parse_folder("out") == Path("out")
    with pytest.raises(typer.BadParameter) as raised:
        parse_folder("")
    assert wording == raised.value.message


def test_selection_options_are_collected_into_one_selection() -> None:
    selections: list[Selection] = []

    @with_selection
    def command(chosen: Selection, *, strict: bool = False) -> None:
        selections.append(chosen)

    command()
    command(
        partner=["a"],
        channel=["b", "c"],
        medium=["d"],
        message=["e"],
        template=["f"],
        locale=[],
        strict=True,
    )

    assert selections == [EVERYTHING, Selection(("a",), ("b", "c"), ("d",), ("e",), ("f",))]


def test_output_folder_defaults_to_out_in_the_campaign(campaign: Path) -> None:
    assert resolve_output_folder(Session(campaign), None) == campaign / "out"
    assert (
        resolve_output_folder(Session(campaign), campaign.parent / "new/folder")
        == campaign.parent / "new/folder"
    )
    assert resolve_output_folder(Session(campaign), campaign / "out/x") == campaign / "out/x"


def test_default_output_folder_requires_a_campaign_folder(tmp_path: Path, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        resolve_output_folder(Session(tmp_path / "none"), None)

    assert [finding.code for finding in raised.value.findings] == ["missing-file"]
    assert wording == str(raised.value)


@pytest.mark.parametrize(
    "name",
    ["", ".", "brand", *SOURCES, "brand/x/y", "out/../templates"],
    ids=lambda name: name or "campaign itself",
)
def test_an_output_folder_in_the_campaign_sources_is_refused(
    campaign: Path, name: str, wording: Wording
) -> None:
    assert wording == refused_folder(campaign, campaign / name)


def test_an_output_folder_linked_to_the_campaign_sources_is_refused(
    campaign: Path, tmp_path: Path, wording: Wording
) -> None:
    (tmp_path / "link").symlink_to(campaign / "brand")

    assert wording == refused_folder(campaign, tmp_path / "link")


def test_an_output_path_that_cannot_be_a_folder_is_refused(
    campaign: Path, tmp_path: Path, wording: Wording
) -> None:
    file = tmp_path / "file"
    file.touch()

    assert wording == [refused_folder(campaign, out) for out in (file, file / "out", tmp_path / ("x" * 300))]
