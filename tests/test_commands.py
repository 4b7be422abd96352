"""Users' commands, as a user runs them: through the installed entry point, in a small campaign of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assetgen.cli.starter import write_starter

ROOT = Path(__file__).parent.parent
PARTNER = "example-county-council"


def assetgen(*words: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; a hang guard, no assertion on time."""
    place = ["-C", str(folder)] if folder else []
    return subprocess.run(
        [sys.executable, "-m", "assetgen", *place, *words],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **environment},
    )


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
    assert "assets planned" in said.stdout
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


def test_a_selection_that_matches_nothing_names_the_nearest(campaign: Path) -> None:
    said = assetgen("build", "-c", "ig-squar", folder=campaign)

    assert said.returncode == 2
    assert "--channel ig-squar matches nothing [unknown-id]" in said.stderr
    assert "did you mean ig-square?" in said.stderr
    assert not (campaign / "out" / "manifest.json").exists()


def test_build_makes_what_is_selected_and_the_rest_stays(campaign: Path) -> None:
    first = assetgen("build", "-c", "ig-square", folder=campaign)
    second = assetgen("build", "-c", "disp-mpu", "--format", "json", folder=campaign)

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert set(json.loads(second.stdout)) == {
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


def test_the_same_campaign_gives_the_same_bytes_in_any_folder_time_zone_and_number_of_jobs(
    campaign: Path, tmp_path: Path
) -> None:
    other = tmp_path / "another place"
    shutil.copytree(campaign, other)
    chosen = ("build", "-c", "ig-square", "-c", "poster-a4", "-M", "qr", "-c", "card-wallet")
    assetgen("build", "-c", "ig-square", "-c", "poster-a4", "-j", "1", folder=campaign, TZ="UTC")
    assetgen(*chosen[:5], "-j", "2", folder=other, TZ="Asia/Tokyo", PYTHONHASHSEED="7", LC_ALL="C")

    hashes = [
        {
            entry["path"]: entry["sha256"]
            for entry in json.loads((folder / "out/manifest.json").read_text())["assets"]
        }
        for folder in (campaign, other)
    ]
    assert len(hashes[0]) >= 3
    assert hashes[0] == hashes[1]


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


def test_dry_run_says_what_it_would_do_and_does_nothing(campaign: Path) -> None:
    said = assetgen("build", "--dry-run", "-c", "ig-square", folder=campaign)

    assert said.returncode == 0
    assert all(line.startswith("new ") for line in said.stdout.splitlines())
    assert not (campaign / "out").exists()


def test_guides_lie_outside_out(campaign: Path) -> None:
    said = assetgen("build", "--guides", "-c", "ig-story", folder=campaign)

    assert said.returncode == 0
    assert list((campaign / ".assetgen/guides").rglob("*.png"))
    assert all(path.suffix != ".html" for path in (campaign / "out").rglob("*"))


def test_qr_writes_svg_png_and_pdf(campaign: Path) -> None:
    said = assetgen("qr", PARTNER, folder=campaign)

    assert said.returncode == 0
    assert {Path(line.split()[0]).suffix for line in said.stdout.splitlines()} == {".svg", ".png", ".pdf"}
    assert "https://www.example.org/" in said.stdout


def test_gallery_is_one_page(campaign: Path) -> None:
    assert assetgen("gallery", folder=campaign).returncode == 2
    assetgen("build", "-c", "ig-square", folder=campaign)

    said = assetgen("gallery", folder=campaign)

    assert said.returncode == 0
    assert (campaign / "out/index.html").read_text("utf-8").count("ig-square") >= 1


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


def test_watch_builds_again_when_a_file_is_saved(campaign: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "assetgen",
        "-C",
        str(campaign),
        "build",
        "--watch",
        "-c",
        "ig-square",
        "-m",
        "worried",
    ]
    build = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    manifest = campaign / "out/manifest.json"
    message = campaign / "brand/messages/worried.yaml"
    try:
        wait_for(manifest.exists)
        before = manifest.read_text("utf-8")
        wait_for(lambda: _saved_and_seen(message, manifest, before))
    finally:
        build.send_signal(signal.SIGINT)
        _, said = build.communicate(timeout=60)

    assert "changed: worried.yaml" in said
    assert "Traceback" not in said


def _saved_and_seen(message: Path, manifest: Path, before: str) -> bool:
    """Save the message anew (the watch may not have begun at the first save) and see whether it was built."""
    text = message.read_text("utf-8")
    message.write_text(text.rstrip("#") + "#", "utf-8")
    time.sleep(1)
    return manifest.read_text("utf-8") != before


def wait_for(ready: object, limit_s: float = 120) -> None:
    until = time.monotonic() + limit_s
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)


LIGHT_COMMANDS = [["--help"], ["list", "channels"], ["check"], ["schema", "brand"], ["explain", "yaml"]]


@pytest.mark.parametrize("words", LIGHT_COMMANDS, ids=" ".join)
def test_light_commands_never_import_the_layout_engine(words: list[str]) -> None:
    script = (
        "import sys; from assetgen.cli.app import run; code = run(sys.argv[1:]);"
        "print('LOADED', sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, "-C", str(ROOT), *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert said.returncode == 0, said.stderr
    assert "LOADED" in said.stderr and "'weasyprint'" not in said.stderr


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


def test_verbose_says_what_is_read_and_what_is_made(campaign: Path) -> None:
    said = assetgen("-C", str(campaign), "-v", "build", "-c", "ig-square", "-m", "worried", "-j", "1")

    assert "read campaign.yaml\n" in said.stderr
    assert "read brand/brand.yaml\n" in said.stderr
    assert "1/1 example-county-council/worried/ig-square/en-GB\n" in said.stderr


def test_an_option_that_belongs_before_the_command_is_told_so(campaign: Path) -> None:
    said = assetgen("-C", str(campaign), "build", "-q")

    assert said.returncode == 2
    assert "hint: -q goes before the command: assetgen -q … build" in said.stderr
