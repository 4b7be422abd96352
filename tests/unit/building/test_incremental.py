"""How much of a campaign is read and planned again: what has changed and what stands beside it, or all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.building.build_db import BuildRow, BuildState, Outlook, PartnerPlan, Work, read_state
from assetgen.building.fingerprint import UNSURE, Snapshot, Versions
from assetgen.building.incremental import (
    BuildScope,
    IncrementalPlanner,
    PlanChanges,
    any_of_each,
    clashes,
    findings_of,
    is_sound,
    of_nobody,
    partner_plans,
    read_and_plan,
    selected_ids,
    together,
)
from assetgen.building.output_dir import HeldOutDir, OutDir
from assetgen.building.pool.executor import Halt
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.campaign import Loaded, load_campaign
from assetgen.manifest.manifest_file import MANIFEST_NAME, Heading, manifest_bytes, stamp_of
from assetgen.manifest.shards import Shard, ShardPart
from assetgen.planning.selection import EVERYTHING, Selection
from tests.support.factories import make_asset, make_plan
from tests.support.tiny import CARD, SHEET, write_tiny
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


def snapshot(**changes: str) -> Snapshot:
    """Return how the files stand: ``partners_acme="x"`` gives that partner's file other bytes."""
    changed = {f"{key.replace('_', '/')}/partner.yaml": value for key, value in changes.items()}
    return {name: (UNSURE, sha256) for name, sha256 in {**SOURCES, **changed}.items()}


def no_load(names: Collection[str] | None) -> Loaded:
    raise AssertionError(f"nothing is to be read here: {names}")


@dataclass
class Out:
    """An ``out/`` in which the last build came to its end, and what it knew."""

    root: Path
    rows: dict[str, BuildRow] = field(default_factory=dict)
    outlook: Outlook | None = None

    def __post_init__(self) -> None:
        (self.root / ".assetgen").mkdir(parents=True)
        (self.root / ".assetgen/journal").touch()
        (self.root / MANIFEST_NAME).write_text("{}")
        self.outlook = Outlook(
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
        work = Work(
            "r", "p", "draws", "proves", "", (("campaign.yaml", "1"),), (("brand/brand.yaml", "2"),), ()
        )
        sha256 = hashlib.sha256(id.encode()).hexdigest()
        self.rows[asset.path] = BuildRow.of(asset)._replace(
            sha256=sha256, stamp=stamp_of(path.lstat()), at=(0, 2), work=work
        )

    def path(self, id: str) -> Path:
        return self.root / make_asset(id).path

    def alter(self, id: str, **changes: object) -> None:
        """Give the row of an asset, or its work, other values."""
        path = make_asset(id).path
        row = self.rows[path]
        own = {key: changes.pop(key) for key in list(changes) if key in BuildRow._fields}
        if changes:
            assert row.work is not None
            own["work"] = row.work._replace(**changes)  # type: ignore[arg-type]
        self.rows[path] = row._replace(**own)  # type: ignore[arg-type]

    def planner(
        self, now: Snapshot | None = None, selection: Selection = EVERYTHING, versions: Versions = VERSIONS
    ) -> IncrementalPlanner:
        manifest = stamp_of((self.root / MANIFEST_NAME).lstat())
        state = BuildState(manifest=manifest, rows=self.rows, outlook=self.outlook)
        held = HeldOutDir(OutDir(self.root), state, Halt())
        return IncrementalPlanner(held, no_load, selection, versions, snapshot() if now is None else now)


@pytest.fixture
def out(tmp_path: Path) -> Out:
    return Out(tmp_path / "out")


def partners(planner: IncrementalPlanner) -> set[str] | None:
    """Return the partners that are planned again; None where all is read."""
    changes = planner.find_changes()
    return None if changes is None else set(changes.partners)


# What has changed


def test_where_nothing_has_changed_nothing_is_planned_again(out: Out) -> None:
    changes = out.planner().find_changes()

    assert changes is not None
    assert (changes.partners, changes.chosen, changes.stamps) == (frozenset(), {ACME, BETA}, {})
    assert changes.rows == tuple(out.rows.values())


def test_a_changed_partner_is_planned_again_and_the_rows_of_others_stay(out: Out) -> None:
    changes = out.planner(snapshot(partners_acme="x")).find_changes()

    assert changes is not None
    assert (changes.partners, changes.chosen) == ({"acme"}, {BETA})
    assert [row.id for row in changes.rows] == [BETA]


def test_whoever_stands_beside_a_changed_partner_is_planned_with_it(out: Out) -> None:
    assert partners(out.planner(snapshot(partners_gamma="x"))) == {"beta", "gamma"}
    assert partners(out.planner(snapshot(partners_beta="x"))) == {"beta", "gamma"}


def test_a_new_partner_and_one_that_is_gone_are_changes_of_that_partner(out: Out) -> None:
    gone = {name: seen for name, seen in snapshot().items() if "acme" not in name}

    assert partners(out.planner(snapshot(partners_delta="new"))) == {"delta"}
    assert partners(out.planner(gone)) == {"acme"}


@pytest.mark.parametrize("name", ["campaign.yaml", "brand/brand.yaml", "templates/new/", "partners/"])
def test_a_change_outside_of_the_partners_folders_is_read_as_a_whole(out: Out, name: str) -> None:
    assert partners(out.planner({**snapshot(), name: (UNSURE, "other")})) is None


def test_another_version_of_what_draws_is_read_as_a_whole(out: Out) -> None:
    assert partners(out.planner(versions=replace(VERSIONS, draws="newer"))) is None


def test_without_a_sound_last_plan_or_a_snapshot_all_is_read(out: Out) -> None:
    assert partners(replace(out.planner(), snapshot=None)) is None
    out.outlook = None
    assert partners(out.planner()) is None


@pytest.mark.parametrize("what", ["journal", "no journal", "tmp", "manifest", "no manifest"])
def test_after_a_build_that_did_not_come_to_its_end_all_is_read(out: Out, what: str) -> None:
    planner, own = out.planner(), out.root / ".assetgen"
    match what:
        case "journal":
            (own / "journal").write_text("{}\n")
        case "no journal":
            (own / "journal").unlink()
        case "tmp":
            (own / "tmp").mkdir()
        case "manifest":
            (out.root / MANIFEST_NAME).write_text("{} ")
        case _:
            (out.root / MANIFEST_NAME).unlink()

    assert partners(planner) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"work": None},
        {"draws": "older"},
        {"proves": "older"},
        {"planned": (("campaign.yaml", "older"),)},
        {"drawn": (("brand/brand.yaml", "older"),)},
        {"drawn": (("brand/gone.yaml", "6"),)},
        {"sha256": "0" * 64, "stamp": None},
    ],
    ids=str,
)
def test_a_row_that_is_not_what_would_be_made_today_has_its_partner_planned_again(
    out: Out, changes: dict[str, object]
) -> None:
    out.alter(ACME, **changes)

    assert partners(out.planner()) == {"acme"}


