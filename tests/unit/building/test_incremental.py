"""Incremental planning: which partners a build reads again, and when it reads the whole campaign."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.building.build_db import (
    BuildDatabase,
    BuildRecord,
    BuildRow,
    LastPlan,
    PartnerPlan,
    read_build_db,
)
from assetgen.building.fingerprint import UNSURE_STAT, SourceIndex, Versions
from assetgen.building.incremental import (
    BuildScope,
    IncrementalPlanner,
    PlanChanges,
    every_word_matches,
    findings_of_last_plan,
    findings_without_partner,
    is_faultless,
    partner_plans,
    read_and_plan,
    selected_ids,
    share_tracked_link,
    with_related_partners,
)
from assetgen.building.output_dir import LockedOutDir, OutDir
from assetgen.building.pool.executor import Interrupt
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.campaign import LoadedCampaign, load_campaign
from assetgen.manifest.manifest_file import MANIFEST_NAME, ManifestHead, file_stat, manifest_bytes
from assetgen.manifest.shards import Shard, ShardInfo
from assetgen.planning.selection import EVERYTHING, Selection
from tests.support.factories import make_asset, make_plan
from tests.support.tiny_campaign import CARD_ID, SHEET_ID, write_tiny
from tests.support.wording import Wording

ACME, BETA = "acme/worried/ig-story/en-GB", "beta/worried/ig-story/en-GB"
VERSIONS = Versions("draws", "proves", {"assetgen": "1"})
SOURCES = {
    "campaign.yaml": "1",
    "brand/brand.yaml": "2",
    "partners/acme/partner.yaml": "3",
    "partners/beta/partner.yaml": "4",
    "partners/gamma/partner.yaml": "5",
}
NOTHING = PartnerPlan((), (), ())


def snapshot(**changes: str) -> SourceIndex:
    """Return a snapshot of the sources. ``partners_acme="x"`` changes that partner's file."""
    changed = {f"{key.replace('_', '/')}/partner.yaml": value for key, value in changes.items()}
    return {name: (UNSURE_STAT, sha256) for name, sha256 in {**SOURCES, **changed}.items()}


def refuse_to_load(names: Collection[str] | None) -> LoadedCampaign:
    raise AssertionError(f"nothing should be read: {names}")


@dataclass
class Out:
    """An ``out/`` after a finished build, and what the build database recorded."""

    root: Path
    rows: dict[str, BuildRow] = field(default_factory=dict)
    outlook: LastPlan | None = None

    def __post_init__(self) -> None:
        (self.root / ".assetgen").mkdir(parents=True)
        (self.root / ".assetgen/journal").touch()
        (self.root / MANIFEST_NAME).write_text("{}")
        self.outlook = LastPlan(
            "draws",
            snapshot(),
            {"acme": NOTHING, "beta": PartnerPlan(("gamma",), (), ()), "gamma": NOTHING},
            (),
        )
        for id in (ACME, BETA):
            self.add(id)

    def add(self, id: str) -> None:
        asset = make_asset(id)
        path = self.root / asset.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(id.encode())
        work = BuildRecord(
            "r", "p", "draws", "proves", "", (("campaign.yaml", "1"),), (("brand/brand.yaml", "2"),), ()
        )
        sha256 = hashlib.sha256(id.encode()).hexdigest()
        self.rows[asset.path] = BuildRow.of(asset)._replace(
            sha256=sha256, file_stat=file_stat(path.lstat()), span=(0, 2), record=work
        )

    def path(self, id: str) -> Path:
        return self.root / make_asset(id).path

    def alter(self, id: str, **changes: object) -> None:
        """Change values of an asset's row, or of the work in it."""
        path = make_asset(id).path
        row = self.rows[path]
        own = {key: changes.pop(key) for key in list(changes) if key in BuildRow._fields}
        if changes:
            assert row.record is not None
            own["record"] = row.record._replace(**changes)  # type: ignore[arg-type]
        self.rows[path] = row._replace(**own)  # type: ignore[arg-type]

    def planner(
        self, now: SourceIndex | None = None, selection: Selection = EVERYTHING, versions: Versions = VERSIONS
    ) -> IncrementalPlanner:
        manifest = file_stat((self.root / MANIFEST_NAME).lstat())
        state = BuildDatabase(manifest_stat=manifest, rows=self.rows, last_plan=self.outlook)
        held = LockedOutDir(OutDir(self.root), state, Interrupt())
        return IncrementalPlanner(
            held, refuse_to_load, selection, versions, snapshot() if now is None else now
        )


