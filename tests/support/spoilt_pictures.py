"""Paint over parts of built pictures."""

from __future__ import annotations

from PIL import Image, ImageDraw

from tests.support.finished_folder import Piece

Colour = tuple[int, int, int]


def background_beside(picture: Image.Image, box: tuple[int, int, int, int]) -> Colour:
    """Return the colour left of a box, where the background is."""
    red, green, blue = picture.getpixel((max(0, box[0] - 4), box[1]))  # type: ignore[misc]  # it is RGB
    return red, green, blue


def paint_over(one: Piece, role: str, share: float = 1.0, colour: Colour | None = None) -> Piece:
    """Return a built file with a share of a role's text painted over, from the left.

    The default colour is that of the background.
    """
    picture = one.picture()
    for left, top, right, bottom in one.boxes(role)[:1]:
        fill = colour or background_beside(picture, (left, top, right, bottom))
        ImageDraw.Draw(picture).rectangle(
            (left - 2, top - 2, left + (right - left) * share, bottom + 2), fill=fill
        )
    return one.painted(picture)
