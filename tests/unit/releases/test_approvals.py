"""Approvals: they cover copy, sizes and pixels, and a later change voids them.

Packs are refused without them if the campaign requires approval.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.findings import Finding
from assetgen.manifest.entry import Entry, FinishedAsset, read_finished
from assetgen.planning.asset import Asset, ReleaseDate
from assetgen.releases.approvals import (
    Approval,
    approval_file,
    approval_of,
    changes_since,
    parse_approval,
    read_approvals,
    release_findings,
)
from tests.support.command_line import run_assetgen
from tests.support.example_campaign import (
    MESSAGE_FILE,
    PARTNER,
    PARTNER_FILE,
    append_line,
    make_campaign,
    replace_in_file,
)
from tests.support.factories import FakeRenderer, make_asset, make_spec
from tests.support.wording import Wording

DAY = date(2026, 11, 26)
STORY = "acme/worried/ig-story/en-GB"


def entry_of(asset: Asset, **changes: Any) -> FinishedAsset:
    """Return the manifest's entry of a rendered asset, with changes."""
    rendered = FakeRenderer().render(asset)
    assert rendered.content
    finished = read_finished(Entry.of(asset, rendered, rendered.content).values())
    values = {"sha256": "a" * 64, "pixel_sha256": "b" * 64, "inputs": {"brand/brand.yaml": "1"}, **changes}
    return replace(finished, **values)


def refusals_on_day(
    assets: list[FinishedAsset], *approvals: Approval, required: bool = True
) -> list[Finding]:
    return release_findings(assets, {one.asset: one for one in approvals}, required=required, on=DAY)


# What an approval covers


def test_unchanged_approved_asset_may_be_released() -> None:
    entry = entry_of(make_asset(STORY))

    assert refusals_on_day([entry], approval_of(entry, "A. Name", DAY)) == []


def test_unapproved_assets_are_refused_if_the_campaign_requires_approval(wording: Wording) -> None:
    entries = [
        entry_of(make_asset(f"acme/worried/{name}/en-GB")) for name in ("ig-story", "ig-square", "x-post")
    ]

    (finding,) = refusals_on_day(entries, approval_of(entries[1], "A. Name", DAY))

    assert finding.code == "unapproved"
    assert finding.is_error
    assert "acme/worried/ig-story/en-GB" in finding.text
    assert wording == finding.text
    assert refusals_on_day(entries, required=False) == []


def test_changed_copy_voids_the_approval_and_is_reported_with_old_and_new_text(wording: Wording) -> None:
    asset = make_asset(STORY)
    words = {"long/short": {**asset.spec.words["long/short"], "headline": "Worried?"}}
    now = entry_of(
        replace(asset, spec=make_spec(words=words)),
        sha256="c" * 64,
        pixel_sha256="d" * 64,
        inputs={"brand/brand.yaml": "1", "brand/messages/worried.yaml": "2"},
    )

    (finding,) = refusals_on_day([now], approval_of(entry_of(asset), "A. Name", DAY))

    assert finding.code == "approval-void"
    for named in (
        *("A. Name", "2026-11-26", "headline", "“Worried about your thoughts?” → “Worried?”"),
        "brand/messages/worried.yaml",
    ):
        assert named in finding.text
    assert wording == finding.text
    assert finding.place.file == "approvals/acme/worried_ig-story_en-GB.json"
    assert finding.asset == STORY


@pytest.mark.parametrize(
    "changes",
    [{"alt": "A door."}, {"link": "https://www.stopitnow.org.uk/"}, {"width": 1000.0}],
    ids=["alt", "link", "width"],
)
def test_approval_covers_alt_text_link_and_size(changes: dict[str, Any], wording: Wording) -> None:
    asset = make_asset(STORY)
    now = entry_of(replace(asset, spec=make_spec(**changes)))

    (change,) = changes_since(approval_of(entry_of(asset), "A. Name", DAY), now)
    ((key, value),) = changes.items()
    assert key in change and str(value) in change
    assert wording == change


def test_changed_pixels_void_the_approval_and_changed_inputs_are_named(wording: Wording) -> None:
    asset = make_asset(STORY)
    approval = approval_of(entry_of(asset), "A. Name", DAY)
    inputs = {"brand/brand.yaml": "1", "templates/beacon/style.css": "2"}

    now = entry_of(asset, sha256="c" * 64, pixel_sha256="d" * 64, inputs=inputs)

    pixels, inputs_change = changes_since(approval, now)
    assert "templates/beacon/style.css" in inputs_change
    assert wording == [pixels, inputs_change]


