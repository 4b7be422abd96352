"""Conversion of pictures and colours to CMYK: transparency, JPEG, and pictures that are already in ink."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Name
from PIL import Image

from assetgen.loading.ink_conversion import Separator
from assetgen.loading.printers import built_in_conditions
from assetgen.rendering.prepress.cmyk import convert_picture, hex_colour


@pytest.fixture
def pdf() -> Any:
    with pikepdf.new() as pdf:
        yield pdf


def separator(**options: bool) -> Separator:
    return Separator("coated", built_in_conditions()["coated"], **options)


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


def first_inks(image: Any) -> list[int]:
    return list(image.read_bytes()[:4])


def test_a_picture_is_converted_to_four_inks() -> None:
    with pikepdf.new() as pdf:
        image = picture_in(pdf, (255, 255, 255))

        convert_picture(pdf, image, separator(), None)

        assert image.ColorSpace == Name.DeviceCMYK
        assert first_inks(image) == [0, 0, 0, 0]
        assert len(image.read_bytes()) == 2 * 2 * 4


def test_a_picture_converted_to_black_only_has_no_other_ink(pdf: pikepdf.Pdf) -> None:
    image = picture_in(pdf, (200, 30, 30))

    convert_picture(pdf, image, separator(in_black=True), None)

    *colours, black = first_inks(image)
    assert colours == [0, 0, 0] and black > 0


def test_conversion_keeps_a_soft_mask_and_drops_an_opaque_one(pdf: pikepdf.Pdf) -> None:
    soft, opaque = picture_in(pdf, (0, 0, 0), 128), picture_in(pdf, (0, 0, 0), 255)

    for image in (soft, opaque):
        convert_picture(pdf, image, separator(), None)

    assert "/SMask" in soft
    assert "/SMask" not in opaque


def test_without_transparency_a_picture_is_blended_with_the_inks_below(pdf: pikepdf.Pdf) -> None:
    image = picture_in(pdf, (255, 255, 255), 0)

    convert_picture(pdf, image, separator(), (60.0, 20.0, 0.0, 90.0))

    assert "/SMask" not in image
    assert first_inks(image) == [153, 51, 0, 230]


def test_a_converted_jpeg_stays_a_jpeg_with_inks_not_inverted(pdf: pikepdf.Pdf) -> None:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), "white").save(out, "JPEG")
    image = pdf.make_stream(
        out.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=16, Height=16,
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode,
    )  # fmt: skip

    convert_picture(pdf, image, separator(), None)

    assert image.get("/Filter") == Name.DCTDecode
    # Read the raw bytes, as a press does: Pillow would invert the inks again.
    assert np.asarray(Image.open(io.BytesIO(image.read_raw_bytes()))).max() >= 250


def test_a_picture_already_in_ink_is_left_unchanged(pdf: pikepdf.Pdf) -> None:
    image = picture_in(pdf, (1, 2, 3))
    image.ColorSpace = Name.DeviceGray

    convert_picture(pdf, image, separator(), None)

    assert first_inks(image) == [1, 2, 3, 1]


def test_a_colour_is_clamped_and_written_as_six_hex_digits() -> None:
    assert hex_colour([0.0627, 0.149, 0.1725]) == "#10262C"
    assert hex_colour([-1, 2, 0.5]) == "#00FF80"
