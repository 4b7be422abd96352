"""Every built-in channel against the table of published specifications, and against lists of what was decided.

``fixtures/channel_facts.csv`` has one row for each channel: ``safe`` is top/right/bottom/left (``o720``: a circle of
720), ``sources`` the keys of the specifications that the channel's ``source`` must name. What was decided is written
here as lists of channels, so that a new channel needs a decision and does not pass by default.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from assetgen.loading.channels import built_in_documents, read_catalogue
from assetgen.loading.model import Channel
from assetgen.schema.channel_file import PRINT_MEDIUMS

FACTS = Path(__file__).parents[2] / "fixtures" / "channel_facts.csv"


@cache
def channels() -> Mapping[str, Channel]:
    return read_catalogue(built_in_documents())[0].channels


@cache
def rows() -> dict[str, dict[str, str]]:
    with FACTS.open(encoding="utf-8", newline="") as table:
        return {row["id"]: row for row in csv.DictReader(table)}


every_row = pytest.mark.each("id_", rows)
every_channel = pytest.mark.each("id_", channels)


def number(cell: str) -> float | None:
    return float(cell) if cell else None


def test_catalogue_has_exactly_the_channels_of_the_table() -> None:
    assert set(channels()) == set(rows())


@every_row
def test_size_and_safe_area_match_the_table(id_: str) -> None:
    channel, row = channels()[id_], rows()[id_]
    width, height = (float(side) for side in row["size"].split("x"))

    assert (channel.medium, channel.width, channel.height) == (row["medium"], width, height)
    if row["safe"].startswith("o"):
        assert channel.safe_circle == float(row["safe"][1:])
    else:
        assert channel.safe == tuple(float(inset) for inset in row["safe"].split("/"))
        assert channel.safe_circle is None


@every_row
def test_colour_format_and_limits_match_the_table(id_: str) -> None:
    channel, row = channels()[id_], rows()[id_]

    assert (channel.colour, channel.format, channel.view_m) == (
        row["colour"],
        row["format"],
        float(row["view_m"]),
    )
    assert (channel.max_bytes, channel.recommended_max_bytes) == (
        number(row["max_bytes"]),
        number(row["recommended_max_bytes"]),
    )
    if channel.medium in PRINT_MEDIUMS:
        expected = (number(row["bleed_mm"]), number(row["scale"]), number(row["ppi"]))
        assert (channel.bleed_mm, channel.scale, channel.ppi) == expected


@every_row
def test_sources_and_confidence_match_the_table(id_: str) -> None:
    channel, row = channels()[id_], rows()[id_]

    assert [key for key in row["sources"].split() if key not in channel.source] == []
    assert channel.provisional == (row["confidence"] == "low")


# Which facts a channel must show: the exceptions from the rule of its medium.
NO_FACTS = "social-avatar gads-logo-square gads-logo-wide"
STRIPS_AND_SKYSCRAPERS = """
    linkedin-company-cover disp-leaderboard disp-super-leaderboard disp-banner disp-mobile-banner
    disp-mobile-small disp-google-extra-930x180 disp-google-extra-980x120 press-strip
    disp-wide-skyscraper disp-skyscraper disp-portrait
"""
ROADSIDE = """
    ooh-12-sheet ooh-16-sheet ooh-32-sheet ooh-48-sheet ooh-64-sheet ooh-96-sheet bus-superside
    bus-single-deck-side bus-rear advan digivan dooh-d48 dooh-large-led dooh-large-led-1824x432
    dooh-large-led-2064x528
"""
BEHIND_WINDOWS = """
    desktop-wallpaper desktop-wallpaper-2560 desktop-wallpaper-3840 lock-screen teams-background
    zoom-background
"""
IN_PRIVATE = """
    card-wallet beermat-square beermat-round sticker-washroom-a6 sticker-round washroom-a4 washroom-a3
