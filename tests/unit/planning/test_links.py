"""Links: the plain address, or a short code that names a campaign, a partner or a channel, never a reader."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.loading.campaign import load_campaign
from assetgen.loading.model import CampaignModel
from assetgen.planning import qr_codes
from assetgen.planning.planner import plan_assets
from assetgen.planning.qr_codes import add_to_query, link_code, link_for
from assetgen.schema.brand_file import LinkStyle
from tests.support.example_campaign import PARTNER, make_campaign, with_values
from tests.support.wording import Wording

ADDRESS = "https://www.example.org/"


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> CampaignModel:
    folder: Path = tmp_path_factory.mktemp("links") / "campaign"
    return load_campaign(make_campaign(folder)).campaign


def tracked(campaign: CampaignModel, tracking: str, style: Literal["code", "utm"] = "code") -> CampaignModel:
    """Return the campaign with a tracking policy for its partner, and a style of link."""
    partner = with_values(campaign.partners[PARTNER], tracking=tracking)
    brand = with_values(campaign.brand, link=LinkStyle(style=style, parameter="r"))
    return with_values(campaign, partners={PARTNER: partner}, brand=brand)


def expected_code(words: str) -> str:
    digits = hashlib.sha256(words.encode()).hexdigest().replace("a", "").replace("e", "")
    return digits[:5]


def test_link_without_tracking_is_the_plain_address(campaign: CampaignModel) -> None:
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
def test_link_code_is_the_hash_of_the_ids_that_the_tracking_policy_includes(
    campaign: CampaignModel, tracking: str, named: str
) -> None:
    link = link_for(tracked(campaign, tracking), PARTNER, "poster-a4")

    assert link == f"{ADDRESS}?r={expected_code(named)}"


def test_with_partner_tracking_all_channels_of_a_partner_have_the_same_link(campaign: CampaignModel) -> None:
    by_partner, by_channel = tracked(campaign, "partner"), tracked(campaign, "channel")

    assert link_for(by_partner, PARTNER, "poster-a4") == link_for(by_partner, PARTNER, "ig-story")
    assert link_for(by_channel, PARTNER, "poster-a4") != link_for(by_channel, PARTNER, "ig-story")
    assert link_for(by_channel, PARTNER, None) == link_for(by_partner, PARTNER, None)


def test_link_codes_contain_no_a_and_no_e() -> None:
    codes = [link_code("slug", "1", f"partner-{number}") for number in range(2000)]

    assert set("".join(codes)) == set("0123456789bcdf")
    assert {len(code) for code in codes} == {5}


def test_different_editions_have_different_link_codes() -> None:
    assert link_code("slug", "1", "police") != link_code("slug", "2", "police")


@pytest.mark.parametrize(
    ("tracking", "fields"),
    [
        ("campaign", "utm_campaign=open-door-line"),
        ("partner", f"utm_campaign=open-door-line&utm_source={PARTNER}"),
        ("channel", f"utm_campaign=open-door-line&utm_source={PARTNER}&utm_medium=poster-a4"),
    ],
)
def test_utm_parameters_contain_the_ids_that_the_tracking_policy_includes(
    campaign: CampaignModel, tracking: str, fields: str
) -> None:
    assert link_for(tracked(campaign, tracking, "utm"), PARTNER, "poster-a4") == f"{ADDRESS}?{fields}"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://www.example.org/help?lang=en", "https://www.example.org/help?lang=en&r=CODE"),
        ("https://www.example.org/help#call", "https://www.example.org/help?r=CODE#call"),
        ("https://www.example.org/?a=%C3%A9+b&c#x?y", "https://www.example.org/?a=%C3%A9+b&c&r=CODE#x?y"),
        ("https://www.example.org/?", "https://www.example.org/?r=CODE"),
        ("https://www.example.org", "https://www.example.org?r=CODE"),
    ],
)
def test_link_code_is_added_to_the_query_of_the_brands_address(
    campaign: CampaignModel, url: str, link: str
) -> None:
    facts = campaign.brand.facts
    brand = with_values(campaign.brand, facts=with_values(facts, address=with_values(facts.address, url=url)))
    changed = tracked(with_values(campaign, brand=brand), "campaign")

    assert link_for(changed, PARTNER, None) == link.replace("CODE", expected_code("open-door-line/1"))


URL_WORDS = st.text("abcXYZ019-._~%2F", max_size=8)


@given(
    host=st.sampled_from(["www.example.org", "example.org:8443", "xn--hjlp-koa.example"]),
    path=URL_WORDS.map(lambda words: f"/{words}"),
    query=st.lists(st.tuples(st.text("abcr", min_size=1, max_size=3), URL_WORDS), max_size=3),
    fragment=URL_WORDS,
    style=st.sampled_from([{"r": "70b1c"}, {"utm_campaign": "open-door", "utm_source": "nspcc"}]),
)
@settings(max_examples=200)
def test_adding_to_the_query_keeps_host_path_query_and_fragment(
    host: str, path: str, query: list[tuple[str, str]], fragment: str, style: dict[str, str]
) -> None:
    query_text = "&".join("=".join(pair) for pair in query)
    url = (
        f"https://{host}{path}"
        + (f"?{query_text}" if query_text else "")
        + (f"#{fragment}" if fragment else "")
    )

    link = urlsplit(add_to_query(url, style))

    assert (link.scheme, link.netloc, link.path, link.fragment) == ("https", host, path, fragment)
    assert link.query.startswith(query_text)
    assert parse_qsl(link.query, keep_blank_values=True) == [
        *parse_qsl(query_text, keep_blank_values=True),
        *style.items(),
    ]


def test_link_identifies_the_channel_but_not_the_reader_or_the_asset(campaign: CampaignModel) -> None:
    plan = plan_assets(tracked(campaign, "channel"))
    found = {(asset.channel, asset.spec.link) for asset in plan.assets if asset.spec.link}

    assert len(found) == len({channel for channel, _ in found})  # one per channel, whatever the message
    assert all(re.fullmatch(re.escape(ADDRESS) + r"\?r=[0-9bcdf]{5}", link) for _, link in found if link)


def test_only_the_later_of_two_links_with_the_same_code_fails(
    campaign: CampaignModel, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.setattr(qr_codes, "link_code", lambda *named: "00000")

    plan = plan_assets(tracked(campaign, "channel"))

    first = next(asset.channel for asset in plan.assets if asset.spec.link or asset.spec.click)
    failing = {asset.channel for asset in plan.assets if asset.faults}
    linked = {asset.channel for asset in plan.assets if asset.spec.link or asset.spec.click}
    assert failing == linked - {first}
    finding = next(one for one in plan.findings if "/ig-square/" in (one.asset or ""))
    assert (str(finding.place), finding.code) == (f"partners/{PARTNER}/partner.yaml:2:1", "duplicate-id")
    assert f"{PARTNER}/{first}" in finding.text
    assert wording == finding.as_text()


@pytest.mark.parametrize("tracking", ["none", "campaign", "partner"])
def test_equal_links_are_accepted_if_tracking_does_not_tell_channels_apart(
    campaign: CampaignModel, tracking: str
) -> None:
    found = {asset.spec.link for asset in plan_assets(tracked(campaign, tracking)).assets if asset.spec.link}

    assert len(found) == 1


def test_click_link_follows_the_tracking_policy(campaign: CampaignModel) -> None:
    asset = plan_assets(tracked(campaign, "partner")).by_id()[f"{PARTNER}/worried/ig-story/en-GB"]

    assert asset.spec.click == f"{ADDRESS}?r={expected_code(f'open-door-line/1/{PARTNER}')}"
    assert asset.spec.link is None  # no QR code: whoever reads a feed holds the camera
