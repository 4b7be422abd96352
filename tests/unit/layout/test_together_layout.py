"""The template ``together`` in every channel: partners on the footer band, number in the light, no overlaps.

Nothing is rendered here; ``test_golden_together.py`` compares the rendered pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pytest

from assetgen.geometry import Box, polygons_overlap
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.page_layout import PageLayout, lay_out_page
from assetgen.planning.asset import Asset, FooterPartner
from tests.support.example_campaign import with_values
from tests.support.layout_inputs import assets_in_together
from tests.support.tiny_campaign import real_campaign

pytestmark = pytest.mark.thorough

# Positions are sums of floats: boxes that touch may overlap by this much, in px.
TOUCH = 0.2
CAP_EM = 0.7
NAMES = (
    ("Harbour Police", "Harbour Police"),
    ("Harbour Borough Council", "Harbour Council"),
    (
        "Royal Borough of East and West Harbour, Upper Rivers and Lower Rivers Local Safeguarding Children "
        "Partnership (South)",
        "Safeguarding Partnership",
    ),
    ("Harbour Commissioner for Police, Fire and Rescue and Crime", "Harbour Commissioner"),
)
PARTNER_CHANNELS = (
    "gp-screen", "council-screen", "gp-screen-portrait", "slide-16x9", "staff-app-card", "intranet-banner",
    "email-header", "email-signature", "screensaver", "web-banner", "teams-background", "desktop-wallpaper",
)  # fmt: skip


def marks(count: int) -> tuple[FooterPartner, ...]:
    return tuple(FooterPartner(name, name, short, "joint", None, None, name) for name, short in NAMES[:count])


@cache
def arranged(channel: str, count: int) -> tuple[Asset, PageLayout]:
    campaign, asset = real_campaign(), assets_in_together()[channel]
    asset = with_values(asset, footer_partners=marks(count) if asset.footer_partners else ())
    template = campaign.templates["together"]
    measurer = Measurer(campaign.brand.faces)
    return asset, lay_out_page(asset, template, measurer, campaign.brand.families(asset.locale))


def faulty(count: int, check: Callable[[Asset, PageLayout], Iterable[object]]) -> dict[str, list[object]]:
    """Return the faults that a check finds, by channel, with this number of partners."""
    found = {channel: list(check(*arranged(channel, count))) for channel in assets_in_together()}
    return {channel: faults for channel, faults in found.items() if faults}


def word_inks(found: PageLayout) -> list[tuple[str, Box]]:
    inks = [(part.name, part.ink(line)) for part in found.parts for line in part.lines]
    return inks + ([("code", found.cta.code)] if found.cta.code else [])


def partner_inks(found: PageLayout) -> list[tuple[str, Box]]:
    lines = found.footer.lines if found.footer else ()
    labels = [
        (
            one.line.text,
            Box(
                one.x,
                one.baseline - CAP_EM * one.size_px,
                one.line.ink_em * one.size_px,
                CAP_EM * one.size_px,
            ),
        )
        for one in lines
    ]
    return [(mark.name, mark.box) for mark in found.partners] + labels


every_count = pytest.mark.parametrize("count", [1, 2, 4])


@every_count
def test_every_channel_is_laid_out_with_its_required_partners(count: int) -> None:
    def faults_of(asset: Asset, found: PageLayout) -> Iterator[object]:
        if asset.faults:
            yield asset.faults
        if "partner" in asset.spec.requires and len(found.partners) != count:
            yield len(found.partners)

    assert faulty(count, faults_of) == {}


@every_count
def test_names_are_on_the_footer_band_inside_the_safe_area(count: int) -> None:
    def misplaced(asset: Asset, found: PageLayout) -> Iterator[object]:
        live, covers = Box(*asset.page.live).enlarged(TOUCH), [Box(*rect) for rect in asset.page.keep_clear]
        for name, ink in partner_inks(found):
            if ink.x < live.x or ink.y < live.y or ink.right > live.right or ink.bottom > live.bottom:
                yield "outside", name
            if any(polygons_overlap(ink.corners(), cover.corners()) for cover in covers):
                yield "covered", name
            if found.band is None or not polygons_overlap(ink.corners(), found.band.shape):
                yield "not on the band", name

    assert faulty(count, misplaced) == {}


@every_count
def test_no_copy_or_code_overlaps_the_footer_band(count: int) -> None:
    def overlapping(asset: Asset, found: PageLayout) -> Iterator[object]:
        if found.band:
            paper = found.band.shape
            yield from (
                n for n, ink in word_inks(found) if polygons_overlap(ink.enlarged(-TOUCH).corners(), paper)
            )

    assert faulty(count, overlapping) == {}


@every_count
def test_copy_avoids_the_light_and_no_two_parts_overlap(count: int) -> None:
    def overlapping(asset: Asset, found: PageLayout) -> Iterator[object]:
        inks = word_inks(found)
        for index, (name, ink) in enumerate(inks):
            yield from (
                (name, other)
                for other, box in inks[index + 1 :]
                if other != name
                and polygons_overlap(ink.enlarged(-TOUCH).corners(), box.enlarged(-TOUCH).corners())
            )
        lines = [line for line in found.copy_column.parts if found.motif] if found.copy_column else []
        for part in lines:
            assert found.motif is not None
            boxes = [part.ink(line).corners() for line in part.lines]
            yield from (
                part.name for box in boxes for light in found.motif.kept_clear if polygons_overlap(box, light)
            )

    assert faulty(count, overlapping) == {}


@every_count
def test_partner_names_are_never_larger_than_the_number(count: int) -> None:
    def larger(asset: Asset, found: PageLayout) -> Iterator[object]:
        numbers = [part.size_px for part in found.parts if "number" in part.part.roles]
        lines = [line.size_px for mark in found.partners for line in mark.lines]
        if numbers and lines and max(lines) > max(numbers):
            yield max(lines), max(numbers)

    assert faulty(count, larger) == {}


@pytest.mark.parametrize("channel", PARTNER_CHANNELS)
def test_channels_that_partners_own_show_every_partner(channel: str) -> None:
    _, found = arranged(channel, 4)

    assert len(found.partners) == 4
    assert found.band is not None
    assert found.band.side == (
        "left" if channel in ("intranet-banner", "email-header", "email-signature") else "top"
    )


@pytest.mark.parametrize("channel", ["ig-square", "fb-link-share", "ig-story"])
def test_optional_partner_names_are_never_under_their_preferred_size(channel: str) -> None:
    asset, two_partners = arranged(channel, 2)
    _, four_partners = arranged(channel, 4)
    preferred_px = asset.type_size_limits["partner"].preferred_px

    assert len(two_partners.partners) == 2
    for found in (two_partners, four_partners):
        assert all(line.size_px >= preferred_px for mark in found.partners for line in mark.lines)


def test_the_door_hangs_from_the_lintel() -> None:
    _, found = arranged("gp-screen", 4)

    assert found.band is not None
    assert found.motif is not None
    assert found.motif["slit"][0][1] == found.motif["leaf"][0][1] == found.band.hang_y
