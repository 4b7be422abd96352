"""The catalogue as the loader reads it: defaults of the mediums, a brand's own channels, exact errors."""

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
from tests.support.campaigns import PARTNER_FILE, append, at, errors_of, make_campaign, write

OWN = "brand/channels.yaml"
ALL_FOUR, IN_PASSING = ("number", "address", "promise", "partner"), ("number", "address", "promise")
TIERS = ("long", "short", "tiny")


def read(*rows: str) -> tuple[Catalogue, list[Finding]]:
    return read_catalogue([read_document("\n".join(rows).encode(), OWN)])


def bare(medium: str, size: str = "[1000, 500]", *more: str) -> Channel:
    """Return a channel that says nothing but its size."""
    rows = (f"  medium: {medium}", f"  size: {size}", "  source: a test", *more)
    catalogue, findings = read("bare:", "  name: Bare", *rows)
    assert findings == []
    return catalogue.channels["bare"]


def test_the_built_in_catalogue_is_read_without_a_finding() -> None:
    catalogue, findings = read_catalogue(built_in_documents())

    assert findings == []
    assert len(catalogue.channels) >= 149
    assert set(catalogue.ask_owner) == {"bus-t-side", "bus-mega-rear", "taxi-superside", "phone-kiosk"}


@pytest.mark.parametrize(
    ("medium", "more", "expected"),
    [
        # safe, format, colour, requires, px_mm, bleed, ppi, code, headline, body, action, ground
        ("social", "", (30, "jpg", "srgb", IN_PASSING, 0.06, 0, 72, False, TIERS, TIERS[:2], (), "dark")),
        ("display", "", (25, "jpg", "srgb", IN_PASSING, 0.26, 0, 72, False, TIERS, TIERS[:2], (), "dark")),
        ("dooh", "", (25, "jpg", "srgb", IN_PASSING, 0.86, 0, 72, False, TIERS, TIERS[:2], (), "dark")),
        ("workplace", "", (25, "jpg", "srgb", ALL_FOUR, 0.28, 0, 72, False, TIERS, TIERS[:2], (), "dark")),
        ("email", "", (40, "jpg", "srgb", ALL_FOUR, 0.13, 0, 72, False, TIERS, TIERS[:2], (), "dark")),
        (
            "print",
            "  scan_m: 0.4",
            (5, "pdf", "cmyk-coated", ALL_FOUR, None, 3, 300, True, TIERS[:2], TIERS[:2], ("short",), "dark"),
        ),
        ("ooh", "", (25, "pdf", "cmyk-large", IN_PASSING, None, 0, 300, False, TIERS[1:], (), (), "dark")),
        (
            "press",
            "",
            (3, "pdf", "cmyk-news", ALL_FOUR, None, 0, 300, False, TIERS[:2], TIERS[:2], ("short",), "light"),
        ),
    ],
)
def test_a_row_that_says_nothing_takes_its_medium_s_defaults(
    medium: str, more: str, expected: tuple[object, ...]
) -> None:
    channel = bare(medium, "[1000, 500]", *([more] if more else []))

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
        channel.ground,
    ) == expected[1:]
    assert (channel.per, channel.scale, channel.view_m, channel.read_m) == ("message", 1.0, 0.4, 0.4)
    assert (channel.deliverables, channel.template, channel.checked_on) == ((), None, date.min)


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [
        (33, 100, "skyscraper"), (34, 100, "tall"), (61, 100, "tall"), (62, 100, "portrait"),
        (90, 100, "square"), (111, 100, "square"), (112, 100, "landscape"), (194, 100, "landscape"),
        (195, 100, "wide"), (449, 100, "wide"), (450, 100, "strip"), (20000, 1, "strip"),
    ],
)  # fmt: skip
def test_the_shape_follows_from_width_over_height(width: float, height: float, shape: str) -> None:
    assert shape_of(width / height) == shape


@pytest.mark.parametrize(
    ("medium", "size", "colour", "ground"),
    [
        ("print", "[148, 210]", "cmyk-coated", "light"),
        ("print", "[149, 210]", "cmyk-coated", "dark"),
        ("print", "[420, 594]", "cmyk-uncoated", "light"),
        ("ooh", "[100, 100]", "cmyk-large", "dark"),
        ("press", "[330, 260]", "cmyk-coated", "dark"),
    ],
)
def test_ground_is_light_on_paper_that_drinks_and_in_the_hand(
    medium: str, size: str, colour: str, ground: str
) -> None:
    assert bare(medium, size, f"  colour: {colour}", "  scan_m: 0.4").ground == ground


