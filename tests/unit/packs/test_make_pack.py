"""A pack's name, what it has something for, and the small pictures that partners share."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from assetgen.packs.make_pack import BOX_PX, MAX_SVG_BYTES, Pictures, zip_name
from tests.support.pack_values import make_brief, make_good


@pytest.mark.parametrize(
    ("edition", "name"),
    [
        ("2", "door_acme_2.zip"),
        ("2026 / spring!", "door_acme_2026-spring.zip"),
        ("../../etc", "door_acme_etc.zip"),
        ("…", "door_acme_edition.zip"),
        ("x" * 100, f"door_acme_{'x' * 30}.zip"),
    ],
)
def test_no_sign_of_an_edition_gets_into_a_name_that_must_not(edition: str, name: str) -> None:
    assert zip_name(make_brief(edition=edition), None) == name


def test_a_part_and_a_specimen_are_named_as_such() -> None:
    assert zip_name(make_brief(), "print") == "door_acme_2_print.zip"
    assert zip_name(make_brief(), "print", is_specimen=True) == "door_acme_2_print_specimen.zip"


def written(folder: Path, picture: Image.Image) -> Path:
    picture.save(folder / "door.png")
    return folder / "door.png"


def test_a_small_picture_is_a_jpeg_no_larger_than_its_box(tmp_path: Path) -> None:
    file = written(tmp_path, Image.new("RGB", (1000, 500), "red"))

    address = Pictures().of(make_good(format="png"), file)

    assert address is not None and address.startswith("data:image/jpeg;base64,")
    small = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    assert small.width <= BOX_PX[0] and small.height <= BOX_PX[1]
    assert small.width == pytest.approx(2 * small.height, abs=2)


def test_a_picture_is_drawn_once_for_all_files_with_the_same_bytes(tmp_path: Path) -> None:
    pictures, file = Pictures(), written(tmp_path, Image.new("RGB", (100, 100), "red"))
    first = pictures.of(make_good(format="png"), file)
    file.unlink()
    file.touch()

    assert pictures.of(make_good(format="png", id="another"), file) == first
    assert pictures.of(make_good(format="png", sha256="b" * 64), file) is None


def test_a_drawing_is_shown_as_it_is_unless_it_is_large(tmp_path: Path) -> None:
    small, large = tmp_path / "s.svg", tmp_path / "l.svg"
    small.write_bytes(b"<svg/>")
    large.write_bytes(b"x" * (MAX_SVG_BYTES + 1))

    assert Pictures().of(make_good(format="svg"), small) == "data:image/svg+xml;base64,PHN2Zy8+"
    assert Pictures().of(make_good(format="svg"), large) is None
