"""A partner's custom sizes: what they inherit, which are refused, and where they are available."""

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
from tests.support.command_line import run_assetgen
from tests.support.example_campaign import (
    BRAND_FILE,
    PARTNER,
    PARTNER_FILE,
    add_partner,
    append_line,
    campaign_errors,
    make_campaign,
    planned_assets,
    position_of,
    replace_in_file,
)
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes


@cache
def channels() -> Mapping[str, Channel]:
    return read_catalogue(built_in_documents())[0].channels


STALL = "custom_sizes: [{id: stall-banner, based_on: pvc-banner, size: [2400, 600]}]"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_campaign(tmp_path / "campaign")


def resized(channel_id: str, width: float, height: float) -> Channel:
    custom = CustomSize(id="custom-size", based_on=channel_id, size=(width, height))
    return resize_channel(channels()[channel_id], custom)


def run_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_assetgen(*arguments, folder=folder)


# -- what a custom size inherits -------------------------------------------------------------------


def test_a_custom_size_becomes_an_asset(root: Path) -> None:
    append_line(root, PARTNER_FILE, STALL)

    asset = planned_assets(root)[f"{PARTNER}/worried/stall-banner/en-GB"]

    assert asset.path.endswith(f"{PARTNER}/en-GB/print/{Path(asset.path).name}")
    assert Path(asset.path).name.endswith(f"_{PARTNER}_worried_stall-banner_en-GB.pdf")
    assert (asset.spec.width, asset.spec.height, asset.spec.unit) == (2400, 600, "mm")
    assert (asset.shape, asset.template) == ("wide", planned_pvc_banner(root).template)
    assert asset.places["channel"].file == PARTNER_FILE


def planned_pvc_banner(root: Path) -> Asset:
    file = add_partner(root, "pvc", "name: P\nchannels: [pvc-banner]\n")
    assert file
    return planned_assets(root)["pvc/worried/pvc-banner/en-GB"]


def test_a_custom_size_belongs_only_to_its_partner(root: Path) -> None:
    append_line(root, PARTNER_FILE, STALL)
    add_partner(root, "other", 'name: Other\nchannels: ["*"]\n')

    owners = {asset.partner for asset in planned_assets(root).values() if asset.channel == "stall-banner"}

    assert owners == {PARTNER}


def test_two_partners_may_use_the_same_custom_size_id(root: Path) -> None:
    append_line(root, PARTNER_FILE, STALL)
    add_partner(root, "other", f"name: Other\nchannels: [poster-a4]\n{STALL.replace('2400', '1800')}\n")

    widths = {
        asset.partner: asset.spec.width
        for asset in planned_assets(root).values()
        if asset.channel == "stall-banner"
    }

    assert widths == {PARTNER: 2400, "other": 1800}


OWN_FIELDS = {
    *("id", "name", "size", "shape", "safe", "keep_clear", "px_mm"),
    *("source", "based_on", "arranged_like"),
}


@pytest.mark.parametrize("channel_id", ["pvc-banner", "ig-story", "disp-mpu", "poster-a4", "press-25x4"])
def test_a_custom_size_inherits_all_other_requirements_of_its_channel(channel_id: str) -> None:
    channel = channels()[channel_id]

    custom = resized(channel_id, round(channel.width * 1.2), round(channel.height * 0.8))

    for name in Channel.model_fields:
        if name not in OWN_FIELDS:
            assert getattr(custom, name) == getattr(channel, name), name


def test_the_safe_area_of_a_sheet_shrinks_only_on_a_smaller_sheet() -> None:
    assert channels()["pvc-banner"].safe == (60, 60, 60, 60)
    assert resized("pvc-banner", 4000, 1500).safe == (60, 60, 60, 60)
    assert resized("pvc-banner", 2400, 600).safe == (36, 36, 36, 36)


def test_the_safe_area_of_a_screen_scales_with_the_page() -> None:
    story = channels()["ig-story"]

    custom = resized("ig-story", story.width / 2, story.height / 2)

    assert custom.insets == tuple(round(inset / 2) for inset in story.insets)


def test_areas_to_keep_clear_scale_with_the_page() -> None:
    channel = next(c for c in channels().values() if c.keep_clear and not c.panel_joins.x)

    custom = resize_channel(
        channel, CustomSize(id="custom", based_on=channel.id, size=(channel.width * 2, channel.height))
    )

    assert custom.keep_clear == tuple((x * 2, y, w * 2, h) for x, y, w, h in channel.keep_clear)


