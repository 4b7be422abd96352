"""The command line in its own process: exit codes, output streams, machine formats and changed files."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree

from assetgen import __version__
from tests.support.command_line import run_assetgen as run_command
from tests.support.example_campaign import make_campaign
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

PARTNER = "example-county-council"
SQUARE = ("-c", "ig-square", "-m", "worried")
TIMEOUT_S = 120
# An installation puts this script beside Python; without an installation it does not exist.
SCRIPT = Path(sys.executable).with_name("assetgen")
ENTRY_POINTS = [[sys.executable, "-m", "assetgen"], *([[str(SCRIPT)]] if SCRIPT.is_file() else [])]
ESCAPE = "\x1b"

# Simulates a machine without Pango: the library of the layout engine cannot be loaded.
NO_PANGO = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
sys.meta_path.insert(0, Missing())
"""


def assetgen(*words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end without a terminal; check that it shows no traceback."""
    result = run_command(*words, cwd=cwd, **environment)  # type: ignore[arg-type]
    assert "Traceback" not in result.stdout + result.stderr, result.stderr
    # A bug in assetgen is reported with a hint that names --debug. The help of that option is allowed.
    hints = [line for line in result.stderr.splitlines() if "--debug" in line]
    assert [line for line in hints if not line.startswith("  --debug ")] == [], result.stderr
    return result


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """Return a campaign as ``assetgen init`` writes it."""
    folder = tmp_path / "campaign"
    make_campaign(folder)
    return folder


@pytest.fixture
def built(tmp_path: Path, built_example: Path) -> Path:
    """Return the same campaign with its two square posts built."""
    return Path(shutil.copytree(built_example, tmp_path / "built"))


def add_partner(campaign: Path, name: str) -> Path:
    """Add a copy of the starter's partner; return its file."""
    shutil.copytree(campaign / "partners" / PARTNER, campaign / "partners" / name)
    return campaign / "partners" / name / "partner.yaml"


def entries(out: Path) -> dict[str, dict[str, object]]:
    """Return the manifest's entries by id."""
    return {entry["id"]: entry for entry in json.loads((out / "manifest.json").read_text("utf-8"))["assets"]}


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of each file below a folder, except the build database, which records how files were written."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.parts[-2:] != (".assetgen", "state")
    }


@pytest.mark.parametrize("entry", ENTRY_POINTS, ids=lambda entry: Path(entry[-1]).name)
def test_every_entry_point_runs_the_same_command(entry: list[str]) -> None:
    result = subprocess.run(
        [*entry, "--version"], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, f"assetgen {__version__}\n", "")


def test_help_lists_every_command() -> None:
    result = assetgen("--help")

    assert (result.returncode, result.stderr) == (0, "")
    for command in ("init", "doctor", "check", "list", "build", "qr", "gallery", "explain", "schema"):
        assert f"\n  {command} " in result.stdout


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("build", "--partner --channel --medium --message --template --locale --out --jobs --force --fail-fast "
                  "--guides --dry-run --explain --watch --format --strict"),
        ("check", "--partner --channel --medium --message --template --locale --format --strict"),
        ("list", "--partner --channel --medium --message --template --locale --format partners|channels|templates"),
        ("qr", "partner --out --format"),
        ("gallery", "--out"),
        ("init", "DIR --name --number --address --colour --font --blank change"),
        ("new", "message template channel"),
        ("explain", "code"),
        ("schema", "campaign|brand|message|partner|channels|printers|template"),
        ("doctor", "machine"),
    ],
)  # fmt: skip
def test_command_help_lists_every_argument_and_option(command: str, words: str) -> None:
    result = assetgen(command, "--help")

    assert (result.returncode, result.stderr) == (0, "")
    assert [word for word in words.split() if word not in result.stdout] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "Usage:"),
        (("bulid",), "'build'"),
        (("build", "--forse"), "--force"),
        (("build", "-j", "0"), "--jobs"),
        (("build", "check"), "(check)"),
        (("list", "nothing"), "'partners', 'channels'"),
        (("schema", "nothing"), "'campaign', 'brand'"),
        (("check", "--format", "pdf"), "'text', 'json', 'github', 'sarif', 'junit'"),
        (("explain", "text-overflo"), "text-overflow"),
        (("qr",), "PARTNER"),
    ],
    ids=lambda words: " ".join(words) or "no arguments" if isinstance(words, tuple) else "",
)
def test_a_usage_error_exits_with_2_and_shows_the_correct_usage(
    words: tuple[str, ...], expected: str
) -> None:
    result = assetgen(*words)

    assert (result.returncode, result.stdout) == (2, "")
    assert expected in result.stderr