def test_a_file_that_was_not_there_when_it_was_looked_for_and_still_is_not_changes_nothing(out: Out) -> None:
    out.alter(ACME, drawn=(("brand/gone.yaml", None),))

    assert partners(out.planner()) == set()


def test_a_finished_file_that_was_altered_or_lost_has_its_partner_planned_again(out: Out) -> None:
    out.path(ACME).write_text("altered by hand")
    assert partners(out.planner()) == {"acme"}

    out.path(ACME).unlink()
    assert partners(out.planner()) == {"acme"}


def test_a_finished_file_written_again_with_the_same_bytes_holds_and_its_stamp_is_noted(out: Out) -> None:
    path, planner = out.path(ACME), out.planner()
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)

    changes = planner.find_changes()

    assert changes is not None and changes.partners == frozenset()
    assert changes.stamps == {make_asset(ACME).path: stamp_of(path.lstat())}


def test_an_asset_that_was_not_looked_at_by_the_last_build_is_planned_again(out: Out) -> None:
    assert out.outlook is not None
    out.outlook = replace(out.outlook, doubtful=frozenset({BETA}))

    assert partners(out.planner()) == {"beta", "gamma"}


def test_what_is_not_selected_is_not_looked_at(out: Out) -> None:
    out.alter(BETA, draws="older")

    changes = out.planner(selection=Selection(partner=("acme",))).find_changes()

    assert changes is not None
    assert (changes.partners, changes.chosen) == (frozenset(), {ACME})
    assert [row.id for row in changes.rows] == [ACME, BETA]


def test_a_selection_that_matches_no_row_is_read_as_a_whole_so_that_it_is_told(out: Out) -> None:
    assert partners(out.planner(selection=Selection(partner=("acme", "slip")))) is None


# What is written where nothing is to be done


