"""Shards: their names, how a plan is divided, and how the manifest records a shard."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.errors import CampaignError
from assetgen.findings import NO_PLACE, Finding
from assetgen.manifest.shards import MAX_SHARDS, Shard, ShardInfo
from assetgen.planning.asset import Plan, Unplanned
from tests.support.factories import make_asset, make_plan
from tests.support.wording import Wording

DIGEST = "0123456789abcdef" * 4
CHANNELS = ("ig-story", "ig-square", "x-post", "fb-feed")
PLAN = make_plan(
    *(f"{partner}/worried/{channel}/en-GB" for partner in ("acme", "beta", "gamma") for channel in CHANNELS)
)


def paths(plan: Plan) -> list[str]:
    return [asset.path for asset in plan.assets]


@pytest.mark.parametrize("name", ["1/1", "2/3", "3/3", f"{MAX_SHARDS}/{MAX_SHARDS}"])
def test_shard_name_is_parsed_and_formatted_back_unchanged(name: str) -> None:
    assert str(Shard.parse(name)) == name


@pytest.mark.parametrize(
    "name", ["", "1", "0/3", "4/3", "1/0", "01/3", "1/03", " 1/3", "1/3 ", "-1/3", "1/1001", "1/2/3", "one/two", "١/٣"],
    ids=lambda name: name.replace(" ", "_") or "empty",
)  # fmt: skip
def test_invalid_shard_name_is_refused(name: str, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        Shard.parse(name)

    (finding,) = raised.value.findings
    assert (finding.code, finding.place, f"--shard {name}" in finding.text) == ("bad-value", NO_PLACE, True)
    assert wording == (finding.text, finding.hint)


@given(st.integers(1, 20))
def test_each_asset_is_in_one_shard_and_shards_have_nearly_equal_sizes(of: int) -> None:
    parts = [Shard(index, of).part_of(PLAN) for index in range(1, of + 1)]

    assert sorted(path for part in parts for path in paths(part)) == sorted(paths(PLAN))
    sizes = [len(part.assets) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    assert all(paths(part) == sorted(paths(part)) for part in parts)


def test_each_shard_gets_an_equal_share_of_every_channel() -> None:
    for index in (1, 2, 3):
        part = Shard(index, 3).part_of(PLAN)
        assert sorted(asset.channel for asset in part.assets) == sorted(CHANNELS)


def test_unplanned_assets_are_divided_and_warnings_repeated_in_each_shard() -> None:
    names = ("id", "path", "partner", "message", "template", "channel", "medium", "locale")
    unplanned = tuple(
        Unplanned(**{name: getattr(asset, name) for name in names}) for asset in PLAN.assets[:3]
    )
    warning = Finding("weight", "heavy")
    plan = Plan(PLAN.assets, unplanned, (warning,))

    parts = [Shard(index, 2).part_of(plan) for index in (1, 2)]

    assert sorted(one.id for part in parts for one in part.unplanned) == sorted(one.id for one in unplanned)
    assert [part.warnings for part in parts] == [(warning,)] * 2


def test_shard_beyond_the_end_of_the_plan_is_empty() -> None:
    assert Shard(9, 9).part_of(Plan((make_asset(),))).assets == ()


@given(st.integers(1, MAX_SHARDS), st.integers(1, MAX_SHARDS), st.booleans())
def test_shard_record_is_read_back_from_plain_values(one: int, other: int, is_finished: bool) -> None:
    part = ShardInfo(Shard(min(one, other), max(one, other)), DIGEST, is_finished)

    assert ShardInfo.from_plain(part.as_dict()) == part
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
    ids=[
        "null",
        "list",
        "empty",
        "short digest",
        "upper-case digest",
        "index beyond total",
        "no index",
        "float index",
    ],
)
def test_invalid_shard_record_is_refused(value: Any, named: str, wording: Wording) -> None:
    with pytest.raises(ValueError) as refused:
        ShardInfo.from_plain(value)

    assert named in str(refused.value)
    assert wording == str(refused.value)