@pytest.mark.parametrize(
    "command", [("check",), ("build",), ("list", "assets"), ("qr", PARTNER)], ids=" ".join
)
def test_a_command_outside_a_campaign_folder_exits_with_2(
    tmp_path: Path, command: tuple[str, ...], wording: Wording
) -> None:
    missing, file = tmp_path / "nowhere", Path(__file__)
    messages = []
    for folder, shown in ((tmp_path, "campaign.yaml"), (missing, str(missing)), (file, str(file))):
        result = assetgen("-C", str(folder), *command)

        assert (result.returncode, result.stdout) == (2, "")
        lines = [line for line in result.stderr.splitlines() if line.endswith("[missing-file]")]
        assert len([line for line in lines if shown in line]) == 1
        assert "assetgen init DIR" in result.stderr
        messages.append(result.stderr.replace(str(file), "<file>"))
    assert list(tmp_path.iterdir()) == []
    assert wording == messages


@pytest.mark.parametrize(
    ("option", "word", "nearest"),
    [
        ("--partner", "example-county", PARTNER),
        ("--channel", "ig-squar", "ig-square"),
        ("--medium", "socail", "social"),
        ("--message", "worred", "worried"),
        ("--template", "beakon", "beacon"),
        ("--locale", "en-BG", "en-GB"),
    ],
)
def test_a_selection_that_matches_nothing_suggests_the_nearest_id(
    campaign: Path, option: str, word: str, nearest: str, wording: Wording
) -> None:
    result = assetgen("-C", str(campaign), "check", option, word)

    assert (result.returncode, result.stdout) == (2, "")
    assert f"{option} {word} " in result.stderr and "[unknown-id]" in result.stderr
    assert nearest in result.stderr.splitlines()[1]
    assert wording == result.stderr
    assert not (campaign / "out").exists()


@pytest.mark.parametrize("command", ["build", "build --dry-run", "check", "list assets"])
def test_selecting_an_invalid_message_reports_its_error_not_an_unknown_id(
    campaign: Path, command: str
) -> None:
    message = campaign / "brand/messages/worried.yaml"
    message.write_text(message.read_text("utf-8") + "headlin: x\n", "utf-8")

    result = assetgen("-C", str(campaign), *command.split(), *SQUARE)

    assert result.returncode == 1
    assert "brand/messages/worried.yaml:" in result.stderr and "[unknown-key]" in result.stderr
    assert "[unknown-id]" not in result.stderr  # the empty selection is only a consequence of the error


def test_results_go_to_stdout_and_messages_to_stderr(campaign: Path, wording: Wording) -> None:
    built = assetgen("-C", str(campaign), "build", *SQUARE)
    quiet = assetgen("-C", str(campaign), "-q", "build", *SQUARE)
    listed = assetgen("-C", str(campaign), "list", "assets", *SQUARE)

    assert built.returncode == quiet.returncode == listed.returncode == 0
    assert built.stdout.startswith("1 ")
    assert "[fact-unconfirmed]" in built.stderr
    assert quiet.stdout == ""
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [
        "id",
        f"{PARTNER}/worried/ig-square/en-GB",
    ]
    assert listed.stderr.startswith("1 ")
    assert wording == [built.stdout, listed.stderr]


@pytest.mark.parametrize("form", ["json", "github", "sarif", "junit"])
def test_a_machine_format_prints_nothing_but_its_report(built: Path, form: str) -> None:
    result = assetgen("-C", str(built), "build", *SQUARE, "--format", form)

    assert (result.returncode, result.stderr) == (0, "")
    assert "fact-unconfirmed" in result.stdout