def test_new_stamps_are_written_for_the_next_build(out: Out) -> None:
    planner, path = out.planner(), out.path(ACME)
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    changes = planner.find_changes()
    assert changes is not None

    planner.note_unchanged(changes)

    state = read_state(out.root / ".assetgen/state")
    assert state.rows[make_asset(ACME).path].stamp == stamp_of(path.lstat())
    assert state.rows[make_asset(BETA).path] == out.rows[make_asset(BETA).path]
    assert not (out.root / ".assetgen/tmp").exists()


def test_a_newer_look_at_the_same_sources_is_written(out: Out) -> None:
    now: Snapshot = {name: ((1, 2, 3, 4, ""), sha256) for name, (_, sha256) in snapshot().items()}
    planner = out.planner(now)
    changes = planner.find_changes()
    assert changes is not None

    planner.note_unchanged(changes)

    outlook = read_state(out.root / ".assetgen/state").outlook
    assert outlook is not None and outlook.sources == now


def test_where_nothing_new_is_known_nothing_is_written(out: Out) -> None:
    planner = out.planner()
    changes = planner.find_changes()
    assert changes is not None

    planner.note_unchanged(changes)

    assert not (out.root / ".assetgen/state").exists()


# Reading and planning


@dataclass
class Read:
    """A campaign on disk of two partners, and what of it was read."""

    root: Path
    asked: list[Collection[str] | None] = field(default_factory=list)

    def load(self, names: Collection[str] | None) -> Loaded:
        self.asked.append(names)
        return load_campaign(self.root, names)


BETA_FILE = "partners/beta/partner.yaml"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return Read(write_tiny(tmp_path / "campaign", {BETA_FILE: "name: Beta\nalongside: [acme]\n"}))


def planner_of(
    read: Read, tmp_path: Path, selection: Selection = EVERYTHING, state: BuildState | None = None
) -> IncrementalPlanner:
    held = HeldOutDir(OutDir(tmp_path / "out"), state or BuildState(), Halt())
    folders: Snapshot = {f"partners/{name}/": (UNSURE, "") for name in ("acme", "beta")}
    return IncrementalPlanner(held, read.load, selection, VERSIONS, {**snapshot(), **folders})


def test_all_is_planned_with_an_outlook_for_the_next_build(read: Read, tmp_path: Path) -> None:
    campaign, scope = planner_of(read, tmp_path).plan_all()

    assert read.asked == [None]
    assert set(campaign.partners) == {"acme", "beta"}
    assert {CARD, SHEET} <= set(scope.selected) == {asset.id for asset in scope.plan.assets}
    assert scope.outlook is not None
    assert scope.outlook.code == "draws" and snapshot().items() <= scope.outlook.sources.items()
    assert {name: one.beside for name, one in scope.outlook.partners.items()} == {
        "acme": (),
        "beta": ("acme",),
    }


def test_a_plan_with_a_fault_leaves_no_outlook(read: Read, tmp_path: Path) -> None:
    (read.root / BETA_FILE).write_text("nam: Beta\n")

    _, scope = planner_of(read, tmp_path).plan_all()

    assert scope.outlook is None
    assert scope.unreadable_partners == {"beta"}
    assert {one.code for one in scope.findings if one.is_error} == {"unknown-key", "bad-value"}


def test_without_a_snapshot_there_is_no_outlook(read: Read, tmp_path: Path) -> None:
    _, scope = replace(planner_of(read, tmp_path), snapshot=None).plan_all()

    assert scope.outlook is None


def test_a_selection_that_matches_nothing_is_told_with_the_faults_of_the_input(
    read: Read, tmp_path: Path, wording: Wording
) -> None:
    (read.root / BETA_FILE).write_text("name: Beta\nnam: Beta\n")

    with pytest.raises(CampaignError) as raised:
        planner_of(read, tmp_path, Selection(channel=("slip",))).plan_all()

    assert [one.code for one in raised.value.findings] == ["unknown-key", "unknown-id"]
    assert wording == [one.text for one in raised.value.findings]


def known(read: Read, tmp_path: Path) -> BuildState:
    """Return the state after a whole build of the campaign."""
    _, scope = planner_of(read, tmp_path).plan_all()
    read.asked.clear()
    return BuildState(rows={one.path: BuildRow.of(one) for one in scope.plan.assets}, outlook=scope.outlook)


def changes_of(state: BuildState, *names: str) -> tuple[frozenset[str], tuple[BuildRow, ...]]:
    return frozenset(names), tuple(row for row in state.rows.values() if row.partner not in names)


