"""Fingerprints: they cover assetgen's own source code."""

from __future__ import annotations

import pytest

from assetgen.building.fingerprint import DRAWS, PACKAGE, PROVES
from assetgen.packs.pack_run import MAKES


@pytest.mark.parametrize("name", sorted({*DRAWS, *PROVES, *MAKES}))
def test_source_path_in_a_fingerprint_exists(name: str) -> None:
    assert (PACKAGE / name).exists(), (
        "a path that does not exist adds nothing to the fingerprint: changed code would rebuild nothing"
    )
