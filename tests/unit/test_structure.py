"""Structure of the source tree: small folders, unique names, and a purpose stated by each package."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import assetgen

SOURCE = Path(assetgen.__file__).parent
TESTS = Path(__file__).parents[1]
MAX_MODULES_IN_A_FOLDER = 16


def modules() -> list[Path]:
    """Return every Python file of the package, without the starter's copies."""
    return sorted(
        path for path in SOURCE.rglob("*.py") if "starter" not in path.relative_to(SOURCE).parts[:1]
    )


def public_classes(path: Path) -> list[str]:
    """Return the names of a module's public classes."""
    body = ast.parse(path.read_text("utf-8")).body
    return [node.name for node in body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]


def test_no_folder_has_more_than_sixteen_modules() -> None:
    folders = Counter(path.parent.relative_to(SOURCE).as_posix() for path in modules())

    assert {folder: count for folder, count in folders.items() if count > MAX_MODULES_IN_A_FOLDER} == {}


def test_no_two_modules_share_a_name() -> None:
    names = Counter(path.stem for path in modules() if path.stem != "__init__")

    assert [name for name, count in names.items() if count > 1] == []


def test_no_two_test_files_share_a_name() -> None:
    names = Counter(path.name for path in TESTS.rglob("test_*.py"))

    assert [name for name, count in names.items() if count > 1] == []


def test_no_two_public_classes_share_a_name() -> None:
    names = Counter(name for path in modules() for name in public_classes(path))

    assert [name for name, count in names.items() if count > 1] == []


def test_every_package_states_its_purpose_in_one_line() -> None:
    packages = [path for path in modules() if path.stem == "__init__"]
    lines = {
        path: (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]
        for path in packages
    }

    assert [path.parent.name for path, line in lines.items() if not line.endswith(".")] == []
