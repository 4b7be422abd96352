"""The place of each file in a pack, who gets it, and its size and name in words."""

from __future__ import annotations

from dataclasses import replace

from assetgen.packs.pack_context import packed_path
from assetgen.planning.variants import MONO, OFFICE
from tests.support.factories import make_spec
from tests.support.pack_values import sample_pack_file


def test_a_packed_path_has_section_and_language_except_that_a_code_has_no_language() -> None:
    assert packed_path("acme/cy/ooh/door.pdf", "ooh", "cy") == "08-outdoor/cy/door.pdf"
    assert packed_path("acme/en-GB/workplace/a.png", "workplace", "en-GB") == "04-screens/en-GB/a.png"
    assert packed_path("acme/qr/code.svg", "qr", "en-GB") == "06-qr/code.svg"


def test_printers_get_print_files_except_office_variants() -> None:
    assert sample_pack_file().is_for_printer and sample_pack_file(variant=MONO).is_for_printer
    assert not sample_pack_file(variant=OFFICE).is_for_printer
    assert not sample_pack_file(section="social").is_for_printer


def test_a_size_is_written_without_needless_decimals() -> None:
    assert sample_pack_file().size == "210 × 297 mm"
    assert (
        replace(sample_pack_file(), spec=make_spec(width=85.5, height=55.0, unit="mm")).size == "85.5 × 55 mm"
    )
    assert sample_pack_file().name == "door_acme_worried_poster-a4_en-GB.pdf"
