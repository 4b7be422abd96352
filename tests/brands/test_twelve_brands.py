"""Every brand builds the starter's messages in every shape without an error. Run it with ``make brands``.

``KEEP_BRANDS=DIR make brands`` keeps each brand's campaign in a folder, to look at: ``assetgen -C DIR/… gallery``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assetgen import Campaign
from tests.brands.brand_campaigns import write_brand_campaign
from tests.brands.brand_definitions import BRANDS, CHANNELS, BrandDefinition

KEPT = os.environ.get("KEEP_BRANDS")


def test_the_brands_differ_in_everything_that_has_broken_templates_before() -> None:
    assert len(BRANDS) == 12 and len(set(CHANNELS)) == 30
    assert {len(brand.palette) for brand in BRANDS} >= {1, 2, 12}
    assert len({brand.template for brand in BRANDS}) == 5
    assert {path.suffix for brand in BRANDS for path in brand.files} == {".ttf", ".otf"}
    assert any(brand.woff2 for brand in BRANDS)
    assert any("headline" in brand.fonts for brand in BRANDS)
    assert {(brand.number is None, brand.address is None) for brand in BRANDS} == {
        (False, False),
        (True, False),
        (False, True),
    }


@pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: brand.name)
def test_a_brand_builds_in_every_shape_without_an_error(tmp_path: Path, brand: BrandDefinition) -> None:
    missing = [path for path in brand.files if not path.exists()]
    assert not missing, f"fonts are missing: {missing}; run `make brands`, which names the packages"
    folder = Path(KEPT) / brand.name.replace(" ", "-") if KEPT else tmp_path / "c"
    campaign = Campaign.load(write_brand_campaign(folder, brand))

    assert [finding.as_text() for finding in campaign.check() if finding.is_error] == []
    result = campaign.build(jobs=1)

    assert [finding.as_text() for finding in result.findings if finding.is_error] == []
    channels = {asset.channel for asset in campaign.plan().assets if asset.medium != "qr"}
    assert channels == set(CHANNELS)
    assert result.built == len(campaign.plan().assets)
