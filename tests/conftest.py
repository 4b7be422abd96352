"""The whole suite: Ctrl-C reaches what a test starts; the rates of the corpus stand at the end."""

from __future__ import annotations

import signal
from collections import Counter

import pytest


def pytest_configure() -> None:
    """Let Ctrl-C reach what the tests start: a shell that ran them in its background had it ignored for all of them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many faults the proofs caught, and how often they cried wolf."""
    rates: Counter[str] = Counter()
    said = [one for reports in terminalreporter.stats.values() for one in reports]
    for report in (one for one in said if getattr(one, "when", None) == "call"):
        for name, value in report.user_properties:
            if name == "corpus":
                rates.update(value)
    if rates:
        terminalreporter.section("corpus")
        terminalreporter.line(f"caught {rates['caught']} of {rates['faulty']}")
        terminalreporter.line(f"false alarms {rates['alarms']} of {rates['sound']}")
