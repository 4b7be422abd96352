"""Convert sRGB colours to inks for a print condition.

Inks are per cent in ``Inks``, shares (0 to 1) in arrays. Nothing that leaves here has more ink than the condition
takes: what is too much is taken out of the three colours alike and given to black, which is what they make together.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from assetgen.loading.printers import PrintCondition

Inks = tuple[float, float, float, float]
Plates = npt.NDArray[np.float32]
BLACK: Inks = (0.0, 0.0, 0.0, 100.0)
# How much a dot spreads on each stock beyond coated's, as the power that thins it: a half is printed as .47, .44.
SPREADS = {"coated": 1.0, "uncoated": 1.1, "newsprint": 1.2}
# How early black comes in by hand: of a middle grey a third is black, of a dark one nearly all.
BLACK_POWER = 1.6
# Channels that differ by no more make a grey; darker than this is black to the eye.
NEUTRAL, NEAR_BLACK = 12, 0x33
# From here on a grey for words is black: a screen of dots would eat their edges.
WORDS_SOLID = 70.0
LEAST_INK = 0.5
# A tint of black that is paler does not hold on newsprint: it is bare stock.
LEAST_TINT = 6.0
# A profile's own rounding, and that of a picture's encoder, stay under the limit.
HEADROOM = 0.01


class Separator:
    """Separates for one condition. What it gives is always the same."""

    def __init__(self, stock: str, condition: PrintCondition, *, in_black: bool = False) -> None:
        """``stock`` is the set of inks of the palette: ``coated``, ``uncoated``, ``newsprint``; ``in_black``: alone."""
        self.stock, self.limit, self.in_black = stock, condition.ink_limit, in_black
        self._transform = _transform(condition.profile.content) if condition.profile else None
        self.colour = lru_cache(maxsize=4096)(self._colour)

    def picture(self, rgb: Image.Image) -> Plates:
        """Return a picture's plates: height × width × 4 shares."""
        if self.in_black:
            plates = np.zeros((rgb.height, rgb.width, 4), np.float32)
            plates[..., 3] = 1 - np.asarray(rgb.convert("L"), np.float32) / np.float32(255)
            return plates
        if self._transform is not None:
            separated = ImageCms.applyTransform(rgb, self._transform)
            plates = np.asarray(np.asarray(separated, np.float32) / np.float32(255), np.float32)
        else:
            plates = self._by_hand(np.asarray(np.asarray(rgb, np.float32) / np.float32(255), np.float32))
        return limited(plates, self.limit / 100 - HEADROOM)

    def _by_hand(self, rgb: Plates) -> Plates:
        """Return plates of the darkness that light of these shares has: (1 - ink) × (1 - black) is the light."""
        inks = 1 - rgb
        black = inks.min(axis=-1, keepdims=True) ** BLACK_POWER
        colours = np.clip((inks - black) / np.maximum(1 - black, 1e-3), 0, 1)
        return np.asarray(np.concatenate([colours, black], axis=-1) ** SPREADS[self.stock], np.float32)

    def _colour(self, srgb: str) -> Inks:
        """Return the inks of a flat colour (``#RRGGBB``) that nobody gave any: greys and near black in black alone."""
        channels = tuple(int(srgb[at : at + 2], 16) for at in (1, 3, 5))
        if max(channels) <= NEAR_BLACK:
            return BLACK
        if self.in_black:
            black = 100 * (1 - luma(srgb))
            return 0.0, 0.0, 0.0, round(black, 1) if black >= LEAST_TINT else 0.0
        if max(channels) - min(channels) <= NEUTRAL:
            return 0.0, 0.0, 0.0, round(100 * (1 - sum(channels) / 765), 1)
        plates = self.picture(Image.new("RGB", (1, 1), channels))[0, 0]
        cyan, magenta, yellow, black = (_ink(share) for share in plates)
        return cyan, magenta, yellow, black


def luma(srgb: str) -> float:
    """Return how light a colour (``#RRGGBB``) is, 0 to 1, as a black and white picture shows it."""
    red, green, blue = (int(srgb[at : at + 2], 16) for at in (1, 3, 5))
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def for_words(inks: Inks, srgb: str, most: int) -> Inks:
    """Return the inks that words of a colour are set in: in more than ``most`` their edges would blur, so in black."""
    is_tint = sum(inks) == inks[3] and inks[3] >= WORDS_SOLID
    if sum(ink > LEAST_INK for ink in inks) <= most and not is_tint:
        return inks
    black = 100 * (1 - luma(srgb))
    return BLACK if black >= WORDS_SOLID else (0.0, 0.0, 0.0, round(black, 1))


