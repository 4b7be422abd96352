"""Draw the campaign's pictures in brand/images: light that falls into a dark room, in the brand's colours.

    .venv/bin/python setup/artwork.py [NAME...]

The pictures consist of geometric shapes and soft edges, computed pixel by pixel. They contain no photograph, no person
and no work of others. Each run gives the same pictures. Lengths are shares of the picture's height: x runs from 0 to
RATIO, y from 0 to 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "brand" / "images"
RATIO, WIDTH_PX = 1.6, 3840
# Each file is saved at the best of these JPEG qualities that keeps it within MAX_BYTES.
QUALITIES, MAX_BYTES = range(92, 60, -3), 200_000
SEED = 1987
# The plaster of a wall: the share by which its brightness varies, and (patches per height, weight), coarse to fine.
PLASTER, PLASTER_PATCHES = 0.018, ((3, 0.5), (9, 0.3), (31, 0.2))
# Noise of less than one step of 255 prevents visible bands in wide gradients.
DITHER = 0.75

Field = npt.NDArray[np.floating]
Point = tuple[float, float]


class Canvas:
    """A picture in linear light, painted from back to front. ``x`` and ``y`` hold the place of every pixel."""

    def __init__(self, width_px: int, palette: dict[str, str]) -> None:
        height_px = round(width_px / RATIO)
        xs = (np.arange(width_px, dtype=np.float32) + 0.5) / height_px
        ys = (np.arange(height_px, dtype=np.float32) + 0.5) / height_px
        self.x, self.y = np.meshgrid(xs, ys)
        self.palette = palette
        self.light: Field = np.zeros((height_px, width_px, 3), np.float32)
        self.random = np.random.default_rng(SEED)

    def colour(self, name: str) -> Field:
        """Return a colour of the palette in linear light: three values from 0 to 1."""
        value = self.palette[name]
        channels = np.array([int(value[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / 255
        return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)

    def fill(self, name: str) -> None:
        """Paint the whole picture in one colour."""
        self.light[:] = self.colour(name)

    def paint(self, name: str, cover: Field, strength: float = 1.0) -> None:
        """Blend a colour over the picture; ``cover`` is its opacity at each pixel, 0 to 1."""
        share = (np.clip(cover, 0, 1) * strength)[..., None]
        self.light += (self.colour(name) - self.light) * share

    def plaster(self) -> None:
        """Make the brightness uneven, like that of a plastered wall."""
        height, width, _ = self.light.shape
        unevenness = np.zeros((height, width), np.float32)
        for patches, share in PLASTER_PATCHES:
            coarse = self.random.random((patches, round(patches * RATIO)), dtype=np.float32)
            grown = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
            unevenness += share * (2 * np.asarray(grown) - 1)
        self.light *= (1 + PLASTER * unevenness)[..., None]

    def picture(self) -> Image.Image:
        """Return the picture, in sRGB."""
        linear = np.clip(self.light, 0, 1)
        shown = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
        noise = self.random.random(shown.shape[:2], dtype=np.float32)[..., None] - 0.5
        return Image.fromarray(np.clip(np.rint(shown * 255 + DITHER * noise), 0, 255).astype(np.uint8))


def smooth(values: Field, start: Field | float, end: Field | float) -> Field:
    """Return where values are between start and end, 0 to 1, eased at both ends (smoothstep)."""
    share = np.clip((values - start) / (np.asarray(end, np.float32) - start), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def inside(canvas: Canvas, corners: Sequence[Point], softness: Field | float) -> Field:
    """Return the cover, 0 to 1, of a convex polygon with clockwise corners; its soft edges are ``softness`` wide."""
    cover: Field = np.ones_like(canvas.x)
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        length = float(np.hypot(bx - ax, by - ay))
        distance = ((bx - ax) * (canvas.y - ay) - (by - ay) * (canvas.x - ax)) / length
        cover = cover * smooth(distance, -np.asarray(softness) / 2, np.asarray(softness) / 2)
    return cover


def glow(canvas: Canvas, centre: Point, reach: float, flat: float = 1.0) -> Field:
    """Return a cover that fades from a point over the length ``reach``; ``flat`` above 1 makes it wider than high."""
    distance = np.hypot((canvas.x - centre[0]) / flat, canvas.y - centre[1]) / reach
    return np.asarray(np.exp(-(distance**2) * 2.2), np.float32)


def threshold(canvas: Canvas) -> None:
    """Paint a door that is slightly open, and its light on the floor."""
    floor, bottom = 0.735, 0.775
    canvas.fill("ink")
    canvas.paint("door", glow(canvas, (1.16, 0.42), 0.95), 0.75)
    canvas.paint("glow", glow(canvas, (1.12, 0.5), 0.52), 0.85)
    canvas.plaster()
    # The light reaches further on the floor than on the wall.
    below = smooth(canvas.y, floor - 0.004, floor + 0.006)
    canvas.paint("ink", below, 0.82)
    canvas.paint("door", below * glow(canvas, (1.0, 0.84), 0.55, 2.0), 0.8)
    # The beam of light on the floor: sharp at the door, softer further away.
    far = np.hypot(canvas.x - 1.1, canvas.y - bottom)
    fall = inside(
        canvas, [(1.035, floor), (1.155, bottom - 0.03), (1.18, 1.2), (-0.1, 1.3)], 0.008 + 0.16 * far
    )
    fall *= smooth(canvas.y, floor - 0.002, floor + 0.02)
    fading = np.exp(-far * 1.9)
    canvas.paint("glow", fall, 0.55)
    canvas.paint("apricot", fall * fading, 0.8)
    canvas.paint("light", fall * np.exp(-far * 7.5), 0.75)
    # The gap of the door, and the edge of the door that the light catches.
    gap = inside(
        canvas, [(1.062, 0.115), (1.15, 0.1), (1.152, bottom - 0.028), (1.034, floor + 0.001)], 0.005
    )
    canvas.paint("apricot", glow(canvas, (1.1, 0.47), 0.34), 0.3)
    canvas.paint("apricot", gap)
    canvas.paint("glare", gap * smooth(canvas.y, 0.02, 0.8) * 0.92)
    leaf = inside(canvas, [(1.15, 0.1), (1.41, 0.055), (1.41, 0.9), (1.152, bottom - 0.028)], 0.004)
    canvas.paint("door", leaf)
    canvas.paint("ink", leaf * smooth(canvas.x, 1.12, 1.41), 0.72)
    edge = inside(
        canvas,
        [(1.15, 0.1), (1.163, 0.098), (1.165, bottom - 0.02), (1.152, bottom - 0.028)],
        0.003,
    )
    canvas.paint("apricot", edge, 0.55)


def daybreak(canvas: Canvas) -> None:
    """Paint dark hills, one in front of the other, and the first light of day between them."""
    centre = (1.08, 0.56)
    canvas.fill("ink")
    canvas.paint("door", smooth(canvas.y, 0.0, 0.6), 0.9)
    canvas.paint("glow", smooth(canvas.y, 0.2, 0.62), 0.8)
    canvas.paint("apricot", glow(canvas, centre, 0.34, 3.0), 0.62)
    canvas.paint("warm", glow(canvas, centre, 0.17, 2.6), 0.8)
    canvas.paint("glare", glow(canvas, centre, 0.07, 2.2), 0.8)
    layers = (
        (0.60, 0.014, "glow", 0.62),
        (0.675, 0.022, "door", 0.8),
        (0.77, 0.03, "door", 0.85),
        (0.885, 0.04, "ink", 0.93),
    )
    for number, (level, swing, name, strength) in enumerate(layers):
        phase = self_phase = float(canvas.random.uniform(0, 6.28))
        ridge = level + swing * (
            np.sin(canvas.x * (2.1 + 0.7 * number) + phase)
            + 0.45 * np.sin(canvas.x * (4.3 + number) + 2 * self_phase)
        )
        soft = 0.012 + 0.012 * number
        land = smooth(canvas.y, ridge - soft, ridge + soft)
        canvas.paint(name, land, strength)
        # Mist: light along the top of each hill, which fades below it.
        lit = land * np.exp(-np.clip(canvas.y - ridge, 0, None) * 16)
        canvas.paint("apricot", lit * glow(canvas, (centre[0], level), 0.3, 2.4), 0.34 - 0.06 * number)
    canvas.plaster()


def pane(canvas: Canvas) -> None:
    """Paint the light of a tall window on a wall, slanted, in two columns of three panes."""
    canvas.fill("ink")
    canvas.paint("door", glow(canvas, (0.95, 0.5), 0.95, 1.2), 0.95)
    canvas.paint("glow", glow(canvas, (1.0, 0.52), 0.5, 1.3), 0.8)
    canvas.plaster()
    canvas.paint("apricot", glow(canvas, (1.02, 0.5), 0.4, 1.1), 0.16)
    left, width, top, height, lean, drop = 0.86, 0.15, 0.1, 0.235, -0.2, 0.06
    bar = 0.026
    for column in range(2):
        for row in range(3):
            x0, y0 = left + column * (width + bar), top + row * (height + bar)
            corners = [
                (x + lean * (y - 0.5), y + drop * (x - left) / width)
                for x, y in ((x0, y0), (x0 + width, y0), (x0 + width, y0 + height), (x0, y0 + height))
            ]
            light = inside(canvas, corners, 0.018 + 0.016 * (column + row))
            strength = 0.88 - 0.12 * row - 0.06 * column
            canvas.paint("apricot", light, strength)
            canvas.paint("light", light * glow(canvas, (0.98, 0.36), 0.42), 0.72)


def morning(canvas: Canvas) -> None:
    """Paint the same room by day: a pale wall with sunlight on it."""
    canvas.fill("paper")
    canvas.paint("mist", smooth(canvas.y + 0.25 * canvas.x, 0.2, 1.5), 0.75)
    canvas.paint("mist", glow(canvas, (0.1, 0.9), 0.9), 0.4)
    canvas.plaster()
    left, width, lean = 0.9, 0.3, -0.34
    for column in range(2):
        x0 = left + column * (width + 0.035)
        corners = [
            (x0 + lean * (y - 0.5), y)
            for x0, y in ((x0, -0.1), (x0 + width, -0.1), (x0 + width, 1.1), (x0, 1.1))
        ]
        light = inside(canvas, corners, 0.03 + 0.06 * canvas.y)
        canvas.paint("honey", light, 0.5 - 0.12 * column)
        canvas.paint("glare", light * glow(canvas, (1.12, 0.3), 0.6), 0.85)


PICTURES: dict[str, Callable[[Canvas], None]] = {
    "threshold": threshold,
    "daybreak": daybreak,
    "pane": pane,
    "morning": morning,
}


def palette() -> dict[str, str]:
    """Return the brand's colours as #RRGGBB by name."""
    brand = yaml.safe_load((ROOT / "brand/brand.yaml").read_text("utf-8"))
    return {name: colour["srgb"] for name, colour in brand["palette"].items()}


def paint(name: str, width_px: int = WIDTH_PX) -> Image.Image:
    """Return one picture at a width in px."""
    canvas = Canvas(width_px, palette())
    PICTURES[name](canvas)
    return canvas.picture()


def main() -> int:
    """Write the named pictures, or all of them, as JPEG files without metadata."""
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PICTURES:
        picture, path = paint(name), FOLDER / f"{name}.jpg"
        for quality in QUALITIES:
            picture.save(path, "JPEG", quality=quality, optimize=True)
            if path.stat().st_size <= MAX_BYTES:
                break
        weight = f"{path.stat().st_size:,} bytes, quality {quality}"
        print(f"{path.relative_to(ROOT)}  {picture.width} × {picture.height}  {weight}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
