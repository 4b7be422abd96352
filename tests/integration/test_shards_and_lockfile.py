"""Merged shards equal one build, and frozen builds are compared with the accepted lockfile."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command_line import run_assetgen
from tests.support.example_campaign import replace_in_file
from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording

pytestmark = pytest.mark.commands


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a campaign, its whole build in ``campaign/out`` and its three shards beside it."""
    root = tmp_path_factory.mktemp("shards")
    folder = write_tiny(root / "campaign")
    assert run_assetgen("build", "-j", "1", folder=folder).returncode == 0
    for index in (1, 2, 3):
        result = run_assetgen("build", "--shard", f"{index}/3", "-o", str(root / f"s{index}"), folder=folder)
        assert result.returncode == 0, result.stderr
    return root


def read_tree(out: Path) -> dict[str, bytes]:
    files = (path for path in out.rglob("*") if path.is_file() and path.name not in ("state", "lock"))
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def test_merged_shards_equal_one_build_even_if_one_is_given_twice(built: Path, tmp_path: Path) -> None:
    shards = [str(built / name) for name in ("s3", "s1", "s2", "s1")]

    result = run_assetgen("merge", *shards, "-o", str(tmp_path / "out"))

    assert result.returncode == 0, result.stderr
    assert read_tree(tmp_path / "out") == read_tree(built / "campaign/out")
    report = run_assetgen("build", "-o", str(tmp_path / "out"), "--format", "json", folder=built / "campaign")
    assert json.loads(report.stdout)["built"] == 0
    assert read_tree(tmp_path / "out") == read_tree(built / "campaign/out")


def error_lines(stderr: str) -> list[str]:
    """Return the error lines of standard error, without digests."""
    return [re.sub(r"[0-9a-f]{32,}", "DIGEST", line) for line in stderr.splitlines() if ": error: " in line]


