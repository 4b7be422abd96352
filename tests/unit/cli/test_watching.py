"""``build --watch``: which saved files start a new build, and how the watch ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assetgen.cli.app import run
from assetgen.cli.commands.build import SourceFilter
from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

TIMEOUT_S = 120


@pytest.mark.parametrize(
    ("path", "is_source"),
    [
        ("campaign.yaml", True),
        ("brand/brand.yaml", True),
        ("brand/messages/worried.yaml", True),
        ("templates/beacon/style.css", True),
        ("partners/acme/logo.svg", True),
        ("partners/out/partner.yaml", True),
        ("README.md", False),
        ("brand.yaml", False),
        ("out/manifest.json", False),
        ("made/acme/a.png", False),
        ("partners/made/acme/a.png", False),
        (".assetgen/fonts/a.ttf", False),
        (".git/index", False),
        ("partners/acme/.partner.yaml.swp", False),
        ("partners/acme/partner.yaml~", False),
        ("partners/acme/partner.yaml.swx", False),
        ("partners/acme/#partner.yaml#", False),
        ("partners/acme/4913", False),
        ("templates/beacon/.style.css.kate-swp", False),
        ("brand/.git/index", False),
        ("brand/__pycache__/a.pyc", False),
        ("brand/brand.yaml.tmp", False),
    ],
)
@pytest.mark.parametrize("above", ["plain", "out", ".venv", ".git/x"])
def test_watch_filter_accepts_only_source_files(
    tmp_path: Path, above: str, path: str, is_source: bool
) -> None:
    root = tmp_path / above / "campaign"
    for out in (root / "out", root / "made", root / "partners/made"):
        if path.startswith(("made/", "partners/made/")) and not (root / path).is_relative_to(out):
            continue

        assert SourceFilter(root, out)(None, str(root / path)) is is_source


def test_watch_filter_ignores_a_file_outside_the_campaign(tmp_path: Path) -> None:
    assert not SourceFilter(tmp_path / "a", tmp_path / "a/out")(None, str(tmp_path / "brand/brand.yaml"))


def test_watch_filter_resolves_a_linked_campaign_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert SourceFilter(tmp_path / "link", tmp_path / "link/out")(None, str(tmp_path / "real/campaign.yaml"))


def test_watch_reports_a_missing_folder_and_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    code = run(["-C", str(tmp_path / "nowhere"), "build", "--watch"])

    assert code == 2
    printed = capsys.readouterr().err
    assert str(tmp_path / "nowhere") in printed and "[missing-file]" in printed
    assert wording == printed


def test_watch_rebuilds_a_campaign_below_out_only_when_a_source_is_saved(
    tmp_path: Path, wording: Wording
) -> None:
    campaign = write_tiny(tmp_path / "out" / "campaign")
    log = tmp_path / "log.txt"
    with log.open("w") as stream:
        words = ("build", "--watch", "-j", "1", "-c", "tiny-card", "-M", "social", "-o", f"{campaign}/made")
        command = [sys.executable, "-m", "assetgen", "-C", str(campaign), *words]
        running = subprocess.Popen(command, stdout=stream, stderr=stream, env={**os.environ})
    try:
        wait_until(lambda: "Ctrl-C" in log.read_text("utf-8"))
        time.sleep(1)
        (campaign / "README.md").write_text("x", "utf-8")
        time.sleep(1.5)
        assert builds(log) == 1
        message = campaign / "brand/messages/hello.yaml"
        message.write_text(message.read_text("utf-8") + "# saved\n", "utf-8")
        wait_until(lambda: builds(log) == 2)
        time.sleep(1.5)
        running.send_signal(signal.SIGINT)
        running.wait(TIMEOUT_S)
    finally:
        running.kill()
        running.wait(TIMEOUT_S)

    printed = log.read_text("utf-8")
    assert running.returncode == 130
    assert builds(log) == 2
    assert "KeyboardInterrupt" not in printed
    assert wording == [line.rstrip() for line in printed.splitlines()]


def builds(log: Path) -> int:
    """Return how many builds have ended: the last line of each ends with the output folder."""
    return sum(line.endswith("/made") for line in log.read_text("utf-8").splitlines())


def wait_until(done: object) -> None:
    """Wait until ``done()``."""
    until = time.monotonic() + TIMEOUT_S
    while not done():  # type: ignore[operator]
        assert time.monotonic() < until, f"not done after {TIMEOUT_S} s"
        time.sleep(0.05)
