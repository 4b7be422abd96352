"""A system that lacks a package or refuses a file: exit code 3 with the name of what is missing, and a hint."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from assetgen.cli.app import run
from assetgen.loading.fonts import SUFFIXES
from assetgen.rendering.engine.machine import FONT_SUFFIXES, MODULES
from tests.support.tiny_campaign import REPO, write_tiny
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

HANG_S = 120
LONG = "x" * 300
# Imitates a system without one package.
MISSING = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "{module}":
            raise ModuleNotFoundError("No module named '{module}'", name="{module}")
sys.meta_path.insert(0, Missing())
"""


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign")


def run_without(module: str, campaign: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a system where a module cannot be imported."""
    guard = campaign.parent / "guard"
    guard.mkdir(exist_ok=True)
    (guard / "sitecustomize.py").write_text(MISSING.format(module=module), "utf-8")
    path = os.pathsep.join(filter(None, (str(guard), os.environ.get("PYTHONPATH"))))
    result = subprocess.run(
        [sys.executable, "-m", "assetgen", "-C", str(campaign), *arguments],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=HANG_S, check=False,
    )  # fmt: skip
    for word in ("bug", "report it", "Traceback"):
        assert word not in result.stdout + result.stderr, result.stderr
    return result


def test_doctor_checks_every_package_that_the_project_requires() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    named = {re.split(r"[><=]", line)[0] for line in project["dependencies"]}

    assert {*MODULES.values(), "weasyprint"} >= named


@pytest.mark.parametrize(
    ("module", "package", "command"),
    [
        ("weasyprint", "weasyprint", "build"),
        ("weasyprint", "weasyprint", "build -j 1"),
        ("pypdfium2", "pypdfium2", "build -c tiny-card -j 2"),
        ("jinja2", "jinja2", "build -j 1"),
        ("PIL", "pillow", "build"),
        ("numpy", "numpy", "check"),
        ("yaml", "pyyaml", "check"),
        ("qrcode", "qrcode", "qr acme"),
        ("watchfiles", "watchfiles", "build --watch"),
        ("rich", "rich", "list assets"),
        ("typer", "typer", "--help"),
    ],
)
def test_an_error_names_the_missing_package(
    campaign: Path, module: str, package: str, command: str, wording: Wording
) -> None:
    result = run_without(module, campaign, *command.split())

    assert result.returncode == 3, result.stderr
    (message,) = [line for line in result.stderr.splitlines() if "[machine]" in line]
    assert f" {package} " in message and "assetgen doctor" in result.stderr
    assert wording == message


@pytest.mark.parametrize(
    "module", ["weasyprint", "PIL", "jinja2", "numpy", "watchfiles", "pypdfium2", "fontTools", "yaml"]
)
def test_doctor_runs_without_a_package_and_names_it(campaign: Path, module: str, wording: Wording) -> None:
    result = run_without(module, campaign, "doctor")

    name = "layout engine" if module == "weasyprint" else MODULES[module]
    assert result.returncode == 3
    assert name in re.split(r"[:,] ", result.stderr.strip())
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(f"{name} ")]
    assert "pip install" in line
    assert wording == re.sub(r"\d+(\.\d+)+", "N", " ".join(line.split()))


def test_doctor_reports_a_missing_campaign_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    assert run(["-C", str(tmp_path / "nowhere"), "doctor"]) == 2
    error = capsys.readouterr().err
    assert "[missing-file]" in error
    assert wording == error


def test_a_build_succeeds_if_the_campaign_cache_folder_is_unusable(campaign: Path, tmp_path: Path) -> None:
    (campaign / ".assetgen").write_text("in the way", "utf-8")

    for jobs in ("1", "2"):
        out = tmp_path / f"out-{jobs}"
        code = run(["-C", str(campaign), "build", "-c", "tiny-*", "-j", jobs, "-o", str(out)])

        assert code == 0
        assert json.loads((out / "manifest.json").read_text("utf-8"))["assets"]
    assert (campaign / ".assetgen").read_text("utf-8") == "in the way"


def test_guides_that_cannot_be_written_are_reported_with_the_build(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (campaign / ".assetgen").mkdir()
    (campaign / ".assetgen/guides").write_text("in the way", "utf-8")

    code = run(["-C", str(campaign), "build", "-c", "tiny-card", "-M", "social", "-j", "1", "--guides"])

    result = capsys.readouterr()
    assert code == 3
    assert result.out.startswith("1 ")
    assert ".assetgen/guides" in result.err and "[machine]" in result.err


@pytest.mark.parametrize("command", ["build", "build --dry-run", "build --watch", "qr acme", "gallery"])
def test_a_too_long_output_folder_name_is_a_usage_error(
    campaign: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["-C", str(campaign), *command.split(), "-o", str(campaign / LONG)])

    error = capsys.readouterr().err
    assert code == 2
    assert "File name too long" in error and "bug" not in error


def test_init_with_a_too_long_name_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    assert run(["init", str(tmp_path / LONG)]) == 2
    error = capsys.readouterr().err
    assert "File name too long" in error and "[bad-value]" in error
    assert wording == error.replace(LONG, "LONG")


def test_doctor_counts_the_kinds_of_font_file_that_a_brand_may_have() -> None:
    assert FONT_SUFFIXES == SUFFIXES