def test_a_round_safe_area_stays_round_and_scales() -> None:
    channel = next(c for c in channels().values() if c.safe_circle)

    custom = resized(channel.id, channel.width * 1.5, channel.height * 1.5)

    assert custom.safe_circle == pytest.approx(1.5 * (channel.safe_circle or 0))
    assert custom.shape == channel.shape


def test_an_uploaded_advert_of_any_size_counts_as_as_wide_as_a_phone() -> None:
    channel = next(c for c in channels().values() if c.id.startswith("gads-") and c.px_mm)

    custom = resized(channel.id, channel.width * 2, channel.height)

    assert custom.px_mm == pytest.approx(65 / custom.width, rel=1e-3)
    assert resized("ig-story", 540, 960).px_mm == channels()["ig-story"].px_mm


def test_a_background_for_the_channel_applies_unless_the_custom_size_has_one(root: Path) -> None:
    append_line(root, PARTNER_FILE, STALL)
    append_line(root, PARTNER_FILE, "background: {pvc-banner: light}")
    assert planned_assets(root)[f"{PARTNER}/worried/stall-banner/en-GB"].background == "light"

    replace_in_file(root, PARTNER_FILE, "{pvc-banner: light}", "{pvc-banner: light, stall-banner: dark}")
    assert planned_assets(root)[f"{PARTNER}/worried/stall-banner/en-GB"].background == "dark"


@given(
    st.deferred(lambda: st.sampled_from([c for c in channels().values() if not c.panel_joins.x])),
    st.floats(0.5, 2),
    st.floats(0.5, 2),
)
def test_the_safe_area_fits_a_custom_size_of_any_proportions(
    channel: Channel, x_scale: float, y_scale: float
) -> None:
    custom = resize_channel(
        channel,
        CustomSize(
            id="custom", based_on=channel.id, size=(channel.width * x_scale, channel.height * y_scale)
        ),
    )
    top, right, bottom, left = custom.insets

    assert all(inset >= 0 for inset in custom.insets)
    assert left + right < custom.width
    assert top + bottom < custom.height


# -- which custom sizes are refused ----------------------------------------------------------------

INVALID = {
    # Case: (id, based_on, size; the text that the findings point to; their codes)
    "capital letter in the id": ("Stall", "pvc-banner", "[2400, 600]", "Stall", "bad-id"),
    "long id": ("a" * 27, "pvc-banner", "[2400, 600]", "aaaa", "bad-id"),
    "id reserved by Windows": ("con", "pvc-banner", "[2400, 600]", "con,", "bad-id"),
    "reserved id": ("qr", "pvc-banner", "[2400, 600]", "qr,", "bad-id"),
    "id of an existing channel": ("poster-a4", "pvc-banner", "[2400, 600]", "poster-a4,", "duplicate-id"),
    "based on an unknown channel": ("stall", "pvc-baner", "[2400, 600]", "pvc-baner", "unknown-id"),
    "based on a channel without a size": ("stall", "bus-t-side", "[2400, 600]", "bus-t-side", "unknown-id"),
    "based on a channel with panel joins": ("stall", "ooh-48-sheet", "[6000, 3000]", "[6000", "bad-value"),
    "half a pixel": ("stall", "ig-square", "[1080.5, 1080]", "[1080.5", "bad-value"),
    "too small": ("stall", "ig-square", "[40, 40]", "[40", "bad-value bad-value"),
    "too long and narrow": ("stall", "poster-a4", "[2400, 150]", "[2400", "bad-value bad-value"),
    "over four times the area": ("stall", "poster-a4", "[840, 1188]", "[840", "bad-value"),
    "under a quarter of the area": ("stall", "poster-a4", "[100, 140]", "[100", "bad-value"),
    "larger than a PDF page": ("stall", "pvc-banner", "[5060, 1000]", "[5060", "bad-value"),
}


@pytest.mark.parametrize(("custom_id", "base", "size", "where", "codes"), INVALID.values(), ids=INVALID)
def test_an_invalid_custom_size_is_refused_with_reason_and_place(
    root: Path, custom_id: str, base: str, size: str, where: str, codes: str, wording: Wording
) -> None:
    replace_in_file(
        root,
        PARTNER_FILE,
        "role:",
        f"custom_sizes: [{{id: {custom_id}, based_on: {base}, size: {size}}}]\nrole:",
    )

    errors = campaign_errors(root)

    line = (
        (root / PARTNER_FILE)
        .read_text("utf-8")
        .split("\n")
        .index(f"custom_sizes: [{{id: {custom_id}, based_on: {base}, size: {size}}}]")
    )
    column = (root / PARTNER_FILE).read_text("utf-8").split("\n")[line].index(where) + 1
    assert places_and_codes(errors) == [
        f"{PARTNER_FILE}:{line + 1}:{column} {code}" for code in codes.split()
    ]
    assert "\n  hint: " in errors[0]
    assert wording == errors


