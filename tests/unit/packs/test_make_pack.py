"""The file name of a pack, and the thumbnails in it, which the packs of several partners share."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from assetgen.packs.make_pack import BOX_PX, MAX_SVG_BYTES, SmallPictures, zip_name
from tests.support.pack_values import sample_pack_context, sample_pack_file


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
def test_unsafe_characters_of_an_edition_are_kept_out_of_the_zip_name(edition: str, name: str) -> None:
    assert zip_name(sample_pack_context(edition=edition), None) == name


def test_the_zip_name_states_the_part_and_whether_it_is_a_specimen() -> None:
    assert zip_name(sample_pack_context(), "print") == "door_acme_2_print.zip"
    assert zip_name(sample_pack_context(), "print", is_specimen=True) == "door_acme_2_print_specimen.zip"


def save_picture(folder: Path, picture: Image.Image) -> Path:
    picture.save(folder / "door.png")
    return folder / "door.png"


def test_a_thumbnail_is_a_jpeg_within_its_box(tmp_path: Path) -> None:
    file = save_picture(tmp_path, Image.new("RGB", (1000, 500), "red"))

    data_url = SmallPictures().of(sample_pack_file(format="png"), file)

    assert data_url is not None and data_url.startswith("data:image/jpeg;base64,")
    small = Image.open(io.BytesIO(base64.b64decode(data_url.partition(",")[2])))
    assert small.width <= BOX_PX[0] and small.height <= BOX_PX[1]
    assert small.width == pytest.approx(2 * small.height, abs=2)


def test_files_with_the_same_bytes_share_one_thumbnail(tmp_path: Path) -> None:
    pictures, file = SmallPictures(), save_picture(tmp_path, Image.new("RGB", (100, 100), "red"))
    first = pictures.of(sample_pack_file(format="png"), file)
    file.unlink()
    file.touch()

    assert pictures.of(sample_pack_file(format="png", id="copy"), file) == first
    assert pictures.of(sample_pack_file(format="png", sha256="b" * 64), file) is None


def test_an_svg_is_embedded_unchanged_unless_it_is_large(tmp_path: Path) -> None:
    small, large = tmp_path / "s.svg", tmp_path / "l.svg"
    small.write_bytes(b"<svg/>")
    large.write_bytes(b"x" * (MAX_SVG_BYTES + 1))

    assert SmallPictures().of(sample_pack_file(format="svg"), small) == "data:image/svg+xml;base64,PHN2Zy8+"
    assert SmallPictures().of(sample_pack_file(format="svg"), large) is None
