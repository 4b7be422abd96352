"""What is imported when: a quick command pays for nothing that it does not use."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.commands

ENGINE = {"weasyprint", "pydyf", "cffi", "pypdfium2", "pypdfium2_raw"}
READING = {"pydantic", "yaml", "jinja2", "PIL", "fontTools", "numpy", "phonenumbers", "qrcode", "tinycss2"}

# Runs the command as its entry point does, then says on standard error what was imported on the way.
WITNESS = """
import sys
from assetgen.cli.app import run
code = run(sys.argv[1:])
print("IMPORTED", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


def imported_by(*words: str, folder: Path | None = None) -> set[str]:
    """Return the top-level names of all that a command imported in a folder; the command must succeed."""
    said = subprocess.run(
        [sys.executable, "-c", WITNESS, *words],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    (line,) = [line for line in said.stderr.splitlines() if line.startswith("IMPORTED ")]
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
def test_what_draws_nothing_never_imports_the_layout_engine(command: str, built_starter: Path) -> None:
    assert imported_by(*command.split(), folder=built_starter) & ENGINE == set()


def test_a_build_that_has_nothing_to_do_never_imports_the_layout_engine(
    built_starter: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(built_starter, tmp_path / "campaign"))

    assert imported_by("build", "-c", "ig-square", folder=folder) & ENGINE == set()


@pytest.mark.parametrize("command", ["--help", "--version"])
def test_the_first_help_imports_the_command_line_and_nothing_else(command: str) -> None:
    imported = imported_by(command)

    assert "typer" in imported
    assert imported & (ENGINE | READING) == set()


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
def test_a_command_s_help_reads_and_draws_nothing(command: str) -> None:
    # Typer itself asks pydantic what type a parameter has.
    assert imported_by(command, "--help") & (ENGINE | READING - {"pydantic"}) == set()


def test_the_witness_would_see_what_it_looks_for(built_starter: Path) -> None:
    assert imported_by("check", folder=built_starter) & READING
    code = "import sys, weasyprint; print(*{name.partition('.')[0] for name in sys.modules})"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "weasyprint" in said.stdout.split()


def test_the_package_itself_imports_nothing() -> None:
    code = "import sys; before = set(sys.modules); import assetgen; print(*sorted(set(sys.modules) - before))"

    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    assert {name for name in said.stdout.split() if name.startswith("assetgen")} == {"assetgen"}
    assert not {name.partition(".")[0] for name in said.stdout.split()} & (
        ENGINE | READING | {"typer", "rich"}
    )