@pytest.fixture
def out(tmp_path: Path) -> Out:
    return Out(tmp_path / "out")


def partners(planner: IncrementalPlanner) -> set[str] | None:
    """Return the partners that are planned again, or None if the whole campaign is read."""
    changes = planner.find_changes()
    return None if changes is None else set(changes.partners)


# What has changed


def test_nothing_is_replanned_if_nothing_changed(out: Out) -> None:
    changes = out.planner().find_changes()

    assert changes is not None
    assert (changes.partners, changes.selected, changes.file_stats) == (frozenset(), {ACME, BETA}, {})
    assert changes.rows == tuple(out.rows.values())


def test_changed_partner_is_replanned_and_the_rows_of_others_are_kept(out: Out) -> None:
    changes = out.planner(snapshot(partners_acme="x")).find_changes()

    assert changes is not None
    assert (changes.partners, changes.selected) == ({"acme"}, {BETA})
    assert [row.id for row in changes.rows] == [BETA]


def test_partners_alongside_a_changed_partner_are_replanned_with_it(out: Out) -> None:
    assert partners(out.planner(snapshot(partners_gamma="x"))) == {"beta", "gamma"}
    assert partners(out.planner(snapshot(partners_beta="x"))) == {"beta", "gamma"}


def test_added_or_removed_partner_is_replanned_alone(out: Out) -> None:
    gone = {name: seen for name, seen in snapshot().items() if "acme" not in name}

    assert partners(out.planner(snapshot(partners_delta="new"))) == {"delta"}
    assert partners(out.planner(gone)) == {"acme"}


@pytest.mark.parametrize("name", ["campaign.yaml", "brand/brand.yaml", "templates/new/", "partners/"])
def test_change_outside_the_partner_folders_rereads_the_whole_campaign(out: Out, name: str) -> None:
    assert partners(out.planner({**snapshot(), name: (UNSURE_STAT, "other")})) is None


def test_different_renderer_version_rereads_the_whole_campaign(out: Out) -> None:
    assert partners(out.planner(versions=replace(VERSIONS, renderer="newer"))) is None


def test_missing_snapshot_or_last_plan_rereads_the_whole_campaign(out: Out) -> None:
    assert partners(replace(out.planner(), sources=None)) is None
    out.outlook = None
    assert partners(out.planner()) is None


@pytest.mark.parametrize(
    "condition", ["journal not empty", "no journal", "temporary folder", "manifest changed", "no manifest"]
)
def test_unfinished_last_build_rereads_the_whole_campaign(out: Out, condition: str) -> None:
    planner, own = out.planner(), out.root / ".assetgen"
    match condition:
        case "journal not empty":
            (own / "journal").write_text("{}\n")
        case "no journal":
            (own / "journal").unlink()
        case "temporary folder":
            (own / "tmp").mkdir()
        case "manifest changed":
            (out.root / MANIFEST_NAME).write_text("{} ")
        case _:
            (out.root / MANIFEST_NAME).unlink()

    assert partners(planner) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"record": None},
        {"renderer_version": "older"},
        {"checks_version": "older"},
        {"plan_inputs": (("campaign.yaml", "older"),)},
        {"render_inputs": (("brand/brand.yaml", "older"),)},
        {"render_inputs": (("brand/gone.yaml", "6"),)},
        {"sha256": "0" * 64, "file_stat": None},
    ],
    ids=str,
)
def test_outdated_build_database_row_replans_its_partner(out: Out, changes: dict[str, object]) -> None:
    out.alter(ACME, **changes)

    assert partners(out.planner()) == {"acme"}


def test_input_that_is_still_missing_causes_no_replanning(out: Out) -> None:
    out.alter(ACME, render_inputs=(("brand/gone.yaml", None),))

    assert partners(out.planner()) == set()