def test_merge_reports_a_missing_shard_and_writes_nothing(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    result = run_assetgen("merge", str(built / "s1"), str(built / "s3"), "-o", str(tmp_path / "out"))

    assert result.returncode == 1 and "2/3" in result.stderr and "[missing-file]" in result.stderr
    assert wording == result.stderr
    assert not (tmp_path / "out").exists()


def test_a_frozen_build_passes_if_nothing_changed_and_else_names_the_change(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    folder = tmp_path / "campaign"
    shutil.copytree(built / "campaign", folder)
    assert run_assetgen("build", "--frozen", folder=folder).returncode == 2
    assert run_assetgen("accept", folder=folder).returncode == 0
    assert run_assetgen("build", "--frozen=bytes", folder=folder).returncode == 0
    replace_in_file(folder, "brand/messages/hello.yaml", "Talk to us", "Ring us")

    result = run_assetgen("build", "--frozen", folder=folder)

    assert result.returncode == 1 and "headline" in result.stderr
    assert wording == error_lines(result.stderr)
    assert run_assetgen("diff", str(folder / "assetgen.lock"), str(folder / "out")).returncode == 1


def test_a_different_renderer_fails_frozen_bytes_but_not_frozen(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    folder = tmp_path / "campaign"
    shutil.copytree(built / "campaign", folder)
    run_assetgen("accept", folder=folder)
    lockfile = (folder / "assetgen.lock").read_text("utf-8")
    for key in ("sha256", "pixels"):
        lockfile = re.sub(rf"^  {key} [0-9a-f]+$", f"  {key} {'0' * 64}", lockfile, flags=re.MULTILINE)
    lockfile = re.sub('^engine "pango" .*$', 'engine "pango" "0"', lockfile, flags=re.MULTILINE)
    (folder / "assetgen.lock").write_text(lockfile, "utf-8")

    frozen = run_assetgen("build", "--frozen", folder=folder)
    frozen_bytes = run_assetgen("build", "--frozen=bytes", folder=folder)

    (engine_note,) = [line for line in frozen.stderr.splitlines() if "pango 0" in line]
    assert ": note: " in engine_note
    assert frozen.returncode == 0, frozen.stderr
    assert frozen_bytes.returncode == 1
    assert wording == [re.sub(r"\d+(\.\d+)+", "N", engine_note), *error_lines(frozen_bytes.stderr)]


def test_output_bytes_do_not_depend_on_environment_or_build_order(built: Path, tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "elsewhere")
    before = os.umask(0o077)
    try:
        for selection in (("-M", "print"), ("-M", "qr"), ()):
            result = run_assetgen(
                "build", "-j", "2", *selection, folder=folder,
                TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="7",
            )  # fmt: skip
            assert result.returncode == 0, result.stderr
    finally:
        os.umask(before)

    assert read_tree(folder / "out") == read_tree(built / "campaign/out")


# What merge rejects, each with a reason and a hint


def copy_shards(built: Path, tmp_path: Path, *names: str) -> list[Path]:
    """Return copies of shards, for tests that damage them."""
    return [Path(shutil.copytree(built / name, tmp_path / name)) for name in names]


def merge_error(tmp_path: Path, *folders: Path) -> str:
    """Return the errors of a merge that must fail and write nothing."""
    result = run_assetgen("merge", *map(str, folders), "-o", str(tmp_path / "merged"))

    assert result.returncode == 1, result.stdout
    assert not (tmp_path / "merged").exists()
    return result.stderr


def first_file_of(shard: Path) -> Path:
    """Return the first asset file in a folder, by path."""
    return min(path for path in shard.rglob("*") if path.suffix in (".png", ".pdf", ".jpg", ".svg"))


def test_merge_rejects_a_complete_build(built: Path, tmp_path: Path, wording: Wording) -> None:
    stderr = merge_error(tmp_path, built / "s1", built / "s2", built / "s3", built / "campaign/out")

    assert "[bad-value]" in stderr and "assetgen build --shard I/N" in stderr
    assert wording == stderr


def test_merge_reports_altered_and_missing_files(built: Path, tmp_path: Path, wording: Wording) -> None:
    shards = copy_shards(built, tmp_path, "s1", "s2", "s3")
    altered, lost = first_file_of(shards[0]), first_file_of(shards[1])
    altered.write_bytes(altered.read_bytes() + b"\n")
    lost.unlink()

    stderr = merge_error(tmp_path, *shards)

    assert stderr.count("[file-altered]") == 2
    assert altered.name in stderr and lost.name in stderr
    assert wording == stderr


def test_merge_rejects_shards_of_different_editions_or_different_n(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    shards = copy_shards(built, tmp_path, "s1", "s2", "s3")
    other = write_tiny(tmp_path / "other")
    replace_in_file(other, "campaign.yaml", 'edition: "1"', 'edition: "2"')
    assert run_assetgen("build", "--shard", "2/4", "-o", str(tmp_path / "s4"), folder=other).returncode == 0

    stderr = merge_error(tmp_path, *shards, tmp_path / "s4")

    assert stderr.count("[bad-value]") == 3
    assert "1/3" in stderr and "2/4" in stderr
    assert wording == stderr


def test_merge_rejects_shards_built_from_different_sources(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    shards = copy_shards(built, tmp_path, "s1", "s3")
    other = write_tiny(tmp_path / "other")
    replace_in_file(other, "brand/messages/hello.yaml", "Talk to us", "Ring us")
    assert run_assetgen("build", "--shard", "2/3", "-o", str(tmp_path / "s2"), folder=other).returncode == 0

    stderr = merge_error(tmp_path, *shards, tmp_path / "s2")

    assert "[bad-value]" in stderr
    assert wording == stderr


def test_merge_rejects_a_shard_whose_build_was_interrupted(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    shards = copy_shards(built, tmp_path, "s1", "s2", "s3")
    journal = next(shards[1].rglob("journal*"))
    journal.write_bytes(journal.read_bytes() + b"{}\n")

    stderr = merge_error(tmp_path, *shards)

    assert "2/3" in stderr
    assert wording == stderr


def test_merge_rejects_a_shard_as_the_output_folder(built: Path, tmp_path: Path, wording: Wording) -> None:
    shards = copy_shards(built, tmp_path, "s1", "s2", "s3")
    before = read_tree(shards[0])

    result = run_assetgen("merge", *map(str, shards), "-o", str(shards[0]))

    assert result.returncode == 2 and str(shards[0]) in result.stderr
    assert wording == result.stderr
    assert read_tree(shards[0]) == before


def test_merged_shards_of_a_selection_equal_one_build_of_it(built: Path, tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "campaign")
    assert run_assetgen("build", "-M", "qr", folder=folder).returncode == 0
    shards = [str(tmp_path / f"s{index}") for index in (1, 2)]
    for index, shard in enumerate(shards, start=1):
        result = run_assetgen("build", "-M", "qr", "--shard", f"{index}/2", "-o", shard, folder=folder)
        assert result.returncode == 0, result.stderr

    merged = run_assetgen("merge", *shards, "-o", str(tmp_path / "merged"))

    assert merged.returncode == 0, merged.stderr
    assert read_tree(tmp_path / "merged") == read_tree(folder / "out")


# What accept rejects, and invalid lockfiles


@pytest.fixture
def accepted(built: Path, tmp_path: Path) -> Path:
    """Return a copy of the campaign with its build accepted."""
    folder = Path(shutil.copytree(built / "campaign", tmp_path / "campaign"))
    assert run_assetgen("accept", folder=folder).returncode == 0
    return folder


def test_accept_rejects_an_edited_file_and_keeps_the_lockfile(accepted: Path, wording: Wording) -> None:
    before = (accepted / "assetgen.lock").read_bytes()
    edited = first_file_of(accepted / "out")
    edited.write_bytes(edited.read_bytes() + b"\n")

    result = run_assetgen("accept", folder=accepted)

    assert result.returncode == 2 and edited.name in result.stderr
    assert wording == error_lines(result.stderr)
    assert (accepted / "assetgen.lock").read_bytes() == before


def test_accept_rejects_a_single_shard_and_an_unbuilt_campaign(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    folder = write_tiny(tmp_path / "campaign")

    unbuilt = run_assetgen("accept", folder=folder)
    shutil.copytree(built / "s1", folder / "out")
    shard = run_assetgen("accept", folder=folder)

    assert unbuilt.returncode != 0 and "assetgen build" in unbuilt.stderr
    assert shard.returncode == 2 and "1/3" in shard.stderr
    assert wording == [*error_lines(unbuilt.stderr), *error_lines(shard.stderr)]
    assert not (folder / "assetgen.lock").exists()


@pytest.mark.parametrize(
    "corrupt",
    [
        lambda text: text[: text.index("\n  look ")],
        lambda text: "<<<<<<< ours\n" + text,
        lambda text: text.replace("  sha256 ", "  sha256 xyz", 1),
        lambda text: "just words\n",
        lambda text: "",
        lambda text: text.replace('edition "1"', 'edition "1', 1),
    ],
    ids=["truncated", "unfinished merge", "invalid digest", "not a lockfile", "empty", "unclosed quote"],
)
def test_an_invalid_lockfile_is_reported_with_place_and_hint(
    accepted: Path, corrupt: Callable[[str], str], wording: Wording
) -> None:
    lockfile = accepted / "assetgen.lock"
    lockfile.write_text(corrupt(lockfile.read_text("utf-8")), "utf-8")

    result = run_assetgen("build", "--frozen", folder=accepted)

    assert result.returncode == 2, result.stderr
    (error,) = error_lines(result.stderr)
    assert error.startswith("assetgen.lock") and error.endswith("[bad-value]") and "hint:" in result.stderr
    assert wording == error


def test_a_frozen_selection_reports_only_its_own_assets(accepted: Path) -> None:
    replace_in_file(accepted, "brand/messages/hello.yaml", "Talk to us", "Ring us")

    codes = run_assetgen("build", "--frozen", "-M", "qr", folder=accepted)
    pages = run_assetgen("build", "--frozen", "-M", "print", folder=accepted)

    assert codes.returncode == 0, codes.stderr
    assert pages.returncode == 1 and pages.stderr.count("[not-accepted]") == 1


# The report and the pictures of diff


def test_diff_prints_json_and_writes_before_and_after_pictures(accepted: Path, tmp_path: Path) -> None:
    before = Path(shutil.copytree(accepted / "out", tmp_path / "before"))
    replace_in_file(accepted, "brand/messages/hello.yaml", "Talk to us", "Ring us")
    assert run_assetgen("build", folder=accepted).returncode == 0

    result = run_assetgen(
        "diff", str(before), str(accepted / "out"), "--format", "json", "-o", str(tmp_path / "pictures")
    )

    report = json.loads(result.stdout)
    changed = {one["path"] for one in report["differences"]}
    pictures = {
        path.relative_to(tmp_path / "pictures").as_posix() for path in (tmp_path / "pictures").rglob("*.png")
    }
    assert result.returncode == 1
    assert len(changed) == 2 and report["findings"] == []
    assert pictures == {f"{path}.png" for path in changed}
    assert run_assetgen("diff", str(before), str(before)).returncode == 0
