"""A partner nobody planned for: a name as long as a name may be, and every channel of the catalogue."""

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

# 120 characters each: few long words, many short ones, brackets that the short name may leave out.
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

# Small and narrow first, where a name has least room; then each medium and shape that shows one.
FEW_CHANNELS = """
    poster-a6 bookmark leaflet-dl card-wallet beermat-round pullup-850
    press-10x2 mag-a4-quarter press-quarter
    gp-screen-portrait staff-app-card intranet-banner email-header
    poster-a4 ig-story disp-skyscraper ooh-48-sheet dooh-mall-xl
""".split()


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """The repository's campaign without its partners."""
    shutil.copy(ROOT / "campaign.yaml", tmp_path)
    for folder in ("brand", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def add_partner(campaign: Path, name: str, channels: Sequence[str], **more: str) -> None:
    """Write a partner's file with one message: how names fit does not hang on the headline."""
    said = {"name": name, **more, "messages": ["worried"], "channels": list(channels)}
    folder = campaign / "partners" / "newcomer"
    folder.mkdir(parents=True)
    (folder / "partner.yaml").write_text(json.dumps(said), "utf-8")


def built(campaign: Path, *, jobs: int = 1) -> tuple[list[str], list[Finding]]:
    """Build all there is; return the paths of the assets that should be there, and every error."""
    loaded = load_campaign(campaign)
    plan = plan_assets(loaded.campaign)
    result = build(loaded.campaign, plan=plan, selection=Selection(), jobs=jobs)
    errors = [finding for finding in (*loaded.findings, *result.findings) if finding.is_error]
    return [asset.path for asset in plan.assets], errors


def files_of_newcomer(campaign: Path) -> int:
    """Return how many files a partner of ``FEW_CHANNELS`` has: each channel's, their further forms, three codes."""
    channels = load_campaign(campaign).campaign.channels
    return sum(1 + len(channels[name].variants) for name in FEW_CHANNELS) + 3


def told(findings: list[Finding]) -> str:
    return "\n".join(f"{finding.asset}: {finding.as_text()}" for finding in findings)


def test_the_names_are_as_long_as_a_name_may_be() -> None:
    assert {len(name) for name in (*NAMES.values(), ONE_WORD)} == {120}


def test_a_name_of_120_characters_fits_where_names_have_least_room(campaign: Path) -> None:
    """`make campaign` tries every kind of name in every channel."""
    add_partner(campaign, LONG_WORDS, FEW_CHANNELS)

    paths, errors = built(campaign)

    assert not errors, told(errors)
    assert len(paths) == files_of_newcomer(campaign)
    assert [path for path in paths if not (campaign / "out" / path).is_file()] == []


def test_beside_three_other_partners_a_long_name_still_fits(campaign: Path) -> None:
    shutil.copytree(ROOT / "partners", campaign / "partners")
    add_partner(campaign, LONG_WORDS, FEW_CHANNELS, short_name="Northumberland Safeguarding")
    file = campaign / "partners/newcomer/partner.yaml"
    beside = ["staffordshire-commissioner", "childrens-safeguarding", "together-for-childhood"]
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "alongside": beside}), "utf-8")

    loaded = load_campaign(campaign)
    result = build(loaded.campaign, selection=Selection(partner=("newcomer",)), jobs=1)

    errors = [finding for finding in (*loaded.findings, *result.findings) if finding.is_error]
    assert not errors, told(errors)
    assert result.built == files_of_newcomer(campaign)


def test_a_name_that_is_one_word_of_120_letters_is_saved_by_its_short_name(campaign: Path) -> None:
    add_partner(campaign, ONE_WORD, FEW_CHANNELS, short_name="Safeguarding")

    paths, errors = built(campaign)

    assert not errors, told(errors)
    assert [path for path in paths if not (campaign / "out" / path).is_file()] == []


def test_without_a_short_name_such_a_word_costs_only_the_sheets_that_must_show_it(campaign: Path) -> None:
    """No line of an A6 sheet holds 120 letters at a legible size; that is said, and all else is built."""
    add_partner(campaign, ONE_WORD, FEW_CHANNELS)

    _, errors = built(campaign)

    requires_name = {
        asset.id
        for asset in plan_assets(load_campaign(campaign).campaign).assets
        if "partner" in asset.spec.requires
    }
    assert {error.code for error in errors} <= {"text-overflow"}, told(errors)
    assert {error.asset for error in errors} < requires_name
    assert all(error.place.file == "partners/newcomer/partner.yaml" for error in errors), told(errors)


@pytest.mark.campaign
@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_120_characters_fits_every_channel(campaign: Path, name: str) -> None:
    add_partner(campaign, NAMES[name], ["*"])

    paths, errors = built(campaign, jobs=2)

    assert not errors, told(errors)
    assert len(paths) > 130