def test_a_partner_cannot_use_one_id_for_two_custom_sizes(root: Path, wording: Wording) -> None:
    append_line(
        root, PARTNER_FILE, f"{STALL[:-1]}, {{id: stall-banner, based_on: pvc-banner, size: [2000, 900]}}]"
    )

    errors = campaign_errors(root)

    assert [error.partition(" ")[2] for error in places_and_codes(errors)] == ["duplicate-id"]
    assert "stall-banner" in errors[0]
    assert wording == errors


def test_the_brand_must_allow_the_channel_of_a_custom_size(root: Path, wording: Wording) -> None:
    append_line(root, PARTNER_FILE, STALL)
    replace_in_file(
        root, BRAND_FILE, 'channels: ["*"]', 'channels: ["social/*", "poster-*", "qr*", "disp-*", "ooh-*"]'
    )

    errors = [error for error in campaign_errors(root) if "pvc-banner" in error]

    assert places_and_codes(errors[:1]) == [f"{position_of(root, PARTNER_FILE, 'pvc-banner')} bad-value"]
    assert wording == errors[0]


def test_the_brand_limits_the_number_of_custom_sizes(root: Path, wording: Wording) -> None:
    append_line(root, PARTNER_FILE, STALL)
    replace_in_file(root, BRAND_FILE, "allow: {", "allow: {custom_sizes: 0, ")

    (error,) = campaign_errors(root)

    assert places_and_codes([error]) == [f"{position_of(root, PARTNER_FILE, '{id: stall')} bad-value"]
    assert "brand/brand.yaml" in error and "allow.custom_sizes" in error
    assert wording == error


# -- where custom sizes are available --------------------------------------------------------------


def test_list_commands_include_custom_sizes(root: Path, wording: Wording) -> None:
    append_line(root, PARTNER_FILE, STALL)
    add_partner(root, "other", "name: Other\nchannels: [poster-a4]\n")

    assets = run_in(root, "list", "assets", "-c", "stall-banner", "--format", "json")
    rows = json.loads(run_in(root, "list", "channels", "-p", PARTNER, "--format", "json").stdout)["channels"]
    other_rows = json.loads(run_in(root, "list", "channels", "-p", "other", "--format", "json").stdout)[
        "channels"
    ]
    misspelt = run_in(root, "list", "assets", "-c", "stal-banner")

    assert assets.returncode == 0, assets.stderr
    assert {row["size"] for row in json.loads(assets.stdout)["assets"]} == {"2400 × 600 mm"}
    (row,) = [row for row in rows if row["id"] == "stall-banner"]
    assert PARTNER in row["notes"] and "pvc-banner" in row["notes"]
    assert row["assets"] > 0
    assert "stall-banner" not in {row["id"] for row in other_rows}
    assert "stall-banner" in misspelt.stderr
    assert wording == [row["notes"], misspelt.stderr]


def test_a_partner_may_list_a_custom_size_among_its_channels(root: Path) -> None:
    add_partner(root, "other", f"name: Other\nchannels: [stall-banner]\n{STALL}\n")

    assert {asset.channel for asset in planned_assets(root).values() if asset.partner == "other"} == {
        "stall-banner", "qr",
    }  # fmt: skip


def test_tracking_by_channel_gives_a_custom_size_its_own_qr_codes(root: Path) -> None:
    append_line(root, PARTNER_FILE, f"{STALL}\n")
    replace_in_file(root, PARTNER_FILE, "role:", "tracking: channel\nrole:")
    replace_in_file(root, BRAND_FILE, "[none, partner]", "[none, channel]")

    codes = [
        asset
        for asset in planned_assets(root).values()
        if asset.medium == "qr" and asset.channel == "stall-banner"
    ]

    assert {asset.format for asset in codes} == {"pdf", "png", "svg"}


def test_a_custom_size_is_rendered_and_passes_preflight(root: Path) -> None:
    from assetgen.building.render_task import check_rendered

    append_line(root, PARTNER_FILE, STALL)
    campaign = load_campaign(root).campaign
    asset = plan_assets(campaign).by_id()[f"{PARTNER}/worried/stall-banner/en-GB"]

    rendered = Renderer(campaign)(asset)

    assert rendered.content is not None, [finding.as_text() for finding in rendered.findings]
    findings, regions = check_rendered(asset, rendered)
    assert [finding.as_text() for finding in findings if finding.is_error] == []
    assert {"number", "address"} <= {region["role"] for region in regions}
