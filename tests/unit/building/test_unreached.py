"""A build that ends early, by Ctrl-C or ``--fail-fast``: only what was really made is said to be made."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree

from assetgen.building.pool.executor import TaskResult
from assetgen.building.pool.local_pool import LocalPool
from assetgen.cli.app import run
from tests.support.tiny import write_tiny
from tests.support.wording import Wording


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign of two assets and the three files of one partner's QR code."""
    return write_tiny(tmp_path)


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C while the second asset is drawn: the first was put in its place just before."""
    results = LocalPool.results

    def stopping(pool: LocalPool[Any, Any]) -> Generator[list[TaskResult[Any, Any]]]:
        with closing(results(pool)) as batches:
            yield next(batches)
            os.kill(os.getpid(), signal.SIGINT)
            yield from batches

    monkeypatch.setattr(LocalPool, "results", stopping)


def entries(campaign: Path) -> list[dict[str, Any]]:
    assets: list[dict[str, Any]] = json.loads((campaign / "out/manifest.json").read_text("utf-8"))["assets"]
    return assets


@pytest.mark.usefixtures("interrupted")
def test_qr_that_is_interrupted_leaves_with_130_and_prints_what_is_there(
    campaign: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    code = run(["-C", str(campaign), "qr", "acme"])

    said = capsys.readouterr()
    (made,) = entries(campaign)
    assert code == 130
    assert said.out == f"{campaign}/out/{made['path']}  https://www.example.org/\n"
    assert wording == said.err.splitlines()[-1]


@pytest.mark.usefixtures("interrupted")
def test_the_summary_counts_what_was_made_and_names_what_was_not_reached(
    campaign: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    code = run(["-C", str(campaign), "build", "-j", "1"])

    said = capsys.readouterr()
    (made,) = entries(campaign)
    assert code == 130
    assert re.findall(r"\d+", said.out)[:6] == ["1", "0", "0", "0", "0", "4"]
    header, row = (line.split() for line in said.err.splitlines() if line.startswith(("partner", "acme")))
    assert (header[:2], row) == (["partner", made["medium"]], ["acme", "1"])
    assert wording == [said.out, " ".join(header[2:])]


@pytest.mark.usefixtures("interrupted")
def test_junit_and_json_name_no_asset_that_was_not_made(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["-C", str(campaign), "build", "-j", "1", "--format", "junit"])
    cases = [case.get("name") for case in ElementTree.fromstring(capsys.readouterr().out).iter("testcase")]

    assert cases == ["input", entries(campaign)[0]["id"]]


def test_fail_fast_finishes_what_is_in_hand_and_counts_what_was_never_begun(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny(campaign, {"templates/bare/style.css": ".headline { color: var(--nothing); }\n"})

    code = run(["-C", str(campaign), "build", "-j", "1", "--fail-fast", "--format", "json"])

    said = json.loads(capsys.readouterr().out)
    assert code == 1
    assert (said["built"], said["failed"], said["unreached"]) == (0, 2, 3)
