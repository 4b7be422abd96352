"""Colours as a design writes them: a palette entry, or a mixture of two, as the medium's value."""

from __future__ import annotations

from assetgen.render.separation import InkTable, mixed


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
