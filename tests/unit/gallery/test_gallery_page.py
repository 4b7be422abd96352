"""The gallery's page: sizes in words, cards in groups, and filters with more than one choice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assetgen.findings import Severity
from assetgen.gallery.gallery_page import (
    clean_asset,
    content_policy,
    file_size_text,
    group_cards,
    make_card,
    make_filters,
    render_page,
    size_text,
)
from assetgen.gallery.gallery_pictures import FileCondition
from assetgen.manifest.entry import ListedAsset, ListedFinding
from assetgen.manifest.manifest_file import ManifestHead

SQUARE = ListedAsset(
    id="acme/worried/ig-square/en-GB", path="acme/en-GB/social/door.png", partner="acme", message="worried",
    channel="ig-square", variant=None, medium="social", locale="en-GB", format="png", width=1080.0,
    height=1080.0, unit="px", bleed_mm=0.0, scale=1.0, bytes=171_000, sha256="a" * 64, alt="A door.",
    alt_long="", template=None, pixel_sha256=None, link=None, click=None, stale=False, words={}, inputs={},
    findings=(),
)  # fmt: skip
STORY = replace(SQUARE, id="s", channel="ig-story", height=1920.0)
POSTER = replace(
    SQUARE, id="p", channel="poster-a4", medium="print", format="pdf", width=210.0, height=297.0, unit="mm",
    bleed_mm=3.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (SQUARE, "1080 × 1080 px"),
        (POSTER, "210 × 297 mm, 3 mm bleed"),
        (replace(POSTER, scale=0.1, bleed_mm=0.0), "210 × 297 mm, page at 10 %"),
        (replace(SQUARE, width=None), ""),
    ],
)
def test_the_size_of_an_asset_is_shown_with_unit_bleed_and_scale(entry: ListedAsset, words: str) -> None:
    assert size_text(entry) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(999, "999 bytes"), (1000, "1 kB"), (171_400, "171 kB"), (999_999, "1000 kB"), (1_250_000, "1.2 MB")],
)
def test_a_file_size_is_shown_in_decimal_units(size: int, words: str) -> None:
    assert file_size_text(size) == words


def test_a_path_is_quoted_so_that_it_is_always_a_relative_link() -> None:
    card = make_card(replace(SQUARE, path="acme/a?b#c: d.png"), FileCondition.FOUND)

    assert card.href == "acme/a%3Fb%23c%3A%20d.png"


def test_a_missing_file_has_a_card_without_a_picture() -> None:
    assert make_card(SQUARE, FileCondition.MISSING).picture is None
    assert make_card(SQUARE, FileCondition.FOUND).picture == f"index/{'a' * 16}.jpg"
    assert make_card(replace(SQUARE, format="svg"), FileCondition.FOUND).picture == SQUARE.path


def test_findings_are_counted_worst_first() -> None:
    findings = tuple(
        ListedFinding(severity, "", "")
        for severity in (Severity.NOTE, Severity.ERROR, Severity.WARNING, Severity.WARNING)
    )

    assert make_card(replace(SQUARE, findings=findings), FileCondition.FOUND).badges == (
        ("error", "1 error"),
        ("warning", "2 warnings"),
        ("note", "1 note"),
    )


def test_mediums_are_in_catalogue_order_with_unknown_ones_last() -> None:
    cards = [
        make_card(one, FileCondition.FOUND) for one in (replace(SQUARE, medium="zeppelin"), POSTER, SQUARE)
    ]

    assert [(section.id, section.count) for section in group_cards(cards)] == [
        ("social", 1),
        ("print", 1),
        ("zeppelin", 1),
    ]


def test_tall_channels_come_first_and_a_group_names_its_common_size() -> None:
    other = replace(SQUARE, id="b", width=600.0, height=600.0)
    cards = [make_card(one, FileCondition.FOUND) for one in (SQUARE, other, STORY)]

    (section,) = group_cards(cards)

    assert [(group.channel, group.size) for group in section.groups] == [
        ("ig-story", "1080 × 1920 px"),
        ("ig-square", ""),
    ]


def test_the_locale_filter_appears_only_with_several_locales() -> None:
    cards = [make_card(one, FileCondition.FOUND) for one in (SQUARE, replace(STORY, message=None))]
    two = [*cards, make_card(replace(SQUARE, locale="cy"), FileCondition.FOUND)]

    assert [one.key for one in make_filters(cards)] == ["partner", "message", "medium", "shape"]
    assert [one.key for one in make_filters(two)][-1] == "locale"
    assert make_filters(cards)[1].options == (("-", "none", 1), ("worried", "worried", 1))


def test_text_of_a_partner_is_escaped_and_the_page_has_one_script() -> None:
    hostile = replace(SQUARE, alt='"><script>alert(1)</script>', partner="<b>")

    page = render_page(ManifestHead("<i>", "1", {}), [make_card(hostile, FileCondition.FOUND)])

    assert page.count("<script") == 1
    assert "<i>" not in page and "<b>" not in page
    assert content_policy("a") != content_policy("b")
    assert "default-src &#39;none&#39;" in page


def test_characters_that_are_invalid_in_html_are_replaced() -> None:
    assert clean_asset(replace(SQUARE, alt="a\x00b\ud800c\n")).alt == "a\ufffdb\ufffdc\ufffd"
    assert clean_asset(replace(SQUARE, alt="A\x1b[31mdoor")).alt == "A\ufffd[31mdoor"


def test_assetgen_is_listed_before_the_packages_that_it_uses() -> None:
    page = render_page(ManifestHead("Door", "1", {"Pillow": "12", "assetgen": "1", "pango": "1.5"}), [])

    assert page.index("assetgen 1") < page.index("pango 1.5") < page.index("Pillow 12")
