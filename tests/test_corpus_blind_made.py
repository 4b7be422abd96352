"""The blind corpus is what it says: every case makes a file, the edit did something, programs open it."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
import pytest
from corpus.blind import FAULTY
from corpus.making import Case, untouched
from corpus.sound_blind import SOUND
from PIL import Image

CASES = (*FAULTY, *SOUND)


def by_name(case: Case) -> str:
    return case.name.replace(" ", "-")


def drawn(content: bytes) -> tuple[tuple[int, int], bytes]:
    """Return the size and pixels of a finished file, a PDF's pages at 72 dpi."""
    if not content.startswith(b"%PDF"):
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size, picture.convert("RGB").tobytes()
    document = pdfium.PdfDocument(content)
    try:
        pages = [page.render(scale=1).to_pil() for page in document]
        return pages[0].size, b"".join(page.tobytes() for page in pages)
    finally:
        document.close()


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_each_case_makes_a_file_that_is_not_the_untouched_one(case: Case) -> None:
    made, own = case.made(), untouched(case.asset)

    assert (made.content, made.page, made.asset.spec) != (own.content, own.page, own.asset.spec)
    if case.readable:
        size, pixels = drawn(made.content)
        assert min(size) > 0
        assert pixels
