"""The plan of this repository's campaign: every value resolved, in a fixed order, without disk access."""

from __future__ import annotations

import builtins
import os
import pickle
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import pytest

from assetgen.errors import CampaignError
from assetgen.loading.campaign import LoadedCampaign, load_campaign
from assetgen.loading.model import CampaignModel
from assetgen.planning.asset import Plan
from assetgen.planning.combination import asset_path, background_for, template_for
from assetgen.planning.planner import plan_assets
from assetgen.schema.fields import PlacedText
from tests.support.example_campaign import (
    PARTNER,
    PARTNER_FILE,
    append_line,
    make_campaign,
    replace_in_file,
    with_values,
)
from tests.support.wording import Wording

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def loaded() -> LoadedCampaign:
    return load_campaign(ROOT)


@pytest.fixture(scope="module")
def campaign(loaded: LoadedCampaign) -> CampaignModel:
    return loaded.campaign


@pytest.fixture(scope="module")
def plan(campaign: CampaignModel) -> Plan:
    return plan_assets(campaign)


def test_real_campaign_has_no_errors(loaded: LoadedCampaign) -> None:
    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []


def test_real_campaign_has_at_least_130_channels_and_800_assets(campaign: CampaignModel, plan: Plan) -> None:
    assert len(campaign.partners) == 6
    assert {asset.partner for asset in plan.assets} == set(campaign.partners)
    assert len(campaign.channels) >= 130
    assert len(plan.assets) >= 800


def test_ids_and_paths_are_unique_and_sorted_by_path(plan: Plan) -> None:
    paths = [asset.path for asset in plan.assets]

    assert paths == sorted(set(paths))
    assert len(plan.by_id()) == len(plan.assets)


def test_no_two_paths_differ_only_by_case(plan: Plan) -> None:
    assert len({asset.path.casefold() for asset in plan.assets}) == len(plan.assets)


def test_paths_are_ascii_with_names_of_at_most_140_characters(plan: Plan) -> None:
    assert [asset.path for asset in plan.assets if not asset.path.isascii()] == []
    assert max(len(Path(asset.path).name) for asset in plan.assets) <= 140


def test_per_partner_channel_has_one_asset_for_each_partner_and_locale(
    campaign: CampaignModel, plan: Plan
) -> None:
    per_partner = {name for name, channel in campaign.channels.items() if channel.per == "partner"}
    counts = Counter(
        (asset.partner, asset.channel, asset.locale) for asset in plan.assets if asset.channel in per_partner
    )

    assert counts
    assert set(counts.values()) == {1}
    assert {
        asset.message for asset in plan.assets if asset.medium != "qr" and asset.channel in per_partner
    } == {"all"}


def test_plan_survives_pickling(plan: Plan) -> None:
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_same_campaign_gives_the_same_plan(campaign: CampaignModel, plan: Plan) -> None:
    assert plan_assets(campaign) == plan


def test_planning_does_not_access_the_disk(
    campaign: CampaignModel, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **options: Any) -> NoReturn:
        raise AssertionError(f"planning accesses the disk: {args}")

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", refuse)
        patch.setattr(os, "stat", refuse)
        for name in ("open", "read_bytes", "read_text", "stat", "iterdir"):
            patch.setattr(Path, name, refuse)
        again = plan_assets(campaign)

    assert again == plan


def test_poster_tries_longer_headlines_first_then_longer_bodies(plan: Plan) -> None:
    poster = plan.by_id()["staffordshire-police/worried/poster-a4/en-GB"]
    names = [copy_set.name for copy_set in poster.copy_sets]

    assert names == ["long/long", "long/short", "long/none", "short/long", "short/short", "short/none"]
    assert set(poster.spec.words) == set(names)


def test_every_asset_contains_the_facts_that_its_channel_requires(
    campaign: CampaignModel, plan: Plan
) -> None:
    missing = [
        (asset.id, fact)
        for asset in plan.assets
        for copy_set in asset.copy_sets
        for fact in asset.spec.requires
        if not copy_set.copy_by_role.get(fact)
    ]

    assert missing == []


