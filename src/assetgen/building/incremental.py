"""Decide what an incremental build has to read again, and why each asset is rebuilt.

Of 10,000 assets, reading and planning take some seconds, and mostly one partner's file has changed, or nothing. A
partner's plan rests on the campaign's own files, the brand, the designs, its own folder, and the folders of those
that stand beside it (``with``); so it is planned again with all that it hangs together with, and the others are not.
Whatever is not as plain as that (a fault in the last plan, a changed brand, another version) is read as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assetgen.building.build_db import (
    BuildRow,
    BuildState,
    Outlook,
    PartnerPlan,
    Work,
    finding_to_plain,
)
from assetgen.building.fingerprint import Versions
from assetgen.building.inputs import Drawn, Reads, Snapshot, changed
from assetgen.building.output_dir import Opened
from assetgen.findings import Finding
from assetgen.manifest.manifest_file import MANIFEST_NAME, Stamp, stamp_of

if TYPE_CHECKING:
    from assetgen.loading.campaign import Loaded
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Asset, Plan
    from assetgen.planning.selection import Selection

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
        from assetgen.building.fingerprint import drawn_with, places_digest, recipe_digest

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


def why_changed(asset: Asset, work: Work, keys: Keys, state: BuildState) -> str | None:
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


def why_not_there(row: BuildRow | None, state: BuildState, asset_id: str) -> str | None:
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


PARTNERS = "partners/"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of an ``out/`` before anything is read.

    ``partners`` must be planned again, with all that stand beside them; ``rows`` are those of all others, ``chosen``
    the ids of the selected among them; ``stamps`` those of files that were known to be as written by their sha256.
    """

    partners: frozenset[str]
    rows: tuple[BuildRow, ...]
    chosen: frozenset[str]
    stamps: Mapping[str, Stamp]


def look(
    held: Opened, snapshot: Snapshot | None, versions: Versions, chooses: Callable[[BuildRow], bool]
) -> Sight | None:
    """Return how much of the last plan holds; None where the campaign must be read as a whole.

    ``chooses`` says which rows are selected: those must be as good as new, or be planned again.
    """
    outlook = held.state.outlook
    if outlook is None or snapshot is None or outlook.code != versions.draws or not _is_at_rest(held):
        return None
    differing = changed(outlook.sources, snapshot)
    if any(not name.startswith(PARTNERS) or name == PARTNERS for name in differing):
        return None
    sums = {name: sha256 for name, (_, sha256) in snapshot.items()}
    again = {name.split("/")[1] for name in differing}
    checked = _Checked(held, outlook, versions, sums)
    rows = held.state.rows.values()
    chosen = [row for row in rows if chooses(row)]
    again |= {row.partner for row in chosen if row.partner not in again and not checked.holds(row)}
    partners = together(outlook.partners, again)
    rest = tuple(row for row in rows if row.partner not in partners)
    ids = frozenset(row.id for row in chosen if row.partner not in partners)
    return Sight(partners, rest, ids, checked.stamps)


class _Checked:
    """Which rows hold. What many of them share is looked at once."""

    def __init__(self, held: Opened, outlook: Outlook, versions: Versions, sums: Mapping[str, str]) -> None:
        self._held, self._outlook, self._versions, self._sums = held, outlook, versions, sums
        self._sound: dict[int, bool] = {}
        self.stamps: dict[str, Stamp] = {}

    def holds(self, row: BuildRow) -> bool:
        """Say whether the file of a row is what would be made today."""
        work = row.work
        if work is None or row.id in self._outlook.doubtful or work.proves != self._versions.proves:
            return False
        return work.draws == self._versions.draws and self._are_there(work) and self._is_as_written(row)

    def _are_there(self, work: Work) -> bool:
        """Say whether all files that a work rests on hold what they held."""
        for files in (work.planned, work.drawn):
            key = id(files)
            if key not in self._sound:
                self._sound[key] = all(self._sums.get(name) == sha256 for name, sha256 in files)
            if not self._sound[key]:
                return False
        return True

    def _is_as_written(self, row: BuildRow) -> bool:
        tree = self._held.tree
        found = tree.stamp(row.path)
        if found is None:
            return False
        if found != row.stamp:
            if tree.sha256(row.path) != row.sha256:
                return False
            self.stamps[row.path] = found
        return True


def _is_at_rest(held: Opened) -> bool:
    """Say whether the last build came to its end, and the manifest is the one that it wrote."""
    tree, manifest = held.tree, held.state.manifest
    path = tree.root / MANIFEST_NAME
    try:
        return (
            manifest is not None
            and tree.journal.stat().st_size == 0
            and not tree.tmp.exists()
            and stamp_of(path.lstat()) == manifest
        )
    except OSError:
        return False


def together(plans: Mapping[str, PartnerPlan], some: Collection[str]) -> frozenset[str]:
    """Return these partners and all that hang together with them by standing beside one another."""
    neighbours: dict[str, set[str]] = {}
    for name, plan in plans.items():
        for other in plan.beside:
            neighbours.setdefault(name, set()).add(other)
            neighbours.setdefault(other, set()).add(name)
    found: set[str] = set()
    todo = list(some)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += neighbours.get(name, ())
    return frozenset(found)


def partner_plans(loaded: Loaded, plan: Plan) -> dict[str, PartnerPlan]:
    """Return what is to be kept of each partner's plan."""
    links: dict[str, dict[str, None]] = {name: {} for name in loaded.campaign.partners}
    for asset in plan.assets:
        link = asset.spec.link or asset.spec.click
        if link and loaded.campaign.partners[asset.partner].tracking in ("partner", "channel"):
            links[asset.partner][link] = None
    told = list(_told(loaded, plan))
    return {
        name: PartnerPlan(
            beside=partner.with_,
            links=tuple(links[name]),
            findings=tuple(finding for finding in told if _owner(finding) == name),
        )
        for name, partner in loaded.campaign.partners.items()
    }


def of_nobody(loaded: Loaded, plan: Plan) -> tuple[Finding, ...]:
    """Return the findings that belong to no partner: they are told of every build."""
    return tuple(
        finding for finding in _told(loaded, plan) if _owner(finding) not in loaded.campaign.partners
    )


def is_sound(loaded: Loaded, plan: Plan) -> bool:
    """Say whether a plan has no fault at all: only then need its unchanged parts not be looked at again."""
    campaign = loaded.campaign
    broken = campaign.unreadable_partners | campaign.broken_messages | campaign.broken_templates
    told = any(finding.is_error for finding in _told(loaded, plan))
    return not (broken or told or plan.unplanned or any(asset.faults for asset in plan.assets))


def clashes(plans: Mapping[str, PartnerPlan], others: Mapping[str, PartnerPlan]) -> bool:
    """Say whether a link of these partners is also one of the others: then two codes would be equal."""
    own = {link for plan in plans.values() for link in plan.links}
    return any(link in own for plan in others.values() for link in plan.links)


def _told(loaded: Loaded, plan: Plan) -> Iterator[Finding]:
    yield from loaded.findings
    yield from plan.warnings


def _owner(finding: Finding) -> str | None:
    """Return the partner in whose folder a finding points."""
    file = finding.place.file or ""
    return file.split("/")[1] if file.startswith(PARTNERS) and file.count("/") > 1 else None


def any_of_each(selection: Selection, rows: Iterable[BuildRow]) -> bool:
    """Say whether each word of a selection matches a row: one that matches none may be a slip, and is told."""
    from assetgen.planning.selection import Selection

    known = list(rows)
    return all(
        any(Selection(**{kind: (word,)}).chooses(row) for row in known)
        for kind, words in selection.given()
        for word in words
    )