def test_changed_input_alone_does_not_void_the_approval() -> None:
    asset = make_asset(STORY)
    approval = approval_of(entry_of(asset), "A. Name", DAY)

    assert changes_since(approval, entry_of(asset, inputs={"brand/brand.yaml": "2"})) == ()


def test_different_bytes_with_the_same_pixels_do_not_void_the_approval(wording: Wording) -> None:
    asset = make_asset(STORY)
    approval = approval_of(entry_of(asset), "A. Name", DAY)

    assert changes_since(approval, entry_of(asset, sha256="c" * 64)) == ()
    without = replace(approval, pixel_sha256=None)
    (change,) = changes_since(without, entry_of(asset, sha256="c" * 64, pixel_sha256=None))
    assert wording == change


# Other reasons for which a pack is refused


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"stale": True}, "stale"),
        ({"release_dates": (ReleaseDate("valid_until", "2026-11-25", "acme"),)}, "expired"),
        ({"release_dates": (ReleaseDate("embargo", "2026-11-27", "acme"),)}, "embargo"),
    ],
    ids=["stale", "expired", "embargoed"],
)
def test_stale_expired_and_embargoed_files_are_refused_with_their_codes(
    changes: dict[str, Any], code: str
) -> None:
    (finding,) = refusals_on_day([entry_of(make_asset(STORY), **changes)], required=False)

    assert finding.code == code
    assert finding.is_error
    assert finding.hint


# The approval file


def test_approval_file_has_one_value_per_line_for_readable_diffs() -> None:
    entry = entry_of(make_asset(STORY))

    before, after = (approval_of(replace(entry, sha256=sign * 64), "A. Name", DAY).text() for sign in "ab")

    differing = [
        pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if len(set(pair)) > 1
    ]
    assert len(differing) == 1
    assert max(map(len, before.splitlines())) < 200


def test_approval_is_read_back_as_written() -> None:
    approval = approval_of(entry_of(make_asset(STORY)), "Ümit Name", DAY)

    assert parse_approval(approval.text().encode(), STORY) == approval


def test_approval_file_is_named_after_its_asset() -> None:
    assert (
        approval_file("acme/worried/poster-a4.mono/en-GB")
        == "approvals/acme/worried_poster-a4.mono_en-GB.json"
    )
    assert approval_file("acme/qr/svg") == "approvals/acme/qr_svg.json"


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_arbitrary_approval_file_is_parsed_or_refused_with_a_message(content: bytes) -> None:
    try:
        parse_approval(content, STORY)
    except (ValueError, RecursionError) as error:
        assert str(error)


VALID = json.loads(approval_of(entry_of(make_asset(STORY)), "A. Name", DAY).text())


@pytest.mark.parametrize(
    "changes",
    [
        {"asset": "acme/worried/ig-square/en-GB"},
        {"approved_by": " "},
        {"approved_by": None},
        {"on": "yesterday"},
        {"on": "20261126"},
        {"sha256": "x"},
        {"pixel_sha256": 7},
        {"spec": []},
        {"inputs": None},
        {"more": 1},
    ],
    ids=lambda changes: "-".join(f"{key}={value!r}" for key, value in changes.items()),
)
def test_invalid_approval_file_is_ignored_with_a_warning(
    tmp_path: Path, changes: dict[str, Any], wording: Wording
) -> None:
    path = tmp_path / approval_file(STORY)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({**VALID, **changes}), "utf-8")

    found, (finding,) = read_approvals(tmp_path, [STORY])

    assert found == {}
    assert (finding.place.file, finding.is_error) == (approval_file(STORY), False)
    assert wording == finding.as_text()


def test_approval_outside_the_campaign_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/worried_ig-story_en-GB.json").write_text(json.dumps(VALID), "utf-8")
    (tmp_path / "campaign/approvals").mkdir(parents=True)
    (tmp_path / "campaign/approvals/acme").symlink_to(tmp_path / "elsewhere")

    found, (finding,) = read_approvals(tmp_path / "campaign", [STORY])

    assert (found, finding.code) == ({}, "unsafe-file")


# The command


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a campaign that requires approval: two finished files and the partner's QR codes."""
    root = make_campaign(tmp_path_factory.mktemp("approving") / "campaign")
    append_line(root, "campaign.yaml", "approval: required")
    replace_in_file(
        root, PARTNER_FILE, "role:", "channels: [ig-square, nextdoor-post]\nmessages: [worried]\nrole:"
    )
    done = run_assetgen("build", folder=root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    import shutil

    shutil.copytree(built, tmp_path / "campaign", symlinks=True)
    return tmp_path / "campaign"


def approval_files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "approvals").rglob("*.json"))
    }


def approve(root: Path, *words: str) -> Any:
    return run_assetgen("approve", *words, folder=root)


