"""What the brand allows binds everybody: a partner's choices, the campaign's defaults, a channel's own design."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading import campaign as load
from assetgen.loading.campaign import load_campaign
from assetgen.loading.channels import Catalogue, read_catalogue
from assetgen.loading.yaml.document import YamlDocument
from assetgen.planning.planner import plan_assets
from tests.support.campaigns import altered, errors_of
from tests.support.tiny import FILES, load_tiny, write_tiny
from tests.support.wording import Wording
from tests.unit.loading.marks import marks

BRAND, CHANNELS, PARTNER = "brand/brand.yaml", "brand/channels.yaml", "partners/acme/partner.yaml"
OTHER = {
    f"templates/other/{name}": FILES[f"templates/bare/{name}"]
    for name in ("template.yaml", "template.html", "extra.html", "style.css")
}


def allowing(allow: str) -> dict[str, str]:
    """Return the change of the brand that allows this and no more, and a second design."""
    return {BRAND: f"{FILES[BRAND]}allow: {{{allow}}}\n", **OTHER}


def campaign(old: str, new: str) -> dict[str, str]:
    assert old in FILES["campaign.yaml"]
    return {"campaign.yaml": FILES["campaign.yaml"].replace(old, new)}


def check_refused(said: list[str], expected: list[tuple[str, str, str]]) -> None:
    """Check that these are the places, what is not allowed at each, and what is allowed instead."""
    assert marks(said) == [f"{place} bad-value" for place, _, _ in expected]
    for one, (_, word, allowed) in zip(said, expected, strict=True):
        text, _, hint = one.partition("\n")
        assert word in text and allowed in hint


@pytest.mark.parametrize(
    ("allow", "change", "expected"),
    [
        ("messages: [w*]", {}, [("campaign.yaml:5:12", "hello", "w*")]),
        ("channels: [tiny-card]", {}, [("campaign.yaml:7:23", "tiny-sheet", "tiny-card")]),
        (
            "channels: [social/*]",
            campaign("[tiny-card, tiny-sheet]", "[social/*, print/tiny-sheet, ooh/*]"),
            [
                ("campaign.yaml:7:22", "print/tiny-sheet", "social/*"),
                ("campaign.yaml:7:40", "ooh/*", "social/*"),
            ],
        ),
        ("templates: [other]", {}, [("campaign.yaml:8:11", "bare", "other")]),
        (
            "templates: [other]",
            campaign("template: bare", 'template: {"*": other, "tiny-*": bare}'),
            [("campaign.yaml:8:34", "bare", "other")],
        ),
        (
            "tracking: [none, partner]",
            campaign("template: bare", "template: bare\ntracking: channel"),
            [("campaign.yaml:9:11", "channel", "none, partner")],
        ),
        (
            "tracking: [partner]",
            {},
            [("campaign.yaml:1:1", "none", "partner")],
        ),
    ],
    ids=[
        "messages", "channels", "patterns of channels", "template", "template by channel", "tracking",
        "tracking by default",
    ],
)  # fmt: skip
def test_the_campaign_s_own_values_are_held_to_what_the_brand_allows(
    allow: str,
    change: dict[str, str],
    expected: list[tuple[str, str, str]],
    tmp_path: Path,
    wording: Wording,
) -> None:
    said = errors_of(write_tiny(tmp_path, {**allowing(allow), **change}))

    check_refused(said, expected)
    assert wording == said


def test_a_design_that_stands_in_for_none_is_held_to_it_too(tmp_path: Path, wording: Wording) -> None:
    changes = {
        **allowing("templates: [other]"),
        **campaign("template: bare", "template: {tiny-card: other}"),
        **{name.replace("other", "beacon"): text for name, text in OTHER.items()},
    }

    said = errors_of(write_tiny(tmp_path, changes))

    check_refused(said, [("campaign.yaml:8:11", "beacon", "*")])
    assert wording == said


def test_a_channel_s_own_design_is_held_to_it(tmp_path: Path, wording: Wording) -> None:
    changes = {
        **allowing("templates: [bare]"),
        CHANNELS: FILES[CHANNELS].replace("  name: Sheet\n", "  name: Sheet\n  template: other\n"),
    }

    said = errors_of(write_tiny(tmp_path, changes))

    check_refused(said, [("brand/channels.yaml:15:13", "other", "bare")])
    assert wording == said


def test_a_word_of_a_partner_of_which_nothing_is_allowed_is_told(tmp_path: Path, wording: Wording) -> None:
    changes = {
        **allowing("channels: [tiny-*, press/*]"),
        PARTNER: "name: Acme\nchannels: [social/*, print/*, ooh/*, poster-a?]\n",
    }

    said = errors_of(write_tiny(tmp_path, changes))

    check_refused(
        said,
        [
            ("partners/acme/partner.yaml:2:31", "ooh/*", "tiny-*, press/*"),
            ("partners/acme/partner.yaml:2:38", "poster-a?", "tiny-*, press/*"),
        ],
    )
    assert wording == said


def test_a_word_of_which_a_part_is_allowed_chooses_that_part(tmp_path: Path) -> None:
    changes = {
        **allowing("channels: [tiny-*]"),
        **campaign("[tiny-card, tiny-sheet]", '["social/*", "print/*"]'),
    }

    campaign_, _ = load_tiny(tmp_path, changes)

    assert campaign_.partners["acme"].channels == ("tiny-card", "tiny-sheet")


@pytest.mark.parametrize(
    ("allow", "design"), [("templates: [bare]", "other"), ("templates: ['*']", "nowhere")]
)
def test_a_built_in_channel_whose_design_is_not_to_be_had_takes_the_campaign_s(
    allow: str, design: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_designs(documents: list[YamlDocument]) -> tuple[Catalogue, list[Finding]]:
        catalogue, findings = read_catalogue(documents)
        named = {name: altered(channel, template=design) for name, channel in catalogue.channels.items()}
        return altered(catalogue, channels=named), findings

    monkeypatch.setattr(load, "read_catalogue", with_designs)
    root = write_tiny(tmp_path, {**allowing(allow), PARTNER: "name: Acme\nchannels: [ig-square]\n"})

    plan = plan_assets(load_campaign(root).campaign)

    assert {asset.template for asset in plan.assets if asset.channel == "ig-square"} == {"bare"}


def test_a_message_of_a_partner_s_own_list_that_is_not_allowed_is_told_though_the_campaign_has_others(
    tmp_path: Path, wording: Wording
) -> None:
    changes = {
        **allowing("messages: [other]"),
        "brand/messages/other.yaml": FILES["brand/messages/hello.yaml"],
        **campaign("messages: [hello]", "messages: [other]"),
        PARTNER: "name: Acme\nmessages: [other, hello]\n",
    }

    said = errors_of(write_tiny(tmp_path, changes))

    check_refused(said, [("partners/acme/partner.yaml:2:19", "hello", "other")])
    assert wording == said


def test_a_word_that_allows_nothing_there_is_is_told_with_the_nearest(
    tmp_path: Path, wording: Wording
) -> None:
    changes = allowing(
        "messages: ['*', helo], channels: ['*', 'prnt/*', poster-a44], templates: [bare, othr]"
    )
    line = changes[BRAND].count("\n")

    said = errors_of(write_tiny(tmp_path, changes))

    assert marks(said) == [f"{BRAND}:{line}:{column} unknown-id" for column in (25, 48, 58, 89)]
    for one, nearest in zip(said, ("hello", "print/*", "poster-a4", "other"), strict=True):
        assert nearest in one.partition("\n")[2]
    assert wording == said


def test_a_channel_that_needs_its_owner_is_said_once_of_the_campaign(
    tmp_path: Path, wording: Wording
) -> None:
    changes = {
        **campaign("[tiny-card, tiny-sheet]", "[tiny-card, bus-t-side]"),
        "partners/other/partner.yaml": "name: Other\n",
    }
    root = write_tiny(tmp_path, changes)

    with pytest.raises(CampaignError):
        load_campaign(root)
    said = errors_of(root)
    assert marks(said) == ["campaign.yaml:7:23 unknown-id"]
    assert "bus-t-side" in said[0]
    assert wording == said
