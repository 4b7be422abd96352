"""Verification of files that were edited by hand.

The manifest was edited to match in size and hash, as by somebody who changed both; still none passes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageDraw, ImageEnhance

from assetgen.manifest.entry import read_finished
from assetgen.verifying.finished_files import FileToVerify, FolderSource
from assetgen.verifying.verification import VerifiedFile, verify_one
from tests.corpus.edited_assets import Edit, finish
from tests.support.built_files import (
    CODE_PDF,
    CODE_PNG,
    CODE_SVG,
    MPU,
    POSTER,
    SCREEN,
    SQUARE,
    STRIP,
    BuiltFile,
    built_file,
    write_folder,
)
from tests.support.painted_pictures import background_beside, paint_over
from tests.support.qr_pictures import OTHER_LINK, draw_code
from tests.support.wording import Wording

PICTURES = (SQUARE, MPU, SCREEN, STRIP)
ALL = (*PICTURES, POSTER, CODE_PNG, CODE_SVG, CODE_PDF)


def verify(folder: Path, one: BuiltFile) -> VerifiedFile:
    """Write a piece with its manifest, and verify it."""
    root = write_folder(folder / "out", one)
    return verify_one(FileToVerify(FolderSource(root, "out"), read_finished(one.entry)))


def error_codes(result: VerifiedFile) -> set[str]:
    return {finding.code for finding in result.findings if finding.is_error}


@pytest.mark.parametrize("asset_id", ALL)
def test_unchanged_file_passes(tmp_path: Path, asset_id: str, wording: Wording) -> None:
    result = verify(tmp_path, built_file(asset_id))

    assert error_codes(result) == set()
    assert wording == result.checked[0]
    assert result.as_built


# Painted over


def paint_digit(one: BuiltFile, source: int, target: int) -> BuiltFile:
    """Return a piece in which one digit of the number is painted over another."""
    digits, picture = one.letter_boxes("number"), one.picture()
    assert len(digits) == 11
    left, top, right, bottom = digits[target]
    start, _, end, _ = digits[source]
    digit = picture.crop((start, top - 1, end, bottom + 1))
    fill = background_beside(picture, one.region_boxes("number")[0])
    ImageDraw.Draw(picture).rectangle((left - 1, top - 1, right, bottom), fill=fill)
    picture.paste(digit, (left + (right - left - digit.width) // 2, top - 1))
    return one.with_picture(picture)


def wash_out(one: BuiltFile) -> BuiltFile:
    """Return a piece with a tenth of its contrast."""
    return one.with_picture(ImageEnhance.Contrast(one.picture()).enhance(0.1))


@pytest.mark.parametrize("asset_id", PICTURES)
@pytest.mark.parametrize("role", ["number", "address"])
def test_fact_painted_over_is_reported_as_hidden(tmp_path: Path, asset_id: str, role: str) -> None:
    assert error_codes(verify(tmp_path, paint_over(built_file(asset_id), role))) == {"facts-hidden"}


@pytest.mark.parametrize("asset_id", PICTURES)
@pytest.mark.parametrize("role", ["number", "address"])
def test_fact_half_covered_is_reported_as_hidden(tmp_path: Path, asset_id: str, role: str) -> None:
    assert error_codes(verify(tmp_path, paint_over(built_file(asset_id), role, share=0.5))) == {
        "facts-hidden"
    }


@pytest.mark.parametrize("asset_id", PICTURES)
@pytest.mark.parametrize("role", ["number", "address"])
def test_fact_with_one_letter_covered_is_reported_as_hidden(tmp_path: Path, asset_id: str, role: str) -> None:
    assert error_codes(verify(tmp_path, paint_over(built_file(asset_id), role, share=0.1))) == {
        "facts-hidden"
    }


@pytest.mark.parametrize("asset_id", PICTURES)
def test_coloured_bar_over_the_number_is_an_error(tmp_path: Path, asset_id: str) -> None:
    assert error_codes(verify(tmp_path, paint_over(built_file(asset_id), "number", 0.4, (200, 30, 30))))


@pytest.mark.parametrize("asset_id", [SQUARE, MPU, SCREEN])
@pytest.mark.parametrize(("role", "code"), [("promise", "facts-hidden"), ("headline", "words-altered")])
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_promise_or_headline_painted_over_is_reported(
    tmp_path: Path, asset_id: str, role: str, code: str, share: float
) -> None:
    assert code in error_codes(verify(tmp_path, paint_over(built_file(asset_id), role, share)))


@pytest.mark.parametrize("asset_id", PICTURES)
@pytest.mark.parametrize(("source", "target"), [(0, 1), (1, 0), (8, 0), (0, 8), (4, 10)], ids=str)
def test_digit_painted_over_with_a_different_one_is_reported(
    tmp_path: Path, asset_id: str, source: int, target: int
) -> None:
    """Paint one digit of 0808 1000 900 over another; both are counted from 0, without spaces."""
    assert error_codes(verify(tmp_path, paint_digit(built_file(asset_id), source, target))) & {
        "facts-altered",
        "facts-hidden",
    }


@pytest.mark.parametrize("asset_id", PICTURES)
@pytest.mark.parametrize("side", ["before", "after"])
def test_digit_painted_before_or_after_the_number_is_reported(
    tmp_path: Path, asset_id: str, side: str
) -> None:
    one = built_file(asset_id)
    digits, picture = one.letter_boxes("number"), one.picture()
    (left, top, right, bottom), gap = digits[1], digits[2][0] - digits[1][2]
    digit = picture.crop((left, top - 1, right, bottom + 1))
    at = digits[0][0] - gap - digit.width if side == "before" else digits[-1][2] + gap
    picture.paste(digit, (at, top - 1))

    # If the number fills its line, the extra digit covers the last digit.
    assert error_codes(verify(tmp_path, one.with_picture(picture))) in ({"facts-altered"}, {"facts-hidden"})


def test_copy_that_lost_its_contrast_is_reported(tmp_path: Path) -> None:
    assert "contrast" in error_codes(verify(tmp_path, wash_out(built_file(SQUARE))))


def test_qr_code_painted_over_is_reported_as_unreadable(tmp_path: Path) -> None:
    assert error_codes(verify(tmp_path, paint_over(built_file(SCREEN), "code", 0.4, (120, 120, 120)))) == {
        "qr-unreadable"
    }


@pytest.mark.parametrize("asset_id", [SCREEN, CODE_PNG])
def test_qr_code_replaced_by_one_with_a_different_link_is_reported(tmp_path: Path, asset_id: str) -> None:
    one = built_file(asset_id)
    left, top, right, bottom = one.region_boxes("code")[0]
    picture = one.picture()
    picture.paste(draw_code(OTHER_LINK, quiet=0).resize((right - left, bottom - top)), (left, top))

    assert "qr-wrong" in error_codes(verify(tmp_path, one.with_picture(picture)))


# Replaced or truncated


@pytest.mark.parametrize("asset_id", ALL)
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_truncated_file_is_an_error(tmp_path: Path, asset_id: str, share: float) -> None:
    one = built_file(asset_id)

    assert error_codes(verify(tmp_path, one.with_content(one.content[: int(len(one.content) * share)])))


@pytest.mark.parametrize("asset_id", ALL)
def test_empty_file_is_an_error(tmp_path: Path, asset_id: str) -> None:
    assert error_codes(verify(tmp_path, built_file(asset_id).with_content(b" ")))


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
def test_file_replaced_by_that_of_a_different_asset_is_an_error(
    tmp_path: Path, asset_id: str, other: str
) -> None:
    assert error_codes(verify(tmp_path, built_file(asset_id).with_content(built_file(other).content)))


# PDFs


def edited(asset_id: str, change: Callable[[pikepdf.Pdf], None]) -> BuiltFile:
    """Return a PDF after a change of its objects."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(built_file(asset_id).content)) as pdf:
        change(pdf)
        pdf.save(out)
    return built_file(asset_id).with_content(out.getvalue())


