"""Colours as a design writes them: a palette entry, or a mixture of two, as the medium's value."""

from __future__ import annotations


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
