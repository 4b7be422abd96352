"""Find QR codes in pixels with zxing-cpp, and measure their quiet zone and contrast.

A module is one square of a code. Code space has its origin at the outer corner of the code's first finder pattern,
and one module as its unit. A homography maps code space to pixels.
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
from assetgen.geometry import Box, Polygon, bounding_box
from assetgen.preflight.pdf.canvas import DrawnArea

Floats = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]
QUIET_MODULES = 4


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A QR code that was found in a picture.

    ``corners`` are in px, clockwise from the code's own first corner, without the quiet zone. ``modules`` is the number
    of modules per side. ``unused`` is the share of the error correction that reading did not use up. ``text`` is None
    if the code was detected but could not be read.
    """

    text: str | None
    corners: Polygon
    modules: int
    unused: float

    @property
    def module_px(self) -> float:
        """Return the mean side of a module in px."""
        sides = zip(self.corners, self.corners[1:] + self.corners[:1], strict=True)
        around_px = sum(float(np.hypot(x2 - x1, y2 - y1)) for (x1, y1), (x2, y2) in sides)
        return around_px / (4 * self.modules)

    def corners_grown(self, modules: float) -> Polygon:
        """Return the corners of the code enlarged by this many modules on every side."""
        near, far = -modules, self.modules + modules
        x, y = apply_homography(
            homography(self), np.array([near, far, far, near]), np.array([near, near, far, far], float)
        )
        return tuple(zip(x.tolist(), y.tolist(), strict=True))

    def to_page(self, drawn: DrawnArea) -> FoundCode:
        """Return the code with its corners converted from pixels of a drawn area to CSS px of the page."""
        across, down = drawn.pixels_per_px
        corners = tuple((drawn.box.x + x / across, drawn.box.y + y / down) for x, y in self.corners)
        return replace(self, corners=corners)

    def to_pixels(self, drawn: DrawnArea) -> FoundCode:
        """Return the code with its corners converted from CSS px of the page to pixels of a drawn area."""
        across, down = drawn.pixels_per_px
        corners = tuple(((x - drawn.box.x) * across, (y - drawn.box.y) * down) for x, y in self.corners)
        return replace(self, corners=corners)


def to_grey(picture: Image.Image) -> Grey:
    """Return a picture's grey values, 0 to 255."""
    return np.asarray(picture.convert("L"))


def read_codes(pixels: Grey, unread: bool = False) -> list[FoundCode]:
    """Return the QR codes in grey pixels, from top to bottom. ``unread`` includes codes that cannot be read."""
    barcodes = zxingcpp.read_barcodes(
        np.ascontiguousarray(pixels),
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=unread,
    )
    found = [_as_found_code(barcode) for barcode in barcodes]
    return sorted(found, key=lambda code: (code.corners[0][1], code.corners[0][0]))


def _as_found_code(barcode: zxingcpp.Barcode) -> FoundCode:
    position = barcode.position
    # zxing-cpp returns no extra values for a code that it could not read.
    extra = cast("dict[str, Any] | None", barcode.extra) or {}
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    version = re.fullmatch(r"\d+", str(extra.get("Version", "")))
    return FoundCode(
        text=barcode.text if barcode.valid else None,
        corners=tuple((float(corner.x), float(corner.y)) for corner in corners),
        modules=17 + 4 * int(version[0] if version else 1),
        unused=float(extra.get("UEC", 0.0)),
    )


def homography(code: FoundCode) -> Floats:
    """Return the 3 × 3 matrix from code space to pixels."""
    side = float(code.modules)
    return homography_to_corners(code.corners) @ np.diag([1 / side, 1 / side, 1.0])


