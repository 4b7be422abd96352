"""Builds that stop early, by Ctrl-C or ``--fail-fast``: only files that were built are reported as built."""

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
from tests.support.tiny_campaign import CARD_ID, SHEET_ID, STYLE_CSS, write_tiny
from tests.support.wording import Wording


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """Write a campaign of two assets and the three files of one partner's QR code."""
    return write_tiny(tmp_path)


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C while the second asset is rendered, just after the first was moved into place."""
    results = LocalPool.results

    def results_then_interrupt(pool: LocalPool[Any, Any]) -> Generator[list[TaskResult[Any, Any]]]:
        with closing(results(pool)) as batches:
            yield next(batches)
            os.kill(os.getpid(), signal.SIGINT)
            yield from batches

    monkeypatch.setattr(LocalPool, "results", results_then_interrupt)


def entries(campaign: Path) -> list[dict[str, Any]]:
    assets: list[dict[str, Any]] = json.loads((campaign / "out/manifest.json").read_text("utf-8"))["assets"]
    return assets


@pytest.mark.usefixtures("interrupted")
def test_interrupted_qr_command_exits_with_130_and_prints_the_finished_files(
    campaign: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    code = run(["-C", str(campaign), "qr", "acme"])

    output = capsys.readouterr()
    (built,) = entries(campaign)
    assert code == 130
    assert output.out == f"{campaign}/out/{built['path']}  https://www.example.org/\n"
    assert wording == output.err.splitlines()[-1]


@pytest.mark.usefixtures("interrupted")
def test_summary_of_an_interrupted_build_counts_built_and_unreached_assets(
    campaign: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    code = run(["-C", str(campaign), "build", "-j", "1"])

    output = capsys.readouterr()
    (built,) = entries(campaign)
    assert code == 130
    assert re.findall(r"\d+", output.out)[:6] == ["1", "0", "0", "0", "0", "4"]
    header, row = (line.split() for line in output.err.splitlines() if line.startswith(("partner", "acme")))
    assert (header[:2], row) == (["partner", built["medium"]], ["acme", "1"])
    assert wording == [output.out, " ".join(header[2:])]


@pytest.mark.usefixtures("interrupted")
def test_junit_report_of_an_interrupted_build_names_only_built_assets(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["-C", str(campaign), "build", "-j", "1", "--format", "junit"])
    cases = [case.get("name") for case in ElementTree.fromstring(capsys.readouterr().out).iter("testcase")]

    assert cases == ["input", entries(campaign)[0]["id"]]


@pytest.mark.usefixtures("interrupted")
def test_json_report_of_an_interrupted_build_names_no_unreached_asset(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The line that is added is an error in both assets.
    write_tiny(campaign, {"templates/bare/style.css": STYLE_CSS + ".headline { colour: red }\n"})

    run(["-C", str(campaign), "build", "-j", "1", "-c", "tiny-*", "--format", "json"])

    report = json.loads(capsys.readouterr().out)
    assert (report["built"], report["failed"], report["unreached"]) == (0, 1, 1)
    assert [finding["asset"] for finding in report["findings"] if finding["asset"]] in ([CARD_ID], [SHEET_ID])


def test_fail_fast_finishes_running_tasks_and_counts_unreached_assets(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny(campaign, {"templates/bare/style.css": ".headline { colr: red; }\n"})

    code = run(["-C", str(campaign), "build", "-j", "1", "--fail-fast", "--format", "json"])

    report = json.loads(capsys.readouterr().out)
    assert code == 1
    assert (report["built"], report["failed"], report["unreached"]) == (0, 2, 3)
