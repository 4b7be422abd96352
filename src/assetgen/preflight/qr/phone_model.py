"""Model what a phone at some distance sees of a QR code, and who can read it.

A phone with a 26 mm lens and a 1080p preview has N = 1390 × module ÷ distance pixels for each module (both
in mm). The code, cut out with six modules around it, is shot with N pixels a module, tilted, out of focus by
0.8 of a pixel, with a sensor's noise and JPEG's blocks: in bright light, and in dim light with little
contrast left. A phone looks at thirty frames a second: a shot that is not read at first gets a second
frame, held a little otherwise (a sound code fails one dim frame in a hundred). Nothing is left to chance:
the same code gives the same shots.

A campaign has one code on hundreds of pages, each time on other fractions of a pixel. Where a cut-out is, pixel for
pixel, its own squares on a clear margin with whatever around it, that ideal is what a phone is shown: it is
tried once. A neighbourhood of many greys becomes a chequer of its
extremes, which is harder than any. A speck, a dent, a shade, and the code is tried as it was found.
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
    codes_in,
    grey,
    homography,
)

PHONE_PX = 1390
# With more pixels a module nothing gets better that a reader would need.
MAX_PX = 3.0
AROUND_MODULES = 6
BLUR_PX = 0.8
JPEG_QUALITY = 40
# How far the phone may be turned about its own axis: nobody holds it straight.
TURN_DEG = 15.0
# What lies around the code in the world beyond the file: a wall in half light.
WALL = 128
# The least number of pixels a module is sought from where good codes have theirs, down or up.
DOWN_PX = (2.6, 2.5, 2.4, 2.3, 2.2, 2.1, 2.0, 1.9, 1.8, 1.7, 1.6, 1.5)
UP_PX = (2.7, 2.8, 2.9, 3.0, 3.2, 3.5, 4.0, 4.5, 5.0, 6.0)


@dataclass(frozen=True, slots=True)
class Lighting:
    """How a shot is taken: tilt of the phone, share of the light, noise in grey levels (one sigma)."""

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
    """A code cut out of its file: grey pixels, its corners in them. Two that look the same are the same."""

    pixels: bytes
    size: tuple[int, int]
    corners: Polygon
    modules: int
    text: str

    @classmethod
    def of(cls, picture: Image.Image, code: FoundCode) -> CutCode:
        """Return a code that was found in a picture as what a phone is shown: no finer than it needs."""
        finer = max(1, math.floor(code.module_px / (2 * MAX_PX)))
        small = picture.convert("L").reduce(finer)
        corners = tuple((x / finer, y / finer) for x, y in code.corners)
        return cls(small.tobytes(), small.size, corners, code.modules, code.text or "")

    @property
    def found(self) -> FoundCode:
        return FoundCode(self.text, self.corners, self.modules, 1.0)

    @property
    def picture(self) -> Image.Image:
        return Image.frombytes("L", self.size, self.pixels)


@dataclass(frozen=True, slots=True)
class Trial:
    """How many of the six shots zxing-cpp and zbar read; None where zbar is not installed."""

    shots: int
    zbar_shots: int | None

    @property
    def passed(self) -> bool:
        """Say whether a phone reads the code: all six shots by the one, five by the other."""
        return self.shots == len(SHOTS) and (self.zbar_shots is None or self.zbar_shots >= len(SHOTS) - 1)


def px_per_module(module_mm: float, scan_m: float) -> float:
    """Return N, the pixels that a phone at a distance has for a module."""
    return PHONE_PX * module_mm / (scan_m * 1000)


@lru_cache(maxsize=64)
def tried(code: CutCode, n_px: float) -> Trial:
    """Return who reads the six shots of a code with ``n_px`` pixels a module."""

    def read_by(reader: Reader) -> int:
        return sum(is_read(code, n_px, light, seed, reader) for light, seed in SHOTS)

    by_zbar = zbar()
    return Trial(read_by(by_zxing), None if by_zbar is None else read_by(by_zbar))


@lru_cache(maxsize=64)
def least_px(code: CutCode) -> float | None:
    """Return the least pixels a module that are read in dim light, each of the three times; None: never.

    zxing-cpp alone is asked, so that the figure is the same on every machine.
    """
    reads = partial(_read_in_dim_light, code)
    down = list(takewhile(reads, DOWN_PX))
    return down[-1] if down else next(filter(reads, UP_PX), None)


def _read_in_dim_light(code: CutCode, n_px: float) -> bool:
    return all(is_read(code, n_px, light, seed, by_zxing) for light, seed in SHOTS if light is DIM)


Reader = Callable[[Grey], list[str]]


def is_read(code: CutCode, n_px: float, light: Lighting, seed: int, reader: Reader) -> bool:
    """Say whether a reader finds exactly the code's text, and nothing else, in a shot's first or second frame."""
    return any(reader(shot(code, n_px, light, seed + frame)) == [code.text] for frame in FRAMES)


def by_zxing(pixels: Grey) -> list[str]:
    """Return what zxing-cpp reads."""
    return [code.text or "" for code in codes_in(pixels)]


@lru_cache(maxsize=16)
def shot(code: CutCode, n_px: float, light: Lighting, seed: int) -> Grey:
    """Return what the phone sees with ``n_px`` pixels a module: grey pixels, the same for the same seed."""
    side = math.ceil((code.modules + 2 * AROUND_MODULES) * n_px)
    found = code.found
    from_phone, noise = _by_chance(code.modules, n_px, light, seed, side)
    matrix = homography(found) @ from_phone
    matrix /= matrix[2, 2]
    blurred = _blurred(code, BLUR_PX * found.module_px / n_px)
    seen = blurred.transform(
        (side, side), Image.Transform.PERSPECTIVE, tuple(matrix.flatten()[:8].tolist()),
        Image.Resampling.BICUBIC, fillcolor=WALL,
    )  # fmt: skip
    noisy = np.asarray(seen, np.float64) * light.gain + noise
    out = io.BytesIO()
    Image.fromarray(np.clip(noisy + 0.5, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=JPEG_QUALITY)
    return grey(Image.open(out))


@lru_cache(maxsize=8)
def _blurred(code: CutCode, radius_px: float) -> Image.Image:
    return code.picture.filter(ImageFilter.GaussianBlur(radius_px))


@lru_cache(maxsize=64)
def _by_chance(modules: int, n_px: float, light: Lighting, seed: int, side: int) -> tuple[Floats, Floats]:
    """Return all that a shot owes to chance, the same for every code of a size: the matrix from the phone's pixels
    to the code's own space, and the sensor's noise."""
    chance = np.random.default_rng(seed)
    to_phone = _camera(modules, n_px, light.tilt_deg, chance, side)
    return np.asarray(np.linalg.inv(to_phone), np.float64), chance.normal(0.0, light.noise, (side, side))


def _camera(modules: int, n_px: float, tilt_deg: float, chance: np.random.Generator, side: int) -> Floats:
    """Return the matrix from the code's own space to the phone's pixels: turned, tilted about some axis."""
    turn = math.radians(chance.uniform(-TURN_DEG, TURN_DEG))
    axis = chance.uniform(0, 2 * math.pi)
    off_x, off_y = chance.uniform(-0.5, 0.5, 2)
    tilt = math.radians(tilt_deg)
    turned = _about_z(axis) @ _about_x(tilt) @ _about_z(turn - axis)
    distance = PHONE_PX / n_px
    middle = modules / 2
    plane = np.column_stack((turned[:, 0], turned[:, 1], np.array([0.0, 0.0, distance])))
    lens = np.array([[PHONE_PX, 0, side / 2 + off_x], [0, PHONE_PX, side / 2 + off_y], [0, 0, 1.0]])
    return np.asarray(lens @ plane @ np.array([[1, 0, -middle], [0, 1, -middle], [0, 0, 1.0]]))


def _about_z(angle: float) -> Floats:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def _about_x(angle: float) -> Floats:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]])


@cache
def zbar() -> Reader | None:
    """Return a reader of QR codes by zbar, or None where the package or its library is not installed."""
    try:
        from pyzbar import pyzbar
    except ImportError:
        return None

    def read(pixels: Grey) -> list[str]:
        found = pyzbar.decode(Image.fromarray(pixels), symbols=[pyzbar.ZBarSymbol.QRCODE])
        return [cast("bytes", code.data).decode("utf-8", "replace") for code in found]

    return read


# A module must have so many pixels to be looked at: fewer are mostly edge.
MIN_MODULE_PX = 8.0
# The corners of an upright code lie no further off its sides than this; pixels so near to a module's edge are soft.
SLACK_PX, SOFT_PX = 1.5, 1.6
# How far a pixel may be from its module's colour, in grey levels; and from the mean of what lies around the margin.
MAX_LEVELS, MAX_AROUND_LEVELS = 8, 40
# What lies around is told in steps of so many grey levels.
AROUND_STEP = 32
IDEAL_MODULE_PX = round(2 * MAX_PX)
# The ideal is drawn so much softer than a page is, that it is no easier to read than a code between two pixels:
# of twenty pages' codes the ideal needs 2.58 pixels a module on average, they themselves 2.55.
SOFTENED_PX = 0.5
Bits = npt.NDArray[np.bool_]
Places = npt.NDArray[np.floating[Any]]


def ideal_of(pixels: Grey, code: FoundCode) -> CutCode | None:
    """Return a code that was found in grey pixels as it was meant; None where it is drawn in any way otherwise."""
    left, top, right, bottom = _sides(code)
    upright = ((left, top), (right, top), (right, bottom), (left, bottom))
    off = float(np.abs(np.subtract(code.corners, upright)).max())
    if off > SLACK_PX or code.module_px < MIN_MODULE_PX:
        return None
    across = (np.arange(pixels.shape[1]) + 0.5 - left) * code.modules / (right - left)
    down = (np.arange(pixels.shape[0]) + 0.5 - top) * code.modules / (bottom - top)
    middles = np.arange(code.modules) + 0.5
    if any(along[0] > middles[0] or along[-1] < middles[-1] for along in (across, down)):
        return None
    values = pixels[np.ix_(np.searchsorted(down, middles), np.searchsorted(across, middles))]
    middle = (int(values.min()) + int(values.max())) / 2
    bits = np.pad(values > middle, QUIET_MODULES, constant_values=True)
    light, dark = int(np.median(values[values > middle])), int(np.median(values[values <= middle]))
    if not _is_drawn(pixels, bits, (light, dark), (down, across), code.module_px):
        return None
    around = _around(pixels, code.modules, (down, across))
    return None if around is None else _ideal(code, bits, (light, dark), around)


def _sides(code: FoundCode) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = code.corners
    return (x0 + x3) / 2, (y0 + y1) / 2, (x1 + x2) / 2, (y2 + y3) / 2


def _is_drawn(
    pixels: Grey, bits: Bits, colours: tuple[int, int], places: tuple[Places, Places], module_px: float
) -> bool:
    """Say whether every pixel inside a module, of the code or of its margin, has the module's colour."""
    inside, modules = [], []
    for along in places:
        module = np.floor(along).astype(int) + QUIET_MODULES
        soft = np.abs(along - np.round(along)) * module_px < SOFT_PX
        inside.append(np.flatnonzero((module >= 0) & (module < len(bits)) & ~soft))
        modules.append(module[inside[-1]])
    light, dark = colours
    due = np.where(bits, light, dark).astype(np.int16)[np.ix_(*modules)]
    return bool((np.abs(pixels[np.ix_(*inside)] - due) <= MAX_LEVELS).all())