def break_partner(campaign: Path) -> None:
    """Add an unknown key to the partner's file."""
    file = campaign / "partners" / PARTNER / "partner.yaml"
    file.write_text(file.read_text("utf-8") + "nmae: Acme\n", "utf-8")


def test_json_report_describes_a_finding_with_every_key(campaign: Path, wording: Wording) -> None:
    break_partner(campaign)

    result = assetgen("-C", str(campaign), "check", "--format", "json")

    assert result.returncode == 1
    first = json.loads(result.stdout)["findings"][0]
    assert wording == [first.pop("text"), first.pop("hint")]
    assert {**first, "line": 0} == {
        "code": "unknown-key",
        "severity": "error",
        "file": f"partners/{PARTNER}/partner.yaml",
        "line": 0,
        "column": 1,
        "asset": None,
        "box": None,
    }


def test_github_annotation_paths_start_at_the_repository_root(campaign: Path) -> None:
    break_partner(campaign)

    result = assetgen("-C", campaign.name, "check", "--format", "github", cwd=campaign.parent)

    assert result.returncode == 1
    assert result.stdout.startswith(f"::error file=campaign/partners/{PARTNER}/partner.yaml,line=")
    assert all(
        line.startswith(("::error ", "::warning ", "::notice ")) for line in result.stdout.splitlines()
    )


def test_sarif_report_defines_a_rule_for_each_result(campaign: Path) -> None:
    break_partner(campaign)

    (run,) = json.loads(assetgen("-C", str(campaign), "check", "--format", "sarif").stdout)["runs"]

    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules == {"unknown-key", "fact-unconfirmed"}
    assert run["results"][0]["level"] == "error"
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] == 1


def test_junit_report_lists_passed_assets_and_failures(campaign: Path) -> None:
    valid = assetgen("-C", str(campaign), "build", *SQUARE, "--format", "junit")
    break_partner(campaign)
    broken = assetgen("-C", str(campaign), "check", "--format", "junit")

    passed: Element = ElementTree.fromstring(valid.stdout)
    failed: Element = ElementTree.fromstring(broken.stdout)
    assert (passed.get("failures"), failed.get("failures")) == ("0", "1")
    assert any("ig-square" in (case.get("name") or "") for case in passed.iter("testcase"))
    assert [failure.get("type") for failure in failed.iter("failure")] == ["unknown-key"]


@pytest.mark.parametrize(
    "words",
    [("check",), ("list", "channels"), ("build", *SQUARE), ("doctor",), ("explain", "weight"), ("--help",)],
    ids=" ".join,
)
def test_output_in_a_pipe_has_no_colour(campaign: Path, words: tuple[str, ...]) -> None:
    result = assetgen("-C", str(campaign), *words, TERM="xterm-256color", COLORTERM="truecolor")

    assert ESCAPE not in result.stdout + result.stderr
    assert "\r" not in result.stdout + result.stderr


def test_color_option_overrides_the_environment_but_machine_formats_stay_plain(campaign: Path) -> None:
    coloured = assetgen("-C", str(campaign), "--color", "always", "check")
    despite_no_color = assetgen("-C", str(campaign), "--color", "always", "check", NO_COLOR="1")
    never = assetgen("-C", str(campaign), "--color", "never", "check", FORCE_COLOR="1")
    machine = assetgen("-C", str(campaign), "--color", "always", "check", "--format", "json")

    assert ESCAPE in coloured.stderr and ESCAPE in despite_no_color.stderr
    assert ESCAPE not in never.stdout + never.stderr
    assert ESCAPE not in machine.stdout and json.loads(machine.stdout)


