"""Marks in copy: ``|`` where a line should end, ``~`` and U+00A0 where it should not."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen import Campaign
from assetgen.schema.fields import split_break_marks
from tests.support.cases import case_campaign
from tests.support.example_campaign import replace_in_file

MESSAGE = "brand/messages/help.yaml"


@pytest.mark.parametrize(
    ("marked", "text", "breaks"),
    [
        ("Caring, | and awake at three?", "Caring, and awake at three?", (1,)),
        ("One two | three four | five", "One two three four five", (2, 4)),
        ("Yes|no and a|b", "Yes|no and a|b", ()),
        ("No mark", "No mark", ()),
    ],
    ids=["one mark", "two marks", "bars without spaces", "no mark"],
)
def test_marks_are_removed_and_counted_in_words(marked: str, text: str, breaks: tuple[int, ...]) -> None:
    assert split_break_marks(marked) == (text, breaks)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return case_campaign(tmp_path / "c")


def test_marks_reach_the_layout_and_nothing_else(root: Path) -> None:
    replace_in_file(
        root, MESSAGE, "long: A question can be asked today", "long: A question | can be~asked today"
    )

    assets = [asset for asset in Campaign.load(root).plan().assets if asset.copy_sets]
    sets = [one for asset in assets for one in asset.copy_sets if "question" in one.copy_by_role["headline"]]

    assert sets
    for one in sets:
        assert one.copy_by_role["headline"] == "A question can be\N{NO-BREAK SPACE}asked today"
        assert one.good_breaks["headline"] == (2,)
    texts = [text for asset in assets for words in asset.spec.words.values() for text in words.values()]
    assert not [text for text in texts if "|" in text or "~" in text]


def test_marked_copy_builds(root: Path) -> None:
    replace_in_file(
        root, MESSAGE, "long: A question can be asked today", "long: A question | can be~asked today"
    )

    result = Campaign.load(root).build(jobs=1)

    assert [finding.as_text() for finding in result.findings if finding.is_error] == []
