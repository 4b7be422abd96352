"""Decide how much of a campaign a build has to read and plan again.

Reading and planning 10,000 assets takes some seconds, and usually one partner's file has changed, or none. A
partner's plan depends on the campaign's own files, the brand, the templates, its own folder, and the folders of the
partners shown with it (``alongside``). So a changed partner is planned again with these partners, and no others.
In all other cases (a fault in the last plan, a changed brand, another version) the whole campaign is read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assetgen.building.build_db import BuildRow, Outlook, PartnerPlan, Work, write_state
from assetgen.building.fingerprint import Snapshot, Versions, changed, plan_digest
from assetgen.building.output_dir import HeldOutDir, OutDir, stopping_the_build
from assetgen.building.output_record import Faults, read_tree
from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.manifest.manifest_file import MANIFEST_NAME, Stamp, stamp_of
from assetgen.manifest.shards import Shard, ShardPart

if TYPE_CHECKING:
    from assetgen.loading.campaign import Loaded
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Asset, Plan
    from assetgen.planning.selection import Selection

PARTNERS = "partners/"
Load = Callable[[Collection[str] | None], "Loaded"]
"""Reads the campaign, of its partners only those named, or all."""


@dataclass(frozen=True, slots=True)
class BuildScope:
    """What one build looks at: a plan, or as much of it as was planned again, and the rest of the last plan.

    ``selected`` are ids of the plan. ``rows`` are those of assets outside of it that stay as they are, ``kept`` the ids
    of the selected among them. ``outlook`` is what the next build need not read again; ``findings`` are the input's.
    """

    plan: Plan
    selected: Collection[str]
    unreadable_partners: frozenset[str] = frozenset()
    rows: tuple[BuildRow, ...] = ()
    kept: frozenset[str] = frozenset()
    outlook: Outlook | None = None
    part: ShardPart | None = None
    findings: tuple[Finding, ...] = ()

    def selected_assets(self) -> list[Asset]:
        """Return the selected assets of the plan."""
        return [asset for asset in self.plan.assets if asset.id in self.selected]

    def kept_rows(self) -> list[BuildRow]:
        """Return the rows of the selected assets outside of the plan."""
        return [row for row in self.rows if row.id in self.kept]

    def paths(self) -> set[str]:
        """Return the paths of all assets, outside of the plan too."""
        return {asset.path for asset in self.plan.assets} | {row.path for row in self.rows}

    def faults(self) -> Faults:
        """Return what a fault in a source keeps out of the plan."""
        return Faults(
            self.unreadable_partners,
            broken=frozenset(one.path for one in self.plan.unplanned if one.id in self.selected),
            left_alone=frozenset(one.path for one in self.plan.unplanned if one.id not in self.selected),
        )


@dataclass(frozen=True, slots=True)
class PlanChanges:
    """How much of the last plan holds.

    ``partners`` must be planned again, with the partners shown with them; ``rows`` are those of all others, ``chosen``
    the ids of the selected among them; ``stamps`` those of files that were known to be as written by their sha256.
    """

    partners: frozenset[str]
    rows: tuple[BuildRow, ...]
    chosen: frozenset[str]
    stamps: Mapping[str, Stamp]


@dataclass(frozen=True, slots=True)
class IncrementalPlanner:
    """Reads and plans as much of a campaign as has changed since the last build into an ``out/``.

    ``snapshot`` is how the campaign's files stand today; None where that cannot be told.
    """

    held: HeldOutDir
    load: Load
    selection: Selection
    versions: Versions
    snapshot: Snapshot | None

    def find_changes(self) -> PlanChanges | None:
        """Return how much of the last plan holds; None where the campaign must be read as a whole."""
        outlook, rows = self.held.state.outlook, self.held.state.rows.values()
        if not outlook or not self.snapshot or not any_of_each(self.selection, rows):
            return None
        if outlook.code != self.versions.draws or not _is_at_rest(self.held):
            return None
        differing = changed(outlook.sources, self.snapshot)
        if any(not name.startswith(PARTNERS) or name == PARTNERS for name in differing):
            return None
        sums = {name: sha256 for name, (_, sha256) in self.snapshot.items()}
        again = {name.split("/")[1] for name in differing}
        checked = _Checked(self.held, outlook, self.versions, sums)
        chosen = [row for row in rows if self.selection.chooses(row)]
        again |= {row.partner for row in chosen if row.partner not in again and not checked.holds(row)}
        partners = together(outlook.partners, again)
        rest = tuple(row for row in rows if row.partner not in partners)
        ids = frozenset(row.id for row in chosen if row.partner not in partners)
        return PlanChanges(partners, rest, ids, checked.stamps)

    def plan_changed(self, changes: PlanChanges) -> tuple[Campaign, BuildScope] | None:
        """Read and plan the partners that changed; None where that turns out not to be enough."""
        from assetgen.planning.planner import plan_assets

        outlook, snapshot = self.held.state.outlook, self.snapshot
        assert outlook is not None, "without it no changes are found"
        assert snapshot is not None, "without it no changes are found"
        partners, loaded = changes.partners, None
        while loaded is None or not _named_by(loaded) <= partners:
            if loaded is not None:
                partners = together(outlook.partners, partners | _named_by(loaded))
            loaded = self.load([name for name in sorted(partners) if f"{PARTNERS}{name}/" in snapshot])
        plan = plan_assets(loaded.campaign)
        others = {name: one for name, one in outlook.partners.items() if name not in partners}
        plans = partner_plans(loaded, plan)
        if not is_sound(loaded, plan) or clashes(plans, others):
            return None
        rows = tuple(
            row._replace(stamp=changes.stamps[row.path]) if row.path in changes.stamps else row
            for row in changes.rows
            if row.partner not in partners
        )
        ids = frozenset(row.id for row in rows)
        findings, doubtful = of_nobody(loaded, plan), outlook.doubtful & ids
        next_outlook = Outlook(self.versions.draws, snapshot, {**others, **plans}, findings, doubtful)
        scope = BuildScope(
            plan,
            _chosen(self.selection, plan) if rows else selected_ids(self.selection, loaded, plan),
            loaded.campaign.unreadable_partners,
            rows,
            changes.chosen & ids,
            next_outlook,
            findings=findings_of(next_outlook),
        )
        return loaded.campaign, scope

    def plan_all(self) -> tuple[Campaign, BuildScope]:
        """Read and plan the whole campaign. Raises CampaignError where nothing can be planned or is selected."""
        loaded, plan = read_and_plan(self.load)
        outlook = None
        if self.snapshot is not None and is_sound(loaded, plan):
            plans, findings = partner_plans(loaded, plan), of_nobody(loaded, plan)
            outlook = Outlook(self.versions.draws, self.snapshot, plans, findings)
        scope = BuildScope(
            plan,
            selected_ids(self.selection, loaded, plan),
            loaded.campaign.unreadable_partners,
            outlook=outlook,
            findings=(*loaded.findings, *plan.warnings),
        )
        return loaded.campaign, scope

    def plan_shard(self, shard: Shard) -> tuple[Campaign, BuildScope]:
        """Read and plan everything, and keep one shard. Every shard reports all faults of the input.

        Raises CampaignError, too, where ``out/`` holds another build.
        """
        _refuse_another_build(shard, self.held.tree)
        loaded, plan = read_and_plan(self.load)
        selected_ids(
            self.selection, loaded, plan
        )  # a selection that matches nothing is a fault in every shard
        own = shard.part_of(plan)
        scope = BuildScope(
            own,
            _chosen(self.selection, own),
            loaded.campaign.unreadable_partners,
            part=ShardPart(shard, plan_digest(plan, self.selection, self.snapshot, self.versions)),
            findings=(*loaded.findings, *plan.warnings),
        )
        return loaded.campaign, scope

    def note_unchanged(self, changes: PlanChanges) -> None:
        """Write into the state what was found out on the way, so that it need not be found again."""
        held, outlook, snapshot = self.held, self.held.state.outlook, self.snapshot
        if not outlook or not snapshot or not (changes.stamps or snapshot != outlook.sources):
            return
        rows = {
            path: row._replace(stamp=changes.stamps.get(path, row.stamp))
            for path, row in held.state.rows.items()
        }
        state = replace(held.state, rows=rows, outlook=replace(outlook, sources=snapshot))
        with stopping_the_build("write the state"):
            held.tree.prepare()
            write_state(held.tree.state, held.tree.tmp / "state", state)
            held.tree.sweep()


def _refuse_another_build(shard: Shard, tree: OutDir) -> None:
    """Raise CampaignError where a folder holds another shard, or a whole build, whose files would be removed."""
    if not os.path.lexists(tree.root / MANIFEST_NAME):
        return
    part = read_tree(tree.root).heading.part
    if part is None or part.shard != shard:
        what = f"shard {part.shard}" if part else "a whole build"
        text = f"--shard {shard}: {tree.root.name} holds {what}, most of which would be removed"
        raise CampaignError(
            Finding("bad-value", text, "name a folder of its own: -o out/shard-… or any other")
        )


def read_and_plan(load: Load) -> tuple[Loaded, Plan]:
    """Return the whole campaign and its plan. Raises CampaignError where nothing can be planned."""
    from assetgen.planning.planner import plan_assets

    loaded = load(None)
    return loaded, plan_assets(loaded.campaign)


def _chosen(selection: Selection, plan: Plan) -> frozenset[str]:
    """Return the ids that are selected, if any: it was seen already that the words match something."""
    ids = {one.id for one in plan.assets if selection.chooses(one)}
    return frozenset(ids | {one.id for one in plan.unplanned if selection.chooses(one)})


def selected_ids(selection: Selection, loaded: Loaded, plan: Plan) -> frozenset[str]:
    """Return the ids that are selected. Raises CampaignError, with the faults of the input, where none is."""
    from assetgen.planning.selection import select

    try:
        return frozenset(select(plan, selection, loaded.campaign))
    except CampaignError as error:
        faults = [finding for finding in loaded.findings if finding.is_error]
        raise CampaignError([*faults, *error.findings]) from error


def _named_by(loaded: Loaded) -> frozenset[str]:
    """Return all partners that were read, and those that are shown with them."""
    partners = loaded.campaign.partners
    return frozenset(partners) | {name for one in partners.values() for name in one.alongside}


def findings_of(outlook: Outlook) -> tuple[Finding, ...]:
    """Return all findings of a plan."""
    return (*outlook.findings, *(one for plan in outlook.partners.values() for one in plan.findings))


class _Checked:
    """Which rows hold. What many of them share is looked at once."""

    def __init__(
        self, held: HeldOutDir, outlook: Outlook, versions: Versions, sums: Mapping[str, str]
    ) -> None:
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


def _is_at_rest(held: HeldOutDir) -> bool:
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
            beside=partner.alongside,
            links=tuple(links[name]),
            findings=tuple(finding for finding in told if _owner(finding) == name),
        )
        for name, partner in loaded.campaign.partners.items()
    }


def of_nobody(loaded: Loaded, plan: Plan) -> tuple[Finding, ...]:
    """Return the findings that belong to no partner: every build reports them."""
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
    """Say whether each word of a selection matches a row: one that matches none may be a slip, so it is reported."""
    from assetgen.planning.selection import Selection

    known = list(rows)
    return all(
        any(Selection(**{kind: (word,)}).chooses(row) for row in known)
        for kind, words in selection.given()
        for word in words
    )
