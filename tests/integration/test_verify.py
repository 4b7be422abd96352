"""``assetgen verify`` as people and scripts call it: its words, its forms, its exit codes, other machines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from assetgen import verify as public_verify
from assetgen.building.pipeline import Progress
from assetgen.cli.app import run
from assetgen.findings import CODES
from assetgen.manifest.entry import read_finished
from assetgen.verifying.finished_files import Evidence, Folder
from assetgen.verifying.verification import verify_one
from tests.support.command import assetgen as run_command
from tests.support.finished_folder import CODE_PNG, CODE_SVG, POSTER, SQUARE, Piece, piece, write_folder
from tests.support.report_forms import Command, check_sarif, parse_command
from tests.support.spoilt_pictures import paint_over
from tests.support.wording import Wording

pytestmark = pytest.mark.commands


@cache
def spoilt_square() -> Piece:
    return paint_over(piece(SQUARE), "number")


def assetgen(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder that holds no campaign."""
    return run_command(*words, cwd=folder)


def counts(said: str) -> tuple[int, int]:
    """Return how many files were proved, and of how many."""
    proved, total = re.findall(r"\d+", said)[:2]
    return int(proved), int(total)


def zipped(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as made:
        for file in folder.rglob("*"):
            if file.is_file():
                made.write(file, file.relative_to(folder).as_posix())
    return archive


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder of somebody who has the finished files and nothing else."""
    write_folder(tmp_path / "out", *map(piece, (CODE_PNG, CODE_SVG, SQUARE, POSTER)))
    return tmp_path


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    write_folder(tmp_path / "out", piece(CODE_PNG), spoilt_square())
    return tmp_path


# ── what it says


def test_a_folder_is_proved_again_without_its_campaign(desk: Path, wording: Wording) -> None:
    said = assetgen("verify", folder=desk)

    assert said.returncode == 0, said.stderr
    assert counts(said.stdout) == (4, 4)
    assert wording == said.stdout.splitlines()[0]


def test_it_says_what_it_proved_what_it_takes_as_built_and_what_nobody_can_check(
    desk: Path, wording: Wording
) -> None:
    said = assetgen("verify", folder=desk).stdout

    assert {"1 jpg", "1 png", "1 svg", "1 pdf"} <= set(said.splitlines())
    assert wording == said


def test_a_pack_and_a_folder_are_verified_in_one_call(desk: Path) -> None:
    zipped(desk / "out", desk / "pack.zip")

    said = assetgen("verify", "pack.zip", "out", folder=desk)

    assert said.returncode == 0, said.stderr
    assert counts(said.stdout) == (8, 8)


def test_a_spoilt_file_is_exit_1_named_with_what_is_wrong_and_how_to_mend_it(
    spoilt: Path, wording: Wording
) -> None:
    said = assetgen("verify", folder=spoilt)

    assert said.returncode == 1
    told = said.stderr.splitlines()[:2]
    assert told[0].startswith(f"out/{spoilt_square().path}: error: ")
    assert SQUARE in told[0] and told[0].endswith("[facts-hidden]")
    assert counts(said.stdout) == (1, 2)
    assert wording == told


def test_a_spoilt_member_of_a_pack_is_exit_1(spoilt: Path) -> None:
    zipped(spoilt / "out", spoilt / "pack.zip")

    said = assetgen("verify", "pack.zip", folder=spoilt)

    assert said.returncode == 1
    assert said.stderr.startswith("pack.zip: error: ") and "[facts-hidden]" in said.stderr


def test_a_path_that_cannot_be_used_costs_no_other(desk: Path, wording: Wording) -> None:
    said = assetgen("verify", "nowhere", "out", folder=desk)

    assert said.returncode == 1
    (told,) = [line for line in said.stderr.splitlines() if "[missing-file]" in line]
    assert "nowhere" in told
    assert counts(said.stdout) == (4, 4)
    assert wording == told


@pytest.mark.parametrize("words", [(), ("nowhere",), ("empty",), ("notes.txt",)], ids=str)
@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_to_verify_is_exit_2(tmp_path: Path, words: tuple[str, ...], form: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no zip", "utf-8")

    said = assetgen("verify", *words, "--format", form, folder=tmp_path)

    assert said.returncode == 2
    assert "[missing-file]" in said.stderr or json.loads(said.stdout)["assets"] == []
    assert "Traceback" not in said.stderr


def test_strict_counts_warnings(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", piece(CODE_PNG).saying(stale=True))

    assert assetgen("verify", folder=tmp_path).returncode == 0
    assert assetgen("verify", "--strict", folder=tmp_path).returncode == 1


def test_quiet_says_findings_alone(desk: Path, tmp_path: Path) -> None:
    said = assetgen("-q", "verify", "-j", "1", folder=desk)

    assert (said.returncode, said.stdout) == (0, "")


def test_an_interrupt_is_exit_130_with_what_was_read(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    whole = public_verify([desk / "out"], jobs=1)
    partly = replace(whole, files=whole.files[:1], unreached=3, interrupted=True)
    monkeypatch.setattr("assetgen.verifying.verification.verify", lambda *_, **__: partly)

    code = run(["verify", str(desk / "out")])

    said = capsys.readouterr()
    assert code == 130
    assert counts(said.out) == (1, 1)
    assert wording == [said.out.splitlines()[0], said.err.splitlines()[-1]]


def test_help_says_that_it_finds_accidents_and_no_forger(tmp_path: Path, wording: Wording) -> None:
    said = " ".join(assetgen("verify", "--help", folder=tmp_path).stdout.split())

    assert "forger" in said
    assert wording == said.partition(" Arguments:")[0].partition("]... ")[2]


# ── the forms


def test_json_tells_each_file_and_every_finding(spoilt: Path) -> None:
    said = json.loads(assetgen("verify", "--format", "json", folder=spoilt).stdout)

    assert (said["verified"], said["failed"], said["unreached"]) == (1, 1, 0)
    by_id: dict[str, Any] = {one["id"]: one for one in said["assets"]}
    assert by_id[CODE_PNG]["ok"] and by_id[CODE_PNG]["proved"]
    assert by_id[CODE_PNG]["as_built"] == ["its link"]
    assert by_id[SQUARE] == {
        "id": SQUARE, "path": spoilt_square().path, "file": f"out/{spoilt_square().path}", "ok": False,
        "proved": [], "as_built": [], "unchecked": [],
    }  # fmt: skip
    (finding,) = said["findings"]
    assert finding["code"] == "facts-hidden"
    assert finding["asset"] == SQUARE
    assert finding["file"] == f"out/{spoilt_square().path}"
    assert finding["box"] == next(
        mark["box"] for mark in spoilt_square().entry["regions"] if mark["role"] == "number"
    )


def test_sarif_keeps_its_standard_and_points_at_the_file(spoilt: Path) -> None:
    log = json.loads(assetgen("verify", "--format", "sarif", folder=spoilt).stdout)

    check_sarif(log)
    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == "facts-hidden"
    assert (
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == f"out/{spoilt_square().path}"
    )


def test_sarif_points_below_the_current_folder_whatever_folder_the_campaign_is_in(tmp_path: Path) -> None:
    write_folder(tmp_path / "demo/out", spoilt_square())

    log = json.loads(assetgen("-C", "demo", "verify", "--format", "sarif", folder=tmp_path).stdout)

    (result,) = log["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == f"demo/out/{spoilt_square().path}"


def test_junit_has_a_case_for_each_file(spoilt: Path) -> None:
    root = fromstring(assetgen("verify", "--format", "junit", folder=spoilt).stdout)

    (suite,) = root.findall("testsuite")
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    assert {CODE_PNG, SQUARE} <= set(cases)
    assert cases[CODE_PNG].find("failure") is None
    failure = cases[SQUARE].find("failure")
    assert failure is not None
    assert failure.get("type") == "facts-hidden"
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")


def test_github_annotates_the_file(spoilt: Path, wording: Wording) -> None:
    (line,) = assetgen("verify", "--format", "github", folder=spoilt).stdout.splitlines()

    told = parse_command(line)
    keys = {"file": f"out/{spoilt_square().path}", "title": "assetgen facts-hidden"}
    assert told == Command("error", keys, told.message)
    assert SQUARE in told.message
    assert wording == told.message


# ── from Python


def test_the_public_name_tells_as_it_goes_and_what_it_found(spoilt: Path) -> None:
    seen: list[Progress] = []

    result = public_verify([spoilt / "out"], jobs=2, on_progress=seen.append)

    assert (len(result.files), result.failed, result.unreached, result.interrupted) == (2, 1, 0, False)
    assert [one.path for one in result.files] == sorted(one.path for one in result.files)
    assert {finding.code for finding in result.findings} <= CODES
    assert (seen[0].done, seen[-1].done, seen[-1].total, seen[-1].failed) == (0, 2, 2, 1)


@pytest.mark.parametrize("jobs", [1, 3])
def test_any_number_of_jobs_finds_the_same(spoilt: Path, jobs: int) -> None:
    result = public_verify([spoilt / "out"], jobs=jobs)

    assert [(one.id, one.ok) for one in result.files] == [(SQUARE, False), (CODE_PNG, True)]


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("division by zero"), MemoryError()], ids=["by a fault", "without memory"]
)
def test_a_proof_that_breaks_off_is_told_of_its_file(
    desk: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, wording: Wording
) -> None:
    def breaks_off(*_: object) -> None:
        raise error

    monkeypatch.setattr("assetgen.verifying.verification.prove_again", breaks_off)

    one = verify_one(Evidence(Folder(desk / "out", "out"), read_finished(piece(CODE_PNG).entry)))

    (finding,) = one.findings
    assert (finding.code, one.ok) == ("worker", False)
    assert wording == finding.text


def test_a_machine_without_the_layout_engine_verifies(desk: Path) -> None:
    script = """
import sys
sys.modules["weasyprint"] = None  # importing it raises ImportError, as where Pango is missing
from pathlib import Path
from assetgen import verify
if __name__ == "__main__":
    result = verify([Path("out")], jobs=1)
    print(len(result.files) - result.failed, "weasyprint" in {k for k, v in sys.modules.items() if v})
"""
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=desk, capture_output=True, text=True, timeout=120, check=False
    )

    assert said.stdout.split() == ["4", "False"], said.stderr
