"""The motifs of templates, behind one interface: ``make_motif`` returns the motif of a layout.

``motif.py`` defines the interface; each other module is one motif. To add a motif, write a class with ``lean`` and
``draw``, and add a line to ``MOTIFS`` for each ``kind`` that a template may use.
"""

from __future__ import annotations

from collections.abc import Callable

from assetgen.layout.motifs.door import Door
from assetgen.layout.motifs.light_field import LightField
from assetgen.layout.motifs.motif import CallToAction, DrawnMotif, Motif, Stage
from assetgen.schema.template_file import MotifShape

__all__ = ["MOTIFS", "CallToAction", "DrawnMotif", "Motif", "Stage", "make_motif"]

MOTIFS: dict[str, Callable[[MotifShape], Motif]] = {
    "floor": Door,
    "corner": Door,
    "bar": Door,
    "far": Door,
    "band": LightField,
    "side": LightField,
}


def make_motif(motif_shape: MotifShape) -> Motif:
    """Return the motif that a layout describes."""
    return MOTIFS[motif_shape.kind](motif_shape)
