"""The brand's pictures, developed as they are needed: once a process, then printed for the page that asks.

A print is the part of a picture that a page shows, no larger than the page can show it, with the veil already in
it: nothing see-through goes to press. It is cut from the whole picture halved so often that it still has the pixels
that are needed. Its address is ``http://pictures.invalid/<name>/<key>``, its bytes are JPEG, without notes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from assetgen.loading.artwork.bitmaps import develop
from assetgen.loading.model import Picture
from assetgen.render.raster import Pixels
from assetgen.render.veil import Veil

PICTURE_HOST = "pictures.invalid"
QUALITY = 92
# A size that lacks this little is taken: 1,919 pixels for 1,920.
NEAR = 0.995
# Prints that a process keeps for the next page; a page asks for its own right after ordering it.
KEPT_PRINTS = 16


@dataclass(frozen=True, slots=True)
class Order:
    """What a page wants printed: of a picture ``width`` pixels wide the part from left, top to right, bottom, under
    a veil."""

    name: str
    width: int
    part: tuple[int, int, int, int]
    veil: Veil | None

    @property
    def key(self) -> str:
        """Return a short name that no other order has."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:24]


def width_for(picture: Picture, needed_px: float) -> int:
    """Return the width of the smallest size that has the pixels needed, else the whole picture's."""
    width = picture.width
    while width % 2 == 0 and width / 2 >= needed_px * NEAR:
        width //= 2
    return width


class Darkroom:
    """Develops and prints the pictures of one brand. What it gives is always the same.

    Pixels that it keeps are bounded; of orders, a few kB each, it keeps all: a page may be laid out again.
    """

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        self.pictures = pictures
        self._orders: dict[str, Order] = {}
        self._whole = lru_cache(maxsize=2)(self._develop)
        self.pixels = lru_cache(maxsize=4)(self._pixels)
        self._printed = lru_cache(maxsize=KEPT_PRINTS)(self._make)

    def order(self, order: Order) -> str:
        """Take an order; return the address at which a page finds the print."""
        self._orders[order.key] = order
        return f"http://{PICTURE_HOST}/{order.name}/{order.key}"

    def print(self, name: str, key: str) -> bytes | None:
        """Return a print that was ordered, else None."""
        order = self._orders.get(key)
        return self._printed(order) if order and order.name == name else None

    def _develop(self, name: str) -> Image.Image:
        picture = self.pictures[name]
        return develop(picture.content, picture.file)

    def _pixels(self, name: str, width: int) -> Pixels:
        """Return a picture's pixels at a width: height × width × RGB."""
        whole, picture = self._whole(name), self.pictures[name]
        if width < whole.width:
            height = max(1, round(picture.height * width / picture.width))
            whole = whole.resize((width, height), Image.Resampling.LANCZOS)
        return np.asarray(whole)

    def _make(self, order: Order) -> bytes:
        left, top, right, bottom = order.part
        shown = self.pixels(order.name, order.width)[top:bottom, left:right]
        shown = order.veil.over(shown) if order.veil else np.ascontiguousarray(shown)
        out = io.BytesIO()
        Image.fromarray(shown).save(out, "JPEG", quality=QUALITY, subsampling=0)
        return out.getvalue()
