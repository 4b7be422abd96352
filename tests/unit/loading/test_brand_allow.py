"""What the brand allows limits a partner's choices, the campaign's defaults and the template of a channel."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading import campaign as campaign_module
from assetgen.loading.campaign import load_campaign
from assetgen.loading.channels import Catalogue, read_catalogue
from assetgen.loading.yaml.document import YamlDocument
from assetgen.planning.planner import plan_assets
from tests.support.example_campaign import campaign_errors, with_values
from tests.support.tiny_campaign import FILES, load_tiny, write_tiny
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

BRAND, CHANNELS, PARTNER = "brand/brand.yaml", "brand/channels.yaml", "partners/acme/partner.yaml"
OTHER = {
    f"templates/other/{name}": FILES[f"templates/bare/{name}"]
    for name in ("template.yaml", "template.html", "extra.html", "style.css")
}


def allowing(allow: str) -> dict[str, str]:
    """Return the changes that allow only this in the brand, and add a second template."""
    return {BRAND: f"{FILES[BRAND]}allow: {{{allow}}}\n", **OTHER}


def campaign_with(old: str, new: str) -> dict[str, str]:
    """Return the change of the campaign file from ``old`` to ``new``."""
    assert old in FILES["campaign.yaml"]
    return {"campaign.yaml": FILES["campaign.yaml"].replace(old, new)}


def check_rejected(errors: list[str], expected: list[tuple[str, str, str]]) -> None:
    """Check the place of each error, the value that is not allowed there, and the allowed values in its hint."""
    assert places_and_codes(errors) == [f"{place} bad-value" for place, _, _ in expected]
    for error, (_, value, allowed) in zip(errors, expected, strict=True):
        text, _, hint = error.partition("\n")
        assert value in text and allowed in hint


@pytest.mark.parametrize(
    ("allow", "change", "expected"),
    [
        ("messages: [w*]", {}, [("campaign.yaml:5:12", "hello", "w*")]),
        ("channels: [tiny-card]", {}, [("campaign.yaml:7:23", "tiny-sheet", "tiny-card")]),
        (
            "channels: [social/*]",
            campaign_with("[tiny-card, tiny-sheet]", "[social/*, print/tiny-sheet, ooh/*]"),
            [
                ("campaign.yaml:7:22", "print/tiny-sheet", "social/*"),
                ("campaign.yaml:7:40", "ooh/*", "social/*"),
            ],
        ),
        ("templates: [other]", {}, [("campaign.yaml:8:11", "bare", "other")]),
        (
            "templates: [other]",
            campaign_with("template: bare", 'template: {"*": other, "tiny-*": bare}'),
            [("campaign.yaml:8:34", "bare", "other")],
        ),
        (
            "tracking: [none, partner]",
            campaign_with("template: bare", "template: bare\ntracking: channel"),
            [("campaign.yaml:9:11", "channel", "none, partner")],
        ),
        (
            "tracking: [partner]",
            {},
            [("campaign.yaml:1:1", "none", "partner")],
        ),
    ],
    ids=[
        "messages", "channels", "channel patterns", "template", "template by channel", "tracking",
        "default tracking",
    ],
)  # fmt: skip
def test_campaign_values_must_be_allowed_by_the_brand(
    allow: str,
    change: dict[str, str],
    expected: list[tuple[str, str, str]],
    tmp_path: Path,
    wording: Wording,
) -> None:
    errors = campaign_errors(write_tiny(tmp_path, {**allowing(allow), **change}))

    check_rejected(errors, expected)
    assert wording == errors


def test_default_template_must_be_allowed_by_the_brand(tmp_path: Path, wording: Wording) -> None:
    changes = {
        **allowing("templates: [other]"),
        **campaign_with("template: bare", "template: {tiny-card: other}"),
        **{name.replace("other", "beacon"): text for name, text in OTHER.items()},
    }

    errors = campaign_errors(write_tiny(tmp_path, changes))

    check_rejected(errors, [("campaign.yaml:8:11", "beacon", "*")])
    assert wording == errors


def test_template_of_a_channel_must_be_allowed_by_the_brand(tmp_path: Path, wording: Wording) -> None:
    changes = {
        **allowing("templates: [bare]"),
        CHANNELS: FILES[CHANNELS].replace("  name: Sheet\n", "  name: Sheet\n  template: other\n"),
    }

    errors = campaign_errors(write_tiny(tmp_path, changes))

    check_rejected(errors, [("brand/channels.yaml:15:13", "other", "bare")])
    assert wording == errors


def test_partners_channel_pattern_without_an_allowed_channel_is_rejected(
    tmp_path: Path, wording: Wording
) -> None:
    changes = {
        **allowing("channels: [tiny-*, press/*]"),
        PARTNER: "name: Acme\nchannels: [social/*, print/*, ooh/*, poster-a?]\n",
    }

    errors = campaign_errors(write_tiny(tmp_path, changes))

    check_rejected(
        errors,
        [
            ("partners/acme/partner.yaml:2:31", "ooh/*", "tiny-*, press/*"),
            ("partners/acme/partner.yaml:2:38", "poster-a?", "tiny-*, press/*"),
        ],
    )
    assert wording == errors


def test_partly_allowed_channel_pattern_selects_the_allowed_channels(tmp_path: Path) -> None:
    changes = {
        **allowing("channels: [tiny-*]"),
        **campaign_with("[tiny-card, tiny-sheet]", '["social/*", "print/*"]'),
    }

    loaded, _ = load_tiny(tmp_path, changes)

    assert loaded.partners["acme"].channels == ("tiny-card", "tiny-sheet")


@pytest.mark.parametrize(
    ("allow", "template"), [("templates: [bare]", "other"), ("templates: ['*']", "nowhere")]
)
def test_built_in_channel_uses_the_campaigns_template_if_its_own_is_unavailable(
    allow: str, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def catalogue_with_template(documents: list[YamlDocument]) -> tuple[Catalogue, list[Finding]]:
        catalogue, findings = read_catalogue(documents)
        named = {
            name: with_values(channel, template=template) for name, channel in catalogue.channels.items()
        }
        return with_values(catalogue, channels=named), findings

    monkeypatch.setattr(campaign_module, "read_catalogue", catalogue_with_template)
    root = write_tiny(tmp_path, {**allowing(allow), PARTNER: "name: Acme\nchannels: [ig-square]\n"})

    plan = plan_assets(load_campaign(root).campaign)

    assert {asset.template for asset in plan.assets if asset.channel == "ig-square"} == {"bare"}


def test_partners_message_must_be_allowed_by_the_brand(tmp_path: Path, wording: Wording) -> None:
    changes = {
        **allowing("messages: [other]"),
        "brand/messages/other.yaml": FILES["brand/messages/hello.yaml"],
        **campaign_with("messages: [hello]", "messages: [other]"),
        PARTNER: "name: Acme\nmessages: [other, hello]\n",
    }

    errors = campaign_errors(write_tiny(tmp_path, changes))

    check_rejected(errors, [("partners/acme/partner.yaml:2:19", "hello", "other")])
    assert wording == errors


def test_unknown_value_in_allow_gets_the_nearest_as_hint(tmp_path: Path, wording: Wording) -> None:
    changes = allowing(
        "messages: ['*', helo], channels: ['*', 'prnt/*', poster-a44], templates: [bare, othr]"
    )
    line = changes[BRAND].count("\n")

    errors = campaign_errors(write_tiny(tmp_path, changes))

    assert places_and_codes(errors) == [f"{BRAND}:{line}:{column} unknown-id" for column in (25, 48, 58, 89)]
    for error, nearest in zip(errors, ("hello", "print/*", "poster-a4", "other"), strict=True):
        assert nearest in error.partition("\n")[2]
    assert wording == errors


def test_campaign_channel_without_a_size_is_reported_once(tmp_path: Path, wording: Wording) -> None:
    changes = {
        **campaign_with("[tiny-card, tiny-sheet]", "[tiny-card, bus-t-side]"),
        "partners/other/partner.yaml": "name: Other\n",
    }
    root = write_tiny(tmp_path, changes)

    with pytest.raises(CampaignError):
        load_campaign(root)
    errors = campaign_errors(root)
    assert places_and_codes(errors) == ["campaign.yaml:7:23 unknown-id"]
    assert "bus-t-side" in errors[0]
    assert wording == errors
