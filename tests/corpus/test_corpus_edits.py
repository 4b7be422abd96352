"""Every edited case of the corpus makes a file that differs from the unedited one and that programs can open."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
import pytest
from PIL import Image

from tests.corpus.adversarial_faults import ADVERSARIAL_FAULTS
from tests.corpus.adversarial_harmless_edits import ADVERSARIAL_HARMLESS_EDITS
from tests.corpus.edited_assets import Case, assets, finish_unedited
from tests.corpus.harmless_edits import HARMLESS_EDITS
from tests.corpus.requirement_faults import REQUIREMENT_FAULTS
from tests.corpus.subtle_faults import SUBTLE_FAULTS

FAULTY = (*REQUIREMENT_FAULTS, *SUBTLE_FAULTS, *ADVERSARIAL_FAULTS)
# A case in a scenario has no edit: it differs from the shipped campaign, not from the unedited asset.
CASES = (*FAULTY, *HARMLESS_EDITS, *(case for case in ADVERSARIAL_HARMLESS_EDITS if "@" not in case.asset))
# The codes that a preflight check of a finished file can raise.
CHECK_CODES = frozenset(
    """
    facts-missing facts-altered number-broken facts-hidden
    qr-unreadable qr-wrong qr-too-small qr-quiet-zone
    text-overflow text-clipped text-overlap unsafe-area words-altered glyph-missing font-missing
    contrast type-small weight size image-resolution ink press alt-missing alt-too-long logo-rules metadata
    """.split()
)


# The faults that the requirements name, and the case of the corpus for each.
REQUIRED_FAULTS = {
    "a digit changed": "digit changed",
    "a digit hidden by a shape": "last digit under a shape",
    "white on white": "white on white",
    "half off the page": "number half off the page",
    "number split over two lines": "number over two lines",
    "reordered by bidi": "groups reordered from right to left",
    "a letter of the address replaced by a look-alike": "Cyrillic o in the address",
    "a second number": "a mobile number",
    "code covered at one corner": "code covered at a corner",
    "code too dense": "code too dense for its distance",
    "code on a busy background": "code on a busy background",
    "text under a story's buttons": "number under a story's buttons",
    "footer over body": "footer over body",
    "a substituted font": "number in a different font",
    "a missing glyph": "telephone symbol without a glyph",
}


def case_id(case: Case) -> str:
    return case.name.replace(" ", "-")


def size_and_pixels(content: bytes) -> tuple[tuple[int, int], bytes]:
    """Return the size and the pixels of a finished file; a PDF's pages are drawn at 72 dpi."""
    if not content.startswith(b"%PDF"):
        with Image.open(io.BytesIO(content)) as picture:
            rgba = picture.convert("RGBA")
            on_white = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
            return picture.size, on_white.tobytes()
    document = pdfium.PdfDocument(content)
    try:
        pages = [page.render(scale=1).to_pil() for page in document]
        return pages[0].size, b"".join(page.tobytes() for page in pages)
    finally:
        document.close()


def test_names_of_edited_cases_are_unique() -> None:
    names = [case.name for case in CASES]

    assert sorted(set(names)) == sorted(names)


def test_requirement_faults_cover_every_message_and_many_channels_and_partners() -> None:
    partners, messages, channels = (
        {case.asset.split("/")[place] for case in REQUIREMENT_FAULTS if "/all/" not in case.asset}
        for place in range(3)
    )

    assert len(REQUIREMENT_FAULTS) >= 70
    assert len(channels) >= 15
    assert messages == {one.message for one in assets().values()} - {None, "all"}
    assert len(partners) >= 5


def test_each_faulty_case_names_the_codes_that_it_expects_and_a_reason() -> None:
    for case in FAULTY:
        assert case.code_sets
        assert all(codes and codes <= CHECK_CODES for codes in case.code_sets), case.name
        assert case.reason


def test_each_fault_in_the_requirements_has_a_case() -> None:
    assert set(REQUIRED_FAULTS.values()) <= {case.name for case in FAULTY}


def test_at_least_20_harmless_edits_expect_no_error() -> None:
    assert len(HARMLESS_EDITS) >= 20
    assert [case.name for case in HARMLESS_EDITS if case.codes] == []


@pytest.mark.parametrize(
    "case", [case for case in FAULTY if case.edit.html or case.edit.picture], ids=case_id
)
def test_each_faulty_page_or_picture_looks_different(case: Case) -> None:
    assert size_and_pixels(case.finish().content) != size_and_pixels(finish_unedited(case.asset).content)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_each_edit_changes_the_file_but_keeps_it_readable(case: Case) -> None:
    edited, unedited = case.finish(), finish_unedited(case.asset)

    assert (edited.content, edited.page, edited.asset.spec) != (
        unedited.content,
        unedited.page,
        unedited.asset.spec,
    )
    if case.is_readable:
        size, pixels = size_and_pixels(edited.content)
        assert min(size) > 0
        assert pixels
