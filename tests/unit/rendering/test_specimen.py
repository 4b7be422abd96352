"""SPECIMEN over a finished file: seen on every page and picture, read back from the pixels and from the text."""

from __future__ import annotations

import io
from itertools import product

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image

from assetgen.preflight.raster_file import read_xmp
from assetgen.rendering.images.previews import INK, LETTERS, WORD, mark_specimen
from assetgen.rendering.images.raster import srgb_profile, xmp_packet
from tests.support.finished_folder import CODE_PNG, CODE_SVG, POSTER, SQUARE, piece
from tests.support.wording import Wording

# Canvases of the catalogue: a story, a square, a leaderboard, a skyscraper, a bookmark.
SIZES = [(1080, 1920), (600, 600), (728, 90), (160, 600), (300, 1200), (2400, 400)]
COUNTED_PX = 600
BACKGROUNDS = ["#10262C", "#FBF6EE", "#B00020", "#FFFFFF", "#000000"]


def picture(size: tuple[int, int], background: str, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, background).save(out, kind)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def rendered(pdf: bytes, page: int = 0) -> Image.Image:
    document = pdfium.PdfDocument(pdf)
    try:
        made: Image.Image = document[page].render(scale=1.0).to_pil().convert("RGB")
        return made
    finally:
        document.close()


def text_of(pdf: bytes, page: int = 0) -> str:
    document = pdfium.PdfDocument(pdf)
    try:
        text: str = document[page].get_textpage().get_text_range()
        return text
    finally:
        document.close()


def islands(mask: np.ndarray) -> int:
    """Return how many pieces of ink there are, each larger than a speck, at a size at which they can be counted."""
    step = max(1, max(mask.shape) // COUNTED_PX)
    left = {(int(y), int(x)) for y, x in np.argwhere(mask[::step, ::step])}
    found = 0
    while left:
        edge, size = [left.pop()], 0
        while edge:
            y, x = edge.pop()
            size += 1
            near = {(y + down, x + along) for down in (-1, 0, 1) for along in (-1, 0, 1)} & left
            left -= near
            edge += near
        found += size > 4
    return found


def inked(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image).astype(int)
    return np.asarray(np.abs(pixels - np.array(INK)).max(axis=2) < 40)


@pytest.mark.parametrize(("size", "background"), list(product(SIZES, ["#FBF6EE", "#10262C"])))
def test_the_word_s_eight_letters_stand_apart_inside_the_picture(
    size: tuple[int, int], background: str
) -> None:
    marked = opened(mark_specimen(picture(size, background), "png"))

    mask = inked(marked)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert marked.size == size
    assert islands(mask) == len(WORD)
    assert rows[0] > 0 and rows[-1] < size[1] - 1
    assert columns[0] > 0 and columns[-1] < size[0] - 1
    assert max(columns[-1] - columns[0], rows[-1] - rows[0]) > 0.4 * min(max(size), 4 * min(size))


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_it_shows_on_every_background_by_its_ink_or_by_its_rim(background: str) -> None:
    before = picture((600, 600), background)

    change = np.abs(
        np.asarray(opened(mark_specimen(before, "png"))).astype(int) - np.asarray(opened(before)).astype(int)
    )

    assert (change.max(axis=2) > 60).mean() > 0.03


def test_each_letter_of_the_word_has_its_own_form() -> None:
    assert set(WORD) == set(LETTERS)
    assert len(set(LETTERS.values())) == len(LETTERS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_profile_and_alt_text_stay_in_the_picture(kind: str) -> None:
    file_format = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}[kind]
    out, xmp = io.BytesIO(), xmp_packet("A lit doorway.", "en-GB")
    source = Image.new("RGB", (400, 300), "#10262C")
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp.decode())
        source.save(out, kind, icc_profile=srgb_profile(), pnginfo=info)
    else:
        source.save(out, kind, icc_profile=srgb_profile(), xmp=xmp)

    with Image.open(io.BytesIO(mark_specimen(out.getvalue(), file_format))) as marked:
        said = marked.info.get("xmp") or marked.info["XML:com.adobe.xmp"]
        packet = said if isinstance(said, bytes) else said.encode()
        assert marked.format == kind
        assert marked.info["icc_profile"] == srgb_profile()
        assert read_xmp(packet.rstrip(b"\0"))[0]["en-GB"] == "A lit doorway."


def test_a_finished_picture_keeps_its_size_and_says_specimen() -> None:
    square = piece(SQUARE)

    marked = opened(mark_specimen(square.content, square.path.rpartition(".")[2]))

    assert marked.size == opened(square.content).size
    assert inked(marked).sum() > 10 * (inked(opened(square.content)).sum() + 1)


def test_each_page_of_a_pdf_is_marked_and_says_so_to_a_reader() -> None:
    poster = piece(POSTER).content
    with pikepdf.open(io.BytesIO(poster)) as document:
        document.pages.append(document.pages[0])
        out = io.BytesIO()
        document.save(out)

    marked = mark_specimen(out.getvalue(), "pdf")

    with pikepdf.open(io.BytesIO(marked)) as document:
        assert len(document.pages) == 2
        assert [document.pages[0].trimbox, document.pages[0].mediabox] == [
            document.pages[1].trimbox, document.pages[1].mediabox,
        ]  # fmt: skip
    for page in (0, 1):
        assert WORD in text_of(marked, page)
        assert inked(rendered(marked, page)).mean() > 0.01
    assert WORD not in text_of(poster)


def test_the_pages_of_a_pdf_keep_their_words_and_boxes() -> None:
    poster = piece(POSTER).content

    marked = mark_specimen(poster, "pdf")

    assert text_of(marked).replace(WORD, "").split() == text_of(poster).split()
    with pikepdf.open(io.BytesIO(poster)) as old, pikepdf.open(io.BytesIO(marked)) as new:
        for box in ("mediabox", "trimbox", "bleedbox"):
            assert [*map(float, getattr(new.pages[0], box))] == [*map(float, getattr(old.pages[0], box))]


def test_a_code_in_svg_is_drawn_over_and_titled() -> None:
    svg = piece(CODE_SVG).content

    marked = mark_specimen(svg, "svg")

    assert b"<title>SPECIMEN: " in marked
    assert marked.count(b"<path") == svg.count(b"<path") + 2
    assert marked.rstrip().endswith(b"</svg>")
    assert marked.startswith(svg[: svg.index(b"<title>")])


def test_a_code_that_is_drawn_over_is_no_code_to_hand_out() -> None:
    png = piece(CODE_PNG).content

    assert inked(opened(mark_specimen(png, "png"))).mean() > 0.02


@pytest.mark.parametrize("name", [SQUARE, POSTER, CODE_PNG, CODE_SVG])
def test_the_same_file_is_marked_with_the_same_bytes(name: str) -> None:
    one = piece(name)
    file_format = one.path.rpartition(".")[2]

    assert mark_specimen(one.content, file_format) == mark_specimen(one.content, file_format)


@pytest.mark.parametrize("content", [b"<svg></svg>", b"", b'<svg viewBox="0 0 4 4">'])
def test_an_svg_that_is_none_of_ours_is_refused(content: bytes, wording: Wording) -> None:
    with pytest.raises(ValueError, match="viewBox") as refused:
        mark_specimen(content, "svg")

    assert wording == str(refused.value)


def test_a_format_that_nobody_makes_is_refused() -> None:
    with pytest.raises(KeyError):
        mark_specimen(b"", "tiff")
