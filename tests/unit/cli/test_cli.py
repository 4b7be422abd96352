"""The command line's manners: exit codes, which stream says what, forms that machines read, nothing touched unasked."""

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
from assetgen.cli.commands.init import write_starter
from tests.support.command import assetgen as run_command
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

PARTNER = "example-county-council"
SQUARE = ("-c", "ig-square", "-m", "worried")
HANG_S = 120
# The script that an installation puts beside Python; a checkout that runs from its source has none.
SCRIPT = Path(sys.executable).with_name("assetgen")
ENTRIES = [[sys.executable, "-m", "assetgen"], *([[str(SCRIPT)]] if SCRIPT.is_file() else [])]
ESCAPE = "\x1b"

# Stands in for a machine without Pango: the engine's library cannot be loaded.
NO_PANGO = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
sys.meta_path.insert(0, Missing())
"""


def assetgen(*words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, as in a pipe; no run may show a traceback."""
    said = run_command(*words, cwd=cwd, **environment)  # type: ignore[arg-type]
    assert "Traceback" not in said.stdout + said.stderr, said.stderr
    # The hint beside a bug in assetgen; the line of --debug itself is part of the help.
    hints = [line for line in said.stderr.splitlines() if "--debug" in line]
    assert [line for line in hints if not line.startswith("  --debug ")] == [], said.stderr
    return said


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    write_starter(folder)
    return folder


@pytest.fixture
def built(tmp_path: Path, built_starter: Path) -> Path:
    """The same with its two square posts built."""
    return Path(shutil.copytree(built_starter, tmp_path / "built"))


def add_partner(campaign: Path, name: str) -> Path:
    """Add a partner like the starter's own; return its file."""
    shutil.copytree(campaign / "partners" / PARTNER, campaign / "partners" / name)
    return campaign / "partners" / name / "partner.yaml"


def entries(out: Path) -> dict[str, dict[str, object]]:
    """Return the manifest's entries by id."""
    return {one["id"]: one for one in json.loads((out / "manifest.json").read_text("utf-8"))["assets"]}


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of each file below a folder, but for what a build notes of how its own files were written."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.parts[-2:] != (".assetgen", "state")
    }


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: Path(entry[-1]).name)
def test_every_way_in_is_the_same_command(entry: list[str]) -> None:
    said = subprocess.run([*entry, "--version"], capture_output=True, text=True, timeout=HANG_S, check=False)

    assert (said.returncode, said.stdout, said.stderr) == (0, f"assetgen {__version__}\n", "")


def test_the_help_names_every_command() -> None:
    said = assetgen("--help")

    assert (said.returncode, said.stderr) == (0, "")
    for command in ("init", "doctor", "check", "list", "build", "qr", "gallery", "explain", "schema"):
        assert f"\n  {command} " in said.stdout


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("build", "--partner --channel --medium --message --template --locale --out --jobs --force --fail-fast "
                  "--guides --dry-run --explain --watch --format --strict"),
        ("check", "--partner --channel --medium --message --template --locale --format --strict"),
        ("list", "--partner --channel --medium --message --template --locale --format partners|channels|templates"),
        ("qr", "partner --out --format"),
        ("gallery", "--out"),
        ("init", "DIR invented"),
        ("explain", "code"),
        ("schema", "campaign|brand|message|partner|channels|printers|template"),
        ("doctor", "machine"),
    ],
)  # fmt: skip
def test_a_command_s_help_names_all_that_it_takes(command: str, words: str) -> None:
    said = assetgen(command, "--help")

    assert (said.returncode, said.stderr) == (0, "")
    assert [word for word in words.split() if word not in said.stdout] == []


@pytest.mark.parametrize(
    ("words", "told"),
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
    ids=lambda words: " ".join(words) or "nothing" if isinstance(words, tuple) else "",
)
def test_a_wrong_call_leaves_with_2_and_says_what_is_right(words: tuple[str, ...], told: str) -> None:
    said = assetgen(*words)

    assert (said.returncode, said.stdout) == (2, "")
    assert told in said.stderr


