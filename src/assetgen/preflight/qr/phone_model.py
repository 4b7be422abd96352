"""Simulate a phone that scans a QR code at a distance, and try to read the simulated pictures.

A phone with a 26 mm lens and a 1080p preview has N = 1390 × module ÷ distance pixels per module (both in mm). The code
is cut out with six modules around it and photographed with N pixels per module: tilted, blurred by 0.8 of a pixel,
with sensor noise and JPEG artefacts. It is photographed in bright light, and in dim light with little contrast. A phone
takes thirty frames a second, so a shot that cannot be read gets a second frame with a slightly different position (a
good code fails in one dim frame of a hundred). All random values have fixed seeds: the same code always gives the same
shots.

A campaign has the same code on hundreds of pages, each time at a different fraction of a pixel. If every pixel of a cut
code agrees with its modules and its quiet zone, an ideal code is drawn and tried instead, once for all pages.
Surroundings of many greys become a chequerboard of their extremes, which is harder to read than any real surroundings.
A code with a spot, a dent or a shadow is tried as it was found.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import product, takewhile
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from assetgen.geometry import Polygon
from assetgen.preflight.qr.code_finder import (
    QUIET_MODULES,
    Floats,
    FoundCode,
    Grey,
    homography,
    read_codes,
    to_grey,
)

PHONE_PX = 1390
# More pixels per module than this do not help a reader.
MAX_PX = 3.0
AROUND_MODULES = 6
BLUR_PX = 0.8
JPEG_QUALITY = 40
# The greatest rotation of the phone about its own axis, because nobody holds it straight.
TURN_DEG = 15.0
# The grey of the surroundings outside the file.
SURROUNDINGS_GREY = 128
# The pixels per module that are tried. Good codes need 2.2 to 2.6. The search goes along the first list while the code
# is read. If the first value fails, it goes along the second list until the code is read.
TRIED_DOWN_PX = (2.6, 2.5, 2.4, 2.3, 2.2, 2.1, 2.0, 1.9, 1.8, 1.7, 1.6, 1.5)
TRIED_UP_PX = (2.7, 2.8, 2.9, 3.0, 3.2, 3.5, 4.0, 4.5, 5.0, 6.0)


@dataclass(frozen=True, slots=True)
class Lighting:
    """The conditions of a shot: tilt of the phone, factor of brightness, noise in grey levels (one sigma)."""

    name: str
    tilt_deg: float
    gain: float
    noise: float


BRIGHT = Lighting("bright", 20.0, 1.0, 5.0)
DIM = Lighting("dim", 10.0, 0.35, 8.0)
SHOTS = tuple(product((BRIGHT, DIM), (1, 2, 3)))
FRAMES = (0, 100)  # added to a shot's seed


@dataclass(frozen=True, slots=True)
class CutCode:
    """A code cut out of its file: its grey pixels, and its corners in them.

    Codes with the same pixels are equal, so that results can be cached.
    """

    pixels: bytes
    size: tuple[int, int]
    corners: Polygon
    modules: int
    text: str

    @classmethod
    def of(cls, picture: Image.Image, code: FoundCode) -> CutCode:
        """Cut a code that was found in a picture, reduced to the resolution that the shots need."""
        factor = max(1, math.floor(code.module_px / (2 * MAX_PX)))
        small = picture.convert("L").reduce(factor)
        corners = tuple((x / factor, y / factor) for x, y in code.corners)
        return cls(small.tobytes(), small.size, corners, code.modules, code.text or "")

    @property
    def found(self) -> FoundCode:
        return FoundCode(self.text, self.corners, self.modules, 1.0)

    @property
    def picture(self) -> Image.Image:
        return Image.frombytes("L", self.size, self.pixels)


@dataclass(frozen=True, slots=True)
class ShotResults:
    """How many of the six shots zxing-cpp and zbar read; ``zbar_shots`` is None if zbar is not installed."""

    shots: int
    zbar_shots: int | None

    @property
    def passed(self) -> bool:
        """Return whether a phone reads the code: zxing-cpp all six shots, and zbar, if installed, at least five."""
        return self.shots == len(SHOTS) and (self.zbar_shots is None or self.zbar_shots >= len(SHOTS) - 1)


def px_per_module(module_mm: float, scan_m: float) -> float:
    """Return N, a phone's pixels per module at a distance in metres."""
    return PHONE_PX * module_mm / (scan_m * 1000)


@lru_cache(maxsize=64)
def try_shots(code: CutCode, n_px: float) -> ShotResults:
    """Try both readers on the six shots of a code with ``n_px`` pixels per module."""

    def count_read(reader: Reader) -> int:
        return sum(is_read(code, n_px, light, seed, reader) for light, seed in SHOTS)

    by_zbar = zbar_reader()
    return ShotResults(count_read(read_with_zxing), None if by_zbar is None else count_read(by_zbar))


