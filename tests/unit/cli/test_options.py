"""Options that several commands share: a day, a selection, the folder that is built into."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from assetgen.cli.session import SOURCES, Day, Session, built_into, day_of, named_folder, with_selection
from assetgen.errors import CampaignError
from assetgen.planning.selection import EVERYTHING, Selection
from tests.support.wording import Wording


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    root = tmp_path / "campaign"
    for name in SOURCES:
        (root / name).mkdir(parents=True)
    return root


def parse_day(word: str) -> str:
    """Return what the option makes of a word."""
    (option,) = (one for one in get_args(Day) if hasattr(one, "parser"))
    return str(option.parser(word))


def refusal(root: Path, out: Path) -> tuple[str, str | None]:
    with pytest.raises(CampaignError) as raised:
        built_into(Session(root), out)
    (finding,) = raised.value.findings
    assert finding.code == "bad-value"
    assert str(out) in finding.text
    return finding.text, finding.hint


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert day_of(parse_day(day.isoformat())) == day


def test_without_a_day_it_is_today() -> None:
    assert day_of(None) == date.today()


@pytest.mark.parametrize(
    "word",
    ["2026-02-30", "2026-11-1", "26.11.2026", "20261126", ""],
    ids=lambda word: word or "nothing",
)
def test_another_form_of_a_day_is_refused(word: str, wording: Wording) -> None:
    with pytest.raises(typer.BadParameter) as raised:
        parse_day(word)

    assert word in raised.value.message
    assert wording == raised.value.message


def test_a_folder_without_a_name_is_refused(wording: Wording) -> None:
    assert named_folder("out") == Path("out")
    with pytest.raises(typer.BadParameter) as raised:
        named_folder("")
    assert wording == raised.value.message


def test_words_become_a_selection_by_kind() -> None:
    told: list[Selection] = []

    @with_selection
    def command(chosen: Selection, *, strict: bool = False) -> None:
        told.append(chosen)

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

    assert told == [EVERYTHING, Selection(("a",), ("b", "c"), ("d",), ("e",), ("f",))]


def test_what_is_built_goes_into_the_campaigns_own_folder_unless_another_is_named(campaign: Path) -> None:
    assert built_into(Session(campaign), None) == campaign / "out"
    assert built_into(Session(campaign), campaign.parent / "new/folder") == campaign.parent / "new/folder"
    assert built_into(Session(campaign), campaign / "out/x") == campaign / "out/x"


def test_without_a_campaign_there_is_no_folder_of_its_own(tmp_path: Path, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        built_into(Session(tmp_path / "none"), None)

    assert [one.code for one in raised.value.findings] == ["missing-file"]
    assert wording == str(raised.value)


@pytest.mark.parametrize("name", ["", ".", *SOURCES, "brand/x/y", "out/../templates"])
def test_the_campaigns_own_files_are_never_built_over(campaign: Path, name: str, wording: Wording) -> None:
    assert wording == refusal(campaign, campaign / name)


def test_a_link_onto_the_campaigns_own_files_is_refused(
    campaign: Path, tmp_path: Path, wording: Wording
) -> None:
    (tmp_path / "link").symlink_to(campaign / "brand")

    assert wording == refusal(campaign, tmp_path / "link")


def test_what_is_no_folder_is_refused(campaign: Path, tmp_path: Path, wording: Wording) -> None:
    file = tmp_path / "file"
    file.touch()

    assert wording == [refusal(campaign, out) for out in (file, file / "out", tmp_path / ("x" * 300))]
