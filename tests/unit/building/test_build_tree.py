"""What a build leaves in ``out/``, scenario by scenario (DESIGN section 4)."""

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
    PATH,
    PLAN,
    WORRIED,
    Build,
    clean_tree,
    snapshot,
    without,
)
from tests.support.factories import FakeMaker, fake_content, make_plan
from tests.support.processes import GUARD_S, is_running
from tests.support.wording import Wording


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path / "out")


def without_sources(*ids: str) -> Plan:
    """Return the plan of a campaign in which the message or the design of these assets cannot be read."""
    return replace(without(*ids), unplanned=tuple(unplanned(PLAN.by_id()[id]) for id in ids))


def unplanned(asset: Asset) -> Unplanned:
    names = (field.name for field in fields(Unplanned))
    return Unplanned(**{name: getattr(asset, name) for name in names})


# What a build makes


def test_a_first_build_makes_every_file_and_names_each_in_the_manifest(build: Build) -> None:
    result = build.run()

    assert (result.built, result.failed, result.skipped, result.cached, result.removed) == (3, 0, 0, 0, 0)
    assert {id: build.file(id).read_bytes() for id in PATH} == {id: fake_content(id) for id in PATH}
    assert {id: entry["path"] for id, entry in build.entries().items()} == PATH
    assert result.findings == ()


def test_after_a_build_its_own_folder_holds_an_empty_journal_a_free_lock_and_the_state(build: Build) -> None:
    build.run()

    own = {path.name: path.read_bytes() for path in (build.out / ".assetgen").iterdir()}
    assert own.keys() == {"journal", "lock", "state"}
    assert (own["journal"], own["lock"]) == (b"", b"")


def test_a_second_build_leaves_the_same_tree(build: Build) -> None:
    build.run()
    before = snapshot(build.out)

    build.run()

    assert snapshot(build.out) == before


def test_any_number_of_jobs_gives_the_same_tree(tmp_path: Path) -> None:
    plan = make_plan(*(f"p{number % 3}/m{number}/ig-story/en-GB" for number in range(12)))
    one, two = Build(tmp_path / "one/out"), Build(tmp_path / "two/out")

    one.run(plan=plan, jobs=1)
    two.run(plan=plan, jobs=2)

    assert snapshot(one.out) == snapshot(two.out)


def test_a_missing_file_is_made_again(build: Build) -> None:
    build.run()
    build.file(WORRIED).unlink()

    build.run()

    assert build.file(WORRIED).read_bytes() == fake_content(WORRIED)


def test_each_made_asset_has_its_reason(build: Build, wording: Wording) -> None:
    build.run(select={WORRIED})
    build.run(select={ONLINE})
    build.file(ONLINE).unlink()

    reasons = build.run().reasons

    (forced,) = set(build.run(force=True).reasons.values())
    assert set(reasons) == {WORRIED, ONLINE, BETA}
    assert len({*reasons.values(), forced}) == 4
    assert wording == [reasons[WORRIED], reasons[ONLINE], reasons[BETA], forced]


def test_progress_is_told_from_nought_to_all(build: Build) -> None:
    build.run(FakeMaker(faults={ONLINE: "overflows"}), on_progress=build.progress.append)

    assert build.progress[0] == Progress(done=0, failed=0, total=3, asset_id=None)
    assert [step.done for step in build.progress] == [0, 1, 2, 3]
    assert build.progress[-1].failed == 1
    assert {step.asset_id for step in build.progress[1:]} == set(PATH)


def test_a_warning_is_reported_and_kept_in_the_entry(build: Build) -> None:
    result = build.run(FakeMaker(faults={WORRIED: "warns"}))

    assert [(f.code, f.severity, f.asset) for f in result.findings] == [("weight", Severity.WARNING, WORRIED)]
    assert build.entries()[WORRIED]["findings"][0]["text"] == "heavy"


