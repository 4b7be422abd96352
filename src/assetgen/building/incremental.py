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

from assetgen.building.build_db import BuildRecord, BuildRow, LastPlan, PartnerPlan, write_build_db
from assetgen.building.fingerprint import SourceIndex, Versions, changed_paths, plan_digest
from assetgen.building.output_dir import LockedOutDir, OutDir, raising_machine_error
from assetgen.building.output_record import PlanFaults, read_built_folder
from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.manifest.manifest_file import MANIFEST_NAME, FileStat, file_stat
from assetgen.manifest.shards import Shard, ShardInfo

if TYPE_CHECKING:
    from assetgen.loading.campaign import LoadedCampaign
    from assetgen.loading.model import CampaignModel
    from assetgen.planning.asset import Asset, Plan
    from assetgen.planning.selection import Selection

_PARTNERS_FOLDER = "partners/"
LoadCampaign = Callable[[Collection[str] | None], "LoadedCampaign"]
"""Reads the campaign with the named partners only, or with all partners for None."""


@dataclass(frozen=True, slots=True)
class BuildScope:
    """The scope of a build: the assets planned today, and the rows of the last plan that are still valid.

    Attributes:
        plan: the whole plan, or the part of it that was planned again.
        selected: the ids of selected assets in ``plan``.
        unreadable_partners: the partners whose files cannot be read.
        unchanged_rows: the assets of the last plan that are not in ``plan`` and stay unchanged.
        unchanged_selected: the ids of selected assets among ``unchanged_rows``.
        last_plan: the plan to record for the next build; None if that build must read the whole campaign.
        shard_info: the shard that is built; None for a whole build.
        findings: the findings in the campaign's files and in planning.
    """

    plan: Plan
    selected: Collection[str]
    unreadable_partners: frozenset[str] = frozenset()
    unchanged_rows: tuple[BuildRow, ...] = ()
    unchanged_selected: frozenset[str] = frozenset()
    last_plan: LastPlan | None = None
    shard_info: ShardInfo | None = None
    findings: tuple[Finding, ...] = ()

    def selected_assets(self) -> list[Asset]:
        """Return the selected assets of the plan."""
        return [asset for asset in self.plan.assets if asset.id in self.selected]

    def unchanged_selected_rows(self) -> list[BuildRow]:
        """Return the rows of selected assets that were not planned again."""
        return [row for row in self.unchanged_rows if row.id in self.unchanged_selected]

    def paths(self) -> set[str]:
        """Return the paths of all assets, including those that were not planned again."""
        return {asset.path for asset in self.plan.assets} | {row.path for row in self.unchanged_rows}

    def faults(self) -> PlanFaults:
        """Return which partners and assets are missing from the plan because of a fault in a source file."""
        return PlanFaults(
            self.unreadable_partners,
            broken=frozenset(one.path for one in self.plan.unplanned if one.id in self.selected),
            unselected_broken=frozenset(
                one.path for one in self.plan.unplanned if one.id not in self.selected
            ),
        )


@dataclass(frozen=True, slots=True)
class PlanChanges:
    """The partners to plan again, and the rows of the last plan that are still valid.

    Attributes:
        partners: the partners to plan again, including the partners shown with them.
        rows: the rows of all other partners.
        selected: the ids of selected assets among ``rows``.
        file_stats: the new file stats of files whose stat changed but whose sha256 did not, by path.
    """

    partners: frozenset[str]
    rows: tuple[BuildRow, ...]
    selected: frozenset[str]
    file_stats: Mapping[str, FileStat]


