"""Builds into ``out/``: the files, records and findings that each kind of build leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from assetgen.building.incremental import BuildScope
from assetgen.building.pipeline import Progress
from assetgen.building.rebuild_reasons import preview_scope
from assetgen.errors import MachineError
from assetgen.findings import Finding, Place, Severity
from assetgen.planning.asset import Asset, Plan, Unplanned
from tests.support.build_scenarios import (
    BETA,
    ONLINE,
    PATH_BY_ID,
    PLAN,
    WORRIED,
    BuildFolder,
    clean_build_tree,
    plan_without,
    read_out_folder,
)
from tests.support.factories import FakeRenderer, fake_content, make_plan
from tests.support.processes import GUARD_S, is_running
from tests.support.wording import Wording


@pytest.fixture
def build(tmp_path: Path) -> BuildFolder:
    return BuildFolder(tmp_path / "out")


def without_sources(*ids: str) -> Plan:
    """Return the plan of a campaign in which the message or the template of these assets cannot be read."""
    return replace(plan_without(*ids), unplanned=tuple(unplanned(PLAN.by_id()[id]) for id in ids))


def unplanned(asset: Asset) -> Unplanned:
    names = (field.name for field in fields(Unplanned))
    return Unplanned(**{name: getattr(asset, name) for name in names})


# Successful builds


def test_first_build_writes_every_file_and_lists_it_in_the_manifest(build: BuildFolder) -> None:
    result = build.run()

    assert (result.built, result.failed, result.skipped, result.cached, result.removed) == (3, 0, 0, 0, 0)
    assert {id: build.output_path(id).read_bytes() for id in PATH_BY_ID} == {
        id: fake_content(id) for id in PATH_BY_ID
    }
    assert {id: entry["path"] for id, entry in build.entries().items()} == PATH_BY_ID
    assert result.findings == ()


def test_finished_build_leaves_an_empty_journal_a_lock_and_the_build_database(build: BuildFolder) -> None:
    build.run()

    own = {path.name: path.read_bytes() for path in (build.out / ".assetgen").iterdir()}
    assert own.keys() == {"journal", "lock", "state"}
    assert (own["journal"], own["lock"]) == (b"", b"")


def test_second_build_leaves_the_same_files(build: BuildFolder) -> None:
    build.run()
    before = read_out_folder(build.out)

    build.run()

    assert read_out_folder(build.out) == before


def test_number_of_jobs_does_not_change_the_output_files(tmp_path: Path) -> None:
    plan = make_plan(*(f"p{number % 3}/m{number}/ig-story/en-GB" for number in range(12)))
    one, two = BuildFolder(tmp_path / "one/out"), BuildFolder(tmp_path / "two/out")

    one.run(plan=plan, jobs=1)
    two.run(plan=plan, jobs=2)

    assert read_out_folder(one.out) == read_out_folder(two.out)


def test_missing_file_is_rebuilt(build: BuildFolder) -> None:
    build.run()
    build.output_path(WORRIED).unlink()

    build.run()

    assert build.output_path(WORRIED).read_bytes() == fake_content(WORRIED)


def test_result_has_a_rebuild_reason_for_each_built_asset(build: BuildFolder, wording: Wording) -> None:
    build.run(select={WORRIED})
    build.run(select={ONLINE})
    build.output_path(ONLINE).unlink()

    reasons = build.run().reasons

    (forced,) = set(build.run(force=True).reasons.values())
    assert set(reasons) == {WORRIED, ONLINE, BETA}
    assert len({*reasons.values(), forced}) == 4
    assert wording == [reasons[WORRIED], reasons[ONLINE], reasons[BETA], forced]


def test_progress_counts_from_zero_to_all_assets(build: BuildFolder) -> None:
    build.run(FakeRenderer(faults={ONLINE: "overflows"}), on_progress=build.progress.append)

    assert build.progress[0] == Progress(done=0, failed=0, total=3, asset_id=None)
    assert [step.done for step in build.progress] == [0, 1, 2, 3]
    assert build.progress[-1].failed == 1
    assert {step.asset_id for step in build.progress[1:]} == set(PATH_BY_ID)


def test_warning_is_reported_and_recorded_in_the_manifest_entry(build: BuildFolder) -> None:
    result = build.run(FakeRenderer(faults={WORRIED: "warns"}))

    assert [(f.code, f.severity, f.asset) for f in result.findings] == [("weight", Severity.WARNING, WORRIED)]
    assert build.entries()[WORRIED]["findings"][0]["text"] == "heavy"


def test_pipeline_imports_without_weasyprint_pillow_and_pydantic() -> None:
    code = (
        "import sys, assetgen.building.pipeline; print({'weasyprint', 'PIL', 'pydantic'} & set(sys.modules))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


# Failures


def test_failed_asset_moves_its_old_file_to_stale_and_drops_its_entry(build: BuildFolder) -> None:
    build.run()

    result = build.run_with_overflows(WORRIED)

    assert (result.built, result.failed, result.failed_ids) == (2, 1, (WORRIED,))
    assert not build.output_path(WORRIED).exists()
    assert build.stale_path(WORRIED).read_bytes() == fake_content(WORRIED)
    assert set(build.entries()) == {ONLINE, BETA}
    assert [(finding.code, finding.asset) for finding in result.findings] == [("text-overflow", WORRIED)]


def test_failed_asset_leaves_no_empty_folder(build: BuildFolder) -> None:
    build.run()

    build.run_with_overflows(BETA)

    assert not (build.out / "beta").exists()


def test_file_that_fails_its_preflight_checks_is_moved_to_rejected_and_reported(build: BuildFolder) -> None:
    result = build.run_with_overflows(WORRIED)

    assert not build.output_path(WORRIED).exists() and WORRIED not in build.entries()
    assert build.rejected_path(WORRIED).read_bytes() == fake_content(WORRIED)
    assert result.rejected == (f"out/.assetgen/rejected/{PATH_BY_ID[WORRIED]}",)


def test_asset_that_fails_to_render_leaves_no_rejected_file(build: BuildFolder) -> None:
    result = build.run(FakeRenderer(faults={WORRIED: "cannot_be_drawn", ONLINE: "says_nothing"}))

    assert result.failed == 2 and result.rejected == ()
    assert not (build.out / ".assetgen/rejected").exists()


def test_successful_build_removes_the_rejected_file(build: BuildFolder) -> None:
    build.run_with_overflows(WORRIED)

    build.run()

    assert not build.rejected_path(WORRIED).exists()


def test_build_after_a_failure_restores_all_files_and_removes_the_stale_one(
    build: BuildFolder, tmp_path: Path
) -> None:
    build.run()
    build.run_with_overflows(WORRIED)

    build.run()

    assert read_out_folder(build.out) == clean_build_tree(tmp_path)
    assert list((build.out / ".assetgen/stale").rglob("*")) == []


def test_fail_fast_starts_no_asset_after_the_first_failure(build: BuildFolder) -> None:
    first = PLAN.assets[0].id

    result = build.run(FakeRenderer(faults={first: "overflows"}), fail_fast=True)

    assert (result.built, result.failed, result.unreached) == (0, 1, 2)
    assert not result.interrupted
    assert build.entries() == {}


def test_build_findings_are_sorted_worst_first(build: BuildFolder) -> None:
    result = build.run(FakeRenderer(faults={PLAN.assets[0].id: "warns", PLAN.assets[2].id: "overflows"}))

    assert [finding.severity.value for finding in result.findings] == ["error", "warning"]


# Selection and plan


def test_selection_rebuilds_only_the_selected_assets_and_keeps_the_others(build: BuildFolder) -> None:
    build.run()

    result = build.run(FakeRenderer("second"), select={BETA})

    assert (result.built, result.skipped, result.removed) == (1, 2, 0)
    assert build.output_path(BETA).read_bytes() == fake_content(BETA, "second")
    assert build.output_path(WORRIED).read_bytes() == fake_content(WORRIED)
    assert set(build.entries()) == set(PATH_BY_ID)


def test_asset_never_built_and_not_selected_has_no_manifest_entry(build: BuildFolder) -> None:
    result = build.run(select={BETA})

    assert (result.built, result.skipped) == (1, 2)
    assert set(build.entries()) == {BETA}


def test_entry_of_a_deleted_file_is_dropped_even_if_not_selected(build: BuildFolder) -> None:
    build.run()
    build.output_path(WORRIED).unlink()

    build.run(select={BETA})

    assert set(build.entries()) == {ONLINE, BETA}


def test_files_of_a_removed_partner_are_deleted_whatever_is_selected(build: BuildFolder) -> None:
    build.run()

    result = build.run(plan=plan_without(BETA), select={ONLINE})

    assert result.removed == 1
    assert not (build.out / "beta").exists()
    assert set(build.entries()) == {WORRIED, ONLINE}


def test_unreadable_partner_keeps_its_files_and_its_entries_marked_stale(
    build: BuildFolder, wording: Wording
) -> None:
    build.run()

    result = build.run(plan=plan_without(BETA), held_partners=frozenset({"beta", "gamma"}))

    assert build.output_path(BETA).read_bytes() == fake_content(BETA)
    assert build.entries()[BETA]["stale"] is True
    assert "stale" not in build.entries()[WORRIED]
    (finding,) = result.findings
    assert (finding.code, finding.is_error) == ("stale", False)
    assert finding.place.file == "partners/beta/partner.yaml"
    assert wording == finding.as_text()


@pytest.mark.parametrize("select", [{BETA}, {WORRIED}], ids=["selected", "not selected"])
def test_stale_mark_is_removed_once_the_partner_can_be_read_again(
    build: BuildFolder, select: set[str]
) -> None:
    build.run()
    build.run(plan=plan_without(BETA), held_partners=frozenset({"beta"}))

    build.run(select=select)

    assert "stale" not in build.entries()[BETA]


def test_assets_whose_message_or_template_cannot_be_read_fail(build: BuildFolder) -> None:
    build.run()

    result = build.run(plan=without_sources(ONLINE))

    assert (result.failed, result.failed_ids, result.removed) == (1, (ONLINE,), 0)
    assert build.stale_path(ONLINE).exists()
    assert not build.output_path(ONLINE).exists()
    assert set(build.entries()) == {WORRIED, BETA}


def test_unplanned_asset_never_built_fails_only_if_selected(build: BuildFolder) -> None:
    result = build.run(plan=without_sources(ONLINE), select={WORRIED, ONLINE})
    other = build.run(plan=without_sources(ONLINE), select={WORRIED})

    assert (result.built, result.failed_ids) == (1, (ONLINE,))
    assert (other.built, other.failed_ids) == (1, ())


def test_unplanned_asset_not_selected_keeps_its_file_and_entry(build: BuildFolder) -> None:
    build.run()
    before = build.entries()[ONLINE]

    result = build.run(plan=without_sources(ONLINE), select={WORRIED})

    assert (result.failed, result.removed) == (0, 0)
    assert build.output_path(ONLINE).read_bytes() == fake_content(ONLINE)
    assert build.entries()[ONLINE] == before


def test_asset_with_a_planning_fault_fails_without_being_rendered(build: BuildFolder) -> None:
    fault = Finding("template", "Bare has no layout for the shape tall", place=Place("templates/bare"))
    faulty = tuple(replace(one, faults=(fault,)) if one.id == ONLINE else one for one in PLAN.assets)

    result = build.run(plan=Plan(faulty))

    assert (result.built, result.failed_ids) == (2, (ONLINE,))
    assert result.findings == (fault.for_asset(ONLINE),)
    assert not build.output_path(ONLINE).exists()


def test_unreadable_partner_keeps_its_entries_although_a_message_is_broken(build: BuildFolder) -> None:
    build.run()

    result = build.run(
        plan=without_sources(WORRIED, ONLINE, BETA), held_partners=frozenset({"acme"}), select={BETA}
    )

    assert result.failed_ids == (BETA,)
    assert {id for id, entry in build.entries().items() if entry["stale"]} == {WORRIED, ONLINE}


# Previews


def test_preview_reports_what_would_be_built_and_removed_without_changing_files(
    build: BuildFolder, wording: Wording
) -> None:
    build.run(plan=plan_without(ONLINE))
    killed = build.out / ".assetgen/tmp/half"
    killed.parent.mkdir()
    killed.write_bytes(b"half a file")
    before = {path: path.stat().st_mtime_ns for path in build.out.rglob("*")}

    preview = preview_scope(BuildScope(plan_without(BETA), {ONLINE}), build.out)

    assert (set(preview.reasons), preview.removed) == ({ONLINE}, [PATH_BY_ID[BETA]])
    assert wording == preview.reasons[ONLINE]
    assert {path: path.stat().st_mtime_ns for path in build.out.rglob("*")} == before


def test_preview_of_a_first_build_creates_no_folder(build: BuildFolder, wording: Wording) -> None:
    preview = preview_scope(BuildScope(PLAN, {WORRIED}), build.out)

    assert (set(preview.reasons), preview.removed) == ({WORRIED}, [])
    assert wording == preview.reasons[WORRIED]
    assert not build.out.exists()


def test_preview_does_not_remove_files_whose_sources_are_unreadable(build: BuildFolder) -> None:
    build.run()
    incomplete = Plan((), without_sources(ONLINE).unplanned)

    preview = preview_scope(BuildScope(incomplete, (), frozenset({"beta"})), build.out)
    assert (preview.reasons, preview.removed) == ({}, [PATH_BY_ID[WORRIED]])


# Foreign files


def test_build_does_not_touch_files_that_assetgen_did_not_write(build: BuildFolder) -> None:
    build.run()
    notes, empty = build.out / "beta/notes.txt", build.out / "acme/kept"
    notes.write_text("mine")
    empty.mkdir()
    (build.out / "index.html").write_text("mine too")

    build.run(plan=Plan(()))

    assert set(read_out_folder(build.out)) == {
        *("acme", "acme/kept", "beta", "beta/notes.txt", "index.html", "manifest.json")
    }
    assert notes.read_text() == "mine"


def test_foreign_file_at_an_assets_path_is_moved_to_replaced_and_reported(
    build: BuildFolder, wording: Wording
) -> None:
    build.output_path(BETA).parent.mkdir(parents=True)
    build.output_path(BETA).write_text("mine")

    result = build.run()

    assert build.output_path(BETA).read_bytes() == fake_content(BETA)
    assert (build.out / ".assetgen/replaced" / PATH_BY_ID[BETA]).read_text() == "mine"
    (finding,) = result.findings
    assert (finding.code, finding.asset, finding.is_error) == ("unsafe-file", BETA, False)
    assert f"out/.assetgen/replaced/{PATH_BY_ID[BETA]}" in finding.text
    assert wording == finding.as_text()


def test_foreign_file_moved_to_replaced_never_overwrites_an_earlier_one(build: BuildFolder) -> None:
    for content in ("mine", "mine again"):
        build.output_path(BETA).parent.mkdir(parents=True, exist_ok=True)
        build.output_path(BETA).write_text(content)
        build.run()
        build.run(plan=plan_without(BETA))

    replaced = (build.out / ".assetgen/replaced/beta").rglob("*.png*")
    assert sorted(file.read_text() for file in replaced) == ["mine", "mine again"]


def test_foreign_file_at_an_assets_path_stays_if_the_asset_fails(build: BuildFolder) -> None:
    build.output_path(BETA).parent.mkdir(parents=True)
    build.output_path(BETA).write_text("mine")

    build.run_with_overflows(BETA)

    assert build.output_path(BETA).read_text() == "mine"


def test_folder_at_an_assets_path_fails_only_that_asset(build: BuildFolder, wording: Wording) -> None:
    build.output_path(BETA).mkdir(parents=True)

    result = build.run()

    assert (result.built, result.failed_ids) == (2, (BETA,))
    assert [(one.code, one.asset, one.is_error) for one in result.findings] == [("unsafe-file", BETA, True)]
    assert wording == [finding.as_text() for finding in result.findings]
    assert build.output_path(BETA).is_dir()


def test_file_at_a_folders_path_fails_only_the_assets_below_it(build: BuildFolder, wording: Wording) -> None:
    build.out.mkdir()
    (build.out / "beta").write_text("mine")

    result = build.run()

    assert (result.built, result.failed_ids) == (2, (BETA,))
    (finding,) = result.findings
    assert f"out/{PATH_BY_ID[BETA]}" in finding.text
    assert wording == finding.text
    assert (build.out / "beta").read_text() == "mine"


def test_unwritable_folder_fails_its_asset_and_keeps_the_file_in_the_journal(
    build: BuildFolder, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    build.run()
    real_replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if "beta" in Path(target).parts or "beta" in Path(source).parts:
            raise PermissionError(13, "Permission denied")
        real_replace(source, target)

    # File modes do not stop root, and the tests may run as root.
    monkeypatch.setattr("assetgen.building.output_dir.os.replace", refuse)

    result = build.run(FakeRenderer("second"))

    assert (result.built, result.failed_ids) == (2, (BETA,))
    assert [f"out/{PATH_BY_ID[BETA]}" in finding.text for finding in result.findings] == [True]
    assert wording == [finding.text for finding in result.findings]
    assert BETA not in build.entries()
    assert build.paths_in_journal() == [PATH_BY_ID[BETA]]

    monkeypatch.undo()
    assert build.run(plan=plan_without(BETA)).removed == 1
    assert not (build.out / "beta").exists()
    assert build.paths_in_journal() == []


@pytest.mark.parametrize("inside", [False, True], ids=["outside", "inside"])
def test_symlinked_folder_in_out_is_refused(
    build: BuildFolder, tmp_path: Path, inside: bool, wording: Wording
) -> None:
    target = build.out / "elsewhere" if inside else tmp_path / "elsewhere"
    target.mkdir(parents=True)
    build.out.mkdir(exist_ok=True)
    (build.out / "beta").symlink_to(target)

    result = build.run()

    assert (result.built, result.failed_ids) == (2, (BETA,))
    assert [(one.code, one.asset, one.is_error) for one in result.findings] == [("unsafe-file", BETA, True)]
    assert wording == [finding.as_text() for finding in result.findings]
    assert list(target.iterdir()) == []


def test_build_does_not_remove_files_behind_a_symlink(build: BuildFolder, tmp_path: Path) -> None:
    build.run()
    (build.out / "beta").rename(tmp_path / "moved")
    (build.out / "beta").symlink_to(tmp_path / "moved")

    result = build.run(plan=plan_without(BETA))

    assert result.removed == 0
    assert (tmp_path / "moved/en-GB/social" / Path(PATH_BY_ID[BETA]).name).exists()
    assert [finding.code for finding in result.findings] == ["unsafe-file"]


def test_out_itself_may_be_a_symlink(build: BuildFolder, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    build.out.symlink_to(tmp_path / "disk")

    assert build.run().built == 3
    assert set(build.entries()) == set(PATH_BY_ID)


@pytest.mark.parametrize(
    "name", [".assetgen", ".assetgen/tmp", ".assetgen/stale", ".assetgen/rejected", ".assetgen/journal"]
)
def test_symlink_in_place_of_assetgens_own_files_stops_the_build(
    build: BuildFolder, tmp_path: Path, name: str, wording: Wording
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("mine")
    link = build.out / name
    link.parent.mkdir(parents=True)
    link.symlink_to(precious)

    with pytest.raises(MachineError) as caught:
        build.run()

    assert f"out/{name} " in str(caught.value)
    assert wording == str(caught.value)
    assert [file.name for file in precious.iterdir()] == ["thesis.txt"]


def test_output_folder_that_is_a_file_stops_the_build(build: BuildFolder, wording: Wording) -> None:
    build.out.write_text("mine")

    with pytest.raises(MachineError) as caught:
        build.run()

    assert "Not a directory" in str(caught.value)
    assert wording == str(caught.value)


# Hostile and damaged records


def test_foreign_manifest_is_moved_to_replaced_and_everything_is_built(
    build: BuildFolder, tmp_path: Path
) -> None:
    build.out.mkdir()
    (build.out / "manifest.json").write_text('{"name": "My web app"}')

    result = build.run()

    assert result.built == 3
    assert [finding.code for finding in result.findings] == ["bad-value"]
    assert (build.out / ".assetgen/replaced/manifest.json").read_text() == '{"name": "My web app"}'
    assert read_out_folder(build.out) == clean_build_tree(tmp_path)


def test_build_after_a_truncated_manifest_restores_all_files_and_removes_none(
    build: BuildFolder, tmp_path: Path
) -> None:
    build.run()
    manifest = build.out / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:200])
    (build.out / "acme/notes.txt").write_text("mine")

    result = build.run()

    assert (result.built, result.removed) == (3, 0)
    assert read_out_folder(build.out) == {**clean_build_tree(tmp_path), "acme/notes.txt": b"mine"}
    assert not (build.out / ".assetgen/replaced" / PATH_BY_ID[BETA]).exists()


@pytest.mark.parametrize("path", ["../precious.txt", "/precious.txt", "manifest.json", ".assetgen/journal"])
@pytest.mark.parametrize("record", ["manifest", "journal"])
def test_manifest_or_journal_cannot_make_a_build_remove_foreign_files(
    build: BuildFolder, record: str, path: str
) -> None:
    build.run()
    precious = build.out.parent / "precious.txt"
    precious.write_text("mine")
    entry = {**build.entries()[BETA], "path": path.replace("/precious", f"{precious.parent}/precious")}
    if record == "journal":
        build.journal_path().write_text(json.dumps(entry) + "\n")
    else:
        manifest = {"schema": 1, "campaign": "c", "edition": "1", "engine": {}, "assets": [entry]}
        (build.out / "manifest.json").write_text(json.dumps(manifest))

    result = build.run(plan=Plan(()))

    assert precious.read_text() == "mine"
    assert build.entries() == {}
    assert result.removed == (3 if record == "journal" else 0)


# Killed and interrupted builds


def run_killed_build(tmp_path: Path, build: BuildFolder, edition: str = "first") -> None:
    """Build into ``build.out`` in a process that is killed when it reaches the last asset."""
    last = PLAN.assets[-1].id
    code = (
        "import sys; sys.path[:0] = sys.argv[3:]\n"
        "from pathlib import Path\n"
        "from tests.support.build_scenarios import BuildFolder, FakeRenderer\n"
        f"BuildFolder(Path(sys.argv[1])).run(FakeRenderer(sys.argv[2], faults={{{last!r}: 'dies'}}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, build.out, edition, *sys.path], check=False)
    assert done.returncode == -signal.SIGKILL


def test_next_build_adds_the_files_that_a_killed_build_finished_to_the_manifest(
    build: BuildFolder, tmp_path: Path
) -> None:
    run_killed_build(tmp_path, build)
    assert not (build.out / "manifest.json").exists()

    build.run(select=set())

    assert set(build.entries()) == {WORRIED, ONLINE}


def test_entries_match_the_files_on_disk_after_a_killed_build(build: BuildFolder, tmp_path: Path) -> None:
    build.run()
    run_killed_build(tmp_path, build, "second")

    build.run(select=set())

    expected = BuildFolder(tmp_path / "expected/out")
    expected.run(FakeRenderer("second"))
    expected.run(select={BETA})
    assert read_out_folder(build.out) == read_out_folder(expected.out)


def test_build_after_a_killed_build_restores_all_files(build: BuildFolder, tmp_path: Path) -> None:
    run_killed_build(tmp_path, build)
    (build.out / ".assetgen/tmp/half").write_bytes(b"half a file")

    build.run()

    assert read_out_folder(build.out) == clean_build_tree(tmp_path)
    assert not (build.out / ".assetgen/tmp").exists()


def test_files_of_a_killed_build_are_removed_if_no_longer_planned(build: BuildFolder, tmp_path: Path) -> None:
    run_killed_build(tmp_path, build)

    result = build.run(plan=plan_without(WORRIED, ONLINE))

    assert result.removed == 2
    assert read_out_folder(build.out) == clean_build_tree(tmp_path, plan_without(WORRIED, ONLINE))


def test_file_edited_after_a_killed_build_goes_to_stale_and_gets_no_entry(
    build: BuildFolder, tmp_path: Path
) -> None:
    run_killed_build(tmp_path, build)
    build.output_path(WORRIED).write_bytes(b"changed by hand")

    build.run(select=set())

    assert set(build.entries()) == {ONLINE}
    assert not build.output_path(WORRIED).exists()
    assert build.stale_path(WORRIED).read_bytes() == b"changed by hand"


def test_build_after_a_truncated_journal_restores_all_files(build: BuildFolder, tmp_path: Path) -> None:
    run_killed_build(tmp_path, build)
    journal, clean = build.journal_path().read_bytes(), clean_build_tree(tmp_path)
    foreign = build.out / "acme/en-GB/social/notes.txt"
    foreign.write_text("mine")

    for length in [*range(0, len(journal), 151), len(journal) - 1, len(journal)]:
        build.journal_path().write_bytes(journal[:length])
        (build.out / "manifest.json").unlink(missing_ok=True)
        build.run()
        assert read_out_folder(build.out) == {**clean, "acme/en-GB/social/notes.txt": b"mine"}, (
            f"{length} bytes"
        )


def test_only_complete_lines_of_a_truncated_journal_are_read(build: BuildFolder, tmp_path: Path) -> None:
    from assetgen.building.output_record import Journal

    run_killed_build(tmp_path, build)
    journal = build.journal_path().read_bytes()
    truncated = tmp_path / "truncated"

    line_ends = line_ends_of(journal)
    near_ends = {end + step for end in [0, *line_ends] for step in range(-3, 4)}
    for length in sorted({*range(0, len(journal), 17), *near_ends} & set(range(len(journal) + 1))):
        truncated.write_bytes(journal[:length])
        # A line is complete once it has its closing brace, with or without a line break.
        complete = sum(length >= end for end in line_ends)
        assert len(Journal(truncated).read().paths) == complete, f"{length} bytes"


def line_ends_of(content: bytes) -> list[int]:
    line_ends, position = [], 0
    for line in content.split(b"\n"):
        position += len(line)
        if line:
            line_ends.append(position)
        position += 1
    return line_ends


def test_truncated_journal_line_does_not_corrupt_the_next_builds_lines(
    build: BuildFolder, tmp_path: Path
) -> None:
    run_killed_build(tmp_path, build)
    build.journal_path().write_bytes(build.journal_path().read_bytes()[:-40])
    run_killed_build(tmp_path, build)

    build.run(select=set())

    assert set(build.entries()) == {WORRIED, ONLINE}


KILLED_AT_EVERY_STEP = """
import json, os, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from tests.support.factories import make_asset
from assetgen.planning.asset import Plan
from tests.support.build_scenarios import (
    BETA, ONLINE, BuildFolder, FakeRenderer, clean_build_tree, plan_without, read_out_folder
)

