"""Each command imports only the libraries that it uses, so that quick commands start quickly."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.commands

ENGINE = {"weasyprint", "pydyf", "cffi", "pypdfium2", "pypdfium2_raw"}
LIBRARIES = {"pydantic", "yaml", "jinja2", "PIL", "fontTools", "numpy", "phonenumbers", "qrcode", "tinycss2"}

# Runs the command as its entry point does, then prints the imported packages to standard error.
RUN_AND_LIST_IMPORTS = """
import sys
from assetgen.cli.app import run
code = run(sys.argv[1:])
print("IMPORTED", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


def packages_imported_by(*arguments: str, folder: Path | None = None) -> set[str]:
    """Run a command, which must succeed, and return the top-level names of the packages that it imported."""
    result = subprocess.run(
        [sys.executable, "-c", RUN_AND_LIST_IMPORTS, *arguments],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("IMPORTED ")]
    return set(line.split()[1:])


@pytest.mark.parametrize(
    "command",
    [
        "list partners", "list channels", "list templates", "list messages", "list assets", "list links --format json",
        "check", "check --format sarif", "check --format junit -c ig-*",
        "schema campaign", "schema brand", "schema message", "schema partner", "schema channels", "schema template",
        "explain", "explain text-overflow",
    ],
)  # fmt: skip
def test_commands_that_render_nothing_do_not_import_the_layout_engine(
    command: str, built_example: Path
) -> None:
    assert packages_imported_by(*command.split(), folder=built_example) & ENGINE == set()


def test_a_build_without_changes_does_not_import_the_layout_engine(
    built_example: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(built_example, tmp_path / "campaign"))

    assert packages_imported_by("build", "-c", "ig-square", folder=folder) & ENGINE == set()


@pytest.mark.parametrize("command", ["--help", "--version"])
def test_top_level_help_and_version_import_only_the_command_line(command: str) -> None:
    imported = packages_imported_by(command)

    assert "typer" in imported
    assert imported & (ENGINE | LIBRARIES) == set()


@pytest.mark.parametrize(
    "command",
    [
        "init",
        "doctor",
        "check",
        "list",
        "build",
        "verify",
        "qr",
        "gallery",
        "pack",
        "approve",
        "partner",
        "why",
        "accept",
        "diff",
        "merge",
        "cache",
        "explain",
        "schema",
    ],
)
def test_the_help_of_a_command_imports_no_heavy_library(command: str) -> None:
    # Typer itself imports pydantic to find the types of parameters.
    assert packages_imported_by(command, "--help") & (ENGINE | LIBRARIES - {"pydantic"}) == set()


def test_import_tests_detect_an_imported_library(built_example: Path) -> None:
    assert packages_imported_by("check", folder=built_example) & LIBRARIES
    code = "import sys, weasyprint; print(*{name.partition('.')[0] for name in sys.modules})"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "weasyprint" in result.stdout.split()


def test_importing_the_package_imports_no_submodule_and_no_library() -> None:
    code = "import sys; before = set(sys.modules); import assetgen; print(*sorted(set(sys.modules) - before))"

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    assert {name for name in result.stdout.split() if name.startswith("assetgen")} == {"assetgen"}
    assert not {name.partition(".")[0] for name in result.stdout.split()} & (
        ENGINE | LIBRARIES | {"typer", "rich"}
    )
