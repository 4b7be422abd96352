"""A partner's own sizes: made like a channel of the catalogue, bounded by the brand, each refusal with its place."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.loading.campaign import load_campaign
from assetgen.loading.channels import built_in_documents, read_catalogue
from assetgen.loading.model import Channel
from assetgen.loading.partners import resize_channel
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets
from assetgen.rendering.renderer import Renderer
from assetgen.schema.partner_file import CustomSize
from tests.support.campaigns import (
    BRAND_FILE,
    PARTNER,
    PARTNER_FILE,
    add_partner,
    altered,
    append,
    at,
    edit,
    errors_of,
    make_campaign,
)
from tests.support.command import assetgen as run_command
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes as marks


@cache
def channels() -> Mapping[str, Channel]:
    return read_catalogue(built_in_documents())[0].channels


STALL = "custom_sizes: [{id: stall-banner, based_on: pvc-banner, size: [2400, 600]}]"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_campaign(tmp_path / "campaign")


def planned(root: Path) -> dict[str, Asset]:
    loaded = load_campaign(root)
    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    return plan_assets(loaded.campaign).by_id()


def like(channel_id: str, width: float, height: float) -> Channel:
    wanted = CustomSize(id="own-size", based_on=channel_id, size=(width, height))
    return resize_channel(channels()[channel_id], wanted)


def assetgen(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command(*words, folder=folder)


# -- what is taken over ---------------------------------------------------------------------------


def test_a_size_of_its_own_is_an_asset_like_any_other(root: Path) -> None:
    append(root, PARTNER_FILE, STALL)

    asset = planned(root)[f"{PARTNER}/worried/stall-banner/en-GB"]

    assert asset.path.endswith(f"{PARTNER}/en-GB/print/{Path(asset.path).name}")
    assert Path(asset.path).name.endswith(f"_{PARTNER}_worried_stall-banner_en-GB.pdf")
    assert (asset.spec.width, asset.spec.height, asset.spec.unit) == (2400, 600, "mm")
    assert (asset.shape, asset.template) == ("wide", planned_like_pvc(root).template)
    assert asset.places["channel"].file == PARTNER_FILE


def planned_like_pvc(root: Path) -> Asset:
    file = add_partner(root, "pvc", "name: P\nchannels: [pvc-banner]\n")
    assert file
    return planned(root)["pvc/worried/pvc-banner/en-GB"]


def test_it_belongs_to_that_partner_alone(root: Path) -> None:
    append(root, PARTNER_FILE, STALL)
    add_partner(root, "other", 'name: Other\nchannels: ["*"]\n')

    owners = {asset.partner for asset in planned(root).values() if asset.channel == "stall-banner"}

    assert owners == {PARTNER}


def test_two_partners_may_call_their_own_sizes_alike(root: Path) -> None:
    append(root, PARTNER_FILE, STALL)
    add_partner(root, "other", f"name: Other\nchannels: [poster-a4]\n{STALL.replace('2400', '1800')}\n")

    widths = {
        asset.partner: asset.spec.width for asset in planned(root).values() if asset.channel == "stall-banner"
    }

    assert widths == {PARTNER: 2400, "other": 1800}


CHANGED = {
    *("id", "name", "size", "shape", "safe", "keep_clear", "px_mm"),
    *("source", "based_on", "arranged_like"),
}


@pytest.mark.parametrize("channel_id", ["pvc-banner", "ig-story", "disp-mpu", "poster-a4", "press-25x4"])
def test_all_other_demands_are_those_of_the_channel(channel_id: str) -> None:
    channel = channels()[channel_id]

    own = like(channel_id, round(channel.width * 1.2), round(channel.height * 0.8))

    for name in Channel.model_fields:
        if name not in CHANGED:
            assert getattr(own, name) == getattr(channel, name), name


def test_margins_of_a_sheet_are_kept_and_made_less_only_on_a_smaller_one() -> None:
    assert channels()["pvc-banner"].safe == (60, 60, 60, 60)
    assert like("pvc-banner", 4000, 1500).safe == (60, 60, 60, 60)
    assert like("pvc-banner", 2400, 600).safe == (36, 36, 36, 36)


def test_margins_of_a_screen_go_with_the_page() -> None:
    story = channels()["ig-story"]

    own = like("ig-story", story.width / 2, story.height / 2)

    assert own.insets == tuple(round(inset / 2) for inset in story.insets)


def test_a_face_to_keep_clear_of_goes_with_the_page() -> None:
    channel = next(one for one in channels().values() if one.keep_clear and not one.panel_joins.x)

    own = resize_channel(
        channel, CustomSize(id="x", based_on=channel.id, size=(channel.width * 2, channel.height))
    )

    assert own.keep_clear == tuple((x * 2, y, w * 2, h) for x, y, w, h in channel.keep_clear)


def test_a_round_channel_stays_round() -> None:
    channel = next(one for one in channels().values() if one.safe_circle)

    own = like(channel.id, channel.width * 1.5, channel.height * 1.5)

    assert own.safe_circle == pytest.approx(1.5 * (channel.safe_circle or 0))
    assert own.shape == channel.shape


def test_an_advert_of_free_size_is_seen_as_wide_as_a_phone() -> None:
    channel = next(one for one in channels().values() if one.id.startswith("gads-") and one.px_mm)

    own = like(channel.id, channel.width * 2, channel.height)

    assert own.px_mm == pytest.approx(65 / own.width, rel=1e-3)
    assert like("ig-story", 540, 960).px_mm == channels()["ig-story"].px_mm


def test_what_is_chosen_for_the_channel_is_chosen_for_the_size_and_its_own_id_comes_first(root: Path) -> None:
    append(root, PARTNER_FILE, STALL)
    append(root, PARTNER_FILE, "background: {pvc-banner: light}")
    assert planned(root)[f"{PARTNER}/worried/stall-banner/en-GB"].background == "light"

    edit(root, PARTNER_FILE, "{pvc-banner: light}", "{pvc-banner: light, stall-banner: dark}")
    assert planned(root)[f"{PARTNER}/worried/stall-banner/en-GB"].background == "dark"


@given(
    st.deferred(lambda: st.sampled_from([one for one in channels().values() if not one.panel_joins.x])),
    st.floats(0.5, 2),
    st.floats(0.5, 2),
)
def test_no_size_leaves_the_safe_area_outside_the_page(channel: Channel, across: float, down: float) -> None:
    own = resize_channel(
        channel, CustomSize(id="x", based_on=channel.id, size=(channel.width * across, channel.height * down))
    )
    top, right, bottom, left = own.insets

    assert all(inset >= 0 for inset in own.insets)
    if not channel.is_print and channel.safe_circle is None:
        assert left + right < own.width + 2
        assert top + bottom < own.height + 2
    assert altered(own, safe=channel.safe).bleed_mm == channel.bleed_mm


# -- what is refused ------------------------------------------------------------------------------

REFUSED = {
    # (a row's id, like, size; what the finding is about; the codes)
    "capital": ("Stall", "pvc-banner", "[2400, 600]", "Stall", "bad-id"),
    "long id": ("a" * 27, "pvc-banner", "[2400, 600]", "aaaa", "bad-id"),
    "id of Windows": ("con", "pvc-banner", "[2400, 600]", "con,", "bad-id"),
    "id with a meaning": ("qr", "pvc-banner", "[2400, 600]", "qr,", "bad-id"),
    "id of a channel": ("poster-a4", "pvc-banner", "[2400, 600]", "poster-a4,", "duplicate-id"),
    "like nothing": ("stall", "pvc-baner", "[2400, 600]", "pvc-baner", "unknown-id"),
    "like what has no size": ("stall", "bus-t-side", "[2400, 600]", "bus-t-side", "unknown-id"),
    "like sheets that join": ("stall", "ooh-48-sheet", "[6000, 3000]", "[6000", "bad-value"),
    "half a pixel": ("stall", "ig-square", "[1080.5, 1080]", "[1080.5", "bad-value"),
    "too small": ("stall", "ig-square", "[40, 40]", "[40", "bad-value bad-value"),
    "too long": ("stall", "poster-a4", "[2400, 150]", "[2400", "bad-value bad-value"),
    "far larger": ("stall", "poster-a4", "[840, 1188]", "[840", "bad-value"),
    "far smaller": ("stall", "poster-a4", "[100, 140]", "[100", "bad-value"),
    "larger than a PDF": ("stall", "pvc-banner", "[5060, 1000]", "[5060", "bad-value"),
}


@pytest.mark.parametrize(("own_id", "base", "size", "where", "codes"), REFUSED.values(), ids=REFUSED)
def test_a_size_is_refused_with_a_reason_and_its_place(
    root: Path, own_id: str, base: str, size: str, where: str, codes: str, wording: Wording
) -> None:
    edit(
        root,
        PARTNER_FILE,
        "role:",
        f"custom_sizes: [{{id: {own_id}, based_on: {base}, size: {size}}}]\nrole:",
    )

    errors = errors_of(root)

    line = (
        (root / PARTNER_FILE)
        .read_text("utf-8")
        .split("\n")
        .index(f"custom_sizes: [{{id: {own_id}, based_on: {base}, size: {size}}}]")
    )
    column = (root / PARTNER_FILE).read_text("utf-8").split("\n")[line].index(where) + 1
    assert marks(errors) == [f"{PARTNER_FILE}:{line + 1}:{column} {code}" for code in codes.split()]
    assert "\n  hint: " in errors[0]
    assert wording == errors


def test_one_id_stands_for_one_size(root: Path, wording: Wording) -> None:
    append(
        root, PARTNER_FILE, f"{STALL[:-1]}, {{id: stall-banner, based_on: pvc-banner, size: [2000, 900]}}]"
    )

    said = errors_of(root)

    assert [mark.partition(" ")[2] for mark in marks(said)] == ["duplicate-id"]
    assert "stall-banner" in said[0]
    assert wording == said


def test_the_brand_must_allow_what_it_is_like(root: Path, wording: Wording) -> None:
    append(root, PARTNER_FILE, STALL)
    edit(root, BRAND_FILE, 'channels: ["*"]', 'channels: ["social/*", "poster-*", "qr*", "disp-*", "ooh-*"]')

    said = [error for error in errors_of(root) if "pvc-banner" in error]

    assert marks(said[:1]) == [f"{at(root, PARTNER_FILE, 'pvc-banner')} bad-value"]
    assert wording == said[0]


def test_the_brand_says_how_many(root: Path, wording: Wording) -> None:
    append(root, PARTNER_FILE, STALL)
    edit(root, BRAND_FILE, "allow: {", "allow: {custom_sizes: 0, ")

    (said,) = errors_of(root)

    assert marks([said]) == [f"{at(root, PARTNER_FILE, '{id: stall')} bad-value"]
    assert "brand/brand.yaml" in said and "allow.custom_sizes" in said
    assert wording == said


# -- what knows of it -----------------------------------------------------------------------------


def test_selections_and_lists_know_it(root: Path, wording: Wording) -> None:
    append(root, PARTNER_FILE, STALL)
    add_partner(root, "other", "name: Other\nchannels: [poster-a4]\n")

    assets = assetgen(root, "list", "assets", "-c", "stall-banner", "--format", "json")
    rows = json.loads(assetgen(root, "list", "channels", "-p", PARTNER, "--format", "json").stdout)[
        "channels"
    ]
    others = json.loads(assetgen(root, "list", "channels", "-p", "other", "--format", "json").stdout)[
        "channels"
    ]
    slip = assetgen(root, "list", "assets", "-c", "stal-banner")

    assert assets.returncode == 0, assets.stderr
    assert {row["size"] for row in json.loads(assets.stdout)["assets"]} == {"2400 × 600 mm"}
    (row,) = [row for row in rows if row["id"] == "stall-banner"]
    assert PARTNER in row["notes"] and "pvc-banner" in row["notes"]
    assert row["assets"] > 0
    assert "stall-banner" not in {row["id"] for row in others}
    assert "stall-banner" in slip.stderr
    assert wording == [row["notes"], slip.stderr]


def test_a_partner_may_name_it_among_its_channels(root: Path) -> None:
    add_partner(root, "other", f"name: Other\nchannels: [stall-banner]\n{STALL}\n")

    assert {asset.channel for asset in planned(root).values() if asset.partner == "other"} == {
        "stall-banner", "qr",
    }  # fmt: skip


def test_links_may_tell_it_from_the_others(root: Path) -> None:
    append(root, PARTNER_FILE, f"{STALL}\n")
    edit(root, PARTNER_FILE, "role:", "tracking: channel\nrole:")
    edit(root, BRAND_FILE, "[none, partner]", "[none, channel]")

    codes = [
        asset for asset in planned(root).values() if asset.medium == "qr" and asset.channel == "stall-banner"
    ]

    assert {asset.format for asset in codes} == {"pdf", "png", "svg"}


def test_it_is_drawn_and_proved(root: Path) -> None:
    from assetgen.building.render_task import word_on

    append(root, PARTNER_FILE, STALL)
    campaign = load_campaign(root).campaign
    asset = plan_assets(campaign).by_id()[f"{PARTNER}/worried/stall-banner/en-GB"]

    made = Renderer(campaign)(asset)

    assert made.content is not None, [finding.as_text() for finding in made.findings]
    findings, marks = word_on(asset, made)
    assert [finding.as_text() for finding in findings if finding.is_error] == []
    assert {"number", "address"} <= {mark["role"] for mark in marks}