def limited(plates: Plates, limit: float) -> Plates:
    """Return plates with no more ink in all than ``limit`` (a share: 3.0 is 300 %)."""
    over = plates.sum(axis=-1) - limit
    if not (over > 0).any():
        return plates
    kept = plates.copy()
    where = over > 0
    some, excess = kept[where], over[where]
    # Three parts of colour for one of black; what black has no room for, or colour not enough of, is scaled.
    moved = np.minimum(np.minimum(excess / 2, some[:, :3].min(axis=1)), 1 - some[:, 3])
    some[:, :3] -= moved[:, None]
    some[:, 3] += moved
    colours = some[:, :3].sum(axis=1)
    room = np.maximum(limit - some[:, 3], 0)
    some[:, :3] *= np.minimum(1, room / np.maximum(colours, 1e-6))[:, None]
    kept[where] = some
    return kept


def mixed(one: Inks, other: Inks, share: float) -> Inks:
    """Return ``share`` of one set of inks in the other."""
    cyan, magenta, yellow, black = (
        round(a * share + b * (1 - share), 2) for a, b in zip(one, other, strict=True)
    )
    return cyan, magenta, yellow, black


def _ink(share: float) -> float:
    percent = round(100 * float(share), 1)
    return percent if percent > LEAST_INK else 0.0


@lru_cache(maxsize=8)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform:
    """Return the way from sRGB to a profile's inks: colorimetric, darkest to darkest."""
    return ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        "RGB",
        "CMYK",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


class InkTable:
    """Which inks each colour of one page stands for.

    A page is drawn in sRGB, as every page is; a colour's value there is the name of its inks. Two colours of one
    value and other inks would be one: the later gets a value that is off by one step. A colour of the palette that
    has no inks on this stock has a value of its own as well: then it is told where it is painted.
    """

    def __init__(self, palette: Mapping[str, str], inks: Mapping[str, Inks]) -> None:
        self._inks: dict[str, Inks | str] = {}
        inked = {name: self.name(value, inks[name]) for name, value in palette.items() if name in inks}
        self.palette = {name: inked.get(name) or self.name(value, name) for name, value in palette.items()}

    def name(self, srgb: str, inks: Inks | str) -> str:
        """Return the value (``#RRGGBB``) that stands for these inks on the page: this one, or the next that is free.

        In the place of inks may stand the name of the colour that has none.
        """
        red_green, blue = srgb[:5].upper(), int(srgb[5:7], 16)
        for step in range(256):
            value = f"{red_green}{(blue + step if blue < 128 else blue - step) % 256:02X}"
            if self._inks.setdefault(value, inks) == inks:
                return value
        raise ValueError(f"256 colours of one value: {srgb}")

    def of(self, srgb: str) -> Inks | None:
        """Return the inks that a value of the page stands for; None of one that has none yet."""
        known = self._inks.get(srgb.upper())
        return None if isinstance(known, str) else known

    def without(self, srgb: str) -> str | None:
        """Return the name of the palette's colour that a value stands for and that has no inks; None of any other."""
        known = self._inks.get(srgb.upper())
        return known if isinstance(known, str) else None


class Shade(str):
    """A colour as CSS text that can be mixed. In screen mediums ``#RRGGBB``."""

    __slots__ = ()

    def channels(self) -> tuple[int, int, int]:
        """Return red, green and blue, 0 to 255."""
        return int(self[1:3], 16), int(self[3:5], 16), int(self[5:7], 16)


def mix(one: str, other: str, share: float) -> Shade:
    """Return ``share`` of one colour in the other, channel by channel."""
    pairs = zip(Shade(one).channels(), Shade(other).channels(), strict=True)
    return Shade("#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs))


def mix_inks(inks: InkTable, one: str, other: str, share: float) -> Shade:
    """Return ``share`` of one colour in the other on a page for a press: a mixture of their inks, ink by ink."""
    both = inks.of(one), inks.of(other)
    value = mix(one, other, share)
    if lacking := inks.without(one) or inks.without(other):
        return Shade(inks.name(value, lacking))
    if both[0] is None or both[1] is None:
        return value
    return Shade(inks.name(value, mixed(both[0], both[1], share)))
