"""The edited corpus is what it says: every case makes a file, the edit did something, programs open it."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
import pytest
from PIL import Image

from tests.corpus.adversarial_faults import RED
from tests.corpus.adversarial_harmless_edits import SOUND as SOUND_RED
from tests.corpus.edited_assets import Case, assets, untouched
from tests.corpus.harmless_edits import SOUND
from tests.corpus.requirement_faults import FAULTY
from tests.corpus.subtle_faults import OWN

EDITED = (*FAULTY, *OWN, *RED)
CASES = (*EDITED, *SOUND, *(case for case in SOUND_RED if "@" not in case.asset))
# The codes of DESIGN section 5 that a finished file can raise.
PROOF_CODES = frozenset(
    """
    facts-missing facts-altered number-broken facts-hidden
    qr-unreadable qr-wrong qr-too-small qr-quiet-zone
    text-overflow text-clipped text-overlap unsafe-area words-altered glyph-missing font-missing
    contrast type-small weight size image-resolution ink press alt-missing alt-too-long logo-rules metadata
    """.split()
)


# What the proofs were asked for by name, and the case of the corpus that is it.
ASKED_FOR = {
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
    "foot over body": "foot over body",
    "a substituted font": "number in another font",
    "a missing glyph": "telephone sign without a glyph",
}


def by_name(case: Case) -> str:
    return case.name.replace(" ", "-")


def drawn(content: bytes) -> tuple[tuple[int, int], bytes]:
    """Return the size and pixels of a finished file, a PDF's pages at 72 dpi."""
    if not content.startswith(b"%PDF"):
        with Image.open(io.BytesIO(content)) as picture:
            shown = picture.convert("RGBA")
            seen = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
            return picture.size, seen.tobytes()
    document = pdfium.PdfDocument(content)
    try:
        pages = [page.render(scale=1).to_pil() for page in document]
        return pages[0].size, b"".join(page.tobytes() for page in pages)
    finally:
        document.close()


def test_no_two_cases_have_one_name() -> None:
    names = [case.name for case in CASES]

    assert sorted(set(names)) == sorted(names)


def test_the_faulty_ones_are_many_and_spread_over_the_campaign() -> None:
    partners, messages, channels = (
        {case.asset.split("/")[place] for case in FAULTY if "/all/" not in case.asset} for place in range(3)
    )

    assert len(FAULTY) >= 70
    assert len(channels) >= 15
    assert messages == {one.message for one in assets().values()} - {None, "all"}
    assert len(partners) >= 5


def test_each_faulty_case_names_codes_of_the_proofs_and_says_why() -> None:
    for case in EDITED:
        assert case.ways
        assert all(way and way <= PROOF_CODES for way in case.ways), case.name
        assert case.why


def test_each_fault_that_was_asked_for_by_name_is_there() -> None:
    assert set(ASKED_FOR.values()) <= {case.name for case in EDITED}


def test_there_are_sound_cases_enough_and_they_have_no_code() -> None:
    assert len(SOUND) >= 20
    assert [case.name for case in SOUND if case.codes] == []


@pytest.mark.parametrize(
    "case", [case for case in EDITED if case.make.html or case.make.picture], ids=by_name
)
def test_each_faulty_page_or_picture_looks_different(case: Case) -> None:
    assert drawn(case.made().content) != drawn(untouched(case.asset).content)


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_each_case_makes_a_file_that_is_not_the_untouched_one(case: Case) -> None:
    made, own = case.made(), untouched(case.asset)

    assert (made.content, made.page, made.asset.spec) != (own.content, own.page, own.asset.spec)
    if case.readable:
        size, pixels = drawn(made.content)
        assert min(size) > 0
        assert pixels
