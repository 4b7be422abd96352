"""Why a partner gets no pack: each reason is a finding with its code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assetgen.loading.model import CampaignModel
from assetgen.manifest.entry import Entry
from assetgen.manifest.manifest_file import ManifestHead, ManifestIndex, index_manifest, write_manifest
from assetgen.packs.pack_run import PartnerState, build_findings, release_findings
from assetgen.planning.asset import Asset, ReleaseDate
from tests.support.factories import FakeRenderer, make_asset
from tests.support.tiny_campaign import load_tiny
from tests.support.wording import Wording

STORY, SQUARE = "acme/worried/ig-story/en-GB", "acme/worried/ig-square/en-GB"
DAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> CampaignModel:
    loaded, _ = load_tiny(tmp_path_factory.mktemp("refusals") / "campaign")
    return loaded


def entry_of(asset: Asset) -> Entry:
    rendered = FakeRenderer().render(asset)
    assert rendered.content
    return Entry.of(asset, rendered, rendered.content)


def index_of(folder: Path, *entries: Entry) -> ManifestIndex:
    write_manifest(folder / "manifest.json", folder / "temp", ManifestHead("c", "1", {}), entries)
    return index_manifest(folder)


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (PartnerState("acme", planned=(STORY, SQUARE)), "missing-file"),
        (PartnerState("acme", planned=(STORY,), unplanned=(SQUARE,)), "missing-file"),
        (PartnerState("acme", planned=(STORY,), reasons={STORY: "style.css changed"}), "stale"),
        (PartnerState("acme", planned=(SQUARE,), unplanned=()), "stale"),
        (PartnerState("acme"), "missing-file"),
    ],
    ids=["not built", "could not be planned", "out of date", "no longer planned", "nothing planned"],
)
def test_a_partner_whose_files_do_not_match_the_plan_gets_no_pack(
    campaign: CampaignModel, tmp_path: Path, standing: PartnerState, code: str, wording: Wording
) -> None:
    index = index_of(tmp_path, entry_of(make_asset(STORY)))

    found = build_findings(standing, campaign, index)

    assert code in [one.code for one in found]
    assert all(one.is_error and one.hint for one in found)
    assert wording == [one.as_text() for one in found]


def test_a_file_that_is_marked_stale_blocks_the_pack(
    campaign: CampaignModel, tmp_path: Path, wording: Wording
) -> None:
    index = index_of(tmp_path, entry_of(make_asset(STORY)).marked_stale(True))

    (finding,) = build_findings(PartnerState("acme", planned=(STORY,)), campaign, index)

    assert finding.code == "stale"
    assert wording == finding.as_text()


def test_files_that_are_built_as_planned_may_be_packed(campaign: CampaignModel, tmp_path: Path) -> None:
    index = index_of(tmp_path, entry_of(make_asset(STORY)))
    standing = PartnerState("acme", planned=(STORY,))

    assert build_findings(standing, campaign, index) == []
    assert release_findings(campaign, index, standing, DAY) == []


def test_a_date_set_after_the_build_applies_and_requires_a_build(
    campaign: CampaignModel, tmp_path: Path
) -> None:
    index = index_of(tmp_path, entry_of(make_asset(STORY)))
    terms = {STORY: (ReleaseDate("embargo", "2026-12-24", "acme"),)}

    found = release_findings(
        campaign, index, PartnerState("acme", planned=(STORY,), release_dates=terms), DAY
    )

    assert [one.code for one in found] == ["stale", "embargo"]


def test_an_invalid_manifest_entry_blocks_the_pack(
    campaign: CampaignModel, tmp_path: Path, wording: Wording
) -> None:
    entry = entry_of(make_asset(STORY))
    index = index_of(tmp_path, replace_in(entry, b'"unit":"px"', b'"unit":"inch"'))

    (finding,) = release_findings(campaign, index, PartnerState("acme", planned=(STORY,)), DAY)

    assert finding.code == "bad-value"
    assert "spec.unit" in finding.text
    assert wording == finding.as_text()


def replace_in(entry: Entry, old: bytes, new: bytes) -> Entry:
    assert old in entry.line
    return entry._replace(line=entry.line.replace(old, new))