@pytest.mark.parametrize(
    "command", [("check",), ("build",), ("list", "assets"), ("qr", PARTNER)], ids=" ".join
)
def test_a_folder_that_is_no_campaign_leaves_with_2(
    tmp_path: Path, command: tuple[str, ...], wording: Wording
) -> None:
    nowhere, file = tmp_path / "nowhere", Path(__file__)
    told = []
    for folder, shown in ((tmp_path, "campaign.yaml"), (nowhere, str(nowhere)), (file, str(file))):
        said = assetgen("-C", str(folder), *command)

        assert (said.returncode, said.stdout) == (2, "")
        lines = [line for line in said.stderr.splitlines() if line.endswith("[missing-file]")]
        assert len([line for line in lines if shown in line]) == 1
        assert "assetgen init DIR" in said.stderr
        told.append(said.stderr.replace(str(file), "<file>"))
    assert list(tmp_path.iterdir()) == []
    assert wording == told


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
def test_a_selection_that_matches_nothing_names_the_nearest(
    campaign: Path, option: str, word: str, nearest: str, wording: Wording
) -> None:
    said = assetgen("-C", str(campaign), "check", option, word)

    assert (said.returncode, said.stdout) == (2, "")
    assert f"{option} {word} " in said.stderr and "[unknown-id]" in said.stderr
    assert nearest in said.stderr.splitlines()[1]
    assert wording == said.stderr
    assert not (campaign / "out").exists()


@pytest.mark.parametrize("command", ["build", "build --dry-run", "check", "list assets"])
def test_a_message_that_cannot_be_read_is_told_when_it_alone_is_selected(
    campaign: Path, command: str
) -> None:
    message = campaign / "brand/messages/worried.yaml"
    message.write_text(message.read_text("utf-8") + "headlin: x\n", "utf-8")

    said = assetgen("-C", str(campaign), *command.split(), *SQUARE)

    assert said.returncode == 1
    assert "brand/messages/worried.yaml:" in said.stderr and "[unknown-key]" in said.stderr
    assert "[unknown-id]" not in said.stderr  # that it has nothing to build follows from the fault


def test_results_go_to_stdout_and_talk_to_stderr(campaign: Path, wording: Wording) -> None:
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
def test_a_form_for_machines_has_stdout_to_itself(built: Path, form: str) -> None:
    said = assetgen("-C", str(built), "build", *SQUARE, "--format", form)

    assert (said.returncode, said.stderr) == (0, "")
    assert "fact-unconfirmed" in said.stdout


def break_partner(campaign: Path) -> None:
    file = campaign / "partners" / PARTNER / "partner.yaml"
    file.write_text(file.read_text("utf-8") + "nmae: Acme\n", "utf-8")


def test_json_says_each_fault_with_all_its_keys(campaign: Path, wording: Wording) -> None:
    break_partner(campaign)

    said = assetgen("-C", str(campaign), "check", "--format", "json")

    assert said.returncode == 1
    first = json.loads(said.stdout)["findings"][0]
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


def test_github_annotates_the_file_from_the_repository_s_root(campaign: Path) -> None:
    break_partner(campaign)

    said = assetgen("-C", campaign.name, "check", "--format", "github", cwd=campaign.parent)

    assert said.returncode == 1
    assert said.stdout.startswith(f"::error file=campaign/partners/{PARTNER}/partner.yaml,line=")
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in said.stdout.splitlines())


def test_sarif_is_a_log_whose_results_have_their_rules(campaign: Path) -> None:
    break_partner(campaign)

    (run,) = json.loads(assetgen("-C", str(campaign), "check", "--format", "sarif").stdout)["runs"]

    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules == {"unknown-key", "fact-unconfirmed"}
    assert run["results"][0]["level"] == "error"
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] == 1


def test_junit_names_what_passed_and_what_failed(campaign: Path) -> None:
    whole = assetgen("-C", str(campaign), "build", *SQUARE, "--format", "junit")
    break_partner(campaign)
    broken = assetgen("-C", str(campaign), "check", "--format", "junit")

    passed: Element = ElementTree.fromstring(whole.stdout)
    failed: Element = ElementTree.fromstring(broken.stdout)
    assert (passed.get("failures"), failed.get("failures")) == ("0", "1")
    assert any("ig-square" in (case.get("name") or "") for case in passed.iter("testcase"))
    assert [failure.get("type") for failure in failed.iter("failure")] == ["unknown-key"]


