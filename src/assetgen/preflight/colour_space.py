"""Colour spaces of a PDF, and what a colour in one of them puts on the four plates (ISO 32000-1, 8.6).

A plate's value is a share of ink, 0 to 1: cyan, magenta, yellow, black. Grey is black ink alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import pikepdf

Plates = tuple[float, float, float, float]
NO_INK: Plates = (0.0, 0.0, 0.0, 0.0)
EVERY_INK: Plates = (1.0, 1.0, 1.0, 1.0)
MOST_DEPTH = 4


class Kind(Enum):
    """What a press makes of a colour space."""

    INK = auto()
    """Device's CMYK or grey: what is said is what is printed."""
    PROFILED = auto()
    """Ink by a profile: converted on the way, nobody knows to what."""
    LIGHT = auto()
    """RGB or Lab, by whatever name: no ink at all."""
    SPOT = auto()
    """An ink of its own."""
    PATTERN = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Space:
    """A colour space: its name for people, its kind, how many components a colour of it has.

    ``palette`` has the colours of an indexed space, in the base's components, 0 to 255.
    """

    name: str
    kind: Kind
    components: int
    palette: bytes | None = None

    def plates(self, values: Sequence[float]) -> Plates | None:
        """Return the inks of a colour, None where it is not known what they are.

        By a profile they are taken as they are written: no better is known.
        """
        if self.palette is not None:
            at = int(values[0]) * self.components if values else 0
            own = self.palette[at : at + self.components]
            return Space(self.name, self.kind, self.components).plates([value / 255 for value in own])
        if self.kind not in (Kind.INK, Kind.PROFILED) or len(values) != self.components:
            return None
        held = [min(1.0, max(0.0, value)) for value in values]
        if self.components == 1:
            return (0.0, 0.0, 0.0, 1.0 - held[0])
        return (held[0], held[1], held[2], held[3]) if self.components == 4 else None

    def heaviest(self) -> tuple[Plates, float] | None:
        """Return the most that any colour of the space puts on each plate, and on all of them together."""
        if self.palette is not None:
            many = len(self.palette) // max(1, self.components)
            return most_of([self.plates([float(at)]) for at in range(many)])
        if self.kind not in (Kind.INK, Kind.PROFILED):
            return None
        return ((0.0, 0.0, 0.0, 1.0), 1.0) if self.components == 1 else (EVERY_INK, 4.0)


GREY = Space("DeviceGray", Kind.INK, 1)
CMYK = Space("DeviceCMYK", Kind.INK, 4)
RGB = Space("DeviceRGB", Kind.LIGHT, 3)
PATTERN = Space("Pattern", Kind.PATTERN, 0)
UNKNOWN = Space("a colour space that nobody knows", Kind.UNKNOWN, 0)
BY_NAME = {"/DeviceGray": GREY, "/DeviceCMYK": CMYK, "/DeviceRGB": RGB, "/Pattern": PATTERN}
DEFAULTS = {"/DeviceGray": "/DefaultGray", "/DeviceCMYK": "/DefaultCMYK"}
"""Names in a page's resources that turn device's colours into a profile's. RGB is wrong by either."""
BY_PROFILE = {
    1: Space("grey by a profile", Kind.PROFILED, 1),
    3: Space("RGB by a profile", Kind.LIGHT, 3),
    4: Space("CMYK by a profile", Kind.PROFILED, 4),
}


def most_of(colours: Sequence[Plates | None]) -> tuple[Plates, float] | None:
    """Return the most of each ink in some colours, and the most of all inks in any one; None where one is unknown."""
    known = [colour for colour in colours if colour is not None]
    if not known or len(known) != len(colours):
        return None
    c, m, y, k = (max(inks) for inks in zip(*known, strict=True))
    return (c, m, y, k), max(map(sum, known))


def space_of(value: object, named: pikepdf.Object | None = None, depth: int = 0) -> Space:
    """Return the colour space that a name or an array stands for; ``named`` are those of the resources."""
    if depth > MOST_DEPTH:
        return UNKNOWN
    if isinstance(value, pikepdf.Array) and len(value):
        return _of_array(value, named, depth)
    name = str(value)
    own = BY_NAME.get(name)
    if own is not None:
        default = None if named is None else named.get(DEFAULTS.get(name, ""))
        return own if default is None else space_of(default, None, depth + 1)
    inner = None if named is None else named.get(name)
    return UNKNOWN if inner is None else space_of(inner, named, depth + 1)


def _of_array(value: pikepdf.Array, named: pikepdf.Object | None, depth: int) -> Space:
    family = str(value[0])
    if family == "/ICCBased":
        return BY_PROFILE.get(int(value[1].get("/N", 0)), UNKNOWN)
    if family == "/CalGray":
        return BY_PROFILE[1]
    if family in ("/CalRGB", "/Lab"):
        return Space(family[1:], Kind.LIGHT, 3)
    if family in ("/Separation", "/DeviceN"):
        inks = [value[1]] if family == "/Separation" else list(value[1])
        told = ", ".join(ascii(str(ink)[1:41])[1:-1] for ink in inks)
        return Space(f"the spot colour {told}", Kind.SPOT, len(inks))
    if family in ("/Indexed", "/I"):
        base = space_of(value[1], named, depth + 1)
        table = value[3]
        palette = table.read_bytes() if isinstance(table, pikepdf.Stream) else bytes(table)
        return Space(base.name, base.kind, base.components, palette)
    if family == "/Pattern":
        # Of a pattern without colours of its own, the colour that it is painted in follows.
        return PATTERN if len(value) == 1 else space_of(value[1], named, depth + 1)
    return space_of(value[0], named, depth + 1)