def counts(done: Any) -> list[int]:
    """Return the numbers of the last line: assets approved, approved before, refused."""
    return [int(one) for one in re.findall(r"\d+", done.stdout.splitlines()[-1])]


def test_check_reports_unapproved_assets_until_they_are_approved(root: Path, wording: Wording) -> None:
    before = run_assetgen("check", folder=root)
    done = approve(root, "--by", "A. Name", "--date", "2026-11-26")
    after = run_assetgen("check", folder=root)

    assert f"{PARTNER}/" in before.stderr and "[unapproved]" in before.stderr.splitlines()[0]
    assert (done.returncode, after.returncode) == (0, 0), done.stderr
    assert counts(done) == [5, 0, 0]
    assert "unapproved" not in after.stderr
    assert wording == [*before.stderr.splitlines()[:2], done.stdout.splitlines()[-1]]
    approval = json.loads(approval_files(root)[f"approvals/{PARTNER}/worried_ig-square_en-GB.json"])
    assert (approval["approved_by"], approval["on"]) == ("A. Name", "2026-11-26")
    assert MESSAGE_FILE in approval["inputs"]


def test_approve_covers_only_the_selection_and_keeps_existing_approvals(root: Path) -> None:
    first = approve(root, "-c", "ig-square", "--by", "A. Name", "--date", "2026-11-26")
    before = approval_files(root)
    again = approve(root, "-c", "ig-square", "--by", "B. Name", "--date", "2026-12-01")

    assert first.stdout.splitlines()[0] == f"approvals/{PARTNER}/worried_ig-square_en-GB.json"
    assert counts(again)[:2] == [0, 1]
    assert approval_files(root) == before


def test_approve_without_by_uses_the_approver_of_the_partner(root: Path, wording: Wording) -> None:
    without_approver = approve(root)
    append_line(root, PARTNER_FILE, "approved_by: C. Name")
    run_assetgen("build", folder=root)
    named = approve(root, "-c", "nextdoor-post")

    assert without_approver.returncode == 2
    assert PARTNER in without_approver.stderr and "[bad-value]" in without_approver.stderr
    assert wording == without_approver.stderr
    assert named.returncode == 0, named.stderr
    assert json.loads(next(iter(approval_files(root).values())))["approved_by"] == "C. Name"


def test_check_reports_a_void_approval_before_anything_is_rebuilt(root: Path, wording: Wording) -> None:
    approve(root, "--by", "A. Name", "--date", "2026-11-26")
    text = (root / MESSAGE_FILE).read_text("utf-8")
    headline = text.split("short: ")[1].split("\n")[0]
    replace_in_file(root, MESSAGE_FILE, f"short: {headline}", "short: Talk it through")

    output = run_assetgen("check", folder=root).stderr

    lines = [line for line in output.splitlines() if line.endswith("[approval-void]")]
    (line,) = [line for line in lines if f"{PARTNER}/worried/ig-square/en-GB" in line]
    for named in ("A. Name", "2026-11-26", "Talk it through", MESSAGE_FILE):
        assert named in line
    assert wording == line.replace(headline.strip("\"'"), "<headline>")


def test_comment_in_a_source_does_not_void_the_approval(root: Path) -> None:
    approve(root, "--by", "A. Name")
    append_line(root, PARTNER_FILE, "# changes nothing that people see")
    run_assetgen("build", folder=root)

    again = approve(root, "--by", "A. Name")

    assert counts(again)[:2] == [0, 5]
    assert "approval-void" not in run_assetgen("check", folder=root).stderr


def test_missing_outdated_or_edited_files_cannot_be_approved(root: Path) -> None:
    file = next((root / "out").rglob("*_ig-square_*"))
    content = file.read_bytes()
    file.write_bytes(content + b" ")
    edited = approve(root, "-c", "ig-square", "--by", "A. Name")
    file.unlink()
    missing = approve(root, "-c", "ig-square", "--by", "A. Name")
    file.write_bytes(content)
    replace_in_file(root, MESSAGE_FILE, "short: Worried", "short: So worried")
    changed = approve(root, "-c", "ig-square", "-c", "nextdoor-post", "--by", "A. Name")

    assert [done.returncode for done in (edited, missing, changed)] == [1, 1, 1]
    assert "[file-altered]" in edited.stderr
    assert "[unproved]" in missing.stderr
    assert approval_files(root) == {}


def test_approve_dry_run_writes_nothing(root: Path, wording: Wording) -> None:
    done = approve(root, "--by", "A. Name", "--dry-run")

    assert counts(done)[0] == 5
    assert approval_files(root) == {}
    assert wording == done.stdout.splitlines()[-1]
