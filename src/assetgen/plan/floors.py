"""The least sizes of type, by role and by the distance from which it is read.

Cap height over distance: 1:250 is the safety-sign rule and what a 6/12 reader resolves with ease, 1:120
the sign trade's best impact, 1:400 the absolute floor (channel facts 9). A headline and the number are
read from ``view_m``, other words from ``read_m``.
"""

from __future__ import annotations

from assetgen.loading.model import Channel
from assetgen.plan.asset import TypeFloor
from assetgen.units import MM_PER_PT

FAR_ROLES = ("headline", "number")
NEAR_ROLES = ("body", "action", "address", "promise", "partner", "local", "name")
IMPRINT = "imprint"
FAR_LEAST, FAR_GOOD = 1 / 250, 1 / 120
NEAR_LEAST, NEAR_GOOD = 1 / 400, 1 / 250
# Print at any distance, in pt of type size: clear print asks for 12, an imprint in colour for 8.
PRINT_LEAST_PT, PRINT_GOOD_PT, IMPRINT_PT = 8, 12, 8
A6_MM2 = 105 * 148


def type_floors(channel: Channel, cap_em: float, px_per_unit: float) -> dict[str, TypeFloor]:
    """Return the floors of each role in CSS px of the page.

    ``cap_em`` is the font's cap height over its size; ``px_per_unit`` CSS px per px (screens) or mm (print).
    """
    px_per_mm = px_per_unit if channel.is_print else 1 / (channel.px_mm or 0.26)

    def size_px(distance_m: float, ratio: float) -> float:
        return distance_m * 1000 * ratio / cap_em * px_per_mm

    floors = {
        role: TypeFloor(size_px(channel.view_m, FAR_LEAST), size_px(channel.view_m, FAR_GOOD))
        for role in FAR_ROLES
    }
    near = TypeFloor(size_px(channel.read_m, NEAR_LEAST), size_px(channel.read_m, NEAR_GOOD))
    imprint = near
    if channel.is_print:
        pt_px = MM_PER_PT * px_per_mm
        good_pt = PRINT_GOOD_PT if channel.width * channel.height > A6_MM2 else PRINT_LEAST_PT
        near = TypeFloor(max(near.least_px, PRINT_LEAST_PT * pt_px), max(near.good_px, good_pt * pt_px))
        imprint = TypeFloor(IMPRINT_PT * pt_px, IMPRINT_PT * pt_px)
    return {**floors, **dict.fromkeys(NEAR_ROLES, near), IMPRINT: imprint}
