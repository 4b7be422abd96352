"""QR codes as pixels, with any fault that a code can have, and the spec that requires them."""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageDraw

from assetgen.planning.asset import Spec
from assetgen.planning.qr_codes import symbol
from tests.support.factories import make_spec

LINK = "https://www.stopitnow.org.uk/"
OTHER_LINK = "https://www.example.org/"
Colour = tuple[int, int, int]
DARK, WHITE = (16, 38, 44), (255, 255, 255)


def draw_code(
    link: str = LINK,
    module: int = 8,
    quiet: int = 4,
    dark: Colour = DARK,
    light: Colour = WHITE,
    level: str = "Q",
) -> Image.Image:
    """Return a code as pixels, with its quiet zone. ``module`` is in px, ``quiet`` in modules."""
    _, _, rows = symbol(link, level)
    side = len(rows) + 2 * quiet
    small = Image.new("RGB", (side, side), light)
    for y, row in enumerate(rows):
        for x, bit in enumerate(row):
            if bit == "1":
                small.putpixel((x + quiet, y + quiet), dark)
    return small.resize((side * module, side * module), Image.Resampling.NEAREST)


def paste_on_sheet(
    code: Image.Image,
    at: tuple[int, int] = (60, 40),
    size: tuple[int, int] = (640, 480),
    background: Colour = DARK,
) -> Image.Image:
    """Return a larger picture with a code on it."""
    sheet = Image.new("RGB", size, background)
    sheet.paste(code, at)
    return sheet


def cover_part_of_code(code: Image.Image, share: float, at: tuple[float, float] = (0.5, 0.5)) -> Image.Image:
    """Return a code with a grey square on it: its side and its centre are shares of the code's size."""
    picture = code.copy()
    half, x, y = share * code.width / 2, at[0] * code.width, at[1] * code.height
    ImageDraw.Draw(picture).rectangle((x - half, y - half, x + half, y + half), fill=(120, 120, 120))
    return picture


def screen_spec(picture: Image.Image, **changes: Any) -> Spec:
    """Return the spec of a picture on a screen that requires the link: 0.5 mm a pixel, scanned from 1.2 m."""
    size = {"width": float(picture.width), "height": float(picture.height)}
    return make_spec(**{**size, "link": LINK, "px_mm": 0.5, "scan_m": 1.2, "read_m": 1.2, **changes})