def test_altered_or_missing_output_file_replans_its_partner(out: Out) -> None:
    out.path(ACME).write_text("altered by hand")
    assert partners(out.planner()) == {"acme"}

    out.path(ACME).unlink()
    assert partners(out.planner()) == {"acme"}


def test_output_file_rewritten_with_the_same_bytes_only_updates_its_stat(out: Out) -> None:
    path, planner = out.path(ACME), out.planner()
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)

    changes = planner.find_changes()

    assert changes is not None and changes.partners == frozenset()
    assert changes.file_stats == {make_asset(ACME).path: file_stat(path.lstat())}


def test_asset_not_verified_by_the_last_build_replans_its_partner(out: Out) -> None:
    assert out.outlook is not None
    out.outlook = replace(out.outlook, unverified_ids=frozenset({BETA}))

    assert partners(out.planner()) == {"beta", "gamma"}


def test_outdated_asset_that_is_not_selected_does_not_replan_its_partner(out: Out) -> None:
    out.alter(BETA, renderer_version="older")

    changes = out.planner(selection=Selection(partner=("acme",))).find_changes()

    assert changes is not None
    assert (changes.partners, changes.selected) == (frozenset(), {ACME})
    assert [row.id for row in changes.rows] == [ACME, BETA]


def test_selection_glob_that_matches_no_row_rereads_the_whole_campaign(out: Out) -> None:
    # Only the full read can report the word as unknown.
    assert partners(out.planner(selection=Selection(partner=("acme", "slip")))) is None


# What is saved when there is nothing to build


def test_new_file_stats_are_saved_for_the_next_build(out: Out) -> None:
    planner, path = out.planner(), out.path(ACME)
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    changes = planner.find_changes()
    assert changes is not None

    planner.record_new_stats(changes)

    state = read_build_db(out.root / ".assetgen/state")
    assert state.rows[make_asset(ACME).path].file_stat == file_stat(path.lstat())
    assert state.rows[make_asset(BETA).path] == out.rows[make_asset(BETA).path]
    assert not (out.root / ".assetgen/tmp").exists()


def test_newer_snapshot_of_the_same_sources_is_saved(out: Out) -> None:
    now: SourceIndex = {name: ((1, 2, 3, 4, ""), sha256) for name, (_, sha256) in snapshot().items()}
    planner = out.planner(now)
    changes = planner.find_changes()
    assert changes is not None

    planner.record_new_stats(changes)

    outlook = read_build_db(out.root / ".assetgen/state").last_plan
    assert outlook is not None and outlook.sources == now


def test_build_database_is_not_written_if_nothing_is_new(out: Out) -> None:
    planner = out.planner()
    changes = planner.find_changes()
    assert changes is not None

    planner.record_new_stats(changes)

    assert not (out.root / ".assetgen/state").exists()


# Reading and planning


@dataclass
class CampaignOnDisk:
    """A campaign of two partners on disk, and a record of which partners each load read."""

    root: Path
    loads: list[Collection[str] | None] = field(default_factory=list)

    def load(self, names: Collection[str] | None) -> LoadedCampaign:
        self.loads.append(names)
        return load_campaign(self.root, names)


BETA_FILE = "partners/beta/partner.yaml"


@pytest.fixture
def on_disk(tmp_path: Path) -> CampaignOnDisk:
    return CampaignOnDisk(write_tiny(tmp_path / "campaign", {BETA_FILE: "name: Beta\nalongside: [acme]\n"}))


def planner_of(
    on_disk: CampaignOnDisk,
    tmp_path: Path,
    selection: Selection = EVERYTHING,
    state: BuildDatabase | None = None,
) -> IncrementalPlanner:
    held = LockedOutDir(OutDir(tmp_path / "out"), state or BuildDatabase(), Interrupt())
    folders: SourceIndex = {f"partners/{name}/": (UNSURE_STAT, "") for name in ("acme", "beta")}
    return IncrementalPlanner(held, on_disk.load, selection, VERSIONS, {**snapshot(), **folders})