@lru_cache(maxsize=64)
def min_px_per_module(code: CutCode) -> float | None:
    """Return the fewest pixels per module with which all three dim shots are read; None if even 6 are too few.

    Only zxing-cpp reads these shots, so that the number does not depend on whether zbar is installed.
    """
    reads = partial(_read_in_dim_light, code)
    down = list(takewhile(reads, TRIED_DOWN_PX))
    return down[-1] if down else next(filter(reads, TRIED_UP_PX), None)


def _read_in_dim_light(code: CutCode, n_px: float) -> bool:
    return all(is_read(code, n_px, light, seed, read_with_zxing) for light, seed in SHOTS if light is DIM)


Reader = Callable[[Grey], list[str]]


def is_read(code: CutCode, n_px: float, light: Lighting, seed: int, reader: Reader) -> bool:
    """Return whether a reader finds the code's text, and nothing else, in the first or the second frame of a shot."""
    return any(reader(take_shot(code, n_px, light, seed + frame)) == [code.text] for frame in FRAMES)


def read_with_zxing(pixels: Grey) -> list[str]:
    """Return the texts of the QR codes that zxing-cpp finds; '' for a code without text."""
    return [code.text or "" for code in read_codes(pixels)]


@lru_cache(maxsize=16)
def take_shot(code: CutCode, n_px: float, light: Lighting, seed: int) -> Grey:
    """Simulate a shot with ``n_px`` pixels per module; return its grey pixels. The same seed gives the same shot."""
    side = math.ceil((code.modules + 2 * AROUND_MODULES) * n_px)
    found = code.found
    from_phone, noise = _random_parts(code.modules, n_px, light, seed, side)
    matrix = homography(found) @ from_phone
    matrix /= matrix[2, 2]
    blurred = _blurred(code, BLUR_PX * found.module_px / n_px)
    projected = blurred.transform(
        (side, side), Image.Transform.PERSPECTIVE, tuple(matrix.flatten()[:8].tolist()),
        Image.Resampling.BICUBIC, fillcolor=SURROUNDINGS_GREY,
    )  # fmt: skip
    noisy = np.asarray(projected, np.float64) * light.gain + noise
    out = io.BytesIO()
    Image.fromarray(np.clip(noisy + 0.5, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=JPEG_QUALITY)
    return to_grey(Image.open(out))


@lru_cache(maxsize=8)
def _blurred(code: CutCode, radius_px: float) -> Image.Image:
    return code.picture.filter(ImageFilter.GaussianBlur(radius_px))


@lru_cache(maxsize=64)
def _random_parts(modules: int, n_px: float, light: Lighting, seed: int, side: int) -> tuple[Floats, Floats]:
    """Return the random parts of a shot: the matrix from the phone's pixels to code space, and the sensor noise.

    They are the same for every code of one size.
    """
    random = np.random.default_rng(seed)
    to_phone = _camera(modules, n_px, light.tilt_deg, random, side)
    return np.asarray(np.linalg.inv(to_phone), np.float64), random.normal(0.0, light.noise, (side, side))


def _camera(modules: int, n_px: float, tilt_deg: float, random: np.random.Generator, side: int) -> Floats:
    """Return the matrix from code space to the pixels of a phone that is turned, and tilted about a random axis."""
    turn = math.radians(random.uniform(-TURN_DEG, TURN_DEG))
    axis = random.uniform(0, 2 * math.pi)
    offset_x, offset_y = random.uniform(-0.5, 0.5, 2)
    tilt = math.radians(tilt_deg)
    rotation = _rotation_z(axis) @ _rotation_x(tilt) @ _rotation_z(turn - axis)
    distance = PHONE_PX / n_px
    middle = modules / 2
    plane = np.column_stack((rotation[:, 0], rotation[:, 1], np.array([0.0, 0.0, distance])))
    lens = np.array([[PHONE_PX, 0, side / 2 + offset_x], [0, PHONE_PX, side / 2 + offset_y], [0, 0, 1.0]])
    return np.asarray(lens @ plane @ np.array([[1, 0, -middle], [0, 1, -middle], [0, 0, 1.0]]))


def _rotation_z(angle: float) -> Floats:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def _rotation_x(angle: float) -> Floats:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]])


@cache
def zbar_reader() -> Reader | None:
    """Return a function that reads QR codes with zbar; None if pyzbar or its library is not installed."""
    try:
        from pyzbar import pyzbar
    except ImportError:
        return None

    def read(pixels: Grey) -> list[str]:
        found = pyzbar.decode(Image.fromarray(pixels), symbols=[pyzbar.ZBarSymbol.QRCODE])
        return [cast("bytes", code.data).decode("utf-8", "replace") for code in found]

    return read


# Modules with fewer pixels than this are mostly edge, so no ideal is made of them.
MIN_IDEAL_MODULE_PX = 8.0
# The greatest distance of the corners of an upright code from its sides, and the width of a module's soft edge.
SLACK_PX, SOFT_EDGE_PX = 1.5, 1.6
# The greatest difference, in grey levels, of a pixel from its module's colour, and of plain surroundings from their
# mean.
MAX_MODULE_LEVELS, MAX_AROUND_LEVELS = 8, 40
# The greys of the surroundings are rounded to steps of this many levels.
AROUND_STEP = 32
IDEAL_MODULE_PX = round(2 * MAX_PX)
# The ideal is blurred by this much, so that it is no easier to read than a real code between two pixels. On twenty
# pages, the ideal needs 2.58 pixels per module on average, the real codes 2.55.
SOFTENED_PX = 0.5
Bits = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.floating[Any]]


