"""Pictures and colours of a page in inks: what is see-through, what is written again, what has no inks."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Name
from PIL import Image

from assetgen.loading.printers import own_conditions
from assetgen.rendering.prepress.cmyk import Separator, hexadecimal, repaint_picture


@pytest.fixture
def pdf() -> Any:
    with pikepdf.new() as pdf:
        yield pdf


def separator(**options: bool) -> Separator:
    return Separator("coated", own_conditions()["coated"], **options)


def picture_in(pdf: pikepdf.Pdf, colour: tuple[int, int, int], alpha: int | None = None) -> Any:
    image = pdf.make_stream(
        bytes(colour) * 4, Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2,
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8,
    )  # fmt: skip
    if alpha is not None:
        image.SMask = pdf.make_stream(
            bytes([alpha]) * 4, Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2,
            ColorSpace=Name.DeviceGray, BitsPerComponent=8,
        )  # fmt: skip
    return image


def plates_of(image: Any) -> list[int]:
    return list(image.read_bytes()[:4])


def test_a_picture_is_written_in_four_inks() -> None:
    with pikepdf.new() as pdf:
        image = picture_in(pdf, (255, 255, 255))

        repaint_picture(pdf, image, separator(), None)

        assert image.ColorSpace == Name.DeviceCMYK
        assert plates_of(image) == [0, 0, 0, 0]
        assert len(image.read_bytes()) == 2 * 2 * 4


def test_a_picture_in_black_alone_has_no_other_ink(pdf: pikepdf.Pdf) -> None:
    image = picture_in(pdf, (200, 30, 30))

    repaint_picture(pdf, image, separator(in_black=True), None)

    *colours, black = plates_of(image)
    assert colours == [0, 0, 0] and black > 0


def test_a_soft_edge_is_kept_as_a_mask_and_one_that_is_opaque_is_dropped(pdf: pikepdf.Pdf) -> None:
    soft, opaque = picture_in(pdf, (0, 0, 0), 128), picture_in(pdf, (0, 0, 0), 255)

    for image in (soft, opaque):
        repaint_picture(pdf, image, separator(), None)

    assert "/SMask" in soft
    assert "/SMask" not in opaque


def test_without_transparency_a_see_through_picture_is_mixed_with_the_inks_under_it(pdf: pikepdf.Pdf) -> None:
    image = picture_in(pdf, (255, 255, 255), 0)

    repaint_picture(pdf, image, separator(), (60.0, 20.0, 0.0, 90.0))

    assert "/SMask" not in image
    assert plates_of(image) == [153, 51, 0, 230]


def test_a_jpeg_stays_a_jpeg_and_its_inks_are_not_turned_round(pdf: pikepdf.Pdf) -> None:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), "white").save(out, "JPEG")
    image = pdf.make_stream(
        out.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=16, Height=16,
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode,
    )  # fmt: skip

    repaint_picture(pdf, image, separator(), None)

    assert image.get("/Filter") == Name.DCTDecode
    # As a press takes them: Pillow itself would turn them round once more.
    assert np.asarray(Image.open(io.BytesIO(image.read_raw_bytes()))).max() >= 250


def test_a_picture_that_is_in_ink_already_is_left_alone(pdf: pikepdf.Pdf) -> None:
    image = picture_in(pdf, (1, 2, 3))
    image.ColorSpace = Name.DeviceGray

    repaint_picture(pdf, image, separator(), None)

    assert plates_of(image) == [1, 2, 3, 1]


def test_a_colour_is_written_in_six_digits_and_held_in_its_bounds() -> None:
    assert hexadecimal([0.0627, 0.149, 0.1725]) == "#10262C"
    assert hexadecimal([-1, 2, 0.5]) == "#00FF80"
