"""Separations: colours, pictures and gradients become tones, from 1 for no ink to 0 for full ink."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from assetgen.preflight.content.graphics_state import CMYK, GREY, RGB, ColourKind, ColourSpace
from assetgen.preflight.press.separations import (
    SeparationError,
    convert_to_tones,
    separate_picture,
    separate_shading,
    tone_space,
)
from tests.support.wording import Wording

COLOURS, BLACK = (0, 1, 2), (3,)


@pytest.fixture
def pdf() -> Iterator[pikepdf.Pdf]:
    with pikepdf.new() as pdf:
        yield pdf


def picture_of(pdf: pikepdf.Pdf, content: bytes, space: object) -> pikepdf.Stream:
    return pdf.make_stream(
        content,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=1,
        Height=1,
        ColorSpace=space,
        BitsPerComponent=8,
    )


def gradient_function(first: Sequence[float], last: Sequence[float]) -> pikepdf.Dictionary:
    return Dictionary(FunctionType=2, Domain=Array([0, 1]), N=1, C0=Array(list(first)), C1=Array(list(last)))


def ends_of(function: Any) -> tuple[list[float], list[float]]:
    """Return the first and the last colour of a function."""
    return [float(value) for value in function["/C0"]], [float(value) for value in function["/C1"]]


def test_the_tone_of_an_ink_is_one_minus_its_share() -> None:
    assert convert_to_tones((0.25, 0.5, 0.0, 1.0), COLOURS) == [0.75, 0.5, 1.0]
    assert convert_to_tones((0.25, 0.5, 0.0, 1.0), BLACK) == [0.0]


def test_three_inks_are_painted_in_rgb_and_one_in_grey() -> None:
    assert tone_space(COLOURS) == Name.DeviceRGB
    assert tone_space(BLACK) == Name.DeviceGray


def test_a_picture_shows_only_the_requested_inks(pdf: pikepdf.Pdf) -> None:
    content = bytes([255, 128, 0, 51])
    colours, black = (picture_of(pdf, content, Name.DeviceCMYK) for _ in range(2))

    separate_picture(colours, CMYK, COLOURS)
    separate_picture(black, CMYK, BLACK)

    assert (colours.ColorSpace, colours.read_bytes()) == (Name.DeviceRGB, bytes([0, 127, 255]))
    assert (black.ColorSpace, black.read_bytes()) == (Name.DeviceGray, bytes([204]))


def test_a_grey_picture_has_ink_only_on_the_black_plate(pdf: pikepdf.Pdf) -> None:
    black, colours = (picture_of(pdf, b"\x40", Name.DeviceGray) for _ in range(2))

    separate_picture(black, GREY, BLACK)
    separate_picture(colours, GREY, COLOURS)

    assert black.read_bytes() == b"\x40"
    assert colours.read_bytes() == b"\xff\xff\xff"


def test_a_picture_with_unknown_inks_becomes_white(pdf: pikepdf.Pdf) -> None:
    picture = picture_of(pdf, bytes([200, 0, 0]), Name.DeviceRGB)
    picture.Decode = Array([1, 0, 1, 0, 1, 0])

    separate_picture(picture, RGB, COLOURS)

    assert picture.read_bytes() == b"\xff\xff\xff"
    assert "/Decode" not in picture


def test_a_palette_is_converted_and_the_pixels_keep_their_indexes(pdf: pikepdf.Pdf) -> None:
    palette = bytes([255, 0, 0, 0, 0, 0, 0, 255])
    picture = picture_of(pdf, b"\x01", Array([Name.Indexed, Name.DeviceCMYK, 1, pikepdf.String(palette)]))

    separate_picture(picture, ColourSpace("DeviceCMYK", ColourKind.INK, 4, palette), BLACK)

    assert picture.read_bytes() == b"\x01"
    assert picture.ColorSpace[1] == Name.DeviceGray
    assert bytes(picture.ColorSpace[3]) == bytes([255, 0])


def test_a_picture_with_a_colour_key_mask_cannot_be_separated(pdf: pikepdf.Pdf, wording: Wording) -> None:
    picture = picture_of(pdf, bytes(4), Name.DeviceCMYK)
    picture.Mask = Array([0, 0, 0, 0, 0, 0, 0, 0])

    with pytest.raises(SeparationError) as rejected:
        separate_picture(picture, CMYK, COLOURS)

    assert wording == str(rejected.value)


def test_a_gradient_of_two_colours_is_converted_to_their_tones(pdf: pikepdf.Pdf) -> None:
    shading = Dictionary(
        ColorSpace=Name.DeviceCMYK, Function=gradient_function([1, 0, 0, 0.5], [0, 0.25, 0, 0])
    )

    separate_shading(pdf, shading, CMYK, COLOURS)

    assert shading["/ColorSpace"] == Name.DeviceRGB
    assert ends_of(shading["/Function"]) == ([0, 1, 1], [1, 0.75, 1])


def test_each_part_of_a_stitched_gradient_is_converted(pdf: pikepdf.Pdf) -> None:
    parts = Dictionary(
        FunctionType=3, Domain=Array([0, 1]), Bounds=Array([0.5]), Encode=Array([0, 1, 0, 1]),
        Functions=Array([
            gradient_function([0, 0, 0, 1], [0, 0, 0, 0]), gradient_function([0, 0, 0, 0], [0, 0, 0, 0.25]),
        ]),
    )  # fmt: skip
    shading = Dictionary(ColorSpace=Name.DeviceCMYK, Function=parts, Background=Array([0, 0, 0, 1]))

    separate_shading(pdf, shading, CMYK, BLACK)

    first, second = shading["/Function"]["/Functions"]
    assert (ends_of(first), ends_of(second)) == (([0], [1]), ([1], [0.75]))
    assert [float(value) for value in shading["/Background"]] == [0]


def test_a_gradient_with_one_function_per_ink_keeps_only_the_function_of_its_ink(pdf: pikepdf.Pdf) -> None:
    functions = Array([gradient_function([ink / 4], [1]) for ink in range(4)])
    shading = Dictionary(ColorSpace=Name.DeviceCMYK, Function=functions)

    separate_shading(pdf, shading, CMYK, BLACK)

    (black,) = shading["/Function"]
    assert ends_of(black) == ([0.25], [0])


def test_a_postscript_or_deeply_nested_gradient_cannot_be_separated(
    pdf: pikepdf.Pdf, wording: Wording
) -> None:
    program = pdf.make_stream(
        b"{ pop 0 0 0 1 }", FunctionType=4, Domain=Array([0, 1]), Range=Array([0, 1] * 4)
    )
    nested: Any = gradient_function([0, 0, 0, 0], [0, 0, 0, 1])
    for _ in range(10):
        nested = Array([nested])

    messages = []
    for function in (program, nested):
        with pytest.raises(SeparationError) as rejected:
            separate_shading(pdf, Dictionary(ColorSpace=Name.DeviceCMYK, Function=function), CMYK, BLACK)
        messages.append(str(rejected.value))

    assert wording == messages
