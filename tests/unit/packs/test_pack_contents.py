"""What a pack holds: where each file has its place, and what a person reads of it."""

from __future__ import annotations

from dataclasses import replace

from assetgen.packs.pack_context import packed_path
from assetgen.planning.variants import MONO, OFFICE
from tests.support.factories import make_spec
from tests.support.pack_values import make_good


def test_a_file_stands_in_its_use_and_language_and_a_code_in_its_use_alone() -> None:
    assert packed_path("acme/cy/ooh/door.pdf", "ooh", "cy") == "08-outdoor/cy/door.pdf"
    assert packed_path("acme/en-GB/workplace/a.png", "workplace", "en-GB") == "04-screens/en-GB/a.png"
    assert packed_path("acme/qr/code.svg", "qr", "en-GB") == "06-qr/code.svg"


def test_a_printer_gets_what_is_printed_but_for_what_an_office_prints() -> None:
    assert make_good().is_for_printer and make_good(variant=MONO).is_for_printer
    assert not make_good(variant=OFFICE).is_for_printer
    assert not make_good(use="social").is_for_printer


def test_a_size_is_told_without_needless_decimals() -> None:
    assert make_good().size == "210 × 297 mm"
    assert replace(make_good(), spec=make_spec(width=85.5, height=55.0, unit="mm")).size == "85.5 × 55 mm"
    assert make_good().name == "door_acme_worried_poster-a4_en-GB.pdf"
