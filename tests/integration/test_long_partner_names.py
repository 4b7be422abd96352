"""Partner names of 120 characters, the maximum, fit into the channels that show a name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from assetgen.building.pipeline import build
from assetgen.findings import Finding
from assetgen.loading.campaign import load_campaign
from assetgen.planning.planner import plan_assets
from assetgen.planning.selection import Selection

ROOT = Path(__file__).resolve().parents[2]

# 120 characters each: few long words, many short words, a part in brackets.
LONG_WORDS = (
    "Northumberland Multidisciplinary Safeguarding Partnership and Neighbourhood Rehabilitation "
    "Commissioning Collaboratives."
)
SHORT_WORDS = (
    "We at the top of the hill who do what we can for each of you and all of us in the big old town "
    "by the sea, so ask us now"
)
BRACKETED = (
    "Wolstanton and Audley Community Trust (formerly the Joint Board for Families and Young People of "
    "the Northern Moorlands)"
)
NAMES = {"long-words": LONG_WORDS, "short-words": SHORT_WORDS, "bracketed": BRACKETED}
ONE_WORD = "Safeguarding" * 10

# The smallest and narrowest channels first; then one of each medium and shape that shows a name.
FEW_CHANNELS = """
    poster-a6 bookmark leaflet-dl card-wallet beermat-round pullup-850
    press-10x2 mag-a4-quarter press-quarter
    gp-screen-portrait staff-app-card intranet-banner email-header
    poster-a4 ig-story disp-skyscraper ooh-48-sheet dooh-mall-xl
""".split()


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """Return a copy of the repository's campaign without its partners."""
    shutil.copy(ROOT / "campaign.yaml", tmp_path)
    for folder in ("brand", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def add_partner(campaign: Path, name: str, channels: Sequence[str], **further_keys: str) -> None:
    """Write a partner file with one message, because the fit of a name does not depend on the headline."""
    content = {"name": name, **further_keys, "messages": ["worried"], "channels": list(channels)}
    folder = campaign / "partners" / "newcomer"
    folder.mkdir(parents=True)
    (folder / "partner.yaml").write_text(json.dumps(content), "utf-8")


def build_all(campaign: Path, *, jobs: int = 1) -> tuple[list[str], list[Finding]]:
    """Build the whole campaign; return the planned paths and every error."""
    loaded = load_campaign(campaign)
    plan = plan_assets(loaded.campaign)
    result = build(loaded.campaign, plan=plan, selection=Selection(), jobs=jobs)
    errors = [finding for finding in (*loaded.findings, *result.findings) if finding.is_error]
    return [asset.path for asset in plan.assets], errors


def count_newcomer_files(campaign: Path) -> int:
    """Return how many files a partner with ``FEW_CHANNELS`` has, with variants and three QR codes."""
    channels = load_campaign(campaign).campaign.channels
    return sum(1 + len(channels[name].variants) for name in FEW_CHANNELS) + 3


def format_findings(findings: list[Finding]) -> str:
    return "\n".join(f"{finding.asset}: {finding.as_text()}" for finding in findings)


def test_the_names_in_these_tests_have_the_maximum_length() -> None:
    assert {len(name) for name in (*NAMES.values(), ONE_WORD)} == {120}


def test_a_name_of_120_characters_fits_the_smallest_channels(campaign: Path) -> None:
    """``make campaign`` builds every kind of name in every channel."""
    add_partner(campaign, LONG_WORDS, FEW_CHANNELS)

    paths, errors = build_all(campaign)

    assert not errors, format_findings(errors)
    assert len(paths) == count_newcomer_files(campaign)
    assert [path for path in paths if not (campaign / "out" / path).is_file()] == []


def test_a_long_name_fits_beside_three_other_partners(campaign: Path) -> None:
    shutil.copytree(ROOT / "partners", campaign / "partners")
    add_partner(campaign, LONG_WORDS, FEW_CHANNELS, short_name="Northumberland Safeguarding")
    file = campaign / "partners/newcomer/partner.yaml"
    alongside = ["staffordshire-commissioner", "childrens-safeguarding", "together-for-childhood"]
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "alongside": alongside}), "utf-8")

    loaded = load_campaign(campaign)
    result = build(loaded.campaign, selection=Selection(partner=("newcomer",)), jobs=1)

    errors = [finding for finding in (*loaded.findings, *result.findings) if finding.is_error]
    assert not errors, format_findings(errors)
    assert result.built == count_newcomer_files(campaign)


def test_a_short_name_makes_a_word_of_120_letters_fit(campaign: Path) -> None:
    add_partner(campaign, ONE_WORD, FEW_CHANNELS, short_name="Safeguarding")

    paths, errors = build_all(campaign)

    assert not errors, format_findings(errors)
    assert [path for path in paths if not (campaign / "out" / path).is_file()] == []


def test_a_word_of_120_letters_fails_only_assets_that_require_the_name(campaign: Path) -> None:
    """A line of an A6 sheet cannot hold 120 letters at a legible size, which is reported as an error."""
    add_partner(campaign, ONE_WORD, FEW_CHANNELS)

    _, errors = build_all(campaign)

    requires_name = {
        asset.id
        for asset in plan_assets(load_campaign(campaign).campaign).assets
        if "partner" in asset.spec.requires
    }
    assert {error.code for error in errors} <= {"text-overflow"}, format_findings(errors)
    assert {error.asset for error in errors} < requires_name
    assert all(error.place.file == "partners/newcomer/partner.yaml" for error in errors), format_findings(
        errors
    )


@pytest.mark.campaign
@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_120_characters_fits_every_channel(campaign: Path, name: str) -> None:
    add_partner(campaign, NAMES[name], ["*"])

    paths, errors = build_all(campaign, jobs=2)

    assert not errors, format_findings(errors)
    assert len(paths) > 130
