"""The campaign's pictures: each file matches what the script paints, and the brand lists each picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import artwork
from assetgen.loading.artwork.bitmaps import decode_picture
from tests.support.raw_file_parts import jpeg_parts
from tests.support.tiny_campaign import REPO, real_campaign

FOLDER = REPO / "brand/images"
SMALL_PX = 320


def test_every_picture_is_painted_by_the_script_and_listed_in_the_brand() -> None:
    names = {path.stem for path in FOLDER.glob("*.jpg")}

    assert names == set(artwork.PICTURES) == set(real_campaign().brand.pictures)
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.jpg" for name in names} | {"LICENSE.txt"}


@pytest.mark.parametrize("name", artwork.PICTURES)
def test_a_picture_file_equals_what_the_script_paints(name: str) -> None:
    file = f"brand/images/{name}.jpg"

    saved = decode_picture((REPO / file).read_bytes(), file).resize(
        (SMALL_PX, round(SMALL_PX / artwork.RATIO)), Image.Resampling.BOX
    )
    painted = artwork.paint(name, 2 * SMALL_PX).reduce(2)

    assert np.abs(np.asarray(saved).astype(int) - np.asarray(painted)).mean() < 1.0


@pytest.mark.parametrize("name", artwork.PICTURES)
def test_a_picture_file_is_small_without_metadata_and_3840_pixels_wide(name: str) -> None:
    path = FOLDER / f"{name}.jpg"

    assert path.stat().st_size <= artwork.MAX_BYTES == 200_000
    with Image.open(path) as picture:
        assert picture.size == (3840, 2400)
    assert {part.name for part in jpeg_parts(path.read_bytes())} <= {"jfif", "db", "c0", "c4", "da"}


@pytest.mark.parametrize("name", artwork.PICTURES)
def test_the_focus_lies_in_a_bright_part_of_the_picture(name: str) -> None:
    picture = real_campaign().brand.pictures[name]
    lightness = np.asarray(artwork.paint(name, SMALL_PX).convert("L")).astype(float)

    height, width = lightness.shape
    x, y = round(picture.file.focus[0] * width), round(picture.file.focus[1] * height)
    around = lightness[y - 12 : y + 12, x - 12 : x + 12]
    assert around.mean() > np.percentile(lightness, 75)


def test_every_run_paints_the_same_picture() -> None:
    assert artwork.paint("daybreak", 160).tobytes() == artwork.paint("daybreak", 160).tobytes()