# Each call that changes the disk is a step. The child is killed before or after step number ``fatal``.
# It starts from a finished build of three assets, and adds one, fails one, changes one and removes one.
SECOND = Plan(tuple(sorted((*plan_without(ONLINE).assets, make_asset("new/worried/ig-story/en-GB")),
                           key=lambda asset: asset.path)))
RENDERER = FakeRenderer("second", faults={BETA: "overflows"})
OUTCOME = FakeRenderer("second")
steps = 0

def counted(function, fatal, after):
    def step(*args, **options):
        global steps
        steps += 1
        if steps == fatal and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **options)
        if steps == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return step

def die_at(fatal, after, out):
    for name in ("replace", "unlink", "rmdir", "mkdir", "fsync"):
        setattr(os, name, counted(getattr(os, name), fatal, after))
    BuildFolder(out).run(RENDERER, SECOND)
    os._exit(0)

root = Path(sys.argv[1])
root.mkdir()
(root / "clean").mkdir()
expected = clean_build_tree(root / "clean", SECOND, OUTCOME)
killed = 0
for after in (False, True):
    for fatal in range(1, 1000):
        build = BuildFolder(root / f"{fatal}-{after}/out")
        build.run()
        foreign = build.out / "beta/en-GB/notes.txt"
        foreign.write_text("mine")
        child = os.fork()
        if not child:
            die_at(fatal, after, build.out)
        if os.waitpid(child, 0)[1] == 0:
            break
        killed += 1
        build.run(OUTCOME, SECOND)
        tree = read_out_folder(build.out)
        assert tree.pop("beta/en-GB/notes.txt") == b"mine"
        assert tree == expected, (fatal, after, sorted(tree), sorted(expected))
        assert build.paths_in_journal() == []
        assert not (build.out / ".assetgen/tmp").exists()
