"""The marks of what was found: each role's words where they stand, for whoever looks at the file again."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.geometry import around
from assetgen.plan.asset import Spec
from assetgen.preflight.layers import Layers
from assetgen.preflight.proof import Mark, told_box
from assetgen.preflight.words import Roles

MASKED = ("number", "address")
"""Roles whose letters are kept as a picture: of a raster file they are compared again without its page."""


def word_marks(roles: Roles, layers: Layers, spec: Spec) -> Iterator[Mark]:
    """Yield a mark for each place where a role's words stand."""
    for role, places in roles.places.items():
        for letters in places:
            box = around([letter.box for letter in letters])
            yield Mark(role, told_box(box, spec), None)
