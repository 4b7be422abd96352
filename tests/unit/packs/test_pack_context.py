"""What a pack states about its files: channel names, languages, and the last day on which they may be shown."""

from __future__ import annotations

from datetime import date

import pytest

from assetgen.packs.pack_context import PackChannel, PackCopy
from assetgen.planning.asset import ReleaseDate
from assetgen.planning.variants import MONO, OFFICE, ImpositionSheet
from tests.support.pack_values import sample_pack_context, sample_pack_file

SHEET = ImpositionSheet("SRA3", 320.0, 450.0, False, (85.0, 55.0), ((10.0, 10.0), (95.0, 10.0)), ())


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "A4 poster"),
        ({"variant": OFFICE}, "A4 poster, for an office printer"),
        ({"variant": MONO}, "A4 poster, in black alone"),
        ({"variant": "large"}, "A4 poster, large"),
        ({"sheet": SHEET, "variant": "sheet-sra3"}, "A4 poster, 2 on SRA3"),
        ({"channel": "gone"}, "gone"),
        ({"section": "qr"}, "QR code: A4 poster"),
        ({"section": "qr", "channel": "png"}, "QR code"),
    ],
)
def test_each_file_has_a_readable_channel_name(changes: dict[str, object], name: str) -> None:
    assert sample_pack_context().channel_name(sample_pack_file(**changes)) == name


def test_a_file_of_an_unknown_channel_has_no_notes() -> None:
    brief = sample_pack_context(
        channels={"poster-a4": PackChannel("A4 poster", "Use tape.", False, "poster-a4")}
    )

    assert brief.channel_notes(sample_pack_file()) == "Use tape."
    assert brief.channel_notes(sample_pack_file(channel="gone")) == ""


def test_pack_languages_are_those_of_its_files_without_codes() -> None:
    goods = (
        sample_pack_file(),
        sample_pack_file(locale="cy"),
        sample_pack_file(),
        sample_pack_file(section="qr", locale="pl"),
    )

    assert sample_pack_context(files=goods).locales == ("en-GB", "cy")


def test_languages_with_unreviewed_copy_are_drafts() -> None:
    wordings = (
        PackCopy("worried", "en-GB", (), False),
        PackCopy("worried", "cy", (), True),
        PackCopy("online", "cy", (), True),
    )

    assert sample_pack_context(copies=wordings).drafts == ("cy",)


def test_the_last_day_is_the_earliest_expiry_and_ignores_an_embargo() -> None:
    terms = (
        ReleaseDate("embargo", "2026-11-10", "Acme"),
        ReleaseDate("valid_until", "2027-06-30", "Acme"),
        ReleaseDate("permission_until", "2027-03-31", "Beta"),
    )

    assert sample_pack_context(release_dates=terms).last_day() == date(2027, 3, 31)
    assert sample_pack_context(release_dates=terms[:1]).last_day() is None
