"""Incremental builds: only assets whose inputs changed are rebuilt, and the reason is reported."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.support.command_line import run_assetgen
from tests.support.example_campaign import (
    PARTNER,
    add_partner,
    append_line,
    make_campaign,
    replace_in_file,
    write_campaign_file,
)
from tests.support.two_asset_campaign import LOVED, WORRIED, BuiltCampaign
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

PARTNER_FILE, MESSAGE, STYLE = (
    f"partners/{PARTNER}/partner.yaml",
    "brand/messages/worried.yaml",
    "templates/house/style.css",
)


@pytest.fixture
def campaign(tmp_path: Path, built_example: Path) -> BuiltCampaign:
    return BuiltCampaign(tmp_path / "campaign", built_example)


def reasons(campaign: BuiltCampaign) -> dict[str, str]:
    """Return each asset that a build would rebuild, with the file that is named as the reason."""
    return {one: re.findall(r"\S+/\S+", why)[0] for one, why in campaign.planned_rebuilds().items()}


def test_a_build_without_changes_rewrites_no_file(campaign: BuiltCampaign) -> None:
    def change_times() -> dict[Path, int]:
        out = campaign.root / "out"
        return {path: path.stat().st_ctime_ns for path in out.rglob("*") if ".assetgen" not in path.parts}

    campaign.build()  # the campaign is a copy: the first build reads its files again
    before = change_times()

    assert campaign.built_and_cached() == (0, 2)

    assert change_times() == before


def test_a_changed_message_rebuilds_only_its_assets_and_gives_the_reason(
    campaign: BuiltCampaign, wording: Wording
) -> None:
    replace_in_file(campaign.root, MESSAGE, "short:", "short: Now,")

    assert reasons(campaign) == {WORRIED: MESSAGE}
    assert wording == campaign.planned_rebuilds()[WORRIED]
    assert campaign.built_and_cached() == (1, 1)
    assert campaign.planned_rebuilds() == {}


def test_a_new_comment_or_mtime_causes_no_rendering_but_updates_the_manifest(
    campaign: BuiltCampaign,
) -> None:
    before = campaign.output_path().stat().st_ino
    append_line(campaign.root, PARTNER_FILE, "# nothing but a comment")
    os.utime(campaign.root / STYLE)

    assert campaign.built_and_cached() == (0, 2)

    manifest = json.loads((campaign.root / "out/manifest.json").read_text("utf-8"))
    campaign.build("--force")
    assert manifest == json.loads((campaign.root / "out/manifest.json").read_text("utf-8"))
    assert campaign.output_path().stat().st_ino == before


def test_a_changed_style_sheet_rebuilds_assets_but_rewrites_no_identical_file(
    campaign: BuiltCampaign,
) -> None:
    inode = campaign.output_path().stat().st_ino
    append_line(campaign.root, STYLE, "/* no visible effect */")

    assert reasons(campaign) == dict.fromkeys((LOVED, WORRIED), STYLE)
    assert campaign.built_and_cached() == (2, 0)
    assert campaign.output_path().stat().st_ino == inode


def test_a_new_template_file_that_overrides_an_inherited_one_causes_a_rebuild(
    campaign: BuiltCampaign,
) -> None:
    base = (campaign.root / "templates/house/motif.html").read_text("utf-8")
    write_campaign_file(campaign.root, "templates/beacon/motif.html", base)

    assert set(reasons(campaign).values()) == {"templates/beacon/motif.html"}


@pytest.mark.parametrize("how", ["edited", "emptied", "deleted", "replaced by a folder"])
def test_a_changed_or_deleted_output_file_is_restored(campaign: BuiltCampaign, how: str) -> None:
    clean, file = campaign.output_files(), campaign.output_path()
    if how == "edited":
        stat = file.stat()
        file.write_bytes(file.read_bytes()[:-1] + b"?")
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # keep size and mtime
    elif how == "emptied":
        file.write_bytes(b"")
    else:
        file.unlink()
    if how == "replaced by a folder":
        file.mkdir()
        assert campaign.build()["failed"] == 1
        file.rmdir()

    campaign.build()

    assert campaign.output_files() == clean


def test_a_copied_output_folder_is_not_rebuilt(campaign: BuiltCampaign) -> None:
    out, moved = campaign.root / "out", campaign.root / "spare"
    out.rename(moved)
    assert run_assetgen("check", folder=campaign.root).returncode == 0
    shutil.copytree(moved, out)

    assert campaign.built_and_cached() == (0, 2)


def test_an_edit_that_keeps_size_and_mtime_causes_a_rebuild(campaign: BuiltCampaign) -> None:
    file = campaign.root / STYLE
    stat, text = file.stat(), file.read_text("utf-8")
    file.write_text(f"{text[:-1]} ", "utf-8")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)

    assert reasons(campaign) == dict.fromkeys((LOVED, WORRIED), STYLE)


def test_an_edit_with_an_older_mtime_causes_a_rebuild(campaign: BuiltCampaign) -> None:
    replace_in_file(campaign.root, MESSAGE, "short:", "short: Now,")
    os.utime(campaign.root / MESSAGE, (0, 0))

    assert campaign.built_and_cached() == (1, 1)


def test_a_changed_partner_leaves_other_partners_unread_and_unchanged(
    campaign: BuiltCampaign, wording: Wording
) -> None:
    other_file = add_partner(campaign.root, "other")
    campaign.build()
    replace_in_file(campaign.root, other_file, "Another", "Yet Another")

    result = run_assetgen("-v", "build", "-c", "ig-square", "--explain", folder=campaign.root)

    assert other_file in result.stderr and PARTNER_FILE not in result.stderr
    assert re.search(
        r"^other/worried/ig-square/en-GB: .*partners/other/partner\.yaml", result.stdout, re.MULTILINE
    )
    assert re.findall(r"\d+", result.stdout.splitlines()[-1])[:2] == ["2", "2"]
    output = result.stdout.replace(str(campaign.root), "CAMPAIGN")
    assert wording == re.sub(r"\b\d\d+\b", "N", output)
    tree = campaign.output_files()
    campaign.build("--force")
    assert campaign.output_files() == tree


def test_a_new_partner_is_built_and_a_removed_one_loses_its_files(campaign: BuiltCampaign) -> None:
    other_file = add_partner(campaign.root, "other")
    assert campaign.built_and_cached() == (2, 2)
    (campaign.root / other_file).unlink()
    (campaign.root / other_file).parent.rmdir()

    report = campaign.build()

    assert (report["removed"], report["cached"]) == (2, 2)
    assert not (campaign.root / "out/other").exists()


def test_a_changed_partner_replans_the_partners_that_show_it(campaign: BuiltCampaign) -> None:
    add_partner(campaign.root, "other", f"name: Other Council\nalongside: [{PARTNER}]\n")
    campaign.build()
    replace_in_file(campaign.root, PARTNER_FILE, "Example County Council", "Example Shire")

    result = run_assetgen("-v", "build", "-c", "ig-square", folder=campaign.root)

    files_read = {line.split()[-1] for line in result.stderr.splitlines() if line}
    assert {PARTNER_FILE, "partners/other/partner.yaml"} <= files_read
    tree = campaign.output_files()
    campaign.build("--force")
    assert campaign.output_files() == tree


def test_a_selective_build_leaves_other_outdated_assets_for_later(campaign: BuiltCampaign) -> None:
    append_line(campaign.root, STYLE, ".headline { letter-spacing: 0 }")
    campaign.build("-m", "worried")

    assert reasons(campaign) == {LOVED: STYLE}
    assert campaign.built_and_cached() == (1, 1)


def test_findings_of_cached_files_are_reported_again(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    make_campaign(folder)
    reports = [
        json.loads(run_assetgen("build", "-c", "gp-screen", "--format", "json", folder=folder).stdout)
        for _ in range(2)
    ]

    assert [report["built"] > 0 for report in reports] == [True, False]
    assert reports[0]["findings"] == reports[1]["findings"]
    assert any(finding["asset"] for finding in reports[0]["findings"])


def test_a_failing_asset_is_retried_until_its_template_is_corrected(
    campaign: BuiltCampaign, wording: Wording
) -> None:
    clean, original = campaign.output_files(), (campaign.root / STYLE).read_text("utf-8")
    append_line(campaign.root, STYLE, ".number { visibility: hidden }")

    assert [campaign.build()["failed"] for _ in range(2)] == [2, 2]
    dry_run_reasons = campaign.planned_rebuilds()
    assert set(dry_run_reasons) == {WORRIED, LOVED}
    assert wording == sorted(set(dry_run_reasons.values()))

    (campaign.root / STYLE).write_text(original, "utf-8")
    campaign.build()
    assert campaign.output_files() == clean


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_truncated_build_database_loses_no_file(campaign: BuiltCampaign, jobs: str) -> None:
    clean, database = campaign.output_files(), campaign.root / "out/.assetgen/state"
    database.write_bytes(database.read_bytes()[:-7])

    report = campaign.build("-j", jobs)

    assert (report["built"], report["cached"], report["failed"]) == (0, 2, 0)
    assert campaign.output_files() == clean


def test_a_dry_run_lists_new_changed_removed_and_kept_assets(
    campaign: BuiltCampaign, wording: Wording
) -> None:
    replace_in_file(campaign.root, MESSAGE, "short:", "short: Now,")
    add_partner(campaign.root, "other")

    result = run_assetgen("-v", "build", "-c", "ig-square", "--dry-run", folder=campaign.root)

    assert all(one in result.stdout for one in (WORRIED, MESSAGE, "other/worried/ig-square/en-GB", LOVED))
    (counts,) = [line for line in result.stderr.splitlines() if re.match(r"\d+ \w+, \d+ \w+, ", line)]
    assert re.findall(r"\d+", counts) == ["2", "1", "0", "1"]
    assert wording == [result.stdout, counts]


def test_why_lists_inputs_the_last_reason_and_the_next_step(
    campaign: BuiltCampaign, wording: Wording
) -> None:
    append_line(campaign.root, STYLE, "/* x */")
    campaign.build()
    path = campaign.output_path()

    by_id, by_path = (
        run_assetgen("why", word, folder=campaign.root).stdout for word in (WORRIED, path.as_posix())
    )

    assert by_id == by_path
    last_reason, next_step, *inputs = by_id.splitlines()[2:]
    assert STYLE in last_reason
    assert any(MESSAGE in line for line in inputs) and any(STYLE in line for line in inputs)
    assert wording == [last_reason, next_step]


@pytest.mark.parametrize("is_built", [False, True], ids=["before a build", "after a build"])
def test_why_reports_that_an_asset_with_an_invalid_message_fails(
    campaign: BuiltCampaign, is_built: bool, wording: Wording
) -> None:
    append_line(campaign.root, MESSAGE, "headlin: x")
    if is_built:
        assert campaign.build()["failed"] == 1

    result = run_assetgen("why", WORRIED, folder=campaign.root)

    assert result.returncode == 0
    assert wording == [
        line
        for line in result.stdout.splitlines()
        if "/" not in line and not re.search(r"[0-9a-f]{12}", line)
    ]


def test_why_suggests_the_closest_id_for_an_unknown_asset(campaign: BuiltCampaign, wording: Wording) -> None:
    result = run_assetgen("why", WORRIED.replace("square", "squar"), folder=campaign.root)

    assert result.returncode == 2
    assert WORRIED in result.stderr
    assert wording == result.stderr


def test_a_campaign_without_a_cache_folder_builds_into_another_folder(
    campaign: BuiltCampaign, tmp_path: Path
) -> None:
    shutil.rmtree(campaign.root / ".assetgen")
    (campaign.root / ".assetgen").write_text("a file where the folder of assetgen would be", "utf-8")

    report = campaign.build("-o", str(tmp_path / "elsewhere"))

    assert (report["built"], report["failed"]) == (2, 0)
