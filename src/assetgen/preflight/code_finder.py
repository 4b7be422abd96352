"""Finding QR codes in pixels: what they say and where their modules lie, by zxing-cpp.

A module is one square of a code. In a code's own space the origin is the outer corner of its first
finder pattern and a module has a side of 1: a homography leads from there to pixels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image

from assetgen.geometry import Box, Polygon, around
from assetgen.preflight.canvas import Drawn

Floats = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]
QUIET_MODULES = 4


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code that was found: its corners in px (clockwise from its own first one), without the quiet zone.

    ``unused`` is the share of the error correction that was not needed to read it. ``text`` is None where a
    code was seen and not read.
    """

    text: str | None
    corners: Polygon
    modules: int
    unused: float

    @property
    def module_px(self) -> float:
        """Return the mean side of a module."""
        sides = zip(self.corners, self.corners[1:] + self.corners[:1], strict=True)
        around_px = sum(float(np.hypot(x2 - x1, y2 - y1)) for (x1, y1), (x2, y2) in sides)
        return around_px / (4 * self.modules)

    def grown(self, modules: float) -> Polygon:
        """Return the code's corners with so many modules more on every side."""
        near, far = -modules, self.modules + modules
        x, y = placed(
            homography(self), np.array([near, far, far, near]), np.array([near, near, far, far], float)
        )
        return tuple(zip(x.tolist(), y.tolist(), strict=True))

    def moved(self, drawn: Drawn) -> FoundCode:
        """Return the code in CSS px of the page, found in the pixels of a part of it."""
        across, down = _scales(drawn)
        corners = tuple((drawn.box.x + x / across, drawn.box.y + y / down) for x, y in self.corners)
        return replace(self, corners=corners)

    def within(self, drawn: Drawn) -> FoundCode:
        """Return a code of the page in the pixels of a part of it."""
        across, down = _scales(drawn)
        corners = tuple(((x - drawn.box.x) * across, (y - drawn.box.y) * down) for x, y in self.corners)
        return replace(self, corners=corners)


def _scales(drawn: Drawn) -> tuple[float, float]:
    return drawn.picture.width / drawn.box.width, drawn.picture.height / drawn.box.height


def grey(picture: Image.Image) -> Grey:
    """Return a picture's grey values, 0 to 255."""
    return np.asarray(picture.convert("L"))


def codes_in(pixels: Grey, unread: bool = False) -> list[FoundCode]:
    """Return the QR codes in grey pixels, from top to bottom; with ``unread`` those that cannot be read too."""
    barcodes = zxingcpp.read_barcodes(
        np.ascontiguousarray(pixels),
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=unread,
    )
    found = [_found(barcode) for barcode in barcodes]
    return sorted(found, key=lambda code: (code.corners[0][1], code.corners[0][0]))


def _found(barcode: zxingcpp.Barcode) -> FoundCode:
    place = barcode.position
    # Of a code that it could not make out zxing-cpp has nothing to tell.
    extra = cast("dict[str, Any] | None", barcode.extra) or {}
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    version = re.fullmatch(r"\d+", str(extra.get("Version", "")))
    return FoundCode(
        text=barcode.text if barcode.valid else None,
        corners=tuple((float(corner.x), float(corner.y)) for corner in corners),
        modules=17 + 4 * int(version[0] if version else 1),
        unused=float(extra.get("UEC", 0.0)),
    )


def homography(code: FoundCode) -> Floats:
    """Return the 3 × 3 matrix from a code's own space to pixels."""
    side = float(code.modules)
    return square_to(code.corners) @ np.diag([1 / side, 1 / side, 1.0])


def square_to(corners: Polygon) -> Floats:
    """Return the matrix from the unit square to four corners."""
    rows: list[list[float]] = []
    right: list[float] = []
    for (u, v), (x, y) in zip(((0, 0), (1, 0), (1, 1), (0, 1)), corners, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        right += [x, y]
    values = np.linalg.solve(np.array(rows, float), np.array(right, float))
    return np.append(values, 1.0).reshape(3, 3)


def placed(matrix: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return points led through a homography."""
    w = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    return (
        (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / w,
        (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / w,
    )


def bounds(polygon: Polygon) -> Box:
    """Return the smallest upright box around a polygon."""
    return around([Box(x, y, 0.0, 0.0) for x, y in polygon])
