"""The built-in channels as data: rules for every row, and the values agreed for channels of each kind.

These tests read the YAML without the code under test (as YAML 1.1: ``on`` and ``off`` are booleans). The defaults of
each medium are written out again below for the same reason.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

CATALOGUE = Path(__file__).parents[3] / "src" / "assetgen" / "catalogue" / "channels"
MEDIUMS = ("social", "display", "dooh", "workplace", "email", "print", "ooh", "press")
PRINT_MEDIUMS = ("print", "ooh", "press")

N, A, R, P = "number", "address", "promise", "partner"
ALL_FOUR, NO_PARTNER, NUMBER_AND_ADDRESS = [N, A, R, P], [N, A, R], [N, A]
NO_FACTS: list[str] = []
REQUIRES_BY_MEDIUM = {
    **dict.fromkeys(("print", "press", "workplace", "email"), ALL_FOUR),
    **dict.fromkeys(("social", "display", "dooh", "ooh"), NO_PARTNER),
}
SHAPES = {"skyscraper", "tall", "portrait", "square", "landscape", "wide", "strip"}
OWN_SHAPES = SHAPES | {"round", "mark", "background", "wallpaper", "skin"}
COLOURS = {"srgb", "cmyk-coated", "cmyk-uncoated", "cmyk-news", "cmyk-large"}
SIZED_KEYS = {
    "name", "medium", "size", "shape", "safe", "keep_clear", "bleed_mm", "scale", "ppi", "format", "colour",
    "max_bytes", "recommended_max_bytes", "template", "background", "view_m", "read_m", "scan_m", "px_mm", "requires",
    "qr", "copy", "per", "variants", "panel_joins", "source", "checked_on", "provisional", "notes",
}  # fmt: skip
ASK_KEYS = {"name", "medium", "ask_owner", "source", "checked_on"}
LENGTHS = {"headline": ["long", "short", "tiny"], "body": ["long", "short"], "action": ["short"]}

Row = dict[str, Any]


def read_file(medium: str) -> dict[str, Row]:
    return yaml.safe_load((CATALOGUE / f"{medium}.yaml").read_text(encoding="utf-8"))


@cache
def rows() -> dict[str, Row]:
    return {id_: row for medium in MEDIUMS for id_, row in read_file(medium).items()}


@cache
def sized() -> dict[str, Row]:
    return {id_: row for id_, row in rows().items() if "size" in row}


every_row = pytest.mark.each("row", lambda: [pytest.param(row, id=id_) for id_, row in rows().items()])
every_sized_row = pytest.mark.each("row", lambda: [pytest.param(row, id=id_) for id_, row in sized().items()])


def requires(row: Row) -> list[str]:
    return row.get("requires", REQUIRES_BY_MEDIUM[row["medium"]])


def has_qr_code(row: Row) -> bool:
    return row.get("qr", row["medium"] == "print")


def live_area(row: Row) -> tuple[float, float]:
    """Return width and height of the safe area, in the units of the row's size."""
    width, height = row["size"]
    if isinstance(row["safe"], dict):
        return row["safe"]["circle"], row["safe"]["circle"]
    top, right, bottom, left = row["safe"]
    return width - left - right, height - top - bottom


def test_catalogue_has_at_least_145_channels_with_a_size() -> None:
    assert len(sized()) >= 145


def test_channel_ids_are_unique_across_files() -> None:
    keys = Counter(
        key
        for medium in MEDIUMS
        for key in re.findall(r"^(\S+):", (CATALOGUE / f"{medium}.yaml").read_text("utf-8"), re.MULTILINE)
    )

    assert [key for key, count in keys.items() if count > 1] == []
    assert set(keys) == set(rows())


@pytest.mark.each("id_", rows)
def test_channel_id_is_valid(id_: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,25}", id_)
    assert id_ not in {"all", "packs", "qr", "index"}


@pytest.mark.parametrize("medium", MEDIUMS)
def test_every_row_has_the_medium_of_its_file(medium: str) -> None:
    assert {row["medium"] for row in read_file(medium).values()} == {medium}


@every_row
def test_row_has_known_keys_and_a_source(row: Row) -> None:
    assert set(row) <= (SIZED_KEYS if "size" in row else ASK_KEYS)
    assert row["name"].strip()
    assert row["source"].strip()
    assert row["checked_on"] == date(2026, 11, 1)


