"""Collect, then stop: the findings of many files in one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from assetgen.campaign.ids import legal_only
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Things(Generic[Thing]):
    """What was read of one kind: those that are sound, and every legal id, sound or not, in order."""

    sound: dict[str, Thing]
    ids: list[str]

    @property
    def broken(self) -> frozenset[str]:
        """Return the ids whose files have a fault."""
        return frozenset(self.ids) - frozenset(self.sound)


@dataclass(slots=True)
class Gathering:
    """The findings so far. Reading goes on after a fault, so that one run says them all."""

    findings: list[Finding] = field(default_factory=list)

    def take(self, read: Callable[[], Thing]) -> Thing | None:
        """Return what ``read`` gives; where it raises, keep its findings and return None."""
        try:
            return read()
        except CampaignError as error:
            self.findings += error.findings
            return None

    def take_noted(self, read: Callable[[], tuple[Thing, list[Finding]]]) -> Thing | None:
        """Return what ``read`` gives beside its notes, and keep those; None where it raises."""
        pair = self.take(read)
        if pair is None:
            return None
        self.findings += pair[1]
        return pair[0]

    def each(self, kind: str, places: Mapping[str, Place], read: Callable[[str], Thing]) -> Things[Thing]:
        """Read each thing of a kind; a name that is no legal id is a finding and is not read."""
        ids, faults = legal_only(kind, places)
        self.findings += faults
        sound: dict[str, Thing] = {}
        for name in ids:
            try:
                sound[name] = read(name)
            except CampaignError as error:
                self.findings += error.findings
        return Things(sound, ids)

    def distinct(self) -> tuple[Finding, ...]:
        """Return the findings in the order in which they were made, each once."""
        return tuple(dict.fromkeys(self.findings))
