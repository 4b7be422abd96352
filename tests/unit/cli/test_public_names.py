"""The names that a script may import from ``assetgen`` itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_public_names_build_a_campaign_however_often_they_are_imported(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from assetgen.cli.commands.init import write_starter
write_starter(Path("campaign"))
from assetgen import build, load_campaign, plan_assets
from assetgen import build as again
from assetgen.planning.selection import Selection
if __name__ == "__main__":
    campaign = load_campaign(Path("campaign")).campaign
    for name in (build, again):
        result = name(campaign, plan=plan_assets(campaign), selection=Selection(medium=("qr",)), jobs=1)
        assert (result.built + result.cached, result.failed) == (3, 0), result
"""
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert said.returncode == 0, said.stderr
