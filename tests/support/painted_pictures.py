"""Paint over parts of built pictures."""

from __future__ import annotations

from PIL import Image, ImageDraw

from tests.support.built_files import BuiltFile

Colour = tuple[int, int, int]


def background_beside(picture: Image.Image, box: tuple[int, int, int, int]) -> Colour:
    """Return the colour left of a box, where the background is."""
    red, green, blue = picture.getpixel((max(0, box[0] - 4), box[1]))  # type: ignore[misc]  # it is RGB
    return red, green, blue


def paint_over(built: BuiltFile, role: str, share: float = 1.0, colour: Colour | None = None) -> BuiltFile:
    """Return a built file with a share of a role's text painted over, from the left.

    The default colour is that of the background.
    """
    picture = built.picture()
    for left, top, right, bottom in built.region_boxes(role)[:1]:
        fill = colour or background_beside(picture, (left, top, right, bottom))
        ImageDraw.Draw(picture).rectangle(
            (left - 2, top - 2, left + (right - left) * share, bottom + 2), fill=fill
        )
    return built.with_picture(picture)
