"""The main commands, each run in a process of its own and in a small campaign of its own."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command_line import run_assetgen
from tests.support.example_campaign import make_campaign
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

ROOT = Path(__file__).parents[2]
PARTNER = "example-county-council"


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    make_campaign(folder)
    return folder


@pytest.mark.parametrize(
    "command",
    [
        "init",
        "doctor",
        "check",
        "list",
        "build",
        "qr",
        "gallery",
        "explain",
        "schema",
        "accept",
        "diff",
        "merge",
    ],
)
def test_every_command_has_help(command: str) -> None:
    result = run_assetgen(command, "--help")

    assert result.returncode == 0
    assert result.stdout.startswith("Usage:") and "Traceback" not in result.stderr


def test_version_is_printed_and_an_unknown_command_is_rejected() -> None:
    assert run_assetgen("--version").stdout == "assetgen 0.1.0\n"
    unknown = run_assetgen("bulid")
    assert unknown.returncode == 2 and "build" in unknown.stderr


def test_check_prints_counts_and_reports_unconfirmed_facts(campaign: Path) -> None:
    result = run_assetgen("check", folder=campaign)

    assert result.returncode == 0
    assert int(result.stdout.split()[0]) > 0
    assert "[fact-unconfirmed]" in result.stderr and "\x1b" not in result.stderr


def test_check_prints_its_report_as_json(campaign: Path) -> None:
    report = json.loads(run_assetgen("check", "--format", "json", folder=campaign).stdout)

    assert report["partners"] == 1
    assert [finding["code"] for finding in report["findings"]] == ["fact-unconfirmed"]


@pytest.mark.parametrize(
    "kind", ["partners", "channels", "templates", "messages", "printers", "assets", "links"]
)
def test_list_prints_a_table_or_json(campaign: Path, kind: str) -> None:
    table, as_json = (
        run_assetgen("list", kind, folder=campaign),
        run_assetgen("list", kind, "--format", "json", folder=campaign),
    )

    assert table.returncode == as_json.returncode == 0
    assert len(table.stdout.splitlines()) >= 2
    assert json.loads(as_json.stdout)[kind]


def test_build_renders_the_selection_and_keeps_the_rest(tmp_path: Path, built_example: Path) -> None:
    campaign = Path(shutil.copytree(built_example, tmp_path / "campaign"))

    result = run_assetgen("build", "-c", "disp-mpu", "--format", "json", folder=campaign)

    assert result.returncode == 0, result.stderr
    assert set(json.loads(result.stdout)) == {
        "built",
        "cached",
        "failed",
        "skipped",
        "removed",
        "unreached",
        "seconds",
        "findings",
    }
    manifest = json.loads((campaign / "out" / "manifest.json").read_text("utf-8"))
    assert {entry["channel"] for entry in manifest["assets"]} == {"ig-square", "disp-mpu"}
    assert set(manifest) == {"schema", "campaign", "edition", "engine", "assets"}


def test_an_error_in_a_message_fails_only_that_message(campaign: Path) -> None:
    message = campaign / "brand/messages/loved-one.yaml"
    message.write_text(message.read_text("utf-8") + "\nfr-FR: {headlin: {short: x}}\n", "utf-8")

    result = run_assetgen("build", "-c", "ig-square", folder=campaign)

    assert result.returncode == 1
    assert f"brand/messages/{message.name}:" in result.stderr and "[unknown-key]" in result.stderr
    assets = json.loads((campaign / "out/manifest.json").read_text("utf-8"))["assets"]
    assert assets and message.stem not in {entry["message"] for entry in assets}


def test_all_errors_of_a_broken_campaign_are_reported_in_one_run(campaign: Path) -> None:
    (campaign / "campaign.yaml").write_text("name: [\n", "utf-8")
    (campaign / "brand/brand.yaml").write_bytes(b"\xff\xfe\x00")

    result = run_assetgen("build", folder=campaign)

    assert result.returncode == 2
    assert "campaign.yaml:" in result.stderr and "brand/brand.yaml" in result.stderr
    assert "Traceback" not in result.stderr


def test_qr_writes_svg_png_and_pdf(campaign: Path) -> None:
    result = run_assetgen("qr", PARTNER, folder=campaign)

    assert result.returncode == 0
    assert {Path(line.split()[0]).suffix for line in result.stdout.splitlines()} == {".svg", ".png", ".pdf"}
    assert "https://www.example.org/" in result.stdout


def test_gallery_fails_before_the_first_build(campaign: Path) -> None:
    assert run_assetgen("gallery", folder=campaign).returncode == 2


def test_explain_schema_and_doctor_print_their_results(campaign: Path) -> None:
    assert "text-overflow" in run_assetgen("explain", "text-overflow").stdout
    assert run_assetgen("explain", "text-overflo").returncode == 2
    assert json.loads(run_assetgen("schema", "partner").stdout)["properties"]["name"]
    assert run_assetgen("doctor", folder=campaign).returncode == 0


def test_ctrl_c_leaves_complete_files_and_exits_with_130(campaign: Path) -> None:
    """Interrupt while the workers render: every file in out/ is complete and listed in the manifest."""
    command = [sys.executable, "-m", "assetgen", "-C", str(campaign), "build", "--force", "-j", "2"]
    build = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while (
        not list((campaign / "out").rglob("*.jpg")) and build.poll() is None and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    build.send_signal(signal.SIGINT)
    _, errors = build.communicate(timeout=60)

    assert build.returncode == 130, errors
    assert "Traceback" not in errors
    named = {entry["path"] for entry in json.loads((campaign / "out/manifest.json").read_text())["assets"]}
    found = {
        path.relative_to(campaign / "out").as_posix()
        for path in (campaign / "out" / PARTNER).rglob("*")
        if path.is_file()
    }
    assert found == named


def test_list_shows_items_for_which_no_asset_is_planned(campaign: Path) -> None:
    def ids(*arguments: str) -> list[str]:
        result = run_assetgen("-C", str(campaign), "list", *arguments, "--format", "json")
        assert result.returncode == 0, result.stderr
        return [row["id"] for row in json.loads(result.stdout)[arguments[0]]]

    assert ids("channels", "-c", "poster-a3") == ["poster-a3"]
    assert ids("channels", "-c", "bus-t-side") == ["bus-t-side"]
    assert set(ids("channels", "-M", "email")) == {"email-header", "email-signature"}
    assert ids("messages", "-m", "online") == ["online"]
    assert ids("templates", "-t", "beacon") == ["beacon"]


def test_verbose_lists_the_files_read_and_the_assets_built(campaign: Path, wording: Wording) -> None:
    result = run_assetgen("-C", str(campaign), "-v", "build", "-c", "ig-square", "-m", "worried", "-j", "1")

    first, second = result.stderr.splitlines()[:2]
    assert first.endswith(" campaign.yaml") and second.endswith(" brand/brand.yaml")
    assert "1/1 example-county-council/worried/ig-square/en-GB\n" in result.stderr
    assert wording == [first, second]


def test_the_error_for_a_global_option_after_the_command_shows_its_place(
    campaign: Path, wording: Wording
) -> None:
    result = run_assetgen("-C", str(campaign), "build", "-q")

    assert result.returncode == 2
    assert "assetgen -q … build" in result.stderr
    assert wording == result.stderr.splitlines()[-1]
