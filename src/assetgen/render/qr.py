"""QR codes as files of their own: SVG, PNG, PDF, dark on white with the quiet zone of 4 modules."""

from __future__ import annotations

from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

from assetgen.geometry import number
from assetgen.planning.asset import Asset, Code
from assetgen.render.encode import encode
from assetgen.render.markup import code_path
from assetgen.units import PX_PER_MM


def code_file_svg(asset: Asset, code: Code) -> bytes:
    """Return the code as a standalone SVG, sized in mm, with its alt text."""
    side = len(code.rows) + 2 * code.quiet_modules
    width_mm = number(code.side_px / PX_PER_MM)
    dark, light = asset.palette["ink"], asset.palette["paper"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' width="{width_mm}mm" height="{width_mm}mm" role="img">'
        f'<title>{escape(asset.spec.alt)}</title><path fill="{light}" d="M0 0H{side}V{side}H0Z"/>'
        f'<path fill="{dark}" d="{code_path(code)}"/></svg>\n'
    ).encode()


def code_picture(asset: Asset, code: Code) -> Image.Image:
    """Return the code as pixels: whole modules, no smoothing."""
    quiet = code.quiet_modules
    side = len(code.rows) + 2 * quiet
    small = Image.new("RGB", (side, side), asset.palette["paper"])
    for y, row in enumerate(code.rows):
        for x, module in enumerate(row):
            if module == "1":
                small.putpixel((x + quiet, y + quiet), _rgb(asset.palette["ink"]))
    pixels = int(code.module_px) * side
    return small.resize((pixels, pixels), Image.Resampling.NEAREST)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def code_file_png(asset: Asset, code: Code) -> bytes:
    """Return the code as PNG, with the sRGB profile and the alt text."""
    pixels = np.asarray(code_picture(asset, code))
    return encode(pixels, "png", asset.spec.alt, asset.locale, None, None).content


def code_page(asset: Asset, code: Code) -> str:
    """Return the code as a page for the layout engine."""
    svg = code_file_svg(asset, code).decode()
    return (
        f'<!DOCTYPE html><html lang="{escape(asset.locale)}"><head><meta charset="utf-8">'
        f"<title>{escape(asset.spec.alt)}</title></head>"
        f'<body style="margin:0"><div style="position:absolute;left:0;top:0;line-height:0">{svg}</div></body></html>'
    )
