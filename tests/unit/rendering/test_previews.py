"""Marking a file as SPECIMEN: visible on every page and picture, and readable in the text of a PDF."""

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
from tests.support.built_files import CODE_PNG, CODE_SVG, POSTER, SQUARE, built_file
from tests.support.wording import Wording

# Canvases of the catalogue: a story, a square, a leaderboard, a skyscraper, a bookmark.
SIZES = [(1080, 1920), (600, 600), (728, 90), (160, 600), (300, 1200), (2400, 400)]
COUNTED_PX = 600
BACKGROUNDS = ["#10262C", "#FBF6EE", "#B00020", "#FFFFFF", "#000000"]


def picture(size: tuple[int, int], background: str, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, background).save(out, kind)
    return out.getvalue()


def decode(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def rendered(pdf: bytes, page: int = 0) -> Image.Image:
    document = pdfium.PdfDocument(pdf)
    try:
        image: Image.Image = document[page].render(scale=1.0).to_pil().convert("RGB")
        return image
    finally:
        document.close()


def text_of(pdf: bytes, page: int = 0) -> str:
    document = pdfium.PdfDocument(pdf)
    try:
        text: str = document[page].get_textpage().get_text_range()
        return text
    finally:
        document.close()


def count_areas(mask: np.ndarray) -> int:
    """Return the number of separate areas of ink, in a reduced picture and without specks."""
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


def ink_mask(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image).astype(int)
    return np.asarray(np.abs(pixels - np.array(INK)).max(axis=2) < 40)


@pytest.mark.parametrize(("size", "background"), list(product(SIZES, ["#FBF6EE", "#10262C"])))
def test_the_eight_letters_of_specimen_are_separate_and_inside_the_picture(
    size: tuple[int, int], background: str
) -> None:
    marked = decode(mark_specimen(picture(size, background), "png"))

    mask = ink_mask(marked)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert marked.size == size
    assert count_areas(mask) == len(WORD)
    assert rows[0] > 0 and rows[-1] < size[1] - 1
    assert columns[0] > 0 and columns[-1] < size[0] - 1
    assert max(columns[-1] - columns[0], rows[-1] - rows[0]) > 0.4 * min(max(size), 4 * min(size))


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_the_word_specimen_is_visible_on_every_background(background: str) -> None:
    before = picture((600, 600), background)

    change = np.abs(
        np.asarray(decode(mark_specimen(before, "png"))).astype(int) - np.asarray(decode(before)).astype(int)
    )

    assert (change.max(axis=2) > 60).mean() > 0.03


def test_each_letter_of_specimen_has_its_own_shape() -> None:
    assert set(WORD) == set(LETTERS)
    assert len(set(LETTERS.values())) == len(LETTERS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_marking_a_picture_as_specimen_keeps_its_profile_and_alt_text(kind: str) -> None:
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
        xmp_chunk = marked.info.get("xmp") or marked.info["XML:com.adobe.xmp"]
        packet = xmp_chunk if isinstance(xmp_chunk, bytes) else xmp_chunk.encode()
        assert marked.format == kind
        assert marked.info["icc_profile"] == srgb_profile()
        assert read_xmp(packet.rstrip(b"\0"))[0]["en-GB"] == "A lit doorway."


def test_a_picture_marked_as_specimen_keeps_its_size_and_shows_the_word() -> None:
    square = built_file(SQUARE)

    marked = decode(mark_specimen(square.content, square.path.rpartition(".")[2]))

    assert marked.size == decode(square.content).size
    assert ink_mask(marked).sum() > 10 * (ink_mask(decode(square.content)).sum() + 1)


def test_each_page_of_a_pdf_is_marked_as_specimen_visibly_and_in_its_text() -> None:
    poster = built_file(POSTER).content
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
        assert ink_mask(rendered(marked, page)).mean() > 0.01
    assert WORD not in text_of(poster)


def test_marking_a_pdf_keeps_its_text_and_page_boxes() -> None:
    poster = built_file(POSTER).content

    marked = mark_specimen(poster, "pdf")

    assert text_of(marked).replace(WORD, "").split() == text_of(poster).split()
    with pikepdf.open(io.BytesIO(poster)) as old, pikepdf.open(io.BytesIO(marked)) as new:
        for box in ("mediabox", "trimbox", "bleedbox"):
            assert [*map(float, getattr(new.pages[0], box))] == [*map(float, getattr(old.pages[0], box))]


def test_marking_an_svg_code_as_specimen_adds_the_word_and_a_title() -> None:
    svg = built_file(CODE_SVG).content

    marked = mark_specimen(svg, "svg")

    assert b"<title>SPECIMEN: " in marked
    assert marked.count(b"<path") == svg.count(b"<path") + 2
    assert marked.rstrip().endswith(b"</svg>")
    assert marked.startswith(svg[: svg.index(b"<title>")])


def test_marking_a_png_code_as_specimen_draws_the_word_over_it() -> None:
    png = built_file(CODE_PNG).content

    assert ink_mask(decode(mark_specimen(png, "png"))).mean() > 0.02


@pytest.mark.parametrize("name", [SQUARE, POSTER, CODE_PNG, CODE_SVG])
def test_marking_a_file_twice_gives_the_same_bytes(name: str) -> None:
    one = built_file(name)
    file_format = one.path.rpartition(".")[2]

    assert mark_specimen(one.content, file_format) == mark_specimen(one.content, file_format)


@pytest.mark.parametrize("content", [b"<svg></svg>", b"", b'<svg viewBox="0 0 4 4">'])
def test_marking_an_svg_without_a_view_box_or_an_end_is_refused(content: bytes, wording: Wording) -> None:
    with pytest.raises(ValueError, match="viewBox") as refused:
        mark_specimen(content, "svg")

    assert wording == str(refused.value)


def test_marking_an_unknown_format_is_refused() -> None:
    with pytest.raises(KeyError):
        mark_specimen(b"", "tiff")
