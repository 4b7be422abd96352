"""Links: the plain address, or a short code that names a campaign, a partner or a channel, never a reader."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from campaigns import PARTNER, make_campaign

from assetgen.campaign.links import CODE_LENGTH, link_code, link_for
from assetgen.campaign.load import load_campaign
from assetgen.campaign.model import Campaign, LinkStyle

ADDRESS = "https://www.example.org/"


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    folder: Path = tmp_path_factory.mktemp("links") / "campaign"
    return load_campaign(make_campaign(folder)).campaign


def tracked(campaign: Campaign, tracking: str, style: str = "code") -> Campaign:
    """Return the campaign with another policy for its partner, and another style of link."""
    partner = replace(campaign.partners[PARTNER], tracking=tracking)
    brand = replace(campaign.brand, link=LinkStyle(style, "r"))
    return replace(campaign, partners={PARTNER: partner}, brand=brand)


def sha_code(words: str) -> str:
    digits = hashlib.sha256(words.encode()).hexdigest().replace("a", "").replace("e", "")
    return digits[:5]


def test_without_tracking_the_link_is_the_address_as_it_is(campaign: Campaign) -> None:
    assert link_for(campaign, PARTNER, "poster-a4") == ADDRESS
    assert link_for(tracked(campaign, "none", "utm"), PARTNER, "poster-a4") == ADDRESS


@pytest.mark.parametrize(
    ("tracking", "named"),
    [
        ("campaign", "open-door-line/1"),
        ("partner", f"open-door-line/1/{PARTNER}"),
        ("channel", f"open-door-line/1/{PARTNER}/poster-a4"),
    ],
)
def test_code_is_of_what_the_policy_names(campaign: Campaign, tracking: str, named: str) -> None:
    link = link_for(tracked(campaign, tracking), PARTNER, "poster-a4")

    assert link == f"{ADDRESS}?r={sha_code(named)}"


def test_partner_policy_gives_one_link_for_all_its_channels(campaign: Campaign) -> None:
    by_partner, by_channel = tracked(campaign, "partner"), tracked(campaign, "channel")

    assert link_for(by_partner, PARTNER, "poster-a4") == link_for(by_partner, PARTNER, "ig-story")
    assert link_for(by_channel, PARTNER, "poster-a4") != link_for(by_channel, PARTNER, "ig-story")
    assert link_for(by_channel, PARTNER, None) == link_for(by_partner, PARTNER, None)


def test_codes_hold_no_a_and_no_e() -> None:
    codes = [link_code("slug", "1", f"partner-{number}") for number in range(2000)]

    assert set("".join(codes)) == set("0123456789bcdf")
    assert {len(code) for code in codes} == {CODE_LENGTH}


def test_another_edition_gives_another_code() -> None:
    assert link_code("slug", "1", "police") != link_code("slug", "2", "police")


@pytest.mark.parametrize(
    ("tracking", "fields"),
    [
        ("campaign", "utm_campaign=open-door-line"),
        ("partner", f"utm_campaign=open-door-line&utm_source={PARTNER}"),
        ("channel", f"utm_campaign=open-door-line&utm_source={PARTNER}&utm_medium=poster-a4"),
    ],
)
def test_utm_names_what_the_policy_names(campaign: Campaign, tracking: str, fields: str) -> None:
    assert link_for(tracked(campaign, tracking, "utm"), PARTNER, "poster-a4") == f"{ADDRESS}?{fields}"