@dataclass(frozen=True, slots=True)
class IncrementalPlanner:
    """Reads and plans the parts of a campaign that have changed since the last build into an ``out/``.

    ``sources`` has the campaign's files as they are today; None if changes to them cannot be detected.
    """

    locked_out: LockedOutDir
    load: LoadCampaign
    selection: Selection
    versions: Versions
    sources: SourceIndex | None

    def find_changes(self) -> PlanChanges | None:
        """Return the partners to plan again and the rows that stay valid; None if the whole campaign must be read."""
        last_plan, rows = self.locked_out.build_db.last_plan, self.locked_out.build_db.rows.values()
        if not last_plan or not self.sources or not every_word_matches(self.selection, rows):
            return None
        if last_plan.renderer_version != self.versions.renderer or not _is_last_build_complete(
            self.locked_out
        ):
            return None
        paths = changed_paths(last_plan.sources, self.sources)
        if any(not name.startswith(_PARTNERS_FOLDER) or name == _PARTNERS_FOLDER for name in paths):
            return None
        hashes = {name: sha256 for name, (_, sha256) in self.sources.items()}
        changed_partners = {name.split("/")[1] for name in paths}
        checker = _RowChecker(self.locked_out, last_plan, self.versions, hashes)
        chosen = [row for row in rows if self.selection.selects(row)]
        changed_partners |= {
            row.partner
            for row in chosen
            if row.partner not in changed_partners and not checker.is_unchanged(row)
        }
        partners = with_related_partners(last_plan.partners, changed_partners)
        unchanged_rows = tuple(row for row in rows if row.partner not in partners)
        ids = frozenset(row.id for row in chosen if row.partner not in partners)
        return PlanChanges(partners, unchanged_rows, ids, checker.file_stats)

    def plan_changed(self, changes: PlanChanges) -> tuple[CampaignModel, BuildScope] | None:
        """Read and plan the partners that changed; return None if the whole campaign must be planned instead.

        That is necessary if these partners have a fault, or share a tracked link with an unchanged partner.
        """
        from assetgen.planning.planner import plan_assets

        last_plan, sources = self.locked_out.build_db.last_plan, self.sources
        assert last_plan is not None, "find_changes returns None without a last plan"
        assert sources is not None, "find_changes returns None without an index of the sources"
        partners, loaded = changes.partners, None
        while loaded is None or not _partners_named_by(loaded) <= partners:
            if loaded is not None:
                partners = with_related_partners(last_plan.partners, partners | _partners_named_by(loaded))
            loaded = self.load([name for name in sorted(partners) if f"{_PARTNERS_FOLDER}{name}/" in sources])
        plan = plan_assets(loaded.campaign)
        others = {name: one for name, one in last_plan.partners.items() if name not in partners}
        plans = partner_plans(loaded, plan)
        if not is_faultless(loaded, plan) or share_tracked_link(plans, others):
            return None
        rows = tuple(
            row._replace(file_stat=changes.file_stats[row.path]) if row.path in changes.file_stats else row
            for row in changes.rows
            if row.partner not in partners
        )
        ids = frozenset(row.id for row in rows)
        findings, unverified_ids = findings_without_partner(loaded, plan), last_plan.unverified_ids & ids
        new_plan = LastPlan(self.versions.renderer, sources, {**others, **plans}, findings, unverified_ids)
        scope = BuildScope(
            plan,
            _selected_ids_of(self.selection, plan) if rows else selected_ids(self.selection, loaded, plan),
            loaded.campaign.unreadable_partners,
            rows,
            changes.selected & ids,
            new_plan,
            findings=findings_of_last_plan(new_plan),
        )
        return loaded.campaign, scope

    def plan_all(self) -> tuple[CampaignModel, BuildScope]:
        """Read and plan the whole campaign. Raises CampaignError if nothing can be planned or selected."""
        loaded, plan = read_and_plan(self.load)
        last_plan = None
        if self.sources is not None and is_faultless(loaded, plan):
            plans, findings = partner_plans(loaded, plan), findings_without_partner(loaded, plan)
            last_plan = LastPlan(self.versions.renderer, self.sources, plans, findings)
        scope = BuildScope(
            plan,
            selected_ids(self.selection, loaded, plan),
            loaded.campaign.unreadable_partners,
            last_plan=last_plan,
            findings=(*loaded.findings, *plan.warnings),
        )
        return loaded.campaign, scope

    def plan_shard(self, shard: Shard) -> tuple[CampaignModel, BuildScope]:
        """Read and plan everything, and return one shard of it. Every shard reports all faults of the input.

        Raises CampaignError if nothing can be planned or selected, or if ``out/`` holds a different build.
        """
        _refuse_different_build(shard, self.locked_out.out_dir)
        loaded, plan = read_and_plan(self.load)
        selected_ids(self.selection, loaded, plan)  # raises if the selection matches nothing in any shard
        shard_plan = shard.part_of(plan)
        scope = BuildScope(
            shard_plan,
            _selected_ids_of(self.selection, shard_plan),
            loaded.campaign.unreadable_partners,
            shard_info=ShardInfo(shard, plan_digest(plan, self.selection, self.sources, self.versions)),
            findings=(*loaded.findings, *plan.warnings),
        )
        return loaded.campaign, scope

    def record_new_stats(self, changes: PlanChanges) -> None:
        """Record new file stats in the build database, so that the next build need not hash these files again."""
        locked_out, last_plan, sources = self.locked_out, self.locked_out.build_db.last_plan, self.sources
        if not last_plan or not sources or not (changes.file_stats or sources != last_plan.sources):
            return
        rows = {
            path: row._replace(file_stat=changes.file_stats.get(path, row.file_stat))
            for path, row in locked_out.build_db.rows.items()
        }
        state = replace(locked_out.build_db, rows=rows, last_plan=replace(last_plan, sources=sources))
        with raising_machine_error("write the build database"):
            locked_out.out_dir.prepare()
            write_build_db(locked_out.out_dir.build_db, locked_out.out_dir.tmp / "state", state)
            locked_out.out_dir.remove_tmp()


