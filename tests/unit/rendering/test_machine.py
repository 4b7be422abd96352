"""A machine that lacks a part, or refuses: exit 3 with the part's name and where to go; doctor outlives each."""

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
from assetgen.rendering.engine.machine import MODULES
from tests.support.tiny import REPO, write_tiny
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

HANG_S = 120
LONG = "x" * 300
# Stands in for a machine without one package.
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


def without(module: str, campaign: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a machine where a module cannot be imported."""
    guard = campaign.parent / "guard"
    guard.mkdir(exist_ok=True)
    (guard / "sitecustomize.py").write_text(MISSING.format(module=module), "utf-8")
    path = os.pathsep.join(filter(None, (str(guard), os.environ.get("PYTHONPATH"))))
    said = subprocess.run(
        [sys.executable, "-m", "assetgen", "-C", str(campaign), *words],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=HANG_S, check=False,
    )  # fmt: skip
    for word in ("bug", "report it", "Traceback"):
        assert word not in said.stdout + said.stderr, said.stderr
    return said


def test_doctor_looks_for_every_package_that_the_project_names() -> None:
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
def test_a_package_that_is_missing_is_named(
    campaign: Path, module: str, package: str, command: str, wording: Wording
) -> None:
    said = without(module, campaign, *command.split())

    assert said.returncode == 3, said.stderr
    (told,) = [line for line in said.stderr.splitlines() if "[machine]" in line]
    assert f" {package} " in told and "assetgen doctor" in said.stderr
    assert wording == told


@pytest.mark.parametrize(
    "module", ["weasyprint", "PIL", "jinja2", "numpy", "watchfiles", "pypdfium2", "fontTools", "yaml"]
)
def test_doctor_outlives_a_missing_package_and_names_it(
    campaign: Path, module: str, wording: Wording
) -> None:
    said = without(module, campaign, "doctor")

    name = "layout engine" if module == "weasyprint" else MODULES[module]
    assert said.returncode == 3
    assert name in re.split(r"[:,] ", said.stderr.strip())
    (line,) = [line for line in said.stdout.splitlines() if line.startswith(f"{name} ")]
    assert "pip install" in line
    assert wording == re.sub(r"\d+(\.\d+)+", "N", " ".join(line.split()))


def test_doctor_of_a_folder_that_is_not_there_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    assert run(["-C", str(tmp_path / "nowhere"), "doctor"]) == 2
    said = capsys.readouterr().err
    assert "[missing-file]" in said
    assert wording == said


def test_a_campaign_whose_own_folder_refuses_is_built_elsewhere(campaign: Path, tmp_path: Path) -> None:
    (campaign / ".assetgen").write_text("in the way", "utf-8")

    for jobs in ("1", "2"):
        made = tmp_path / f"made-{jobs}"
        code = run(["-C", str(campaign), "build", "-c", "tiny-*", "-j", jobs, "-o", str(made)])

        assert code == 0
        assert json.loads((made / "manifest.json").read_text("utf-8"))["assets"]
    assert (campaign / ".assetgen").read_text("utf-8") == "in the way"


def test_guides_that_cannot_be_written_are_said_beside_the_build(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (campaign / ".assetgen").mkdir()
    (campaign / ".assetgen/guides").write_text("in the way", "utf-8")

    code = run(["-C", str(campaign), "build", "-c", "tiny-card", "-M", "social", "-j", "1", "--guides"])

    said = capsys.readouterr()
    assert code == 3
    assert said.out.startswith("1 ")
    assert ".assetgen/guides" in said.err and "[machine]" in said.err


@pytest.mark.parametrize("command", ["build", "build --dry-run", "build --watch", "qr acme", "gallery"])
def test_an_output_folder_with_too_long_a_name_is_a_wrong_call(
    campaign: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["-C", str(campaign), *command.split(), "-o", str(campaign / LONG)])

    told = capsys.readouterr().err
    assert code == 2
    assert "File name too long" in told and "bug" not in told


def test_init_with_too_long_a_name_is_a_wrong_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    assert run(["init", str(tmp_path / LONG)]) == 2
    said = capsys.readouterr().err
    assert "File name too long" in said and "[bad-value]" in said
    assert wording == said.replace(LONG, "LONG")