def idealise(pixels: Grey, code: FoundCode) -> CutCode | None:
    """Return an ideal drawing of a code, with the same modules and colours.

    The result is None if the pixels differ from the ideal, or if the code is tilted, too small or cut off.
    """
    left, top, right, bottom = _sides(code)
    upright = ((left, top), (right, top), (right, bottom), (left, bottom))
    distance = float(np.abs(np.subtract(code.corners, upright)).max())
    if distance > SLACK_PX or code.module_px < MIN_IDEAL_MODULE_PX:
        return None
    # The positions of the pixels in code space.
    across = (np.arange(pixels.shape[1]) + 0.5 - left) * code.modules / (right - left)
    down = (np.arange(pixels.shape[0]) + 0.5 - top) * code.modules / (bottom - top)
    centres = np.arange(code.modules) + 0.5
    if any(along[0] > centres[0] or along[-1] < centres[-1] for along in (across, down)):
        return None
    values = pixels[np.ix_(np.searchsorted(down, centres), np.searchsorted(across, centres))]
    threshold = (int(values.min()) + int(values.max())) / 2
    bits = np.pad(values > threshold, QUIET_MODULES, constant_values=True)
    light, dark = int(np.median(values[values > threshold])), int(np.median(values[values <= threshold]))
    if not _is_clean(pixels, bits, (light, dark), (down, across), code.module_px):
        return None
    around = _around(pixels, code.modules, (down, across))
    return None if around is None else _draw_ideal(code, bits, (light, dark), around)


def _sides(code: FoundCode) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of a code that is nearly upright."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = code.corners
    return (x0 + x3) / 2, (y0 + y1) / 2, (x1 + x2) / 2, (y2 + y3) / 2


def _is_clean(
    pixels: Grey,
    bits: Bits,
    colours: tuple[int, int],
    positions: tuple[Positions, Positions],
    module_px: float,
) -> bool:
    """Return whether each pixel of the code and its quiet zone has its module's colour, except at soft edges."""
    inside, modules = [], []
    for along in positions:
        module = np.floor(along).astype(int) + QUIET_MODULES
        is_soft = np.abs(along - np.round(along)) * module_px < SOFT_EDGE_PX
        inside.append(np.flatnonzero((module >= 0) & (module < len(bits)) & ~is_soft))
        modules.append(module[inside[-1]])
    light, dark = colours
    expected = np.where(bits, light, dark).astype(np.int16)[np.ix_(*modules)]
    return bool((np.abs(pixels[np.ix_(*inside)] - expected) <= MAX_MODULE_LEVELS).all())


def _around(pixels: Grey, modules: int, positions: tuple[Positions, Positions]) -> tuple[int, int] | None:
    """Return two greys that stand for the surroundings of the quiet zone; None if the picture has none.

    Plain surroundings give their mean twice, others their darkest and their lightest grey. All are rounded to steps.
    """
    outside = [
        (along < -QUIET_MODULES - 0.25) | (along > modules + QUIET_MODULES + 0.25) for along in positions
    ]
    ring = pixels[outside[0][:, None] | outside[1][None, :]].astype(np.float32)
    if not ring.size:
        return None
    mean, low, high = float(ring.mean()), float(ring.min()), float(ring.max())
    if max(high - mean, mean - low) <= MAX_AROUND_LEVELS:
        low = high = round(mean / AROUND_STEP) * AROUND_STEP
    else:
        low, high = low // AROUND_STEP * AROUND_STEP, -(-high // AROUND_STEP) * AROUND_STEP
    return min(255, int(low)), min(255, int(high))


def _draw_ideal(code: FoundCode, bits: Bits, colours: tuple[int, int], around: tuple[int, int]) -> CutCode:
    """Draw a code with its quiet zone in two colours, and a chequerboard of two greys around it."""
    values = np.where(bits, *colours).astype(np.uint8)
    beyond = AROUND_MODULES - QUIET_MODULES
    whole = np.array(around, np.uint8)[np.indices((len(bits) + 2 * beyond,) * 2).sum(axis=0) % 2]
    whole[beyond:-beyond, beyond:-beyond] = values
    picture = Image.fromarray(np.kron(whole, np.ones((IDEAL_MODULE_PX, IDEAL_MODULE_PX), np.uint8)))
    picture = picture.filter(ImageFilter.BoxBlur(SOFTENED_PX))
    near, far = AROUND_MODULES * IDEAL_MODULE_PX, (AROUND_MODULES + code.modules) * IDEAL_MODULE_PX
    corners = tuple((float(x), float(y)) for x, y in ((near, near), (far, near), (far, far), (near, far)))
    return CutCode(picture.tobytes(), picture.size, corners, code.modules, code.text or "")