"""


def requires(channel: Channel) -> tuple[str, ...]:
    """Return the facts that a channel must show, by its group or else by its medium."""
    if channel.id in NO_FACTS.split():
        return ()
    if channel.id in (STRIPS_AND_SKYSCRAPERS + ROADSIDE + BEHIND_WINDOWS).split():
        return ("number", "address")
    if channel.id in IN_PRIVATE.split() or channel.medium in ("social", "display", "dooh", "ooh"):
        return ("number", "address", "promise")
    return ("number", "address", "promise", "partner")


@every_channel
def test_channel_requires_the_facts_of_its_group_or_else_of_its_medium(id_: str) -> None:
    assert channels()[id_].requires == requires(channels()[id_])


# How far from the code a phone is held, in metres. A channel that is not listed has no QR code.
SCAN_M = {
    0.2: "leaflet-dl leaflet-a5 bookmark",
    0.3: """
        press-full-page press-half-page press-half-vertical press-quarter press-25x4 press-20x3 press-10x2
        press-broadsheet mag-a4-full mag-a4-half mag-a5-full
    """,
    0.4: "poster-a6 poster-a5 poster-a4 poster-a3 factsheet-a4",
    0.8: """
        poster-a2 poster-a1 poster-a0 pullup-850 aboard-a1 window-vinyl-a2 window-vinyl-a1 ooh-1-sheet
        poster-double-royal bus-interior bus-headliner tube-car-panel rail-carriage-panel taxi-tip-seat
    """,
    1.2: "gp-screen gp-screen-portrait council-screen slide-16x9",
    1.5: """
        ooh-4-sheet ooh-6-sheet rail-4-sheet dooh-d6 dooh-phone-kiosk dooh-mall-xl dooh-landscape pvc-banner
    """,
}


def test_only_listed_channels_have_a_qr_code_with_its_scanning_distance() -> None:
    expected = {id_: distance for distance, ids in SCAN_M.items() for id_ in ids.split()}

    assert {id_: channel.scan_m for id_, channel in channels().items() if channel.qr} == expected


# From where small type is read, in metres, where people come closer than to read the headline.
READ_M = {
    0.4: "poster-a5 beermat-square beermat-round press-broadsheet",
    0.7: """
        poster-a4 poster-a3 poster-a2 poster-a1 poster-a0 washroom-a4 washroom-a3 pullup-850 window-vinyl-a2
        window-vinyl-a1 aboard-a1 pvc-banner poster-double-royal ooh-1-sheet ooh-4-sheet ooh-6-sheet
        rail-4-sheet
    """,
}


def test_only_listed_channels_have_a_shorter_reading_distance() -> None:
    expected = {id_: distance for distance, ids in READ_M.items() for id_ in ids.split()}

    assert {
        id_: channel.read_m for id_, channel in channels().items() if channel.read_m != channel.view_m
    } == expected


# The size of one pixel as the reader sees it, in mm, where it differs from that of its medium.
PX_MM = {
    0.16: "disp-mobile-banner disp-mobile-small disp-mobile-large disp-mobile-interstitial",
    0.26: "intranet-banner web-banner web-banner-1200x675",
    0.5: "gp-screen gp-screen-portrait council-screen",
    1.0: "slide-16x9",
    3.2: "dooh-d48 dooh-large-led dooh-large-led-1824x432 dooh-large-led-2064x528",
    6.0: "dooh-mall-xl",
    6.4: "digivan",
    10.0: "dooh-wrap",
}
PX_MM_OF_MEDIUM = {"social": 0.06, "display": 0.26, "dooh": 0.86, "workplace": 0.28, "email": 0.13}


@pytest.mark.each("id_", lambda: [id_ for id_, row in channels().items() if row.medium in PX_MM_OF_MEDIUM])
def test_screen_channel_has_the_pixel_size_of_its_display(id_: str) -> None:
    channel = channels()[id_]
    expected = PX_MM_OF_MEDIUM[channel.medium]
    if id_.startswith(("gads-", "meta-ad-", "linkedin-ad")):
        expected = 65 / channel.width
    expected = next((mm for mm, ids in PX_MM.items() if id_ in ids.split()), expected)

    assert channel.px_mm == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("ids", "has_property"),
    [
        pytest.param(
            NO_FACTS
            + BEHIND_WINDOWS
            + """
            fb-page-cover fb-group-cover x-header linkedin-company-cover youtube-channel-banner email-signature
            """,
            lambda channel: channel.per == "partner",
            id="one-asset-per-partner",
        ),
        pytest.param(
            """
            poster-a6 poster-a5 leaflet-dl leaflet-a5 bookmark beermat-square beermat-round sticker-washroom-a6
            sticker-round factsheet-a4 press-full-page press-half-page press-half-vertical press-quarter
            press-25x4 press-20x3 press-10x2 press-strip press-broadsheet mag-a4-half mag-a4-quarter mag-a5-full
            """,
            lambda channel: channel.background == "light",
            id="light-background",
        ),
        pytest.param(
            "vertical-universal tiktok-vertical publisher-skin teams-background zoom-background",
            lambda channel: bool(channel.keep_clear),
            id="areas-to-keep-clear",
        ),
        pytest.param(
            "ooh-48-sheet ooh-96-sheet advan bus-single-deck-side",
            lambda channel: bool(channel.panel_joins.x),
            id="panel-joins",
        ),
    ],
)
def test_only_listed_channels_have_each_special_property(
    ids: str, has_property: Callable[[Channel], bool]
) -> None:
    assert {id_ for id_, channel in channels().items() if has_property(channel)} == set(ids.split())


@pytest.mark.parametrize(
    ("template", "channels"),
    [
        (
            "plain",
            "ooh-6-sheet ooh-48-sheet bus-rear dooh-large-led disp-mpu disp-leaderboard press-25x4 pvc-banner",
        ),
        ("quiet", "washroom-a4 sticker-round card-wallet beermat-round beermat-square whatsapp-share"),
        ("together", "gp-screen council-screen intranet-banner email-header email-signature slide-16x9"),
        (None, "ig-square poster-a4 dooh-d6 disp-half-page mag-a4-full desktop-wallpaper teams-background"),
    ],
)
def test_channel_has_the_template_agreed_for_its_use(template: str | None, channels: str) -> None:
    catalogue, _ = read_catalogue(built_in_documents())

    assert {catalogue.channels[name].template for name in channels.split()} == {template}


def test_newsprint_and_large_outdoor_channels_use_the_plain_template() -> None:
    catalogue, _ = read_catalogue(built_in_documents())
    built_in = catalogue.channels.values()

    assert {one.template for one in built_in if one.colour == "cmyk-news"} == {"plain"}
    assert {one.template for one in built_in if one.medium == "ooh" and one.view_m >= 4} == {"plain"}