def _refuse_different_build(shard: Shard, out_dir: OutDir) -> None:
    """Raise CampaignError if the folder holds a different shard or a whole build.

    Building this shard there would remove most of their files.
    """
    if not os.path.lexists(out_dir.root / MANIFEST_NAME):
        return
    part = read_built_folder(out_dir.root).heading.shard
    if part is None or part.shard != shard:
        what = f"shard {part.shard}" if part else "a whole build"
        text = (
            f"--shard {shard}: {out_dir.root.name} holds {what}; building here would remove most of its files"
        )
        raise CampaignError(Finding("bad-value", text, "use a separate folder for each shard: -o DIR"))


def read_and_plan(load: LoadCampaign) -> tuple[LoadedCampaign, Plan]:
    """Return the whole campaign and its plan. Raises CampaignError if nothing can be planned."""
    from assetgen.planning.planner import plan_assets

    loaded = load(None)
    return loaded, plan_assets(loaded.campaign)


def _selected_ids_of(selection: Selection, plan: Plan) -> frozenset[str]:
    """Return the selected ids; may be empty. The caller has checked that each glob matches something."""
    ids = {one.id for one in plan.assets if selection.selects(one)}
    return frozenset(ids | {one.id for one in plan.unplanned if selection.selects(one)})


def selected_ids(selection: Selection, loaded: LoadedCampaign, plan: Plan) -> frozenset[str]:
    """Return the selected ids. If nothing is selected, raise CampaignError with the faults of the input as well."""
    from assetgen.planning.selection import select

    try:
        return frozenset(select(plan, selection, loaded.campaign))
    except CampaignError as error:
        faults = [finding for finding in loaded.findings if finding.is_error]
        raise CampaignError([*faults, *error.findings]) from error


def _partners_named_by(loaded: LoadedCampaign) -> frozenset[str]:
    """Return all partners that were read, and the partners shown with them."""
    partners = loaded.campaign.partners
    return frozenset(partners) | {name for one in partners.values() for name in one.alongside}


def findings_of_last_plan(last_plan: LastPlan) -> tuple[Finding, ...]:
    """Return all findings of the last plan."""
    return (*last_plan.findings, *(one for plan in last_plan.partners.values() for one in plan.findings))


class _RowChecker:
    """Compares rows of the last build with the files of today. Each set of files that rows share is compared once."""

    def __init__(
        self, locked_out: LockedOutDir, last_plan: LastPlan, versions: Versions, hashes: Mapping[str, str]
    ) -> None:
        self._locked_out, self._last_plan, self._versions, self._hashes = (
            locked_out,
            last_plan,
            versions,
            hashes,
        )
        self._unchanged: dict[int, bool] = {}
        self.file_stats: dict[str, FileStat] = {}

    def is_unchanged(self, row: BuildRow) -> bool:
        """Say whether the file of a row is up to date, so that a build need not look at the asset again."""
        record = row.record
        if (
            record is None
            or row.id in self._last_plan.unverified_ids
            or record.checks_version != self._versions.checks
        ):
            return False
        return (
            record.renderer_version == self._versions.renderer
            and self._are_inputs_unchanged(record)
            and self._is_as_written(row)
        )

    def _are_inputs_unchanged(self, record: BuildRecord) -> bool:
        """Say whether no file that an asset depends on has changed."""
        for files in (record.plan_inputs, record.render_inputs):
            key = id(files)
            if key not in self._unchanged:
                self._unchanged[key] = all(self._hashes.get(name) == sha256 for name, sha256 in files)
            if not self._unchanged[key]:
                return False
        return True

    def _is_as_written(self, row: BuildRow) -> bool:
        out_dir = self._locked_out.out_dir
        file_stat = out_dir.file_stat(row.path)
        if file_stat is None:
            return False
        if file_stat != row.file_stat:
            if out_dir.sha256(row.path) != row.sha256:
                return False
            self.file_stats[row.path] = file_stat
        return True


