"""The ink of a picture in a PDF: its four plates as they are printed, and the heaviest of its pixels."""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pikepdf
from PIL import Image, ImageFile

from assetgen.preflight.colour_space import EVERY_INK, Plates, Space
from assetgen.preflight.graphics_state import as_number
from assetgen.units import MOST_PIXELS

Inks = npt.NDArray[np.uint8]
Told = TypeVar("Told")
BITS = 8
MOST_TOLD = 256
PIXELS_AT_ONCE, ROWS_AT_ONCE = 1 << 20, 256
# Neighbours that differ by no more are a gradient with its grain against banding; an edge is ten times that.
SOFT_STEP = 12.0


class _Memory(Generic[Told]):
    """What was reckoned of pictures, by their bytes: the same ones stand on the pages of many partners."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[bytes, str], Told] = OrderedDict()

    def of(self, stream: pikepdf.Stream, reckon: Callable[[Inks], Told], unread: Told) -> Told:
        """Return what is reckoned of a picture's inks; ``unread`` where it cannot be decoded here."""
        key = (hashlib.sha256(stream.read_raw_bytes()).digest(), str(stream.get("/Decode")))
        if key not in self._told:
            inks = picture_inks(stream)
            self._told[key] = unread if inks is None else reckon(inks)
            if len(self._told) > MOST_TOLD:
                self._told.popitem(last=False)
        return self._told[key]


_heaviest: _Memory[tuple[Plates, float]] = _Memory()
_steepest: _Memory[float] = _Memory()


def picture_inks(stream: pikepdf.Stream) -> Inks | None:
    """Return the plates of a picture in device's CMYK, one row a pixel, 255 for full ink; None of any other.

    Pillow turns a JPEG of Adobe's round by itself; ``/Decode`` says whether the raw values mean paper or ink.
    """
    size = (int(stream["/Width"]), int(stream["/Height"]))
    if size[0] * size[1] > MOST_PIXELS or int(stream.get("/BitsPerComponent", BITS)) != BITS:
        return None
    filters = _filters(stream)
    if filters == ["/DCTDecode"]:
        inks = _jpeg_inks(stream.read_raw_bytes(), size)
        if inks is None:
            return None
    elif set(filters) <= {
        "/FlateDecode",
        "/LZWDecode",
        "/ASCII85Decode",
        "/ASCIIHexDecode",
        "/RunLengthDecode",
    }:
        content = stream.read_bytes()
        if len(content) < size[0] * size[1] * 4:
            return None
        inks = np.frombuffer(content, np.uint8, size[0] * size[1] * 4).reshape(-1, 4)
    else:
        return None
    decode = [as_number(value) for value in stream.get("/Decode", [0, 1] * 4)]
    if decode == [1, 0] * 4:
        return 255 - inks
    return inks if decode == [0, 1] * 4 else None


def _jpeg_inks(content: bytes, size: tuple[int, int]) -> Inks | None:
    # The layout engine lets Pillow take broken files for whole ones, in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            if picture.mode != "CMYK" or picture.size != size:
                return None
            inks: Inks = np.asarray(picture).reshape(-1, 4)
            return 255 - inks if "adobe" in picture.info else inks
    except (OSError, SyntaxError, Image.DecompressionBombError):
        return None


def heaviest_in(stream: pikepdf.Stream, space: Space) -> tuple[Plates, float] | None:
    """Return the most that a picture has on each plate, and in any pixel on all together; None where it has no inks.

    Of what cannot be decoded here it is all that its colour space allows.
    """
    most = space.heaviest()
    if most is None or space.components != 4 or space.palette is not None:
        return most
    return _heaviest.of(stream, lambda inks: (used_plates(inks), heaviest_pixel(inks)), (EVERY_INK, 4.0))


def is_soft(stream: pikepdf.Stream, space: Space) -> bool:
    """Say whether a picture has no edge anywhere, so that more pixels would show no more: a light, a haze.

    Only pictures in device's CMYK are looked at.
    """
    if space.components != 4 or space.palette is not None:
        return False
    return (
        _steepest.of(stream, lambda inks: _steepest_step(inks, int(stream["/Width"])), unread=255.0)
        <= SOFT_STEP
    )


def _steepest_step(inks: Inks, width: int) -> float:
    """Return the largest difference between a pixel and the next, across and down, on any plate; 255 is all."""
    rows = inks.reshape(-1, width, 4)
    most = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE + 1].astype(np.int16)
        for axis in (0, 1):
            most = max(most, int(np.abs(np.diff(part, axis=axis)).max(initial=0)))
    return float(most)


def used_plates(inks: Inks) -> Plates:
    """Return 1 for each plate that has ink anywhere, 0 for one that has none."""
    used = int(np.bitwise_or.reduce(np.ascontiguousarray(inks).view(np.uint32), axis=None))
    cyan, magenta, yellow, black = (float(plate > 0) for plate in np.array([used], np.uint32).view(np.uint8))
    return cyan, magenta, yellow, black


def heaviest_pixel(inks: Inks) -> float:
    """Return the most ink that any pixel has, 1 for one full plate.

    Four bytes are added as two pairs in one word: in a tenth of the time that adding columns takes.
    """
    words = np.ascontiguousarray(inks).view(np.uint32).reshape(-1)
    most = 0
    for start in range(0, len(words), PIXELS_AT_ONCE):
        part = words[start : start + PIXELS_AT_ONCE]
        pairs = (part & 0x00FF00FF) + ((part >> 8) & 0x00FF00FF)
        most = max(most, int(((pairs & 0xFFFF) + (pairs >> 16)).max(initial=0)))
    return most / 255


def _filters(stream: pikepdf.Stream) -> list[str]:
    named = stream.get("/Filter")
    if named is None:
        return []
    return [str(one) for one in named] if isinstance(named, pikepdf.Array) else [str(named)]
