"""The build cache: which files it returns, what it does not trust, and what it prunes first."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen.building.build_cache import (
    MAX_RESULTS_PER_RECORD,
    BuildCache,
    CachedFile,
    CheckVerdict,
    measure_cache,
    prune_cache,
    prune_if_grown,
)
from assetgen.building.fingerprint import CampaignHashes
from assetgen.findings import Finding, Severity
from tests.support.command_line import run_assetgen
from tests.support.two_asset_campaign import BuiltCampaign
from tests.support.wording import Wording

FINGERPRINT = "a" * 64
WARNING = Finding("weight", "heavy", severity=Severity.WARNING, box=(1.0, 2.0, 3.0, 4.0), role="headline")
REGION = {"role": "number", "box": [1.0, 2.0, 3.0, 4.0], "mask": None}


def reads(**hashes: str) -> CampaignHashes:
    return CampaignHashes(Path("nowhere"), {}, {f"{name}.css": value for name, value in hashes.items()})


def cached_file(content: bytes = b"picture", **hashes: str) -> CachedFile:
    drawn = tuple(sorted((f"{name}.css", value) for name, value in (hashes or {"style": "1"}).items()))
    verdict = CheckVerdict("proofs", (WARNING,), (REGION,))
    return CachedFile(drawn, content, b"page" * 1000, "f" * 64, {"tier": "long/short"}, verdict)


@pytest.fixture
def build_cache(tmp_path: Path) -> BuildCache:
    build_cache = BuildCache(tmp_path / ".assetgen")
    with build_cache.locked_for_use():
        build_cache.add(FINGERPRINT, "draws", cached_file())
    return build_cache


def test_cached_file_is_returned_with_its_check_result(build_cache: BuildCache) -> None:
    assert build_cache.find(FINGERPRINT, "draws", reads(style="1")) == cached_file()


@pytest.mark.parametrize(
    ("fingerprint", "renderer", "style"),
    [("b" * 64, "draws", "1"), (FINGERPRINT, "other", "1"), (FINGERPRINT, "draws", "2")],
    ids=["different fingerprint", "different renderer", "different stylesheet"],
)
def test_file_from_different_inputs_is_not_returned(
    build_cache: BuildCache, fingerprint: str, renderer: str, style: str
) -> None:
    assert build_cache.find(fingerprint, renderer, reads(style=style)) is None


def test_files_of_two_branches_are_cached_side_by_side(build_cache: BuildCache) -> None:
    build_cache.add(FINGERPRINT, "draws", cached_file(b"other", style="2"))

    assert [build_cache.find(FINGERPRINT, "draws", reads(style=one)) for one in "12"] == [
        cached_file(),
        cached_file(b"other", style="2"),
    ]


def test_only_the_newest_results_of_a_fingerprint_are_kept(build_cache: BuildCache) -> None:
    for number in range(MAX_RESULTS_PER_RECORD):
        build_cache.add(FINGERPRINT, "draws", cached_file(style=f"n{number}"))

    assert build_cache.find(FINGERPRINT, "draws", reads(style="1")) is None
    assert build_cache.find(FINGERPRINT, "draws", reads(style="n0"))


def test_input_that_was_missing_and_now_exists_is_a_cache_miss(build_cache: BuildCache) -> None:
    entry = CachedFile((("part.css", None),), b"x", None, None, {}, None)
    build_cache.add("c" * 64, "draws", entry)

    assert build_cache.find("c" * 64, "draws", reads()) == entry
    assert build_cache.find("c" * 64, "draws", reads(part="1")) is None


def flip_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "corrupt",
    [flip_bit, lambda path: path.write_bytes(b""), Path.unlink],
    ids=["flipped bit", "emptied", "deleted"],
)
def test_corrupt_object_is_a_cache_miss_and_is_replaced(
    build_cache: BuildCache, corrupt: Callable[[Path], object]
) -> None:
    for path in (build_cache.root / "objects").rglob("*"):
        if path.is_file():
            corrupt(path)

    assert build_cache.find(FINGERPRINT, "draws", reads(style="1")) is None
    build_cache.add(FINGERPRINT, "draws", cached_file())
    assert build_cache.find(FINGERPRINT, "draws", reads(style="1")) == cached_file()


def test_record_truncated_at_any_length_is_a_cache_miss(build_cache: BuildCache) -> None:
    (record,) = build_cache.records()
    complete = record.read_bytes()

    for length in range(len(complete)):
        record.write_bytes(complete[:length])
        assert build_cache.find(FINGERPRINT, "draws", reads(style="1")) is None


def test_cache_from_another_machine_returns_files_without_check_results(
    build_cache: BuildCache, tmp_path: Path
) -> None:
    foreign = BuildCache(tmp_path / "ci" / ".assetgen")
    shutil.copytree(build_cache.root, foreign.root)

    cached = foreign.find(FINGERPRINT, "draws", reads(style="1"))

    assert cached and (cached.content, cached.verdict) == (b"picture", None)


def test_cache_writable_by_others_returns_no_check_results(build_cache: BuildCache) -> None:
    build_cache.root.chmod(0o770)

    cached = build_cache.find(FINGERPRINT, "draws", reads(style="1"))

    assert cached and cached.verdict is None


def test_check_result_edited_by_hand_is_not_trusted(build_cache: BuildCache) -> None:
    (record,) = build_cache.records()
    record.write_bytes(record.read_bytes().replace(b"proofs", b"proved"))

    cached = build_cache.find(FINGERPRINT, "draws", reads(style="1"))

    assert cached and cached.verdict is None


def test_pruning_removes_the_least_recently_used_files(build_cache: BuildCache) -> None:
    names = [letter * 64 for letter in "bcd"]
    for age, name in enumerate(names):
        build_cache.add(name, "draws", cached_file(os.urandom(2000)))
        os.utime(build_cache.root / "works" / name[:2] / name, (1000 - age, 1000 - age))
    os.utime(build_cache.root / "works" / FINGERPRINT[:2] / FINGERPRINT, (1, 1))

    pruned = prune_cache(build_cache, measure_cache(build_cache).bytes - 3000)

    assert {path.name for path in build_cache.records()} == set(names[:2])
    assert pruned.records == 2
    assert build_cache.find(names[0], "draws", reads(style="1"))


def test_pruning_starts_once_a_tenth_of_the_limit_was_added(build_cache: BuildCache) -> None:
    prune_if_grown(build_cache, 5, limit_bytes=100)
    assert build_cache.records()

    prune_if_grown(build_cache, 6, limit_bytes=100)
    assert not build_cache.records()


def test_cache_in_use_is_not_pruned(build_cache: BuildCache) -> None:
    with build_cache.locked_for_use():
        prune_if_grown(build_cache, 50, limit_bytes=100)

    assert build_cache.records()


# Through the command line


@pytest.fixture
def campaign(tmp_path: Path, built_example: Path) -> BuiltCampaign:
    return BuiltCampaign(tmp_path / "campaign", built_example)


def test_deleted_output_is_restored_from_the_cache_byte_for_byte(campaign: BuiltCampaign) -> None:
    clean = campaign.output_files()
    shutil.rmtree(campaign.root / "out")

    assert campaign.built_and_cached() == (0, 2)
    assert campaign.output_files() == clean


def test_corrupt_cached_file_is_rendered_again_and_never_reaches_out(campaign: BuiltCampaign) -> None:
    clean = campaign.output_files()
    shutil.rmtree(campaign.root / "out")
    for path in (campaign.root / ".assetgen/store/objects").rglob("*"):
        if path.is_file():
            flip_bit(path)

    assert campaign.built_and_cached() == (2, 0)
    assert campaign.output_files() == clean


def test_forged_picture_in_a_foreign_cache_fails_its_preflight_checks(campaign: BuiltCampaign) -> None:
    build_cache = BuildCache(campaign.root / ".assetgen")
    for record in build_cache.records():
        body = json.loads(record.read_bytes().partition(b"\n")[2])
        with build_cache.locked_for_use():
            body["works"][0]["content"] = build_cache._write_object(b"no picture at all")
        record.write_bytes(b"\n" + json.dumps(body).encode())
    (campaign.root / ".assetgen/seal").unlink()
    shutil.rmtree(campaign.root / "out")

    report = campaign.build()

    assert (report["failed"], report["built"], report["cached"]) == (2, 0, 0)
    assert not list((campaign.root / "out").glob("*/en-GB/**/*.jpg"))


def test_force_renders_again_and_writes_the_same_files(campaign: BuiltCampaign) -> None:
    clean = campaign.output_files()

    assert campaign.built_and_cached("--force") == (2, 0)
    assert campaign.output_files() == clean


def test_cache_command_reports_prunes_and_clears_the_cache(campaign: BuiltCampaign) -> None:
    def cache(*words: str) -> str:
        return run_assetgen("cache", *words, folder=campaign.root).stdout

    assert cache("info").startswith("2 ")
    assert cache("prune", "--max-size", "1GB").startswith("0 ")
    assert cache("prune", "--max-size", "0").startswith("2 ")
    campaign.build("--force")
    assert cache("clear").startswith("2 ")
    assert cache("info").startswith("0 ")
    assert campaign.built_and_cached() == (0, 2)


def test_cache_prune_rejects_an_invalid_size(campaign: BuiltCampaign, wording: Wording) -> None:
    result = run_assetgen("cache", "prune", "--max-size", "much", folder=campaign.root)

    assert result.returncode == 2
    assert "'much'" in result.stderr
    assert wording == result.stderr.splitlines()[-1]