def test_hostile_folder_names_are_escaped_and_reported(campaign: Path) -> None:
    for name in (
        f"a{ESCAPE}[31mred",
        "two\nlines",
        "::error file=x::y",
        "[bold]m",
        "CON",
        "ünïcode",
        "a" * 60,
    ):
        folder = campaign / "partners" / name
        folder.mkdir()
        (folder / "partner.yaml").write_text(f"name: 'x{name[:3].strip()}'\n".replace(ESCAPE, ""), "utf-8")

    result = assetgen("-C", str(campaign), "check")
    listed = assetgen("-C", str(campaign), "list", "partners")
    github = assetgen("check", "--format", "github", cwd=campaign)

    assert result.returncode == listed.returncode == github.returncode == 1
    assert result.stderr.count("[bad-id]") == 7
    assert ESCAPE not in result.stdout + result.stderr + github.stdout
    assert r"a\x1b[31mred" in result.stderr and r"two\nlines" in result.stderr and "[bold]m" in result.stderr
    assert all(
        line.startswith(("::error file=partners/", "::notice file=brand/"))
        for line in github.stdout.splitlines()
    )
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["id", PARTNER]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[",
        b"a: &x [*x]",
        b"- 1\n- 2",
        b"!!python/object:os.system {}",
        b"x" * 3_000_000,
        b"{" * 5000,
        b"a: 1\na: 2",
        b"\x00",
    ],
    ids=[
        "empty",
        "wrong encoding",
        "unclosed list",
        "recursive alias",
        "list",
        "python tag",
        "huge",
        "deeply nested",
        "duplicate key",
        "nul byte",
    ],
)
def test_check_reports_an_invalid_campaign_file_by_name(campaign: Path, content: bytes) -> None:
    file = "campaign.yaml"
    (campaign / file).write_bytes(content)

    result = assetgen("-C", str(campaign), "check")

    assert result.returncode == 2
    assert f"{file}:" in result.stderr
    assert ": error: " in result.stderr


def test_build_writes_only_into_the_given_output_folder(campaign: Path, tmp_path: Path) -> None:
    result = assetgen("-C", campaign.name, "build", *SQUARE, "-o", "posters/today", cwd=tmp_path)

    assert result.returncode == 0
    assert result.stdout.rstrip().endswith("posters/today")
    assert set(entries(tmp_path / "posters/today")) == {f"{PARTNER}/worried/ig-square/en-GB"}
    assert not (campaign / "out").exists()


def test_build_into_a_file_exits_with_2_and_keeps_the_file(campaign: Path, wording: Wording) -> None:
    before = (campaign / "campaign.yaml").read_bytes()

    result = assetgen("-C", str(campaign), "build", *SQUARE, "-o", str(campaign / "campaign.yaml"))

    assert result.returncode == 2
    assert str(campaign / "campaign.yaml") in result.stderr and "[bad-value]" in result.stderr
    assert wording == result.stderr
    assert (campaign / "campaign.yaml").read_bytes() == before


def test_missing_layout_engine_exits_with_3_and_doctor_shows_how_to_install_it(
    campaign: Path, tmp_path: Path, wording: Wording
) -> None:
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(NO_PANGO, "utf-8")
    path = os.pathsep.join(filter(None, (str(guard), os.environ.get("PYTHONPATH"))))

    built = assetgen("-C", str(campaign), "build", *SQUARE, PYTHONPATH=path)
    doctor = assetgen("-C", str(campaign), "doctor", PYTHONPATH=path)

    assert (built.returncode, doctor.returncode) == (3, 3)
    assert "cannot load library 'libpango-1.0-0' [machine]" in built.stderr
    assert "assetgen doctor" in built.stderr
    name = doctor.stderr.strip().partition(": ")[2]
    (line,) = [line for line in doctor.stdout.splitlines() if line.startswith(name)]
    assert "pango" in line.lower()  # how to install it depends on the machine
    assert wording == [built.stderr, doctor.stderr]


def test_dry_run_lists_builds_and_removals_and_changes_no_file(campaign: Path) -> None:
    second = add_partner(campaign, "second")
    assetgen("-C", str(campaign), "build", *SQUARE)
    removed = [entry["path"] for entry in entries(campaign / "out").values() if entry["partner"] == "second"]
    shutil.rmtree(second.parent)
    before = contents(campaign)

    text = assetgen("-C", str(campaign), "build", "--dry-run", "-M", "social", "-m", "worried")
    report = json.loads(assetgen("-C", str(campaign), "build", "--dry-run", "--format", "json").stdout)

    assert text.returncode == 0
    listed = [line.split()[1] for line in text.stdout.splitlines()]
    planned = [asset_id for asset_id in listed if asset_id.startswith(PARTNER)]
    assert f"{PARTNER}/worried/ig-story/en-GB" in planned
    assert report["kept"] == [f"{PARTNER}/worried/ig-square/en-GB"]
    assert all(asset_id.split("/")[1] == "worried" for asset_id in planned)
    assert [path for path in listed if path not in planned] == removed
    assert len(report["make"]) == len(report["new"]) == 34
    assert report["remove"] == removed
    assert contents(campaign) == before


