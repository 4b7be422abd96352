"""The marks of what was found: each role's words where they stand, for whoever looks at the file again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetgen.geometry import around
from assetgen.planning.asset import Spec
from assetgen.preflight.layers import Layers
from assetgen.preflight.mask import mask_of, whole_pixels
from assetgen.preflight.proof import Mark, told_box
from assetgen.preflight.words import Roles

MASKED = ("number", "address")
"""Roles whose letters are kept as a picture: of a raster file they are compared again without its page."""


def word_marks(roles: Roles, layers: Layers, spec: Spec) -> Iterator[Mark]:
    """Yield a mark for each place where a role's words stand."""
    for role, places in roles.places.items():
        for letters in places:
            box = told_box(around([letter.box for letter in letters]), spec)
            has_mask = role in MASKED and spec.unit == "px" and spec.format != "pdf"
            yield Mark(role, box, _mask(box, layers) if has_mask else None)


def _mask(box: tuple[float, float, float, float], layers: Layers) -> str:
    """Return the letters in a box of a raster file as a mask; their layers have one pixel a px."""
    left, top, right, bottom = whole_pixels(box, layers.letters.size)
    return mask_of(np.asarray(layers.letters.crop((left, top, right, bottom)).getchannel("A")))