def test_a_circle_has_the_insets_of_its_box() -> None:
    channel = bare("social", "[400, 300]", "  safe: {circle: 200}")

    assert (channel.insets, channel.safe_circle) == ((50, 100, 50, 100), 200)


def test_words_are_read_from_where_the_headline_is_unless_said_otherwise() -> None:
    assert bare("ooh", "[1000, 500]", "  view_m: 8").read_m == 8
    assert bare("ooh", "[1000, 500]", "  view_m: 8", "  read_m: 2").read_m == 2


def test_a_brand_adds_channels_and_replaces_built_in_ones(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    before = load_campaign(root).campaign.channels
    rows = "{name: Ours, medium: social, size: [640, 320], source: a test}"
    append(root, OWN, f"town-screen: {rows}\nig-story: {rows}\nbus-t-side: {rows}")

    campaign = load_campaign(root).campaign

    assert set(campaign.channels) - set(before) == {"town-screen", "bus-t-side"}
    assert (campaign.channels["ig-story"].name, campaign.channels["ig-story"].width) == ("Ours", 640)
    assert campaign.channels["ig-story"].place.file == OWN
    assert "bus-t-side" not in {row.id for row in campaign.ask_owner}


def test_a_brand_can_hand_a_channel_back_to_its_owner(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append(root, OWN, "dooh-led-wrap: {name: Wrap, medium: dooh, source: a test, ask_owner: it is new}")

    campaign = load_campaign(root).campaign

    assert ("dooh-led-wrap", "Wrap", "dooh", "it is new") in [
        (one.id, one.name, one.medium, one.ask_owner) for one in campaign.ask_owner
    ]
    assert "dooh-led-wrap" not in campaign.channels


def test_a_partner_that_names_what_has_no_size_is_sent_to_its_owner(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append(root, PARTNER_FILE, "channels: [ig-story, bus-t-side]")

    assert errors_of(root) == [
        f"{at(root, PARTNER_FILE, 'bus-t-side')}: error: bus-t-side has no fixed size: the sheet is a T whose "
        "drop differs from vehicle to vehicle [unknown-id]\n"
        "  hint: ask its owner for the template, then add a channel in brand/channels.yaml"
    ]


def test_a_glob_passes_over_what_has_no_size(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append(root, PARTNER_FILE, 'channels: ["bus-*"]')

    campaign = load_campaign(root).campaign

    assert {name.split("-")[0] for name in campaign.partners["example-county-council"].channels} <= {"bus"}


ONE_OF = "one of: display, dooh, email, ooh, press, print, social, workplace"


def sound(more: str) -> str:
    """Return a row that has all that it needs, and something more."""
    return f"{{name: A, medium: social, size: [400, 300], source: s, {more}}}"


# A row, the words in it at which the fault has its place, what is said, the hint.
ROW_FAULTS = [
    ("3", "3", "x: a channel is a mapping of keys", "write name:, medium:, size: and source: below it"),
    ("{name: A}", "{name: A}", "x: missing: medium", ONE_OF),
    ("{medium: socail}", "socail", "x: no such medium: socail", "did you mean social?"),
    ("{medium: qr}", "qr}", "x: no such medium: qr", ONE_OF),
    (
        "{name: A, medium: social, source: s}",
        "{name: A, m",
        "x: missing: size",
        "add size: [width, height], or ask_owner: with the reason",
    ),
    (
        "{medium: social, size: [400, 300], source: s}",
        "{medium: social, s",
        "missing: name",
        "add name: with its value",
    ),
    ("{name: A, medium: social, size: [400], source: s}", "[400]", "size: has too few entries", "at least 2"),
    (
        "{name: A, medium: social, size: [0, 300], source: s}",
        "0, 300",
        "size, entry 1: 0 is out of bounds",
        "more than 0",
    ),
    (
        "{name: A, medium: social, size: [nan, 300], source: s}",
        "nan",
        "size, entry 1: nan is not a finite number",
        "write digits, with a point where one is needed: 2.5",
    ),
    (
        "{name: A, medium: social, size: [4.5, 300], source: s}",
        "[4.5",
        "x: size is in whole pixels",
        "round it",
    ),
    (sound("format: pdf"), "pdf", "x: format pdf is for print, ooh and press", "png or jpg"),
    (
        "{name: A, medium: ooh, size: [400, 300], source: s, format: jpg}",
        "jpg",
        "x: format jpg is not for ooh",
        "leave format out",
    ),
    (sound("qr: on"), "on}", "x: missing: scan_m, which a code needs", "add scan_m: or qr: off"),
    (sound("qr: maybe"), "maybe", "qr: maybe is not on or off", "write on or off"),
    (
        sound("safe: [0, 200, 0, 200]"),
        "[0, 200, 0",
        "x: safe leaves no room",
        "the order is top, right, bottom, left",
    ),
    (
        sound("safe: [100, 0, 200, 0]"),
        "[100, 0, 200",
        "x: safe leaves no room",
        "the order is top, right, bottom, left",
    ),
    (
        sound("safe: {circle: 300.5}"),
        "{circle: 300.5",
        "x: safe is a circle of 300.5 on 400 × 300",
        "at most 300, the short side",
    ),
    (
        "{name: A, medium: ooh, size: [50, 300], source: s}",
        "{name: A, medium: ooh",
        "x: the usual safe area, 25 on each side, leaves no room",
        "add safe: [top, right, bottom, left]",
    ),
    (
        "{name: A, medium: dooh, size: [20000, 20000], source: s}",
        "[20000, 20000]",
        "x: size is 400 million pixels",
        "at most 25 million",
    ),
    (
        "{name: A, medium: dooh, size: [5000, 5001], source: s}",
        "[5000, 5001]",
        "x: size is 25.005 million pixels",
        "at most 25 million",
    ),
    (sound("bleed_mm: 3"), "3}", "x: bleed_mm is for print, ooh and press", "leave bleed_mm out"),
    (sound("scale: 0.5"), "0.5}", "x: scale is for print, ooh and press", "leave scale out"),
    (sound("colour: cmyk-coated"), "cmyk-coated}", "x: a screen shows no ink: cmyk-coated", "colour: srgb"),
    (
        sound("format: gif"),
        "gif}",
        "x: format gif: a GIF carries neither colour profile nor alt text",
        "png, jpg or webp",
    ),
    (sound("safe: 5"), "5}", "safe: 5 is not a list", "write the entries in brackets: [5]"),
    (sound("safe: {circle: 0}"), "0}}", "safe.circle: 0 is out of bounds", "more than 0"),
    (
        sound("view_m: 1, read_m: 2"),
        "2}",
        "x: read_m is more than view_m",
        "small words are read from nearer: lower read_m",
    ),
    (sound("ppi: 72.5"), "72.5", "ppi: 72.5 is not a whole number", "write digits alone: 300"),
]


@pytest.mark.parametrize(("row", "words", "text", "hint"), ROW_FAULTS, ids=[fault[2] for fault in ROW_FAULTS])
def test_a_fault_of_a_row_is_said_in_these_words(
    row: str, words: str, text: str, hint: str, tmp_path: Path
) -> None:
    root = make_campaign(tmp_path / "campaign")
    write(root, OWN, f"x: {row}\n")

    assert errors_of(root) == [f"{at(root, OWN, words)}: error: {text} [bad-value]\n  hint: {hint}"]


@pytest.mark.parametrize(
    ("medium", "size", "more"),
    [
        ("dooh", "[5000, 5000]", "safe: {circle: 5000}"),
        ("social", "[400, 300]", "bleed_mm: 0, scale: 1, colour: srgb"),
        ("ooh", "[20000, 20000]", "scale: 0.1, colour: srgb"),
        ("ooh", "[51, 51]", "bleed_mm: 3"),
    ],
)
def test_what_is_just_possible_is_taken(medium: str, size: str, more: str, tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    write(root, OWN, f"x: {{name: A, medium: {medium}, size: {size}, source: s, {more}}}\n")

    assert errors_of(root) == []


def test_unknown_key_id_and_design_of_a_row_are_all_said(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    write(
        root,
        OWN,
        "Town_Screen: {name: A, medium: social, size: [4, 3], source: s, templte: beacon}\n"
        "second: {name: A, medium: social, size: [4, 3], source: s, template: becon}\n",
    )

    assert errors_of(root) == [
        f"{at(root, OWN, 'becon')}: error: no such template: becon [unknown-id]\n  hint: did you mean beacon?",
        f"{at(root, OWN, 'templte')}: error: unknown key: templte [unknown-key]\n  hint: did you mean template?",
        f"{OWN}:1:1: error: Town_Screen is no channel id: small letters a to z, digits and hyphens, a letter or "
        "digit first [bad-id]\n  hint: call it town-screen",
    ]
