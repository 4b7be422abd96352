"""Compare user-facing text with snapshot files beside the tests (``__snapshots__``); ``make wording`` updates them.

A test ends with ``assert wording == text``. Its other assertions say what must be reported and where; the snapshot
holds the exact words.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

Wording = SnapshotAssertion
SECONDS = re.compile(r"\b\d+(?:\.\d+)? s\b")


def without_run_details(text: str, base: Path) -> str:
    """Return a text without what differs from run to run: temporary folders and seconds."""
    folder = re.compile(rf"{re.escape(base.as_posix())}/(?:[^/\s:'\"]+)")
    return SECONDS.sub("N s", folder.sub("<tmp>", text))


@pytest.fixture
def wording(snapshot: SnapshotAssertion, tmp_path_factory: pytest.TempPathFactory) -> Wording:
    """Return the snapshot to compare a text or a list of texts with."""
    base = tmp_path_factory.getbasetemp()

    def normalise(data: Any, path: object) -> Any:
        return without_run_details(data, base) if isinstance(data, str) else data

    return snapshot(matcher=normalise)
