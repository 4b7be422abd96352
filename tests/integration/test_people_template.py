"""The template ``people``: a portrait beside the words, and never a word on it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium_c
import pytest
import yaml

from assetgen import Campaign
from assetgen.creating.new_campaign import write_starter

CHANNELS = ("poster-a4", "card-wallet", "poster-a6")


def built(root: Path, **values: object) -> Path:
    """Build the starter in the template, and return its folder."""
    write_starter(root)
    path = root / "campaign.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    content |= {"template": {"*": "people"}, "channels": list(CHANNELS), "messages": ["ask"], **values}
    path.write_text(yaml.safe_dump(content), "utf-8")
    result = Campaign.load(root).build(jobs=1)
    assert [finding.as_text() for finding in result.findings if finding.is_error] == []
    return root


def boxes(page: pypdfium2.PdfPage, kind: int) -> list[tuple[float, float, float, float]]:
    """Return left, bottom, right and top of each object of a kind on a page."""
    return [item.get_bounds() for item in page.get_objects() if item.type == kind]


@pytest.mark.parametrize("background", ["light", "dark"])
def test_no_word_is_on_the_portrait(tmp_path: Path, background: str) -> None:
    root = built(tmp_path / "c", picture="daybreak", background=background)

    files = sorted(root.glob("out/*/*/print/*_en-GB.pdf"))
    assert len(files) >= len(CHANNELS)
    for file in (one for one in files if "_sheet" not in one.name):
        page = pypdfium2.PdfDocument(file)[0]
        (portrait, *_) = sorted(
            boxes(page, pdfium_c.FPDF_PAGEOBJ_IMAGE), key=lambda box: (box[0] - box[2]) * (box[3] - box[1])
        )
        for left, bottom, right, top in boxes(page, pdfium_c.FPDF_PAGEOBJ_TEXT):
            is_beside = (
                right <= portrait[0] or left >= portrait[2] or top <= portrait[1] or bottom >= portrait[3]
            )
            assert is_beside, file.name


def test_the_portrait_has_a_third_of_a_poster_or_more(tmp_path: Path) -> None:
    root = built(tmp_path / "c", picture="daybreak")

    (file,) = root.glob("out/*/*/print/*_poster-a4_en-GB.pdf")
    page = pypdfium2.PdfDocument(file)[0]
    largest = max(
        (right - left) * (top - bottom)
        for left, bottom, right, top in boxes(page, pdfium_c.FPDF_PAGEOBJ_IMAGE)
    )
    assert largest > page.get_width() * page.get_height() / 3


def test_without_a_portrait_the_page_is_typographic(tmp_path: Path) -> None:
    root = built(tmp_path / "c")

    (file,) = root.glob("out/*/*/print/*_poster-a4_en-GB.pdf")
    assert boxes(pypdfium2.PdfDocument(file)[0], pdfium_c.FPDF_PAGEOBJ_IMAGE) == []
