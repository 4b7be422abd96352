"""Shards: which part of a plan a machine builds, and what the manifest of that part says.

Assets are dealt out like cards, in the order of their channels: what is dear to draw is dear by its channel, so each
part gets its share of the posters and of the banners. Who knows the plan and N knows the parts.
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

    One = TypeVar("One", Asset, Unplanned)

MAX_SHARDS = 1000
_WORD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Shard:
    """The ``index``-th of ``of`` parts, counted from 1."""

    index: int
    of: int

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"

    @classmethod
    def parse(cls, word: str) -> Shard:
        """Return the shard that ``I/N`` names. Raises CampaignError."""
        found = _WORD.fullmatch(word)
        shard = cls(int(found[1]), int(found[2])) if found else None
        if shard is None or not shard.index <= shard.of <= MAX_SHARDS:
            text = f"--shard {word}: no shard has this name"
            hint = f"I/N, from 1/N to N/N: --shard 2/3 is the second of three; at most {MAX_SHARDS:,}"
            raise CampaignError(Finding("bad-value", text, hint))
        return shard

    def part_of(self, plan: Plan) -> Plan:
        """Return what of a plan is this shard's: its assets, and what could not be planned, in their order."""
        return replace(plan, assets=self._dealt(plan.assets), unplanned=self._dealt(plan.unplanned))

    def _dealt(self, all_of_them: Iterable[One]) -> tuple[One, ...]:
        ordered = sorted(all_of_them, key=lambda one: (one.medium, one.channel, one.path))
        return tuple(sorted(ordered[self.index - 1 :: self.of], key=lambda one: one.path))


@dataclass(frozen=True, slots=True)
class ShardPart:
    """What the manifest of a part says of it: which it is, of which plan; whether the build came to its end."""

    shard: Shard
    plan: str
    is_finished: bool = True

    def as_dict(self) -> dict[str, object]:
        """Return the part as plain values."""
        shard = {"index": self.shard.index, "of": self.shard.of, "plan": self.plan}
        return shard if self.is_finished else {**shard, "unfinished": True}

    @classmethod
    def from_plain(cls, value: object) -> ShardPart:
        """Return the part that these plain values are. Raises ValueError, in words."""
        if not isinstance(value, Mapping):
            raise ValueError("shard is not an object")
        index, of, plan = value.get("index"), value.get("of"), value.get("plan")
        if not isinstance(plan, str) or not _DIGEST.fullmatch(plan):
            raise ValueError("shard.plan is not 64 hexadecimal digits")
        try:
            return cls(Shard.parse(f"{index}/{of}"), plan, value.get("unfinished") is not True)
        except CampaignError as error:
            raise ValueError(f"shard {index}/{of} is none") from error
