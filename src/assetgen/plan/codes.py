"""QR codes: the symbol by the qrcode library, its size by the distance from which it is scanned.

A phone held at ``scan_m`` has about N = 1390 × module ÷ distance pixels for each module (26 mm lens,
1080p preview; both lengths in mm). Good symbols are read in dim light from N = 2.2 to 2.6 on, so a
module that gives 3.9 leaves half as much again.
"""

from __future__ import annotations

import math
from functools import lru_cache

from assetgen.plan.asset import Code

PHONE_PX = 1390
PX_PER_MODULE = 3.9
# Floors whatever the distance: DENSO's four dots, and half a millimetre for a campaign's print.
LEAST_MODULE_MM = 0.5
LEAST_MODULE_PX = 4
# The smallest symbol that hands still frame with ease (channel facts 8), without its quiet zone.
LEAST_SYMBOL_MM = 20.0
# From here on a code hangs in weather, behind glass or across a hall: a quarter of it may be lost.
FAR_SCAN_M = 0.8
LEVELS = "LMQH"


@lru_cache(maxsize=4096)
def symbol(link: str, least_level: str) -> tuple[str, int, tuple[str, ...]]:
    """Return level, version and rows of the code for a link.

    The version is the smallest that holds the link at ``least_level``; the level is the highest that
    still fits into it. Quiet zone not included.
    """
    import qrcode
    from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
    from qrcode.exceptions import DataOverflowError

    corrections = dict(
        zip(LEVELS, (ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q, ERROR_CORRECT_H), strict=True)
    )
    version = _version(link, corrections[least_level])
    for level in reversed(LEVELS[LEVELS.index(least_level) :]):
        code = qrcode.QRCode(version=version, error_correction=corrections[level], border=0)
        code.add_data(link, optimize=0)
        try:
            code.make(fit=False)
        except DataOverflowError:
            continue
        rows = tuple("".join("1" if dark else "0" for dark in row) for row in code.get_matrix())
        return level, version, rows
    raise AssertionError("the link fitted its version a moment ago")


def _version(link: str, correction: int) -> int:
    import qrcode

    code = qrcode.QRCode(error_correction=correction, border=0)
    code.add_data(link, optimize=0)
    return int(code.best_fit())


def least_level(scan_m: float) -> str:
    """Return the error correction that a scanning distance asks for at the least."""
    return "Q" if scan_m >= FAR_SCAN_M else "M"


def module_mm(scan_m: float, modules: int) -> float:
    """Return the side of a module at final size in mm, for a distance and a symbol of so many modules."""
    return max(PX_PER_MODULE * scan_m * 1000 / PHONE_PX, LEAST_MODULE_MM, LEAST_SYMBOL_MM / modules)


def code_for_print(link: str, scan_m: float, px_per_mm: float) -> Code:
    """Return the code for a printed page; ``px_per_mm`` is CSS px of the page per mm at final size."""
    level, version, rows = symbol(link, least_level(scan_m))
    side_mm = math.ceil(module_mm(scan_m, len(rows)) * 100) / 100
    return Code(link, level, version, rows, side_mm * px_per_mm)


def code_for_screen(link: str, scan_m: float, px_mm: float) -> Code:
    """Return the code for a screen: modules of whole pixels, of which one is ``px_mm`` wide."""
    level, version, rows = symbol(link, least_level(scan_m))
    side_px = math.ceil(module_mm(scan_m, len(rows)) / px_mm - 0.001)
    return Code(link, level, version, rows, float(max(LEAST_MODULE_PX, side_px)))
