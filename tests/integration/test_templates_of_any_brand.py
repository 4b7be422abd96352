"""Faults of the shipped templates that other campaigns found, and channels of one's own."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from assetgen import Campaign
from tests.support.cases import case_campaign, check_and_build

POSTER, BADGE = "poster-a4", "kiosk-badge"


def test_the_rule_over_the_footer_reaches_both_edges_of_the_page(tmp_path: Path) -> None:
    root = case_campaign(tmp_path / "c", "templates/01-footer-rule-stops-at-the-code")
    assert check_and_build(root, POSTER).ok

    (path,) = root.glob(f"out/*/*/print/*_{POSTER}_en-GB.pdf")
    picture = pypdfium2.PdfDocument(path)[0].render(scale=2).to_pil().convert("L")
    dark = np.asarray(picture) < 90
    width = dark.shape[1]
    # The rule is the one row whose ink starts at the left edge and covers most of the width.
    rows = [row for row in range(dark.shape[0]) if dark[row, :4].all() and dark[row].mean() > 0.6]
    assert rows
    assert all(dark[row, width - 4 :].all() for row in rows)


@pytest.mark.parametrize(
    "safe", ["safe: {circle: 560}", "shape: round\n  safe: [20, 20, 20, 20]"], ids=["circle", "round"]
)
def test_all_copy_of_a_round_channel_is_inside_its_circle(tmp_path: Path, safe: str) -> None:
    root = case_campaign(tmp_path / "c", "templates/02-round-channel")
    path = root / "brand/channels.yaml"
    path.write_text(path.read_text("utf-8").replace("safe: {circle: 560}", safe), "utf-8")

    assert check_and_build(root, BADGE).ok

    (asset,) = [one for one in Campaign.load(root).plan().assets if one.channel == BADGE]
    assert asset.spec.safe_circle == 560
    x, y, width, height = asset.page.live
    corner = math.hypot(max(300 - x, x + width - 300), max(300 - y, y + height - 300))
    assert corner <= 280 + 0.5
