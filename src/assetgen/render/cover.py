"""Where a picture lies in its place: it covers all of it, no larger than it must, and its focus is in view."""

from __future__ import annotations

from assetgen.geometry import Box, Point

MIDDLE: Point = (0.5, 0.5)


def cover(
    place: Box, width: float, height: float, focus: Point, at: Point = MIDDLE, zoom: float = 1.0
) -> Box:
    """Return the box of a whole picture of this size, enlarged to cover a place, and ``zoom`` times beyond that.

    ``focus`` is in shares of the picture. It comes as near to ``at``, in shares of the place, as the picture's
    edges allow, which must not be seen; so it is in view whatever the shapes of the two are.
    """
    scale = zoom * max(place.width / width, place.height / height)
    drawn_width, drawn_height = width * scale, height * scale
    x = place.x + at[0] * place.width - focus[0] * drawn_width
    y = place.y + at[1] * place.height - focus[1] * drawn_height
    return Box(
        min(place.x, max(place.right - drawn_width, x)),
        min(place.y, max(place.bottom - drawn_height, y)),
        drawn_width,
        drawn_height,
    )
