"""Fixtures and hooks of the whole suite: quick tests, a shared build, and the summary of the fault corpus."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from assetgen.preflight.qr.phone_model import zbar_reader
from tests.support.example_campaign import make_campaign
from tests.support.quick_tests import is_quick, refuse_processes
from tests.support.shared_folders import make_once
from tests.support.wording import wording

__all__ = ["wording"]  # a fixture for all tests

# How long an example takes depends on what else runs on the machine, so a slow example is not an error.
settings.register_profile("assetgen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("assetgen")


def pytest_configure(config: pytest.Config) -> None:
    """Restore Ctrl-C, which a background shell makes its children ignore. Refuse processes in quick runs."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.option.markexpr == "quick":
        zbar_reader()  # loads a system library, which Python may look for with a process
        sys.addaudithook(refuse_processes)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the quick tests if they are selected."""
    if "quick" in config.option.markexpr:
        for item in items:
            if isinstance(item, pytest.Function) and is_quick(item):
                item.add_marker("quick")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize by ``@pytest.mark.each(names, values)``, whose values are a function."""
    for mark in metafunc.definition.iter_markers("each"):
        names, values = mark.args
        metafunc.parametrize(names, list(values()), **mark.kwargs)


@pytest.fixture(scope="session")
def built_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a starter campaign with its two square posts built. A test that changes the folder copies it first."""

    def make(folder: Path) -> None:
        make_campaign(folder)
        command = [sys.executable, "-m", "assetgen", "-C", str(folder), "build", "-c", "ig-square", "-j", "1"]
        built = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert built.returncode == 0, built.stderr

    return make_once(tmp_path_factory, "starter", make)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many faults of the corpus the preflight checks found, and how many false alarms they raised."""
    rates: Counter[str] = Counter()
    reports = [report for group in terminalreporter.stats.values() for report in group]
    for report in (report for report in reports if getattr(report, "when", None) == "call"):
        for name, value in report.user_properties:
            if name == "corpus":
                rates.update(value)
    if rates:
        terminalreporter.section("corpus")
        terminalreporter.line(f"caught {rates['caught']} of {rates['faulty']}")
        terminalreporter.line(f"false alarms {rates['alarms']} of {rates['sound']}")
