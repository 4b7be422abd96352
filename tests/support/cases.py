"""Campaigns of regression cases: the starter with one message, one partner and the files of a case.

``tests/cases/base`` replaces the starter's messages and partner. A case's folder is copied over that.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from assetgen import BuildResult, Campaign, Selection
from tests.support.example_campaign import BRAND_FILE, make_campaign, replace_in_file

CASES = Path(__file__).parents[1] / "cases"


def case_campaign(root: Path, case: str | None = None) -> Path:
    """Write the campaign of a case, such as ``palette/02-dark-accent``, into ``root``, and return its folder."""
    make_campaign(root)
    shutil.rmtree(root / "partners")
    shutil.rmtree(root / "brand/messages")
    replace_in_file(root, BRAND_FILE, "name: Open Door Line", "name: Harbour Line")
    for folder in ("base", *([case] if case else [])):
        shutil.copytree(CASES / folder, root, dirs_exist_ok=True)
    return root


def check_and_build(root: Path, *channels: str) -> BuildResult:
    """Build a campaign's assets on some channels, after a check, which must find no errors."""
    campaign = Campaign.load(root)
    assert [finding.as_text() for finding in campaign.check() if finding.is_error] == []
    return campaign.build(Selection(channel=channels), jobs=1)
