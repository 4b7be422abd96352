"""Minimum and preferred type sizes: cap heights in mm by role, distance and medium, calculated by hand."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from assetgen.loading.model import Channel
from assetgen.planning.asset import TypeSizeLimits, find_type_size_limits
from assetgen.planning.combination import page_for
from tests.support.example_campaign import with_values
from tests.support.tiny_campaign import real_campaign

CAP_EM = 0.7
PT_MM = 25.4 / 72
FAR, NEAR = ("headline", "number"), ("body", "action", "address", "promise", "partner", "local", "name")
# (channel, then minimum and preferred cap height in mm: of far roles, of near roles, of the imprint).
# Far: view_m / 250 (UK safety-sign rule) and view_m / 120 (best impact, a rule of sign makers).
# Near: read_m / 400 (the common rule of 25 mm per 10 m, an absolute minimum) and read_m / 250.
# In print, near roles have at least 8 pt, and 12 pt is preferred above A6. The imprint has 8 pt in print.
PT_8, PT_12 = 8 * PT_MM * CAP_EM, 12 * PT_MM * CAP_EM
CAP_HEIGHTS_MM = [
    ("poster-a4", (4.0, 1000 / 120), (PT_8, PT_12), (PT_8, PT_8)),  # 1.0 m, 0.7 m
    ("poster-a6", (1.6, 400 / 120), (PT_8, PT_8), (PT_8, PT_8)),  # 0.4 m: hand-held, not above A6
    ("ooh-48-sheet", (120.0, 250.0), (75.0, 120.0), (PT_8, PT_8)),  # 30 m
    ("ig-story", (1.2, 2.5), (0.75, 1.2), (0.75, 1.2)),  # 0.3 m
    ("dooh-d6", (12.0, 25.0), (7.5, 12.0), (7.5, 12.0)),  # 3 m
    ("disp-leaderboard", (2.4, 5.0), (1.5, 2.4), (1.5, 2.4)),  # 0.6 m
]


def channels() -> Iterable[Channel]:
    return real_campaign().channels.values()


def cap_mm(channel: Channel, size: TypeSizeLimits) -> tuple[float, float]:
    """Return the minimum and preferred cap height in mm at final size."""
    mm_per_px = 1 / page_for(channel).px_per_unit if channel.is_print else channel.px_mm or 0.0
    return size.min_px * CAP_EM * mm_per_px, size.preferred_px * CAP_EM * mm_per_px


@pytest.mark.parametrize(("name", "far", "near", "imprint"), CAP_HEIGHTS_MM)
def test_cap_heights_follow_viewing_and_reading_distance(
    name: str, far: tuple[float, float], near: tuple[float, float], imprint: tuple[float, float]
) -> None:
    channel = real_campaign().channels[name]
    sizes = find_type_size_limits(channel, CAP_EM, page_for(channel).px_per_unit)

    assert set(sizes) == {*FAR, *NEAR, "imprint"}
    for roles, expected in ((FAR, far), (NEAR, near), (("imprint",), imprint)):
        for role in roles:
            assert cap_mm(channel, sizes[role]) == pytest.approx(expected), role


def test_font_with_lower_capitals_gets_a_larger_minimum_size() -> None:
    channel = real_campaign().channels["ig-story"]

    low_capitals, high_capitals = (
        find_type_size_limits(channel, 0.5, 1.0),
        find_type_size_limits(channel, 1.0, 1.0),
    )

    assert low_capitals["headline"].min_px == pytest.approx(2 * high_capitals["headline"].min_px)


def test_page_scale_scales_the_minimum_sizes() -> None:
    channel = real_campaign().channels["ooh-48-sheet"]
    full_size = with_values(channel, scale=1.0)

    at_scale = find_type_size_limits(channel, CAP_EM, page_for(channel).px_per_unit)
    at_full_size = find_type_size_limits(full_size, CAP_EM, page_for(full_size).px_per_unit)

    assert at_full_size["number"].min_px == pytest.approx(10 * at_scale["number"].min_px)


@pytest.mark.each("channel", channels, ids=lambda channel: channel.id)
def test_preferred_size_is_never_below_the_minimum_size(channel: Channel) -> None:
    sizes = find_type_size_limits(channel, CAP_EM, page_for(channel).px_per_unit)

    assert all(0 < size.min_px <= size.preferred_px for size in sizes.values())
