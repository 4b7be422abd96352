"""Light as triangles, for pages that become pixels.

PDFium reckons each pixel of a radial shading anew, with a root and four divisions: 30 ns. Across triangles it adds:
3 ns. So a ring of light between two stops becomes a ring of triangles, in which colour runs as evenly. The shading has
256 steps of colour and stands half a step too early; triangles have none, and are nearer to the light that was asked
for: on the campaign's files one pixel in five differs by 1 of 255, one in a thousand by 2. A triangle's edge may be a
pixel off, so small light, which changes much in a pixel, stays a shading. So does all of a PDF that is handed out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

# Smaller light changes by more than one of 255 in a pixel; on smaller pages there is little to win.
LEAST_RADIUS_PX = 240
LEAST_PAGE_PX = 200_000
# So many triangles go round: a chord is then nowhere off the circle by more than a 600th of its radius.
SECTORS = 40
# PDFium leaves a triangle out of a line of pixels that passes exactly through its corner. Places on a page are
# written to two decimals and the sectors turned, so none does.
OFF_LINES_PX = 0.0037
TURN = 0.377
# PDFium cuts a mesh's colours down to whole steps of 255; half a step more, and they are rounded.
HALF_STEP = 0.5 / 255
VERTEX = np.dtype([("flag", "u1"), ("xy", ">u4", 2), ("rgb", ">u2", 3)])
COORDINATE_MAX, COLOUR_MAX = 2**32 - 1, 2**16 - 1


def mesh_light(document: Any, pdf: Any) -> None:
    """Replace each shading of a PDF that is large, even light around a point, as the engine writes it, by a mesh."""
    import pydyf

    page = document.pages[0]
    if page.width * page.height < LEAST_PAGE_PX:
        return
    beyond = max(page.bleed.values()) + 1
    seen = (-beyond, -beyond, page.width + beyond, page.height + beyond)
    corners = [(x, y) for x in seen[::2] for y in seen[1::2]]
    for number, thing in enumerate(pdf.objects):
        if not _is_light(thing):
            continue
        stops = _stops(thing["Function"])
        x, y, _, _, _, radius = thing["Coords"]
        reach = max(math.dist((x, y), corner) for corner in corners)
        rings = [(offset * radius, colour) for offset, colour in stops]
        # Beyond the last stop its colour goes on, to what is seen farthest off, which a chord must not cut off.
        rings.append((max(reach, radius) / math.cos(math.pi / SECTORS), stops[-1][1]))
        low, high, vertices = _triangles(x, y + OFF_LINES_PX, rings, seen)
        head = {
            "ShadingType": 4,
            "ColorSpace": thing["ColorSpace"],
            "BitsPerCoordinate": 32,
            "BitsPerComponent": 16,
            "BitsPerFlag": 8,
            "Decode": pydyf.Array([low, high, low, high, 0, 1, 0, 1, 0, 1]),
        }
        mesh = pydyf.Stream([vertices], extra=head)
        mesh.number = number
        pdf.objects[number] = mesh


def _is_light(thing: Any) -> bool:
    """Say whether a PDF's object is large light from a point outwards, in RGB, the last colour going on for ever."""
    if not isinstance(thing, dict) or thing.get("ShadingType") != 3 or thing["ColorSpace"] != "/DeviceRGB":
        return False
    x, y, radius, far_x, far_y, far_radius = thing["Coords"]
    function = thing["Function"]
    return (
        (x, y, radius) == (far_x, far_y, 0)
        and far_radius >= LEAST_RADIUS_PX
        and list(thing.get("Extend", ())) == [b"true", b"true"]
        and function.get("FunctionType") == 3
        and list(thing["Domain"]) == [0, 1]
        and all(step["FunctionType"] == 2 and step["N"] == 1 for step in function["Functions"])
    )


def _stops(function: Any) -> list[tuple[float, Sequence[float]]]:
    """Return offset and colour of each stop."""
    steps = function["Functions"]
    return [
        (0.0, steps[0]["C0"]),
        *zip([*function["Bounds"], 1.0], [step["C1"] for step in steps], strict=True),
    ]


def _triangles(
    x: float,
    y: float,
    rings: Sequence[tuple[float, Sequence[float]]],
    seen: tuple[float, float, float, float],
) -> tuple[float, float, bytes]:
    """Return the least and greatest coordinate, and the triangles between each ring and the next, as a PDF's stream.

    Triangles beside what is ``seen`` (left, top, right, bottom) are left out.
    """
    angles = 2 * math.pi * (np.arange(SECTORS + 1) + TURN) / SECTORS
    # Corners lie a little outside the circle and chords a little inside.
    radii = np.array([radius for radius, _ in rings]) / math.sqrt(math.cos(math.pi / SECTORS))
    points = np.array([x, y]) + radii[:, None, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    low, high = float(points.min()), float(points.max())
    colours = np.minimum(np.array([colour for _, colour in rings]) + HALF_STEP, 1.0) * COLOUR_MAX
    places = np.empty((len(rings) - 1, SECTORS, 6, 2))
    vertices = np.zeros(places.shape[:3], VERTEX)
    # Two triangles a sector: outer, next outer, inner; next outer, next inner, inner.
    for corner, (ring, step) in enumerate(((1, 0), (1, 1), (0, 0), (1, 1), (0, 1), (0, 0))):
        places[:, :, corner] = points[ring : len(rings) - 1 + ring, step : SECTORS + step]
        vertices["rgb"][:, :, corner] = colours[ring : len(rings) - 1 + ring, None]
    vertices["xy"] = (places - low) / (high - low) * COORDINATE_MAX
    triangles = places.reshape(-1, 3, 2)
    is_seen = (triangles.max(1) > seen[:2]).all(1) & (triangles.min(1) < seen[2:]).all(1)
    return low, high, vertices.reshape(-1, 3)[is_seen].tobytes()