def test_only_the_partners_that_changed_are_read_and_the_others_rows_are_kept(
    read: Read, tmp_path: Path
) -> None:
    state = known(read, tmp_path)
    again, rows = changes_of(state, "beta")
    stamp = (1, 2, 3, 4)
    acme = next(row for row in rows if row.id == CARD)
    (read.root / BETA_FILE).write_text("name: Beta\n")

    found = planner_of(read, tmp_path, state=state).plan_changed(
        PlanChanges(again, rows, frozenset({CARD}), {acme.path: stamp})
    )

    assert found is not None
    _, scope = found
    assert read.asked == [["beta"]]
    assert {asset.partner for asset in scope.plan.assets} == {"beta"}
    assert {row.partner for row in scope.rows} == {"acme"}
    assert [row.stamp for row in scope.rows if row.id == CARD] == [stamp]
    assert (scope.kept, [row.id for row in scope.kept_rows()]) == ({CARD}, [CARD])
    assert scope.outlook is not None and set(scope.outlook.partners) == {"acme", "beta"}
    assert scope.outlook.partners["beta"].beside == ()


def test_a_partner_that_now_stands_beside_another_is_read_with_it(read: Read, tmp_path: Path) -> None:
    (read.root / BETA_FILE).write_text("name: Beta\n")
    state = known(read, tmp_path)
    again, rows = changes_of(state, "beta")
    (read.root / BETA_FILE).write_text("name: Beta\nalongside: [acme]\n")

    planner = planner_of(read, tmp_path, state=state)
    found = planner.plan_changed(PlanChanges(again, rows, frozenset(), {}))

    assert found is not None
    assert read.asked == [["beta"], ["acme", "beta"]]
    assert {asset.partner for asset in found[1].plan.assets} == {"acme", "beta"}
    assert found[1].rows == ()


def test_a_fault_in_a_changed_partner_makes_all_be_read(read: Read, tmp_path: Path) -> None:
    state = known(read, tmp_path)
    (read.root / BETA_FILE).write_text("nam: Beta\n")

    planner = planner_of(read, tmp_path, state=state)

    assert planner.plan_changed(PlanChanges(*changes_of(state, "beta"), frozenset(), {})) is None


# Shards


def test_the_shards_of_a_plan_have_each_asset_once_and_one_digest(read: Read, tmp_path: Path) -> None:
    planner = planner_of(read, tmp_path)

    scopes = [planner.plan_shard(Shard(index, 2))[1] for index in (1, 2)]

    whole = planner.plan_all()[1]
    assert sorted(asset.id for scope in scopes for asset in scope.plan.assets) == sorted(whole.selected)
    assert [scope.part.shard for scope in scopes if scope.part] == [Shard(1, 2), Shard(2, 2)]
    assert len({scope.part.plan for scope in scopes if scope.part}) == 1
    assert all(scope.outlook is None for scope in scopes)


@pytest.mark.parametrize("part", [None, ShardPart(Shard(2, 2), "0" * 64)], ids=["whole", "shard 2 of 2"])
def test_a_shard_is_not_built_where_another_build_would_be_removed(
    read: Read, tmp_path: Path, part: ShardPart | None, wording: Wording
) -> None:
    (tmp_path / "out").mkdir()
    heading = Heading("Open Door Line", "1", {}, part)
    (tmp_path / "out" / MANIFEST_NAME).write_bytes(manifest_bytes(heading, ()))

    with pytest.raises(CampaignError) as raised:
        planner_of(read, tmp_path).plan_shard(Shard(1, 2))

    (finding,) = raised.value.findings
    assert finding.code == "bad-value"
    assert ("2/2" in finding.text) is (part is not None)
    assert wording == finding.as_text()
    assert read.asked == []