def test_build_explain_prints_the_rebuild_reason_of_an_asset(campaign: Path, wording: Wording) -> None:
    first = assetgen("-C", str(campaign), "build", "--explain", *SQUARE)
    forced = assetgen("-C", str(campaign), "build", "--explain", "--force", *SQUARE)

    asset = f"{PARTNER}/worried/ig-square/en-GB"
    lines = [result.stdout.splitlines()[0] for result in (first, forced)]
    assert [line.partition(": ")[0] for line in lines] == [asset, asset]
    assert wording == lines


def test_guides_writes_one_picture_per_file_outside_the_output_folder(campaign: Path, tmp_path: Path) -> None:
    selection = ("-c", "ig-story", "-c", "poster-a4", "-m", "worried")
    assetgen("-C", str(campaign), "build", *selection, "-o", str(tmp_path / "plain"))

    result = assetgen("-C", str(campaign), "build", *selection, "--guides")

    assert result.returncode == 0
    guides = sorted(path.name for path in (campaign / ".assetgen/guides").rglob("*.png"))
    assert len(guides) == 3  # the poster also has a variant for office printers
    assert guides[0].split("_")[3] == "ig-story" and guides[1].split("_")[3] == "poster-a4"
    assert contents(campaign / "out") == contents(tmp_path / "plain")


def test_an_invalid_partner_keeps_its_old_files_marked_stale_while_others_build(
    campaign: Path,
) -> None:
    file = add_partner(campaign, "second")
    valid = file.read_text("utf-8")
    assetgen("-C", str(campaign), "build", *SQUARE)
    old = {path: digest for path, digest in contents(campaign / "out").items() if path.startswith("second/")}
    file.write_text(valid + "nmae: x\n", "utf-8")

    broken = assetgen("-C", str(campaign), "build", "-c", "ig-square", "--format", "json")
    after_error = entries(campaign / "out")
    file.write_text(valid, "utf-8")
    repaired = assetgen("-C", str(campaign), "build", *SQUARE)

    assert broken.returncode == 1
    assert {key: json.loads(broken.stdout)[key] for key in ("built", "cached")} == {"built": 1, "cached": 1}
    assert after_error["second/worried/ig-square/en-GB"]["stale"] is True
    assert all("stale" not in entry for name, entry in after_error.items() if name.startswith(PARTNER))
    assert old
    assert repaired.returncode == 0
    assert {
        path: digest for path, digest in contents(campaign / "out").items() if path.startswith("second/")
    } == old
    assert all("stale" not in entry for entry in entries(campaign / "out").values())


def test_qr_of_an_unknown_partner_lists_the_known_partners(campaign: Path, wording: Wording) -> None:
    result = assetgen("-C", str(campaign), "qr", "nobody")

    assert (result.returncode, result.stdout) == (2, "")
    assert PARTNER in result.stderr
    assert wording == result.stderr


def test_gallery_is_written_into_the_given_output_folder(built: Path, tmp_path: Path) -> None:
    moved = (built / "out").rename(tmp_path / "moved")

    result = assetgen("gallery", "-o", str(moved))

    assert result.returncode == 0
    assert result.stdout.strip() == str(moved / "index.html")
    assert "ig-square" in (moved / "index.html").read_text("utf-8")


def test_doctor_finds_every_part_on_this_machine(campaign: Path, wording: Wording) -> None:
    result = assetgen("-C", str(campaign), "doctor")

    assert (result.returncode, result.stderr) == (0, "")
    _, *rows = (re.split(r"\s{2,}", line) for line in result.stdout.splitlines())
    parts = [name for name, *_ in rows]
    (state,) = {state for _, state, *_ in rows}
    assert {"python", "weasyprint", "pango"} <= set(parts)
    # Parts that are neither a package nor a library have a name that assetgen chose.
    assert wording == [state, *(name for name in parts if " " in name)]


