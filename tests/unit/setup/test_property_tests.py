"""Property tests do not depend on the machine's speed: one profile holds for all."""

from __future__ import annotations

import re
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TESTS = Path(__file__).parents[2]


def test_property_tests_have_neither_a_deadline_nor_a_check_of_slowness() -> None:
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check


@settings(max_examples=2, database=None)
@given(st.just(0.25))
def test_a_slow_example_passes(seconds: float) -> None:
    time.sleep(seconds)


def test_no_test_sets_a_deadline_of_its_own() -> None:
    own = re.compile(r"\bdeadline\s*=")
    found = [path.name for path in TESTS.rglob("test_*.py") if own.search(path.read_text("utf-8"))]

    assert found == []
