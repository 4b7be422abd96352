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


def refusal(root: Path, out: Path) -> str:
    with pytest.raises(CampaignError) as raised:
        built_into(Session(root), out)
    (finding,) = raised.value.findings
    assert finding.code == "bad-value"
    assert finding.hint == "name another folder, or leave -o out: then it is out/ in the campaign"
    return finding.text


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert day_of(parse_day(day.isoformat())) == day


def test_without_a_day_it_is_today() -> None:
    assert day_of(None) == date.today()


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("2026-02-30", "2026-02-30 is no day of the calendar"),
        ("2026-11-1", "2026-11-1 is no day: write year, month and day, 2026-11-26"),
        ("26.11.2026", "26.11.2026 is no day: write year, month and day, 2026-11-26"),
        ("20261126", "20261126 is no day: write year, month and day, 2026-11-26"),
        ("", " is no day: write year, month and day, 2026-11-26"),
    ],
)
def test_another_form_of_a_day_is_refused(word: str, text: str) -> None:
    with pytest.raises(typer.BadParameter) as raised:
        parse_day(word)

    assert raised.value.message == text


def test_a_folder_without_a_name_is_refused() -> None:
    assert named_folder("out") == Path("out")
    with pytest.raises(typer.BadParameter, match="the folder has no name"):
        named_folder("")


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


def test_without_a_campaign_there_is_no_folder_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="there is no folder"):
        built_into(Session(tmp_path / "none"), None)


@pytest.mark.parametrize("name", ["", ".", *SOURCES, "brand/x/y", "out/../templates"])
def test_the_campaigns_own_files_are_never_built_over(campaign: Path, name: str) -> None:
    out = campaign / name

    assert refusal(campaign, out) == f"-o {out}: the campaign's own files are there, not what is built"


def test_a_link_onto_the_campaigns_own_files_is_refused(campaign: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(campaign / "brand")

    assert refusal(campaign, tmp_path / "link").endswith(
        "the campaign's own files are there, not what is built"
    )


def test_what_is_no_folder_is_refused(campaign: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    assert refusal(campaign, file) == f"-o {file}: it is a file, not a folder"
    assert refusal(campaign, file / "out") == f"-o {file / 'out'}: a file stands on the way"
    assert refusal(campaign, tmp_path / ("x" * 300)).endswith(": File name too long")
