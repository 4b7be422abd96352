"""Shards: their names, how a plan is dealt out, and what a manifest says of a part."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.errors import CampaignError
from assetgen.findings import NOWHERE, Finding
from assetgen.manifest.shards import MAX_SHARDS, Shard, ShardPart
from assetgen.planning.asset import Plan, Unplanned
from tests.support.factories import make_asset, make_plan
from tests.support.wording import Wording

DIGEST = "0123456789abcdef" * 4
CHANNELS = ("ig-story", "ig-square", "x-post", "fb-feed")
PLAN = make_plan(
    *(f"{who}/worried/{channel}/en-GB" for who in ("acme", "beta", "gamma") for channel in CHANNELS)
)


def paths(plan: Plan) -> list[str]:
    return [asset.path for asset in plan.assets]


@pytest.mark.parametrize("word", ["1/1", "2/3", "3/3", f"{MAX_SHARDS}/{MAX_SHARDS}"])
def test_the_name_of_a_shard_is_read_as_it_is_shown(word: str) -> None:
    assert str(Shard.parse(word)) == word


@pytest.mark.parametrize(
    "word", ["", "1", "0/3", "4/3", "1/0", "01/3", "1/03", " 1/3", "1/3 ", "-1/3", "1/1001", "1/2/3", "one/two", "١/٣"],
    ids=lambda word: word.replace(" ", "_") or "nothing",
)  # fmt: skip
def test_any_other_word_names_no_shard(word: str, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        Shard.parse(word)

    (finding,) = raised.value.findings
    assert (finding.code, finding.place, f"--shard {word}" in finding.text) == ("bad-value", NOWHERE, True)
    assert wording == (finding.text, finding.hint)


@given(st.integers(1, 20))
def test_each_asset_is_in_one_shard_and_none_has_many_more_than_another(of: int) -> None:
    parts = [Shard(index, of).part_of(PLAN) for index in range(1, of + 1)]

    assert sorted(path for part in parts for path in paths(part)) == sorted(paths(PLAN))
    sizes = [len(part.assets) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    assert all(paths(part) == sorted(paths(part)) for part in parts)


def test_each_shard_gets_its_share_of_every_channel() -> None:
    for index in (1, 2, 3):
        part = Shard(index, 3).part_of(PLAN)
        assert sorted(asset.channel for asset in part.assets) == sorted(CHANNELS)


def test_what_could_not_be_planned_is_dealt_out_too_and_warnings_are_told_by_each() -> None:
    names = ("id", "path", "partner", "message", "template", "channel", "medium", "locale")
    lost = tuple(Unplanned(**{name: getattr(asset, name) for name in names}) for asset in PLAN.assets[:3])
    warning = Finding("weight", "heavy")
    plan = Plan(PLAN.assets, lost, (warning,))

    parts = [Shard(index, 2).part_of(plan) for index in (1, 2)]

    assert sorted(one.id for part in parts for one in part.unplanned) == sorted(one.id for one in lost)
    assert [part.warnings for part in parts] == [(warning,)] * 2


def test_a_shard_beyond_the_plans_end_is_empty() -> None:
    assert Shard(9, 9).part_of(Plan((make_asset(),))).assets == ()


@given(st.integers(1, MAX_SHARDS), st.integers(1, MAX_SHARDS), st.booleans())
def test_what_a_manifest_says_of_a_part_is_read_again(one: int, other: int, is_finished: bool) -> None:
    part = ShardPart(Shard(min(one, other), max(one, other)), DIGEST, is_finished)

    assert ShardPart.from_plain(part.as_dict()) == part
    assert ("unfinished" in part.as_dict()) == (not is_finished)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (None, "shard"),
        ([], "shard"),
        ({}, "shard.plan"),
        ({"index": 1, "of": 2, "plan": "0" * 63}, "shard.plan"),
        ({"index": 1, "of": 2, "plan": DIGEST.upper()}, "shard.plan"),
        ({"index": 3, "of": 2, "plan": DIGEST}, "3/2"),
        ({"index": None, "of": 2, "plan": DIGEST}, "None/2"),
        ({"index": 1.0, "of": 2, "plan": DIGEST}, "1.0/2"),
    ],
    ids=["none", "list", "empty", "short", "upper", "beyond", "no index", "float"],
)
def test_what_is_no_part_is_refused_in_words(value: Any, named: str, wording: Wording) -> None:
    with pytest.raises(ValueError) as refused:
        ShardPart.from_plain(value)

    assert named in str(refused.value)
    assert wording == str(refused.value)