def test_full_plan_records_sources_and_partners_for_the_next_build(
    on_disk: CampaignOnDisk, tmp_path: Path
) -> None:
    campaign, scope = planner_of(on_disk, tmp_path).plan_all()

    assert on_disk.loads == [None]
    assert set(campaign.partners) == {"acme", "beta"}
    assert {CARD_ID, SHEET_ID} <= set(scope.selected) == {asset.id for asset in scope.plan.assets}
    assert scope.last_plan is not None
    assert (
        scope.last_plan.renderer_version == "draws" and snapshot().items() <= scope.last_plan.sources.items()
    )
    assert {name: one.shown_with for name, one in scope.last_plan.partners.items()} == {
        "acme": (),
        "beta": ("acme",),
    }


def test_plan_with_an_error_leaves_no_record_for_the_next_build(
    on_disk: CampaignOnDisk, tmp_path: Path
) -> None:
    (on_disk.root / BETA_FILE).write_text("nam: Beta\n")

    _, scope = planner_of(on_disk, tmp_path).plan_all()

    assert scope.last_plan is None
    assert scope.unreadable_partners == {"beta"}
    assert {one.code for one in scope.findings if one.is_error} == {"unknown-key", "bad-value"}


def test_plan_without_a_source_index_leaves_no_record_for_the_next_build(
    on_disk: CampaignOnDisk, tmp_path: Path
) -> None:
    _, scope = replace(planner_of(on_disk, tmp_path), sources=None).plan_all()

    assert scope.last_plan is None


def test_unmatched_selection_is_reported_together_with_input_errors(
    on_disk: CampaignOnDisk, tmp_path: Path, wording: Wording
) -> None:
    (on_disk.root / BETA_FILE).write_text("name: Beta\nnam: Beta\n")

    with pytest.raises(CampaignError) as raised:
        planner_of(on_disk, tmp_path, Selection(channel=("slip",))).plan_all()

    assert [one.code for one in raised.value.findings] == ["unknown-key", "unknown-id"]
    assert wording == [one.text for one in raised.value.findings]


def state_after_full_build(on_disk: CampaignOnDisk, tmp_path: Path) -> BuildDatabase:
    """Return the build database's content after a build of the whole campaign."""
    _, scope = planner_of(on_disk, tmp_path).plan_all()
    on_disk.loads.clear()
    return BuildDatabase(
        rows={one.path: BuildRow.of(one) for one in scope.plan.assets}, last_plan=scope.last_plan
    )


def changed_and_other_rows(state: BuildDatabase, *names: str) -> tuple[frozenset[str], tuple[BuildRow, ...]]:
    """Return the changed partners, and the rows of all other partners."""
    return frozenset(names), tuple(row for row in state.rows.values() if row.partner not in names)


def test_only_changed_partners_are_read_and_the_rows_of_others_are_kept(
    on_disk: CampaignOnDisk, tmp_path: Path
) -> None:
    state = state_after_full_build(on_disk, tmp_path)
    changed, rows = changed_and_other_rows(state, "beta")
    stamp = (1, 2, 3, 4)
    acme = next(row for row in rows if row.id == CARD_ID)
    (on_disk.root / BETA_FILE).write_text("name: Beta\n")

    found = planner_of(on_disk, tmp_path, state=state).plan_changed(
        PlanChanges(changed, rows, frozenset({CARD_ID}), {acme.path: stamp})
    )

    assert found is not None
    _, scope = found
    assert on_disk.loads == [["beta"]]
    assert {asset.partner for asset in scope.plan.assets} == {"beta"}
    assert {row.partner for row in scope.unchanged_rows} == {"acme"}
    assert [row.file_stat for row in scope.unchanged_rows if row.id == CARD_ID] == [stamp]
    assert (scope.unchanged_selected, [row.id for row in scope.unchanged_selected_rows()]) == (
        {CARD_ID},
        [CARD_ID],
    )
    assert scope.last_plan is not None and set(scope.last_plan.partners) == {"acme", "beta"}
    assert scope.last_plan.partners["beta"].shown_with == ()


