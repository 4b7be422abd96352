"""What a pack states about its files: channel names, languages, and the last day on which they may be shown."""

from __future__ import annotations

from datetime import date

import pytest

from assetgen.packs.pack_context import Medium, Wording
from assetgen.planning.asset import Term
from assetgen.planning.variants import MONO, OFFICE, Sheet
from tests.support.pack_values import make_brief, make_good

SHEET = Sheet("SRA3", 320.0, 450.0, False, (85.0, 55.0), ((10.0, 10.0), (95.0, 10.0)), ())


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "A4 poster"),
        ({"variant": OFFICE}, "A4 poster, for an office printer"),
        ({"variant": MONO}, "A4 poster, in black alone"),
        ({"variant": "large"}, "A4 poster, large"),
        ({"sheet": SHEET, "variant": "sheet-sra3"}, "A4 poster, 2 on SRA3"),
        ({"channel": "gone"}, "gone"),
        ({"use": "qr"}, "QR code: A4 poster"),
        ({"use": "qr", "channel": "png"}, "QR code"),
    ],
)
def test_each_file_has_a_readable_channel_name(changes: dict[str, object], name: str) -> None:
    assert make_brief().channel_name(make_good(**changes)) == name


def test_a_file_of_an_unknown_channel_has_no_notes() -> None:
    brief = make_brief(channels={"poster-a4": Medium("A4 poster", "Use tape.", False, "poster-a4")})

    assert brief.channel_notes(make_good()) == "Use tape."
    assert brief.channel_notes(make_good(channel="gone")) == ""


def test_pack_languages_are_those_of_its_files_without_codes() -> None:
    goods = (make_good(), make_good(locale="cy"), make_good(), make_good(use="qr", locale="pl"))

    assert make_brief(goods=goods).locales == ("en-GB", "cy")


def test_drafts_are_the_languages_that_are_not_reviewed() -> None:
    wordings = (
        Wording("worried", "en-GB", (), False),
        Wording("worried", "cy", (), True),
        Wording("online", "cy", (), True),
    )

    assert make_brief(wordings=wordings).drafts == ("cy",)


def test_the_last_day_is_the_earliest_expiry_and_ignores_an_embargo() -> None:
    terms = (
        Term("embargo", "2026-11-10", "Acme"),
        Term("valid_until", "2027-06-30", "Acme"),
        Term("permission_until", "2027-03-31", "Beta"),
    )

    assert make_brief(terms=terms).last_day() == date(2027, 3, 31)
    assert make_brief(terms=terms[:1]).last_day() is None
