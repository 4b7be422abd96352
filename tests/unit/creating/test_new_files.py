"""``assetgen new``: commented files that can be used at once, in a complete or a faulty campaign."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assetgen import Campaign, Selection
from assetgen.creating.new_campaign import StarterAnswers, write_starter
from assetgen.creating.new_files import write_channel, write_message, write_template
from assetgen.errors import CampaignError
from tests.support.wording import Wording


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_starter(tmp_path / "c")
    return tmp_path / "c"


def select(root: Path, **values: object) -> None:
    """Set keys of campaign.yaml."""
    path = root / "campaign.yaml"
    content = yaml.safe_load(path.read_text("utf-8")) | values
    path.write_text(yaml.safe_dump(content), "utf-8")


def test_a_new_message_can_be_built_at_once(root: Path) -> None:
    assert write_message(root, "open-evening") == ["brand/messages/open-evening.yaml"]
    select(root, messages=["open-evening"])

    result = Campaign.load(root).build(Selection(channel=("ig-square",)), jobs=1)

    assert (result.built, result.failed) == (1, 0)


def test_a_new_template_can_be_built_at_once(root: Path) -> None:
    written = write_template(root, "posters")
    select(root, template={"*": "posters"})

    result = Campaign.load(root).build(Selection(channel=("ig-square", "card-wallet")), jobs=1)

    assert written == [
        f"templates/posters/{name}" for name in ("style.css", "template.html", "template.yaml")
    ]
    assert [finding.as_text() for finding in result.findings if finding.is_error] == []
    assert result.built > 0


def test_a_new_channel_is_added_after_the_campaigns_own_and_can_be_built(root: Path) -> None:
    before = (root / "brand/channels.yaml").read_text("utf-8")

    assert write_channel(root, "lobby-screen") == ["brand/channels.yaml"]
    select(root, channels=["lobby-screen"])

    assert (root / "brand/channels.yaml").read_text("utf-8").startswith(before)
    result = Campaign.load(root).build(Selection(channel=("lobby-screen",)), jobs=1)
    assert (result.built, result.failed) == (2, 0)


def test_a_message_of_a_service_without_a_number_names_none(tmp_path: Path) -> None:
    write_starter(tmp_path / "c", StarterAnswers(address="www.example.org"))

    write_message(tmp_path / "c", "visit")

    text = (tmp_path / "c/brand/messages/visit.yaml").read_text("utf-8")
    assert "{number}" not in text and "{address}" in text


def test_a_first_message_is_written_into_a_blank_campaign(tmp_path: Path) -> None:
    root = tmp_path / "c"
    write_starter(root, StarterAnswers(is_blank=True))

    write_message(root, "first")

    assert [finding.as_text() for finding in Campaign.load(root).check() if finding.is_error] == []


def test_new_files_are_written_into_a_campaign_with_faults(root: Path) -> None:
    (root / "brand/brand.yaml").write_text("palette: [", "utf-8")
    (root / "campaign.yaml").write_text("name: {", "utf-8")

    assert write_message(root, "later") and write_template(root, "later") and write_channel(root, "later")


def test_an_existing_or_invalid_name_is_refused(root: Path, wording: Wording) -> None:
    texts = []
    for write, name in (
        (write_message, "ask"),
        (write_template, "plain"),
        (write_channel, "ig-square"),
        (write_channel, "market-banner"),
        (write_message, "Open Evening"),
    ):
        with pytest.raises(CampaignError) as raised:
            write(root, name)
        texts.append(str(raised.value))

    assert wording == texts
