"""Standard output in an old encoding, closed, full, or a pipe whose reader has gone: said, or quiet, never a bug."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from defusedxml import ElementTree

from tests.support.tiny import write_tiny
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

HANG_S = 120
FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_tiny(tmp_path_factory.mktemp("campaign"))
    message = folder / "brand/messages/hello.yaml"
    message.write_text(message.read_text("utf-8").replace("Talk to us", "Talk to üs ☎", 1), "utf-8")
    (folder / "partners/broken").mkdir()
    (folder / "partners/broken/partner.yaml").write_text("name: Ünïted ☎\nnmae: ☎ü\n", "utf-8")
    return folder


def shell(campaign: Path, words: str, **environment: str) -> tuple[int, bytes, str]:
    """Run ``assetgen`` with these words, and what they are redirected to; return code, output and talk."""
    line = f'set -o pipefail; "{sys.executable}" -m assetgen -C "{campaign}" {words}'
    done = subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=HANG_S,
        check=False,
    )
    told = done.stderr.decode("utf-8", "replace")
    assert "bug" not in told and "Traceback" not in told and "Exception ignored" not in told, told
    return done.returncode, done.stdout, told


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "utf-8"])
def test_a_table_is_printed_in_any_encoding(campaign: Path, encoding: str) -> None:
    code, out, _ = shell(campaign, "list channels -p acme", PYTHONIOENCODING=encoding)

    assert code == 1
    assert ("320 × 180 px" if encoding == "utf-8" else "320 x 180 px") in out.decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "latin-1", "utf-8"])
def test_forms_for_machines_stay_whole_in_any_encoding(campaign: Path, encoding: str) -> None:
    _, listed, _ = shell(campaign, "list messages --format json", PYTHONIOENCODING=encoding)
    _, checked, _ = shell(campaign, "check --format junit", PYTHONIOENCODING=encoding)
    _, sarif, _ = shell(campaign, "check --format sarif", PYTHONIOENCODING=encoding)

    assert json.loads(listed.decode("utf-8"))["messages"][0]["headline"] == "Talk to üs ☎"
    assert ElementTree.fromstring(checked).find(".//failure") is not None
    assert json.loads(sarif.decode("utf-8"))["runs"]


@pytest.mark.parametrize("words", ["list channels", "--version", "check --format json", "explain", "--help"])
def test_a_reader_that_has_gone_is_no_news(campaign: Path, words: str) -> None:
    _, _, told = shell(campaign, f"{words} | true")

    assert "pipe" not in told.lower()


@pytest.mark.parametrize(
    "words", ["list channels", "--version", "check --format json", "schema brand", "explain"]
)
def test_a_full_disk_is_said_and_leaves_with_1(campaign: Path, words: str, wording: Wording) -> None:
    assert FULL.exists(), "this test writes to /dev/full, which Linux has: run it there"

    code, _, told = shell(campaign, f"{words} > {FULL}")

    assert code == 1
    assert told.count("No space left") == 1
    assert wording == told.splitlines()[-1]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_change_nothing(campaign: Path, closed: str) -> None:
    code, _, _ = shell(campaign, f"list links {closed}")

    assert code == 1