def test_channel_without_a_size_says_why_to_ask_the_media_owner() -> None:
    ask = {id_: row["ask_owner"] for id_, row in rows().items() if "size" not in row}

    assert set(ask) == {"bus-t-side", "bus-mega-rear", "taxi-superside", "phone-kiosk"}
    assert all(len(why) > 20 for why in ask.values())


@every_sized_row
def test_values_of_a_channel_are_valid_for_its_medium(row: Row) -> None:
    screen = row["medium"] not in PRINT_MEDIUMS

    assert all(side > 0 for side in row["size"])
    assert row.get("shape", "square") in OWN_SHAPES
    assert row.get("format", "jpg" if screen else "pdf") in ({"jpg", "png"} if screen else {"pdf"})
    assert row.get("colour", "srgb" if screen else "cmyk-coated") in (
        {"srgb"} if screen else COLOURS - {"srgb"}
    )
    assert row.get("background", "dark") in {"dark", "light"}
    assert row.get("per", "message") in {"message", "partner"}
    assert set(requires(row)) <= set(ALL_FOUR)
    assert not screen or not {"bleed_mm", "scale", "ppi", "panel_joins"} & set(row)
    assert screen or not {"px_mm", "max_bytes", "recommended_max_bytes"} & set(row)


@every_sized_row
def test_screen_channel_uses_whole_pixels(row: Row) -> None:
    lengths = [*row["size"], *(row["safe"] if isinstance(row["safe"], list) else [row["safe"]["circle"]])]

    assert row["medium"] in PRINT_MEDIUMS or all(isinstance(length, int) for length in lengths)


@every_sized_row
def test_safe_area_is_at_least_a_fifth_of_each_side(row: Row) -> None:
    live_w, live_h = live_area(row)

    assert row["size"][0] >= live_w >= 0.2 * row["size"][0]
    assert row["size"][1] >= live_h >= 0.2 * row["size"][1]


@every_sized_row
def test_keep_clear_areas_lie_on_the_page_and_do_not_fill_the_live_area(row: Row) -> None:
    width, height = row["size"]
    live_w, live_h = live_area(row)

    for x, y, w, h in row.get("keep_clear", []):
        assert 0 <= x < x + w <= width
        assert 0 <= y < y + h <= height
        assert w < live_w or h < live_h


@every_sized_row
def test_panel_joins_lie_inside_the_canvas(row: Row) -> None:
    panel_joins = row.get("panel_joins", {"x": [], "y": []})

    assert set(panel_joins) == {"x", "y"}
    assert all(0 < x < row["size"][0] for x in panel_joins["x"])
    assert all(0 < y < row["size"][1] for y in panel_joins["y"])


@every_sized_row
def test_read_m_is_at_most_view_m_and_scan_m_is_set_only_with_a_qr_code(row: Row) -> None:
    assert row["view_m"] > 0
    assert 0 < (row["read_m"] if "read_m" in row else row["view_m"]) <= row["view_m"]
    assert has_qr_code(row) == ("scan_m" in row)
    assert row.get("scan_m", 0.2) in {0.2, 0.3, 0.4, 0.8, 1.2, 1.5}


@every_sized_row
def test_outdoor_artwork_has_300_ppi_at_its_scale(row: Row) -> None:
    assert row["medium"] != "ooh" or row.get("ppi", 300) == pytest.approx(300 * row.get("scale", 1))


@every_sized_row
def test_copy_lengths_are_known_and_sorted_longest_first(row: Row) -> None:
    copy = row.get("copy", LENGTHS)

    assert set(copy) == set(LENGTHS)
    for role, lengths in copy.items():
        assert lengths == [length for length in LENGTHS[role] if length in lengths]


@every_sized_row
def test_channel_has_a_headline_if_and_only_if_it_requires_facts(row: Row) -> None:
    assert bool(requires(row)) == bool(row.get("copy", LENGTHS)["headline"])


