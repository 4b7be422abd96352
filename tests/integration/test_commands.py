"""Users' commands, as a user runs them: through the installed entry point, in a small campaign of their own."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assetgen.cli.commands.init import write_starter
from tests.support.command import assetgen
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

ROOT = Path(__file__).parents[2]
PARTNER = "example-county-council"


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    write_starter(folder)
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
    said = assetgen(command, "--help")

    assert said.returncode == 0
    assert said.stdout.startswith("Usage:") and "Traceback" not in said.stderr


def test_version_and_unknown_command() -> None:
    assert assetgen("--version").stdout == "assetgen 0.1.0\n"
    wrong = assetgen("bulid")
    assert wrong.returncode == 2 and "build" in wrong.stderr


def test_check_counts_and_says_that_the_facts_are_not_confirmed(campaign: Path) -> None:
    said = assetgen("check", folder=campaign)

    assert said.returncode == 0
    assert int(said.stdout.split()[0]) > 0
    assert "[fact-unconfirmed]" in said.stderr and "\x1b" not in said.stderr


def test_check_speaks_json(campaign: Path) -> None:
    said = json.loads(assetgen("check", "--format", "json", folder=campaign).stdout)

    assert said["partners"] == 1
    assert [finding["code"] for finding in said["findings"]] == ["fact-unconfirmed"]


@pytest.mark.parametrize(
    "things", ["partners", "channels", "templates", "messages", "printers", "assets", "links"]
)
def test_list_prints_a_table_and_json(campaign: Path, things: str) -> None:
    table, said = (
        assetgen("list", things, folder=campaign),
        assetgen("list", things, "--format", "json", folder=campaign),
    )

    assert table.returncode == said.returncode == 0
    assert len(table.stdout.splitlines()) >= 2
    assert json.loads(said.stdout)[things]


def test_build_makes_what_is_selected_and_the_rest_stays(tmp_path: Path, built_starter: Path) -> None:
    campaign = Path(shutil.copytree(built_starter, tmp_path / "campaign"))

    said = assetgen("build", "-c", "disp-mpu", "--format", "json", folder=campaign)

    assert said.returncode == 0, said.stderr
    assert set(json.loads(said.stdout)) == {
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


def test_a_fault_in_one_message_stops_that_message_alone(campaign: Path) -> None:
    message = sorted((campaign / "brand/messages").glob("*.yaml"))[0]
    message.write_text(message.read_text("utf-8") + "\nfr-FR: {headlin: {short: x}}\n", "utf-8")

    said = assetgen("build", "-c", "ig-square", folder=campaign)

    assert said.returncode == 1
    assert f"brand/messages/{message.name}:" in said.stderr and "[unknown-key]" in said.stderr
    made = json.loads((campaign / "out/manifest.json").read_text("utf-8"))["assets"]
    assert made and message.stem not in {entry["message"] for entry in made}


def test_a_broken_campaign_is_said_in_one_run_without_a_traceback(campaign: Path) -> None:
    (campaign / "campaign.yaml").write_text("name: [\n", "utf-8")
    (campaign / "brand/brand.yaml").write_bytes(b"\xff\xfe\x00")

    said = assetgen("build", folder=campaign)

    assert said.returncode == 2
    assert "campaign.yaml:" in said.stderr and "brand/brand.yaml" in said.stderr
    assert "Traceback" not in said.stderr


def test_qr_writes_svg_png_and_pdf(campaign: Path) -> None:
    said = assetgen("qr", PARTNER, folder=campaign)

    assert said.returncode == 0
    assert {Path(line.split()[0]).suffix for line in said.stdout.splitlines()} == {".svg", ".png", ".pdf"}
    assert "https://www.example.org/" in said.stdout


def test_there_is_no_gallery_before_a_build(campaign: Path) -> None:
    assert assetgen("gallery", folder=campaign).returncode == 2


def test_explain_schema_and_doctor(campaign: Path) -> None:
    assert "text-overflow" in assetgen("explain", "text-overflow").stdout
    assert assetgen("explain", "text-overflo").returncode == 2
    assert json.loads(assetgen("schema", "partner").stdout)["properties"]["name"]
    assert assetgen("doctor", folder=campaign).returncode == 0


def test_ctrl_c_leaves_whole_files_and_says_130(campaign: Path) -> None:
    """The interrupt comes while the workers draw; what is in out/ is then named in the manifest, whole."""
    command = [sys.executable, "-m", "assetgen", "-C", str(campaign), "build", "--force", "-j", "2"]
    build = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 120
    while not list((campaign / "out").rglob("*.jpg")) and build.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    build.send_signal(signal.SIGINT)
    _, said = build.communicate(timeout=60)

    assert build.returncode == 130, said
    assert "Traceback" not in said
    named = {entry["path"] for entry in json.loads((campaign / "out/manifest.json").read_text())["assets"]}
    there = {
        path.relative_to(campaign / "out").as_posix()
        for path in (campaign / "out" / PARTNER).rglob("*")
        if path.is_file()
    }
    assert there == named


def test_what_is_known_is_listed_though_nothing_is_planned_of_it(campaign: Path) -> None:
    def ids(*words: str) -> list[str]:
        said = assetgen("-C", str(campaign), "list", *words, "--format", "json")
        assert said.returncode == 0, said.stderr
        return [row["id"] for row in json.loads(said.stdout)[words[0]]]

    assert ids("channels", "-c", "poster-a3") == ["poster-a3"]
    assert ids("channels", "-c", "bus-t-side") == ["bus-t-side"]
    assert set(ids("channels", "-M", "email")) == {"email-header", "email-signature"}
    assert ids("messages", "-m", "online") == ["online"]
    assert ids("templates", "-t", "beacon") == ["beacon"]


def test_verbose_says_what_is_read_and_what_is_made(campaign: Path, wording: Wording) -> None:
    said = assetgen("-C", str(campaign), "-v", "build", "-c", "ig-square", "-m", "worried", "-j", "1")

    first, second = said.stderr.splitlines()[:2]
    assert first.endswith(" campaign.yaml") and second.endswith(" brand/brand.yaml")
    assert "1/1 example-county-council/worried/ig-square/en-GB\n" in said.stderr
    assert wording == [first, second]


def test_an_option_that_belongs_before_the_command_is_told_so(campaign: Path, wording: Wording) -> None:
    said = assetgen("-C", str(campaign), "build", "-q")

    assert said.returncode == 2
    assert "assetgen -q … build" in said.stderr
    assert wording == said.stderr.splitlines()[-1]
