"""What stands for assetgen's own code in the key of a file."""

from __future__ import annotations

import pytest

from assetgen.building.fingerprint import DRAWS, PACKAGE, PROVES
from assetgen.packs.pack_run import MAKES


@pytest.mark.parametrize("name", sorted({*DRAWS, *PROVES, *MAKES}))
def test_the_code_that_makes_a_file_is_named_by_a_path_that_exists(name: str) -> None:
    assert (PACKAGE / name).exists(), (
        "a path that does not exist stands for nothing: new code would rebuild nothing"
    )