# Channel: the facts it must show, whether it has a QR code, and whether it has one asset per message or per partner.
# Strips have room for number and address only, and roadside sheets are read for three to five seconds. Vehicles and
# roadside sheets have no code: UK transport contractors refuse codes for safety. Washroom channels have none because
# using a camera there looks suspect.
AGREED = {
    "ig-story": (NO_PARTNER, False, "message"),
    "fb-page-cover": (NO_PARTNER, False, "partner"),
    "fb-event-cover": (NO_PARTNER, False, "message"),
    "youtube-channel-banner": (NO_PARTNER, False, "partner"),
    "x-header": (NO_PARTNER, False, "partner"),
    "linkedin-company-cover": (NUMBER_AND_ADDRESS, False, "partner"),
    "social-avatar": (NO_FACTS, False, "partner"),
    "gads-logo-square": (NO_FACTS, False, "partner"),
    "gads-logo-wide": (NO_FACTS, False, "partner"),
    "disp-mpu": (NO_PARTNER, False, "message"),
    "disp-mobile-large": (NO_PARTNER, False, "message"),
    "disp-leaderboard": (NUMBER_AND_ADDRESS, False, "message"),
    "disp-mobile-banner": (NUMBER_AND_ADDRESS, False, "message"),
    "disp-wide-skyscraper": (NUMBER_AND_ADDRESS, False, "message"),
    "dooh-d6": (NO_PARTNER, True, "message"),
    "dooh-phone-kiosk": (NO_PARTNER, True, "message"),
    "dooh-mall-xl": (NO_PARTNER, True, "message"),
    "dooh-landscape": (NO_PARTNER, True, "message"),
    "dooh-d48": (NUMBER_AND_ADDRESS, False, "message"),
    "digivan": (NUMBER_AND_ADDRESS, False, "message"),
    "gp-screen": (ALL_FOUR, True, "message"),
    "council-screen": (ALL_FOUR, True, "message"),
    "slide-16x9": (ALL_FOUR, True, "message"),
    "screensaver": (ALL_FOUR, False, "message"),
    "desktop-wallpaper": (NUMBER_AND_ADDRESS, False, "partner"),
    "lock-screen": (NUMBER_AND_ADDRESS, False, "partner"),
    "teams-background": (NUMBER_AND_ADDRESS, False, "partner"),
    "zoom-background": (NUMBER_AND_ADDRESS, False, "partner"),
    "email-header": (ALL_FOUR, False, "message"),
    "email-signature": (ALL_FOUR, False, "partner"),
    "poster-a4": (ALL_FOUR, True, "message"),
    "leaflet-dl": (ALL_FOUR, True, "message"),
    "card-wallet": (NO_PARTNER, False, "message"),
    "beermat-round": (NO_PARTNER, False, "message"),
    "sticker-washroom-a6": (NO_PARTNER, False, "message"),
    "washroom-a3": (NO_PARTNER, False, "message"),
    "ooh-6-sheet": (NO_PARTNER, True, "message"),
    "tube-car-panel": (NO_PARTNER, True, "message"),
    "ooh-12-sheet": (NUMBER_AND_ADDRESS, False, "message"),
    "ooh-48-sheet": (NUMBER_AND_ADDRESS, False, "message"),
    "bus-rear": (NUMBER_AND_ADDRESS, False, "message"),
    "advan": (NUMBER_AND_ADDRESS, False, "message"),
    "press-25x4": (ALL_FOUR, True, "message"),
    "press-10x2": (ALL_FOUR, True, "message"),
    "mag-a4-quarter": (ALL_FOUR, False, "message"),
}


@pytest.mark.parametrize("id_", AGREED)
def test_channel_has_its_agreed_required_facts_qr_setting_and_per(id_: str) -> None:
    row = rows()[id_]

    assert (requires(row), has_qr_code(row), row.get("per", "message")) == AGREED[id_]


@pytest.mark.parametrize(
    ("id_", "read_m", "scan_m"),
    [
        ("leaflet-dl", 0.4, 0.2),
        ("poster-a5", 0.4, 0.4),
        ("poster-a3", 0.7, 0.4),
        ("poster-a0", 0.7, 0.8),
        ("ooh-1-sheet", 0.7, 0.8),
        ("ooh-6-sheet", 0.7, 1.5),
        ("ooh-48-sheet", 30, None),
        ("pvc-banner", 0.7, 1.5),
        ("gp-screen", 4, 1.2),
        ("press-broadsheet", 0.4, 0.3),
        ("card-wallet", 0.3, None),
        ("washroom-a4", 0.7, None),
    ],
)
def test_channel_has_its_agreed_reading_and_scanning_distance(
    id_: str, read_m: float, scan_m: float | None
) -> None:
    row = rows()[id_]

    assert (row.get("read_m", row["view_m"]), row.get("scan_m")) == (read_m, scan_m)