def _is_last_build_complete(locked_out: LockedOutDir) -> bool:
    """Say whether the last build finished and its manifest has not been changed since."""
    out_dir, manifest = locked_out.out_dir, locked_out.build_db.manifest_stat
    path = out_dir.root / MANIFEST_NAME
    try:
        return (
            manifest is not None
            and out_dir.journal.stat().st_size == 0
            and not out_dir.tmp.exists()
            and file_stat(path.lstat()) == manifest
        )
    except OSError:
        return False


def with_related_partners(plans: Mapping[str, PartnerPlan], some: Collection[str]) -> frozenset[str]:
    """Return these partners and all that are shown with them, directly or through other partners."""
    neighbours: dict[str, set[str]] = {}
    for name, plan in plans.items():
        for other in plan.shown_with:
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


def partner_plans(loaded: LoadedCampaign, plan: Plan) -> dict[str, PartnerPlan]:
    """Return the plan of each partner, by name, in the form that the build database records."""
    links: dict[str, dict[str, None]] = {name: {} for name in loaded.campaign.partners}
    for asset in plan.assets:
        link = asset.spec.link or asset.spec.click
        if link and loaded.campaign.partners[asset.partner].tracking in ("partner", "channel"):
            links[asset.partner][link] = None
    findings = list(_all_findings(loaded, plan))
    return {
        name: PartnerPlan(
            shown_with=partner.alongside,
            links=tuple(links[name]),
            findings=tuple(finding for finding in findings if _partner_of(finding) == name),
        )
        for name, partner in loaded.campaign.partners.items()
    }


def findings_without_partner(loaded: LoadedCampaign, plan: Plan) -> tuple[Finding, ...]:
    """Return the findings that belong to no partner. Every build reports them."""
    return tuple(
        finding
        for finding in _all_findings(loaded, plan)
        if _partner_of(finding) not in loaded.campaign.partners
    )


def is_faultless(loaded: LoadedCampaign, plan: Plan) -> bool:
    """Say whether neither the sources nor the plan have an error. Only then can the next build skip unchanged parts."""
    campaign = loaded.campaign
    unreadable = campaign.unreadable_partners | campaign.broken_messages | campaign.broken_templates
    has_error = any(finding.is_error for finding in _all_findings(loaded, plan))
    return not (unreadable or has_error or plan.unplanned or any(asset.faults for asset in plan.assets))


def share_tracked_link(plans: Mapping[str, PartnerPlan], others: Mapping[str, PartnerPlan]) -> bool:
    """Say whether these partners share a tracked link with the others: then their QR codes would be the same."""
    planned_links = {link for plan in plans.values() for link in plan.links}
    return any(link in planned_links for plan in others.values() for link in plan.links)


def _all_findings(loaded: LoadedCampaign, plan: Plan) -> Iterator[Finding]:
    yield from loaded.findings
    yield from plan.warnings


def _partner_of(finding: Finding) -> str | None:
    """Return the partner whose folder a finding points into; None if it points elsewhere."""
    file = finding.place.file or ""
    return file.split("/")[1] if file.startswith(_PARTNERS_FOLDER) and file.count("/") > 1 else None


def every_word_matches(selection: Selection, rows: Iterable[BuildRow]) -> bool:
    """Say whether each glob of a selection matches a row.

    A glob that matches none may be a typo. The whole campaign is then planned, which reports it.
    """
    from assetgen.planning.selection import Selection

    all_rows = list(rows)
    return all(
        any(Selection(**{kind: (word,)}).selects(row) for row in all_rows)
        for kind, words in selection.globs_by_kind()
        for word in words
    )
