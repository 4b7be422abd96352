"""Output redirected in a shell: old encodings, closed streams and pipes, and a full disk never cause a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from defusedxml import ElementTree

from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

TIMEOUT_S = 120
FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a campaign with non-ASCII texts and one invalid partner."""
    folder = write_tiny(tmp_path_factory.mktemp("campaign"))
    message = folder / "brand/messages/hello.yaml"
    message.write_text(message.read_text("utf-8").replace("Talk to us", "Talk to üs ☎", 1), "utf-8")
    (folder / "partners/broken").mkdir()
    (folder / "partners/broken/partner.yaml").write_text("name: Ünïted ☎\nnmae: ☎ü\n", "utf-8")
    return folder


def shell(
    campaign: Path, words: str, *, stdout: int = subprocess.PIPE, **environment: str
) -> tuple[int, bytes, str]:
    """Run ``assetgen`` with these words and redirections; return exit code, standard output and standard error.

    ``stdout`` is a file descriptor to write to instead. The standard output that is returned is then empty.
    """
    script = f'set -o pipefail; "{sys.executable}" -m assetgen -C "{campaign}" {words}'
    done = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, **environment},
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=TIMEOUT_S,
        check=False,
    )
    errors = done.stderr.decode("utf-8", "replace")
    for unwanted in ("bug", "Traceback", "Exception ignored"):
        assert unwanted not in errors, errors
    return done.returncode, done.stdout or b"", errors


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "utf-8"])
def test_a_table_is_printed_in_any_encoding(campaign: Path, encoding: str) -> None:
    code, out, _ = shell(campaign, "list channels -p acme", PYTHONIOENCODING=encoding)

    assert code == 1
    assert ("320 × 180 px" if encoding == "utf-8" else "320 x 180 px") in out.decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "latin-1", "utf-8"])
def test_machine_formats_stay_valid_in_any_encoding(campaign: Path, encoding: str) -> None:
    _, listed, _ = shell(campaign, "list messages --format json", PYTHONIOENCODING=encoding)
    _, checked, _ = shell(campaign, "check --format junit", PYTHONIOENCODING=encoding)
    _, sarif, _ = shell(campaign, "check --format sarif", PYTHONIOENCODING=encoding)

    assert json.loads(listed.decode("utf-8"))["messages"][0]["headline"] == "Talk to üs ☎"
    assert ElementTree.fromstring(checked).find(".//failure") is not None
    assert json.loads(sarif.decode("utf-8"))["runs"]


NO_FOLDER = "-C /no-such-folder check --format json"


@pytest.mark.parametrize(
    "words", ["list channels", "--version", "check --format json", NO_FOLDER, "explain", "--help"]
)
def test_a_closed_pipe_is_not_reported(campaign: Path, words: str) -> None:
    # The reader is closed before the command starts, so that even one short line cannot be written.
    reader, writer = os.pipe()
    os.close(reader)
    try:
        code, _, errors = shell(campaign, words, stdout=writer)
    finally:
        os.close(writer)

    assert code == 1, "the output was written"
    assert "pipe" not in errors.lower()
    assert "standard output" not in errors


@pytest.mark.parametrize(
    "words", ["list channels", "--version", "check --format json", NO_FOLDER, "schema brand", "explain"]
)
def test_a_full_disk_is_reported_once_and_exits_with_1(campaign: Path, words: str, wording: Wording) -> None:
    assert FULL.exists(), "this test writes to /dev/full, which Linux has: run it there"

    code, _, errors = shell(campaign, f"{words} > {FULL}")

    assert code == 1
    assert errors.count("No space left") == 1
    assert wording == errors.splitlines()[-1]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"], ids=["stdout", "stderr", "both"])
def test_closed_streams_do_not_change_the_exit_code(campaign: Path, closed: str) -> None:
    code, _, _ = shell(campaign, f"list links {closed}")

    assert code == 1