@pytest.mark.parametrize(
    ("template", "channel_template", "expected"),
    [
        ({"": "beacon"}, None, "beacon"),
        ({"": "beacon"}, "plain", "plain"),
        ({"*": "beacon"}, "plain", "beacon"),
        ({"*": "beacon", "poster-*": "quiet"}, "plain", "quiet"),
        ({"poster-*": "quiet", "poster-a4": "together"}, "plain", "together"),
        ({"poster-a?": "together", "poster-*": "quiet", "*": "beacon"}, "plain", "together"),
        ({"print/*": "quiet", "*": "beacon"}, None, "quiet"),
        ({"ooh-*": "quiet"}, "plain", "plain"),
        ({"ooh-*": "quiet"}, None, "beacon"),
    ],
    ids=[
        "default",
        "channel before default",
        "any-channel pattern before channel",
        "prefix before any-channel pattern",
        "channel id before prefix",
        "longer pattern before shorter",
        "medium before any-channel pattern",
        "channel if no pattern matches",
        "built-in template if nothing else decides",
    ],
)
def test_most_specific_channel_pattern_decides_the_template(
    campaign: CampaignModel, template: dict[str, str], channel_template: str | None, expected: str
) -> None:
    channel = with_values(campaign.channels["poster-a4"], template=channel_template)
    partner = with_values(campaign.partners["nspcc"], template=template)
    without = with_values(campaign, template={})

    assert template_for(channel, without, None, partner) == expected


