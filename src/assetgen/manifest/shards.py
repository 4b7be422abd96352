"""Shards: which part of a plan one machine builds, and how the manifest records it.

Assets are sorted by channel and dealt out in turn. The time to render an asset depends mostly on its channel, so each
shard gets its share of slow and fast assets. The shards depend only on the plan and their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from assetgen.errors import CampaignError
from assetgen.findings import Finding

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset, Plan, Unplanned

    AnyAsset = TypeVar("AnyAsset", Asset, Unplanned)

MAX_SHARDS = 1000
_SHARD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Shard:
    """One of ``of`` shards; ``index`` is its number, from 1."""

    index: int
    of: int

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"

    @classmethod
    def parse(cls, word: str) -> Shard:
        """Return the shard for a text such as ``2/3``. Raises CampaignError if the text is not valid."""
        found = _SHARD.fullmatch(word)
        shard = cls(int(found[1]), int(found[2])) if found else None
        if shard is None or not shard.index <= shard.of <= MAX_SHARDS:
            text = f"--shard {word} is not a valid shard"
            hint = f"write I/N with I from 1 to N and N at most {MAX_SHARDS:,}; 2/3 is the second of three shards"
            raise CampaignError(Finding("bad-value", text, hint))
        return shard

    def part_of(self, plan: Plan) -> Plan:
        """Return this shard's part of a plan: its assets and its unplanned assets, in the plan's order."""
        return replace(plan, assets=self._own_share(plan.assets), unplanned=self._own_share(plan.unplanned))

    def _own_share(self, assets: Iterable[AnyAsset]) -> tuple[AnyAsset, ...]:
        by_channel = sorted(assets, key=lambda one: (one.medium, one.channel, one.path))
        return tuple(sorted(by_channel[self.index - 1 :: self.of], key=lambda one: one.path))


@dataclass(frozen=True, slots=True)
class ShardInfo:
    """What a shard's manifest records: which shard it is, the digest of the plan, and whether the build finished."""

    shard: Shard
    plan_digest: str
    is_finished: bool = True

    def as_dict(self) -> dict[str, object]:
        """Return the record as plain values for the manifest."""
        shard = {"index": self.shard.index, "of": self.shard.of, "plan": self.plan_digest}
        return shard if self.is_finished else {**shard, "unfinished": True}

    @classmethod
    def from_plain(cls, value: object) -> ShardInfo:
        """Return the record that these plain values describe. Raises ValueError with a message for the user."""
        if not isinstance(value, Mapping):
            raise ValueError("shard is not an object")
        index, of, plan = value.get("index"), value.get("of"), value.get("plan")
        if not isinstance(plan, str) or not _SHA256.fullmatch(plan):
            raise ValueError("shard.plan is not 64 hexadecimal digits")
        try:
            return cls(Shard.parse(f"{index}/{of}"), plan, value.get("unfinished") is not True)
        except CampaignError as error:
            raise ValueError(f"shard {index}/{of} is not a valid shard") from error
