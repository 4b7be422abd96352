"""Shards joined are one build; what was accepted is held against what is built: through the commands themselves."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from campaigns import edit
from test_commands import assetgen
from tiny import write_tiny


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


def test_a_missing_shard_is_named_and_nothing_is_written(built: Path, tmp_path: Path) -> None:
    said = assetgen("merge", str(built / "s1"), str(built / "s3"), "-o", str(tmp_path / "out"))

    assert said.returncode == 1 and "shard 2/3 is missing" in said.stderr
    assert not (tmp_path / "out").exists()


def test_the_lock_lets_the_same_pass_and_names_what_differs(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    shutil.copytree(built / "campaign", folder)
    assert assetgen("build", "--frozen", folder=folder).returncode == 2
    assert assetgen("accept", folder=folder).returncode == 0
    assert assetgen("build", "--frozen=bytes", folder=folder).returncode == 0
    edit(folder, "brand/messages/hello.yaml", "Talk to us", "Ring us")

    said = assetgen("build", "--frozen", folder=folder)

    assert said.returncode == 1 and "other words (headline)" in said.stderr
    assert assetgen("diff", str(folder / "assetgen.lock"), str(folder / "out")).returncode == 1


def test_with_another_engine_the_result_is_compared_it_is_said_and_bytes_may_be_insisted_on(
    built: Path, tmp_path: Path
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

    assert "written with another engine (pango 0 →" in alike.stderr
    assert alike.returncode == 0, alike.stderr
    assert insisted.returncode == 1 and "other bytes" in insisted.stderr


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
