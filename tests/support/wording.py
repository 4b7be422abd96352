"""What users read, held in snapshot files beside the tests (``__snapshots__``); ``make wording`` writes them again.

A test asks ``assert wording == said``: its own test says what must be found and where, the file how it is worded.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

Wording = SnapshotAssertion
SECONDS = re.compile(r"\b\d+(?:\.\d+)? s\b")


def steady(text: str, base: Path) -> str:
    """Return a text with what differs from run to run taken out: temporary folders and seconds."""
    folder = re.compile(rf"{re.escape(base.as_posix())}/(?:[^/\s:'\"]+)")
    return SECONDS.sub("N s", folder.sub("<tmp>", text))


@pytest.fixture
def wording(snapshot: SnapshotAssertion, tmp_path_factory: pytest.TempPathFactory) -> Wording:
    """Give the snapshot to compare words with: a text, or a list of texts."""
    base = tmp_path_factory.getbasetemp()

    def keep(data: Any, path: object) -> Any:
        return steady(data, base) if isinstance(data, str) else data

    return snapshot(matcher=keep)