def _around(pixels: Grey, modules: int, places: tuple[Places, Places]) -> tuple[int, int] | None:
    """Return the two greys of what lies beyond the margin, in steps: its mean, twice, or its extremes where it has
    many; None where nothing is left to be seen of it."""
    outside = [(along < -QUIET_MODULES - 0.25) | (along > modules + QUIET_MODULES + 0.25) for along in places]
    ring = pixels[outside[0][:, None] | outside[1][None, :]].astype(np.float32)
    if not ring.size:
        return None
    mean, low, high = float(ring.mean()), float(ring.min()), float(ring.max())
    if max(high - mean, mean - low) <= MAX_AROUND_LEVELS:
        low = high = round(mean / AROUND_STEP) * AROUND_STEP
    else:
        low, high = low // AROUND_STEP * AROUND_STEP, -(-high // AROUND_STEP) * AROUND_STEP
    return min(255, int(low)), min(255, int(high))


def _ideal(code: FoundCode, bits: Bits, colours: tuple[int, int], around: tuple[int, int]) -> CutCode:
    values = np.where(bits, *colours).astype(np.uint8)
    beyond = AROUND_MODULES - QUIET_MODULES
    whole = np.array(around, np.uint8)[np.indices((len(bits) + 2 * beyond,) * 2).sum(axis=0) % 2]
    whole[beyond:-beyond, beyond:-beyond] = values
    picture = Image.fromarray(np.kron(whole, np.ones((IDEAL_MODULE_PX, IDEAL_MODULE_PX), np.uint8)))
    picture = picture.filter(ImageFilter.BoxBlur(SOFTENED_PX))
    near, far = AROUND_MODULES * IDEAL_MODULE_PX, (AROUND_MODULES + code.modules) * IDEAL_MODULE_PX
    corners = tuple((float(x), float(y)) for x, y in ((near, near), (far, near), (far, far), (near, far)))
    return CutCode(picture.tobytes(), picture.size, corners, code.modules, code.text or "")