def cover_number(pdf: pikepdf.Pdf) -> None:
    """Draw a white bar over the number."""
    page = pdf.pages[0]
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q q 1 g 60 330 400 90 re f Q")


def test_changed_digit_in_a_pdf_is_reported(tmp_path: Path) -> None:
    other = finish(POSTER.removesuffix("/en-GB"), Edit(html=lambda html, _: html.replace("900", "901")))

    assert {"facts-missing", "facts-altered"} <= error_codes(
        verify(tmp_path, built_file(POSTER).with_content(other.content))
    )


def test_bar_over_the_number_in_a_pdf_is_reported_as_hidden(tmp_path: Path) -> None:
    assert "facts-hidden" in error_codes(verify(tmp_path, edited(POSTER, cover_number)))


def test_pdf_saved_again_without_changes_passes(tmp_path: Path) -> None:
    result = verify(tmp_path, edited(POSTER, lambda _: None))

    assert error_codes(result) == set()


def test_qr_code_svg_with_moved_modules_is_an_error(tmp_path: Path) -> None:
    one = built_file(CODE_SVG)
    svg = one.content.decode()
    # Moves the first modules: the code becomes unreadable, or has a different link.
    changed = svg.replace("M4", "M9", 1)
    assert changed != svg

    assert error_codes(verify(tmp_path, one.with_content(changed.encode())))
