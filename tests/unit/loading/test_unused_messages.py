"""A message that no partner uses never fails a campaign."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen import Campaign, Selection, Severity
from tests.support.example_campaign import make_campaign, replace_in_file, write_campaign_file
from tests.support.wording import Wording

UNUSED_FILE = "brand/messages/later.yaml"
UNUSED = "accent: nosuch\nen-GB:\n  headline: {short: Later}\n  alt: {short: Later}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_campaign(tmp_path / "campaign")


def test_faults_of_an_unused_message_are_warnings(root: Path, wording: Wording) -> None:
    write_campaign_file(root, UNUSED_FILE, UNUSED)

    (finding,) = [one for one in Campaign.load(root).check() if one.place.file == UNUSED_FILE]

    assert finding.severity is Severity.WARNING
    assert wording == finding.as_text()


def test_a_campaign_with_a_faulty_unused_message_builds(root: Path) -> None:
    write_campaign_file(root, UNUSED_FILE, UNUSED)

    assert Campaign.load(root).build(Selection(channel=("ig-square",)), jobs=1).ok


def test_faults_of_a_used_message_stay_errors(root: Path) -> None:
    replace_in_file(root, "brand/messages/worried.yaml", "accent: apricot", "accent: nosuch")

    findings = [one for one in Campaign.load(root).check() if one.place.file == "brand/messages/worried.yaml"]

    assert [one.severity for one in findings] == [Severity.ERROR]


def test_faults_of_a_message_that_a_used_one_extends_stay_errors(root: Path) -> None:
    write_campaign_file(root, UNUSED_FILE, UNUSED)
    text = "extends: later\nen-GB:\n  headline: {short: Now}\n  alt: {short: Now}\n"
    write_campaign_file(root, "brand/messages/now.yaml", text)
    replace_in_file(root, "campaign.yaml", "messages: [worried, loved-one]", "messages: [worried, now]")

    findings = [one for one in Campaign.load(root).check() if one.code == "unknown-id"]

    assert UNUSED_FILE in {one.place.file for one in findings if one.is_error}


def test_a_campaign_without_messages_says_how_to_write_one(root: Path, wording: Wording) -> None:
    for file in (root / "brand/messages").iterdir():
        file.unlink()

    with pytest.raises(Exception, match="no messages") as raised:
        Campaign.load(root)

    assert wording == str(raised.value)
