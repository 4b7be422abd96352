"""The plan of the real campaign: every value resolved, in a fixed order, without the disk."""

from __future__ import annotations

import builtins
import pickle
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from assetgen.campaign.load import Loaded, load_campaign
from assetgen.campaign.model import Campaign
from assetgen.plan import Plan, plan_assets
from assetgen.plan.assets import template_for

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_campaign(ROOT)


@pytest.fixture(scope="module")
def campaign(loaded: Loaded) -> Campaign:
    return loaded.campaign


@pytest.fixture(scope="module")
def plan(campaign: Campaign) -> Plan:
    return plan_assets(campaign)


def test_real_campaign_has_no_errors(loaded: Loaded) -> None:
    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []


def test_real_campaign_is_as_large_as_it_was_promised(campaign: Campaign, plan: Plan) -> None:
    assert len(campaign.partners) == 6
    assert {asset.partner for asset in plan.assets} == set(campaign.partners)
    assert len(campaign.channels) >= 130
    assert len(plan.assets) >= 800


def test_ids_and_paths_are_unique_and_sorted_by_path(plan: Plan) -> None:
    paths = [asset.path for asset in plan.assets]

    assert paths == sorted(set(paths))
    assert len(plan.by_id()) == len(plan.assets)


def test_no_two_paths_differ_by_case_alone(plan: Plan) -> None:
    assert len({asset.path.casefold() for asset in plan.assets}) == len(plan.assets)


def test_paths_are_ascii_with_names_of_at_most_140_characters(plan: Plan) -> None:
    assert [asset.path for asset in plan.assets if not asset.path.isascii()] == []
    assert max(len(Path(asset.path).name) for asset in plan.assets) <= 140


def test_channel_per_partner_is_made_once(campaign: Campaign, plan: Plan) -> None:
    once = {name for name, channel in campaign.channels.items() if channel.per == "partner"}
    made = Counter(
        (asset.partner, asset.channel, asset.locale) for asset in plan.assets if asset.channel in once
    )

    assert made
    assert set(made.values()) == {1}
    assert {asset.message for asset in plan.assets if asset.medium != "qr" and asset.channel in once} == {
        "all"
    }


def test_plan_travels_to_a_worker_and_back(plan: Plan) -> None:
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_same_campaign_gives_the_same_plan(campaign: Campaign, plan: Plan) -> None:
    assert plan_assets(campaign) == plan


def test_plan_touches_no_disk(campaign: Campaign, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> NoReturn:
        raise AssertionError(f"the plan opens a file: {args}")

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", refuse)
        for name in ("open", "read_bytes", "read_text", "stat", "iterdir"):
            patch.setattr(Path, name, refuse)
        again = plan_assets(campaign)

    assert again == plan


def test_poster_tries_the_long_words_first_and_drops_the_body_last(plan: Plan) -> None:
    poster = plan.by_id()["staffordshire-police/worried/poster-a4/en-GB"]
    names = [word_set.name for word_set in poster.word_sets]

    assert names[0] == "long/long"
    assert names == sorted(names, key=lambda name: names.index(f"{name.partition('/')[0]}/none"))
    assert set(poster.spec.words) == set(names)


def test_every_asset_says_the_facts_that_its_channel_requires(campaign: Campaign, plan: Plan) -> None:
    lacking = [
        (asset.id, fact)
        for asset in plan.assets
        for word_set in asset.word_sets
        for fact in asset.spec.requires
        if not word_set.words.get(fact)
    ]

    assert lacking == []


@pytest.mark.parametrize(
    ("template", "catalogue", "expected"),
    [
        ({"": "beacon"}, None, "beacon"),
        ({"": "beacon"}, "plain", "plain"),
        ({"*": "beacon"}, "plain", "beacon"),
        ({"*": "beacon", "poster-*": "quiet"}, "plain", "quiet"),
        ({"poster-*": "quiet", "poster-a4": "together"}, "plain", "together"),
        ({"poster-a?": "together", "poster-*": "quiet", "*": "beacon"}, "plain", "together"),
        ({"print/*": "quiet", "*": "beacon"}, None, "quiet"),
        ({"ooh-*": "quiet"}, "plain", "plain"),
        ({"ooh-*": "quiet"}, None, "beacon"),
    ],
)
def test_most_particular_word_names_the_template(
    campaign: Campaign, template: dict[str, str], catalogue: str | None, expected: str
) -> None:
    channel = replace(campaign.channels["poster-a4"], template=catalogue)
    partner = replace(campaign.partners["nspcc"], template=template)

    assert template_for(channel, partner) == expected
