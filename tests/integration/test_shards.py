"""Shards joined are one build; what was accepted is held against what is built: through the commands themselves."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.campaigns import edit
from tests.support.command import assetgen
from tests.support.tiny import write_tiny
from tests.support.wording import Wording

pytestmark = pytest.mark.commands


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a campaign, its whole build in ``campaign/out`` and its three shards beside it."""
    root = tmp_path_factory.mktemp("shards")
    folder = write_tiny(root / "campaign")
    assert assetgen("build", "-j", "1", folder=folder).returncode == 0
    for index in (1, 2, 3):
        said = assetgen("build", "--shard", f"{index}/3", "-o", str(root / f"s{index}"), folder=folder)
        assert said.returncode == 0, said.stderr
    return root


def tree(out: Path) -> dict[str, bytes]:
    files = (path for path in out.rglob("*") if path.is_file() and path.name not in ("state", "lock"))
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def test_three_shards_one_of_them_twice_are_one_build_and_the_next_build_makes_nothing(
    built: Path, tmp_path: Path
) -> None:
    shards = [str(built / name) for name in ("s3", "s1", "s2", "s1")]

    said = assetgen("merge", *shards, "-o", str(tmp_path / "out"))

    assert said.returncode == 0, said.stderr
    assert tree(tmp_path / "out") == tree(built / "campaign/out")
    report = assetgen("build", "-o", str(tmp_path / "out"), "--format", "json", folder=built / "campaign")
    assert json.loads(report.stdout)["built"] == 0
    assert tree(tmp_path / "out") == tree(built / "campaign/out")


def errors(said: str) -> list[str]:
    """Return the lines of what was said that tell an error, without digests."""
    return [re.sub(r"[0-9a-f]{32,}", "DIGEST", line) for line in said.splitlines() if ": error: " in line]


