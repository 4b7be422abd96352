"""The house has floors: imports go down, never up; pydantic and the terminal each have one home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import assetgen

SOURCE = Path(assetgen.__file__).parent
# Ground first. What stands on one floor does not know the others on it.
FLOORS = (
    ("findings", "geometry", "units", ""),
    ("errors",),
    ("campaign",),
    ("plan",),
    ("render", "preflight"),
    ("build",),
    ("gallery", "pack", "asking"),
    ("cli",),
    ("__main__",),
)
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names}
MODULES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))


def part_of(module: str) -> str:
    """Return the part of the house of a dotted name: ``assetgen.planning.qr_codes`` is of ``plan``."""
    return [*module.split("."), ""][1]


def imports_of(file: str) -> Iterator[str]:
    """Yield the dotted name of every module that a file imports, also inside functions."""
    tree = ast.parse((SOURCE / file).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            assert node.module is not None
            yield node.module
            if node.module == "assetgen":
                yield from (f"assetgen.{name.name}" for name in node.names if name.name[0].islower())


@pytest.mark.parametrize("file", MODULES)
def test_imports_never_climb(file: str) -> None:
    own = file.split("/", maxsplit=1)[0].removesuffix(".py").replace("__init__", "")

    above = [
        module
        for module in imports_of(file)
        if module.split(".")[0] == "assetgen" and part_of(module) not in (own, "", "__version__")
        if FLOOR_OF[part_of(module)] >= FLOOR_OF[own]
    ]

    assert above == []


def test_the_guard_sees_the_floors_that_there_are() -> None:
    parts = {file.split("/")[0] for file in MODULES if "/" in file}

    assert {"campaign", "plan", "render", "build", "gallery", "cli"} <= parts <= set(FLOOR_OF)


@pytest.mark.parametrize(
    ("package", "home"),
    [
        ("pydantic", "campaign/"),
        ("pydantic_core", "campaign/"),
        ("typer", "cli/"),
        ("rich", "cli/"),
        ("weasyprint", "render/"),
    ],
)
def test_package_has_one_home(package: str, home: str) -> None:
    users = [file for file in MODULES if any(name.split(".")[0] == package for name in imports_of(file))]

    assert users
    assert [file for file in users if not file.startswith(home)] == []


@pytest.mark.parametrize("file", [file for file in MODULES if not file.startswith("cli/")])
def test_only_the_command_line_prints(file: str) -> None:
    tree = ast.parse((SOURCE / file).read_text("utf-8"))

    calls = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    assert calls == []