def test_doctor_writes_nothing_outside_a_campaign_folder(tmp_path: Path) -> None:
    assetgen("-C", str(tmp_path), "doctor")

    assert list(tmp_path.iterdir()) == []


def test_explain_lists_every_code_and_accepts_a_code_in_brackets() -> None:
    listed = assetgen("explain")
    one = assetgen("explain", "[text-overflow]")

    codes = [line.split()[0] for line in listed.stdout.splitlines()]
    assert listed.returncode == one.returncode == 0
    assert codes == sorted(codes) and {"text-overflow", "locked-fact", "stale"} <= set(codes)
    assert one.stdout.startswith("# text-overflow: ")


def test_an_interrupted_build_exits_with_130_and_lists_its_files_in_the_manifest(campaign: Path) -> None:
    running = start(campaign, "build", "-j", "1")
    wait_for(lambda: (campaign / "out/.assetgen").is_dir() or running.poll() is not None)

    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=TIMEOUT_S)

    assert running.returncode == 130, errors
    assert "Traceback" not in errors
    files = {path for path in contents(campaign / "out") if path.startswith(PARTNER)}
    assert files == {entry["path"] for entry in entries(campaign / "out").values()}


@pytest.fixture
def watching(campaign: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """Yield the log and the process of a watch after its first build; kill it if it still runs after the test."""
    log = campaign.parent / "log.txt"
    with log.open("w") as stream:
        command = [*ENTRY_POINTS[-1], "-C", str(campaign), "build", "--watch", *SQUARE]
        running = subprocess.Popen(command, stdout=stream, stderr=stream, text=True)
        try:
            wait_for(lambda: "Ctrl-C" in log.read_text("utf-8"))
            yield log, running
        finally:
            if running.poll() is None:
                running.kill()
                running.wait(TIMEOUT_S)


def test_watch_survives_an_invalid_file_and_ends_with_ctrl_c(
    campaign: Path, watching: tuple[Path, subprocess.Popen[str]]
) -> None:
    log, running = watching
    message = campaign / "brand/messages/worried.yaml"
    valid = message.read_text("utf-8")

    save_until(message, valid + "headlin: x\n", lambda: "[unknown-key]" in log.read_text("utf-8"))
    builds_before = len(builds(log))
    repaired = valid.replace("Worried about", "Uneasy about", 1)
    save_until(message, repaired, lambda: "1" in builds(log)[builds_before:])
    running.send_signal(signal.SIGINT)
    running.wait(TIMEOUT_S)

    printed = log.read_text("utf-8")
    assert running.returncode in (0, 130), printed
    assert ": worried.yaml\n" in printed
    assert "Traceback" not in printed
    assert set(entries(campaign / "out")) == {f"{PARTNER}/worried/ig-square/en-GB"}


def test_watch_does_not_rebuild_while_nothing_is_saved(watching: tuple[Path, subprocess.Popen[str]]) -> None:
    """The files that a build writes must not start the next build."""
    log, running = watching

    time.sleep(3)

    assert running.poll() is None
    assert builds(log) == ["1"]


def builds(log: Path) -> list[str]:
    """Return how many assets each build built: the first word of its last line, which ends with the folder."""
    return [line.split()[0] for line in log.read_text("utf-8").splitlines() if line.endswith("/out")]


def start(campaign: Path, *words: str) -> subprocess.Popen[str]:
    """Start the command without waiting for its end."""
    command = [*ENTRY_POINTS[-1], "-C", str(campaign), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def save_until(file: Path, text: str, done: Callable[[], bool]) -> None:
    """Save a file every few seconds until ``done()``: the watch may not have begun when it is first saved."""
    until = time.monotonic() + TIMEOUT_S
    while not done():
        assert time.monotonic() < until, f"saving {file.name} had no effect in {TIMEOUT_S} s"
        file.write_text(text, "utf-8")
        pause = time.monotonic() + 5
        while not done() and time.monotonic() < pause:
            time.sleep(0.05)


def wait_for(ready: Callable[[], bool]) -> None:
    """Wait until ``ready()``."""
    until = time.monotonic() + TIMEOUT_S
    while not ready():
        assert time.monotonic() < until, f"not ready after {TIMEOUT_S} s"
        time.sleep(0.02)
