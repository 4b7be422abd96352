"""Rules for the tests themselves: work at import, imports of test modules, property tests, quick tests."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetgen.rendering.renderer import Renderer
from tests.support.quick_tests import SLOW_NAMES, is_slow, leads_to_slow
from tests.support.tiny_campaign import REPO, render_tiny

# Defining strategies and constants takes calls too; loading the smallest campaign takes ten times as many.
MAX_CALLS = 15_000


def modules(pattern: str = "*.py") -> list[Path]:
    return sorted((REPO / "tests").rglob(pattern))


def test_importing_a_test_module_reads_no_file_and_makes_few_calls() -> None:
    command = [sys.executable, "-m", "tests.support.import_watch"]
    result = subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=300, check=True)

    found = json.loads(result.stdout)

    assert len(found) == len(modules())
    assert {name: activity["events"] for name, activity in found.items() if activity["events"]} == {}
    assert {
        name: activity["calls"] for name, activity in found.items() if activity["calls"] > MAX_CALLS
    } == {}


@pytest.mark.each("path", modules, ids=lambda path: path.relative_to(REPO).as_posix())
def test_no_module_imports_a_test_module(path: Path) -> None:
    imports = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
    ]

    assert [
        node.module for node in imports if (node.module or "").rpartition(".")[2].startswith("test_")
    ] == []


def test_property_tests_have_no_deadline_and_no_slowness_check() -> None:
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check


@settings(max_examples=2, database=None)
@given(st.just(0.25))
def test_a_property_test_with_slow_examples_passes(seconds: float) -> None:
    time.sleep(seconds)


def test_every_name_in_the_list_of_slow_functions_exists() -> None:
    for name in SLOW_NAMES:
        module, _, attribute = name.rpartition(".")
        assert is_slow(getattr(import_module(module), attribute)), name


def test_a_test_that_renders_or_starts_a_process_is_not_marked_quick() -> None:
    def renders() -> None:
        render_tiny(Path())

    def starts_a_process() -> None:
        subprocess.run(["true"], check=True)

    def renders_in_a_closure() -> None:
        [Renderer for _ in range(1)]

    def adds() -> int:
        return sum((1, 2))

    assert leads_to_slow(renders) and leads_to_slow(starts_a_process) and leads_to_slow(renders_in_a_closure)
    assert not leads_to_slow(adds)
