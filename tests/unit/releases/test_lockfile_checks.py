"""What differs between an accepted asset and the one that was built is said in words; what is no lock is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.releases.lockfile import Accepted, Lock, lock_text
from assetgen.releases.lockfile_checks import accept, differing, read_lock

ONE = Accepted(
    "acme/a.png", "acme/a", "a" * 64, None, {"headline": "1", "alt": "2"}, "https://e.org/", None, "0" * 16
)


def fault(path: Path) -> tuple[str, str]:
    with pytest.raises(CampaignError) as raised:
        read_lock(path)
    (finding,) = raised.value.findings
    return finding.code, finding.text


def test_pictures_and_inputs_apart_the_same_asset_does_not_differ() -> None:
    assert differing(ONE, replace(ONE, sha256="b" * 64, inputs="1" * 16)) == []


def test_all_that_differs_is_said_at_once() -> None:
    now = replace(ONE, id="acme/b", words={"headline": "3", "body": "4"}, link=None, click="https://e.org/c")

    assert differing(ONE, now) == [
        "its id was acme/a",
        "other words (alt, body, headline)",
        "another link (none, was https://e.org/)",
        "another click (https://e.org/c, was none)",
    ]


def test_a_lock_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "assetgen.lock"
    path.write_text(lock_text(Lock("Door", "1", {"assetgen": "1"}, {ONE.path: ONE})), "utf-8")

    assert read_lock(path).assets == {ONE.path: ONE}


def test_a_lock_that_is_not_there_says_that_nothing_was_accepted(tmp_path: Path) -> None:
    code, text = fault(tmp_path / "assetgen.lock")

    assert code == "missing-file" and text.endswith("nothing was accepted yet")


def test_a_lock_that_is_a_folder_or_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")

    assert fault(tmp_path / "folder")[0] == "missing-file"
    assert fault(tmp_path / "bytes")[1].endswith("is not text in UTF-8")


def test_nothing_is_accepted_where_nothing_was_built(tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        accept(tmp_path, tmp_path / "out")

    assert raised.value.findings[0].code == "missing-file"
    assert not (tmp_path / "assetgen.lock").exists()