def test_the_build_package_imports_no_layout_engine() -> None:
    code = (
        "import sys, assetgen.building.pipeline; print({'weasyprint', 'PIL', 'pydantic'} & set(sys.modules))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)

    assert said.stdout == "set()\n"


# Failures


def test_a_failed_assets_old_file_goes_to_stale_and_its_entry_leaves(build: Build) -> None:
    build.run()

    result = build.fails(WORRIED)

    assert (result.built, result.failed, result.failed_ids) == (2, 1, (WORRIED,))
    assert not build.file(WORRIED).exists()
    assert build.stale(WORRIED).read_bytes() == fake_content(WORRIED)
    assert set(build.entries()) == {ONLINE, BETA}
    assert [(finding.code, finding.asset) for finding in result.findings] == [("text-overflow", WORRIED)]


def test_the_only_file_of_a_folder_leaves_no_empty_folder_when_it_fails(build: Build) -> None:
    build.run()

    build.fails(BETA)

    assert not (build.out / "beta").exists()


def test_a_file_that_did_not_pass_its_proof_is_kept_apart_and_named(build: Build) -> None:
    result = build.fails(WORRIED)

    assert not build.file(WORRIED).exists() and WORRIED not in build.entries()
    assert build.rejected(WORRIED).read_bytes() == fake_content(WORRIED)
    assert result.rejected == (f"out/.assetgen/rejected/{PATH[WORRIED]}",)


def test_an_asset_that_was_not_drawn_leaves_nothing_to_keep(build: Build) -> None:
    result = build.run(FakeMaker(faults={WORRIED: "cannot_be_drawn", ONLINE: "says_nothing"}))

    assert result.failed == 2 and result.rejected == ()
    assert not (build.out / ".assetgen/rejected").exists()


def test_a_good_file_takes_the_rejected_one_away(build: Build) -> None:
    build.fails(WORRIED)

    build.run()

    assert not build.rejected(WORRIED).exists()


def test_failed_then_rerun_gives_the_clean_tree_and_drops_the_stale_file(
    build: Build, tmp_path: Path
) -> None:
    build.run()
    build.fails(WORRIED)

    build.run()

    assert snapshot(build.out) == clean_tree(tmp_path)
    assert list((build.out / ".assetgen/stale").rglob("*")) == []


def test_fail_fast_begins_nothing_after_the_first_failure(build: Build) -> None:
    first = PLAN.assets[0].id

    result = build.run(FakeMaker(faults={first: "overflows"}), fail_fast=True)

    assert (result.built, result.failed, result.unreached) == (0, 1, 2)
    assert not result.interrupted
    assert build.entries() == {}


def test_findings_come_worst_first(build: Build) -> None:
    result = build.run(FakeMaker(faults={PLAN.assets[0].id: "warns", PLAN.assets[2].id: "overflows"}))

    assert [finding.severity.value for finding in result.findings] == ["error", "warning"]


# Selection and plan


def test_a_selection_narrows_what_is_made_and_keeps_the_rest(build: Build) -> None:
    build.run()

    result = build.run(FakeMaker("second"), select={BETA})

    assert (result.built, result.skipped, result.removed) == (1, 2, 0)
    assert build.file(BETA).read_bytes() == fake_content(BETA, "second")
    assert build.file(WORRIED).read_bytes() == fake_content(WORRIED)
    assert set(build.entries()) == set(PATH)


def test_what_was_never_made_and_is_not_selected_has_no_entry(build: Build) -> None:
    result = build.run(select={BETA})

    assert (result.built, result.skipped) == (1, 2)
    assert set(build.entries()) == {BETA}


def test_an_entry_whose_file_was_deleted_leaves_the_manifest_though_it_is_not_selected(build: Build) -> None:
    build.run()
    build.file(WORRIED).unlink()

    build.run(select={BETA})

    assert set(build.entries()) == {ONLINE, BETA}


def test_a_partner_who_left_the_plan_is_removed_with_its_folders_whatever_is_selected(build: Build) -> None:
    build.run()

    result = build.run(plan=without(BETA), select={ONLINE})

    assert result.removed == 1
    assert not (build.out / "beta").exists()
    assert set(build.entries()) == {WORRIED, ONLINE}


def test_a_held_partner_keeps_files_and_entries_marked_stale(build: Build, wording: Wording) -> None:
    build.run()

    result = build.run(plan=without(BETA), held_partners=frozenset({"beta", "gamma"}))

    assert build.file(BETA).read_bytes() == fake_content(BETA)
    assert build.entries()[BETA]["stale"] is True
    assert "stale" not in build.entries()[WORRIED]
    (finding,) = result.findings
    assert (finding.code, finding.is_error) == ("stale", False)
    assert finding.place.file == "partners/beta/partner.yaml"
    assert wording == finding.as_text()


@pytest.mark.parametrize("select", [{BETA}, {WORRIED}])
def test_a_partner_who_can_be_read_again_is_stale_no_more(build: Build, select: set[str]) -> None:
    build.run()
    build.run(plan=without(BETA), held_partners=frozenset({"beta"}))

    build.run(select=select)

    assert "stale" not in build.entries()[BETA]


def test_assets_whose_message_or_design_cannot_be_read_have_failed(build: Build) -> None:
    build.run()

    result = build.run(plan=without_sources(ONLINE))

    assert (result.failed, result.failed_ids, result.removed) == (1, (ONLINE,), 0)
    assert build.stale(ONLINE).exists()
    assert not build.file(ONLINE).exists()
    assert set(build.entries()) == {WORRIED, BETA}


def test_an_asset_that_was_never_made_has_failed_too_where_it_is_selected(build: Build) -> None:
    result = build.run(plan=without_sources(ONLINE), select={WORRIED, ONLINE})
    other = build.run(plan=without_sources(ONLINE), select={WORRIED})

    assert (result.built, result.failed_ids) == (1, (ONLINE,))
    assert (other.built, other.failed_ids) == (1, ())


def test_what_cannot_be_planned_and_is_not_selected_keeps_its_file_and_its_entry(build: Build) -> None:
    build.run()
    before = build.entries()[ONLINE]

    result = build.run(plan=without_sources(ONLINE), select={WORRIED})

    assert (result.failed, result.removed) == (0, 0)
    assert build.file(ONLINE).read_bytes() == fake_content(ONLINE)
    assert build.entries()[ONLINE] == before


def test_an_asset_with_a_fault_that_the_plan_knows_fails_without_being_drawn(build: Build) -> None:
    fault = Finding("template", "Bare has no arrangement for the shape tall", place=Place("templates/bare"))
    faulty = tuple(replace(one, faults=(fault,)) if one.id == ONLINE else one for one in PLAN.assets)

    result = build.run(plan=Plan(faulty))

    assert (result.built, result.failed_ids) == (2, (ONLINE,))
    assert result.findings == (fault.for_asset(ONLINE),)
    assert not build.file(ONLINE).exists()


def test_a_held_partners_broken_message_costs_it_nothing(build: Build) -> None:
    build.run()

    result = build.run(
        plan=without_sources(WORRIED, ONLINE, BETA), held_partners=frozenset({"acme"}), select={BETA}
    )

    assert result.failed_ids == (BETA,)
    assert {id for id, entry in build.entries().items() if entry["stale"]} == {WORRIED, ONLINE}


# Looking ahead


def test_a_preview_says_what_would_be_made_and_removed_and_touches_nothing(
    build: Build, wording: Wording
) -> None:
    build.run(plan=without(ONLINE))
    killed = build.out / ".assetgen/tmp/half"
    killed.parent.mkdir()
    killed.write_bytes(b"half a file")
    before = {path: path.stat().st_mtime_ns for path in build.out.rglob("*")}

    seen = preview_scope(BuildScope(without(BETA), {ONLINE}), build.out)
    make, remove = seen.reasons, seen.removed

    assert (set(make), remove) == ({ONLINE}, [PATH[BETA]])
    assert wording == make[ONLINE]
    assert {path: path.stat().st_mtime_ns for path in build.out.rglob("*")} == before


def test_a_preview_of_a_first_build_makes_no_folder(build: Build, wording: Wording) -> None:
    seen = preview_scope(BuildScope(PLAN, {WORRIED}), build.out)
    make, remove = seen.reasons, seen.removed

    assert (set(make), remove) == ({WORRIED}, [])
    assert wording == make[WORRIED]
    assert not build.out.exists()


def test_a_preview_leaves_alone_what_only_a_fault_keeps_from_the_plan(build: Build) -> None:
    build.run()
    torn = Plan((), without_sources(ONLINE).unplanned)

    seen = preview_scope(BuildScope(torn, (), frozenset({"beta"})), build.out)
    assert (seen.reasons, seen.removed) == ({}, [PATH[WORRIED]])


# What is not ours


def test_files_and_folders_that_assetgen_did_not_write_are_not_touched(build: Build) -> None:
    build.run()
    notes, empty = build.out / "beta/notes.txt", build.out / "acme/kept"
    notes.write_text("mine")
    empty.mkdir()
    (build.out / "index.html").write_text("mine too")

    build.run(plan=Plan(()))

    assert set(snapshot(build.out)) == {
        *("acme", "acme/kept", "beta", "beta/notes.txt", "index.html", "manifest.json")
    }
    assert notes.read_text() == "mine"


def test_a_foreign_file_in_an_assets_place_is_moved_aside_and_told(build: Build, wording: Wording) -> None:
    build.file(BETA).parent.mkdir(parents=True)
    build.file(BETA).write_text("mine")

    result = build.run()

    assert build.file(BETA).read_bytes() == fake_content(BETA)
    assert (build.out / ".assetgen/replaced" / PATH[BETA]).read_text() == "mine"
    (finding,) = result.findings
    assert (finding.code, finding.asset, finding.is_error) == ("unsafe-file", BETA, False)
    assert f"out/.assetgen/replaced/{PATH[BETA]}" in finding.text
    assert wording == finding.as_text()


def test_a_file_moved_aside_never_overwrites_an_earlier_one(build: Build) -> None:
    for words in ("mine", "mine again"):
        build.file(BETA).parent.mkdir(parents=True, exist_ok=True)
        build.file(BETA).write_text(words)
        build.run()
        build.run(plan=without(BETA))

    aside = (build.out / ".assetgen/replaced/beta").rglob("*.png*")
    assert sorted(file.read_text() for file in aside) == ["mine", "mine again"]


def test_a_foreign_file_in_the_place_of_an_asset_that_fails_stays(build: Build) -> None:
    build.file(BETA).parent.mkdir(parents=True)
    build.file(BETA).write_text("mine")

    build.fails(BETA)

    assert build.file(BETA).read_text() == "mine"


def test_a_folder_in_a_files_place_is_that_assets_finding(build: Build, wording: Wording) -> None:
    build.file(BETA).mkdir(parents=True)

    result = build.run()

    assert (result.built, result.failed_ids) == (2, (BETA,))
    assert [(one.code, one.asset, one.is_error) for one in result.findings] == [("unsafe-file", BETA, True)]
    assert wording == [finding.as_text() for finding in result.findings]
    assert build.file(BETA).is_dir()


def test_a_file_in_a_folders_place_is_a_finding_of_the_assets_in_it(build: Build, wording: Wording) -> None:
    build.out.mkdir()
    (build.out / "beta").write_text("mine")

    result = build.run()

    assert (result.built, result.failed_ids) == (2, (BETA,))
    (finding,) = result.findings
    assert f"out/{PATH[BETA]}" in finding.text
    assert wording == finding.text
    assert (build.out / "beta").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_a_finding_and_its_file_stays_ours(
    build: Build, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    build.run()
    really_replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if "beta" in Path(target).parts or "beta" in Path(source).parts:
            raise PermissionError(13, "Permission denied")
        really_replace(source, target)

    # The tests may run as root, whom no file mode stops.
    monkeypatch.setattr("assetgen.building.output_dir.os.replace", refuse)

    result = build.run(FakeMaker("second"))

    assert (result.built, result.failed_ids) == (2, (BETA,))
    assert [f"out/{PATH[BETA]}" in finding.text for finding in result.findings] == [True]
    assert wording == [finding.text for finding in result.findings]
    assert BETA not in build.entries()
    assert build.journalled() == [PATH[BETA]]

    monkeypatch.undo()
    assert build.run(plan=without(BETA)).removed == 1
    assert not (build.out / "beta").exists()
    assert build.journalled() == []


@pytest.mark.parametrize("inside", [False, True], ids=["outside", "inside"])
def test_a_linked_folder_in_out_is_refused(
    build: Build, tmp_path: Path, inside: bool, wording: Wording
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


def test_nothing_behind_a_link_is_removed(build: Build, tmp_path: Path) -> None:
    build.run()
    (build.out / "beta").rename(tmp_path / "moved")
    (build.out / "beta").symlink_to(tmp_path / "moved")

    result = build.run(plan=without(BETA))

    assert result.removed == 0
    assert (tmp_path / "moved/en-GB/social" / Path(PATH[BETA]).name).exists()
    assert [finding.code for finding in result.findings] == ["unsafe-file"]


def test_out_itself_may_be_a_link(build: Build, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    build.out.symlink_to(tmp_path / "disk")

    assert build.run().built == 3
    assert set(build.entries()) == set(PATH)


@pytest.mark.parametrize(
    "name", [".assetgen", ".assetgen/tmp", ".assetgen/stale", ".assetgen/rejected", ".assetgen/journal"]
)
def test_a_link_among_the_tools_own_folders_stops_the_build(
    build: Build, tmp_path: Path, name: str, wording: Wording
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


def test_an_output_folder_that_is_a_file_stops_the_build_with_words(build: Build, wording: Wording) -> None:
    build.out.write_text("mine")

    with pytest.raises(MachineError) as caught:
        build.run()

    assert "Not a directory" in str(caught.value)
    assert wording == str(caught.value)


# Hostile and broken records


def test_a_foreign_manifest_is_kept_aside_and_everything_is_made(build: Build, tmp_path: Path) -> None:
    build.out.mkdir()
    (build.out / "manifest.json").write_text('{"name": "My web app"}')

    result = build.run()

    assert result.built == 3
    assert [finding.code for finding in result.findings] == ["bad-value"]
    assert (build.out / ".assetgen/replaced/manifest.json").read_text() == '{"name": "My web app"}'
    assert snapshot(build.out) == clean_tree(tmp_path)


def test_after_a_torn_manifest_one_build_gives_the_clean_tree_and_removes_nothing(
    build: Build, tmp_path: Path
) -> None:
    build.run()
    manifest = build.out / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:200])
    (build.out / "acme/notes.txt").write_text("mine")

    result = build.run()

    assert (result.built, result.removed) == (3, 0)
    assert snapshot(build.out) == {**clean_tree(tmp_path), "acme/notes.txt": b"mine"}
    assert not (build.out / ".assetgen/replaced" / PATH[BETA]).exists()


@pytest.mark.parametrize("path", ["../precious.txt", "/precious.txt", "manifest.json", ".assetgen/journal"])
@pytest.mark.parametrize("record", ["manifest", "journal"])
def test_no_record_can_have_a_file_outside_our_own_removed(build: Build, record: str, path: str) -> None:
    build.run()
    precious = build.out.parent / "precious.txt"
    precious.write_text("mine")
    entry = {**build.entries()[BETA], "path": path.replace("/precious", f"{precious.parent}/precious")}
    if record == "journal":
        build.journal().write_text(json.dumps(entry) + "\n")
    else:
        manifest = {"schema": 1, "campaign": "c", "edition": "1", "engine": {}, "assets": [entry]}
        (build.out / "manifest.json").write_text(json.dumps(manifest))

    result = build.run(plan=Plan(()))

    assert precious.read_text() == "mine"
    assert build.entries() == {}
    assert result.removed == (3 if record == "journal" else 0)


# Interrupted


def killed_build(tmp_path: Path, build: Build, edition: str = "first") -> None:
    """Build into ``build.out`` in a process that is killed when it comes to the last asset."""
    last = PLAN.assets[-1].id
    code = (
        "import sys; sys.path[:0] = sys.argv[3:]\n"
        "from pathlib import Path\n"
        "from tests.support.build_scenarios import Build, FakeMaker\n"
        f"Build(Path(sys.argv[1])).run(FakeMaker(sys.argv[2], faults={{{last!r}: 'dies'}}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, build.out, edition, *sys.path], check=False)
    assert done.returncode == -signal.SIGKILL


def test_what_a_killed_build_had_finished_is_known_to_the_next(build: Build, tmp_path: Path) -> None:
    killed_build(tmp_path, build)
    assert not (build.out / "manifest.json").exists()

    build.run(select=set())

    assert set(build.entries()) == {WORRIED, ONLINE}


def test_an_entry_is_that_of_the_bytes_that_are_there_after_a_kill(build: Build, tmp_path: Path) -> None:
    build.run()
    killed_build(tmp_path, build, "second")

    build.run(select=set())

    expected = Build(tmp_path / "expected/out")
    expected.run(FakeMaker("second"))
    expected.run(select={BETA})
    assert snapshot(build.out) == snapshot(expected.out)


def test_one_more_build_after_a_kill_gives_exactly_the_clean_tree(build: Build, tmp_path: Path) -> None:
    killed_build(tmp_path, build)
    (build.out / ".assetgen/tmp/half").write_bytes(b"half a file")

    build.run()

    assert snapshot(build.out) == clean_tree(tmp_path)
    assert not (build.out / ".assetgen/tmp").exists()


def test_files_of_a_killed_build_that_are_no_longer_planned_are_removed(build: Build, tmp_path: Path) -> None:
    killed_build(tmp_path, build)

    result = build.run(plan=without(WORRIED, ONLINE))

    assert result.removed == 2
    assert snapshot(build.out) == clean_tree(tmp_path, without(WORRIED, ONLINE))


def test_a_file_of_a_killed_build_that_was_changed_by_hand_has_no_entry_and_goes_to_stale(
    build: Build, tmp_path: Path
) -> None:
    killed_build(tmp_path, build)
    build.file(WORRIED).write_bytes(b"changed by hand")

    build.run(select=set())

    assert set(build.entries()) == {ONLINE}
    assert not build.file(WORRIED).exists()
    assert build.stale(WORRIED).read_bytes() == b"changed by hand"


def test_a_journal_torn_at_any_byte_ends_in_the_clean_tree(build: Build, tmp_path: Path) -> None:
    killed_build(tmp_path, build)
    journal, clean = build.journal().read_bytes(), clean_tree(tmp_path)
    foreign = build.out / "acme/en-GB/social/notes.txt"
    foreign.write_text("mine")

    for length in [*range(0, len(journal), 151), len(journal) - 1, len(journal)]:
        build.journal().write_bytes(journal[:length])
        (build.out / "manifest.json").unlink(missing_ok=True)
        build.run()
        assert snapshot(build.out) == {**clean, "acme/en-GB/social/notes.txt": b"mine"}, f"{length} bytes"


def test_every_whole_line_of_a_torn_journal_counts_and_no_torn_one(build: Build, tmp_path: Path) -> None:
    from assetgen.building.output_record import Journal

    killed_build(tmp_path, build)
    journal = build.journal().read_bytes()
    torn = tmp_path / "torn"

    ends = _ends_of_lines(journal)
    near_ends = {end + step for end in [0, *ends] for step in range(-3, 4)}
    for length in sorted({*range(0, len(journal), 17), *near_ends} & set(range(len(journal) + 1))):
        torn.write_bytes(journal[:length])
        # A line is whole once its closing brace is there, line break or not.
        whole = sum(length >= end for end in ends)
        assert len(Journal(torn).read().paths) == whole, f"{length} bytes"


def _ends_of_lines(content: bytes) -> list[int]:
    ends, position = [], 0
    for line in content.split(b"\n"):
        position += len(line)
        if line:
            ends.append(position)
        position += 1
    return ends


def test_a_torn_line_spoils_no_line_of_the_next_build(build: Build, tmp_path: Path) -> None:
    killed_build(tmp_path, build)
    build.journal().write_bytes(build.journal().read_bytes()[:-40])
    killed_build(tmp_path, build)

    build.run(select=set())

    assert set(build.entries()) == {WORRIED, ONLINE}


KILLED_AT_EVERY_STEP = """
import json, os, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from tests.support.factories import make_asset
from assetgen.planning.asset import Plan
from tests.support.build_scenarios import BETA, ONLINE, Build, FakeMaker, clean_tree, snapshot, without

# Each call that changes the disk is a step; the child dies before or after the one that it is told.
# It begins over a build of three assets, makes one new, fails one, changes one and removes one.
SECOND = Plan(tuple(sorted((*without(ONLINE).assets, make_asset("new/worried/ig-story/en-GB")),
                           key=lambda asset: asset.path)))
MAKER = FakeMaker("second", faults={BETA: "overflows"})
OUTCOME = FakeMaker("second")
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
    Build(out).run(MAKER, SECOND)
    os._exit(0)

root = Path(sys.argv[1])
root.mkdir()
(root / "clean").mkdir()
expected = clean_tree(root / "clean", SECOND, OUTCOME)
killed = 0
for after in (False, True):
    for fatal in range(1, 1000):
        build = Build(root / f"{fatal}-{after}/out")
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
        tree = snapshot(build.out)
        assert tree.pop("beta/en-GB/notes.txt") == b"mine"
        assert tree == expected, (fatal, after, sorted(tree), sorted(expected))
        assert build.journalled() == []
        assert not (build.out / ".assetgen/tmp").exists()
print(killed)
"""


def test_a_kill_before_or_after_any_change_of_the_disk_ends_in_the_clean_tree(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED_AT_EVERY_STEP)

    done = subprocess.run(
        [sys.executable, script, tmp_path / "work", *sys.path], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 25  # that the steps were found at all


INTERRUPTED = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[5:]
from tests.support.build_scenarios import Build, FakeMaker, PLAN

if __name__ == "__main__":
    last = PLAN.assets[-1].id
    maker = FakeMaker("second", faults={last: sys.argv[3]}, notes=Path(sys.argv[2]))
    tell = lambda step: print(step.done, flush=True)
    result = Build(Path(sys.argv[1])).run(maker, jobs=int(sys.argv[4]), on_progress=tell)
    print(result.interrupted, result.built, result.failed, result.unreached, result.removed, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
@pytest.mark.parametrize(
    ("jobs", "fault"), [(1, "hangs"), (1, "hangs_and_swallows_interrupts"), (2, "hangs")], ids=str
)
def test_an_interrupted_build_leaves_whole_files_and_a_true_manifest(
    build: Build, tmp_path: Path, jobs: int, fault: str, number: signal.Signals
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
        told = [running.stdout.readline() for _ in range(3)]

        os.killpg(running.pid, number)  # a terminal sends Ctrl-C to the workers too

        try:
            said = running.communicate(timeout=GUARD_S)
        finally:
            running.kill()
    assert (told, said) == (["0\n", "1\n", "2\n"], ("True 2 0 1 0\n", ""))
    workers = [int(note.name.removeprefix("worker-")) for note in notes.iterdir()]
    assert workers
    assert not any(is_running(pid) for pid in workers)
    assert build.file(WORRIED).read_bytes() == fake_content(WORRIED, "second")
    assert build.file(BETA).read_bytes() == fake_content(BETA)
    assert set(build.entries()) == set(PATH)
    expected = Build(tmp_path / "expected/out")
    expected.run(FakeMaker("second"))
    expected.run(select={BETA})
    assert snapshot(build.out) == snapshot(expected.out)


def test_an_interrupted_build_removes_nothing(build: Build) -> None:
    build.run()

    def interrupt(_step: Progress) -> None:
        signal.raise_signal(signal.SIGINT)

    result = build.run(plan=without(BETA), on_progress=interrupt)

    assert (result.interrupted, result.built, result.removed) == (True, 0, 0)
    assert set(build.entries()) == set(PATH)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# A machine that fails


def test_a_full_disk_stops_the_build_with_words_and_costs_no_file(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    build.run()
    before = snapshot(build.out)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(MachineError) as caught:
        build.run(FakeMaker("second"))

    assert [one.code for one in caught.value.findings] == ["machine"]
    assert "No space left on device" in str(caught.value)
    assert wording == str(caught.value)
    assert snapshot(build.out) == before

    monkeypatch.undo()
    build.run()
    assert snapshot(build.out) == clean_tree(tmp_path)


def test_a_worker_that_dies_costs_its_asset_alone(build: Build) -> None:
    build.run()

    result = build.run(FakeMaker("second", faults={WORRIED: "dies"}), jobs=2)

    assert (result.built, result.failed_ids) == (2, (WORRIED,))
    assert build.stale(WORRIED).exists()
    assert [finding.code for finding in result.findings] == ["worker"]