print(killed)
"""


def test_build_killed_at_any_disk_change_is_repaired_by_the_next_build(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED_AT_EVERY_STEP)

    done = subprocess.run(
        [sys.executable, script, tmp_path / "work", *sys.path], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 25  # otherwise the steps were not found


INTERRUPTED = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[5:]
from tests.support.build_scenarios import PLAN, BuildFolder, FakeRenderer

if __name__ == "__main__":
    last = PLAN.assets[-1].id
    renderer = FakeRenderer("second", faults={last: sys.argv[3]}, marker_dir=Path(sys.argv[2]))
    report = lambda step: print(step.done, flush=True)
    result = BuildFolder(Path(sys.argv[1])).run(renderer, jobs=int(sys.argv[4]), on_progress=report)
    print(result.interrupted, result.built, result.failed, result.unreached, result.removed, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
@pytest.mark.parametrize(
    ("jobs", "fault"), [(1, "hangs"), (1, "hangs_and_swallows_interrupts"), (2, "hangs")], ids=str
)
def test_interrupted_build_leaves_complete_files_and_a_correct_manifest(
    build: BuildFolder, tmp_path: Path, jobs: int, fault: str, number: signal.Signals
) -> None:
    build.run()
    (tmp_path / "interrupted.py").write_text(INTERRUPTED)
    notes = tmp_path / "notes"
    notes.mkdir()
    command = [
        sys.executable,
        *map(str, (tmp_path / "interrupted.py", build.out, notes, fault, jobs)),
        *sys.path,
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as running:
        assert running.stdout
        progress = [running.stdout.readline() for _ in range(3)]

        os.killpg(running.pid, number)  # to the whole group: a terminal sends Ctrl-C to the workers too

        try:
            output = running.communicate(timeout=GUARD_S)
        finally:
            running.kill()
    assert (progress, output) == (["0\n", "1\n", "2\n"], ("True 2 0 1 0\n", ""))
    workers = [int(note.name.removeprefix("worker-")) for note in notes.iterdir()]
    assert workers
    assert not any(is_running(pid) for pid in workers)
    assert build.output_path(WORRIED).read_bytes() == fake_content(WORRIED, "second")
    assert build.output_path(BETA).read_bytes() == fake_content(BETA)
    assert set(build.entries()) == set(PATH_BY_ID)
    expected = BuildFolder(tmp_path / "expected/out")
    expected.run(FakeRenderer("second"))
    expected.run(select={BETA})
    assert read_out_folder(build.out) == read_out_folder(expected.out)


def test_interrupted_build_removes_nothing(build: BuildFolder) -> None:
    build.run()

    def interrupt(_step: Progress) -> None:
        signal.raise_signal(signal.SIGINT)

    result = build.run(plan=plan_without(BETA), on_progress=interrupt)

    assert (result.interrupted, result.built, result.removed) == (True, 0, 0)
    assert set(build.entries()) == set(PATH_BY_ID)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# Failures of the machine


def test_full_disk_stops_the_build_and_loses_no_file(
    build: BuildFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    build.run()
    before = read_out_folder(build.out)

    def raise_disk_full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", raise_disk_full)
    with pytest.raises(MachineError) as caught:
        build.run(FakeRenderer("second"))

    assert [one.code for one in caught.value.findings] == ["machine"]
    assert "No space left on device" in str(caught.value)
    assert wording == str(caught.value)
    assert read_out_folder(build.out) == before

    monkeypatch.undo()
    build.run()
    assert read_out_folder(build.out) == clean_build_tree(tmp_path)


def test_worker_that_dies_fails_only_its_own_asset(build: BuildFolder) -> None:
    build.run()

    result = build.run(FakeRenderer("second", faults={WORRIED: "dies"}), jobs=2)

    assert (result.built, result.failed_ids) == (2, (WORRIED,))
    assert build.stale_path(WORRIED).exists()
    assert [finding.code for finding in result.findings] == ["worker"]