COMMON = {
    "safe_circle": None,
    "keep_clear": (),
    "colour": "srgb",
    "recommended_max_bytes": None,
    "scale": 1.0,
}
NUMBERS, HOSTS = ("0808 1000 900", "999", "101"), ("www.stopitnow.org.uk",)
SPECS: dict[str, dict[str, Any]] = {
    "staffordshire-police/worried/poster-a4/en-GB": {
        **COMMON, "width": 210, "height": 297, "unit": "mm", "bleed_mm": 3, "ppi": 300, "safe": (8, 8, 8, 8),
        "panel_joins_x": (), "panel_joins_y": (), "format": "pdf", "colour": "cmyk-coated", "max_bytes": None,
        "view_m": 1.0, "read_m": 0.7, "scan_m": 0.4, "px_mm": None,
        "requires": ("number", "address", "promise", "partner"),
        "link": "https://www.stopitnow.org.uk/", "click": None,
    },
    "staffordshire-police/worried/ig-story/en-GB": {
        **COMMON, "width": 1080, "height": 1920, "unit": "px", "bleed_mm": 0, "ppi": 72,
        "safe": (270, 65, 384, 65), "panel_joins_x": (), "panel_joins_y": (), "format": "png", "max_bytes": 8_000_000,
        "view_m": 0.3, "read_m": 0.3, "scan_m": None, "px_mm": 0.06,
        "requires": ("number", "address", "promise"),
        "link": None, "click": "https://www.stopitnow.org.uk/",
    },
    "staffordshire-commissioner/worried/ooh-48-sheet/en-GB": {
        **COMMON, "width": 6096, "height": 3048, "unit": "mm", "bleed_mm": 0, "scale": 0.1, "ppi": 30,
        "safe": (150, 200, 150, 200), "panel_joins_x": (1016, 2032, 3048, 4064, 5080), "panel_joins_y": (1524,),
        "format": "pdf", "colour": "cmyk-large", "max_bytes": None,
        "view_m": 30, "read_m": 30, "scan_m": None, "px_mm": None,
        "requires": ("number", "address"), "link": None, "click": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("asset_id", SPECS)
def test_spec_of_an_asset_matches_its_channel(plan: Plan, asset_id: str) -> None:
    spec = plan.by_id()[asset_id].spec.as_dict()

    expected = {
        **SPECS[asset_id],
        "numbers": NUMBERS,
        "hosts": HOSTS,
        "fonts": ("Hanken Grotesk",),
        "logos": (),
        "picture_alt": None,
        "tel": "+448081000900",
    }
    assert {key: spec[key] for key in expected} == expected
    assert set(spec) - set(expected) == {
        *(
            "words",
            "alt",
            "alt_long",
            "lockups",
            "code_alt",
            "faces",
            "locale",
            "press",
            "accessible",
            "sheet",
        )
    }


def test_asset_path_contains_partner_locale_medium_message_and_channel(plan: Plan) -> None:
    asset = plan.by_id()["staffordshire-police/worried/ig-story/en-GB"]

    assert asset.path == (
        "staffordshire-police/en-GB/social/stop-it-now_staffordshire-police_worried_ig-story_en-GB.png"
    )


def test_page_of_a_billboard_is_laid_out_at_reduced_scale(plan: Plan) -> None:
    page = plan.by_id()["staffordshire-commissioner/worried/ooh-48-sheet/en-GB"].page

    px_per_mm = 96 / 25.4 / 10
    assert (page.width_px, page.height_px) == pytest.approx((6096 * px_per_mm, 3048 * px_per_mm))
    assert page.live == pytest.approx(tuple(mm * px_per_mm for mm in (200, 150, 5696, 2748)))
    assert page.panel_joins_y == pytest.approx((1524 * px_per_mm,))


def test_copy_sets_are_sorted_longest_first_with_placeholders_filled_in(campaign: CampaignModel) -> None:
    partner = with_values(
        campaign.partners["nspcc"],
        messages=("worried",),
        channels=("poster-a4",),
        local_line={"en-GB": PlacedText("{partner}: {number}, {address}")},
    )
    (asset,) = [
        asset
        for asset in plan_assets(with_values(campaign, partners={"nspcc": partner})).assets
        if asset.channel == "poster-a4" and asset.variant is None
    ]

    assert [one.name for one in asset.copy_sets] == [
        "long/long", "long/short", "long/none", "short/long", "short/short", "short/none",
    ]  # fmt: skip
    words = asset.copy_sets[0].copy_by_role
    assert words["local"] == "NSPCC: 0808\xa01000\xa0900, www.stopitnow.org.uk"
    assert "action" not in words  # a local line takes its place
    assert words["number"] == "0808\xa01000\xa0900"
    assert "{" not in asset.spec.alt + asset.spec.alt_long + "".join(
        text for one in asset.copy_sets for text in one.copy_by_role.values()
    )


def test_footer_lists_lead_then_joint_then_supporting_partners(campaign: CampaignModel) -> None:
    own = with_values(
        campaign.partners["nspcc"],
        alongside=("staffordshire-police", "staffordshire-county-council"),
        channels=("poster-a4", "ig-story"),
    )
    partners = {**campaign.partners, "nspcc": own}
    assets = plan_assets(with_values(campaign, partners=partners)).by_id()

    footer = assets["nspcc/worried/poster-a4/en-GB"].footer_partners
    assert [(entry.partner, entry.role) for entry in footer] == [
        ("staffordshire-county-council", "lead"),
        ("staffordshire-police", "joint"),
        ("nspcc", "supporting"),
    ]
    assert (
        assets["nspcc/worried/ig-story/en-GB"].footer_partners == ()
    )  # the channel does not require the partner


def test_channel_background_is_used_where_the_template_has_it(campaign: CampaignModel) -> None:
    asset_id = "staffordshire-commissioner/worried/press-25x4/en-GB"

    both = plan_assets(campaign).by_id()[asset_id].background
    dark_alone = {
        name: with_values(template, backgrounds=("dark",)) for name, template in campaign.templates.items()
    }

    assert both == campaign.channels["press-25x4"].background == "light"
    assert plan_assets(with_values(campaign, templates=dark_alone)).by_id()[asset_id].background == "dark"


def test_messages_channels_and_tracking_of_a_partner_replace_those_of_the_campaign(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    inheriting = load_campaign(root).campaign.partners[PARTNER]
    append_line(root, PARTNER_FILE, 'channels: ["social/ig-*"]\nmessages: [loved-one]\ntracking: partner')
    own = load_campaign(root).campaign.partners[PARTNER]

    assert inheriting.messages == ("worried", "loved-one")
    assert len(inheriting.channels) == 12
    assert (inheriting.tracking, own.tracking) == ("none", "partner")
    assert own.messages == ("loved-one",)
    assert own.channels
    assert all(name.startswith("ig-") for name in own.channels)


@pytest.mark.parametrize(
    ("campaign_choice", "message_choice", "partner_choice", "expected"),
    [
        ({"": "plain"}, {}, {}, "plain"),
        ({"": "plain"}, {"": "quiet"}, {}, "quiet"),
        ({"": "plain"}, {"": "quiet"}, {"": "together"}, "together"),
        ({"poster-a4": "plain"}, {"": "quiet"}, {}, "quiet"),
        ({"poster-a4": "plain"}, {"ooh-*": "quiet"}, {"*": "together"}, "together"),
        ({"poster-a4": "plain"}, {"ooh-*": "quiet"}, {"ooh-*": "together"}, "plain"),
        ({"poster-a4": "plain"}, {"poster-*": "quiet"}, {}, "quiet"),
    ],
    ids=[
        "campaign only",
        "message before campaign",
        "partner before message",
        "message default before campaign pattern",
        "partner pattern before campaign pattern",
        "campaign if no other pattern matches",
        "message pattern before campaign pattern",
    ],
)
def test_template_of_partner_overrides_message_which_overrides_campaign(
    campaign: CampaignModel,
    campaign_choice: dict[str, str],
    message_choice: dict[str, str],
    partner_choice: dict[str, str],
    expected: str,
) -> None:
    channel = with_values(campaign.channels["poster-a4"], template=None)
    whole = with_values(campaign, template=campaign_choice)
    message = with_values(campaign.messages["worried"], template=message_choice)
    partner = with_values(campaign.partners["nspcc"], template=partner_choice)

    assert template_for(channel, whole, message, partner) == expected


@pytest.mark.parametrize(
    ("campaign_choice", "message_choice", "partner_choice", "backgrounds", "expected"),
    [
        ({}, {}, {}, ("dark", "light"), "dark"),
        ({"": "light"}, {}, {}, ("dark", "light"), "light"),
        ({"poster-*": "light"}, {}, {}, ("dark", "light"), "light"),
        ({"ooh-*": "light"}, {}, {}, ("dark", "light"), "dark"),
        ({"": "dark"}, {"": "light"}, {}, ("dark", "light"), "light"),
        ({"": "light"}, {"": "light"}, {"": "dark"}, ("dark", "light"), "dark"),
        ({"": "light"}, {}, {}, ("dark",), "dark"),
    ],
    ids=[
        "no choice",
        "campaign default",
        "campaign pattern",
        "no matching pattern",
        "message before campaign",
        "partner before message",
        "template without the chosen background",
    ],
)
def test_chosen_background_overrides_the_channel_where_the_template_has_it(
    campaign: CampaignModel,
    campaign_choice: dict[str, str],
    message_choice: dict[str, str],
    partner_choice: dict[str, str],
    backgrounds: tuple[str, ...],
    expected: str,
) -> None:
    channel = campaign.channels["poster-a4"]
    whole = with_values(campaign, background=campaign_choice)
    message = with_values(campaign.messages["worried"], background=message_choice)
    partner = with_values(campaign.partners["nspcc"], background=partner_choice)
    template = with_values(campaign.templates["beacon"], backgrounds=backgrounds)

    assert channel.background == "dark"
    assert background_for(channel, whole, message, partner, template) == expected


@pytest.mark.parametrize("file", [PARTNER_FILE, "campaign.yaml", "brand/messages/worried.yaml"])
def test_partner_campaign_and_message_files_can_choose_template_and_background(
    file: str, tmp_path: Path
) -> None:
    root = make_campaign(tmp_path / "campaign")
    shutil.copytree(root / "templates/beacon", root / "templates/other")
    replace_in_file(root, "brand/brand.yaml", "templates: [beacon,", "templates: [other, beacon,")
    if file == "campaign.yaml":
        replace_in_file(root, file, "template: beacon", "template: other")
    append_line(
        root,
        file,
        "background: {poster-a4: light}" + ("" if file == "campaign.yaml" else "\ntemplate: other"),
    )

    chosen = {
        asset.channel: (asset.template, asset.background)
        for asset in plan_assets(load_campaign(root).campaign).assets
        if asset.message == "worried"
    }

    assert chosen["poster-a4"] == ("other", "light")
    assert chosen["ig-square"] == ("other", "dark")


def test_plan_omits_assets_of_a_broken_template(campaign: CampaignModel) -> None:
    broken_campaign = with_values(campaign, templates={}, broken_templates=frozenset({"beacon"}))

    assert {asset.medium for asset in plan_assets(broken_campaign).assets} == {"qr"}


def test_per_partner_asset_uses_the_first_message_and_is_unplanned_if_it_is_broken(
    campaign: CampaignModel,
) -> None:
    partner = with_values(
        campaign.partners["nspcc"], messages=("online", "worried"), channels=("social-avatar",)
    )
    remaining = {name: message for name, message in campaign.messages.items() if name != "online"}
    valid_campaign = with_values(campaign, partners={"nspcc": partner})
    broken_campaign = with_values(valid_campaign, messages=remaining, broken_messages=frozenset({"online"}))

    plan = plan_assets(broken_campaign)

    asset_id = "nspcc/all/social-avatar/en-GB"
    assert plan_assets(valid_campaign).by_id()[asset_id].accent == campaign.messages["online"].file.accent
    assert asset_id not in plan.by_id()
    assert [(one.id, one.path) for one in plan.unplanned] == [
        (asset_id, plan_assets(valid_campaign).by_id()[asset_id].path)
    ]


def test_unplanned_assets_keep_their_paths(campaign: CampaignModel, plan: Plan) -> None:
    without = {name: message for name, message in campaign.messages.items() if name != "worried"}
    broken_plan = plan_assets(with_values(campaign, messages=without, broken_messages=frozenset({"worried"})))

    paths = {asset.path for asset in broken_plan.assets} | {one.path for one in broken_plan.unplanned}
    assert paths == {asset.path for asset in plan.assets}
    assert {one.message for one in broken_plan.unplanned} == {"worried", "all"}


def test_copy_sets_contain_only_roles_that_the_template_shows(plan: Plan) -> None:
    avatar = next(asset for asset in plan.assets if asset.channel == "social-avatar")
    poster = next(asset for asset in plan.assets if asset.channel == "poster-a4")

    assert [dict(one.copy_by_role) for one in avatar.copy_sets] == [{"name": "Stop It Now!"}]
    assert poster.copy_sets[0].copy_by_role["imprint"].split("\n") == [
        "In partnership with",
        "Led nationally by the Lucy Faithfull Foundation",
        "Edition 2026.1",
    ]


def test_copy_of_each_length_records_its_file_and_line(plan: Plan) -> None:
    asset = plan.by_id()["staffordshire-county-council/worried/poster-a4/en-GB"]
    lines = (ROOT / "brand/messages/worried.yaml").read_text("utf-8").splitlines()

    for words in asset.copy_sets:
        for role in ("headline", "body"):
            if role in words.copy_by_role:
                place = words.places[role]
                assert place.file == "brand/messages/worried.yaml"
                assert words.copy_by_role[role] in lines[(place.line or 0) - 1]
    assert asset.copy_sets[0].places["local"].file == "partners/staffordshire-county-council/partner.yaml"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Stop It Now! Staffordshire", "Staffordshire"),
        ("Stop It Now!, Staffordshire", "Staffordshire"),
        ("Stop It Now! – Staffordshire", "Staffordshire"),
        ("Stop It Now!", ""),
        ("A county's campaign", ""),
    ],
)
def test_campaign_place_is_the_part_of_the_campaign_name_after_the_brand_name(
    campaign: CampaignModel, name: str, place: str
) -> None:
    asset = plan_assets(with_values(campaign, name=name)).assets[0]

    assert asset.texts["campaign.place"] == place


def test_every_source_place_in_the_plan_is_a_campaign_file(campaign: CampaignModel, plan: Plan) -> None:
    places = {place for asset in plan.assets for place in asset.places.values()}
    places |= {place for asset in plan.assets for words in asset.copy_sets for place in words.places.values()}

    assert {place.file for place in places if not (campaign.root / (place.file or "")).is_file()} == set()


def test_file_name_over_140_characters_is_an_error(campaign: CampaignModel, wording: Wording) -> None:
    channel = with_values(campaign.channels["poster-a4"], id="c" * 90)

    with pytest.raises(CampaignError) as raised:
        asset_path("stop-it-now", "p" * 32, "worried", channel, "en-GB")

    name = f"stop-it-now_{'p' * 32}_worried_{'c' * 90}_en-GB.pdf"
    (finding,) = raised.value.findings
    assert finding.code == "bad-id"
    assert "153" in finding.text and name in finding.text
    assert wording == finding.as_text().replace(name, "NAME")
