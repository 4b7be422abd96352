"""Finished files that somebody changed by hand, with a manifest made to agree in size and hash: none passes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageDraw, ImageEnhance

from assetgen.manifest.entry import read_finished
from assetgen.verifying.finished_files import Evidence, Folder
from assetgen.verifying.verification import Verified, verify_one
from tests.corpus.making import Edit, finish
from tests.support.code_pictures import OTHER, drawn_code
from tests.support.finished_folder import (
    CODE_PDF,
    CODE_PNG,
    CODE_SVG,
    MPU,
    POSTER,
    SCREEN,
    SQUARE,
    STRIP,
    Piece,
    piece,
    write_folder,
)
from tests.support.spoilt_pictures import background_beside, paint_over
from tests.support.wording import Wording

WORDS = (SQUARE, MPU, SCREEN, STRIP)
EVERY = (*WORDS, POSTER, CODE_PNG, CODE_SVG, CODE_PDF)


def verified(folder: Path, one: Piece) -> Verified:
    """Write a piece with its manifest, and prove it again."""
    root = write_folder(folder / "out", one)
    return verify_one(Evidence(Folder(root, "out"), read_finished(one.entry)))


def codes(said: Verified) -> set[str]:
    return {finding.code for finding in said.findings if finding.is_error}


@pytest.mark.parametrize("asset_id", EVERY)
def test_a_file_as_it_was_built_is_proved_again(tmp_path: Path, asset_id: str, wording: Wording) -> None:
    said = verified(tmp_path, piece(asset_id))

    assert codes(said) == set()
    assert wording == said.proved[0]
    assert said.as_built


# ── painted on


def repaint(one: Piece, taken: int, put: int) -> Piece:
    """Return a piece with one figure of the number painted where another stands."""
    figures, picture = one.letters("number"), one.picture()
    assert len(figures) == 11
    left, top, right, bottom = figures[put]
    start, _, end, _ = figures[taken]
    figure = picture.crop((start, top - 1, end, bottom + 1))
    fill = background_beside(picture, one.boxes("number")[0])
    ImageDraw.Draw(picture).rectangle((left - 1, top - 1, right, bottom), fill=fill)
    picture.paste(figure, (left + (right - left - figure.width) // 2, top - 1))
    return one.painted(picture)


def veil(one: Piece) -> Piece:
    """Return a piece that has lost nine tenths of its contrast."""
    return one.painted(ImageEnhance.Contrast(one.picture()).enhance(0.1))


@pytest.mark.parametrize("asset_id", WORDS)
@pytest.mark.parametrize("role", ["number", "address"])
def test_a_fact_that_was_painted_over_is_hidden(tmp_path: Path, asset_id: str, role: str) -> None:
    assert codes(verified(tmp_path, paint_over(piece(asset_id), role))) == {"facts-hidden"}


@pytest.mark.parametrize("asset_id", WORDS)
@pytest.mark.parametrize("role", ["number", "address"])
def test_a_fact_that_is_half_covered_is_hidden(tmp_path: Path, asset_id: str, role: str) -> None:
    assert codes(verified(tmp_path, paint_over(piece(asset_id), role, share=0.5))) == {"facts-hidden"}


@pytest.mark.parametrize("asset_id", WORDS)
@pytest.mark.parametrize("role", ["number", "address"])
def test_one_covered_letter_is_enough(tmp_path: Path, asset_id: str, role: str) -> None:
    assert codes(verified(tmp_path, paint_over(piece(asset_id), role, share=0.1))) == {"facts-hidden"}


@pytest.mark.parametrize("asset_id", WORDS)
def test_a_bar_in_a_colour_of_its_own_over_the_number_is_no_number(tmp_path: Path, asset_id: str) -> None:
    assert codes(verified(tmp_path, paint_over(piece(asset_id), "number", 0.4, (200, 30, 30))))


@pytest.mark.parametrize("asset_id", [SQUARE, MPU, SCREEN])
@pytest.mark.parametrize(("role", "code"), [("promise", "facts-hidden"), ("headline", "words-altered")])
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_other_words_that_are_gone_or_half_gone_are_told(
    tmp_path: Path, asset_id: str, role: str, code: str, share: float
) -> None:
    assert code in codes(verified(tmp_path, paint_over(piece(asset_id), role, share)))


@pytest.mark.parametrize("asset_id", WORDS)
@pytest.mark.parametrize(("taken", "put"), [(0, 1), (1, 0), (8, 0), (0, 8), (4, 10)], ids=str)
def test_a_figure_that_was_painted_anew_is_another_number(
    tmp_path: Path, asset_id: str, taken: int, put: int
) -> None:
    """0808 1000 900: an 8 turned into a 0 and back, a 9, a 0, and the last 0 into a 1."""
    assert codes(verified(tmp_path, repaint(piece(asset_id), taken, put))) & {"facts-altered", "facts-hidden"}


@pytest.mark.parametrize("asset_id", WORDS)
@pytest.mark.parametrize("side", ["before", "behind"])
def test_a_figure_more_is_another_number(tmp_path: Path, asset_id: str, side: str) -> None:
    one = piece(asset_id)
    figures, picture = one.letters("number"), one.picture()
    (left, top, right, bottom), gap = figures[1], figures[2][0] - figures[1][2]
    figure = picture.crop((left, top - 1, right, bottom + 1))
    at = figures[0][0] - gap - figure.width if side == "before" else figures[-1][2] + gap
    picture.paste(figure, (at, top - 1))

    # Where the number fills the measure, the figure lies on the last one of it.
    assert codes(verified(tmp_path, one.painted(picture))) in ({"facts-altered"}, {"facts-hidden"})


def test_words_that_have_lost_their_contrast_are_told(tmp_path: Path) -> None:
    assert "contrast" in codes(verified(tmp_path, veil(piece(SQUARE))))


def test_a_code_that_was_painted_over_is_told(tmp_path: Path) -> None:
    assert codes(verified(tmp_path, paint_over(piece(SCREEN), "code", 0.4, (120, 120, 120)))) == {
        "qr-unreadable"
    }


@pytest.mark.parametrize("asset_id", [SCREEN, CODE_PNG])
def test_a_code_that_opens_something_else_is_told(tmp_path: Path, asset_id: str) -> None:
    one = piece(asset_id)
    left, top, right, bottom = one.boxes("code")[0]
    picture = one.picture()
    picture.paste(drawn_code(OTHER, quiet=0).resize((right - left, bottom - top)), (left, top))

    assert "qr-wrong" in codes(verified(tmp_path, one.painted(picture)))


# ── another file under this name, or half of one


@pytest.mark.parametrize("asset_id", EVERY)
@pytest.mark.parametrize("keeps", [0.5, 0.95])
def test_a_file_that_was_cut_short_is_told(tmp_path: Path, asset_id: str, keeps: float) -> None:
    one = piece(asset_id)

    assert codes(verified(tmp_path, one.agreed(one.content[: int(len(one.content) * keeps)])))


@pytest.mark.parametrize("asset_id", EVERY)
def test_an_empty_file_is_told(tmp_path: Path, asset_id: str) -> None:
    assert codes(verified(tmp_path, piece(asset_id).agreed(b" ")))


@pytest.mark.parametrize(
    ("asset_id", "other"),
    [
        (SQUARE, MPU),
        (MPU, SQUARE),
        (SQUARE, SQUARE.replace("worried", "online")),
        (MPU, MPU.replace("worried", "online")),
        (SCREEN, SCREEN.replace("worried", "loved-one")),
        (POSTER, POSTER.replace("worried", "online")),
        (POSTER, CODE_PDF),
        (CODE_PDF, POSTER),
        (CODE_SVG, CODE_PNG),
    ],
)
def test_another_asset_s_file_under_this_name_is_told(tmp_path: Path, asset_id: str, other: str) -> None:
    assert codes(verified(tmp_path, piece(asset_id).agreed(piece(other).content)))


# ── a page


def edited(asset_id: str, change: Callable[[pikepdf.Pdf], None]) -> Piece:
    """Return a PDF that was opened and changed."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(piece(asset_id).content)) as pdf:
        change(pdf)
        pdf.save(out)
    return piece(asset_id).agreed(out.getvalue())