def homography_to_corners(corners: Polygon) -> Floats:
    """Return the 3 × 3 matrix from the unit square to four corners."""
    rows: list[list[float]] = []
    right: list[float] = []
    for (u, v), (x, y) in zip(((0, 0), (1, 0), (1, 1), (0, 1)), corners, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        right += [x, y]
    values = np.linalg.solve(np.array(rows, float), np.array(right, float))
    return np.append(values, 1.0).reshape(3, 3)


def apply_homography(matrix: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Apply a homography to points; return their new x and y."""
    w = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    return (
        (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / w,
        (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / w,
    )


def corners_box(polygon: Polygon) -> Box:
    """Return the smallest upright box around a polygon."""
    return bounding_box([Box(x, y, 0.0, 0.0) for x, y in polygon])


# The quiet zone is measured in square rings around the code. A ring is not clear if more than this share of it is
# darker than the light modules by more than this share of the contrast.
UNCLEAR_SHARE = 0.01
UNCLEAR_DEPTH = 0.3
RING_STEP_MODULES = 1 / 8
# The first ring avoids the anti-aliased edge of the outermost modules.
FIRST_RING_MODULES, FIRST_RING_PX = 0.25, 1.7
# A ring is sampled half a pixel further in, so that a quiet zone that ends with a pixel includes that pixel.
INSIDE_PX = 0.5
# The error of zxing-cpp's corners, in modules. A ring may reach this far outside the sheet.
SLACK_MODULES = 0.1
# Contrast is that of the lightest dark modules and the darkest light modules, ignoring one in ten (a logo, a speck).
IGNORED_SHARE = 0.1
FINDER_MODULES = 7
# Points around the centre of a module.
SAMPLE_POINTS = np.array(((0.5, 0.5), (0.35, 0.35), (0.65, 0.35), (0.35, 0.65), (0.65, 0.65)))


@dataclass(frozen=True, slots=True)
class CodeBackground:
    """Measurements of a code and its background.

    ``quiet_modules`` is the width of the quiet zone in modules, 4 at most. ``contrast`` is the WCAG ratio of light and
    dark modules. ``dark_on_light`` is False for an inverted code.
    """

    quiet_modules: float
    contrast: float
    dark_on_light: bool


def measure_background(picture: Image.Image, pixels: Grey, code: FoundCode, sheet: Box) -> CodeBackground:
    """Measure the quiet zone, contrast and polarity of a code in its picture.

    ``pixels`` are the picture's grey values. ``sheet`` is the part of the picture that remains after trimming, in px.
    """
    matrix = homography(code)
    values = _modules(picture, matrix, code.modules)
    middle = _middle(values)
    light, dark = values[values > middle], values[values <= middle]
    if not light.size:
        return CodeBackground(0.0, 1.0, True)
    darkest_light = float(np.quantile(light, IGNORED_SHARE))
    lightest_dark = float(np.quantile(dark, 1 - IGNORED_SHARE))
    return CodeBackground(
        quiet_modules=_measure_quiet_zone(pixels, code, matrix, sheet),
        contrast=contrast(darkest_light, lightest_dark),
        dark_on_light=_is_finder_dark(values, middle),
    )


def _middle(values: Floats) -> float:
    """Return a threshold between dark and light values."""
    return float(np.quantile(values, (0.1, 0.9)).mean())


def _modules(picture: Image.Image, matrix: Floats, modules: int) -> Floats:
    """Return the relative luminance (WCAG 2.2) of each module, as the mean of five points around its centre."""
    y, x = np.mgrid[0:modules, 0:modules].astype(np.float64)
    at_x, at_y = apply_homography(
        matrix, x + SAMPLE_POINTS[:, 0, None, None], y + SAMPLE_POINTS[:, 1, None, None]
    )
    return np.asarray(luminances(_pixels_at(np.asarray(picture), at_x, at_y)).mean(axis=0), np.float64)


def _grey_at(pixels: Grey, x: Floats, y: Floats) -> Floats:
    return np.asarray(_pixels_at(pixels, x, y), np.float64)


def _pixels_at(pixels: Grey, x: Floats, y: Floats) -> Grey:
    """Return the pixels at points. A point outside the picture gets the nearest pixel."""
    column = np.clip(np.floor(x), 0, pixels.shape[1] - 1).astype(int)
    row = np.clip(np.floor(y), 0, pixels.shape[0] - 1).astype(int)
    return np.asarray(pixels[row, column])


def _is_finder_dark(values: Floats, middle: float) -> bool:
    """Return whether the centre of the first finder pattern is dark, and darker than the ring around it."""
    finder = values[:FINDER_MODULES, :FINDER_MODULES]
    centre = finder[2:5, 2:5].mean()
    ring = np.concatenate((finder[1, 1:6], finder[5, 1:6], finder[2:5, 1], finder[2:5, 5])).mean()
    return bool(centre < ring) and bool(centre <= middle)


def _measure_quiet_zone(pixels: Grey, code: FoundCode, matrix: Floats, sheet: Box) -> float:
    """Return the width of the quiet zone in modules, in steps of an eighth, measured ring by ring outwards."""
    y, x = np.mgrid[0 : code.modules, 0 : code.modules].astype(np.float64) + 0.5
    inside = _grey_at(pixels, *apply_homography(matrix, x, y))
    middle = _middle(inside)
    light = float(np.median(inside[inside > middle])) if (inside > middle).any() else 255.0
    dark = float(np.median(inside[inside <= middle]))
    min_light = light - UNCLEAR_DEPTH * (light - dark)
    slack = SLACK_MODULES * code.module_px
    first = max(FIRST_RING_MODULES, FIRST_RING_PX / code.module_px)
    rings = np.arange(first, QUIET_MODULES + RING_STEP_MODULES / 2, RING_STEP_MODULES)
    rings = rings[rings <= QUIET_MODULES]
    points = [_ring(code.modules, ring - INSIDE_PX / code.module_px) for ring in rings]
    at_x, at_y = apply_homography(matrix, *np.concatenate(points, axis=1))
    off_sheet = (at_x < sheet.x - slack) | (at_x > sheet.right + slack)
    off_sheet |= (at_y < sheet.y - slack) | (at_y > sheet.bottom + slack)
    unclear = off_sheet | (_grey_at(pixels, at_x, at_y) < min_light)
    if not unclear.any():
        return float(QUIET_MODULES)
    starts = np.cumsum([0, *(ring.shape[1] for ring in points)])
    clear = 0.0
    for ring, start, end in zip(rings.tolist(), starts, starts[1:], strict=False):
        if unclear[start:end].mean() > UNCLEAR_SHARE:
            return clear
        clear = ring
    return float(QUIET_MODULES)


def _ring(modules: int, distance: float) -> Floats:
    """Return points on a square ``distance`` modules outside the code, four per module. The rows are x and y."""
    near, far = -distance, modules + distance
    count = max(8, int((far - near) * 4))
    along = near + np.arange(count) * ((far - near) / (count - 1))
    points = np.empty((2, 4 * count))
    points[0, : 2 * count] = points[1, 2 * count :] = np.tile(along, 2)
    points[1, :count] = points[0, 2 * count : 3 * count] = near
    points[1, count : 2 * count] = points[0, 3 * count :] = far
    return points
