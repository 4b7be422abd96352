"""Convert sRGB colours and pictures to the inks of a print condition.

``Separator`` calculates inks through the condition's ICC profile, or by a formula without one. It keeps the ink
limit: it removes equal amounts of cyan, magenta and yellow and adds black, since the three together look black.
``Inks`` are in per cent; arrays (``Plates``) hold shares, 0 to 1.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from assetgen.colour import CssColour, relative_luminance
from assetgen.loading.printers import PrintCondition, built_in_conditions

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
# White has more contrast than black with a colour below this relative luminance.
DARK_LUMINANCE = 0.18
# More black than this turns a colour into black.
MAX_ADDED_BLACK = 80.0
# The grey (an sRGB value) that black ink looks like on coated paper, for 0, 5, 10 … 100 %: a tint of 70 % looks like
# 115, not like 30 % of 255. Source: the profile of FOGRA39 (LICENSES/README.md), relative colorimetric, without black
# point compensation.
GREY_OF_BLACK = (
    *(255, 246, 236, 228, 218, 209, 200, 190, 179, 169, 159),
    *(149, 138, 126, 115, 104, 92, 80, 69, 56, 43),
)
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
            plates[..., 3] = _BLACK_OF_GREY[np.asarray(rgb.convert("L"))] / np.float32(100)
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
        """Return the separations of RGB shares by the formula RGB = (1 - ink) × (1 - black), adjusted for dot gain."""
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
            black = black_ink(_grey_of(srgb))
            return 0.0, 0.0, 0.0, round(black, 1) if black >= MIN_TINT else 0.0
        if max(channels) - min(channels) <= NEUTRAL:
            return 0.0, 0.0, 0.0, round(black_ink(sum(channels) / 3), 1)
        plates = self.picture(Image.new("RGB", (1, 1), channels))[0, 0]
        cyan, magenta, yellow, black = (_ink(share) for share in plates)
        return cyan, magenta, yellow, black


@lru_cache(maxsize=1024)
def palette_inks(srgb: str, stock: str, condition: PrintCondition) -> Inks:
    """Return inks for a palette colour (``#RRGGBB``) that has none, in whole per cent, within the ink limit.

    Unlike a colour of a logo, a dark colour of a brand stays a colour: it is not replaced by black. Black is added to
    it until the print is as dark as the screen, so that light text on it keeps its contrast.
    """
    channels = CssColour(srgb).channels()
    if max(channels) - min(channels) <= NEUTRAL:
        return 0.0, 0.0, 0.0, float(round(black_ink(sum(channels) / 3)))
    pixel = Image.new("RGB", (1, 1), channels)
    if condition.profile:
        plates = Separator(stock, condition).picture(pixel)[0, 0]
    else:
        # The profile of coated paper keeps the hue better than the formula. Dots grow more on the other stocks.
        coated = Separator("coated", built_in_conditions()["coated"]).picture(pixel)[0]
        grown = np.asarray(coated ** np.float32(DOT_GAIN_POWER[stock]), np.float32)
        plates = limit_ink(grown, condition.ink_limit / 100 - HEADROOM)[0]
    visible = MIN_PALETTE_INK_SHARE * float(plates.max())
    inks = [float(int(100 * share)) if share >= visible else 0.0 for share in plates]
    luminance = relative_luminance(srgb)
    while (
        luminance < DARK_LUMINANCE
        and relative_luminance(printed_colour(inks)) > luminance
        and inks[3] < MAX_ADDED_BLACK
        and sum(inks) < condition.ink_limit
    ):
        inks[3] += 1
    cyan, magenta, yellow, black = inks
    return cyan, magenta, yellow, black


def printed_colour(inks: Sequence[float]) -> str:
    """Return how inks (in per cent) look on coated paper, as ``#RRGGBB``, by the profile of FOGRA39."""
    profile = built_in_conditions()["coated"].profile
    assert profile is not None  # it is part of the package
    ink = Image.new("CMYK", (1, 1), tuple(round(2.55 * value) for value in inks))
    seen = ImageCms.applyTransform(ink, _proof_transform(profile.content))
    assert seen is not None
    red, green, blue = seen.convert("RGB").tobytes()
    return f"#{red:02X}{green:02X}{blue:02X}"


def black_ink(grey: float) -> float:
    """Return the per cent of black ink that looks like a grey (0 to 255)."""
    return float(np.interp(255 - grey, [255 - seen for seen in GREY_OF_BLACK], range(0, 101, 5)))


_BLACK_OF_GREY = np.array([black_ink(grey) for grey in range(256)], np.float32)


def _grey_of(srgb: str) -> float:
    """Return the grey (0 to 255) that is as light as a colour (``#RRGGBB``)."""
    linear = relative_luminance(srgb)
    return 255 * (12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055)


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


@lru_cache(maxsize=2)
def _proof_transform(profile: bytes) -> ImageCms.ImageCmsTransform:
    """Return the transform from a profile to sRGB, relative colorimetric: paper is white, and black is not deepened."""
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        "CMYK",
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )


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
