"""Comparing built assets with the lockfile: every difference is reported, an unusable lockfile refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.releases.lockfile import LockedAsset, Lockfile, format_lockfile
from assetgen.releases.lockfile_checks import describe_changes, read_lockfile, write_lockfile
from tests.support.wording import Wording

ONE = LockedAsset(
    "acme/a.png", "acme/a", "a" * 64, None, {"headline": "1", "alt": "2"}, "https://e.org/", None, "0" * 16
)


def lock_error(path: Path) -> tuple[str, str]:
    with pytest.raises(CampaignError) as raised:
        read_lockfile(path)
    (finding,) = raised.value.findings
    return finding.code, finding.text


def test_different_hash_and_inputs_alone_are_not_a_difference() -> None:
    assert describe_changes(ONE, replace(ONE, sha256="b" * 64, inputs="1" * 16)) == []


def test_all_differences_of_an_asset_are_reported_together(wording: Wording) -> None:
    now = replace(ONE, id="acme/b", words={"headline": "3", "body": "4"}, link=None, click="https://e.org/c")

    differences = describe_changes(ONE, now)

    expected = zip(
        differences, ("acme/a", "alt, body, headline", "https://e.org/", "https://e.org/c"), strict=True
    )
    assert all(named in one for one, named in expected)
    assert wording == differences


def test_lockfile_is_read_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "assetgen.lock"
    path.write_text(format_lockfile(Lockfile("Door", "1", {"assetgen": "1"}, {ONE.path: ONE})), "utf-8")

    assert read_lockfile(path).assets == {ONE.path: ONE}


def test_missing_lockfile_is_reported(tmp_path: Path, wording: Wording) -> None:
    code, text = lock_error(tmp_path / "assetgen.lock")

    assert code == "missing-file"
    assert wording == text


def test_lockfile_that_is_a_folder_or_not_text_is_refused(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")

    (folder_code, _), (_, text) = lock_error(tmp_path / "folder"), lock_error(tmp_path / "bytes")
    assert folder_code == "missing-file"
    assert "bytes" in text
    assert wording == text


def test_accept_is_refused_if_nothing_was_built(tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        write_lockfile(tmp_path, tmp_path / "out")

    assert raised.value.findings[0].code == "missing-file"
    assert not (tmp_path / "assetgen.lock").exists()