@pytest.mark.parametrize(
    ("id_", "px_mm"),
    [
        ("disp-mobile-banner", 0.16),
        ("gads-landscape", 65 / 1200),
        ("meta-ad-story", 65 / 1440),
        ("web-banner", 0.26),
        ("gp-screen", 0.5),
        ("slide-16x9", 1.0),
        ("dooh-mall-xl", 6),
        ("dooh-wrap", 10),
        ("digivan", 6.4),
        ("dooh-d48", 3.2),
    ],
)
def test_channel_has_its_agreed_pixel_size(id_: str, px_mm: float) -> None:
    assert rows()[id_]["px_mm"] == pytest.approx(px_mm, rel=1e-4)


@pytest.mark.parametrize(
    ("id_", "limit_bytes", "recommended_max_bytes"),
    [
        ("ig-story", 8_000_000, None),
        ("fb-story", 4_000_000, 1_000_000),
        ("bluesky-post", 1_000_000, None),
        ("youtube-thumbnail", 2_000_000, None),
        ("open-graph", 5_000_000, 300_000),
        ("disp-mobile-banner", 50_000, None),
        ("disp-half-page", 150_000, None),
        ("gads-square", 5_120_000, None),
        ("dooh-d6", 1_000_000, None),
        ("dooh-mall-xl", None, None),
        ("email-signature", None, 50_000),
    ],
)
def test_max_bytes_is_the_lowest_published_limit_and_usual_practice_only_a_recommendation(
    id_: str, limit_bytes: int | None, recommended_max_bytes: int | None
) -> None:
    row = rows()[id_]

    assert (row.get("max_bytes"), row.get("recommended_max_bytes")) == (limit_bytes, recommended_max_bytes)


def test_panel_joins_of_billboards_are_at_the_edges_of_their_sheets() -> None:
    sheets_48 = {"x": [1016, 2032, 3048, 4064, 5080], "y": [1524]}

    assert rows()["ooh-48-sheet"]["panel_joins"] == rows()["advan"]["panel_joins"] == sheets_48
    assert len(rows()["ooh-96-sheet"]["panel_joins"]["x"]) == 11
    assert rows()["bus-single-deck-side"]["panel_joins"]["x"] == [1067]


def test_id_that_ends_in_a_size_has_that_size() -> None:
    extra = {id_: row["size"] for id_, row in sized().items() if re.search(r"-\d+x\d{3,}$", id_)}

    assert all(id_.endswith(f"-{width}x{height}") for id_, (width, height) in extra.items())
    assert set(extra) == {
        "disp-google-extra-250x360",
        "disp-google-extra-580x400",
        "disp-google-extra-930x180",
        "disp-google-extra-980x120",
        "dooh-large-led-1824x432",
        "dooh-large-led-2064x528",
        "web-banner-1200x675",
    }
    assert sized()["desktop-wallpaper-2560"]["size"] == [2560, 1440]
    assert sized()["desktop-wallpaper-3840"]["size"] == [3840, 2160]


def test_folded_leaflets_are_not_channels() -> None:
    assert not {"leaflet-dl-6pp", "leaflet-a5-4pp", "leaflet-a6-4pp", "zcard", "tent-card"} & set(rows())


def test_channels_with_low_confidence_are_provisional() -> None:
    low = {
        "whatsapp-status", "whatsapp-share", "snapchat-vertical", "nextdoor-post", "mastodon-post",
        "dooh-d48", "dooh-large-led", "dooh-large-led-1824x432", "dooh-large-led-2064x528", "digivan",
        "intranet-banner", "ooh-12-sheet", "ooh-16-sheet", "bus-superside", "bus-interior", "bus-headliner",
        "rail-carriage-panel", "taxi-tip-seat", "advan", "press-half-vertical", "press-broadsheet",
    }  # fmt: skip

    assert {id_ for id_, row in sized().items() if row.get("provisional")} == low
