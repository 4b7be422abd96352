"""The least sizes of type, typed from the rules: cap heights in mm by role, distance and medium."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from assetgen.loading.model import Channel
from assetgen.planning.asset import TypeFloor, type_floors
from assetgen.planning.combination import page_for
from tests.support.campaigns import altered
from tests.support.tiny import real_campaign

CAP_EM = 0.7
PT_MM = 25.4 / 72
FAR, NEAR = ("headline", "number"), ("body", "action", "address", "promise", "partner", "local", "name")
# (channel, far cap height in mm, least and good; near, least and good; imprint, least and good).
# Far: view_m over 250 and 120. Near: read_m over 400 and 250; in print at least 8 pt of type, and 12 pt for
# comfort on what is larger than A6. An imprint in print has 8 pt, whatever the distance.
PT_8, PT_12 = 8 * PT_MM * CAP_EM, 12 * PT_MM * CAP_EM
CAP_HEIGHTS_MM = [
    ("poster-a4", (4.0, 1000 / 120), (PT_8, PT_12), (PT_8, PT_8)),  # 1.0 m, 0.7 m
    ("poster-a6", (1.6, 400 / 120), (PT_8, PT_8), (PT_8, PT_8)),  # 0.4 m: in the hand, no larger than A6
    ("ooh-48-sheet", (120.0, 250.0), (75.0, 120.0), (PT_8, PT_8)),  # 30 m
    ("ig-story", (1.2, 2.5), (0.75, 1.2), (0.75, 1.2)),  # 0.3 m
    ("dooh-d6", (12.0, 25.0), (7.5, 12.0), (7.5, 12.0)),  # 3 m
    ("disp-leaderboard", (2.4, 5.0), (1.5, 2.4), (1.5, 2.4)),  # 0.6 m
]


def channels() -> Iterable[Channel]:
    return real_campaign().channels.values()


def cap_mm(channel: Channel, floor: TypeFloor) -> tuple[float, float]:
    """Return a floor's cap heights in mm at final size, as somebody measures them before the asset."""
    mm_per_px = 1 / page_for(channel).px_per_unit if channel.is_print else channel.px_mm or 0.0
    return floor.least_px * CAP_EM * mm_per_px, floor.good_px * CAP_EM * mm_per_px


@pytest.mark.parametrize(("name", "far", "near", "imprint"), CAP_HEIGHTS_MM)
def test_cap_heights_follow_the_rules(
    name: str, far: tuple[float, float], near: tuple[float, float], imprint: tuple[float, float]
) -> None:
    channel = real_campaign().channels[name]
    floors = type_floors(channel, CAP_EM, page_for(channel).px_per_unit)

    assert set(floors) == {*FAR, *NEAR, "imprint"}
    for roles, expected in ((FAR, far), (NEAR, near), (("imprint",), imprint)):
        for role in roles:
            assert cap_mm(channel, floors[role]) == pytest.approx(expected), role


def test_a_font_with_lower_capitals_must_be_set_larger() -> None:
    channel = real_campaign().channels["ig-story"]

    low, high = type_floors(channel, 0.5, 1.0), type_floors(channel, 1.0, 1.0)

    assert low["headline"].least_px == pytest.approx(2 * high["headline"].least_px)


def test_scale_of_the_page_scales_the_floors() -> None:
    channel = real_campaign().channels["ooh-48-sheet"]
    whole = altered(channel, scale=1.0)

    tenth = type_floors(channel, CAP_EM, page_for(channel).px_per_unit)
    full = type_floors(whole, CAP_EM, page_for(whole).px_per_unit)

    assert full["number"].least_px == pytest.approx(10 * tenth["number"].least_px)


@pytest.mark.each("channel", channels, ids=lambda channel: channel.id)
def test_what_is_comfortable_is_never_smaller_than_the_least(channel: Channel) -> None:
    floors = type_floors(channel, CAP_EM, page_for(channel).px_per_unit)

    assert all(0 < floor.least_px <= floor.good_px for floor in floors.values())
