"""The drawn ideas of templates, behind one interface: ``motif_of`` returns the motif that a layout describes.

``motif.py`` is the interface; each other module is one motif. A new one is a class with ``lean`` and ``draw``, and a
line in ``MOTIFS`` for each ``kind`` that a template may write.
"""

from __future__ import annotations

from collections.abc import Callable

from assetgen.layout.motifs.door import Door
from assetgen.layout.motifs.light_field import LightField
from assetgen.layout.motifs.motif import CallToAction, DrawnMotif, Motif, Stage
from assetgen.schema.template_file import Opening

__all__ = ["MOTIFS", "CallToAction", "DrawnMotif", "Motif", "Stage", "motif_of"]

MOTIFS: dict[str, Callable[[Opening], Motif]] = {
    "floor": Door,
    "corner": Door,
    "bar": Door,
    "far": Door,
    "band": LightField,
    "side": LightField,
}


def motif_of(opening: Opening) -> Motif:
    """Return the motif of a layout."""
    return MOTIFS[opening.kind](opening)
