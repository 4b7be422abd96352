"""Find QR codes in pixels with zxing-cpp, and measure margin and contrast.

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

from assetgen.colour import contrast, luminances
from assetgen.geometry import Box, Polygon, around
from assetgen.preflight.pdf.canvas import DrawnArea

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

    def moved(self, drawn: DrawnArea) -> FoundCode:
        """Return the code in CSS px of the page, found in the pixels of a part of it."""
        across, down = drawn.pixels_per_px
        corners = tuple((drawn.box.x + x / across, drawn.box.y + y / down) for x, y in self.corners)
        return replace(self, corners=corners)

    def within(self, drawn: DrawnArea) -> FoundCode:
        """Return a code of the page in the pixels of a part of it."""
        across, down = drawn.pixels_per_px
        corners = tuple(((x - drawn.box.x) * across, (y - drawn.box.y) * down) for x, y in self.corners)
        return replace(self, corners=corners)


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


# A ring is dirty when more than this share of it is darker than the light by this share of the contrast.
DIRTY_SHARE = 0.01
DIRTY_DEPTH = 0.3
RING_STEP = 1 / 8
# The first ring keeps off the blurred edge of the outermost modules.
FIRST_RING_MODULES, FIRST_RING_PX = 0.25, 1.7
# A ring is read half a pixel inside: where the margin ends with a pixel, that pixel is the last clear one.
INSIDE_PX = 0.5
# How far the corners that zxing-cpp tells may lie off, in modules: so far may a ring leave the sheet.
SLACK_MODULES = 0.1
# The palest of the dark modules and the darkest of the light ones count, but for one in ten (a logo, a speck).
PALE_SHARE = 0.1
FINDER = 7
# Points about the middle of a module.
FIVE = np.array(((0.5, 0.5), (0.35, 0.35), (0.65, 0.35), (0.35, 0.65), (0.65, 0.65)))


@dataclass(frozen=True, slots=True)
class Background:
    """What was measured: the clear margin in modules (4 at most), the WCAG ratio, and which way round."""

    quiet_modules: float
    contrast: float
    dark_on_light: bool


def background_of(picture: Image.Image, pixels: Grey, code: FoundCode, sheet: Box) -> Background:
    """Measure a code in the picture that it was found in; ``sheet`` is what is left of it after trimming, in px.

    ``pixels`` are the picture's greys.
    """
    matrix = homography(code)
    values = _modules(picture, matrix, code.modules)
    middle = _middle(values)
    light, dark = values[values > middle], values[values <= middle]
    if not light.size:
        return Background(0.0, 1.0, True)
    lightest = float(np.quantile(light, PALE_SHARE))
    darkest = float(np.quantile(dark, 1 - PALE_SHARE))
    return Background(
        quiet_modules=_quiet(pixels, code, matrix, sheet),
        contrast=contrast(lightest, darkest),
        dark_on_light=_finders_are_dark(values, middle),
    )


def _middle(values: Floats) -> float:
    """Return the value between the dark and the light ones."""
    return float(np.quantile(values, (0.1, 0.9)).mean())


def _modules(picture: Image.Image, matrix: Floats, modules: int) -> Floats:
    """Return the relative luminance (WCAG 2.2) of each module: of five points about its middle."""
    y, x = np.mgrid[0:modules, 0:modules].astype(np.float64)
    at_x, at_y = placed(matrix, x + FIVE[:, 0, None, None], y + FIVE[:, 1, None, None])
    return np.asarray(luminances(_pixels_at(np.asarray(picture), at_x, at_y)).mean(axis=0), np.float64)


def _at(pixels: Grey, x: Floats, y: Floats) -> Floats:
    return np.asarray(_pixels_at(pixels, x, y), np.float64)


def _pixels_at(pixels: Grey, x: Floats, y: Floats) -> Grey:
    """Return the pixels at points; those off the picture are the nearest on it."""
    column = np.clip(np.floor(x), 0, pixels.shape[1] - 1).astype(int)
    row = np.clip(np.floor(y), 0, pixels.shape[0] - 1).astype(int)
    return np.asarray(pixels[row, column])


def _finders_are_dark(values: Floats, middle: float) -> bool:
    """Say whether the heart of the first finder pattern is darker than the ring around it."""
    finder = values[:FINDER, :FINDER]
    heart = finder[2:5, 2:5].mean()
    ring = np.concatenate((finder[1, 1:6], finder[5, 1:6], finder[2:5, 1], finder[2:5, 5])).mean()
    return bool(heart < ring) and bool(heart <= middle)


def _quiet(pixels: Grey, code: FoundCode, matrix: Floats, sheet: Box) -> float:
    """Return how many modules around the code are clear, in eighths, measured ring by ring outwards."""
    y, x = np.mgrid[0 : code.modules, 0 : code.modules].astype(np.float64) + 0.5
    inside = _at(pixels, *placed(matrix, x, y))
    middle = _middle(inside)
    light = float(np.median(inside[inside > middle])) if (inside > middle).any() else 255.0
    dark = float(np.median(inside[inside <= middle]))
    least = light - DIRTY_DEPTH * (light - dark)
    slack = SLACK_MODULES * code.module_px
    first = max(FIRST_RING_MODULES, FIRST_RING_PX / code.module_px)
    rings = np.arange(first, QUIET_MODULES + RING_STEP / 2, RING_STEP)
    rings = rings[rings <= QUIET_MODULES]
    points = [_ring(code.modules, ring - INSIDE_PX / code.module_px) for ring in rings]
    at_x, at_y = placed(matrix, *np.concatenate(points, axis=1))
    off = (at_x < sheet.x - slack) | (at_x > sheet.right + slack)
    off |= (at_y < sheet.y - slack) | (at_y > sheet.bottom + slack)
    dirty = off | (_at(pixels, at_x, at_y) < least)
    if not dirty.any():
        return float(QUIET_MODULES)
    starts = np.cumsum([0, *(ring.shape[1] for ring in points)])
    reach = 0.0
    for ring, start, end in zip(rings.tolist(), starts, starts[1:], strict=False):
        if dirty[start:end].mean() > DIRTY_SHARE:
            return reach
        reach = ring
    return float(QUIET_MODULES)


def _ring(modules: int, away: float) -> Floats:
    """Return points, four to a module, on a square so far outside the code: a row of x and one of y."""
    near, far = -away, modules + away
    many = max(8, int((far - near) * 4))
    along = near + np.arange(many) * ((far - near) / (many - 1))
    points = np.empty((2, 4 * many))
    points[0, : 2 * many] = points[1, 2 * many :] = np.tile(along, 2)
    points[1, :many] = points[0, 2 * many : 3 * many] = near
    points[1, many : 2 * many] = points[0, 3 * many :] = far
    return points
