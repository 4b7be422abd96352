"""Golden pictures: where they are, the tolerance, and how a difference is shown."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tests.support.tiny_campaign import REPO

GOLDEN = REPO / "tests/golden/pictures"
DIFFERENCES = REPO / ".assetgen" / "golden"
MAX_BYTES = 24 * 1024
TOLERANCE = 1


def largest_difference(expected: Image.Image, actual: Image.Image) -> int:
    """Return the largest difference of any colour channel of any pixel, 255 if the sizes differ."""
    if expected.size != actual.size:
        return 255
    return int(np.abs(np.asarray(expected, dtype=int) - np.asarray(actual, dtype=int)).max())


def save_difference(name: str, expected: Image.Image, actual: Image.Image) -> None:
    """Write a picture of expected, difference (16 times stronger) and actual, side by side."""
    width, height = max(expected.width, actual.width), max(expected.height, actual.height)
    sheet = Image.new("RGB", (3 * width, height), "#F0F")
    sheet.paste(expected, (0, 0))
    sheet.paste(actual, (2 * width, 0))
    if expected.size == actual.size:
        difference = np.abs(np.asarray(expected, dtype=int) - np.asarray(actual, dtype=int))
        sheet.paste(Image.fromarray((np.minimum(difference * 16, 255)).astype("uint8")), (width, 0))
    DIFFERENCES.mkdir(parents=True, exist_ok=True)
    sheet.save(DIFFERENCES / f"{name}.png")
