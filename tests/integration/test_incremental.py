"""What a build makes again, and what it leaves: by what was really read, told in words, through the command itself."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from assetgen.cli.commands.init import write_starter
from tests.support.built_campaign import LOVED, WORRIED, Campaign
from tests.support.campaigns import PARTNER, add_partner, append, edit, write
from tests.support.command import assetgen
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

PARTNER_FILE, MESSAGE, STYLE = (
    f"partners/{PARTNER}/partner.yaml",
    "brand/messages/worried.yaml",
    "templates/house/style.css",
)


@pytest.fixture
def campaign(tmp_path: Path, built_starter: Path) -> Campaign:
    return Campaign(tmp_path / "campaign", built_starter)


def reasons(campaign: Campaign) -> dict[str, str]:
    """Return the assets that would be made again, each with the file that is named as the reason."""
    return {one: re.findall(r"\S+/\S+", why)[0] for one, why in campaign.would().items()}


def test_nothing_changed_makes_nothing_and_touches_nothing(campaign: Campaign) -> None:
    def stamps() -> dict[Path, int]:
        out = campaign.root / "out"
        return {path: path.stat().st_ctime_ns for path in out.rglob("*") if ".assetgen" not in path.parts}

    campaign.build()  # the campaign is a copy, whose files are read anew once
    before = stamps()

    assert campaign.counts() == (0, 2)

    assert stamps() == before


def test_a_changed_message_makes_its_own_assets_alone_and_says_why(
    campaign: Campaign, wording: Wording
) -> None:
    edit(campaign.root, MESSAGE, "short:", "short: Now,")

    assert reasons(campaign) == {WORRIED: MESSAGE}
    assert wording == campaign.would()[WORRIED]
    assert campaign.counts() == (1, 1)
    assert campaign.would() == {}


def test_a_comment_or_a_touch_draws_nothing_and_the_manifest_names_the_file_as_it_is(
    campaign: Campaign,
) -> None:
    before = campaign.file().stat().st_ino
    append(campaign.root, PARTNER_FILE, "# nothing but a comment")
    os.utime(campaign.root / STYLE)

    assert campaign.counts() == (0, 2)

    manifest = json.loads((campaign.root / "out/manifest.json").read_text("utf-8"))
    now = campaign.build("--force") and json.loads((campaign.root / "out/manifest.json").read_text("utf-8"))
    assert manifest == now
    assert campaign.file().stat().st_ino == before


def test_a_changed_style_sheet_makes_all_of_its_design_and_the_same_bytes_stay_as_they_are(
    campaign: Campaign,
) -> None:
    inode = campaign.file().stat().st_ino
    append(campaign.root, STYLE, "/* seen by nobody */")

    assert reasons(campaign) == dict.fromkeys((LOVED, WORRIED), STYLE)
    assert campaign.counts() == (2, 0)
    assert campaign.file().stat().st_ino == inode


def test_a_part_that_now_takes_another_s_place_is_seen(campaign: Campaign) -> None:
    base = (campaign.root / "templates/house/motif.html").read_text("utf-8")
    write(campaign.root, "templates/beacon/motif.html", base)

    assert set(reasons(campaign).values()) == {"templates/beacon/motif.html"}


@pytest.mark.parametrize("how", ["edited", "emptied", "deleted", "a folder in its place"])
def test_a_file_that_is_not_as_it_was_written_is_put_right(campaign: Campaign, how: str) -> None:
    clean, file = campaign.tree(), campaign.file()
    if how == "edited":
        stat = file.stat()
        file.write_bytes(file.read_bytes()[:-1] + b"?")
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # size and mtime as they were
    elif how == "emptied":
        file.write_bytes(b"")
    else:
        file.unlink()
    if how == "a folder in its place":
        file.mkdir()
        assert campaign.build()["failed"] == 1
        file.rmdir()

    campaign.build()

    assert campaign.tree() == clean


def test_a_copy_of_the_output_is_hashed_and_taken_as_written(campaign: Campaign) -> None:
    out, spare = campaign.root / "out", campaign.root / "spare"
    out.rename(spare)
    assert assetgen("check", folder=campaign.root).returncode == 0
    shutil.copytree(spare, out)

    assert campaign.counts() == (0, 2)


def test_an_input_edited_with_its_size_and_mtime_kept_is_seen(campaign: Campaign) -> None:
    file = campaign.root / STYLE
    stat, text = file.stat(), file.read_text("utf-8")
    file.write_text(f"{text[:-1]} ", "utf-8")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)

    assert reasons(campaign) == dict.fromkeys((LOVED, WORRIED), STYLE)


def test_a_clock_that_was_turned_back_hides_no_edit(campaign: Campaign) -> None:
    edit(campaign.root, MESSAGE, "short:", "short: Now,")
    os.utime(campaign.root / MESSAGE, (0, 0))

    assert campaign.counts() == (1, 1)


def test_one_partner_s_change_leaves_the_others_unread_and_as_they_are(
    campaign: Campaign, wording: Wording
) -> None:
    other = add_partner(campaign.root, "other")
    campaign.build()
    edit(campaign.root, other, "Another", "Yet Another")

    said = assetgen("-v", "build", "-c", "ig-square", "--explain", folder=campaign.root)

    assert other in said.stderr and PARTNER_FILE not in said.stderr
    assert re.search(
        r"^other/worried/ig-square/en-GB: .*partners/other/partner\.yaml", said.stdout, re.MULTILINE
    )
    assert re.findall(r"\d+", said.stdout.splitlines()[-1])[:2] == ["2", "2"]
    assert wording == re.sub(r"\b\d\d+\b", "N", said.stdout)
    tree = campaign.tree()
    campaign.build("--force")
    assert campaign.tree() == tree


def test_a_partner_that_left_takes_its_files_along_and_one_that_came_is_built(campaign: Campaign) -> None:
    other = add_partner(campaign.root, "other")
    assert campaign.counts() == (2, 2)
    (campaign.root / other).unlink()
    (campaign.root / other).parent.rmdir()

    report = campaign.build()

    assert (report["removed"], report["cached"]) == (2, 2)
    assert not (campaign.root / "out/other").exists()


def test_what_stands_beside_a_changed_partner_is_planned_again_too(campaign: Campaign) -> None:
    add_partner(campaign.root, "other", f"name: Other Council\nalongside: [{PARTNER}]\n")
    campaign.build()
    edit(campaign.root, PARTNER_FILE, "Example County Council", "Example Shire")

    said = assetgen("-v", "build", "-c", "ig-square", folder=campaign.root)

    read = {line.split()[-1] for line in said.stderr.splitlines() if line}
    assert {PARTNER_FILE, "partners/other/partner.yaml"} <= read
    tree = campaign.tree()
    campaign.build("--force")
    assert campaign.tree() == tree


def test_a_selection_leaves_what_is_out_of_date_for_later(campaign: Campaign) -> None:
    append(campaign.root, STYLE, ".headline { letter-spacing: 0 }")
    campaign.build("-m", "worried")

    assert reasons(campaign) == {LOVED: STYLE}
    assert campaign.counts() == (1, 1)


def test_what_was_said_of_a_kept_file_is_said_again(tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    write_starter(folder)
    reports = [
        json.loads(assetgen("build", "-c", "gp-screen", "--format", "json", folder=folder).stdout)
        for _ in range(2)
    ]

    assert [report["built"] > 0 for report in reports] == [True, False]
    assert reports[0]["findings"] == reports[1]["findings"]
    assert any(finding["asset"] for finding in reports[0]["findings"])


def test_a_fault_is_told_as_long_as_it_is_there_and_mended_when_it_is_gone(
    campaign: Campaign, wording: Wording
) -> None:
    clean, sound = campaign.tree(), (campaign.root / STYLE).read_text("utf-8")
    append(campaign.root, STYLE, ".number { visibility: hidden }")

    assert [campaign.build()["failed"] for _ in range(2)] == [2, 2]
    would = campaign.would()
    assert set(would) == {WORRIED, LOVED}
    assert wording == sorted(set(would.values()))

    (campaign.root / STYLE).write_text(sound, "utf-8")
    campaign.build()
    assert campaign.tree() == clean


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_lost_or_torn_state_costs_time_and_nothing_else(campaign: Campaign, jobs: str) -> None:
    clean, state = campaign.tree(), campaign.root / "out/.assetgen/state"
    state.write_bytes(state.read_bytes()[:-7])

    report = campaign.build("-j", jobs)

    assert (report["built"], report["cached"], report["failed"]) == (0, 2, 0)
    assert campaign.tree() == clean


def test_a_dry_run_says_new_changed_removed_and_kept(campaign: Campaign, wording: Wording) -> None:
    edit(campaign.root, MESSAGE, "short:", "short: Now,")
    add_partner(campaign.root, "other")

    said = assetgen("-v", "build", "-c", "ig-square", "--dry-run", folder=campaign.root)

    assert all(one in said.stdout for one in (WORRIED, MESSAGE, "other/worried/ig-square/en-GB", LOVED))
    (counts,) = [line for line in said.stderr.splitlines() if re.match(r"\d+ \w+, \d+ \w+, ", line)]
    assert re.findall(r"\d+", counts) == ["2", "1", "0", "1"]
    assert wording == [said.stdout, counts]


def test_why_says_what_a_file_was_made_of_and_what_comes_next(campaign: Campaign, wording: Wording) -> None:
    append(campaign.root, STYLE, "/* x */")
    campaign.build()
    path = campaign.file()

    by_id, by_path = (
        assetgen("why", word, folder=campaign.root).stdout for word in (WORRIED, path.as_posix())
    )

    assert by_id == by_path
    made, following, *read = by_id.splitlines()[2:]
    assert STYLE in made
    assert any(MESSAGE in line for line in read) and any(STYLE in line for line in read)
    assert wording == [made, following]


@pytest.mark.parametrize("is_built", [False, True], ids=["before the next build", "after it"])
def test_why_says_of_an_asset_whose_message_cannot_be_read_that_it_fails(
    campaign: Campaign, is_built: bool, wording: Wording
) -> None:
    append(campaign.root, MESSAGE, "headlin: x")
    if is_built:
        assert campaign.build()["failed"] == 1

    said = assetgen("why", WORRIED, folder=campaign.root)

    assert said.returncode == 0
    assert wording == [
        line for line in said.stdout.splitlines() if "/" not in line and not re.search(r"[0-9a-f]{12}", line)
    ]


def test_why_names_the_nearest_for_an_asset_that_is_not_there(campaign: Campaign, wording: Wording) -> None:
    said = assetgen("why", WORRIED.replace("square", "squar"), folder=campaign.root)

    assert said.returncode == 2
    assert WORRIED in said.stderr
    assert wording == said.stderr


def test_a_campaign_that_cannot_be_written_to_is_built_elsewhere(campaign: Campaign, tmp_path: Path) -> None:
    shutil.rmtree(campaign.root / ".assetgen")
    (campaign.root / ".assetgen").write_text("a file where the tool's own folder would be", "utf-8")

    report = campaign.build("-o", str(tmp_path / "elsewhere"))

    assert (report["built"], report["failed"]) == (2, 0)