def test_partner_newly_named_alongside_is_read_too(on_disk: CampaignOnDisk, tmp_path: Path) -> None:
    (on_disk.root / BETA_FILE).write_text("name: Beta\n")
    state = state_after_full_build(on_disk, tmp_path)
    changed, rows = changed_and_other_rows(state, "beta")
    (on_disk.root / BETA_FILE).write_text("name: Beta\nalongside: [acme]\n")

    planner = planner_of(on_disk, tmp_path, state=state)
    found = planner.plan_changed(PlanChanges(changed, rows, frozenset(), {}))

    assert found is not None
    assert on_disk.loads == [["beta"], ["acme", "beta"]]
    assert {asset.partner for asset in found[1].plan.assets} == {"acme", "beta"}
    assert found[1].unchanged_rows == ()


def test_error_in_a_changed_partner_rereads_the_whole_campaign(
    on_disk: CampaignOnDisk, tmp_path: Path
) -> None:
    state = state_after_full_build(on_disk, tmp_path)
    (on_disk.root / BETA_FILE).write_text("nam: Beta\n")

    planner = planner_of(on_disk, tmp_path, state=state)

    assert planner.plan_changed(PlanChanges(*changed_and_other_rows(state, "beta"), frozenset(), {})) is None


# Shards


def test_shards_have_the_same_plan_digest_and_contain_each_asset_once(
    on_disk: CampaignOnDisk, tmp_path: Path
) -> None:
    planner = planner_of(on_disk, tmp_path)

    scopes = [planner.plan_shard(Shard(index, 2))[1] for index in (1, 2)]

    whole = planner.plan_all()[1]
    assert sorted(asset.id for scope in scopes for asset in scope.plan.assets) == sorted(whole.selected)
    assert [scope.shard_info.shard for scope in scopes if scope.shard_info] == [Shard(1, 2), Shard(2, 2)]
    assert len({scope.shard_info.plan_digest for scope in scopes if scope.shard_info}) == 1
    assert all(scope.last_plan is None for scope in scopes)


@pytest.mark.parametrize("part", [None, ShardInfo(Shard(2, 2), "0" * 64)], ids=["whole", "shard 2 of 2"])
def test_shard_is_refused_if_the_output_folder_has_a_different_build(
    on_disk: CampaignOnDisk, tmp_path: Path, part: ShardInfo | None, wording: Wording
) -> None:
    (tmp_path / "out").mkdir()
    heading = ManifestHead("Open Door Line", "1", {}, part)
    (tmp_path / "out" / MANIFEST_NAME).write_bytes(manifest_bytes(heading, ()))

    with pytest.raises(CampaignError) as raised:
        planner_of(on_disk, tmp_path).plan_shard(Shard(1, 2))

    (finding,) = raised.value.findings
    assert finding.code == "bad-value"
    assert ("2/2" in finding.text) is (part is not None)
    assert wording == finding.as_text()
    assert on_disk.loads == []


