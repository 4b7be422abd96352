"""Convert sRGB colours and pictures to the inks of a print condition.

``Separator`` calculates inks through the condition's ICC profile, or by a formula where there is none. It keeps the ink
limit: it removes equal amounts of cyan, magenta and yellow and adds black, since the three together look black.
``Inks`` are in per cent; arrays (``Plates``) hold shares, 0 to 1.
"""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from assetgen.colour import CssColour
from assetgen.loading.printers import PrintCondition

Inks = tuple[float, float, float, float]
Plates = npt.NDArray[np.float32]
BLACK: Inks = (0.0, 0.0, 0.0, 100.0)
# Dots grow more on these stocks than on coated paper. The share of an ink is raised to this power to make up for it:
# 0.5 becomes 0.47 on uncoated paper and 0.44 on newsprint.
DOT_GAIN_POWER = {"coated": 1.0, "uncoated": 1.1, "newsprint": 1.2}
# How early black replaces the three inks where no ICC profile is used: in a third of a middle grey, in nearly all of a
# dark grey.
BLACK_POWER = 1.6
# A colour whose channels differ by at most this is a grey; one whose channels are all at most this looks black.
NEUTRAL, NEAR_BLACK = 12, 0x33
MIN_INK = 0.5
# An ink with less than this share of the strongest ink is left out of a palette colour: nobody sees the difference, and
# text in two inks is sharper than text in three.
MIN_PALETTE_INK_SHARE = 0.08
# A paler tint of black (in per cent) does not print on newsprint, so it becomes white.
MIN_TINT = 6.0
# Keeps the total ink below the limit in spite of rounding in profiles and in JPEG.
HEADROOM = 0.01


class Separator:
    """Calculates inks for one print condition. The same input always gives the same inks."""

    def __init__(self, stock: str, condition: PrintCondition, *, in_black: bool = False) -> None:
        """Prepare the conversion.

        ``stock`` is ``coated``, ``uncoated`` or ``newsprint``. With ``in_black`` everything is printed in black alone.
        """
        self.stock, self.limit, self.in_black = stock, condition.ink_limit, in_black
        self._transform = _transform(condition.profile.content) if condition.profile else None
        self.colour = lru_cache(maxsize=4096)(self._colour)

    def picture(self, rgb: Image.Image) -> Plates:
        """Return a picture's separations: height × width × 4 shares of ink."""
        if self.in_black:
            plates = np.zeros((rgb.height, rgb.width, 4), np.float32)
            plates[..., 3] = 1 - np.asarray(rgb.convert("L"), np.float32) / np.float32(255)
            return plates
        if self._transform is not None:
            separated = ImageCms.applyTransform(rgb, self._transform)
            plates = np.asarray(np.asarray(separated, np.float32) / np.float32(255), np.float32)
        else:
            plates = self._without_profile(
                np.asarray(np.asarray(rgb, np.float32) / np.float32(255), np.float32)
            )
        return limit_ink(plates, self.limit / 100 - HEADROOM)

    def _without_profile(self, rgb: Plates) -> Plates:
        """Return the separations of RGB shares by the formula (1 - ink) × (1 - black) = light, plus dot gain."""
        inks = 1 - rgb
        black = inks.min(axis=-1, keepdims=True) ** BLACK_POWER
        colours = np.clip((inks - black) / np.maximum(1 - black, 1e-3), 0, 1)
        return np.asarray(np.concatenate([colours, black], axis=-1) ** DOT_GAIN_POWER[self.stock], np.float32)

    def _colour(self, srgb: str) -> Inks:
        """Return the inks of a flat colour (``#RRGGBB``) for which none are defined. Greys are in black alone."""
        channels = CssColour(srgb).channels()
        if max(channels) <= NEAR_BLACK:
            return BLACK
        if self.in_black:
            black = 100 * (1 - luma(srgb))
            return 0.0, 0.0, 0.0, round(black, 1) if black >= MIN_TINT else 0.0
        if max(channels) - min(channels) <= NEUTRAL:
            return 0.0, 0.0, 0.0, round(100 * (1 - sum(channels) / 765), 1)
        plates = self.picture(Image.new("RGB", (1, 1), channels))[0, 0]
        cyan, magenta, yellow, black = (_ink(share) for share in plates)
        return cyan, magenta, yellow, black


@lru_cache(maxsize=1024)
def palette_inks(srgb: str, stock: str, condition: PrintCondition) -> Inks:
    """Return inks for a palette colour (``#RRGGBB``) that has none, in whole per cent, within the ink limit.

    Unlike a colour of a logo, a dark colour of a brand stays a colour: it is not replaced by black.
    """
    channels = CssColour(srgb).channels()
    if max(channels) - min(channels) <= NEUTRAL:
        return 0.0, 0.0, 0.0, float(round(100 * (1 - sum(channels) / 765)))
    plates = Separator(stock, condition).picture(Image.new("RGB", (1, 1), channels))[0, 0]
    visible = MIN_PALETTE_INK_SHARE * float(plates.max())
    cyan, magenta, yellow, black = (float(int(100 * share)) if share >= visible else 0.0 for share in plates)
    return cyan, magenta, yellow, black


def luma(srgb: str) -> float:
    """Return the luma (0 to 1) of a colour (``#RRGGBB``), by the weights of ITU-R BT.601."""
    red, green, blue = CssColour(srgb).channels()
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def limit_ink(plates: Plates, limit: float) -> Plates:
    """Return separations whose total ink is at most ``limit`` (a share: 3.0 is 300 %)."""
    excess = plates.sum(axis=-1) - limit
    if not (excess > 0).any():
        return plates
    result = plates.copy()
    is_over = excess > 0
    over, excess = result[is_over], excess[is_over]
    # One part of black replaces one part of each of the three inks, as far as there is room. Then the three are scaled.
    moved = np.minimum(np.minimum(excess / 2, over[:, :3].min(axis=1)), 1 - over[:, 3])
    over[:, :3] -= moved[:, None]
    over[:, 3] += moved
    colours = over[:, :3].sum(axis=1)
    room = np.maximum(limit - over[:, 3], 0)
    over[:, :3] *= np.minimum(1, room / np.maximum(colours, 1e-6))[:, None]
    result[is_over] = over
    return result


def _ink(share: float) -> float:
    percent = round(100 * float(share), 1)
    return percent if percent > MIN_INK else 0.0


@lru_cache(maxsize=8)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform:
    """Return the transform from sRGB to a profile: relative colorimetric, with black point compensation."""
    return ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        "RGB",
        "CMYK",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
