"""Pictures and gradients painted as plates: how much light is left where an ink lies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pikepdf

from assetgen.preflight.colour_space import NO_INK, Kind, Plates, Space
from assetgen.preflight.graphics_state import as_number
from assetgen.preflight.picture_ink import picture_inks

MOST_DEPTH = 8
INKS = {Kind.INK, Kind.PROFILED}
FIRST, LAST = ("/C0", [0]), ("/C1", [1])
UNITS = [0, 1]


class Unseparable(ValueError):
    """Something whose plates cannot be made here."""


def tones(plates: Plates, inks: Sequence[int]) -> list[float]:
    """Return what is left of the light where these inks of a colour lie: 1 is bare paper."""
    return [1 - plates[ink] for ink in inks]


def tone_space(inks: Sequence[int]) -> pikepdf.Name:
    """Return the colour space in which so many inks are painted as light."""
    return pikepdf.Name("/DeviceRGB" if len(inks) == 3 else "/DeviceGray")


def recolour_picture(picture: pikepdf.Stream, space: Space, inks: Sequence[int]) -> None:
    """Turn a picture into its plates. Raises Unseparable where it cannot be decoded here."""
    if isinstance(picture.get("/Mask"), pikepdf.Array):
        raise Unseparable("a picture with a colour that is left out")
    if space.palette is not None:
        _recolour_palette(picture, space, inks)
    elif space.kind not in INKS:
        _whiten(picture, inks)
    elif space.components == 1:
        if inks == (3,):
            picture.ColorSpace = pikepdf.Name.DeviceGray
        else:
            _whiten(picture, inks)
    else:
        own = picture_inks(picture)
        if own is None:
            raise Unseparable("a picture of a kind that is not read here")
        _rewrite(picture, (255 - own[:, list(inks)]).tobytes(), inks)


def _recolour_palette(picture: pikepdf.Stream, space: Space, inks: Sequence[int]) -> None:
    assert space.palette is not None
    many = len(space.palette) // max(1, space.components)
    colours = [space.plates([float(at)]) or NO_INK for at in range(many)]
    table = bytes(round(255 * tone) for colour in colours for tone in tones(colour, inks))
    picture.ColorSpace = pikepdf.Array(
        [pikepdf.Name.Indexed, tone_space(inks), many - 1, pikepdf.String(table)]
    )


def _whiten(picture: pikepdf.Stream, inks: Sequence[int]) -> None:
    picture.Width = picture.Height = 1
    _rewrite(picture, b"\xff" * len(inks), inks)


def _rewrite(picture: pikepdf.Stream, content: bytes, inks: Sequence[int]) -> None:
    picture.write(content)
    picture.ColorSpace, picture.BitsPerComponent = tone_space(inks), 8
    if "/Decode" in picture:
        del picture["/Decode"]


def recolour_shading(pdf: pikepdf.Pdf, shading: pikepdf.Object, space: Space, inks: Sequence[int]) -> None:
    """Turn a gradient into its plates. Raises Unseparable where its colours are no steps."""
    shading["/ColorSpace"] = tone_space(inks)
    if "/Background" in shading:
        shading["/Background"] = _toned(shading["/Background"], space, inks)
    function = shading.get("/Function")
    if function is None or space.palette is not None:
        raise Unseparable("a gradient of a kind that is not read here")
    shading["/Function"] = _recoloured(pdf, function, space, inks, 0)


def _recoloured(
    pdf: pikepdf.Pdf, function: pikepdf.Object, space: Space, inks: Sequence[int], depth: int
) -> pikepdf.Object:
    """Return a function whose colours are plates."""
    if depth > MOST_DEPTH:
        raise Unseparable("a gradient nested beyond all measure")
    if isinstance(function, pikepdf.Array):
        if len(function) == 1:
            return _recoloured(pdf, function[0], space, inks, depth + 1)
        return _side_by_side(list(function), space, inks)
    kind = int(function["/FunctionType"])
    if kind == 2:
        new = pikepdf.Dictionary(FunctionType=2, Domain=function["/Domain"], N=function["/N"])
        for key, usual in (FIRST, LAST):
            new[key] = _toned(function.get(key, usual), space, inks)
        return new
    if kind == 3:
        parts = [_recoloured(pdf, part, space, inks, depth + 1) for part in function["/Functions"]]
        kept = {key: function[key] for key in ("/FunctionType", "/Domain", "/Bounds", "/Encode")}
        return pikepdf.Dictionary({**kept, "/Functions": pikepdf.Array(parts)})
    if kind == 0 and isinstance(function, pikepdf.Stream):
        return _recoloured_table(pdf, function, space, inks)
    raise Unseparable("a gradient by a program")


def _side_by_side(functions: Sequence[pikepdf.Object], space: Space, inks: Sequence[int]) -> pikepdf.Object:
    """Return functions of one component each, for the inks alone, each turned round."""
    if space.kind not in INKS or space.components != len(functions) or len(functions) != 4:
        raise Unseparable("a gradient of a kind that is not read here")
    turned = []
    for ink in inks:
        own = functions[ink]
        if int(own["/FunctionType"]) != 2:
            raise Unseparable("a gradient of a kind that is not read here")
        ends = {key: [1 - as_number(own.get(key, usual)[0])] for key, usual in (FIRST, LAST)}
        kept = {key: own[key] for key in ("/FunctionType", "/Domain", "/N")}
        turned.append(pikepdf.Dictionary({**kept, **{key: pikepdf.Array(end) for key, end in ends.items()}}))
    return pikepdf.Array(turned)


def _recoloured_table(
    pdf: pikepdf.Pdf, function: pikepdf.Stream, space: Space, inks: Sequence[int]
) -> pikepdf.Object:
    many = space.components
    is_plain = [as_number(value) for value in function.get("/Decode", function["/Range"])] == UNITS * many
    if int(function["/BitsPerSample"]) != 8 or not is_plain:
        raise Unseparable("a gradient of a kind that is not read here")
    content = function.read_bytes()
    rows = np.frombuffer(content, np.uint8, len(content) // many * many).reshape(-1, many)
    colours = [space.plates([value / 255 for value in row]) or NO_INK for row in rows.tolist()]
    table = bytes(round(255 * tone) for colour in colours for tone in tones(colour, inks))
    new = pikepdf.Stream(pdf, table)
    for key in ("/FunctionType", "/Domain", "/Size", "/BitsPerSample", "/Encode", "/Order"):
        if key in function:
            new[key] = function[key]
    new["/Range"] = pikepdf.Array(UNITS * len(inks))
    return new


def _toned(values: object, space: Space, inks: Sequence[int]) -> pikepdf.Array:
    colour = [as_number(value) for value in values]  # type: ignore[attr-defined]
    return pikepdf.Array(tones(space.plates(colour) or NO_INK, inks))