@pytest.mark.parametrize(
    "words",
    [("check",), ("list", "channels"), ("build", *SQUARE), ("doctor",), ("explain", "weight"), ("--help",)],
    ids=" ".join,
)
def test_nothing_is_coloured_in_a_pipe(campaign: Path, words: tuple[str, ...]) -> None:
    said = assetgen("-C", str(campaign), *words, TERM="xterm-256color", COLORTERM="truecolor")

    assert ESCAPE not in said.stdout + said.stderr
    assert "\r" not in said.stdout + said.stderr


def test_colour_comes_when_asked_for_and_not_into_a_form_for_machines(campaign: Path) -> None:
    coloured = assetgen("-C", str(campaign), "--color", "always", "check")
    asked_over_no_color = assetgen("-C", str(campaign), "--color", "always", "check", NO_COLOR="1")
    never = assetgen("-C", str(campaign), "--color", "never", "check", FORCE_COLOR="1")
    machine = assetgen("-C", str(campaign), "--color", "always", "check", "--format", "json")

    assert ESCAPE in coloured.stderr and ESCAPE in asked_over_no_color.stderr
    assert ESCAPE not in never.stdout + never.stderr
    assert ESCAPE not in machine.stdout and json.loads(machine.stdout)


def test_hostile_names_are_shown_and_change_nothing(campaign: Path) -> None:
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

    said = assetgen("-C", str(campaign), "check")
    listed = assetgen("-C", str(campaign), "list", "partners")
    github = assetgen("check", "--format", "github", cwd=campaign)

    assert said.returncode == listed.returncode == github.returncode == 1
    assert said.stderr.count("[bad-id]") == 7
    assert ESCAPE not in said.stdout + said.stderr + github.stdout
    assert r"a\x1b[31mred" in said.stderr and r"two\nlines" in said.stderr and "[bold]m" in said.stderr
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
    ids=["empty", "encoding", "open", "alias", "list", "tag", "huge", "deep", "twice", "nul"],
)
def test_a_broken_file_is_a_finding_with_its_name(campaign: Path, content: bytes) -> None:
    file = "campaign.yaml"
    (campaign / file).write_bytes(content)

    said = assetgen("-C", str(campaign), "check")

    assert said.returncode == 2
    assert f"{file}:" in said.stderr
    assert ": error: " in said.stderr


def test_out_is_where_it_is_asked_for_and_nowhere_else(campaign: Path, tmp_path: Path) -> None:
    said = assetgen("-C", campaign.name, "build", *SQUARE, "-o", "made/here", cwd=tmp_path)

    assert said.returncode == 0
    assert said.stdout.rstrip().endswith("made/here")
    assert set(entries(tmp_path / "made/here")) == {f"{PARTNER}/worried/ig-square/en-GB"}
    assert not (campaign / "out").exists()


def test_out_that_cannot_be_a_folder_leaves_with_2(campaign: Path, wording: Wording) -> None:
    before = (campaign / "campaign.yaml").read_bytes()

    said = assetgen("-C", str(campaign), "build", *SQUARE, "-o", str(campaign / "campaign.yaml"))

    assert said.returncode == 2
    assert str(campaign / "campaign.yaml") in said.stderr and "[bad-value]" in said.stderr
    assert wording == said.stderr
    assert (campaign / "campaign.yaml").read_bytes() == before