def test_a_shard_is_built_once_more_where_it_stands(read: Read, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    heading = Heading("Open Door Line", "1", {}, ShardPart(Shard(1, 2), "0" * 64))
    (tmp_path / "out" / MANIFEST_NAME).write_bytes(manifest_bytes(heading, ()))

    assert planner_of(read, tmp_path).plan_shard(Shard(1, 2))[1].plan.assets


def test_a_selection_that_matches_nothing_is_a_fault_in_every_shard(
    read: Read, tmp_path: Path, wording: Wording
) -> None:
    with pytest.raises(CampaignError) as raised:
        planner_of(read, tmp_path, Selection(channel=("slip",))).plan_shard(Shard(1, 2))

    (finding,) = raised.value.findings
    assert (finding.code, "--channel slip " in finding.text) == ("unknown-id", True)
    assert wording == finding.text


# Parts of a plan


def test_a_finding_belongs_to_the_partner_in_whose_folder_it_points(read: Read) -> None:
    loaded, plan = read_and_plan(read.load)
    own = Finding("weight", "a", None, Place("partners/acme/partner.yaml"), Severity.WARNING)
    brand = Finding("weight", "b", None, Place("brand/brand.yaml"), Severity.WARNING)
    loose = Finding("weight", "c", None, Place("partners/notes.txt"), Severity.WARNING)
    loaded, plan = replace(loaded, findings=(brand, own)), replace(plan, warnings=(loose,))

    plans, shared = partner_plans(loaded, plan), of_nobody(loaded, plan)

    assert {name: one.findings for name, one in plans.items()} == {"acme": (own,), "beta": ()}
    assert shared == (brand, loose)
    assert findings_of(Outlook("", {}, plans, shared)) == (brand, loose, own)


def test_only_the_links_that_are_a_partners_own_are_kept(read: Read) -> None:
    (read.root / "partners/acme/partner.yaml").write_text("name: Acme\ntracking: partner\n")
    loaded, plan = read_and_plan(read.load)

    plans = partner_plans(loaded, plan)

    links = {asset.spec.link or asset.spec.click for asset in plan.assets if asset.partner == "acme"} - {None}
    assert set(plans["acme"].links) == links != set()
    assert plans["beta"].links == ()


def test_a_plan_is_sound_only_without_any_fault(read: Read) -> None:
    loaded, plan = read_and_plan(read.load)
    fault = Finding("bad-value", "a")

    assert is_sound(loaded, plan)
    assert is_sound(replace(loaded, findings=(replace(fault, severity=Severity.NOTE),)), plan)
    assert not is_sound(replace(loaded, findings=(fault,)), plan)
    assert not is_sound(loaded, replace(plan, warnings=(fault,)))
    assert not is_sound(loaded, replace(plan, assets=(replace(plan.assets[0], faults=(fault,)),)))
    for broken in ("unreadable_partners", "broken_messages", "broken_templates"):
        campaign = replace(loaded.campaign, **{broken: frozenset({"a"})})  # type: ignore[arg-type]
        assert not is_sound(replace(loaded, campaign=campaign), plan)


def test_selected_ids_are_those_of_the_words(read: Read) -> None:
    loaded, plan = read_and_plan(read.load)

    assert selected_ids(Selection(partner=("acme",), channel=("tiny-card",)), loaded, plan) == {CARD}


def test_a_link_of_two_partners_clashes() -> None:
    own, same, other = (PartnerPlan((), links, ()) for links in (("a", "b"), ("b",), ("c",)))

    assert clashes({"x": own}, {"y": other, "z": same})
    assert not clashes({"x": own}, {"y": other})
    assert not clashes({"x": own}, {})


def test_every_word_of_a_selection_has_to_match_some_row() -> None:
    rows = [BuildRow.of(make_asset(id)) for id in (ACME, BETA)]

    assert any_of_each(EVERYTHING, rows) and any_of_each(EVERYTHING, [])
    assert any_of_each(Selection(partner=("acme", "b*"), channel=("ig-story",)), rows)
    assert not any_of_each(Selection(partner=("acme", "slip")), rows)
    assert not any_of_each(Selection(partner=("acme",)), [])


def test_a_scope_tells_its_assets_its_kept_rows_and_all_its_paths() -> None:
    plan = make_plan(ACME)
    row = BuildRow.of(make_asset(BETA))

    scope = BuildScope(plan, {ACME, BETA}, rows=(row,), kept=frozenset({BETA}))

    assert scope.selected_assets() == list(plan.assets)
    assert scope.kept_rows() == [row]
    assert scope.paths() == {plan.assets[0].path, row.path}
    assert BuildScope(plan, {BETA}).selected_assets() == []


NAMES = st.sampled_from("abcdefgh")
BESIDE = st.dictionaries(NAMES, st.lists(NAMES, max_size=3).map(tuple))


@given(BESIDE, st.frozensets(NAMES), st.frozensets(NAMES))
def test_what_hangs_together_is_whole_and_the_same_from_wherever_it_is_reached(
    beside: dict[str, tuple[str, ...]], some: frozenset[str], more: frozenset[str]
) -> None:
    plans = {name: PartnerPlan(others, (), ()) for name, others in beside.items()}

    found = together(plans, some)

    assert some <= found == together(plans, found)
    assert together(plans, some | more) == found | together(plans, more)
    for name, others in beside.items():
        for other in others:
            assert (name in found) == (other in found)
