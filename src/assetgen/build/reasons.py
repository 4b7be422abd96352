"""Why an asset is made, in words: what its last making rested on against what it would rest on today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assetgen.build.reads import Drawn, Reads
from assetgen.build.state import Row, State, Work
from assetgen.build.told import finding_to_plain
from assetgen.build.versions import Versions
from assetgen.findings import Finding

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Asset

NEW = "not made before"
FAILED = "it failed the last time"
MISSING = "its file is missing"
EDITED = "its file is not as it was written"
FORCED = "asked for by --force"
UNKNOWN = "nothing says what it was made from"
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keys of today are made of.

    ``recipe`` gives the digest of all values that an asset is drawn from, ``places`` of where they were written.
    """

    versions: Versions
    reads: Reads
    recipe: Callable[[Asset], str]
    places: Callable[[Asset], str]

    @classmethod
    def of(cls, campaign: Campaign, versions: Versions) -> Keys:
        """Return the keys of a campaign."""
        from assetgen.plan.recipe import drawn_with, places_digest, recipe_digest

        return cls(
            versions,
            Reads.of(campaign),
            lambda asset: recipe_digest(asset, drawn_with(asset, campaign)),
            places_digest,
        )

    def work(self, asset: Asset, drawn: Drawn, reason: str, findings: Iterable[Finding]) -> Work:
        """Return what an asset that is made today was made from."""
        told = tuple(finding_to_plain(finding) for finding in findings)
        return Work(
            recipe=self.recipe(asset),
            places=self.places(asset) if told else "",
            draws=self.versions.draws,
            proves=self.versions.proves,
            reason=reason,
            planned=planned_from(asset),
            drawn=drawn,
            told=told,
        )


def planned_from(asset: Asset) -> Drawn:
    """Return the files that an asset's plan rests on."""
    return tuple(sorted(asset.inputs.items()))


def why_changed(asset: Asset, work: Work, keys: Keys, state: State) -> str | None:
    """Return why what an asset was made from is not what it would be made from today; None where it is."""
    now = keys.reads.now(name for name, _ in work.drawn)
    if now != work.drawn:
        return _named(_differing(work.drawn, now), "changed")
    if work.draws != keys.versions.draws:
        return _engine_changed(state.engine, keys.versions.engine)
    planned = planned_from(asset)
    if work.recipe != keys.recipe(asset):
        differing = _differing(work.planned, planned)
        return _named(differing, "changed") if differing else "its values or its design's files are others"
    if work.proves != keys.versions.proves:
        return "the proofs are others: it is proved again"
    if work.places and work.places != keys.places(asset):
        return f"what its findings point at moved: {_named(_differing(work.planned, planned), 'changed')}"
    return None


def why_not_there(row: Row | None, state: State, asset_id: str) -> str | None:
    """Return why there is nothing to compare an asset with; None where there is."""
    if row is not None and row.work is not None:
        return None
    return FAILED if asset_id in state.failed else NEW


def is_new(reason: str) -> bool:
    """Say whether a reason is that of an asset that was never made."""
    return reason == NEW


def _differing(before: Drawn, now: Drawn) -> list[str]:
    old, new = dict(before), dict(now)
    return sorted(
        name
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name) or (name in old) != (name in new)
    )


def _named(names: Sequence[str], what: str) -> str:
    shown = list(names[:MOST_NAMED])
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more {what}"
    return f"{' and '.join((', '.join(shown[:-1]), shown[-1]) if len(shown) > 1 else shown)} {what}"


def _engine_changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    names = [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
    said = [f"{name} {before.get(name, 'missing')} → {now.get(name, 'missing')}" for name in names]
    return f"the engine changed: {', '.join(said)}" if said else "assetgen's own code changed"