def test_a_machine_without_the_engine_leaves_with_3_and_doctor_says_how_to_get_it(
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
    assert "pango" in line.lower()  # how to get it differs from machine to machine
    assert wording == [built.stderr, doctor.stderr]


def test_dry_run_says_what_would_be_made_and_removed_and_touches_nothing(campaign: Path) -> None:
    extra = add_partner(campaign, "second")
    assetgen("-C", str(campaign), "build", *SQUARE)
    gone = [entry["path"] for entry in entries(campaign / "out").values() if entry["partner"] == "second"]
    shutil.rmtree(extra.parent)
    before = contents(campaign)

    text = assetgen("-C", str(campaign), "build", "--dry-run", "-M", "social", "-m", "worried")
    said = json.loads(assetgen("-C", str(campaign), "build", "--dry-run", "--format", "json").stdout)

    assert text.returncode == 0
    listed = [line.split()[1] for line in text.stdout.splitlines()]
    made = [one for one in listed if one.startswith(PARTNER)]
    assert f"{PARTNER}/worried/ig-story/en-GB" in made
    assert said["kept"] == [f"{PARTNER}/worried/ig-square/en-GB"]
    assert all(one.split("/")[1] == "worried" for one in made)
    assert [one for one in listed if one not in made] == gone
    assert len(said["make"]) == len(said["new"]) == 34
    assert said["remove"] == gone
    assert contents(campaign) == before


def test_explain_says_why_each_asset_is_made(campaign: Path, wording: Wording) -> None:
    first = assetgen("-C", str(campaign), "build", "--explain", *SQUARE)
    forced = assetgen("-C", str(campaign), "build", "--explain", "--force", *SQUARE)

    asset = f"{PARTNER}/worried/ig-square/en-GB"
    said = [one.stdout.splitlines()[0] for one in (first, forced)]
    assert [one.partition(": ")[0] for one in said] == [asset, asset]
    assert wording == said


def test_guides_are_one_picture_an_asset_and_never_in_out(campaign: Path, tmp_path: Path) -> None:
    chosen = ("-c", "ig-story", "-c", "poster-a4", "-m", "worried")
    assetgen("-C", str(campaign), "build", *chosen, "-o", str(tmp_path / "plain"))

    said = assetgen("-C", str(campaign), "build", *chosen, "--guides")

    assert said.returncode == 0
    drawn = sorted(path.name for path in (campaign / ".assetgen/guides").rglob("*.png"))
    assert len(drawn) == 3  # the poster has a further form for an office printer
    assert drawn[0].split("_")[3] == "ig-story" and drawn[1].split("_")[3] == "poster-a4"
    assert contents(campaign / "out") == contents(tmp_path / "plain")


def test_a_fault_in_one_partner_leaves_the_others_and_keeps_its_old_files_marked_stale(
    campaign: Path,
) -> None:
    file = add_partner(campaign, "second")
    sound = file.read_text("utf-8")
    assetgen("-C", str(campaign), "build", *SQUARE)
    old = {path: one for path, one in contents(campaign / "out").items() if path.startswith("second/")}
    file.write_text(sound + "nmae: x\n", "utf-8")

    broken = assetgen("-C", str(campaign), "build", "-c", "ig-square", "--format", "json")
    held = entries(campaign / "out")
    file.write_text(sound, "utf-8")
    mended = assetgen("-C", str(campaign), "build", *SQUARE)

    assert broken.returncode == 1
    assert {key: json.loads(broken.stdout)[key] for key in ("built", "cached")} == {"built": 1, "cached": 1}
    assert held["second/worried/ig-square/en-GB"]["stale"] is True
    assert all("stale" not in one for name, one in held.items() if name.startswith(PARTNER))
    assert old
    assert mended.returncode == 0
    assert {
        path: one for path, one in contents(campaign / "out").items() if path.startswith("second/")
    } == old
    assert all("stale" not in one for one in entries(campaign / "out").values())


def test_qr_of_a_partner_that_is_not_there_names_those_that_are(campaign: Path, wording: Wording) -> None:
    said = assetgen("-C", str(campaign), "qr", "nobody")

    assert (said.returncode, said.stdout) == (2, "")
    assert PARTNER in said.stderr
    assert wording == said.stderr


def test_gallery_of_another_folder(built: Path, tmp_path: Path) -> None:
    made = (built / "out").rename(tmp_path / "made")

    said = assetgen("gallery", "-o", str(made))

    assert said.returncode == 0
    assert said.stdout.strip() == str(made / "index.html")
    assert "ig-square" in (made / "index.html").read_text("utf-8")


def test_doctor_finds_every_part_of_this_machine(campaign: Path, wording: Wording) -> None:
    said = assetgen("-C", str(campaign), "doctor")

    assert (said.returncode, said.stderr) == (0, "")
    _, *rows = (re.split(r"\s{2,}", line) for line in said.stdout.splitlines())
    parts = [name for name, *_ in rows]
    (state,) = {state for _, state, *_ in rows}
    assert {"python", "weasyprint", "pango"} <= set(parts)
    # Those that are no package and no library have a name of our own.
    assert wording == [state, *(name for name in parts if " " in name)]


def test_doctor_never_writes_into_a_folder_that_is_no_campaign(tmp_path: Path) -> None:
    assetgen("-C", str(tmp_path), "doctor")

    assert list(tmp_path.iterdir()) == []


def test_explain_lists_every_code_and_takes_one_as_it_stands_in_a_report() -> None:
    listed = assetgen("explain")
    one = assetgen("explain", "[text-overflow]")

    codes = [line.split()[0] for line in listed.stdout.splitlines()]
    assert listed.returncode == one.returncode == 0
    assert codes == sorted(codes) and {"text-overflow", "locked-fact", "stale"} <= set(codes)
    assert one.stdout.startswith("# text-overflow: ")


def test_an_interrupt_before_anything_is_made_is_130_and_no_traceback(campaign: Path) -> None:
    running = start(campaign, "build", "-j", "1")
    wait_for(lambda: (campaign / "out/.assetgen").is_dir() or running.poll() is not None)

    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=HANG_S)

    assert running.returncode == 130, told
    assert "Traceback" not in told
    made = {path for path in contents(campaign / "out") if path.startswith(PARTNER)}
    assert made == {entry["path"] for entry in entries(campaign / "out").values()}