def cover(pdf: pikepdf.Pdf) -> None:
    """Put a bar over the page, where the number stands."""
    page = pdf.pages[0]
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q q 1 g 60 330 400 90 re f Q")


def test_a_digit_that_was_changed_in_a_page_is_another_number(tmp_path: Path) -> None:
    other = finish(POSTER.removesuffix("/en-GB"), Edit(html=lambda html, _: html.replace("900", "901")))

    assert {"facts-missing", "facts-altered"} <= codes(
        verified(tmp_path, piece(POSTER).agreed(other.content))
    )


def test_a_bar_over_the_number_of_a_page_hides_it(tmp_path: Path) -> None:
    assert "facts-hidden" in codes(verified(tmp_path, edited(POSTER, cover)))


def test_a_page_that_was_saved_anew_and_nothing_else_is_as_good(tmp_path: Path) -> None:
    said = verified(tmp_path, edited(POSTER, lambda _: None))

    assert codes(said) == set()


def test_a_code_file_with_another_link_is_told(tmp_path: Path) -> None:
    one = piece(CODE_SVG)
    rows = one.content.decode()
    # The drawing of the first modules, moved: it is a code no longer, or another one.
    changed = rows.replace("M4", "M9", 1)
    assert changed != rows

    assert codes(verified(tmp_path, one.agreed(changed.encode())))
