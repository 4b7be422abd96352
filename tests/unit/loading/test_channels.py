"""Loading channels: the defaults of each medium, a brand's own channels, and the errors of invalid rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assetgen.catalogue.page_sizes import shape_of
from assetgen.findings import Finding
from assetgen.loading.campaign import load_campaign
from assetgen.loading.channels import Catalogue, built_in_documents, read_catalogue
from assetgen.loading.model import Channel
from assetgen.loading.yaml.document import read_document
from tests.support.example_campaign import (
    PARTNER,
    PARTNER_FILE,
    append_line,
    campaign_errors,
    make_campaign,
    position_of,
    write_campaign_file,
)
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

OWN = "brand/channels.yaml"
ALL_FOUR, NO_PARTNER = ("number", "address", "promise", "partner"), ("number", "address", "promise")
LENGTHS = ("long", "short", "tiny")


def read(*rows: str) -> tuple[Catalogue, list[Finding]]:
    return read_catalogue([read_document("\n".join(rows).encode(), OWN)])


def minimal_channel(medium: str, size: str = "[1000, 500]", *more: str) -> Channel:
    """Return a channel that has only the required keys and these."""
    rows = (f"  medium: {medium}", f"  size: {size}", "  source: a test", *more)
    catalogue, findings = read("bare:", "  name: Bare", *rows)
    assert findings == []
    return catalogue.channels["bare"]


def test_built_in_catalogue_has_no_findings() -> None:
    catalogue, findings = read_catalogue(built_in_documents())

    assert findings == []
    assert len(catalogue.channels) >= 149
    assert set(catalogue.ask_owner) == {"bus-t-side", "bus-mega-rear", "taxi-superside", "phone-kiosk"}


@pytest.mark.parametrize(
    ("medium", "more", "expected"),
    [
        # safe, format, colour, requires, px_mm, bleed, ppi, code, headline, body, action, background
        ("social", "", (30, "jpg", "srgb", NO_PARTNER, 0.06, 0, 72, False, LENGTHS, LENGTHS[:2], (), "dark")),
        ("display", "", (25, "jpg", "srgb", NO_PARTNER, 0.26, 0, 72, False, LENGTHS, LENGTHS[:2], (), "dark")),
        ("dooh", "", (25, "jpg", "srgb", NO_PARTNER, 0.86, 0, 72, False, LENGTHS, LENGTHS[:2], (), "dark")),
        ("workplace", "", (25, "jpg", "srgb", ALL_FOUR, 0.28, 0, 72, False, LENGTHS, LENGTHS[:2], (), "dark")),
        ("email", "", (40, "jpg", "srgb", ALL_FOUR, 0.13, 0, 72, False, LENGTHS, LENGTHS[:2], (), "dark")),
        ("print", "  scan_m: 0.4",
         (5, "pdf", "cmyk-coated", ALL_FOUR, None, 3, 300, True, LENGTHS[:2], LENGTHS[:2], ("short",), "dark")),
        ("ooh", "", (25, "pdf", "cmyk-large", NO_PARTNER, None, 0, 300, False, LENGTHS[1:], (), (), "dark")),
        ("press", "",
         (3, "pdf", "cmyk-news", ALL_FOUR, None, 0, 300, False, LENGTHS[:2], LENGTHS[:2], ("short",), "light")),
    ],
)  # fmt: skip
def test_minimal_channel_takes_the_defaults_of_its_medium(
    medium: str, more: str, expected: tuple[object, ...]
) -> None:
    channel = minimal_channel(medium, "[1000, 500]", *([more] if more else []))

    copy = channel.copy_
    assert channel.safe == (expected[0],) * 4
    assert (
        channel.format,
        channel.colour,
        channel.requires,
        channel.px_mm,
        channel.bleed_mm,
        channel.ppi,
        channel.qr,
        copy.headline,
        copy.body,
        copy.action,
        channel.background,
    ) == expected[1:]
    assert (channel.per, channel.scale, channel.view_m, channel.read_m) == ("message", 1.0, 0.4, 0.4)
    assert (channel.variants, channel.template, channel.checked_on) == ((), None, date.min)


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [
        (33, 100, "skyscraper"), (34, 100, "tall"), (61, 100, "tall"), (62, 100, "portrait"),
        (90, 100, "square"), (111, 100, "square"), (112, 100, "landscape"), (194, 100, "landscape"),
        (195, 100, "wide"), (449, 100, "wide"), (450, 100, "strip"), (20000, 1, "strip"),
    ],
)  # fmt: skip
def test_shape_follows_from_the_aspect_ratio(width: float, height: float, shape: str) -> None:
    assert shape_of(width / height) == shape


@pytest.mark.parametrize(
    ("medium", "size", "colour", "background"),
    [
        ("print", "[148, 210]", "cmyk-coated", "light"),
        ("print", "[149, 210]", "cmyk-coated", "dark"),
        ("print", "[420, 594]", "cmyk-uncoated", "light"),
        ("ooh", "[100, 100]", "cmyk-large", "dark"),
        ("press", "[330, 260]", "cmyk-coated", "dark"),
    ],
)
def test_default_background_is_light_on_uncoated_or_small_paper(
    medium: str, size: str, colour: str, background: str
) -> None:
    assert minimal_channel(medium, size, f"  colour: {colour}", "  scan_m: 0.4").background == background


def test_safe_circle_gives_the_insets_of_its_bounding_box() -> None:
    channel = minimal_channel("social", "[400, 300]", "  safe: {circle: 200}")

    assert (channel.insets, channel.safe_circle) == ((50, 100, 50, 100), 200)


def test_reading_distance_defaults_to_the_viewing_distance() -> None:
    assert minimal_channel("ooh", "[1000, 500]", "  view_m: 8").read_m == 8
    assert minimal_channel("ooh", "[1000, 500]", "  view_m: 8", "  read_m: 2").read_m == 2


def test_brand_adds_channels_and_replaces_built_in_ones(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    before = load_campaign(root).campaign.channels
    rows = "{name: Ours, medium: social, size: [640, 320], source: a test}"
    append_line(root, OWN, f"town-screen: {rows}\nig-story: {rows}\nbus-t-side: {rows}")

    campaign = load_campaign(root).campaign

    assert set(campaign.channels) - set(before) == {"town-screen", "bus-t-side"}
    assert (campaign.channels["ig-story"].name, campaign.channels["ig-story"].width) == ("Ours", 640)
    assert campaign.channels["ig-story"].place.file == OWN
    assert "bus-t-side" not in {row.id for row in campaign.ask_owner}


def test_brand_can_mark_a_built_in_channel_as_ask_owner(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append_line(root, OWN, "dooh-led-wrap: {name: Wrap, medium: dooh, source: a test, ask_owner: it is new}")

    campaign = load_campaign(root).campaign

    assert ("dooh-led-wrap", "Wrap", "dooh", "it is new") in [
        (one.id, one.name, one.medium, one.ask_owner) for one in campaign.ask_owner
    ]
    assert "dooh-led-wrap" not in campaign.channels


def test_partner_cannot_choose_a_channel_without_a_size(tmp_path: Path, wording: Wording) -> None:
    root = make_campaign(tmp_path / "campaign")
    append_line(root, PARTNER_FILE, "channels: [ig-story, bus-t-side]")

    errors = campaign_errors(root)

    assert places_and_codes(errors) == [f"{position_of(root, PARTNER_FILE, 'bus-t-side')} unknown-id"]
    assert "bus-t-side" in errors[0]
    assert wording == errors


def test_channel_pattern_skips_channels_without_a_size(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append_line(root, PARTNER_FILE, 'channels: ["bus-*"]')

    campaign = load_campaign(root).campaign

    buses = [name for name in campaign.channels if name.startswith("bus-")]
    assert buses and {"bus-t-side", "bus-mega-rear"} <= {row.id for row in campaign.ask_owner}
    assert sorted(campaign.partners[PARTNER].channels) == sorted(buses)


def valid_row_with(more: str) -> str:
    """Return a row that has all required keys and these."""
    return f"{{name: A, medium: social, size: [400, 300], source: s, {more}}}"


# An invalid row, and the text in it where the error is reported.
INVALID_ROWS = {
    "not a mapping": ("3", "3"),
    "only a name": ("{name: A}", "{name: A}"),
    "misspelt medium": ("{medium: socail}", "socail"),
    "QR code as a medium": ("{medium: qr}", "qr}"),
    "missing size": ("{name: A, medium: social, source: s}", "{name: A, m"),
    "missing name": ("{medium: social, size: [400, 300], source: s}", "{medium: social, s"),
    "size with one side": ("{name: A, medium: social, size: [400], source: s}", "[400]"),
    "side of zero": ("{name: A, medium: social, size: [0, 300], source: s}", "0, 300"),
    "side of NaN": ("{name: A, medium: social, size: [nan, 300], source: s}", "nan"),
    "fraction of a pixel": ("{name: A, medium: social, size: [4.5, 300], source: s}", "[4.5"),
    "PDF on a screen": (valid_row_with("format: pdf"), "pdf"),
    "JPEG on an outdoor channel": ("{name: A, medium: ooh, size: [400, 300], source: s, format: jpg}", "jpg"),
    "QR code without a scan distance": (valid_row_with("qr: on"), "on}"),
    "qr neither on nor off": (valid_row_with("qr: maybe"), "maybe"),
    "safe area without height": (valid_row_with("safe: [0, 200, 0, 200]"), "[0, 200, 0"),
    "safe area with insets in the wrong order": (valid_row_with("safe: [100, 0, 200, 0]"), "[100, 0, 200"),
    "safe circle too large": (valid_row_with("safe: {circle: 300.5}"), "{circle: 300.5"),
    "usual safe area too large": (
        "{name: A, medium: ooh, size: [50, 300], source: s}",
        "{name: A, medium: ooh",
    ),
    "far too many pixels": ("{name: A, medium: dooh, size: [20000, 20000], source: s}", "[20000, 20000]"),
    "slightly too many pixels": ("{name: A, medium: dooh, size: [5000, 5001], source: s}", "[5000, 5001]"),
    "bleed on a screen": (valid_row_with("bleed_mm: 3"), "3}"),
    "scale on a screen": (valid_row_with("scale: 0.5"), "0.5}"),
    "CMYK on a screen": (valid_row_with("colour: cmyk-coated"), "cmyk-coated}"),
    "GIF format": (valid_row_with("format: gif"), "gif}"),
    "safe area of one number": (valid_row_with("safe: 5"), "5}"),
    "safe circle of zero": (valid_row_with("safe: {circle: 0}"), "0}}"),
    "read_m greater than view_m": (valid_row_with("view_m: 1, read_m: 2"), "2}"),
    "fraction of a ppi": (valid_row_with("ppi: 72.5"), "72.5"),
}


@pytest.mark.parametrize(("row", "invalid_part"), INVALID_ROWS.values(), ids=INVALID_ROWS)
def test_invalid_row_is_reported_at_its_invalid_value(
    row: str, invalid_part: str, tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    write_campaign_file(root, OWN, f"x: {row}\n")

    errors = campaign_errors(root)

    assert places_and_codes(errors) == [f"{position_of(root, OWN, invalid_part)} bad-value"]
    assert wording == errors


@pytest.mark.parametrize(
    ("medium", "size", "more"),
    [
        ("dooh", "[5000, 5000]", "safe: {circle: 5000}"),
        ("social", "[400, 300]", "bleed_mm: 0, scale: 1, colour: srgb"),
        ("ooh", "[20000, 20000]", "scale: 0.1, colour: srgb"),
        ("ooh", "[51, 51]", "bleed_mm: 3"),
    ],
)
def test_row_at_the_limits_is_accepted(medium: str, size: str, more: str, tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    write_campaign_file(root, OWN, f"x: {{name: A, medium: {medium}, size: {size}, source: s, {more}}}\n")

    assert campaign_errors(root) == []


def test_unknown_key_unknown_template_and_invalid_id_are_all_reported(
    tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    write_campaign_file(
        root,
        OWN,
        "Town_Screen: {name: A, medium: social, size: [4, 3], source: s, templte: beacon}\n"
        "second: {name: A, medium: social, size: [4, 3], source: s, template: becon}\n",
    )

    errors = campaign_errors(root)

    assert places_and_codes(errors) == [
        f"{position_of(root, OWN, 'becon')} unknown-id",
        f"{position_of(root, OWN, 'templte')} unknown-key",
        f"{OWN}:1:1 bad-id",
    ]
    assert wording == errors
