"""``assetgen merge``: merged shards equal one build, and shards that do not belong together are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from assetgen.building.build_db import BuildDatabase, BuildRecord, BuildRow, read_build_db, write_build_db
from assetgen.building.merge_shards import MergeResult, merge_shards
from assetgen.errors import AssetgenError, CampaignError
from assetgen.findings import Finding
from assetgen.manifest.entry import Entry
from assetgen.manifest.manifest_file import MANIFEST_NAME, ManifestHead, file_stat, manifest_bytes
from assetgen.manifest.shards import Shard, ShardInfo
from tests.support.factories import FakeRenderer, make_asset, make_plan
from tests.support.wording import Wording

IDS = [
    f"acme/worried/{channel}/en-GB" for channel in ("ig-story", "ig-square", "x-post", "fb-feed", "li-post")
]
PLAN = make_plan(*IDS)
HEADING = ManifestHead("Stop It Now!", "2026.1", {"assetgen": "1", "weasyprint": "70"})
DIGEST = "d" * 64


def write_tree(
    folder: Path, ids: Iterable[str], heading: ManifestHead = HEADING, edition: str = "first"
) -> Path:
    """Write finished files with their manifest and build database, as a build does."""
    entries, rows = [], {}
    maker = FakeRenderer(edition)
    for id in ids:
        asset = make_asset(id)
        rendered = maker.render(asset)
        assert rendered.content is not None
        path = folder / asset.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rendered.content)
        entry = Entry.of(asset, rendered, rendered.content)
        entries.append(entry)
        rows[asset.path] = BuildRow.of(asset)._replace(
            sha256=entry.sha256,
            file_stat=file_stat(path.lstat()),
            record=BuildRecord("r", "", "d", "p", "", (), (), ()),
        )
    own = folder / ".assetgen"
    own.mkdir(parents=True)
    (own / "journal").touch()
    (folder / MANIFEST_NAME).write_bytes(manifest_bytes(heading, entries))
    write_build_db(own / "state", own / "temp", BuildDatabase(dict(heading.engine), rows=rows))
    return folder


def part(index: int, of: int = 2, plan: str = DIGEST, *, is_finished: bool = True) -> ManifestHead:
    return replace(HEADING, shard=ShardInfo(Shard(index, of), plan, is_finished))


def write_shards(tmp_path: Path, of: int = 2) -> list[Path]:
    return [
        write_tree(
            tmp_path / f"s{index}",
            [asset.id for asset in Shard(index, of).part_of(PLAN).assets],
            part(index, of),
        )
        for index in range(1, of + 1)
    ]


def file_contents(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".assetgen" not in path.parts
    }


def merge_errors(folders: list[Path], out: Path) -> list[Finding]:
    """Return the errors of a merge that must fail and write nothing."""
    before = file_contents(out) if out.exists() else None
    with pytest.raises(AssetgenError) as raised:
        merge_shards(folders, out)
    assert (file_contents(out) if out.exists() else None) == before, "nothing is written"
    return list(raised.value.findings)


def texts(findings: list[Finding]) -> list[str]:
    return [one.as_text() for one in findings]


@pytest.mark.parametrize("of", [1, 2, 5])
def test_merged_shards_equal_one_build(tmp_path: Path, of: int) -> None:
    whole = write_tree(tmp_path / "whole", IDS)
    shards = write_shards(tmp_path, of)
    before = [file_contents(shard) for shard in shards]

    merged = merge_shards(shards, tmp_path / "out")

    assert merged == MergeResult(5, of, 0, (), (), interrupted=False)
    assert file_contents(tmp_path / "out") == file_contents(whole)
    assert [file_contents(shard) for shard in shards] == before


def test_order_and_repetition_of_shards_change_nothing(tmp_path: Path) -> None:
    one, two = write_shards(tmp_path)

    merge_shards([one, two], tmp_path / "out")
    merge_shards([two, one, two], tmp_path / "other")

    assert file_contents(tmp_path / "out") == file_contents(tmp_path / "other")


def test_merge_progress_ends_with_all_files(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str | None]] = []

    merge_shards(write_shards(tmp_path), tmp_path / "out", lambda *step: seen.append(step))

    assert [(done, total) for done, total, _ in seen] == [(5, 5)]
    assert seen[-1][2] in IDS


def test_merged_build_database_matches_the_merged_files(tmp_path: Path) -> None:
    out = tmp_path / "out"

    merge_shards(write_shards(tmp_path), out)

    state = read_build_db(out / ".assetgen/state")
    assert set(state.rows) == {asset.path for asset in PLAN.assets}
    assert state.manifest_stat == file_stat((out / MANIFEST_NAME).lstat())
    for path, row in state.rows.items():
        assert (
            row.file_stat == file_stat((out / path).lstat())
            and row.record is not None
            and row.span is not None
        )
    assert (out / ".assetgen/journal").read_bytes() == b""


def test_failed_assets_of_a_shard_are_reported_and_recorded(tmp_path: Path) -> None:
    shards = write_shards(tmp_path)
    path = shards[0] / ".assetgen/state"
    write_build_db(
        path, path.with_name("temp"), replace(read_build_db(path), failed_ids=frozenset({"b", "a"}))
    )

    merged = merge_shards(shards, tmp_path / "out")

    assert merged.failed_ids == ("a", "b")
    assert read_build_db(tmp_path / "out/.assetgen/state").failed_ids == {"a", "b"}


def test_merge_removes_earlier_files_that_are_in_no_shard(tmp_path: Path) -> None:
    other = "acme/online/ig-story/en-GB"
    out = write_tree(tmp_path / "out", [*IDS, other])

    merged = merge_shards(write_shards(tmp_path), out)

    assert merged.removed == 1
    assert not (out / make_asset(other).path).exists()


def test_missing_shard_is_reported_with_the_command_that_builds_it(tmp_path: Path, wording: Wording) -> None:
    shards = write_shards(tmp_path, 5)

    findings = merge_errors([shards[1], shards[4]], tmp_path / "out")

    assert [one.code for one in findings] == ["missing-file"] * 3
    for number, finding in zip((1, 3, 4), findings, strict=True):
        assert f"{number}/5" in finding.text
        assert f"assetgen build --shard {number}/5 " in (finding.hint or "")
    assert wording == texts(findings)


def test_complete_build_is_not_accepted_as_a_shard(tmp_path: Path, wording: Wording) -> None:
    whole = write_tree(tmp_path / "whole", IDS)

    findings = merge_errors([whole], tmp_path / "out")

    assert findings[0].code == "bad-value"
    assert whole.as_posix() in findings[0].text
    assert wording == findings[0].as_text()


def test_output_folder_must_not_be_one_of_the_shards(tmp_path: Path, wording: Wording) -> None:
    one, two = write_shards(tmp_path)
    (tmp_path / "link").symlink_to(one)

    errors = []
    for out in (one, tmp_path / "link"):
        (finding,) = merge_errors([one, two], out)
        assert finding.code == "bad-value"
        assert out.as_posix() in finding.text
        errors.append(finding.as_text())
    assert wording == errors


def test_each_folder_without_a_manifest_is_reported(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()

    with pytest.raises(CampaignError) as raised:
        merge_shards([tmp_path / "a", tmp_path / "b"], tmp_path / "out")

    assert len(raised.value.findings) == 2


@pytest.mark.parametrize(
    "heading",
    [
        replace(part(2), campaign="Other"),
        replace(part(2), edition="2"),
        replace(part(2), engine={"assetgen": "1", "pango": "2", "weasyprint": "71"}),
        part(2, plan="e" * 64),
        part(2, 3, "e" * 64),
    ],
    ids=["campaign", "edition", "engine", "plan", "split"],
)
def test_shards_of_different_builds_are_refused(
    tmp_path: Path, heading: ManifestHead, wording: Wording
) -> None:
    one = write_tree(tmp_path / "s1", IDS[:2], part(1))
    two = write_tree(tmp_path / "s2", IDS[2:], heading)

    (finding,) = merge_errors([one, two], tmp_path / "out")

    assert finding.code == "bad-value"
    assert one.as_posix() in finding.text and two.as_posix() in finding.text
    assert wording == finding.as_text()


@pytest.mark.parametrize("condition", ["manifest says unfinished", "journal not empty"])
def test_unfinished_shard_is_refused_with_the_command_that_rebuilds_it(
    tmp_path: Path, condition: str, wording: Wording
) -> None:
    one = write_tree(tmp_path / "s1", IDS[:2], part(1, is_finished=condition != "manifest says unfinished"))
    two = write_tree(tmp_path / "s2", IDS[2:], part(2))
    if condition == "journal not empty":
        (one / ".assetgen/journal").write_text("{}\n")

    (finding,) = merge_errors([one, two], tmp_path / "out")

    assert finding.code == "bad-value"
    assert one.as_posix() in finding.text and "1/2" in finding.text
    assert f"assetgen build --shard 1/2 -o {one.as_posix()}" in (finding.hint or "")
    assert wording == finding.as_text()


def test_shard_copied_without_its_assetgen_folder_is_merged(tmp_path: Path) -> None:
    shards = write_shards(tmp_path)
    for path in (shards[0] / ".assetgen").iterdir():
        path.unlink()
    (shards[0] / ".assetgen").rmdir()

    assert merge_shards(shards, tmp_path / "out").files == 5


def test_different_files_at_one_path_are_reported_with_the_asset(tmp_path: Path, wording: Wording) -> None:
    one = write_tree(tmp_path / "s1", IDS[:3], part(1))
    two = write_tree(tmp_path / "s2", IDS[2:], part(2), edition="second")
    asset = make_asset(IDS[2])

    (finding,) = merge_errors([one, two], tmp_path / "out")

    assert (finding.code, finding.asset) == ("bad-value", asset.id)
    assert all(word in finding.text for word in (one.as_posix(), two.as_posix(), asset.path))
    assert wording == finding.as_text()


@pytest.mark.parametrize("change", ["altered", "missing"])
def test_altered_or_missing_file_is_reported_with_its_asset(
    tmp_path: Path, change: str, wording: Wording
) -> None:
    shards = write_shards(tmp_path)
    asset = Shard(2, 2).part_of(PLAN).assets[0]
    path = shards[1] / asset.path
    path.write_bytes(b"x") if change == "altered" else path.unlink()

    (finding,) = merge_errors(shards, tmp_path / "out")

    assert (finding.code, finding.asset) == ("file-altered", asset.id)
    assert path.as_posix() in finding.text
    assert wording == finding.as_text()


def test_all_errors_are_reported_together(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, 5)
    (shards[0] / ".assetgen/journal").write_text("{}\n")
    (shards[1] / Shard(2, 5).part_of(PLAN).assets[0].path).unlink()

    assert [one.code for one in merge_errors(shards[:4], tmp_path / "out")] == ["bad-value", "file-altered"]
