"""Colours become plates: each ink is painted as what it leaves of the light."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from assetgen.preflight.content.graphics_state import CMYK, GREY, RGB, ColourKind, Space
from assetgen.preflight.press.separations import (
    Unseparable,
    recolour_picture,
    recolour_shading,
    tone_space,
    tones,
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


def two_steps(first: Sequence[float], last: Sequence[float]) -> pikepdf.Dictionary:
    return Dictionary(FunctionType=2, Domain=Array([0, 1]), N=1, C0=Array(list(first)), C1=Array(list(last)))


def ends(function: Any) -> tuple[list[float], list[float]]:
    return [float(one) for one in function["/C0"]], [float(one) for one in function["/C1"]]


def test_what_an_ink_leaves_of_the_light_is_its_tone() -> None:
    assert tones((0.25, 0.5, 0.0, 1.0), COLOURS) == [0.75, 0.5, 1.0]
    assert tones((0.25, 0.5, 0.0, 1.0), BLACK) == [0.0]


def test_three_inks_are_painted_as_light_and_one_as_grey() -> None:
    assert tone_space(COLOURS) == Name.DeviceRGB
    assert tone_space(BLACK) == Name.DeviceGray


def test_a_picture_shows_the_plates_that_are_asked_for(pdf: pikepdf.Pdf) -> None:
    content = bytes([255, 128, 0, 51])
    colours, black = (picture_of(pdf, content, Name.DeviceCMYK) for _ in range(2))

    recolour_picture(colours, CMYK, COLOURS)
    recolour_picture(black, CMYK, BLACK)

    assert (colours.ColorSpace, colours.read_bytes()) == (Name.DeviceRGB, bytes([0, 127, 255]))
    assert (black.ColorSpace, black.read_bytes()) == (Name.DeviceGray, bytes([204]))


def test_a_grey_picture_is_black_ink_and_bare_paper_on_the_other_plates(pdf: pikepdf.Pdf) -> None:
    black, colours = (picture_of(pdf, b"\x40", Name.DeviceGray) for _ in range(2))

    recolour_picture(black, GREY, BLACK)
    recolour_picture(colours, GREY, COLOURS)

    assert black.read_bytes() == b"\x40"
    assert colours.read_bytes() == b"\xff\xff\xff"


def test_a_picture_without_known_inks_is_bare_paper(pdf: pikepdf.Pdf) -> None:
    picture = picture_of(pdf, bytes([200, 0, 0]), Name.DeviceRGB)
    picture.Decode = Array([1, 0, 1, 0, 1, 0])

    recolour_picture(picture, RGB, COLOURS)

    assert picture.read_bytes() == b"\xff\xff\xff"
    assert "/Decode" not in picture


def test_a_palette_is_recoloured_and_the_picture_keeps_its_places_in_it(pdf: pikepdf.Pdf) -> None:
    palette = bytes([255, 0, 0, 0, 0, 0, 0, 255])
    picture = picture_of(pdf, b"\x01", Array([Name.Indexed, Name.DeviceCMYK, 1, pikepdf.String(palette)]))

    recolour_picture(picture, Space("DeviceCMYK", ColourKind.INK, 4, palette), BLACK)

    assert picture.read_bytes() == b"\x01"
    assert picture.ColorSpace[1] == Name.DeviceGray
    assert bytes(picture.ColorSpace[3]) == bytes([255, 0])


def test_a_picture_with_a_colour_that_is_left_out_cannot_be_separated(
    pdf: pikepdf.Pdf, wording: Wording
) -> None:
    picture = picture_of(pdf, bytes(4), Name.DeviceCMYK)
    picture.Mask = Array([0, 0, 0, 0, 0, 0, 0, 0])

    with pytest.raises(Unseparable) as refused:
        recolour_picture(picture, CMYK, COLOURS)

    assert wording == str(refused.value)


def test_a_gradient_of_two_colours_has_their_tones(pdf: pikepdf.Pdf) -> None:
    shading = Dictionary(ColorSpace=Name.DeviceCMYK, Function=two_steps([1, 0, 0, 0.5], [0, 0.25, 0, 0]))

    recolour_shading(pdf, shading, CMYK, COLOURS)

    assert shading["/ColorSpace"] == Name.DeviceRGB
    assert ends(shading["/Function"]) == ([0, 1, 1], [1, 0.75, 1])


def test_a_gradient_in_parts_is_recoloured_part_by_part(pdf: pikepdf.Pdf) -> None:
    parts = Dictionary(
        FunctionType=3, Domain=Array([0, 1]), Bounds=Array([0.5]), Encode=Array([0, 1, 0, 1]),
        Functions=Array([two_steps([0, 0, 0, 1], [0, 0, 0, 0]), two_steps([0, 0, 0, 0], [0, 0, 0, 0.25])]),
    )  # fmt: skip
    shading = Dictionary(ColorSpace=Name.DeviceCMYK, Function=parts, Background=Array([0, 0, 0, 1]))

    recolour_shading(pdf, shading, CMYK, BLACK)

    first, second = shading["/Function"]["/Functions"]
    assert (ends(first), ends(second)) == (([0], [1]), ([1], [0.75]))
    assert [float(one) for one in shading["/Background"]] == [0]


def test_a_function_for_each_ink_is_turned_round(pdf: pikepdf.Pdf) -> None:
    functions = Array([two_steps([ink / 4], [1]) for ink in range(4)])
    shading = Dictionary(ColorSpace=Name.DeviceCMYK, Function=functions)

    recolour_shading(pdf, shading, CMYK, BLACK)

    (black,) = shading["/Function"]
    assert ends(black) == ([0.25], [0])


def test_a_gradient_by_a_program_or_nested_for_ever_cannot_be_separated(
    pdf: pikepdf.Pdf, wording: Wording
) -> None:
    program = pdf.make_stream(
        b"{ pop 0 0 0 1 }", FunctionType=4, Domain=Array([0, 1]), Range=Array([0, 1] * 4)
    )
    nested: Any = two_steps([0, 0, 0, 0], [0, 0, 0, 1])
    for _ in range(10):
        nested = Array([nested])

    said = []
    for function in (program, nested):
        with pytest.raises(Unseparable) as refused:
            recolour_shading(pdf, Dictionary(ColorSpace=Name.DeviceCMYK, Function=function), CMYK, BLACK)
        said.append(str(refused.value))

    assert wording == said