@pytest.fixture
def watching(campaign: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A campaign that is watched, its first build done; ended with Ctrl-C, by force if that does nothing."""
    log = campaign.parent / "talk.txt"
    with log.open("w") as talk:
        command = [*ENTRIES[-1], "-C", str(campaign), "build", "--watch", *SQUARE]
        running = subprocess.Popen(command, stdout=talk, stderr=talk, text=True)
        try:
            wait_for(lambda: "Ctrl-C" in log.read_text("utf-8"))
            yield log, running
        finally:
            if running.poll() is None:
                running.kill()
                running.wait(HANG_S)


def test_the_watch_outlives_a_broken_file_and_ends_with_ctrl_c(
    campaign: Path, watching: tuple[Path, subprocess.Popen[str]]
) -> None:
    log, running = watching
    message = campaign / "brand/messages/worried.yaml"
    sound = message.read_text("utf-8")

    save_until(message, sound + "headlin: x\n", lambda: "[unknown-key]" in log.read_text("utf-8"))
    broken_at = len(builds(log))
    mended = sound.replace("Worried about", "Uneasy about", 1)
    save_until(message, mended, lambda: "1" in builds(log)[broken_at:])
    running.send_signal(signal.SIGINT)
    running.wait(HANG_S)

    talk = log.read_text("utf-8")
    assert running.returncode in (0, 130), talk
    assert ": worried.yaml\n" in talk
    assert "Traceback" not in talk
    assert set(entries(campaign / "out")) == {f"{PARTNER}/worried/ig-square/en-GB"}


def test_the_watch_sleeps_while_nothing_is_saved(watching: tuple[Path, subprocess.Popen[str]]) -> None:
    """What a build writes itself is no reason to build again."""
    log, running = watching

    time.sleep(3)

    assert running.poll() is None
    assert builds(log) == ["1"]


def builds(log: Path) -> list[str]:
    """Return how many assets each build made: it says so first in its last line, which ends with the folder."""
    return [line.split()[0] for line in log.read_text("utf-8").splitlines() if line.endswith("/out")]


def start(campaign: Path, *words: str) -> subprocess.Popen[str]:
    command = [*ENTRIES[-1], "-C", str(campaign), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def save_until(file: Path, text: str, done: Callable[[], bool]) -> None:
    """Save a file, again each few seconds (the watch may not have begun at the first), until something is seen."""
    until = time.monotonic() + HANG_S
    while not done():
        assert time.monotonic() < until, f"nothing came of saving {file.name}"
        file.write_text(text, "utf-8")
        pause = time.monotonic() + 5
        while not done() and time.monotonic() < pause:
            time.sleep(0.05)


def wait_for(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + HANG_S
    while not ready():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)
