"""The command ``verify`` and the Python function: output, report formats, exit codes, no layout engine."""

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
from assetgen.verifying.finished_files import FileToVerify, FolderSource
from assetgen.verifying.verification import verify_one
from tests.support.built_files import CODE_PNG, CODE_SVG, POSTER, SQUARE, BuiltFile, built_file, write_folder
from tests.support.command_line import run_assetgen as run_command
from tests.support.painted_pictures import paint_over
from tests.support.report_formats import WorkflowCommand, check_sarif, parse_workflow_command
from tests.support.wording import Wording

pytestmark = pytest.mark.commands


@cache
def damaged_square() -> BuiltFile:
    return paint_over(built_file(SQUARE), "number")


def assetgen(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder that holds no campaign."""
    return run_command(*arguments, cwd=folder)


def checked_counts(summary: str) -> tuple[int, int]:
    """Return how many files passed their checks, and how many there are."""
    checked, total = re.findall(r"\d+", summary)[:2]
    return int(checked), int(total)


def zip_folder(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as zip_file:
        for file in folder.rglob("*"):
            if file.is_file():
                zip_file.write(file, file.relative_to(folder).as_posix())
    return archive


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """Return a folder that has finished files and nothing else."""
    write_folder(tmp_path / "out", *map(built_file, (CODE_PNG, CODE_SVG, SQUARE, POSTER)))
    return tmp_path


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    write_folder(tmp_path / "out", built_file(CODE_PNG), damaged_square())
    return tmp_path


# ── Text output and exit codes


def test_verify_needs_only_the_folder_of_finished_files(finished: Path, wording: Wording) -> None:
    result = assetgen("verify", folder=finished)

    assert result.returncode == 0, result.stderr
    assert checked_counts(result.stdout) == (4, 4)
    assert wording == result.stdout.splitlines()[0]


def test_the_summary_lists_what_was_checked_assumed_and_not_checked(finished: Path, wording: Wording) -> None:
    output = assetgen("verify", folder=finished).stdout

    assert {"1 jpg", "1 png", "1 svg", "1 pdf"} <= set(output.splitlines())
    assert wording == output


def test_one_verify_command_accepts_a_pack_and_a_folder(finished: Path) -> None:
    zip_folder(finished / "out", finished / "pack.zip")

    result = assetgen("verify", "pack.zip", "out", folder=finished)

    assert result.returncode == 0, result.stderr
    assert checked_counts(result.stdout) == (8, 8)


def test_verify_reports_a_damaged_file_with_a_hint_and_exits_with_1(damaged: Path, wording: Wording) -> None:
    result = assetgen("verify", folder=damaged)

    assert result.returncode == 1
    errors = result.stderr.splitlines()[:2]
    assert errors[0].startswith(f"out/{damaged_square().path}: error: ")
    assert SQUARE in errors[0] and errors[0].endswith("[facts-hidden]")
    assert checked_counts(result.stdout) == (1, 2)
    assert wording == errors


def test_verify_exits_with_1_for_a_damaged_file_in_a_pack(damaged: Path) -> None:
    zip_folder(damaged / "out", damaged / "pack.zip")

    result = assetgen("verify", "pack.zip", folder=damaged)

    assert result.returncode == 1
    assert result.stderr.startswith("pack.zip: error: ") and "[facts-hidden]" in result.stderr


def test_a_missing_path_does_not_stop_verify_from_checking_the_others(
    finished: Path, wording: Wording
) -> None:
    result = assetgen("verify", "nowhere", "out", folder=finished)

    assert result.returncode == 1
    (error,) = [line for line in result.stderr.splitlines() if "[missing-file]" in line]
    assert "nowhere" in error
    assert checked_counts(result.stdout) == (4, 4)
    assert wording == error


@pytest.mark.parametrize(
    "arguments",
    [(), ("nowhere",), ("empty",), ("notes.txt",)],
    ids=["no path", "missing path", "empty folder", "not a zip"],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_verify_exits_with_2_if_there_is_nothing_to_verify(
    tmp_path: Path, arguments: tuple[str, ...], form: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("not a zip", "utf-8")

    result = assetgen("verify", *arguments, "--format", form, folder=tmp_path)

    assert result.returncode == 2
    assert "[missing-file]" in result.stderr or json.loads(result.stdout)["assets"] == []
    assert "Traceback" not in result.stderr


def test_verify_strict_fails_on_a_warning(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", built_file(CODE_PNG).with_entry(stale=True))

    assert assetgen("verify", folder=tmp_path).returncode == 0
    assert assetgen("verify", "--strict", folder=tmp_path).returncode == 1


def test_quiet_verify_prints_only_findings(finished: Path, tmp_path: Path) -> None:
    result = assetgen("-q", "verify", "-j", "1", folder=finished)

    assert (result.returncode, result.stdout) == (0, "")


def test_an_interrupted_verify_prints_partial_results_and_exits_with_130(
    finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    whole = public_verify([finished / "out"], jobs=1)
    partial = replace(whole, files=whole.files[:1], unreached=3, interrupted=True)
    monkeypatch.setattr("assetgen.verifying.verification.verify", lambda *_, **__: partial)

    code = run(["verify", str(finished / "out")])

    captured = capsys.readouterr()
    assert code == 130
    assert checked_counts(captured.out) == (1, 1)
    assert wording == [captured.out.splitlines()[0], captured.err.splitlines()[-1]]


def test_help_explains_that_verify_does_not_detect_forgery(tmp_path: Path, wording: Wording) -> None:
    output = " ".join(assetgen("verify", "--help", folder=tmp_path).stdout.split())

    assert "forger" in output
    assert wording == output.partition(" Arguments:")[0].partition("]... ")[2]


# ── Report formats


def test_json_lists_each_file_and_every_finding(damaged: Path) -> None:
    report = json.loads(assetgen("verify", "--format", "json", folder=damaged).stdout)

    assert (report["verified"], report["failed"], report["unreached"]) == (1, 1, 0)
    by_id: dict[str, Any] = {one["id"]: one for one in report["assets"]}
    assert by_id[CODE_PNG]["ok"] and by_id[CODE_PNG]["proved"]
    assert by_id[CODE_PNG]["as_built"] == ["its link"]
    assert by_id[SQUARE] == {
        "id": SQUARE, "path": damaged_square().path, "file": f"out/{damaged_square().path}", "ok": False,
        "proved": [], "as_built": [], "unchecked": [],
    }  # fmt: skip
    (finding,) = report["findings"]
    assert finding["code"] == "facts-hidden"
    assert finding["asset"] == SQUARE
    assert finding["file"] == f"out/{damaged_square().path}"
    assert finding["box"] == next(
        region["box"] for region in damaged_square().entry["regions"] if region["role"] == "number"
    )


def test_sarif_is_valid_and_points_at_the_file(damaged: Path) -> None:
    log = json.loads(assetgen("verify", "--format", "sarif", folder=damaged).stdout)

    check_sarif(log)
    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == "facts-hidden"
    assert (
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        == f"out/{damaged_square().path}"
    )


def test_sarif_paths_are_relative_to_the_current_folder(tmp_path: Path) -> None:
    write_folder(tmp_path / "demo/out", damaged_square())

    log = json.loads(assetgen("-C", "demo", "verify", "--format", "sarif", folder=tmp_path).stdout)

    (result,) = log["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == f"demo/out/{damaged_square().path}"


def test_junit_has_a_case_for_each_file(damaged: Path) -> None:
    root = fromstring(assetgen("verify", "--format", "junit", folder=damaged).stdout)

    (suite,) = root.findall("testsuite")
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    assert {CODE_PNG, SQUARE} <= set(cases)
    assert cases[CODE_PNG].find("failure") is None
    failure = cases[SQUARE].find("failure")
    assert failure is not None
    assert failure.get("type") == "facts-hidden"
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")


def test_github_format_annotates_the_file(damaged: Path, wording: Wording) -> None:
    (line,) = assetgen("verify", "--format", "github", folder=damaged).stdout.splitlines()

    command = parse_workflow_command(line)
    keys = {"file": f"out/{damaged_square().path}", "title": "assetgen facts-hidden"}
    assert command == WorkflowCommand("error", keys, command.message)
    assert SQUARE in command.message
    assert wording == command.message


# ── From Python


def test_python_verify_reports_progress_and_findings(damaged: Path) -> None:
    seen: list[Progress] = []

    result = public_verify([damaged / "out"], jobs=2, on_progress=seen.append)

    assert (len(result.files), result.failed, result.unreached, result.interrupted) == (2, 1, 0, False)
    assert [one.path for one in result.files] == sorted(one.path for one in result.files)
    assert {finding.code for finding in result.findings} <= CODES
    assert (seen[0].done, seen[-1].done, seen[-1].total, seen[-1].failed) == (0, 2, 2, 1)


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_do_not_depend_on_the_number_of_jobs(damaged: Path, jobs: int) -> None:
    result = public_verify([damaged / "out"], jobs=jobs)

    assert [(one.id, one.ok) for one in result.files] == [(SQUARE, False), (CODE_PNG, True)]


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("division by zero"), MemoryError()], ids=["exception", "out of memory"]
)
def test_a_crashing_check_is_reported_for_its_file(
    finished: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, wording: Wording
) -> None:
    def crash(*_: object) -> None:
        raise error

    monkeypatch.setattr("assetgen.verifying.verification.recheck_file", crash)

    verified = verify_one(
        FileToVerify(FolderSource(finished / "out", "out"), read_finished(built_file(CODE_PNG).entry))
    )

    (finding,) = verified.findings
    assert (finding.code, verified.ok) == ("worker", False)
    assert wording == finding.text


def test_verify_works_without_the_layout_engine(finished: Path) -> None:
    script = """
import sys
sys.modules["weasyprint"] = None  # importing it raises ImportError, as where Pango is missing
from pathlib import Path
from assetgen import verify
if __name__ == "__main__":
    result = verify([Path("out")], jobs=1)
    print(len(result.files) - result.failed, "weasyprint" in {k for k, v in sys.modules.items() if v})
"""
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=finished, capture_output=True, text=True, timeout=120, check=False
    )

    assert result.stdout.split() == ["4", "False"], result.stderr