def test_a_missing_shard_is_named_and_nothing_is_written(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    said = assetgen("merge", str(built / "s1"), str(built / "s3"), "-o", str(tmp_path / "out"))

    assert said.returncode == 1 and "2/3" in said.stderr and "[missing-file]" in said.stderr
    assert wording == said.stderr
    assert not (tmp_path / "out").exists()


def test_the_lock_lets_the_same_pass_and_names_what_differs(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    folder = tmp_path / "campaign"
    shutil.copytree(built / "campaign", folder)
    assert assetgen("build", "--frozen", folder=folder).returncode == 2
    assert assetgen("accept", folder=folder).returncode == 0
    assert assetgen("build", "--frozen=bytes", folder=folder).returncode == 0
    edit(folder, "brand/messages/hello.yaml", "Talk to us", "Ring us")

    said = assetgen("build", "--frozen", folder=folder)

    assert said.returncode == 1 and "headline" in said.stderr
    assert wording == errors(said.stderr)
    assert assetgen("diff", str(folder / "assetgen.lock"), str(folder / "out")).returncode == 1


def test_with_another_engine_the_result_is_compared_it_is_said_and_bytes_may_be_insisted_on(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    folder = tmp_path / "campaign"
    shutil.copytree(built / "campaign", folder)
    assetgen("accept", folder=folder)
    lock = (folder / "assetgen.lock").read_text("utf-8")
    for key in ("sha256", "pixels"):
        lock = re.sub(rf"^  {key} [0-9a-f]+$", f"  {key} {'0' * 64}", lock, flags=re.MULTILINE)
    lock = re.sub('^engine "pango" .*$', 'engine "pango" "0"', lock, flags=re.MULTILINE)
    (folder / "assetgen.lock").write_text(lock, "utf-8")

    alike = assetgen("build", "--frozen", folder=folder)
    insisted = assetgen("build", "--frozen=bytes", folder=folder)

    (engine,) = [line for line in alike.stderr.splitlines() if "pango 0" in line]
    assert ": note: " in engine
    assert alike.returncode == 0, alike.stderr
    assert insisted.returncode == 1
    assert wording == [re.sub(r"\d+(\.\d+)+", "N", engine), *errors(insisted.stderr)]


def test_any_folder_zone_locale_mask_seed_number_of_jobs_and_order_give_the_same_bytes(
    built: Path, tmp_path: Path
) -> None:
    folder = write_tiny(tmp_path / "elsewhere")
    before = os.umask(0o077)
    try:
        for words in (("-M", "print"), ("-M", "qr"), ()):
            said = assetgen(
                "build", "-j", "2", *words, folder=folder,
                TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="7",
            )  # fmt: skip
            assert said.returncode == 0, said.stderr
    finally:
        os.umask(before)

    assert tree(folder / "out") == tree(built / "campaign/out")


# What merge refuses, with the reason and the way out


def copied(built: Path, tmp_path: Path, *names: str) -> list[Path]:
    """Return copies of shards, to be spoilt."""
    return [Path(shutil.copytree(built / name, tmp_path / name)) for name in names]


def refused(tmp_path: Path, *folders: Path) -> str:
    """Return what merge says of folders that it must not join; nothing may be written."""
    said = assetgen("merge", *map(str, folders), "-o", str(tmp_path / "joined"))

    assert said.returncode == 1, said.stdout
    assert not (tmp_path / "joined").exists()
    return said.stderr


def a_file_of(shard: Path) -> Path:
    return min(path for path in shard.rglob("*") if path.suffix in (".png", ".pdf", ".jpg", ".svg"))


def test_a_whole_build_is_no_shard(built: Path, tmp_path: Path, wording: Wording) -> None:
    said = refused(tmp_path, built / "s1", built / "s2", built / "s3", built / "campaign/out")

    assert "[bad-value]" in said and "assetgen build --shard I/N" in said
    assert wording == said


def test_a_file_that_was_altered_or_lost_on_the_way_is_named(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    shards = copied(built, tmp_path, "s1", "s2", "s3")
    altered, lost = a_file_of(shards[0]), a_file_of(shards[1])
    altered.write_bytes(altered.read_bytes() + b"\n")
    lost.unlink()

    said = refused(tmp_path, *shards)

    assert said.count("[file-altered]") == 2
    assert altered.name in said and lost.name in said
    assert wording == said


def test_shards_of_another_edition_or_another_split_are_not_joined(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    shards = copied(built, tmp_path, "s1", "s2", "s3")
    other = write_tiny(tmp_path / "other")
    edit(other, "campaign.yaml", 'edition: "1"', 'edition: "2"')
    assert assetgen("build", "--shard", "2/4", "-o", str(tmp_path / "s4"), folder=other).returncode == 0

    said = refused(tmp_path, *shards, tmp_path / "s4")

    assert said.count("[bad-value]") == 3
    assert "1/3" in said and "2/4" in said
    assert wording == said


def test_shards_of_another_state_of_the_files_are_not_joined(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    shards = copied(built, tmp_path, "s1", "s3")
    other = write_tiny(tmp_path / "other")
    edit(other, "brand/messages/hello.yaml", "Talk to us", "Ring us")
    assert assetgen("build", "--shard", "2/3", "-o", str(tmp_path / "s2"), folder=other).returncode == 0

    said = refused(tmp_path, *shards, tmp_path / "s2")

    assert "[bad-value]" in said
    assert wording == said


def test_a_shard_whose_build_was_killed_is_not_joined(built: Path, tmp_path: Path, wording: Wording) -> None:
    shards = copied(built, tmp_path, "s1", "s2", "s3")
    journal = next(shards[1].rglob("journal*"))
    journal.write_bytes(journal.read_bytes() + b"{}\n")

    said = refused(tmp_path, *shards)

    assert "2/3" in said
    assert wording == said


def test_a_shard_is_never_the_place_where_all_are_joined(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    shards = copied(built, tmp_path, "s1", "s2", "s3")
    before = tree(shards[0])

    said = assetgen("merge", *map(str, shards), "-o", str(shards[0]))

    assert said.returncode == 2 and str(shards[0]) in said.stderr
    assert wording == said.stderr
    assert tree(shards[0]) == before


def test_shards_of_a_selection_join_to_the_build_of_that_selection(built: Path, tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "campaign")
    assert assetgen("build", "-M", "qr", folder=folder).returncode == 0
    shards = [str(tmp_path / f"s{index}") for index in (1, 2)]
    for index, shard in enumerate(shards, start=1):
        said = assetgen("build", "-M", "qr", "--shard", f"{index}/2", "-o", shard, folder=folder)
        assert said.returncode == 0, said.stderr

    joined = assetgen("merge", *shards, "-o", str(tmp_path / "joined"))

    assert joined.returncode == 0, joined.stderr
    assert tree(tmp_path / "joined") == tree(folder / "out")


# What accept refuses, and what a lock can be


@pytest.fixture
def accepted(built: Path, tmp_path: Path) -> Path:
    """Return a copy of the campaign whose build is accepted."""
    folder = Path(shutil.copytree(built / "campaign", tmp_path / "campaign"))
    assert assetgen("accept", folder=folder).returncode == 0
    return folder


def test_what_was_edited_is_not_accepted_and_the_lock_stays(accepted: Path, wording: Wording) -> None:
    before = (accepted / "assetgen.lock").read_bytes()
    edited = a_file_of(accepted / "out")
    edited.write_bytes(edited.read_bytes() + b"\n")

    said = assetgen("accept", folder=accepted)

    assert said.returncode == 2 and edited.name in said.stderr
    assert wording == errors(said.stderr)
    assert (accepted / "assetgen.lock").read_bytes() == before


def test_a_shard_alone_and_an_empty_folder_are_not_accepted(
    built: Path, tmp_path: Path, wording: Wording
) -> None:
    folder = write_tiny(tmp_path / "campaign")

    nothing = assetgen("accept", folder=folder)
    shutil.copytree(built / "s1", folder / "out")
    shard = assetgen("accept", folder=folder)

    assert nothing.returncode != 0 and "assetgen build" in nothing.stderr
    assert shard.returncode == 2 and "1/3" in shard.stderr
    assert wording == [*errors(nothing.stderr), *errors(shard.stderr)]
    assert not (folder / "assetgen.lock").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: text.index("\n  look ")],
        lambda text: "<<<<<<< ours\n" + text,
        lambda text: text.replace("  sha256 ", "  sha256 xyz", 1),
        lambda text: "just words\n",
        lambda text: "",
        lambda text: text.replace('edition "1"', 'edition "1', 1),
    ],
    ids=["cut", "unfinished merge", "no digest", "no lock", "empty", "quotes"],
)
def test_a_lock_that_cannot_be_read_says_where_and_what_to_do(
    accepted: Path, spoil: Callable[[str], str], wording: Wording
) -> None:
    lock = accepted / "assetgen.lock"
    lock.write_text(spoil(lock.read_text("utf-8")), "utf-8")

    said = assetgen("build", "--frozen", folder=accepted)

    assert said.returncode == 2, said.stderr
    (told,) = errors(said.stderr)
    assert told.startswith("assetgen.lock") and told.endswith("[bad-value]") and "hint:" in said.stderr
    assert wording == told


def test_a_frozen_selection_tells_of_its_own_assets_alone(accepted: Path) -> None:
    edit(accepted, "brand/messages/hello.yaml", "Talk to us", "Ring us")

    codes = assetgen("build", "--frozen", "-M", "qr", folder=accepted)
    pages = assetgen("build", "--frozen", "-M", "print", folder=accepted)

    assert codes.returncode == 0, codes.stderr
    assert pages.returncode == 1 and pages.stderr.count("[not-accepted]") == 1


# What diff says and draws


def test_diff_tells_as_json_and_draws_before_and_after(accepted: Path, tmp_path: Path) -> None:
    before = Path(shutil.copytree(accepted / "out", tmp_path / "before"))
    edit(accepted, "brand/messages/hello.yaml", "Talk to us", "Ring us")
    assert assetgen("build", folder=accepted).returncode == 0

    said = assetgen(
        "diff", str(before), str(accepted / "out"), "--format", "json", "-o", str(tmp_path / "drawn")
    )

    told = json.loads(said.stdout)
    changed = {one["path"] for one in told["differences"]}
    drawn = {path.relative_to(tmp_path / "drawn").as_posix() for path in (tmp_path / "drawn").rglob("*.png")}
    assert said.returncode == 1
    assert len(changed) == 2 and told["findings"] == []
    assert drawn == {f"{path}.png" for path in changed}
    assert assetgen("diff", str(before), str(before)).returncode == 0
