"""Finished pictures with something painted over."""

from __future__ import annotations

from PIL import Image, ImageDraw

from tests.support.finished_folder import (
    Piece,
)

Colour = tuple[int, int, int]


def background_beside(picture: Image.Image, box: tuple[int, int, int, int]) -> Colour:
    """Return the colour left of a box, where nothing stands."""
    red, green, blue = picture.getpixel((max(0, box[0] - 4), box[1]))  # type: ignore[misc]  # it is RGB
    return red, green, blue


def paint_over(one: Piece, role: str, share: float = 1.0, colour: Colour | None = None) -> Piece:
    """Return a piece with a role's words painted over, from their left on, in the colour of the background."""
    picture = one.picture()
    for left, top, right, bottom in one.boxes(role)[:1]:
        fill = colour or background_beside(picture, (left, top, right, bottom))
        ImageDraw.Draw(picture).rectangle(
            (left - 2, top - 2, left + (right - left) * share, bottom + 2), fill=fill
        )
    return one.painted(picture)