def test_shard_can_be_rebuilt_in_its_own_output_folder(on_disk: CampaignOnDisk, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    heading = ManifestHead("Open Door Line", "1", {}, ShardInfo(Shard(1, 2), "0" * 64))
    (tmp_path / "out" / MANIFEST_NAME).write_bytes(manifest_bytes(heading, ()))

    assert planner_of(on_disk, tmp_path).plan_shard(Shard(1, 2))[1].plan.assets


def test_unmatched_selection_is_an_error_in_every_shard(
    on_disk: CampaignOnDisk, tmp_path: Path, wording: Wording
) -> None:
    with pytest.raises(CampaignError) as raised:
        planner_of(on_disk, tmp_path, Selection(channel=("slip",))).plan_shard(Shard(1, 2))

    (finding,) = raised.value.findings
    assert (finding.code, "--channel slip " in finding.text) == ("unknown-id", True)
    assert wording == finding.text


# Parts of a plan


def test_finding_belongs_to_the_partner_whose_folder_it_points_into(on_disk: CampaignOnDisk) -> None:
    loaded, plan = read_and_plan(on_disk.load)
    own = Finding("weight", "a", None, Place("partners/acme/partner.yaml"), Severity.WARNING)
    brand = Finding("weight", "b", None, Place("brand/brand.yaml"), Severity.WARNING)
    unowned = Finding("weight", "c", None, Place("partners/notes.txt"), Severity.WARNING)
    loaded, plan = replace(loaded, findings=(brand, own)), replace(plan, warnings=(unowned,))

    plans, shared = partner_plans(loaded, plan), findings_without_partner(loaded, plan)

    assert {name: one.findings for name, one in plans.items()} == {"acme": (own,), "beta": ()}
    assert shared == (brand, unowned)
    assert findings_of_last_plan(LastPlan("", {}, plans, shared)) == (brand, unowned, own)


def test_partner_plan_records_only_the_partners_own_links(on_disk: CampaignOnDisk) -> None:
    (on_disk.root / "partners/acme/partner.yaml").write_text("name: Acme\ntracking: partner\n")
    loaded, plan = read_and_plan(on_disk.load)

    plans = partner_plans(loaded, plan)

    links = {asset.spec.link or asset.spec.click for asset in plan.assets if asset.partner == "acme"} - {None}
    assert set(plans["acme"].links) == links != set()
    assert plans["beta"].links == ()


def test_plan_with_an_error_or_an_unreadable_file_is_not_faultless(on_disk: CampaignOnDisk) -> None:
    loaded, plan = read_and_plan(on_disk.load)
    fault = Finding("bad-value", "a")

    assert is_faultless(loaded, plan)
    assert is_faultless(replace(loaded, findings=(replace(fault, severity=Severity.NOTE),)), plan)
    assert not is_faultless(replace(loaded, findings=(fault,)), plan)
    assert not is_faultless(loaded, replace(plan, warnings=(fault,)))
    assert not is_faultless(loaded, replace(plan, assets=(replace(plan.assets[0], faults=(fault,)),)))
    for attribute in ("unreadable_partners", "broken_messages", "broken_templates"):
        campaign = replace(loaded.campaign, **{attribute: frozenset({"a"})})  # type: ignore[arg-type]
        assert not is_faultless(replace(loaded, campaign=campaign), plan)


def test_selected_ids_match_every_selection_option(on_disk: CampaignOnDisk) -> None:
    loaded, plan = read_and_plan(on_disk.load)

    assert selected_ids(Selection(partner=("acme",), channel=("tiny-card",)), loaded, plan) == {CARD_ID}


def test_link_shared_by_two_partners_is_detected() -> None:
    own, same, other = (PartnerPlan((), links, ()) for links in (("a", "b"), ("b",), ("c",)))

    assert share_tracked_link({"x": own}, {"y": other, "z": same})
    assert not share_tracked_link({"x": own}, {"y": other})
    assert not share_tracked_link({"x": own}, {})


def test_every_glob_of_a_selection_must_match_a_row() -> None:
    rows = [BuildRow.of(make_asset(id)) for id in (ACME, BETA)]

    assert every_word_matches(EVERYTHING, rows) and every_word_matches(EVERYTHING, [])
    assert every_word_matches(Selection(partner=("acme", "b*"), channel=("ig-story",)), rows)
    assert not every_word_matches(Selection(partner=("acme", "slip")), rows)
    assert not every_word_matches(Selection(partner=("acme",)), [])


def test_build_scope_lists_selected_assets_unchanged_rows_and_all_paths() -> None:
    plan = make_plan(ACME)
    row = BuildRow.of(make_asset(BETA))

    scope = BuildScope(plan, {ACME, BETA}, unchanged_rows=(row,), unchanged_selected=frozenset({BETA}))

    assert scope.selected_assets() == list(plan.assets)
    assert scope.unchanged_selected_rows() == [row]
    assert scope.paths() == {plan.assets[0].path, row.path}
    assert BuildScope(plan, {BETA}).selected_assets() == []


NAMES = st.sampled_from("abcdefgh")
ALONGSIDE = st.dictionaries(NAMES, st.lists(NAMES, max_size=3).map(tuple))


@given(ALONGSIDE, st.frozensets(NAMES), st.frozensets(NAMES))
def test_partners_shown_with_each_other_are_found_from_any_of_them(
    alongside: dict[str, tuple[str, ...]], some: frozenset[str], others: frozenset[str]
) -> None:
    plans = {name: PartnerPlan(named, (), ()) for name, named in alongside.items()}

    found = with_related_partners(plans, some)

    assert some <= found == with_related_partners(plans, found)
    assert with_related_partners(plans, some | others) == found | with_related_partners(plans, others)
    for name, named in alongside.items():
        for other in named:
            assert (name in found) == (other in found)
