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
from tests.support.wording import Wording
from tests.unit.loading.marks import marks

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
        # safe, format, colour, requires, px_mm, bleed, ppi, code, headline, body, action, background
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
def test_the_shape_follows_from_width_over_height(width: float, height: float, shape: str) -> None:
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
def test_background_is_light_on_paper_that_drinks_and_in_the_hand(
    medium: str, size: str, colour: str, background: str
) -> None:
    assert bare(medium, size, f"  colour: {colour}", "  scan_m: 0.4").background == background


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


def test_a_partner_that_names_what_has_no_size_is_sent_to_its_owner(tmp_path: Path, wording: Wording) -> None:
    root = make_campaign(tmp_path / "campaign")
    append(root, PARTNER_FILE, "channels: [ig-story, bus-t-side]")

    said = errors_of(root)

    assert marks(said) == [f"{at(root, PARTNER_FILE, 'bus-t-side')} unknown-id"]
    assert "bus-t-side" in said[0]
    assert wording == said


def test_a_glob_passes_over_what_has_no_size(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append(root, PARTNER_FILE, 'channels: ["bus-*"]')

    campaign = load_campaign(root).campaign

    assert {name.split("-")[0] for name in campaign.partners["example-county-council"].channels} <= {"bus"}


def sound(more: str) -> str:
    """Return a row that has all that it needs, and something more."""
    return f"{{name: A, medium: social, size: [400, 300], source: s, {more}}}"


# A row, and the words in it at which the fault has its place.
ROW_FAULTS = {
    "no mapping": ("3", "3"),
    "nothing but a name": ("{name: A}", "{name: A}"),
    "medium misspelt": ("{medium: socail}", "socail"),
    "medium of codes": ("{medium: qr}", "qr}"),
    "no size": ("{name: A, medium: social, source: s}", "{name: A, m"),
    "no name": ("{medium: social, size: [400, 300], source: s}", "{medium: social, s"),
    "size of one side": ("{name: A, medium: social, size: [400], source: s}", "[400]"),
    "side of nothing": ("{name: A, medium: social, size: [0, 300], source: s}", "0, 300"),
    "side of nan": ("{name: A, medium: social, size: [nan, 300], source: s}", "nan"),
    "half a pixel": ("{name: A, medium: social, size: [4.5, 300], source: s}", "[4.5"),
    "PDF on a screen": (sound("format: pdf"), "pdf"),
    "JPEG outdoors": ("{name: A, medium: ooh, size: [400, 300], source: s, format: jpg}", "jpg"),
    "code without a distance": (sound("qr: on"), "on}"),
    "code maybe": (sound("qr: maybe"), "maybe"),
    "safe area without height": (sound("safe: [0, 200, 0, 200]"), "[0, 200, 0"),
    "safe area in a wrong order": (sound("safe: [100, 0, 200, 0]"), "[100, 0, 200"),
    "circle too large": (sound("safe: {circle: 300.5}"), "{circle: 300.5"),
    "usual safe area too large": (
        "{name: A, medium: ooh, size: [50, 300], source: s}",
        "{name: A, medium: ooh",
    ),
    "far too many pixels": ("{name: A, medium: dooh, size: [20000, 20000], source: s}", "[20000, 20000]"),
    "a few pixels too many": ("{name: A, medium: dooh, size: [5000, 5001], source: s}", "[5000, 5001]"),
    "bleed on a screen": (sound("bleed_mm: 3"), "3}"),
    "scale on a screen": (sound("scale: 0.5"), "0.5}"),
    "inks on a screen": (sound("colour: cmyk-coated"), "cmyk-coated}"),
    "GIF": (sound("format: gif"), "gif}"),
    "safe area of one number": (sound("safe: 5"), "5}"),
    "circle of nothing": (sound("safe: {circle: 0}"), "0}}"),
    "read from further than seen": (sound("view_m: 1, read_m: 2"), "2}"),
    "half a ppi": (sound("ppi: 72.5"), "72.5"),
}


@pytest.mark.parametrize(("row", "words"), ROW_FAULTS.values(), ids=ROW_FAULTS)
def test_a_fault_of_a_row_is_said_in_these_words(
    row: str, words: str, tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    write(root, OWN, f"x: {row}\n")

    said = errors_of(root)

    assert marks(said) == [f"{at(root, OWN, words)} bad-value"]
    assert wording == said


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


def test_unknown_key_id_and_design_of_a_row_are_all_said(tmp_path: Path, wording: Wording) -> None:
    root = make_campaign(tmp_path / "campaign")
    write(
        root,
        OWN,
        "Town_Screen: {name: A, medium: social, size: [4, 3], source: s, templte: beacon}\n"
        "second: {name: A, medium: social, size: [4, 3], source: s, template: becon}\n",
    )

    said = errors_of(root)

    assert marks(said) == [
        f"{at(root, OWN, 'becon')} unknown-id",
        f"{at(root, OWN, 'templte')} unknown-key",
        f"{OWN}:1:1 bad-id",
    ]
    assert wording == said
